"""Which conditions of the alarm table stand: onset, hysteresis and latching, in film time or in exposures.

Each new picture scores each line: how far the front stands past it, in standard deviations of the drawn outline. The
scores of a view are added up, never below nothing (CUSUM), over pictures and exposures alike; a crossing counts when
they come to ``evidence_sigma``. So a front that is clearly past the line counts in the picture that shows it, one that
is hardly past it counts with the next ones, and one that a single picture does not prove (`assistant.steps.fronts`: a
speck, a slip of the registration) is never enough by itself for an alarm that latches; where no other picture comes
soon, as in single shots, the line is told as near meanwhile. How long to wait for a false one less is one number, and
`make evaluate` draws the curve.

A picture that could not be measured neither raises nor ends a distance alarm, and a picture of another view does not
end what this view has shown. What has to last lasts while the beam is on, or into another exposure: a pause is no film
(`assistant.acquisition`). Only what a source does (no signal, a held picture) counts by the frames' times. Nothing here
reads a clock.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field, replace

from assistant.acquisition import Acquisition
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

_DOUBT_MM = 0.4
"""Pessimistic by habit: a crossing counts when the front is drawn this near to the line, because a front that moves is
drawn late; measured on simulated runs it stands 0.3 mm nearer in the median (5 to 95 %: -0.2 to 0.7 mm) [P]."""
_LEAD_PICTURES, _MOST_LEAD_MM = 1.0, 0.4
"""... and in front of the posterior wall by what it moves in one picture at its present speed, so far behind the filter
is. On 64 crossings of the warning line the median delay fell from one picture to none, with no more false ones [P]."""
_UNPROVED, _DENIES = 0.7, 0.35
"""Shares of the evidence asked for: the most that a picture can give which proves nothing by itself, and the most that
one on the good side takes away. Two of three pictures are enough (alarm table), one such never is."""
_BY_SPEED = 0.5
"""... and what a picture gives from which the line is near by the speed alone."""
_SLOW_MS = 220.0
"""Pictures that come more slowly than this are waited for by nobody: 5 a second, and a capture frame's jitter."""
_SETTLES_S = 0.4
"""When "lines not valid" ends, pictures of this time raise nothing yet, for the console's filter still mixes the moved
picture into them; what they show is added up all the same, and counts when it is over, or in the held picture. That
alarm stands on as long (its row's ``hold_ms``), so the person knows. After a pause it mixes nothing."""
_FIRST_MS, _SECOND_PULSE = 300.0, 1.2
"""In the first pictures of an exposure grain and brightness settle: that the vertebra is not found in them is told when
it has lasted so long; and one picture alone in which it is not found is nothing where a second one comes soon enough:
when so many intervals are over [P]. Each of them has its reason on the screen meanwhile."""
_LEAST_SIGMA_MM = 0.2
"""The registration is no better than this [P]."""
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


@dataclass(slots=True)
class _Watch:
    """What is remembered of one row."""

    row: PipelineRow
    evidence: dict[int, float] = field(default_factory=dict)
    """That a line is crossed, by view, as a share of what is asked for: at 1 it counts."""
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
            watch.alarm = None
            watch.evidence.clear()
        else:
            _by_evidence(memory, watch, now, settings)
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


def _superseded(memory: AlarmMemory, watch: _Watch) -> bool:
    """True while a graver alarm of the same line stands in this row's place."""
    graver = GRAVER.get(watch.row.rule, ())
    return any(
        other.alarm is not None and other.row.watched is watch.row.watched and other.row.rule in graver
        for other in memory.watches
    )


def _by_evidence(memory: AlarmMemory, watch: _Watch, now: AlarmInput, settings: AlarmSettings) -> None:
    """A row that looks at distances or leaks: what this frame adds, and whether it is enough."""
    shown, row = memory.view_index, watch.row  # the last view that was found; what is held or black is none
    if row.rule in _OF_LEAKS:
        # Its own step has confirmed it, maybe by now, while its picture is held.
        stands = _stands(row, now)
        past_mm = None
        if shown is not None and (stands or (now.new_picture and isinstance(now.distances, Distances))):
            watch.evidence[shown] = float(stands)
            watch.alone = watch.alone if watch.alarm is not None else not now.new_picture
    else:
        past_mm = _past_mm(memory, row, now, settings) if now.new_picture else None
        stands = past_mm is not None and past_mm >= 0
        if past_mm is not None and shown is not None:
            before = watch.evidence.get(shown, 0.0)
            watch.evidence[shown] = min(max(before + _score(memory, row, past_mm, now, settings), 0.0), 1.0)
            if watch.alarm is None:
                watch.alone = before == 0
    if watch.alarm is None:
        if shown is not None and watch.evidence.get(shown, 0.0) >= 1 and _is_settled(memory, now):
            _raise(memory, watch, now)
        return
    measured = now.new_picture and now.view_index is not None and isinstance(now.distances, Distances)
    if measured and now.view_index == watch.view_index and (watch.acknowledged or not row.latched):
        _release(memory, watch, past_mm, now, settings, stands=stands)
    watch.alone &= not stands or watch.raised[1] is memory.newest


