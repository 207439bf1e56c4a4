"""Which case comes next, what is kept, and the figures that follow from it."""

import csv
import random

import pytest

from assistant.errors import UsageError
from assistant.library.people import Person, Role
from assistant.library.store import Library
from assistant.training.agreement import Agreement
from assistant.training.clip import GO_ON, STOP, Clip, ClipFacts
from assistant.training.csv_out import COLUMNS, cell, write_answers
from assistant.training.desk import QUESTION, REPEAT_EVERY, Desk, Given
from assistant.training.figures import progress
from assistant.training.scoring import score
from assistant.training.sets import Rule, clip_ids, make_set
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


def test_easy_cases_first_and_every_sixth_is_a_hidden_repeat(desk):
    person = desk.enrol(consents=True)
    asked = sit(desk, person, [STOP] * 12)
    assert [one.clip.name for one in asked[:5]] == ["000", "001", "002", "003", "004"]
    assert [at for at, one in enumerate(asked, 1) if one.is_repeat] == [REPEAT_EVERY, 2 * REPEAT_EVERY]
    assert asked[5].clip.name in ("000",)


def test_misses_come_back_first_when_they_are_due(desk, clock):
    person = desk.enrol(consents=True)
    sit(desk, person, [GO_ON] * 4, sure=99)  # 000 and 002 right and sure, 001 and 003 missed
    clock.now_ns += 2 * DAY_NS
    first = desk.next(person, asked_now=[])
    assert first.is_due
    assert first.clip.name == "001"
    assert desk.next(person, asked_now=[first.clip.id]).clip.name == "003"
    due = {desk.clip(card["clip_id"]).name: card["due_ns"] for card in desk.library.rows("cards")}
    assert due["000"] > due["001"]


def test_without_consent_nothing_is_kept(desk):
    person = desk.enrol(consents=False)
    (asked,) = sit(desk, person, [STOP])
    assert desk.answers() == []
    assert desk.library.rows("cards") == []
    assert asked.clip.name == "000"


def test_consent_can_be_taken_back(desk):
    person = desk.enrol("Erika", consents=True)
    sit(desk, person, [STOP, GO_ON])
    desk.withdraw(person)
    assert desk.answers() == []
    assert not desk.library.person(person.id).has_consented
    assert progress(desk, person).answered == 0


def test_other_answers_are_refused(desk):
    person = desk.enrol(consents=True)
    asked = desk.next(person, asked_now=[])
    with pytest.raises(UsageError, match="must be one of"):
        desk.lock(person, asked, Given(task=QUESTION, answer="maybe"), score(asked.clip.facts, STOP, None))


def test_others_are_counted_once_and_without_names(desk):
    me, expert = desk.enrol(consents=True), desk.enrol(consents=True, is_expert=True)
    other = desk.enrol("Erika", consents=True)
    sit(desk, expert, [STOP])
    sit(desk, other, [GO_ON])
    clip_id = desk.next(me, asked_now=[]).clip.id
    assert desk.others(clip_id, me) == {"experts": {STOP: 1}, "colleagues": {GO_ON: 1}}


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


def test_a_flagged_case_comes_last(desk):
    first = desk.clips()[0]
    desk.flag(first.id)
    assert desk.clips()[-1].id == first.id


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
