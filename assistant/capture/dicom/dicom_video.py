"""A video inside a DICOM file (MPEG-2, H.264, HEVC): taken out and read as any video, with the file's times."""

from __future__ import annotations

import re
import tempfile
from collections.abc import Iterator
from dataclasses import replace
from functools import cached_property
from pathlib import Path
from typing import BinaryIO, Final

from assistant.capture.dicom.dicom_header import DicomHeader, read_header, recorded_on
from assistant.capture.dicom.dicom_pixels import PixelError, fragments_at, syntax_name
from assistant.capture.dicom.dicom_scale import not_square, scale_hint
from assistant.capture.dicom.dicom_times import FrameTimes, frame_times
from assistant.capture.video.video import VideoSource
from assistant.errors import InputError
from assistant.run_facts import RunClock, RunFacts
from assistant.vocabulary import Frame

_SYNTAX: Final = re.compile(rb"\x02\x00\x10\x00UI..1\.2\.840\.10008\.1\.2\.4\.10[0-8](?:\.1)?\0?", re.DOTALL)
_PIECE_BYTES: Final = 1 << 20
_LONG_HEAD_BYTES: Final = 12
"""Of an entry in explicit VR, as all compressed files are: tag, VR, two bytes of nothing, length."""


def is_video(head: bytes) -> bool:
    """Whether a DICOM file, by its first bytes, holds a video."""
    return _SYNTAX.search(head) is not None


class DicomVideo:
    """A DICOM file whose pixel data are a video.

    Parameters
    ----------
    path : Path
    label : str
        The run's name as the person gave it.
    fps : float or None
        Frames a second where neither the file nor the video states a time.

    Raises
    ------
    InputError
        If it holds no video that can be read.
    """

    def __init__(self, path: Path, label: str, *, fps: float | None = None) -> None:
        self._label = label
        self._folder = tempfile.TemporaryDirectory(prefix="dicom-video-")
        try:
            with path.open("rb") as file:
                self._header = read_header(file)
                taken_out = Path(self._folder.name) / "video"
                _take_out(file, path.stat().st_size, self._header, taken_out)
            self._video = VideoSource(taken_out, label, fps=fps)
        except (PixelError, OSError) as error:
            self._folder.cleanup()
            raise InputError(
                f"{label}: a DICOM file that cannot be used: {error}; export the run again as XA, RF or SC multi-frame"
            ) from error
        except BaseException:
            self._folder.cleanup()
            raise
        self._fps = fps

    @cached_property
    def _times(self) -> FrameTimes | None:
        """What the header says; None where it says nothing, and the video's own times count."""
        count = self._video.facts.frame_count
        found = None if count is None else frame_times(self._header, count, self._fps)
        return found if found is not None and found.clock is RunClock.FILE else None

    @cached_property
    def facts(self) -> RunFacts:
        """What is known before reading to the end."""
        video = self._video.facts
        hint, how = scale_hint(self._header)
        aspect = not_square(self._header)
        facts = replace(
            video,
            mm_per_px_hint=hint,
            details={
                **video.details,
                "kind": "DICOM",
                "transfer_syntax": syntax_name(self._header.transfer_syntax),
                "mm_per_px": how,
            },
            notes=(*video.notes, *([aspect] if aspect else [])),
            recorded=recorded_on(self._header),
        )
        if self._times is None:
            return facts
        of_no_clock = () if video.clock is RunClock.FILE else video.notes[:1]
        notes = tuple(note for note in facts.notes if note not in of_no_clock)
        return replace(facts, fps=self._times.fps, clock=RunClock.FILE, notes=(*self._times.notes, *notes))

    def frames(self) -> Iterator[Frame]:
        """All frames from the first one on, each call anew.

        Raises
        ------
        InputError
            As `VideoSource.frames` does.
        """
        for frame in self._video.frames():
            yield self._timed(frame)

    def frame_at(self, index: int) -> Frame:
        """One frame by number.

        Raises
        ------
        InputError
            As `VideoSource.frame_at` does.
        """
        return self._timed(self._video.frame_at(index))

    def _timed(self, frame: Frame) -> Frame:
        times = self._times
        if times is None or frame.index >= len(times.t_s):
            return frame
        return replace(frame, t_s=float(times.t_s[frame.index]))

    def close(self) -> None:
        """Close the video and take it from the disk. May be called twice."""
        self._video.close()
        self._folder.cleanup()


def _take_out(file: BinaryIO, size: int, header: DicomHeader, target: Path) -> None:
    file.seek(header.pixel_tag_at + _LONG_HEAD_BYTES)
    pieces, _ = fragments_at(file, size)
    if len(pieces) < 2:
        raise PixelError("its pixel data hold no video")
    with target.open("wb") as video:
        for at, length in pieces[1:]:
            file.seek(at)
            while length > 0 and (piece := file.read(min(length, _PIECE_BYTES))):
                video.write(piece)
                length -= len(piece)
