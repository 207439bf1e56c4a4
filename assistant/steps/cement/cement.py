"""Where cement stands, against the pictures before the injection, with the vertebra held still.

The way of one picture, on the pixel grid of the reference frame round the vertebra:

1. Logarithm of the grey, moved back by the motion, so that bone stands still and exposure is an offset.
2. Difference to the *baseline* (mean of the pictures before any cement); what steel that moves makes of the picture,
   slow brightness, what breathing does, and the glare of the cement itself are taken out.
3. Divided by the noise measured there: grain, imperfect registration at strong edges, ribs and gas that move.
4. Smoothed in time per pixel: a change beyond the noise is taken over at once, the rest is averaged.
5. Threshold by hysteresis, then what hangs together with the body, with earlier cement, and is no cannula, no band
   that goes on to the edge, and does not fade out round it.

Cement is dark in native fluoroscopy and bright on inverted screens; `Baseline.sign` says which.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from assistant.geometry import Similarity
from assistant.imaging.resampling import coarser, disc, finer
from assistant.imaging.robust_statistics import middle
from assistant.steps.cement.baseline import change_since, still_picture
from assistant.steps.cement.baseline_learning import learn
from assistant.steps.cement.border_bands import drop_bands
from assistant.steps.cement.cannula import bridge_cannula, see_through
from assistant.steps.cement.cannula_motion import moved_steel
from assistant.steps.cement.collimator_blades import covered
from assistant.steps.cement.components import select_components
from assistant.steps.cement.earlier_pictures import hold_against
from assistant.steps.cement.low_contrast import low_contrast_evidence
from assistant.steps.cement.mask_limits import EdgeLimits
from assistant.steps.cement.memory import MaskMemory
from assistant.steps.cement.moving_gas import drop_gas_gone, drop_gas_over_bone, temporal_variance_noise
from assistant.steps.cement.noise import noise_of, steady_noise
from assistant.steps.cement.outline_sigma import outline_sigma_mm
from assistant.steps.cement.soft_edges import drop_diffuse
from assistant.vocabulary import CementMask, Grey

F32 = NDArray[np.float32]
Bool = NDArray[np.bool_]


@dataclass(frozen=True, slots=True, eq=False)
class _Seen:
    """One picture with the vertebra held still."""

    still: F32
    """Log units; without what steel that has moved makes of it, and as it was where a blade covers it."""
    blade: Bool | None
    """What a blade covers now."""
    steel: F32 | None
    """How much darker steel that has moved made it; None where it stands still."""
    known: Bool | None
    """Cement of the picture before; None before the first."""
    silent: Bool | None
    """What says nothing of exposure, haze, breath and noise: known cement and blades."""


def find_cement(
    memory: MaskMemory,
    grey: Grey,
    similarity: Similarity,
    t_s: float,
    *,
    before_injection: bool,
    passed_s: float | None = None,
    began_s: float = -np.inf,
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
        Frame time: the clock of what averages and learns over film.
    before_injection : bool
        The plan's reference frame has not come yet: what is seen is there before any cement.
    passed_s : float or None
        The clock of what goes on between two pictures (`assistant.acquisition.Acquisition.passed_s`); None: frame time.
    began_s : float
        When this exposure began, by that clock.
    """
    passed_s = t_s if passed_s is None else passed_s
    # 1. and 2. Held still, without what is no cement. Steel and blades come first: each of the later estimates
    #    (tone, haze, breath, glare) is a robust mean over the picture: a stripe or a black corner would pull at them.
    seen = _held_still(memory, grey, similarity)
    change = _change(memory, seen)
    # 4. before 3.: the weight of a new picture depends on its own grain, and the noise of what is smoothed is another.
    #    `noise_of` also looks for the cannula anew, so that nothing before this line may ask where it stands now.
    grain = noise_of(memory.baseline, change, seen.silent)
    smoothed = _over_time(memory, change, grain)
    noise = _noise(memory, seen, smoothed, grain)
    if before_injection and hold_against(memory, seen.still, smoothed):
        return _nothing(memory)
    contrast = _behind_steel(memory, seen, smoothed, noise)
    limits, scale = memory.baseline.limits, memory.mm_per_px
    # 5. Only here is anything yes or no. ``low`` and ``evidence`` are changed in place from here on: what is dropped
    #    leaves ``low``, and keeps its evidence until `_refuse` turns it, for the outline is drawn from the evidence.
    low, evidence, certain = _threshold(memory, contrast, noise, seen.silent, t_s)
    _keep_behind_blade(seen, low, evidence)
    low &= not before_injection or memory.of_reference is not None
    _drop_thin_and_weak(memory, low, contrast, grain)
    _drop_gas(memory, low, contrast, noise, seen.still)
    _drop_from_outside(memory, low)
    drop_bands(memory.baseline, memory.rim, low, memory.mask, contrast, noise)
    # Parts are chosen after all pixels that are none have gone: a band or a hair would join them into one.
    mask = select_components(memory, low, certain, contrast, passed_s, began_s)
    _drop_diffuse(memory, mask, contrast, passed_s)
    # Last, between what is cement on both sides of the steel, or a false part would be joined to it.
    _bridge_cannula(memory, mask, evidence, contrast)
    _keep(memory, seen, smoothed, mask, evidence, t_s)
    if before_injection:
        return _nothing(memory)
    return _on_source_grid(memory, mask, evidence, outline_sigma_mm(contrast, mask, noise, scale, limits.outline))


