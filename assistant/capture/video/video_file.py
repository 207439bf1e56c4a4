"""One pass through a video file with FFmpeg: packets in, pictures out, and every way this can fail in plain words."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from types import TracebackType
from typing import Any, Final, Self

import av
import av.container
import av.error
import av.logging
from av.video.stream import VideoStream

from assistant.capture.stamps import MAX_FPS
from assistant.capture.video.ffv1 import SliceCheck
from assistant.capture.video.wholeness import missing_end
from assistant.errors import InputError
from assistant.language import sentence

# FFmpeg's own chatter never reaches a person; every failure comes as an exception.
av.logging.set_level(None)

_FORMATS: Final = (
    "avi,matroska,webm,mov,mp4,m4a,3gp,3g2,mj2,mpegts,mpeg,asf,nut,ogg,flv,mxf,h264,hevc,mpegvideo,m4v,dv,gif"
)
"""Containers of pictures only: FFmpeg also reads playlists, which would open other files, and plays text as video."""
_ELEMENTARY: Final = frozenset({"h264", "hevc", "mpegvideo", "m4v"})
"""Bare streams of a coding, without a container: FFmpeg makes their stamps up, from 25 a second or from the coding."""
_OPTIONS: Final = {"format_whitelist": _FORMATS, "protocol_whitelist": "file"}
_LOOKED_AT_PACKETS: Final = 256
"""So many packets tell which of several video streams is the film and which a cover or a still picture."""
MAX_SIDE_PX: Final = 8192


class VideoPass:
    """An open video file, read forwards from its start or from a place it was sent to.

    Attributes
    ----------
    path : Path
    label : str
        The run's name as the person gave it, for texts.
    stream : the video stream read
    has_times : bool
        Whether the file says when a picture was taken; in a bare stream of a coding the stamps are FFmpeg's own.
    fps : float or None
        Nominal rate; None where it has no times.
    unit_s : Fraction
        Seconds of one step of the time stamps.
    packets : int
        Packets with a picture read since the start or the last `seek`.
    """

    def __init__(self, path: Path, label: str, *, threads: int, check_sums: bool | None = None) -> None:
        self.path, self.label = path, label
        self.packets = 0
        self._cut = False
        self._last_pts: int | None = None
        self._container = _open(path, label)
        try:
            self.stream = _video_stream(self._container, path, label)
            self._set_up(threads, check_sums)
        except BaseException:
            self._container.close()
            raise

    def _set_up(self, threads: int, check_sums: bool | None) -> None:
        stream = self.stream
        self._single = threads == 1
        context = stream.codec_context
        if max(context.width, context.height) > MAX_SIDE_PX:
            raise InputError(
                f"{self.label}: pictures of {context.width} x {context.height} are larger than any C-arm makes "
                f"(at most {MAX_SIDE_PX}); check the file"
            )
        if threads == 1:
            context.thread_type, context.thread_count = "NONE", 1
        else:
            # FFV1 is written in slices: no picture of delay, which frame threads would cost at each seek.
            context.thread_type = "SLICE" if context.name == "ffv1" else "AUTO"
            context.thread_count = threads
        # A damaged picture is an error, not something the decoder paints over.
        if context.name in ("ffv1", "huffyuv", "ffvhuff", "utvideo", "mjpeg"):
            context.options = {"err_detect": "crccheck+explode"}
        self._slices = SliceCheck(check_sums) if context.name == "ffv1" else None
        self.unit_s = stream.time_base or Fraction(1, 1000)
        self.has_times = self.container_name not in _ELEMENTARY
        self.fps = _nominal_fps(stream) if self.has_times else None

    @property
    def check_sums(self) -> bool | None:
        """Whether its pictures carry check sums, once the first was read; for passes that begin elsewhere."""
        return None if self._slices is None else self._slices.has_sums

    @property
    def is_avi(self) -> bool:
        """AVI has no presentation stamps, only the order of its pictures."""
        return self._container.format.name == "avi"

    @property
    def streams_beside(self) -> list[str]:
        """The other video streams of the file: coding and size of each."""
        others = (s for s in self._container.streams.video if s.index != self.stream.index)
        return [f"{s.codec_context.name}, {s.width} x {s.height}" if s.codec_context else "?" for s in others]

    @property
    def has_palette(self) -> bool:
        """Whether a picture is told by a table of colours, which FFmpeg hands on with the file's first packet alone."""
        return self.stream.codec_context.pix_fmt == "pal8"

    @property
    def container_name(self) -> str:
        """FFmpeg's name of the container."""
        return str(self._container.format.name)

    def demux(self) -> Iterator[av.Packet[Any]]:
        """Packets that hold a picture, in the file's order, to the end or to where the file is cut."""
        try:
            for packet in self._container.demux(self.stream):
                if packet.is_corrupt:
                    self._cut = True
                    return
                if packet.size:
                    self.packets += 1
                    yield packet
        except (av.error.FFmpegError, OSError) as error:
            raise InputError(f"{self.label}: cannot be read on ({_reason(error)}); copy the file again") from error

    def pictures(self, on_packet: Callable[[int | None], None] | None = None) -> Iterator[av.VideoFrame | LostPicture]:
        """Decoded pictures in the order in which they are shown.

        With one thread, and where no picture is shown out of the file's order, one that cannot be decoded is lost, and
        so are those behind it up to the next that needs no other.

        Parameters
        ----------
        on_packet : callable or None
            Told the decoding stamp of each packet before it is decoded.

        Raises
        ------
        VideoDamage
            Elsewhere, at a picture that cannot be decoded whole. With one thread every picture before it was given.
        InputError
            Where the file cannot be read.
        """
        pts: int | None = None
        lost = ""
        try:
            for packet in self.demux():
                pts = packet.pts
                if on_packet is not None:
                    on_packet(packet.dts)
                if lost and not packet.is_keyframe:
                    yield LostPicture(pts=pts, reason=lost)
                    continue
                lost = ""
                try:
                    yield from self._whole(self._decoded(packet))
                except (av.error.FFmpegError, VideoDamage) as error:
                    if not self._goes_on:
                        raise
                    lost = _reason(error)
                    yield from self._held_back(pts)
                    self.stream.codec_context.flush_buffers()
                    yield LostPicture(pts=pts, reason=lost)
            yield from self._before_gap(self._whole(self.stream.decode(None)))
        except (av.error.FFmpegError, VideoDamage) as error:
            yield from self._held_back(pts)
            raise VideoDamage(_reason(error)) from error

    def _decoded(self, packet: av.Packet[Any]) -> list[av.VideoFrame]:
        if self._slices is not None and self._slices.is_damaged(bytes(packet)):
            raise VideoDamage(sentence("the check sum of its data is wrong"))
        return self.stream.decode(packet)

    @property
    def _goes_on(self) -> bool:
        """Whether it is certain, behind a picture that cannot be decoded, which packet is which picture."""
        return self._single and self.stream.codec_context.has_b_frames == 0

    def _before_gap(self, pictures: Iterator[av.VideoFrame]) -> Iterator[av.VideoFrame]:
        """The last pictures, which the decoder held for reordering; of a cut file only those before the first gap.

        The cut may have taken a picture that is shown before one that is there: the later one would get its number.
        """
        reorders = self.stream.codec_context.has_b_frames > 0
        if not reorders or not self.fps or self.missing() is None:
            yield from pictures
            return
        if self.is_avi:
            return  # Without presentation stamps a gap cannot be seen.
        longest = 1.5 / (self.fps * float(self.unit_s))
        for picture in pictures:
            last = self._last_pts
            if last is not None and picture.pts is not None and picture.pts - last > longest:
                return
            yield picture

    def _held_back(self, before_pts: int | None) -> Iterator[av.VideoFrame]:
        """Good pictures that the decoder still holds for reordering, and that are shown before the damaged one."""
        try:
            pictures = self.stream.decode(None)
        except av.error.FFmpegError:
            return
        for picture in pictures:
            if picture.is_corrupt or before_pts is None or picture.pts is None or picture.pts >= before_pts:
                return
            yield picture

    def _whole(self, pictures: list[av.VideoFrame]) -> Iterator[av.VideoFrame]:
        for picture in pictures:
            if picture.is_corrupt:
                raise VideoDamage(sentence("its data are not whole"))
            yield picture
            self._last_pts = picture.pts

    def missing_end(self) -> str | None:
        """What the file's structure says is missing at its end; None when it is whole."""
        return missing_end(self.path)

    def missing(self) -> str | None:
        """What of the file is missing at its end, after `pictures` came to the end; None when it is whole."""
        cut = missing_end(self.path)
        if cut is None and self._cut:
            cut = sentence("the last picture is not whole")
        promised = self._promised_pictures()
        if cut is None and 0 < self.packets < promised:
            cut = sentence(f"its header speaks of {promised} pictures")
        if cut is not None and self._all_came(promised):
            return None  # Only the index behind the pictures is gone.
        return cut

    def _promised_pictures(self) -> int:
        """How many pictures the header speaks of; of a whole AVI, how many its index lists.

        Its header also counts the empty places of frames that the recorder dropped.
        """
        promised = self.stream.frames
        if self.is_avi and 0 < self.packets < promised and missing_end(self.path) is None:
            listed = sum(1 for entry in self.stream.index_entries if entry.size)
            return listed or promised
        return promised

    def _all_came(self, promised: int) -> bool:
        if promised:
            return self.packets >= promised
        duration = self._container.duration
        if not duration or not self.fps or self._last_pts is None:
            return False
        end_s = float(self._last_pts * self.unit_s) + 1.5 / self.fps
        return end_s >= (duration + (self._container.start_time or 0)) / av.time_base

    @property
    def length(self) -> int:
        """How long it is in the file's unit; 0 where that is not known."""
        length = self._container.duration or 0
        return int(self.stream.duration or length / av.time_base / self.unit_s)

    @property
    def promised_frames(self) -> int | None:
        """How many pictures the header speaks of; for a container without a count, from its duration. Or None."""
        if self.stream.frames > 0:
            return int(self.stream.frames)
        duration = self._container.duration
        if duration and self.fps:
            return max(1, round(duration / av.time_base * self.fps))
        return None

    def seek(self, stamp: int) -> None:
        """Go to the key picture at or before ``stamp`` (in the file's unit).

        Raises
        ------
        InputError
        """
        try:
            self._container.seek(stamp, stream=self.stream, backward=True, any_frame=False)
        except (av.error.FFmpegError, OSError) as error:
            raise InputError(f"{self.label}: cannot go to another place in it ({_reason(error)})") from error
        self.packets, self._cut, self._last_pts = 0, False, None

    def close(self) -> None:
        """Close the file. May be called twice."""
        self._container.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


