"""Cement so faint that grain takes it apart: looked for over a larger surrounding, and for longer."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from assistant.imaging.resampling import coarser, disc, finer
from assistant.steps.cement.baseline import Baseline
from assistant.steps.cement.mask_limits import LowContrastLimits
from assistant.steps.cement.noise import coarse_noise

F32 = NDArray[np.float32]
Bool = NDArray[np.bool_]


@dataclass(slots=True, eq=False)
class LowContrast:
    """What is remembered of the larger surrounding.

    Attributes
    ----------
    mean : array or None
        The contrast, averaged in time, at a quarter of the resolution.
    amplitude : array or None
        The strongest brightening of it in the surroundings lately.
    last_s : float
        Time of the last picture.
    """

    mean: F32 | None = None
    amplitude: F32 | None = None
    last_s: float = 0.0


def low_contrast_evidence(
    memory: LowContrast, baseline: Baseline, contrast: F32, known: Bool | None, t_s: float
) -> tuple[F32, F32]:
    """Evidence inside the body over a larger surrounding, steel left out, and how many times its noise.

    In the mean of the last pictures, at a quarter of the resolution: grain takes faint cement apart, and a lobe of some
    mm that stays stands out all the same.

    Parameters
    ----------
    memory : LowContrast
        Changed by the call.
    baseline : Baseline
    contrast : array (rows, cols)
        Log units, smoothed in time.
    known : array (rows, cols) of bool or None
        What says nothing of the noise: known cement, blades.
    t_s : float
        Frame time.

    Returns
    -------
    evidence, significance : array (rows, cols)
        Above 0 where cement stands out; how many times the noise the contrast is.
    """
    limits = baseline.limits.low_contrast
    free = baseline.usable if known is None else baseline.usable & ~known
    # Averaged in space first and in time then: both lower the noise by the square root of what they average, and the
    # noise of the mean is measured in the mean itself.
    mean = _averaged(memory, _without_steel(baseline, contrast), t_s, limits)
    still = coarse_noise(baseline, mean, _thinned(free, mean, limits.halvings))
    noise = _with_amplitude(memory, baseline, mean, still, known)
    reach = disc(limits.reach_mm, 2**limits.halvings * baseline.mm_per_px)
    edge = np.maximum(limits.edge_share * cv2.dilate(mean, reach), limits.sigma * noise)
    # Outside the body it never speaks for cement: there a patch of that size and strength is gas.
    beyond = np.where(_thinned(baseline.body, mean, limits.halvings), mean - edge, -np.abs(mean) - edge)
    return finer(np.asarray(beyond, np.float32), contrast), finer(mean / noise, contrast)


def _without_steel(baseline: Baseline, contrast: F32) -> F32:
    """The smoothed contrast on a coarser lattice; 0 where there is next to nothing but steel."""
    limits = baseline.limits.low_contrast
    sigma = limits.smooth_mm / (2**limits.halvings * baseline.mm_per_px)
    if baseline.cannula is None:
        return np.asarray(cv2.GaussianBlur(coarser(contrast, limits.halvings), (0, 0), sigma), dtype=np.float32)
    there = 1.0 - coarser(baseline.cannula.mask, limits.halvings)
    small = coarser(contrast * ~baseline.cannula.mask, limits.halvings)
    coarse = np.asarray(cv2.GaussianBlur(small, (0, 0), sigma) / (cv2.GaussianBlur(there, (0, 0), sigma) + 1e-3))
    coarse[there < 0.25] = 0.0
    return coarse


def _averaged(memory: LowContrast, coarse: F32, t_s: float, limits: LowContrastLimits) -> F32:
    # 1 - exp(-dt / T) is about dt / T: the same average at any rate of pictures, within the two bounds.
    gain = np.float32(np.clip((t_s - memory.last_s) / limits.average_s, limits.gain_least, limits.gain_most))
    memory.mean = coarse.copy() if memory.mean is None else memory.mean + gain * (coarse - memory.mean)
    memory.last_s = t_s
    return memory.mean


def _with_amplitude(memory: LowContrast, baseline: Baseline, coarse: F32, noise: F32, known: Bool | None) -> F32:
    """The noise, raised where the mean has brightened nearby: what moves, at the scale that is looked at."""
    limits = baseline.limits.low_contrast
    bright = np.maximum(-coarse - noise, 0)
    bright[~_thinned(baseline.usable, coarse, limits.halvings)] = 0
    lattice_mm = 2**limits.halvings * baseline.mm_per_px
    if baseline.cannula is not None:
        bright[coarser(baseline.cannula.mask, limits.halvings) > 0] = 0
    if known is not None and known.any():
        covered = (coarser(known, limits.halvings) > 0).astype(np.uint8)
        bright[cv2.dilate(covered, disc(limits.halo_mm, lattice_mm)) > 0] = 0
    now = np.asarray(cv2.dilate(bright, disc(limits.amplitude_reach_mm, lattice_mm)), dtype=np.float32)
    memory.amplitude = (
        now if memory.amplitude is None else np.maximum(np.float32(limits.amplitude_keep) * memory.amplitude, now)
    )
    return np.asarray(cv2.magnitude(noise, np.float32(limits.amplitude_share) * memory.amplitude), dtype=np.float32)


def _thinned(mask: Bool, like: F32, halvings: int) -> Bool:
    return mask[:: 2**halvings, :: 2**halvings][: like.shape[0], : like.shape[1]]
