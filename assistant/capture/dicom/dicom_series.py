"""Which runs a set of DICOM files holds; and a series of files of one picture each as one run, in acquisition order."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Final

from assistant.capture.dicom.dicom import DicomSource
from assistant.capture.dicom.dicom_display import stated_display
from assistant.capture.dicom.dicom_header import DicomHeader, number, numbers, read_header
from assistant.capture.dicom.dicom_pixels import PixelError
from assistant.capture.dicom.dicom_times import measured_times, moment
from assistant.capture.grey_range import sampled
from assistant.capture.stamps import DEFAULT_FPS, clock_notes, clock_of
from assistant.errors import InputError
from assistant.language import sentence
from assistant.run_facts import RunClock, RunFacts
from assistant.vocabulary import Frame

_FEWEST: Final = 2
"""A picture alone is no run."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DicomRun:
    """A run that one file or several make.

    Attributes
    ----------
    files : tuple of Path
        In acquisition order; one that holds all frames, or one a frame.
    frames : int
    taken : datetime or None
        When the first of them was taken.
    left_out : int
        Pictures of the same series that have another size.
    """

    files: tuple[Path, ...]
    frames: int
    taken: datetime | None
    left_out: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class _Brief:
    path: Path
    frames: int
    series: tuple[str, str, str]
    size: tuple[float | None, float | None]
    slices: str
    taken: datetime | None
    number: float


def dicom_runs(paths: Sequence[Path]) -> list[DicomRun]:
    """The runs that these DICOM files hold; reports, directories, slices and single pictures are none.

    Single pictures are one run where they state that they are of one patient, study and series and have one size.
    """
    briefs = [brief for path in paths if (brief := _brief(path)) is not None and not brief.slices]
    runs = [DicomRun(files=(b.path,), frames=b.frames, taken=b.taken) for b in briefs if b.frames > 1]
    alike: dict[tuple[tuple[str, str, str], tuple[float | None, float | None]], list[_Brief]] = {}
    for brief in briefs:
        if brief.frames == 1 and brief.series[-1]:
            alike.setdefault((brief.series, brief.size), []).append(brief)
    for (series, _), members in alike.items():
        timed = all(each.taken is not None for each in members)
        members.sort(key=lambda each: (each.taken if timed and each.taken else datetime.min, each.number, each.path))
        if len(members) >= _FEWEST:
            files = tuple(each.path for each in members)
            left_out = sum(len(each) for (of, _), each in alike.items() if of == series and len(each) < _FEWEST)
            runs.append(DicomRun(files=files, frames=len(files), taken=members[0].taken, left_out=left_out))
    return sorted(runs, key=lambda run: (run.taken or datetime.max, run.files))


def why_no_run(paths: Sequence[Path]) -> str:
    """Why DICOM files that hold no run hold none, as part of a sentence; empty where none of them is a picture."""
    briefs = [brief for path in paths if (brief := _brief(path)) is not None]
    slices = sorted({brief.slices for brief in briefs if brief.slices})
    if slices:
        return sentence(f"slices of a body ({', '.join(slices)}) are no film")
    if briefs:
        return sentence(
            f"{len(briefs)} single DICOM pictures that do not say that they are of one patient, study and series, and "
            f"have one size, are no run"
        )
    return ""


def _brief(path: Path) -> _Brief | None:
    try:
        header = _header(path)
    except (OSError, PixelError):
        return None  # what else is there may be a run; given by itself, it is told why it is none
    if number(header.value("Rows")) is None:
        return None

    def part(keyword: str) -> str:
        return str(header.value(keyword) or "").strip()

    stated = number(header.value("NumberOfFrames"))
    return _Brief(
        path=path,
        frames=int(stated) if stated is not None else 1,
        series=(part("PatientID"), part("StudyInstanceUID"), part("SeriesInstanceUID")),
        size=(number(header.value("Rows")), number(header.value("Columns"))),
        slices=header.slices,
        taken=_taken(header),
        number=number(header.value("InstanceNumber")) or 0.0,
    )


def _taken(header: DicomHeader) -> datetime | None:
    stamp = str(header.value("AcquisitionDateTime") or "")
    for which in ("Acquisition", "Content", "Series", "Study"):
        if stamp:
            break
        day, hour = (str(header.value(which + part) or "") for part in ("Date", "Time"))
        stamp = day + hour if day and hour else ""
    return moment(stamp)


