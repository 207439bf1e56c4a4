"""The levels of a session beside each other, also one without pictures and one whose log is gone."""

from __future__ import annotations

from pathlib import Path

from assistant.cli import main
from assistant.library.session_table import session_table
from assistant.library.store import Library
from assistant.reports.day_facts import DAY_NOT_KNOWN
from assistant.system.places import data_home
from tests.recorded_levels import FIRST, two_levels


def test_a_line_for_each_level_and_one_for_all(tmp_path: Path) -> None:
    recording = two_levels(data_home() / "live" / "2026-11-30", recorded=FIRST)
    assert main(["import", str(recording), "--stay", "--no-analysis"]) == 0
    with Library() as library:
        run = library.rows("runs")[0]
    first, second, every = session_table(run["session_id"], run["case_id"])
    assert (first.level, first.cement, first.pushes, first.leaks_found) == (
        "L1",
        "0.6 ml",
        "1",
        "not analysed (waiting)",
    )
    assert (second.level, second.cement, second.leaks_found) == ("L2", "0.4 ml", "no pictures")
    assert (every.cement, every.pushes, every.xray) == ("1.0 ml", "2", "00:03 in 2 exposures")
    assert (every.raised, every.answered) == ("3 alarms: 2 HIGH · 1 MEDIUM", "2 of 3")
    recording.rename(recording.with_name("gone"))
    lines = session_table(run["session_id"], run["case_id"])
    assert [line.cement for line in lines] == [DAY_NOT_KNOWN] * 3  # never a sum of what is known alone


def test_a_run_of_no_session_has_none() -> None:
    assert session_table("", "K-00001") == session_table("N-00000001", "K-00001") == ()
