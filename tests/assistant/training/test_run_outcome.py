"""What became of a run: from truth or analysis, or told that nobody knows."""

import json
import tracemalloc

import pytest

from assistant.errors import InputError
from assistant.training.run_outcome import read_run_outcome
from tests.small_ending import write_ending


def test_a_run_nobody_analysed_has_no_ending(tmp_path):
    with pytest.raises(InputError, match="was not analysed"):
        read_run_outcome(tmp_path)


def test_a_broken_truth_is_told(tmp_path):
    run = write_ending(tmp_path)
    (run / "truth" / "truth.json").write_text("{")
    with pytest.raises(InputError, match="cannot be read"):
        read_run_outcome(run)


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
    run_outcome = read_run_outcome(tmp_path / "run", folder / "result.json")
    assert not run_outcome.is_truth
    assert [one.direction for one in run_outcome.reached] == ["posterior", "superior disc"]
    assert run_outcome.distance_mm("posterior", 1) == 2.5
    assert run_outcome.distance_mm("posterior", 0) is None


def test_a_run_that_was_not_looked_at_to_its_end_has_no_ending(tmp_path):
    folder = tmp_path / "result"
    folder.mkdir()
    (folder / "result.json").write_text(json.dumps({"complete": False, "events": [], "leaks": []}))
    with pytest.raises(InputError, match="not looked at to its end"):
        read_run_outcome(tmp_path / "run", folder / "result.json")


def analysed(folder, first_row, first_frame, rows=2):
    """A result whose table begins with a number; gives its document's path."""
    folder.mkdir()
    lines = [f"{first_row + k},{9.0 + k / 10},live,lateral,,,,,12.5,{5 - k}\n" for k in range(rows)]
    head = "frame,t_s,state,view,dx_px,dy_px,rotation_deg,scale,cement_area_mm2,warning_line_mm\n"
    (folder / "measurements.csv").write_text(head + "".join(lines))
    event = {"kind": "warning_line", "site": "posterior", "first_frame": first_row + 1}
    document = {"complete": True, "events": [event], "leaks": [], "run": {"first_frame": first_frame}}
    (folder / "result.json").write_text(json.dumps(document))
    return folder / "result.json"


def test_of_a_part_late_in_its_recording_no_more_is_held_than_its_rows(tmp_path):
    result = analysed(tmp_path / "result", 4_000_000, 4_000_000)
    tracemalloc.start()
    run_outcome = read_run_outcome(tmp_path / "run", result)
    most_bytes = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert most_bytes < 4_000_000
    assert (run_outcome.first_frame, run_outcome.frames, run_outcome.begins_s) == (4_000_000, 4_000_002, 9.0)
    assert [run_outcome.distance_mm("posterior", frame) for frame in (0, 3_999_999, 4_000_001, 4_000_002)] == [
        *(None, None, 4.0, None)
    ]
    assert (
        run_outcome.frame_at(0.0),
        run_outcome.frame_at(9.05),
        run_outcome.frame_from(9.05),
        run_outcome.frame_from(99.0),
    ) == (*(4_000_000, 4_000_000, 4_000_001, 4_000_001),)
    assert (run_outcome.reached[0].frame, run_outcome.reached[0].t_s) == (4_000_001, 9.1)


@pytest.mark.parametrize(("first_row", "first_frame"), [(20_000_000, 0), (20_000_000, 20_000_000), (3, 0), (-1, -1)])
def test_a_table_that_begins_where_its_result_does_not_is_refused(tmp_path, first_row, first_frame):
    result = analysed(tmp_path / "result", first_row, first_frame, rows=1)
    with pytest.raises(InputError, match="cannot be read"):
        read_run_outcome(tmp_path / "run", result)
