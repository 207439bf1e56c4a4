"""From patient to detector: cone-beam geometry and path maps of what the beam crosses.

A view is a 3 x 4 matrix that takes patient millimetres to *source pixels* (rotation, mirror and zoom of the console are
in it), so everything is drawn once, in the pixels that are stored. A volume is projected slice by slice: each of its
planes maps to the detector by a homography, so the cone beam is exact and no ray is marched (slices that fall on each
other to a quarter of a pixel are taken together).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace

import cv2
import numpy as np
from numpy.typing import NDArray

from assistant.geometry import Crop, PointsPx
from assistant.simulation.scene import PointMm, SimulatedCannula, Volume

Map = NDArray[np.float32]
Vector = NDArray[np.float64]

CANNULA_LENGTH_MM = 125.0
LUMEN_OF_STEEL = 0.14
"""Attenuation of cement in the cannula's lumen as a share of steel's, at 60 keV and 0.25 g/cm³ of barium sulphate."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class View:
    """One position of the C-arm.

    Attributes
    ----------
    name : str
        "lateral", "ap" or "oblique".
    matrix : array (3, 4)
        Patient mm (homogeneous) to source px (homogeneous).
    source_mm, axis : array (3,)
        Focus, and the unit vector of the central ray.
    mm_per_px : float
        In the plane through the body's centre across the beam.
    magnification : float
    detector_px_mm : float
        Edge of a source pixel on the detector.
    px_per_mm : array (2, 3)
        How a small shift in patient mm of the body moves it in the picture.
    """

    name: str
    matrix: NDArray[np.float64] = field(repr=False)
    source_mm: Vector
    axis: Vector
    mm_per_px: float
    magnification: float
    detector_px_mm: float
    px_per_mm: NDArray[np.float64] = field(repr=False)

    def project(self, points_mm: NDArray[np.float64]) -> PointsPx:
        """Source px of patient points (n, 3)."""
        moved = points_mm @ self.matrix[:, :3].T + self.matrix[:, 3]
        return moved[:, :2] / moved[:, 2:]

    def depth_mm(self, points_mm: NDArray[np.float64]) -> NDArray[np.float64]:
        """Distance of points from the focus along the central ray."""
        return (points_mm - self.source_mm) @ self.axis


def view(
    name: str,
    *,
    orbit_deg: float,
    tilt_deg: float,
    source_body_mm: float,
    source_detector_mm: float,
    detector_px_mm: float,
    rotation_deg: float,
    mirrored: bool,
    centre_px: tuple[float, float],
    look_at_mm: PointMm = (0.0, 0.0, 0.0),
) -> View:
    """Make a view.

    Parameters
    ----------
    name : str
    orbit_deg : float
        0 = lateral (focus at the patient's left), 90 = AP (focus in front).
    tilt_deg : float
        Cranio-caudal tilt of the central ray.
    source_body_mm, source_detector_mm : float
        From the focus along the central ray to the body's centre and to the detector.
    detector_px_mm : float
        Edge of a source pixel on the detector.
    rotation_deg, mirrored
        What the console does to the picture: mirror first, then rotate.
    centre_px : tuple of float
        Where the central ray falls.
    look_at_mm : tuple of float
        Patient point on the central ray.
    """
    theta, phi = np.deg2rad(orbit_deg), np.deg2rad(tilt_deg)
    # In patient coordinates: right and down in the picture, and the central ray, tilted about right.
    right = np.array([-np.cos(theta), np.sin(theta), 0.0])
    level_axis = -np.array([np.sin(theta), np.cos(theta), 0.0])
    up = np.array([0.0, 0.0, 1.0])
    axis = np.cos(phi) * level_axis + np.sin(phi) * up
    down = -(np.cos(phi) * up - np.sin(phi) * level_axis)
    look = np.asarray(look_at_mm, dtype=np.float64)
    along = float(-look @ axis)  # the body's centre is the origin: keep its depth whatever is looked at
    source = look + (along - source_body_mm) * axis
    turn = np.deg2rad(rotation_deg)
    console = np.array([[np.cos(turn), -np.sin(turn)], [np.sin(turn), np.cos(turn)]])
    console = console @ np.diag([-1.0 if mirrored else 1.0, 1.0]) / detector_px_mm
    # Pinhole: x = P (X - S), P = [f C [right; down] + centre axis'; axis'], with C what the console does.
    plane = source_detector_mm * (console @ np.stack([right, down])) + np.outer(centre_px, axis)
    rows = np.vstack([plane, axis[None]])
    magnification = source_detector_mm / source_body_mm
    return View(
        name=name,
        matrix=np.column_stack([rows, -rows @ source]),
        source_mm=source,
        axis=axis,
        mm_per_px=detector_px_mm / magnification,
        magnification=magnification,
        detector_px_mm=detector_px_mm,
        px_per_mm=magnification * (console @ np.stack([right, down])),
    )


