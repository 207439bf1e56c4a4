"""What thick cement does to the picture round it: glare and scatter darken or brighten it, the console sharpens it.

All of that spreads from the cement in widths of its own and in a strength that nobody knows beforehand. So the cement's
own contrast is spread in a few widths, and how much of each lies round it is read where no cement is: a leak that
comes there is small beside the surroundings from which the amounts are read.
"""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from assistant.imaging.resampling import coarser, finer, halvings
from assistant.imaging.robust_statistics import amounts_of

F32 = NDArray[np.float32]
Bool = NDArray[np.bool_]

_GRID_MM = 0.9
_WIDTHS_MM = (1.5, 4.0)
_SLOW_MM = 4.0
"""As in `assistant.steps.cement.baseline`: what varies more slowly has been taken out of the change."""
_FROM_MM = 1.2
_TO_MM = 9.0
"""Nearer to the cement its own edge is seen, farther off nothing of it."""
_SHARE = 0.3
"""Usual size of the amounts, in shares of the cement's contrast: weighs against the noise [P]."""
_ROBUST_SIGMA = 2.0
_ALIKE_PX = 2.0
"""Neighbouring pixels are smoothed alike: so many count for one."""
_LEAST_PX = 50


def without_glare(change: F32, known: Bool | None, contrast: F32 | None, free: Bool, mm_per_px: float) -> F32:
    """The change without what the known cement makes of its surroundings.

    Parameters
    ----------
    change : array (rows, cols)
        Log units, smoothed, without what is slow over the picture.
    known : array (rows, cols) of bool or None
        Cement of the picture before.
    contrast : array (rows, cols) or None
        Log units, of the picture before.
    free : array (rows, cols) of bool
        Usable, no steel.
    mm_per_px : float
    """
    if known is None or contrast is None or not known.any():
        return change
    times = halvings(mm_per_px, _GRID_MM)
    grid_mm = mm_per_px * 2**times
    covered = coarser(known, times) > 0
    away_mm = cv2.distanceTransform((~covered).astype(np.uint8), cv2.DIST_L2, 3) * grid_mm
    ground = (coarser(free, times) > 0.99) & (away_mm > _FROM_MM)
    told = (ground & (away_mm < _TO_MM)).ravel()
    if told.sum() < _LEAST_PX:
        return change
    cement = coarser(np.where(known, np.maximum(contrast, np.float32(0)), np.float32(0)), times)
    spreads = _spreads(cement, ground.astype(np.float32), grid_mm)
    seen = coarser(change, times).ravel()
    amounts = amounts_of(spreads, seen, told, beyond=_ROBUST_SIGMA, alike_px=_ALIKE_PX)
    made = (amounts @ spreads).reshape(covered.shape).astype(np.float32)
    return np.asarray(change - finer(made, change), dtype=np.float32)


def _spreads(cement: F32, weight: F32, grid_mm: float) -> F32:
    """The cement's contrast in each width, taken through the same levelling as the change was."""
    sigma = _SLOW_MM / grid_mm
    total = cv2.GaussianBlur(weight, (0, 0), sigma) + 1e-4
    rows = []
    for width_mm in _WIDTHS_MM:
        wide = cv2.GaussianBlur(cement, (0, 0), width_mm / grid_mm)
        level = cv2.GaussianBlur(weight * wide, (0, 0), sigma) / total
        rows.append(np.float32(_SHARE) * (wide - level).ravel())
    return np.asarray(rows, dtype=np.float32)
