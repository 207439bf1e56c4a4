from __future__ import annotations

import numpy as np
import pytest

from assistant.evaluation import landmarks_cases
from assistant.simulation.anatomy.anatomy import build


@pytest.mark.parametrize(
    ("point", "seen"), [((50.0, 40.0), True), ((1.0, 40.0), False), ((50.0, 79.0), False), ((20.0, 20.0), False)]
)
def test_a_body_that_is_cut_off_is_no_case(point: tuple[float, float], seen: bool) -> None:
    grey = np.full((80, 100), 120, np.uint8)
    grey[15:25, 15:25] = 0  # behind a blade
    points = np.array([[40.0, 30.0], [60.0, 30.0], point])
    assert landmarks_cases._in_picture(points, grey) is seen


def test_stills_have_their_six_points_in_the_picture_and_are_the_same_each_time() -> None:
    anatomy = build("procedural/L2/000777/whole")
    first = list(landmarks_cases.stills_of(anatomy, 2, np.random.default_rng(5)))
    again = list(landmarks_cases.stills_of(anatomy, 2, np.random.default_rng(5)))
    assert first
    for case, same in zip(first, again, strict=True):
        assert case.points_px.shape == (6, 2)
        rows, cols = case.grey.shape
        assert ((case.points_px > 0) & (case.points_px < [cols, rows])).all()
        assert (case.identity, case.level, case.view) == (anatomy.identity, "L2", "lateral")
        assert np.array_equal(case.grey, same.grey)
        assert np.array_equal(case.points_px, same.points_px)
