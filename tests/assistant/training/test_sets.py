"""Sets by rule and by hand."""

import pytest

from assistant.errors import UsageError
from assistant.training.sets import SetRule, clip_ids, make_set


def test_sets_by_rule_take_later_cases_too(trainer, clip):
    set_id = make_set(trainer.library, "stops", rule=SetRule(levels=("L1",)))
    assert len(clip_ids(trainer.library, set_id)) == 5
    trainer.add_clip(clip(11), 11)
    assert len(clip_ids(trainer.library, set_id)) == 6
    traps = make_set(trainer.library, "traps", rule=SetRule(traps=True))
    assert clip_ids(trainer.library, traps) == set()


def test_sets_by_hand(trainer):
    two = tuple(one.id for one in trainer.clips()[:2])
    set_id = make_set(trainer.library, "two", clips=two)
    person = trainer.enrol(consents=True)
    assert trainer.next(person, asked_now=[two[0]], set_id=set_id).clip.id == two[1]


@pytest.mark.parametrize(("name", "rule"), [("", SetRule()), ("x", SetRule(directions=("up",))), ("x", None)])
def test_sets_that_cannot_be(trainer, name, rule):
    with pytest.raises(UsageError):
        make_set(trainer.library, name, rule=rule)
