"""One vertebra as a solid: body and posterior elements as signed distances in its own frame, and their bone density.

Frame: x anterior, y to the patient's left, z cranial; origin in the middle of the unbroken body. Proportions of the
posterior elements follow the drawings of the anatomy atlases by eye (*plausible interpolation*); the sizes that
were measured come from `anatomy_sizes`.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from assistant.simulation.anatomy_shapes import (
    F32,
    OUTSIDE,
    Grid,
    Limb,
    OutlineTable,
    coverage,
    outline_table,
    smooth_max,
    smooth_min,
)
from assistant.simulation.anatomy_sizes import VertebraSize
from assistant.simulation.fracture import BodyForm

# Bone mineral, g/cm³: compact bone of shells and processes; the spongy inside of an osteoporotic body comes with the
# patient (quantitative CT: 0.05 to 0.12).
CORTEX_G_PER_CM3 = 1.05
WALL_MM = 0.42
ENDPLATE_MM = 0.75
PROCESS_SHELL_MM = 1.15
PROCESS_SPONGY = 2.2  # density inside posterior elements relative to the body's spongy bone


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Vertebra:
    """A vertebra ready to be sampled.

    Attributes
    ----------
    size : VertebraSize
    form : BodyForm
    outline : OutlineTable
        Of the body, seen from above.
    limbs : tuple of Limb
        Pedicles first (left, right), then the posterior elements.
    """

    size: VertebraSize
    form: BodyForm
    outline: OutlineTable = field(repr=False)
    limbs: tuple[Limb, ...] = field(repr=False)

    @property
    def pedicles(self) -> tuple[Limb, Limb]:
        """Left and right pedicle."""
        return self.limbs[0], self.limbs[1]

    def bounds_mm(self) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Corners of a box, in the vertebra's frame, that holds it with a small margin."""
        a, b = self.size.depth_mm / 2 + 5.0, self.size.width_mm / 2 + 4.0
        h = max(self.size.anterior_height_mm, self.size.posterior_height_mm) / 2 + 3.0
        lows, highs = [np.array([-a, -b, -h])], [np.array([a, b, h])]
        for limb in self.limbs:
            low, high = limb.bounds_mm(2.0)
            lows.append(low)
            highs.append(high)
        return np.min(lows, axis=0), np.max(highs, axis=0)


def make(size: VertebraSize, form: BodyForm, rng: np.random.Generator) -> Vertebra:
    """A vertebra of a size and form, with small individual differences drawn from ``rng``."""
    pedicles = _pedicles(size)
    processes = _lumbar_processes(size, rng) if size.lumbar else _thoracic_processes(size, rng)
    return Vertebra(size=size, form=form, outline=outline_table(body_outline(size, rng)), limbs=(*pedicles, *processes))


def body_outline(size: VertebraSize, rng: np.random.Generator) -> NDArray[np.float64]:
    """The body seen from above, shape (n, 2): kidney-shaped in the loins, heart-shaped in the chest."""
    angle = np.linspace(0.0, 2 * np.pi, 160, endpoint=False)
    c, s = np.cos(angle), np.sin(angle)
    power = 2 / 2.35
    x = size.depth_mm / 2 * np.sign(c) * np.abs(c) ** power
    y = size.width_mm / 2 * np.sign(s) * np.abs(s) ** power
    ahead = np.clip(x / (size.depth_mm / 2), -1, 1)
    if not size.lumbar:
        y = y * (1.0 - 0.13 * np.clip(ahead, 0, 1) ** 1.5)
    hollow = size.wall_concavity_mm * np.exp(-((y / (0.42 * size.width_mm / 2)) ** 2)) * np.clip(-ahead * 1.6, 0, 1)
    wave = 1.0 + sum(rng.normal(0.0, 0.009) * np.cos(k * angle + rng.uniform(0, 2 * np.pi)) for k in (2, 3, 4))
    return np.stack([(x + hollow) * wave, y * wave], axis=1)


