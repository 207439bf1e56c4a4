"""What a change of the display's tone does to a picture: exposure control moves every grey along the curve."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import cv2
import numpy as np
from numpy.typing import NDArray

from assistant.imaging.robust_statistics import middle
from assistant.steps.cement.ground_limits import ToneLimits

F32 = NDArray[np.float32]
Bool = NDArray[np.bool_]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Tones:
    """The baseline's greys in up to twelve steps of equal share.

    Attributes
    ----------
    order : array of int
        Every second pixel of the lattice that is usable, from dark to bright.
    bounds : array (n + 1,) of int
        Where each step begins in ``order``.
    centres : array (n,)
        The grey of each step, rising, in 256 steps between the darkest and the brightest.
    steps : array (rows, cols) of uint8
        Each pixel's own grey in the same steps.
    """

    order: NDArray[np.intp]
    bounds: NDArray[np.intp]
    centres: NDArray[np.float64]
    steps: NDArray[np.uint8]


def read_tones(mean: F32, usable: Bool, mm_per_px: float, limits: ToneLimits) -> Tones:
    """Sort the baseline's pixels by their grey.

    Parameters
    ----------
    mean : array (rows, cols)
    usable : array (rows, cols) of bool
    mm_per_px : float
    limits : ToneLimits
    """
    smooth = cv2.GaussianBlur(mean, (0, 0), limits.smooth_mm / mm_per_px)
    low, high = float(smooth.min()), float(smooth.max())
    steps = ((smooth - low) * np.float32(255.0 / max(high - low, 1e-3))).astype(np.uint8)
    some = steps[::2, ::2].ravel()
    seen = np.flatnonzero(usable[::2, ::2].ravel())
    # Sorted once: the px of one grey lie side by side in every later picture, and a middle is one partition of a
    # slice.
    order = seen[np.argsort(some[seen], kind="stable")]
    sorted_steps = some[order].astype(np.float64)
    equal = np.linspace(0, order.size, limits.steps + 1).astype(np.intp)
    bounds = _apart(equal, sorted_steps * (high - low) / 255.0, limits.apart_log)
    centres = np.array([sorted_steps[a:b].mean() if b > a else 0.0 for a, b in pairwise(bounds)])
    # Interpolation wants greys that rise.
    centres = np.maximum.accumulate(centres + 1e-3 * np.arange(len(centres)))
    return Tones(order=order, bounds=bounds, centres=centres, steps=steps)


def _apart(bounds: NDArray[np.intp], greys: NDArray[np.float64], apart_log: float) -> NDArray[np.intp]:
    """Drop bounds between steps that differ by less than grain does: there is nothing to tell apart."""
    kept = [int(bounds[0])]
    for bound in bounds[1:-1]:
        if greys.size and greys[min(bound, greys.size - 1)] - greys[min(kept[-1], greys.size - 1)] >= apart_log:
            kept.append(int(bound))
    return np.array([*kept, int(bounds[-1])], dtype=np.intp)


def without_tone(tones: Tones, difference: F32, mask: Bool | None, limits: ToneLimits) -> F32:
    """Take out of a difference what all pixels of about the same grey do alike.

    A dark rim or the cannula changes otherwise than the disc beside it, everywhere in the picture alike, when the tone
    does. So the middle change of a grey, known cement left out, is no cement.

    Parameters
    ----------
    tones : Tones
    difference : array (rows, cols)
    mask : array (rows, cols) of bool or None
        Known cement.
    limits : ToneLimits
    """
    # The curve of the change over the grey: medians of the steps, each believed by how many px it has, w = n / (n +
    # n0), and for the rest of the way a weighted straight line through all of them.
    sampled = difference[::2, ::2].ravel()[tones.order]
    free = None
    if mask is not None and mask.any():
        covered = cv2.dilate(mask.astype(np.uint8), np.ones((5, 5), np.uint8))
        free = (covered[::2, ::2] == 0).ravel()[tones.order]
    middles, counts = np.zeros(len(tones.centres)), np.zeros(len(tones.centres))
    for k in range(len(tones.centres)):
        part = sampled[tones.bounds[k] : tones.bounds[k + 1]]
        if free is not None:
            part = part[free[tones.bounds[k] : tones.bounds[k + 1]]]
        counts[k] = part.size
        if part.size:
            middles[k] = middle(part)
    weight = counts / (counts + limits.half_px)
    if weight.sum() < 0.5:
        return difference
    # Where few pixels of a grey are free, a line through all greys says what they would do.
    total = weight.sum()
    grey, change = (weight @ tones.centres) / total, (weight @ middles) / total
    rise = (weight @ ((tones.centres - grey) * middles)) / max(weight @ (tones.centres - grey) ** 2, 1e-9)
    curve = weight * middles + (1.0 - weight) * (change + rise * (tones.centres - grey))
    # Back to the picture by a table of 256 greys: one look-up a pixel.
    at = np.interp(np.arange(256.0), tones.centres, curve).astype(np.float32)
    return np.asarray(difference - cv2.LUT(tones.steps, at), dtype=np.float32)
