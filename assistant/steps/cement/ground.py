"""What the cement step hands to the shape model: its lattice, what is cement on it and what has changed."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from assistant.leak_shape.patch import Ground
from assistant.steps.cement.baseline import Baseline
from assistant.vocabulary import Unknown

F32 = NDArray[np.float32]
Bool = NDArray[np.bool_]


def ground_of(
    baseline: Baseline, mask: Bool | None, difference: F32 | None, source_mm_per_px: float
) -> Ground | Unknown:
    """What the cement step knows after a picture.

    Parameters
    ----------
    baseline : Baseline
    mask, difference : array or None
        On the lattice; None before the first picture.
    source_mm_per_px : float
    """
    if mask is None or difference is None:
        return Unknown("no picture has been measured yet")
    return Ground(
        mask=mask,
        before=baseline.mean,
        difference=difference,
        usable=baseline.usable,
        mm_per_px=baseline.mm_per_px,
        source_mm_per_px=source_mm_per_px,
    )
