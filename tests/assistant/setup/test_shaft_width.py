"""The cannula's width on pictures whose width is known, and the reason where there is none."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from assistant.setup.shaft_width import measure_shaft
from assistant.vocabulary import Unknown


@pytest.mark.parametrize("width_px", [9.0, 15.0, 22.0])
@pytest.mark.parametrize("angle_deg", [0.0, 17.0, 65.0])
def test_the_cannula_s_width_is_measured_within_four_percent(width_px: float, angle_deg: float) -> None:
    grey = np.full((300, 300), 150.0, np.float32)
    along = np.array([np.cos(np.deg2rad(angle_deg)), np.sin(np.deg2rad(angle_deg))])
    rows, cols = np.mgrid[0:300, 0:300]
    off = np.abs(-(cols - 150) * along[1] + (rows - 150) * along[0])
    grey -= 90 * np.clip(width_px / 2 + 0.5 - off, 0, 1)
    noisy = cv2.GaussianBlur(grey, (0, 0), 0.8) + np.random.default_rng(3).normal(0, 5, grey.shape)
    picture_ = noisy.clip(0, 255).astype(np.uint8)
    ends = [tuple(np.array([150.0, 150.0]) + along * reach) for reach in (-60, 60)]
    found = measure_shaft(picture_, 255, ends[0], ends[1])
    assert not isinstance(found, Unknown), found
    assert found.width_px == pytest.approx(width_px, rel=0.04)


def test_no_cannula_is_unknown_with_a_reason() -> None:
    flat = np.random.default_rng(1).normal(120, 4, (200, 200)).astype(np.uint8)
    found = measure_shaft(flat, 255, (40.0, 60.0), (150.0, 110.0))
    assert isinstance(found, Unknown)
    assert found.reason
