"""Where each vertebra stands: the spine's curve, put together disc by disc from the treated level."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from assistant.simulation.anatomy.anatomy_shapes import F32, Grid
from assistant.simulation.anatomy.anatomy_sizes import VertebraSize
from assistant.simulation.anatomy.fracture import BodyForm


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class VertebraPose:
    """From a vertebra's frame to the patient's: ``patient = turn @ own + centre_mm``."""

    turn: NDArray[np.float64] = field(repr=False)
    centre_mm: NDArray[np.float64]

    def to_patient(self, points_mm: NDArray[np.float64]) -> NDArray[np.float64]:
        """Points (..., 3) of the vertebra's frame in the patient's."""
        result: NDArray[np.float64] = points_mm @ self.turn.T + self.centre_mm
        return result

    def to_own(self, points_mm: NDArray[np.float64]) -> NDArray[np.float64]:
        """Points (..., 3) of the patient's frame in the vertebra's."""
        result: NDArray[np.float64] = (points_mm - self.centre_mm) @ self.turn
        return result

    def bounds_in_patient(
        self, low_mm: NDArray[np.float64], high_mm: NDArray[np.float64]
    ) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Box of the patient's frame that holds a box of the vertebra's."""
        corners = np.array([[x, y, z] for x in (0, 1) for y in (0, 1) for z in (0, 1)])
        points = self.to_patient(low_mm + corners * (high_mm - low_mm))
        return points.min(axis=0), points.max(axis=0)


@dataclass(frozen=True, slots=True, kw_only=True)
class VoxelGrid:
    """The place of a voxel grid in the patient: where it begins, how fine and how large it is."""

    origin_mm: tuple[float, float, float]
    spacing_mm: float
    shape: tuple[int, int, int]

    def axes_mm(self) -> tuple[F32, F32, F32]:
        """x, y and z of the voxel centres."""
        nz, ny, nx = self.shape
        x, y, z = (
            (np.float32(o) + np.float32(self.spacing_mm) * np.arange(n, dtype=np.float32))
            for o, n in zip(self.origin_mm, (nx, ny, nz), strict=True)
        )
        return x, y, z

    def crop(self, low_mm: NDArray[np.float64], high_mm: NDArray[np.float64]) -> tuple[slice, slice, slice] | None:
        """Index block [z, y, x] of the voxels in a box, or None when none is."""
        slices = []
        for o, n, low, high in zip(
            self.origin_mm, reversed(self.shape), low_mm.tolist(), high_mm.tolist(), strict=True
        ):
            first = max(0, int(np.floor((low - o) / self.spacing_mm)))
            last = min(n, int(np.ceil((high - o) / self.spacing_mm)) + 1)
            if last - first < 2:
                return None
            slices.append(slice(first, last))
        return slices[2], slices[1], slices[0]

    def seen_from(self, pose: VertebraPose, crop: tuple[slice, slice, slice] | None = None) -> Grid:
        """Voxels (of a crop) in a vertebra's own frame."""
        x, y, z = self.axes_mm()
        if crop is not None:
            z, y, x = z[crop[0]], y[crop[1]], x[crop[2]]
        dx = (x - np.float32(pose.centre_mm[0]))[None, None, :]
        dy = (y - np.float32(pose.centre_mm[1]))[None, :, None]
        dz = (z - np.float32(pose.centre_mm[2]))[:, None, None]
        turn = pose.turn.astype(np.float32)
        own = [turn[0, i] * dx + turn[1, i] * dy + turn[2, i] * dz for i in range(3)]
        return Grid(x_mm=own[0], y_mm=own[1], z_mm=own[2])

    def plain(self) -> Grid:
        """Voxels in the patient's frame, without copying."""
        x, y, z = self.axes_mm()
        return Grid(
            x_mm=np.broadcast_to(x[None, None, :], self.shape),
            y_mm=np.broadcast_to(y[None, :, None], self.shape),
            z_mm=np.broadcast_to(z[:, None, None], self.shape),
        )


def block_around(low_mm: NDArray[np.float64], high_mm: NDArray[np.float64], spacing_mm: float) -> VoxelGrid:
    """A grid that covers a box."""
    counts = np.ceil((high_mm - low_mm) / spacing_mm).astype(int) + 1
    x, y, z = (float(v) for v in low_mm)
    return VoxelGrid(origin_mm=(x, y, z), spacing_mm=spacing_mm, shape=(int(counts[2]), int(counts[1]), int(counts[0])))


