"""The rest of the trunk: skin, fat, muscle, lungs, bowel gas, ribs and the sacrum.

Sizes are *plausible*, not measured; they give the background against which a spine is seen: skin and fat set the
exposure, the diaphragm's dome and gas lay bright shapes over the bodies, ribs cross them as slanting bands.
"""

from __future__ import annotations

import itertools
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from assistant.simulation.anatomy.anatomy_pose import VertebraPose, VoxelGrid
from assistant.simulation.anatomy.anatomy_shapes import F32, Grid, Limb, coverage
from assistant.simulation.anatomy.anatomy_sizes import LEVELS, VertebraSize
from assistant.simulation.anatomy.anatomy_vessels import Aorta, with_vessels

FAT, MUSCLE, ORGANS, LUNG, GAS, AIR = 0.93, 1.055, 1.03, 0.27, 0.0012, 0.0012
RIB_CORTEX_G_PER_CM3 = 1.0
RIB_SHELL_MM = (1.9, 0.8)
"""Cortex at a rib's upper and lower edge, and on its flat sides: the edges are what is seen of it (*plausible*)."""
RIB_SPONGY_G_PER_CM3 = 0.09


def soft_tissue(
    rng: np.random.Generator,
    *,
    level_z_mm: dict[str, float],
    skin_back_mm: float,
    aorta: Aorta | None = None,
    spacing_mm: float = 3.0,
) -> tuple[F32, VoxelGrid]:
    """Mass density of the trunk without bone.

    Parameters
    ----------
    rng : Generator
    level_z_mm : dict
        Height of the body centres; levels outside the modelled piece are continued at 27 mm per level.
    skin_back_mm : float
        x of the skin of the back in the mid-line, without fat.
    aorta : Aorta or None
        Laid into the fat before the spine, with the vena cava at its right below the diaphragm.
    spacing_mm : float

    Returns
    -------
    density_g_per_cm3 : array (nz, ny, nx)
    block : VoxelGrid
    """
    half_width = float(rng.uniform(150.0, 185.0))
    depth = float(rng.uniform(205.0, 275.0))
    fat_mm = float(rng.uniform(8.0, 26.0))
    back = skin_back_mm - fat_mm
    nx, ny, nz = (int(np.ceil(v / spacing_mm)) for v in (depth + 24.0, 2.1 * half_width + 24.0, 300.0))
    block = VoxelGrid(
        origin_mm=(back - 12.0, -1.05 * half_width - 12.0, -150.0), spacing_mm=spacing_mm, shape=(nz, ny, nx)
    )
    grid = block.plain()
    x, y, z = grid.x_mm, grid.y_mm, grid.z_mm
    centre_x, half_depth = back + depth / 2, depth / 2
    taper = 1.0 + 0.05 * np.sin(z / 70.0 + float(rng.uniform(0, 6)))
    u, v = (x - centre_x) / half_depth, y / (half_width * taper)
    ring = (np.abs(u) ** 2.4 + np.abs(v) ** 2.4) ** (1 / 2.4)
    furrow = 6.0 * np.exp(-((y / 14.0) ** 2)) * (u < -0.6)
    skin = (ring - 1.0) * half_depth + furrow
    speckle = ndimage.gaussian_filter(rng.standard_normal(block.shape, dtype=np.float32), 10.0 / spacing_mm)
    speckle /= speckle.std()
    inner = skin + fat_mm * (1.0 + 0.25 * speckle)
    value = np.full(block.shape, AIR, dtype=np.float32)
    value += (FAT - AIR) * coverage(skin.astype(np.float32), spacing_mm)
    value += (MUSCLE - FAT) * coverage(inner.astype(np.float32), spacing_mm)
    # The cavity of chest and belly, in front of the spine and inside the wall's muscles.
    wall = inner + 16.0
    spine = np.hypot((x + 12.0) / 42.0, y / 46.0)
    cavity = np.maximum(wall, (1.0 - spine) * 30.0).astype(np.float32)
    inside = coverage(cavity, 2 * spacing_mm)
    visceral = (ORGANS + 0.035 * speckle - 0.03) * 1.0
    value = value * (1 - inside) + visceral.astype(np.float32) * inside
    if aorta is not None:
        value = with_vessels(value, grid, aorta, _height(level_z_mm, "T10"), spacing_mm)
    value = _with_lungs(value, grid, cavity, level_z_mm, rng, spacing_mm)
    value = _with_gas(value, grid, cavity, level_z_mm, rng, spacing_mm)
    return value.astype(np.float32), block


