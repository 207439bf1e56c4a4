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
from assistant.steps.cement.components import HIGH_SIGMA, belonging
from assistant.steps.cement.low_contrast import see_faint
from assistant.steps.cement.memory import MaskMemory
from assistant.steps.cement.moving_gas import drop_gas_gone, drop_gas_over_bone, restless_noise
from assistant.steps.cement.noise import noise_of, steady_noise
from assistant.steps.cement.outline_sigma import front_mm
from assistant.steps.cement.soft_edges import drop_diffuse
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
_MOVED_STEEL = 0.5
"""So much of what steel that moves makes of the picture may be left after it is taken out [P]."""
_HAIR_MM = 1.1
_REFUSED_SHARE = 0.5
_HALO_SHARE = 0.12
_HALO_REACH_MM = 4.0
_HALO_SMOOTH_MM = 0.3
"""What `assistant.steps.cement.veiling_glare` leaves of glare, scatter and local contrast round a thick mass: what is
fainter than this share of the highest within reach is not told from that [P]."""


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
    steel = _steel_makes(memory, still, blade)
    if steel is not None:
        still = still + steel
    if blade is not None:
        # As it was, at today's exposure.
        seen = memory.baseline.usable & ~blade
        brighter = np.float32(middle((still - memory.baseline.mean)[seen]) if seen.any() else 0.0)
        still[blade] = memory.baseline.mean[blade] + brighter
    known = memory.mask if memory.started else None
    silent = known if blade is None else blade if known is None else blade | known
    change = change_since(memory.baseline, still, silent, memory.smoothed)
    if blade is not None:
        change[blade] = 0
    grain = noise_of(memory.baseline, change, silent)
    smoothed = contrast = _over_time(memory, change, grain)
    cannula, scale, usable = memory.baseline.cannula, memory.mm_per_px, memory.baseline.usable
    blind = ~usable if cannula is None else ~usable | cannula.mask
    if blade is not None:
        blind |= blade
    noise = memory.plain_noise = np.minimum(steady_noise(memory.baseline, contrast, silent), grain)
    noise = restless_noise(memory.restless, contrast, noise, memory.mask, blind, scale)
    if steel is not None:
        noise = np.asarray(cv2.magnitude(noise, np.float32(_MOVED_STEEL) * steel), dtype=np.float32)
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
    drop_bands(memory.baseline, memory.rim, low, memory.mask, contrast, noise)
    mask = belonging(memory, low, certain, contrast, t_s)
    drop_diffuse(memory.lately, mask, memory.body, None if cannula is None else cannula.mask, contrast, scale, t_s)
    if cannula is not None:
        bridge_cannula(cannula, mask, evidence, contrast, usable, scale)
    if memory.started:
        memory.baseline.waiting.clear()
    else:
        learn(memory.baseline, still if steel is None else still - steel, smoothed, t_s)
    _refuse(evidence, mask)
    memory.mask = mask
    crop = memory.crop
    if memory.baseline.step > 1:
        evidence = np.asarray(cv2.resize(evidence, (crop.width_px, crop.height_px), interpolation=cv2.INTER_LINEAR))
        mask = evidence > 0
    return CementMask(
        crop=crop, mask=mask, evidence=evidence, front_mm=front_mm(contrast, memory.mask, noise, memory.mm_per_px)
    )


def _steel_makes(memory: MaskMemory, still: F32, blade: Bool | None) -> F32 | None:
    """How much darker the picture is for steel that has moved (see `assistant.steps.cement.cannula_motion`)."""
    cannula, usable = memory.baseline.cannula, memory.baseline.usable
    if cannula is None:
        return None
    silent = ~usable if blade is None else ~usable | blade
    if memory.started and memory.mask is not None:
        silent |= memory.mask
    makes = moved_steel(cannula.bars, memory.baseline.mean - still, silent)
    if makes is not None and blade is not None:
        makes[blade] = 0  # filled in with the baseline
    return makes


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
    low &= solid | (contrast > HIGH_SIGMA * grain)


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
