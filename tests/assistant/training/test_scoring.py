"""Scores: late or early in s and mm, traps, labels, and the grade for the scheduler."""

import pytest

from assistant.settings.tree import AlarmSettings
from assistant.training.clip import CANNOT_TELL, GO_ON, STOP, cut
from assistant.training.run_outcome import STAYS, read_run_outcome
from assistant.training.scoring import AnswerVerdict, rating, score, score_label, score_watching
from tests.small_ending import write_ending


@pytest.fixture
def facts(tmp_path):
    return cut(read_run_outcome(write_ending(tmp_path, crosses_at=30)), AlarmSettings(), difficulty=1)


def test_stopped_in_time(facts):
    found = score(facts, STOP, "posterior")
    assert (found.is_right, found.direction_right, found.verdict) == (True, True, AnswerVerdict.IN_TIME)
    assert found.early_s == pytest.approx(0.8, abs=0.07)
    assert found.early_mm == pytest.approx(4.3, abs=0.4)


def test_went_on_and_it_was_crossed(facts):
    found = score(facts, GO_ON, "anterior")
    assert (found.is_right, found.direction_right, found.verdict) == (False, False, AnswerVerdict.WENT_ON)


def test_cannot_tell_is_honest_and_not_right(facts):
    assert score(facts, CANNOT_TELL, None).verdict is AnswerVerdict.OPEN


def test_stopped_where_nothing_came(tmp_path):
    facts = cut(read_run_outcome(write_ending(tmp_path, crosses_at=None)), AlarmSettings())
    assert score(facts, STOP, STAYS).verdict is AnswerVerdict.EARLY
    assert score(facts, GO_ON, STAYS).is_right


def test_a_trap_is_right_only_when_it_is_seen(tmp_path):
    facts = cut(read_run_outcome(write_ending(tmp_path, crosses_at=44, held_from=20)), AlarmSettings())
    assert score(facts, CANNOT_TELL, None).verdict is AnswerVerdict.TRAP_SEEN
    assert not score(facts, STOP, "posterior").is_right


@pytest.mark.parametrize(
    ("pressed", "verdict", "early_s"),
    [
        (20, AnswerVerdict.IN_TIME, 10 / 15),
        (35, AnswerVerdict.AFTER_LINE, -5 / 15),
        (None, AnswerVerdict.WENT_ON, None),
    ],
)
def test_watching(tmp_path, pressed, verdict, early_s):
    run_outcome = read_run_outcome(write_ending(tmp_path, crosses_at=30))
    found = score_watching(cut(run_outcome, AlarmSettings(), difficulty=1), run_outcome, pressed)
    assert found.verdict is verdict
    assert found.early_s == (None if early_s is None else pytest.approx(early_s, abs=0.001))


def test_watching_where_nothing_comes(tmp_path):
    run_outcome = read_run_outcome(write_ending(tmp_path, crosses_at=None))
    assert score_watching(cut(run_outcome, AlarmSettings()), run_outcome, None).is_right
    assert score_watching(cut(run_outcome, AlarmSettings()), run_outcome, 20).verdict is AnswerVerdict.EARLY


def test_labels(tmp_path):
    facts = cut(
        read_run_outcome(write_ending(tmp_path, crosses_at=30, leak="superior_disc")), AlarmSettings(), difficulty=1
    )
    assert score_label(facts, True, "spike").is_right
    assert not score_label(facts, True, "round").is_right
    assert score_label(facts, False, "superior disc").is_right
    assert not score_label(facts, False, "posterior").is_right


def test_grades_for_the_scheduler(facts):
    right, wrong = score(facts, STOP, "posterior"), score(facts, GO_ON, "posterior")
    assert rating(wrong, 99) == 1
    assert rating(score(facts, STOP, "anterior"), 99) == 2
    assert [rating(right, sure) for sure in (50, 70, None, 90)] == [2, 3, 3, 4]
