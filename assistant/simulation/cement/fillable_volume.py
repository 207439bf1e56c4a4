"""Where cement may flow inside a body: the room that margins leave, and how ragged its limits are."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from assistant.simulation.anatomy.anatomy_shapes import F32, outline_table
from assistant.simulation.cement import leak_site
from assistant.simulation.scene import Anatomy, PointMm, Region, SimulatedCannula

_ROUND_FROM = 0.72
"""Off the room's middle by more than this share the way grows longer [P]."""
_ROUND_STEEP, _ROUND_BEHIND = 5.0, 8.0
"""How much: e to this power at 1 beyond it, and so much more at the rear limit, which is a plane [P]."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class FillableVolume:
    """Where cement may flow inside the body, on a crop of the anatomy's grid round it."""

    crop: tuple[slice, slice, slice]
    body: NDArray[np.bool_] = field(repr=False)
    allowed: NDArray[np.bool_] = field(repr=False)
    spacing_mm: float
    origin_mm: PointMm

    def points_mm(self) -> tuple[F32, F32, F32]:
        """x, y, z axes of the crop, shaped to broadcast over [z, y, x]."""
        nz, ny, nx = self.body.shape
        x, y, z = (
            np.float32(o) + np.float32(self.spacing_mm) * np.arange(n, dtype=np.float32)
            for o, n in zip(self.origin_mm, (nx, ny, nz), strict=True)
        )
        return x[None, None, :], y[None, :, None], z[:, None, None]


def fillable_volume(anatomy: Anatomy, margin_mm: float, reach: float) -> FillableVolume:
    """The part of the body that a safe injection may fill."""
    spacing = anatomy.region.spacing_mm
    whole = anatomy.region.values == Region.BODY
    crop = ndimage.find_objects(whole.astype(np.uint8))[0]
    crop = tuple(slice(max(0, s.start - 2), min(n, s.stop + 2)) for s, n in zip(crop, whole.shape, strict=True))
    body = whole[crop]
    ox, oy, oz = anatomy.region.origin_mm
    origin = (ox + crop[2].start * spacing, oy + crop[1].start * spacing, oz + crop[0].start * spacing)
    room = FillableVolume(crop=crop, body=body, allowed=body.copy(), spacing_mm=spacing, origin_mm=origin)
    x, y, z = room.points_mm()
    marks = anatomy.landmarks_mm
    superior, inferior = marks["superior"][:, [0, 2]], marks["inferior"][:, [0, 2]]
    # Three margins at once: from the surface in space, and from the outlines as the two views project them; a voxel
    # that is deep inside may still lie beside an endplate as seen from the side.
    lateral = outline_table(np.concatenate([superior, inferior[::-1]]), margin_mm=4.0)
    flat_x, flat_z = np.broadcast_arrays(x[0], z[:, 0])
    from_side = lateral(flat_x.astype(np.float32), flat_z.astype(np.float32))
    left, right = marks["left"][:, [1, 2]], marks["right"][:, [1, 2]]
    frontal = outline_table(np.concatenate([left, right[::-1]]), margin_mm=4.0)
    flat_y, flat_z = np.broadcast_arrays(y[0, :, 0][None, :], z[:, 0])
    from_front = frontal(flat_y.astype(np.float32), flat_z.astype(np.float32))
    depth_mm = ndimage.distance_transform_edt(np.pad(body, 1))[1:-1, 1:-1, 1:-1] * spacing
    free = depth_mm > margin_mm + 0.5 * spacing
    free &= (from_side <= -margin_mm - 0.5 * spacing)[:, None, :]
    free &= (from_front <= -margin_mm - 0.5 * spacing)[:, :, None]
    # The rear limit is a share of the chord between the walls at each height: a tilted plane, as the warning line is.
    wall = wall_x(anatomy, z[:, 0, 0])
    line = wall[0] + reach * (wall[1] - wall[0])
    free &= x >= line[:, None, None].astype(np.float32)
    room.allowed[:] = free
    return room


