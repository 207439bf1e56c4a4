"""Figures of a person's training, each with how sure it is; what cannot be said yet is `Unknown` with the reason."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from assistant.library.change_log import Row
from assistant.library.people import Person
from assistant.training.agreement import Agreement, CalibrationPoint, brier, calibration, cohen_of, fleiss, wilson
from assistant.training.clip import ANSWERS, CANNOT_TELL, STOP
from assistant.training.run_outcome import DIRECTIONS
from assistant.training.trainer import QUESTION, Trainer
from assistant.vocabulary import Measure, Unknown

_WINDOW: Final = 20
_FEW: Final = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Share:
    """So many of so many, with the 95 % range."""

    right: int
    total: int

    @property
    def percent(self) -> Measure:
        """The share in percent."""
        return 100 * self.right / self.total if self.total else Unknown("no case yet")

    @property
    def range_percent(self) -> tuple[float, float]:
        """Wilson's range."""
        low, high = wilson(self.right, self.total)
        return 100 * low, 100 * high


@dataclass(frozen=True, slots=True, kw_only=True)
class TraineeProgress:
    """What the dashboard shows of a person.

    Attributes
    ----------
    answered : int
    stopped_in_time : Share
        Of the cases in which something was reached soon.
    with_truth, with_experts, with_self : Agreement or Unknown
        On "stop?"; with oneself over the hidden repeats.
    cannot_tell, experts_cannot_tell : Share
    moving : tuple of (case number, percent, low, high)
        Right answers over the last 20.
    calibration : tuple of CalibrationPoint
    brier : float or Unknown
    directions : dict of str to Share
    between : dict of (id, id) to Agreement or Unknown
        Who agrees with whom.
    everybody : Agreement or Unknown
        Fleiss' kappa of all who answered the same cases.
    lines_hidden, lines_shown : Share
    trusted_wrong : Share
        Answers that followed a line that was wrong on purpose; they count in no other figure.
    experts_right : float or Unknown
        Median over the experts of their share of right answers, in percent.
    """

    answered: int
    stopped_in_time: Share
    with_truth: Agreement | Unknown
    with_experts: Agreement | Unknown
    with_self: Agreement | Unknown
    cannot_tell: Share
    experts_cannot_tell: Share
    moving: tuple[tuple[int, float, float, float], ...]
    calibration: tuple[CalibrationPoint, ...]
    brier: Measure
    directions: dict[str, Share]
    between: dict[tuple[str, str], Agreement | Unknown]
    everybody: Agreement | Unknown
    lines_hidden: Share
    lines_shown: Share
    trusted_wrong: Share
    experts_right: Measure


def progress(trainer: Trainer, person: Person) -> TraineeProgress:
    """Work out the figures of a person."""
    given = trainer.answers(task=QUESTION, counted=True)
    planted = [row for row in given if row["planted_mm"] is not None and row["person_id"] == person.id]
    every = [row for row in given if row["planted_mm"] is None]
    mine = [row for row in every if row["person_id"] == person.id]
    facts = {clip.id: clip.facts for clip in trainer.clips()}
    mine = [row for row in mine if row["clip_id"] in facts]
    first = firsts(mine)
    should = [row for row in mine if facts[row["clip_id"]].right == STOP]
    sure = [(row["sure_percent"], bool(row["is_right"])) for row in mine if row["sure_percent"] is not None]
    people = {each.id: each for each in trainer.people() if each.has_consented}
    experts = [id_ for id_, each in people.items() if each.is_expert and id_ != person.id]
    by_person = {id_: firsts([row for row in every if row["person_id"] == id_]) for id_ in people}
    theirs = [row for row in every if row["person_id"] in experts]
    return TraineeProgress(
        answered=len(mine),
        stopped_in_time=Share(right=sum(row["answer"] == STOP for row in should), total=len(should)),
        with_truth=_agree(first, {id_: facts[id_].right for id_ in first}),
        with_experts=_with_experts(first, [by_person[id_] for id_ in experts]),
        with_self=_with_self(mine),
        cannot_tell=Share(right=sum(row["answer"] == CANNOT_TELL for row in mine), total=len(mine)),
        experts_cannot_tell=Share(right=sum(row["answer"] == CANNOT_TELL for row in theirs), total=len(theirs)),
        moving=_moving([bool(row["is_right"]) for row in mine]),
        calibration=calibration(sure),
        brier=brier(sure),
        directions={
            name: _direction(mine, name, {id_: f.direction for id_, f in facts.items()}) for name in DIRECTIONS
        },
        between={
            (one, other): _agree(by_person[one], by_person[other])
            for one in by_person
            for other in by_person
            if one < other
        },
        everybody=_everybody(by_person),
        lines_hidden=_share([row for row in mine if not row["lines_shown"]]),
        lines_shown=_share([row for row in mine if row["lines_shown"]]),
        trusted_wrong=Share(right=sum(bool(row["trusted"]) for row in planted), total=len(planted)),
        experts_right=_median([_share([row for row in theirs if row["person_id"] == id_]) for id_ in experts]),
    )


