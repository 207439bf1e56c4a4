from __future__ import annotations

import cv2
import numpy as np
import pytest

from assistant.steps.cement.limits import USUAL_LIMITS
from assistant.steps.cement.veiling_glare import without_glare

MM = 0.25
SHAPE = (220, 240)
FREE = np.ones(SHAPE, bool)


def disc(x: int, y: int, radius: int, value: float) -> np.ndarray:
    drawn = np.zeros(SHAPE, np.float32)
    cv2.circle(drawn, (x, y), radius, value, -1)
    return cv2.GaussianBlur(drawn, (0, 0), 1.5)


CEMENT = disc(120, 110, 32, 100.0)
KNOWN = CEMENT > 20.0
GRAIN = 1.0 * cv2.GaussianBlur(np.random.default_rng(0).standard_normal(SHAPE).astype(np.float32), (0, 0), 1.5)


def glare(share: float, width_mm: float) -> np.ndarray:
    wide = share * cv2.GaussianBlur(CEMENT, (0, 0), width_mm / MM)
    outside = (~KNOWN).astype(np.float32)
    sigma = 4.0 / MM
    return wide - cv2.GaussianBlur(outside * wide, (0, 0), sigma) / (cv2.GaussianBlur(outside, (0, 0), sigma) + 1e-3)


@pytest.mark.parametrize(("share", "width_mm"), [(0.3, 1.5), (0.4, 2.5), (0.4, 4.0), (-0.3, 2.5)])
def test_what_spreads_from_the_cement_is_taken_out_whatever_its_width_and_sign(share, width_mm):
    change = CEMENT + glare(share, width_mm) + GRAIN
    rest = without_glare(change, KNOWN, CEMENT, FREE, MM, USUAL_LIMITS)
    away_mm = cv2.distanceTransform((~KNOWN).astype(np.uint8), cv2.DIST_L2, 5) * MM
    ring = (away_mm > 1.0) & (away_mm < 4.0)
    off, left = (np.abs((a - CEMENT - GRAIN)[ring]).mean() for a in (change, rest))
    assert left < 0.5 * off


def test_a_leak_beside_the_cement_stays():
    leak = disc(120, 68, 6, 12.0)
    change = CEMENT + glare(0.3, 2.5) + GRAIN
    plain = without_glare(change, KNOWN, CEMENT, FREE, MM, USUAL_LIMITS)
    seen = without_glare(change + leak, KNOWN, CEMENT, FREE, MM, USUAL_LIMITS)
    assert (seen - plain)[leak > 6].mean() > 0.8 * leak[leak > 6].mean()


@pytest.mark.parametrize(("known", "contrast"), [(None, CEMENT), (KNOWN, None), (np.zeros(SHAPE, bool), CEMENT)])
def test_without_known_cement_nothing_is_taken_out(known, contrast):
    assert without_glare(GRAIN, known, contrast, FREE, MM, USUAL_LIMITS) is GRAIN


def test_where_nothing_is_left_to_read_it_from_nothing_is_taken_out():
    assert without_glare(GRAIN, KNOWN, CEMENT, KNOWN, MM, USUAL_LIMITS) is GRAIN
