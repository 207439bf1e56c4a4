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

from collections import deque
from dataclasses import dataclass, field

import cv2
import numpy as np
from numpy.typing import NDArray

from assistant.geometry import Crop, PointsPx, Similarity
from assistant.vocabulary import CementMask, Grey

F32 = NDArray[np.float32]
Bool = NDArray[np.bool_]

_SMOOTH_MM = 0.40
"""Gaussian before the noise is measured and the threshold applied."""
_EDGE_SHARE = 0.20
"""The silhouette of a rounded body of cement, blurred by b, lies where the contrast is this share of the contrast
2 b further in: E[sqrt(max(0, z))] / sqrt(2) for a path that rises as the square root of the depth."""
_EDGE_REACH_MM = 0.8
_LOW_SIGMA = 3.0
_HIGH_SIGMA = 5.2
_LOG_OFFSET = 24.0
"""Grey added before the logarithm: the display's black is not zero exposure."""
_LOG_SCALE = 100.0
_BASELINE_MOST = 48
_HOLD_BACK_S = 1.0
"""A picture joins the baseline only this much later, and only if no cement was seen in between."""
_REACH_X_MM = 20.0
_REACH_Y_MM = 15.0
"""How far beyond the body cement is looked for: canal and foramen behind, veins in front, the discs and the next rims
above and below."""
_HAZE_MM = 4.0
"""What varies more slowly than this without cement is exposure, scatter or gas."""
_HAZE_GRID_MM = 0.8
_REGISTRATION_MM = 0.05
"""Standard deviation of the registration, for the noise at edges."""
_FIRST_SIGMA = 6.0
_FIRST_CORE_MM2 = 1.0
"""A part that hangs together with no earlier cement needs a core that stands out by far."""
_FIRST_AREA_MM2 = 3.0
_SPECK_MM2 = 0.5
_CANNULA_MM = 6.0
_CANNULA_CONTRAST = 12.0
"""Widest cannula with its blur, and how much darker (log units) it is than what lies round it [P]."""
_GRAIN_BLUR_PX = 0.8
_COARSE_SHARE = 0.85
_UNREST = (0.7, 4.0)
_LOBE_MM2 = 1.0
_RING_MM = 2.5
_DARKER_SHARE = 0.4
"""A lobe outside the body is darker than the ring round it by at least this share of its change [P]."""
_TOUCH_MM = 1.2
"""Cement this near to earlier cement hangs together with it."""
_CONFIRM_S = 0.25


@dataclass(slots=True, eq=False)
class MaskMemory:
    """All that the step remembers of one planned view.

    ``sign`` is +1 where cement darkens the picture and -1 where it brightens it.
    """

    crop: Crop
    mm_per_px: float
    body: Bool
    near: Bool
    usable: Bool
    sign: float
    lookup: F32
    white: int
    baseline: F32
    count: int = 0
    variance: F32 | None = None
    unrest: F32 | None = None
    edges: F32 | None = None
    cannula: Bool | None = None
    fine_share: float = 1.0
    waiting: deque[tuple[float, F32]] = field(default_factory=deque)
    smoothed: F32 | None = None
    mask: Bool | None = None
    since_s: float | None = None
    candidate: Bool | None = None
    started: bool = False


def cement_crop(body_px: PointsPx, mm_per_px: float, width_px: int, height_px: int) -> Crop:
    """The rectangle in which cement is looked for: the body, both discs, the canal, and the space in front."""
    low, high = body_px.min(axis=0), body_px.max(axis=0)
    reach = np.array([_REACH_X_MM, _REACH_Y_MM]) / mm_per_px
    x0, y0 = np.maximum(np.floor(low - reach), 0).astype(int)
    x1, y1 = np.minimum(np.ceil(high + reach), [width_px, height_px]).astype(int)
    return Crop(x0_px=int(x0), y0_px=int(y0), width_px=int(x1 - x0), height_px=int(y1 - y0))


