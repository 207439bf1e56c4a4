"""What has changed since the pictures before the injection, with the vertebra held still.

On the pixel grid of the reference frame round the vertebra: the logarithm of the grey, moved back by the motion, so
that bone stands still and exposure is an offset; its difference to the mean of the pictures before any cement; slow
brightness, what breathing does, and the glare of known cement taken out.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field, fields
from typing import Any, Final

import cv2
import numpy as np
from numpy.typing import NDArray

from assistant.geometry import Crop, PointsPx, Similarity
from assistant.imaging.lattice import lattice_from_source
from assistant.imaging.resampling import WHOLE_PX, coarser, disc, finer, halvings
from assistant.imaging.robust_statistics import middle
from assistant.imaging.robust_statistics import spread as spread_of
from assistant.steps.cement.breathing import Breathing, without_breathing
from assistant.steps.cement.cannula import Cannula
from assistant.steps.cement.display_tone import Tones, read_tones, without_tone
from assistant.steps.cement.limits import USUAL_LIMITS, CementLimits
from assistant.steps.cement.veiling_glare import without_glare
from assistant.vocabulary import Grey

F32 = NDArray[np.float32]
Bool = NDArray[np.bool_]

_LOG_SCALE = 100.0
_ROOM: Final = 64
"""Pictures that wait for two seconds at the quickest pulses: more come only of a source whose clock stands [P]."""


@dataclass(slots=True, eq=False)
class Baseline:
    """Everything learned from the pictures before the cement of one planned view.

    ``sign`` is +1 where cement darkens the picture and -1 where it brightens it. ``crop`` and ``mm_per_px`` are those
    of the lattice on which the work is done: every ``step`` px of the source make one of its px.
    """

    step: int
    crop: Crop
    mm_per_px: float
    usable: Bool
    body: Bool
    sign: float
    lookup: F32
    white: int
    mean: F32
    limits: CementLimits
    breathing: Breathing
    middle: tuple[float, float] = (0.0, 0.0)
    count: int = 0
    variance: F32 | None = None
    relative_noise: F32 | None = None
    slow: F32 | None = None
    slow_variance: F32 | None = None
    slow_relative_noise: F32 | None = None
    edges: F32 | None = None
    cannula: Cannula | None = None
    tones: Tones | None = None
    waiting: deque[tuple[float, F32]] = field(default_factory=lambda: deque(maxlen=_ROOM))


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Learned:
    """What a baseline had learned at some moment; fields as in `Baseline`."""

    mean: F32
    variance: F32 | None
    relative_noise: F32 | None
    slow_variance: F32 | None
    slow_relative_noise: F32 | None
    count: int


def learned_by(baseline: Baseline) -> Learned:
    """What a baseline has learned until now; learning later makes new arrays."""
    return Learned(**{each.name: getattr(baseline, each.name) for each in fields(Learned)})


def cement_crop(
    body_px: PointsPx, mm_per_px: float, width_px: int, height_px: int, limits: CementLimits = USUAL_LIMITS
) -> Crop:
    """The rectangle in which cement is looked for: the body, both discs, the canal, and the space in front."""
    own = limits.baseline
    step = lattice_step(mm_per_px, own.lattice_mm)
    low, high = body_px.min(axis=0), body_px.max(axis=0)
    reach = np.array([own.reach_x_mm, own.reach_y_mm]) / mm_per_px
    # Whole px of the lattice, and a number of them that can be halved twice.
    # The corner lies on a whole px of the lattice, so that mask and picture are read on the same px at any step.
    x0, y0 = (np.maximum(np.floor(low - reach), 0) // step).astype(int) * step
    room = ([width_px, height_px] - np.array([x0, y0])) // (WHOLE_PX * step)
    wanted = np.ceil((high + reach - [x0, y0]) / (WHOLE_PX * step))
    x1, y1 = [x0, y0] + np.minimum(wanted, room).astype(int) * (WHOLE_PX * step)
    return Crop(x0_px=int(x0), y0_px=int(y0), width_px=int(x1 - x0), height_px=int(y1 - y0))


def lattice_step(mm_per_px: float, lattice_mm: float) -> int:
    """Source px to one px of the lattice: finer than the smoothing costs time and tells nothing more."""
    return max(1, round(lattice_mm / mm_per_px))


def start_baseline(
    reference: Grey,
    white: int,
    field_mask: Bool,
    crop: Crop,
    body_px: PointsPx,
    mm_per_px: float,
    sign: float = 1.0,
    limits: CementLimits = USUAL_LIMITS,
) -> Baseline:
    """Prepare for a view from its reference frame.

    Parameters
    ----------
    reference : array (rows, cols)
    white : int
    field_mask : array (rows, cols) of bool
        The X-ray field of the reference frame.
    crop : Crop
    body_px : array (n, 2)
        Closed outline of the body.
    mm_per_px : float
    sign : float
        +1 where cement will be dark, -1 where it will be bright (`assistant.steps.cement.polarity`).
    limits : CementLimits
        The numbers of the step, from here on.
    """
    step = lattice_step(mm_per_px, limits.baseline.lattice_mm)
    coarse = Crop(
        x0_px=crop.x0_px // step,
        y0_px=crop.y0_px // step,
        width_px=crop.width_px // step,
        height_px=crop.height_px // step,
    )
    made = Baseline(
        step=step,
        crop=coarse,
        mm_per_px=mm_per_px * step,
        usable=np.ascontiguousarray(field_mask[crop.rows, crop.cols][::step, ::step]),
        body=body_in_crop((body_px + 0.5) / step - 0.5, coarse) > 0,
        sign=sign,
        lookup=_lookup(sign, limits.baseline.log_offset_grey),
        white=white,
        mean=np.zeros((coarse.height_px, coarse.width_px), np.float32),
        limits=limits,
        breathing=Breathing(limits.breathing.spacing_s),
        middle=tuple(((body_px.mean(axis=0) + 0.5) / step - 0.5 - [coarse.x0_px, coarse.y0_px]).tolist()),
        count=1,
    )
    identity = Similarity(dx_px=0.0, dy_px=0.0, rotation_deg=0.0, scale=1.0, centre_px=(0.0, 0.0))
    made.mean = still_picture(made, reference, identity)
    return made


def _lookup(sign: float, offset_grey: float) -> F32:
    levels = np.arange(256, dtype=np.float32)
    if sign < 0:
        levels = 255.0 - levels
    # Lambert and Beer: what passes falls as exp(-mu d), so that the logarithm of the grey falls by mu d wherever the
    # cement lies, over lung as over bone. An inverted picture is turned first, and cement is dark in all that
    # follows.
    return np.asarray(_LOG_SCALE * np.log((levels + offset_grey) / (255.0 + offset_grey)), dtype=np.float32)


def turn_baseline(baseline: Baseline, before: Learned | None) -> None:
    """Take cement to be of the other sign; the mean, the held pictures and what is restless stay known.

    Parameters
    ----------
    baseline : Baseline
        Changed by the call.
    before : Learned or None
        As it was before something grew with the other sign: what was learned since is cement taken for bone, and the
        pictures that are held back show it. None where nothing grew.
    """
    if before is not None:
        # Order: first back to what was known before the wrong cement was learned, then turned; the other way round
        # what is put back would be of the old sign.
        for each in fields(Learned):
            setattr(baseline, each.name, getattr(before, each.name))
        baseline.waiting.clear()
    baseline.sign = -baseline.sign
    offset_grey = baseline.limits.baseline.log_offset_grey
    baseline.lookup = _lookup(baseline.sign, offset_grey)
    baseline.mean = other_sign(baseline.mean, offset_grey)
    turned = ((t_s, other_sign(still, offset_grey)) for t_s, still in baseline.waiting)
    baseline.waiting = deque(turned, maxlen=_ROOM)
    baseline.slow = baseline.edges = baseline.tones = baseline.cannula = None
    baseline.breathing = Breathing(baseline.limits.breathing.spacing_s)


def other_sign(logged: F32, offset_grey: float) -> F32:
    """From log(grey) to log(255 - grey), both over the display's offset."""
    span = np.float32(255.0 + offset_grey)
    level = np.clip(span * np.exp(logged / np.float32(_LOG_SCALE)) - np.float32(offset_grey), 0.0, 255.0)
    return np.asarray(np.float32(_LOG_SCALE) * np.log((span - level) / span), dtype=np.float32)


