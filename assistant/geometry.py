"""Points, polylines, rigid transforms and signed distance; the only place where px become mm.

Conventions, fixed here once
----------------------------
Arrays of pixels are ``[row, col]``. Points are float64 arrays of shape (n, 2), each row ``(x_px, y_px)``: x to the
right, y down, (0, 0) is the *centre* of the top-left pixel. Transforms are named target_from_source. A positive
rotation turns +x towards +y.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

PointsPx = NDArray[np.float64]
MapMm = NDArray[np.float32]

END_TOLERANCE_MM = 2.0
"""To endplates, anterior and side walls a pixel counts when its foot falls at most this far past the line's ends."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Crop:
    """A rectangle of whole pixels of the reference frame.

    Attributes
    ----------
    x0_px, y0_px : int
        The top-left pixel.
    width_px, height_px : int
        Its size.
    """

    x0_px: int
    y0_px: int
    width_px: int
    height_px: int

    @property
    def rows(self) -> slice:
        """Rows of the rectangle, for ``picture[crop.rows, crop.cols]``."""
        return slice(self.y0_px, self.y0_px + self.height_px)

    @property
    def cols(self) -> slice:
        """Columns of the rectangle."""
        return slice(self.x0_px, self.x0_px + self.width_px)

    def pixel_centres(self) -> PointsPx:
        """Centres of all pixels, row by row, shape (height · width, 2)."""
        ys, xs = np.mgrid[self.rows, self.cols]
        return np.stack([xs.ravel(), ys.ravel()], axis=1).astype(np.float64)


@dataclass(frozen=True, slots=True, kw_only=True)
class Similarity:
    """Where a reference point lies in the current picture.

    ``current = scale · R(rotation) · (p - centre) + centre + (dx, dy)``, the contract's formula; in a picture that the
    console shows mirrored, ``p - centre`` has its x turned round first.

    Attributes
    ----------
    dx_px, dy_px : float
        Displacement of the centre.
    rotation_deg : float
        Positive from +x towards +y.
    scale : float
        1 = as in the reference frame.
    centre_px : tuple of float
        (x, y): the mean of the view's landmarks.
    mirrored : bool
        Left and right are exchanged against the reference frame.
    """

    dx_px: float
    dy_px: float
    rotation_deg: float
    scale: float
    centre_px: tuple[float, float]
    mirrored: bool = False

    def current_from_reference(self) -> NDArray[np.float64]:
        """2 x 3 matrix that takes reference points to the current picture."""
        linear = turned(self.rotation_deg, self.scale, mirrored=self.mirrored)
        centre = np.asarray(self.centre_px)
        moved = centre + np.array([self.dx_px, self.dy_px])
        return np.column_stack([linear, moved - linear @ centre])

    def reference_from_current(self) -> NDArray[np.float64]:
        """2 x 3 matrix that takes current points back to the reference frame."""
        forward = self.current_from_reference()
        inverse = np.linalg.inv(forward[:, :2])
        return np.column_stack([inverse, -inverse @ forward[:, 2]])


def apply(matrix: NDArray[np.float64], points_px: PointsPx) -> PointsPx:
    """Apply a 2 x 3 matrix to points of shape (n, 2)."""
    return points_px @ matrix[:, :2].T + matrix[:, 2]


def turned(rotation_deg: float, scale: float = 1.0, *, mirrored: bool = False) -> NDArray[np.float64]:
    """2 x 2 matrix: left and right exchanged where ``mirrored``, then turned, then scaled."""
    angle = np.deg2rad(rotation_deg)
    a, b = scale * np.cos(angle), scale * np.sin(angle)
    x = -1.0 if mirrored else 1.0
    return np.array([[a * x, -b], [b * x, a]], dtype=np.float64)


def after(second: NDArray[np.float64], first: NDArray[np.float64]) -> NDArray[np.float64]:
    """2 x 3 matrix of ``first`` and then ``second``."""
    return np.column_stack([second[:, :2] @ first[:, :2], second[:, :2] @ first[:, 2] + second[:, 2]])


def similarity_from_matrix(matrix: NDArray[np.float64], centre_px: tuple[float, float]) -> Similarity:
    """Read a 2 x 3 similarity matrix (current_from_reference) back as a `Similarity` about ``centre_px``."""
    mirrored = bool(np.linalg.det(matrix[:, :2]) < 0)
    a, b = (-matrix[0, 0], -matrix[1, 0]) if mirrored else (matrix[0, 0], matrix[1, 0])
    moved = matrix[:, :2] @ np.asarray(centre_px) + matrix[:, 2]
    return Similarity(
        dx_px=float(moved[0] - centre_px[0]),
        dy_px=float(moved[1] - centre_px[1]),
        rotation_deg=float(np.rad2deg(np.arctan2(b, a))),
        scale=float(np.hypot(a, b)),
        centre_px=centre_px,
        mirrored=mirrored,
    )


