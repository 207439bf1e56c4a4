"""What is learned of the vertebra: the points that tell where it is, and how much each may say.

The reference frame alone says where the vertebra *is* in the plan, so a picture's difference is always taken to its own
values, and its place in itself is the identity whatever else was learned. What later pictures are averaged for is how
the picture changes under a shift (the derivatives), and how much a point scatters by grain and by tissue that moves
otherwise: a point tells as much as its gradient squared over that scatter (Fisher's information).
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from assistant.geometry import PointsPx
from assistant.imaging.lattice import lattice_from_source
from assistant.imaging.robust_statistics import power
from assistant.imaging.xray_field import field_at
from assistant.steps.motion.limits import LIMITS
from assistant.steps.motion.pyramid import F32, F64, Lattice, Outline, Pyramid

_PAIRS = [(i, j) for i in range(6) for j in range(i, 6)]
UPPER = np.array([i for i, _ in _PAIRS]), np.array([j for _, j in _PAIRS])
"""Rows and columns of the upper triangle of a 6 x 6 matrix."""
_FLAT_SHARES = (0.05, 0.3)
_ROOM = 4096


@dataclass(slots=True, eq=False)
class Window:
    """The learned pictures, on the lattice's pixels round the body."""

    reference: Lattice
    mean: F32
    scatter: F32
    """Sum of squared differences from the mean."""
    pictures: int = 1


@dataclass(slots=True, eq=False)
class GrainToBand:
    """Variance of the band over that of the second differences, for noise alone: how coarse the console's grain is.

    In one picture anatomy is in the band far more than in the second differences, so that the flattest places tell it
    too large; in what two pictures of one place differ by there is nothing but noise.

    Attributes
    ----------
    value : float
    most : float
        By the flattest places; noise cannot have more.
    """

    value: float
    most: float

    def learn(self, band: float, grain: float, most: float) -> None:
        """Take in the two variances of the difference of a picture and the reference frame.

        A pose a little beside, or tissue that has moved, makes the ratio larger and nothing makes it smaller: it falls
        fast and rises slowly. ``most``: of that picture's own variance the template does not explain more.
        """
        self.value = max(min(self.value, most), 1e-6)
        seen = max(min(band / max(grain, 1e-9), self.most, most), 1e-6)
        weight = LIMITS.grain_falls if seen < self.value else LIMITS.grain_rises
        self.value *= (seen / self.value) ** weight

    def learn_standing(self, band: float, grain: float) -> None:
        """Take in the two variances of the difference of two pictures one after the other, at one place.

        The anatomy has hardly moved between them: it is noise, wherever the vertebra is. The flattest places of the
        reference frame may have told too little: they are the darkest, and there a line's fine noise stands out.
        """
        seen = max(band / max(grain, 1e-9), 1e-6)
        self.most = max(self.most, seen)
        self.value *= (seen / self.value) ** LIMITS.grain_falls


