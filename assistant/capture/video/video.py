"""A video file as a source: AVI, MKV, MP4, MOV in any coding that FFmpeg decodes, streamed, with its own stamps."""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Iterator
from functools import cached_property
from pathlib import Path
from typing import Final

import av
import numpy as np

from assistant.capture.luma import LumaReader
from assistant.capture.stamps import DEFAULT_FPS, StampClock, clock_notes, clock_of
from assistant.capture.video.h264 import is_monochrome
from assistant.capture.video.matroska import is_own
from assistant.capture.video.video_facts import described, sampled_pictures
from assistant.capture.video.video_file import LostPicture, Picture, VideoDamage, VideoPass
from assistant.capture.video.video_index import PacketCount, VideoIndex, quick_index, read_index
from assistant.errors import InputError
from assistant.language import sentence
from assistant.run_facts import RunClock, RunFacts
from assistant.vocabulary import Frame, Grey

_READ_THROUGH_BYTES: Final = 64 << 20
"""A file up to this size is listed by reading it once; a larger one by its heads, if its container has them."""
_STEP_ON_FRAMES: Final = 24
"""A frame this near ahead is reached by decoding on, not by a seek."""


class VideoSource:
    """A video file.

    Parameters
    ----------
    path : Path
    label : str
        The run's name as the person gave it, for texts and for ``facts.source``.
    fps : float or None
        Rate to go by where the file has neither time stamps nor a rate; such a file gets `DEFAULT_FPS` without it.
    threads : int
        Threads of the decoder. Pictures and stamps do not depend on it.

    Raises
    ------
    InputError
        If the file is missing, is no video, holds no picture or its first picture cannot be decoded.
    """

    def __init__(self, path: Path, label: str | None = None, *, fps: float | None = None, threads: int = 2) -> None:
        self._path, self._label, self._threads = path, label or os.fspath(path), threads
        self._closed = False
        self._walker: _Walker | None = None
        with VideoPass(path, self._label, threads=1) as video:
            first = self._first_picture(video)
            codec = video.stream.codec_context
            monochrome = codec.name == "h264" and is_monochrome(codec.extradata)
            self._check_sums = video.check_sums
            self._luma = LumaReader(first, monochrome=monochrome)
            if self._luma.white > 255 and not is_own(path):
                self._luma.fit(sampled_pictures(video, first))
            self._width, self._height = first.width, first.height
            self._fps = video.fps
            self._period_fps = video.fps or fps or DEFAULT_FPS
            self._clock = clock_of(stated=_states_times(video, first), fps=fps)
            self._promised = video.promised_frames
            self._header_count = video.stream.frames or None
            self._details, self._notes = self._described(video, first, fps)
            self._bytes = path.stat().st_size

    def _first_picture(self, video: VideoPass) -> av.VideoFrame:
        first, lost = None, ""
        try:
            for picture in video.pictures():
                if not isinstance(picture, LostPicture):
                    first = picture
                    break
                lost = lost or picture.reason
        except VideoDamage as damage:
            lost = lost or str(damage)
        if first is None and lost:
            raise InputError(
                f"{self._label}: not even its first picture can be decoded ({lost}); copy the file again or convert "
                f"it to FFV1 in MKV"
            )
        if first is None:
            missing = video.missing()
            why = sentence(f"the file is cut off: {missing}") if missing else sentence("it was closed without one")
            raise InputError(f"{self._label}: the video holds no picture ({why}); choose another recording")
        return first

    def _described(
        self, video: VideoPass, first: av.VideoFrame, fps: float | None
    ) -> tuple[dict[str, str], tuple[str, ...]]:
        """Facts by name; and what was assumed or mended, in sentences."""
        details, notes = described(video, first, self._luma)
        notes = [*clock_notes(self._clock, self._period_fps, given=fps), *notes]
        if video.fps is None:
            details["rate"] = sentence(
                f"the file states no rate; {self._period_fps:g} frames/s where a time stamp is missing"
            )
            if self._clock is RunClock.FILE:
                notes.append(
                    sentence(f"The file states no rate: a missing time stamp counts as 1/{self._period_fps:g} s.")
                )
        return details, tuple(notes)

    @cached_property
    def _quick_index(self) -> VideoIndex | PacketCount | None:
        if self._bytes <= _READ_THROUGH_BYTES:
            return read_index(self._path, self._label)
        return quick_index(self._path, self._label)

    @cached_property
    def _index(self) -> VideoIndex | PacketCount:
        return self._quick_index or read_index(self._path, self._label)

    @cached_property
    def facts(self) -> RunFacts:
        """What is known before reading to the end; ``frame_count`` is what the file holds, not what it promises."""
        quick = self._quick_index
        count = quick.frame_count if quick else None if "cut" in self._details else self._header_count
        return RunFacts(
            source=self._label,
            width_px=self._width,
            height_px=self._height,
            fps=self._fps,
            frame_count=count,
            clock=self._clock,
            details=self._details,
            notes=self._notes,
        )

    def frames(self) -> Iterator[Frame]:
        """All frames from the first one on, each call anew.

        Raises
        ------
        InputError
            Where the file ends before it should, or a damaged picture leaves open which of those behind it is which;
            every frame before that has been yielded.
        """
        index = -1
        try:
            for frame in self._frames_from(self._threads, 0):
                index = frame.index
                yield frame
        except VideoDamage as damage:
            if self._threads > 1:
                # Threads decode ahead: the good pictures before a damaged one are only certain without them.
                try:
                    for frame in self._frames_from(1, index + 1):
                        index = frame.index
                        yield frame
                    return
                except VideoDamage as exact:
                    raise self._ended(index + 1, str(exact)) from exact
            raise self._ended(index + 1, str(damage)) from damage

    def _frames_from(self, threads: int, start: int) -> Iterator[Frame]:
        with VideoPass(self._path, self._label, threads=threads, check_sums=self._check_sums) as video:
            index = -1
            clock = StampClock(video.unit_s, self._period_fps)
            lost: list[Frame] = []  # at the end of a cut file it is the cut that took them
            for index, (stamp, picture) in enumerate(stamped_pictures(video)):
                frame = self._frame(index, clock.stamp(stamp), picture)
                if frame.lost:
                    lost.append(frame)
                    continue
                yield from (each for each in (*lost, frame) if each.index >= start)
                lost.clear()
                if self._closed:
                    raise InputError(f"{self._label}: was closed while it was read; open it again")
            missing = video.missing()
        if missing is not None:
            raise self._ended(index + 1 - len(lost), missing)
        yield from (each for each in lost if each.index >= start)

    def _ended(self, good: int, why: str) -> InputError:
        of = f" of {self._promised}" if self._promised and self._promised > good else ""
        return InputError(
            f"{self._label}: ends after {good}{of} frames ({why}); copy the file again from where it was recorded"
        )

    def _frame(self, index: int, t_s: float, picture: Picture) -> Frame:
        if isinstance(picture, LostPicture):
            return self._lost(index, t_s, picture.reason)
        if (picture.width, picture.height) != (self._width, self._height):
            raise InputError(
                f"{self._label}: the picture changes from {self._width} x {self._height} to {picture.width} x "
                f"{picture.height} at frame {index}; split the recording there"
            )
        reason = self._luma.beyond(picture)
        if reason:
            return self._lost(index, t_s, reason)
        try:
            return Frame(index=index, t_s=t_s, grey=self._luma.read(picture), white=self._luma.white)
        except ValueError as error:
            raise InputError(f"{self._label}: {error} at frame {index}; split the recording there") from error

    def _lost(self, index: int, t_s: float, reason: str) -> Frame:
        size, white = (self._height, self._width), self._luma.white
        black: Grey = np.zeros(size, np.uint8) if white == 255 else np.zeros(size, np.uint16)
        return Frame(index=index, t_s=t_s, grey=black, white=white, lost=reason)

    def frame_at(self, index: int) -> Frame:
        """One frame by number, with the same pixels and stamp as `frames` gives it.

        Raises
        ------
        InputError
            If there is no such frame or it cannot be decoded.
        """
        if self._closed:
            raise InputError(f"{self._label}: is closed; open it again")
        if index < 0:
            raise InputError(f"{self._label}: there is no frame {index}; frames are numbered from 0")
        try:
            found = self._walk(index, self._threads)
        except VideoDamage:
            # Threads decode ahead: whether this very frame is good is only certain without them.
            self._leave()
            try:
                found = self._walk(index, 1)
            except VideoDamage as damage:
                self._leave()
                raise InputError(
                    f"{self._label}: frame {index} cannot be decoded ({damage}); copy the file again"
                ) from damage
        if found is None:
            raise InputError(
                f"{self._label}: frame {index} is past its end ({self._index.frame_count} frames, numbered from 0); "
                f"choose a frame of this run"
            )
        return self._frame(index, *found)

    def _walk(self, index: int, threads: int) -> tuple[float, Picture] | None:
        if self._walker is None:
            self._walker = _Walker(self._path, self._label, threads, self._period_fps, self._index, self._check_sums)
        return self._walker.go_to(index)

    def _leave(self) -> None:
        if self._walker is not None:
            self._walker.close()
        self._walker = None

    def close(self) -> None:
        """Close all files. May be called twice."""
        self._closed = True
        self._leave()


