"""The table of answers names nobody and runs nothing."""

import csv
import random

import pytest

from assistant.errors import UsageError
from assistant.library.people import Person, Role
from assistant.library.store import Library
from assistant.training.clip import GO_ON, STOP, Clip, ClipFacts
from assistant.training.csv_out import COLUMNS, cell, write_answers
from assistant.training.desk import QUESTION, Desk, Given
from assistant.training.scoring import score

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


def test_the_table_of_answers(desk, tmp_path):
    me, other = desk.enrol("Erika Muster", consents=True), desk.enrol(consents=True)
    sit(desk, me, [STOP, GO_ON])
    sit(desk, other, [STOP])
    path = tmp_path / "a.csv"
    assert write_answers(desk, path, me, asks=me) == 2
    with path.open(newline="", encoding="utf-8-sig") as file:
        rows = list(csv.reader(file))
    assert tuple(rows[0]) == COLUMNS
    assert {row[0] for row in rows[1:]} == {me.id}
    assert "Erika" not in path.read_text(encoding="utf-8-sig")
    with pytest.raises(UsageError, match="instructor"):
        write_answers(desk, path, None, asks=me)
    teacher = desk.enrol(role=Role.INSTRUCTOR, consents=False)
    assert write_answers(desk, path, None, asks=teacher) == 3


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@x", "\tx", "  =x"])
def test_cells_that_a_spreadsheet_would_run(text):
    assert cell(text) == "'" + text
    assert cell("plain") == "plain"
    assert cell(-1.5) == -1.5
    assert cell(None) == ""