@dataclass(slots=True, eq=False)
class Template:
    """One lattice: values and derivatives at the chosen points, sorted by cell."""

    decimation: int
    softness: float
    window: Window
    points_px: PointsPx  # (n, 2) in lattice px
    source_px: NDArray[np.int64]  # the same in px of the reference frame
    centre_px: F64  # c in lattice px
    reference: F32  # the reference frame's own values
    slow: F32  # and those of its slow part
    values: F32  # the mean's
    jacobian: F32  # (6, n): dx, dy, rotation, logarithm of the scale, gain, offset
    products: F32  # (21, n): the upper triangle of each point's jacobian times itself
    weight: F32
    upright: F32  # 1 on edges that stand upright in the picture: the walls
    near: F32  # 1 in the body and near it, where no blade closes
    map: F32  # the weight of every pixel of the window, not of the points alone
    cells: NDArray[np.int64]  # where each cell's points begin
    grain: F32  # the reference frame's second differences
    ratio: GrainToBand

    @property
    def noise(self) -> float:
        """Variance of the reference frame's noise in the band, at the points."""
        return self.ratio.value * power(self.grain)

    @property
    def signal_share(self) -> float:
        """Share of signal in the variance of the mean's values: what a clean picture's correlation squared would be."""
        total = _mean_square(self.values, self.weight)
        return float(np.clip(1.0 - self.noise / self.window.pictures / total, LIMITS.least_signal, 1.0))

    def part_of(self, pyramid: Pyramid, outline: Outline, pose: F64, reach_mm: float = 0.0) -> Lattice:
        """The part of a picture in which the window may lie, about a pose (2, 3) in lattice px."""
        window = self.window.reference
        rows, cols = window.band.shape
        low, high = np.array([window.left, window.top]), np.array([window.left + cols, window.top + rows])
        corners = np.array([low, [high[0], low[1]], high, [low[0], high[1]]], dtype=np.float64)
        about = corners @ pose[:, :2].T + pose[:, 2]
        reach = reach_mm / (outline.mm_per_px * self.decimation)
        about = np.vstack([about - reach, about + reach]) if reach > 0 else about
        return pyramid.part(self.decimation, outline.mm_per_px, self.softness, about)

    @property
    def alone(self) -> float:
        """The correlation to expect of two pictures with the reference frame's own grain."""
        total = _mean_square(self.reference, self.weight)
        return float(np.clip(1.0 - self.noise / total, 0.0, 1.0))


def _mean_square(values: F32, weight: F32) -> float:
    """Weighted; nearly 0 where nothing has weight: a reference frame in which nothing is seen."""
    return float((np.square(values) * weight).sum() / max(float(weight.sum()), 1e-9)) + 1e-9


