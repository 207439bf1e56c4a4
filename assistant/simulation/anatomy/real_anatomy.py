"""Real spines from a folder, behind the same interface as the procedural ones.

Meshes give the form, a procedural texture gives the inside, procedural neighbours and trunk fill what the meshes lack.
CTs give form and inside (by their label maps, whose edges are good to 2 or 3 mm), the other bones and the soft tissue;
a thin shell is laid on the labelled vertebrae because no 1.5 or 3 mm voxel shows a cortex.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from assistant.errors import InputError, UsageError
from assistant.simulation.anatomy import real_anatomy_ct as ct
from assistant.simulation.anatomy import real_anatomy_mesh as mesh
from assistant.simulation.anatomy.anatomy_assembly import (
    BONE_SPACING_MM,
    HALF_HEIGHT_MM,
    REGION_SPACING_MM,
    SPONGY_RANGE_G_PER_CM3,
    generator,
    levels_in_view,
    paint,
    spongy_in,
    volume,
)
from assistant.simulation.anatomy.anatomy_pose import VertebraPose, VoxelGrid, block_around, stack
from assistant.simulation.anatomy.anatomy_regions import Surroundings, landmarks, regions, resistance
from assistant.simulation.anatomy.anatomy_shapes import F32, OUTSIDE, coverage
from assistant.simulation.anatomy.anatomy_sizes import LEVELS, VertebraSize, draw_sizes, mean_size
from assistant.simulation.anatomy.anatomy_trunk import ribs, sacrum_limbs, soft_tissue
from assistant.simulation.anatomy.fracture import unbroken
from assistant.simulation.anatomy.vertebra import CORTEX_G_PER_CM3, ENDPLATE_MM, WALL_MM, make, spongy_tile
from assistant.simulation.scene import Anatomy

_PROCESS_SHELL_MM = 0.55
_PROCESS_FILLING = 1.9
_MESH_KINDS = {"mesh-ssm": "mesh_ssm_mean", "mesh-vhp": "mesh_vhp"}
_FORAMEN_RADIUS_MM = 2.6


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Spine:
    """Real vertebrae in the treated one's frame."""

    identity: str
    level: str
    surfaces: dict[str, mesh.Surface] = field(repr=False)
    measures: dict[str, mesh.Measured] = field(repr=False)
    sizes: mesh.Measured
    scale: float
    scan: ct.Scan | None = None


def from_meshes(folder: Path, level: str, seed: int | None = None) -> Anatomy:
    """A spine from surface meshes.

    Parameters
    ----------
    folder : Path
        With ``meanMesh_vertices.csv`` and ``meanMesh_faces.csv`` (L2 to L5), or ``L1_*.obj`` to ``L5_*.obj``.
    level : str
        Treated level.
    seed : int or None
        None: as it is; otherwise its size changes by up to 8 %, and texture, trunk and filled-in neighbours are drawn.

    Raises
    ------
    UsageError
        When the folder has no such level.
    InputError
        When a file cannot be read.
    """
    surfaces, kind = _read_meshes(folder)
    return _assemble(_turned(kind, surfaces, level, seed, None))


def from_ct(folder: Path, level: str, seed: int | None = None) -> Anatomy:
    """A spine from a labelled CT.

    Parameters
    ----------
    folder : Path
        With a CT and its label map (`real_anatomy_ct.read_scan`).
    level : str
        Treated level; it must be labelled and lie whole in the volume.
    seed : int or None
        As for `from_meshes`.

    Raises
    ------
    UsageError
        When the level is not labelled.
    InputError
        When a file cannot be read.
    """
    scan = ct.read_scan(folder)
    return _assemble(_turned(scan.kind, scan.surfaces(), level, seed, scan))


def build(kind: str, level: str, seed: int | None, folder: Path) -> Anatomy:
    """A spine by the kind in its identity: "mesh-ssm", "mesh-vhp", "ct-lumbar", "ct-thoracic", "ct" (one's own scan).

    ``folder`` is the data folder itself or the one that holds it under its usual name.

    Raises
    ------
    UsageError, InputError
    """
    usual = {**_MESH_KINDS, **ct.KINDS}
    if kind not in usual:
        raise UsageError(f"Anatomy {kind!r} is not known: use procedural or one of {', '.join(usual)}.")
    inside = folder / usual[kind]
    chosen = inside if inside.is_dir() else folder
    if not chosen.is_dir():
        raise InputError(f"{chosen} is no folder: {kind} needs the real data beside the project.")
    return from_meshes(chosen, level, seed) if kind in _MESH_KINDS else from_ct(chosen, level, seed)


