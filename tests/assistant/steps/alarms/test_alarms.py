from __future__ import annotations

from dataclasses import dataclass, field, replace

import numpy as np
import pytest

from assistant.acquisition import Acquisition, AcquisitionMemory, take_picture
from assistant.lines import Line
from assistant.settings.tree import AlarmSettings
from assistant.steps.alarms import (
    AlarmInput,
    AlarmMemory,
    AlarmOutcome,
    acknowledge,
    alarms_at_end,
    all_alarms,
    update_alarms,
)
from assistant.vocabulary import (
    Alarm,
    AlarmSite,
    Approach,
    Distances,
    EventKind,
    FrameState,
    Leak,
    LeakSite,
    Measure,
    Priority,
    Unknown,
)

AWAY = Unknown("not this line")
NO_APPROACH = Approach(approach_mm_per_s=AWAY, time_to_line_s=AWAY)
FAR = 20.0


def distances(
    warning: Measure = FAR,
    wall: Measure = FAR,
    superior: Measure = FAR,
    inferior: Measure = FAR,
    anterior: Measure = FAR,
    side: Measure = AWAY,
    area_mm2: float = 50.0,
    doubtful: tuple[Line, ...] = (),
) -> Distances:
    return Distances(
        cement_area_mm2=area_mm2,
        doubtful=doubtful,
        mm=dict.fromkeys(Line, AWAY)
        | {
            Line.POSTERIOR_WALL: wall,
            Line.WARNING_LINE: warning,
            Line.SUPERIOR_ENDPLATE: superior,
            Line.INFERIOR_ENDPLATE: inferior,
            Line.ANTERIOR_WALL: anterior,
            Line.SIDE_WALL: side,
            Line.POSTERIOR_UPPER: wall,
            Line.POSTERIOR_MIDDLE: wall,
            Line.POSTERIOR_LOWER: wall,
            Line.WARNING_UPPER: warning,
            Line.WARNING_MIDDLE: warning,
            Line.WARNING_LOWER: warning,
        },
    )


@dataclass
class FrameFeed:
    """Feeds frames of a source of 60 frames/s whose X-ray pictures come at a rate of their own."""

    rate_hz: float = 15.0
    settings: AlarmSettings = AlarmSettings()  # noqa: RUF009 (frozen)
    memory: AlarmMemory = field(default_factory=AlarmMemory)
    frame: int = -1
    t_s: float = 0.0
    beam: AcquisitionMemory = field(default_factory=AcquisitionMemory)
    acquisition: Acquisition | None = None
    timed: bool = True

    def feed(self, now: AlarmInput) -> AlarmOutcome:
        return update_alarms(self.memory, now, self.settings)

    def still(self, frames: int = 1, state: FrameState = FrameState.REPEAT) -> AlarmOutcome:
        """Frames without a new picture, at 60 a second."""
        for _ in range(frames):
            self.frame += 1
            self.t_s += 1 / 60
            outcome = self.feed(self._input(Unknown("repeated"), state=state, new_picture=False, view_index=0))
        return outcome

    def picture(
        self,
        seen: Distances | Unknown,
        *,
        state: FrameState = FrameState.LIVE,
        view_index: int | None = 0,
        approach: Approach = NO_APPROACH,
        outline_sigma_mm: float = 0.4,
        leaks: tuple[Leak, ...] = (),
        processing_ms: float = 4.0,
    ) -> AlarmOutcome:
        """One new picture, after the frames that repeat the one before."""
        self.frame += 1
        self.t_s += 1 / self.rate_hz
        self.acquisition = take_picture(self.beam, self.t_s, timed=self.timed)
        made = self._input(seen, state=state, new_picture=True, view_index=view_index)
        return self.feed(
            replace(
                made, approach=approach, outline_sigma_mm=outline_sigma_mm, leaks=leaks, processing_ms=processing_ms
            )
        )

    def pictures(self, seen: Distances | Unknown, seconds: float, view_index: int | None = 0) -> AlarmOutcome:
        for _ in range(max(1, round(seconds * self.rate_hz))):
            outcome = self.picture(seen, view_index=view_index)
        return outcome

    def _input(
        self, seen: Distances | Unknown, *, state: FrameState, new_picture: bool, view_index: int | None
    ) -> AlarmInput:
        return AlarmInput(
            frame_index=self.frame,
            t_s=self.t_s,
            acquisition=self.acquisition,
            state=state,
            new_picture=new_picture,
            view_index=view_index,
            distances=seen,
            approach=NO_APPROACH,
            outline_sigma_mm=0.4,
            processing_ms=4.0,
        )


