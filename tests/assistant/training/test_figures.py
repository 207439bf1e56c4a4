"""Figures of a person follow from the answers; what cannot be said is unknown."""

import random

import pytest

from assistant.library.people import Person
from assistant.library.store import Library
from assistant.training.agreement import Agreement
from assistant.training.clip import GO_ON, STOP, Clip, ClipFacts
from assistant.training.desk import QUESTION, Desk, Given
from assistant.training.figures import progress
from assistant.training.scoring import score
from assistant.vocabulary import Unknown

DAY_NS = 86_400 * 10**9


def clip(number: int, *, right: str = STOP, direction: str = "posterior", difficulty: int = 1, trap: str = "") -> Clip:
    facts = ClipFacts(
        begin_frame=0,
        stop_frame=10,
        end_frame=40,
        right=right,
        direction=direction,
        stop_s=1.0,
        event_s=2.0 if right == STOP else None,
        event_frame=20 if right == STOP else None,
        distance_mm=3.0,
        trap=trap,
        level="L1" if number % 2 else "L2",
    )
    return Clip(id="", name=f"{number:03d}", run_path="run", facts=facts, difficulty=difficulty, course="starter")


class Clock:
    def __init__(self) -> None:
        self.now_ns = 10**18

    def __call__(self) -> int:
        self.now_ns += 1
        return self.now_ns


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def desk(tmp_path, clock):
    with Library(tmp_path / "home", wall_ns=clock) as library:
        made = Desk(library, clock, random.Random(1))
        for number in range(10):
            made.add_clip(clip(number, right=STOP if number % 2 else GO_ON), number)
        yield made


def sit(desk: Desk, person: Person, answers: list[str], sure: int = 80) -> list:
    """Answer one case after the other; gives what was asked."""
    asked_now, asked = [], []
    for answer in answers:
        one = desk.next(person, asked_now=asked_now)
        asked_now.append(one.clip.id)
        asked.append(one)
        direction = one.clip.facts.direction
        result = score(one.clip.facts, answer, direction)
        desk.lock(person, one, Given(task=QUESTION, answer=answer, sure_percent=sure, direction=direction), result)
    return asked


def test_figures_of_a_person(desk):
    me = desk.enrol(consents=True)
    expert = desk.enrol(consents=True, is_expert=True)
    right = [GO_ON, STOP] * 2 + [GO_ON]
    sit(desk, expert, right)
    sit(desk, me, [GO_ON, STOP, STOP, STOP, GO_ON])
    known = progress(desk, me)
    assert known.answered == 5
    assert (known.stopped_in_time.right, known.stopped_in_time.total) == (2, 2)
    assert isinstance(known.with_experts, Agreement)
    assert known.with_experts.kappa == pytest.approx(0.6154, abs=1e-4)
    assert known.with_truth.kappa == known.with_experts.kappa
    assert isinstance(known.with_self, Unknown)
    assert [(p.said_percent, p.right, p.total) for p in known.calibration] == [(80, 4, 5)]
    assert known.moving[-1][:2] == (5, 80.0)
    assert known.directions["posterior"].total == 5
    assert isinstance(known.everybody, Agreement)
    assert (min(me.id, expert.id), max(me.id, expert.id)) in known.between


def test_a_person_who_has_answered_nothing_has_unknown_figures(desk):
    known = progress(desk, desk.enrol(consents=True))
    assert isinstance(known.stopped_in_time.percent, Unknown)
    assert isinstance(known.with_truth, Unknown)
    assert isinstance(known.brier, Unknown)
