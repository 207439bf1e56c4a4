"""What a collimator's blade, or a missing part of a frame, covers now though it was seen in the reference frame."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from assistant.imaging.resampling import coarser
from assistant.steps.cement.baseline import Baseline

F32 = NDArray[np.float32]
Bool = NDArray[np.bool_]


def covered(baseline: Baseline, still: F32) -> Bool | None:
    """Where the picture has gone black from the edge of the lattice on, or white where it is inverted; None: nowhere.

    Parameters
    ----------
    baseline : Baseline
    still : array (rows, cols)
        From `assistant.steps.cement.baseline.still_picture`.

    Returns
    -------
    array (rows, cols) of bool or None
    """
    limits = baseline.limits.blade
    # What was black in the baseline is no news; what is black now may be a blade, if it comes from the edge and is
    # wide.
    black, was = _black(baseline, still), _black(baseline, baseline.mean)
    wide = max(3, round(limits.wide_mm / (4 * baseline.mm_per_px)) | 1)
    small = (coarser(black & ~was & baseline.usable, 2) > 0.5).astype(np.uint8)
    if not small.any():
        return None
    solid = np.asarray(cv2.morphologyEx(small, cv2.MORPH_OPEN, np.ones((wide, wide), np.uint8)))
    count, labels = cv2.connectedComponents(solid, connectivity=8)
    outer = np.zeros(count, bool)
    outer[np.concatenate([labels[0], labels[-1], labels[:, 0], labels[:, -1]])] = True
    outer[0] = False
    if not outer.any():
        return None
    # A little more than is black: the blade's edge is blurred.
    blade = cv2.dilate(outer[labels].astype(np.uint8), np.ones((3, 3), np.uint8))
    return np.asarray(cv2.resize(blade, still.shape[::-1], interpolation=cv2.INTER_NEAREST)) > 0


def _black(baseline: Baseline, level: F32) -> Bool:
    """Black on the screen; where the picture is inverted the console shows what a blade leaves black or white."""
    black, lookup = baseline.limits.blade.black_grey, baseline.lookup
    if baseline.sign > 0:
        return np.asarray(level <= np.float32(lookup[black]), dtype=bool)
    return np.asarray((level >= np.float32(lookup[black])) | (level <= np.float32(lookup[-1 - black])), dtype=bool)
