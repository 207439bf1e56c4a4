"""Aligning a picture to what was learned from the reference frame: lattices, points, weighted Gauss-Newton.

Inverse compositional alignment (Baker & Matthews 2004, doi 10.1023/B:VISI.0000011205.11775.fd) for translation,
rotation, scale, gain and offset on a few thousand pixels of strong gradient round the vertebra, with Tukey weights.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from assistant.geometry import Crop, PointsPx
from assistant.imaging.lattice import lattice_from_source, source_from_lattice
from assistant.imaging.robust_statistics import middle
from assistant.imaging.robust_statistics import spread as spread_of
from assistant.imaging.xray_field import field_at
from assistant.vocabulary import CementMask, Grey

F32 = NDArray[np.float32]
F64 = NDArray[np.float64]

_TEMPLATE_PICTURES = 32
_BAND_LOW_MM = 0.45
_BAND_HIGH_MM = 1.2
"""Half the side of the box that is taken off: wider, and the dark of the cement reaches the bone edges beside it."""
_LOG_OFFSET = 16.0
AS_MARKED: F64 = np.column_stack([np.eye(2), np.zeros(2)])
"""The pose of the reference frame."""
USUAL_SPREAD = np.array([0.010, 0.003])
"""How far rotation (rad) and log scale stray from what was usual lately [P]."""
_CORRELATED = 12.0
"""Neighbouring pixels share their noise after the band-pass: so many count as one."""
_SOME = 3
"""Every third point says where the middle lies."""
_BLACK_SHARE = 0.1
_MOST_DARK = 0.6
"""What is blacker than this has no grain to see bone in; where nearly all is, the picture is merely dark."""
_CLIP = 3.0
_STILL_PX = 0.01
"""A step smaller than this (0.004 mm) ends the search."""
_MARGIN_MM = 8.0
"""So far the vertebra may go between two pictures before the search starts from the coarse lattice."""
_OUTLINE_MM = 5.0
_ELSEWHERE = 0.12
"""How much a pixel far from the outline tells, against one on it."""


@dataclass(slots=True, eq=False)
class PyramidLevel:
    """One lattice: template values and derivatives at the chosen points."""

    decimation: int
    points_px: PointsPx  # (n, 2) in lattice px
    source_px: NDArray[np.int64]  # the same in px of the reference frame
    centre_px: F64  # c in lattice px
    values: F32
    jacobian: F32  # (n, 6): dx, dy, rotation, scale, gain, offset
    weight: F32
    template: F32  # the lattice that all this was read from: a mean of pictures without cement
    softness: float = 1.0
    pictures: int = 1


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Outline:
    """The vertebra in the reference frame."""

    mm_per_px: float
    window: Crop
    body_px: PointsPx
    centre_px: tuple[float, float]
    field_mask: NDArray[np.bool_]


@dataclass(slots=True, eq=False)
class Pyramid:
    """The new picture on each lattice that the step needs, band-passed once and shared by all views."""

    grey: Grey
    white: int
    lattices: dict[tuple[int, float, float], F32] = field(default_factory=dict)
    parts: dict[tuple[int, float, float], tuple[F32, int, int]] = field(default_factory=dict)

    def part(self, decimation: int, mm_per_px: float, softness: float, at: F64) -> tuple[F32, int, int]:
        """The lattice round some points only, and its first column and row: a large picture is mostly elsewhere.

        Parameters
        ----------
        decimation : int
        mm_per_px : float
            Of the picture.
        softness : float
            The band-pass is so many times as wide: 1 but where the pictures are so noisy that nothing is found.
        at : array (n, 2)
            Points in lattice px that may move by `_MARGIN_MM`.
        """
        # Made once a picture and shared by all views; a part that holds what is asked for now is taken as it is.
        key = (decimation, round(mm_per_px, 6), softness)
        if key in self.lattices:
            return self.lattices[key], 0, 0
        margin = _MARGIN_MM / (mm_per_px * decimation)
        rows, cols = self.grey.shape[0] // decimation, self.grey.shape[1] // decimation
        x0, y0 = np.clip(np.floor(at.min(axis=0) - margin), 0, [cols - 1, rows - 1]).astype(int)
        x1, y1 = np.clip(np.ceil(at.max(axis=0) + margin), [x0 + 1, y0 + 1], [cols, rows]).astype(int)
        if key in self.parts:
            made, left, top = self.parts[key]
            if left <= x0 and top <= y0 and x1 <= left + made.shape[1] and y1 <= top + made.shape[0]:
                return self.parts[key]
        grey = self.grey[y0 * decimation : y1 * decimation, x0 * decimation : x1 * decimation]
        made = _band(_logarithm(_decimated(grey, self.white, decimation)), mm_per_px * decimation, softness)
        self.parts[key] = made, int(x0), int(y0)
        return self.parts[key]

    def lattice(self, decimation: int, mm_per_px: float, softness: float = 1.0) -> F32:
        """The picture decimated by a whole factor and band-passed."""
        key = (decimation, round(mm_per_px, 6), softness)
        if key not in self.lattices:
            logged = _logarithm(_decimated(self.grey, self.white, decimation))
            self.lattices[key] = _band(logged, mm_per_px * decimation, softness)
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


def _band(picture: F32, mm_per_px: float, softness: float) -> F32:
    """Band-pass: drops slow brightness (exposure, scatter) and the noise of single pixels."""
    low = cv2.GaussianBlur(picture, (0, 0), max(0.6, softness * _BAND_LOW_MM / mm_per_px))
    wide = max(5, round(softness * _BAND_HIGH_MM / mm_per_px * 3) | 1)
    high = cv2.blur(picture, (wide, wide))
    return np.asarray(cv2.subtract(low, high), dtype=np.float32)


def learn_pyramid_level(
    lattice: F32, decimation: int, outline: Outline, points: int, softness: float = 1.0
) -> PyramidLevel:
    """Choose the points that tell most about the vertebra, and their derivatives.

    Parameters
    ----------
    lattice : array (rows, cols)
        Band-passed picture with the vertebra as in the reference frame.
    decimation : int
        Source px per lattice px.
    outline : Outline
    points : int
        At most so many.
    softness : float
        Of the lattice's band-pass (see `Pyramid.part`).
    """
    # Only the window is looked at: the rest of a large picture would cost most of the time and tell nothing.
    window = outline.window
    top, left = window.y0_px // decimation, window.x0_px // decimation
    rows = slice(top, min(top + window.height_px // decimation + 1, lattice.shape[0]))
    cols = slice(left, min(left + window.width_px // decimation + 1, lattice.shape[1]))
    part = np.ascontiguousarray(lattice[rows, cols])
    gx = cv2.Scharr(part, cv2.CV_32F, 1, 0, scale=1 / 32)
    gy = cv2.Scharr(part, cv2.CV_32F, 0, 1, scale=1 / 32)
    strength = cv2.magnitude(gx, gy)
    prior = _prior(lattice.shape, decimation, outline)[rows, cols]
    # Faint edges of the spine count as much as strong ones of lung and heart beside it.
    wide = max(3, round(6.0 / (outline.mm_per_px * decimation)) | 1)
    # The root mean square of the band close by. Dividing by it (softly, so that flat places do not become noise)
    # evens out what would else be decided by the diaphragm and the heart's border alone.
    local = np.sqrt(np.maximum(cv2.blur(part * part, (wide, wide)), 0.0))
    told = local[prior > 0]
    typical = float(np.median(told)) if told.size else 1.0
    equal = typical / np.sqrt(local**2 + (0.5 * typical) ** 2 + 1e-9)
    prior = np.asarray(prior * equal**2, dtype=np.float32)
    # The best points by gradient times prior; argpartition, for their order does not matter.
    flat = (strength * prior).ravel()
    count = max(min(points, int((flat > 0).sum())), 1)
    chosen = np.argpartition(flat, -count)[-count:]
    ys, xs = np.unravel_index(chosen, part.shape)
    at = np.stack([xs + left, ys + top], axis=1).astype(np.float64)
    centre = (np.asarray(outline.centre_px) + 0.5) / decimation - 0.5
    rel = at - centre
    # Steepest descent images: the derivative of T(W(x; d)) by each of the six numbers at d = 0, with rel = x - c.
    # dx: Tx, dy: Ty, rotation: -Tx y + Ty x, logarithm of the scale: Tx x + Ty y, gain: T, offset: 1.
    # They are the template's own, so that they are worked out once and not for each picture.
    tx, ty, values = gx[ys, xs], gy[ys, xs], part[ys, xs]
    columns = [tx, ty, -tx * rel[:, 1] + ty * rel[:, 0], tx * rel[:, 0] + ty * rel[:, 1], values, np.ones_like(values)]
    return PyramidLevel(
        decimation=decimation,
        points_px=at,
        source_px=np.floor(at * decimation + decimation / 2).astype(np.int64),
        centre_px=centre,
        values=values.astype(np.float32),
        jacobian=np.stack(columns, axis=1).astype(np.float32),
        weight=prior[ys, xs].astype(np.float32),
        template=lattice,
        softness=softness,
    )


def _prior(lattice_shape: tuple[int, ...], decimation: int, outline: Outline) -> F32:
    """How much each pixel should tell about the vertebra: its outline most, its neighbours some, the rest nothing."""
    rows, cols = lattice_shape[:2]
    drawn = np.zeros((rows, cols), np.uint8)
    ring = ((outline.body_px + 0.5) / decimation - 0.5).round().astype(np.int32)
    cv2.polylines(drawn, [ring], True, 1)
    away_mm = cv2.distanceTransform(1 - drawn, cv2.DIST_L2, 3) * (outline.mm_per_px * decimation)
    # Gaussian fall with the distance from the outline: ribs, and the neighbours when the patient bends, go their own
    # way.
    prior = _ELSEWHERE + (1.0 - _ELSEWHERE) * np.exp(-((away_mm / _OUTLINE_MM) ** 2))
    allowed = np.zeros((rows, cols), np.float32)
    window = outline.window
    allowed[
        window.y0_px // decimation + 1 : (window.y0_px + window.height_px) // decimation - 1,
        window.x0_px // decimation + 1 : (window.x0_px + window.width_px) // decimation - 1,
    ] = 1
    inside_field = field_at(outline.field_mask, rows, cols, inset=0.03)
    return np.asarray(prior * allowed * inside_field, dtype=np.float32)


def averaged(level: PyramidLevel, outline: Outline, pyramid: Pyramid, pose: F64, points: int) -> PyramidLevel:
    """Add a picture without cement to the template: one reference frame alone is noisy."""
    if level.pictures >= _TEMPLATE_PICTURES:
        return level
    lattice = pyramid.lattice(level.decimation, outline.mm_per_px, level.softness)
    rows, cols = lattice.shape
    still = cv2.warpAffine(
        lattice,
        lattice_from_source(pose, level.decimation),
        (cols, rows),
        flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP,
        borderMode=cv2.BORDER_REPLICATE,
    )
    # Running mean, m <- m + (x - m) / n; ``level`` is changed in place.
    level.template = np.asarray(level.template + (still - level.template) / (level.pictures + 1), dtype=np.float32)
    level.pictures += 1
    if level.pictures & (level.pictures - 1):
        return level
    # Read the points anew at 2, 4, 8 ... pictures only: it costs a few milliseconds.
    learned = learn_pyramid_level(level.template, level.decimation, outline, points, level.softness)
    learned.pictures = level.pictures
    return learned


def refine(
    level: PyramidLevel,
    outline: Outline,
    pyramid: Pyramid,
    start: F64,
    cement: CementMask | None,
    usual: tuple[float, float] | None,
    rounds: int,
) -> tuple[F64, float]:
    """Weighted Gauss-Newton from a pose.

    Parameters
    ----------
    level : PyramidLevel
    outline : Outline
    pyramid : Pyramid
        The new picture.
    start : array (2, 3)
        current_from_reference in source px.
    cement : CementMask or None
        What it covers in the reference frame tells nothing about the bone.
    usual : (rotation in rad, logarithm of the scale) or None
        Held near these when given.
    rounds : int
        At most so many steps.

    Returns
    -------
    pose : array (2, 3)
    correlation : float
        Weighted, -1..1, of picture and template at the pose; 0 when too little of the template is in the picture.
    """
    # What is not bone (cement, steel, a blade) gets no weight before anything is estimated: robust weights alone
    # would be pulled by a whole dark corner.
    weight = _without_cement(level, cement)
    weight = np.where(_gone_dark(level, pyramid, start), np.float32(0), weight)
    pose = lattice_from_source(start, level.decimation)
    # Only round where the points may come to lie; ``first`` is that part's corner in the lattice, taken off each
    # pose.
    about = level.points_px @ pose[:, :2].T + pose[:, 2]
    lattice, left, top = pyramid.part(level.decimation, outline.mm_per_px, level.softness, about)
    first = np.array([left, top], dtype=np.float64)
    reach_px = float(np.abs(level.points_px - level.centre_px).max())
    for _ in range(rounds):
        at = level.points_px @ pose[:, :2].T + (pose[:, 2] - first)
        sampled = _sample(lattice, at)
        inside = _inside(at, lattice.shape)
        step = _gauss_newton_step(level, weight * inside, sampled, pose, usual)
        pose = _composed(pose, step, level.centre_px)
        # Rotation and scale are measured by what they do to the point farthest out.
        if abs(step[0]) + abs(step[1]) < _STILL_PX and (abs(step[2]) + abs(step[3])) * reach_px < _STILL_PX:
            break
    at = level.points_px @ pose[:, :2].T + (pose[:, 2] - first)
    inside = _inside(at, lattice.shape)
    # With most of the template out of the picture or covered, a correlation of the rest says nothing: 0, not a guess.
    if float((weight * inside).sum()) < 0.3 * float(level.weight.sum()):
        return source_from_lattice(pose, level.decimation), 0.0
    score = _correlation(_sample(lattice, at), level.values, weight * inside)
    return source_from_lattice(pose, level.decimation), score


def _gauss_newton_step(
    level: PyramidLevel, weight: NDArray[np.generic], sampled: F32, pose: F64, usual: tuple[float, float] | None
) -> F64:
    """The six numbers (dx, dy, rotation, log scale, gain, offset) that bring picture and template together.

    With the residual ``r = sampled - values``, J its derivative, w the weights, s the spread and c = `_CORRELATED` the
    step d minimises ``sum w (r - J d)^2 / (c s^2) + sum ((p - d - usual) / USUAL_SPREAD)^2``, the second for rotation
    and scale alone: ``(J' w J + H) d = J' w r + H (p - usual)`` with ``H = c s^2 / USUAL_SPREAD^2``.
    """
    residual = sampled - level.values
    residual = residual - np.float32(middle(residual[::_SOME]))
    spread = spread_of(residual[::_SOME]) + 1e-3
    # Tukey's biweight (Beaton & Tukey 1974, doi 10.1080/00401706.1974.10489171): on normal noise it
    # is 95 % as good as least squares, and what lies beyond 4.7 deviations (an instrument, new cement) has no say.
    tukey = np.clip(1.0 - (residual / (4.7 * spread)) ** 2, 0.0, None) ** 2
    w = (weight * tukey).astype(np.float32)
    weighted = level.jacobian * w[:, None]
    normal = weighted.T @ level.jacobian
    # Levenberg's damping, small: with all points along one edge the normal matrix would have no inverse.
    normal[np.diag_indices(6)] *= 1.0 + 1e-4
    normal[np.diag_indices(6)] += 1e-6
    # The residual before its middle was taken off: gain and offset are two of the six and take it up themselves.
    right = (weighted.T @ (sampled - level.values)).astype(np.float64)
    if usual is not None:
        # A Gaussian prior on rotation and scale: on a picture that holds little bone these two run away first, and
        # take the lines with them.
        hold = _CORRELATED * spread**2 / np.square(USUAL_SPREAD)
        normal[[2, 3], [2, 3]] += hold
        turned = np.arctan2(pose[1, 0], pose[0, 0]), np.log(np.hypot(pose[0, 0], pose[1, 0]))
        right[2:4] += hold * (np.array(turned) - usual)
    return np.asarray(np.linalg.solve(normal.astype(np.float64), right))


def _composed(pose: F64, step: F64, centre: F64) -> F64:
    """Inverse compositional: the step moves the template, so the pose takes its inverse, W(p) <- W(p) o W(d)^-1.

    W(d) turns and scales about the vertebra's centre c: ``x -> A (x - c) + c + (dx, dy)``.
    """
    a, b = np.exp(step[3]) * np.cos(step[2]), np.exp(step[3]) * np.sin(step[2])
    turn = np.array([[a, -b], [b, a]])
    inverse = np.linalg.inv(turn)
    shift = -inverse @ (step[:2] + centre - turn @ centre)
    return np.column_stack([pose[:, :2] @ inverse, pose[:, :2] @ shift + pose[:, 2]])


def _without_cement(level: PyramidLevel, cement: CementMask | None) -> F32:
    if cement is None or not cement.mask.any():
        return level.weight
    crop = cement.crop
    grown = cv2.dilate(cement.mask.astype(np.uint8), np.ones((3, 3), np.uint8), iterations=3)
    xs, ys = level.source_px[:, 0] - crop.x0_px, level.source_px[:, 1] - crop.y0_px
    covered = (xs >= 0) & (ys >= 0) & (xs < crop.width_px) & (ys < crop.height_px)
    hidden = np.zeros(len(xs), bool)
    hidden[covered] = grown[ys[covered], xs[covered]] > 0
    return np.where(hidden, np.float32(0), level.weight)


def _gone_dark(level: PyramidLevel, pyramid: Pyramid, pose: F64) -> NDArray[np.bool_]:
    """Points on which a blade has closed, or over which steel lies: they tell nothing of the bone."""
    at = (level.source_px @ pose[:, :2].T + pose[:, 2]).round().astype(np.int64)
    rows, cols = pyramid.grey.shape[:2]
    now = pyramid.grey[np.clip(at[:, 1], 0, rows - 1), np.clip(at[:, 0], 0, cols - 1)]
    dark: NDArray[np.bool_] = np.asarray(now < _BLACK_SHARE * pyramid.white, dtype=bool)
    if dark.mean() > _MOST_DARK:
        return np.zeros(len(dark), bool)
    return dark


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
    # The edge of a blade or of an instrument is many times as strong as bone, and would be all that counts.
    # Both are cut: a grainy reference frame cut against itself uncut would not be known as itself.
    limit = np.float32(_CLIP) * np.sqrt((w * b * b).sum())
    a, b = np.clip(a, -limit, limit), np.clip(b, -limit, limit)
    a = a - (w * a).sum()
    b = b - (w * b).sum()
    return float((w * a * b).sum() / np.sqrt((w * a * a).sum() * (w * b * b).sum() + 1e-9))


def relative(pose: F64, reference: F64) -> F64:
    """Where something went since a pose: ``pose`` after the inverse of ``reference``."""
    back = cv2.invertAffineTransform(reference)
    return np.column_stack([pose[:, :2] @ back[:, :2], pose[:, :2] @ back[:, 2] + pose[:, 2]])
