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
from assistant.steps.cement.limits import CementLimits

F32 = NDArray[np.float32]
Bool = NDArray[np.bool_]


def without_glare(
    change: F32, known: Bool | None, contrast: F32 | None, free: Bool, mm_per_px: float, limits: CementLimits
) -> F32:
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
    limits : CementLimits
        Those of glare, and what is slow.
    """
    if known is None or contrast is None or not known.any():
        return change
    own = limits.glare
    times = halvings(mm_per_px, own.grid_mm)
    grid_mm = mm_per_px * 2**times
    covered = coarser(known, times) > 0
    # A ring round the cement, free of it: there only the glare changes the picture, but for a leak that is small.
    away_mm = cv2.distanceTransform((~covered).astype(np.uint8), cv2.DIST_L2, 3) * grid_mm
    ground = (coarser(free, times) > 0.99) & (away_mm > own.from_mm)
    counted = (ground & (away_mm < own.to_mm)).ravel()
    if counted.sum() < own.least_px:
        return change
    # Modelled as linear: c' = c + sum a_k (G_k * c), with G_k Gaussians of the two widths. Amounts may be negative: a
    # console that raises local contrast brightens what lies round cement.
    cement = coarser(np.where(known, np.maximum(contrast, np.float32(0)), np.float32(0)), times)
    spreads = _spreads(cement, ground.astype(np.float32), grid_mm, limits)
    seen = coarser(change, times).ravel()
    amounts = amounts_of(spreads, seen, counted, beyond=own.robust_sigma, alike_px=own.alike_px)
    made = (amounts @ spreads).reshape(covered.shape).astype(np.float32)
    return np.asarray(change - finer(made, change), dtype=np.float32)


def _spreads(cement: F32, weight: F32, grid_mm: float, limits: CementLimits) -> F32:
    """The cement's contrast in each width, taken through the same levelling as the change was."""
    sigma = limits.baseline.haze_mm / grid_mm
    total = cv2.GaussianBlur(weight, (0, 0), sigma) + 1e-4
    rows = []
    for width_mm in limits.glare.widths_mm:
        # Levelled as the change was: only what is left of the glare after that can be seen in it.
        wide = cv2.GaussianBlur(cement, (0, 0), width_mm / grid_mm)
        level = cv2.GaussianBlur(weight * wide, (0, 0), sigma) / total
        rows.append(np.float32(limits.glare.share) * (wide - level).ravel())
    return np.asarray(rows, dtype=np.float32)
