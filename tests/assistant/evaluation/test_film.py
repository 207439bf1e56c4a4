import numpy as np
import pytest

from assistant.evaluation.film import changes, exposure_starts, film_s, stretches


def paused(made, seconds: float = 8.0):
    """20 pictures at 10 a second, a pause after the tenth."""
    for k, row in enumerate(made.truth_rows):
        row["t_s"] = k / 20.0 + (seconds if k >= 20 else 0.0)
    made.facts["pulses_per_s"] = 10.0
    return made.truth()


def test_a_run_without_a_pause_is_one_exposure_and_all_film(made) -> None:
    truth = made.truth()
    assert exposure_starts(truth).tolist() == [True] + [False] * 19
    assert film_s(truth) == pytest.approx(2.0)


def test_a_pause_is_no_film(made) -> None:
    truth = paused(made)
    assert np.flatnonzero(exposure_starts(truth)).tolist() == [0, 10]
    assert film_s(truth) == pytest.approx(2.0)
    assert film_s(truth, np.arange(20) < 10) == pytest.approx(1.0)


def test_a_dropped_frame_is_no_pause(made) -> None:
    assert exposure_starts(paused(made, seconds=0.2)).sum() == 1


def test_stretches() -> None:
    assert stretches(np.array([True, True, False, True])) == [(0, 1), (3, 3)]
    assert stretches(np.zeros(0, dtype=bool)) == []


def test_a_picture_is_changed_where_another_planned_view_or_another_display_comes_up(made) -> None:
    pictures = np.arange(0, 40, 2)
    there = np.ones(20, dtype=bool)
    assert changes(made.truth(), pictures, there) == set()
    for k in range(10, 20):
        made.truth_rows[k]["scale"] = 1.35
    for k, row in enumerate(made.truth_rows):
        row |= {"mirrored": int(k >= 30), "mirrored_scale": row["scale"] if k >= 30 else ""}
    assert changes(made.truth(), pictures, there) == {5, 10, 15}
    assert changes(made.truth(), pictures, pictures != 18) == {5, 15}
    made.truth_rows[6]["view"] = "ap"
    assert {3, 4} < changes(made.truth(), pictures, there)
