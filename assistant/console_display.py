"""How the console shows its pictures against the plan's reference frame: mirrored, turned, zoomed, inverted.

A person may change that in the middle of a case. The bone has not moved then, so the lines need not be placed again:
what the console did is measured, and a picture is brought back to how the plan knows it.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final

import msgspec
import numpy as np
from numpy.typing import NDArray

from assistant.geometry import turned
from assistant.language import sentence

_SAME_TURN_DEG: Final = 8.0
_SAME_ZOOM: Final = 1.06
"""Up to here it is the patient or the table: a move of 3 cm along the beam is 5 % [P]."""
_QUARTER_DEG: Final = 3.0
"""A turn this near to a quarter is told as one."""
_MOST_ZOOM: Final = 4.0
MOST_DISPLAYS: Final = 16
"""That a plan may hold."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ConsoleDisplay:
    """What a console did to its pictures since the reference frame, in this order, about the middle of the picture.

    Attributes
    ----------
    inverted : bool
        Dark and bright exchanged.
    mirrored : bool
        Left and right exchanged.
    turn_deg : float
        Clockwise on the screen.
    zoom : float
        Above 1: larger than in the reference frame.
    shift_px : tuple of float
        Where the middle went then, in px of the source.
    """

    inverted: bool = False
    mirrored: bool = False
    turn_deg: float = 0.0
    zoom: float = 1.0
    shift_px: tuple[float, float] = (0.0, 0.0)

    def __post_init__(self) -> None:
        """Refuse what no console does."""
        figures = (self.turn_deg, self.zoom, *self.shift_px)
        if not (all(map(math.isfinite, figures)) and 1.0 / _MOST_ZOOM <= self.zoom <= _MOST_ZOOM):
            raise ValueError("no console shows a picture like this")
        if abs(self.turn_deg) > 360.0 or max(map(abs, self.shift_px)) > 1e5:
            raise ValueError("no console shows a picture like this")

    @property
    def is_planned(self) -> bool:
        """Whether the picture is shown as in the reference frame."""
        return self.is_like(AS_PLANNED)

    def is_like(self, other: ConsoleDisplay) -> bool:
        """Whether another one is the same but for what the patient and the table do; the shift is theirs as well."""
        turn_deg = abs((self.turn_deg - other.turn_deg + 180.0) % 360.0 - 180.0)
        same = self.mirrored is other.mirrored and self.inverted is other.inverted
        return same and turn_deg <= _SAME_TURN_DEG and abs(math.log(self.zoom / other.zoom)) <= math.log(_SAME_ZOOM)

    @property
    def words(self) -> str:
        """Such as "mirrored and zoomed ×1.35"; empty where it is shown as planned."""
        found = [sentence("inverted")] if self.inverted else []
        found += [sentence("mirrored")] if self.mirrored else []
        if not ConsoleDisplay(turn_deg=self.turn_deg).is_planned:
            quarter = 90 * round(self.turn_deg / 90)
            near = abs(self.turn_deg - quarter) <= _QUARTER_DEG
            turn_deg = (quarter if near else round(self.turn_deg)) % 360
            found.append(sentence(f"turned by {turn_deg if turn_deg <= 180 else turn_deg - 360}°"))
        if not ConsoleDisplay(zoom=self.zoom).is_planned:
            found.append(sentence(f"zoomed ×{self.zoom:.2f}"))
        return sentence(" and ".join(found)) if found else ""

    def current_from_planned(self, width_px: int, height_px: int) -> NDArray[np.float64]:
        """2 x 3 matrix that takes px of a picture shown as planned to those of one shown like this."""
        middle = np.array([(width_px - 1) / 2.0, (height_px - 1) / 2.0])
        linear = turned(self.turn_deg, self.zoom, mirrored=self.mirrored)
        return np.column_stack([linear, middle + self.shift_px - linear @ middle])


AS_PLANNED: Final = ConsoleDisplay()


class ConsoleDisplayFile(msgspec.Struct, kw_only=True, omit_defaults=True):
    """The same as a plan's file holds it (key ``displays``): what a person took over."""

    inverted: bool = False
    mirrored: bool = False
    turn_deg: float = 0.0
    zoom: float = 1.0
    shift_px: tuple[float, float] = (0.0, 0.0)


def display_document(display: ConsoleDisplay) -> dict[str, object]:
    """For a plan's file and the log."""
    return {
        "inverted": display.inverted,
        "mirrored": display.mirrored,
        "turn_deg": round(display.turn_deg, 2),
        "zoom": round(display.zoom, 4),
        "shift_px": [round(each, 1) for each in display.shift_px],
    }


def display_of(file: ConsoleDisplayFile) -> ConsoleDisplay:
    """As the file has it.

    Raises
    ------
    ValueError
        If no console shows a picture like that.
    """
    return ConsoleDisplay(
        inverted=file.inverted,
        mirrored=file.mirrored,
        turn_deg=file.turn_deg,
        zoom=file.zoom,
        shift_px=file.shift_px,
    )
