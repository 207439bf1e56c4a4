"""Pictures from before the reference frame: if they show less cement than it does, they are what it is held against."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from assistant.steps.cement.cannula import is_bar
from assistant.steps.cement.memory import MaskMemory, begin_again

F32 = NDArray[np.float32]


def hold_against(memory: MaskMemory, still: F32, smoothed: F32) -> bool:
    """Begin again with an earlier picture, if the reference frame is darker than that as by cement; whether it did.

    What brightens going back in time as a lump in the body came between the two. A bar, or what reaches out of the
    body, is steel that came: against a picture without it the steel would be called cement.

    Parameters
    ----------
    memory : MaskMemory
        Changed by the call.
    still : array (rows, cols)
        The earlier picture, log units.
    smoothed : array (rows, cols)
        How much darker than the baseline it and those before are.
    """
    if memory.of_reference is not None or memory.plain_noise is None:
        return False
    limits = memory.baseline.limits.earlier
    memory.stood_less = memory.stood_less + 1 if _shows_less(memory, -smoothed / memory.plain_noise) else 0
    if memory.stood_less < limits.pictures:
        return False
    if memory.holds_none:
        # A person may say otherwise later: the first of them are kept.
        mean, count = memory.of_earlier or (still, 0)
        if count < limits.most_pictures:
            memory.of_earlier = mean + (still - mean) / np.float32(count + 1), count + 1
        return False
    begin_again(memory, still)
    return True


def _shows_less(memory: MaskMemory, brighter: F32) -> bool:
    """Whether a part of the body is brighter as it would be without cement; ``brighter`` in times the noise."""
    limits, scale = memory.baseline.limits, memory.mm_per_px
    parts = (brighter > limits.edge.low_sigma) & memory.baseline.usable
    count, labels = cv2.connectedComponents(parts.astype(np.uint8), connectivity=8)
    areas = np.bincount(labels.ravel(), minlength=count) * scale**2
    inside = np.bincount(labels[memory.body], minlength=count) * scale**2
    core = np.bincount(labels[parts & (brighter > limits.components.first_sigma)], minlength=count) * scale**2
    clear = (areas >= limits.components.first_area_mm2) & (core >= limits.components.first_core_mm2)
    clear[0] = False
    # What lies in the body and reaches out of it is steel.
    reaches = clear & (inside >= limits.components.first_area_mm2) & (inside < limits.earlier.in_body * areas)
    if reaches.any():
        return False
    lumps = np.flatnonzero(clear & (inside >= limits.earlier.in_body * areas))
    return any(not is_bar(labels == k, scale, limits.cannula) for k in lumps)
