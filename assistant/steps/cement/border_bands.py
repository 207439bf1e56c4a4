"""What is new and goes on to the edge of what is looked at: the lung's border that breathes deeper, gas, a fold.

Such a band is as long as the picture, and where it meets cement it would be taken for cement. Cement that leaks ends
somewhere; a band goes on, about as dark, to the rim.
"""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from assistant.imaging.resampling import coarser, disc
from assistant.steps.cement.baseline import Baseline

F32 = NDArray[np.float32]
Bool = NDArray[np.bool_]


def drop_bands(baseline: Baseline, rim: Bool, low: Bool, known: Bool | None, contrast: F32, noise: F32) -> None:
    """Take out of what stands out the new parts of such bands.

    Parameters
    ----------
    baseline : Baseline
    rim : array (rows, cols) of bool
        The edge of what is looked at.
    low : array (rows, cols) of bool
        What stands out; changed by the call.
    known : array (rows, cols) of bool or None
        Cement of the picture before.
    contrast, noise : array (rows, cols)
        Log units.
    """
    limits = baseline.limits.band
    fresh = low if known is None else low & ~known
    if not fresh.any():
        return
    pixel_mm = 2**limits.halvings * baseline.mm_per_px
    # Found as a faint, long thing on a coarse lattice, where its contrast stands out of the grain all along.
    smooth = np.asarray(cv2.GaussianBlur(coarser(contrast, limits.halvings), (0, 0), limits.smooth_mm / pixel_mm))
    weak = smooth > np.float32(limits.sigma) * coarser(np.minimum(noise, np.float32(99.0)), limits.halvings)
    if baseline.cannula is not None:
        weak &= coarser(baseline.cannula.mask, limits.halvings) < 0.5
    if known is not None:
        near = (coarser(known, limits.halvings) > 0).astype(np.uint8)
        weak &= cv2.dilate(near, disc(limits.halo_mm, pixel_mm)) == 0
    # A band is large and reaches the rim; labels of such bands are carried to the fine lattice without mixing them.
    count, labels = cv2.connectedComponents(weak.astype(np.uint8), connectivity=4)
    outer = np.bincount(labels.ravel(), minlength=count) * pixel_mm**2 >= limits.least_mm2
    reaches = np.zeros(count, bool)
    reaches[labels[coarser(rim, limits.halvings) > 0]] = True
    outer &= reaches
    outer[0] = False
    if not outer.any():
        return
    bands = cv2.resize(
        np.where(outer[labels], labels, 0).astype(np.float32), low.shape[::-1], interpolation=cv2.INTER_NEAREST
    ).astype(np.intp)
    number, parts, stats, _ = cv2.connectedComponentsWithStats(fresh.astype(np.uint8), connectivity=8)
    areas = stats[:, cv2.CC_STAT_AREA]
    covered = np.bincount(parts[bands > 0], minlength=number) / np.maximum(areas, 1)
    # Each new part that lies mostly in a band is held against the rest of that band: about as dark, it is the same
    # thing.
    for label in np.flatnonzero(covered[1:] >= limits.covers) + 1:
        part = parts == label
        under = bands[part]
        rest = (labels == np.bincount(under[under > 0]).argmax()) & (coarser(part, limits.halvings) == 0)
        if rest.sum() * pixel_mm**2 < limits.least_mm2:
            continue
        if np.median(smooth[rest]) > limits.share * np.median(contrast[part]):
            low[part] = False
