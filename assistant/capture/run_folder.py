"""A run that the program recorded, as a source: repeated pictures stand in their frames again, with the times of then.

A frame whose picture was lost (a disk that was full, a file that failed) is black, so that it is judged "no signal"
and nothing is measured on it: numbers and times of all other frames stay what they were.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from statistics import median

import numpy as np

from assistant.capture.stamps import clock_notes
from assistant.capture.video.matroska import read_blocks
from assistant.capture.video.video import VideoSource
from assistant.errors import InputError
from assistant.identity import session_of
from assistant.language import sentence
from assistant.recording.event_log import check_chain, log_files
from assistant.recording.reading import Recorded, read_recorded, video_files
from assistant.recording.schema import FrameLine
from assistant.run_facts import RunClock, RunFacts
from assistant.vocabulary import Frame, Grey


class RunFolder:
    """A recorded run folder.

    Parameters
    ----------
    folder : Path
    label : str
        Its name as the person gave it.
    threads : int
        Of the decoder.
    fps : float or None
        A rate that a person gave: a recording has its own times, and says that it was not used.

    Attributes
    ----------
    recorded : Recorded

    Raises
    ------
    InputError
        If not one picture of it can be read.
    """

    def __init__(self, folder: Path, label: str, *, threads: int = 2, fps: float | None = None) -> None:
        self._given_fps = fps
        self._folder, self._label, self._threads = folder, label, threads
        self._files = video_files(folder)
        self.recorded: Recorded = read_recorded(folder, {n: _pictures(path) for n, path in self._files.items()})
        self._sources: dict[int, VideoSource] = {}
        self._closed = False
        first = next((line for line in self.recorded.lines if line.v >= 0), None)
        if first is None:
            raise InputError(f"{label}: the recording holds no picture that can be read; choose another one")
        facts = self._source(first.v).facts
        self._shape = (facts.height_px, facts.width_px)
        self._white = self._source(first.v).frame_at(first.p).white

    @property
    def facts(self) -> RunFacts:
        """What is known of the run; ``notes`` and ``details`` say what of it is not whole."""
        lines = self.recorded.lines
        steps = [b.t - a.t for a, b in pairwise(lines[:200]) if b.t > a.t]
        details = {"kind": "recording", "codec": "ffv1", "frames_lost": str(self.recorded.lost_frames)}
        notes = clock_notes(RunClock.FILE, 0.0, given=self._given_fps)
        if self.recorded.losses:
            details["not_whole"] = self.recorded.losses
            notes.append(sentence(f"The recording is not whole: {self.recorded.losses}."))
        source = self.recorded.head.get("source")
        if isinstance(source, str) and source.startswith(("play:", "loop:")):
            details["rehearsal"] = sentence("recorded from a run that was played as if it were live")
            notes.append(sentence("A rehearsal: recorded from a run that was played as if it were live."))
        return RunFacts(
            source=self._label,
            width_px=self._shape[1],
            height_px=self._shape[0],
            fps=1.0 / median(steps) if steps else None,
            frame_count=len(lines),
            details=details,
            notes=tuple(notes),
            recorded=session_of(self.recorded.head).recorded,
        )

    def frames(self, first: int = 0) -> Iterator[Frame]:
        """All frames from the first one on, or from another one, each call anew.

        Raises
        ------
        InputError
            Where a picture is not the one that was recorded, or has another size than those before.
        """
        reader = _Forward(self._files, self._label, self._threads)
        grey, lost = self._black(), ""
        at = (-1, -1)
        try:
            for line in self.recorded.lines[first:]:
                if self._closed:
                    raise InputError(f"{self._label}: was closed while it was read; open it again")
                if line.v < 0:
                    grey, lost, at = self._black(), "", (-1, -1)
                elif (line.v, line.p) != at:
                    picture = reader.picture(line)
                    grey, lost, at = self._checked(picture, line), picture.lost, (line.v, line.p)
                yield self._frame(line, grey, lost)
        finally:
            reader.close()

    def _checked(self, picture: Frame, line: FrameLine) -> Grey:
        grey = picture.grey
        if not picture.lost and line.crc is not None and zlib.crc32(np.ascontiguousarray(grey).tobytes()) != line.crc:
            raise InputError(f"{self._label}: the picture of frame {line.i} was changed after it was recorded")
        if grey.shape != self._shape:
            raise InputError(
                f"{self._label}: the picture changes its size at frame {line.i}; make mended copies of its parts"
            )
        return grey

    def _frame(self, line: FrameLine, grey: Grey, lost: str = "") -> Frame:
        t_s = line.t - self.recorded.lines[0].t
        return Frame(index=line.i, t_s=t_s, grey=grey, white=self._white, lost=lost)

    def _black(self) -> Grey:
        return np.zeros(self._shape, np.uint8) if self._white == 255 else np.zeros(self._shape, np.uint16)

    def frame_at(self, index: int) -> Frame:
        """One frame by number, the same as `frames` gives it.

        Raises
        ------
        InputError
        """
        if self._closed:
            raise InputError(f"{self._label}: is closed; open it again")
        if not 0 <= index < len(self.recorded.lines):
            count = len(self.recorded.lines)
            raise InputError(f"{self._label}: there is no frame {index}; it has {count}, numbered from 0")
        line = self.recorded.lines[index]
        if line.v < 0:
            return self._frame(line, self._black())
        picture = self._source(line.v).frame_at(line.p)
        return self._frame(line, self._checked(picture, line), picture.lost)

    def _source(self, number: int) -> VideoSource:
        if number not in self._sources:
            path = self._files[number]
            self._sources[number] = VideoSource(path, f"{self._label}/{path.name}", threads=self._threads)
        return self._sources[number]

    def log_fault(self) -> str:
        """What is wrong with the event log, also against the head that the recording witnessed; empty when whole."""
        files = log_files(self._folder)
        if not files:
            return sentence("the event log is missing") if self.recorded.anchor is not None else ""
        anchor = self.recorded.anchor
        if anchor is None:
            return check_chain(files).fault
        return check_chain(files, anchor.events_head, anchor.events_count).fault

    def close(self) -> None:
        """Close all files. May be called twice."""
        self._closed = True
        for source in self._sources.values():
            source.close()
        self._sources.clear()


class _Forward:
    """Pictures in the order of the recording: each video file is decoded once."""

    def __init__(self, files: dict[int, Path], label: str, threads: int) -> None:
        self._files, self._label, self._threads = files, label, threads
        self._number = -1
        self._source: VideoSource | None = None
        self._pictures: Iterator[Frame] = iter(())

    def picture(self, line: FrameLine) -> Frame:
        if line.v != self._number:
            self.close()
            path = self._files[line.v]
            self._source = VideoSource(path, f"{self._label}/{path.name}", threads=self._threads)
            self._pictures, self._number = self._source.frames(), line.v
        for frame in self._pictures:
            if frame.index == line.p:
                return frame
        raise InputError(f"{self._label}: the picture of frame {line.i} is missing in {self._files[line.v].name}")

    def close(self) -> None:
        if self._source is not None:
            self._source.close()
        self._source, self._number = None, -1


def _pictures(path: Path) -> int:
    try:
        return len(read_blocks(path) or ())
    except OSError:
        return 0