def turned(view_: View, roll_deg: float, tilt_deg: float) -> View:
    """What the same C-arm sees once the patient is turned about the body's middle.

    Parameters
    ----------
    view_ : View
    roll_deg : float
        About the patient's long axis.
    tilt_deg : float
        About the horizontal of the view.

    Returns
    -------
    View
        Shifts of the table are as before (``px_per_mm``): the table is not turned.
    """
    across = np.cross(view_.axis, [0.0, 0.0, 1.0])
    vectors = np.array([0.0, 0.0, np.deg2rad(roll_deg)]), np.deg2rad(tilt_deg) * across / np.linalg.norm(across)
    roll, tilt = (cv2.Rodrigues(vector)[0] for vector in vectors)
    turn = tilt @ roll
    return replace(
        view_,
        matrix=np.column_stack([view_.matrix[:, :3] @ turn, view_.matrix[:, 3]]),
        source_mm=turn.T @ view_.source_mm,
        axis=turn.T @ view_.axis,
    )


def _onto(lattice: Crop, step_px: float) -> NDArray[np.float64]:
    """Source px to columns and rows of a lattice whose pixels are ``step_px`` wide."""
    off = (step_px - 1.0) / 2.0  # the lattice's first pixel covers step_px source pixels
    return np.array(
        [
            [1.0 / step_px, 0.0, -(lattice.x0_px + off) / step_px],
            [0.0, 1.0 / step_px, -(lattice.y0_px + off) / step_px],
            [0.0, 0.0, 1.0],
        ]
    )


def rays(view_: View, lattice: Crop, step_px: int = 1) -> NDArray[np.float32]:
    """Unit ray directions (rows, cols, 3) from the focus through each lattice pixel."""
    # The ray through a px is the inverse of the 3 x 3 part on (x, y, 1); its sign is that of the central ray.
    inverse = np.linalg.inv(_onto(lattice, step_px) @ view_.matrix[:, :3]).astype(np.float32)
    rows, cols = lattice.height_px // step_px, lattice.width_px // step_px
    xs = np.arange(cols, dtype=np.float32)[None, :, None]
    ys = np.arange(rows, dtype=np.float32)[:, None, None]
    direction = inverse[:, 0] * xs + inverse[:, 1] * ys + inverse[:, 2]
    direction *= np.float32(np.sign(inverse[:, 2] @ view_.axis) or 1.0)
    unit: NDArray[np.float32] = direction / np.linalg.norm(direction, axis=2, keepdims=True)
    return unit


def path_map(volume: Volume, view_: View, lattice: Crop, step_px: int = 1) -> Map:
    """Integral of a volume along the rays: g/cm² for a density in g/cm³.

    Parameters
    ----------
    volume : Volume
    view_ : View
    lattice : Crop
        Rectangle of source px (may reach past the picture).
    step_px : int
        Edge of a lattice pixel in source px; coarse layers are projected coarsely.

    Returns
    -------
    array (height // step_px, width // step_px) of float32
    """
    cols, rows = lattice.width_px // step_px, lattice.height_px // step_px
    total = np.zeros((rows, cols), dtype=np.float32)
    values = volume.values
    if not np.any(values):
        return total
    # Slices across the beam: each is a plane, and a plane goes through a pinhole as a homography. So the integral
    # along the rays is a sum of warped slices, exact for the perspective, linear between the slices.
    across = int(np.argmax(np.abs(view_.axis)))  # patient axis that the slices are stacked along
    first, second = ((1, 2), (0, 2), (0, 1))[across]
    matrix = _onto(lattice, step_px) @ view_.matrix
    count = values.shape[2 - across]
    group = _slices_together(volume, view_, lattice, step_px, across)
    slices = np.moveaxis(values, 2 - across, 0)
    for first_slice in range(0, count, group):
        last_slice = min(first_slice + group, count)
        plane = slices[first_slice] if group == 1 else slices[first_slice:last_slice].sum(axis=0)
        if not plane.any():
            continue
        k = 0.5 * (first_slice + last_slice - 1)
        # From (column, row, 1) of the slice to homogeneous patient mm; the pinhole matrix after it gives the
        # homography.
        index_to_mm = np.zeros((4, 3))
        index_to_mm[first, 0] = index_to_mm[second, 1] = volume.spacing_mm
        index_to_mm[:3, 2] = volume.origin_mm
        index_to_mm[across, 2] += k * volume.spacing_mm
        index_to_mm[3, 2] = 1.0
        total += cv2.warpPerspective(
            np.ascontiguousarray(plane, dtype=np.float32), matrix @ index_to_mm, (cols, rows), flags=cv2.INTER_LINEAR
        )
    # The rays' slant changes slowly: every eighth one tells it to 0.02 %.
    sparse = np.abs(rays(view_, lattice, 8 if step_px == 1 else step_px)[..., across])
    slant = cv2.resize(sparse, (cols, rows), interpolation=cv2.INTER_LINEAR)
    return np.asarray(total * np.float32(volume.spacing_mm / 10.0) / slant, dtype=np.float32)