def _score(memory: AlarmMemory, row: PipelineRow, past_mm: float, now: AlarmInput, settings: AlarmSettings) -> float:
    """What one picture says of a crossing, as a share of the evidence that is asked for."""
    assert isinstance(now.distances, Distances), "only a picture that was measured has a score"
    score = past_mm / max(now.outline_sigma_mm, _LEAST_SIGMA_MM) / settings.evidence_sigma
    if _is_near_by_speed(row, now, settings):
        score = max(score, _BY_SPEED)
    another_comes = row.latched or 0 < _interval_ms(memory) <= _SLOW_MS
    unproved = row.watched in now.distances.doubtful and another_comes
    return min(max(score, -_DENIES), _UNPROVED if unproved else 1.0)


def _is_near_by_speed(row: PipelineRow, now: AlarmInput, settings: AlarmSettings) -> bool:
    """Whether the warning line is reached within the time that counts as near."""
    time_s = now.approach.time_to_line_s
    of_row = row.rule is RaisingRule.NEAR and row.watched is Line.WARNING_LINE
    return of_row and not isinstance(time_s, Unknown) and time_s <= settings.posterior_time_s


def _stands(row: PipelineRow, now: AlarmInput) -> bool:
    """Whether a leak that the row is about stands."""
    return any(
        SITE_OF_LEAK[leak.site] is row.site and (row.rule is RaisingRule.LEAK or leak.yeom == "S") for leak in now.leaks
    )


def _release(
    memory: AlarmMemory,
    watch: _Watch,
    past_mm: float | None,
    now: AlarmInput,
    settings: AlarmSettings,
    *,
    stands: bool,
) -> None:
    good = not stands and not _is_near_by_speed(watch.row, now, settings)
    good &= past_mm is None or past_mm < -settings.release_mm
    beam, (raised_s, raised) = memory.newest, watch.raised
    if not good or beam is None:
        watch.good_since = None
        return
    watch.good_since = watch.good_since or beam
    # What was seen once and is denied by another exposure; one that sees no cement at all does not deny by itself.
    denied = past_mm is not None or watch.row.rule in _OF_LEAKS
    withdrawn = denied and watch.alone and raised is not None and beam.exposure != raised.exposure
    if (now.t_s - raised_s) * 1000 < settings.release_ms:
        return  # a person can read what stands so long
    if withdrawn or beam.has_lasted(watch.good_since, settings.release_ms / 1000):
        watch.alarm = None
        watch.evidence.clear()


def _lead_mm(memory: AlarmMemory, now: AlarmInput) -> float:
    """How far the front that is seen lags behind the one that is there, on its way to the posterior wall."""
    speed = now.approach.approach_mm_per_s
    if isinstance(speed, Unknown):
        return 0.0
    return min(max(speed, 0.0) * _LEAD_PICTURES * _interval_ms(memory) / 1000, _MOST_LEAD_MM)


def _past_mm(memory: AlarmMemory, row: PipelineRow, now: AlarmInput, settings: AlarmSettings) -> float | None:
    """How far a new picture shows the front past the row's limit; None where it says nothing of it."""
    if now.view_index is None or isinstance(now.distances, Unknown):
        return None
    assert isinstance(row.watched, Line), "a row of distances looks at a line"
    distance = now.distances.mm[row.watched]
    if isinstance(distance, Unknown):
        return None
    past_mm = _limit_mm(row, settings) - distance
    if row.rule is RaisingRule.CROSSED:
        past_mm += _DOUBT_MM
        past_mm += _lead_mm(memory, now) if row.watched in (Line.WARNING_LINE, Line.POSTERIOR_WALL) else 0.0
    return past_mm


def _limit_mm(row: PipelineRow, settings: AlarmSettings) -> float:
    if row.rule is RaisingRule.NEAR:
        is_posterior = row.watched is Line.WARNING_LINE
        return settings.posterior_band_mm if is_posterior else settings.endplate_band_mm
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
    if watch.alarm is not None or _has_set_on(memory, watch, now):
        _raise(memory, watch, now)


def _has_set_on(memory: AlarmMemory, watch: _Watch, now: AlarmInput) -> bool:
    """Whether a technical condition has held long enough to be told: what pictures show, in film time."""
    row, newest = watch.row, memory.newest
    lost = memory.lost_since if row.watched is Watched.REGISTRATION else None
    since = memory.elsewhere_since if row.watched is Watched.UNKNOWN_VIEW else lost
    if since is None or newest is None:
        began_s = watch.first_wanted_s
        return began_s is not None and (now.t_s - began_s) * 1000 >= row.onset_ms
    slow = row.watched is Watched.REGISTRATION and now.new_picture and _interval_ms(memory) > _SLOW_MS
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


def _raise(memory: AlarmMemory, watch: _Watch, now: AlarmInput) -> None:
    row = watch.row
    priority: Priority = row.priority_injecting if memory.cement_seen else row.priority_before
    watch.good_since, watch.raised = None, (now.t_s, memory.newest)
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