def _height(level_z_mm: dict[str, float], level: str) -> float:
    """Height of a level, continued beyond the modelled piece."""
    if level in level_z_mm:
        return level_z_mm[level]
    known = sorted((LEVELS.index(name), z) for name, z in level_z_mm.items())
    wanted = LEVELS.index(level)
    index, z = known[0] if wanted < known[0][0] else known[-1]
    return z - (wanted - index) * (27.0 if wanted < known[0][0] else 36.0)


def _with_lungs(
    value: F32, grid: Grid, cavity: F32, level_z_mm: dict[str, float], rng: np.random.Generator, spacing_mm: float
) -> F32:
    """Lungs above two domes of diaphragm, with a heart-sized middle left free."""
    dome = _height(level_z_mm, "T10") + float(rng.uniform(-8.0, 12.0))
    recess = _height(level_z_mm, "T12") + float(rng.uniform(-8.0, 10.0))
    x, y, z = grid.x_mm, grid.y_mm, grid.z_mm
    if z[-1, 0, 0] < recess:
        return value
    side = np.abs(y)
    # The dome falls ever more steeply to the chest wall, deepest behind (the recess).
    away = (((side - 65.0) / 75.0) ** 2 + ((x - 50.0) / 85.0) ** 2) / 1.36
    floor = dome - 1.35 * (dome - recess) * (1.0 - np.exp(-0.55 * away - 0.6 * away**2))
    middle = 34.0 + 26.0 * np.clip((x - 25.0) / 50.0, 0.0, 1.0) * (1.0 + 0.5 * (y > 0))
    # Behind, the lungs reach the sides of the vertebral bodies.
    middle = np.where(x < 12.0, 27.0, middle)
    lung = np.maximum(np.maximum(cavity + 6.0, floor - z), (middle - side) * 0.9).astype(np.float32)
    share = coverage(lung, 1.5 * spacing_mm)
    vessels = ndimage.gaussian_filter(rng.standard_normal(value.shape, dtype=np.float32), 1.2)
    vessels = np.clip(vessels / vessels.std() - 1.3, 0.0, None) * 0.22
    result: F32 = value * (1 - share) + (LUNG + vessels) * share
    return result


def _with_gas(
    value: F32, grid: Grid, cavity: F32, level_z_mm: dict[str, float], rng: np.random.Generator, spacing_mm: float
) -> F32:
    """Pockets of bowel gas: chains of bubbles along the colon's frame, single ones before the spine, the stomach."""
    ceiling = _height(level_z_mm, "T12") - 25.0
    amount = float(rng.uniform(0.2, 1.0))
    centres: list[tuple[float, float, float, float]] = []
    for _ in range(int(10 * amount)):
        centres.append(
            (
                float(rng.uniform(35.0, 110.0)),
                float(rng.uniform(-80.0, 80.0)),
                float(rng.uniform(ceiling - 170.0, ceiling)),
                float(rng.uniform(6.0, 17.0)),
            )
        )
    for side in (-1.0, 1.0):
        if rng.random() < amount:
            z = float(rng.uniform(ceiling - 60.0, ceiling))
            for _ in range(int(rng.integers(2, 6))):
                centres.append(
                    (
                        float(rng.uniform(-5.0, 45.0)),
                        side * float(rng.uniform(85.0, 115.0)),
                        z,
                        float(rng.uniform(9.0, 20.0)),
                    )
                )
                z -= float(rng.uniform(14.0, 30.0))
    out = value.copy()
    folds = ndimage.gaussian_filter(rng.standard_normal(value.shape, dtype=np.float32), 7.0 / spacing_mm)
    folds /= folds.std()
    block_of = _Boxes(grid, spacing_mm)
    for cx, cy, cz, radius in centres:
        box = block_of(cx, cy, cz, 2.4 * radius + 2 * spacing_mm)
        if box is None:
            continue
        part = grid.part(box)
        stretch = rng.uniform(0.7, 1.5, 3)
        level = np.sqrt(
            ((part.x_mm - cx) / stretch[0]) ** 2
            + ((part.y_mm - cy) / stretch[1]) ** 2
            + ((part.z_mm - cz) / stretch[2]) ** 2
        )
        share = coverage(
            np.maximum(level - radius * (1.0 + 0.3 * folds[box]), cavity[box]).astype(np.float32), spacing_mm
        )
        out[box] = out[box] * (1 - share) + GAS * share
    return out


class _Boxes:
    """Index boxes round points of an axis-parallel grid."""

    def __init__(self, grid: Grid, spacing_mm: float) -> None:
        self._low = (float(grid.x_mm[0, 0, 0]), float(grid.y_mm[0, 0, 0]), float(grid.z_mm[0, 0, 0]))
        self._shape = grid.x_mm.shape
        self._spacing_mm = spacing_mm

    def __call__(self, x: float, y: float, z: float, reach_mm: float) -> tuple[slice, slice, slice] | None:
        slices = []
        for value, low, n in zip((x, y, z), self._low, reversed(self._shape), strict=True):
            first = max(0, int((value - reach_mm - low) / self._spacing_mm))
            last = min(n, int((value + reach_mm - low) / self._spacing_mm) + 2)
            if last <= first:
                return None
            slices.append(slice(first, last))
        return slices[2], slices[1], slices[0]


