"""From patient to detector: cone-beam geometry, path maps of what the beam crosses, and what is left of the beam.

A view is a 3 x 4 matrix that takes patient millimetres to *source pixels* (rotation, mirror and zoom of the console are
in it), so everything is drawn once, in the pixels that are stored. A volume is projected slice by slice: each of its
planes maps to the detector by a homography, so the cone beam is exact and no ray is marched.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

import cv2
import numpy as np
from numpy.typing import NDArray

from assistant.geometry import Crop, PointsPx
from assistant.simulation.scene import Cannula, CementFlow, PointMm, Volume

Map = NDArray[np.float32]
Vector = NDArray[np.float64]

CANNULA_LENGTH_MM = 125.0
STEEL_G_PER_CM3 = 7.9
PMMA_G_PER_CM3 = 1.18
LUMEN_OF_STEEL = 0.14
"""Attenuation of cement in the cannula's lumen as a share of steel's, at 60 keV and 0.25 g/cm³ of barium sulphate."""

# Mass attenuation, cm²/g, at 40, 50, 60, 80 and 100 keV (NIST XCOM; compounds by mass fraction). Below 40 keV nothing
# gets through a trunk, so the edges of iodine (33 keV) and barium (37 keV) lie outside the table.
_ENERGY_KEV = np.array([40.0, 50.0, 60.0, 80.0, 100.0])
_MASS_ATTENUATION = {
    "soft": np.array([0.2688, 0.2264, 0.2048, 0.1823, 0.1693]),
    "hydroxyapatite": np.array([0.988, 0.586, 0.407, 0.259, 0.202]),
    "steel": np.array([3.629, 1.958, 1.205, 0.5952, 0.3717]),
    "barium_sulphate": np.array([14.66, 8.25, 5.116, 2.413, 1.362]),
    "pmma": np.array([0.2350, 0.2074, 0.1924, 0.1751, 0.1641]),
    "iodine": np.array([22.10, 12.32, 7.579, 3.510, 1.942]),
}
_BINS_KEV = np.array([46.0, 60.0, 78.0])


def mass_attenuation(material: str, energy_kev: NDArray[np.float64]) -> NDArray[np.float64]:
    """Mass attenuation in cm²/g, interpolated on log scales between 40 and 100 keV."""
    table = _MASS_ATTENUATION[material]
    return np.exp(np.interp(np.log(energy_kev), np.log(_ENERGY_KEV), np.log(table)))


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Beam:
    """A beam as three energies.

    Attributes
    ----------
    weights : array (3,)
        Share of the unattenuated detector signal at each of the three energies; their sum is 1.
    attenuation : dict of str to array (3,)
        cm²/g of each material.
    """

    weights: NDArray[np.float64]
    attenuation: dict[str, NDArray[np.float64]] = field(repr=False)


def beam(tube_kv: float) -> Beam:
    """Beam of a tube with 3 mm Al and 0.1 mm Cu, as an energy-integrating caesium iodide panel weighs it.

    Kramers' rule for the tube, steel's curve standing for copper; good to the few per cent that matter here.
    """
    energy = np.arange(35.0, max(tube_kv, 45.0), 1.0)
    filtered = np.exp(-0.81 * mass_attenuation("pmma", energy) * 2.0 - 0.09 * mass_attenuation("steel", energy) * 1.3)
    absorbed = 1.0 - np.exp(-0.18 * mass_attenuation("iodine", energy))
    signal = (tube_kv - energy) * filtered * absorbed
    nearest = np.argmin(np.abs(energy[:, None] - _BINS_KEV[None, :]), axis=1)
    weights = np.array([signal[nearest == k].sum() for k in range(len(_BINS_KEV))])
    return Beam(
        weights=weights / weights.sum(),
        attenuation={name: mass_attenuation(name, _BINS_KEV) for name in _MASS_ATTENUATION},
    )


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
    across = int(np.argmax(np.abs(view_.axis)))  # patient axis that the slices are stacked along
    first, second = ((1, 2), (0, 2), (0, 1))[across]
    matrix = _onto(lattice, step_px) @ view_.matrix
    for k in range(values.shape[2 - across]):
        plane = np.take(values, k, axis=2 - across)
        if not plane.any():
            continue
        index_to_mm = np.zeros((4, 3))
        index_to_mm[first, 0] = index_to_mm[second, 1] = volume.spacing_mm
        index_to_mm[:3, 2] = volume.origin_mm
        index_to_mm[across, 2] += k * volume.spacing_mm
        index_to_mm[3, 2] = 1.0
        total += cv2.warpPerspective(
            np.ascontiguousarray(plane, dtype=np.float32), matrix @ index_to_mm, (cols, rows), flags=cv2.INTER_LINEAR
        )
    slant = np.abs(rays(view_, lattice, step_px)[..., across])
    return total * np.float32(volume.spacing_mm / 10.0) / slant


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
    offset = (view_.source_mm - start_mm).astype(np.float32)
    along_ray = ray @ towards
    along_offset = float(offset @ towards)
    ray_across = ray - along_ray[..., None] * towards
    offset_across = offset - along_offset * towards
    a = np.maximum((ray_across**2).sum(axis=2), 1e-12)
    b = ray_across @ offset_across
    nearest = -b / a
    gap = float(offset_across @ offset_across) - b * b / a
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
        np.minimum(
            where.max(axis=0) + by, [lattice.x0_px + lattice.width_px, lattice.y0_px + lattice.height_px]
        )
    ).astype(int)
    if (high <= low).any():
        return None
    return Crop(x0_px=int(low[0]), y0_px=int(low[1]), width_px=int(high[0] - low[0]), height_px=int(high[1] - low[1]))


def cannula_map(view_: View, lattice: Crop, cannulas: Iterable[Cannula], pulled_back_mm: float = 0.0) -> Map:
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


class CementProjector:
    """The cement's path map, grown voxel by voxel in order of arrival.

    Its whole memory is how far it has come (`volume_ml`) and the map so far (`path_mm`, one layer for the whole and one
    for each site of leak).
    """

    def __init__(self, flow: CementFlow, sites: NDArray[np.uint8], view_: View, lattice: Crop, site_count: int) -> None:
        """Sort the voxels by arrival and project their centres.

        Parameters
        ----------
        flow : CementFlow
        sites : array, the shape of the arrival volume, uint8
            0 inside the body, k = 1..site_count where a voxel counts as leaked at site k.
        view_ : View
        lattice : Crop
        site_count : int
        """
        arrival = np.asarray(flow.arrival_ml.values, dtype=np.float32)
        filled = np.flatnonzero(np.isfinite(arrival))
        filled = filled[np.argsort(arrival.ravel()[filled], kind="stable")]
        iz, iy, ix = np.unravel_index(filled, arrival.shape)
        spacing = flow.arrival_ml.spacing_mm
        points = np.stack([ix, iy, iz], axis=1) * spacing + np.asarray(flow.arrival_ml.origin_mm)
        self._arrival_ml = arrival.ravel()[filled]
        self._site = sites.ravel()[filled]
        self._px = view_.project(points) - np.array([lattice.x0_px, lattice.y0_px])
        local_mm_per_px = view_.mm_per_px * view_.depth_mm(points) / view_.depth_mm(np.zeros((1, 3)))[0]
        self._path_per_voxel = spacing**3 / local_mm_per_px**2
        # A Gaussian of half a voxel is nearly a partition of unity: a full block of voxels projects flat to 0.7 %.
        self._footprint_px = 0.5 * spacing / view_.mm_per_px
        shape = (lattice.height_px, lattice.width_px)
        self.path_mm = np.zeros(shape, dtype=np.float32)
        self.leaked_mm: list[Map] = [np.zeros(shape, dtype=np.float32) for _ in range(site_count)]
        self.volume_ml = 0.0
        self._next = 0

    def advance(self, volume_ml: float) -> None:
        """Add every voxel that has filled once ``volume_ml`` are injected; volumes never fall."""
        stop = int(np.searchsorted(self._arrival_ml, volume_ml, side="right")) if volume_ml > 0 else 0
        self.volume_ml = max(self.volume_ml, volume_ml)
        if stop <= self._next:
            return
        new = slice(self._next, stop)
        self._next = stop
        self._splat(self.path_mm, self._px[new], self._path_per_voxel[new])
        sites = self._site[new]
        for site in np.unique(sites[sites > 0]):
            of_site = sites == site
            self._splat(self.leaked_mm[int(site) - 1], self._px[new][of_site], self._path_per_voxel[new][of_site])

    def _splat(self, path_mm: Map, px: PointsPx, weight: NDArray[np.float64]) -> None:
        margin = int(np.ceil(4.0 * self._footprint_px)) + 2
        height, width = path_mm.shape
        near = (px[:, 0] > margin) & (px[:, 0] < width - margin - 1) & (px[:, 1] > margin) & (px[:, 1] < height - margin - 1)
        px, weight = px[near], weight[near]
        if not len(px):
            return
        x0, y0 = (np.floor(px.min(axis=0)).astype(int) - margin).tolist()
        x1, y1 = (np.floor(px.max(axis=0)).astype(int) + margin + 2).tolist()
        block = np.zeros((y1 - y0, x1 - x0), dtype=np.float64)
        whole = np.floor(px).astype(int)
        part = px - whole
        for dx in (0, 1):
            for dy in (0, 1):
                share = (part[:, 0] if dx else 1 - part[:, 0]) * (part[:, 1] if dy else 1 - part[:, 1])
                np.add.at(block, (whole[:, 1] + dy - y0, whole[:, 0] + dx - x0), share * weight)
        # The bilinear deposit already spreads each voxel by a variance of about 1/6 px².
        sigma = float(np.sqrt(max(self._footprint_px**2 - 1.0 / 6.0, 0.05)))
        path_mm[y0:y1, x0:x1] += cv2.GaussianBlur(block.astype(np.float32), (0, 0), sigma)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Paths:
    """What the beam crosses in one picture; each a float32 map of the same size, or None where there is none.

    ``soft_g_cm2`` and ``bone_g_cm2`` are mass per area, ``steel_mm`` and ``cement_mm`` lengths, ``iodine_g_cm2`` mass.
    """

    soft_g_cm2: Map = field(repr=False)
    bone_g_cm2: Map = field(repr=False)
    steel_mm: Map | None = field(repr=False, default=None)
    cement_mm: Map | None = field(repr=False, default=None)
    iodine_g_cm2: Map | None = field(repr=False, default=None)


def transmitted(beam_: Beam, paths: Paths, barium_g_per_cm3: float) -> Map:
    """Share of the unattenuated detector signal that the primary beam keeps, float32, 0..1."""
    total: Map | None = None
    for k, weight in enumerate(beam_.weights):
        mu = {name: float(values[k]) for name, values in beam_.attenuation.items()}
        log = cv2.addWeighted(paths.soft_g_cm2, -mu["soft"], paths.bone_g_cm2, -mu["hydroxyapatite"], float(np.log(weight)))
        if paths.steel_mm is not None:
            log = cv2.scaleAdd(paths.steel_mm, -mu["steel"] * STEEL_G_PER_CM3 / 10.0, log)
        if paths.cement_mm is not None:
            log = cv2.scaleAdd(paths.cement_mm, -cement_attenuation_per_mm(mu, barium_g_per_cm3), log)
        if paths.iodine_g_cm2 is not None:
            log = cv2.scaleAdd(paths.iodine_g_cm2, -mu["iodine"], log)
        kept = cv2.exp(log)
        total = kept if total is None else cv2.add(total, kept)
    assert total is not None
    return np.asarray(total, dtype=np.float32)


def cement_attenuation_per_mm(mu_cm2_per_g: dict[str, float], barium_g_per_cm3: float) -> float:
    """Extra attenuation of cement over the marrow that it replaces (1 g/cm³ of soft tissue), per mm."""
    polymer = PMMA_G_PER_CM3 * mu_cm2_per_g["pmma"] - 1.0 * mu_cm2_per_g["soft"]
    return (barium_g_per_cm3 * mu_cm2_per_g["barium_sulphate"] + polymer) / 10.0
