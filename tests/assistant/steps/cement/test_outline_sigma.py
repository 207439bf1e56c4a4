"""The outline's uncertainty against what noise on a straight edge does to it."""

import numpy as np
import pytest

from assistant.steps.cement.limits import USUAL_LIMITS
from assistant.steps.cement.outline_sigma import outline_sigma_mm


@pytest.mark.parametrize(("slope", "sigma"), [(4.0, 1.0), (2.0, 0.5), (8.0, 4.0)])
def test_an_edge_of_known_slope_is_as_uncertain_as_its_noise_says_and_the_floor(slope: float, sigma: float) -> None:
    columns = np.arange(60, dtype=np.float32)
    contrast = np.tile(np.clip((30 - columns) * slope, -40, 40), (50, 1)).astype(np.float32)
    mask = contrast > 0
    noise = np.full_like(contrast, sigma)
    told = outline_sigma_mm(contrast, mask, noise, 0.25, USUAL_LIMITS.outline)
    assert told == pytest.approx(0.15 + 2.3 * sigma / slope * 0.25, rel=0.02)


def test_no_cement_has_no_outline() -> None:
    nothing = np.zeros((20, 20), np.float32)
    assert outline_sigma_mm(nothing, nothing > 1, nothing + 1, 0.25, USUAL_LIMITS.outline) == 0.0
