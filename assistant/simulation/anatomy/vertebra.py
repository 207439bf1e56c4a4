"""One vertebra as a solid: body and posterior elements as signed distances in its own frame, and their bone density.

Frame: x anterior, y to the patient's left, z cranial; origin in the middle of the unbroken body. Its sizes come from
`anatomy_sizes`, its posterior elements from `vertebra_processes`.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from assistant.simulation.anatomy.anatomy_shapes import (
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
from assistant.simulation.anatomy.anatomy_sizes import VertebraSize
from assistant.simulation.anatomy.fracture import BodyForm
from assistant.simulation.anatomy.vertebra_processes import posterior_limbs

# Bone mineral, g/cm³: compact bone of shells and processes; the spongy inside of an osteoporotic body comes with the
# patient (quantitative CT: 0.05 to 0.12).
CORTEX_G_PER_CM3 = 1.05
MOST_SPONGY_G_PER_CM3 = 0.6
WALL_MM = 0.42
ENDPLATE_MM = 0.65


@dataclass(frozen=True, slots=True, kw_only=True)
class SpineCondition:
    """What age and disease have made of a spine, against what is drawn for the patient.

    Attributes
    ----------
    spongy : float
        Share of the density of spongy bone.
    cortex : float
        Share of the thickness of walls, pedicles and processes.
    endplate : float
        Share of the thickness of the endplates.
    endplate_soft_mm : float
        Over so much more than a voxel the endplates' edges are spread.
    disc_height : float
        Share of the height of the discs.
    """

    spongy: float = 1.0
    cortex: float = 1.0
    endplate: float = 1.0
    endplate_soft_mm: float = 0.0
    disc_height: float = 1.0


AS_DRAWN = SpineCondition()


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
        Pedicles first (front halves left and right, rear halves), then the posterior elements.
    condition : SpineCondition
    """

    size: VertebraSize
    form: BodyForm
    outline: OutlineTable = field(repr=False)
    limbs: tuple[Limb, ...] = field(repr=False)
    condition: SpineCondition = AS_DRAWN

    @property
    def pedicles(self) -> tuple[Limb, Limb]:
        """Rear halves of the left and right pedicle: they start at the isthmus."""
        return self.limbs[2], self.limbs[3]

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
    limbs = posterior_limbs(size, rng)
    return Vertebra(size=size, form=form, outline=outline_table(body_outline(size, rng)), limbs=limbs)


def body_outline(size: VertebraSize, rng: np.random.Generator) -> NDArray[np.float64]:
    """The body seen from above, shape (n, 2): kidney-shaped in the loins, heart-shaped in the chest."""
    angle = np.linspace(0.0, 2 * np.pi, 160, endpoint=False)
    c, s = np.cos(angle), np.sin(angle)
    # Rounder in front, squarer behind, where the posterior wall runs nearly straight from pedicle to pedicle.
    power = np.where(c > 0, 2 / 2.3, 2 / 3.2)
    # Superellipse, |x / a|^p + |y / b|^q = 1 by its angle; the exponents differ in front and behind.
    x = size.depth_mm / 2 * np.sign(c) * np.abs(c) ** power
    y = size.width_mm / 2 * np.sign(s) * np.abs(s) ** (2 / 2.5)
    ahead = np.clip(x / (size.depth_mm / 2), -1, 1)
    if not size.lumbar:
        y = y * (1.0 - 0.13 * np.clip(ahead, 0, 1) ** 1.5)
    hollow = np.exp(-((y / (0.36 * size.width_mm / 2)) ** 2)) * np.clip(-ahead * 1.6, 0, 1)
    x = x + 1.3 * size.wall_concavity_mm * hollow
    x = np.where(x < 0, x * (size.depth_mm / 2 / -x.min()), x)
    wave = 1.0 + sum(rng.normal(0.0, 0.009) * np.cos(k * angle + rng.uniform(0, 2 * np.pi)) for k in (2, 3, 4))
    return np.stack([x * wave, y * wave], axis=1)


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
    # Hollow endplates: nothing at the rim, then a smoothstep, d^2 (3 - 2 d), deeper behind the middle.
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
    # Height in the body, -1 to 1; the waist narrows the outline most in the middle.
    zeta = np.clip((z - middle) / half, -1.2, 1.2)
    narrow = np.clip(1.0 - np.float32(size.waist) * (1.0 - np.abs(zeta) ** 2.4), 0.5, 1.03).astype(np.float32)
    wall = vertebra.outline(x / narrow, y / narrow) * narrow
    if form.bulge_mm:
        step = np.exp(-(((z - (rim_top - 4.0)) / 2.6) ** 2)) * np.clip((ahead - 0.55) / 0.3, 0.0, 1.0)
        wall = wall - np.float32(form.bulge_mm) * step
    if form.retropulsion_mm:
        step = np.exp(-(((z - (rim_top - 3.0)) / 4.5) ** 2)) * np.clip((0.35 - ahead) / 0.25, 0.0, 1.0)
        wall = wall - np.float32(form.retropulsion_mm) * step * np.exp(-((y / 9.0) ** 2))
    for spur, rim in ((form.spurs_mm[0], rim_top - 1.8), (form.spurs_mm[1], rim_bottom + 1.8)):
        if spur:
            lip = np.exp(-(((z - rim) / 2.4) ** 2)) * np.clip((ahead - 0.5) / 0.4, 0.0, 1.0)
            wall = wall - np.float32(spur) * lip
    # Intersection of two signed distances, the wall's and the plates', as a smooth maximum: a rounded rim.
    plates = np.maximum(z - top, bottom - z)
    endplate = np.clip((plates - wall) / 1.5 + 0.5, 0.0, 1.0).astype(np.float32)
    return smooth_max(wall.astype(np.float32), plates.astype(np.float32), 1.3), endplate


