"""Solid shapes as signed distances on voxel grids: negative inside, mm, float32.

Distances are exact along the axis of a shape's thickness and within a few per cent near its surface, which is all
that a thin cortex needs.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

F32 = NDArray[np.float32]
OUTSIDE = np.float32(99.0)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Grid:
    """Points at which shapes are sampled: a block of voxels seen from a vertebra's own frame.

    Attributes
    ----------
    x_mm, y_mm, z_mm : array (nz, ny, nx) of float32
        Coordinates of each voxel in the frame of the shapes.
    """

    x_mm: F32 = field(repr=False)
    y_mm: F32 = field(repr=False)
    z_mm: F32 = field(repr=False)

    def part(self, block: tuple[slice, slice, slice]) -> Grid:
        """A view of a block of the grid."""
        return Grid(x_mm=self.x_mm[block], y_mm=self.y_mm[block], z_mm=self.z_mm[block])


@dataclass(frozen=True, slots=True, kw_only=True)
class Limb:
    """A tapered bar with an elliptic section: pedicles, laminae, processes, ribs.

    Attributes
    ----------
    start_mm, end_mm : tuple of float
        Ends of its axis; the ends are rounded.
    across : tuple of float
        Direction in which the first radius is measured (made perpendicular to the axis).
    start_radii_mm, end_radii_mm : tuple of float
        (along ``across``, perpendicular to it).
    shell_mm : float
        Thickness of its cortex.
    filling : float
        Density of its inside relative to the body's spongy bone.
    """

    start_mm: tuple[float, float, float]
    end_mm: tuple[float, float, float]
    across: tuple[float, float, float]
    start_radii_mm: tuple[float, float]
    end_radii_mm: tuple[float, float]
    shell_mm: float = 0.75
    filling: float = 1.9

    def mirrored(self) -> Limb:
        """The same on the other side of the mid-plane (y changes sign)."""
        return Limb(
            start_mm=(self.start_mm[0], -self.start_mm[1], self.start_mm[2]),
            end_mm=(self.end_mm[0], -self.end_mm[1], self.end_mm[2]),
            across=(self.across[0], -self.across[1], self.across[2]),
            start_radii_mm=self.start_radii_mm,
            end_radii_mm=self.end_radii_mm,
            shell_mm=self.shell_mm,
            filling=self.filling,
        )

    def bounds_mm(self, margin_mm: float) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Corners (low, high) of a box that holds the limb and a margin."""
        ends = np.array([self.start_mm, self.end_mm])
        reach = max(*self.start_radii_mm, *self.end_radii_mm) + margin_mm
        return ends.min(axis=0) - reach, ends.max(axis=0) + reach

    def distance_mm(self, grid: Grid) -> F32:
        """Signed distance at each voxel of a grid."""
        start, axis = np.array(self.start_mm), np.array(self.end_mm) - np.array(self.start_mm)
        length = float(np.linalg.norm(axis))
        axis = axis / length
        across = np.array(self.across) - axis * float(np.dot(self.across, axis))
        across = across / np.linalg.norm(across)
        third = np.cross(axis, across)
        dx, dy, dz = (
            grid.x_mm - np.float32(start[0]),
            grid.y_mm - np.float32(start[1]),
            grid.z_mm - np.float32(start[2]),
        )

        def along(direction: NDArray[np.float64]) -> F32:
            a, b, c = (np.float32(v) for v in direction)
            result: F32 = a * dx + b * dy + c * dz
            return result

        s = along(axis)
        t = np.clip(s / np.float32(length), 0.0, 1.0)
        beyond = s - t * np.float32(length)
        first = np.float32(self.start_radii_mm[0]) + t * np.float32(self.end_radii_mm[0] - self.start_radii_mm[0])
        second = np.float32(self.start_radii_mm[1]) + t * np.float32(self.end_radii_mm[1] - self.start_radii_mm[1])
        cap = np.minimum(first, second)
        u, v, w = along(across) / first, along(third) / second, beyond / cap
        level = np.sqrt(u * u + v * v + w * w)
        slope = np.sqrt((u / first) ** 2 + (v / second) ** 2 + (w / cap) ** 2)
        near = level * (level - 1.0) / np.maximum(slope, 1e-6)
        result: F32 = np.where(slope > 1e-6, near, -cap).astype(np.float32)
        return result


def smooth_min(a: F32, b: F32, blend_mm: float) -> F32:
    """Union of two solids with a fillet of about ``blend_mm``."""
    k = np.float32(blend_mm)
    h = np.maximum(k - np.abs(a - b), 0.0) / k
    result: F32 = np.minimum(a, b) - h * h * (k / 4)
    return result


def smooth_max(a: F32, b: F32, blend_mm: float) -> F32:
    """Intersection of two solids with a rounded edge."""
    return -smooth_min(-a, -b, blend_mm)


def coverage(distance_mm: F32, voxel_mm: float | F32) -> F32:
    """Share of each voxel that lies inside the surface (0 to 1), from the distance of its centre."""
    result: F32 = np.clip(0.5 - distance_mm / np.asarray(voxel_mm, dtype=np.float32), 0.0, 1.0)
    return result


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class OutlineTable:
    """Signed distance to a closed outline in the x-y plane, tabulated.

    Attributes
    ----------
    values : array (ny, nx) of float32
    low_mm : tuple of float
        (x, y) of ``values[0, 0]``.
    step_mm : float
    """

    values: F32 = field(repr=False)
    low_mm: tuple[float, float]
    step_mm: float

    def __call__(self, x_mm: F32, y_mm: F32) -> F32:
        """Distance at points of any shape (clamped at the table's edge)."""
        rows = (y_mm - np.float32(self.low_mm[1])) / np.float32(self.step_mm)
        cols = (x_mm - np.float32(self.low_mm[0])) / np.float32(self.step_mm)
        out: F32 = ndimage.map_coordinates(self.values, [rows, cols], order=1, mode="nearest", prefilter=False)
        return out


def outline_table(outline_mm: NDArray[np.float64], *, margin_mm: float = 14.0, step_mm: float = 0.4) -> OutlineTable:
    """Tabulate the signed distance to a closed polygon.

    Parameters
    ----------
    outline_mm : array (n, 2)
        Corners (x, y) in order; the last joins the first.
    margin_mm, step_mm : float
        Room round it, and the table's step.
    """
    low, high = outline_mm.min(axis=0) - margin_mm, outline_mm.max(axis=0) + margin_mm
    xs = np.arange(low[0], high[0], step_mm, dtype=np.float32)
    ys = np.arange(low[1], high[1], step_mm, dtype=np.float32)
    px, py = np.meshgrid(xs, ys)
    best = np.full(px.shape, 1e9, dtype=np.float32)
    inside = np.zeros(px.shape, dtype=bool)
    for (x0, y0), (x1, y1) in zip(outline_mm, np.roll(outline_mm, -1, axis=0), strict=True):
        ex, ey = np.float32(x1 - x0), np.float32(y1 - y0)
        wx, wy = px - np.float32(x0), py - np.float32(y0)
        t = np.clip((wx * ex + wy * ey) / (ex * ex + ey * ey), 0.0, 1.0)
        best = np.minimum(best, (wx - t * ex) ** 2 + (wy - t * ey) ** 2)
        if ey != 0:
            crosses = ((np.float32(y0) <= py) != (np.float32(y1) <= py)) & (wx < wy * (ex / ey))
            inside ^= crosses
    distance = np.sqrt(best)
    return OutlineTable(
        values=np.where(inside, -distance, distance), low_mm=(float(xs[0]), float(ys[0])), step_mm=step_mm
    )