def kinds(outcome: AlarmOutcome) -> list[tuple[EventKind, AlarmSite | None]]:
    return [(alarm.kind, alarm.site) for alarm in outcome.standing]


LINE = (EventKind.WARNING_LINE, AlarmSite.POSTERIOR)
NEAR = (EventKind.APPROACHING_POSTERIOR, AlarmSite.POSTERIOR)


WILD = distances(warning=-2.0, wall=-0.5, doubtful=(Line.WARNING_LINE, Line.POSTERIOR_WALL))
"""A front far past the lines that one picture alone does not prove: a speck, a slip of the registration."""


@pytest.mark.parametrize("rate_hz", [0.2, 1.0, 4.0, 7.5, 15.0, 30.0])
def test_one_wild_picture_is_no_crossing_and_a_second_one_is(rate_hz: float) -> None:
    source = FrameFeed(rate_hz=rate_hz)
    source.pictures(distances(), 1)
    source.picture(WILD)
    held = kinds(source.still(20))
    assert held == [NEAR], "no other picture has come, so the line is told as near"
    source.still(40)
    source.pictures(distances(), max(3.0, 3 / rate_hz))
    assert told_of(source) == [alarm[0] for alarm in held], "nothing that latches"
    source.picture(WILD)
    assert kinds(source.picture(WILD))[0] == (EventKind.POSTERIOR_WALL, AlarmSite.POSTERIOR)
    assert all_alarms(source.memory)[-1].first_frame == source.frame


def test_two_of_three_pictures_are_enough() -> None:
    source = FrameFeed()
    source.pictures(distances(), 1)
    source.picture(WILD)
    source.picture(distances(warning=2.0))
    assert LINE in kinds(source.picture(WILD))


def test_a_crossing_counts_a_little_before_the_drawn_front_touches() -> None:
    assert kinds(FrameFeed().pictures(distances(warning=0.25), 1)) == [LINE]
    assert kinds(FrameFeed().pictures(distances(warning=0.45), 1)) == [NEAR]


@pytest.mark.parametrize(
    ("past_mm", "outline_sigma_mm", "pictures"),
    [(0.8, 0.4, 1), (0.0, 0.4, 1), (0.0, 2.0, 2), (-0.3, 0.4, 2), (-0.33, 1.0, 5)],
)
def test_the_less_certain_the_outline_the_more_pictures_have_to_show_it(
    past_mm: float, outline_sigma_mm: float, pictures: int
) -> None:
    source = FrameFeed()
    source.pictures(distances(), 1)
    for k in range(pictures):
        told = LINE in kinds(source.picture(distances(warning=-past_mm), outline_sigma_mm=outline_sigma_mm))
        assert told is (k == pictures - 1)


def test_evidence_asked_for_is_a_setting() -> None:
    told = []
    for evidence_sigma in (0.5, 1.5, 4.0):
        source = FrameFeed(settings=AlarmSettings(evidence_sigma=evidence_sigma))
        source.pictures(distances(), 1)
        while LINE not in kinds(source.picture(distances(warning=0.1))):
            pass
        told.append(source.frame)
    assert told == sorted(set(told))


def test_no_cement_raises_nothing() -> None:
    source = FrameFeed()
    none = Unknown("no cement seen")
    seen = distances(none, none, none, none, none, none, area_mm2=0.0)
    assert source.pictures(seen, 3).standing == ()
    assert not source.memory.cement_seen


