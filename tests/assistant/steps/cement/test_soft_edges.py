from __future__ import annotations

import cv2
import numpy as np
import pytest

from assistant.steps.cement.limits import USUAL_LIMITS
from assistant.steps.cement.soft_edges import RecentMasks, drop_diffuse

MM = 0.25
SHAPE = (160, 240)
BODY = np.zeros(SHAPE, bool)
BODY[40:120, 60:150] = True
CEMENT = (105, 80)


def blob(centre: tuple[int, int], radius_px: int, blur_px: float, high: float) -> np.ndarray:
    """A round patch whose edge is blurred."""
    drawn = cv2.circle(np.zeros(SHAPE, np.float32), centre, radius_px, 1.0, -1)
    return np.asarray(high * cv2.GaussianBlur(drawn, (0, 0), blur_px), np.float32)


def judged(new: np.ndarray, *, since_s: float = 0.0, steel: np.ndarray | None = None) -> np.ndarray:
    """The mask after known cement has been there for 2 s and something new for ``since_s``."""
    known = blob(CEMENT, 25, 1.5, 60.0)
    memory = RecentMasks()
    contrast = np.maximum(known, new)
    noise = np.random.default_rng(3).normal(0.0, 0.2, SHAPE).astype(np.float32)
    contrast += cv2.GaussianBlur(noise, (0, 0), 1.5)
    both = contrast > 4.0
    for t_s in np.arange(0.0, 2.0, 0.25):
        mask = (both if t_s >= 2.0 - since_s else known > 4.0).copy()
        memory.masks.append((float(t_s), mask))
    mask = both.copy()
    drop_diffuse(memory, mask, BODY, steel, contrast, MM, 2.0, USUAL_LIMITS.soft_edge)
    return mask


def test_a_clock_that_stands_fills_no_memory():
    memory, mask = RecentMasks(), blob(CEMENT, 25, 1.5, 60.0) > 4.0
    for _ in range(200):
        drop_diffuse(memory, mask.copy(), BODY, None, blob(CEMENT, 25, 1.5, 60.0), MM, 1.0, USUAL_LIMITS.soft_edge)
    assert len(memory.masks) == 64


def test_a_patch_that_fades_out_is_no_cement():
    assert not judged(blob((190, 80), 12, 9.0, 16.0))[80, 190]


@pytest.mark.parametrize("high", [8.0, 16.0, 40.0])
def test_a_patch_that_ends_at_its_edge_is_cement_however_faint(high):
    assert judged(blob((190, 80), 10, 1.5, high))[80, 190]


def test_what_is_as_dark_as_the_known_cement_may_rise_slowly():
    assert judged(blob((190, 80), 18, 9.0, 60.0))[80, 190]


def test_what_has_been_cement_for_a_second_is_not_judged_again():
    fading = blob((190, 80), 12, 9.0, 16.0)
    assert judged(fading, since_s=1.5)[80, 190]
    assert not judged(fading, since_s=0.3)[80, 190]


def test_known_cement_and_what_it_grows_by_stay():
    assert judged(np.zeros(SHAPE, np.float32))[80, 105]
    assert judged(blob((132, 80), 12, 1.5, 30.0))[80, 140]


def test_the_edges_of_steel_are_no_edges_of_the_patch():
    steel = np.zeros(SHAPE, bool)
    steel[76:84] = True
    fading = blob((190, 80), 12, 9.0, 16.0)
    fading[steel] += 30.0
    mask = judged(fading, steel=steel)
    assert not mask[90, 190]


def test_the_first_cement_is_not_judged():
    memory, contrast = RecentMasks(), blob(CEMENT, 15, 8.0, 20.0)
    mask = contrast > 4.0
    before = mask.copy()
    drop_diffuse(memory, mask, BODY, None, contrast, MM, 0.0, USUAL_LIMITS.soft_edge)
    assert (mask == before).all()
