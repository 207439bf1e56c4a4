import csv
from dataclasses import replace
from pathlib import Path

import pytest

from assistant.analysis import start_pipeline
from assistant.capture.opening import open_source
from assistant.errors import EnvironmentError_
from assistant.identity import Identity
from assistant.lines import Line
from assistant.plan import read_plan
from assistant.readings.moments import Moment, MomentStore
from assistant.reports import tables
from assistant.reports.facts import EventLine, ReportFacts, ReviewerLine
from assistant.settings.tree import Settings
from assistant.vocabulary import Unknown
from tests.small_run import write_small_run

IDENTITY = Identity(case_id="K-7F3QD", level="L1", run_id="B-7F3QK2MA")


@pytest.fixture
def moments(tmp_path: Path) -> list[Moment]:
    run = write_small_run(tmp_path, 30)
    source = open_source(str(run.folder))
    pipeline, store = start_pipeline(source, read_plan(run.plan, 0.25), Settings()), MomentStore()
    for frame in source.frames():
        store.add(pipeline.process(frame))
    source.close()
    return store.between(0, 29)


def test_each_frame_has_a_row_and_unknown_is_empty_with_its_reason(moments: list[Moment]) -> None:
    lost = replace(moments[-1], distances=Unknown("=lost"), motion=Unknown("=lost"))
    rows = list(tables.frames_table([*moments, lost], (), IDENTITY))
    assert rows[0] == list(tables.COLUMNS)
    assert len(rows) == 32
    cells = dict(zip(rows[0], rows[30], strict=True))
    assert (cells["case"], cells["level"], cells["run"]) == ("K-7F3QD", "L1", "B-7F3QK2MA")
    assert float(cells["warning_line_mm"]) == pytest.approx(moments[-1].distances.mm[Line.WARNING_LINE], abs=1e-3)
    gone = dict(zip(rows[0], rows[31], strict=True))
    assert gone["warning_line_mm"] == gone["cement_area_mm2"] == ""
    assert gone["reason"] == "'=lost"


def test_lists_are_one_table(tmp_path: Path) -> None:
    event = EventLine(t_s=1.0, frame=15, priority="high", text="CEMENT", until_s=None)
    facts = ReportFacts(
        identity=IDENTITY,
        origin="",
        head=(),
        final=(("Wedge angle", "≈ 3.0 °"),),
        events=(event,),
        leaks=(("1", "posterior", "00:01.00", "≈ 3 mm", "Yeom C", "—"),),
        reviewer=(ReviewerLine(t_s=1.0, what="note", typed="late", author="anna", day="2026-11-12"),),
        notes=("=note",),
        trouble="",
    )
    tables.write_csv(tmp_path / "x" / "t.csv", tables.lists_table(facts))
    with (tmp_path / "x" / "t.csv").open(newline="", encoding="utf-8") as file:
        rows = list(csv.reader(file))
    assert [row[0] for row in rows] == ["part", *["identity"] * 4, "event", "leak", "reviewer", "note", "final"]
    assert [row[3:] for row in rows[1:5]] == [
        ["case", "K-7F3QD"],
        ["level", "L1"],
        ["run", "B-7F3QK2MA"],
        ["recorded", "date not known"],
    ]
    assert rows[5][4] == "stands"
    assert rows[7][3] == "00:01.00 note: late — anna, 2026-11-12"
    assert rows[8][3] == "'=note"


def test_a_place_that_cannot_be_written_is_told_and_nothing_is_left(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(EnvironmentError_, match="cannot be written"):
        tables.write_csv(tmp_path / "file" / "t.csv", [["a"]])
    assert not (tmp_path / "t.csv").exists()
    (tmp_path / "folder").mkdir()
    with pytest.raises(EnvironmentError_), tables.export_file(tmp_path / "folder") as part:
        part.write_bytes(b"x")
    assert sorted(p.name for p in tmp_path.iterdir()) == ["file", "folder"]


def test_what_is_told_on_the_way_may_end_it_and_nothing_is_left(tmp_path: Path) -> None:
    told: list[int] = []

    def stop_at_second(done: int) -> None:
        told.append(done)
        if len(told) == 2:
            raise RuntimeError("stopped")

    (tmp_path / "t.csv").write_text("before")
    with pytest.raises(RuntimeError, match="stopped"):
        tables.write_csv(tmp_path / "t.csv", [["a"]] * 2000, stop_at_second)
    assert told[0] < told[1] < 2000
    assert [path.name for path in tmp_path.iterdir()] == ["t.csv"]
    assert (tmp_path / "t.csv").read_text() == "before"
    tables.write_csv(tmp_path / "t.csv", [["a"]] * 2000)
    assert (tmp_path / "t.csv").read_text() == "a\n" * 2000
