import itertools

import numpy as np
import pytest

from assistant.simulation.imaging_chain import source_faults
from assistant.simulation.scenario import Case, Cement, PlanKnobs, Run, SourceFault
from assistant.simulation.theatre import SceneMotion


def frames(faults=(), **run):
    knobs = {"duration_s": 8.0, "fps": 25.0, "pulses_per_s": 7.5} | run
    case = Case(run=Run(**knobs), faults=tuple(SourceFault(kind=k, from_s=a, to_s=b) for k, a, b in faults))
    theatre = SceneMotion(case, np.random.default_rng(0))
    pulses = source_faults.pulse_times_s(case, theatre)
    return source_faults.timeline(case, pulses, np.random.default_rng(1))


def states(stored):
    return [source_faults.state_of(s, moving=False).value for s in stored]


def test_pulses_inside_video():
    stored = frames()
    assert len(stored) == 200
    assert sum(s.new for s in stored) == pytest.approx(60, abs=1)
    assert [s.new for s in stored[:9]] == [True, False, False, False, True, False, False, True, False]
    assert set(states(stored)) == {"live", "repeat"}
    assert [s.index for s in stored] == list(range(200))


@pytest.mark.parametrize("kind", ["freeze", "xray_off"])
def test_held_picture_is_repeat_for_a_second_then_frozen(kind):
    stored = frames([(kind, 3.0, 6.0)])
    last_new = max(s.t_s for s in stored if s.new and s.t_s < 3.0)
    for s, state in zip(stored, states(stored), strict=True):
        if 3.0 <= s.t_s < 6.0:
            assert not s.new
            assert state == ("repeat" if s.t_s - last_new <= 1.0 + 1e-6 else "frozen")
    after = next(s for s in stored if s.t_s >= 6.0)
    assert after.new or kind == "xray_off"
    # A hanging source loses the pulses in between; those of a tube that is off never were.
    pulses = [s.pulse for s in stored if s.new]
    assert (max(np.diff(pulses)) > 10) == (kind == "freeze")


def test_one_pulse_a_second_is_never_frozen():
    assert set(states(frames(pulses_per_s=1.0))) == {"live", "repeat"}


def test_cards_and_wrong_input():
    stored = frames([("no_signal", 2.0, 3.0), ("wrong_input", 4.0, 5.0), ("blank", 6.0, 6.5)])
    words = states(stored)
    assert {w for s, w in zip(stored, words, strict=True) if 2.0 <= s.t_s < 3.0} == {"no_signal"}
    assert {w for s, w in zip(stored, words, strict=True) if 4.0 <= s.t_s < 5.0} == {"unusable"}
    assert {w for s, w in zip(stored, words, strict=True) if 6.0 <= s.t_s < 6.5} == {"no_signal"}
    assert next(s for s in stored if s.t_s >= 3.0).new


def test_drops_keep_their_time_stamps():
    stored = frames([("drops", 2.0, 6.0)])
    assert 140 < len(stored) < 190
    times = [s.t_s for s in stored]
    assert all(b > a for a, b in itertools.pairwise(times))
    assert max(np.diff(times)) > 0.06
    assert [s.index for s in stored] == list(range(len(stored)))


def test_spoiled_frames_differ_and_leave_the_frame_alone():
    frame = np.random.default_rng(1).integers(40, 200, (128, 160)).astype(np.uint8)
    kept = frame.copy()
    for kind in ("blank", "no_signal", "wrong_input", "half_frame", "rescaled", "enlarged", "flipped", "overexposed"):
        spoiled = source_faults.spoiled(frame, kind, np.random.default_rng(2))
        assert spoiled.shape == frame.shape
        assert spoiled.dtype == np.uint8
        assert not np.array_equal(spoiled, frame)
    assert np.array_equal(frame, kept)
    assert source_faults.spoiled(frame, "picture", np.random.default_rng(2)) is frame
    assert np.array_equal(source_faults.spoiled(frame, "flipped", np.random.default_rng(2))[:, ::-1], frame)
    smooth = np.tile(np.linspace(40.0, 200.0, 160), (128, 1)).astype(np.uint8)
    slopes = [np.ptp(source_faults.spoiled(smooth, kind, np.random.default_rng(2))[64]) for kind in ("enlarged", "")]
    assert slopes[0] == pytest.approx(slopes[1] / 1.35, abs=2)


