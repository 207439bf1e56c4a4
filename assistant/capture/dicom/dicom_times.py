"""When each frame of a DICOM file was taken, as far as its header says (PS3.3 C.7.6.5, C.7.6.16.2.2)."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

import numpy as np
from numpy.typing import NDArray

from assistant.capture.dicom.dicom_header import DicomHeader, number, numbers, safe_get
from assistant.capture.stamps import DEFAULT_FPS, MAX_FPS, clock_of
from assistant.language import sentence
from assistant.run_facts import RunClock

Times = NDArray[np.float64]

_POINTED_AT: Final = {0x00181063: "FrameTime", 0x00181065: "FrameTimeVector"}
"""What a FrameIncrementPointer can name that is a time."""
_MOMENT: Final = re.compile(r"(\d{8,14})(?:\.(\d*))?(?:[+-]\d{4})?$")
_MAX_SAME: Final = 0.1
"""Where more than this share of the steps between pictures is 0 their times are too coarse."""
_MAX_TIME_OFF: Final = 0.1
"""By more than this share a stated duration contradicts the times beside it."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class FrameTimes:
    """Time of each frame.

    Attributes
    ----------
    t_s : array (n,) of float64
        Seconds from frame 0, never falling.
    fps : float or None
        Nominal rate; None where the file states no time.
    note : str
        Where the times come from.
    clock : RunClock
        The same, as the contract names it.
    notes : tuple of str
        What was assumed or mended, in sentences.
    """

    t_s: Times = field(repr=False)
    fps: float | None
    note: str
    clock: RunClock = RunClock.FILE
    notes: tuple[str, ...] = ()


def frame_times(header: DicomHeader, frame_count: int, fps: float | None) -> FrameTimes:
    """Times from the first statement that can be right; else ``fps`` or the default.

    In this order: the frames' own acquisition times, what the file's pointer names, the frame time vector, the frame
    time, a rate, a duration spread over the frames, a rate of display.
    """
    notes: list[str] = []
    for keyword in _in_order(header):
        t_s = _STATED[keyword](header, frame_count, notes)
        if t_s is None:
            continue
        rate = _rate_of(t_s) if frame_count > 1 else None
        if keyword != "EffectiveDuration":
            notes += _contradictions(header, keyword, t_s)
        return FrameTimes(t_s=t_s, fps=rate, note=keyword, notes=tuple(notes))
    rate = fps or DEFAULT_FPS
    clock = clock_of(stated=False, fps=fps)
    note = sentence(f"{rate:g} frames/s, {clock.value}: the file states no time")
    return FrameTimes(t_s=np.arange(frame_count) / rate, fps=fps, note=note, clock=clock, notes=tuple(notes))


def _in_order(header: DicomHeader) -> list[str]:
    pointer = header.value("FrameIncrementPointer")
    tags = list(pointer) if isinstance(pointer, (list, tuple)) or hasattr(pointer, "append") else [pointer]
    named = [_POINTED_AT[int(tag)] for tag in tags if isinstance(tag, int) and int(tag) in _POINTED_AT]
    first = ["FrameAcquisitionDateTime", *named]
    return [*first, *(keyword for keyword in _STATED if keyword not in first)]


def _sane(fps: float) -> float | None:
    return fps if 0.01 <= fps <= MAX_FPS else None


def _rates(header: DicomHeader, keyword: str) -> float:
    """The rate that a statement of one value makes; 0 where it makes none."""
    value = number(header.value(keyword)) or 0.0
    return (1000.0 / value if value > 0 else 0.0) if keyword in ("FrameTime", "ActualFrameDuration") else value


def _rate_of(t_s: Times) -> float | None:
    return _sane(1.0 / max(float(np.median(np.diff(t_s))), 1e-9))


def _own_times(header: DicomHeader, frame_count: int, notes: list[str]) -> Times | None:
    """When each frame of an enhanced object was taken; None where that is not measured."""
    groups = safe_get(header.dataset, "PerFrameFunctionalGroupsSequence")
    if groups is None or len(groups) < frame_count:
        return None
    for keyword in ("FrameAcquisitionDateTime", "FrameReferenceDateTime"):
        contents = [safe_get(groups[k], "FrameContentSequence") for k in range(frame_count)]
        moments = [moment(safe_get(content[0], keyword)) if content else None for content in contents]
        t_s = measured_times(moments, keyword, notes)
        if t_s is not None:
            return t_s
    return None


def moment(stated: object) -> datetime | None:
    """A DICOM date and time (PS3.5 6.2, DT) in its own time zone; None where it is none."""
    found = _MOMENT.match(str(stated or "").strip())
    if found is None:
        return None
    whole, fraction = found.groups(default="")
    try:
        return datetime.strptime(f"{whole:0<14}{fraction[:6]:0<6}", "%Y%m%d%H%M%S%f")
    except ValueError:
        return None


