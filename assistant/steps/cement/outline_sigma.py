"""How far the drawn outline of the cement can be off."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from assistant.imaging.robust_statistics import middle
from assistant.steps.cement.mask_limits import OutlineLimits

F32 = NDArray[np.float32]
Bool = NDArray[np.bool_]


def outline_sigma_mm(contrast: F32, mask: Bool, noise: F32, mm_per_px: float, limits: OutlineLimits) -> float:
    """Standard deviation of the outline: noise over the slope of the contrast across it, and what else moves it.

    Parameters
    ----------
    contrast, noise : array (rows, cols)
        Log units.
    mask : array (rows, cols) of bool
        The cement; 0.0 without any.
    mm_per_px : float
    limits : OutlineLimits
    """
    if not mask.any():
        return 0.0
    eroded = cv2.erode(mask.astype(np.uint8), np.ones((3, 3), np.uint8)).astype(bool)
    rim = mask & ~eroded
    ys, xs = np.nonzero(rim)
    if len(ys) > 400:
        ys, xs = ys[:: len(ys) // 400], xs[:: len(xs) // 400]
    ys, xs = np.clip(ys, 1, mask.shape[0] - 2), np.clip(xs, 1, mask.shape[1] - 2)
    # Error propagation: an edge that rises by g a px moves by sigma / g px where the threshold is off by sigma. The
    # median over the outline, for where it is flat the error has no bound.
    slope = np.hypot(contrast[ys, xs + 1] - contrast[ys, xs - 1], contrast[ys + 1, xs] - contrast[ys - 1, xs]) / 2
    by_noise_mm = middle(noise[ys, xs] / np.maximum(slope, 1e-3)) * mm_per_px
    return limits.floor_mm + limits.times * by_noise_mm