class DicomSeries:
    """Files of one picture each as a run.

    Parameters
    ----------
    run : DicomRun
    label : str
        The run's name as the person gave it.
    fps : float or None
        Frames a second where the files do not say when each was taken.

    Raises
    ------
    InputError
        If the first picture cannot be read.
    """

    def __init__(self, run: DicomRun, label: str, *, fps: float | None = None) -> None:
        self._files, self._label = run.files, label
        headers = [_header(path) for path in run.files]
        own_times: list[str] = []
        self._times_s = _times_s(headers, own_times)
        self._clock = RunClock.FILE if self._times_s is not None else clock_of(stated=False, fps=fps)
        rate = fps or DEFAULT_FPS
        if self._times_s is None:
            self._times_s = [k / rate for k in range(len(run.files))]
        end_s = self._times_s[-1]
        windowed = bool(numbers(headers[0].value("WindowWidth")))
        with closing(
            DicomSource(run.files[0], self._name(0), in_use=None if windowed else self._range_in_use())
        ) as opened:
            first, self._display, self._kind = opened.facts, opened.display, _kind(opened)
        no_clock_of_one = {*clock_notes(RunClock.ASSUMED, DEFAULT_FPS)}
        self._facts = replace(
            first,
            source=label,
            frame_count=len(run.files),
            fps=(len(run.files) - 1) / end_s if self._clock is RunClock.FILE else fps,
            clock=self._clock,
            details={**first.details, "files": str(len(run.files))},
            notes=(
                *clock_notes(self._clock, rate, given=fps),
                *own_times,
                sentence(
                    f"{len(run.files)} files of one picture each are one run, in the order in which they were taken."
                ),
                *(
                    [sentence(f"{run.left_out} pictures of the series have another size: left out.")]
                    if run.left_out
                    else []
                ),
                *(note for note in first.notes if note not in no_clock_of_one),
                *self._other_displays(headers),
            ),
        )

    def _name(self, index: int) -> str:
        return os.path.join(self._label, self._files[index].name)

    def _range_in_use(self) -> tuple[int, int] | None:
        """Smallest and largest stored value of pictures all over the run; None where 8 bits hold them."""
        found = []
        for index in sampled(len(self._files)):
            try:
                with closing(DicomSource(self._files[index], self._name(index))) as source:
                    found.append(source.stored_range())
            except InputError:
                continue  # told where it is shown
        known = [each for each in found if each is not None]
        return (min(low for low, _ in known), max(high for _, high in known)) if known else None

    def _other_displays(self, headers: Sequence[DicomHeader]) -> list[str]:
        stated = [stated_display(header) for header in headers]
        others = sum(each != stated[0] for each in stated)
        if not others:
            return []
        return [
            sentence(
                f"{others} of {len(stated)} files state another window or rescale than the first one: all are shown as "
                f"the first one is (window: {self._display.details['window']})."
            )
        ]

    @property
    def facts(self) -> RunFacts:
        """What is known before reading to the end."""
        return self._facts

    def frames(self) -> Iterator[Frame]:
        """All frames from the first one on, each call anew.

        Raises
        ------
        InputError
            At a picture that cannot be read or is unlike the first one, naming it.
        """
        for index in range(len(self._files)):
            yield self.frame_at(index)

    def frame_at(self, index: int) -> Frame:
        """One frame by number.

        Raises
        ------
        InputError
            If there is no such picture, or it cannot be read, or it is unlike the first one.
        """
        if not 0 <= index < len(self._files):
            raise InputError(
                f"{self._label}: there is no frame {index} ({len(self._files)} pictures, numbered from 0); choose a "
                f"frame of this run"
            )
        with closing(DicomSource(self._files[index], self._name(index), display=self._display)) as source:
            frame, kind = source.frame_at(0), _kind(source)
        if kind != self._kind:
            raise InputError(
                f"{self._name(index)}: this picture is {kind} and the first one {self._kind}; all pictures of a run "
                f"must be of one kind"
            )
        assert self._times_s is not None
        return replace(frame, index=index, t_s=self._times_s[index])

    def close(self) -> None:
        """Nothing is held open between frames."""


def _header(path: Path) -> DicomHeader:
    """All up to the pixel data; a deflated file's plain one is let go."""
    with path.open("rb") as file:
        header = read_header(file)
    if header.inflated is not None:
        header.inflated.close()
    return header


def _kind(source: DicomSource) -> str:
    """What all pictures of a run have in common, in words."""
    layout = source.layout
    sign = " signed" if layout.signed else ""
    return f"{layout.cols} x {layout.rows}, {layout.bits_stored} bit{sign} {layout.photometric}"


def _times_s(headers: Sequence[DicomHeader], notes: list[str]) -> list[float] | None:
    """When each picture was taken, from the first; None where that is not measured."""
    t_s = measured_times([_acquired(header) for header in headers], "AcquisitionTime", notes)
    return None if t_s is None else [float(each) for each in t_s]


def _acquired(header: DicomHeader) -> datetime | None:
    """The picture's own time, not the series' or the study's."""
    if header.value("AcquisitionDateTime") or header.value("AcquisitionTime") or header.value("ContentTime"):
        return _taken(header)
    return None
