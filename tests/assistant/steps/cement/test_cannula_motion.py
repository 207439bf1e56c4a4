from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.steps.cement.cannula_motion import learn_bar, moved_steel
from assistant.steps.cement.limits import USUAL_LIMITS

SIZE = 240
LIMITS = USUAL_LIMITS.cannula_motion
MM_PER_PX = 0.22
MIDDLE = (120.0, 120.0)
DARK = 60.0
YS, XS = np.mgrid[:SIZE, :SIZE].astype(float)


def steel(across_mm: float = 0.0, turn: float = 0.0, half_mm: float = 1.6) -> np.ndarray:
    """A cannula from the middle to the right edge, turned about its tip, with a blurred edge."""
    along = (XS - MIDDLE[0]) * MM_PER_PX
    away = np.abs((YS - MIDDLE[1]) * MM_PER_PX - across_mm - turn * along)
    shown = np.clip((half_mm + 0.4 - away) / 0.8, 0, 1) * np.clip(along / 0.8 + 0.5, 0, 1)
    return (DARK * shown).astype(np.float32)


def learned(still: np.ndarray) -> tuple:
    return (learn_bar(still, still > 0.5 * DARK, MIDDLE, MM_PER_PX, LIMITS),)


def grain(seed: int, sigma: float = 6.0) -> np.ndarray:
    return (sigma * np.random.default_rng(seed).standard_normal((SIZE, SIZE))).astype(np.float32)


NOTHING = np.zeros((SIZE, SIZE), bool)


@pytest.mark.parametrize(("across_mm", "turn"), [(0.4, 0.0), (-0.6, 0.02), (0.3, -0.03), (1.2, 0.0)])
def test_what_steel_that_moves_makes_of_the_picture_is_known(across_mm, turn):
    still = steel()
    change = steel(across_mm, turn) - still
    makes = moved_steel(learned(still), change + grain(1) + 4.0, NOTHING, LIMITS)
    assert makes is not None
    shaft = (XS - MIDDLE[0]) * MM_PER_PX > 2.0
    left = np.abs(change - makes)[shaft].sum() / np.abs(change)[shaft].sum()
    assert left < 0.5  # so much the cement step allows for


@given(st.integers(0, 10_000), st.floats(1.0, 12.0), st.floats(-10.0, 10.0))
def test_steel_that_stands_still_is_not_said_to_move(seed, sigma, brighter):
    assert moved_steel(learned(steel()), grain(seed, sigma) + np.float32(brighter), NOTHING, LIMITS) is None


@pytest.mark.parametrize("side", [-1, 1])
def test_cement_that_runs_back_beside_the_shaft_is_no_movement(side):
    still = steel()
    away = side * (YS - MIDDLE[1]) * MM_PER_PX
    along = (XS - MIDDLE[0]) * MM_PER_PX
    track = np.where((away > 1.2) & (away < 3.0) & (along > 0) & (along < 15.0), 30.0, 0.0).astype(np.float32)
    assert moved_steel(learned(still), track + grain(2), NOTHING, LIMITS) is None


def test_where_the_shaft_is_hidden_nothing_is_said():
    still = steel()
    assert moved_steel(learned(still), steel(0.6) - still, ~NOTHING, LIMITS) is None
