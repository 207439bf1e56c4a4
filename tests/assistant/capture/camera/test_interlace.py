import cv2
import numpy as np
import pytest

from assistant.capture.camera.interlace import COMBED, Deinterlacer, comb_ratio, upper_half

SHIFT_PX = 12


def scene(x: int, rng: np.random.Generator, noise: float = 5.0) -> np.ndarray:
    """Anatomy that stands at x, with grain."""
    still = np.full((240, 320), 90, np.float32)
    cv2.rectangle(still, (60 + x, 40), (140 + x, 200), 170, -1)
    cv2.circle(still, (230 + x, 120), 40, 40, -1)
    still = cv2.GaussianBlur(still, (0, 0), 1.5)
    return (still + rng.normal(0, noise, still.shape)).clip(0, 255).astype(np.uint8)


def woven(k: int, rng: np.random.Generator) -> np.ndarray:
    first, second = scene(k * SHIFT_PX % 40, rng), scene(k * SHIFT_PX % 40 + SHIFT_PX, rng)
    picture = first.copy()
    picture[1::2] = second[1::2]
    return picture


def test_a_woven_picture_is_told_from_whole_ones() -> None:
    rng = np.random.default_rng(1)
    whole = [comb_ratio(scene(k, rng)) for k in range(0, 40, 4)]
    combed = [comb_ratio(woven(k, rng)) for k in range(10)]
    assert max(whole) < COMBED - 0.1
    assert min(combed) > COMBED


def test_a_flat_or_tiny_picture_says_nothing() -> None:
    assert comb_ratio(np.full((240, 320), 7, np.uint8)) == 0.0
    assert comb_ratio(np.zeros((4, 4), np.uint8)) == 0.0


@pytest.mark.parametrize("rows", [240, 241])
@pytest.mark.parametrize("dtype", [np.uint8, np.uint16])
def test_the_upper_half_picture_is_one_instant_and_keeps_its_own_lines(rows: int, dtype: type) -> None:
    rng = np.random.default_rng(2)
    grey = rng.integers(0, np.iinfo(dtype).max, (rows, 64), dtype)
    apart = upper_half(grey)
    assert apart.shape == grey.shape
    assert apart.dtype == dtype
    np.testing.assert_array_equal(apart[::2], grey[::2])
    changed = grey.copy()
    changed[1::2] = 0
    np.testing.assert_array_equal(upper_half(changed), apart)
    assert comb_ratio(upper_half(woven(3, rng))) < COMBED


def test_auto_takes_a_woven_source_apart_after_a_few_looks_and_stays_so() -> None:
    rng = np.random.default_rng(3)
    one = Deinterlacer("auto")
    for k in range(30):
        one.apply(woven(k, rng))
    assert one.is_on
    still = scene(0, rng)
    np.testing.assert_array_equal(one.apply(still), upper_half(still))


def test_auto_leaves_a_whole_source_alone() -> None:
    rng = np.random.default_rng(4)
    one = Deinterlacer("auto")
    for k in range(60):
        picture = scene(k % 40, rng)
        assert one.apply(picture) is picture


def test_on_and_off_are_obeyed() -> None:
    rng = np.random.default_rng(5)
    picture = woven(1, rng)
    assert Deinterlacer("off").apply(picture) is picture
    np.testing.assert_array_equal(Deinterlacer("on").apply(picture), upper_half(picture))
