"""The child that makes a case of the course: small steps of it, without the minutes of simulating."""

import json

import cv2

from assistant.settings.tree import AlarmSettings
from assistant.training.course_child import look_at, main
from tests.small_ending import write_ending


def test_a_run_is_cut_and_its_thumbnail_gives_nothing_away(tmp_path):
    run = write_ending(tmp_path, crosses_at=40)
    facts = look_at(run, tmp_path / "clip", AlarmSettings(), 3)
    assert facts.stop_frame < facts.event_frame
    assert cv2.imread(str(tmp_path / "clip" / "thumbnail.jpg")).shape == (376, 592, 3)


def test_a_run_that_reaches_the_line_at_once_is_cut_before_it(tmp_path):
    facts = look_at(write_ending(tmp_path, crosses_at=18), tmp_path / "clip", AlarmSettings(), 3)
    assert facts.stop_frame < 18


def test_a_case_that_is_there_is_not_made_again(tmp_path, capsys):
    write_ending(tmp_path / "made", crosses_at=40)
    assert main([json.dumps({"place": 1, "into": str(tmp_path / "made"), "settings": {}})]) == 0
    told = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert json.loads(told["clip"])["right"] == "stop"


def test_what_goes_wrong_is_said(tmp_path, capsys):
    assert main([json.dumps({"place": 0, "run": str(tmp_path), "into": str(tmp_path / "x"), "settings": {}})]) == 3
    assert "analyse it first" in json.loads(capsys.readouterr().out)["error"]


def test_clips_in_which_nothing_is_reached_stop_at_different_places(tmp_path):
    run = write_ending(tmp_path, crosses_at=None)
    stops = {
        look_at(run, tmp_path / "clip", AlarmSettings(), calm_share=share).stop_frame for share in (0.3, 0.5, 0.75)
    }
    assert len(stops) == 3
