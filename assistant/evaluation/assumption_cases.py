"""Assumptions about patient and picture, broken one at a time: cases of groups of `acquisition_set`.

They film without a pause. The runs of one number show the patient that `display_cases` shows under it, so that each has
the one "as it is" beside it.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from assistant.evaluation.display_cases import as_it_is, change
from assistant.simulation.scenario import Case, FaultKind, Pedal, Shot, SourceFault, Turn, View

_TURN_DEG = 3.0
_TURN_AT_S = (5.0, 7.0, 9.0)
_SWUNG_FROM_S, _SWUNG_BACK_S, _SWING_S = 6.0, 10.0, 1.6
_OBLIQUE_DEG = (12.0, 20.0, 30.0)
_ACT_FROM_S, _ACT_TO_S = 7.0, 11.0
_LATE_S = (3.0, 4.0, 5.0)
_MODES_S, _CHANGES_AT_S = 80.0, 35.0


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


def _thin_bone(case: Case, number: int) -> Case:
    usual = as_it_is(case, number)
    return change(usual, patient=change(usual.patient, spongy=0.5, cortex=0.5, endplate=0.6))


def _dense_bone(case: Case, number: int) -> Case:
    usual = as_it_is(case, number)
    return change(usual, patient=change(usual.patient, spongy=2.2, cortex=1.8, endplate=1.8))


def _faint_endplates(case: Case, number: int) -> Case:
    """Endplates that are hardly there and end softly, discs of half the height."""
    usual = as_it_is(case, number)
    return change(usual, patient=change(usual.patient, endplate=0.35, endplate_soft_mm=1.5, disc_height=0.5))


def _act(kind: FaultKind, *, taken_over: bool = False) -> Callable[[Case, int], Case]:
    def made(case: Case, number: int) -> Case:
        usual = as_it_is(case, number)
        plan = change(usual.plan, takes_displays_over=taken_over)
        return change(usual, faults=(SourceFault(kind=kind, from_s=_ACT_FROM_S, to_s=_ACT_TO_S),), plan=plan)

    return made


def _stream(case: Case, number: int) -> Case:
    usual = as_it_is(case, number)
    return change(usual, run=change(usual.run, output="h264", kbit_per_s=300.0))


def _cement_before(*, said: bool) -> Callable[[Case, int], Case]:
    """The lines are marked when cement stands in the body already; nobody says so, or the plan does."""

    def made(case: Case, number: int) -> Case:
        usual = as_it_is(case, number)
        late_s = _LATE_S[number % len(_LATE_S)]
        return change(usual, plan=change(usual.plan, late_s=late_s, says_cement_before=said))

    return made


def _two_modes(case: Case, number: int) -> Case:
    """X-ray in single shots (or short exposures) and, from the middle of the run on, all the time; or the other way."""
    usual = as_it_is(case, number)
    pedal = Pedal(on_s=(0.0, 0.0) if number % 4 < 2 else (0.2, 2.0), off_s=(5.0, 9.0), rest_mm=0.6, start_off=0.1)
    pedal = change(pedal, first_s=_CHANGES_AT_S) if number % 2 else change(pedal, stays_on_from_s=_CHANGES_AT_S)
    return change(
        usual,
        pedal=pedal,
        cement=change(usual.cement, start_s=20.0, duration_s=_MODES_S - 30.0),
        run=change(usual.run, duration_s=_MODES_S, fps=7.5),
    )


CONDITIONS: Final[dict[str, Callable[[Case, int], Case]]] = {
    "turned out of plane": _turned,
    "swung": _swung,
    "thin bone": _thin_bone,
    "dense bone": _dense_bone,
    "faint endplates": _faint_endplates,
    "roadmap": _act("roadmap"),
    "inverted": _act("inverted"),
    "turned by the console": _act("turned"),
    "stream of 300 kbit": _stream,
    "mirror taken over": _act("flipped", taken_over=True),
    "zoom taken over": _act("enlarged", taken_over=True),
    "cement before": _cement_before(said=False),
    "cement before told": _cement_before(said=True),
    "two modes": _two_modes,
}
"""What the patient, the C-arm or the team brings that a usual run does not."""
