"""Halving a lattice, against plain means."""

import numpy as np
import pytest

from assistant.imaging.resampling import WHOLE_PX, box_round, coarser, disc, finer, halvings


@pytest.mark.parametrize("times", [0, 1, 2])
def test_means_of_blocks(times: int) -> None:
    values = np.random.default_rng(1).normal(size=(8 * WHOLE_PX, 5 * WHOLE_PX)).astype(np.float32)
    block = 2**times
    plain = values.reshape(values.shape[0] // block, block, values.shape[1] // block, block).mean(axis=(1, 3))
    np.testing.assert_allclose(coarser(values, times), plain, atol=1e-6)


def test_a_mask_becomes_the_share_that_it_covers() -> None:
    mask = np.zeros((4, 4), bool)
    mask[0, :3] = True
    np.testing.assert_allclose(coarser(mask, 1), [[0.5, 0.25], [0, 0]])
    np.testing.assert_allclose(coarser(mask, 2), [[3 / 16]])


@pytest.mark.parametrize(
    ("fine_mm", "coarse_mm", "times"), [(0.2, 0.8, 2), (0.25, 1.0, 2), (0.45, 0.8, 1), (1.0, 0.8, 0)]
)
def test_the_nearest_number_of_halvings(fine_mm: float, coarse_mm: float, times: int) -> None:
    assert halvings(fine_mm, coarse_mm) == times


def test_finer_has_the_size_asked_for_and_keeps_what_is_even() -> None:
    like = np.zeros((13, 7), np.uint8)
    back = finer(np.full((3, 2), 5.0, np.float32), like)
    assert back.shape == like.shape
    np.testing.assert_allclose(back, 5.0)


def test_box_round_what_is_set() -> None:
    mask = np.zeros((30, 40), bool)
    assert mask[box_round(mask)].size == 0
    mask[10:12, 20:25] = True
    assert box_round(mask) == (slice(10, 12), slice(20, 25))
    assert box_round(mask, 15) == (slice(0, 27), slice(5, 40))


def test_a_disc_reaches_as_far_as_asked_and_never_less_than_a_pixel() -> None:
    assert disc(1.0, 0.25).shape == (9, 9)
    assert disc(0.01, 0.25).shape == (3, 3)
    assert disc(1.0, 0.25)[0, 0] == 0
