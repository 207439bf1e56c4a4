"""The alarm table: one row a condition; words, priority, what raises it and what lets it go.

Priorities and words follow the project's alarm table A1 to A18 (derived from IEC 60601-1-8, Table 1); each needs
clinical sign-off. Headline at most 5 words, action at most 8. Rows stand in the order in which they are decided: a
crossing before the approach to the same line, because it takes that one's place.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, auto
from functools import partial

from assistant.vocabulary import EventKind, Priority, Site


class Watched(Enum):
    """What a row looks at."""

    WARNING_LINE = auto()
    POSTERIOR_WALL = auto()
    SUPERIOR_ENDPLATE = auto()
    INFERIOR_ENDPLATE = auto()
    ANTERIOR_WALL = auto()
    SIDE_WALL = auto()
    SIGNAL = auto()
    FREEZE = auto()
    UNKNOWN_VIEW = auto()
    OTHER_PLANNED_VIEW = auto()
    REGISTRATION = auto()
    IMAGE = auto()
    PROCESSING = auto()


class Rule(Enum):
    """How a row is raised."""

    CROSSED = auto()
    NEAR = auto()
    VEIN = auto()
    TECHNICAL = auto()


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One condition.

    Attributes
    ----------
    kind, site : what is reported
    watched, rule : what raises it
    armed, unarmed : Priority
        While injecting (cement has been seen), and before.
    latched : bool
        Stands until it is acknowledged and gone; a recorded run has nobody to acknowledge, so it stands to the end.
    onset_ms : float
        Technical rows: how long the condition has to hold before the alarm is raised. Rows that look at distances
        are confirmed by pictures instead (settings, ``confirm_ms``).
    hold_ms : float
        Technical rows: how long the alarm stands on after the condition was last seen, so that a flickering source
        is one alarm and not many [P].
    headline, action : str
    """

    kind: EventKind
    site: Site | None
    watched: Watched
    rule: Rule
    armed: Priority
    unarmed: Priority
    latched: bool
    onset_ms: float = 0.0
    hold_ms: float = 0.0
    headline: str
    action: str


def _of_cement(
    rule: Rule, kind: EventKind, site: Site, watched: Watched, priority: Priority, headline: str, action: str
) -> Row:
    """A row that looks at the cement: as grave before the injection as during it; only being near lets go by itself."""
    return Row(
        kind=kind,
        site=site,
        watched=watched,
        rule=rule,
        armed=priority,
        unarmed=priority,
        latched=rule is not Rule.NEAR,
        headline=headline,
        action=action,
    )


_crossing = partial(_of_cement, Rule.CROSSED)
_near = partial(_of_cement, Rule.NEAR)


def _vein(site: Site, watched: Watched) -> Row:
    words = ("POSSIBLE VENOUS LEAK", "Stop. Tell anaesthesia. Wait.")
    return _of_cement(Rule.VEIN, EventKind.LEAK, site, watched, Priority.HIGH, *words)


def _technical(
    kind: EventKind,
    watched: Watched,
    priorities: tuple[Priority, Priority],
    times_ms: tuple[float, float],
    headline: str,
    action: str,
) -> Row:
    return Row(
        kind=kind,
        site=None,
        watched=watched,
        rule=Rule.TECHNICAL,
        armed=priorities[0],
        unarmed=priorities[1],
        latched=False,
        onset_ms=times_ms[0],
        hold_ms=times_ms[1],
        headline=headline,
        action=action,
    )


_LOW, _MEDIUM, _HIGH = Priority.LOW, Priority.MEDIUM, Priority.HIGH
_DISC = ("CEMENT IN DISC", "Pause. Consider ending at this level.")
_OUTSIDE = ("CEMENT OUTSIDE BODY", "Pause. Check second plane.")
_NEAR_ENDPLATE = ("Near endplate", "")

TABLE: tuple[Row, ...] = (
    _crossing(
        EventKind.POSTERIOR_WALL,
        Site.POSTERIOR,
        Watched.POSTERIOR_WALL,
        _HIGH,
        "CEMENT IN CANAL ZONE",
        "Stop. Assess. Check AP.",
    ),
    _crossing(
        EventKind.WARNING_LINE,
        Site.POSTERIOR,
        Watched.WARNING_LINE,
        _HIGH,
        "CEMENT AT POSTERIOR LINE",
        "Stop injecting. Check both planes.",
    ),
    _vein(Site.ANTERIOR, Watched.ANTERIOR_WALL),
    _vein(Site.LATERAL, Watched.SIDE_WALL),
    _crossing(EventKind.ENDPLATE, Site.SUPERIOR_ENDPLATE, Watched.SUPERIOR_ENDPLATE, _MEDIUM, *_DISC),
    _crossing(EventKind.ENDPLATE, Site.INFERIOR_ENDPLATE, Watched.INFERIOR_ENDPLATE, _MEDIUM, *_DISC),
    _crossing(EventKind.LEAK, Site.ANTERIOR, Watched.ANTERIOR_WALL, _MEDIUM, *_OUTSIDE),
    _crossing(EventKind.LEAK, Site.LATERAL, Watched.SIDE_WALL, _MEDIUM, *_OUTSIDE),
    _near(
        EventKind.APPROACHING_POSTERIOR,
        Site.POSTERIOR,
        Watched.WARNING_LINE,
        _MEDIUM,
        "CEMENT NEAR POSTERIOR LINE",
        "Slow down. Take a picture.",
    ),
    _near(EventKind.APPROACHING_ENDPLATE, Site.SUPERIOR_ENDPLATE, Watched.SUPERIOR_ENDPLATE, _LOW, *_NEAR_ENDPLATE),
    _near(EventKind.APPROACHING_ENDPLATE, Site.INFERIOR_ENDPLATE, Watched.INFERIOR_ENDPLATE, _LOW, *_NEAR_ENDPLATE),
    _technical(
        EventKind.NO_SIGNAL, Watched.SIGNAL, (_HIGH, _LOW), (100, 300), "NOT MONITORING", "Stop, or use C-arm screen."
    ),
    _technical(
        EventKind.REGISTRATION_LOST,
        Watched.REGISTRATION,
        (_HIGH, _MEDIUM),
        (120, 400),
        "LINES NOT VALID",
        "Re-confirm lines.",
    ),
    _technical(
        EventKind.VIEW_CHANGED,
        Watched.UNKNOWN_VIEW,
        (_HIGH, _MEDIUM),
        (600, 300),
        "VIEW CHANGED",
        "Re-confirm lines.",
    ),
    _technical(
        EventKind.UNUSABLE_IMAGE, Watched.IMAGE, (_MEDIUM, _LOW), (200, 500), "CEMENT NOT TRACKED", "Judge by eye."
    ),
    _technical(EventKind.FROZEN, Watched.FREEZE, (_LOW, _LOW), (0, 0), "HELD IMAGE", "Not live."),
    _technical(
        EventKind.VIEW_CHANGED,
        Watched.OTHER_PLANNED_VIEW,
        (_LOW, _LOW),
        (0, 2000),
        "OTHER VIEW SHOWN",
        "Its own lines are drawn.",
    ),
    _technical(
        EventKind.SLOW_PROCESSING, Watched.PROCESSING, (_LOW, _LOW), (0, 2000), "ANALYSIS SLOW", "Judge by eye."
    ),
)