def start_masking(
    reference: Grey, white: int, field_mask: Bool, crop: Crop, body_px: PointsPx, mm_per_px: float
) -> MaskMemory:
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
    local = (body_px - [crop.x0_px, crop.y0_px]).round().astype(np.int32)
    body = np.zeros((crop.height_px, crop.width_px), np.uint8)
    cv2.fillPoly(body, [local], 1)
    away_mm = cv2.distanceTransform(1 - body, cv2.DIST_L2, 5) * mm_per_px
    sign = _polarity(reference, white, crop, body, mm_per_px)
    levels = np.arange(256, dtype=np.float32)
    if sign < 0:
        levels = 255.0 - levels
    lookup = (_LOG_SCALE * np.log((levels + _LOG_OFFSET) / (255.0 + _LOG_OFFSET))).astype(np.float32)
    memory = MaskMemory(
        crop=crop,
        mm_per_px=mm_per_px,
        body=body.astype(bool),
        near=np.asarray(away_mm < 1.0, dtype=bool),
        usable=field_mask[crop.rows, crop.cols],
        sign=sign,
        lookup=lookup,
        white=white,
        baseline=np.zeros((crop.height_px, crop.width_px), np.float32),
    )
    memory.fine_share = _fine_share(mm_per_px)
    identity = Similarity(dx_px=0.0, dy_px=0.0, rotation_deg=0.0, scale=1.0, centre_px=(0.0, 0.0))
    memory.baseline = _still(memory, reference, identity)
    memory.count = 1
    return memory


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


def _still(memory: MaskMemory, grey: Grey, similarity: Similarity) -> F32:
    """The crop in log domain with the vertebra where it was in the reference frame."""
    matrix = similarity.current_from_reference()
    crop = memory.crop
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
    rows, cols = grey.shape
    x0, y0 = np.clip(np.floor(there.min(axis=0)) - 2, 0, [cols - 2, rows - 2]).astype(int)
    x1, y1 = np.clip(np.ceil(there.max(axis=0)) + 3, [x0 + 2, y0 + 2], [cols, rows]).astype(int)
    patch = grey[y0:y1, x0:x1]
    logged: F32
    if patch.dtype == np.uint8:
        logged = np.asarray(cv2.LUT(patch, memory.lookup), dtype=np.float32)
    else:
        level = patch.astype(np.float32) * np.float32(255.0 / memory.white)
        if memory.sign < 0:
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
    still = _still(memory, grey, similarity)
    sigma_px = _SMOOTH_MM / memory.mm_per_px
    # Positive where cement: darker than the baseline in the cement-is-dark sense.
    difference = cv2.GaussianBlur(memory.baseline - still, (0, 0), sigma_px)
    change = _level(memory, np.asarray(difference, dtype=np.float32))
    noise = np.asarray(cv2.magnitude(_noise(memory, change), _edge_noise(memory)), dtype=np.float32)
    contrast = _over_time(memory, change, noise)
    low, evidence = _threshold(memory, contrast, noise)
    if before_injection:
        low[:] = False
    _drop_bright_things_gone(memory, low, contrast, still)
    mask = _belonging(memory, low, contrast, noise, t_s)
    _learn_baseline(memory, still, mask, t_s)
    evidence = np.where(mask | (evidence < 0), evidence, -np.abs(evidence)).astype(np.float32)
    memory.mask = mask
    return CementMask(crop=memory.crop, mask=mask, evidence=evidence, front_mm=_front_mm(memory, contrast, mask, noise))