def body_distance_mm(vertebra: Vertebra, grid: Grid) -> tuple[F32, F32]:
    """Signed distance to the body, and how much the nearest face is an endplate.

    Returns
    -------
    distance_mm : array of the grid's shape
    endplate : array of the grid's shape
        1 at the endplates, 0 at the walls, between them at the rim.
    """
    form, size = vertebra.form, vertebra.size
    a = np.float32(size.depth_mm / 2)
    x, y, z = grid.x_mm, grid.y_mm, grid.z_mm
    ahead = np.clip((x / a + 1) / 2, 0.0, 1.0)
    flat = vertebra.outline(x, y)
    deep = np.clip(-flat / np.float32(0.46 * min(size.depth_mm, size.width_mm)), 0.0, 1.0)
    dish = np.clip((deep - 0.16) / 0.7, 0.0, 1.0)
    dish = dish * dish * (3 - 2 * dish) * (1.12 - 0.3 * ahead)
    rim_top = np.float32(form.superior_back_mm) + np.float32(form.superior_front_mm - form.superior_back_mm) * (
        ahead ** np.float32(form.superior_bend)
    )
    rim_bottom = np.float32(form.inferior_back_mm) + np.float32(form.inferior_front_mm - form.inferior_back_mm) * (
        ahead ** np.float32(form.inferior_bend)
    )
    top = rim_top - np.float32(form.superior_dish_mm) * dish
    bottom = rim_bottom + np.float32(form.inferior_dish_mm) * dish
    middle, half = 0.5 * (rim_top + rim_bottom), np.maximum(0.5 * (rim_top - rim_bottom), 1.0)
    zeta = np.clip((z - middle) / half, -1.2, 1.2)
    narrow = np.clip(1.0 - np.float32(size.waist) * (1.0 - np.abs(zeta) ** 2.4), 0.5, 1.03).astype(np.float32)
    wall = vertebra.outline(x / narrow, y / narrow) * narrow
    if form.bulge_mm:
        step = np.exp(-(((z - (rim_top - 4.0)) / 2.6) ** 2)) * np.clip((ahead - 0.55) / 0.3, 0.0, 1.0)
        wall = wall - np.float32(form.bulge_mm) * step
    if form.retropulsion_mm:
        step = np.exp(-(((z - (rim_top - 3.0)) / 4.5) ** 2)) * np.clip((0.35 - ahead) / 0.25, 0.0, 1.0)
        wall = wall - np.float32(form.retropulsion_mm) * step * np.exp(-((y / 9.0) ** 2))
    plates = np.maximum(z - top, bottom - z)
    endplate = np.clip((plates - wall) / 1.5 + 0.5, 0.0, 1.0).astype(np.float32)
    return smooth_max(wall.astype(np.float32), plates.astype(np.float32), 1.3), endplate


def limbs_distance_mm(limbs: tuple[Limb, ...], grid: Grid, blend_mm: float) -> F32:
    """Signed distance to the union of limbs; only the voxels near a limb are computed, the rest is far outside."""
    distance = np.full(grid.x_mm.shape, OUTSIDE, dtype=np.float32)
    for limb in limbs:
        block = _block(grid, *limb.bounds_mm(blend_mm + 1.5))
        if block is not None:
            distance[block] = smooth_min(distance[block], limb.distance_mm(grid.part(block)), blend_mm)
    return distance


def density(vertebra: Vertebra, grid: Grid, voxel_mm: float, spongy: F32) -> tuple[F32, F32, F32]:
    """Bone mineral of a vertebra.

    Parameters
    ----------
    vertebra : Vertebra
    grid : Grid
        Voxels in the vertebra's frame.
    voxel_mm : float
    spongy : array of the grid's shape
        Density of spongy bone with its texture, g/cm³.

    Returns
    -------
    density_g_per_cm3, body_distance_mm, limbs_distance_mm : arrays of the grid's shape
    """
    form = vertebra.form
    body, endplate = body_distance_mm(vertebra, grid)
    limbs = limbs_distance_mm(vertebra.limbs, grid, 2.5)
    whole = smooth_min(body, limbs, 2.0)
    process = np.clip((body - limbs) / 3.0 + 0.5, 0.0, 1.0)
    shell_mm = (1 - process) * (WALL_MM + (ENDPLATE_MM - WALL_MM) * endplate) + process * PROCESS_SHELL_MM
    for hole in form.holes:
        x, y, z = (np.float32(v) for v in hole.centre_mm)
        near = np.sqrt((grid.x_mm - x) ** 2 + (grid.y_mm - y) ** 2 + (grid.z_mm - z) ** 2)
        shell_mm = shell_mm * np.clip((near - hole.radius_mm) / 1.0, 0.0, 1.0)
    inner = coverage(whole + shell_mm, voxel_mm)
    outer = coverage(whole, voxel_mm)
    inside = spongy * (1.0 + process * (PROCESS_SPONGY - 1.0))
    if form.impaction:
        ahead = np.clip((grid.x_mm / np.float32(vertebra.size.depth_mm / 2) + 1) / 2, 0.0, 1.0)
        top = form.superior_back_mm + (form.superior_front_mm - form.superior_back_mm) * ahead - form.superior_dish_mm
        inside = inside * (1.0 + form.impaction * np.exp(-(((grid.z_mm - top + 2.5) / 3.0) ** 2)) * (1 - process))
    if form.cleft_mm is not None:
        inside = inside * np.clip(ellipsoid(grid, *form.cleft_mm) - 0.8, 0.0, 1.0)
    total = np.float32(CORTEX_G_PER_CM3) * (outer - inner) + inside * inner
    return total.astype(np.float32), body, limbs