def _drop_diffuse(memory: MaskMemory, mask: Bool, contrast: F32, passed_s: float) -> None:
    baseline, scale = memory.baseline, memory.mm_per_px
    steel = None if baseline.cannula is None else baseline.cannula.mask
    drop_diffuse(memory.recent_masks, mask, memory.body, steel, contrast, scale, passed_s, baseline.limits.soft_edge)


def _bridge_cannula(memory: MaskMemory, mask: Bool, evidence: F32, contrast: F32) -> None:
    baseline = memory.baseline
    if baseline.cannula is not None:
        steel = baseline.limits.steel
        bridge_cannula(baseline.cannula, mask, evidence, contrast, baseline.usable, memory.mm_per_px, steel)


def _change(memory: MaskMemory, seen: _Seen) -> F32:
    change = change_since(memory.baseline, seen.still, seen.silent, memory.smoothed)
    if seen.blade is not None:
        change[seen.blade] = 0
    return change


def _keep(memory: MaskMemory, seen: _Seen, smoothed: F32, mask: Bool, evidence: F32, t_s: float) -> None:
    _learn(memory, seen, smoothed, t_s)
    _refuse(evidence, mask, memory.baseline.limits.edge.refused_share)
    memory.mask = mask


def _nothing(memory: MaskMemory) -> CementMask:
    """Nothing is said of what stands there before the reference frame."""
    none = np.zeros(memory.body.shape, bool)
    return _on_source_grid(memory, none, np.full(none.shape, -1.0, np.float32), 0.0)


def _behind_steel(memory: MaskMemory, seen: _Seen, smoothed: F32, noise: F32) -> F32:
    """The change with what is read behind the steel, of this picture alone; ``noise`` is changed there too."""
    baseline = memory.baseline
    if baseline.cannula is None:
        return smoothed
    # A copy: the smoothed change goes on without it.
    contrast = smoothed.copy()
    steel = baseline.limits.steel
    see_through(baseline.cannula, contrast, noise, seen.known, baseline.usable, memory.mm_per_px, steel)
    return contrast


def _held_still(memory: MaskMemory, grey: Grey, similarity: Similarity) -> _Seen:
    """The picture on the lattice: the vertebra where it was, the steel where it was, blades taken away."""
    baseline = memory.baseline
    still = still_picture(baseline, grey, similarity)
    blade = covered(baseline, still)
    steel = _steel_makes(memory, still, blade)
    if steel is not None:
        still = still + steel
    if blade is not None:
        # As it was, at today's exposure (in log units an offset): the middle of what the rest has brightened by.
        seen = baseline.usable & ~blade
        brighter = np.float32(middle((still - baseline.mean)[seen]) if seen.any() else 0.0)
        still[blade] = baseline.mean[blade] + brighter
    known = memory.mask if memory.started else None
    silent = known if blade is None else blade if known is None else blade | known
    return _Seen(still=still, blade=blade, steel=steel, known=known, silent=silent)