def _read_meshes(folder: Path) -> tuple[dict[str, mesh.Surface], str]:
    """Surfaces by level, and which set they are."""
    vertices, faces = folder / "meanMesh_vertices.csv", folder / "meanMesh_faces.csv"
    if vertices.is_file():
        pieces = mesh.read_csv(vertices, faces)
        if len(pieces) != 4:
            raise InputError(f"{vertices}: four vertebrae (L2 to L5) were expected, {len(pieces)} surfaces were found.")
        return dict(zip(("L2", "L3", "L4", "L5"), pieces, strict=True)), "mesh-ssm"
    found = {path.name[:2]: mesh.read_obj(path) for path in sorted(folder.glob("[LS][1-5]_*.obj"))}
    if not found:
        raise InputError(f"{folder} holds no vertebra meshes (meanMesh_vertices.csv or L1_*.obj).")
    return found, "mesh-vhp"


def _turned(kind: str, surfaces: dict[str, mesh.Surface], level: str, seed: int | None, scan: ct.Scan | None) -> _Spine:
    """Everything seen from the treated vertebra, scaled by the seed."""
    whole = tuple(name for name in surfaces if name != "S1")
    if level not in whole:
        raise UsageError(f"{kind} has no level {level!r}: use one of {', '.join(sorted(whole, key=LEVELS.index))}.")
    identity = f"{kind}/{level}" + ("" if seed is None else f"@{seed}")
    rng = generator(identity, "size")
    scale = 1.0 if seed is None else float(rng.uniform(0.92, 1.08))
    sizes = mesh.measured(surfaces[level])
    turned = {name: surface.moved(sizes.pose, scale) for name, surface in surfaces.items()}
    own = replace(
        sizes,
        back_mm=sizes.back_mm * scale,
        depth_mm=sizes.depth_mm * scale,
        width_mm=sizes.width_mm * scale,
        height_mm=sizes.height_mm * scale,
        canal_half_mm=sizes.canal_half_mm * scale,
        pedicle_y_mm=sizes.pedicle_y_mm * scale,
        pedicle_z_mm=sizes.pedicle_z_mm * scale,
        pedicle_height_mm=min(sizes.pedicle_height_mm, 1.2 * mean_size(level).pedicle_height_mm) * scale,
        pedicle_width_mm=min(sizes.pedicle_width_mm, 1.3 * mean_size(level).pedicle_width_mm) * scale,
    )
    measures = {name: mesh.measured(surface) for name, surface in turned.items() if name != "S1"}
    return _Spine(identity=identity, level=level, surfaces=turned, measures=measures, sizes=own, scale=scale, scan=scan)


def _assemble(spine: _Spine) -> Anatomy:
    """All of an anatomy's volumes."""
    rng = generator(spine.identity, "texture")
    tile = spongy_tile(rng, BONE_SPACING_MM, float(rng.uniform(*SPONGY_RANGE_G_PER_CM3)))
    sizes, poses = _filled_in(spine)
    block = _bone_block(spine)
    bone = np.zeros(block.shape, dtype=np.float32)
    for name, surface in spine.surfaces.items():
        shifts = tuple(int(v) for v in rng.integers(0, tile.shape[0], 3))
        _paint_surface(bone, block, surface, tile, shifts, spine, name)
    around = _surroundings(spine)
    marks = landmarks(around)
    region = regions(around, marks)
    if spine.scan is not None:
        np.maximum(bone, spine.scan.other_bone(spine.sizes.pose, spine.scale, block), out=bone)
    for size, pose in zip(sizes, poses, strict=True):
        rng_bone = generator(spine.identity, f"bone {size.level}")
        vertebra = make(size, unbroken(size, rng_bone), rng_bone)
        if size.level == "S1":
            vertebra = replace(vertebra, limbs=vertebra.limbs[:6] + sacrum_limbs(size))
        shifts = tuple(int(v) for v in rng.integers(0, tile.shape[0], 3))
        paint(bone, block, vertebra, pose, tile, shifts)
    if spine.scan is None:
        rib_values, rib_block = ribs(sizes, poses, generator(spine.identity, "ribs"))
        levels_z = {size.level: float(pose.centre_mm[2]) for size, pose in zip(sizes, poses, strict=True)}
        levels_z[spine.level] = 0.0
        hind = -spine.sizes.depth_mm / 2 - 62.0
        soft_values, soft_block = soft_tissue(
            generator(spine.identity, "trunk"), level_z_mm=levels_z, skin_back_mm=hind - 8.0
        )
    else:
        rib_values, rib_block = spine.scan.bone_outside(spine.sizes.pose, spine.scale, block)
        soft_values, soft_block = spine.scan.soft_tissue(spine.sizes.pose, spine.scale)
    return Anatomy(
        identity=spine.identity,
        level=spine.level,
        bone=volume(bone, block),
        ribs=volume(rib_values, rib_block),
        soft=volume(soft_values, soft_block),
        region=volume(region, around.block),
        resistance=volume(resistance(around, region, generator(spine.identity, "resistance")), around.block),
        landmarks_mm=marks,
    )


