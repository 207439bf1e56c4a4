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


def select_components(
    memory: MaskMemory, low: Bool, significance: F32, contrast: F32, t_s: float, began_s: float = -np.inf
) -> Bool:
    """Keep what can be cement: grows from the body or from earlier cement, stays, and is no straight bar.

    Parameters
    ----------
    memory : MaskMemory
        Changed by the call.
    low : array (rows, cols) of bool
        What stands out; changed by the call.
    significance : array (rows, cols)
        How many times the noise the contrast is.
    contrast : array (rows, cols)
        Log units.
    t_s : float
        Frame time.
    began_s : float
        When this exposure began: cement of a picture before it has had a pause to flow on.
    """
    limits = memory.baseline.limits.components
    age_s = _age(memory, low, t_s)
    near: Bool | None = None
    if memory.started and memory.mask is not None:
        # Near enough to have flowed there since the last picture, v dt, at most for the time of a short gap.
        longest_s = limits.pause_gap_s if memory.last_s < began_s else limits.gap_s
        grown_mm = limits.front_mm_per_s * min(t_s - memory.last_s, longest_s)
        near = _within(memory.mask, limits.touch_mm + grown_mm, memory.mm_per_px)
        beside = _within(memory.mask, limits.beside_mm + grown_mm, memory.mm_per_px)
        if memory.baseline.cannula is not None:
            # ... and what comes out on the other side of the steel.
            passage = through_cannula(
                memory.baseline.cannula, memory.mask, memory.mm_per_px, memory.baseline.limits.steel
            )
            passage &= contrast > limits.at_once_share * _typical(memory, contrast)
            near |= passage
            beside |= passage
        # What shows up away from earlier cement has to be as dark as that is, or to stay for a moment.
        low &= beside | (age_s >= limits.stay_s) | (contrast > limits.at_once_share * _typical(memory, contrast))
    # From here on by connected parts; ``low`` is what the ages were counted on and has been cut down in place.
    memory.last_s = t_s
    kept = np.zeros(low.shape, bool)
    box = box_round(low)
    memory.uncertain_mm2 = 0.0
    if low[box].size:
        kept[box] = _parts(
            memory, box, low[box], None if near is None else near[box], significance[box], contrast, age_s[box]
        )
    memory.started |= bool(kept.any())
    return kept


def _parts(
    memory: MaskMemory,
    box: tuple[slice, slice],
    low: Bool,
    near: Bool | None,
    significance: F32,
    contrast: F32,
    age_s: F32,
) -> Bool:
    """Of the connected parts inside a box those that are cement."""
    limits, of_bars = memory.baseline.limits.components, memory.baseline.limits.cannula
    area_px = 1.0 / memory.mm_per_px**2
    typical = _typical(memory, contrast) if near is not None else 0.0
    contrast = contrast[box]
    count, labels, stats, _ = cv2.connectedComponentsWithStats(low.astype(np.uint8), connectivity=8)
    areas = stats[:, cv2.CC_STAT_AREA]
    certain = np.zeros(count, bool)
    # Hysteresis (Canny 1986, doi 10.1109/TPAMI.1986.4767851): a part lives if one of its px is beyond the high
    # threshold. By sets of labels rather than by growing, one pass for all parts.
    certain[labels[(significance > limits.high_sigma) & low]] = True
    keep = np.zeros(count, bool)
    if near is not None:
        keep[labels[near & low]] = True
    keep &= certain
    # First cement comes up in the body; what is new outside it and touches nothing is not cement, but may become it.
    in_body = np.bincount(labels[memory.body[box]], minlength=count)
    fresh = certain & ~keep & (areas >= limits.first_area_mm2 * area_px) & (in_body > 0.5 * areas)
    bold_px = np.bincount(labels[low & (significance > limits.tip_sigma)], minlength=count)
    stands_at_once = bold_px >= limits.at_once_mm2 * area_px
    # Where something bright moves it darkens one side by as much as it brightens the other.
    core = np.bincount(labels[low & (significance > limits.first_sigma)], minlength=count)
    beyond = low & (contrast > np.float32(limits.amplitude_share * memory.temporal_variance.amplitude))
    beyond_amplitude = np.bincount(labels[beyond], minlength=count) >= limits.first_core_mm2 * area_px
    has_core = core >= limits.first_core_mm2 * area_px
    fresh &= has_core | stands_at_once
    fresh[0] = False
    cannula = memory.baseline.cannula
    # Each new part on its own, by where it is: at a tip little is asked, along the steel more, elsewhere it must
    # stand out of all that moves, and stay.
    for label in np.flatnonzero(fresh):
        part = labels == label
        at_tip = cannula is not None and bool((part & cannula.corridor[box]).any())
        along = cannula is not None and core[label] >= limits.along_mm2 * area_px and _touches(part, cannula.mask[box])
        expected = cannula is None or at_tip or along
        at_once = expected and core[label] >= limits.at_once_mm2 * area_px
        if not at_tip and not (beyond_amplitude[label] and has_core[label]):
            continue
        stay_s = (limits.confirm_s if expected else limits.elsewhere_s) if has_core[label] else limits.tip_stay_s
        stays = float(np.median(age_s[part])) >= stay_s
        share = limits.fresh_share if at_tip else limits.elsewhere_share
        strong = float(np.percentile(contrast[part], 75)) >= share * typical
        keep[label] = (at_once or stays) and strong and not is_bar(part, memory.mm_per_px, of_bars)
    # Last, for it is counted on what is left: small and alone, it has to have stayed.
    old_px = np.bincount(labels[low & (age_s >= limits.alone_stay_s)], minlength=count)
    keep &= (areas >= limits.alone_mm2 * area_px) | (old_px >= 0.5 * areas)
    keep &= areas >= limits.speck_mm2 * area_px
    keep[0] = False
    refused = certain & ~keep & (in_body > 0.5 * areas)
    memory.uncertain_mm2 = float(areas[refused].sum()) / area_px
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
    # Since when each px stands out; a px that does not for one picture begins anew.
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
