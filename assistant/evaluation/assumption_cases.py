"""Assumptions about patient and picture, broken one at a time: cases of groups of `acquisition_set`.

They film without a pause. The runs of one number show the patient that `display_cases` shows under it, so that each has
the one "as it is" beside it.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from assistant.evaluation.display_cases import as_it_is, change
from assistant.simulation.scenario import Case, Shot, Turn, View

_TURN_DEG = 3.0
_TURN_AT_S = (5.0, 7.0, 9.0)
_SWUNG_FROM_S, _SWUNG_BACK_S, _SWING_S = 6.0, 10.0, 1.6
_OBLIQUE_DEG = (12.0, 20.0, 30.0)


def _turned(case: Case, number: int) -> Case:
    """The patient is turned by 3 degrees, about the long axis or the picture's horizontal, to either side."""
    usual = as_it_is(case, number)
    deg = _TURN_DEG if number % 4 < 2 else -_TURN_DEG
    turn = Turn(
        at_s=_TURN_AT_S[number % len(_TURN_AT_S)],
        takes_s=2.0,
        roll_deg=0.0 if number % 2 else deg,
        tilt_deg=deg if number % 2 else 0.0,
    )
    return change(usual, theatre=change(usual.theatre, turns=(turn,)))


def _swung(case: Case, number: int) -> Case:
    """The C-arm swings away, X-ray on, to an oblique view or to the AP view that no plan knows, and back again."""
    usual = as_it_is(case, number)
    away: View = "ap" if number % 4 == 3 else "oblique"
    shots = (
        Shot(view="lateral", from_s=0.0),
        Shot(view=away, from_s=_SWUNG_FROM_S),
        Shot(view="lateral", from_s=_SWUNG_BACK_S),
    )
    oblique_deg = _OBLIQUE_DEG[number % len(_OBLIQUE_DEG)]
    return change(usual, geometry=change(usual.geometry, shots=shots, swing_s=_SWING_S, oblique_deg=oblique_deg))


CONDITIONS: Final[dict[str, Callable[[Case, int], Case]]] = {
    "turned out of plane": _turned,
    "swung": _swung,
}
"""What the patient, the C-arm or the team brings that a usual run does not."""
