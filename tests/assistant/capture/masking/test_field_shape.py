import cv2
import numpy as np
import pytest

from assistant.capture.masking.field_shape import FieldOutline, fit_shape

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