def test_the_crossing_takes_the_place_of_the_approach() -> None:
    source = FrameFeed()
    assert kinds(source.pictures(distances(warning=2.0), 1)) == [NEAR]
    outcome = source.pictures(distances(warning=-0.1), 1)
    assert kinds(outcome) == [LINE]
    near, line = all_alarms(source.memory)
    assert near.kind is NEAR[0]
    assert near.last_frame == line.first_frame - 1


def test_a_line_that_is_crossed_at_once_leaves_no_backward_event() -> None:
    source = FrameFeed(rate_hz=2.0)
    source.pictures(distances(warning=2.0), 2)
    source.pictures(distances(warning=-1.0), 2)
    for alarm in all_alarms(source.memory):
        assert alarm.last_frame is None or alarm.last_frame >= alarm.first_frame


def test_the_canal_stands_above_the_line() -> None:
    source = FrameFeed()
    outcome = source.pictures(distances(warning=-8.0, wall=-0.5, superior=-2.0), 1)
    assert outcome.standing[0].kind in (EventKind.POSTERIOR_WALL, EventKind.WARNING_LINE)
    assert [alarm.priority for alarm in outcome.standing] == [Priority.HIGH, Priority.HIGH, Priority.MEDIUM]


@pytest.mark.parametrize(
    ("seen", "event", "priority"),
    [
        (distances(superior=-0.2), (EventKind.ENDPLATE, AlarmSite.SUPERIOR_ENDPLATE), Priority.MEDIUM),
        (distances(inferior=-0.2), (EventKind.ENDPLATE, AlarmSite.INFERIOR_ENDPLATE), Priority.MEDIUM),
        (distances(superior=1.5), (EventKind.APPROACHING_ENDPLATE, AlarmSite.SUPERIOR_ENDPLATE), Priority.LOW),
        (distances(wall=-0.2), (EventKind.POSTERIOR_WALL, AlarmSite.POSTERIOR), Priority.HIGH),
        (distances(warning=2.9), NEAR, Priority.MEDIUM),
    ],
)
def test_each_line_has_its_alarm(seen: Distances, event: tuple[EventKind, AlarmSite], priority: Priority) -> None:
    outcome = FrameFeed().pictures(seen, 1)
    assert kinds(outcome) == [event]
    assert outcome.standing[0].priority is priority


def test_a_front_at_the_wall_in_front_or_beside_is_no_alarm_and_a_leak_there_is() -> None:
    source = FrameFeed()
    assert source.pictures(distances(anterior=-1.2, side=-1.2), 5).standing == ()
    leak = replace(_tube(LeakSite.ANTERIOR), yeom="C")
    outcome = source.picture(distances(anterior=-1.2), leaks=(leak,))
    assert [(alarm.headline, alarm.priority) for alarm in outcome.standing] == [
        ("CEMENT OUTSIDE BODY", Priority.MEDIUM)
    ]


def test_a_quick_approach_warns_before_the_band() -> None:
    source = FrameFeed()
    quick = Approach(approach_mm_per_s=4.0, time_to_line_s=1.5)
    source.picture(distances(warning=6.0), approach=quick)
    assert kinds(source.picture(distances(warning=5.7), approach=quick)) == [NEAR]


def test_a_high_alarm_stays_until_it_is_acknowledged_and_gone() -> None:
    source = FrameFeed()
    source.pictures(distances(warning=-1.0), 1)
    assert LINE in kinds(source.pictures(distances(), 60))
    fresh = acknowledge(source.memory)
    assert [alarm.kind for alarm in fresh] == [LINE[0]]
    assert acknowledge(source.memory) == ()
    assert acknowledge(source.memory) == ()
    assert LINE in kinds(source.pictures(distances(), 0.5)), "it ends only after release_ms"
    assert source.pictures(distances(), 1).standing == ()
    assert all_alarms(source.memory)[-1].last_frame is not None


def test_acknowledging_does_not_end_what_is_still_there() -> None:
    source = FrameFeed()
    source.pictures(distances(warning=-1.0), 1)
    acknowledge(source.memory)
    assert LINE in kinds(source.pictures(distances(warning=-1.0), 20))
    assert LINE in kinds(source.pictures(distances(warning=0.5), 20)), "not yet release_mm on the good side"