@dataclass(frozen=True, slots=True, kw_only=True)
class LostPicture:
    """In place of a picture that cannot be decoded: its stamp, and why."""

    pts: int | None
    reason: str


Picture = av.VideoFrame | LostPicture


class VideoDamage(Exception):
    """Decoding failed; the reason is in FFmpeg's words. The caller knows the frame's number."""


def _open(path: Path, label: str) -> av.container.InputContainer:
    try:
        return _opened(path)
    except (av.error.FFmpegError, OSError, ValueError) as error:
        raise InputError(_open_failure(path, label, error)) from error


def _opened(path: Path) -> av.container.InputContainer:
    # With its protocol: a name with a colon is taken for one else.
    return av.open(f"file:{os.fspath(path)}", mode="r", options=dict(_OPTIONS), metadata_errors="replace")


def _open_failure(path: Path, label: str, error: Exception) -> str:
    cut = missing_end(path)
    if cut is not None:
        return sentence(
            f"{label}: the file is cut off and cannot be opened ({cut}); copy it again from where it was recorded"
        )
    if isinstance(error, PermissionError) and not os.access(path, os.R_OK):
        return sentence(f"{label}: no permission to read it; ask for access or copy it to a folder of yours")
    return sentence(
        f"{label}: not a video that can be read ({_reason(error)}); give a video file (AVI, MKV, MP4, MOV), a DICOM "
        f"multi-frame file or a folder of numbered PNG or TIFF pictures"
    )


