"""What has changed since the pictures before the injection, with the vertebra held still, and how noisy that is.

On the pixel grid of the reference frame round the vertebra: the logarithm of the grey, moved back by the motion, so
that bone stands still and exposure is an offset; its difference to the mean of the pictures before any cement; slow
brightness taken out; the noise of each pixel: grain, imperfect registration at strong edges, ribs and gas that move.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from assistant.alignment import lattice_from_source
from assistant.geometry import Crop, PointsPx, Similarity
from assistant.vocabulary import Grey

F32 = NDArray[np.float32]
Bool = NDArray[np.bool_]

SMOOTH_MM = 0.40
"""Gaussian before the noise is measured and the threshold applied."""
_LOG_OFFSET = 24.0
"""Grey added before the logarithm: the display's black is not zero exposure."""
_LOG_SCALE = 100.0
_BASELINE_MOST = 48
_HOLD_BACK_S = 1.0
"""A picture joins the baseline only this much later, and only if no cement was seen in between."""
_LATTICE_MM = 0.22
"""Aim for the pixel of the lattice: with 0.4 mm smoothing a finer one tells nothing more."""
_REACH_X_MM = 20.0
_REACH_Y_MM = 15.0
"""How far beyond the body cement is looked for: canal and foramen behind, veins in front, the discs and the next rims
above and below."""
_HAZE_MM = 4.0
"""What varies more slowly than this without cement is exposure, scatter or gas."""
_HAZE_GRID_MM = 0.8
_REGISTRATION_MM = 0.05
"""Standard deviation of the registration, for the noise at edges."""
_RELIEF_MM = 3.0
_RELIEF_SHARE = 0.045
"""Edge enhancement and local contrast change a bone's rim by about this share when cement comes near it [P]."""
CANNULA_MM = 6.0
_THINNEST_MM = 1.8
_CANNULA_CONTRAST = 12.0
"""Widest cannula with its blur, and how much darker (log units) it is than what lies round it [P]."""
_BEHIND_TIP_MM = 1.0
_AHEAD_OF_TIP_MM = 22.0
_BESIDE_TIP_MM = 2.2
_GRAIN_BLUR_PX = 0.8
_COARSE_SHARE = 0.85
_UNREST = (0.7, 4.0)
_TONES = 12
_TONE_PX = 60
"""Fewer free pixels than this say little of their grey (on every second pixel of the lattice)."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Tones:
    """The baseline's greys in steps of equal share: where each stands, and each pixel's own grey in 256 steps."""

    order: NDArray[np.intp]
    bounds: NDArray[np.intp]
    centres: NDArray[np.float64]
    steps: NDArray[np.uint8]


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
    sign: float
    lookup: F32
    white: int
    mean: F32
    middle: tuple[float, float] = (0.0, 0.0)
    count: int = 0
    variance: F32 | None = None
    unrest: F32 | None = None
    edges: F32 | None = None
    cannula: Bool | None = None
    corridor: Bool | None = None
    """Where cement can come out first: round each cannula's tip and ahead of it."""
    fine_share: float = 1.0
    tones: _Tones | None = None
    waiting: deque[tuple[float, F32]] = field(default_factory=deque)