def _bone_block(spine: _Spine) -> VoxelGrid:
    """The grid of bone: what the meshes cover in x and y, the height that a field of view can show."""
    points = np.concatenate([surface.points_mm for surface in spine.surfaces.values()])
    points = points[np.abs(points[:, 2]) < HALF_HEIGHT_MM]
    low, high = points.min(axis=0) - 12.0, points.max(axis=0) + 6.0
    low[1], high[1] = max(low[1], -75.0), min(high[1], 75.0)
    low[2], high[2] = -HALF_HEIGHT_MM, HALF_HEIGHT_MM
    high[0] = max(high[0], 45.0)
    return block_around(low, high, BONE_SPACING_MM)


def _paint_surface(
    bone: F32, block: VoxelGrid, surface: mesh.Surface, tile: F32, shifts: tuple[int, ...], spine: _Spine, level: str
) -> None:
    """Lay a real vertebra into the volume of bone mineral: thin shell, textured inside."""
    low, high = surface.points_mm.min(axis=0) - 2.0, surface.points_mm.max(axis=0) + 2.0
    crop = block.crop(low, high)
    if crop is None:
        return
    part = _part(block, crop)
    distance, upright = mesh.signed_distance(surface, part)
    if level == "S1":
        behind = np.ones((1, 1, 1), dtype=np.float32)
    else:
        found = spine.measures[level]
        behind = np.clip((np.float32(found.back_mm) - part.seen_from(found.pose).x_mm) / 3.0 + 0.5, 0.0, 1.0)
    endplate = np.clip((upright - 0.6) / 0.3, 0.0, 1.0)
    shell_mm = (1 - behind) * (WALL_MM + (ENDPLATE_MM - WALL_MM) * endplate) + behind * _PROCESS_SHELL_MM
    inner, outer = coverage(distance + shell_mm, block.spacing_mm), coverage(distance, block.spacing_mm)
    inside = spongy_in(tile, crop, shifts) * (1.0 + behind * (_PROCESS_FILLING - 1.0))
    if spine.scan is not None:
        inside = inside * spine.scan.relative_density(spine.sizes.pose, spine.scale, part, outer > 0.5)
    value = np.float32(CORTEX_G_PER_CM3) * (outer - inner) + inside * inner
    np.maximum(bone[crop], value.astype(np.float32), out=bone[crop])


def _part(block: VoxelGrid, crop: tuple[slice, slice, slice]) -> VoxelGrid:
    """A crop of a grid as a grid of its own."""
    ox, oy, oz = block.origin_mm
    step = block.spacing_mm
    return VoxelGrid(
        origin_mm=(ox + crop[2].start * step, oy + crop[1].start * step, oz + crop[0].start * step),
        spacing_mm=step,
        shape=(crop[0].stop - crop[0].start, crop[1].stop - crop[1].start, crop[2].stop - crop[2].start),
    )