def _slices_together(volume: Volume, view_: View, lattice: Crop, step_px: int, across: int) -> int:
    """How many neighbouring slices fall on each other to a quarter of a lattice pixel, everywhere in the lattice."""
    corners = np.array([[-0.5, -0.5], [-0.5, 0.5], [0.5, -0.5], [0.5, 0.5]]) * [lattice.width_px, lattice.height_px]
    middle = np.array([lattice.x0_px + lattice.width_px / 2.0, lattice.y0_px + lattice.height_px / 2.0])
    inverse = np.linalg.inv(view_.matrix[:, :3])
    rays_ = np.column_stack([middle + corners, np.ones(4)]) @ inverse.T
    rays_ = rays_ / (rays_ @ view_.axis)[:, None]
    points = view_.source_mm + rays_ * view_.depth_mm(np.zeros((1, 3)))[0]
    step = np.zeros(3)
    step[across] = volume.spacing_mm
    shift_px = np.linalg.norm(view_.project(points + step) - view_.project(points), axis=1).max() / step_px
    return int(np.clip(0.5 / max(float(shift_px), 1e-6), 1, 6))


def tube_map(
    view_: View,
    lattice: Crop,
    *,
    start_mm: Vector,
    direction: Vector,
    length_mm: float,
    outer_mm: float,
    inner_mm: float = 0.0,
) -> Map:
    """Path in mm through a straight tube (closed form: a ray against two cylinders and two end planes)."""
    result = np.zeros((lattice.height_px, lattice.width_px), dtype=np.float32)
    ends = np.stack([start_mm, start_mm + direction * length_mm])
    part = _part_near(view_, lattice, _visible_ends(view_, ends), outer_mm)
    if part is None:
        return result
    ray = rays(view_, part)
    towards = np.asarray(direction, dtype=np.float32)
    # Rays start near the tube, not at the focus 0.7 m away: in single precision that is worth a factor of 100.
    begin_mm = float(np.linalg.norm(view_.source_mm - start_mm))
    offset = ray * np.float32(begin_mm) + (view_.source_mm - start_mm).astype(np.float32)
    along_ray = ray @ towards
    along_offset = offset @ towards
    # A ray o + t r against a cylinder round the axis: with what lies across the axis, |o' + t r'|^2 = R^2, a
    # quadratic in t. Its middle is -b / a, half its length sqrt((R^2 - gap) / a), cut by the two end planes.
    ray_across = ray - along_ray[..., None] * towards
    offset_across = offset - along_offset[..., None] * towards
    a = np.maximum((ray_across**2).sum(axis=2), 1e-12)
    b = (ray_across * offset_across).sum(axis=2)
    nearest = -b / a
    gap = (offset_across**2).sum(axis=2) - b * b / a
    safe = np.where(np.abs(along_ray) < 1e-6, 1e-6, along_ray)
    t0, t1 = -along_offset / safe, (length_mm - along_offset) / safe
    low, high = np.minimum(t0, t1), np.maximum(t0, t1)

    def chord(diameter_mm: float) -> Map:
        half = np.sqrt(np.maximum((diameter_mm / 2.0) ** 2 - gap, 0.0) / a)
        length: Map = np.maximum(np.minimum(nearest + half, high) - np.maximum(nearest - half, low), 0.0)
        return length

    steel = chord(outer_mm) - chord(inner_mm) if inner_mm > 0 else chord(outer_mm)
    y, x = part.y0_px - lattice.y0_px, part.x0_px - lattice.x0_px
    result[y : y + part.height_px, x : x + part.width_px] = steel
    return result