def cement_crop(body_px: PointsPx, mm_per_px: float, width_px: int, height_px: int) -> Crop:
    """The rectangle in which cement is looked for: the body, both discs, the canal, and the space in front."""
    step = lattice_step(mm_per_px)
    low, high = body_px.min(axis=0), body_px.max(axis=0)
    reach = np.array([_REACH_X_MM, _REACH_Y_MM]) / mm_per_px
    # Whole px of the lattice.
    x0, y0 = (np.maximum(np.floor(low - reach), 0) // step).astype(int) * step
    x1, y1 = (np.minimum(np.ceil(high + reach), [width_px, height_px]) // step).astype(int) * step
    return Crop(x0_px=int(x0), y0_px=int(y0), width_px=int(x1 - x0), height_px=int(y1 - y0))


def lattice_step(mm_per_px: float) -> int:
    """Source px to one px of the lattice: finer than the smoothing costs time and tells nothing more."""
    return max(1, round(_LATTICE_MM / mm_per_px))


def start_baseline(
    reference: Grey, white: int, field_mask: Bool, crop: Crop, body_px: PointsPx, mm_per_px: float
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
    """
    step = lattice_step(mm_per_px)
    coarse = Crop(
        x0_px=crop.x0_px // step,
        y0_px=crop.y0_px // step,
        width_px=crop.width_px // step,
        height_px=crop.height_px // step,
    )
    sign = _polarity(reference, white, crop, body_in_crop(body_px, crop), mm_per_px)
    levels = np.arange(256, dtype=np.float32)
    if sign < 0:
        levels = 255.0 - levels
    made = Baseline(
        step=step,
        crop=coarse,
        mm_per_px=mm_per_px * step,
        usable=np.ascontiguousarray(field_mask[crop.rows, crop.cols][::step, ::step]),
        sign=sign,
        lookup=(_LOG_SCALE * np.log((levels + _LOG_OFFSET) / (255.0 + _LOG_OFFSET))).astype(np.float32),
        white=white,
        mean=np.zeros((coarse.height_px, coarse.width_px), np.float32),
        middle=tuple(((body_px.mean(axis=0) + 0.5) / step - 0.5 - [coarse.x0_px, coarse.y0_px]).tolist()),
        count=1,
        fine_share=_fine_share(mm_per_px * step),
    )
    identity = Similarity(dx_px=0.0, dy_px=0.0, rotation_deg=0.0, scale=1.0, centre_px=(0.0, 0.0))
    made.mean = still_picture(made, reference, identity)
    return made


def body_in_crop(body_px: PointsPx, crop: Crop) -> NDArray[np.uint8]:
    """The body as a mask of 0 and 1 on the crop."""
    body = np.zeros((crop.height_px, crop.width_px), np.uint8)
    cv2.fillPoly(body, [(body_px - [crop.x0_px, crop.y0_px]).round().astype(np.int32)], 1)
    return body


def _polarity(reference: Grey, white: int, crop: Crop, body: NDArray[np.uint8], mm_per_px: float) -> float:
    """+1 when bone is darker than disc (native), -1 when brighter (inverted): the rim of a body is its densest part."""
    picture = reference[crop.rows, crop.cols].astype(np.float32) * np.float32(255.0 / white)
    near = max(1, round(1.2 / mm_per_px))
    far = max(2, round(4.0 / mm_per_px))
    kernel = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * near + 1, 2 * near + 1))
    wide = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * far + 1, 2 * far + 1))
    rim = (cv2.dilate(body, kernel) - cv2.erode(body, kernel)).astype(bool)
    outside = (cv2.dilate(body, wide) - cv2.dilate(body, kernel)).astype(bool)
    inside = cv2.erode(body, kernel).astype(bool)
    bone = 0.5 * float(np.median(picture[rim])) + 0.5 * float(np.median(picture[inside]))
    return 1.0 if bone <= float(np.median(picture[outside])) else -1.0


def still_picture(baseline: Baseline, grey: Grey, similarity: Similarity) -> F32:
    """The crop in log domain with the vertebra where it was in the reference frame."""
    crop, step = baseline.crop, baseline.step
    matrix = lattice_from_source(similarity.current_from_reference(), step)
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
    if patch.dtype == np.uint8:
        logged = np.asarray(cv2.LUT(patch, baseline.lookup), dtype=np.float32)
    else:
        level = patch.astype(np.float32) * np.float32(255.0 / baseline.white)
        if baseline.sign < 0:
            level = np.float32(255.0) - level
        logged = np.float32(_LOG_SCALE) * np.log((level + np.float32(_LOG_OFFSET)) / np.float32(255.0 + _LOG_OFFSET))
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


def change_since(baseline: Baseline, still: F32, mask: Bool | None) -> F32:
    """Positive where the picture has darkened (in the sense of cement); smoothed, slow brightness taken out.

    Parameters
    ----------
    baseline : Baseline
    still : array (height, width)
        From `still_picture`.
    mask : array of bool or None
        Known cement: it tells nothing of the haze.
    """
    raw = _without_tone(baseline, np.asarray(baseline.mean - still, dtype=np.float32), mask)
    difference: F32 = np.asarray(cv2.GaussianBlur(raw, (0, 0), SMOOTH_MM / baseline.mm_per_px))
    return _level(baseline, difference, mask)


def _without_tone(baseline: Baseline, difference: F32, mask: Bool | None) -> F32:
    """Take out what a change of the display's tone does: exposure control moves every grey along the curve.

    A dark rim or the cannula then changes otherwise than the disc beside it, everywhere in the picture alike. So the
    middle change of all pixels of about the same grey, known cement left out, is no cement.
    """
    tones = baseline.tones
    if tones is None:
        tones = baseline.tones = _read_tones(baseline)
    sampled = difference[::2, ::2].ravel()[tones.order]
    free = None
    if mask is not None and mask.any():
        covered = cv2.dilate(mask.astype(np.uint8), np.ones((5, 5), np.uint8))
        free = (covered[::2, ::2] == 0).ravel()[tones.order]
    middles, counts = np.zeros(_TONES), np.zeros(_TONES)
    for k in range(_TONES):
        part = sampled[tones.bounds[k] : tones.bounds[k + 1]]
        if free is not None:
            part = part[free[tones.bounds[k] : tones.bounds[k + 1]]]
        counts[k] = part.size
        if part.size:
            middles[k] = np.partition(part, part.size // 2)[part.size // 2]
    weight = counts / (counts + _TONE_PX)
    if weight.sum() < 0.5:
        return difference
    # Where few pixels of a grey are free, a line through all greys says what they would do.
    line = np.polynomial.Polynomial.fit(tones.centres, middles, 1, w=np.sqrt(weight))(tones.centres)
    told = weight * middles + (1.0 - weight) * line
    at = np.interp(np.arange(256.0), tones.centres, told).astype(np.float32)
    return np.asarray(difference - cv2.LUT(tones.steps, at), dtype=np.float32)


def _read_tones(baseline: Baseline) -> _Tones:
    smooth = cv2.GaussianBlur(baseline.mean, (0, 0), 0.5 * SMOOTH_MM / baseline.mm_per_px)
    low, high = float(smooth.min()), float(smooth.max())
    steps = ((smooth - low) * np.float32(255.0 / max(high - low, 1e-3))).astype(np.uint8)
    some = steps[::2, ::2].ravel()
    usable = np.flatnonzero(baseline.usable[::2, ::2].ravel())
    order = usable[np.argsort(some[usable], kind="stable")]
    bounds = np.linspace(0, order.size, _TONES + 1).astype(np.intp)
    sorted_steps = some[order].astype(np.float64)
    centres = np.array([sorted_steps[a:b].mean() if b > a else 0.0 for a, b in pairwise(bounds)])
    # Interpolation wants greys that rise.
    centres = np.maximum.accumulate(centres + 1e-3 * np.arange(_TONES))
    return _Tones(order=order, bounds=bounds, centres=centres, steps=steps)


def steady_noise(baseline: Baseline, contrast: F32, change: F32, mask: Bool | None) -> F32:
    """Standard deviation of the change after smoothing in time: grain averages out, what moves and misfits does not."""
    now = _spread(baseline, change, mask)
    steady = min(_spread(baseline, contrast, mask), now)
    unrest = np.ones_like(change) if baseline.unrest is None else baseline.unrest
    moving = np.sqrt(np.maximum(unrest * unrest - 1.0, 0.0)) * np.float32(now)
    calm = np.minimum(unrest, 1.0) * np.float32(steady)
    return np.asarray(cv2.magnitude(cv2.magnitude(calm, moving), _edge_noise(baseline)), dtype=np.float32)


def noise_of(baseline: Baseline, change: F32, mask: Bool | None) -> F32:
    """Standard deviation of the smoothed change without cement, per pixel, in log units.

    The picture itself says how noisy it is today, the map learned before the cement where it is noisier than
    elsewhere (rims of gas, ribs that breathe), the baseline's edges what a slight misregistration makes.
    """
    now = np.float32(_spread(baseline, change, mask))
    local = now * baseline.unrest if baseline.unrest is not None else np.full_like(change, now)
    return np.asarray(cv2.magnitude(np.asarray(local, dtype=np.float32), _edge_noise(baseline)), dtype=np.float32)


def _level(baseline: Baseline, change: F32, mask: Bool | None) -> F32:
    """Take out exposure, haze and gas that drifts: whatever is smooth over `_HAZE_MM` where no cement is known.

    A normalised convolution: known cement and whatever stands out has no weight, so that the ground under it is
    carried over from round it.
    """
    step = max(1, round(_HAZE_GRID_MM / baseline.mm_per_px))
    rows, cols = change.shape
    size = (max(1, cols // step), max(1, rows // step))
    small = cv2.resize(change, size, interpolation=cv2.INTER_AREA)
    weight = cv2.resize(baseline.usable.astype(np.float32), size, interpolation=cv2.INTER_AREA)
    if mask is not None and mask.any():
        covered = cv2.resize(mask.astype(np.float32), size, interpolation=cv2.INTER_AREA)
        weight *= cv2.dilate(covered, np.ones((5, 5), np.uint8)) < 0.02
    sigma = _HAZE_MM / (baseline.mm_per_px * step)
    known = small[weight > 0.5]
    if known.size < 30:
        return np.asarray(change - np.float32(np.median(small)), dtype=np.float32)
    ground = np.full_like(small, np.float32(np.median(known)))
    for _ in range(2):
        residual = small - ground
        spread = 1.4826 * float(np.median(np.abs(residual[weight > 0.5]))) + 0.3
        w = weight * (residual < 3 * spread) * (residual > -6 * spread)
        # A little weight everywhere keeps the middle of a large mask from having none at all.
        total = cv2.GaussianBlur(w, (0, 0), sigma) + 1e-6
        ground = np.asarray((cv2.GaussianBlur(w * small, (0, 0), sigma) + 1e-6 * ground) / total, dtype=np.float32)
    return np.asarray(change - cv2.resize(ground, (cols, rows), interpolation=cv2.INTER_LINEAR), dtype=np.float32)


def _spread(baseline: Baseline, change: F32, mask: Bool | None) -> float:
    """Grain of the smoothed change, mostly from its fine part: gas and haze are coarse and only partly noise."""
    free = baseline.usable if mask is None else baseline.usable & ~mask
    wide = _fine_box_px(baseline.mm_per_px)
    some = free[::3, ::3]
    if not some.any():
        return 1.0
    coarse = change[::3, ::3][some]
    fine = (change - cv2.blur(change, (wide, wide)))[::3, ::3][some]
    whole = 1.4826 * float(np.median(np.abs(coarse - np.median(coarse))))
    grain = baseline.fine_share * 1.4826 * float(np.median(np.abs(fine)))
    return max(grain, _COARSE_SHARE * whole, 0.15)


def _fine_box_px(mm_per_px: float) -> int:
    return max(5, round(4 * SMOOTH_MM / mm_per_px) | 1)


def _fine_share(mm_per_px: float) -> float:
    """Standard deviation of smoothed grain over that of its fine part, measured on made grain of a detector's blur."""
    grain = np.random.default_rng(0).standard_normal((128, 128)).astype(np.float32)
    smooth = cv2.GaussianBlur(cv2.GaussianBlur(grain, (0, 0), _GRAIN_BLUR_PX), (0, 0), SMOOTH_MM / mm_per_px)
    wide = _fine_box_px(mm_per_px)
    return float(smooth.std() / (smooth - cv2.blur(smooth, (wide, wide))).std())


def _edge_noise(baseline: Baseline) -> F32:
    """What a registration that is off by a little makes of the baseline's strong edges."""
    if baseline.edges is None:
        smooth: F32 = np.asarray(cv2.GaussianBlur(baseline.mean, (0, 0), SMOOTH_MM / baseline.mm_per_px))
        gx = cv2.Sobel(smooth, cv2.CV_32F, 1, 0, scale=1 / 8)
        gy = cv2.Sobel(smooth, cv2.CV_32F, 0, 1, scale=1 / 8)
        shifted = cv2.magnitude(gx, gy) * np.float32(_REGISTRATION_MM / baseline.mm_per_px)
        relief = np.abs(smooth - cv2.GaussianBlur(smooth, (0, 0), _RELIEF_MM / baseline.mm_per_px))
        baseline.edges = np.asarray(cv2.magnitude(shifted, np.float32(_RELIEF_SHARE) * relief), dtype=np.float32)
        baseline.cannula = _find_cannula(baseline, smooth)
    return baseline.edges


def _find_cannula(baseline: Baseline, smooth: F32) -> Bool:
    """Dark, straight, long and of even width in the baseline: a steel cannula."""
    wide = round(CANNULA_MM / baseline.mm_per_px) | 1
    kernel = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (wide, wide))
    darker = cv2.morphologyEx(smooth, cv2.MORPH_CLOSE, kernel) - smooth
    strong = (darker > max(_CANNULA_CONTRAST, 0.35 * float(np.percentile(darker, 99.5)))).astype(np.uint8)
    # The walls that it crosses are thinner than any cannula.
    thin = max(3, round(_THINNEST_MM / baseline.mm_per_px) | 1)
    strong = np.asarray(
        cv2.morphologyEx(strong, cv2.MORPH_OPEN, cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (thin, thin))),
        dtype=np.uint8,
    )
    count, labels, stats, _ = cv2.connectedComponentsWithStats(strong)
    found = np.zeros(smooth.shape, np.uint8)
    corridor = np.zeros(smooth.shape, np.uint8)
    for label in range(1, count):
        if max(stats[label, 2], stats[label, 3]) * baseline.mm_per_px < 10.0:
            continue
        part = labels == label
        if is_bar(part, baseline.mm_per_px):
            found[part] = 1
            _draw_corridor(corridor, part, baseline)
    baseline.corridor = corridor > 0 if corridor.any() else None
    margin = max(1, round(0.8 / baseline.mm_per_px))
    return cv2.dilate(found, np.ones((2 * margin + 1, 2 * margin + 1), np.uint8)).astype(bool)


def _draw_corridor(corridor: NDArray[np.uint8], bar: Bool, baseline: Baseline) -> None:
    """From a cannula's tip on, along its axis: a filler may be pushed out of it."""
    ys, xs = np.nonzero(bar)
    at = np.stack([xs, ys], axis=1).astype(np.float64)
    middle = at.mean(axis=0)
    _, _, axes = np.linalg.svd(at[:: max(1, len(at) // 2000)] - middle, full_matrices=False)
    along = (at - middle) @ axes[0]
    ends = middle + np.outer([along.min(), along.max()], axes[0])
    tip, back = sorted(ends, key=lambda end: float(np.linalg.norm(end - baseline.middle)))
    ahead = (tip - back) / max(float(np.linalg.norm(tip - back)), 1e-6) / baseline.mm_per_px
    a, b = tip - _BEHIND_TIP_MM * ahead, tip + _AHEAD_OF_TIP_MM * ahead
    cv2.line(
        corridor,
        (round(a[0]), round(a[1])),
        (round(b[0]), round(b[1])),
        1,
        max(1, round(2 * _BESIDE_TIP_MM / baseline.mm_per_px)),
    )


def is_bar(part: Bool, mm_per_px: float) -> bool:
    """A cannula that was pushed in: long, straight and of even width."""
    contours, _ = cv2.findContours(part.astype(np.uint8), cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
    outline = max(contours, key=cv2.contourArea)
    (_, _), (width, height), _ = cv2.minAreaRect(outline)
    long_mm, short_mm = max(width, height) * mm_per_px, min(width, height) * mm_per_px
    filled = cv2.contourArea(outline) / max(width * height, 1.0)
    return bool(long_mm > 10.0 and short_mm < 5.5 and long_mm > 3.0 * short_mm and filled > 0.7)


def learn(baseline: Baseline, still: F32, t_s: float) -> None:
    """Add pictures from before the cement to the baseline, late enough to be sure of it."""
    baseline.waiting.append((t_s, still))
    while baseline.waiting and t_s - baseline.waiting[0][0] >= _HOLD_BACK_S:
        _, old = baseline.waiting.popleft()
        fresh = -_without_tone(baseline, np.asarray(baseline.mean - old, dtype=np.float32), None)
        smooth: F32 = np.asarray(cv2.GaussianBlur(fresh, (0, 0), SMOOTH_MM / baseline.mm_per_px))
        deviation = _level(baseline, smooth, None)
        relative = np.square(deviation / np.float32(_spread(baseline, deviation, None)))
        wide = max(3, round(1.5 / baseline.mm_per_px) | 1)
        local = cv2.blur(relative, (wide, wide))
        before = np.ones_like(local) if baseline.variance is None else baseline.variance
        baseline.variance = np.asarray(before + (local - before) / min(baseline.count + 1, 16), np.float32)
        baseline.unrest = np.sqrt(np.clip(baseline.variance, _UNREST[0] ** 2, _UNREST[1] ** 2))
        baseline.count += 1
        rate = np.float32(1.0 / min(baseline.count, _BASELINE_MOST))
        baseline.mean = np.asarray(baseline.mean + rate * fresh, np.float32)
        if baseline.count & (baseline.count - 1) == 0:
            baseline.edges = None
            baseline.tones = None
