"""Cases that carry a wrong line on purpose: to see whether the picture or the line was read.

They are asked only in cases with the assistant's lines, are counted apart from all other figures, and are told as soon
as the answer is locked. How often and by how much are project proposals [P]; that people follow a wrong aid is well
known (Parasuraman, Manzey, *Hum Factors* 2010;52:381).
"""

from __future__ import annotations

from dataclasses import replace
from typing import Final

import numpy as np

from assistant.language import sentence
from assistant.plan import Plan, PlannedView
from assistant.training.clip import GO_ON, STOP, Clip, ClipFacts
from assistant.training.run_outcome import RunOutcome

SHARE: Final = 0.25
"""Of the cases that can carry one [P]."""
_BACK_MM: Final = 6.0
"""A line too far back stands so far behind its place: cement that is near seems far [P]."""
_PAST_MM: Final = 0.5
_MOST_MM: Final = 15.0
"""A line that would have to be moved farther forward would not be believed [P]."""
_LOOK_BACK: Final = 100
_POSTERIOR: Final = "posterior"


def can_carry(clip: Clip) -> bool:
    """Whether a wrong line could lead to a wrong answer in a clip."""
    facts = clip.facts
    # A line is moved by mm: without a scale nobody could say by how much it was wrong.
    if facts.trap or facts.view != "lateral" or not facts.calibrated:
        return False
    return facts.right == GO_ON or (facts.right == STOP and facts.direction == _POSTERIOR)


def shift_mm(run_outcome: RunOutcome, facts: ClipFacts) -> float | None:
    """By how much the warning line of a clip is moved: positive too far back, negative too far forward.

    None where no such line could be believed.
    """
    if facts.right == STOP:
        return _BACK_MM
    distance = distance_mm(run_outcome, facts.stop_frame)
    return None if distance is None or not 0 < distance <= _MOST_MM else -(distance + _PAST_MM)


def distance_mm(run_outcome: RunOutcome, frame: int) -> float | None:
    """How far cement stood from the warning line when it was last known."""
    for at in range(frame, max(-1, frame - _LOOK_BACK), -1):
        found = run_outcome.distance_mm(_POSTERIOR, at)
        if found is not None:
            return found
    return None


def line_readout(run_outcome: RunOutcome, frame: int, moved_mm: float = 0.0) -> str:
    """What the assistant says of a frame, by the line as it is drawn."""
    distance = distance_mm(run_outcome, frame)
    if distance is None:
        return sentence("no cement seen yet")
    shown = distance + moved_mm
    return (
        sentence("WARNING LINE REACHED")
        if shown <= 0
        else sentence(f"{run_outcome.in_words(_POSTERIOR, shown, frame)} to the warning line")
    )


def moved(plan: Plan, mm: float) -> Plan:
    """A plan with its warning line moved towards the posterior wall (or, negative, away from it)."""
    return replace(plan, views=tuple(_moved(view, mm) for view in plan.views))


def _moved(view: PlannedView, mm: float) -> PlannedView:
    line = view.warning_line
    if line is None:
        return view
    chord = line[-1] - line[0]
    normal = np.array([-chord[1], chord[0]]) / np.linalg.norm(chord)
    if float(normal @ (view.last_wall.mean(axis=0) - view.first_wall.mean(axis=0))) < 0:
        normal = -normal
    return replace(view, warning_line=line + normal * mm / view.mm_per_px)


def is_trusted(moved_mm: float, answer: str) -> bool:
    """Whether an answer followed the wrong line."""
    return answer == (GO_ON if moved_mm > 0 else STOP)


def reveal(moved_mm: float, answer: str) -> str:
    """What is told once the answer is locked."""
    where = "back" if moved_mm > 0 else "forward"
    read = sentence("You followed it.") if is_trusted(moved_mm, answer) else sentence("You did not follow it.")
    return sentence(f"The line was wrong on purpose: ≈ {abs(moved_mm):.0f} mm too far {where}. {read}")
