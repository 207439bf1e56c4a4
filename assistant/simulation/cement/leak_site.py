"""What the shapes of leaks are made on: the grid round a body, the body's faces, distances, unevenness."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from assistant.simulation.anatomy.anatomy_pose import VoxelGrid
from assistant.simulation.anatomy.anatomy_shapes import F32
from assistant.simulation.scene import Anatomy, SimulatedCannula


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class BodyGrid:
    """The grid round a body, and the body on it.

    Attributes
    ----------
    anatomy : Anatomy
    x, y, z : arrays that broadcast over [z, y, x]
        Axes of the region grid, mm.
    body : array (nz, ny, nx) of bool
    """

    anatomy: Anatomy
    x: F32
    y: F32
    z: F32
    body: NDArray[np.bool_] = field(repr=False)

    @property
    def spacing_mm(self) -> float:
        """Edge of a voxel."""
        return self.anatomy.region.spacing_mm

    def block(
        self, low_mm: NDArray[np.float64], high_mm: NDArray[np.float64]
    ) -> tuple[tuple[slice, slice, slice], F32, F32, F32] | None:
        """A box of the grid with its own axes, or None outside."""
        region = self.anatomy.region
        nz, ny, nx = region.values.shape
        grid = VoxelGrid(origin_mm=region.origin_mm, spacing_mm=region.spacing_mm, shape=(nz, ny, nx))
        part = grid.crop(low_mm, high_mm)
        if part is None:
            return None
        return part, self.x[:, :, part[2]], self.y[:, part[1]], self.z[part[0]]

    def face(self, axis: int, *, high: bool) -> F32:
        """Coordinate of the body's outermost surface along a grid axis (0 z, 1 y, 2 x); NaN beside the body."""
        along = (self.z, self.y, self.x)[axis].ravel()
        seen = self.body.any(axis=axis)
        turned = np.flip(self.body, axis=axis) if high else self.body
        first = np.argmax(turned, axis=axis)
        index = self.body.shape[axis] - 1 - first if high else first
        offset = 0.5 * self.spacing_mm if high else -0.5 * self.spacing_mm
        return np.where(seen, along[index] + np.float32(offset), np.float32(np.nan)).astype(np.float32)


def beside_axis(x: F32, y: F32, z: F32, cannula: SimulatedCannula) -> tuple[F32, F32]:
    """Distance of voxels along a cannula's axis (from the tip backwards) and across it, mm."""
    tip, back = cannula.tip_mm, cannula.towards_handle
    dx, dy, dz = x - np.float32(tip[0]), y - np.float32(tip[1]), z - np.float32(tip[2])
    along = dx * np.float32(back[0]) + dy * np.float32(back[1]) + dz * np.float32(back[2])
    across = np.sqrt(np.maximum(dx * dx + dy * dy + dz * dz - along * along, 0.0))
    return along.astype(np.float32), across.astype(np.float32)


def distance_to_segment_mm(x: F32, y: F32, z: F32, start: NDArray[np.float64], end: NDArray[np.float64]) -> F32:
    """Distance of voxels to a straight piece between two points."""
    axis = end - start
    length = float(np.linalg.norm(axis)) or 1.0
    unit = (axis / length).astype(np.float32)
    dx, dy, dz = (v - np.float32(s) for v, s in zip((x, y, z), start, strict=True))
    along = np.clip(dx * unit[0] + dy * unit[1] + dz * unit[2], 0.0, np.float32(length))
    out: F32 = np.sqrt((dx - along * unit[0]) ** 2 + (dy - along * unit[1]) ** 2 + (dz - along * unit[2]) ** 2)
    return out


def middle(site: BodyGrid) -> NDArray[np.float64]:
    """The body's middle."""
    marks = site.anatomy.landmarks_mm
    middle: NDArray[np.float64] = np.concatenate([marks["superior"], marks["inferior"]]).mean(axis=0)
    return middle


def ripple(site: BodyGrid, rng: np.random.Generator, grain_mm: float) -> F32:
    """Smooth noise that makes a shape uneven, SD 1."""
    shape = tuple(int(np.ceil(n / 2)) for n in site.body.shape)
    coarse = ndimage.gaussian_filter(rng.standard_normal(shape, dtype=np.float32), grain_mm / site.spacing_mm / 2)
    fine = np.repeat(np.repeat(np.repeat(coarse / coarse.std(), 2, axis=0), 2, axis=1), 2, axis=2)
    return fine[tuple(slice(n) for n in site.body.shape)]


def outside(outwards_mm: F32) -> F32:
    """Distance outside a face; inside it or beside the body: never."""
    return np.where(np.isnan(outwards_mm) | (outwards_mm < 0), np.inf, outwards_mm).astype(np.float32)
