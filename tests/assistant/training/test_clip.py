"""Cutting and scoring: the clip stops before the outcome, and late or early is told in s and mm."""

import pytest

from assistant.errors import UsageError
from assistant.settings.tree import AlarmSettings
from assistant.training.clip import CANNOT_TELL, GO_ON, STOP, cut
from assistant.training.run_outcome import STAYS, read_run_outcome
from tests.small_ending import write_ending


@pytest.mark.parametrize(("difficulty", "stop"), [(1, 28), (2, 22)])
def test_a_clip_stops_before_the_line_is_crossed(tmp_path, difficulty, stop):
    run_outcome = read_run_outcome(write_ending(tmp_path, crosses_at=40))
    facts = cut(run_outcome, AlarmSettings(), difficulty=difficulty)
    assert facts.stop_frame == pytest.approx(stop, abs=1)
    assert facts.stop_frame < facts.event_frame == 40
    assert (facts.right, facts.direction, facts.level) == (STOP, "posterior", "L1")
    assert facts.distance_mm == pytest.approx((40 - facts.stop_frame) / 3, abs=0.01)


def test_nothing_reached_means_go_on(tmp_path):
    facts = cut(read_run_outcome(write_ending(tmp_path, crosses_at=None)), AlarmSettings())
    assert (facts.right, facts.direction, facts.event_frame) == (GO_ON, STAYS, None)


def test_a_held_image_cannot_be_judged(tmp_path):
    facts = cut(read_run_outcome(write_ending(tmp_path, crosses_at=44, held_from=20)), AlarmSettings())
    assert (facts.right, facts.trap) == (CANNOT_TELL, "held image")
    assert facts.stop_frame > 20


def test_a_run_that_reaches_the_line_at_once_has_no_clip(tmp_path):
    with pytest.raises(UsageError, match="too little before"):
        cut(read_run_outcome(write_ending(tmp_path, crosses_at=3)), AlarmSettings())


@pytest.fixture
def facts(tmp_path):
    return cut(read_run_outcome(write_ending(tmp_path, crosses_at=30)), AlarmSettings(), difficulty=1)
