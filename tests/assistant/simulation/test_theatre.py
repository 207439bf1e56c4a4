import numpy as np
import pytest

from assistant.simulation.scenario import Case, Cement, Geometry, Jump, Shot
from assistant.simulation.scenario import Theatre as Knobs
from assistant.simulation.theatre import SceneMotion


def theatre(seed=1, **case):
    return SceneMotion(Case(**case), np.random.default_rng(seed))


def test_breathing_has_its_rate_and_never_goes_too_far():
    made = theatre(theatre=Knobs(breathing_spine_mm=2.0, breaths_per_min=15.0, drift_mm_per_min=0.0, rotation_deg=0.0))
    times = np.arange(0.0, 20.0, 0.05)
    breaths = np.array([made.breath(float(t)) for t in times])
    assert breaths.min() >= 0.0
    assert breaths.max() <= 1.5
    rises = np.count_nonzero((breaths[1:] > 0.3) & (breaths[:-1] <= 0.3))
    assert rises in (4, 5, 6)
    shifts = [float(np.linalg.norm(made.pose(float(t)).spine_mm)) for t in times]
    assert max(shifts) <= made.farthest_mm()
    assert np.abs(np.diff(breaths)).max() < 0.25


def test_a_jump_is_smooth_complete_and_fast():
    made = theatre(theatre=Knobs(jumps=(Jump(at_s=5.0, shift_mm=(3.0, 0.0, 20.0), takes_s=0.4),)))
    assert made.table_mm(4.99).tolist() == [0.0, 0.0, 0.0]
    assert made.table_mm(5.4) == pytest.approx([3.0, 0.0, 20.0])
    assert made.pose(5.2).speed_mm_per_s == pytest.approx(1.5 * np.hypot(3, 20) / 0.4, rel=0.02)
    assert made.pose(7.0).speed_mm_per_s == pytest.approx(0.0, abs=1e-6)


def test_swings():
    shots = (Shot(view="lateral", from_s=0.0), Shot(view="ap", from_s=4.0), Shot(view="lateral", from_s=8.0))
    made = theatre(geometry=Geometry(shots=shots, swing_s=2.0, lateral_error_deg=3.0))
    assert (made.stand(1.0).view, made.stand(1.0).orbit_deg, made.stand(1.0).swinging) == ("lateral", 3.0, False)
    assert made.stand(5.0).swinging
    assert made.stand(5.0).orbit_deg == pytest.approx(48.0)
    assert (made.stand(6.5).view, made.stand(6.5).orbit_deg) == ("ap", 93.0)
    assert made.stand(10.5).orbit_deg == 3.0


def test_balloon_and_pull_back():
    made = theatre(theatre=Knobs(balloon_from_s=2.0, balloon_to_s=6.0), cement=Cement(start_s=8.0, pull_back_mm=6.0))
    assert made.balloon_share(1.0) == made.balloon_share(6.5) == 0.0
    assert made.balloon_share(4.5) == 1.0
    assert 0.0 < made.balloon_share(2.4) < 1.0
    assert made.pulled_back_mm(10.0, 20.0) == 0.0
    assert made.pulled_back_mm(20.0, 20.0) == 6.0


def test_the_cannula_is_levered_from_a_second_before_the_cement_on():
    made = theatre(theatre=Knobs(levered_deg=2.0), cement=Cement(start_s=8.0))
    assert made.levered_deg(6.9) == theatre(cement=Cement(start_s=8.0)).levered_deg(12.0) == 0.0
    turns = np.array([made.levered_deg(t_s) for t_s in np.arange(7.5, 15.0, 0.05)])
    assert 0.5 < turns.std() < 4.0
    assert np.abs(np.diff(turns)).max() < 1.5  # nobody tears at it
    assert (np.diff(turns) == 0).mean() > 0.5  # it is held in between


def test_same_seed_same_theatre():
    one, two, other = (theatre(seed).pose(3.7) for seed in (5, 5, 6))
    assert np.array_equal(one.spine_mm, two.spine_mm)
    assert not np.array_equal(one.spine_mm, other.spine_mm)
