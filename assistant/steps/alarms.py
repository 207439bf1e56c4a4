"""Which conditions of the alarm table stand: onset, hysteresis and latching, all in milliseconds of frame time.

A crossing counts when two of the last three new pictures show it, or one alone where pictures come slower than 4 a
second or the cement is clearly past the line. A picture that could not be measured neither raises nor ends a distance
alarm.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field, replace

from assistant import alarm_table
from assistant.settings import AlarmSettings
from assistant.vocabulary import Alarm, Approach, Distances, FrameState, Measure, Priority, Unknown

_SLOW_PULSE_S = 0.25
_CLEARLY_PAST_MM = 0.5
_LOST_S = 0.12
_VIEW_LOST_S = 0.6
_VIEW_SHOWN_S = 2.0
_SLOW_WINDOW = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class AlarmInput:
    """What one frame tells the alarms.

    Attributes
    ----------
    frame_index, t_s : the frame
    state : FrameState
    new_picture : bool
        True when this very frame carries a new X-ray picture that was looked at.
    view_index : int or None
        The planned view that it shows; None when the vertebra is not found.
    distances : Distances or Unknown
    approach : Approach
    front_mm : float
        Standard deviation of the outline.
    processing_ms : float
        Time taken until the alarms.
    """

    frame_index: int
    t_s: float
    state: FrameState
    new_picture: bool
    view_index: int | None
    distances: Distances | Unknown
    approach: Approach
    front_mm: float
    processing_ms: float


@dataclass(frozen=True, slots=True, kw_only=True)
class AlarmOutcome:
    """Alarms that stand, highest first, and those raised or ended by this frame."""

    standing: tuple[Alarm, ...]
    changes: tuple[Alarm, ...]


@dataclass(slots=True)
class _Watch:
    """What is remembered of one row."""

    row: alarm_table.Row
    votes: deque[bool] = field(default_factory=lambda: deque(maxlen=3))
    good_since_s: float | None = None
    alarm: Alarm | None = None


@dataclass(slots=True)
class AlarmMemory:
    """All that the step remembers."""

    watches: list[_Watch] = field(default_factory=lambda: [_Watch(row) for row in alarm_table.TABLE])
    ended: list[Alarm] = field(default_factory=list)
    armed: bool = False
    last_new_s: float | None = None
    interval_s: float = 0.0
    lost_since_s: float | None = None
    view_index: int | None = None
    view_until_s: float = -1.0
    times_ms: deque[float] = field(default_factory=lambda: deque(maxlen=_SLOW_WINDOW))


def update_alarms(memory: AlarmMemory, now: AlarmInput, settings: AlarmSettings) -> AlarmOutcome:
    """Take one frame in.

    Parameters
    ----------
    memory : AlarmMemory
        Changed by the call.
    now : AlarmInput
    settings : AlarmSettings
    """
    _follow(memory, now)
    changes: list[Alarm] = []
    superseded = _crossed_now(memory)
    for watch in memory.watches:
        before = watch.alarm
        if watch.row.rule is alarm_table.Rule.TECHNICAL:
            _technical(memory, watch, now, settings)
        elif now.new_picture:
            _distance(memory, watch, now, settings, superseded)
            superseded = _crossed_now(memory)
        if watch.alarm is not before:
            if before is not None:
                gone = replace(before, last_frame=now.frame_index - 1)
                memory.ended.append(gone)
                changes.append(gone)
            if watch.alarm is not None:
                changes.append(watch.alarm)
    standing = [watch.alarm for watch in memory.watches if watch.alarm is not None]
    standing.sort(key=lambda alarm: (-alarm.priority, -alarm.first_frame))
    return AlarmOutcome(standing=tuple(standing), changes=tuple(changes))


def all_alarms(memory: AlarmMemory) -> tuple[Alarm, ...]:
    """Every alarm of the run so far, in the order in which they were raised."""
    standing = [watch.alarm for watch in memory.watches if watch.alarm is not None]
    return tuple(sorted(memory.ended + standing, key=lambda alarm: (alarm.first_frame, -alarm.priority)))


def _follow(memory: AlarmMemory, now: AlarmInput) -> None:
    """Keep the few facts that several rows need."""
    if isinstance(now.distances, Distances) and now.distances.cement_area_mm2 > 0:
        memory.armed = True
    if not now.new_picture:
        return
    memory.times_ms.append(now.processing_ms)
    if memory.last_new_s is not None:
        memory.interval_s = now.t_s - memory.last_new_s
    memory.last_new_s = now.t_s
    if now.view_index is None:
        memory.lost_since_s = now.t_s if memory.lost_since_s is None else memory.lost_since_s
        return
    memory.lost_since_s = None
    if memory.view_index is not None and now.view_index != memory.view_index:
        memory.view_until_s = now.t_s + _VIEW_SHOWN_S
    memory.view_index = now.view_index


def _crossed_now(memory: AlarmMemory) -> set[alarm_table.Watched]:
    return {
        watch.row.watched
        for watch in memory.watches
        if watch.alarm is not None and watch.row.rule is alarm_table.Rule.CROSSED
    }


def _distance(
    memory: AlarmMemory,
    watch: _Watch,
    now: AlarmInput,
    settings: AlarmSettings,
    superseded: set[alarm_table.Watched],
) -> None:
    if isinstance(now.distances, Unknown):
        return
    row = watch.row
    distance = _distance_of(row.watched, now.distances)
    is_near_row = row.rule is alarm_table.Rule.NEAR
    if is_near_row and row.watched in superseded:
        # The line itself is crossed: that alarm stands instead.
        watch.alarm = None
        watch.votes.clear()
        return
    limit_mm = _limit_mm(row, settings)
    bad = not isinstance(distance, Unknown) and distance <= limit_mm
    if is_near_row and row.watched is alarm_table.Watched.WARNING_LINE:
        time_s = now.approach.time_to_line_s
        bad = bad or (not isinstance(time_s, Unknown) and time_s <= settings.posterior_time_s)
    watch.votes.append(bad)
    if watch.alarm is None:
        clear_mm = max(_CLEARLY_PAST_MM, 2 * now.front_mm)
        clearly = not is_near_row and not isinstance(distance, Unknown) and distance <= limit_mm - clear_mm
        alone = memory.interval_s >= _SLOW_PULSE_S
        if bad and (sum(watch.votes) >= 2 or clearly or alone):
            watch.alarm = _raised(memory, row, now)
            watch.good_since_s = None
        return
    if row.latched:
        return
    good = isinstance(distance, Unknown) or distance > limit_mm + settings.release_mm
    if bad or not good:
        watch.good_since_s = None
    elif watch.good_since_s is None:
        watch.good_since_s = now.t_s
    if watch.good_since_s is not None and (now.t_s - watch.good_since_s) * 1000 >= settings.release_ms:
        watch.alarm = None
        watch.votes.clear()


def _limit_mm(row: alarm_table.Row, settings: AlarmSettings) -> float:
    if row.rule is alarm_table.Rule.NEAR:
        is_posterior = row.watched is alarm_table.Watched.WARNING_LINE
        return settings.posterior_band_mm if is_posterior else settings.endplate_band_mm
    if row.watched in (alarm_table.Watched.ANTERIOR_WALL, alarm_table.Watched.SIDE_WALL):
        # These rims are rounded and less surely marked than the posterior wall: past them by a clear step [P].
        return -1.0
    return 0.0


def _distance_of(watched: alarm_table.Watched, distances: Distances) -> Measure:
    return {
        alarm_table.Watched.WARNING_LINE: distances.warning_line_mm,
        alarm_table.Watched.POSTERIOR_WALL: distances.posterior_wall_mm,
        alarm_table.Watched.SUPERIOR_ENDPLATE: distances.superior_endplate_mm,
        alarm_table.Watched.INFERIOR_ENDPLATE: distances.inferior_endplate_mm,
        alarm_table.Watched.ANTERIOR_WALL: distances.anterior_wall_mm,
        alarm_table.Watched.SIDE_WALL: distances.side_wall_mm,
    }[watched]


def _technical(memory: AlarmMemory, watch: _Watch, now: AlarmInput, settings: AlarmSettings) -> None:
    wanted = _technical_stands(memory, watch.row, now, settings)
    if not wanted:
        watch.alarm = None
        return
    priority = watch.row.armed if memory.armed else watch.row.unarmed
    if watch.alarm is None or watch.alarm.priority < priority:
        watch.alarm = _raised(memory, watch.row, now)


def _technical_stands(memory: AlarmMemory, row: alarm_table.Row, now: AlarmInput, settings: AlarmSettings) -> bool:
    lost_s = 0.0 if memory.lost_since_s is None else now.t_s - memory.lost_since_s
    single = memory.interval_s >= _SLOW_PULSE_S
    watched = row.watched
    if watched is alarm_table.Watched.SIGNAL:
        return now.state is FrameState.NO_SIGNAL
    if watched is alarm_table.Watched.FREEZE:
        return now.state is FrameState.FROZEN
    if watched is alarm_table.Watched.IMAGE:
        return now.state is FrameState.UNUSABLE
    if watched is alarm_table.Watched.REGISTRATION:
        return memory.lost_since_s is not None and (single or lost_s >= _LOST_S)
    if watched is alarm_table.Watched.VIEW:
        return now.t_s < memory.view_until_s or (memory.lost_since_s is not None and lost_s >= _VIEW_LOST_S)
    ordered = sorted(memory.times_ms)
    return len(ordered) == _SLOW_WINDOW and ordered[int(0.95 * _SLOW_WINDOW)] > settings.slow_ms


def _raised(memory: AlarmMemory, row: alarm_table.Row, now: AlarmInput) -> Alarm:
    priority: Priority = row.armed if memory.armed else row.unarmed
    return Alarm(
        kind=row.kind,
        site=row.site,
        priority=priority,
        first_frame=now.frame_index,
        last_frame=None,
        headline=row.headline,
        action=row.action,
    )