def along(polyline_px: PointsPx, fractions: NDArray[np.float64]) -> PointsPx:
    """Points of a polyline at fractions (0..1) of its arc length, shape (n, 2)."""
    lengths = np.concatenate([[0.0], np.cumsum(np.linalg.norm(np.diff(polyline_px, axis=0), axis=1))])
    at = np.asarray(fractions) * lengths[-1]
    return np.stack([np.interp(at, lengths, polyline_px[:, 0]), np.interp(at, lengths, polyline_px[:, 1])], axis=1)


def length_px(polyline_px: PointsPx) -> float:
    """Arc length of a polyline in px."""
    return float(np.linalg.norm(np.diff(polyline_px, axis=0), axis=1).sum())


def extended(polyline_px: PointsPx, by_px: float) -> PointsPx:
    """The polyline with a straight piece at each end, parallel to its chord (contract: ends of a line)."""
    chord = polyline_px[-1] - polyline_px[0]
    step = chord / np.linalg.norm(chord) * by_px
    return np.vstack([polyline_px[0] - step, polyline_px, polyline_px[-1] + step])


def signed_distance_px(
    points_px: PointsPx, polyline_px: PointsPx, inside_px: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Signed distance of points to a polyline, and where along it their foot falls.

    Parameters
    ----------
    points_px : array (n, 2)
    polyline_px : array (m, 2)
        m >= 2, no zero-length segment.
    inside_px : array (2,)
        A point on the side that counts as positive.

    Returns
    -------
    distance_px : array (n,)
        Positive on the side of ``inside_px``.
    foot_px : array (n,)
        Arc length from the first point to the foot.
    """
    best = np.full(len(points_px), np.inf)
    side = np.zeros(len(points_px))
    foot = np.zeros(len(points_px))
    travelled = 0.0
    for start, end in pairwise(polyline_px):
        segment = end - start
        length = float(np.hypot(*segment))
        unit = segment / length
        relative = points_px - start
        t = np.clip(relative @ unit, 0.0, length)
        distance = np.linalg.norm(relative - t[:, None] * unit, axis=1)
        cross = unit[0] * relative[:, 1] - unit[1] * relative[:, 0]
        # Two segments are equally near beyond their common corner: the one that the point lies farther beside
        # tells the side.
        take = (distance < best - 1e-9) | ((distance <= best + 1e-9) & (np.abs(cross) > np.abs(side)))
        side = np.where(take, cross, side)
        foot = np.where(take, travelled + t, foot)
        best = np.minimum(best, distance)
        travelled += length
    return best * np.sign(side) * side_of(polyline_px, inside_px), foot


def side_of(polyline_px: PointsPx, point_px: NDArray[np.float64]) -> float:
    """Which side of a polyline's chord a point lies on: +1 or -1."""
    chord = polyline_px[-1] - polyline_px[0]
    relative = np.asarray(point_px) - polyline_px[0]
    return 1.0 if chord[0] * relative[1] - chord[1] * relative[0] >= 0 else -1.0


def signed_distance_map(
    crop: Crop, polyline_px: PointsPx, inside_px: NDArray[np.float64], mm_per_px: float, *, runs_on: bool
) -> MapMm:
    """Signed distance in mm of each pixel of a crop to a line of the vertebra (contract: signed distance, ends).

    Parameters
    ----------
    crop : Crop
    polyline_px : array (m, 2)
    inside_px : array (2,)
        A point inside the vertebral body.
    mm_per_px : float
    runs_on : bool
        True: the line runs on straight past its ends (posterior wall, warning line). False: a pixel counts only
        when its foot falls between the ends or at most `END_TOLERANCE_MM` past them; elsewhere the map is +inf.

    Returns
    -------
    array (height, width) of float32, mm
    """
    by_px = 4.0 * (crop.width_px + crop.height_px)
    line = extended(polyline_px, by_px)
    distance, foot = signed_distance_px(crop.pixel_centres(), line, inside_px)
    if not runs_on:
        past = np.maximum(by_px - foot, foot - (length_px(line) - by_px))
        distance = np.where(past * mm_per_px <= END_TOLERANCE_MM, distance, np.inf)
    return (distance * mm_per_px).astype(np.float32).reshape(crop.height_px, crop.width_px)


def inside_ring(crop: Crop, ring_px: PointsPx) -> NDArray[np.bool_]:
    """Pixels of a crop whose centre lies inside a closed ring.

    Even-odd rule, exact to the sub-pixel; a centre on the ring itself counts on the left and upper side only, so that
    rings that share a side share no pixel.

    Parameters
    ----------
    crop : Crop
    ring_px : array (n, 2)
        Its first point again at the end.

    Returns
    -------
    array (height, width) of bool
    """
    inside = np.zeros((crop.height_px, crop.width_px), dtype=np.bool_)
    xs = np.arange(crop.x0_px, crop.x0_px + crop.width_px)
    ys = np.arange(crop.y0_px, crop.y0_px + crop.height_px)[:, None]
    for (x0, y0), (x1, y1) in pairwise(ring_px):
        if y0 != y1:
            inside ^= (ys >= min(y0, y1)) & (ys < max(y0, y1)) & (xs < x0 + (ys - y0) * (x1 - x0) / (y1 - y0))
    return inside