def ribs(
    sizes: tuple[VertebraSize, ...], poses: tuple[VertebraPose, ...], rng: np.random.Generator, spacing_mm: float = 1.0
) -> tuple[F32, VoxelGrid]:
    """The ribs of the modelled thoracic levels, as far as they lie within 105 mm of the treated level.

    Returns
    -------
    density_g_per_cm3 : array (nz, ny, nx)
        All zero on a coarse grid when there are none.
    block : VoxelGrid
    """
    limbs: list[Limb] = []
    half_width = float(rng.uniform(122.0, 138.0))
    half_depth = float(rng.uniform(78.0, 92.0))
    for size, pose in zip(sizes, poses, strict=True):
        if size.level.startswith("T") and LEVELS.index(size.level) >= 2:
            for side in (1.0, -1.0):
                limbs += _rib(size, pose, side, half_width, half_depth, rng)
    limbs = [
        limb
        for limb in limbs
        if min(limb.start_mm[2], limb.end_mm[2]) < 105 and max(limb.start_mm[2], limb.end_mm[2]) > -105
    ]
    if not limbs:
        return np.zeros((2, 2, 2), dtype=np.float32), VoxelGrid(
            origin_mm=(0.0, 0.0, 0.0), spacing_mm=20.0, shape=(2, 2, 2)
        )
    corners = np.array([limb.bounds_mm(2.0) for limb in limbs])
    low, high = corners[:, 0].min(axis=0), corners[:, 1].max(axis=0)
    low[2], high[2] = max(low[2], -105.0), min(high[2], 105.0)
    counts = np.ceil((high - low) / spacing_mm).astype(int) + 1
    block = VoxelGrid(
        origin_mm=(float(low[0]), float(low[1]), float(low[2])),
        spacing_mm=spacing_mm,
        shape=(int(counts[2]), int(counts[1]), int(counts[0])),
    )
    grid = block.plain()
    outside, marrow = (np.full(block.shape, 99.0, dtype=np.float32) for _ in range(2))
    for limb in limbs:
        crop = block.crop(*limb.bounds_mm(2.5))
        if crop is not None:
            part = grid.part(crop)
            outside[crop] = np.minimum(outside[crop], limb.distance_mm(part))
            marrow[crop] = np.minimum(marrow[crop], _hollow(limb).distance_mm(part))
    outer, inner = coverage(outside, spacing_mm), coverage(marrow, spacing_mm)
    value = RIB_CORTEX_G_PER_CM3 * (outer - inner) + RIB_SPONGY_G_PER_CM3 * inner
    return value.astype(np.float32), block


def _hollow(limb: Limb) -> Limb:
    """What a bar of a rib is round."""
    start, end = (
        (max(tall - RIB_SHELL_MM[0], 0.3), max(thin - RIB_SHELL_MM[1], 0.3))
        for tall, thin in (limb.start_radii_mm, limb.end_radii_mm)
    )
    return replace(limb, start_radii_mm=start, end_radii_mm=end)


def _rib(
    size: VertebraSize, pose: VertebraPose, side: float, half_width: float, half_depth: float, rng: np.random.Generator
) -> list[Limb]:
    """One rib as a chain of bars: head, neck, tubercle at the transverse process, angle, shaft."""
    number = LEVELS.index(size.level) + 1
    back = -size.depth_mm / 2
    low_ribs = number >= 11
    head_z = 0.0 if low_ribs else size.posterior_height_mm / 2
    head = np.array([back + 4.0, side * (size.width_mm / 2 - 1.5), head_z])
    tip_y = size.transverse_reach_mm + (9.0 if low_ribs else 0.0)
    tubercle = np.array([back - 12.0 - 2.0 * (not low_ribs), side * tip_y, size.posterior_height_mm / 2 - 6.0])
    start = pose.to_patient(np.stack([head, tubercle]))
    points = [start[0], start[1]]
    grow = 1.0 + 0.03 * np.clip(number - 8, -4, 0)
    a, b = half_depth * grow, half_width * grow
    centre_x = float(points[1][0]) + 0.80 * a
    drop = float(rng.normal(0.42, 0.03)) + 0.015 * (number - 7)
    sweep = {12: float(rng.uniform(25, 60)), 11: float(rng.uniform(60, 85))}.get(number, 150.0)
    y0, x0 = abs(float(points[1][1])), float(points[1][0])
    begin = float(np.arctan2(y0 / b, -(x0 - centre_x) / a))
    travelled, last = 0.0, points[1]
    for angle in np.linspace(begin, np.deg2rad(sweep), 15)[1:]:
        at = np.array([centre_x - a * np.cos(angle), side * b * np.sin(angle), 0.0])
        travelled += float(np.hypot(at[0] - last[0], at[1] - last[1]))
        at[2] = float(points[1][2]) - drop * travelled - 5.0 * np.sin(min(1.0, travelled / 40.0) * np.pi / 2)
        points.append(at)
        last = at
    return _bars(_rounded(np.array(points)), slim=low_ribs)


