"""What a row of the alarm table is made of; the rows themselves stand in `assistant.alarm_table.table`."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, auto
from typing import Final

from assistant.lines import Line
from assistant.vocabulary import AlarmSite, EventKind, Priority


class Raiser(Enum):
    """Who can raise a row."""

    PIPELINE = auto()
    """From the pictures: in a live run, a replay and on the command line alike."""
    SESSION = auto()
    """The live session, of itself and by its own clock."""
    WATCHDOG = auto()


class Watched(Enum):
    """What a technical row of the pipeline looks at; the others look at a `Line`."""

    SIGNAL = "signal"
    FREEZE = "freeze"
    LIVENESS = "liveness"
    UNKNOWN_VIEW = "unknown view"
    OTHER_PLANNED_VIEW = "other planned view"
    REGISTRATION = "registration"
    IMAGE = "image"
    PROCESSING = "processing"
    POLARITY = "polarity"
    SIGN = "sign"


class RaisingRule(Enum):
    """How a row of the pipeline is raised."""

    CROSSED = auto()
    NEAR = auto()
    LEAK = auto()
    """A leak stands beyond the line (`LeakSettings`): a front that only comes up to it raises nothing."""
    VEIN = auto()
    """... and it is thin and long, as in a vein."""
    OTHER_SIGN = auto()
    """Something grows where cement would, with the sign that it should not have."""
    SIGN_TURNED = auto()
    """Cement is looked for with the other sign from this picture on, and no person said so."""
    TECHNICAL = auto()


GRAVER: Final = {
    RaisingRule.NEAR: (RaisingRule.CROSSED, RaisingRule.LEAK, RaisingRule.VEIN),
    RaisingRule.CROSSED: (RaisingRule.LEAK,),
    RaisingRule.LEAK: (RaisingRule.VEIN,),
}
"""What gives place to what, of the rows that watch the same line."""
STANDS_BEHIND: Final = frozenset({RaisingRule.CROSSED})
"""... and what goes on behind it: not shown meanwhile, but written as an event of its own (contract: ``endplate`` and
``leak`` are two). Being near ends when the line is crossed, and "outside" when it is a vein."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AlarmRow:
    """One row of the table.

    Attributes
    ----------
    code : str
        "A1" to "A18"; empty for what is recorded and shown, and is no alarm.
    raised_by : tuple of Raiser
    priority_injecting, priority_before : Priority
        While injecting (recorded runs: once cement has been seen), and before; NONE: not told then.
    latched : bool
        Stands until it is acknowledged and gone; a recorded run has nobody to acknowledge, so it stands to the end.
    silent : bool
        Shown without sound.
    gap_s : float or None
        From the end of a burst to the beginning of the next; None: as usual for its priority.
    headline, action : str
        The words of the message bar; ``{seconds:.0f}`` and the like stand for figures.
    title : str
        Name in lists of events.
    short : str
        Name in the list of alarms of a small screen.
    advice : str
        What the literature says one can do, with its source. No order: the action is.
    of_second : bool
        A second picture (the other plane) tells it too.
    """

    code: str
    raised_by: tuple[Raiser, ...]
    priority_injecting: Priority
    priority_before: Priority
    latched: bool = False
    silent: bool = False
    gap_s: float | None = None
    headline: str
    action: str = ""
    title: str
    short: str
    advice: str = ""
    of_second: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class PipelineRow(AlarmRow):
    """A row that the pipeline raises from the pictures (and where ``raised_by`` says so, the session by its clock).

    Attributes
    ----------
    kind, site : what is reported
    watched, rule : what raises it
    onset_ms : float
        Technical rows: how long the condition has to hold before the alarm is raised. Rows that look at distances
        gather evidence from pictures instead (settings, ``evidence_sigma``).
    hold_ms : float
        Technical rows: how long the alarm stands on after the condition was last seen, so that a flickering source
        is one alarm and not many [P].
    """

    kind: EventKind
    site: AlarmSite | None
    watched: Line | Watched
    rule: RaisingRule
    onset_ms: float = 0.0
    hold_ms: float = 0.0