def _noise(memory: MaskMemory, seen: _Seen, contrast: F32, grain: F32) -> F32:
    """Standard deviation of the contrast, per pixel: independent causes add as squares, sqrt(a^2 + b^2)."""
    limits, cannula, usable = memory.baseline.limits, memory.baseline.cannula, memory.baseline.usable
    # Smoothing in time can only have made it less than that of the picture alone.
    plain = memory.plain_noise = np.minimum(steady_noise(memory.baseline, contrast, seen.silent), grain)
    blind = ~usable if cannula is None else ~usable | cannula.mask
    if seen.blade is not None:
        blind |= seen.blade
    noise = temporal_variance_noise(
        memory.temporal_variance, contrast, plain, memory.mask, blind, memory.mm_per_px, limits.gas
    )
    if seen.steel is None:
        return noise
    left = np.float32(limits.edge.moved_steel_share) * seen.steel
    return np.asarray(cv2.magnitude(noise, left), dtype=np.float32)


def _learn(memory: MaskMemory, seen: _Seen, smoothed: F32, t_s: float) -> None:
    """Before the first cement this picture joins the baseline; after it nothing does, and what waits is let go."""
    if memory.started:
        memory.baseline.waiting.clear()
    else:
        # With the steel where it is: the mean of the pictures is what the steel's motion is measured against.
        still = seen.still if seen.steel is None else seen.still - seen.steel
        learn(memory.baseline, still, smoothed, t_s)


def _on_source_grid(memory: MaskMemory, mask: Bool, evidence: F32, front: float) -> CementMask:
    """What is handed on: at the resolution of the source, the outline where the evidence crosses zero."""
    crop = memory.crop
    if memory.baseline.step > 1:
        evidence = np.asarray(cv2.resize(evidence, (crop.width_px, crop.height_px), interpolation=cv2.INTER_LINEAR))
        mask = evidence > 0
    return CementMask(
        crop=crop, mask=mask, evidence=evidence, outline_sigma_mm=front, uncertain_mm2=memory.uncertain_mm2
    )


def _keep_behind_blade(seen: _Seen, low: Bool, evidence: F32) -> None:
    """What a blade hides has not gone; ``low`` and ``evidence`` are changed in place."""
    if seen.blade is not None and seen.known is not None:
        hidden = seen.blade & seen.known
        low[hidden] = True
        evidence[hidden] = np.maximum(evidence[hidden], 1e-3)


def _steel_makes(memory: MaskMemory, still: F32, blade: Bool | None) -> F32 | None:
    """How much darker the picture is for steel that has moved (see `assistant.steps.cement.cannula_motion`)."""
    cannula, usable = memory.baseline.cannula, memory.baseline.usable
    if cannula is None:
        return None
    silent = ~usable if blade is None else ~usable | blade
    if memory.started and memory.mask is not None:
        silent |= memory.mask
    makes = moved_steel(cannula.bars, memory.baseline.mean - still, silent, memory.baseline.limits.cannula_motion)
    if makes is not None and blade is not None:
        makes[blade] = 0  # filled in with the baseline
    return makes


def _refuse(evidence: F32, mask: Bool, refused_share: float) -> None:
    """Turn the evidence of what stands out and is no cement; far enough that the outline does not lean over to it."""
    refused = ~mask & (evidence >= 0)
    if refused.any():
        usual = np.float32(refused_share * middle(evidence[mask]) if mask.any() else 0.0)
        evidence[refused] = -np.maximum(evidence[refused], usual)


def _over_time(memory: MaskMemory, change: F32, noise: F32) -> F32:
    if memory.smoothed is None:
        memory.smoothed = change.copy()
        return memory.smoothed
    # A first-order recursive filter, s <- s + g (x - s). Its gain g rises with the innovation |x - s| / sigma: what is
    # within the noise is averaged over some pictures, a front that has come is taken over at once.
    limits = memory.baseline.limits.edge
    innovation = cv2.absdiff(change, memory.smoothed) / noise
    gain = limits.gain_least + limits.gain_rise * (innovation - limits.gain_from_sigma)
    gain = np.clip(gain, limits.gain_least, limits.gain_most)
    memory.smoothed = np.asarray(memory.smoothed + gain * (change - memory.smoothed), dtype=np.float32)
    return memory.smoothed


