"""Where cement stands, against the pictures before the injection, with the vertebra held still.

The way of one picture, on the pixel grid of the reference frame round the vertebra:

1. Logarithm of the grey, moved back by the motion, so that bone stands still and exposure is an offset.
2. Difference to the *baseline* (mean of the pictures before any cement), slow brightness taken out.
3. Divided by the noise measured there: grain, imperfect registration at strong edges, ribs and gas that move.
4. Smoothed in time per pixel: a change beyond the noise is taken over at once, the rest is averaged.
5. Threshold by hysteresis, then what hangs together with the body, with earlier cement, and is no cannula.

Cement is dark in native fluoroscopy and bright on inverted screens; `MaskMemory.sign` says which.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import cv2
import numpy as np
from numpy.typing import NDArray

from assistant.baseline import (
    Baseline,
    change_since,
    learn,
    noise_of,
    start_baseline,
    steady_noise,
    still_picture,
)
from assistant.blades import covered
from assistant.cannula import bridge_cannula, is_bar, see_through, through_cannula
from assistant.coarser import box_round, coarser, disc, finer
from assistant.faint import Faint, see_faint
from assistant.front import front_mm
from assistant.gas import Restless, drop_gas_gone, drop_gas_over_bone, restless_noise
from assistant.geometry import Crop, PointsPx, Similarity
from assistant.robust import middle
from assistant.vocabulary import CementMask, Grey

F32 = NDArray[np.float32]
Bool = NDArray[np.bool_]

_EDGE_SHARE = 0.20
"""The outline lies where the contrast is this share of the highest within `_EDGE_REACH_MM` [P]. For a path that
rises as the square root of the depth, blurred by b, theory gives 0.29 of the contrast 2 b further in; 0.20 at 0.8 mm
measured best on five simulated runs, where the thickness grows more slowly than that. Since `_HALO_SHARE` looks farther
it seldom decides: from 0.14 to 0.25 no figure moved by more than 0.003 mm on 91 runs."""
_EDGE_REACH_MM = 0.8
_LOW_SIGMA = 3.0
_HIGH_SIGMA = 5.2
_SWING_SHARE = 1.5
"""First cement away from a tip stands out by more than what moves."""
_FIRST_SIGMA = 7.0
_FIRST_CORE_MM2 = 1.0
"""A part that hangs together with no earlier cement needs a core that stands out by far."""
_FIRST_AREA_MM2 = 3.0
_SPECK_MM2 = 0.5
_RIM_MM = 2.0
_HAIR_MM = 1.1
_REFUSED_SHARE = 0.5
_HALO_SHARE = 0.12
_HALO_REACH_MM = 2.5
_HALO_SMOOTH_MM = 0.3
"""Glare, scatter and the console's local contrast leave a few hundredths of a thick mass's contrast round it: what is
fainter than this share of the highest within reach is not told from that [P]."""
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


@dataclass(slots=True, eq=False)
class MaskMemory:
    """All that the step remembers of one planned view."""

    baseline: Baseline
    body: Bool
    bone: Bool
    """The body without its rims."""
    near: Bool
    rim: Bool
    """Inside the X-ray field, at its edge or at the crop's."""
    smoothed: F32 | None = None
    faint: Faint = field(default_factory=Faint)
    mask: Bool | None = None
    since_s: F32 | None = None
    last_s: float = 0.0
    started: bool = False
    restless: Restless = field(default_factory=Restless)

    @property
    def crop(self) -> Crop:
        """The rectangle of the reference frame that the mask covers."""
        lattice, step = self.baseline.crop, self.baseline.step
        return Crop(
            x0_px=lattice.x0_px * step,
            y0_px=lattice.y0_px * step,
            width_px=lattice.width_px * step,
            height_px=lattice.height_px * step,
        )

    @property
    def mm_per_px(self) -> float:
        """Scale of the lattice."""
        return self.baseline.mm_per_px

    @property
    def sign(self) -> float:
        """+1 where cement darkens the picture, -1 where it brightens it."""
        return self.baseline.sign