def ellipsoid_map(view_: View, lattice: Crop, centre_mm: Vector, radii_mm: Vector) -> Map:
    """Path in mm through an ellipsoid whose axes are the patient's."""
    result = np.zeros((lattice.height_px, lattice.width_px), dtype=np.float32)
    part = _part_near(view_, lattice, np.asarray(centre_mm)[None], 2.2 * float(np.max(radii_mm)))
    if part is None or float(np.min(radii_mm)) <= 0:
        return result
    ray = rays(view_, part)
    # In units of the radii the ellipsoid is the unit sphere: |o + t r| = 1, and the chord is 2 sqrt(b^2 - a c) / a.
    scaled = ray / np.asarray(radii_mm, dtype=np.float32)
    offset = ((view_.source_mm - centre_mm) / radii_mm).astype(np.float64)
    a = (scaled.astype(np.float64) ** 2).sum(axis=2)
    b = scaled.astype(np.float64) @ offset
    root = np.sqrt(np.maximum(b * b - a * (offset @ offset - 1.0), 0.0))
    y, x = part.y0_px - lattice.y0_px, part.x0_px - lattice.x0_px
    result[y : y + part.height_px, x : x + part.width_px] = 2.0 * root / a
    return result


def _visible_ends(view_: View, ends_mm: NDArray[np.float64]) -> NDArray[np.float64]:
    """A tube's ends, the far one pulled in until it lies well before the focus."""
    depth = view_.depth_mm(ends_mm)
    if depth[1] > 50.0 or depth[0] <= 50.0:
        return ends_mm
    share = (depth[0] - 50.0) / (depth[0] - depth[1])
    return np.stack([ends_mm[0], ends_mm[0] + share * (ends_mm[1] - ends_mm[0])])


def _part_near(view_: View, lattice: Crop, points_mm: NDArray[np.float64], reach_mm: float) -> Crop | None:
    """The part of a lattice within reach of the projected points; None where there is none."""
    where = view_.project(points_mm)
    by = 3.0 * reach_mm / view_.mm_per_px
    low = np.floor(np.maximum(where.min(axis=0) - by, [lattice.x0_px, lattice.y0_px])).astype(int)
    high = np.ceil(
        np.minimum(where.max(axis=0) + by, [lattice.x0_px + lattice.width_px, lattice.y0_px + lattice.height_px])
    ).astype(int)
    if (high <= low).any():
        return None
    return Crop(x0_px=int(low[0]), y0_px=int(low[1]), width_px=int(high[0] - low[0]), height_px=int(high[1] - low[1]))


def cannula_map(view_: View, lattice: Crop, cannulas: Iterable[SimulatedCannula], pulled_back_mm: float = 0.0) -> Map:
    """Path in mm of steel through the cannulas, pulled back along themselves by so much.

    The lumen holds a filler that is full of cement from the start (it counts as a seventh of steel), and a hub sits at
    the handle's end: both stand still with the cannula and are no cement of the patient.
    """
    total = np.zeros((lattice.height_px, lattice.width_px), dtype=np.float32)
    for cannula in cannulas:
        direction = np.asarray(cannula.towards_handle, dtype=np.float64)
        total += tube_map(
            view_,
            lattice,
            start_mm=np.asarray(cannula.tip_mm) + direction * pulled_back_mm,
            direction=direction,
            length_mm=CANNULA_LENGTH_MM,
            outer_mm=cannula.outer_diameter_mm,
            inner_mm=cannula.inner_diameter_mm,
        )
        lumen = (cannula.inner_diameter_mm, CANNULA_LENGTH_MM, 0.0, LUMEN_OF_STEEL)
        hub = (7.5, 14.0, CANNULA_LENGTH_MM - 4.0, 0.6)
        for diameter_mm, length_mm, from_mm, share in (lumen, hub):
            total += np.float32(share) * tube_map(
                view_,
                lattice,
                start_mm=np.asarray(cannula.tip_mm) + direction * (pulled_back_mm + from_mm),
                direction=direction,
                length_mm=length_mm,
                outer_mm=diameter_mm,
            )
    return total
