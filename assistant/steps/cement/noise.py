"""How noisy the change is at each pixel: grain, imperfect registration at strong edges, ribs and gas that move."""

from __future__ import annotations

from functools import lru_cache

import cv2
import numpy as np
from numpy.typing import NDArray

from assistant.imaging.resampling import finer
from assistant.imaging.robust_statistics import middle
from assistant.imaging.robust_statistics import spread as spread_of
from assistant.steps.cement.baseline import Baseline
from assistant.steps.cement.cannula import find_cannula

F32 = NDArray[np.float32]
Bool = NDArray[np.bool_]


def noise_of(baseline: Baseline, change: F32, mask: Bool | None) -> F32:
    """Standard deviation of the smoothed change of one picture without cement, per pixel, in log units.

    The picture itself says how noisy it is today, the map learned before the cement where it is noisier than
    elsewhere (rims of gas, ribs that breathe), the baseline's edges what a slight misregistration makes.
    """
    return _noise(baseline, spread_in(baseline, change, mask), baseline.relative_noise)


def steady_noise(baseline: Baseline, contrast: F32, mask: Bool | None) -> F32:
    """The same after smoothing in time: grain averages out, what moves and misfits does not."""
    return _noise(baseline, spread_in(baseline, contrast, mask), baseline.slow_relative_noise)


def coarse_noise(baseline: Baseline, coarse: F32, free: Bool) -> F32:
    """The same of the contrast over a larger surrounding, on a lattice of its own; ``free``: no known cement there."""
    values = coarse[::2, ::2][free[::2, ::2]]
    least_log = baseline.limits.noise.least_log
    usual = max(spread_of(values, middle(values)), least_log) if values.size else 1.0
    return finer(_noise(baseline, usual, baseline.slow_relative_noise), coarse)


def _noise(baseline: Baseline, usual: float, relative_noise: F32 | None) -> F32:
    edges = _edge_noise(baseline)
    # Independent causes: sigma^2 = (grain x relative noise)^2 + edges^2.
    local = np.full_like(edges, np.float32(usual)) if relative_noise is None else np.float32(usual) * relative_noise
    return np.asarray(cv2.magnitude(local, edges), dtype=np.float32)


def spread_in(baseline: Baseline, change: F32, mask: Bool | None) -> float:
    """Grain of the smoothed change, mostly from its fine part: gas and haze are coarse and only partly noise."""
    free = baseline.usable if mask is None else baseline.usable & ~mask
    limits, smooth_mm = baseline.limits.noise, baseline.limits.baseline.smooth_mm
    wide = _fine_box_px(baseline.mm_per_px, smooth_mm)
    some = free[::3, ::3]
    if not some.any():
        return 1.0
    # From the fine part, scaled to what the whole would be were it all grain: haze and gas that are left over widen
    # the whole spread and are no noise of a single pixel.
    coarse = change[::3, ::3][some]
    fine = coarse - cv2.blur(change, (wide, wide))[::3, ::3][some]
    whole = spread_of(coarse, middle(coarse))
    grain = _fine_share(baseline.mm_per_px, smooth_mm, limits.grain_blur_px) * spread_of(fine)
    return max(grain, limits.coarse_share * whole, limits.least_log)


def _fine_box_px(mm_per_px: float, smooth_mm: float) -> int:
    return max(5, round(4 * smooth_mm / mm_per_px) | 1)


@lru_cache
def _fine_share(mm_per_px: float, smooth_mm: float, grain_blur_px: float) -> float:
    """Standard deviation of smoothed grain over that of its fine part, measured on made grain of a detector's blur."""
    grain = np.random.default_rng(0).standard_normal((128, 128)).astype(np.float32)
    smooth = cv2.GaussianBlur(cv2.GaussianBlur(grain, (0, 0), grain_blur_px), (0, 0), smooth_mm / mm_per_px)
    wide = _fine_box_px(mm_per_px, smooth_mm)
    return float(smooth.std() / (smooth - cv2.blur(smooth, (wide, wide))).std())


def _edge_noise(baseline: Baseline) -> F32:
    """What a registration that is off by a little makes of the baseline's strong edges."""
    if baseline.edges is None:
        limits, smooth_px = baseline.limits.noise, baseline.limits.baseline.smooth_mm / baseline.mm_per_px
        smooth: F32 = np.asarray(cv2.GaussianBlur(baseline.mean, (0, 0), smooth_px))
        # A shift by d changes a picture by |grad| d; the relief is what edge enhancement makes of the same edge.
        gx = cv2.Sobel(smooth, cv2.CV_32F, 1, 0, scale=1 / 8)
        gy = cv2.Sobel(smooth, cv2.CV_32F, 0, 1, scale=1 / 8)
        shifted = cv2.magnitude(gx, gy) * np.float32(limits.registration_mm / baseline.mm_per_px)
        relief = np.abs(smooth - cv2.GaussianBlur(smooth, (0, 0), limits.relief_mm / baseline.mm_per_px))
        baseline.edges = np.asarray(cv2.magnitude(shifted, np.float32(limits.relief_share) * relief), dtype=np.float32)
        # Here, for the smooth mean is at hand and is read anew just as often.
        found = find_cannula(smooth, baseline.body, baseline.middle, baseline.mm_per_px, baseline.limits)
        baseline.cannula = found or baseline.cannula
    return baseline.edges