def start_masking(
    reference: Grey, white: int, field_mask: Bool, crop: Crop, body_px: PointsPx, mm_per_px: float
) -> MaskMemory:
    """Prepare for a view from its reference frame; parameters as in `assistant.baseline.start_baseline`."""
    baseline = start_baseline(reference, white, field_mask, crop, body_px, mm_per_px)
    outside = np.asarray(~baseline.body, dtype=np.uint8)
    inside_mm = cv2.distanceTransform(1 - outside, cv2.DIST_L2, 5) * baseline.mm_per_px
    away_mm = cv2.distanceTransform(outside, cv2.DIST_L2, 5) * baseline.mm_per_px
    return MaskMemory(
        baseline=baseline,
        body=baseline.body,
        bone=np.asarray(inside_mm > _RIM_MM, dtype=bool),
        near=np.asarray(away_mm < 1.0, dtype=bool),
        rim=_rim(baseline.usable),
    )


def _rim(usable: Bool) -> Bool:
    inner = cv2.erode(usable.astype(np.uint8), np.ones((5, 5), np.uint8)) > 0
    rim: Bool = np.asarray(usable & ~inner, dtype=bool)
    rim[0] = rim[-1] = rim[:, 0] = rim[:, -1] = True
    return rim


def find_cement(
    memory: MaskMemory, grey: Grey, similarity: Similarity, t_s: float, *, before_injection: bool
) -> CementMask:
    """Take one new picture in and say where cement stands.

    Parameters
    ----------
    memory : MaskMemory
        Changed by the call.
    grey : array (rows, cols)
    similarity : Similarity
        Motion of the vertebra in this picture.
    t_s : float
        Frame time.
    before_injection : bool
        The plan's reference frame has not come yet: what is seen is there before any cement.
    """
    still = still_picture(memory.baseline, grey, similarity)
    blade = covered(memory.baseline, still)
    if blade is not None:
        still[blade] = memory.baseline.mean[blade]
    known = memory.mask if memory.started else None
    silent = known if blade is None else blade if known is None else blade | known
    change = change_since(memory.baseline, still, silent)
    grain = noise_of(memory.baseline, change, silent)
    smoothed = contrast = _over_time(memory, change, grain)
    cannula, scale, usable = memory.baseline.cannula, memory.mm_per_px, memory.baseline.usable
    blind = ~usable if cannula is None else ~usable | cannula.mask
    noise = np.minimum(steady_noise(memory.baseline, contrast, silent), grain)
    noise = restless_noise(memory.restless, contrast, noise, memory.mask, blind, scale)
    if cannula is not None:
        contrast = contrast.copy()
        see_through(cannula, contrast, noise, known, usable, scale)
    low, evidence, certain = _threshold(memory, contrast, noise, silent, t_s)
    if blade is not None and known is not None:
        low[blade & known] = True  # what a blade hides has not gone
        evidence[blade & known] = np.maximum(evidence[blade & known], 1e-3)
    if before_injection:
        low[:] = False
    _drop_thin_and_weak(memory, low, contrast, grain)
    _drop_gas(memory, low, contrast, noise, still)
    _drop_from_outside(memory, low)
    mask = _belonging(memory, low, certain, contrast, noise, grain, t_s)
    if cannula is not None:
        bridge_cannula(cannula, mask, evidence, usable, scale)
    if memory.started:
        memory.baseline.waiting.clear()
    else:
        learn(memory.baseline, still, smoothed, t_s)
    _refuse(evidence, mask)
    memory.mask = mask
    crop = memory.crop
    if memory.baseline.step > 1:
        evidence = np.asarray(cv2.resize(evidence, (crop.width_px, crop.height_px), interpolation=cv2.INTER_LINEAR))
        mask = evidence > 0
    return CementMask(
        crop=crop, mask=mask, evidence=evidence, front_mm=front_mm(contrast, memory.mask, noise, memory.mm_per_px)
    )


def _refuse(evidence: F32, mask: Bool) -> None:
    """Turn the evidence of what stands out and is no cement; far enough that the outline does not lean over to it."""
    refused = ~mask & (evidence >= 0)
    if refused.any():
        usual = np.float32(_REFUSED_SHARE * middle(evidence[mask]) if mask.any() else 0.0)
        evidence[refused] = -np.maximum(evidence[refused], usual)


def _over_time(memory: MaskMemory, change: F32, noise: F32) -> F32:
    if memory.smoothed is None:
        memory.smoothed = change.copy()
        return memory.smoothed
    innovation = cv2.absdiff(change, memory.smoothed) / noise
    gain = np.clip(0.30 + 0.28 * (innovation - 1.2), 0.30, 0.90)
    memory.smoothed = np.asarray(memory.smoothed + gain * (change - memory.smoothed), dtype=np.float32)
    return memory.smoothed