def limbs_distance_mm(limbs: tuple[Limb, ...], grid: Grid, blend_mm: float) -> tuple[F32, F32, F32]:
    """Signed distance to the union of limbs; only the voxels near a limb are computed, the rest is far outside.

    Returns
    -------
    distance_mm, shell_mm, filling : arrays of the grid's shape
        Cortex and filling are those of the limb that is nearest.
    """
    distance = np.full(grid.x_mm.shape, OUTSIDE, dtype=np.float32)
    shell = np.full(grid.x_mm.shape, 0.7, dtype=np.float32)
    filling = np.full(grid.x_mm.shape, 1.5, dtype=np.float32)
    for limb in limbs:
        block = _block(grid, *limb.bounds_mm(blend_mm + 1.5))
        if block is not None:
            new = limb.distance_mm(grid.part(block))
            # Union as a smooth minimum; shell and filling go over to the nearer limb on the same two millimetres.
            share = np.clip((distance[block] - new) / 2.0 + 0.5, 0.0, 1.0)
            shell[block] += share * (np.float32(limb.shell_mm) - shell[block])
            filling[block] += share * (np.float32(limb.filling) - filling[block])
            distance[block] = smooth_min(distance[block], new, blend_mm)
    return distance, shell, filling


def density(vertebra: Vertebra, grid: Grid, voxel_mm: float, spongy: F32) -> F32:
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
    array of the grid's shape, g/cm³
    """
    form = vertebra.form
    body, endplate = body_distance_mm(vertebra, grid)
    limbs, limb_shell_mm, filling = limbs_distance_mm(vertebra.limbs, grid, 2.5)
    whole = smooth_min(body, limbs, 2.0)
    process = np.clip((body - limbs) / 3.0 + 0.5, 0.0, 1.0)
    condition = vertebra.condition
    wall_mm, plate_mm = WALL_MM * condition.cortex, ENDPLATE_MM * condition.endplate
    shell_mm = (1 - process) * (wall_mm + (plate_mm - wall_mm) * endplate) + process * limb_shell_mm * condition.cortex
    for hole in form.holes:
        x, y, z = (np.float32(v) for v in hole.centre_mm)
        near = np.sqrt((grid.x_mm - x) ** 2 + (grid.y_mm - y) ** 2 + (grid.z_mm - z) ** 2)
        shell_mm = shell_mm * np.clip((near - hole.radius_mm) / 1.0, 0.0, 1.0)
    # Two surfaces, the bone's and that of its inside: cortex lies between the two, spongy bone in the inner one. How
    # much of each voxel either covers, so that a thin cortex keeps its mass.
    edge_mm: float | F32 = voxel_mm
    if condition.endplate_soft_mm:
        edge_mm = np.float32(voxel_mm) + np.float32(condition.endplate_soft_mm) * endplate * (1 - process)
    inner = coverage(whole + shell_mm, edge_mm)
    outer = coverage(whole, edge_mm)
    inside = spongy * (1.0 + process * (filling - 1.0))
    if form.impaction:
        ahead = np.clip((grid.x_mm / np.float32(vertebra.size.depth_mm / 2) + 1) / 2, 0.0, 1.0)
        top = form.superior_back_mm + (form.superior_front_mm - form.superior_back_mm) * ahead - form.superior_dish_mm
        inside = inside * (1.0 + form.impaction * np.exp(-(((grid.z_mm - top + 2.5) / 3.0) ** 2)) * (1 - process))
    if form.cleft_mm is not None:
        inside = inside * np.clip(ellipsoid(grid, *form.cleft_mm) - 0.8, 0.0, 1.0)
    inside = np.minimum(inside, np.float32(MOST_SPONGY_G_PER_CM3))
    total: F32 = (np.float32(CORTEX_G_PER_CM3) * (outer - inner) + inside * inner).astype(np.float32)
    return total


def ellipsoid(grid: Grid, centre_mm: tuple[float, float, float], radii_mm: tuple[float, float, float]) -> F32:
    """Level function of an ellipsoid: 1 on its surface, below inside."""
    x, y, z = (
        (axis - np.float32(c)) / np.float32(r)
        for axis, c, r in zip((grid.x_mm, grid.y_mm, grid.z_mm), centre_mm, radii_mm, strict=True)
    )
    level: F32 = np.sqrt(x * x + y * y + z * z).astype(np.float32)
    return level


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

    # The logarithms add: the texture is log-normal, as the product of three would be. Round at its edges (wrap).
    log = 0.45 * noise(3.0, 0.35) + 0.35 * noise(1.0, 1.0) + 0.30 * noise(3.5, 3.0)
    texture = np.exp(log)
    tile: F32 = (texture * np.float32(mean_g_per_cm3 / texture.mean())).astype(np.float32)
    return tile


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
