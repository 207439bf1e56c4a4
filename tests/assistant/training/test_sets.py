"""Sets by rule and by hand."""

import random

import pytest

from assistant.errors import UsageError
from assistant.library.store import Library
from assistant.training.clip import GO_ON, STOP, Clip, ClipFacts
from assistant.training.desk import Desk
from assistant.training.sets import Rule, clip_ids, make_set

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


def test_sets_by_rule_take_later_cases_too(desk):
    set_id = make_set(desk.library, "stops", rule=Rule(levels=("L1",)))
    assert len(clip_ids(desk.library, set_id)) == 5
    desk.add_clip(clip(11), 11)
    assert len(clip_ids(desk.library, set_id)) == 6
    traps = make_set(desk.library, "traps", rule=Rule(traps=True))
    assert clip_ids(desk.library, traps) == set()


def test_sets_by_hand(desk):
    two = tuple(one.id for one in desk.clips()[:2])
    set_id = make_set(desk.library, "two", clips=two)
    person = desk.enrol(consents=True)
    assert desk.next(person, asked_now=[two[0]], set_id=set_id).clip.id == two[1]


@pytest.mark.parametrize(("name", "rule"), [("", Rule()), ("x", Rule(directions=("up",))), ("x", None)])
def test_sets_that_cannot_be(desk, name, rule):
    with pytest.raises(UsageError):
        make_set(desk.library, name, rule=rule)