def _threshold(memory: MaskMemory, contrast: F32, noise: F32, known: Bool | None, t_s: float) -> tuple[Bool, F32, F32]:
    """What stands out, by how much, and how many times the noise.

    At two scales: the fine one draws the outline; the coarse one, over a second, sees cement that grain takes apart.
    """
    limits = memory.baseline.limits.edge
    kernel = disc(limits.reach_mm, memory.mm_per_px)
    # The outline lies at a share of the highest contrast close by, not at a fixed one: thick cement is blurred as wide
    # as thin cement is, and a fixed level would draw it too large.
    edge = np.maximum(limits.share * cv2.dilate(contrast, kernel), limits.low_sigma * noise)
    if memory.baseline.cannula is not None:
        # The display holds little contrast behind steel: what stands beside it is no measure.
        steel = memory.baseline.cannula.mask
        edge[steel] = limits.low_sigma * noise[steel]
    if memory.mask is not None:
        # Hysteresis in time: what was cement is not lost to the noise of one picture.
        edge = np.where(memory.mask, limits.held_share * edge, edge)
    faint, faint_significance = low_contrast_evidence(memory.low_contrast, memory.baseline, contrast, known, t_s)
    evidence = np.maximum(contrast - edge, faint)
    evidence = np.minimum(evidence, _beyond_halo(contrast, memory.mm_per_px, limits))
    low = ((evidence > 0) & memory.baseline.usable).astype(np.uint8)
    # A thin sheet beside a thick mass falls below the mass's own edge: what lies between the two is cement as well.
    bridged = (cv2.morphologyEx(low, cv2.MORPH_CLOSE, kernel) > low) & (contrast > limits.low_sigma * noise)
    evidence[bridged] = np.maximum(evidence[bridged], 1e-3)
    low[bridged] = 1
    return low.astype(bool), np.asarray(evidence, np.float32), np.maximum(contrast / noise, faint_significance)


def _beyond_halo(contrast: F32, mm_per_px: float, limits: EdgeLimits) -> F32:
    """By how much the contrast exceeds what thick cement nearby leaves round it."""
    times = 2
    reach = disc(limits.halo_reach_mm, 2**times * mm_per_px)
    highest = finer(np.asarray(cv2.dilate(coarser(contrast, times), reach), dtype=np.float32), contrast)
    smooth = cv2.GaussianBlur(contrast, (0, 0), limits.halo_smooth_mm / mm_per_px)
    return np.asarray(smooth - np.float32(limits.halo_share) * highest, dtype=np.float32)


def _drop_thin_and_weak(memory: MaskMemory, low: Bool, contrast: F32, grain: F32) -> None:
    """A faint hair is the edge of a rib that breathes; a spike or a vein full of cement stands out by far."""
    limits = memory.baseline.limits
    wide = max(3, round(limits.edge.hair_mm / memory.mm_per_px) | 1)
    kernel = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (wide, wide))
    solid = np.asarray(cv2.morphologyEx(low.astype(np.uint8), cv2.MORPH_OPEN, kernel)) > 0
    low &= solid | (contrast > limits.components.high_sigma * grain)


def _drop_gas(memory: MaskMemory, low: Bool, contrast: F32, noise: F32, still: F32) -> None:
    free = memory.baseline.usable
    if memory.baseline.cannula is not None:
        free = free & ~memory.baseline.cannula.mask
    fresh = low & memory.body
    if memory.mask is not None:
        fresh &= np.asarray(cv2.erode(memory.mask.astype(np.uint8), np.ones((3, 3), np.uint8))) == 0
    # Pixel by pixel against the bone first; what is left is judged as whole lobes.
    scale, limits = memory.mm_per_px, memory.baseline.limits.gas
    bare = memory.bone & ~low & free
    drop_gas_over_bone(memory.temporal_variance, low, fresh, bare, contrast, noise, still, scale, limits)
    drop_gas_gone(memory.temporal_variance, low, memory.mask, free, contrast, still, scale, limits)


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