def measured_times(moments: Sequence[datetime | None], what: str, notes: list[str]) -> Times | None:
    """Seconds from the first picture by the pictures' own times, where these tell one picture from the next.

    None where not all say it, or they fall, or many stand still: then they are known to a second alone, say, and steps
    between them are none of the pictures'.

    Parameters
    ----------
    moments : sequence of datetime or None
        One a picture.
    what : str
        The entry's name.
    notes : list of str
        To add to what was not used.
    """
    known = [each for each in moments if each is not None]
    if len(known) < max(2, len(moments)):
        return None
    t_s = np.array([(each - known[0]).total_seconds() for each in known])
    steps_s = np.diff(t_s)
    if not steps_s.any():
        return None
    if steps_s.min() < 0:
        notes.append(sentence(f"The frames' own times ({what}) fall, and are not used."))
        return None
    same = steps_s == 0
    if same.mean() > _MAX_SAME or bool(np.any(same[1:] & same[:-1])):
        notes.append(
            sentence(
                f"The frames' own times ({what}) are the same for several frames in a row, as times known to a second "
                f"alone are: they are not used."
            )
        )
        return None
    return t_s


def _vector(header: DicomHeader, frame_count: int, notes: list[str]) -> Times | None:
    """From the steps between frames, of which the first is the time before the first frame, by definition 0.

    Some writers leave that one out, some write one more at the end.
    """
    steps_ms = numbers(header.value("FrameTimeVector"))
    count = len(steps_ms)
    if not steps_ms or frame_count < 2:
        return None
    if abs(count - frame_count) > 1 or min(steps_ms) < 0 or not any(steps_ms[-(frame_count - 1) :]):
        notes.append(
            sentence(f"FrameTimeVector ({count} entries for {frame_count} frames) cannot be right, and is not used.")
        )
        return None
    if count == frame_count:
        between_ms = steps_ms[1:]
    elif count > frame_count:
        between_ms = steps_ms[1:frame_count]
        notes.append(sentence(f"FrameTimeVector has {count} entries for {frame_count} frames: the last is left out."))
    elif steps_ms[0] > 0 or frame_count == 2:
        between_ms = steps_ms
        notes.append(
            sentence(f"FrameTimeVector has {count} entries for {frame_count} frames: taken as the times between them.")
        )
    else:
        between_ms = [*steps_ms[1:], float(np.median(steps_ms[1:]))]
        notes.append(
            sentence(
                f"FrameTimeVector has {count} entries for {frame_count} frames: the last frame's time is assumed, as "
                f"far behind the one before it as is usual in the run."
            )
        )
    t_s: Times = np.cumsum([0.0, *between_ms], dtype=np.float64) / 1000.0
    return t_s if t_s[-1] > 0 else None


def _evenly(keyword: str) -> Callable[[DicomHeader, int, list[str]], Times | None]:
    """From one step or one rate."""

    def times(header: DicomHeader, frame_count: int, notes: list[str]) -> Times | None:
        rate = _sane(_rates(header, keyword))
        if rate is None:
            return None
        if keyword == "RecommendedDisplayFrameRate":
            notes.append(
                sentence(
                    f"The file says only how fast it is to be shown ({rate:g} pictures a second); times are by that."
                )
            )
        if keyword == "FrameTime":
            return np.arange(frame_count, dtype=np.float64) * ((number(header.value(keyword)) or 0.0) / 1000.0)
        return np.arange(frame_count, dtype=np.float64) / rate

    return times


def _spread(header: DicomHeader, frame_count: int, notes: list[str]) -> Times | None:
    duration_s = _duration_s(header)
    if duration_s is None or _sane(frame_count / duration_s) is None:
        return None
    notes.append(
        sentence(
            f"The file says only how long it is ({duration_s:g} s): its {frame_count} frames are spread over that."
        )
    )
    return np.arange(frame_count, dtype=np.float64) * (duration_s / frame_count)


def _duration_s(header: DicomHeader) -> float | None:
    for keyword in ("EffectiveDuration", "AcquisitionDuration"):
        found = number(header.value(keyword))
        if found is not None and found > 0:
            return found
    return None


def _contradictions(header: DicomHeader, keyword: str, t_s: Times) -> list[str]:
    """Whether the file's stated duration is far from what its times come to."""
    duration_s = _duration_s(header)
    count = len(t_s)
    if duration_s is None or count < 2:
        return []
    end_s = float(t_s[-1])
    step_s = end_s / (count - 1)
    low, high = (1 - _MAX_TIME_OFF) * (end_s - step_s), (1 + _MAX_TIME_OFF) * (end_s + 2 * step_s)
    if low <= duration_s <= high:
        return []
    return [
        sentence(
            f"The file contradicts itself: {keyword} makes it {end_s:.3g} s, and it says that it is {duration_s:.3g} s "
            f"long; times are by {keyword}."
        )
    ]


_STATED: Final[dict[str, Callable[[DicomHeader, int, list[str]], Times | None]]] = {
    "FrameAcquisitionDateTime": _own_times,
    "FrameTimeVector": _vector,
    "FrameTime": _evenly("FrameTime"),
    "CineRate": _evenly("CineRate"),
    "EffectiveDuration": _spread,
    "ActualFrameDuration": _evenly("ActualFrameDuration"),
    "RecommendedDisplayFrameRate": _evenly("RecommendedDisplayFrameRate"),
}
"""Statements by trust, each with its reader: (header, frames, notes to add to) to times, or None."""