def test_a_console_plays_its_last_seconds_again_and_none_of_it_is_new():
    stored = frames([("replay", 3.0, 7.0)])
    loop = [s for s in stored if 3.0 <= s.t_s < 7.0]
    assert {s.content for s in loop} == {"replay"}
    assert not any(s.new for s in loop)
    before = [s.pulse for s in stored if s.t_s < 3.0]
    assert [s.pulse for s in loop] == before[-75:] + before[-75:-50]  # 4 s are asked for, 3 s are there
    assert set(states(loop)) == {"repeat", "frozen"}
    after = next(s for s in stored if s.t_s >= 7.0 and s.new)
    assert after.pulse == max(before) + 1  # X-ray was off all the while


def test_flicker_and_a_pointer_lie_over_a_picture_that_stays_true():
    stored = frames([("flicker", 2.0, 3.0), ("pointer", 2.5, 4.0)])
    assert {s.content for s in stored} == {"picture"}
    assert [s.over for s in stored][::25] == [(), (), ("flicker",), ("pointer",), (), (), (), ()]
    frame = np.full((256, 256), 100, np.uint8)
    both = next(s for s in stored if len(s.over) == 2)
    shown = source_faults.laid_over(frame, both, np.random.default_rng(5))
    usual = np.median(shown)
    assert usual != 100
    assert 94 <= usual <= 106
    assert 0.0005 < (shown != usual).mean() < 0.01
    assert frame.min() == frame.max() == 100
    assert source_faults.laid_over(frame, stored[0], np.random.default_rng(1)) is frame


def test_a_console_inverts_within_its_field_and_a_roadmap_shows_what_has_changed():
    field = np.zeros((40, 40), dtype=np.float32)
    field[10:30, 10:30] = 1.0
    shown = np.full((40, 40), 90, dtype=np.uint8)
    inverted = source_faults.by_console(shown, "inverted", field, None)
    assert set(inverted[10:30, 10:30].ravel()) == {165}
    assert not inverted[field == 0].any()
    later = shown.copy()
    later[15:20, 15:20] = 60
    roadmap = source_faults.by_console(later, "roadmap", field, shown)
    assert roadmap[12, 12] == 128
    assert roadmap[16, 16] < 80
    turned = source_faults.by_console(later, "turned", field, None)
    assert turned[17, 22] == 60
    assert turned[17, 17] == 90
    assert source_faults.by_console(shown, "picture", field, shown) is shown


@pytest.mark.parametrize("content", ["flipped", "enlarged", "rescaled"])
def test_where_a_point_of_the_planned_frame_stands_on_another_display(content):
    frame = np.zeros((120, 160), dtype=np.uint8)
    frame[50:55, 60:65] = 255
    ys, xs = np.nonzero(source_faults.spoiled(frame, content, np.random.default_rng(0)) > 100)
    matrix = source_faults.current_from_planned(content, 160, 120)
    assert [xs.mean(), ys.mean()] == pytest.approx(matrix @ [62.0, 52.0, 1.0], abs=0.6)


def test_lines_that_are_marked_late_are_marked_in_the_last_picture_before_that():
    case = Case(run=Run(duration_s=8.0), cement=Cement(start_s=3.0), plan=PlanKnobs(late_s=2.0))
    theatre = SceneMotion(case, np.random.default_rng(0))
    pulses = source_faults.pulse_times_s(case, theatre)
    stored = source_faults.timeline(case, pulses, np.random.default_rng(1))
    marked = source_faults.frame_to_mark(case, theatre, stored, pulses, "lateral")
    assert marked is not None
    assert 4.7 < pulses[marked.pulse] < 5.0
