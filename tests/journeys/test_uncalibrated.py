"""A run without a scale, the whole way: set-up, session, result, review, exports, pack, another library, training.

Inside, an assumed depth goes on. Outside there is no figure in mm anywhere, and "uncal." stands beside each share.
"""

from __future__ import annotations

import csv
import json
import re
from pathlib import Path
from typing import Any

import pytest

from assistant import lengths
from assistant.cli import main
from assistant.plan import read_plan
from assistant.summary import summary_table
from tests.small_run import SmallRun, plan_document, write_small_run

SHARES = ("posterior_wall_share", "warning_line_share", "superior_endplate_share", "inferior_endplate_share")
_ADVICE = re.compile(r"2\N{EN DASH}3 mm")
"""How far the cannula is drawn back is said of the hand, not measured in the picture."""
_FIGURE_IN_MM = re.compile(r"\d[\d.,]*\s*(mm|mm²)(?![\w/])")


def figures_in_mm(text: str) -> list[str]:
    """Every figure in mm or mm² of a text, but for what is assumed and said to be so."""
    left = re.sub(r"[\d.]+ mm of (depth|width) (are )?assumed", "", _ADVICE.sub("", text))
    return [found.group() for found in _FIGURE_IN_MM.finditer(left)]


def uncalibrated(run: SmallRun, **changes: Any) -> SmallRun:
    """The run with a plan in which no scale was set."""
    run.save_plan(plan_document(calibrated=False, scale_by="assumed depth", **changes))
    return run


def table(path: Path) -> list[dict[str, str]]:
    """The rows of a table."""
    with path.open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


@pytest.mark.parametrize("view", ["lateral", "ap"])
def test_by_command_there_is_no_figure_in_mm_and_the_shares_stand(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], view: str
) -> None:
    with_scale = write_small_run(tmp_path / "with")
    with_scale.save_plan(plan_document(view=view))
    without = uncalibrated(write_small_run(tmp_path / "without"), view=view)
    assert main(with_scale.arguments()) == main(without.arguments()) == 0
    for run in (with_scale, without):
        assert main(["validate", str(run.out)]) == main(["validate", str(run.plan)]) == 0
    told = capsys.readouterr().out
    assert "uncal." in told
    known, shares = table(with_scale.out / "measurements.csv"), table(without.out / "measurements.csv")
    measured = [(one, other) for one, other in zip(known, shares, strict=True) if one["superior_endplate_mm"]]
    assert measured
    for one, other in measured:
        in_mm = [name for name in other if name.endswith(("_mm", "_mm2", "_mm_per_s"))]
        assert not any(other[name] for name in in_mm), other
        # What is told as a share is the same thing, and stands in every run.
        wanted = SHARES if view == "lateral" else SHARES[2:]
        assert all(one[name] == other[name] for name in wanted)
        assert any(one[name] for name in wanted)
        assert (one["alarm"], one["time_to_line_s"]) == (other["alarm"], other["time_to_line_s"])
    plan = read_plan(with_scale.plan, 0.25).views[0]
    row = measured[-1][0]
    height = float(row["superior_endplate_mm"]) / lengths.height_mm(plan)
    assert float(row["superior_endplate_share"]) == pytest.approx(height, abs=1e-4)
    result, scaled = (json.loads((run.out / "result.json").read_text()) for run in (without, with_scale))
    assert [event["kind"] for event in result["events"]] == [event["kind"] for event in scaled["events"]]
    assert result["leaks"]
    assert all(leak["area_mm2"] is leak["length_mm"] is leak["width_mm"] is None for leak in result["leaks"])
    assert all(leak["area_share"] > 0 and leak["length_share"] > 0 for leak in result["leaks"])
    assert [name for name, value in result["final"].items() if name.endswith(("mm", "mm2")) and value is not None] == []
    assert any("assumed" in note for note in result["run"]["notes"])
    assert result["plan"]["views"][0]["calibrated"] is False
    words = summary_table(result)
    assert "uncal." in words
    assert figures_in_mm(words) == []
    assert figures_in_mm(" ".join(event["text"] for event in result["events"])) == []


def test_what_says_two_things_of_its_scale_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run = write_small_run(tmp_path)
    ruler = {"from": [10.0, 10.0], "to": [20.0, 10.0], "mm": 4.0, "what": "cannula 8G"}
    for changes in ({"calibrated": "no"}, {"calibrated": False, "ruler": ruler, "mm_per_px": None}):
        document = plan_document(**changes)
        document["views"][0] = {key: value for key, value in document["views"][0].items() if value is not None}
        run.save_plan(document)
        assert main(run.arguments()) == main(["validate", str(run.plan)]) == 2
        assert "calibrated" in capsys.readouterr().err
    with_ruler = plan_document(ruler=ruler)
    del with_ruler["views"][0]["mm_per_px"]
    run.save_plan(with_ruler)
    assert read_plan(run.plan, 0.25).views[0].calibrated


def test_a_result_with_figures_in_mm_of_such_a_view_is_not_whole(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run = uncalibrated(write_small_run(tmp_path))
    assert main(run.arguments()) == 0
    path = run.out / "measurements.csv"
    lines = path.read_text().splitlines()
    at = lines[0].split(",").index("warning_line_mm")
    cells = lines[-1].split(",")
    cells[at] = "3.1"
    path.write_text("\n".join([*lines[:-1], ",".join(cells)]) + "\n")
    capsys.readouterr()
    assert main(["validate", str(run.out)]) == 2
    assert "not calibrated" in "".join(capsys.readouterr())
