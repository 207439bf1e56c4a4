"""Which of the parts that stand out are cement: what hangs together with earlier cement, and what is new and stays."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from assistant.imaging.resampling import box_round, disc
from assistant.steps.cement.cannula import is_bar, through_cannula
from assistant.steps.cement.memory import MaskMemory

F32 = NDArray[np.float32]
Bool = NDArray[np.bool_]

HIGH_SIGMA = 5.2
_FIRST_SIGMA = 7.0
_FIRST_CORE_MM2 = 1.0
"""A part that hangs together with no earlier cement needs a core that stands out by far."""
_FIRST_AREA_MM2 = 3.0
_SPECK_MM2 = 0.5
_ALONE_MM2 = 2.0
_ALONE_STAY_S = 1.0
"""What stands alone beside the cement and is smaller has to stay for so long: cement hangs together, grain does not."""
_SWING_SHARE = 1.5
"""First cement away from a tip stands out by more than what moves."""
_TOUCH_MM = 1.2
"""Cement this near to earlier cement hangs together with it."""
_BESIDE_MM = 0.7
"""... and what shows up farther off than this has to stay for a moment."""
_FRONT_MM_PER_S = 6.0
_GAP_S = 0.3
_STAY_S = 0.3
_AT_ONCE_SHARE = 0.4
_AT_ONCE_MM2 = 3.0
_CONFIRM_S = 0.25
_ELSEWHERE_S = 2.0
"""First cement away from every cannula's tip has to stay for this long."""
_TIP_SIGMA = 4.0
_TIP_STAY_S = 1.5
"""At a cannula's tip less is enough if it stays: where the lung's border breathes, nothing reaches more."""
_ALONG_MM2 = 30.0
"""... unless it is large and lies along the cannula: it runs back beside it."""
_FRESH_SHARE = 0.2
_ELSEWHERE_SHARE = 0.5


def belonging(memory: MaskMemory, low: Bool, sure: F32, contrast: F32, t_s: float) -> Bool:
    """Keep what can be cement: grows from the body or from earlier cement, stays, and is no straight bar.

    Parameters
    ----------
    memory : MaskMemory
        Changed by the call.
    low : array (rows, cols) of bool
        What stands out; changed by the call.
    sure : array (rows, cols)
        How many times the noise the contrast is.
    contrast : array (rows, cols)
        Log units.
    t_s : float
        Frame time.
    """
    age_s = _age(memory, low, t_s)
    near: Bool | None = None
    if memory.started and memory.mask is not None:
        grown_mm = _FRONT_MM_PER_S * min(t_s - memory.last_s, _GAP_S)
        near = _within(memory.mask, _TOUCH_MM + grown_mm, memory.mm_per_px)
        beside = _within(memory.mask, _BESIDE_MM + grown_mm, memory.mm_per_px)
        if memory.baseline.cannula is not None:
            # ... and what comes out on the other side of the steel.
            passage = through_cannula(memory.baseline.cannula, memory.mask, memory.mm_per_px)
            passage &= contrast > _AT_ONCE_SHARE * _typical(memory, contrast)
            near |= passage
            beside |= passage
        # What shows up away from earlier cement has to be as dark as that is, or to stay for a moment.
        low &= beside | (age_s >= _STAY_S) | (contrast > _AT_ONCE_SHARE * _typical(memory, contrast))
    memory.last_s = t_s
    kept = np.zeros(low.shape, bool)
    box = box_round(low)
    if low[box].size:
        kept[box] = _parts(memory, box, low[box], None if near is None else near[box], sure[box], contrast, age_s[box])
    memory.started |= bool(kept.any())
    return kept


