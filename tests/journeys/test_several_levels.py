"""A session of several levels: each has its own lines, figures, millilitres and alarms, on every page and elsewhere."""

from __future__ import annotations

import csv
import json
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from assistant.analysis import analyze
from assistant.capture.opening import open_source
from assistant.cli import main
from assistant.library.identities import identify
from assistant.library.jobs import Jobs
from assistant.library.search import search
from assistant.library.sessions import bring_in_sessions
from assistant.library.store import Library
from assistant.model_packs.starting import recorded_shape_model
from assistant.plan import plan_from_document
from assistant.review.session_reading import read_session_day
from assistant.settings.tree import Settings
from assistant.system.places import data_home
from tests.journeys.person import K, Person
from tests.journeys.whole_day import choose, in_the_library, text_of
from tests.recorded_levels import FIRST, SECOND, moved, two_levels
from tests.small_run import plan_document

RANGES = {"L1": (0, FIRST), "L2": (FIRST, SECOND)}
"""First frame and frames of each level."""


def brought_in() -> list[dict[str, Any]]:
    """Every recorded session is in the library, as the program does it by itself, and analysed; its runs."""
    with Library() as library:
        jobs = Jobs(library, Settings())
        (job,) = bring_in_sessions(jobs, set())
        while not job.is_over or jobs.current is not None or jobs.waiting:
            jobs.poll()
            time.sleep(0.02)
        assert job.error == ""
        return library.rows("runs")


class Some:
    """Some frames of a recording, as they are: what `analyze` is given to compare with.

    ``packed``: their times since the first as a packed video keeps them, to the millisecond.
    """

    def __init__(self, folder: Path, first: int, count: int, *, packed: bool = False) -> None:
        self._source, self._first, self._count, self._packed = open_source(str(folder)), first, count, packed
        self.facts, self.frame_at, self.close = self._source.facts, self._source.frame_at, self._source.close

    def frames(self) -> Any:
        for frame in self._source.frames():
            if frame.index == self._first:
                begins_s = frame.t_s
            if self._first <= frame.index < self._first + self._count:
                t_s = begins_s + round(frame.t_s - begins_s, 3) if self._packed else frame.t_s
                yield replace(frame, t_s=t_s)


def analysed(
    recording: Path, level: str, times: int, out: Path, *, packed: bool = False
) -> tuple[dict[str, Any], list[dict[str, str]]]:
    """What the analysis says of a level's frames with the level's own plan."""
    reference = {"L1": 2, "L2": FIRST + 1}[level]
    plan = plan_document(level=level, reference_frame=reference, landmarks=moved(times))
    some = Some(recording, *RANGES[level], packed=packed)
    with recorded_shape_model() as shapes:
        analyze(
            some, plan_from_document(plan, Settings().alarms.warning_lines), Settings(), out, masks=False, shapes=shapes
        )
    some.close()
    return told(out)


def told(folder: Path) -> tuple[dict[str, Any], list[dict[str, str]]]:
    """A result: document and rows, without what hangs on the machine."""
    document = json.loads((folder / "result.json").read_text(encoding="utf-8"))
    with (folder / "measurements.csv").open(newline="", encoding="utf-8") as file:
        rows = [{name: cell for name, cell in row.items() if name != "processing_ms"} for row in csv.DictReader(file)]
    events = [event for event in document["events"] if event["kind"] != "slow_processing"]
    return {name: document[name] for name in ("leaks", "final", "complete", "plan")} | {"events": events}, rows


