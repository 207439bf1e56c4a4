"""Figures of a person follow from the answers; what cannot be said is unknown."""

import pytest

from assistant.training.agreement import Agreement
from assistant.training.clip import GO_ON, STOP
from assistant.training.figures import progress
from assistant.vocabulary import Unknown


def test_figures_of_a_person(trainer, sit):
    me = trainer.enrol(consents=True)
    expert = trainer.enrol(consents=True, is_expert=True)
    right = [GO_ON, STOP] * 2 + [GO_ON]
    sit(trainer, expert, right)
    sit(trainer, me, [GO_ON, STOP, STOP, STOP, GO_ON])
    known = progress(trainer, me)
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


def test_a_person_who_has_answered_nothing_has_unknown_figures(trainer):
    known = progress(trainer, trainer.enrol(consents=True))
    assert isinstance(known.stopped_in_time.percent, Unknown)
    assert isinstance(known.with_truth, Unknown)
    assert isinstance(known.brier, Unknown)