def wall_x(anatomy: Anatomy, z_mm: F32) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """X of the posterior and anterior chord at heights z."""
    superior, inferior = anatomy.landmarks_mm["superior"], anatomy.landmarks_mm["inferior"]
    walls = []
    for end in (-1, 0):
        top, bottom = superior[end], inferior[end]
        share = (z_mm - bottom[2]) / (top[2] - bottom[2])
        walls.append(bottom[0] + share * (top[0] - bottom[0]))
    return walls[0], walls[1]


def ragged(room: FillableVolume, cost: F32, goal: NDArray[np.bool_] | None, rng: np.random.Generator) -> F32:
    """Make the way into corners long and the last millimetres before the limits slow to fill, here more, there less.

    Cement stands in a body as a lobed lump whose middle bulges (*plausible interpolation*): without this a front that
    has time fills the room to its walls, and its shadow is a box.
    """
    noise = ndimage.gaussian_filter(rng.standard_normal(room.body.shape, dtype=np.float32), 1.8 / room.spacing_mm)
    # Bays of some millimetres between lobes, and a front that bulges in its middle.
    width_mm = np.clip(1.6 + 1.4 * noise / noise.std(), 0.0, 4.5)
    inside_mm = ndimage.distance_transform_edt(room.allowed) * room.spacing_mm
    away = np.ones(room.body.shape)
    if goal is not None:
        apart_mm = ndimage.distance_transform_edt(~goal) * room.spacing_mm
        away = np.clip(apart_mm / 3.5 - 0.3, 0.0, 1.0)
    # 25 times as slow in a border layer of changing width, none of it near the goal.
    slow = np.where(inside_mm < width_mm * away, np.float32(25.0), np.float32(1.0))
    lobes = ndimage.gaussian_filter(rng.standard_normal(room.body.shape, dtype=np.float32), 4.0 / room.spacing_mm)
    off, behind = _off_centre(room)
    corner = np.clip(off - _ROUND_FROM + 0.14 * lobes / lobes.std(), 0.0, 0.8) * away
    slow_to_fill: F32 = (cost * slow * np.exp((_ROUND_STEEP + _ROUND_BEHIND * behind) * corner)).astype(np.float32)
    return slow_to_fill


def _off_centre(room: FillableVolume) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """How far a voxel lies from the room's middle, and how far behind it.

    1 on the ellipse that fits into the room as seen from side or front; 1 at its rear limit, 0 before the middle.
    """
    spans = []
    for axis, points in zip((2, 1, 0), room.points_mm(), strict=True):
        count = room.allowed.sum(axis=tuple(k for k in range(3) if k != axis))
        # Width without the thin ends: from the 2nd to the 98th percentile of the volume along each axis.
        where = np.interp([0.02, 0.98], np.cumsum(count) / count.sum(), points.ravel())
        spans.append((points - where.mean()) / max(0.5 * float(np.ptp(where)), 1.0))
    x, y, z = spans
    side = np.hypot(x, z)
    front = np.hypot(y, z)
    return np.asarray(np.maximum(side, 0.9 * front), dtype=np.float64), np.clip(-x, 0.0, 1.0)


def near_axis(
    room: FillableVolume, cannula: SimulatedCannula, radius_mm: float, *, from_mm: float
) -> NDArray[np.bool_]:
    """Voxels within a radius of a cannula's axis, behind its tip."""
    along, across = leak_site.beside_axis(*room.points_mm(), cannula)
    near: NDArray[np.bool_] = (along > from_mm) & (across <= radius_mm)
    return near


def in_crop(flat: NDArray[np.intp], room: FillableVolume, anatomy: Anatomy) -> NDArray[np.bool_]:
    """Mask, on the room's crop, of flat indices of the whole grid that lie in the body."""
    whole = np.zeros(anatomy.region.values.shape, dtype=bool)
    whole.flat[flat] = True
    inside: NDArray[np.bool_] = whole[room.crop] & room.body
    return inside


def nearest(room: FillableVolume, passable: NDArray[np.bool_], point_mm: NDArray[np.float64]) -> tuple[int, int, int]:
    """The passable voxel nearest to a point."""
    indices = np.argwhere(passable)
    at = (point_mm - np.array(room.origin_mm))[::-1] / room.spacing_mm
    best = indices[int(np.argmin(((indices - at) ** 2).sum(axis=1)))]
    return int(best[0]), int(best[1]), int(best[2])
