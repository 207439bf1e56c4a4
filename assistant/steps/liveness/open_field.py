"""The field on which a picture is judged, and how much grain is usual at each place of it.

Blades that close, and air that burns out, leave the rest of the frame black or white: that says nothing of the picture.
What they leave may hold far more grain than the whole field did on the whole: it is held against the grain that was
usual at the same place.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from assistant.geometry import Crop
from assistant.imaging.robust_statistics import middle
from assistant.imaging.xray_field import field_at, find_field, open_field
from assistant.steps.liveness.grain import LEAST_BLOCKS, grain_of
from assistant.steps.liveness.signal import BURNT, DARK
from assistant.vocabulary import Frame

F32 = NDArray[np.float32]
Bool = NDArray[np.bool_]

INSET = 0.03
"""By so much (share of the longer side) the field is drawn in: edges are soft."""
_RATE = 0.05
_MUCH_LESS = 0.75
"""Where so much of the field is left, no blade stands before it that matters [P]."""
_LEAST_GRAIN = 0.3
"""Of the usual grain: what has less is no X-ray picture [P]."""


class UsualGrain:
    """Grain of the usable pictures so far, as `grain_of` tells it; in another field by how it lies over the picture."""

    def __init__(self) -> None:
        self._grain: float | None = None
        self._of: Bool | None = None
        """The field in which it was usual."""
        self._amounts: F32 | None = None
        """Block by block, the mean amount of the second differences along the row: what blades cover keeps what was
        seen there; nan: never seen."""

    def learn(self, blocks: F32, inside: Bool) -> None:
        """Take a picture in, in its field."""
        usual, grain = self.at(inside), grain_of(blocks, inside)
        self._grain = grain if usual is None else usual + _RATE * (grain - usual)
        self._of = inside
        amounts = np.abs(blocks[:, :-2] - 2 * blocks[:, 1:-1] + blocks[:, 2:])
        if self._amounts is None or self._amounts.shape != amounts.shape:
            self._amounts = np.full(amounts.shape, np.nan, np.float32)
        within = inside[:, 1:-1]
        before, now = self._amounts[within], amounts[within]
        self._amounts[within] = np.where(np.isnan(before), now, before + np.float32(_RATE) * (now - before))

    def at(self, inside: Bool) -> float | None:
        """What is usual in a field; None: not known."""
        if self._grain is None or self._of is None or self._of.shape != inside.shape:
            return None
        if inside is self._of or np.array_equal(inside, self._of):
            return self._grain
        here, there = self._amount(inside), self._amount(self._of)
        return None if here is None or not there else self._grain * here / there

    def _amount(self, inside: Bool) -> float | None:
        if self._amounts is None:
            return None
        known = self._amounts[inside[:, 1:-1]]
        known = known[~np.isnan(known)]
        return middle(known) if len(known) > LEAST_BLOCKS else None


def judged_on(frame: Frame, blocks: F32, around: Crop | None) -> tuple[Bool, Bool]:
    """The field of a frame on its own lattice, and its blocks, drawn in; all blocks where that is next to nothing.

    Parameters
    ----------
    frame : Frame
    blocks : array (rows, cols) of float32
        Means of its blocks.
    around : Crop or None
        The place that counts; None: no plan.
    """
    mask, opened = find_field(frame.grey, frame.white), open_field(frame.grey, frame.white, around)
    if opened is not None and opened.sum() < _MUCH_LESS * mask.sum():
        mask = opened
    inside = field_at(mask, blocks.shape[0], blocks.shape[1], inset=INSET)
    return mask, inside if inside.sum() > LEAST_BLOCKS else np.ones(blocks.shape, bool)


def covered_share(blocks: F32, inside: Bool) -> float:
    """How much of a field is black or white."""
    if inside.shape != blocks.shape:
        return 0.0
    within = blocks[inside]
    return float(np.count_nonzero((within < DARK) | (within > BURNT))) / max(within.size, 1)


def is_between_blades(frame: Frame, blocks: F32, around: Crop | None, usual: UsualGrain) -> bool:
    """Whether there is X-ray in a frame that is nearly all of one grey: an open field that has the grain of one."""
    mask = open_field(frame.grey, frame.white, around)
    if mask is None:
        return False
    inside = field_at(mask, blocks.shape[0], blocks.shape[1], inset=INSET)
    expected = usual.at(inside)
    return expected is not None and inside.sum() > LEAST_BLOCKS and grain_of(blocks, inside) > _LEAST_GRAIN * expected