def _level(memory: MaskMemory, change: F32) -> F32:
    """Take out exposure, haze and gas that drifts: whatever is smooth over `_HAZE_MM` where no cement is known.

    A normalised convolution: known cement and whatever stands out has no weight, so that the ground under it is
    carried over from round it.
    """
    step = max(1, round(_HAZE_GRID_MM / memory.mm_per_px))
    rows, cols = change.shape
    size = (max(1, cols // step), max(1, rows // step))
    small = cv2.resize(change, size, interpolation=cv2.INTER_AREA)
    weight = cv2.resize(memory.usable.astype(np.float32), size, interpolation=cv2.INTER_AREA)
    if memory.mask is not None and memory.started:
        covered = cv2.resize(memory.mask.astype(np.float32), size, interpolation=cv2.INTER_AREA)
        weight *= cv2.dilate(covered, np.ones((5, 5), np.uint8)) < 0.02
    sigma = _HAZE_MM / (memory.mm_per_px * step)
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


def _noise(memory: MaskMemory, change: F32) -> F32:
    """Standard deviation of the smoothed change without cement, per pixel, in log units.

    The picture itself says how noisy it is today, the map learned before the cement where it is noisier than
    elsewhere (rims of gas, ribs that breathe).
    """
    now = np.float32(_spread(memory, change))
    return np.asarray(now * memory.unrest, dtype=np.float32) if memory.unrest is not None else np.full_like(change, now)


def _spread(memory: MaskMemory, change: F32) -> float:
    """Grain of the smoothed change, mostly from its fine part: gas and haze are coarse and only partly noise."""
    free = memory.usable if memory.mask is None else memory.usable & ~memory.mask
    wide = _fine_box_px(memory.mm_per_px)
    some = free[::3, ::3]
    if not some.any():
        return 1.0
    coarse = change[::3, ::3][some]
    fine = (change - cv2.blur(change, (wide, wide)))[::3, ::3][some]
    whole = 1.4826 * float(np.median(np.abs(coarse - np.median(coarse))))
    grain = memory.fine_share * 1.4826 * float(np.median(np.abs(fine)))
    return max(grain, _COARSE_SHARE * whole, 0.15)


def _fine_box_px(mm_per_px: float) -> int:
    return max(5, round(4 * _SMOOTH_MM / mm_per_px) | 1)


def _fine_share(mm_per_px: float) -> float:
    """Standard deviation of smoothed grain over that of its fine part, measured on made grain of a detector's blur."""
    grain = np.random.default_rng(0).standard_normal((128, 128)).astype(np.float32)
    smooth = cv2.GaussianBlur(cv2.GaussianBlur(grain, (0, 0), _GRAIN_BLUR_PX), (0, 0), _SMOOTH_MM / mm_per_px)
    wide = _fine_box_px(mm_per_px)
    return float(smooth.std() / (smooth - cv2.blur(smooth, (wide, wide))).std())


def _edge_noise(memory: MaskMemory) -> F32:
    """What a registration that is off by a little makes of the baseline's strong edges."""
    if memory.edges is None:
        smooth: F32 = np.asarray(cv2.GaussianBlur(memory.baseline, (0, 0), _SMOOTH_MM / memory.mm_per_px))
        gx = cv2.Sobel(smooth, cv2.CV_32F, 1, 0, scale=1 / 8)
        gy = cv2.Sobel(smooth, cv2.CV_32F, 0, 1, scale=1 / 8)
        memory.edges = np.asarray(cv2.magnitude(gx, gy) * (_REGISTRATION_MM / memory.mm_per_px), dtype=np.float32)
        memory.cannula = _find_cannula(memory, smooth)
        # Cement that runs along the cannula must not be lost to the cannula's own strong edges.
        memory.edges[memory.cannula] = 0.0
    return memory.edges


def _find_cannula(memory: MaskMemory, smooth: F32) -> Bool:
    """Dark, straight, long and of even width in the baseline: a steel cannula."""
    wide = round(_CANNULA_MM / memory.mm_per_px) | 1
    kernel = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (wide, wide))
    darker = cv2.morphologyEx(smooth, cv2.MORPH_CLOSE, kernel) - smooth
    count, labels, stats, _ = cv2.connectedComponentsWithStats((darker > _CANNULA_CONTRAST).astype(np.uint8))
    found = np.zeros(smooth.shape, np.uint8)
    for label in range(1, count):
        if max(stats[label, 2], stats[label, 3]) * memory.mm_per_px < 10.0:
            continue
        part = labels == label
        if _is_bar(part, memory.mm_per_px):
            found[part] = 1
    margin = max(1, round(0.8 / memory.mm_per_px))
    return cv2.dilate(found, np.ones((2 * margin + 1, 2 * margin + 1), np.uint8)).astype(bool)


def _over_time(memory: MaskMemory, change: F32, noise: F32) -> F32:
    if memory.smoothed is None:
        memory.smoothed = change.copy()
        return memory.smoothed
    innovation = cv2.absdiff(change, memory.smoothed) / noise
    gain = np.clip(0.30 + 0.28 * (innovation - 1.2), 0.30, 0.90)
    memory.smoothed = np.asarray(memory.smoothed + gain * (change - memory.smoothed), dtype=np.float32)
    return memory.smoothed


def _threshold(memory: MaskMemory, contrast: F32, noise: F32) -> tuple[Bool, F32]:
    reach = max(1, round(_EDGE_REACH_MM / memory.mm_per_px))
    kernel = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * reach + 1, 2 * reach + 1))
    highest = cv2.dilate(contrast, kernel)
    edge = np.maximum(_EDGE_SHARE * highest, _LOW_SIGMA * noise)
    if memory.mask is not None:
        edge = np.where(memory.mask, 0.9 * edge, edge)
    evidence = np.asarray(contrast - edge, dtype=np.float32)
    low = ((evidence > 0) & memory.usable).astype(np.uint8)
    # A thin sheet beside a thick mass falls below the mass's own edge: what lies between the two is cement as well.
    bridged = (cv2.morphologyEx(low, cv2.MORPH_CLOSE, kernel) > low) & (contrast > _LOW_SIGMA * noise)
    if memory.cannula is not None and memory.cannula.any():
        # Where the display is black already cement cannot darken it further: what lies between cement is cement.
        across = round(_CANNULA_MM / memory.mm_per_px) | 1
        around = cv2.morphologyEx(low, cv2.MORPH_CLOSE, cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (across, across)))
        bridged |= (around > low) & memory.cannula & memory.usable
    evidence[bridged] = np.maximum(evidence[bridged], 1e-3)
    low[bridged] = 1
    return low.astype(bool), evidence