def test_a_new_condition_is_unacknowledged() -> None:
    source = FrameFeed()
    source.pictures(distances(warning=-1.0), 1)
    acknowledge(source.memory)
    source.pictures(distances(warning=-1.0, wall=-1.0), 1)
    assert [alarm.kind for alarm in acknowledge(source.memory)] == [EventKind.POSTERIOR_WALL]


def test_an_approach_ends_only_far_and_long_enough() -> None:
    source = FrameFeed()
    source.pictures(distances(warning=2.5), 1)
    assert NEAR in kinds(source.pictures(distances(warning=3.5), 5)), "within release_mm of the band"
    assert NEAR in kinds(source.pictures(distances(warning=5.0), 0.8)), "before release_ms"
    assert NEAR not in kinds(source.pictures(distances(warning=5.0), 0.4))


@pytest.mark.parametrize("swing_mm", [0.2, 0.5, 0.75])
def test_breathing_makes_one_alarm(swing_mm: float) -> None:
    source = FrameFeed()
    rng = np.random.default_rng(1)
    for k in range(15 * 40):
        wave = swing_mm * np.sin(2 * np.pi * k / 15 / 4) + 0.05 * rng.standard_normal()
        source.picture(distances(warning=3.0 + float(wave), superior=2.0 + float(wave)))
    assert [alarm.kind for alarm in all_alarms(source.memory)].count(NEAR[0]) == 1
    assert [alarm.kind for alarm in all_alarms(source.memory)].count(EventKind.APPROACHING_ENDPLATE) == 1


@pytest.mark.parametrize("unmeasured", [Unknown("the vertebra is not found"), distances(AWAY, AWAY, AWAY, AWAY, AWAY)])
def test_an_unmeasured_picture_or_another_view_changes_no_distance_alarm(unmeasured: Distances | Unknown) -> None:
    source = FrameFeed()
    source.pictures(distances(warning=2.0), 1)
    view = None if isinstance(unmeasured, Unknown) else 1
    assert NEAR in kinds(source.pictures(unmeasured, 20, view_index=view))
    assert NEAR not in kinds(source.pictures(distances(), 2)), "its own view ends it"


def test_votes_of_two_views_are_not_added() -> None:
    source = FrameFeed()
    source.pictures(distances(), 1, view_index=0)
    source.pictures(distances(), 1, view_index=1)
    past = distances(superior=-0.2, doubtful=(Line.SUPERIOR_ENDPLATE,))
    source.picture(past, view_index=0)
    outcome = source.picture(past, view_index=1)
    assert EventKind.ENDPLATE not in [alarm.kind for alarm in outcome.standing]


def test_a_thin_tube_in_front_is_a_vein_and_takes_the_place_of_the_leak() -> None:
    source = FrameFeed()
    outside = distances(anterior=-3.0)
    tube = _tube(LeakSite.ANTERIOR)
    blob = replace(tube, yeom="C")
    assert kinds(source.picture(outside, leaks=(blob,))) == [(EventKind.LEAK, AlarmSite.ANTERIOR)]
    outcome = source.picture(outside, leaks=(tube,))
    assert [(alarm.headline, alarm.priority) for alarm in outcome.standing] == [("POSSIBLE VENOUS LEAK", Priority.HIGH)]
    assert kinds(source.pictures(outside, 5)) == [(EventKind.LEAK, AlarmSite.ANTERIOR)], "latched"
    assert len(source.picture(outside, leaks=(blob,)).standing) == 1, "one of the two stands, the graver"