def body_in_crop(body_px: PointsPx, crop: Crop) -> NDArray[np.uint8]:
    """The body as a mask of 0 and 1 on the crop."""
    body = np.zeros((crop.height_px, crop.width_px), np.uint8)
    cv2.fillPoly(body, [(body_px - [crop.x0_px, crop.y0_px]).round().astype(np.int32)], 1)
    return body


def still_picture(baseline: Baseline, grey: Grey, similarity: Similarity) -> F32:
    """The crop in log domain with the vertebra where it was in the reference frame."""
    crop, step = baseline.crop, baseline.step
    matrix = lattice_from_source(similarity.current_from_reference(), step)
    # Only the part of the source on which the lattice comes to lie is taken down and through the logarithm.
    corners = np.array(
        [
            [crop.x0_px, crop.y0_px],
            [crop.x0_px + crop.width_px, crop.y0_px],
            [crop.x0_px, crop.y0_px + crop.height_px],
            [crop.x0_px + crop.width_px, crop.y0_px + crop.height_px],
        ],
        dtype=np.float64,
    )
    there = corners @ matrix[:, :2].T + matrix[:, 2]
    rows, cols = grey.shape[0] // step, grey.shape[1] // step
    x0, y0 = np.clip(np.floor(there.min(axis=0)) - 2, 0, [cols - 2, rows - 2]).astype(int)
    x1, y1 = np.clip(np.ceil(there.max(axis=0)) + 3, [x0 + 2, y0 + 2], [cols, rows]).astype(int)
    patch: NDArray[Any] = grey[y0 * step : y1 * step, x0 * step : x1 * step]
    if step > 1:
        patch = cv2.resize(patch, (int(x1 - x0), int(y1 - y0)), interpolation=cv2.INTER_AREA)
    logged: F32
    # The logarithm comes before the warp: what is interpolated then is thickness, not exposure.
    if patch.dtype == np.uint8:
        logged = np.asarray(cv2.LUT(patch, baseline.lookup), dtype=np.float32)
    else:
        level = patch.astype(np.float32) * np.float32(255.0 / baseline.white)
        if baseline.sign < 0:
            level = np.float32(255.0) - level
        offset_grey = baseline.limits.baseline.log_offset_grey
        logged = np.float32(_LOG_SCALE) * np.log((level + np.float32(offset_grey)) / np.float32(255.0 + offset_grey))
    # The same pose from the crop's own px to the patch's: x' = A (x + corner) + b - corner of the patch.
    local = np.column_stack(
        [matrix[:, :2], matrix[:, :2] @ np.array([crop.x0_px, crop.y0_px]) + matrix[:, 2] - np.array([x0, y0])]
    )
    return np.asarray(
        cv2.warpAffine(
            logged,
            local,
            (crop.width_px, crop.height_px),
            flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP,
            borderMode=cv2.BORDER_REPLICATE,
        ),
        dtype=np.float32,
    )


