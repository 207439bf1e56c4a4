"""The scale of one still picture, carried over to another that the console may show in another size. No Qt.

A scale belongs to the picture that it was measured on. A console's zoom makes every distance in px longer, so another
picture gets it divided by the zoom between the two, or not at all; and it is proposed, never used by itself.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from assistant.console_display import AS_PLANNED, ConsoleDisplay
from assistant.language import sentence
from assistant.live.messages import LiveMoment
from assistant.vocabulary import Unknown

NO_LINES: Final = sentence("there are no lines yet to compare it with")


@dataclass(frozen=True, slots=True, kw_only=True)
class StillDisplay:
    """How the console shows a still picture, against the lines that the session works with.

    Attributes
    ----------
    shown : ConsoleDisplay or Unknown
        Unknown: it is another one than is known, and nobody has taken it over.
    doubt : str
        Why it may have changed since it was known; empty: it was compared in this very picture.
    """

    shown: ConsoleDisplay | Unknown = AS_PLANNED
    doubt: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownScale:
    """A scale of a still picture: where it comes from, and how that picture was shown."""

    mm_per_px: float
    by: str
    display: StillDisplay


@dataclass(frozen=True, slots=True, kw_only=True)
class CarriedScale:
    """What another picture gets of it.

    Attributes
    ----------
    mm_per_px : float or Unknown
        Unknown: nothing is proposed.
    by : str
        Where it comes from, with the zoom that it was divided by.
    doubt : str
        Why the person has to compare; empty where both pictures are known.
    """

    mm_per_px: float | Unknown
    by: str
    doubt: str


def still_display(moment: LiveMoment | None) -> StillDisplay:
    """How the picture is shown now, as the newest moment of its input knows it."""
    if moment is None:
        return StillDisplay(doubt=NO_LINES)
    if moment.offered is not None:
        words = moment.offered.words
        return StillDisplay(shown=Unknown(sentence(f"the picture is {words} and nobody took that over")))
    if moment.shown is None:
        if not moment.plan_number:
            return StillDisplay(doubt=NO_LINES)
        why = moment.motion.reason if isinstance(moment.motion, Unknown) else moment.liveness.reason
        return StillDisplay(shown=Unknown(sentence(f"it is not known how the console shows the picture: {why}")))
    return StillDisplay(shown=moment.shown, doubt=moment.motion.reason if isinstance(moment.motion, Unknown) else "")


def carried(known: KnownScale, now: StillDisplay) -> CarriedScale:
    """The scale of a picture shown like ``now``."""
    for display in (known.display, now):
        if isinstance(display.shown, Unknown):
            return CarriedScale(mm_per_px=display.shown, by="", doubt="")
    assert isinstance(known.display.shown, ConsoleDisplay)
    assert isinstance(now.shown, ConsoleDisplay)
    zoom, by = now.shown.zoom / known.display.shown.zoom, known.by
    if not ConsoleDisplay(zoom=min(max(zoom, 0.25), 4.0)).is_planned:
        by = sentence(f"{known.by}, divided by the zoom ×{zoom:.2f}")
    return CarriedScale(mm_per_px=known.mm_per_px / zoom, by=by, doubt=known.display.doubt or now.doubt)


def same_polarity(one: StillDisplay, other: StillDisplay) -> bool:
    """Whether what a person said of native or inverted in one picture holds in the other."""
    if isinstance(one.shown, Unknown) or isinstance(other.shown, Unknown):
        return False
    return one.shown.inverted is other.shown.inverted
