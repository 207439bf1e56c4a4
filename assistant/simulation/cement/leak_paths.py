"""The ways out of a body: which voxels a leak fills, and in which order.

Each leak is a growing shape: a level function is 0 at the breach and rises outwards, voxels fill by rising level until
the wanted volume has left. Only regions that belong to the leak's site are filled. Shapes of disc leaks follow the
working definitions of spike and round (height over width, angle at the apex); their height is counted from the
endplate as a reader marks it, not from the floor of its hollow.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from assistant.errors import UsageError
from assistant.simulation.anatomy.anatomy_shapes import F32
from assistant.simulation.cement.leak_site import BodyGrid, beside_axis, distance_to_segment_mm, middle, outside, ripple
from assistant.simulation.scene import Anatomy, Region, SimulatedCannula

SHAPES = ("spike", "round", "between")
NAMES = (
    *(f"{plate}_disc_{shape}" for plate in ("superior", "inferior") for shape in SHAPES),
    "posterior_basivertebral",
    "posterior_cortical",
    "anterior",
    "lateral_left",
    "lateral_right",
    "vein_anterior",
    "vein_left",
    "vein_right",
    "cannula_track",
    "foramen",
)
# Regions that a leak's own voxels may lie in.
REGIONS: dict[str, tuple[Region, ...]] = {
    **{name: (Region.SUPERIOR_DISC,) for name in NAMES if name.startswith("superior")},
    **{name: (Region.INFERIOR_DISC,) for name in NAMES if name.startswith("inferior")},
    "posterior_basivertebral": (Region.CANAL,),
    "posterior_cortical": (Region.CANAL,),
    "anterior": (Region.ANTERIOR,),
    "lateral_left": (Region.LEFT,),
    "lateral_right": (Region.RIGHT,),
    "vein_anterior": (Region.ANTERIOR,),
    "vein_left": (Region.LEFT, Region.ANTERIOR, Region.FORAMEN),
    "vein_right": (Region.RIGHT, Region.ANTERIOR, Region.FORAMEN),
    "cannula_track": (Region.PEDICLE, Region.POSTERIOR_ELEMENTS, Region.FORAMEN, Region.FAR),
    "foramen": (Region.FORAMEN,),
}
# How far in from a breach the safety margins do not count.
CORRIDOR_MM = 16.0
# Usual volumes, ml; larger ones are asked for by the caller.
_VOLUMES_ML = {"spike": (0.03, 0.15), "round": (0.15, 0.7), "between": (0.08, 0.35), "vein": (0.04, 0.25)}


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class LeakPath:
    """A way out.

    Attributes
    ----------
    order : array of int
        Flat indices, on the anatomy's region grid, of the voxels outside the body in the order of filling.
    breach : array of int
        Flat indices of the body's voxels from which it starts.
    corridor : array of int
        Flat indices of the body's voxels between its core and the breach, free of any safety margin.
    """

    order: NDArray[np.intp] = field(repr=False)
    breach: NDArray[np.intp] = field(repr=False)
    corridor: NDArray[np.intp] = field(repr=False)


def draw_volume_ml(name: str, rng: np.random.Generator) -> float:
    """A usual leaked volume for a kind of leak."""
    kind = next((k for k in _VOLUMES_ML if k in name), "")
    low, high = _VOLUMES_ML.get(kind, (0.08, 0.6))
    return float(np.exp(rng.uniform(np.log(low), np.log(high))))


def open_path(
    name: str, anatomy: Anatomy, rng: np.random.Generator, *, leak_ml: float, cannula: SimulatedCannula
) -> LeakPath:
    """Open a leak.

    Parameters
    ----------
    name : str
        One of `NAMES`.
    anatomy : Anatomy
    rng : Generator
    leak_ml : float
        Wanted volume; less comes out where the site has no more room.
    cannula : SimulatedCannula
        The one whose track a "cannula_track" follows.

    Raises
    ------
    UsageError
        When the site has no room at all.
    """
    region = anatomy.region
    nz, ny, nx = region.values.shape
    x, y, z = (
        np.float32(o) + np.float32(region.spacing_mm) * np.arange(n, dtype=np.float32)
        for o, n in zip(region.origin_mm, (nx, ny, nz), strict=True)
    )
    site = BodyGrid(
        anatomy=anatomy,
        x=x[None, None, :],
        y=y[None, :, None],
        z=z[:, None, None],
        body=region.values == Region.BODY,
    )
    # Each kind is a level function: voxels fill in its order, its contours are the leak's shapes as it grows.
    wanted = max(2, round(leak_ml * 1000.0 / region.spacing_mm**3))
    if "_disc_" in name:
        level = _disc(site, name, rng, wanted)
    elif name == "cannula_track":
        level = _track(site, cannula)
    elif name.startswith("vein"):
        level = _vein(site, name, rng, leak_ml)
    elif name == "foramen":
        level = _foramen(site, cannula, rng)
    else:
        level = _wall(site, name, rng)
    own = np.isin(region.values, REGIONS[name]) & np.isfinite(anatomy.resistance.values)
    if name == "cannula_track":
        own |= (region.values == Region.POSTERIOR_ELEMENTS) | (region.values == Region.PEDICLE)
    return _grown(site, level, own, wanted, name)


def _grown(site: BodyGrid, level: F32, own: NDArray[np.bool_], wanted: int, name: str) -> LeakPath:
    """The first voxels of a level function that hang together, touching the body at its breach."""
    candidate = own & np.isfinite(level)
    flat = np.flatnonzero(candidate)
    if len(flat) == 0:
        raise UsageError(f"{site.anatomy.identity}: no room for a leak {name!r}.")
    # The lowest voxels of the level function that hang together (26 neighbours). What is apart is left out, and more
    # are taken until the wanted number is reached.
    order = flat[np.argsort(level.ravel()[flat], kind="stable")]
    reach = min(len(order), wanted)
    for _ in range(6):
        mask = np.zeros(own.shape, dtype=bool)
        mask.flat[order[:reach]] = True
        labels, _count = ndimage.label(mask, structure=np.ones((3, 3, 3)))
        own_label = labels.ravel()[order[:reach]]
        main = int(np.argmax(np.bincount(own_label)))
        kept = order[:reach][own_label == main]
        if len(kept) >= wanted or reach == len(order):
            break
        reach = min(len(order), int(reach * 1.3) + 8)
    kept = kept[:wanted]
    # The breach: the body's voxels nearest to the first that fills. From there a corridor leads to the core, so that
    # the front inside can come up to it whatever margin it keeps elsewhere.
    points = np.argwhere(site.body)
    seed = np.array(np.unravel_index(kept[0], own.shape))
    apart = ((points - seed) ** 2).sum(axis=1)
    breach = points[apart <= max(4.0, float(apart.min()) + 2.0)]
    low = site.anatomy.region.origin_mm
    breach_mm = breach.mean(axis=0)[::-1] * site.spacing_mm + np.array(low)
    inner = middle(site)
    way = inner - breach_mm
    inner = breach_mm + way * min(1.0, CORRIDOR_MM / float(np.linalg.norm(way)))
    near = distance_to_segment_mm(site.x, site.y, site.z, inner, breach_mm) <= 2.4
    shape = own.shape
    return LeakPath(
        order=kept,
        breach=np.ravel_multi_index(tuple(breach.T), shape),
        corridor=np.flatnonzero(np.broadcast_to(near, shape) & site.body),
    )


def _disc(site: BodyGrid, name: str, rng: np.random.Generator, wanted: int) -> F32:
    """A leak into a disc: a tapering sheet, a broad lobule, or something between."""
    top = name.startswith("superior")
    sign = 1.0 if top else -1.0
    line = site.anatomy.landmarks_mm["superior" if top else "inferior"]
    share, across = float(rng.uniform(0.25, 0.72)), float(rng.uniform(-0.3, 0.3))
    x0 = float(line[0, 0] + share * (line[-1, 0] - line[0, 0]))
    half_width = 0.5 * float(site.anatomy.landmarks_mm["left"][0, 1] - site.anatomy.landmarks_mm["right"][0, 1])
    y0 = float(line[0, 1]) + across * half_width
    order = np.argsort(line[:, 0])
    line_z = np.interp(site.x.ravel(), line[order, 0], line[order, 2]).astype(np.float32)[None, None, :]
    height = (site.z - line_z) * np.float32(sign)
    above = np.maximum(height, 0.0)
    kind = name.rsplit("_", 1)[1]
    if kind == "spike":
        slenderness, lean = float(rng.uniform(1.6, 3.2)), float(rng.uniform(-0.35, 0.35))
        sheet = float(rng.uniform(0.8, 2.0))
    elif kind == "round":
        slenderness, lean, sheet = float(rng.uniform(0.5, 0.75)), 0.0, float(rng.uniform(0.8, 1.4))
    else:
        slenderness, lean = float(rng.uniform(0.8, 1.05)), float(rng.uniform(-0.2, 0.2))
        sheet = float(rng.uniform(0.8, 1.5))
    # u and v across, in units of the width at the endplate; ``tall`` is the height in units of the shape's. A spike
    # is a cone (tall + wide), a lobule an ellipsoid (sum of squares), what lies between has an exponent between.
    u = site.x - np.float32(x0) - np.float32(lean) * above
    v = (site.y - np.float32(y0)) / np.float32(sheet)
    wide = np.sqrt(u * u + v * v) * 2.0  # in units of the width at the endplate
    tall = above / np.float32(slenderness)
    if kind == "spike":
        level = tall + wide
    elif kind == "round":
        level = np.sqrt(tall**2 + wide**2)
    else:
        level = (tall**1.35 + wide**1.35) ** (1 / 1.35)
    amplitude = {"spike": 0.04, "round": 0.06, "between": 0.08}[kind]
    size = (wanted * site.spacing_mm**3) ** (1 / 3)
    rough = level + np.float32(amplitude * size) * ripple(site, rng, 1.2)
    # The way through the hollow, from its floor up to the marked line, is a neck no wider than the shape's base.
    return np.where(height < -6.0, np.inf, rough).astype(np.float32)


def _wall(site: BodyGrid, name: str, rng: np.random.Generator) -> F32:
    """A leak through the posterior, anterior or a side wall: a flattened lump that hugs the bone."""
    marks = site.anatomy.landmarks_mm
    top, bottom = float(marks["superior"][:, 2].mean()), float(marks["inferior"][:, 2].mean())
    middle_y = float(marks["superior"][0, 1])
    half_width = 0.5 * float(marks["left"][0, 1] - marks["right"][0, 1])
    height = top - bottom
    if name.startswith("posterior"):
        central = name.endswith("basivertebral")
        aside = float(rng.choice([-1.0, 1.0])) * float(rng.uniform(0.1, 0.3)) * half_width
        y0 = middle_y + (float(rng.uniform(-1.0, 1.0)) if central else aside)
        z0 = bottom + height * float(rng.uniform(0.46, 0.62) if central else rng.uniform(0.2, 0.8))
        outwards = outside(site.face(2, high=False)[:, :, None] - site.x)
        scales = (2.0, 6.0, 8.0) if central else (3.0, 4.0, 4.5)
        across_1, across_2 = site.y - np.float32(y0), site.z - np.float32(z0)
        if central:  # the dural ligament in the mid-line parts it into two
            across_1 = np.maximum(np.abs(across_1) - 1.0, 0.0) * 1.1
    elif name == "anterior":
        y0 = middle_y + float(rng.uniform(-0.35, 0.35)) * half_width
        z0 = bottom + height * float(rng.uniform(0.25, 0.8))
        outwards = outside(site.x - site.face(2, high=True)[:, :, None])
        scales, across_1, across_2 = (2.6, 5.0, 6.5), site.y - np.float32(y0), site.z - np.float32(z0)
    else:
        left = name.endswith("left")
        x0 = float(marks["superior"][:, 0].mean()) + float(rng.uniform(-5.0, 6.0))
        z0 = bottom + height * float(rng.uniform(0.3, 0.75))
        face = site.face(1, high=left)[:, None, :]
        outwards = outside(site.y - face if left else face - site.y)
        scales, across_1, across_2 = (2.6, 5.0, 6.0), site.x - np.float32(x0), site.z - np.float32(z0)
    # Half an ellipsoid on the wall, flat and wide.
    level = np.sqrt((outwards / scales[0]) ** 2 + (across_1 / scales[1]) ** 2 + (across_2 / scales[2]) ** 2)
    rough: F32 = (level * (1.0 + 0.12 * ripple(site, rng, 1.5))).astype(np.float32)
    return rough


def _vein(site: BodyGrid, name: str, rng: np.random.Generator, leak_ml: float) -> F32:
    """A segmental or anterior external vein: a thin tube that follows the waist, then leaves it."""
    marks = site.anatomy.landmarks_mm
    top, bottom = float(marks["superior"][:, 2].mean()), float(marks["inferior"][:, 2].mean())
    z0 = bottom + (top - bottom) * float(rng.uniform(0.42, 0.62))
    row = int(np.argmin(np.abs(site.z.ravel() - z0)))
    outline = site.body[row]
    x, y = site.x.ravel(), site.y.ravel()
    middle = np.array([x[outline.any(axis=0)].mean(), y[outline.any(axis=1)].mean()])
    sign = {"vein_left": 1.0, "vein_right": -1.0}.get(name, float(rng.choice([-1.0, 1.0])))
    if name == "vein_anterior":
        begin, turn = float(rng.uniform(-0.35, 0.35)), sign * float(rng.uniform(0.1, 0.4))
    else:
        begin, turn = sign * float(rng.uniform(1.25, 1.55)), sign * float(rng.uniform(-0.5, 0.6))
    points: list[NDArray[np.float64]] = []
    rise = float(rng.uniform(-0.25, 0.35))
    angle, height, away = begin, z0, -1.0
    length = 34.0
    step = 1.0
    # A walk in polar coordinates round the waist: along the outline at first, away from it more and more, up or down
    # a little at random.
    for i in range(int(length / step)):
        direction = np.array([np.cos(angle), np.sin(angle)])
        radius = _radius(outline, x, y, middle, direction)
        flat = middle + direction * (radius + away)
        points.append(np.array([flat[0], flat[1], height]))
        angle += turn * step / max(radius, 8.0)
        away += 0.3 + 0.02 * i * (0.5 if name != "vein_anterior" else 1.0)
        height += rise + float(rng.normal(0.0, 0.12))
    # A vein takes more cement by being wider: about this length of it lies on the grid.
    filled_mm = float(rng.uniform(13.0, 18.0))
    diameter = max(float(rng.uniform(1.3, 2.0)), float(np.sqrt(4000.0 * leak_ml / (np.pi * filled_mm))))
    travelled = 0.0
    level = np.full(site.body.shape, np.inf, dtype=np.float32)
    for start, end in itertools.pairwise(points):
        cut = site.block(np.minimum(start, end) - diameter, np.maximum(start, end) + diameter)
        if cut is None:
            continue
        part, own_x, own_y, own_z = cut
        near = distance_to_segment_mm(own_x, own_y, own_z, start, end)
        axis = (end - start) / np.linalg.norm(end - start)
        along = sum(
            (v - np.float32(s)) * np.float32(u) for v, s, u in zip((own_x, own_y, own_z), start, axis, strict=True)
        )
        wobble = 1.0 + 0.15 * np.sin(travelled * 0.9)
        inside = near <= 0.5 * diameter * wobble
        # Level = way travelled along the tube, a little more towards its wall; pieces overlap, and the first one
        # counts.
        reached = np.minimum(level[part], travelled + np.clip(along, 0, step) + 0.3 * near)
        level[part] = np.where(inside, reached, level[part])
        travelled += float(np.linalg.norm(end - start))
    return level.astype(np.float32)


def _radius(
    outline: NDArray[np.bool_], x: F32, y: F32, middle: NDArray[np.float64], direction: NDArray[np.float64]
) -> float:
    """How far the outline (y, x) reaches from its middle in a direction."""
    steps = np.arange(0.0, 45.0, 0.25)
    cols = np.clip(np.round((middle[0] + direction[0] * steps - x[0]) / (x[1] - x[0])).astype(int), 0, len(x) - 1)
    rows = np.clip(np.round((middle[1] + direction[1] * steps - y[0]) / (y[1] - y[0])).astype(int), 0, len(y) - 1)
    inside = np.flatnonzero(outline[rows, cols])
    return float(steps[inside[-1]]) if len(inside) else 0.0


def _track(site: BodyGrid, cannula: SimulatedCannula) -> F32:
    """Back along the cannula: a sleeve round the steel, from the body's wall through the pedicle."""
    along, across = beside_axis(site.x, site.y, site.z, cannula)
    outer = cannula.outer_diameter_mm / 2
    sleeve = (across > outer) & (across <= outer + 1.1) & (along > 0)
    return np.where(sleeve, along + 0.5 * across, np.inf).astype(np.float32)