def test_a_leak_that_stands_in_the_disc_takes_the_place_of_cement_at_the_endplate() -> None:
    source = FrameFeed()
    first = source.pictures(distances(superior=-0.5), 1)
    assert [alarm.headline for alarm in first.standing] == ["CEMENT AT SUPERIOR ENDPLATE"]
    in_disc = replace(_tube(LeakSite.SUPERIOR_DISC), yeom="C")
    second = source.picture(distances(superior=-2.0), leaks=(in_disc,))
    assert kinds(second) == [(EventKind.LEAK, AlarmSite.SUPERIOR_ENDPLATE)]
    assert [alarm.headline for alarm in second.standing] == ["CEMENT IN DISC"]
    crossed, leak = all_alarms(source.memory)
    assert (crossed.kind, leak.kind) == (EventKind.ENDPLATE, EventKind.LEAK)
    assert crossed.last_frame is leak.last_frame is None, "one is shown, both are written"


def test_an_endplate_that_is_proved_when_the_leak_stands_already_is_told_all_the_same() -> None:
    source = FrameFeed(rate_hz=0.2)
    source.pictures(distances(), 1)
    past = distances(superior=-3.0, doubtful=(Line.SUPERIOR_ENDPLATE,))
    assert EventKind.ENDPLATE not in [alarm.kind for alarm in source.picture(past).changes]
    in_disc = replace(_tube(LeakSite.SUPERIOR_DISC), yeom="C")
    outcome = source.picture(distances(superior=-3.0), leaks=(in_disc,))
    assert {EventKind.LEAK, EventKind.ENDPLATE} <= {alarm.kind for alarm in outcome.changes}
    assert kinds(outcome) == [(EventKind.LEAK, AlarmSite.SUPERIOR_ENDPLATE)]
    raised = [alarm.kind for alarm in outcome.heard if alarm.last_frame is None]
    assert raised == [EventKind.LEAK], "a room is not told what stands behind it"


def test_a_leak_that_counts_while_the_picture_is_held_is_told_then() -> None:
    source = FrameFeed()
    source.pictures(distances(), 1)
    made = source._input(distances(), state=FrameState.REPEAT, new_picture=False, view_index=0)
    outcome = source.feed(replace(made, leaks=(_tube(LeakSite.ANTERIOR),)))
    assert [alarm.headline for alarm in outcome.standing] == ["POSSIBLE VENOUS LEAK"]


def _tube(site: LeakSite) -> Leak:
    return Leak(
        site=site,
        first_frame=3,
        area_mm2=9.0,
        length_mm=6.0,
        width_mm=1.5,
        yeom="S",
        magnitude="minor",
        shape=None,
        outline_px=np.zeros((0, 2)),
    )


def test_signal_lost_while_cement_stands_rises_to_high() -> None:
    source = FrameFeed()
    source.pictures(distances(), 1)
    assert source.still(10, FrameState.NO_SIGNAL).standing[0].priority is Priority.HIGH


def test_a_lost_vertebra_is_told_within_300_ms_and_another_view_after_600() -> None:
    source = FrameFeed()
    source.pictures(distances(), 1)
    lost = Unknown("the vertebra is not found")
    told = {}
    for k in range(1, 16):
        for alarm in source.picture(lost, view_index=None).standing:
            told.setdefault(alarm.kind, k / 15)
    assert told[EventKind.REGISTRATION_LOST] <= 0.3
    assert 0.6 <= told[EventKind.VIEW_CHANGED] <= 0.8
    assert source.pictures(distances(), 1.0).standing == ()


def test_a_ghost_after_the_vertebra_is_found_again_is_no_crossing_but_cement_that_stays_is() -> None:
    source = FrameFeed()
    source.pictures(distances(), 1)
    source.pictures(Unknown("moves"), 0.4, view_index=None)
    lines_not_valid = (EventKind.REGISTRATION_LOST, None)
    for _ in range(5):
        shown = kinds(source.picture(distances(superior=-9.0)))
        assert shown == [lines_not_valid], "while distances do not count, the person is told so"
    assert source.pictures(distances(), 2).standing == ()
    source.pictures(Unknown("moves"), 0.4, view_index=None)
    assert (EventKind.ENDPLATE, AlarmSite.SUPERIOR_ENDPLATE) in kinds(source.pictures(distances(superior=-9.0), 0.6))