def _reason(error: Exception) -> str:
    if isinstance(error, VideoDamage):
        return str(error)
    if isinstance(error, av.error.InvalidDataError):
        return sentence("its data are damaged or of another kind")
    text = getattr(error, "strerror", None) or str(error)
    return str(text).splitlines()[0][:120] if text else type(error).__name__


def _video_stream(container: av.container.InputContainer, path: Path, label: str) -> VideoStream:
    streams = [s for s in container.streams.video if not s.disposition & av.stream.Disposition.attached_pic]
    if not streams:
        cut = missing_end(path)
        if cut is not None:
            raise InputError(f"{label}: the file is cut off before its first picture ({cut}); copy it again")
        what = sentence("only sound") if container.streams.audio else sentence("no pictures")
        raise InputError(f"{label}: holds {what}; choose the file with the video")
    stream = streams[0] if len(streams) == 1 else streams[_film(path, streams)]
    if stream.codec_context is None:
        raise InputError(f"{label}: its video coding is not supported; convert it to FFV1 in MKV or to H.264 in MP4")
    return stream


def _film(path: Path, streams: list[VideoStream]) -> int:
    """Which of several video streams is read: of those with more than a still picture the file's own choice."""
    counts = dict.fromkeys((stream.index for stream in streams), 0)
    with _opened(path) as container, suppress(av.error.FFmpegError, OSError):  # reading it tells the person why
        for read, packet in enumerate(container.demux(video=tuple(range(len(container.streams.video))))):
            if packet.stream.index in counts and packet.size:
                counts[packet.stream.index] += 1
            if read >= _LOOKED_AT_PACKETS:
                break
    films = [k for k, stream in enumerate(streams) if counts[stream.index] > 1] or list(range(len(streams)))
    return next((k for k in films if streams[k].disposition & av.stream.Disposition.default), films[0])


def _nominal_fps(stream: VideoStream) -> float | None:
    for rate in (stream.average_rate, stream.guessed_rate, stream.base_rate):
        if rate and 0 < rate <= MAX_FPS:
            return float(rate)
    return None
