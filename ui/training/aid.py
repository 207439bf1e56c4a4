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

    def __init__(self, run_outcome: RunOutcome, facts: ClipFacts, *, planted: bool) -> None:
        self._run_outcome = run_outcome
        self.moved_mm = shift_mm(run_outcome, facts) if planted and run_outcome.plan is not None else None
        self.plan = run_outcome.plan
        if self.moved_mm is not None and run_outcome.plan is not None:
            self.plan = moved(run_outcome.plan, self.moved_mm)

    def words_at(self, frame: int) -> str:
        """What it says of a frame."""
        return line_readout(self._run_outcome, frame, self.moved_mm or 0.0)
