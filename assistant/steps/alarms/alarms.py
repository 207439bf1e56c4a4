"""Which conditions of the alarm table stand: onset, hysteresis and latching, in film time or in exposures.

Each new picture scores each line: how far the front stands past it, in standard deviations of the drawn outline. The
scores of a view are added up, never below nothing (CUSUM), over pictures and exposures alike; a crossing counts when
they come to ``evidence_sigma``. So a front that is clearly past the line counts in the picture that shows it, one that
is hardly past it counts with the next ones, and one that a single picture does not prove (`assistant.steps.fronts`: a
speck, a slip of the registration) is never enough by itself for an alarm that latches. Where no other picture comes
soon (single shots, stills, the beam is off) nobody waits: a front that the picture proves counts however hardly it is
past, one that it does not prove is told as near meanwhile; and at the end of a run what the last picture shows counts
(`alarms_at_end`), for no other comes to deny it. How long to wait in film for a false one less is one number, and `make
evaluate` draws the curve.

A picture that could not be measured neither raises nor ends a distance alarm, and a picture of another view does not
end what this view has shown. What has to last lasts while the beam is on, or into another exposure: a pause is no film
(`assistant.acquisition`). Only what a source does (no signal, a held picture) counts by the frames' times. Nothing here
reads a clock.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from copy import deepcopy
from dataclasses import replace

from assistant.acquisition import AcquisitionMode
from assistant.alarm_table.row import GRAVER, STANDS_BEHIND, PipelineRow, RaisingRule, Watched
from assistant.alarm_table.table import SITE_OF_LEAK
from assistant.lines import Line
from assistant.settings.tree import AlarmSettings
from assistant.steps.alarms.memory import (
    SLOW_MS,
    AlarmInput,
    AlarmMemory,
    AlarmOutcome,
    Watch,
    interval_ms,
    is_beam_off,
    raise_alarm,
)
from assistant.steps.alarms.technical import follow_technical
from assistant.vocabulary import Alarm, Distances, FrameState, Leak, Unknown

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
_SETTLES_S = 0.4
"""When "lines not valid" ends, pictures of this time raise nothing yet, for the console's filter still mixes the moved
picture into them; what they show is added up all the same, and counts when it is over, or in the held picture. That
alarm stands on as long (its row's ``hold_ms``), so the person knows. After a pause it mixes nothing."""
_LEAST_SIGMA_MM = 0.2
"""The registration is no better than this [P]."""
_OF_LEAKS, _BY_STATE = (
    (RaisingRule.LEAK, RaisingRule.VEIN),
    (RaisingRule.TECHNICAL, RaisingRule.OTHER_SIGN, RaisingRule.SIGN_TURNED),
)


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
            follow_technical(memory, watch, now, settings)
        else:
            _of_cement(memory, watch, now, settings)
        if watch.alarm is not before:
            if before is not None:
                changes.append(_ended(memory, before, now.frame_index))
                watch.acknowledged = False
            if watch.alarm is not None:
                changes.append(watch.alarm)
    return AlarmOutcome(standing=_standing(memory), changes=tuple(changes))


def _of_cement(memory: AlarmMemory, watch: Watch, now: AlarmInput, settings: AlarmSettings) -> None:
    if _superseded(memory, watch) and watch.row.rule not in STANDS_BEHIND:
        watch.alarm = None
        watch.evidence.clear()
    else:
        _by_evidence(memory, watch, now, settings)


def _ended(memory: AlarmMemory, alarm: Alarm, frame_index: int) -> Alarm:
    # An alarm that gives way in the frame that raised it has stood in that frame.
    gone = replace(alarm, last_frame=max(alarm.first_frame, frame_index - 1))
    memory.ended.append(gone)
    return gone


def acknowledge(memory: AlarmMemory, only: Collection[PipelineRow] | None = None) -> tuple[Alarm, ...]:
    """A person has seen all alarms that stand: a latched one may now end once its condition is gone.

    Parameters
    ----------
    memory : AlarmMemory
        Changed by the call.
    only : collection of PipelineRow or None
        Of these rows alone; None: of all.

    Returns
    -------
    tuple of Alarm
        Those that had not been acknowledged before. They go on standing while their condition does.
    """
    fresh = [
        watch
        for watch in memory.watches
        if watch.alarm is not None and not watch.acknowledged and (only is None or watch.row in only)
    ]
    for watch in fresh:
        watch.acknowledged = True
        watch.good_since = None
    return tuple(watch.alarm for watch in fresh if watch.alarm is not None)


def acknowledged(memory: AlarmMemory) -> frozenset[PipelineRow]:
    """The rows whose alarm stands and has been acknowledged."""
    return frozenset(watch.row for watch in memory.watches if watch.alarm is not None and watch.acknowledged)


def all_alarms(memory: AlarmMemory) -> tuple[Alarm, ...]:
    """Every alarm of the run so far, in the order in which they were raised."""
    raised = [watch.alarm for watch in memory.watches if watch.alarm is not None]
    return tuple(sorted([*memory.ended, *raised], key=lambda alarm: (alarm.first_frame, -alarm.priority)))


def alarms_at_end(memory: AlarmMemory, leaks: Sequence[Leak], settings: AlarmSettings) -> tuple[Alarm, ...]:
    """Every alarm of the run, with what its last pictures show: no other comes to prove or to deny it, so it counts.

    Parameters
    ----------
    memory : AlarmMemory
        Is not changed: the run may go on.
    leaks : sequence of Leak
        Those that stand in the last pictures and have not been handed in (`assistant.steps.leaks.leaks_at_end`).
    settings : AlarmSettings
    """
    memory = deepcopy(memory)
    memory.settling = None
    for view_index, seen in sorted(memory.shown.items(), key=lambda each: each[1].frame_index):
        memory.view_index = view_index
        now = replace(seen, new_picture=False, leaks=tuple(each for each in leaks if each.view_index == view_index))
        for watch in memory.watches:
            if watch.row.rule in _BY_STATE:
                continue
            before = watch.alarm
            if watch.row.rule is RaisingRule.CROSSED and (_past_mm(memory, watch.row, seen, settings) or -1.0) >= 0:
                watch.evidence[view_index] = 1.0
            _of_cement(memory, watch, now, settings)
            if before is not None and watch.alarm is not before:
                _ended(memory, before, now.frame_index)
    return all_alarms(memory)


def _standing(memory: AlarmMemory) -> tuple[Alarm, ...]:
    """What is shown: of one line the gravest."""
    standing = [watch.alarm for watch in memory.watches if watch.alarm is not None and not _superseded(memory, watch)]
    return tuple(sorted(standing, key=lambda alarm: (-alarm.priority, -alarm.first_frame)))


def _follow(memory: AlarmMemory, now: AlarmInput) -> None:
    """Keep the few facts that several rows need."""
    memory.view_changed = False
    if isinstance(now.distances, Distances) and now.distances.cement_area_mm2 > 0:
        memory.cement_seen = True
    if not now.new_picture or now.acquisition is None:
        return
    if now.view_index is not None and isinstance(now.distances, Distances):
        memory.shown[now.view_index] = now
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


def _is_waited_for(memory: AlarmMemory, now: AlarmInput) -> bool:
    """Whether another picture comes, or is just due, to prove or deny what the newest one shows.

    Without measured times no pause is seen: each may be a still, the last one too, after which nothing comes.
    """
    beam = memory.newest
    if beam is None or not beam.timed or beam.mode is AcquisitionMode.SINGLE_SHOTS:
        return False
    return 0 < interval_ms(memory) <= SLOW_MS and not is_beam_off(memory, now.t_s)


def _superseded(memory: AlarmMemory, watch: Watch) -> bool:
    """True while a graver alarm of the same line stands in this row's place."""
    graver = GRAVER.get(watch.row.rule, ())
    return any(
        other.alarm is not None and other.row.watched is watch.row.watched and other.row.rule in graver
        for other in memory.watches
    )


def _by_evidence(memory: AlarmMemory, watch: Watch, now: AlarmInput, settings: AlarmSettings) -> None:
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
        elif row.rule is RaisingRule.NEAR and shown is not None and not _is_waited_for(memory, now):
            # The beam went off behind a picture that does not prove it, and no other came to: it is told.
            watch.evidence[shown] = float(watch.evidence.get(shown, 0.0) >= _UNPROVED)
    if watch.alarm is None:
        if shown is not None and watch.evidence.get(shown, 0.0) >= 1 and _is_settled(memory, now):
            raise_alarm(memory, watch, now)
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
    waited_for, doubtful = _is_waited_for(memory, now), row.watched in now.distances.doubtful
    if not waited_for and past_mm >= 0 and not (doubtful and row.latched):
        return 1.0
    return min(max(score, -_DENIES), _UNPROVED if doubtful else 1.0)


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
    watch: Watch,
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
    return min(max(speed, 0.0) * _LEAD_PICTURES * interval_ms(memory) / 1000, _MOST_LEAD_MM)


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