def _foramen(site: BodyGrid, cannula: SimulatedCannula, rng: np.random.Generator) -> F32:
    """Into the neural foramen below a pedicle, through the body's lower back corner."""
    marks = site.anatomy.landmarks_mm
    side = "left" if cannula.towards_handle[1] > 0 else "right"
    pedicle = marks[f"pedicle_{side}"][0]
    sign = 1.0 if side == "left" else -1.0
    back = float(0.5 * (marks["superior"][-1, 0] + marks["inferior"][-1, 0]))
    bottom = float(marks["inferior"][-1, 2])
    start = np.array([back - 0.5, pedicle[1], bottom + float(rng.uniform(0.15, 0.4)) * (pedicle[2] - bottom)])
    surface = np.argwhere(site.body)[:, ::-1] * site.spacing_mm + np.array(site.anatomy.region.origin_mm)
    start = surface[int(np.argmin(((surface - start) ** 2).sum(axis=1)))]
    end = start + np.array([-12.0, sign * 2.0, float(rng.uniform(-5.0, 1.0))])
    near = distance_to_segment_mm(site.x, site.y, site.z, start, end)
    first = np.sqrt(
        (site.x - np.float32(start[0])) ** 2
        + (site.y - np.float32(start[1])) ** 2
        + (site.z - np.float32(start[2])) ** 2
    )
    level: F32 = ((0.45 * first + near) * (1.0 + 0.1 * ripple(site, rng, 1.3))).astype(np.float32)
    return level
