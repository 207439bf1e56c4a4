"""Pieces that procedural and real anatomy are put together from: random streams, slabs, painting a vertebra."""

from __future__ import annotations

import zlib
from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from assistant.simulation.anatomy.anatomy_pose import VertebraPose, VoxelGrid
from assistant.simulation.anatomy.anatomy_shapes import F32
from assistant.simulation.anatomy.anatomy_sizes import LEVELS
from assistant.simulation.anatomy.vertebra import Vertebra, density
from assistant.simulation.scene import Volume

BONE_SPACING_MM = 0.55
REGION_SPACING_MM = 0.5
HALF_HEIGHT_MM = 104.0
SLAB_VOXELS = 400_000
SPONGY_RANGE_G_PER_CM3 = (0.055, 0.13)


def generator(identity: str, topic: str) -> np.random.Generator:
    """A random stream of its own for each topic of a patient, so that one part can change without the others."""
    return np.random.default_rng([zlib.crc32(identity.encode()), zlib.crc32(topic.encode())])


def volume(values: NDArray[np.generic], block: VoxelGrid) -> Volume:
    """A block of voxels that nobody may write to any more."""
    values.setflags(write=False)
    return Volume(values=values, spacing_mm=block.spacing_mm, origin_mm=block.origin_mm)


def levels_in_view(level: str) -> tuple[str, ...]:
    """The treated level with as many neighbours as a 30 cm field shows, two on each side at least where there are."""
    i = LEVELS.index(level)
    thoracic = i < LEVELS.index("T11")
    above, below = (5, 5) if thoracic else (4, 3)
    return LEVELS[max(0, i - above) : i + below + 1]


def slabs(crop: tuple[slice, slice, slice] | None) -> Iterator[tuple[slice, slice, slice]]:
    """A crop in pieces of some hundred thousand voxels: quick in the cache, and little memory for in-between arrays."""
    if crop is None:
        return
    tall, wide, deep = crop
    step = max(4, SLAB_VOXELS // max(1, (wide.stop - wide.start) * (deep.stop - deep.start)))
    for start in range(tall.start, tall.stop, step):
        stop = min(tall.stop, start + step)
        if stop - start >= 2:
            yield slice(start, stop), wide, deep
        else:  # a single layer has no neighbour to read directions from: take the one before along
            yield slice(start - 1, stop), wide, deep


def spongy_in(tile: F32, slab: tuple[slice, slice, slice], shifts: tuple[int, ...]) -> F32:
    """A slab's share of the endlessly repeated texture, shifted so that no two vertebrae are alike."""
    index = [(np.arange(s.start, s.stop) + shift) % tile.shape[0] for s, shift in zip(slab, shifts, strict=True)]
    result: F32 = tile[np.ix_(*index)]
    return result


def paint(
    values: F32, block: VoxelGrid, bone: Vertebra, pose: VertebraPose, tile: F32, shifts: tuple[int, ...]
) -> None:
    """Lay a procedural vertebra into a volume of bone mineral (the denser of old and new stays)."""
    crop = block.crop(*pose.bounds_in_patient(*bone.bounds_mm()))
    for slab in slabs(crop):
        mineral = density(bone, block.seen_from(pose, slab), block.spacing_mm, spongy_in(tile, slab, shifts))
        np.maximum(values[slab], mineral, out=values[slab])
