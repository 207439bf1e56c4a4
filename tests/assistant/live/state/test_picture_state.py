from dataclasses import fields, replace
from itertools import product

import pytest

from assistant.live.messages import Lines, LiveState
from assistant.live.state.picture_state import Known, Terms, judge, quiet
from assistant.vocabulary import FrameState, Unknown

MS = 1_000_000
NOW = 100_000 * MS
GOOD = Known(
    now_ns=NOW,
    capture_well=True,
    analysis_well=True,
    frame_ns=NOW - 30 * MS,
    frame_period_ms=33.3,
    waited_since_ns=NOW - 60 * MS,
    frame_state=FrameState.LIVE,
    frame_reason="",
    noise_grey=4.0,
    frozen_after_s=1.0,
    xray_age_s=0.0,
    pulse_period_s=0.13,
    mark_lit=None,
    in_colour=False,
    frozen=False,
    lines=Lines.CONFIRMED,
    moved=False,
)


def state(**changes: object) -> LiveState:
    return judge(replace(GOOD, **changes)).state


def test_all_well_is_live_without_a_reason() -> None:
    verdict = judge(GOOD)
    assert (verdict.state, verdict.reason) == (LiveState.LIVE, "")


@pytest.mark.parametrize(
    ("age_ms", "expected"),
    [
        (249, LiveState.LIVE),
        (251, LiveState.STALE),
        (999, LiveState.STALE),
        (1001, LiveState.NO_SIGNAL),
    ],
)
def test_signal_loss_by_the_clock(age_ms: int, expected: LiveState) -> None:
    assert state(frame_ns=NOW - age_ms * MS, waited_since_ns=NOW - age_ms * MS) is expected


def test_a_slow_source_is_not_stale_between_two_of_its_frames() -> None:
    slow = {"frame_period_ms": 500.0, "frame_ns": NOW - 600 * MS, "waited_since_ns": NOW - 600 * MS}
    assert state(**slow) is LiveState.LIVE
    assert state(**slow | {"frame_ns": NOW - 1300 * MS}) is LiveState.STALE
    assert state(**slow | {"frame_ns": NOW - 2100 * MS}) is LiveState.NO_SIGNAL


def test_before_the_first_frame_there_is_no_signal() -> None:
    assert state(frame_ns=None) is LiveState.NO_SIGNAL


def test_a_dead_process_is_told_at_once() -> None:
    assert state(capture_well=False) is LiveState.NO_SIGNAL
    assert state(analysis_well=False) is LiveState.ANALYSIS_LATE
    assert state(waited_since_ns=NOW - 510 * MS) is LiveState.ANALYSIS_LATE


def test_a_blank_screen_is_no_signal_though_frames_come() -> None:
    assert state(frame_state=FrameState.NO_SIGNAL) is LiveState.NO_SIGNAL


@pytest.mark.parametrize("pulses_per_s", [1, 2, 4, 7.5, 15, 30])
def test_no_rate_of_pulses_looks_held_between_two_pulses(pulses_per_s: float) -> None:
    period_s = 1.0 / pulses_per_s
    held = {"frame_state": FrameState.FROZEN, "pulse_period_s": period_s}
    assert state(**held, xray_age_s=period_s * 1.1) is LiveState.LIVE
    assert state(**held, xray_age_s=max(1.01, 2.01 * period_s)) is LiveState.HELD


def test_a_picture_that_does_not_change_while_x_ray_is_on_is_frozen() -> None:
    held = {"frame_state": FrameState.FROZEN, "xray_age_s": 3.0}
    assert state(**held, mark_lit=False) is LiveState.HELD
    assert state(**held, mark_lit=None) is LiveState.HELD
    assert state(**held, mark_lit=True) is LiveState.FROZEN
    assert state(frozen=True) is LiveState.FROZEN


def test_lines_that_nobody_confirmed_or_that_do_not_fit() -> None:
    assert state(lines=Lines.NONE) is LiveState.UNKNOWN_VIEW
    assert state(lines=Lines.UNCONFIRMED) is LiveState.UNKNOWN_VIEW
    assert state(moved=True) is LiveState.UNKNOWN_VIEW


def test_every_combination_has_one_state_and_every_state_but_live_a_reason() -> None:
    seen = set()
    for ages, capture, analysis, frame_state, age_s, mark, colour, frozen, lines, moved in product(
        (None, 30, 400, 1500),
        (True, False),
        (True, False),
        (None, *FrameState),
        (0.0, 2.0, Unknown("x")),
        (None, True),
        (False, True),
        (False, True),
        Lines,
        (False, True),
    ):
        at = None if ages is None else NOW - ages * MS
        verdict = judge(
            replace(
                GOOD,
                frame_ns=at,
                waited_since_ns=at,
                capture_well=capture,
                analysis_well=analysis,
                frame_state=frame_state,
                xray_age_s=age_s,
                mark_lit=mark,
                in_colour=colour,
                frozen=frozen,
                lines=lines,
                moved=moved,
            )
        )
        assert bool(verdict.reason) is (verdict.state is not LiveState.LIVE)
        if verdict.state is LiveState.LIVE:
            assert lines is Lines.CONFIRMED
            assert not moved
            assert not frozen
            assert not colour
            assert capture
            assert analysis
            assert ages == 30
        seen.add(verdict.state)
    assert seen == set(LiveState)


def test_exactly_one_combination_says_that_no_crossing_is_seen() -> None:
    names = [term.name for term in fields(Terms)]
    said = []
    for values in product((True, False), repeat=len(names)):
        for armed in (True, False):
            line = quiet(Terms(**dict(zip(names, values, strict=True))), armed=armed, view="lateral")
            assert line.seen_none == line.headline.startswith("NO CROSSING SEEN")
            assert line.action
            if line.seen_none:
                said.append((values, armed))
            elif not all(values):
                assert line.headline == "NOT KNOWN"
    assert said == [((True,) * len(names), True)]


def test_unarmed_says_so() -> None:
    terms = Terms(**{term.name: True for term in fields(Terms)})
    assert quiet(terms, armed=False, view="lateral").headline == "NOT ARMED"


def test_a_held_picture_beside_a_live_one_is_never_called_x_ray_off() -> None:
    held = replace(GOOD, frame_state=FrameState.FROZEN, xray_age_s=2.0)
    assert judge(held).state is LiveState.HELD
    beside = judge(replace(held, elsewhere="right"))
    assert beside.state is LiveState.FROZEN
    assert "the picture at the right is the live one" in beside.reason
