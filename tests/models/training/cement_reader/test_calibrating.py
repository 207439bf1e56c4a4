"""What the network's numbers are made to mean; none of it needs PyTorch."""

import numpy as np
import pytest

from models.training.cement_reader.calibrating import calibration_error, dry_peaks, fitted, logistic, reliability


def test_a_reader_that_is_too_sure_is_told_how_much() -> None:
    rng = np.random.default_rng(1)
    honest = rng.normal(-1.0, 2.0, 40_000)
    right = (rng.random(honest.size) < logistic(honest)).astype(float)
    said = 2.5 * (honest - 0.4)
    temperature, shift = fitted(said, right)
    assert temperature == pytest.approx(2.5, rel=0.05)
    assert shift == pytest.approx(0.4, abs=0.05)
    before = calibration_error(reliability(logistic(said), right))
    after = calibration_error(reliability(logistic(said / temperature + shift), right))
    assert after < 0.01 < before


def test_reliability_counts_every_px_once() -> None:
    rows = reliability(np.array([0.0, 0.05, 0.55, 0.999, 1.0]), np.array([0.0, 0.0, 1.0, 1.0, 1.0]))
    assert sum(row["px"] for row in rows) == 5
    assert rows[-1]["said"] == pytest.approx(0.9995)
    assert rows[-1]["is"] == 1.0


def test_a_piece_without_cement_counts_only_near_the_body_and_with_enough_mass() -> None:
    body = np.zeros((60, 60), bool)
    body[20:40, 20:40] = True
    p = np.zeros((60, 60), np.float32)
    far, small, large = p.copy(), p.copy(), p.copy()
    far[2:10, 50:58] = 0.99
    small[25:27, 25:27] = 0.99
    large[25:30, 25:30] = 0.9
    assert dry_peaks([far, small, large], [body] * 3, [0.2] * 3) == [0.0, 0.0, pytest.approx(0.9)]
