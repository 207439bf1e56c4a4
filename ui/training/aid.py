"""What the assistant shows of a case that is asked with it: its lines and its figure, now and then wrong on purpose."""

from __future__ import annotations

from assistant.training.clip import ClipFacts
from assistant.training.planted import line_readout, moved, shift_mm
from assistant.training.run_outcome import RunOutcome


class Aid:
    """The lines and words of one case.

    Attributes
    ----------
    moved_mm : float or None
        By how much the warning line is wrong on purpose; None where it is right.
    plan : Plan or None
        As it is drawn.
    """

    def __init__(self, ending: RunOutcome, facts: ClipFacts, *, planted: bool) -> None:
        self._ending = ending
        self.moved_mm = shift_mm(ending, facts) if planted and ending.plan is not None else None
        self.plan = ending.plan
        if self.moved_mm is not None and ending.plan is not None:
            self.plan = moved(ending.plan, self.moved_mm)

    def said(self, frame: int) -> str:
        """What it says of a frame."""
        return line_readout(self._ending, frame, self.moved_mm or 0.0)
