"""Whether cement, or contrast, stands in the reference frame already: then it is in the baseline and in no figure.

Asked of earlier pictures where the run has some, and of the picture's look: inside the body something far darker than
its bone that is wider than any cannula. A person says whether it is cement; until then the figures carry a note.
"""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np
from cv2.typing import MatLike

from assistant.imaging.resampling import disc
from assistant.language import sentence
from assistant.steps.cement.memory import MaskMemory, begin_again


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

    Pictures from before the reference frame that show less than it does tell it, and cement is counted against them
    (`assistant.steps.cement.earlier_pictures`); where the run has none, the look of the reference frame is asked about.

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
        self._memories, self._answers = tuple(memories), list(answers)
        for memory, answer in zip(memories, answers, strict=True):
            memory.holds_none = answer is False
        both = enumerate(zip(memories, answers, strict=True))
        self.asks = tuple(k for k, (memory, answer) in both if answer is None and may_hold_cement(memory))

    def see(self, view: int) -> None:
        """A picture from the reference frame on has come: what those before it have told is asked about."""
        if self._is_counted(view) and self._answers[view] is None:
            self.asks = tuple(sorted({*self.asks, view}))

    def answer(self, views: Sequence[int], *, is_there: bool) -> None:
        """A person has said it of these views, perhaps otherwise than before."""
        for view in views:
            self._answers[view] = is_there
            memory = self._memories[view]
            memory.holds_none = not is_there
            if not is_there and memory.of_reference is not None:
                memory.of_earlier = memory.baseline.mean, memory.baseline.count
                begin_again(memory, memory.of_reference)
                memory.of_reference = None
            elif is_there and memory.of_earlier is not None:
                begin_again(memory, *memory.of_earlier)
                memory.of_earlier = None
        self.asks = tuple(view for view in self.asks if view not in views)

    def _is_counted(self, view: int) -> bool:
        return self._memories[view].of_reference is not None

    @property
    def counted(self) -> tuple[int, ...]:
        """Views in which cement that stood there before the start is counted, against earlier pictures."""
        return tuple(view for view in range(len(self._memories)) if self._is_counted(view))

    @property
    def is_told(self) -> bool:
        """Whether earlier pictures of a view show less cement than its reference frame, also where a person said no."""
        return any(each.of_reference is not None or each.of_earlier is not None for each in self._memories)

    @property
    def notes(self) -> tuple[str, ...]:
        """What the figures carry with them."""
        if any(self._is_counted(view) for view in self.asks):
            return (
                sentence(
                    "Cement before the start? The reference frame shows what earlier pictures do not: it is counted as "
                    'cement. "cement_before": true or false in the plan\'s view answers it.'
                ),
            )
        if self.asks:
            return (
                sentence(
                    "Cement before the start? The reference frame looks as if cement stood in the body already: it is "
                    'in no figure, and distances may be more than 1 mm off. "cement_before": true or false in the '
                    "plan's view answers it."
                ),
            )
        said = [view for view, answer in enumerate(self._answers) if answer]
        if said and all(self._is_counted(view) for view in said):
            return (
                sentence(
                    "A person said that cement stood in the body before the start: it is counted, against pictures "
                    "from before the reference frame."
                ),
            )
        if said:
            return (
                sentence(
                    "A person said that cement stood in the body before the start: it is in no figure, and distances "
                    "may be more than 1 mm off."
                ),
            )
        return ()
