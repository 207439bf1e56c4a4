"""Bars that run out of the body are found with their sign; what runs along its border is none."""

import cv2
import numpy as np

from assistant.steps.cement.limits import USUAL_LIMITS
from assistant.steps.cement.steel_bar import bar_contrast

RING = np.array([[90.0, 80.0], [210.0, 80.0], [210.0, 200.0], [90.0, 200.0]])


def level(*lines: tuple[tuple[int, int], tuple[int, int], float, int]) -> np.ndarray:
    """Even ground with lines: from, to, grey, width in px."""
    drawn = np.full((300, 420), 120.0, np.float32)
    for start, end, grey, width in lines:
        cv2.line(drawn, start, end, grey, width)
    return drawn


def found(picture: np.ndarray, field: np.ndarray | None = None) -> tuple[tuple[float, ...], tuple[float, ...]]:
    """Dark and bright, for 16 and 24 mm."""
    seen = np.ones(picture.shape, bool) if field is None else field
    told = bar_contrast(picture, seen, RING, 0.25, USUAL_LIMITS.steel_bar)
    return told.dark, told.bright


def test_a_dark_and_a_bright_bar() -> None:
    dark, bright = found(level(((150, 140), (419, 100), 80.0, 11)))
    assert min(dark) > 20.0
    assert max(bright) < 5.0
    dark, bright = found(level(((150, 140), (419, 100), 160.0, 11)))
    assert min(bright) > 20.0
    assert max(dark) < 5.0


def test_a_step_and_the_borders_of_the_body_are_no_bars() -> None:
    step = level()
    step[:, 240:] = 60.0
    assert max(*found(step)[0], *found(step)[1]) < 5.0
    border = level(((84, 80), (216, 80), 60.0, 9), ((84, 200), (216, 200), 60.0, 9))
    across = level(((150, 140), (419, 100), 60.0, 9))
    assert max(found(border)[0]) < 0.5 * min(found(across)[0])


def test_a_bar_outside_the_field_is_not_seen() -> None:
    field = np.zeros((300, 420), bool)
    field[90:190, 100:200] = True
    assert found(level(((150, 140), (419, 100), 80.0, 11)), field) == ((0.0, 0.0), (0.0, 0.0))


def test_a_body_that_leaves_no_room_has_none() -> None:
    told = bar_contrast(
        np.full((40, 40), 90.0, np.float32), np.ones((40, 40), bool), RING * 0.1, 0.25, USUAL_LIMITS.steel_bar
    )
    assert told.dark == (0.0, 0.0)
