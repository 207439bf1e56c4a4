"""What is said of a video file before it is read: its coding by name, and in sentences what was assumed or mended."""

from __future__ import annotations

from itertools import islice
from typing import Final

import av

from assistant.capture.grey_range import sampled
from assistant.capture.luma import LumaReader
from assistant.capture.video.video_file import LostPicture, VideoDamage, VideoPass
from assistant.capture.video.wholeness import states_no_end
from assistant.errors import InputError
from assistant.language import sentence

_PLACES: Final = 10_000


def sampled_pictures(video: VideoPass, first: av.VideoFrame) -> list[av.VideoFrame]:
    """The first picture, and some from all over the file; ``video`` is left anywhere."""
    found = [first]
    length, start = video.length, video.stream.start_time or 0
    try:
        for k in sampled(_PLACES)[1:] if length else []:
            video.seek(start + length * k // _PLACES)
            found += [each for each in islice(video.pictures(), 1) if not isinstance(each, LostPicture)]
    except (VideoDamage, InputError):
        pass  # told where it is read
    return found


def described(video: VideoPass, first: av.VideoFrame, luma: LumaReader) -> tuple[dict[str, str], list[str]]:
    """Facts by name, and notes."""
    details = {
        "kind": "video",
        "container": video.container_name,
        "codec": video.stream.codec_context.name,
        "pixel_format": first.format.name,
        "range": luma.range_note,
    }
    notes = []
    coded = video.stream.codec_context.framerate
    if not video.has_times and coded:
        notes.append(
            sentence(f"Its coding names {float(coded):g} pictures a second, which says not when each was taken.")
        )
    if luma.in_use:
        notes.append(sentence(f"Of the grey values that the file can hold it uses few: shown are {luma.in_use}."))
    if luma.range_assumed:
        notes.append(sentence(f"Range of the grey values: {luma.range_note}."))
    if first.interlaced_frame:
        details["interlaced"] = sentence("yes: two half pictures of different times in each picture")
        notes.append(sentence("Each picture holds two half pictures of different times (interlaced); left as stored."))
    if first.rotation:
        details["rotation"] = sentence(f"the file asks a player to turn it by {first.rotation} deg; left as stored")
        notes.append(sentence(f"The file asks a player to turn it by {first.rotation}°; it is analysed as stored."))
    aspect = video.stream.sample_aspect_ratio
    if aspect and aspect != 1:
        details["pixel_aspect"] = sentence(f"{aspect}: pixels are not square; lengths along x and y differ")
        notes.append(sentence(f"Pixels are not square ({aspect}): lengths along x and y differ."))
    if video.streams_beside:
        notes.append(
            sentence(
                f"The file holds {len(video.streams_beside) + 1} video streams; its first film is read "
                f"({details['codec']}, {first.width} x {first.height}), not: {'; '.join(video.streams_beside)}."
            )
        )
    return details, [*notes, *_of_its_end(video, details)]


def _of_its_end(video: VideoPass, details: dict[str, str]) -> list[str]:
    missing = video.missing_end()
    if missing:
        details["cut"] = missing
        return [sentence(f"The file is cut off: {missing}.")]
    if states_no_end(video.path):
        return [
            sentence("The file was never closed by its writer: whether pictures are missing at its end is not known.")
        ]
    return []