def test_short_losses_do_not_hold_alarms_back() -> None:
    source = FrameFeed()
    source.pictures(distances(), 1)
    for _ in range(4):
        source.picture(Unknown("not found"), view_index=None)
        outcome = source.picture(distances(warning=-1.0))
    assert LINE in kinds(outcome)


def test_one_lost_picture_is_nothing() -> None:
    source = FrameFeed()
    source.pictures(distances(), 1)
    source.picture(Unknown("not found"), view_index=None)
    source.pictures(distances(), 1)
    assert all_alarms(source.memory) == ()


def test_a_table_on_its_way_is_no_other_view() -> None:
    source = FrameFeed()
    source.pictures(distances(), 1)
    for _ in range(30):
        outcome = source.picture(Unknown("moves"), state=FrameState.MOVING, view_index=None)
    assert kinds(outcome) == [(EventKind.REGISTRATION_LOST, None)]


def test_one_lost_picture_that_is_then_held_is_no_other_view() -> None:
    source = FrameFeed()
    source.pictures(distances(), 1)
    source.picture(Unknown("not found"), view_index=None)
    assert kinds(source.still(120)) == [(EventKind.REGISTRATION_LOST, None)]
    told = kinds(source.picture(Unknown("not found"), view_index=None))
    assert set(told) == {(EventKind.REGISTRATION_LOST, None), (EventKind.VIEW_CHANGED, None)}, "another exposure does"


def test_the_other_planned_view_is_told_quietly() -> None:
    source = FrameFeed()
    source.pictures(distances(), 1, view_index=0)
    outcome = source.picture(distances(), view_index=1)
    assert [(alarm.kind, alarm.priority) for alarm in outcome.standing] == [(EventKind.VIEW_CHANGED, Priority.LOW)]
    assert source.pictures(distances(), 2.2, view_index=1).standing == ()


def random_walk(seed: int) -> list[AlarmOutcome]:
    rng = np.random.default_rng(seed)
    source = FrameFeed(rate_hz=float(rng.choice([2.0, 7.5, 15.0, 30.0])))
    out = []
    for _ in range(400):
        walk = rng.uniform(-2, 5, 6)
        seen = distances(*(float(x) if rng.random() < 0.9 else AWAY for x in walk))
        pick = rng.random()
        if pick < 0.6:
            out.append(source.picture(seen if rng.random() < 0.8 else Unknown("lost"), view_index=int(rng.integers(2))))
        elif pick < 0.7:
            out.append(source.picture(Unknown("lost"), view_index=None))
        elif pick < 0.97:
            state = FrameState(rng.choice([s.value for s in FrameState]))
            out.extend(source.still(1, state) for _ in range(int(rng.choice([1, 4, 15]))))
        else:
            acknowledge(source.memory)
    return out


@pytest.mark.parametrize("seed", range(6))
def test_forbidden_transitions_never_happen(seed: int) -> None:
    """Whatever comes: changes and standing agree, nothing stands twice, nothing ends before it began."""
    standing: list[Alarm] = []
    for outcome in random_walk(seed):
        for change in outcome.changes:
            if change.last_frame is None:
                standing.append(change)
            else:
                assert change.last_frame >= change.first_frame
                standing.remove(replace(change, last_frame=None))
        assert sorted(map(repr, standing)) == sorted(map(repr, outcome.standing))
        assert [a.priority for a in outcome.standing] == sorted((a.priority for a in outcome.standing), reverse=True)
        shown = [(a.kind, a.site, a.headline) for a in outcome.standing]
        assert len(set(shown)) == len(shown)
        for near, crossed in ((EventKind.APPROACHING_POSTERIOR, EventKind.WARNING_LINE),):
            assert not {near, crossed} <= {kind for kind, _, _ in shown}


def test_a_repeat_tells_nothing_new_of_distances() -> None:
    source = FrameFeed()
    source.pictures(distances(), 1)
    assert source.still(300).changes == ()


def test_every_kind_can_be_raised() -> None:
    raised = {alarm.kind for seed in range(4) for outcome in random_walk(seed) for alarm in outcome.standing}
    source = FrameFeed()
    for _ in range(61):
        slow = source.picture(distances(), processing_ms=400.0, leaks=(_tube(LeakSite.LATERAL),))
    assert raised | {alarm.kind for alarm in slow.standing} == set(EventKind)