def change_since(baseline: Baseline, still: F32, mask: Bool | None, contrast: F32 | None = None) -> F32:
    """Positive where the picture has darkened (in the sense of cement); smoothed, slow brightness taken out.

    Parameters
    ----------
    baseline : Baseline
    still : array (height, width)
        From `still_picture`.
    mask : array of bool or None
        Known cement: it tells nothing of the haze.
    contrast : array of float32 or None
        What stood out in the picture before: known cement darkens its surroundings by shares of it.
    """
    # The order of the four is that of their causes, the outermost first: the display's curve bends all that comes
    # before it, haze lies over what breathes, and what the cement scatters is read last, from what nothing else
    # explains. Smoothed in between, once the tone (a rule for each grey, not for a place) is gone.
    raw = without_tone(
        tones_of(baseline), np.asarray(baseline.mean - still, dtype=np.float32), mask, baseline.limits.tone
    )
    limits = baseline.limits
    difference: F32 = np.asarray(cv2.GaussianBlur(raw, (0, 0), limits.baseline.smooth_mm / baseline.mm_per_px))
    level = levelled(baseline, difference, mask)
    return without_glare(level, mask, contrast, _bare(baseline), baseline.mm_per_px, limits)


def levelled(baseline: Baseline, change: F32, mask: Bool | None) -> F32:
    """A smoothed change without haze and breathing; ``mask``: known cement, which tells nothing of either."""
    limits = baseline.limits
    level = _level(baseline, change, mask)
    # Not from the body: cement that comes there must not be explained by a breath.
    free = _bare(baseline) & ~baseline.body
    if mask is not None and mask.any():
        free &= cv2.dilate(mask.astype(np.uint8), disc(limits.baseline.breath_margin_mm, baseline.mm_per_px)) == 0
    return without_breathing(baseline.breathing, level, free, baseline.mm_per_px, limits.breathing)