def _median(shares: list[Share]) -> Measure:
    known = [share.percent for share in shares]
    numbers = [percent for percent in known if not isinstance(percent, Unknown)]
    return float(np.median(numbers)) if numbers else Unknown("no expert has answered")


def firsts(rows: list[Row]) -> dict[str, str]:
    """The first answer to each clip."""
    made: dict[str, str] = {}
    for row in rows:
        made.setdefault(row["clip_id"], row["answer"])
    return made


def _share(rows: list[Row]) -> Share:
    return Share(right=sum(bool(row["is_right"]) for row in rows), total=len(rows))


def _agree(first: dict[str, str], second: dict[str, str]) -> Agreement | Unknown:
    both = [clip_id for clip_id in first if clip_id in second]
    if len(both) < _FEW:
        return Unknown("fewer than two cases answered by both")
    return cohen_of([first[one] for one in both], [second[one] for one in both], ANSWERS)


def _with_experts(mine: dict[str, str], experts: list[dict[str, str]]) -> Agreement | Unknown:
    """With what most experts said; a tie among them counts as no case."""
    majority: dict[str, str] = {}
    for clip_id in mine:
        votes = [expert[clip_id] for expert in experts if clip_id in expert]
        counts = sorted(((votes.count(answer), answer) for answer in set(votes)), reverse=True)
        if counts and (len(counts) == 1 or counts[0][0] > counts[1][0]):
            majority[clip_id] = counts[0][1]
    return _agree(mine, majority) if majority else Unknown("no expert has answered these cases")


def _with_self(mine: list[Row]) -> Agreement | Unknown:
    before: dict[str, str] = {}
    pairs: list[tuple[str, str]] = []
    for row in mine:
        if row["is_repeat"] and row["clip_id"] in before:
            pairs.append((before[row["clip_id"]], row["answer"]))
        before[row["clip_id"]] = row["answer"]
    if len(pairs) < _FEW:
        return Unknown("fewer than two hidden repeats so far")
    return cohen_of([one for one, _ in pairs], [other for _, other in pairs], ANSWERS)


def _moving(right: list[bool]) -> tuple[tuple[int, float, float, float], ...]:
    made = []
    for last in range(1, len(right) + 1):
        part = right[max(0, last - _WINDOW) : last]
        low, high = wilson(sum(part), len(part))
        made.append((last, 100 * sum(part) / len(part), 100 * low, 100 * high))
    return tuple(made)


def _direction(mine: list[Row], name: str, true: dict[str, str]) -> Share:
    rows = [row for row in mine if row["direction_right"] is not None and true[row["clip_id"]] == name]
    return Share(right=sum(row["direction_right"] for row in rows), total=len(rows))


def _everybody(by_person: dict[str, dict[str, str]]) -> Agreement | Unknown:
    answered = {id_: answers for id_, answers in by_person.items() if answers}
    if len(answered) < _FEW:
        return Unknown("fewer than two people have answered")
    common = set.intersection(*(set(answers) for answers in answered.values()))
    counts = np.array(
        [[sum(a[clip_id] == answer for a in answered.values()) for answer in ANSWERS] for clip_id in sorted(common)]
    ).reshape(-1, len(ANSWERS))
    return fleiss(counts)
