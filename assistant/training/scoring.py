"""How good an answer was: against what the run did afterwards, in seconds and in mm."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from assistant.training.clip import CANNOT_TELL, GO_ON, STOP, ClipFacts
from assistant.training.run_outcome import RunOutcome

_MUCH_TOO_EARLY_S = 10.0
_FAR_MM = 8.0


class AnswerVerdict(StrEnum):
    """The first line of the feedback (design.md, section 8)."""

    IN_TIME = "You stopped in time"  # sentences
    AFTER_LINE = "You stopped after the line"  # sentences
    WENT_ON = "You went on"  # sentences
    EARLY = "You stopped early"  # sentences
    RIGHT_TO_GO_ON = "You went on, and nothing was reached soon"  # sentences
    TRAP_SEEN = "You saw that this picture cannot be judged"  # sentences
    TRAP_MISSED = "This picture could not be judged"  # sentences
    OPEN = "You could not tell"  # sentences


@dataclass(frozen=True, slots=True, kw_only=True)
class Score:
    """What an answer came to.

    Attributes
    ----------
    is_right : bool
    direction_right : bool or None
        None where no direction was asked for or given.
    verdict : AnswerVerdict
    early_s : float or None
        From the answer to the event; negative: after it. None without an event.
    early_mm : float or None
        What was left to the line at the answer; negative: past it. None where the view is not calibrated.
    early_share : float or None
        The same as a share of the body.
    """

    is_right: bool
    direction_right: bool | None
    verdict: AnswerVerdict
    early_s: float | None
    early_mm: float | None
    early_share: float | None = None


def score(facts: ClipFacts, answer: str, direction: str | None) -> Score:
    """Score the answer to the question at the clip's end.

    Parameters
    ----------
    facts : ClipFacts
    answer : str
        "stop", "go on" or "cannot tell".
    direction : str or None
    """
    early_s = None if facts.event_s is None else facts.event_s - facts.stop_s
    left = {"early_mm": facts.distance_mm, "early_share": facts.distance_share}
    pointed = None if direction is None or facts.trap else direction == facts.direction
    if facts.trap:
        seen = answer == CANNOT_TELL
        verdict = AnswerVerdict.TRAP_SEEN if seen else AnswerVerdict.TRAP_MISSED
        return Score(is_right=seen, direction_right=None, verdict=verdict, early_s=None, early_mm=None)
    if answer == CANNOT_TELL:
        return Score(is_right=False, direction_right=pointed, verdict=AnswerVerdict.OPEN, early_s=early_s, **left)
    right = answer == facts.right
    if answer == STOP:
        late = early_s is not None and early_s < 0
        verdict = AnswerVerdict.AFTER_LINE if late else AnswerVerdict.IN_TIME if right else AnswerVerdict.EARLY
    else:
        verdict = AnswerVerdict.RIGHT_TO_GO_ON if facts.right == GO_ON else AnswerVerdict.WENT_ON
    return Score(is_right=right, direction_right=pointed, verdict=verdict, early_s=early_s, **left)


def score_watching(facts: ClipFacts, run_outcome: RunOutcome, pressed_frame: int | None) -> Score:
    """Score the continuous task: the trainee watched and pressed stop, or did not.

    Parameters
    ----------
    facts : ClipFacts
    run_outcome : RunOutcome
    pressed_frame : int or None
        The frame on the screen when stop was pressed; None when it never was.
    """
    first = run_outcome.first
    if pressed_frame is None:
        missed = first is not None
        verdict = AnswerVerdict.WENT_ON if missed else AnswerVerdict.RIGHT_TO_GO_ON
        return Score(is_right=not missed, direction_right=None, verdict=verdict, early_s=None, early_mm=None)
    if first is None:
        return Score(is_right=False, direction_right=None, verdict=AnswerVerdict.EARLY, early_s=None, early_mm=None)
    early_s = first.t_s - run_outcome.t_s[min(max(pressed_frame, run_outcome.first_frame), run_outcome.frames - 1)]
    left_mm = run_outcome.distance_mm(first.direction, pressed_frame)
    if early_s < 0:
        verdict = AnswerVerdict.AFTER_LINE
    elif early_s > _MUCH_TOO_EARLY_S and (left_mm is None or left_mm > _FAR_MM):
        verdict = AnswerVerdict.EARLY
    else:
        verdict = AnswerVerdict.IN_TIME
    early_mm, early_share = run_outcome.outward(first.direction, left_mm, pressed_frame)
    return Score(
        is_right=verdict is AnswerVerdict.IN_TIME,
        direction_right=None,
        verdict=verdict,
        early_s=early_s,
        early_mm=early_mm,
        early_share=early_share,
    )


def rating(result: Score, sure_percent: int | None) -> int:
    """The grade for the scheduler: 1 again, 2 hard, 3 good, 4 easy.

    A miss comes back soon; a right answer that was a guess, or pointed the wrong way, sooner than a sure one.
    """
    if not result.is_right:
        return 1
    if result.direction_right is False or (sure_percent is not None and sure_percent <= 60):
        return 2
    return 4 if sure_percent is not None and sure_percent >= 90 else 3


def score_label(facts: ClipFacts, is_shape: bool, answer: str) -> Score:
    """Score a labelling task: the site where cement left the body, or the shape of a leak into a disc."""
    if is_shape:
        right = answer == facts.shape
    else:
        right = answer in facts.leak_sites if facts.leak_sites else answer == "stays in"
    verdict = AnswerVerdict.IN_TIME if right else AnswerVerdict.OPEN
    return Score(is_right=right, direction_right=None, verdict=verdict, early_s=None, early_mm=None)