def test_a_front_on_its_way_to_the_wall_warns_one_picture_of_its_speed_earlier() -> None:
    """0.5 mm before the line at 3 mm/s and 15 pictures a second: 0.2 mm a picture more than the doubt of 0.4 mm."""
    for speed, warned in ((0.0, False), (3.1, True), (-3.0, False)):
        source = FrameFeed()
        approach = Approach(approach_mm_per_s=speed, time_to_line_s=AWAY)
        source.pictures(distances(), 1)
        for _ in range(3):
            outcome = source.picture(distances(warning=0.5, superior=0.5), approach=approach)
        assert (LINE in kinds(outcome)) == warned
        assert (EventKind.ENDPLATE, AlarmSite.SUPERIOR_ENDPLATE) not in kinds(outcome), "the speed is that to the wall"


class Shots(FrameFeed):
    """Exposures of some pictures, with the picture held for eight seconds after each."""

    def exposure(self, *pictures: Distances | None) -> AlarmOutcome:
        """None: the vertebra is not found. The outcome is that of the last held frame."""
        for k, seen in enumerate(pictures):
            if k == 0:
                self.t_s -= 1 / self.rate_hz - 1 / 60
            if seen is None:
                self.picture(Unknown("not found"), view_index=None)
            else:
                self.picture(seen)
        return self.still(480, FrameState.FROZEN)


MOVED = (EventKind.REGISTRATION_LOST, None)
AT_PLATE = (EventKind.APPROACHING_ENDPLATE, AlarmSite.SUPERIOR_ENDPLATE)


def told_of(source: FrameFeed) -> list[EventKind]:
    return [alarm.kind for alarm in all_alarms(source.memory) if alarm.kind is not EventKind.FROZEN]


def test_a_shot_after_one_in_which_the_vertebra_was_lost_counts() -> None:
    source = Shots()
    source.exposure(distances())
    assert MOVED in kinds(source.exposure(None)), "nobody is blind in silence while that picture is held"
    outcome = source.exposure(distances(warning=-1.0))
    assert LINE in kinds(outcome)
    assert MOVED not in kinds(outcome)


def test_a_single_shot_is_believed_and_the_next_withdraws_or_confirms_it() -> None:
    source = Shots()
    for _ in range(3):
        source.exposure(distances())
    assert AT_PLATE in kinds(source.exposure(distances(superior=1.5)))
    assert AT_PLATE not in kinds(source.exposure(distances())), "one shot alone, and the next does not show it"
    source.exposure(distances(superior=1.5))
    source.exposure(distances(superior=1.5))
    assert AT_PLATE in kinds(source.exposure(distances())), "two shots have shown it, one not"
    assert AT_PLATE not in kinds(source.exposure(distances()))


def test_first_pictures_of_short_exposures_that_are_lost_raise_nothing_technical() -> None:
    for rate_hz in (4.0, 7.5, 15.0, 30.0):
        source = Shots(rate_hz=rate_hz)
        source.exposure(*[distances()] * 15)
        for _ in range(6):
            lost = [None] * max(1, round(0.13 * rate_hz))
            source.exposure(*lost, *[distances()] * 10)
        assert told_of(source) == [], rate_hz


def test_exposures_that_show_another_view_are_told() -> None:
    source = Shots()
    source.exposure(*[distances()] * 15)
    assert MOVED in kinds(source.exposure(*[None] * 15))
    assert (EventKind.VIEW_CHANGED, None) in kinds(source.exposure(None, None))


def test_a_pause_does_not_end_an_alarm_and_is_no_time_on_the_good_side() -> None:
    source = Shots()
    source.exposure(*[distances(superior=1.5)] * 15)
    assert AT_PLATE in kinds(source.exposure(distances(superior=1.5), distances())), "0.1 s of film are good"
    assert AT_PLATE not in kinds(source.exposure(*[distances()] * 3)), "another exposure shows it gone too"