def ellipsoid(grid: Grid, centre_mm: tuple[float, float, float], radii_mm: tuple[float, float, float]) -> F32:
    """Level function of an ellipsoid: 1 on its surface, below inside."""
    x, y, z = (
        (axis - np.float32(c)) / np.float32(r)
        for axis, c, r in zip((grid.x_mm, grid.y_mm, grid.z_mm), centre_mm, radii_mm, strict=True)
    )
    return np.sqrt(x * x + y * y + z * z).astype(np.float32)


def spongy_tile(rng: np.random.Generator, voxel_mm: float, mean_g_per_cm3: float, *, side: int = 112) -> F32:
    """Texture of osteoporotic spongy bone in a cube that repeats without a seam.

    Upright trabeculae (6 mm long, 0.7 mm wide), round pores (about 2 mm) and patches (about 6 mm), multiplied:
    the density never falls below zero and its mean is ``mean_g_per_cm3``.
    """

    def noise(along_mm: float, across_mm: float) -> F32:
        white = rng.standard_normal((side, side, side), dtype=np.float32)
        sigma = (along_mm / voxel_mm, across_mm / voxel_mm, across_mm / voxel_mm)
        smooth: F32 = ndimage.gaussian_filter(white, sigma, mode="wrap")
        return smooth / np.float32(smooth.std())

    log = 0.55 * noise(3.0, 0.35) + 0.35 * noise(1.0, 1.0) + 0.30 * noise(3.5, 3.0)
    texture = np.exp(log)
    return (texture * np.float32(mean_g_per_cm3 / texture.mean())).astype(np.float32)


def _block(grid: Grid, low_mm: NDArray[np.float64], high_mm: NDArray[np.float64]) -> tuple[slice, slice, slice] | None:
    """The smallest block of voxels that holds a box of the grid's frame (the grid may be turned by some degrees)."""
    # Eight corners are enough: the map from voxel index to the frame is linear, so it is read off three edges.
    origin = np.array([grid.x_mm[0, 0, 0], grid.y_mm[0, 0, 0], grid.z_mm[0, 0, 0]], dtype=np.float64)
    steps = []
    for index in ((1, 0, 0), (0, 1, 0), (0, 0, 1)):
        neighbour = np.array([grid.x_mm[index], grid.y_mm[index], grid.z_mm[index]], dtype=np.float64)
        steps.append(neighbour - origin)
    to_index = np.linalg.inv(np.stack(steps, axis=1))
    corners = np.array([[x, y, z] for x in (0, 1) for y in (0, 1) for z in (0, 1)])
    points = low_mm + corners * (high_mm - low_mm)
    indices = (points - origin) @ to_index.T
    low = np.maximum(np.floor(indices.min(axis=0)).astype(int), 0)
    high = np.minimum(np.ceil(indices.max(axis=0)).astype(int) + 1, np.array(grid.x_mm.shape))
    if np.any(high <= low):
        return None
    return slice(int(low[0]), int(high[0])), slice(int(low[1]), int(high[1])), slice(int(low[2]), int(high[2]))


