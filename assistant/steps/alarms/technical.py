"""The technical rows of the alarm table: what a source does by the frames' times, what pictures show in film time."""

from __future__ import annotations

from assistant.alarm_table.row import RaisingRule, Watched
from assistant.lines import Line
from assistant.settings.tree import AlarmSettings
from assistant.steps.alarms.memory import (
    CLOCK_MS,
    AlarmInput,
    AlarmMemory,
    Watch,
    is_beam_off,
    raise_alarm,
    slow_ms,
)
from assistant.vocabulary import FrameState

_FIRST_MS = 300.0
"""In the first pictures of an exposure grain and brightness settle: that the vertebra is not found in them is told when
it has lasted so long, held or in film, or into another exposure [P]. Each has its reason on the screen meanwhile."""


def follow_technical(memory: AlarmMemory, watch: Watch, now: AlarmInput, settings: AlarmSettings) -> None:
    """A technical row takes one frame in: it is raised, stands on or ends."""
    row = watch.row
    wanted = _is_wanted(memory, row.watched, now, settings)
    back = row.latched and _comes_back(watch, now, wanted=wanted)
    if wanted:
        watch.last_wanted_s = now.t_s
        if watch.first_wanted_s is None:
            watch.first_wanted_s = now.t_s
    elif watch.last_wanted_s is not None and (
        (now.t_s - watch.last_wanted_s) * 1000 < row.hold_ms
        or (row.latched and watch.alarm is not None and not watch.acknowledged)
    ):
        if watch.alarm is None:
            watch.first_wanted_s = None  # it has to hold without a break to be raised
    else:
        watch.alarm = watch.first_wanted_s = watch.last_wanted_s = None
    if watch.first_wanted_s is None or watch.last_wanted_s != now.t_s:
        return
    priority = row.priority_injecting if memory.cement_seen else row.priority_before
    in_another = row.rule is not RaisingRule.TECHNICAL and watch.view_index != memory.view_index  # told for each view
    if watch.alarm is not None and watch.alarm.priority >= priority and not (in_another or back):
        return
    if watch.alarm is not None or _has_set_on(memory, watch, now):
        raise_alarm(memory, watch, now)


def _has_set_on(memory: AlarmMemory, watch: Watch, now: AlarmInput) -> bool:
    """Whether a technical condition has held long enough to be told: what pictures show, in film or in exposures.

    While the next picture is due it may deny what this one shows. When the beam is off none comes: the picture is
    looked at as long as it is held, so that counts as film does.
    """
    row, newest = watch.row, memory.newest
    lost = memory.lost_since if row.watched is Watched.REGISTRATION else None
    since = memory.elsewhere_since if row.watched is Watched.UNKNOWN_VIEW else lost
    if since is None or newest is None:
        began_s = watch.first_wanted_s
        return began_s is not None and (now.t_s - began_s) * 1000 >= row.onset_ms
    needed_ms = max(row.onset_ms, _FIRST_MS) if since.picture == 0 else row.onset_ms
    if newest.has_lasted(since, needed_ms / 1000):
        return True
    return is_beam_off(memory, now.t_s) and (now.t_s - since.t_s) * 1000 >= needed_ms - CLOCK_MS


def _comes_back(watch: Watch, now: AlarmInput, *, wanted: bool) -> bool:
    """Whether a condition holds again after pictures that were looked at have shown it gone: it is told again."""
    gone_since, beam = watch.good_since, now.acquisition
    if wanted:
        watch.good_since = None
        return gone_since is not None and beam is not None and beam.has_lasted(gone_since, watch.row.hold_ms / 1000)
    if gone_since is None and now.new_picture and now.view_index is not None:
        watch.good_since = beam
    return False


def _is_wanted(memory: AlarmMemory, watched: Line | Watched, now: AlarmInput, settings: AlarmSettings) -> bool:
    """Whether a technical condition holds in this frame."""
    if watched is Watched.SIGNAL:
        return now.state is FrameState.NO_SIGNAL
    if watched is Watched.FREEZE:
        return now.state is FrameState.FROZEN
    if watched is Watched.LIVENESS:
        return now.in_doubt
    if watched is Watched.IMAGE:
        return now.state is FrameState.UNUSABLE
    if watched is Watched.REGISTRATION:
        return memory.lost_since is not None
    if watched is Watched.UNKNOWN_VIEW:
        # One lost picture that is then held says nothing: a second one has to show something else too.
        return memory.elsewhere_since is not None and memory.newest is not memory.elsewhere_since
    if watched is Watched.OTHER_PLANNED_VIEW:
        return memory.view_changed
    if watched is Watched.POLARITY:
        return now.grows_opposite
    if watched is Watched.SIGN:
        return now.sign_turned
    return slow_ms(memory) > settings.slow_ms
