"""Which case comes next, what is kept, and the figures that follow from it."""

import pytest

from assistant.errors import UsageError
from assistant.training.clip import GO_ON, STOP
from assistant.training.figures import progress
from assistant.training.scoring import score
from assistant.training.trainer import QUESTION, REPEAT_EVERY, Given

DAY_NS = 86_400 * 10**9


def test_easy_cases_first_and_every_sixth_is_a_hidden_repeat(desk, sit):
    person = desk.enrol(consents=True)
    asked = sit(desk, person, [STOP] * 12)
    assert [one.clip.name for one in asked[:5]] == ["000", "001", "002", "003", "004"]
    assert [at for at, one in enumerate(asked, 1) if one.is_repeat] == [REPEAT_EVERY, 2 * REPEAT_EVERY]
    assert asked[5].clip.name in ("000",)


def test_misses_come_back_first_when_they_are_due(desk, clock, sit):
    person = desk.enrol(consents=True)
    sit(desk, person, [GO_ON] * 4, sure=99)  # 000 and 002 right and sure, 001 and 003 missed
    clock.now_ns += 2 * DAY_NS
    first = desk.next(person, asked_now=[])
    assert first.is_due
    assert first.clip.name == "001"
    assert desk.next(person, asked_now=[first.clip.id]).clip.name == "003"
    due = {desk.clip(card["clip_id"]).name: card["due_ns"] for card in desk.library.rows("cards")}
    assert due["000"] > due["001"]


def test_without_consent_nothing_is_kept(desk, sit):
    person = desk.enrol(consents=False)
    (asked,) = sit(desk, person, [STOP])
    assert desk.answers() == []
    assert desk.library.rows("cards") == []
    assert asked.clip.name == "000"


def test_consent_can_be_taken_back(desk, sit):
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


def test_others_are_counted_once_and_without_names(desk, sit):
    me, expert = desk.enrol(consents=True), desk.enrol(consents=True, is_expert=True)
    other = desk.enrol("Erika", consents=True)
    sit(desk, expert, [STOP])
    sit(desk, other, [GO_ON])
    clip_id = desk.next(me, asked_now=[]).clip.id
    assert desk.others(clip_id, me) == {"experts": {STOP: 1}, "colleagues": {GO_ON: 1}}


def test_a_flagged_case_comes_last(desk):
    first = desk.clips()[0]
    desk.flag(first.id)
    assert desk.clips()[-1].id == first.id
