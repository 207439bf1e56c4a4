"""Cutting and scoring: the clip stops before the outcome, and late or early is told in s and mm."""

import json

import pytest

from assistant.errors import InputError, UsageError
from assistant.training.clip import CANNOT_TELL, GO_ON, STOP, cut
from assistant.training.ending import STAYS, read_ending
from assistant.training.explain import gave_away, near_since_s
from assistant.training.known_moment import KnownMoments
from assistant.training.scoring import Verdict, rating, score, score_label, score_watching
from assistant.vocabulary import FrameState, Motion
from tests.small_ending import write_ending


@pytest.mark.parametrize(("difficulty", "stop"), [(1, 28), (2, 22)])
def test_a_clip_stops_before_the_line_is_crossed(tmp_path, difficulty, stop):
    ending = read_ending(write_ending(tmp_path, crosses_at=40))
    facts = cut(ending, difficulty=difficulty)
    assert facts.stop_frame == pytest.approx(stop, abs=1)
    assert facts.stop_frame < facts.event_frame == 40
    assert (facts.right, facts.direction, facts.level) == (STOP, "posterior", "L1")
    assert facts.distance_mm == pytest.approx((40 - facts.stop_frame) / 3, abs=0.01)


def test_nothing_reached_means_go_on(tmp_path):
    facts = cut(read_ending(write_ending(tmp_path, crosses_at=None)))
    assert (facts.right, facts.direction, facts.event_frame) == (GO_ON, STAYS, None)


def test_a_held_image_cannot_be_judged(tmp_path):
    facts = cut(read_ending(write_ending(tmp_path, crosses_at=44, held_from=20)))
    assert (facts.right, facts.trap) == (CANNOT_TELL, "held image")
    assert facts.stop_frame > 20


def test_a_run_that_reaches_the_line_at_once_has_no_clip(tmp_path):
    with pytest.raises(UsageError, match="too little before"):
        cut(read_ending(write_ending(tmp_path, crosses_at=3)))


def test_a_run_nobody_analysed_has_no_ending(tmp_path):
    with pytest.raises(InputError, match="was not analysed"):
        read_ending(tmp_path)


def test_a_broken_truth_is_told(tmp_path):
    run = write_ending(tmp_path)
    (run / "truth" / "truth.json").write_text("{")
    with pytest.raises(InputError, match="cannot be read"):
        read_ending(run)


def test_an_analysed_run_has_an_ending(tmp_path):
    folder = tmp_path / "result"
    folder.mkdir()
    (folder / "measurements.csv").write_text(
        "frame,t_s,state,view,dx_px,dy_px,rotation_deg,scale,cement_area_mm2,warning_line_mm\n"
        "0,0.0,live,lateral,,,,,0,\n1,0.1,live,lateral,0,0,0,1,12.5,2.5\n"
    )
    event = {"kind": "warning_line", "site": "posterior", "first_frame": 1}
    leak = {"site": "superior_disc", "first_frame": 1, "shape": {"label": "round"}}
    (folder / "result.json").write_text(json.dumps({"events": [event], "leaks": [leak]}))
    ending = read_ending(tmp_path / "run", folder / "result.json")
    assert not ending.is_truth
    assert [one.direction for one in ending.reached] == ["posterior", "superior disc"]
    assert ending.distance_mm("posterior", 1) == 2.5
    assert ending.distance_mm("posterior", 0) is None


@pytest.fixture
def facts(tmp_path):
    return cut(read_ending(write_ending(tmp_path, crosses_at=30)), difficulty=1)


def test_stopped_in_time(facts):
    found = score(facts, STOP, "posterior")
    assert (found.is_right, found.direction_right, found.verdict) == (True, True, Verdict.IN_TIME)
    assert found.early_s == pytest.approx(0.8, abs=0.07)
    assert found.early_mm == pytest.approx(4.3, abs=0.4)


def test_went_on_and_it_was_crossed(facts):
    found = score(facts, GO_ON, "anterior")
    assert (found.is_right, found.direction_right, found.verdict) == (False, False, Verdict.WENT_ON)


def test_cannot_tell_is_honest_and_not_right(facts):
    assert score(facts, CANNOT_TELL, None).verdict is Verdict.OPEN


def test_stopped_where_nothing_came(tmp_path):
    facts = cut(read_ending(write_ending(tmp_path, crosses_at=None)))
    assert score(facts, STOP, STAYS).verdict is Verdict.EARLY
    assert score(facts, GO_ON, STAYS).is_right


def test_a_trap_is_right_only_when_it_is_seen(tmp_path):
    facts = cut(read_ending(write_ending(tmp_path, crosses_at=44, held_from=20)))
    assert score(facts, CANNOT_TELL, None).verdict is Verdict.TRAP_SEEN
    assert not score(facts, STOP, "posterior").is_right


@pytest.mark.parametrize(
    ("pressed", "verdict", "early_s"),
    [(20, Verdict.IN_TIME, 10 / 15), (35, Verdict.AFTER_LINE, -5 / 15), (None, Verdict.WENT_ON, None)],
)
def test_watching(tmp_path, pressed, verdict, early_s):
    ending = read_ending(write_ending(tmp_path, crosses_at=30))
    found = score_watching(cut(ending, difficulty=1), ending, pressed)
    assert found.verdict is verdict
    assert found.early_s == (None if early_s is None else pytest.approx(early_s, abs=0.001))


def test_watching_where_nothing_comes(tmp_path):
    ending = read_ending(write_ending(tmp_path, crosses_at=None))
    assert score_watching(cut(ending), ending, None).is_right
    assert score_watching(cut(ending), ending, 20).verdict is Verdict.EARLY


def test_labels(tmp_path):
    facts = cut(read_ending(write_ending(tmp_path, crosses_at=30, leak="superior_disc")), difficulty=1)
    assert score_label(facts, True, "spike").is_right
    assert not score_label(facts, True, "round").is_right
    assert score_label(facts, False, "superior disc").is_right
    assert not score_label(facts, False, "posterior").is_right


def test_grades_for_the_scheduler(facts):
    right, wrong = score(facts, STOP, "posterior"), score(facts, GO_ON, "posterior")
    assert rating(wrong, 99) == 1
    assert rating(score(facts, STOP, "anterior"), 99) == 2
    assert [rating(right, sure) for sure in (50, 70, None, 90)] == [2, 3, 3, 4]


def test_what_gave_it_away(tmp_path):
    ending = read_ending(write_ending(tmp_path, crosses_at=30))
    told = gave_away(ending, cut(ending, difficulty=1))
    assert "≈ 6 mm towards the warning line" in told
    assert "1 s later the warning line was crossed" in told
    assert near_since_s(ending) == pytest.approx(0.6, abs=0.01)


def test_a_known_moment_carries_lines_for_the_overlay(tmp_path):
    ending = read_ending(write_ending(tmp_path, crosses_at=30))
    moment = KnownMoments(ending).at(25)
    assert isinstance(moment.motion, Motion)
    assert moment.liveness.state is FrameState.LIVE
    assert moment.distances.warning_line_mm == pytest.approx(5 / 3, abs=0.001)
