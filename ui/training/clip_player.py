"""Plays a stretch of a run on its own clock; a picture that is not here yet holds the clock, nothing is skipped."""

from __future__ import annotations

from assistant.review.picture_reader import PictureReader
from assistant.training.run_outcome import RunOutcome
from assistant.vocabulary import Frame


class ClipPlayer:
    """One stretch, from a first frame to a last.

    Parameters
    ----------
    run : str
    run_outcome : RunOutcome
        For the time of each frame.
    """

    def __init__(self, run: str, run_outcome: RunOutcome) -> None:
        self.run_outcome = run_outcome
        self._reader = PictureReader(run, lambda: None)
        self.frame = 0
        self.last = 0
        self.playing = False
        self._t_s = 0.0

    @property
    def trouble(self) -> str:
        """Why a picture cannot be read."""
        return self._reader.trouble

    @property
    def at_end(self) -> bool:
        """Whether the stretch is through."""
        return self.frame >= self.last

    def play(self, first: int, last: int) -> None:
        """Begin a stretch."""
        self.frame, self.last = first, min(last, self.run_outcome.frames - 1)
        self._t_s = self.run_outcome.t_s[first]
        self.playing = True
        self._reader.want(first, goes_on=True)

    def advance(self, seconds: float) -> Frame | None:
        """Move on; gives the picture to show, None while it is being read."""
        shown = self._reader.ring.get(self.frame)
        if shown is None:
            self._reader.want(self.frame, goes_on=True)
            return None
        if self.playing and not self.at_end:
            self._t_s += seconds
            target = min(self.run_outcome.frame_at(self._t_s), self.last)
            self._reader.want(target, goes_on=True)
            ahead = self._reader.ring.get(target)
            if ahead is not None:
                self.frame, shown = target, ahead
            else:
                # The clock waits with the picture.
                self._t_s = min(self._t_s, self.run_outcome.t_s[target])
        if self.at_end:
            self.playing = False
        return shown

    def skip(self) -> None:
        """Go to the end of the stretch at once."""
        self.frame, self._t_s, self.playing = self.last, self.run_outcome.t_s[self.last], False
        self._reader.want(self.last)

    def close(self) -> None:
        """End the thread."""
        self._reader.stop()