def _surroundings(spine: _Spine) -> Surroundings:
    """Signed distances round the treated body."""
    sizes = spine.sizes
    reach = np.array([sizes.depth_mm / 2, sizes.width_mm / 2, sizes.height_mm / 2])
    block = block_around(-reach - np.array([48.0, 20.0, 18.0]), reach + np.array([18.0, 20.0, 18.0]), REGION_SPACING_MM)
    x, y, z = block.axes_mm()
    whole, _ = mesh.signed_distance(spine.surfaces[spine.level], block)
    back = np.float32(sizes.back_mm)
    body = np.maximum(whole, (back - x)[None, None, :])
    posterior = np.maximum(whole, (x - back)[None, None, :])
    # Transverse processes in front of the plane belong to what is behind it.
    beside = np.broadcast_to((np.abs(y) > sizes.width_mm / 2 + 1.5)[None, :, None], block.shape)
    posterior = np.where(beside, whole, posterior).astype(np.float32)
    body = np.where(beside, np.maximum(body, 1.0), body).astype(np.float32)
    others = np.full(block.shape, OUTSIDE, dtype=np.float32)
    for name, surface in spine.surfaces.items():
        crop = block.crop(surface.points_mm.min(axis=0) - 1.0, surface.points_mm.max(axis=0) + 1.0)
        if name != spine.level and crop is not None:
            others[crop] = np.minimum(others[crop], mesh.signed_distance(surface, _part(block, crop))[0])
    rng = generator(spine.identity, "holes")
    near = np.sqrt(
        ((x - back)[None, None, :] + 1.0) ** 2
        + y[None, :, None] ** 2
        + (z[:, None, None] - np.float32(rng.uniform(0.0, 2.0))) ** 2
    )
    return Surroundings(
        block=block,
        body_mm=_main_piece(body),
        posterior_mm=posterior,
        others_mm=others,
        open_cortex=np.clip((_FORAMEN_RADIUS_MM + 0.5 - near) / 0.5, 0.0, 1.0).astype(np.float32),
        soft_inside=np.ones(block.shape, dtype=np.float32),
        canal_half_mm=sizes.canal_half_mm,
        pedicle_centres_mm=np.array(
            [[sizes.back_mm - 3.5, side * sizes.pedicle_y_mm, sizes.pedicle_z_mm] for side in (1.0, -1.0)]
        ),
        pedicle_height_mm=sizes.pedicle_height_mm,
        pedicle_width_mm=sizes.pedicle_width_mm,
    )


def _main_piece(body_mm: F32) -> F32:
    """The body without crumbs that its cutting plane left."""
    labels, count = ndimage.label(body_mm <= 0)
    if count <= 1:
        return body_mm
    main = int(np.argmax(np.bincount(labels.ravel())[1:])) + 1
    crumbs: NDArray[np.bool_] = (labels > 0) & (labels != main)
    return np.where(crumbs, np.float32(1.0), body_mm).astype(np.float32)


def _filled_in(spine: _Spine) -> tuple[tuple[VertebraSize, ...], tuple[VertebraPose, ...]]:
    """Procedural neighbours where the meshes end, standing on the outermost real ones."""
    wanted = levels_in_view(spine.level)
    real = sorted(spine.measures, key=LEVELS.index)
    sizes: list[VertebraSize] = []
    poses: list[VertebraPose] = []
    for edge, missing in (
        (real[0], tuple(n for n in wanted if LEVELS.index(n) < LEVELS.index(real[0]))),
        (real[-1], tuple(n for n in wanted if LEVELS.index(n) > LEVELS.index(real[-1]) and n not in spine.surfaces)),
    ):
        if not missing:
            continue
        chain = tuple(sorted((*missing, edge), key=LEVELS.index))
        found = spine.measures[edge]
        rng = generator(spine.identity, f"chain {edge}")
        drawn = draw_sizes(chain, rng)
        at = chain.index(edge)
        grow = found.width_mm / drawn[at].width_mm
        drawn = tuple(_grown(size, grow) for size in drawn)
        forms = tuple(unbroken(size, rng) for size in drawn)
        own = stack(drawn, forms, at, rng)
        for i, size in enumerate(drawn):
            if i != at and not _scanned(spine, found.pose, own[at], own[i]):
                turn = found.pose.turn @ own[at].turn.T
                centre = found.pose.centre_mm + turn @ (own[i].centre_mm - own[at].centre_mm)
                sizes.append(size)
                poses.append(VertebraPose(turn=turn @ own[i].turn, centre_mm=centre))
    return tuple(sizes), tuple(poses)


def _scanned(spine: _Spine, edge: VertebraPose, its_own: VertebraPose, wanted: VertebraPose) -> bool:
    """Whether the CT itself shows a level that has no label, so that nothing has to be filled in."""
    if spine.scan is None:
        return False
    turn = edge.turn @ its_own.turn.T
    centre = edge.centre_mm + turn @ (wanted.centre_mm - its_own.centre_mm)
    return spine.scan.holds(spine.sizes.pose, spine.scale, centre, margin_mm=14.0)


def _grown(size: VertebraSize, factor: float) -> VertebraSize:
    """A vertebra scaled as a whole (angles stay)."""
    names = [name for name in VertebraSize.__slots__ if name.endswith("_mm")]
    return replace(size, **{name: getattr(size, name) * factor for name in names})