def _drop_bright_things_gone(memory: MaskMemory, low: Bool, contrast: F32, still: F32) -> None:
    """Take out of ``low`` what darkened only because something bright went away (gas that moved).

    Cement outside the body is darker than what lies round it *now*, by about as much as the place has darkened; where
    gas has left, nothing dark is to be seen.
    """
    outside = (low & ~memory.near).astype(np.uint8)
    if memory.mask is not None:
        # What was cement before was looked at when it came; its outermost rim is looked at again and again.
        outside[cv2.erode(memory.mask.astype(np.uint8), np.ones((5, 5), np.uint8)) > 0] = 0
    count, labels, stats, _ = cv2.connectedComponentsWithStats(outside, connectivity=8)
    least_px = _LOBE_MM2 / memory.mm_per_px**2
    margin = max(2, round(_RING_MM / memory.mm_per_px))
    for label in range(1, count):
        if stats[label, cv2.CC_STAT_AREA] < least_px:
            continue
        x, y, w, h = stats[label, :4]
        box = (slice(max(0, y - margin), y + h + margin), slice(max(0, x - margin), x + w + margin))
        lobe = labels[box] == label
        wide = cv2.dilate(lobe.astype(np.uint8), np.ones((2 * margin + 1, 2 * margin + 1), np.uint8)) > 0
        ring = wide & ~low[box] & ~memory.near[box] & memory.usable[box]
        if ring.sum() < 20:
            continue
        darker_now = float(np.median(still[box][ring]) - np.median(still[box][lobe]))
        if darker_now < _DARKER_SHARE * float(np.median(contrast[box][lobe])):
            low[box][lobe] = False


