"""Small pictures of a whole run for seeking: a film coded from picture to picture seeks slowly, they do not.

A scrub file is made once, in a process of its own (``python -m assistant.review.previews RUN FILE [KEYS]``; ``KEYS`` is
one of the key pictures alone, ready within seconds), and can be used while it grows. It is a cache: it may be thrown
away at any time and is never measured on. Little-endian::

    magic "FASCRUB1"
    one record a distinct picture: first frame (u32), time of that frame in ms (u32), bytes (u32), JPEG
    at the end: number of frames (u32), time of the last one in ms (u32), 0
"""

from __future__ import annotations

import contextlib
import hashlib
import mmap
import os
import struct
import sys
from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Final

import av
import cv2
import numpy as np
from numpy.typing import NDArray

from assistant.capture.opening import open_source
from assistant.capture.source import Source
from assistant.errors import AssistantError, EnvironmentError_
from assistant.vocabulary import Frame

Grey8 = NDArray[np.uint8]

MAGIC: Final = b"FASCRUB1"
_RECORD: Final = struct.Struct("<III")
_LONGEST_SIDE_PX: Final = 640
_QUALITY: Final = 80
_SAME_GREY: Final = 0.35
"""Mean difference of two small pictures below which the later one is not kept: coding noise of a held image [P]."""
_MOST_BYTES: Final = 2 << 30
"""A scrub file stops growing here: later pictures are found the slow way."""
_EASY_CODECS: Final = frozenset(
    {"ffv1", "mjpeg", "rawvideo", "huffyuv", "ffvhuff", "png", "utvideo", "prores", "dnxhd"}
)


def is_needed(source: Source) -> bool:
    """Whether single pictures of a source are slow to come by: a film whose pictures build on one another."""
    details = source.facts.details
    return details.get("kind") == "video" and details.get("codec") not in _EASY_CODECS


def place_for(folder: Path, run: Path) -> Path:
    """Where the scrub file of a run lies in a cache folder; another file when the run's file changes.

    Raises
    ------
    OSError
        If the run cannot be looked at.
    """
    video = _video_of(run) or run
    about = video.stat()
    key = f"{video.resolve()}|{about.st_size}|{about.st_mtime_ns}"
    return folder / f"{hashlib.sha256(key.encode('utf-8', 'surrogateescape')).hexdigest()[:24]}.scrub"


def _video_of(run: Path) -> Path | None:
    """The film of a run: the file itself, or the largest one of its folder."""
    if run.is_file():
        return run
    return max((p for p in run.iterdir() if p.is_file()), key=lambda p: p.stat().st_size, default=None)


def small(grey: NDArray[np.uint8] | NDArray[np.uint16], white: int) -> NDArray[np.uint8]:
    """A picture of at most 640 px a side, 8 bits."""
    eight = grey if white == 255 else np.right_shift(grey, 8).astype(np.uint8)
    factor = _LONGEST_SIDE_PX / max(eight.shape)
    if factor >= 1:
        return np.asarray(eight, dtype=np.uint8)
    return np.asarray(cv2.resize(eight, None, fx=factor, fy=factor, interpolation=cv2.INTER_AREA), dtype=np.uint8)


def build(run: str, path: Path, should_stop: Callable[[], bool] = lambda: False) -> bool:
    """Write the scrub file of a run; False when stopped. A whole one that is there already is left alone.

    Raises
    ------
    InputError
        Where the run cannot be read on; what was read before is kept.
    EnvironmentError_
        If the disk refuses.
    """
    source = open_source(run)
    try:
        return _write(path, ((f.index, f.t_s, small(f.grey, f.white)) for f in source.frames()), should_stop)
    finally:
        source.close()


def build_keys(run: str, path: Path, should_stop: Callable[[], bool] = lambda: False) -> bool:
    """Write a scrub file of the key pictures alone: seconds for an hour's film; False when stopped or not possible.

    The number of a key picture's frame is worked out from its time and the run's rate: good enough to look at.
    """
    source = open_source(run)
    try:
        facts = source.facts
    finally:
        source.close()
    video = _video_of(Path(run))
    if not facts.fps or facts.frame_count is None or video is None:
        return False
    try:
        with av.open(str(video)) as container:
            stream = container.streams.video[0]
            stream.codec_context.skip_frame = "NONKEY"
            return _write(path, _keys(container.decode(stream), facts.fps, facts.frame_count), should_stop)
    except av.FFmpegError:
        return False  # the pictures themselves tell what is wrong with the film


def _keys(pictures: Iterable[av.VideoFrame], fps: float, count: int) -> Iterator[tuple[int, float, Grey8]]:
    start_s: float | None = None
    last = -1
    for picture in pictures:
        if picture.time is None:
            continue
        start_s = picture.time if start_s is None else start_s
        index = min(count - 1, round((picture.time - start_s) * fps))
        if index > last:
            yield (
                index,
                picture.time - start_s,
                small(np.asarray(picture.to_ndarray(format="gray"), dtype=np.uint8), 255),
            )
            last = index


