import re
from dataclasses import replace

import numpy as np
import pytest

from assistant.live.alarms.conditions import Situation, of_cement, says_moved, technical
from assistant.live.messages import Lines, LiveState
from assistant.vocabulary import Alarm, AlarmSite, EventKind, Leak, LeakSite, Priority, Shape, Unknown

UNKNOWN = Unknown("x")
CALM = Situation(
    slow_ms=250.0,
    state=LiveState.LIVE,
    state_s=5.0,
    armed=True,
    lines=Lines.CONFIRMED,
    minutes_left=300.0,
    lag_p95_ms=40.0,
    battery_percent=UNKNOWN,
)
HIGH, MEDIUM, LOW = Priority.HIGH, Priority.MEDIUM, Priority.LOW


def rows(**changes: object) -> dict[str, Priority]:
    return {row.code: row.priority for row in technical(replace(CALM, **changes))}


def leak_in_disc(shape: Shape | None = None, site: LeakSite = LeakSite.SUPERIOR_DISC, yeom: str = "C") -> Leak:
    return Leak(
        site=site,
        first_frame=1,
        area_mm2=5.0,
        length_mm=3.0,
        width_mm=2.0,
        yeom=yeom,
        magnitude="minor",
        shape=shape,
        outline_px=np.zeros((0, 2)),
    )


def alarm(kind: EventKind, priority: Priority, site: AlarmSite | None = AlarmSite.POSTERIOR) -> Alarm:
    return Alarm(kind=kind, site=site, priority=priority, first_frame=1, last_frame=None, headline="X", action="y")


def test_nothing_is_told_while_all_is_well() -> None:
    assert rows() == {}
    assert rows(armed=False) == {}


@pytest.mark.parametrize(
    ("state", "armed", "unarmed"),
    [
        (LiveState.NO_SIGNAL, HIGH, LOW),
        (LiveState.FROZEN, HIGH, MEDIUM),
        (LiveState.ANALYSIS_LATE, HIGH, LOW),
        (LiveState.NOT_FLUOROSCOPY, HIGH, MEDIUM),
    ],
)
def test_monitoring_lost(state: LiveState, armed: Priority, unarmed: Priority) -> None:
    assert rows(state=state) == {"A7": armed}
    assert rows(state=state, armed=False) == {"A7": unarmed}


def test_stale_changes_nothing() -> None:
    assert rows(state=LiveState.STALE) == {}


def test_a_held_image_is_told_after_ten_seconds_and_only_armed() -> None:
    assert rows(state=LiveState.HELD, state_s=9.0) == {}
    assert rows(state=LiveState.HELD, state_s=12.0) == {"A12": LOW}
    assert rows(state=LiveState.HELD, state_s=12.0, armed=False) == {}


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"moved": True}, {"A8": HIGH}),
        ({"moved": True, "armed": False}, {"A8": MEDIUM}),
        ({"lines": Lines.UNCONFIRMED}, {"A8": MEDIUM}),
        ({"lines": Lines.UNCONFIRMED, "armed": False, "void_reason": "the capture was started again"}, {"A8": MEDIUM}),
        ({"lines": Lines.NONE, "armed": False}, {}),
    ],
)
def test_lines_that_are_not_valid(changes: dict[str, object], expected: dict[str, Priority]) -> None:
    assert rows(state=LiveState.UNKNOWN_VIEW, **changes) == expected


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"sound_fault": "no device"}, {"A10": MEDIUM}),
        ({"tracked": False}, {"A11": MEDIUM}),
        ({"tracked": False, "armed": False}, {"A11": LOW}),
        ({"shape_fault": "no model"}, {"A13": LOW}),
        ({"recording_fault": "disk full"}, {"A14": LOW}),
        ({"minutes_left": 29.0}, {"A15": LOW}),
        ({"lag_p95_ms": 310.0}, {"A16": LOW}),
        ({"dropped_share": 0.06}, {"A16": LOW}),
        ({"log_fault": "x"}, {"A17": LOW}),
        ({"battery_percent": 15.0}, {"A18": MEDIUM}),
    ],
)
def test_each_technical_row_alone(changes: dict[str, object], expected: dict[str, Priority]) -> None:
    assert rows(**changes) == expected


def test_the_words_fit_the_bar() -> None:
    worst = replace(
        CALM,
        state=LiveState.NO_SIGNAL,
        sound_fault="x",
        shape_fault="x",
        recording_fault="x",
        log_fault="x",
        minutes_left=5.0,
        battery_percent=3.0,
    )
    held = replace(CALM, state=LiveState.HELD, state_s=99.0)
    for row in [*technical(worst), *technical(held)]:
        assert len(row.headline.split()) <= 5
        assert len(row.action.split()) <= 8
        assert not re.search(r"\b(safe|clear|ok|no leak|good)\b", f"{row.headline} {row.action}".lower())


def test_the_pipelines_alarms_get_their_codes_and_its_technical_ones_are_left_out() -> None:
    standing = [
        alarm(EventKind.WARNING_LINE, HIGH),
        alarm(EventKind.POSTERIOR_WALL, HIGH),
        alarm(EventKind.LEAK, HIGH, AlarmSite.ANTERIOR),
        alarm(EventKind.APPROACHING_POSTERIOR, MEDIUM),
        alarm(EventKind.ENDPLATE, MEDIUM, AlarmSite.SUPERIOR_ENDPLATE),
        alarm(EventKind.LEAK, MEDIUM, AlarmSite.INFERIOR_ENDPLATE),
        alarm(EventKind.LEAK, MEDIUM, AlarmSite.LATERAL),
        alarm(EventKind.APPROACHING_ENDPLATE, LOW, AlarmSite.SUPERIOR_ENDPLATE),
        alarm(EventKind.NO_SIGNAL, HIGH, None),
        alarm(EventKind.FROZEN, LOW, None),
    ]
    wanted = of_cement(standing, held=False)
    assert [row.code for row in wanted] == ["A1", "A2", "A3", "A4", "A5", "A5", "A6"]
    assert [row.latched for row in wanted] == [True, True, True, False, True, True, True]
    assert wanted[1].burst_s == 2.5


def test_a_leak_that_stands_takes_the_place_of_the_first_stage_and_a_vein_that_of_the_leak() -> None:
    standing = [
        alarm(EventKind.LEAK, MEDIUM, AlarmSite.SUPERIOR_ENDPLATE),
        alarm(EventKind.LEAK, HIGH, AlarmSite.ANTERIOR),
    ]
    in_disc, vein = of_cement(standing, held=False)
    assert in_disc.replaces == (("A5", EventKind.ENDPLATE),)
    assert vein.replaces == (("A6", EventKind.LEAK),)


def test_a_medium_that_stood_when_x_ray_went_off_stays_to_be_read_without_sound() -> None:
    standing = [alarm(EventKind.APPROACHING_POSTERIOR, MEDIUM), alarm(EventKind.WARNING_LINE, HIGH)]
    near, line = of_cement(standing, held=True)
    assert near.before_held
    assert not line.before_held


def test_another_planned_view_is_no_move() -> None:
    assert says_moved([alarm(EventKind.REGISTRATION_LOST, MEDIUM, None)])
    assert says_moved([alarm(EventKind.VIEW_CHANGED, HIGH, None)])
    assert not says_moved([alarm(EventKind.VIEW_CHANGED, LOW, None)])
