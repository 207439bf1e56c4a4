import cv2
import numpy as np
import pytest

from assistant.capture.masking.field_shape import FieldOutline, fit_shape, stretched_by

ROWS, COLS = 102, 128


def circle(x: float = 60, y: float = 50, radius: float = 44) -> np.ndarray:
    rows, cols = np.mgrid[0:ROWS, 0:COLS]
    return (cols - x) ** 2 + (rows - y) ** 2 <= radius**2


def box(x0: int, y0: int, x1: int, y1: int) -> np.ndarray:
    made = np.zeros((ROWS, COLS), bool)
    made[y0:y1, x0:x1] = True
    return made


def hull(mask: np.ndarray) -> np.ndarray:
    """As the field is found: convex."""
    made = np.zeros(mask.shape, np.uint8)
    cv2.fillConvexPoly(made, cv2.convexHull(cv2.findNonZero(mask.astype(np.uint8))), 1)
    return made.astype(bool)


@pytest.mark.parametrize("radius", [30.0, 44.0, 58.0], ids=["small", "whole", "cut by the picture"])
def test_a_circle_keeps_all_of_its_field(radius: float) -> None:
    field = circle(radius=radius)
    found = fit_shape(field)
    assert found.outline is FieldOutline.CIRCLE
    assert not (field & ~found.inside).any()


def test_a_word_that_touches_the_circle_stays_out() -> None:
    word = box(96, 30, 118, 36)
    found = fit_shape(hull(circle() | word))
    assert found.outline is FieldOutline.CIRCLE
    assert not (word & found.inside & ~circle(radius=48)).any()


def test_a_word_that_touches_a_rectangle_stays_out() -> None:
    field, word = box(20, 10, 100, 90), box(100, 40, 120, 46)
    found = fit_shape(field | word)
    assert found.outline is FieldOutline.RECTANGLE
    assert not (field & ~found.inside).any()
    assert not (word & found.inside)[:, 102:].any()


def test_a_picture_without_a_border_and_a_field_of_no_known_shape() -> None:
    assert fit_shape(np.ones((ROWS, COLS), bool)).outline is FieldOutline.WHOLE
    triangle = np.tri(ROWS, COLS, dtype=bool) & box(10, 10, 90, 95)
    found = fit_shape(triangle)
    assert found.outline is FieldOutline.UNCLEAR
    assert found.inside.all()


def ellipse(wide: float, high: float, rows: int = 90, cols: int = 128) -> np.ndarray:
    y, x = np.mgrid[0:rows, 0:cols]
    return ((x - cols / 2) / wide) ** 2 + ((y - rows / 2) / high) ** 2 <= 1


@pytest.mark.parametrize(
    ("wide", "high", "told"), [(57, 40, 1.42), (40, 44, 0.91), (50, 60, 0.83), (40, 40, None), (41, 40, None)]
)
def test_a_round_field_that_was_stretched(wide: float, high: float, told: float | None) -> None:
    """The fifth is cut off above and below by the picture's edge."""
    assert stretched_by(ellipse(wide, high)) == (None if told is None else pytest.approx(told, abs=0.03))


def test_other_fields_say_nothing_of_stretching() -> None:
    square = np.zeros((90, 128), bool)
    square[10:80, 20:110] = True
    octagon = square.copy()
    for k in range(25):
        octagon[10 + k, 20 : 45 - k] = octagon[10 + k, 85 + k : 110] = False
        octagon[79 - k, 20 : 45 - k] = octagon[79 - k, 85 + k : 110] = False
    part = ellipse(57, 40)
    part[:, 50:] = False
    for field in (square, octagon, part, np.ones((90, 128), bool), np.zeros((90, 128), bool)):
        assert stretched_by(field) is None
