"""A stretch of a run as a video with its overlay, for people without this program."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path

import av
import cv2
import numpy as np
from numpy.typing import NDArray

from assistant.capture.opening import open_source
from assistant.capture.source import Source
from assistant.errors import EnvironmentError_, UsageError
from assistant.identity import Identity
from assistant.plan import PlannedView
from assistant.readings.moments import Moment
from assistant.reports.drawing import drawn, with_words, words_of
from assistant.reports.tables import export_file
from assistant.vocabulary import Frame

_TICKS = 90_000
_PNG_HEADER = 8 + 25
"""Bytes of the signature and of the first chunk, IHDR."""


def write_video(
    run: str,
    path: Path,
    *,
    first: int,
    last: int,
    moment_at: Callable[[int], Moment | None],
    views: tuple[PlannedView, ...],
    identity: Identity,
    progress: Callable[[int, int], None] = lambda done, total: None,
) -> None:
    """Write frames ``first`` to ``last`` as H.264 in MP4, with the run's own times, whole or not at all.

    Parameters
    ----------
    run : str
    path : Path
    first, last : int
    moment_at : callable
        What is known of a frame.
    views : tuple of PlannedView
    identity : Identity
        Stands under each picture and in the file's title.
    progress : callable
        Given frames done and all; what it raises ends the writing.

    Raises
    ------
    UsageError
        If the stretch is empty.
    InputError
        Where the run cannot be read.
    EnvironmentError_
        If the file cannot be written. Nothing is left then.
    """
    if last < first:
        raise UsageError(f"frames {first} to {last} are no stretch of the run; set its beginning before its end")
    source = open_source(run)
    try:
        with export_file(path) as part:
            try:
                with av.open(str(part), "w", format="mp4") as container:
                    container.metadata["title"] = identity.words
                    _write(container, source, range(first, last + 1), moment_at, views, identity, progress)
            except av.FFmpegError as error:
                raise EnvironmentError_(
                    f"{path}: cannot be written ({error.strerror}); choose another folder"
                ) from error
    finally:
        source.close()


def _write(
    container: av.container.OutputContainer,
    source: Source,
    frames: range,
    moment_at: Callable[[int], Moment | None],
    views: tuple[PlannedView, ...],
    identity: Identity,
    progress: Callable[[int, int], None],
) -> None:
    stream = None
    start_s, stamp = 0.0, -1
    for done, index in enumerate(frames, start=1):
        frame = source.frame_at(index)
        moment = moment_at(index)
        picture = with_words(drawn(frame, moment, views), words_of(frame, moment, identity, views))
        if stream is None:
            stream = container.add_stream("libx264", options={"crf": "18", "preset": "veryfast"})
            stream.height, stream.width = picture.shape[:2]
            stream.pix_fmt = "yuv420p"
            stream.time_base = stream.codec_context.time_base = Fraction(1, _TICKS)
            start_s = frame.t_s
        coded = av.VideoFrame.from_ndarray(picture, format="bgr24")
        stamp = max(stamp + 1, round((frame.t_s - start_s) * _TICKS))
        coded.pts, coded.time_base = stamp, Fraction(1, _TICKS)
        container.mux(stream.encode(coded))
        progress(done, len(frames))
    if stream is not None:
        container.mux(stream.encode(None))


def write_png(
    path: Path, frame: Frame, moment: Moment | None, views: tuple[PlannedView, ...], identity: Identity
) -> Path:
    """Write a picture with its overlay, and the picture as it is beside it; gives the raw one's path.

    Both say in their own text (PNG, "Title") who they are.

    Raises
    ------
    EnvironmentError_
        If one of them cannot be written.
    """
    raw = path.with_name(f"{path.stem}_raw.png")
    picture = with_words(drawn(frame, moment, views), words_of(frame, moment, identity, views))
    for place, pixels in ((path, picture), (raw, _plain(frame))):
        done, encoded = cv2.imencode(".png", pixels)
        if not done:
            raise EnvironmentError_(f"{place}: the picture cannot be coded as PNG; free some memory")
        with export_file(place) as part:
            part.write_bytes(_with_title(encoded.tobytes(), identity.words))
    return raw


def _with_title(png: bytes, title: str) -> bytes:
    """A PNG with its title, in an international text chunk right behind its header (PNG 11.3.3)."""
    content = b"iTXt" + b"Title\0\0\0\0\0" + title.encode()
    chunk = struct.pack(">I", len(content) - 4) + content + struct.pack(">I", zlib.crc32(content))
    return png[:_PNG_HEADER] + chunk + png[_PNG_HEADER:]


def _plain(frame: Frame) -> NDArray[np.uint8]:
    grey = frame.grey if frame.white == 255 else np.right_shift(frame.grey, 8)
    return np.ascontiguousarray(grey, dtype=np.uint8)
