"""What became of the patient: findings of the CT after the operation, and follow-up figures, added whenever known."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import date
from typing import Final

from assistant.errors import UsageError
from assistant.library.people import Permission
from assistant.library.store import Library

SITES: Final = (
    "posterior",
    "superior disc",
    "inferior disc",
    "anterior",
    "lateral",
    "vein",
    "foramen",
    "none seen",
)  # sentences
YEOM: Final = ("", "B", "C", "S")
"""Yeom 2003: through the basivertebral vein, a cortical defect, a segmental vein."""
MAGNITUDES: Final = ("", "minor", "moderate", "major")  # sentences
SHAPES: Final = ("", "spike", "round", "undetermined")  # sentences
STAGES: Final = ("before", "day 1", "6 weeks", "3 months", "6 months", "12 months")  # sentences


@dataclass(frozen=True, slots=True, kw_only=True)
class OutcomeFigures:
    """Figures at one stage; what is not known stays None.

    Attributes
    ----------
    stage : str
        One of `STAGES`.
    vas : float or None
        Pain, 0 to 10.
    odi_percent : float or None
        Oswestry disability index, 0 to 100.
    anterior_height_mm, middle_height_mm, posterior_height_mm : float or None
    adjacent_fracture, remote_fracture : bool or None
    brace, note, day : str
        ``day`` as ISO date; empty where it is not known.
    """

    stage: str
    vas: float | None = None
    odi_percent: float | None = None
    anterior_height_mm: float | None = None
    middle_height_mm: float | None = None
    posterior_height_mm: float | None = None
    adjacent_fracture: bool | None = None
    remote_fracture: bool | None = None
    brace: str = ""
    note: str = ""
    day: str = ""


_RANGES: Final = {
    "vas": (0.0, 10.0),
    "odi_percent": (0.0, 100.0),
    "anterior_height_mm": (0.0, 80.0),
    "middle_height_mm": (0.0, 80.0),
    "posterior_height_mm": (0.0, 80.0),
}


def add_outcome(library: Library, case_id: str, outcome: OutcomeFigures) -> str:
    """Add figures to a case; gives the row's id.

    Raises
    ------
    UsageError
        If a figure lies outside its range.
    """
    if outcome.stage not in STAGES:
        raise UsageError(f"the stage must be one of {', '.join(STAGES)}, got {outcome.stage!r}")
    values = {name: getattr(outcome, name) for name in _RANGES}
    for name, (low, high) in _RANGES.items():
        value = values[name]
        if value is not None and not (math.isfinite(value) and low <= value <= high):
            raise UsageError(f"{name.replace('_', ' ')} must lie between {low:g} and {high:g}, got {value:g}")
    fractures = {
        name: None if getattr(outcome, name) is None else int(getattr(outcome, name))
        for name in ("adjacent_fracture", "remote_fracture")
    }
    return library.add(
        "outcomes",
        Permission.FIND,
        "add outcome",
        case_id=case_id,
        stage=outcome.stage,
        day=checked_day(outcome.day),
        brace=outcome.brace,
        note=outcome.note,
        author=library.who.id,
        **values,
        **fractures,
    )


def add_finding(
    library: Library,
    case_id: str,
    *,
    site: str,
    level: str = "",
    yeom: str = "",
    magnitude: str = "",
    shape: str = "",
    day: str = "",
    note: str = "",
) -> str:
    """Add a finding of the CT; "none seen" is a finding too. Gives the row's id.

    Raises
    ------
    UsageError
        If a word is none of the lists above.
    """
    for what, word, words in (
        ("site", site, SITES),
        ("Yeom type", yeom, YEOM),
        ("magnitude", magnitude, MAGNITUDES),
        ("shape", shape, SHAPES),
    ):
        if word not in words:
            raise UsageError(f"the {what} must be one of {', '.join(filter(None, words))}, got {word!r}")
    return library.add(
        "findings",
        Permission.FIND,
        "add CT finding",
        case_id=case_id,
        site=site,
        level=level or None,
        yeom=yeom or None,
        magnitude=magnitude or None,
        shape=shape or None,
        day=checked_day(day),
        note=note,
        author=library.who.id,
    )


def checked_day(text: str) -> str | None:
    """A day as ISO date; None where none is given.

    Raises
    ------
    UsageError
        If it is no date.
    """
    if not text.strip():
        return None
    try:
        return date.fromisoformat(text.strip()).isoformat()
    except ValueError as error:
        raise UsageError(f"a day is written as 2026-11-30, got {text!r}") from error


def finding_words(finding: dict[str, object]) -> str:
    """A finding in words."""
    parts = [finding["level"], finding["site"], finding["shape"], finding["yeom"], finding["magnitude"]]
    return " · ".join(str(part) for part in parts if part)