def _rounded(points_mm: NDArray[np.float64]) -> NDArray[np.float64]:
    """A chain of points with its corners cut twice (Chaikin), ends kept."""
    for _ in range(2):
        near = 0.75 * points_mm[:-1] + 0.25 * points_mm[1:]
        far = 0.25 * points_mm[:-1] + 0.75 * points_mm[1:]
        middle = np.stack([near, far], axis=1).reshape(-1, 3)
        points_mm = np.concatenate([points_mm[:1], middle[1:-1], points_mm[-1:]])
    return points_mm


def _bars(points_mm: NDArray[np.float64], *, slim: bool) -> list[Limb]:
    """A rib's chain of bars: thick head, slim neck, flat tall shaft that tapers at its end."""
    travelled = np.concatenate([[0.0], np.cumsum(np.linalg.norm(np.diff(points_mm, axis=0), axis=1))])
    tall = np.interp(travelled, [0.0, 8.0, 22.0, 40.0, 90.0], [4.6, 3.6, 4.4, 5.6, 6.0])
    thin = np.interp(travelled, [0.0, 8.0, 22.0, 40.0, 90.0], [4.4, 3.0, 4.0, 3.3, 3.0])
    if slim:
        tall = tall * np.interp(travelled / travelled[-1], [0.0, 0.5, 1.0], [0.9, 0.85, 0.45])
    limbs = []
    for i, (p, q) in enumerate(itertools.pairwise(points_mm)):
        limbs.append(
            Limb(
                start_mm=(float(p[0]), float(p[1]), float(p[2])),
                end_mm=(float(q[0]), float(q[1]), float(q[2])),
                across=(0.05, 0.0, 1.0),
                start_radii_mm=(float(tall[i]), float(thin[i])),
                end_radii_mm=(float(tall[i + 1]), float(thin[i + 1])),
            )
        )
    return limbs


def sacrum_limbs(size: VertebraSize) -> tuple[Limb, ...]:
    """What hangs on S1: the fused segments below, the wings, the median crest."""
    back, k = -size.depth_mm / 2, size.depth_mm / 33.0
    sideways, upright = (0.0, 1.0, 0.0), (0.0, 0.0, 1.0)
    wing = Limb(
        start_mm=(-3.0 * k, 20.0 * k, 1.0), end_mm=(-20.0 * k, 44.0 * k, -12.0), across=upright,
        start_radii_mm=(11.0 * k, 11.0 * k), end_radii_mm=(17.0 * k, 10.0 * k), shell_mm=0.3, filling=0.45,
    )  # fmt: skip
    flank = Limb(
        start_mm=(-12.0 * k, 30.0 * k, -22.0 * k), end_mm=(-22.0 * k, 24.0 * k, -52.0 * k), across=sideways,
        start_radii_mm=(12.0 * k, 8.0 * k), end_radii_mm=(8.0 * k, 5.0 * k), shell_mm=0.3, filling=0.45,
    )  # fmt: skip
    second = Limb(
        start_mm=(-1.0, 0.0, -8.0 * k), end_mm=(-9.0 * k, 0.0, -38.0 * k), across=sideways,
        start_radii_mm=(21.0 * k, 16.0 * k), end_radii_mm=(15.0 * k, 9.0 * k), shell_mm=0.4, filling=0.8,
    )  # fmt: skip
    third = Limb(
        start_mm=(-9.0 * k, 0.0, -38.0 * k), end_mm=(-27.0 * k, 0.0, -68.0 * k), across=sideways,
        start_radii_mm=(15.0 * k, 9.0 * k), end_radii_mm=(11.0 * k, 5.0 * k), shell_mm=0.4, filling=0.8,
    )  # fmt: skip
    crest = Limb(
        start_mm=(back - 15.0 * k, 0.0, -8.0), end_mm=(back - 24.0 * k, 0.0, -46.0 * k), across=sideways,
        start_radii_mm=(3.0, 7.0), end_radii_mm=(2.5, 4.0), shell_mm=0.35, filling=1.0,
    )  # fmt: skip
    return (wing, wing.mirrored(), flank, flank.mirrored(), second, third, crest)