def _threshold(memory: MaskMemory, contrast: F32, noise: F32, known: Bool | None, t_s: float) -> tuple[Bool, F32, F32]:
    """What stands out, by how much, and how many times the noise.

    At two scales: the fine one draws the outline; the coarse one, over a second, sees cement that grain takes apart.
    """
    kernel = disc(_EDGE_REACH_MM, memory.mm_per_px)
    edge = np.maximum(_EDGE_SHARE * cv2.dilate(contrast, kernel), _LOW_SIGMA * noise)
    if memory.baseline.cannula is not None:
        # The display holds little contrast behind steel: what stands beside it is no measure.
        steel = memory.baseline.cannula.mask
        edge[steel] = _LOW_SIGMA * noise[steel]
    if memory.mask is not None:
        edge = np.where(memory.mask, 0.9 * edge, edge)
    faint, faint_sure = see_faint(memory.faint, memory.baseline, contrast, known, t_s)
    evidence = np.maximum(contrast - edge, faint)
    evidence = np.minimum(evidence, _beyond_halo(contrast, memory.mm_per_px))
    low = ((evidence > 0) & memory.baseline.usable).astype(np.uint8)
    # A thin sheet beside a thick mass falls below the mass's own edge: what lies between the two is cement as well.
    bridged = (cv2.morphologyEx(low, cv2.MORPH_CLOSE, kernel) > low) & (contrast > _LOW_SIGMA * noise)
    evidence[bridged] = np.maximum(evidence[bridged], 1e-3)
    low[bridged] = 1
    return low.astype(bool), np.asarray(evidence, np.float32), np.maximum(contrast / noise, faint_sure)


def _beyond_halo(contrast: F32, mm_per_px: float) -> F32:
    """By how much the contrast exceeds what thick cement nearby leaves round it."""
    times = 2
    reach = disc(_HALO_REACH_MM, 2**times * mm_per_px)
    highest = finer(np.asarray(cv2.dilate(coarser(contrast, times), reach), dtype=np.float32), contrast)
    smooth = cv2.GaussianBlur(contrast, (0, 0), _HALO_SMOOTH_MM / mm_per_px)
    return np.asarray(smooth - np.float32(_HALO_SHARE) * highest, dtype=np.float32)


def _drop_thin_and_weak(memory: MaskMemory, low: Bool, contrast: F32, grain: F32) -> None:
    """A faint hair is the edge of a rib that breathes; a spike or a vein full of cement stands out by far."""
    wide = max(3, round(_HAIR_MM / memory.mm_per_px) | 1)
    kernel = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (wide, wide))
    solid = np.asarray(cv2.morphologyEx(low.astype(np.uint8), cv2.MORPH_OPEN, kernel)) > 0
    low &= solid | (contrast > _HIGH_SIGMA * grain)


def _drop_gas(memory: MaskMemory, low: Bool, contrast: F32, noise: F32, still: F32) -> None:
    free = memory.baseline.usable
    if memory.baseline.cannula is not None:
        free = free & ~memory.baseline.cannula.mask
    fresh = low & memory.body
    if memory.mask is not None:
        fresh &= np.asarray(cv2.erode(memory.mask.astype(np.uint8), np.ones((3, 3), np.uint8))) == 0
    drop_gas_over_bone(memory.restless, low, fresh, memory.bone & ~low & free, contrast, noise, still, memory.mm_per_px)
    drop_gas_gone(memory.restless, low, memory.mask, free, contrast, still, memory.mm_per_px)


def _drop_from_outside(memory: MaskMemory, low: Bool) -> None:
    """Hands, wires and instruments come in from the edge of the picture; cement does not."""
    fresh = low if memory.mask is None else low & ~memory.mask
    if not fresh[memory.rim].any():
        return
    count, labels = cv2.connectedComponents(fresh.astype(np.uint8), connectivity=8)
    foreign = np.zeros(count, bool)
    foreign[labels[memory.rim]] = True
    foreign[0] = False
    low &= ~foreign[labels]


def _belonging(memory: MaskMemory, low: Bool, sure: F32, contrast: F32, noise: F32, grain: F32, t_s: float) -> Bool:
    """Keep what can be cement: grows from the body or from earlier cement, stays, and is no straight bar."""
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
    certain[labels[(sure > _HIGH_SIGMA) & low]] = True
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
    return cv2.dilate(mask.astype(np.uint8), disc(reach_mm, mm_per_px)) > 0
