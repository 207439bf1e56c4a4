"""Which conditions of the alarm table stand: onset, hysteresis and latching, in film time or in exposures.

A crossing counts
  when two of the last three new pictures of this view show it,
  or at once, when the picture before already showed the front at the line (`_AT_THE_LINE_MM`) or far past it is,
  or at once, where pictures come so slowly that a second one would come later than ``confirm_ms``,
  or when ``confirm_ms`` has passed since a picture showed it and no other picture has come (a single shot).

A picture that could not be measured neither raises nor ends a distance alarm, and a picture of another view does not
end what this view has shown. What has to last lasts while the beam is on, or into another exposure: a pause is no film
(`assistant.acquisition`). Only what a source does (no signal, a held picture) counts by the frames' times, and so does
waiting for a picture that does not come. Nothing here reads a clock.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field, replace

from assistant.acquisition import Acquisition, AcquisitionMode
from assistant.alarm_table.row import GRAVER, PipelineRow, RaisingRule, Watched
from assistant.alarm_table.table import FROM_PICTURES, SITE_OF_LEAK
from assistant.lines import Line
from assistant.settings.tree import AlarmSettings
from assistant.vocabulary import (
    Alarm,
    Approach,
    Distances,
    FrameState,
    Leak,
    Priority,
    Unknown,
)

_CLEARLY_PAST_MM = 0.3
_AT_THE_LINE_MM = 1.0
"""A front that the picture before showed this near to the line needs no second picture to have crossed it [P]."""
_DOUBT_MM = 0.3
"""Pessimistic by habit: a crossing counts when the front is drawn this near to the line, because a front that moves is
drawn late; measured on simulated runs it stands 0.3 mm nearer in the median (5 to 95 %: -0.2 to 0.7 mm) [P]."""
_LEAD_PICTURES, _MOST_LEAD_MM = 1.0, 0.4
"""... and in front of the posterior wall by what it moves in one picture at its present speed, so far behind the filter
is. On 64 crossings of the warning line the median delay fell from one picture to none, with no more false ones [P]."""
_RATE_JITTER = 1.1
"""Stamps of a slow source wander by a capture frame; 5 pictures a second are not slower than 200 ms."""
_SETTLES_S = 0.4
"""When "lines not valid" ends, pictures of this time do not vote: the console's filter still mixes the moved picture
into them. That alarm stands on as long (its row's ``hold_ms``), so the person knows. After a pause it mixes nothing."""
_FIRST_MS, _SECOND_PULSE = 300.0, 1.2
"""In the first pictures of an exposure grain and brightness settle: that the vertebra is not found in them is told when
it has lasted so long; and one picture alone in which it is not found is nothing where a second one comes soon enough:
when so many intervals are over [P]. Each of them has its reason on the screen meanwhile."""
_CLOCK_MS = 0.01
"""Stamps are sums of fractions: the last digit of a difference decides nothing."""
_SLOW_WINDOW = 60
_OF_LEAKS, _BY_STATE = (
    (RaisingRule.LEAK, RaisingRule.VEIN),
    (RaisingRule.TECHNICAL, RaisingRule.OTHER_SIGN, RaisingRule.SIGN_TURNED),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class AlarmInput:
    """What one frame tells the alarms.

    Attributes
    ----------
    frame_index, t_s : the frame
    state : FrameState
    acquisition : Acquisition or None
        The beam at the newest X-ray picture, of this frame or before it; None before the first.
    new_picture : bool
        True when this very frame carries a new X-ray picture that was looked at.
    view_index : int or None
        The planned view that it shows; None when the vertebra is not found.
    distances : Distances or Unknown
    approach : Approach
    outline_sigma_mm : float
        Standard deviation of the outline.
    processing_ms : float
        Time taken until the alarms.
    leaks : tuple of Leak
        Leaks that stand in this picture, confirmed by the step that finds them; their shapes are not known yet.
    grows_opposite : bool
        Something grows where cement would, with the other sign.
    sign_turned : bool
        Cement is looked for with the other sign from this picture on.
    """

    frame_index: int
    t_s: float
    acquisition: Acquisition | None
    state: FrameState
    new_picture: bool
    view_index: int | None
    distances: Distances | Unknown
    approach: Approach
    outline_sigma_mm: float
    processing_ms: float
    leaks: tuple[Leak, ...] = ()
    grows_opposite: bool = False
    sign_turned: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class AlarmOutcome:
    """Alarms that stand, highest first, and those raised or ended by this frame."""

    standing: tuple[Alarm, ...]
    changes: tuple[Alarm, ...]


@dataclass(frozen=True, slots=True)
class _Vote:
    """What one new picture said of a row."""

    bad: bool
    past_mm: float | None
    """How far past the row's limit (negative: short of it); None without cement beside the line."""


@dataclass(slots=True)
class _Watch:
    """What is remembered of one row."""

    row: PipelineRow
    votes: dict[int, deque[_Vote]] = field(default_factory=dict)
    pending_since_s: float | None = None
    view_index: int | None = None
    raised: tuple[float, Acquisition | None] = (0.0, None)
    """Frame time, and the beam at the picture that showed it."""
    alone: bool = False
    """No other picture has shown it yet."""
    good_since: Acquisition | None = None
    first_wanted_s: float | None = None
    last_wanted_s: float | None = None
    acknowledged: bool = False
    alarm: Alarm | None = None


@dataclass(slots=True)
class AlarmMemory:
    """All that the step remembers. ``cement_seen`` turns true with the first cement and stays so."""

    watches: list[_Watch] = field(default_factory=lambda: [_Watch(row) for row in FROM_PICTURES])
    ended: list[Alarm] = field(default_factory=list)
    cement_seen: bool = False
    newest: Acquisition | None = None
    """The beam at the newest picture that was looked at."""
    lost_since: Acquisition | None = None
    elsewhere_since: Acquisition | None = None
    settling: int | None = None
    """The exposure whose pictures do not vote before ``settled_from_s``."""
    settled_from_s: float = -1.0
    view_index: int | None = None
    view_changed: bool = False
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
    for watch in memory.watches:
        before = watch.alarm
        if watch.row.rule in _BY_STATE:
            _technical(memory, watch, now, settings)
        elif _superseded(memory, watch):
            watch.alarm, watch.pending_since_s = None, None
        elif now.new_picture:
            _picture(memory, watch, now, settings)
        elif watch.row.rule in _OF_LEAKS:
            _held(memory, watch, now)
        else:
            _single_shot(memory, watch, now, settings)
        if watch.alarm is not before:
            if before is not None:
                # An alarm that gives way in the frame that raised it has stood in that frame.
                gone = replace(before, last_frame=max(before.first_frame, now.frame_index - 1))
                memory.ended.append(gone)
                changes.append(gone)
                watch.acknowledged = False
            if watch.alarm is not None:
                changes.append(watch.alarm)
    return AlarmOutcome(standing=_standing(memory), changes=tuple(changes))


def acknowledge(memory: AlarmMemory) -> tuple[Alarm, ...]:
    """A person has seen all alarms that stand: a latched one may now end once its condition is gone.

    Returns
    -------
    tuple of Alarm
        Those that had not been acknowledged before. They go on standing while their condition does.
    """
    fresh = [watch for watch in memory.watches if watch.alarm is not None and not watch.acknowledged]
    for watch in fresh:
        watch.acknowledged = True
        watch.good_since = None
    return tuple(watch.alarm for watch in fresh if watch.alarm is not None)


def all_alarms(memory: AlarmMemory) -> tuple[Alarm, ...]:
    """Every alarm of the run so far, in the order in which they were raised."""
    return tuple(sorted([*memory.ended, *_standing(memory)], key=lambda alarm: (alarm.first_frame, -alarm.priority)))


def _standing(memory: AlarmMemory) -> tuple[Alarm, ...]:
    standing = [watch.alarm for watch in memory.watches if watch.alarm is not None]
    return tuple(sorted(standing, key=lambda alarm: (-alarm.priority, -alarm.first_frame)))


def _follow(memory: AlarmMemory, now: AlarmInput) -> None:
    """Keep the few facts that several rows need."""
    memory.view_changed = False
    if isinstance(now.distances, Distances) and now.distances.cement_area_mm2 > 0:
        memory.cement_seen = True
    if not now.new_picture or now.acquisition is None:
        return
    memory.times_ms.append(now.processing_ms)
    memory.newest = now.acquisition
    if now.view_index is None:
        memory.lost_since = memory.lost_since or now.acquisition
        if now.state is FrameState.MOVING:
            # On its way somewhere: not yet another view.
            memory.elsewhere_since = None
        elif memory.elsewhere_since is None:
            memory.elsewhere_since = now.acquisition
        return
    for watch in memory.watches:
        if watch.row.watched is Watched.REGISTRATION and watch.alarm is not None and watch.last_wanted_s is not None:
            # From where the row's hold counts too: not a picture is held back after the person has ceased to be told.
            memory.settled_from_s = watch.last_wanted_s + _SETTLES_S - 1e-6
            memory.settling = memory.lost_since.exposure if memory.lost_since is not None else memory.settling
    memory.lost_since = memory.elsewhere_since = None
    memory.view_changed = memory.view_index is not None and now.view_index != memory.view_index
    memory.view_index = now.view_index


def _is_settled(memory: AlarmMemory, now: AlarmInput) -> bool:
    """Whether this exposure no longer holds, in the console's filter, what moved in it."""
    return memory.newest is None or memory.newest.exposure != memory.settling or now.t_s >= memory.settled_from_s


def _interval_ms(memory: AlarmMemory) -> float:
    """Between two pulses; 0 while that is not known."""
    rate = memory.newest.pulses_per_s if memory.newest is not None else 0.0
    return 0.0 if isinstance(rate, Unknown) or rate <= 0 else 1000.0 / rate


def _pictures_are_slow(memory: AlarmMemory, settings: AlarmSettings) -> bool:
    """True where a second picture would come later than a crossing may wait for it."""
    return _interval_ms(memory) > settings.confirm_ms * _RATE_JITTER


def _counts_alone(memory: AlarmMemory, settings: AlarmSettings) -> bool:
    """Whether a picture is believed as it is, for the next exposure to confirm or withdraw."""
    newest = memory.newest
    # Without measured times no pause is seen: each may be a still, the last one too, after which nothing comes.
    single = newest is not None and (newest.mode is AcquisitionMode.SINGLE_SHOTS or not newest.timed)
    return single or _pictures_are_slow(memory, settings)


def _superseded(memory: AlarmMemory, watch: _Watch) -> bool:
    """True while a graver alarm of the same line stands in this row's place."""
    graver = GRAVER.get(watch.row.rule, ())
    return any(
        other.alarm is not None and other.row.watched is watch.row.watched and other.row.rule in graver
        for other in memory.watches
    )


def _picture(memory: AlarmMemory, watch: _Watch, now: AlarmInput, settings: AlarmSettings) -> None:
    """A new picture votes on a row that looks at distances or leaks."""
    if now.view_index is None or isinstance(now.distances, Unknown):
        return
    vote = _vote(watch.row, now, now.distances, settings, _lead_mm(memory, now))
    if not _is_settled(memory, now):
        # It does not vote; but the beam may end here, and nobody come to deny it: then it counts once that is over.
        watch.pending_since_s = now.t_s if vote.bad and watch.alarm is None else None
        return
    votes = watch.votes.setdefault(now.view_index, deque(maxlen=3))
    if watch.alarm is None:
        if vote.bad and (_is_confirmed(vote, votes, watch.row, now) or _counts_alone(memory, settings)):
            _raise(memory, watch, now, alone=not any(earlier.bad for earlier in list(votes)[-2:]))
        else:
            watch.pending_since_s = now.t_s if vote.bad else None
    elif now.view_index == watch.view_index and (watch.acknowledged or not watch.row.latched):
        _release(memory, watch, vote, now, settings)
    watch.alone &= not vote.bad or watch.raised[1] is memory.newest
    votes.append(vote)


def _is_confirmed(vote: _Vote, votes: deque[_Vote], row: PipelineRow, now: AlarmInput) -> bool:
    """Whether a bad vote raises the alarm together with what the pictures before it said."""
    if any(earlier.bad for earlier in list(votes)[-2:]):
        return True
    if row.rule is not RaisingRule.CROSSED or vote.past_mm is None:
        return row.rule in _OF_LEAKS  # a leak is handed in when its own step has confirmed it
    if votes and votes[-1].past_mm is not None and votes[-1].past_mm >= -_AT_THE_LINE_MM:
        return True
    return vote.past_mm >= _CLEARLY_PAST_MM + now.outline_sigma_mm


def _held(memory: AlarmMemory, watch: _Watch, now: AlarmInput) -> None:
    """A frame without a new picture: a leak in the last one may count by now, whatever is on the screen."""
    if watch.alarm is None and _is_settled(memory, now) and _stands(watch.row, now):
        _raise(memory, watch, now, alone=True)


def _stands(row: PipelineRow, now: AlarmInput) -> bool:
    """Whether a leak that the row is about stands."""
    return any(
        SITE_OF_LEAK[leak.site] is row.site and (row.rule is RaisingRule.LEAK or leak.yeom == "S") for leak in now.leaks
    )


def _single_shot(memory: AlarmMemory, watch: _Watch, now: AlarmInput, settings: AlarmSettings) -> None:
    """Raise what one picture showed when no second one has come to confirm or deny it."""
    if watch.alarm is not None or watch.pending_since_s is None:
        return
    if (now.t_s - watch.pending_since_s) * 1000 >= settings.confirm_ms and _is_settled(memory, now):
        _raise(memory, watch, now, alone=True)


def _release(memory: AlarmMemory, watch: _Watch, vote: _Vote, now: AlarmInput, settings: AlarmSettings) -> None:
    good = not vote.bad and (vote.past_mm is None or vote.past_mm < -settings.release_mm)
    beam, (raised_s, raised) = memory.newest, watch.raised
    if not good or beam is None:
        watch.good_since = None
        return
    watch.good_since = watch.good_since or beam
    # What was seen once and is denied by another exposure; one that sees no cement at all does not deny by itself.
    denied = vote.past_mm is not None or watch.row.rule in _OF_LEAKS
    withdrawn = denied and watch.alone and raised is not None and beam.exposure != raised.exposure
    if (now.t_s - raised_s) * 1000 < settings.release_ms:
        return  # a person can read what stands so long
    if withdrawn or beam.has_lasted(watch.good_since, settings.release_ms / 1000):
        watch.alarm = None
        watch.votes.clear()


def _lead_mm(memory: AlarmMemory, now: AlarmInput) -> float:
    """How far the front that is seen lags behind the one that is there, on its way to the posterior wall."""
    speed = now.approach.approach_mm_per_s
    if isinstance(speed, Unknown):
        return 0.0
    return min(max(speed, 0.0) * _LEAD_PICTURES * _interval_ms(memory) / 1000, _MOST_LEAD_MM)


def _vote(row: PipelineRow, now: AlarmInput, distances: Distances, settings: AlarmSettings, lead_mm: float) -> _Vote:
    if row.rule in _OF_LEAKS:
        return _Vote(_stands(row, now), None)
    assert isinstance(row.watched, Line), "a row of distances looks at a line"
    distance = distances.mm[row.watched]
    past_mm = None if isinstance(distance, Unknown) else _limit_mm(row, settings) - distance
    if past_mm is not None and row.rule is RaisingRule.CROSSED:
        past_mm += _DOUBT_MM + (lead_mm if row.watched in (Line.WARNING_LINE, Line.POSTERIOR_WALL) else 0.0)
    bad = past_mm is not None and past_mm >= 0
    if row.rule is RaisingRule.NEAR and row.watched is Line.WARNING_LINE:
        time_s = now.approach.time_to_line_s
        bad = bad or (not isinstance(time_s, Unknown) and time_s <= settings.posterior_time_s)
    return _Vote(bad, past_mm)


def _limit_mm(row: PipelineRow, settings: AlarmSettings) -> float:
    if row.rule is RaisingRule.NEAR:
        is_posterior = row.watched is Line.WARNING_LINE
        return settings.posterior_band_mm if is_posterior else settings.endplate_band_mm
    if row.watched in (Line.ANTERIOR_WALL, Line.SIDE_WALL):
        # These rims are rounded and less surely marked than the posterior wall: past them by a clear step [P].
        return -1.0
    return 0.0


def _technical(memory: AlarmMemory, watch: _Watch, now: AlarmInput, settings: AlarmSettings) -> None:
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
    if watch.alarm is not None or _has_set_on(memory, watch, now, settings):
        _raise(memory, watch, now)


def _has_set_on(memory: AlarmMemory, watch: _Watch, now: AlarmInput, settings: AlarmSettings) -> bool:
    """Whether a technical condition has held long enough to be told: what pictures show, in film time."""
    row, newest = watch.row, memory.newest
    lost = memory.lost_since if row.watched is Watched.REGISTRATION else None
    since = memory.elsewhere_since if row.watched is Watched.UNKNOWN_VIEW else lost
    if since is None or newest is None:
        began_s = watch.first_wanted_s
        return began_s is not None and (now.t_s - began_s) * 1000 >= row.onset_ms
    slow = row.watched is Watched.REGISTRATION and now.new_picture and _pictures_are_slow(memory, settings)
    needed_ms = max(row.onset_ms, _SECOND_PULSE * _interval_ms(memory))
    if since.picture == 0:
        needed_ms = max(needed_ms, _FIRST_MS)
    elif slow:
        needed_ms = 0.0
    # Film, and how long the newest picture has been looked at: held, it tells the same.
    lost_ms = (newest.film_s - since.film_s + now.t_s - newest.t_s) * 1000
    return lost_ms >= needed_ms - _CLOCK_MS


def _comes_back(watch: _Watch, now: AlarmInput, *, wanted: bool) -> bool:
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
    return len(memory.times_ms) == _SLOW_WINDOW and _slow_ms(memory) > settings.slow_ms


def _slow_ms(memory: AlarmMemory) -> float:
    """95 of 100 pictures took at most so long."""
    return sorted(memory.times_ms)[int(0.95 * len(memory.times_ms))] if memory.times_ms else 0.0


def _raise(memory: AlarmMemory, watch: _Watch, now: AlarmInput, *, alone: bool = False) -> None:
    row = watch.row
    priority: Priority = row.priority_injecting if memory.cement_seen else row.priority_before
    watch.pending_since_s = watch.good_since = None
    watch.raised, watch.alone = (now.t_s, memory.newest), alone
    watch.acknowledged, watch.view_index = False, memory.view_index
    watch.alarm = Alarm(
        kind=row.kind,
        site=row.site,
        priority=priority,
        first_frame=now.frame_index,
        last_frame=None,
        headline=row.headline.format(ms=_slow_ms(memory)),
        action=row.action,
    )