def _pedicles(size: VertebraSize) -> tuple[Limb, Limb]:
    """Left and right pedicle: from inside the body's upper back corner to the articular pillar."""
    back = -size.depth_mm / 2
    half_w, half_h = size.pedicle_width_mm / 2, size.pedicle_height_mm / 2
    y = size.canal_width_mm / 2 + half_w
    y_front = min(y, size.width_mm / 2 - 0.8 * half_w)
    z = size.posterior_height_mm / 2 - half_h - (1.8 if size.lumbar else 0.6)
    length = (8.5 if size.lumbar else 7.0) * size.depth_mm / 32.0
    turn = np.tan(np.deg2rad(size.pedicle_angle_deg))
    left = Limb(
        start_mm=(back + 3.0, y_front - 0.4 * turn * length, z),
        end_mm=(back - length, y + 0.5 * turn * length, z - 0.8),
        across=(0.0, 1.0, 0.0),
        start_radii_mm=(half_w * 1.05, half_h * 1.05),
        end_radii_mm=(half_w, half_h * 0.95),
    )
    return left, left.mirrored()


def _pair(limb: Limb, rng: np.random.Generator) -> tuple[Limb, Limb]:
    """A limb and its mirror image, each slightly its own."""
    pair = []
    for side in (limb, limb.mirrored()):
        shift = rng.normal(0.0, 0.5, 3)
        end = (side.end_mm[0] + shift[0], side.end_mm[1] + shift[1], side.end_mm[2] + shift[2])
        pair.append(
            Limb(
                start_mm=side.start_mm,
                end_mm=(float(end[0]), float(end[1]), float(end[2])),
                across=side.across,
                start_radii_mm=side.start_radii_mm,
                end_radii_mm=side.end_radii_mm,
            )
        )
    return pair[0], pair[1]


def _lumbar_processes(size: VertebraSize, rng: np.random.Generator) -> tuple[Limb, ...]:
    """Articular processes, pars, laminae, transverse and spinous processes of L1 to L5."""
    k = size.width_mm / 45.0 * 0.5 + 0.5
    back = -size.depth_mm / 2
    half_h = size.pedicle_height_mm / 2
    y = size.canal_width_mm / 2 + size.pedicle_width_mm / 2
    z = size.posterior_height_mm / 2 - half_h - 1.8
    low = -size.posterior_height_mm / 2 - size.disc_height_mm
    sideways, upright = (0.0, 1.0, 0.0), (0.0, 0.0, 1.0)
    x1, x2, x3 = back - 9.0 * k, back - 17.0 * k, back - 25.0 * k
    y_in = max(y - 3.0 * k, 8.0)
    superior = Limb(
        start_mm=(x1 - 1.0, y + 1.0, z), end_mm=(x1 - 3.5 * k, y + 3.5 * k, z + half_h + 8.0 * k),
        across=sideways, start_radii_mm=(4.6 * k, 4.6 * k), end_radii_mm=(3.4 * k, 3.8 * k),
    )  # fmt: skip
    pars = Limb(
        start_mm=(x1 - 1.5, y, z - 1.0), end_mm=(x2, y_in, z - half_h - 6.0 * k),
        across=sideways, start_radii_mm=(5.0 * k, 4.0 * k), end_radii_mm=(5.2 * k, 3.4 * k),
    )  # fmt: skip
    inferior = Limb(
        start_mm=(x2, y_in, z - half_h - 4.0 * k), end_mm=(x2 + 0.5, y_in + 1.0, low - 5.0 * k),
        across=sideways, start_radii_mm=(5.0 * k, 3.6 * k), end_radii_mm=(3.8 * k, 3.2 * k),
    )  # fmt: skip
    lamina = Limb(
        start_mm=(x2 + 1.0, y_in, z - half_h - 1.0), end_mm=(x3, 1.5, z - half_h - 4.0 * k),
        across=upright, start_radii_mm=(8.0 * k, 2.9 * k), end_radii_mm=(9.5 * k, 3.0 * k),
    )  # fmt: skip
    reach = size.transverse_reach_mm
    thick = 1.7 if size.level in ("L5", "S1") else 1.0
    transverse = Limb(
        start_mm=(x1, y + 2.0, z - 1.0), end_mm=(x1 - 5.0 * k, reach, z + 1.0),
        across=upright, start_radii_mm=(5.2 * k * thick, 3.2 * k * thick), end_radii_mm=(3.0 * k, 1.7 * k * thick),
    )  # fmt: skip
    slope = np.deg2rad(size.spinous_slope_deg)
    x4 = x3 - size.spinous_length_mm * float(np.cos(slope))
    root = z - half_h - 3.0 * k
    tip = root - size.spinous_length_mm * float(np.sin(slope))
    spine = Limb(
        start_mm=(x3, 0.0, root), end_mm=(x4, 0.0, tip),
        across=upright, start_radii_mm=(8.5 * k, 3.0 * k), end_radii_mm=(9.5 * k, 3.6 * k),
    )  # fmt: skip
    crest = Limb(
        start_mm=(x4 + 4.0, 0.0, tip - 4.0 * k), end_mm=(x4 + 1.0, 0.0, tip - 7.5 * k),
        across=sideways, start_radii_mm=(3.2 * k, 3.5 * k), end_radii_mm=(3.6 * k, 3.2 * k),
    )  # fmt: skip
    pairs = [_pair(limb, rng) for limb in (superior, pars, inferior, lamina, transverse)]
    return (*(limb for pair in pairs for limb in pair), spine, crest)


