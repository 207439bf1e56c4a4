"""The files of one recording: pictures in video files, one line a frame, which picture a repeat carries.

What becomes of a fault is the `Recorder`'s: whatever fails here says so by an `OSError`, and nothing is tried again.
"""

from __future__ import annotations

import contextlib
import logging
import os
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from assistant.language import sentence
from assistant.recording.coder import NOWHERE, Coded
from assistant.recording.matroska_out import MatroskaOut, Track
from assistant.recording.schema import FRAMES, VIDEO, FrameLine, LogAnchorLine
from assistant.recording.segment_file import GrowingFile
from assistant.system.plain import json_line

log = logging.getLogger(__name__)


@dataclass(slots=True)
class Disk:
    """Functions that the tests replace to make a disk fail."""

    write: Callable[[int, bytes | memoryview], int] = os.write
    fsync: Callable[[int], None] = os.fsync
    free: Callable[[Path], int] = lambda folder: shutil.disk_usage(folder).free


class RecordingFiles:
    """Video and line files of a folder, each with a new number. Who calls holds a lock.

    Parameters
    ----------
    folder : Path
        Exists.
    segment_bytes : int
        A video file that is longer is followed by a new one.
    disk : Disk
    tell : callable
        Given a sentence where a file could not be closed in order; the recording goes on in the next one.

    Attributes
    ----------
    carried : tuple of int
        Video file, and number of the picture in it, that the newest frame carries and so does a repeat of it.
    """

    def __init__(self, folder: Path, segment_bytes: int, disk: Disk, notify: Callable[[str], None]) -> None:
        self._folder, self._segment_bytes = folder, segment_bytes
        self._disk, self._notify = disk, notify
        self._video: GrowingFile | None = None
        self._out: MatroskaOut | None = None
        self._lines: GrowingFile | None = None
        self._line_torn = False
        self._video_number = _next_number(folder, "video_*.mkv")
        self._lines_number = _next_number(folder, "frames_*.jsonl")
        self._closed_bytes = bytes_in(folder)
        self.carried = NOWHERE

    @property
    def open_files(self) -> list[GrowingFile]:
        """The files that are being written."""
        return [file for file in (self._video, self._lines) if file is not None]

    def size_on_disk(self) -> int:
        """Bytes of all files of the recording, as the disk says it."""
        return self._closed_bytes + sum(file.size_on_disk() for file in self.open_files)

    def write(self, coded: Coded) -> None:
        """Write a frame: its picture, where it is not a repeat, then its line.

        Raises
        ------
        OSError
        """
        if coded.packet is not None and coded.track is not None:
            out = self._video_for(coded.track)
            assert self._video is not None
            self._video.append(out.picture(coded.t_ns // 1_000_000, coded.packet))
            self.carried = (self._video_number - 1, out.pictures - 1)
        self.write_line(coded)

    def write_line(self, coded: Coded) -> None:
        """Write a frame's line alone, with the picture that is carried now.

        Raises
        ------
        OSError
        """
        coded.at = self.carried
        video, picture = self.carried
        line = FrameLine(
            i=coded.index, t=round(coded.t_ns / 1e9, 6), ns=coded.captured_ns, v=video, p=picture, crc=coded.crc
        )
        self.append_line(line)

    def append_line(self, line: FrameLine | LogAnchorLine) -> None:
        """Write a line; where the one before was torn, on a line of its own.

        Raises
        ------
        OSError
        """
        file = self._line_file()
        torn, self._line_torn = self._line_torn, True
        file.append((b"\n" if torn else b"") + json_line(line))
        self._line_torn = False

    def give_up(self) -> None:
        """Close the open files as they are: what follows goes into new ones."""
        for file in self.open_files:
            self._closed_bytes += file.size_on_disk()
            file.close()
        self._video = self._out = self._lines = None

    def finish(self) -> None:
        """Close all in order."""
        self._finish_video()
        self._finish_lines()

    def _video_for(self, track: Track) -> MatroskaOut:
        out = self._out
        if out is not None and (out.track != track or out.length > self._segment_bytes):
            self._finish_video()
            out = None
        if out is None:
            out = MatroskaOut(track)
            self._video = GrowingFile(self._folder / VIDEO.format(self._video_number), self._disk.write)
            self._video_number += 1
            self._video.append(out.head())
            self._out = out
        return out

    def _line_file(self) -> GrowingFile:
        if self._lines is None:
            self._lines = GrowingFile(self._folder / FRAMES.format(self._lines_number), self._disk.write)
            self._line_torn = False
            self._lines_number += 1
        return self._lines

    def _finish_video(self) -> None:
        """Put the index in and close in order. Where that fails, the file plays as one that was cut off."""
        video, out = self._video, self._out
        if video is None or out is None:
            return
        try:
            cues, patches = out.end()
            video.append(cues)
            video.sync(self._disk.fsync)
            video.put_over(patches)
            video.sync(self._disk.fsync)
        except OSError as error:
            log.warning("closing %s: %s", video.path.name, error)
            self._notify(sentence(f"a video file could not be closed in order ({error.strerror})"))
        self._closed_bytes += video.size_on_disk()
        video.close()
        self._video = self._out = None

    def _finish_lines(self) -> None:
        if self._lines is None:
            return
        try:
            self._lines.sync(self._disk.fsync)
        except OSError as error:
            self._notify(sentence(f"the frames' lines could not be synced ({error.strerror})"))
        self._lines.close()

    def free_bytes(self) -> int | None:
        """Room on the disk; None where it cannot be asked."""
        with contextlib.suppress(OSError):
            return self._disk.free(self._folder)
        return None


def bytes_in(folder: Path) -> int:
    """What was recorded into a folder so far, by whatever process, as the disk says it."""
    return sum(path.stat().st_size for pattern in ("video_*.mkv", "frames_*.jsonl") for path in folder.glob(pattern))


def _next_number(folder: Path, pattern: str) -> int:
    numbers = [int(path.stem.rpartition("_")[2]) for path in folder.glob(pattern) if path.stem[-3:].isdecimal()]
    return max(numbers, default=-1) + 1
