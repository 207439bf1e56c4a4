"""From what is known to the rows of the alarm table, A1 to A18: which conditions are true now. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from assistant.live.live_alarms import Wanted
from assistant.live.messages import Lines, LiveState
from assistant.sound import CANAL_GAP_S
from assistant.vocabulary import Alarm, EventKind, Leak, LeakSite, Measure, Priority, Site, Unknown

_LOW, _MEDIUM, _HIGH = Priority.LOW, Priority.MEDIUM, Priority.HIGH
HELD_TOLD_S: Final = 10.0
SLOW_MS: Final = 250.0
DROPPED_SHARE: Final = 0.05
DISK_LOW_MIN: Final = 30.0
BATTERY_LOW_PERCENT: Final = 20.0
_BATTERY_BURST_S: Final = 30.0
_MOVED: Final = (EventKind.REGISTRATION_LOST, EventKind.VIEW_CHANGED)
_DISC_SITES: Final = {
    Site.SUPERIOR_ENDPLATE: LeakSite.SUPERIOR_DISC,
    Site.INFERIOR_ENDPLATE: LeakSite.INFERIOR_DISC,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Situation:
    """What the technical rows look at.

    Attributes
    ----------
    state : LiveState
    state_s : float
        How long it has been so.
    armed : bool
    lines : Lines
    void_reason : str
        Why lines that were confirmed are not any more; empty where they never were or are.
    moved : bool
        The lines do not fit the picture.
    tracked : bool
        The cement is tracked (or the picture is not live: then nothing is asked).
    sound_fault, shape_fault, recording_fault, log_fault : str
        Empty while all is well.
    minutes_left : float or Unknown
        On the disk of the recording.
    lag_p95_ms : float or Unknown
    dropped_share : float
        Of the frames of the last 10 s.
    battery_percent : float or Unknown
        Only while running on battery.
    """

    state: LiveState
    state_s: float
    armed: bool
    lines: Lines
    void_reason: str = ""
    moved: bool = False
    tracked: bool = True
    sound_fault: str = ""
    shape_fault: str = ""
    recording_fault: str = ""
    log_fault: str = ""
    minutes_left: Measure
    lag_p95_ms: Measure
    dropped_share: float = 0.0
    battery_percent: Measure


def of_cement(standing: Iterable[Alarm], leaks: Iterable[Leak], *, held: bool) -> list[Wanted]:
    """A1 to A6 from the alarms of the pipeline. Its technical ones are judged anew here, with the live clock.

    Without a live picture (``held``) a MEDIUM goes quiet but stays to be read until the next new picture: lifting the
    pedal never makes a warning vanish without a trace.
    """
    shapes = {leak.site: leak.shape for leak in leaks}
    wanted: list[Wanted] = []
    for alarm in standing:
        code = _code(alarm)
        if code is None:
            continue
        headline = alarm.headline
        if code == "A5" and alarm.site in _DISC_SITES:
            shape = shapes.get(_DISC_SITES[alarm.site])
            if shape is not None:
                p = "" if isinstance(shape.p_spike, Unknown) else f", {_share_of(shape.label, shape.p_spike):.2f}"
                headline = f"{headline} (shape: {shape.label}{p})"
        wanted.append(
            Wanted(
                code=code,
                kind=alarm.kind,
                site=alarm.site,
                priority=alarm.priority,
                headline=headline,
                action=alarm.action,
                latched=code != "A4",
                burst_s=CANAL_GAP_S if code == "A2" else None,
                before_held=held and alarm.priority is _MEDIUM,
            )
        )
    return wanted


def _share_of(label: str, p_spike: float) -> float:
    return 1.0 - p_spike if label == "round" else p_spike


def _code(alarm: Alarm) -> str | None:
    if alarm.kind is EventKind.LEAK:
        return "A3" if alarm.priority is _HIGH else "A6"
    return _CODES.get(alarm.kind)


_CODES: Mapping[EventKind, str] = {
    EventKind.WARNING_LINE: "A1",
    EventKind.POSTERIOR_WALL: "A2",
    EventKind.APPROACHING_POSTERIOR: "A4",
    EventKind.ENDPLATE: "A5",
}


def says_moved(standing: Iterable[Alarm]) -> bool:
    """Whether the lines do not fit the picture, by the pipeline; another planned view does fit: its own are drawn."""
    return any(alarm.kind in _MOVED and alarm.priority > _LOW for alarm in standing)


def technical(now: Situation) -> list[Wanted]:
    """A7, A8 and A10 to A18; A9 is the watchdog's, because the program that would tell it is dead."""
    return [*_monitoring(now), *_lines(now), *_machine(now)]