def _belonging(memory: MaskMemory, low: Bool, contrast: F32, noise: F32, t_s: float) -> Bool:
    """Keep what can be cement: grows from the body or from earlier cement, stays, and is no straight bar."""
    area_px = 1.0 / memory.mm_per_px**2
    count, labels = cv2.connectedComponents(low.astype(np.uint8), connectivity=8)
    areas = np.bincount(labels.ravel(), minlength=count)
    certain = np.zeros(count, bool)
    certain[labels[(contrast > _HIGH_SIGMA * noise) & low]] = True
    keep = np.zeros(count, bool)
    if memory.started and memory.mask is not None:
        touch = max(1, round(_TOUCH_MM / memory.mm_per_px))
        grown = cv2.dilate(memory.mask.astype(np.uint8), np.ones((2 * touch + 1, 2 * touch + 1), np.uint8))
        keep[labels[grown.astype(bool) & low]] = True
    keep &= certain
    in_body = np.bincount(labels[memory.body], minlength=count)
    fresh = certain & ~keep & (areas >= _FIRST_AREA_MM2 * area_px) & (in_body > 0.5 * areas)
    core = np.bincount(labels[low & (contrast > _FIRST_SIGMA * noise)], minlength=count)
    fresh &= core >= _FIRST_CORE_MM2 * area_px
    fresh[0] = False
    for label in np.flatnonzero(fresh):
        keep[label] = not _is_bar(labels == label, memory.mm_per_px)
    keep &= areas >= _SPECK_MM2 * area_px
    keep[0] = False
    kept: Bool = np.asarray(keep[labels], dtype=bool)
    if memory.started:
        return kept
    # The first cement has to stay for a moment.
    if not kept.any():
        memory.since_s = None
        return np.zeros_like(kept)
    if memory.since_s is None:
        memory.since_s = t_s
    if t_s - memory.since_s < _CONFIRM_S:
        return np.zeros_like(kept)
    memory.started = True
    return kept


def _is_bar(part: Bool, mm_per_px: float) -> bool:
    """A cannula that was pushed in: long, straight and of even width."""
    contours, _ = cv2.findContours(part.astype(np.uint8), cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
    outline = max(contours, key=cv2.contourArea)
    (_, _), (width, height), _ = cv2.minAreaRect(outline)
    long_mm, short_mm = max(width, height) * mm_per_px, min(width, height) * mm_per_px
    filled = cv2.contourArea(outline) / max(width * height, 1.0)
    return bool(long_mm > 10.0 and short_mm < 5.5 and long_mm > 3.0 * short_mm and filled > 0.7)


def _learn_baseline(memory: MaskMemory, still: F32, mask: Bool, t_s: float) -> None:
    """Add pictures from before the cement to the baseline, late enough to be sure of it."""
    if memory.started:
        memory.waiting.clear()
        return
    memory.waiting.append((t_s, still))
    while memory.waiting and t_s - memory.waiting[0][0] >= _HOLD_BACK_S:
        _, old = memory.waiting.popleft()
        smooth: F32 = np.asarray(cv2.GaussianBlur(old - memory.baseline, (0, 0), _SMOOTH_MM / memory.mm_per_px))
        deviation = _level(memory, smooth)
        relative = np.square(deviation / np.float32(_spread(memory, deviation)))
        wide = max(3, round(1.5 / memory.mm_per_px) | 1)
        local = cv2.blur(relative, (wide, wide))
        before = np.ones_like(local) if memory.variance is None else memory.variance
        memory.variance = np.asarray(before + (local - before) / min(memory.count + 1, 16), np.float32)
        memory.unrest = np.sqrt(np.clip(memory.variance, _UNREST[0] ** 2, _UNREST[1] ** 2))
        memory.count += 1
        rate = np.float32(1.0 / min(memory.count, _BASELINE_MOST))
        offset = np.float32(np.median((old - memory.baseline)[::4, ::4]))
        memory.baseline = np.asarray(memory.baseline + rate * (old - offset - memory.baseline), np.float32)
        if memory.count & (memory.count - 1) == 0:
            memory.edges = None


def _front_mm(memory: MaskMemory, contrast: F32, mask: Bool, noise: F32) -> float:
    """Standard deviation of the outline: noise over the slope of the contrast across the outline."""
    if not mask.any():
        return 0.0
    eroded = cv2.erode(mask.astype(np.uint8), np.ones((3, 3), np.uint8)).astype(bool)
    rim = mask & ~eroded
    ys, xs = np.nonzero(rim)
    if len(ys) > 400:
        ys, xs = ys[:: len(ys) // 400], xs[:: len(xs) // 400]
    ys, xs = np.clip(ys, 1, mask.shape[0] - 2), np.clip(xs, 1, mask.shape[1] - 2)
    slope = np.hypot(contrast[ys, xs + 1] - contrast[ys, xs - 1], contrast[ys + 1, xs] - contrast[ys - 1, xs]) / 2
    return float(np.median(noise[ys, xs] / np.maximum(slope, 1e-3)) * memory.mm_per_px)
