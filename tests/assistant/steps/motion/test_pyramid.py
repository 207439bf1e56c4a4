from __future__ import annotations

import numpy as np

from assistant.steps.motion.pyramid import Pyramid, inside, sample


def grain(deviation: float) -> np.ndarray:
    rng = np.random.default_rng(3)
    return np.clip(140 + deviation * rng.standard_normal((240, 260)), 0, 255).astype(np.uint8)


def test_a_part_is_the_whole_cut_out():
    grey = grain(10)
    at = np.array([[40.0, 40.0], [60.0, 55.0]])
    part = Pyramid(grey=grey, white=255).part(2, 0.2, 1.0, at)
    whole = Pyramid(grey=grey, white=255).lattice(2, 0.2)
    inner = part.band[12:-12, 12:-12]
    rows = slice(part.top + 12, part.top + 12 + inner.shape[0])
    assert np.allclose(inner, whole.band[rows, part.left + 12 : part.left + 12 + inner.shape[1]])


def test_a_part_is_made_once_a_picture():
    pyramid = Pyramid(grey=grain(10), white=255)
    at = np.array([[40.0, 40.0], [60.0, 55.0]])
    assert pyramid.part(2, 0.2, 1.0, at) is pyramid.part(2, 0.2, 1.0, at[:1] + 3.0)


def test_grain_of_the_logarithm_grows_with_the_noise():
    told = [float(Pyramid(grey=grain(d), white=255).lattice(1, 0.4).grain.std()) for d in (4.0, 8.0)]
    assert 1.8 < told[1] / told[0] < 2.2


def test_values_between_pixels_and_what_lies_outside():
    lattice = np.arange(20, dtype=np.float32).reshape(4, 5)
    assert sample(lattice, np.array([[1.5, 2.0]]))[0] == 11.5
    assert inside(np.array([[1.5, 2.0], [4.5, 2.0]]), lattice.shape).tolist() == [True, False]
