"""A patient's spine round the treated level, made from a seed: the simulator's anatomy.

The same arguments give the same bits. About 5 to 8 s on one core and below 1 GB for each patient.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np

from assistant.errors import UsageError
from assistant.simulation.anatomy import real_anatomy
from assistant.simulation.anatomy.anatomy_assembly import (
    BONE_SPACING_MM,
    HALF_HEIGHT_MM,
    REGION_SPACING_MM,
    SPONGY_RANGE_G_PER_CM3,
    generator,
    levels_in_view,
    paint,
    slabs,
    volume,
)
from assistant.simulation.anatomy.anatomy_pose import VertebraPose, VoxelGrid, block_around, stack
from assistant.simulation.anatomy.anatomy_regions import Surroundings, landmarks, regions, resistance
from assistant.simulation.anatomy.anatomy_shapes import F32, OUTSIDE
from assistant.simulation.anatomy.anatomy_sizes import TREATABLE, VertebraSize, draw_sizes
from assistant.simulation.anatomy.anatomy_trunk import ribs, sacrum_limbs, soft_tissue
from assistant.simulation.anatomy.anatomy_vessels import Aorta, aorta_calcium, draw_aorta
from assistant.simulation.anatomy.fracture import BodyForm, broken, unbroken
from assistant.simulation.anatomy.vertebra import (
    AS_DRAWN,
    SpineCondition,
    Vertebra,
    body_distance_mm,
    ellipsoid,
    limbs_distance_mm,
    make,
    spongy_tile,
)
from assistant.simulation.scene import Anatomy, Volume


def procedural(
    level: str,
    seed: int,
    *,
    fracture: str | None = None,
    bone_spacing_mm: float = BONE_SPACING_MM,
    condition: SpineCondition = AS_DRAWN,
) -> Anatomy:
    """Make a patient.

    Parameters
    ----------
    level : str
        Treated level, T5 to L5.
    seed : int
        Which patient; 0 or more.
    fracture : str or None
        Such as "wedge2"; None: the treated body is hollowed by osteoporosis, but unbroken.
    bone_spacing_mm : float
        Edge of the bone's voxels; coarser is quicker, for small pictures.
    condition : SpineCondition
        The same patient with thinner or denser bone, fainter endplates or narrower discs.

    Returns
    -------
    Anatomy
        With the identity "procedural/L1/000123/wedge2" ("whole" without a fracture).

    Raises
    ------
    UsageError
        For a level, seed or fracture that is not known.
    """
    _check(level, seed)
    # One patient has one body, whatever is broken in it: the fracture stays out of the random streams' names.
    patient = f"procedural/{level}/{seed:06d}"
    levels = levels_in_view(level)
    target = levels.index(level)
    sizes = draw_sizes(levels, generator(patient, "sizes"), discs=condition.disc_height)
    forms = _forms(sizes, target, fracture, patient)
    poses = stack(sizes, forms, target, generator(patient, "curve"))
    vertebrae = tuple(_vertebra(size, form, patient, condition) for size, form in zip(sizes, forms, strict=True))
    vessels = generator(patient, "aorta")
    aorta = draw_aorta(vessels, front_x_mm=float(vertebrae[len(vertebrae) // 2].size.depth_mm / 2))
    bone_volume = _bone(vertebrae, poses, patient, aorta, vessels, bone_spacing_mm)
    rib_volume = volume(*ribs(sizes, poses, generator(patient, "ribs")))
    soft_volume = volume(*_soft(sizes, poses, target, generator(patient, "trunk"), aorta))
    around = _surroundings(vertebrae, poses, target)
    marks = landmarks(around)
    region = regions(around, marks)
    return Anatomy(
        identity=f"{patient}/{fracture or 'whole'}",
        level=level,
        bone=bone_volume,
        ribs=rib_volume,
        soft=soft_volume,
        region=volume(region, around.block),
        resistance=volume(resistance(around, region, generator(patient, "resistance")), around.block),
        landmarks_mm=marks,
    )


def _soft(
    sizes: tuple[VertebraSize, ...],
    poses: tuple[VertebraPose, ...],
    target: int,
    rng: np.random.Generator,
    aorta: Aorta,
) -> tuple[F32, VoxelGrid]:
    """The trunk round the column."""
    skin_back = -sizes[target].depth_mm / 2 - 26.0 - max(size.spinous_length_mm for size in sizes) - 8.0
    return soft_tissue(
        rng,
        level_z_mm={size.level: float(pose.centre_mm[2]) for size, pose in zip(sizes, poses, strict=True)},
        skin_back_mm=skin_back,
        aorta=aorta,
    )


def _check(level: str, seed: int) -> None:
    if level not in TREATABLE:
        raise UsageError(f"Level {level!r} cannot be treated here: use one of {', '.join(TREATABLE)}.")
    if seed < 0:
        raise UsageError(f"An anatomy's seed is 0 or more, not {seed}.")


def build(identity: str, folder: Path | None = None) -> Anatomy:
    """Make the patient of an identity.

    Parameters
    ----------
    identity : str
        "procedural/LEVEL/SEED" with "/FRACTURE" or "/whole" behind it, such as "procedural/L1/000123/wedge2"; or
        "mesh-ssm/L3", "mesh-vhp/L2", "ct-lumbar/L1", "ct-thoracic/T12", "ct/L1" (a scan of one's own, see
        `real_anatomy_ct.read_scan`), each with "@SEED" for another size and texture.
    folder : Path or None
        Where the real data lies; procedural patients need none.

    Raises
    ------
    UsageError
        For an identity that nobody knows, or real anatomy without a folder.
    InputError
        When the folder does not hold it.
    """
    kind, *rest = identity.split("/")
    if kind == "procedural":
        if len(rest) not in (2, 3) or not rest[1].isdigit():
            raise UsageError(f"Identity {identity!r} is not of the form procedural/L1/000123/wedge2.")
        fracture = rest[2] if len(rest) == 3 and rest[2] != "whole" else None
        return procedural(rest[0], int(rest[1]), fracture=fracture)
    if folder is None:
        raise UsageError(f"Identity {identity!r} is real anatomy: name the folder that holds it.")
    level, _, seed = "/".join(rest).partition("@")
    if seed and not seed.isdigit():
        raise UsageError(f"Identity {identity!r}: the seed after @ is a whole number.")
    return real_anatomy.build(kind, level, int(seed) if seed else None, folder)


def _vertebra(size: VertebraSize, form: BodyForm, patient: str, condition: SpineCondition) -> Vertebra:
    bone = replace(make(size, form, generator(patient, f"bone {size.level}")), condition=condition)
    return replace(bone, limbs=bone.limbs[:6] + sacrum_limbs(size)) if size.level == "S1" else bone


def _forms(sizes: tuple[VertebraSize, ...], target: int, fracture: str | None, patient: str) -> tuple[BodyForm, ...]:
    forms = []
    for i, size in enumerate(sizes):
        rng = generator(patient, f"form {size.level}")
        if i == target and fracture is not None:
            forms.append(broken(fracture, size, rng))
        else:
            forms.append(unbroken(size, rng))
        if i == target:  # whoever marks the treated body leaves osteophytes out: keep them too small to matter
            small = (min(forms[i].spurs_mm[0], 0.8), min(forms[i].spurs_mm[1], 0.8))
            forms[i] = replace(forms[i], spurs_mm=small)
    return tuple(forms)


def _bone(
    vertebrae: tuple[Vertebra, ...],
    poses: tuple[VertebraPose, ...],
    patient: str,
    aorta: Aorta,
    plaques: np.random.Generator,
    spacing_mm: float,
) -> Volume:
    """Bone mineral of the column, clipped to the height that a field of view can show."""
    boxes = [pose.bounds_in_patient(*bone.bounds_mm()) for bone, pose in zip(vertebrae, poses, strict=True)]
    low = np.min([box[0] for box in boxes], axis=0)
    high = np.max([box[1] for box in boxes], axis=0)
    low[2], high[2] = max(low[2], -HALF_HEIGHT_MM), min(high[2], HALF_HEIGHT_MM)
    high[0] = max(high[0], 45.0)
    block = block_around(low, high, spacing_mm)
    rng = generator(patient, "texture")
    mean = float(rng.uniform(*SPONGY_RANGE_G_PER_CM3))
    tile = spongy_tile(rng, spacing_mm, mean * vertebrae[0].condition.spongy)
    values = np.zeros(block.shape, dtype=np.float32)
    for bone, pose in zip(vertebrae, poses, strict=True):
        shifts = tuple(int(shift) for shift in rng.integers(0, tile.shape[0], 3))
        paint(values, block, bone, pose, tile, shifts)
    aorta_calcium(values, block, plaques, aorta)
    return volume(values, block)


def _surroundings(vertebrae: tuple[Vertebra, ...], poses: tuple[VertebraPose, ...], target: int) -> Surroundings:
    """Signed distances round the treated body, at half a millimetre."""
    bone, pose = vertebrae[target], poses[target]
    size, form = bone.size, bone.form
    centre = pose.centre_mm
    half_height = max(size.anterior_height_mm, size.posterior_height_mm) / 2
    low = centre - np.array([size.depth_mm / 2 + 48.0, size.width_mm / 2 + 20.0, half_height + 18.0])
    high = centre + np.array([size.depth_mm / 2 + 18.0, size.width_mm / 2 + 20.0, half_height + 18.0])
    block = block_around(low, high, REGION_SPACING_MM)
    grid = block.seen_from(pose)
    body = np.full(block.shape, OUTSIDE, dtype=np.float32)
    near_body = np.array([size.depth_mm / 2 + 9.0, size.width_mm / 2 + 7.0, half_height + 5.0])
    for slab in slabs(block.crop(*pose.bounds_in_patient(-near_body, near_body))):
        body[slab] = body_distance_mm(bone, grid.part(slab))[0]
    posterior, _, _ = limbs_distance_mm(bone.limbs, grid, 2.5)
    others = np.full(block.shape, OUTSIDE, dtype=np.float32)
    for i, (other, its_pose) in enumerate(zip(vertebrae, poses, strict=True)):
        crop = block.crop(*its_pose.bounds_in_patient(*other.bounds_mm()))
        if i == target or crop is None:
            continue
        seen = block.seen_from(its_pose, crop)
        near = np.minimum(body_distance_mm(other, seen)[0], limbs_distance_mm(other.limbs, seen, 2.5)[0])
        others[crop] = np.minimum(others[crop], near)
    open_cortex = np.zeros(block.shape, dtype=np.float32)
    soft_inside = np.ones(block.shape, dtype=np.float32)
    for hole in form.holes:
        x, y, z = (np.float32(v) for v in hole.centre_mm)
        near = np.sqrt((grid.x_mm - x) ** 2 + (grid.y_mm - y) ** 2 + (grid.z_mm - z) ** 2)
        open_cortex = np.maximum(open_cortex, np.clip((hole.radius_mm + 0.5 - near) / 0.5, 0.0, 1.0))
    if form.impaction:
        ahead = np.clip((grid.x_mm / np.float32(size.depth_mm / 2) + 1) / 2, 0.0, 1.0)
        top = form.superior_back_mm + (form.superior_front_mm - form.superior_back_mm) * ahead - form.superior_dish_mm
        soft_inside *= 1.0 + form.impaction * np.exp(-(((grid.z_mm - top + 2.5) / 3.0) ** 2))
    if form.cleft_mm is not None:
        soft_inside = np.where(ellipsoid(grid, *form.cleft_mm) <= 1.0, np.float32(0.12), soft_inside)
    centres = []
    for limb in bone.pedicles:
        start, end = np.array(limb.start_mm), np.array(limb.end_mm)
        centres.append(pose.to_patient(start + 0.1 * (end - start)))
    return Surroundings(
        block=block,
        body_mm=body,
        posterior_mm=posterior,
        others_mm=others,
        open_cortex=open_cortex,
        soft_inside=soft_inside.astype(np.float32),
        canal_half_mm=size.canal_width_mm / 2,
        pedicle_centres_mm=np.stack(centres),
        pedicle_height_mm=size.pedicle_height_mm,
        pedicle_width_mm=size.pedicle_width_mm,
    )