def _write(path: Path, pictures: Iterator[tuple[int, float, Grey8]], should_stop: Callable[[], bool]) -> bool:
    """Write pictures that come in order; those that hardly differ from the one before are left out."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("wb") as file:
            file.write(MAGIC)
            before: Grey8 | None = None
            frames, last_ms = 0, 0
            for index, t_s, picture in pictures:
                if should_stop():
                    return False
                frames, last_ms = index + 1, round(1000 * t_s)
                if before is not None and float(cv2.norm(picture, before, cv2.NORM_L1)) < _SAME_GREY * picture.size:
                    continue
                before = picture
                done, jpeg = cv2.imencode(".jpg", picture, [cv2.IMWRITE_JPEG_QUALITY, _QUALITY])
                if done and file.tell() + len(jpeg) < _MOST_BYTES:
                    file.write(_RECORD.pack(index, last_ms, len(jpeg)))
                    file.write(jpeg.tobytes())
                    file.flush()
            file.write(_RECORD.pack(frames, last_ms, 0))
    except OSError as error:
        raise EnvironmentError_(f"{path}: cannot be written ({error.strerror}); seeking stays slow") from error
    return True


class ScrubFile:
    """Reads a scrub file, also while it grows. Used by one thread."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._firsts: list[int] = []
        self._times_ms: list[int] = []
        self._places: list[tuple[int, int]] = []
        self._seen = len(MAGIC)
        self.frames_known = 0
        """Frames of which the small picture is known."""
        self.is_whole = False

    def _forget(self) -> None:
        self._firsts, self._times_ms, self._places = [], [], []
        self._seen, self.frames_known = len(MAGIC), 0

    def refresh(self) -> None:
        """Look for new records."""
        if self.is_whole:
            return
        try:
            with self._path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as view:
                if view[: len(MAGIC)] == MAGIC:
                    self._scan(view)
        except (OSError, ValueError):
            return  # not there yet, or empty

    def _scan(self, view: mmap.mmap) -> None:
        if len(view) < self._seen:
            self._forget()  # made anew by another window
        end, at = len(view), self._seen
        while at + _RECORD.size <= end:
            first, t_ms, length = _RECORD.unpack_from(view, at)
            if length == 0:
                self.frames_known, self.is_whole = first, True
                return
            if at + _RECORD.size + length > end:
                break
            self._firsts.append(first)
            self._times_ms.append(t_ms)
            self._places.append((at + _RECORD.size, length))
            self.frames_known = first + 1
            at += _RECORD.size + length
        self._seen = at

    def nearest(self, index: int) -> int | None:
        """The frame whose small picture `picture` gives for a frame; None where there is none."""
        if not 0 <= index < self.frames_known or not self._firsts:
            return None
        return self._firsts[max(0, bisect_right(self._firsts, index) - 1)]

    def picture(self, index: int) -> NDArray[np.uint8] | None:
        """The small picture of a frame; None where it is not known (yet)."""
        if not 0 <= index < self.frames_known or not self._firsts:
            return None
        place, length = self._places[max(0, bisect_right(self._firsts, index) - 1)]
        try:
            with self._path.open("rb") as file:
                file.seek(place)
                jpeg = file.read(length)
        except OSError:
            return None
        if len(jpeg) < length:
            return None  # made anew by another window meanwhile: `refresh` finds out
        decoded = cv2.imdecode(np.frombuffer(jpeg, np.uint8), cv2.IMREAD_GRAYSCALE)
        return None if decoded is None else np.asarray(decoded, dtype=np.uint8)

    def frame(self, index: int, width_px: int, height_px: int, fps: float) -> Frame | None:
        """The small picture at the size of the run, as a frame to look at."""
        picture = self.picture(index)
        if picture is None:
            return None
        if picture.shape != (height_px, width_px):
            large = cv2.resize(picture, (width_px, height_px), interpolation=cv2.INTER_LINEAR)
            picture = np.asarray(large, dtype=np.uint8)
        return Frame(index=index, t_s=index / fps, grey=picture)


def keep_within(folder: Path, most_bytes: int, keep: Path | None = None) -> None:
    """Remove the scrub files that were used longest ago until the rest fits."""
    files = []
    for path in folder.glob("*.scrub"):
        with contextlib.suppress(OSError):
            about = path.stat()
            files.append((about.st_mtime_ns, about.st_size, path))
    total = sum(size for _, size, _ in files)
    for _, size, path in sorted(files):
        if total <= most_bytes:
            return
        if path != keep:
            with contextlib.suppress(OSError):
                path.unlink()
                total -= size


def main(arguments: list[str]) -> int:
    """The child: one scrub file; gives the exit status."""
    if hasattr(os, "nice"):
        os.nice(10)
    cv2.setNumThreads(1)
    parent = os.getppid()

    def orphaned() -> bool:
        """The window has gone: nobody waits for these pictures."""
        return os.getppid() != parent

    try:
        if len(arguments) > 2:
            build_keys(arguments[0], Path(arguments[2]), orphaned)
        build(arguments[0], Path(arguments[1]), orphaned)
    except AssistantError as error:
        sys.stderr.write(f"{error}\n")
        return error.exit_status
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
