"""Sizes by level."""

import itertools

import numpy as np
import pytest

from assistant.errors import UsageError
from assistant.simulation.anatomy.anatomy_sizes import LEVELS, TREATABLE, draw_sizes, mean_size


def test_the_means_lie_within_the_published_spreads():
    # Mean ± 2 SD of what could be read (facts: clinical, section 4.2).
    assert abs(mean_size("L5").anterior_height_mm - 30.3) < 2 * 1.9
    assert abs(mean_size("L5").posterior_height_mm - 26.3) < 2 * 1.9
    assert abs(mean_size("L5").depth_mm - 35.5) < 2 * 3.5
    assert abs(mean_size("L5").pedicle_width_mm - 16.1) < 2 * 2.3
    assert abs(mean_size("L5").pedicle_height_mm - 12.9) < 2 * 1.9
    assert abs(mean_size("T9").anterior_height_mm - 18.8) < 2 * 1.5
    assert abs(mean_size("T9").posterior_height_mm - 20.5) < 2 * 3.1
    assert 4.1 < mean_size("T5").pedicle_width_mm < 6.9
    assert 14.8 < mean_size("T11").pedicle_height_mm < 19.6
    assert abs(mean_size("T12").pedicle_width_mm - 8.3) < 2 * 1.8
    assert 30.0 - 2 * 2.7 < mean_size("L1").depth_mm < 30.2 + 2 * 2.7


def test_the_front_is_higher_only_in_the_lower_spine():
    for level in ("T5", "T6", "T7", "T8", "T9"):
        assert mean_size(level).anterior_height_mm < mean_size(level).posterior_height_mm
    assert mean_size("L5").anterior_height_mm > mean_size("L5").posterior_height_mm


def test_bodies_widen_and_deepen_downwards():
    sizes = [mean_size(level) for level in TREATABLE]
    assert all(a.width_mm < b.width_mm and a.depth_mm < b.depth_mm for a, b in itertools.pairwise(sizes))


def test_drawn_persons_stay_near_the_means_and_differ():
    levels = LEVELS[10:17]
    people = [draw_sizes(levels, np.random.default_rng(seed)) for seed in range(40)]
    ratios = np.array([[s.depth_mm / mean_size(s.level).depth_mm for s in person] for person in people])
    assert 0.7 < ratios.min() < ratios.max() < 1.35
    assert 0.03 < ratios.mean(axis=1).std() < 0.12
    # Neighbours of one person resemble each other more than persons do.
    assert ratios.std(axis=1).mean() < ratios.mean(axis=1).std()


def test_an_unknown_level_is_refused():
    with pytest.raises(UsageError, match="T5"):
        mean_size("C7")
