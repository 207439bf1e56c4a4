"""A picture turned for the screen, and its points with it."""

from __future__ import annotations

import numpy as np
import pytest

from assistant.imaging.turn import Turn


@pytest.mark.parametrize("mirrored", [False, True])
@pytest.mark.parametrize("quarters", [0, 1, 2, 3])
def test_turning_the_picture_and_its_points_is_the_same(mirrored: bool, quarters: int) -> None:
    grey = np.arange(12 * 7, dtype=np.uint8).reshape(7, 12)
    turn = Turn(width_px=12, height_px=7, mirrored=mirrored, quarters=quarters)
    shown = turn.picture(grey)
    assert (shown.shape[1], shown.shape[0]) == turn.size_px
    for x, y in ((0, 0), (11, 0), (3, 5), (11, 6)):
        there = turn.forward(np.array([[x, y]]))[0]
        assert shown[int(there[1]), int(there[0])] == grey[y, x]
        assert turn.back(*there) == (x, y)
    flipped = turn.flipped().picture(grey)
    assert np.array_equal(flipped, shown[:, ::-1])
    assert np.array_equal(turn.turned().picture(grey), np.rot90(shown, -1))
