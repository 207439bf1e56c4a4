"""What the cement step remembers of one planned view, from its reference frame on."""

from __future__ import annotations

from dataclasses import dataclass, field

import cv2
import numpy as np
from numpy.typing import NDArray

from assistant.geometry import Crop, PointsPx
from assistant.steps.cement.baseline import Baseline, Learned, other_sign, start_baseline, turn_baseline
from assistant.steps.cement.breathing import Breathing
from assistant.steps.cement.limits import USUAL_LIMITS, CementLimits
from assistant.steps.cement.low_contrast import LowContrast
from assistant.steps.cement.moving_gas import TemporalVariance
from assistant.steps.cement.soft_edges import RecentMasks
from assistant.vocabulary import Grey

F32 = NDArray[np.float32]
Bool = NDArray[np.bool_]


@dataclass(slots=True, eq=False)
class MaskMemory:
    """All that the step remembers of one planned view."""

    baseline: Baseline
    body: Bool
    bone: Bool
    """The body without its rims."""
    rim: Bool
    """Inside the X-ray field, at its edge or at the crop's."""
    smoothed: F32 | None = None
    low_contrast: LowContrast = field(default_factory=LowContrast)
    recent_masks: RecentMasks = field(default_factory=RecentMasks)
    mask: Bool | None = None
    since_s: F32 | None = None
    last_s: float = 0.0
    started: bool = False
    uncertain_mm2: float = 0.0
    """What stood out clearly in the body in the last picture and was not taken."""
    temporal_variance: TemporalVariance = field(default_factory=TemporalVariance)
    plain_noise: F32 | None = None
    """Of the last picture, before what moves and brightens raised it."""
    stood_less: int = 0
    """So many pictures from before the reference frame in a row have shown less cement than that."""
    holds_none: bool = False
    """A person said that no cement stood in the reference frame."""
    of_reference: F32 | None = None
    """What the reference frame alone had made of the baseline; None while it is still the baseline."""
    of_earlier: tuple[F32, int] | None = None
    """The mean of earlier pictures that show less, and of how many, while a person says that none stood there."""

    @property
    def crop(self) -> Crop:
        """The rectangle of the reference frame that the mask covers."""
        lattice, step = self.baseline.crop, self.baseline.step
        return Crop(
            x0_px=lattice.x0_px * step,
            y0_px=lattice.y0_px * step,
            width_px=lattice.width_px * step,
            height_px=lattice.height_px * step,
        )

    @property
    def mm_per_px(self) -> float:
        """Scale of the lattice."""
        return self.baseline.mm_per_px


def start_masking(
    reference: Grey,
    white: int,
    field_mask: Bool,
    crop: Crop,
    body_px: PointsPx,
    mm_per_px: float,
    sign: float = 1.0,
    limits: CementLimits = USUAL_LIMITS,
) -> MaskMemory:
    """Prepare for a view from its reference frame; parameters as in `start_baseline`."""
    baseline = start_baseline(reference, white, field_mask, crop, body_px, mm_per_px, sign, limits)
    # Bone without its rims, where it is even: what is compared with bone is not compared with cortex.
    inside_mm = cv2.distanceTransform(baseline.body.astype(np.uint8), cv2.DIST_L2, 5) * baseline.mm_per_px
    return MaskMemory(
        baseline=baseline,
        body=baseline.body,
        bone=np.asarray(inside_mm > limits.baseline.rim_mm, dtype=bool),
        rim=_rim(baseline.usable),
    )


def turn_round(memory: MaskMemory, before: Learned | None = None) -> None:
    """Look for cement of the other sign from now on; what was learned before the cement is kept.

    Parameters
    ----------
    memory : MaskMemory
        Changed by the call.
    before : Learned or None
        The baseline before something of the other sign was seen; None where nothing was.
    """
    # All that was seen with the other sign is let go; what the view looks like (mean, body, rim) is not.
    turn_baseline(memory.baseline, before)
    offset_grey = memory.baseline.limits.baseline.log_offset_grey
    if memory.of_reference is not None:
        memory.of_reference = other_sign(memory.of_reference, offset_grey)
    if memory.of_earlier is not None:
        memory.of_earlier = other_sign(memory.of_earlier[0], offset_grey), memory.of_earlier[1]
    _let_go(memory)


def begin_again(memory: MaskMemory, mean: F32, pictures: int = 1) -> None:
    """Look for cement against another picture than the reference frame, on its lattice.

    Parameters
    ----------
    memory : MaskMemory
        Changed by the call: what was seen against the one before is let go.
    mean : array (rows, cols)
        Log units.
    pictures : int
        Of which it is the mean: the more, the less a further one moves it.
    """
    baseline = memory.baseline
    memory.of_reference = baseline.mean if memory.of_reference is None else memory.of_reference
    baseline.mean, baseline.count = mean, pictures
    baseline.waiting.clear()
    baseline.slow = baseline.edges = baseline.tones = None
    baseline.variance = baseline.relative_noise = baseline.slow_variance = baseline.slow_relative_noise = None
    baseline.breathing = Breathing(baseline.limits.breathing.spacing_s)
    _let_go(memory)


def _let_go(memory: MaskMemory) -> None:
    memory.smoothed = memory.mask = memory.since_s = memory.plain_noise = None
    memory.started = False
    memory.low_contrast, memory.recent_masks, memory.temporal_variance = (
        LowContrast(),
        RecentMasks(),
        TemporalVariance(),
    )


def _rim(usable: Bool) -> Bool:
    inner = cv2.erode(usable.astype(np.uint8), np.ones((5, 5), np.uint8)) > 0
    rim: Bool = np.asarray(usable & ~inner, dtype=bool)
    rim[0] = rim[-1] = rim[:, 0] = rim[:, -1] = True
    return rim
