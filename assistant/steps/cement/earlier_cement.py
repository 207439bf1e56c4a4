"""Whether cement, or contrast, stands in the reference frame already: then it is in the baseline and in no figure.

Asked of the picture's look: inside the body something far darker than its bone that is wider than any cannula. A person
says whether it is cement; until then the figures carry a note.
"""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np
from cv2.typing import MatLike

from assistant.imaging.resampling import disc
from assistant.language import sentence
from assistant.steps.cement.memory import MaskMemory


def may_hold_cement(memory: MaskMemory) -> bool:
    """Whether what is in the body before the first picture looks like cement; ``memory`` as `start_masking` made it."""
    bone = memory.bone & memory.baseline.usable
    if not bone.any():
        return False
    scale, limits = memory.mm_per_px, memory.baseline.limits.earlier
    level = cv2.GaussianBlur(memory.baseline.mean, (0, 0), limits.smooth_mm / scale)

    def without(half_mm: float) -> MatLike:
        # Closing by a disc takes away whatever is dark and narrower than it.
        return cv2.morphologyEx(level, cv2.MORPH_CLOSE, disc(half_mm, scale))

    ground = without(limits.largest_mm)
    wide, thin = (
        float(np.percentile((ground - without(mm))[bone], limits.dark_percent))
        for mm in (limits.wide_mm, limits.thin_mm)
    )
    return wide > limits.darker_log and wide > limits.of_steel * thin


class EarlierCement:
    """Asks whether there was cement before the start, and keeps the answer.

    Parameters
    ----------
    memories : sequence of MaskMemory
        Of each planned view, from its reference frame.
    answers : sequence of bool or None
        What a person has said of each; None: nobody was asked.

    Attributes
    ----------
    asks : tuple of int
        Views for which an answer is wanted.
    """

    def __init__(self, memories: Sequence[MaskMemory], answers: Sequence[bool | None]) -> None:
        self._planned, self._is_there = any(answers), False
        both = enumerate(zip(memories, answers, strict=True))
        self.asks = tuple(k for k, (memory, answer) in both if answer is None and may_hold_cement(memory))

    def answer(self, *, is_there: bool) -> None:
        """A person has said it."""
        self.asks, self._is_there = (), is_there

    @property
    def notes(self) -> tuple[str, ...]:
        """What the figures carry with them."""
        if self.asks:
            return (
                sentence(
                    "Cement before the start? The reference frame looks as if cement stood in the body already: it is "
                    'in no figure, and distances may be more than 1 mm off. "cement_before": true or false in the '
                    "plan's view answers it."
                ),
            )
        if self._planned or self._is_there:
            return (
                sentence(
                    "A person said that cement stood in the body before the start: it is in no figure, and distances "
                    "may be more than 1 mm off."
                ),
            )
        return ()
