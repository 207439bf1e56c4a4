"""Things that move and are bright (bowel gas, lung, the gaps between ribs): where they leave, the picture darkens.

Cement never brightens a picture. What moves brightens one side by about as much as it darkens the other.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from assistant.imaging.resampling import box_round, coarser, finer, halvings
from assistant.imaging.robust_statistics import middle
from assistant.steps.cement.mask_limits import GasLimits

F32 = NDArray[np.float32]
Bool = NDArray[np.bool_]


@dataclass(slots=True, eq=False)
class TemporalVariance:
    """What has brightened lately.

    Attributes
    ----------
    map : array or None
        The strongest brightening in the surroundings, on cells of 1 mm, log units.
    amplitude : float
        The strongest that took some area anywhere, log units.
    edges : array or None
        The strongest close by, pixel for pixel: rims that go to and fro (ribs that breathe) darken and brighten.
    """

    map: F32 | None = None
    amplitude: float = 0.0
    edges: F32 | None = None
    extra: F32 | None = None


def temporal_variance_noise(
    memory: TemporalVariance,
    contrast: F32,
    noise: F32,
    mask: Bool | None,
    blind: Bool | None,
    mm_per_px: float,
    limits: GasLimits,
) -> F32:
    """The noise, raised where something bright moves nearby.

    Parameters
    ----------
    memory : TemporalVariance
        Changed by the call.
    contrast, noise : array (rows, cols)
        Log units; positive = darker.
    mask : array (rows, cols) of bool or None
        Known cement: edge enhancement draws a bright rim round it.
    blind : array (rows, cols) of bool or None
        Outside the X-ray field, and the cannula: what brightens there does not count.
    mm_per_px : float
    limits : GasLimits
    """
    times = halvings(mm_per_px, limits.grid_mm)
    step = 2**times
    # How much brighter than the noise each cell is. Cement never is: what is, moves, and will darken elsewhere.
    bright = np.maximum(-coarser(contrast, times) - coarser(noise, times), 0)
    if blind is not None:
        bright[coarser(blind, times) > 0] = 0
    if mask is not None and mask.any():
        covered = (coarser(mask, times) > 0).astype(np.uint8)
        halo = max(1, round(limits.halo_mm / (step * mm_per_px)))
        bright[np.asarray(cv2.dilate(covered, np.ones((2 * halo + 1, 2 * halo + 1), np.uint8))) > 0] = 0
    # The strongest that at least that area reaches: the n-th largest, so that a few hot px are no gas.
    cells = round(limits.amplitude_mm2 / (step * mm_per_px) ** 2)
    most = np.partition(bright.ravel(), -cells)[-cells] if bright.size > cells else 0.0
    memory.amplitude = max(limits.amplitude_keep * memory.amplitude, float(most))
    reach = max(1, round(limits.reach_mm / (step * mm_per_px)))
    kernel = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * reach + 1, 2 * reach + 1))
    # At least 2 x 2 cells, then carried as far as a bubble is wide, and remembered with a slow decay.
    areas = cv2.morphologyEx(bright, cv2.MORPH_OPEN, np.ones((2, 2), np.uint8))
    now = np.asarray(cv2.GaussianBlur(cv2.dilate(areas, kernel), (0, 0), 1.0), dtype=np.float32)
    if memory.map is not None:
        now = np.maximum(np.float32(limits.keep) * memory.map, now)
    memory.map = now
    memory.edges = _edges(memory.edges, contrast, noise, mask, blind, mm_per_px, limits)
    extra = np.maximum(finer(now, contrast), memory.edges)
    memory.extra = np.asarray(np.float32(limits.share) * extra, dtype=np.float32)
    return np.asarray(cv2.magnitude(noise, memory.extra), dtype=np.float32)


def _edges(
    before: F32 | None,
    contrast: F32,
    noise: F32,
    mask: Bool | None,
    blind: Bool | None,
    mm_per_px: float,
    limits: GasLimits,
) -> F32:
    beyond = np.maximum(-contrast - np.float32(limits.edge_sigma) * noise, 0)
    if blind is not None:
        beyond[blind] = 0
    if mask is not None and mask.any():
        halo = max(1, round(limits.halo_mm / mm_per_px))
        beyond[np.asarray(cv2.dilate(mask.astype(np.uint8), np.ones((2 * halo + 1, 2 * halo + 1), np.uint8))) > 0] = 0
    reach = max(1, round(limits.edge_reach_mm / mm_per_px))
    wide = np.asarray(cv2.dilate(beyond, np.ones((2 * reach + 1, 2 * reach + 1), np.uint8)), dtype=np.float32)
    return wide if before is None else np.maximum(np.float32(limits.edge_keep) * before, wide)


def drop_gas_over_bone(
    memory: TemporalVariance,
    low: Bool,
    fresh: Bool,
    bone: Bool,
    contrast: F32,
    noise: F32,
    still: F32,
    mm_per_px: float,
    limits: GasLimits,
) -> None:
    """Take out of ``low``, inside the body, what is no darker now than the bone round it.

    Cancellous bone is about even, so gas over it stands out; where gas has left the picture has darkened to bone.

    Parameters
    ----------
    memory : TemporalVariance
        What changes far more than anything moves is left alone.
    low : array (rows, cols) of bool
        What stands out; changed by the call.
    fresh : array (rows, cols) of bool
        The part to look at: in the body, and no cement until now.
    bone : array (rows, cols) of bool
        Body without anything on it.
    contrast, noise, still : array (rows, cols)
    mm_per_px : float
    limits : GasLimits
    """
    most = np.float32(limits.amplitude_times * memory.amplitude)
    fresh = fresh & (contrast < most)
    if not fresh.any():
        return
    times = halvings(mm_per_px, limits.grid_mm)
    # Normalised convolution again: the mean of the bare bone round each place, where there is enough of it.
    weight = bone.astype(np.float32)
    sigma = limits.bone_mm / (mm_per_px * 2**times)
    total = np.asarray(cv2.GaussianBlur(coarser(weight, times), (0, 0), sigma), dtype=np.float32)
    summed = np.asarray(cv2.GaussianBlur(coarser(weight * still, times), (0, 0), sigma), dtype=np.float32)
    ground = finer(np.asarray(summed / np.maximum(total, np.float32(1e-6)), dtype=np.float32), still)
    known = finer(total, still) > limits.bone_known
    # Where gas has left, the picture has darkened (contrast) but only to the bone's own level (ground - still is
    # small).
    low &= ~(fresh & known & (ground - still < np.float32(limits.bone_share) * contrast - 2 * noise))


def drop_gas_gone(
    memory: TemporalVariance,
    low: Bool,
    known: Bool | None,
    free: Bool,
    contrast: F32,
    still: F32,
    mm_per_px: float,
    limits: GasLimits,
) -> None:
    """Take out of ``low`` each lobe that is not darker now than the ring round it: something bright went away.

    Parameters
    ----------
    memory : TemporalVariance
        What changes far more than anything moves is left alone.
    low : array (rows, cols) of bool
        What stands out; changed by the call.
    known : array (rows, cols) of bool or None
        Cement of the picture before. It was looked at when it came; its outermost rim is looked at again and again.
    free : array (rows, cols) of bool
        Usable, and no cannula.
    contrast, still : array (rows, cols)
    mm_per_px : float
    limits : GasLimits
    """
    fresh = (low & free).astype(np.uint8)
    if known is not None:
        fresh[np.asarray(cv2.erode(known.astype(np.uint8), np.ones((5, 5), np.uint8))) > 0] = 0
    margin = max(2, round(limits.ring_mm / mm_per_px))
    part = box_round(fresh, margin)
    low, free, contrast, still = low[part], free[part], contrast[part], still[part]
    if not low.size:
        return
    count, labels, stats, _ = cv2.connectedComponentsWithStats(fresh[part], connectivity=8)
    least_px = limits.lobe_mm2 / mm_per_px**2
    kernel = np.ones((2 * margin + 1, 2 * margin + 1), np.uint8)
    for label in range(1, count):
        if stats[label, cv2.CC_STAT_AREA] < least_px:
            continue
        # In the lobe's own box: most of the lattice is far away, and the rings are costly.
        x, y, w, h = stats[label, :4]
        box = (slice(max(0, y - margin), y + h + margin), slice(max(0, x - margin), x + w + margin))
        lobe = labels[box] == label
        ring = (np.asarray(cv2.dilate(lobe.astype(np.uint8), kernel)) > 0) & ~low[box] & free[box]
        if ring.sum() < limits.ring_px:
            continue
        changed = middle(contrast[box][lobe])
        if changed > limits.amplitude_times * memory.amplitude:
            continue
        darker_now = middle(still[box][ring]) - middle(still[box][lobe])
        if darker_now < limits.darker_share * changed:
            low[box][lobe] = False
