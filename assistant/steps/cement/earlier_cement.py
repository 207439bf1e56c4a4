"""Whether cement, or contrast, stands in the reference frame already: then it is in the baseline and in no figure.

Asked of the picture's look: inside the body something far darker than its bone that is wider than any cannula. A person
says whether it is cement; until then the figures carry a note.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import cv2
import numpy as np
from cv2.typing import MatLike

from assistant.imaging.resampling import disc
from assistant.language import sentence
from assistant.steps.cement.memory import MaskMemory

_SMOOTH_MM: Final = 0.6
_LARGEST_MM, _WIDE_MM, _THIN_MM = 9.0, 2.6, 1.2
"""Half widths: above the first it is shading and soft tissue; no cannula has the second (8G is 4.2 mm wide), every one
the third."""
_DARK_PERCENT = 98
_DARKER_LOG: Final = 34.0
"""By how much, in hundredths of the logarithm of the grey."""
_OF_STEEL: Final = 0.64
"""And which share of how much darker the darkest narrow thing is, a cannula mostly. Before the cement of 36 runs both
held in one; before that of 16 others in none, and with cement of 0.5 to 5 cm2 in 57 of 82 pictures [P]."""


def may_hold_cement(memory: MaskMemory) -> bool:
    """Whether what is in the body before the first picture looks like cement; ``memory`` as `start_masking` made it."""
    bone = memory.bone & memory.baseline.usable
    if not bone.any():
        return False
    scale = memory.mm_per_px
    level = cv2.GaussianBlur(memory.baseline.mean, (0, 0), _SMOOTH_MM / scale)

    def without(half_mm: float) -> MatLike:
        # Closing by a disc takes away whatever is dark and narrower than it.
        return cv2.morphologyEx(level, cv2.MORPH_CLOSE, disc(half_mm, scale))

    ground = without(_LARGEST_MM)
    wide, thin = (float(np.percentile((ground - without(mm))[bone], _DARK_PERCENT)) for mm in (_WIDE_MM, _THIN_MM))
    return wide > _DARKER_LOG and wide > _OF_STEEL * thin


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
