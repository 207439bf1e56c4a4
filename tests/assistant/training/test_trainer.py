"""Which case comes next, what is kept, and the figures that follow from it."""

import pytest

from assistant.errors import UsageError
from assistant.training.clip import GO_ON, STOP
from assistant.training.figures import progress
from assistant.training.scoring import score
from assistant.training.trainer import QUESTION, REPEAT_EVERY, Given

DAY_NS = 86_400 * 10**9


def test_easy_cases_first_and_every_sixth_is_a_hidden_repeat(trainer, sit):
    person = trainer.enrol(consents=True)
    asked = sit(trainer, person, [STOP] * 12)
    assert [one.clip.name for one in asked[:5]] == ["000", "001", "002", "003", "004"]
    assert [at for at, one in enumerate(asked, 1) if one.is_repeat] == [REPEAT_EVERY, 2 * REPEAT_EVERY]
    assert asked[5].clip.name in ("000",)


def test_misses_come_back_first_when_they_are_due(trainer, clock, sit):
    person = trainer.enrol(consents=True)
    sit(trainer, person, [GO_ON] * 4, sure=99)  # 000 and 002 right and sure, 001 and 003 missed
    clock.now_ns += 2 * DAY_NS
    first = trainer.next(person, asked_now=[])
    assert first.is_due
    assert first.clip.name == "001"
    assert trainer.next(person, asked_now=[first.clip.id]).clip.name == "003"
    due = {trainer.clip(card["clip_id"]).name: card["due_ns"] for card in trainer.library.rows("cards")}
    assert due["000"] > due["001"]


def test_without_consent_nothing_is_kept(trainer, sit):
    person = trainer.enrol(consents=False)
    (asked,) = sit(trainer, person, [STOP])
    assert trainer.answers() == []
    assert trainer.library.rows("cards") == []
    assert asked.clip.name == "000"


def test_consent_can_be_taken_back(trainer, sit):
    person = trainer.enrol("Erika", consents=True)
    sit(trainer, person, [STOP, GO_ON])
    trainer.withdraw(person)
    assert trainer.answers() == []
    assert not trainer.library.person(person.id).has_consented
    assert progress(trainer, person).answered == 0


def test_other_answers_are_refused(trainer):
    person = trainer.enrol(consents=True)
    asked = trainer.next(person, asked_now=[])
    with pytest.raises(UsageError, match="must be one of"):
        trainer.lock(person, asked, Given(task=QUESTION, answer="maybe"), score(asked.clip.facts, STOP, None))


def test_others_are_counted_once_and_without_names(trainer, sit):
    me, expert = trainer.enrol(consents=True), trainer.enrol(consents=True, is_expert=True)
    other = trainer.enrol("Erika", consents=True)
    sit(trainer, expert, [STOP])
    sit(trainer, other, [GO_ON])
    clip_id = trainer.next(me, asked_now=[]).clip.id
    assert trainer.others(clip_id, me) == {"experts": {STOP: 1}, "colleagues": {GO_ON: 1}}


def test_a_flagged_case_comes_last(trainer):
    first = trainer.clips()[0]
    trainer.flag(first.id)
    assert trainer.clips()[-1].id == first.id
