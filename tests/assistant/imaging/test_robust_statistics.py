from __future__ import annotations

import numpy as np
import pytest

from assistant.imaging.robust_statistics import amounts_of, middle, power, spread


def test_middle_is_the_median_of_an_odd_number():
    values = np.random.default_rng(0).standard_normal(101).astype(np.float32)
    assert middle(values) == pytest.approx(float(np.median(values)))


def test_spread_is_the_standard_deviation_of_noise_and_does_not_mind_outliers():
    values = np.random.default_rng(1).normal(5.0, 2.0, 20_000)
    values[:2000] = 1000.0
    assert spread(values, middle(values)) == pytest.approx(2.0, rel=0.2)


def test_amounts_are_read_beside_what_stands_out_and_only_where_it_is_told():
    rng = np.random.default_rng(0)
    parts = rng.standard_normal((2, 4000)).astype(np.float32)
    seen = (np.float32(1.5) * parts[0] - np.float32(0.7) * parts[1]).astype(np.float32)
    seen += rng.normal(0.0, 0.3, 4000).astype(np.float32)
    seen[:300] += 40.0  # a leak
    seen[3000:] = 1e3  # nothing that is told
    told = np.arange(4000) < 3000
    assert amounts_of(parts, seen, told, beyond=2.5, alike_px=2.0) == pytest.approx([1.5, -0.7], abs=0.03)


def test_amounts_that_nothing_tells_of_are_nought():
    parts = np.zeros((1, 400), np.float32)
    parts[0, :200] = 1.0
    told = np.arange(400) >= 200
    seen = np.random.default_rng(1).standard_normal(400).astype(np.float32)
    assert amounts_of(parts, seen, told, beyond=2.5, alike_px=2.0) == pytest.approx([0.0], abs=1e-6)


def test_power_is_the_mean_square_of_noise_and_what_stands_out_has_no_say():
    noise = np.random.default_rng(3).normal(0.0, 2.0, 20_000).astype(np.float32)
    assert power(noise) == pytest.approx(4.0, rel=0.05)
    noise[:500] = 300.0
    assert power(noise) == pytest.approx(4.0, rel=0.15)
