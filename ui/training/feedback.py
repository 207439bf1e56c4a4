"""What a person reads once the answer is locked, worked out without a window."""

from __future__ import annotations

from dataclasses import dataclass

from assistant.library.outcome import finding_words
from assistant.library.people import Person
from assistant.settings.tree import AlarmSettings
from assistant.training.clip import STOP, Clip
from assistant.training.explain import gave_away, near_since_s
from assistant.training.planted import reveal
from assistant.training.scoring import Score
from assistant.training.trainer import QUESTION, WATCHING, Given, Trainer
from ui.training import training_words as words
from ui.training.open_case import OpenCase


@dataclass(frozen=True, slots=True, kw_only=True)
class Feedback:
    """The verdict and what stands beside it.

    Attributes
    ----------
    clip, given, result : Clip, Given, Score
    gave_away, known, back : str
        What could be seen in the picture; what is known beside the run; when the case comes back.
    is_about_stopping : bool
        Others' answers and the axis of seconds belong to it.
    others : dict of str to dict of str to int
        How often experts and colleagues gave each answer.
    you_s, near_s : float or None
        The own stop, and since when the cement was near, in seconds before the event.
    others_s : list of float
    event : str
        Empty where nothing was reached.
    """

    clip: Clip
    given: Given
    result: Score
    gave_away: str
    known: str
    back: str
    is_about_stopping: bool
    others: dict[str, dict[str, int]]
    you_s: float | None
    near_s: float | None
    others_s: list[float]
    event: str


def feedback_of(
    trainer: Trainer, person: Person, case: OpenCase, given: Given, result: Score, days: int, alarms: AlarmSettings
) -> Feedback:
    """What is said of an answer that comes back in ``days``."""
    clip, run_outcome = case.asked.clip, case.run_outcome
    back = words.BACK_IN.format(words.days(days)) if person.has_consented else words.NOT_KEPT
    is_planted = given.planted_mm is not None
    return Feedback(
        clip=clip,
        given=given,
        result=result,
        gave_away=gave_away(run_outcome, clip.facts)
        if given.planted_mm is None
        else reveal(given.planted_mm, given.answer),
        known=_known_afterwards(trainer, clip),
        back=words.PLANTED_APART if is_planted else back,
        is_about_stopping=case.task in (QUESTION, WATCHING),
        others=trainer.others(clip.id, person, case.task),
        you_s=result.early_s if given.answer == STOP else None,
        near_s=near_since_s(run_outcome, alarms),
        others_s=trainer.others_stops_s(clip.id, person),
        event=clip.facts.event if run_outcome.first is not None and run_outcome.first.t_s else "",
    )


def kind_of(trainer: Trainer, clip: Clip) -> str:
    """What the run of a clip is, for the header."""
    if clip.id in trainer.rehearsed():
        return words.REHEARSAL
    return "simulated" if clip.course else "archived"


def _known_afterwards(trainer: Trainer, clip: Clip) -> str:
    """What is known of a case beside its run: CT findings, and who labelled its leaks."""
    run = trainer.library.one("runs", clip.run_id) if clip.run_id else None
    findings = trainer.library.rows("findings", case_id=run["case_id"]) if run is not None else []
    lines = [finding_words(one) for one in findings[:3]]
    if not lines:
        lines = [words.SIMULATED if clip.facts.is_truth else words.NO_CT]
    if clip.facts.labelled_by:
        lines.append(words.LABELLED.format(", ".join(clip.facts.labelled_by)))
    return "\n".join(lines)
