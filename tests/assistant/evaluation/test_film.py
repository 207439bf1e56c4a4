import numpy as np
import pytest

from assistant.evaluation.film import exposure_starts, film_s


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
