"""The what-if table: earlier, later, added, never; no cell that a spreadsheet would run."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from assistant.errors import EnvironmentError_
from assistant.identity import Identity
from assistant.reports import whatif_table
from assistant.review import whatif
from assistant.review.whatif import BASE, RunAndPlan, Variant, VariantResult, WhatIfJob


def row(name: str, variant: str, first_s: float | None, failure: str = "") -> VariantResult:
    events = (
        []
        if first_s is None
        else [whatif.Warning_(kind="warning_line", site="posterior", priority="high", frame=1, t_s=first_s)]
    )
    return VariantResult(
        run=name, plan="p", variant=variant, frames=10, events=events, nearest_mm=1.25, leaks=[], failure=failure
    )


def who(pair: RunAndPlan) -> Identity:
    return Identity(case_id="K-7F3QD", level=pair.run, run_id="B-7F3QK2MA")


def test_the_table_says_how_much_earlier_or_later(tmp_path: Path) -> None:
    job = WhatIfJob(
        runs=[RunAndPlan(run=name, plan="p") for name in ("=cmd", "x", "y")],
        variants=[Variant(name=BASE), Variant(name="other")],
        settings={},
    )
    rows = [
        row("=cmd", BASE, 10.0),
        row("=cmd", "other", 8.5),
        row("x", BASE, None),
        row("x", "other", 3.0),
        row("y", BASE, 2.0),
        row("y", "other", None, "-broken"),
    ]
    made = whatif_table.table(job, rows, who)
    assert [line[6] for line in made] == ["", "-1.50", "", "added", "", "never"]
    whatif_table.write_table(tmp_path / "t.csv", job, rows, who)
    with (tmp_path / "t.csv").open(newline="") as file:
        read = list(csv.reader(file))
    assert read[0] == list(whatif_table.COLUMNS)
    assert read[1][:4] == ["K-7F3QD", "'=cmd", "B-7F3QK2MA", BASE]
    assert read[6][whatif_table.COLUMNS.index("problem")] == "'-broken"
    assert whatif_table.against(None, None) == "same"


def test_a_place_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    job = WhatIfJob(runs=[], variants=[Variant(name=BASE)], settings={})
    (tmp_path / "file").touch()
    with pytest.raises(EnvironmentError_, match="cannot be written"):
        whatif_table.write_table(tmp_path / "file" / "t.csv", job, [], who)
