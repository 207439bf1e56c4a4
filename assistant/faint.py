"""Cement so faint that grain takes it apart: looked for over a larger surrounding."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from assistant.baseline import Baseline, coarse_noise
from assistant.coarser import coarser, disc, finer

F32 = NDArray[np.float32]
Bool = NDArray[np.bool_]

_SMOOTH_MM = 0.6
_EDGE_SHARE = 0.55
_SIGMA = 4.0
_REACH_MM = 0.8
"""As for the outline in `assistant.steps.cement`, over a larger surrounding [P]."""


def see_faint(baseline: Baseline, moves: F32 | None, contrast: F32, known: Bool | None) -> tuple[F32, F32]:
    """Evidence inside the body over a larger surrounding, steel left out, and how many times its noise.

    At half the resolution: grain takes faint cement apart, and a lobe of some mm stands out all the same.

    Parameters
    ----------
    baseline : Baseline
    moves : array (rows, cols) or None
        Noise of what moves (see `assistant.gas`): as large at any scale.
    contrast : array (rows, cols)
        Log units, smoothed in time.
    known : array (rows, cols) of bool or None
        What says nothing of the noise: known cement, blades.

    Returns
    -------
    evidence, sure : array (rows, cols)
        Above 0 where cement stands out; how many times the noise the contrast is.
    """
    cannula = baseline.cannula
    free = baseline.usable if known is None else baseline.usable & ~known
    sigma = _SMOOTH_MM / (2 * baseline.mm_per_px)
    if cannula is None:
        coarse = np.asarray(cv2.GaussianBlur(coarser(contrast, 1), (0, 0), sigma), dtype=np.float32)
    else:
        there = 1.0 - coarser(cannula.mask, 1)
        small = coarser(contrast * ~cannula.mask, 1)
        coarse = np.asarray(cv2.GaussianBlur(small, (0, 0), sigma) / (cv2.GaussianBlur(there, (0, 0), sigma) + 1e-3))
        coarse[there < 0.25] = 0.0
    noise = coarse_noise(baseline, coarse, _halved(free, coarse))
    if moves is not None:
        noise = np.asarray(cv2.magnitude(noise, coarser(moves, 1)), dtype=np.float32)
    edge = np.maximum(_EDGE_SHARE * cv2.dilate(coarse, disc(_REACH_MM, 2 * baseline.mm_per_px)), _SIGMA * noise)
    beyond = np.where(_halved(baseline.body, coarse), coarse - edge, -np.abs(coarse) - edge)
    return finer(beyond, contrast), finer(coarse / noise, contrast)


def _halved(mask: Bool, like: F32) -> Bool:
    return mask[::2, ::2][: like.shape[0], : like.shape[1]]
