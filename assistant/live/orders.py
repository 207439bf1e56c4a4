"""What the session tells its children."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from assistant.console_display import ConsoleDisplay
from assistant.run_facts import RunClock
from assistant.settings.tree import Settings


@dataclass(frozen=True, slots=True, kw_only=True)
class Start:
    """All that a child is started with.

    Attributes
    ----------
    session_memory : str
        Path of the shared memory.
    source : str
        Address of the picture source.
    folder : str
        The run folder.
    settings : Settings
    epoch : int
        Number of the start of this child.
    watchdog_window, restart : tuple of str
        Commands of the watchdog: its own window, and the program's start.
    """

    session_memory: str
    source: str
    folder: str
    settings: Settings
    epoch: int
    watchdog_window: tuple[str, ...] = ()
    restart: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class TakePlan:
    """Work with this plan. ``references`` are picture files of the reference frames, in the plan's order.

    ``clock``: where the times of the source come from; also a played run may have none.
    """

    plan_number: int
    document: dict[str, Any]
    references: tuple[str, ...]
    clock: RunClock = RunClock.FILE


@dataclass(frozen=True, slots=True, kw_only=True)
class LookAt:
    """Before a plan: look at the picture of the screen at this place (x, y in px); None: at the one that changes."""

    place: tuple[float, float] | None


@dataclass(frozen=True, slots=True, kw_only=True)
class TakeDisplay:
    """A person takes over how the console shows the pictures now; of the plan with this number."""

    plan_number: int
    display: ConsoleDisplay


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerBefore:
    """A person has said whether cement stood there before the start, of these views of the plan with this number."""

    plan_number: int
    is_there: bool
    views: tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Arm:
    """The team injects (or does not any more)."""

    armed: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Acknowledge:
    """A person has seen all alarms that stand."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LogAnchor:
    """The head of the event log's hash chain, for the recording to keep."""

    head: str
    count: int


Order = TakePlan | LookAt | TakeDisplay | AnswerBefore | Arm | Acknowledge | LogAnchor
