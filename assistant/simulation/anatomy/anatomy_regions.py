"""What lies where round the treated body: regions, resistance to cement, and the landmarks that a reader marks.

Works on signed distances alone, so that procedural and real anatomy share it.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage
from skimage import measure

from assistant.simulation.anatomy.anatomy_pose import VoxelGrid
from assistant.simulation.anatomy.anatomy_shapes import F32
from assistant.simulation.scene import Region

CORTEX_RESISTANCE = 60.0
DISC_RESISTANCE = 3.0
SOFT_RESISTANCE = 2.0
DISC_REACH_MM = 16.0


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Surroundings:
    """The solids round the treated body, sampled on one grid.

    Attributes
    ----------
    block : VoxelGrid
        The grid, in the patient's frame.
    body_mm, posterior_mm, others_mm : array (nz, ny, nx) of float32
        Signed distances: the treated body; its pedicles and posterior elements; the neighbours' bone.
    open_cortex : array (nz, ny, nx) of float32
        1 where the cortex is missing, 0 where it is whole.
    soft_inside : array (nz, ny, nx) of float32
        Factor on the resistance inside: below 1 in a cleft or vein, above 1 where bone was crushed.
    canal_half_mm : float
        Half the distance between the pedicles.
    pedicle_centres_mm : array (2, 3)
        Left and right.
    pedicle_height_mm, pedicle_width_mm : float
    """

    block: VoxelGrid
    body_mm: F32 = field(repr=False)
    posterior_mm: F32 = field(repr=False)
    others_mm: F32 = field(repr=False)
    open_cortex: F32 = field(repr=False)
    soft_inside: F32 = field(repr=False)
    canal_half_mm: float
    pedicle_centres_mm: NDArray[np.float64] = field(repr=False)
    pedicle_height_mm: float
    pedicle_width_mm: float


def regions(around: Surroundings, marks: dict[str, NDArray[np.float64]]) -> NDArray[np.uint8]:
    """`Region` of every voxel, given the body's landmarks."""
    x, y, z = around.block.axes_mm()
    body = around.body_mm <= 0
    posterior = (around.posterior_mm <= 0) & ~body
    others = (around.others_mm <= 0) & ~body & ~posterior
    front, back, left, right = _reach(body, x, y)
    half_depth, middle_x = (front - back) / 2, (front + back) / 2
    u = ((x - middle_x) / half_depth)[None, None, :]
    v = ((y - (left + right) / 2) / ((left - right) / 2))[None, :, None]
    ys = np.abs(y - np.float32(around.pedicle_centres_mm[:, 1].mean()))[None, :, None]
    xs, zs = x[None, None, :], z[:, None, None]

    region = np.full(body.shape, Region.FAR, dtype=np.uint8)
    ahead = (u >= 0.9 * np.abs(v)) & (xs > middle_x)
    region[np.broadcast_to(ahead, body.shape)] = Region.ANTERIOR
    beside = ~ahead & (xs > back - 2.0)
    region[np.broadcast_to(beside & (v > 0), body.shape)] = Region.LEFT
    region[np.broadcast_to(beside & (v <= 0), body.shape)] = Region.RIGHT

    behind = (xs < middle_x - 0.35 * half_depth) & (xs > back - 24.0)
    inner = behind & (ys <= around.canal_half_mm)
    region[np.broadcast_to(inner, body.shape)] = Region.CANAL
    pedicle_z = float(around.pedicle_centres_mm[:, 2].mean())
    outer = (
        (xs < back + 4.0) & (xs > back - 14.0)
        & (ys > around.canal_half_mm) & (ys <= around.canal_half_mm + around.pedicle_width_mm + 5.0)
    )  # fmt: skip
    region[np.broadcast_to(outer, body.shape)] = Region.FORAMEN

    tops, bottoms = _surface_z(body, z)
    superior, inferior = _chord_z(marks["superior"], x), _chord_z(marks["inferior"], x)
    half_way = 0.5 * (superior + inferior)
    # Below an overhanging rim there is wall, not disc: a column that misses half of the body starts at the rim's line.
    ceilings = np.where(tops > half_way, tops, np.maximum(superior - 1.0, tops))
    floors = np.where(bottoms < half_way, bottoms, np.minimum(inferior + 1.0, bottoms))
    footprint: NDArray[np.bool_] = np.any(body, axis=0, keepdims=True)
    above = footprint & (zs > ceilings[None]) & ~body
    below = footprint & (zs < floors[None]) & ~body
    blocked_up = np.cumsum(others & above, axis=0, dtype=np.int32) > 0
    blocked_down = np.cumsum((others & below)[::-1], axis=0, dtype=np.int32)[::-1] > 0
    region[above | below] = Region.FAR
    region[above & ~blocked_up & (zs < ceilings[None] + DISC_REACH_MM)] = Region.SUPERIOR_DISC
    region[below & ~blocked_down & (zs > floors[None] - DISC_REACH_MM)] = Region.INFERIOR_DISC

    region[others] = Region.FAR
    region[posterior] = Region.POSTERIOR_ELEMENTS
    is_pedicle = (
        (xs > back - 10.0) & (ys > around.canal_half_mm - 1.5)
        & (np.abs(zs - pedicle_z) < around.pedicle_height_mm / 2 + 1.0)
    )  # fmt: skip
    region[posterior & np.broadcast_to(is_pedicle, body.shape)] = Region.PEDICLE
    region[body] = Region.BODY
    return region


