"""What became of a run: from truth or analysis, or told that nobody knows."""

import json

import pytest

from assistant.errors import InputError
from assistant.training.ending import read_ending
from tests.small_ending import write_ending


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
    (folder / "result.json").write_text(json.dumps({"complete": True, "events": [event], "leaks": [leak]}))
    ending = read_ending(tmp_path / "run", folder / "result.json")
    assert not ending.is_truth
    assert [one.direction for one in ending.reached] == ["posterior", "superior disc"]
    assert ending.distance_mm("posterior", 1) == 2.5
    assert ending.distance_mm("posterior", 0) is None


def test_a_run_that_was_not_looked_at_to_its_end_has_no_ending(tmp_path):
    folder = tmp_path / "result"
    folder.mkdir()
    (folder / "result.json").write_text(json.dumps({"complete": False, "events": [], "leaks": []}))
    with pytest.raises(InputError, match="not looked at to its end"):
        read_ending(tmp_path / "run", folder / "result.json")
