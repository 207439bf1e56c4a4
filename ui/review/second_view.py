"""What is seen beside the picture: a moment of this run held still, or another run going along."""

from __future__ import annotations

from dataclasses import dataclass

from assistant.review.opened_run import OpenedRun
from assistant.vocabulary import Frame
from ui.review import review_words


@dataclass(frozen=True, slots=True, eq=False)
class SecondFrame:
    """The frame that stands beside: its run, its number, its picture (None while it is fetched), what it is."""

    run: OpenedRun
    index: int
    frame: Frame | None
    note_template: str


class HeldBeside:
    """Holds nothing at first.

    Attributes
    ----------
    number : int
        Another one with each thing that is held or put away.
    """

    def __init__(self) -> None:
        self.number = 0
        self._frame = -1
        self._other: OpenedRun | None = None
        self._offset_s = 0.0

    @property
    def is_held(self) -> bool:
        """Whether something is seen beside."""
        return self._frame >= 0 or self._other is not None

    def hold(self, run: OpenedRun) -> None:
        """Hold the moment at the playhead."""
        self.put_away()
        self._frame = run.playhead.frame

    def go_along(self, other: OpenedRun, main: OpenedRun) -> None:
        """Another run, which plays along from where it stands."""
        self.put_away()
        self._other, self._offset_s = other, other.playhead.time_s - main.playhead.time_s

    def put_away(self) -> None:
        """Nothing is seen beside."""
        if self._other is not None:
            self._other.close()
        self._other, self._frame = None, -1
        self.number += 1

    def beside(self, main: OpenedRun) -> SecondFrame | None:
        """What stands beside the playhead of the run; None where nothing is held."""
        if self._other is not None:
            other = self._other
            other.playhead.go(other.index_at(max(0.0, main.playhead.time_s + self._offset_s)))
            return SecondFrame(other, other.playhead.frame, other.picture(), review_words.OTHER_RUN)
        if self._frame >= 0:
            held = main.pictures.beside(self._frame, main.playhead.frame)
            return SecondFrame(main, self._frame, held, review_words.PINNED)
        return None
