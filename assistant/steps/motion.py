"""Where the vertebra went since the plan's reference frame.

Always picture against reference, never picture against picture, so that nothing drifts. Three searches, cheapest first:

1. **Refine**: weighted least squares on a few thousand pixels of strong gradient round the vertebra (inverse
   compositional alignment, Baker & Matthews 2004, doi 10.1023/B:VISI.0000011205.11775.fd) for translation, rotation,
   scale, gain and offset, with Tukey weights: growing cement, a moving cannula, ribs and gas are outliers.
2. **Refine from coarse**: the same from a lattice four times as wide.
3. **Find again**: normalised correlation of the band-passed template over the whole picture, several turns.

The confidence is the correlation of picture and template at the pose found, over what it should be at this noise.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from assistant.field import field_at
from assistant.geometry import Crop, PointsPx, similarity_from_matrix
from assistant.vocabulary import CementMask, Grey, Motion, Unknown

F32 = NDArray[np.float32]
F64 = NDArray[np.float64]

_FINE_MM = 0.40
"""Aim for the pixel of the fine lattice: finer costs time and adds noise, coarser loses sub-pixel accuracy."""
_COARSER = 4
_POINTS = 6000
_TEMPLATE_PICTURES = 32
_BAND_LOW_MM = 0.45
_BAND_HIGH_MM = 5.0
_LOG_OFFSET = 16.0
_GOOD = 0.80
_ACCEPT = 0.50
"""Shares of the correlation expected at this noise: from the first on a pose is taken at once, below the second it is
not believed; in between the whole picture is searched for a better one."""
_USUAL_SPREAD = np.array([0.010, 0.003])
"""How far rotation (rad) and log scale stray from what was usual lately [P]."""
_CORRELATED = 12.0
"""Neighbouring pixels share their noise after the band-pass: so many count as one."""
_OUTLINE_MM = 5.0
_ELSEWHERE = 0.12
"""How much a pixel far from the outline tells, against one on it."""
_LEAST_CORRELATION = 0.35
_MAX_TURN_DEG = 25.0
_SCALE_RANGE = (0.8, 1.25)


@dataclass(slots=True, eq=False)
class _Level:
    """One lattice: template values and derivatives at the chosen points."""

    decimation: int
    points_px: PointsPx  # (n, 2) in lattice px
    source_px: NDArray[np.int64]  # the same in px of the reference frame
    centre_px: F64  # c in lattice px
    values: F32
    jacobian: F32  # (n, 6): dx, dy, rotation, scale, gain, offset
    weight: F32
    template: F32  # the lattice that all this was read from: a mean of pictures without cement
    pictures: int = 1


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Shape:
    """The vertebra in the reference frame."""

    mm_per_px: float
    window: Crop
    body_px: PointsPx
    centre_px: tuple[float, float]
    field_mask: NDArray[np.bool_]


@dataclass(slots=True, eq=False)
class MotionMemory:
    """All that the step remembers of one planned view."""

    view_index: int
    shape: _Shape
    fine: _Level
    coarse: _Level
    finder: F32
    expected: float = _LEAST_CORRELATION
    accepted: int = 0
    pose: F64 | None = None
    usual: tuple[float, float] | None = None
    """Rotation (rad) and logarithm of the scale lately: both change slowly while the vertebra is followed."""


@dataclass(slots=True, eq=False)
class Pyramid:
    """The new picture on each lattice that the step needs, band-passed once and shared by all views."""

    grey: Grey
    white: int
    lattices: dict[tuple[int, float], F32] = field(default_factory=dict)

    def lattice(self, decimation: int, mm_per_px: float) -> F32:
        """The picture decimated by a whole factor and band-passed."""
        key = (decimation, round(mm_per_px, 6))
        if key not in self.lattices:
            logged = _logarithm(_decimated(self.grey, self.white, decimation))
            self.lattices[key] = _band(logged, mm_per_px * decimation)
        return self.lattices[key]


def _decimated(grey: Grey, white: int, decimation: int) -> F32:
    small: NDArray[Any] = grey
    if decimation > 1:
        height, width = grey.shape[0] // decimation, grey.shape[1] // decimation
        trimmed = grey[: height * decimation, : width * decimation]
        small = cv2.resize(trimmed, (width, height), interpolation=cv2.INTER_AREA)
    scaled = small.astype(np.float32)
    if white != 255:
        scaled *= np.float32(255.0 / white)
    return scaled


def _logarithm(picture: F32) -> F32:
    """Bone behind the heart or the lung changes the logarithm by the same amount, not the grey."""
    return np.asarray(cv2.log(picture + np.float32(_LOG_OFFSET)), dtype=np.float32) * np.float32(100.0)


def _band(picture: F32, mm_per_px: float) -> F32:
    """Band-pass: drops slow brightness (exposure, scatter) and the noise of single pixels."""
    low = cv2.GaussianBlur(picture, (0, 0), max(0.6, _BAND_LOW_MM / mm_per_px))
    wide = max(3, round(_BAND_HIGH_MM / mm_per_px * 2) | 1)
    # Two box filters come close to a wide Gaussian at a cost that does not grow with its width.
    high = cv2.blur(cv2.blur(picture, (wide, wide)), (wide, wide))
    return np.asarray(cv2.subtract(low, high), dtype=np.float32)


def start_following(
    view_index: int,
    grey: Grey,
    white: int,
    field_mask: NDArray[np.bool_],
    mm_per_px: float,
    body_px: PointsPx,
    centre_px: tuple[float, float],
) -> MotionMemory:
    """Learn the vertebra from the reference frame.

    Parameters
    ----------
    view_index : int
        Entry of the plan's views.
    grey : array (rows, cols), uint8 or uint16
    white : int
        Grey of full white.
    field_mask : array of bool
        The X-ray field of this frame, any lattice (see `assistant.field`).
    mm_per_px : float
    body_px : array (n, 2)
        Closed outline of the body.
    centre_px : tuple of float
        The contract's c.
    """
    decimation = max(1, round(_FINE_MM / mm_per_px))
    low, high = body_px.min(axis=0), body_px.max(axis=0)
    size = high - low
    reach = np.array([0.75, 0.95]) * size
    x0, y0 = np.maximum(low - reach, 0).astype(int)
    x1, y1 = np.minimum(high + reach, [grey.shape[1] - 1, grey.shape[0] - 1]).astype(int)
    window = Crop(x0_px=int(x0), y0_px=int(y0), width_px=int(x1 - x0), height_px=int(y1 - y0))
    pyramid = Pyramid(grey=grey, white=white)
    shape = _Shape(mm_per_px=mm_per_px, window=window, body_px=body_px, centre_px=centre_px, field_mask=field_mask)
    fine = _learn(pyramid.lattice(decimation, mm_per_px), decimation, shape, _POINTS)
    coarse_lattice = pyramid.lattice(decimation * _COARSER, mm_per_px)
    coarse = _learn(coarse_lattice, decimation * _COARSER, shape, _POINTS // 4)
    finder_decimation = decimation * _COARSER
    return MotionMemory(
        view_index=view_index,
        shape=shape,
        fine=fine,
        coarse=coarse,
        finder=_finder_template(coarse_lattice, finder_decimation, window),
    )


def _finder_template(lattice: F32, decimation: int, window: Crop) -> F32:
    y0, x0 = window.y0_px // decimation, window.x0_px // decimation
    patch = lattice[y0 : y0 + window.height_px // decimation, x0 : x0 + window.width_px // decimation]
    return np.ascontiguousarray(patch)


def _learn(lattice: F32, decimation: int, shape: _Shape, points: int) -> _Level:
    gx = cv2.Scharr(lattice, cv2.CV_32F, 1, 0, scale=1 / 32)
    gy = cv2.Scharr(lattice, cv2.CV_32F, 0, 1, scale=1 / 32)
    strength = cv2.magnitude(gx, gy)
    prior = _prior(lattice.shape, decimation, shape)
    # Faint edges of the spine count as much as strong ones of lung and heart beside it.
    wide = max(3, round(6.0 / (shape.mm_per_px * decimation)) | 1)
    local = np.sqrt(np.maximum(cv2.blur(lattice * lattice, (wide, wide)), 0.0))
    typical = float(np.median(local[prior > 0]))
    equal = typical / np.sqrt(local**2 + (0.5 * typical) ** 2)
    prior = np.asarray(prior * equal**2, dtype=np.float32)
    score = strength * prior
    flat = score.ravel()
    count = min(points, int((flat > 0).sum()))
    chosen = np.argpartition(flat, -count)[-count:]
    ys, xs = np.unravel_index(chosen, lattice.shape)
    at = np.stack([xs, ys], axis=1).astype(np.float64)
    centre = (np.asarray(shape.centre_px) + 0.5) / decimation - 0.5
    rel = at - centre
    tx, ty, values = gx[ys, xs], gy[ys, xs], lattice[ys, xs]
    columns = [tx, ty, -tx * rel[:, 1] + ty * rel[:, 0], tx * rel[:, 0] + ty * rel[:, 1], values, np.ones_like(values)]
    return _Level(
        decimation=decimation,
        points_px=at,
        source_px=np.floor(at * decimation + decimation / 2).astype(np.int64),
        centre_px=centre,
        values=values.astype(np.float32),
        jacobian=np.stack(columns, axis=1).astype(np.float32),
        weight=prior[ys, xs].astype(np.float32),
        template=lattice,
    )


def _prior(lattice_shape: tuple[int, ...], decimation: int, shape: _Shape) -> F32:
    """How much each pixel should tell about the vertebra: its outline most, its neighbours some, the rest nothing."""
    rows, cols = lattice_shape[:2]
    outline = np.zeros((rows, cols), np.uint8)
    ring = ((shape.body_px + 0.5) / decimation - 0.5).round().astype(np.int32)
    cv2.polylines(outline, [ring], True, 1)
    away_mm = cv2.distanceTransform(1 - outline, cv2.DIST_L2, 3) * (shape.mm_per_px * decimation)
    prior = _ELSEWHERE + (1.0 - _ELSEWHERE) * np.exp(-((away_mm / _OUTLINE_MM) ** 2))
    allowed = np.zeros((rows, cols), np.float32)
    window = shape.window
    allowed[
        window.y0_px // decimation + 1 : (window.y0_px + window.height_px) // decimation - 1,
        window.x0_px // decimation + 1 : (window.x0_px + window.width_px) // decimation - 1,
    ] = 1
    inside_field = field_at(shape.field_mask, rows, cols, inset=0.03)
    return np.asarray(prior * allowed * inside_field, dtype=np.float32)


def follow(
    memories: list[MotionMemory], active: int, pyramid: Pyramid, cement: CementMask | None
) -> tuple[Motion | Unknown, int]:
    """Find the vertebra in a new picture.

    Parameters
    ----------
    memories : list of MotionMemory
        One a planned view.
    active : int
        The view that the last picture showed: tried first.
    pyramid : Pyramid
        The new picture.
    cement : CementMask or None
        The cement of the last picture of the active view: it tells nothing about the bone.

    Returns
    -------
    motion : Motion or Unknown
    active : int
        The view that is shown now; unchanged when none was found.
    """
    tracked = _track(memories[active], pyramid, cement)
    if tracked is not None and tracked[1] >= _GOOD * memories[active].expected:
        return _accepted(memories[active], pyramid, tracked[0], tracked[1], cement), active
    candidates = [(active, tracked)] if tracked is not None else []
    for k, memory in enumerate(memories):
        found = _find(memory, pyramid, cement if k == active else None)
        if found is not None:
            candidates.append((k, found))
    believed = [(k, found) for k, found in candidates if found is not None and _believed(memories[k], found)]
    if not believed:
        for memory in memories:
            memory.pose = None
        return Unknown("the vertebra of the plan is not found in this picture"), active
    index, (pose, correlation) = max(believed, key=lambda c: c[1][1] / memories[c[0]].expected)
    return _accepted(memories[index], pyramid, pose, correlation, cement if index == active else None), index


def _believed(memory: MotionMemory, found: tuple[F64, float]) -> bool:
    pose, correlation = found
    return correlation >= max(_ACCEPT * memory.expected, _LEAST_CORRELATION) and _plausible(pose)


def _track(memory: MotionMemory, pyramid: Pyramid, cement: CementMask | None) -> tuple[F64, float] | None:
    """Follow from the last pose; from coarse when that is not good enough."""
    if memory.pose is None:
        return None
    best = _refine(memory, memory.fine, pyramid, memory.pose, cement, rounds=8)
    if best[1] < _GOOD * memory.expected or not _plausible(best[0]):
        wide, _ = _refine(memory, memory.coarse, pyramid, memory.pose, cement, rounds=12)
        again = _refine(memory, memory.fine, pyramid, wide, cement, rounds=8)
        best = max(best, again, key=lambda found: found[1])
    return best


def _accepted(
    memory: MotionMemory, pyramid: Pyramid, pose: F64, correlation: float, cement: CementMask | None
) -> Motion:
    memory.pose = pose
    turned = float(np.arctan2(pose[1, 0], pose[0, 0])), float(np.log(np.hypot(pose[0, 0], pose[1, 0])))
    before = memory.usual or turned
    if (np.abs(np.subtract(turned, before)) > 3 * _USUAL_SPREAD).any():
        before = turned
    memory.usual = (0.9 * before[0] + 0.1 * turned[0], 0.9 * before[1] + 0.1 * turned[1])
    memory.accepted += 1
    # What to expect follows slowly and never falls far: a lock that rots away must not become the measure of itself.
    rate = max(1.0 / memory.accepted, 0.03)
    memory.expected = max(memory.expected + rate * (correlation - memory.expected), 0.9 * memory.expected)
    confidence = float(np.clip(correlation / memory.expected, 0.0, 1.0))
    similarity = similarity_from_matrix(pose, memory.shape.centre_px)
    if cement is None or not cement.mask.any():
        memory.fine = _averaged(memory.fine, memory.shape, pyramid, pose, _POINTS)
        memory.coarse = _averaged(memory.coarse, memory.shape, pyramid, pose, _POINTS // 4)
    return Motion(view_index=memory.view_index, similarity=similarity, confidence=confidence)


def _averaged(level: _Level, shape: _Shape, pyramid: Pyramid, pose: F64, points: int) -> _Level:
    """Add a picture without cement to the template: one reference frame alone is noisy."""
    if level.pictures >= _TEMPLATE_PICTURES:
        return level
    lattice = pyramid.lattice(level.decimation, shape.mm_per_px)
    rows, cols = lattice.shape
    still = cv2.warpAffine(
        lattice,
        _to_lattice(pose, level.decimation),
        (cols, rows),
        flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP,
        borderMode=cv2.BORDER_REPLICATE,
    )
    level.template = np.asarray(level.template + (still - level.template) / (level.pictures + 1), dtype=np.float32)
    level.pictures += 1
    if level.pictures & (level.pictures - 1):
        return level
    # Read the points anew at 2, 4, 8 ... pictures only: it costs a few milliseconds.
    learned = _learn(level.template, level.decimation, shape, points)
    learned.pictures = level.pictures
    return learned


def _plausible(pose: F64) -> bool:
    scale = float(np.hypot(pose[0, 0], pose[1, 0]))
    turn_deg = abs(float(np.rad2deg(np.arctan2(pose[1, 0], pose[0, 0]))))
    return _SCALE_RANGE[0] < scale < _SCALE_RANGE[1] and turn_deg < _MAX_TURN_DEG


def _refine(
    memory: MotionMemory, level: _Level, pyramid: Pyramid, start: F64, cement: CementMask | None, rounds: int
) -> tuple[F64, float]:
    """Weighted Gauss-Newton from a pose; gives the pose and the weighted correlation at it."""
    lattice = pyramid.lattice(level.decimation, memory.shape.mm_per_px)
    weight = _without_cement(level, cement)
    pose = _to_lattice(start, level.decimation)
    offset = level.centre_px
    usual = memory.usual
    values = level.values
    sampled = values
    for _ in range(rounds):
        at = level.points_px @ pose[:, :2].T + pose[:, 2]
        sampled = _sample(lattice, at)
        inside = _inside(at, lattice.shape)
        residual = sampled - values
        residual = residual - np.median(residual)
        spread = 1.4826 * float(np.median(np.abs(residual))) + 1e-3
        tukey = np.clip(1.0 - (residual / (4.7 * spread)) ** 2, 0.0, None) ** 2
        w = (weight * inside * tukey).astype(np.float32)
        weighted = level.jacobian * w[:, None]
        normal = weighted.T @ level.jacobian
        normal[np.diag_indices(6)] *= 1.0 + 1e-4
        normal[np.diag_indices(6)] += 1e-6
        right = (weighted.T @ (sampled - values)).astype(np.float64)
        if usual is not None:
            hold = _CORRELATED * spread**2 / np.square(_USUAL_SPREAD)
            normal[[2, 3], [2, 3]] += hold
            turned = np.arctan2(pose[1, 0], pose[0, 0]), np.log(np.hypot(pose[0, 0], pose[1, 0]))
            right[2:4] += hold * (np.array(turned) - usual)
        step = np.linalg.solve(normal.astype(np.float64), right)
        a, b = np.exp(step[3]) * np.cos(step[2]), np.exp(step[3]) * np.sin(step[2])
        turn = np.array([[a, -b], [b, a]])
        inverse = np.linalg.inv(turn)
        shift = -inverse @ (step[:2] + offset - turn @ offset)
        pose = np.column_stack([pose[:, :2] @ inverse, pose[:, :2] @ shift + pose[:, 2]])
        if abs(step[0]) + abs(step[1]) < 0.004 and abs(step[2]) + abs(step[3]) < 4e-5:
            break
    at = level.points_px @ pose[:, :2].T + pose[:, 2]
    inside = _inside(at, lattice.shape)
    if float((weight * inside).sum()) < 0.3 * float(level.weight.sum()):
        return _to_source(pose, level.decimation), 0.0
    return _to_source(pose, level.decimation), _correlation(_sample(lattice, at), values, weight * inside)


def _without_cement(level: _Level, cement: CementMask | None) -> F32:
    if cement is None or not cement.mask.any():
        return level.weight
    crop = cement.crop
    grown = cv2.dilate(cement.mask.astype(np.uint8), np.ones((3, 3), np.uint8), iterations=3)
    xs, ys = level.source_px[:, 0] - crop.x0_px, level.source_px[:, 1] - crop.y0_px
    covered = (xs >= 0) & (ys >= 0) & (xs < crop.width_px) & (ys < crop.height_px)
    hidden = np.zeros(len(xs), bool)
    hidden[covered] = grown[ys[covered], xs[covered]] > 0
    return np.where(hidden, np.float32(0), level.weight)


def _sample(lattice: F32, at: F64) -> F32:
    # remap wants a picture of points no wider than 32767.
    xs = np.ascontiguousarray(at[:, 0], dtype=np.float32).reshape(-1, 1)
    ys = np.ascontiguousarray(at[:, 1], dtype=np.float32).reshape(-1, 1)
    sampled = cv2.remap(lattice, xs, ys, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    return np.asarray(sampled, dtype=np.float32).ravel()


def _inside(at: F64, shape: tuple[int, ...]) -> NDArray[np.bool_]:
    return (at[:, 0] > 0) & (at[:, 1] > 0) & (at[:, 0] < shape[1] - 1) & (at[:, 1] < shape[0] - 1)


def _correlation(a: F32, b: F32, weight: NDArray[np.generic]) -> float:
    w = weight / weight.sum()
    a = a - (w * a).sum()
    b = b - (w * b).sum()
    return float((w * a * b).sum() / np.sqrt((w * a * a).sum() * (w * b * b).sum() + 1e-9))


def _to_lattice(pose: F64, decimation: int) -> F64:
    o = np.full(2, 0.5 * decimation - 0.5)
    return np.column_stack([pose[:, :2], (pose[:, :2] @ o + pose[:, 2] - o) / decimation])


def _to_source(pose: F64, decimation: int) -> F64:
    o = np.full(2, 0.5 * decimation - 0.5)
    return np.column_stack([pose[:, :2], pose[:, 2] * decimation + o - pose[:, :2] @ o])


def _find(memory: MotionMemory, pyramid: Pyramid, cement: CementMask | None) -> tuple[F64, float] | None:
    """Look for the vertebra anywhere in the picture, turned by up to 12 degrees."""
    decimation = memory.coarse.decimation
    lattice = pyramid.lattice(decimation, memory.shape.mm_per_px)
    template = memory.finder
    rows, cols = template.shape
    # The vertebra may stand partly out of the picture.
    margin_y, margin_x = rows // 3, cols // 3
    padded = cv2.copyMakeBorder(lattice, margin_y, margin_y, margin_x, margin_x, cv2.BORDER_CONSTANT, value=0)
    starts: list[tuple[float, F64]] = [(2.0, np.column_stack([np.eye(2), np.zeros(2)]))]
    window = memory.shape.window
    x0, y0 = window.x0_px // decimation, window.y0_px // decimation
    for turn_deg in (0.0, -6.0, 6.0, -12.0, 12.0):
        middle = ((cols - 1) / 2, (rows - 1) / 2)
        turn = cv2.getRotationMatrix2D(middle, -turn_deg, 1.0)
        turned = cv2.warpAffine(template, turn, (cols, rows), borderMode=cv2.BORDER_REPLICATE) if turn_deg else template
        score = cv2.matchTemplate(padded, turned, cv2.TM_CCOEFF_NORMED)
        for _ in range(2):
            _, best, _, where = cv2.minMaxLoc(score)
            found = np.array([where[0] - margin_x, where[1] - margin_y], np.float64)
            to_window = np.column_stack([np.eye(2), -np.array([x0, y0], np.float64)])
            linear = turn[:, :2]
            shift = linear @ to_window[:, 2] + turn[:, 2] + found
            starts.append((float(best), _to_source(np.column_stack([linear, shift]), decimation)))
            cv2.rectangle(score, (where[0] - 3, where[1] - 3), (where[0] + 3, where[1] + 3), -1.0, -1)
    starts.sort(key=lambda s: -s[0])
    best_found: tuple[F64, float] | None = None
    usual, memory.usual = memory.usual, None
    for _, start in starts[:4]:
        pose, _ = _refine(memory, memory.coarse, pyramid, start, cement, rounds=12)
        pose, correlation = _refine(memory, memory.fine, pyramid, pose, cement, rounds=10)
        if _plausible(pose) and (best_found is None or correlation > best_found[1]):
            best_found = (pose, correlation)
    memory.usual = usual
    return best_found