def test_an_exposure_that_ends_before_its_pictures_vote_is_not_forgotten() -> None:
    """Lost, found again past the wall in the last 0.3 s, beam off: it is told while that picture is held."""
    source = Shots(rate_hz=15.0)
    source.exposure(*[distances()] * 15)
    past = distances(warning=-6.0, wall=-2.0)
    assert (EventKind.POSTERIOR_WALL, AlarmSite.POSTERIOR) in kinds(source.exposure(*[None] * 6, *[past] * 4))
    other = Shots(rate_hz=15.0)
    other.exposure(*[distances()] * 15)
    ghost = other.exposure(*[None] * 6, *[past] * 3, distances())
    assert (EventKind.POSTERIOR_WALL, AlarmSite.POSTERIOR) not in kinds(ghost), "the last picture denies it"


def test_the_last_of_some_stills_counts_alone() -> None:
    """Without measured times nobody knows whether another picture comes, and after the last none does."""
    source = FrameFeed(timed=False)
    source.pictures(distances(), 0.5)
    assert LINE in kinds(source.picture(distances(warning=0.2)))


@pytest.mark.parametrize("timed", [True, False])
def test_a_single_picture_that_does_not_prove_a_crossing_is_told_as_near_in_its_own_frame(timed: bool) -> None:
    source = Shots(timed=timed)
    for _ in range(3):
        source.picture(distances())
        source.t_s += 8.0
    assert kinds(source.picture(WILD)) == [NEAR], "never silent"


def test_where_nobody_waits_a_front_that_is_hardly_past_counts_at_once() -> None:
    hardly = distances(warning=0.38)
    source = Shots(rate_hz=15.0)
    source.exposure(*[distances()] * 30)
    assert LINE not in kinds(source.picture(hardly)), "in film the next picture comes"
    shots = Shots()
    for _ in range(3):
        shots.exposure(distances())
    assert LINE in kinds(shots.picture(hardly))


@pytest.mark.parametrize("rate_hz", [0.2, 15.0])
def test_what_the_last_picture_of_a_run_shows_is_an_event_whatever_would_have_come(rate_hz: float) -> None:
    source = FrameFeed(rate_hz=rate_hz)
    source.pictures(distances(warning=2.0), 3)
    source.picture(WILD)
    at_end = alarms_at_end(source.memory, (_tube(LeakSite.ANTERIOR),), source.settings)
    assert {alarm.kind for alarm in at_end if alarm.last_frame is None} == {
        EventKind.WARNING_LINE,
        EventKind.POSTERIOR_WALL,
        EventKind.LEAK,
    }
    assert {alarm.first_frame for alarm in at_end if alarm.last_frame is None} == {source.frame}
    assert NEAR[0] in [alarm.kind for alarm in at_end if alarm.last_frame is not None]
    source.pictures(distances(warning=2.0), 3)
    assert told_of(source) == [NEAR[0]], "the run has gone on, and the next pictures denied it"
    assert alarms_at_end(source.memory, (), source.settings) == all_alarms(source.memory)


def test_a_shot_that_sees_no_cement_does_not_withdraw_the_canal() -> None:
    source = Shots()
    for _ in range(3):
        source.exposure(distances())
    canal = (EventKind.POSTERIOR_WALL, AlarmSite.POSTERIOR)
    nothing = replace(distances(AWAY, AWAY, AWAY, AWAY, AWAY, area_mm2=0.0), mm=dict.fromkeys(Line, AWAY))
    assert canal in kinds(source.exposure(distances(warning=-5.0, wall=-1.0)))
    acknowledge(source.memory)
    assert canal in kinds(source.exposure(nothing)), "cement cannot have gone: one shot may not have seen it"
    assert canal not in kinds(source.exposure(nothing)), "two shots without it, and a person has seen the alarm"
    assert canal in kinds(source.exposure(distances(warning=-5.0, wall=-1.0)))
    acknowledge(source.memory)
    assert canal not in kinds(source.exposure(distances())), "a shot that measures the line denies it"
