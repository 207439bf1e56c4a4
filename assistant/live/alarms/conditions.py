"""From what is known to the rows of the alarm table: which conditions are true now. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from assistant.alarm_table import table as table
from assistant.alarm_table.row import AlarmRow, RaisingRule
from assistant.alarm_table.table import row_of, takes_place_of
from assistant.live.alarms.alarm_list import Wanted
from assistant.live.messages import Lines, LiveState
from assistant.vocabulary import Alarm, EventKind, Measure, Priority, Unknown

_MEDIUM = Priority.MEDIUM
HELD_NOTICE_S: Final = 10.0
DROPPED_SHARE: Final = 0.05
DISK_LOW_MIN: Final = 30.0
BATTERY_LOW_PERCENT: Final = 20.0
_MOVED: Final = (EventKind.REGISTRATION_LOST, EventKind.VIEW_CHANGED)


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
    in_doubt_s : float
        How long it could not be told of any picture whether it is a new one or the last one again.
    sound_fault, shape_fault, recording_fault, log_fault : str
        Empty while all is well.
    minutes_left : float or Unknown
        On the disk of the recording.
    lag_p95_ms : float or Unknown
    slow_ms : float
        A lag above it is told (of the settings).
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
    in_doubt_s: float = 0.0
    sound_fault: str = ""
    shape_fault: str = ""
    recording_fault: str = ""
    log_fault: str = ""
    minutes_left: Measure
    lag_p95_ms: Measure
    slow_ms: float
    dropped_share: float = 0.0
    battery_percent: Measure


def of_cement(standing: Iterable[Alarm], *, held: bool) -> list[Wanted]:
    """A1 to A6 from the alarms of the pipeline. Its technical ones are judged anew here, with the live clock.

    Without a live picture (``held``) a MEDIUM goes quiet but stays to be read until the next new picture: lifting the
    pedal never makes a warning vanish without a trace.
    """
    raised = [(alarm, row_of(alarm)) for alarm in standing]
    return [
        Wanted(
            code=row.code,
            kind=alarm.kind,
            site=alarm.site,
            priority=alarm.priority,
            headline=alarm.headline,
            action=alarm.action,
            row=row.headline,
            latched=row.latched,
            burst_s=row.gap_s,
            before_held=held and alarm.priority is _MEDIUM,
            replaces=tuple((less.code, less.kind) for less in takes_place_of(row) if less.latched),
        )
        for alarm, row in raised
        if row.code and row.rule is not RaisingRule.TECHNICAL
    ]


def says_moved(standing: Iterable[Alarm]) -> bool:
    """Whether the lines do not fit the picture, by the pipeline; another planned view does fit: its own are drawn."""
    return any(alarm.kind in _MOVED and alarm.priority > Priority.LOW for alarm in standing)


def technical(now: Situation) -> list[Wanted]:
    """A7, A8 and A10 to A18; A9 is the watchdog's, because the program that would tell it is dead."""
    return [*_monitoring(now), *_lines(now), *_machine(now)]


def _raised(row: AlarmRow, now: Situation, **figures: float) -> list[Wanted]:
    """A row of the session with its figures; nothing where it is not told now."""
    priority = row.priority_injecting if now.armed else row.priority_before
    if priority is Priority.NONE:
        return []
    return [
        Wanted(
            code=row.code,
            priority=priority,
            headline=row.headline.format(**figures),
            action=row.action.format(**figures),
            row=row.headline,
            latched=row.latched,
            silent=row.silent,
            burst_s=row.gap_s,
        )
    ]


_MONITORING_LOST: Final = {
    LiveState.NO_SIGNAL: table.NO_SIGNAL,
    LiveState.FROZEN: table.FROZEN,
    LiveState.ANALYSIS_LATE: table.LATE,
    LiveState.NOT_FLUOROSCOPY: table.NOT_FLUOROSCOPY,
}


def _monitoring(now: Situation) -> list[Wanted]:
    rows = _raised(_MONITORING_LOST[now.state], now) if now.state in _MONITORING_LOST else []
    if now.state is LiveState.HELD and now.state_s > HELD_NOTICE_S:
        rows += _raised(table.HELD, now, seconds=float(int(now.state_s)))
    if now.state is LiveState.LIVE and now.lines is Lines.CONFIRMED and not now.tracked:
        rows += _raised(table.NOT_TRACKED, now)
    if 1000.0 * now.in_doubt_s > table.LIVE_OR_HELD.onset_ms:
        rows += _raised(table.LIVE_OR_HELD, now)
    return rows


def _lines(now: Situation) -> list[Wanted]:
    if now.state is not LiveState.UNKNOWN_VIEW:
        return []
    if now.moved:
        return _raised(table.MOVED, now)
    if now.armed or now.void_reason:
        return _raised(table.UNCONFIRMED, now)
    return []  # set-up: the bar says NOT KNOWN and which key to press


def _machine(now: Situation) -> list[Wanted]:
    rows: list[Wanted] = []
    for fault, row in (
        (now.sound_fault, table.NO_SOUND),
        (now.shape_fault, table.NO_SHAPE),
        (now.recording_fault, table.NOT_RECORDING),
        (now.log_fault, table.LOG),
    ):
        rows += _raised(row, now) if fault else []
    if not isinstance(now.minutes_left, Unknown) and now.minutes_left < DISK_LOW_MIN:
        rows += _raised(table.DISK, now, minutes=now.minutes_left)
    in_time = now.state not in (LiveState.NO_SIGNAL, LiveState.ANALYSIS_LATE)
    if in_time and not isinstance(now.lag_p95_ms, Unknown) and now.lag_p95_ms > now.slow_ms:
        rows += _raised(table.SLOW, now, ms=now.lag_p95_ms)
    elif in_time and now.dropped_share > DROPPED_SHARE:
        rows += _raised(table.PASSED_OVER, now, percent=100 * now.dropped_share)
    if not isinstance(now.battery_percent, Unknown) and now.battery_percent < BATTERY_LOW_PERCENT:
        rows += _raised(table.BATTERY, now, percent=now.battery_percent)
    return rows