def resistance(around: Surroundings, region: NDArray[np.uint8], rng: np.random.Generator) -> F32:
    """Resistance to cement: 1 in spongy bone on average, with correlated randomness; infinite in other bones."""
    spacing = around.block.spacing_mm
    noise = _noise(around.body_mm.shape, rng, 0.9 / spacing)
    patches = _noise(around.body_mm.shape, rng, 3.0 / spacing)
    value = np.exp(0.35 * noise + 0.35 * patches).astype(np.float32) * around.soft_inside
    bone = np.minimum(around.body_mm, around.posterior_mm)
    shell = (bone <= 0) & (bone > -0.8)
    closed = np.float32(CORTEX_RESISTANCE) * (1.0 - around.open_cortex) + 0.6 * around.open_cortex
    value = np.where(shell, closed, value)
    outside = bone > 0
    discs = (region == Region.SUPERIOR_DISC) | (region == Region.INFERIOR_DISC)
    value = np.where(outside, np.where(discs, DISC_RESISTANCE, SOFT_RESISTANCE), value)
    value = np.where((around.others_mm <= 0) & outside, np.inf, value)
    return value.astype(np.float32)


def landmarks(around: Surroundings) -> dict[str, NDArray[np.float64]]:
    """Landmarks of `scene.Anatomy`, from the body's silhouettes.

    Corners: where the lateral silhouette reaches farthest along the diagonals of the body. Inner endplate points:
    half-way between the rims' contour and the floor of the hollow, which is where readers put the middle point when
    the two are seen as a double line.
    """
    x, y, z = around.block.axes_mm()
    side_view = around.body_mm.min(axis=1)  # (z, x)
    front_view = around.body_mm.min(axis=2)  # (z, y)
    middle_y = float(around.pedicle_centres_mm[:, 1].mean())
    width = float(np.ptp(y[front_view.min(axis=0) < 0]))
    outline = _contour(side_view, x, z)
    found: dict[str, NDArray[np.float64]] = {}
    for name, sign in (("superior", 1.0), ("inferior", -1.0)):
        front, back = _corner(outline, 1.0, sign), _corner(outline, -1.0, sign)
        points = [front]
        for share in (0.25, 0.5, 0.75):
            at = front[0] + share * (back[0] - front[0])
            rim = _edge_z(side_view, x, z, at, sign)
            floor = _floor_z(around.body_mm, x, z, at, sign, np.abs(y - middle_y) < 0.22 * width)
            points.append(np.array([at, 0.5 * (rim + floor)]))
        points.append(back)
        found[name] = np.array([[p[0], middle_y, p[1]] for p in points])
    frontal = _contour(front_view, y, z)
    for name, sign in (("left", 1.0), ("right", -1.0)):
        top, bottom = _corner(frontal, sign, 1.0), _corner(frontal, sign, -1.0)
        half = 0.5 * (top[1] + bottom[1])
        across = frontal[np.abs(frontal[:, 1] - half) < 1.0]
        waist = float(across[:, 0].max() if sign > 0 else across[:, 0].min())
        found[name] = np.array([[0.0, top[0], top[1]], [0.0, waist, half], [0.0, bottom[0], bottom[1]]])
    found["pedicle_left"] = around.pedicle_centres_mm[:1].astype(np.float64)
    found["pedicle_right"] = around.pedicle_centres_mm[1:].astype(np.float64)
    return found