def _parts(
    memory: MaskMemory,
    box: tuple[slice, slice],
    low: Bool,
    near: Bool | None,
    sure: F32,
    contrast: F32,
    age_s: F32,
) -> Bool:
    """Of the connected parts inside a box those that are cement."""
    area_px = 1.0 / memory.mm_per_px**2
    typical = _typical(memory, contrast) if near is not None else 0.0
    contrast = contrast[box]
    count, labels, stats, _ = cv2.connectedComponentsWithStats(low.astype(np.uint8), connectivity=8)
    areas = stats[:, cv2.CC_STAT_AREA]
    certain = np.zeros(count, bool)
    certain[labels[(sure > HIGH_SIGMA) & low]] = True
    keep = np.zeros(count, bool)
    if near is not None:
        keep[labels[near & low]] = True
    keep &= certain
    in_body = np.bincount(labels[memory.body[box]], minlength=count)
    fresh = certain & ~keep & (areas >= _FIRST_AREA_MM2 * area_px) & (in_body > 0.5 * areas)
    half_sure = np.bincount(labels[low & (sure > _TIP_SIGMA)], minlength=count) >= _AT_ONCE_MM2 * area_px
    # Where something bright moves it darkens one side by as much as it brightens the other.
    core = np.bincount(labels[low & (sure > _FIRST_SIGMA)], minlength=count)
    told = low & (contrast > np.float32(_SWING_SHARE * memory.restless.swing))
    beyond_swing = np.bincount(labels[told], minlength=count) >= _FIRST_CORE_MM2 * area_px
    sure_enough = core >= _FIRST_CORE_MM2 * area_px
    fresh &= sure_enough | half_sure
    fresh[0] = False
    cannula = memory.baseline.cannula
    for label in np.flatnonzero(fresh):
        part = labels == label
        at_tip = cannula is not None and bool((part & cannula.corridor[box]).any())
        along = cannula is not None and core[label] >= _ALONG_MM2 * area_px and _touches(part, cannula.mask[box])
        expected = cannula is None or at_tip or along
        at_once = expected and core[label] >= _AT_ONCE_MM2 * area_px
        if not at_tip and not (beyond_swing[label] and sure_enough[label]):
            continue
        stay_s = (_CONFIRM_S if expected else _ELSEWHERE_S) if sure_enough[label] else _TIP_STAY_S
        stays = float(np.median(age_s[part])) >= stay_s
        share = _FRESH_SHARE if at_tip else _ELSEWHERE_SHARE
        strong = float(np.percentile(contrast[part], 75)) >= share * typical
        keep[label] = (at_once or stays) and strong and not is_bar(part, memory.mm_per_px)
    lonely = keep & (areas < _ALONE_MM2 * area_px)
    if lonely.any():
        stayed = np.bincount(labels[low & (age_s >= _ALONE_STAY_S)], minlength=count) >= 0.5 * areas
        keep &= ~lonely | stayed
    keep &= areas >= _SPECK_MM2 * area_px
    keep[0] = False
    return np.asarray(keep[labels], dtype=bool)


def _touches(part: Bool, other: Bool) -> bool:
    return bool((cv2.dilate(part.astype(np.uint8), np.ones((5, 5), np.uint8)) > 0)[other].any())


def _typical(memory: MaskMemory, contrast: F32) -> float:
    """Contrast of the cement that is known."""
    if memory.mask is None or not memory.mask[::2, ::2].any():
        return 0.0
    known = contrast[::2, ::2][memory.mask[::2, ::2]]
    rank = (3 * known.size) // 4
    return float(np.partition(known, rank)[rank])


def _age(memory: MaskMemory, low: Bool, t_s: float) -> F32:
    """For how long each pixel has stood out without a break, in s."""
    before = np.float32(np.inf) if memory.since_s is None else memory.since_s
    memory.since_s = np.where(low, np.minimum(before, np.float32(t_s)), np.float32(np.inf))
    return np.asarray(np.where(low, np.float32(t_s) - memory.since_s, 0), dtype=np.float32)


def _within(mask: Bool, reach_mm: float, mm_per_px: float) -> Bool:
    """What lies so near to a mask; looked at round it only, most of the lattice is far away."""
    kernel = disc(reach_mm, mm_per_px)
    box = box_round(mask, max(kernel.shape))
    wide = np.zeros(mask.shape, bool)
    if mask[box].size:
        wide[box] = cv2.dilate(mask[box].astype(np.uint8), kernel) > 0
    return wide