def _bare(baseline: Baseline) -> Bool:
    """Usable, and no steel."""
    return baseline.usable if baseline.cannula is None else baseline.usable & ~baseline.cannula.mask


def tones_of(baseline: Baseline) -> Tones:
    """How the display bends what the mean shows, read anew as the mean is learned."""
    if baseline.tones is None:
        # Not from the body: cement may cover most of its own grey.
        baseline.tones = read_tones(
            baseline.mean, baseline.usable & ~baseline.body, baseline.mm_per_px, baseline.limits.tone
        )
    return baseline.tones


def _level(baseline: Baseline, change: F32, mask: Bool | None) -> F32:
    """Take out exposure, haze and gas that drifts: whatever is smooth over `haze_mm` where no cement is known.

    A normalised convolution: known cement and whatever stands out has no weight, so that the ground under it is
    carried over from round it.
    """
    limits = baseline.limits.baseline
    times = halvings(baseline.mm_per_px, limits.haze_grid_mm)
    small = coarser(change, times)
    weight = coarser(baseline.usable, times)
    if mask is not None and mask.any():
        weight *= cv2.dilate(coarser(mask, times), np.ones((5, 5), np.uint8)) < 0.02
    # Normalised convolution (Knutsson & Westin 1993, doi 10.1109/CVPR.1993.341081): ground = G * (w c) / G * w,
    # twice, the second time without what then stands out. The cut is not symmetric: what is darker by 3 spreads may
    # be new cement, what is brighter by 6 is gas.
    sigma = limits.haze_mm / (baseline.mm_per_px * 2**times)
    free = weight > 0.5
    known = small[free]
    if known.size < 30:
        return np.asarray(change - np.float32(middle(small.ravel())), dtype=np.float32)
    ground = np.full_like(small, np.float32(middle(known)))
    for _ in range(2):
        residual = small - ground
        spread = spread_of(residual[free]) + 0.3
        w = weight * (residual < 3 * spread) * (residual > -6 * spread)
        # A little weight everywhere keeps the middle of a large mask from having none at all.
        total = cv2.GaussianBlur(w, (0, 0), sigma) + 1e-6
        ground = np.asarray((cv2.GaussianBlur(w * small, (0, 0), sigma) + 1e-6 * ground) / total, dtype=np.float32)
    return np.asarray(change - finer(ground, change), dtype=np.float32)