def _thoracic_processes(size: VertebraSize, rng: np.random.Generator) -> tuple[Limb, ...]:
    """Articular processes, laminae, transverse and spinous processes of the thoracic vertebrae."""
    k = size.depth_mm / 28.0 * 0.6 + 0.4
    back = -size.depth_mm / 2
    half_h = size.pedicle_height_mm / 2
    y = size.canal_width_mm / 2 + size.pedicle_width_mm / 2
    z = size.posterior_height_mm / 2 - half_h - 0.6
    low = -size.posterior_height_mm / 2 - size.disc_height_mm
    sideways, upright = (0.0, 1.0, 0.0), (0.0, 0.0, 1.0)
    x1, x2, x3 = back - 8.0 * k, back - 13.0 * k, back - 20.0 * k
    superior = Limb(
        start_mm=(x1, y, z), end_mm=(x1 - 1.5, y + 0.5, z + half_h + 5.5 * k),
        across=sideways, start_radii_mm=(4.4 * k, 3.2 * k), end_radii_mm=(4.2 * k, 2.0 * k),
    )  # fmt: skip
    pillar = Limb(
        start_mm=(x1, y, z), end_mm=(x2, y - 0.5, z - half_h - 3.0 * k),
        across=sideways, start_radii_mm=(4.4 * k, 3.6 * k), end_radii_mm=(4.4 * k, 3.0 * k),
    )  # fmt: skip
    inferior = Limb(
        start_mm=(x2, y - 0.5, z - half_h - 2.0 * k), end_mm=(x2 + 0.5, y - 0.5, low - 3.5 * k),
        across=sideways, start_radii_mm=(4.4 * k, 2.6 * k), end_radii_mm=(4.0 * k, 2.0 * k),
    )  # fmt: skip
    lamina = Limb(
        start_mm=(x2, y - 1.0, z - half_h + 0.5), end_mm=(x3, 1.5, z - half_h - 3.5 * k),
        across=upright, start_radii_mm=(8.5 * k, 2.5 * k), end_radii_mm=(9.5 * k, 2.6 * k),
    )  # fmt: skip
    reach = size.transverse_reach_mm
    club = 0.7 if size.level in ("T11", "T12") else 1.0
    transverse = Limb(
        start_mm=(x1 - 1.0, y + 1.0, z - 1.5), end_mm=(x1 - 10.0 * k, reach - 3.0, z + 2.0),
        across=upright, start_radii_mm=(4.2 * k, 3.6 * k), end_radii_mm=(4.6 * k * club, 4.0 * k * club),
    )  # fmt: skip
    slope = np.deg2rad(size.spinous_slope_deg)
    root = z - half_h - 3.0 * k
    x4 = x3 - size.spinous_length_mm * float(np.cos(slope))
    tip = root - size.spinous_length_mm * float(np.sin(slope))
    tall = 8.5 if size.level in ("T11", "T12") else 5.0
    spine = Limb(
        start_mm=(x3, 0.0, root), end_mm=(x4, 0.0, tip),
        across=(float(np.sin(slope)), 0.0, float(np.cos(slope))),
        start_radii_mm=(7.0 * k, 2.8 * k), end_radii_mm=(tall * k, 2.9 * k),
    )  # fmt: skip
    pairs = [_pair(limb, rng) for limb in (superior, pillar, inferior, lamina, transverse)]
    return (*(limb for pair in pairs for limb in pair), spine)