def turned(tilt_deg: float, list_deg: float = 0.0, twist_deg: float = 0.0) -> NDArray[np.float64]:
    """Rotation matrix: ``tilt`` lifts the front, ``list`` leans to the right, ``twist`` turns the front to the left."""
    p, r, w = np.deg2rad([tilt_deg, list_deg, twist_deg])
    lift = np.array([[np.cos(p), 0, -np.sin(p)], [0, 1, 0], [np.sin(p), 0, np.cos(p)]])
    lean = np.array([[1, 0, 0], [0, np.cos(r), -np.sin(r)], [0, np.sin(r), np.cos(r)]])
    swing = np.array([[np.cos(w), -np.sin(w), 0], [np.sin(w), np.cos(w), 0], [0, 0, 1]])
    result: NDArray[np.float64] = lift @ lean @ swing
    return result


def stack(
    sizes: tuple[VertebraSize, ...], forms: tuple[BodyForm, ...], target: int, rng: np.random.Generator
) -> tuple[VertebraPose, ...]:
    """Poses of a column of vertebrae, listed from cranial to caudal, round the treated one.

    The treated body's centre is the patient's origin and its axes are the patient's, but for a tilt of a few degrees in
    the sagittal plane (a C-arm is turned until the treated level is seen true from the side). Neighbours lean and turn
    by about a degree per level; a broken body tilts what stands above it, the disc takes up a third of that.
    """
    tilts, leans, twists = np.zeros(len(sizes)), np.zeros(len(sizes)), np.zeros(len(sizes))
    centres = np.zeros((len(sizes), 3))
    tilts[target] = float(rng.normal(0.0, 2.0))
    start = turned(tilts[target])
    centres[target] = -start @ np.array(forms[target].centre_mm(sizes[target].depth_mm))
    for step in (-1, 1):
        i = target
        while 0 <= i + step < len(sizes):
            j = i + step
            upper, lower = (j, i) if step < 0 else (i, j)
            disc = sizes[upper]
            lower_plate, upper_plate = (
                _plate_deg(forms[lower], sizes[lower], top=True),
                _plate_deg(forms[upper], sizes[upper], top=False),
            )
            kink = _plate_deg(forms[lower], sizes[lower], top=True) + _natural_deg(sizes[lower])
            wedge = disc.disc_wedge_deg + (-kink / 3 if kink < -4 else 0.0)
            turn_up = lower_plate + wedge - upper_plate  # tilt(upper) - tilt(lower)
            tilts[j] = tilts[i] + (turn_up if step < 0 else -turn_up)
            leans[j] = leans[i] + float(rng.normal(0.0, 0.8))
            twists[j] = twists[i] + float(rng.normal(0.0, 1.0))
            gap = disc.disc_height_mm
            mid = turned(0.5 * (tilts[lower] + lower_plate + tilts[upper] + upper_plate), 0.5 * (leans[i] + leans[j]))
            lower_point = np.array([0.0, 0.0, _plate_middle(forms[lower], top=True)])
            upper_point = np.array([0.0, 0.0, _plate_middle(forms[upper], top=False)])
            aligned = np.array([0.5 * (sizes[upper].depth_mm - sizes[lower].depth_mm), 0.0, gap])
            turn_lower = turned(tilts[lower], leans[lower], twists[lower])
            turn_upper = turned(tilts[upper], leans[upper], twists[upper])
            between = turn_lower @ lower_point + mid @ aligned - turn_upper @ upper_point
            centres[j] = centres[i] + (between if step < 0 else -between)
            i = j
    return tuple(
        VertebraPose(turn=turned(float(t), float(r), float(w)), centre_mm=c)
        for t, r, w, c in zip(tilts, leans, twists, centres, strict=True)
    )


def _plate_deg(form: BodyForm, size: VertebraSize, *, top: bool) -> float:
    """How much an endplate's rim line rises to the front, in the body's frame."""
    front, back = (
        (form.superior_front_mm, form.superior_back_mm) if top else (form.inferior_front_mm, form.inferior_back_mm)
    )
    return float(np.rad2deg(np.arctan2(front - back, size.depth_mm)))


def _natural_deg(size: VertebraSize) -> float:
    """How much the upper endplate of the unbroken body falls to the front."""
    return float(np.rad2deg(np.arctan2(size.posterior_height_mm - size.anterior_height_mm, 2 * size.depth_mm)))


def _plate_middle(form: BodyForm, *, top: bool) -> float:
    """Height of an endplate's rim line half-way."""
    if top:
        return 0.5 * (form.superior_front_mm + form.superior_back_mm)
    return 0.5 * (form.inferior_front_mm + form.inferior_back_mm)
