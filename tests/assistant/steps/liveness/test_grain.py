from __future__ import annotations

import cv2
import numpy as np
import pytest

from assistant.steps.liveness.grain import Rows, grain_of, ratio_of

INSIDE = np.ones((40, 64), bool)
INSIDE[:, :6] = False


@pytest.fixture
def picture() -> np.ndarray:
    rng = np.random.default_rng(1)
    return cv2.GaussianBlur(rng.uniform(0, 2000, (40, 64)).astype(np.float32), (0, 0), 4.0) - 900


def grainy(picture: np.ndarray, seed: int, grey: float = 2.0) -> np.ndarray:
    return picture + grey * np.random.default_rng(seed).standard_normal(picture.shape).astype(np.float32)


def over_a_line(picture: np.ndarray, seed: int) -> np.ndarray:
    """Each row shifted by up to a third of a block, and darker or brighter."""
    rng = np.random.default_rng(seed)
    columns = np.arange(picture.shape[1], dtype=np.float32) + rng.uniform(-0.3, 0.3, (40, 1)).astype(np.float32)
    rows = np.repeat(np.arange(40, dtype=np.float32)[:, None], 64, axis=1)
    shifted = cv2.remap(picture, columns, rows, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    return np.asarray(shifted + rng.uniform(-5, 5, (40, 1)), dtype=np.float32)


def test_grain_is_the_noise_and_not_the_anatomy(picture):
    assert grain_of(grainy(picture, 2), INSIDE) == pytest.approx(2.0, rel=0.2)


def test_new_grain_alone_differs_by_one(picture):
    changes = (grainy(picture, 2) - grainy(picture, 3))[INSIDE]
    assert ratio_of(changes, 2.0) == pytest.approx(1.0, rel=0.1)
    assert ratio_of(changes + 51.0, 2.0) == pytest.approx(1.2, rel=0.1)


def test_what_a_line_does_to_a_held_picture_is_taken_off(picture):
    held = grainy(picture, 2)
    rows = Rows(over_a_line(held, 5), INSIDE, 2.0)
    assert rows.differ(over_a_line(held, 6), INSIDE) > 0.8
    assert rows.differ_beyond_line(over_a_line(held, 6)) < 0.4


def test_new_grain_is_not(picture):
    rows = Rows(over_a_line(grainy(picture, 2), 5), INSIDE, 2.0)
    assert rows.differ_beyond_line(over_a_line(grainy(picture, 3), 6)) > 0.75


def test_a_row_without_any_slope_says_nothing_wrong():
    flat = np.full((40, 64), 80, np.float32)
    assert Rows(flat, INSIDE, 1.0).differ_beyond_line(flat) == 0.0
    assert Rows(flat, np.zeros_like(INSIDE) | (np.arange(64) == 9), 1.0).differ_beyond_line(flat + 7) == 0.0


def test_flicker_is_taken_off_and_new_grain_behind_it_is_not(picture):
    held = grainy(picture, 2)
    rows = Rows(held, INSIDE, 2.0)
    assert rows.differ_beyond_line(1.06 * held) < 0.05
    assert rows.differ(np.float32(1.06) * held, INSIDE) < 0.1
    assert rows.differ_beyond_line(0.94 * grainy(picture, 3)) == pytest.approx(1.0, abs=0.15)


def test_of_next_to_nothing_it_is_not_known_how_much_it_differs(picture):
    rows = Rows(grainy(picture, 2), INSIDE, 2.0)
    few = np.zeros_like(INSIDE)
    assert rows.differ(grainy(picture, 3), few) is None
    few[0, 6:20] = True
    assert rows.differ(grainy(picture, 3), few) is None
