"""What happened in a run, a row each, and its mark on the time line."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from assistant.vocabulary import Priority

FILTERS: Final = ("all", "alarms", "marks")  # sentences
"""Which events are listed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """Something that happened at a frame: an alarm (its priority), or what a person marked (an icon's name)."""

    frame: int
    priority: Priority = Priority.NONE
    icon: str = "flag"


@dataclass(frozen=True, slots=True, kw_only=True)
class EventRow:
    """One line of the list.

    Attributes
    ----------
    frame : int
        Where it happened.
    t_s : float
        The same as a time of the run, s.
    title, aside, value : str
        What it is, more of it, and its figure; a dash where there is none.
    priority : Priority
        Of an alarm; none for what a person marked.
    icon : str
        The picture of what is no alarm.
    """

    frame: int
    t_s: float
    title: str
    aside: str = ""
    value: str = "—"
    priority: Priority = Priority.NONE
    icon: str = "flag"

    @property
    def is_alarm(self) -> bool:
        """Whether the program said it, not a person."""
        return self.priority is not Priority.NONE

    def mark(self) -> Mark:
        """The same on the time line."""
        return Mark(frame=self.frame, priority=self.priority, icon=self.icon)


class EventList:
    """All events of a run in the order of their frames, and those that are listed."""

    def __init__(self) -> None:
        self.rows: tuple[EventRow, ...] = ()
        self._at = 0

    @property
    def filter(self) -> str:
        """Which are listed: one of `FILTERS`."""
        return FILTERS[self._at]

    @property
    def listed(self) -> Sequence[EventRow]:
        """Those that the filter lets through."""
        return [row for row in self.rows if self.filter == "all" or row.is_alarm == (self.filter == "alarms")]

    @property
    def frames(self) -> list[int]:
        """Frames of the listed events, in order, each once."""
        return sorted({row.frame for row in self.listed})

    def set_rows(self, rows: Iterable[EventRow]) -> bool:
        """All events as they are known now; whether they are other than before."""
        before, self.rows = self.rows, tuple(sorted(rows, key=lambda row: row.frame))
        return self.rows != before

    def next_filter(self) -> None:
        """The next filter, in a ring."""
        self._at = (self._at + 1) % len(FILTERS)
