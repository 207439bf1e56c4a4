"""Clips, a clock and a trainer for the tests of training."""

import random
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from assistant.library.people import Person
from assistant.library.store import Library
from assistant.training.clip import GO_ON, STOP, Clip, ClipFacts
from assistant.training.scoring import score
from assistant.training.trainer import QUESTION, Given, Trainer


def made_clip(
    number: int, *, right: str = STOP, direction: str = "posterior", difficulty: int = 1, trap: str = ""
) -> Clip:
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
def clock() -> Clock:
    return Clock()


@pytest.fixture
def trainer(tmp_path: Path, clock: Clock) -> Iterator[Trainer]:
    with Library(tmp_path / "home", wall_ns=clock) as library:
        made = Trainer(library, clock, random.Random(1))
        for number in range(10):
            made.add_clip(made_clip(number, right=STOP if number % 2 else GO_ON), number)
        yield made


def answered(trainer: Trainer, person: Person, answers: list[str], sure: int = 80) -> list:
    """Answer one case after the other; gives what was asked."""
    asked_now, asked = [], []
    for answer in answers:
        one = trainer.next(person, asked_now=asked_now)
        asked_now.append(one.clip.id)
        asked.append(one)
        direction = one.clip.facts.direction
        result = score(one.clip.facts, answer, direction)
        trainer.lock(person, one, Given(task=QUESTION, answer=answer, sure_percent=sure, direction=direction), result)
    return asked


@pytest.fixture
def clip() -> Callable[..., Clip]:
    return made_clip


@pytest.fixture
def sit() -> Callable[..., list]:
    return answered