def _states_times(video: VideoPass, first: av.VideoFrame) -> bool:
    return video.has_times and (video.fps is not None or first.pts is not None)


def stamped_pictures(video: VideoPass) -> Iterator[tuple[int | None, Picture]]:
    """Pictures with the stamp that their time is told from (see `VideoIndex.clock`)."""
    if not video.is_avi:
        for picture in video.pictures():
            yield picture.pts if video.has_times else None, picture
        return
    places: deque[int | None] = deque()
    for picture in video.pictures(places.append):
        yield places.popleft() if places else None, picture


class _Walker:
    """Random access: an open file, and the picture it stands at."""

    def __init__(
        self,
        path: Path,
        label: str,
        threads: int,
        period_fps: float,
        index: VideoIndex | PacketCount,
        check_sums: bool | None,
    ) -> None:
        self._sums = check_sums
        self._path, self._label, self._threads, self._period_fps = path, label, threads, period_fps
        self._index = index
        self._video: VideoPass | None = None
        self._pictures: Iterator[tuple[int | None, Picture]] = iter(())
        self._at = -1
        self._found: tuple[float, Picture] | None = None
        self._clock: StampClock | None = None

    def go_to(self, frame: int) -> tuple[float, Picture] | None:
        """Time and picture of a frame; None past the end."""
        if frame == self._at and self._found is not None:
            return self._found
        if isinstance(self._index, VideoIndex):
            if frame >= self._index.frame_count:
                return None
            found = self._by_index(self._index, frame)
            if found is not None:
                return found
            # A picture that the index promised did not come (or not in its place): count from the start instead.
            self._index = PacketCount(frame_count=self._index.frame_count)
            self.close()
        return self._by_counting(frame)

    def _by_index(self, index: VideoIndex, frame: int) -> tuple[float, Picture] | None:
        row = index.key_before(frame)
        near = self._video is not None and 0 <= self._at < frame
        if near and (frame - self._at <= _STEP_ON_FRAMES or index.key_frames[row] <= self._at):
            found = self._walk_to(index, frame)
            if found is not None:
                return found
        # Some containers land one key picture late.
        for earlier in (row, row - 1):
            if earlier >= 0:
                self._seek(int(index.key_seek[earlier]))
                found = self._walk_to(index, frame)
                if found is not None:
                    return found
        return None

    def _seek(self, stamp: int) -> None:
        if self._video is None:
            self._video = VideoPass(self._path, self._label, threads=self._threads, check_sums=self._sums)
        self._video.seek(stamp)
        self._pictures = ((picture.pts, picture) for picture in self._video.pictures())
        self._at, self._found = -1, None

    def _walk_to(self, index: VideoIndex, frame: int) -> tuple[float, Picture] | None:
        for pts, picture in self._pictures:
            at = index.frame_of(pts)
            if at is None or at > frame:
                self._at = -1 if at is None else at
                return None
            self._at = at
            if at == frame and self._video is not None:
                t_s = float(int(index.clock[frame] - index.clock[0]) * self._video.unit_s)
                self._found = (t_s, picture)
                return self._found
        return None

    def _by_counting(self, frame: int) -> tuple[float, Picture] | None:
        if self._video is None or self._clock is None or frame <= self._at:
            self.close()
            self._video = VideoPass(self._path, self._label, threads=1, check_sums=self._sums)
            self._pictures = stamped_pictures(self._video)
            self._clock = StampClock(self._video.unit_s, self._period_fps)
        for stamp, picture in self._pictures:
            self._at += 1
            t_s = self._clock.stamp(stamp)
            if self._at == frame:
                self._found = (t_s, picture)
                return self._found
        self.close()
        return None

    def close(self) -> None:
        if self._video is not None:
            self._video.close()
        self._video, self._clock, self._at, self._found = None, None, -1, None
