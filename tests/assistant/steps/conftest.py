"""The small patient of the simulator, whose motion and cement a test gives: pictures for the tests of single steps."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from numpy.typing import NDArray

from assistant.geometry import Similarity
from assistant.simulation.tabletop import COLS, ROWS, Tabletop

CENTRE_PX = (160.0, 145.0)


def disc_mask(x_px: float, y_px: float, radius_px: float) -> NDArray[np.bool_]:
    """A disc in reference px."""
    ys, xs = np.mgrid[0:ROWS, 0:COLS]
    return (xs - x_px) ** 2 + (ys - y_px) ** 2 <= radius_px**2


@pytest.fixture
def tabletop() -> type[Tabletop]:
    return Tabletop


@pytest.fixture
def disc() -> Callable[[float, float, float], NDArray[np.bool_]]:
    return disc_mask


def shifted(dx_px: float, dy_px: float, rotation_deg: float = 0.0, scale: float = 1.0) -> Similarity:
    return Similarity(dx_px=dx_px, dy_px=dy_px, rotation_deg=rotation_deg, scale=scale, centre_px=CENTRE_PX)


@pytest.fixture
def moved_by() -> Callable[..., Similarity]:
    return shifted