def learn_template(lattice: Lattice, decimation: int, outline: Outline, points: int, softness: float = 1.0) -> Template:
    """Choose the points that tell most about the vertebra from the reference frame alone.

    Parameters
    ----------
    lattice : Lattice
        The whole reference frame.
    decimation : int
        Source px per lattice px.
    outline : Outline
    points : int
        At most so many.
    softness : float
        Of the lattice's band-pass (see `Pyramid.part`).
    """
    own = outline.window
    top, left = own.y0_px // decimation, own.x0_px // decimation
    rows = slice(top, min(top + own.height_px // decimation + 1, lattice.band.shape[0]))
    cols = slice(left, min(left + own.width_px // decimation + 1, lattice.band.shape[1]))
    part = Lattice(
        logged=np.ascontiguousarray(lattice.logged[rows, cols]),
        slow=np.ascontiguousarray(lattice.slow[rows, cols]),
        band=np.ascontiguousarray(lattice.band[rows, cols]),
        left=left,
        top=top,
    )
    window = Window(reference=part, mean=part.band.copy(), scatter=np.zeros_like(part.band))
    ratio = _grain_to_band(lattice, decimation, outline)
    return _chosen(window, decimation, outline, points, softness, ratio, lattice.band.shape)


def averaged(template: Template, outline: Outline, pyramid: Pyramid, pose: F64) -> Template:
    """Learn from a picture without cement: its derivatives are less noisy than the reference frame's, and it moves.

    Parameters
    ----------
    template : Template
        Changed in place, but for the points: they are chosen anew at 2, 4, 8 ... pictures.
    outline : Outline
    pyramid : Pyramid
    pose : array (2, 3)
        current_from_reference in source px.
    """
    window = template.window
    if window.pictures >= LIMITS.template_pictures:
        return template
    matrix = lattice_from_source(pose, template.decimation)
    lattice = template.part_of(pyramid, outline, matrix)
    corner = np.array([window.reference.left, window.reference.top], dtype=np.float64)
    shift = matrix[:, :2] @ corner + matrix[:, 2] - [lattice.left, lattice.top]
    rows, cols = window.mean.shape
    still = cv2.warpAffine(
        lattice.band,
        np.column_stack([matrix[:, :2], shift]),
        (cols, rows),
        flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP,
        borderMode=cv2.BORDER_REPLICATE,
    )
    # Welford's running mean and sum of squares: m <- m + d / n, s <- s + d^2 (n - 1) / n with d = x - m.
    window.pictures += 1
    away = cv2.subtract(still, window.mean)
    window.mean += away / np.float32(window.pictures)
    window.scatter += away * away * np.float32(1.0 - 1.0 / window.pictures)
    if window.pictures & (window.pictures - 1):
        return template
    shape = pyramid.grey.shape[0] // template.decimation, pyramid.grey.shape[1] // template.decimation
    points = len(template.points_px)
    return _chosen(window, template.decimation, outline, points, template.softness, template.ratio, shape)


def _chosen(
    window: Window,
    decimation: int,
    outline: Outline,
    points: int,
    softness: float,
    ratio: GrainToBand,
    shape: tuple[int, ...],
) -> Template:
    part = window.mean
    pixel_mm = outline.mm_per_px * decimation
    left, top = window.reference.left, window.reference.top
    gx = cv2.Scharr(part, cv2.CV_32F, 1, 0, scale=1 / 32)
    gy = cv2.Scharr(part, cv2.CV_32F, 0, 1, scale=1 / 32)
    own = slice(top, top + part.shape[0]), slice(left, left + part.shape[1])
    away_mm = _away_mm(shape, decimation, outline)[own]
    prior = _prior(shape, decimation, outline)[own]
    prior = np.asarray(prior / _variance(window, prior > 0, pixel_mm), dtype=np.float32)
    # The best points by gradient times weight; argpartition, for their order does not matter.
    flat = (cv2.magnitude(gx, gy) * prior).ravel()
    count = max(min(points, int((flat > 0).sum())), 1)
    ys, xs = np.unravel_index(np.argpartition(flat, -count)[-count:], part.shape)
    cell = (ys // (LIMITS.cell_mm / pixel_mm)).astype(np.int64) * _ROOM + (xs // (LIMITS.cell_mm / pixel_mm))
    order = np.argsort(cell, kind="stable")
    ys, xs, cell = ys[order], xs[order], cell[order]
    at = np.stack([xs + left, ys + top], axis=1).astype(np.float64)
    centre = (np.asarray(outline.centre_px) + 0.5) / decimation - 0.5
    # Steepest descent images: the derivative of T(W(x; d)) by each of the six numbers at d = 0, with rel = x - c.
    # dx: Tx, dy: Ty, rotation: -Tx y + Ty x, logarithm of the scale: Tx x + Ty y, gain: T, offset: 1.
    # They are the template's own, so that they are worked out once and not for each picture.
    rel = at - centre
    tx, ty, values = gx[ys, xs], gy[ys, xs], part[ys, xs]
    columns = [tx, ty, -tx * rel[:, 1] + ty * rel[:, 0], tx * rel[:, 0] + ty * rel[:, 1], values, np.ones_like(values)]
    jacobian = np.stack(columns).astype(np.float32)
    return Template(
        decimation=decimation,
        softness=softness,
        window=window,
        points_px=at,
        source_px=np.floor(at * decimation + decimation / 2).astype(np.int64),
        centre_px=centre,
        reference=window.reference.band[ys, xs],
        slow=window.reference.slow[ys, xs],
        values=values,
        jacobian=jacobian,
        products=jacobian[UPPER[0]] * jacobian[UPPER[1]],
        weight=prior[ys, xs],
        upright=np.asarray(np.abs(tx) > LIMITS.upright * np.abs(ty), dtype=np.float32),
        near=np.asarray(away_mm[ys, xs] < LIMITS.near_mm, dtype=np.float32),
        map=prior,
        cells=np.flatnonzero(np.diff(cell, prepend=-1)),
        grain=window.reference.grain[ys, xs],
        ratio=ratio,
    )


def _variance(window: Window, valid: NDArray[np.bool_], pixel_mm: float) -> F32:
    """How much each pixel scatters between pictures, about 1 in the middle; before there are any, its contrast nearby.

    That prior keeps the diaphragm and the heart's border from deciding alone: faint edges of the spine count as much.
    """
    part = window.reference.band
    wide = max(3, round(LIMITS.even_mm / pixel_mm) | 1)
    nearby = np.maximum(cv2.blur(part * part, (wide, wide)), 0.0)
    typical = float(np.median(nearby[valid])) if valid.any() else 1.0
    variance = nearby + 0.25 * typical + 1e-6
    if window.pictures > 1:
        seen = cv2.GaussianBlur(window.scatter, (0, 0), LIMITS.scatter_mm / pixel_mm)
        prior = LIMITS.scatter_prior
        variance = (prior * variance + seen * ((window.pictures - 1) / window.pictures)) / (prior + window.pictures - 1)
    middle = float(np.median(variance[valid])) if valid.any() else 1.0
    return np.asarray(variance / middle, dtype=np.float32)


def _away_mm(lattice_shape: tuple[int, ...], decimation: int, outline: Outline) -> F32:
    """How far each pixel lies from the body; 0 in it."""
    drawn = np.ones(lattice_shape[:2], np.uint8)
    ring = ((outline.body_px + 0.5) / decimation - 0.5).round().astype(np.int32)
    cv2.fillPoly(drawn, [ring], 0)
    away = cv2.distanceTransform(drawn, cv2.DIST_L2, 3) * (outline.mm_per_px * decimation)
    return np.asarray(away, dtype=np.float32)


def _prior(lattice_shape: tuple[int, ...], decimation: int, outline: Outline) -> F32:
    """How much each pixel should tell about the vertebra: its outline most, its neighbours some, the rest nothing."""
    rows, cols = lattice_shape[:2]
    drawn = np.zeros((rows, cols), np.uint8)
    ring = ((outline.body_px + 0.5) / decimation - 0.5).round().astype(np.int32)
    cv2.polylines(drawn, [ring], True, 1)
    away_mm = cv2.distanceTransform(1 - drawn, cv2.DIST_L2, 3) * (outline.mm_per_px * decimation)
    # Gaussian fall with the distance from the outline: ribs, and the neighbours when the patient bends, go their own
    # way.
    far = LIMITS.elsewhere
    prior = far + (1.0 - far) * np.exp(-((away_mm / LIMITS.outline_mm) ** 2))
    allowed = np.zeros((rows, cols), np.float32)
    window = outline.window
    allowed[
        window.y0_px // decimation + 1 : (window.y0_px + window.height_px) // decimation - 1,
        window.x0_px // decimation + 1 : (window.x0_px + window.width_px) // decimation - 1,
    ] = 1
    inside_field = field_at(outline.field_mask, rows, cols, inset=0.03)
    return np.asarray(prior * allowed * inside_field, dtype=np.float32)


def _grain_to_band(lattice: Lattice, decimation: int, outline: Outline) -> GrainToBand:
    """As the reference frame alone tells it, where it is flattest."""
    side = max(4, round(LIMITS.cell_mm / (outline.mm_per_px * decimation)))
    band = cv2.blur(np.square(lattice.band), (side, side))[side // 2 :: side, side // 2 :: side]
    grain = cv2.blur(np.square(lattice.grain), (side, side))[side // 2 :: side, side // 2 :: side]
    rows, cols = lattice.band.shape
    usable = field_at(outline.field_mask, rows, cols, inset=0.05)[side // 2 :: side, side // 2 :: side]
    if not usable.any():
        return GrainToBand(value=1e-6, most=1e-6)
    value, most = np.quantile(band[usable] / (grain[usable] + 1e-6), _FLAT_SHARES).tolist()
    return GrainToBand(value=max(value, 1e-6), most=max(most, 1e-6))
