"""When each frame of a DICOM file was taken, as far as its header says (PS3.3 C.7.6.5, C.7.6.16.2.2)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from assistant.capture.dicom.dicom_header import DicomHeader, number, numbers, safe_get
from assistant.capture.stamps import DEFAULT_FPS, MAX_FPS, clock_of
from assistant.language import sentence
from assistant.run_facts import RunClock

Times = NDArray[np.float64]

_POINTED_AT: Final = {0x00181063: "FrameTime", 0x00181065: "FrameTimeVector"}
"""What a FrameIncrementPointer can name that is a time."""
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
    """When each frame of an enhanced object was taken; None where not all say it, or they fall."""
    groups = safe_get(header.dataset, "PerFrameFunctionalGroupsSequence")
    if groups is None or len(groups) < frame_count or frame_count < 2:
        return None
    for keyword in ("FrameAcquisitionDateTime", "FrameReferenceDateTime"):
        stamps = [_moment(groups[k], keyword) for k in range(frame_count)]
        known = [stamp for stamp in stamps if stamp is not None]
        if len(known) < frame_count:
            continue
        t_s = np.array([(stamp - known[0]).total_seconds() for stamp in known])
        if t_s[-1] > 0 and bool(np.all(np.diff(t_s) >= 0)):
            return t_s
        if t_s.any():
            notes.append(sentence(f"The frames' own times ({keyword}) fall, and are not used."))
    return None


def _moment(group: Any, keyword: str) -> datetime | None:
    content = safe_get(group, "FrameContentSequence")
    text = str(safe_get(content[0], keyword) or "").strip() if content else ""
    whole, _, fraction = text.partition(".")
    digits = "".join(mark for mark in fraction if mark.isdigit())[:6] if fraction[:1].isdigit() else ""
    zone = next((k for k, mark in enumerate(fraction) if mark in "+-&"), None)
    digits = digits if zone is None else digits[:zone]
    try:
        return datetime.strptime(whole[:14] + (digits or "0").ljust(6, "0"), "%Y%m%d%H%M%S%f")
    except ValueError:
        return None


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
