from __future__ import annotations

import numpy as np

from assistant.geometry import Crop
from assistant.steps.cement.baseline import Baseline
from assistant.steps.cement.border_bands import drop_bands
from assistant.steps.cement.breathing import Breathing
from assistant.steps.cement.limits import USUAL_LIMITS

SIZE, MM_PER_PX = 240, 0.22
YS, XS = np.mgrid[:SIZE, :SIZE]
KNOWN = np.hypot(XS - 120, YS - 120) < 22
BAND = (XS > 146) & (XS < 176)
NOISE = np.full((SIZE, SIZE), 3.0, np.float32)


def baseline() -> Baseline:
    whole = np.ones((SIZE, SIZE), bool)
    return Baseline(
        step=1,
        crop=Crop(x0_px=0, y0_px=0, width_px=SIZE, height_px=SIZE),
        mm_per_px=MM_PER_PX,
        usable=whole,
        body=whole,
        sign=1.0,
        lookup=np.zeros(256, np.float32),
        white=255,
        mean=np.zeros((SIZE, SIZE), np.float32),
        limits=USUAL_LIMITS,
        breathing=Breathing(USUAL_LIMITS.breathing.spacing_s),
    )


def rim() -> np.ndarray:
    edge = np.zeros((SIZE, SIZE), bool)
    edge[0] = edge[-1] = edge[:, 0] = edge[:, -1] = True
    return edge


def left_of(low: np.ndarray, contrast: np.ndarray, known: np.ndarray | None = KNOWN) -> np.ndarray:
    left = low.copy()
    drop_bands(baseline(), rim(), left, known, contrast.astype(np.float32), NOISE)
    return left


def test_a_new_part_of_a_band_that_goes_on_to_the_rim_is_no_cement():
    piece = BAND & (YS > 90) & (YS < 150)  # the rest is below the threshold
    contrast = np.where(piece, 18.0, np.where(BAND, 11.0, 0.0)) + np.where(KNOWN, 60.0, 0.0)
    left = left_of(piece | KNOWN, contrast)
    assert not left[piece].any()
    assert left[KNOWN].all()


def test_a_leak_that_ends_is_kept_also_where_a_faint_band_crosses_it():
    leak = (XS > 141) & (XS < 176) & (YS > 108) & (YS < 132)
    for faint in (0.0, 6.0):
        contrast = np.where(leak, 40.0, np.where(BAND, faint, 0.0)) + np.where(KNOWN, 60.0, 0.0)
        assert left_of(leak | KNOWN, contrast)[leak].all()


def test_what_is_known_stays_and_a_small_thing_at_the_rim_is_no_band():
    contrast = np.where(BAND, 18.0, 0.0)
    assert left_of(BAND, contrast, known=BAND).sum() == BAND.sum()
    small = (XS > 200) & (YS > 100) & (YS < 110)
    assert left_of(small, np.where(small, 18.0, 0.0)).sum() == small.sum()
