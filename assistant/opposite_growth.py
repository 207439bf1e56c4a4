"""What grows in the body or at a cannula's tip with the sign that cement should not have.

Until the first cement both signs are watched: where bright is taken for background, cement in an inverted picture would
fill the body without a word. Something of the other sign counts when it stands out in every picture for a while, and
has become larger since. What was dark before and is so no more (a balloon that was let down) is left out, and so is
steel, which goes and leaves a bright track.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from assistant.coarser import disc
from assistant.mask_memory import MaskMemory

F32 = NDArray[np.float32]
Bool = NDArray[np.bool_]

_SIGMA = 5.0
_WAS_SIGMA = 3.0
_LEAST_LOG = 4.0
"""In log units (hundredths): fainter than this is exposure and gas [P]."""
_FIRST_MM2, _GROWN_MM2 = 6.0, 20.0
_TIMES_LARGER = 1.5
_PICTURES, _LASTS_S = 3, 0.6
_STEEL_MM = 1.5
_HAIR_MM = 1.1


@dataclass(slots=True, eq=False)
class OppositeGrowth:
    """What is remembered of one view.

    Attributes
    ----------
    was : array of bool or None
        Where the picture has been darker (in the sense of cement) than the baseline before.
    first_mm2, since_s, pictures
        Size when it was first seen, the frame time of that, and pictures since.
    """

    was: Bool | None = None
    first_mm2: float = 0.0
    since_s: float = 0.0
    pictures: int = 0


def grows_opposite(watch: OppositeGrowth, memory: MaskMemory, t_s: float) -> bool:
    """Take the picture in that the cement step has just looked at; True while something of the other sign grows.

    Parameters
    ----------
    watch : OppositeGrowth
        Changed by the call.
    memory : MaskMemory
        After the cement step.
    t_s : float
    """
    if memory.started or memory.smoothed is None or memory.plain_noise is None:
        watch.pictures = 0
        return False
    contrast, noise = memory.smoothed, memory.plain_noise
    was = contrast > _WAS_SIGMA * noise
    watch.was = was if watch.was is None else watch.was | was
    size_mm2 = _largest_mm2(memory, contrast, noise, watch.was)
    if size_mm2 < _FIRST_MM2:
        watch.pictures = 0
        return False
    if watch.pictures == 0:
        watch.first_mm2, watch.since_s = size_mm2, t_s
    watch.pictures += 1
    lasts = watch.pictures >= _PICTURES and t_s - watch.since_s >= _LASTS_S
    return lasts and size_mm2 >= max(_GROWN_MM2, _TIMES_LARGER * watch.first_mm2)


def _largest_mm2(memory: MaskMemory, contrast: F32, noise: F32, was: Bool) -> float:
    """Area of the largest piece that is of the other sign, where cement could be first."""
    baseline = memory.baseline
    where = memory.body & baseline.usable & ~was
    if baseline.cannula is not None:
        steel = cv2.dilate(baseline.cannula.mask.astype(np.uint8), disc(_STEEL_MM, memory.mm_per_px)) > 0
        where = (where | (baseline.cannula.corridor & baseline.usable & ~was)) & ~steel
    strong = (where & (-contrast > np.maximum(_SIGMA * noise, np.float32(_LEAST_LOG)))).astype(np.uint8)
    if not strong.any():
        return 0.0
    wide = max(3, round(_HAIR_MM / memory.mm_per_px) | 1)
    strong = np.asarray(cv2.morphologyEx(strong, cv2.MORPH_OPEN, np.ones((wide, wide), np.uint8)), np.uint8)
    _, _, stats, _ = cv2.connectedComponentsWithStats(strong)
    return float(stats[1:, cv2.CC_STAT_AREA].max(initial=0)) * memory.mm_per_px**2
