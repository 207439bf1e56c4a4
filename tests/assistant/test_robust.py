from __future__ import annotations

import numpy as np
import pytest

from assistant.robust import middle, spread


def test_middle_is_the_median_of_an_odd_number():
    values = np.random.default_rng(0).standard_normal(101).astype(np.float32)
    assert middle(values) == pytest.approx(float(np.median(values)))


def test_spread_is_the_standard_deviation_of_noise_and_does_not_mind_outliers():
    values = np.random.default_rng(1).normal(5.0, 2.0, 20_000)
    values[:2000] = 1000.0
    assert spread(values, middle(values)) == pytest.approx(2.0, rel=0.2)