@pytest.mark.timeout(600)
def test_each_level_is_a_run_with_its_own_lines_and_figures_here_and_elsewhere(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    recording = two_levels(data_home() / "live" / "2026-11-30")
    runs = brought_in()
    ids = json.loads((recording / "head.json").read_text())["ids"]
    with Library() as library:
        levels = {row["id"]: row for row in library.rows("levels")}
        (case,) = library.rows("cases")
    assert case["id"] == ids["case"]
    assert [levels[run["level_id"]]["level"] for run in runs] == ["L1", "L2"]
    assert [levels[run["level_id"]]["cement_ml"] for run in runs] == [0.6, 0.4]
    assert runs[0]["id"] == ids["run"] != runs[1]["id"]
    assert {run["session_id"] for run in runs} == {ids["session"]}
    assert [(run["told_high"], run["told_medium"], run["acknowledged"], run["exposures"]) for run in runs] == [
        (1, 1, 1, 1),
        (1, 0, 1, 1),
    ]
    assert sum(run["bytes"] for run in runs) <= sum(p.stat().st_size for p in recording.rglob("*") if p.is_file())
    for times, (run, level) in enumerate(zip(runs, RANGES, strict=True)):
        assert run["state"] == "done", run["why"]
        document, rows = told(Path(run["result"]).parent)
        assert (document, rows) == analysed(recording, level, times, tmp_path / level)
        first, count = RANGES[level]
        assert [int(row["frame"]) for row in rows] == list(range(first, first + count))
        assert any(event["kind"] == "warning_line" for event in document["events"])
        assert main(["validate", str(Path(run["result"]).parent)]) == 0
        assert main(["validate", run["path"]]) == 0
    packed_and_unpacked(recording, runs, tmp_path, monkeypatch)


def packed_and_unpacked(
    recording: Path, here: list[dict[str, Any]], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A pack takes every level and the session's id elsewhere."""
    case_id = here[0]["case_id"]
    days = [read_session_day(Path(run["path"])) for run in here]
    pack = tmp_path / "case.fluopack.zip"
    assert main(["pack", case_id, "--out", str(pack), "--names-looked-for"]) == 0
    monkeypatch.setenv("FLUORO_ASSISTANT_HOME", str(tmp_path / "elsewhere"))
    assert main(["unpack", str(pack)]) == 0
    with Library() as library:
        there = library.rows("runs")
        assert search(library, here[0]["session_id"]).total == 1
        levels = {row["id"]: row for row in library.rows("levels")}
    assert [levels[run["level_id"]]["level"] for run in there] == ["L1", "L2"]
    for name in (
        "id",
        "case_id",
        "session_id",
        "frames",
        "high",
        "told_high",
        "acknowledged",
        "exposures",
        "leak_said",
    ):
        assert [run[name] for run in there] == [run[name] for run in here], name
    for times, (run, was, day, level) in enumerate(zip(there, here, days, RANGES, strict=True)):
        ids = identify(run["path"])
        assert (ids.run_id, ids.case_id, ids.session_id, ids.level) == (was["id"], case_id, was["session_id"], level)
        assert read_session_day(Path(run["path"])) == day
        assert told(Path(run["result"]).parent) == told(Path(was["result"]).parent)
        # Analysed anew there, the same frames with the same numbers come to the same figures.
        out = tmp_path / f"anew_{level}"
        arguments = ["analyze", run["path"], "--plan", f"{run['path']}/plan.json", "--out", str(out), "--defaults"]
        assert main(arguments) == 0
        (document, rows), (was_document, was_rows) = told(out), told(Path(was["result"]).parent)
        assert [row["frame"] for row in rows] == [row["frame"] for row in was_rows]
        # Of a packed video the times are rounded, and a pixel may fall to either side for it; nothing else is another.
        assert told(out) == analysed(recording, level, times, tmp_path / f"rounded_{level}", packed=True)
        # So they are what they were, but for that.
        areas, were = ([float(row["cement_area_mm2"] or 0) for row in each] for each in (rows, was_rows))
        assert areas == pytest.approx(were, rel=0.01, abs=0.5)
        assert [event["kind"] for event in document["events"]] == [event["kind"] for event in was_document["events"]]


@pytest.mark.timeout(600)
def test_case_page_review_and_report_show_each_level_by_itself(qtbot: Any, tmp_path: Path) -> None:
    recording = two_levels(data_home() / "live" / "2026-11-30")
    ids = json.loads((recording / "head.json").read_text())["ids"]
    person = Person(qtbot, "cases")
    in_the_library(person, 1)
    cases, review = choose(person, ids["case"]), person.page("review")
    person.look("levels_case")
    card = {name.text(): value.text() for name, value in cases.card._lines if name.isVisibleTo(cases.card)}
    assert card["Level · technique"].startswith("L1 + L2")
    assert card["Cement"] == "L1 0.6 ml · L2 0.4 ml"
    assert card["Run 1 · L1"] == "told 1 HIGH 1 MEDIUM · found 2 HIGH · posterior · B · minor"
    assert card["Run 2 · L2"] == "told 1 HIGH · found 2 HIGH · posterior · B · minor"
    for number, level in enumerate(RANGES):
        first, count = RANGES[level]
        run = cases.card.run
        document, rows = told(Path(run["result"]).parent)
        person.press(K.Key_Return)
        person.until(lambda: review.session is not None and review.session.ended and review.session.day is not None)
        person.press(K.Key_Space, K.Key_Home)
        session = review.session
        assert (session.playhead.frame, session.last_frame) == (first, first + count - 1)
        assert session.plan.document == document["plan"]
        assert session.result is not None  # the kept result, opened at once
        assert session.made_by == ""
        assert [moment.frame_index for moment in session.moments.between(0, 10_000)] == [int(r["frame"]) for r in rows]
        assert session.day.levels[0].level == level
        titles = [row.title for row in review.events.rows()]
        assert titles.count("Cement in") == (3, 2)[number]
        assert sum(title.startswith("Told ") for title in titles) == (2, 1)[number]
        assert all(first <= row.frame < first + count for row in review.events.rows())
        assert [alarm.first_frame for alarm in review.state.book.alarms()] == [
            event["first_frame"] for event in document["events"]
        ]
        header = review.header.accessibleName()
        assert f"case {ids['case']} · {level}" in header
        assert ids["session"] in header
        person.press(K.Key_End)
        for key in (K.Key_R, K.Key_E):
            person.press(key)
            person.until(lambda: not review.exporter.busy and review.export.stop.isHidden())
        person.look(f"levels_review_{level}")
        folder = data_home() / "exports" / ids["case"] / run["id"]
        report = text_of(folder / f"{ids['case']}_{level}_{run['id']}_report.pdf")
        assert f"case {ids['case']} · {level}" in report
        assert ids["session"] in report
        other = next(one for one in RANGES if one != level)
        assert f"{level}: {('0.6', '0.4')[number]} ml" in report
        assert f"{other}:" not in report
        assert f"Part {number + 1} of 2 of a session ({level})" in report
        joint_first_part(report, folder / f"{ids['case']}_{level}_{run['id']}_events.csv")
        with (folder / f"{ids['case']}_{level}_{run['id']}_figures.csv").open(encoding="utf-8") as file:
            figures = list(csv.DictReader(line for line in file if not line.startswith("#")))
        assert [int(row["frame"]) for row in figures] == [int(row["frame"]) for row in rows]
        person.press(K.Key_Escape)
        person.until(lambda: person.window.current is cases)
        person.press(K.Key_BracketRight)
    person.press(K.Key_BracketRight)
    person.leave()


def joint_first_part(report: str, events: Path) -> None:
    """The report of each level begins with both of them beside each other, and what they come to together."""
    assert "The whole session, level by level" in report
    both = "All levels 1.0 ml 2 3 alarms: 2 HIGH · 1 MEDIUM 2 of 3 no leak told"
    for words in ("L1 0.6 ml 1 ", "L2 0.4 ml 1 ", both, "00:03 in 2 exposures"):
        assert words in report, report
    with events.open(encoding="utf-8") as file:
        rows = [row for row in csv.reader(file) if row[0] == "session"]
    assert [row[3] for row in rows] == ["L1", "L2", "All levels"]
    assert all("Leaks by analysis: posterior" in row[4] for row in rows[:2])