def _row(code: str, priority: Priority, headline: str, action: str = "", **more: bool | float) -> Wanted:
    return Wanted(
        code=code,
        priority=priority,
        headline=headline,
        action=action,
        latched=bool(more.get("latched", False)),
        silent=bool(more.get("silent", False)),
        burst_s=float(more["burst_s"]) if "burst_s" in more else None,
    )


def _monitoring(now: Situation) -> list[Wanted]:
    rows: list[Wanted] = []
    unarmed = {LiveState.NO_SIGNAL: _LOW, LiveState.FROZEN: _MEDIUM, LiveState.ANALYSIS_LATE: _LOW}
    if now.state in unarmed:
        priority = _HIGH if now.armed else unarmed[now.state]
        rows.append(_row("A7", priority, "NOT MONITORING", "Stop, or use C-arm screen."))
    if now.state is LiveState.NOT_FLUOROSCOPY:
        rows.append(_row("A7", _HIGH if now.armed else _MEDIUM, "NOT FLUOROSCOPY", "Stop. Choose the right input."))
    if now.state is LiveState.HELD and now.armed and now.state_s > HELD_TOLD_S:
        rows.append(_row("A12", _LOW, f"HELD IMAGE {int(now.state_s)} s", "Not live."))
    if now.state is LiveState.LIVE and now.lines is Lines.CONFIRMED and not now.tracked:
        rows.append(_row("A11", _MEDIUM if now.armed else _LOW, "CEMENT NOT TRACKED", "Judge by eye."))
    return rows


def _lines(now: Situation) -> list[Wanted]:
    if now.state is not LiveState.UNKNOWN_VIEW:
        return []
    if now.moved:
        return [_row("A8", _HIGH if now.armed else _MEDIUM, "LINES NOT VALID", "Re-confirm lines.")]
    if now.armed or now.void_reason:
        return [_row("A8", _MEDIUM, "LINES NOT VALID", "Re-confirm lines.")]
    return []  # set-up: the bar says NOT KNOWN and which key to press


def _machine(now: Situation) -> list[Wanted]:
    rows: list[Wanted] = []
    if now.sound_fault:
        rows.append(_row("A10", _MEDIUM, "NO ALARM SOUND", "Watch the screen.", silent=True))
    if now.shape_fault:
        rows.append(_row("A13", _LOW, "SHAPE NOT AVAILABLE", silent=True))
    if now.recording_fault:
        rows.append(_row("A14", _LOW, "NOT RECORDING", "Monitoring continues.", latched=True))
    if not isinstance(now.minutes_left, Unknown) and now.minutes_left < DISK_LOW_MIN:
        rows.append(_row("A15", _LOW, f"DISK: {now.minutes_left:.0f} min left"))
    late = now.state not in (LiveState.NO_SIGNAL, LiveState.ANALYSIS_LATE)
    if late and not isinstance(now.lag_p95_ms, Unknown) and now.lag_p95_ms > SLOW_MS:
        rows.append(_row("A16", _LOW, f"SLOW: {now.lag_p95_ms:.0f} ms", silent=True))
    elif late and now.dropped_share > DROPPED_SHARE:
        rows.append(_row("A16", _LOW, f"SLOW: {100 * now.dropped_share:.0f} % passed over", silent=True))
    if now.log_fault:
        rows.append(_row("A17", _LOW, "LOG NEEDS CHECK", silent=True, latched=True))
    if not isinstance(now.battery_percent, Unknown) and now.battery_percent < BATTERY_LOW_PERCENT:
        percent = f"{now.battery_percent:.0f} % left"
        rows.append(_row("A18", _MEDIUM, "PLUG IN", percent, burst_s=_BATTERY_BURST_S))
    return rows
