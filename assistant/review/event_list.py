"""What happened in a run, a row each, and its mark on the time line."""

from __future__ import annotations

from dataclasses import dataclass

from assistant.vocabulary import Priority


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
