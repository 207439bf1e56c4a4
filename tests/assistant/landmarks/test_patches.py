"""Edges round points: polarity and brightness do not matter."""

import numpy as np

from assistant.landmarks import patches

RNG = np.random.default_rng(0)
FRAME = np.cumsum(RNG.normal(0, 0.05, (patches.FRAME_PX, patches.FRAME_PX)), axis=1).astype(np.float32)
POINTS = RNG.uniform(30, 90, (6, 2))


def test_inverted_and_brighter_pictures_give_the_same_figures() -> None:
    plain = patches.features(patches.edges(FRAME), POINTS)
    inverted = patches.features(patches.edges(1.0 - FRAME), POINTS)
    brighter = patches.features(patches.edges(2.0 * FRAME + 3.0), POINTS)
    assert plain.shape == (patches.FEATURES,)
    assert np.allclose(plain, inverted, atol=1e-3)
    assert np.corrcoef(plain, brighter)[0, 1] > 0.995


def test_features_move_with_the_points() -> None:
    told = patches.edges(FRAME)
    shifted = np.roll(told, (3, 5), axis=(0, 1))
    assert np.allclose(
        patches.features(told, POINTS), patches.features(shifted, POINTS + np.array([5.0, 3.0])), atol=1e-4
    )