def _reach(body: NDArray[np.bool_], x: F32, y: F32) -> tuple[float, float, float, float]:
    """Front, back, left and right limit of the body."""
    seen_x, seen_y = x[body.any(axis=(0, 1))], y[body.any(axis=(0, 2))]
    return float(seen_x[-1]), float(seen_x[0]), float(seen_y[-1]), float(seen_y[0])


def _surface_z(body: NDArray[np.bool_], z: F32) -> tuple[F32, F32]:
    """Z of the uppermost and lowest body voxel of each column."""
    top = z[body.shape[0] - 1 - np.argmax(body[::-1], axis=0)]
    bottom = z[np.argmax(body, axis=0)]
    return top, bottom


def _chord_z(line: NDArray[np.float64], x: F32) -> NDArray[np.float64]:
    """Z of the straight line between an endplate's corners, at each x, shape (1, nx)."""
    front, back = line[0], line[-1]
    heights: NDArray[np.float64] = back[2] + (x - back[0]) / (front[0] - back[0]) * (front[2] - back[2])
    return heights[None, :]


def _noise(shape: tuple[int, ...], rng: np.random.Generator, sigma_voxels: float) -> F32:
    """Smooth noise of mean 0 and SD 1."""
    small = tuple(max(4, int(np.ceil(n / max(1.0, sigma_voxels / 2)))) for n in shape)
    coarse = ndimage.gaussian_filter(rng.standard_normal(small, dtype=np.float32), min(2.0, sigma_voxels), mode="wrap")
    zoom = [n / m for n, m in zip(shape, small, strict=True)]
    full: F32 = ndimage.zoom(coarse, zoom, order=1, mode="nearest", grid_mode=True)[tuple(slice(n) for n in shape)]
    result: F32 = (full - full.mean()) / full.std()
    return result


def _contour(level: F32, first: F32, z: F32) -> NDArray[np.float64]:
    """The longest zero contour of a (z, first) level picture, as (n, 2) points (first, z)."""
    contours = measure.find_contours(level, 0.0)
    longest = max(contours, key=len)
    return np.stack(
        [
            np.interp(longest[:, 1], np.arange(len(first)), first),
            np.interp(longest[:, 0], np.arange(len(z)), z),
        ],
        axis=1,
    )


def _corner(outline: NDArray[np.float64], sign_first: float, sign_z: float) -> NDArray[np.float64]:
    """The point that reaches farthest along a diagonal, on its own half of the outline."""
    half = np.ptp(outline[:, 0]) / 2
    middle = outline[:, 0].min() + half
    mine = outline[sign_first * (outline[:, 0] - middle) > 0.35 * half]
    height = np.ptp(mine[:, 1]) / 2
    score = sign_first * (mine[:, 0] - middle) / half + sign_z * (mine[:, 1] - mine[:, 1].mean()) / max(height, 1.0)
    point: NDArray[np.float64] = mine[int(np.argmax(score))]
    return point


def _edge_z(view: F32, first: F32, z: F32, at: float, sign: float) -> float:
    """Z of a silhouette's upper (sign +1) or lower edge at one abscissa, between voxels."""
    column = np.array([np.interp(at, first, row) for row in view])
    return _crossing(column, z, sign)


def _crossing(column: NDArray[np.float64], z: F32, sign: float) -> float:
    """The outermost zero crossing of a column of distances, from above (+1) or below (-1)."""
    inside = np.flatnonzero(column <= 0)
    i = int(inside[-1] if sign > 0 else inside[0])
    j = i + (1 if sign > 0 else -1)
    if not 0 <= j < len(column):
        return float(z[i])
    share = column[i] / (column[i] - column[j])
    return float(z[i] + share * (z[j] - z[i]))


def _floor_z(body_mm: F32, x: F32, z: F32, at: float, sign: float, near_middle: NDArray[np.bool_]) -> float:
    """Deepest z of an endplate at one abscissa, over the middle of the body's width."""
    i = int(np.argmin(np.abs(x - at)))
    slab = body_mm[:, near_middle, i]
    edges = [_crossing(slab[:, k].astype(np.float64), z, sign) for k in range(slab.shape[1]) if slab[:, k].min() <= 0]
    return min(edges) if sign > 0 else max(edges)
