"""What the program at 93736df wrote opens today and keeps its figures (`tests/old_data/README.md`)."""

from __future__ import annotations

import hashlib
import json
import shutil
import sqlite3
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from assistant.capture.opening import open_source
from assistant.capture.run_folder import RunFolder
from assistant.cli import main
from assistant.library import database
from assistant.library.jobs import Jobs
from assistant.library.migrations import STEPS
from assistant.library.people import Permission
from assistant.library.search import search
from assistant.library.store import Library
from assistant.plan import read_plan
from assistant.readings.live_line import FILES, lines_of
from assistant.review.annotations import read_review
from assistant.review.session_log import read_events
from assistant.settings.file import load_settings
from assistant.settings.tree import Settings
from assistant.system.places import demo_run
from assistant.training.clip import clip_from_row
from assistant.training.trainer import Trainer
from tests.old_files import OLD, old_files
from ui.review.page import ReviewPage
from ui.shell import Shell

EXPECTED: dict[str, Any] = json.loads((OLD / "expected.json").read_text(encoding="utf-8"))
PATHS = ("path", "result", "thumbnail", "run_path")
WORDED = ("leak_said", "recording_said")
"""Columns whose words may be put better; figures may not change."""


@pytest.fixture
def old(tmp_path: Path) -> Path:
    """The old files, as a site has them: free to be written."""
    return old_files(tmp_path / "old")


@pytest.fixture
def home(old: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The old data folder, in use."""
    monkeypatch.setenv("FLUORO_ASSISTANT_HOME", str(old / "library"))
    return old / "library"


@pytest.fixture
def library(home: Path) -> Iterator[Library]:
    with Library(home) as opened:
        yield opened


def held(path: Path) -> dict[str, list[tuple[Any, ...]]]:
    """All rows of a library's file, table by table."""
    db = sqlite3.connect(path)
    try:
        return {table: db.execute(f"SELECT * FROM {table} ORDER BY 1").fetchall() for table in EXPECTED["rows"]}
    finally:
        db.close()


def as_before(home: Path, row: dict[str, Any]) -> dict[str, Any]:
    """A row as `expected.json` names it: paths from the data folder."""
    made = dict(row)
    for name in PATHS:
        if made.get(name):
            made[name] = made[name].replace(str(demo_run()), "@demo").removeprefix(f"{home}/")
    return made


def test_every_row_of_the_library_is_there_with_its_figures(home: Path, library: Library) -> None:
    assert library.fault == ""
    for table, rows in EXPECTED["rows"].items():
        for wanted in rows:
            row = library.one(table, wanted["id"])
            assert row is not None, f"{table} {wanted['id']}"
            found = as_before(home, row)
            kept = {name: found[name] for name in wanted if name not in WORDED}
            assert kept == {name: value for name, value in wanted.items() if name not in WORDED}
    assert len(library.changes(1000)) >= EXPECTED["changes"]
    for run in library.rows("runs"):
        for name in ("path", "result", "thumbnail"):
            assert run[name] is None or Path(run[name]).exists(), run[name]


def test_the_list_and_the_search_find_the_cases(home: Path, library: Library) -> None:
    wanted = [case["id"] for case in EXPECTED["cases"]]
    assert [case["id"] for case in search(library).cases] == wanted
    assert [case["id"] for case in search(library, "osteopor wedge").cases] == [wanted[1]]


def test_it_is_copied_before_it_is_brought_to_another_version(home: Path) -> None:
    before = held(home / database.NAME)
    later = (*STEPS, "ALTER TABLE cases ADD COLUMN of_a_later_program TEXT;")
    database.connect(home, later).close()
    copies = list((home / "backups").glob("before_version_*.sqlite"))
    assert len(copies) == 1
    assert held(copies[0]) == before
    db = sqlite3.connect(copies[0])
    assert db.execute("PRAGMA user_version").fetchone()[0] == 4
    db.close()


def test_opening_it_leaves_a_copy_of_what_it_was(home: Path) -> None:
    before = held(home / database.NAME)
    with Library(home):
        pass
    copies = list((home / "backups").glob(f"before_version_{len(STEPS)}_*.sqlite"))
    assert len(copies) == (1 if len(STEPS) > 4 else 0)
    assert all(held(copy) == before for copy in copies)


def test_the_window_lists_the_cases_of_before(qtbot, home: Path) -> None:
    shell = Shell(Settings())
    qtbot.addWidget(shell)
    shell.show()
    shell.go_to("cases")
    try:
        page = shell.page("cases")
        assert page.controller.found.total == len(EXPECTED["cases"])
        for place, wanted in enumerate(EXPECTED["cases"]):
            listed = page.controller.found.case(place)
            assert (listed["id"], listed["cement_ml"], listed["high"]) == (
                wanted["id"],
                wanted["cement_ml"],
                wanted["high"],
            )
    finally:
        shell.close()


def test_a_session_of_before_that_comes_in_today_brings_its_day(old: Path, tmp_path: Path, monkeypatch) -> None:
    monkeypatch.setenv("FLUORO_ASSISTANT_HOME", str(tmp_path / "elsewhere"))
    assert main(["import", str(old / "library" / "live" / EXPECTED["session"]["folder"])]) == 0
    with Library() as library:
        (case,), (level,) = library.rows("cases"), library.rows("levels")
    assert (case["rehearsal"], case["told_high"], case["told_medium"], case["acknowledged"]) == (1, 1, 1, 1)
    assert (level["level"], level["cement_ml"]) == ("L1", 0.2)  # 0.4 ml in, 0.2 ml taken back


def test_what_cannot_be_copied_first_is_not_brought_to_another_version(home: Path) -> None:
    (home / "backups").write_bytes(b"")  # where the copies go stands a file
    whole = (home / database.NAME).read_bytes()
    with pytest.raises(Exception, match="nothing was changed"):
        database.connect(home, (*STEPS, "ALTER TABLE cases ADD COLUMN of_a_later_program TEXT;"))
    assert (home / database.NAME).read_bytes() == whole


def test_others_can_read_nothing_of_it_after_the_first_start(home: Path) -> None:
    before = {path for path in (home, *home.rglob("*")) if path.stat().st_mode & 0o077}
    assert len(before) > 20  # as the umask of most accounts left them
    assert main(["settings"]) == 0
    with Library(home) as library:
        library.back_up("daily")
    assert [str(path) for path in (home, *home.rglob("*")) if path.stat().st_mode & 0o077] == []


def test_the_recorded_session_plays_with_what_was_told_and_done_that_day(home: Path) -> None:
    wanted = EXPECTED["session"]
    folder = home / "live" / wanted["folder"]
    source = RunFolder(folder, "old")
    assert len(source.recorded.lines) == wanted["frames"]
    assert source.recorded.losses == wanted["losses"] == ""
    assert source.log_fault() == wanted["log_fault"] == ""
    assert [round(float(frame.grey.mean()), 3) for frame in source.frames()] == wanted["means"]
    assert sum("row" in entry for entry in lines_of(next(folder.glob(FILES)))) == wanted["readings"]
    source.close()
    placed = [event for event in read_events(folder) if event.frame is not None]
    assert [[event.kind, event.frame, event.data] for event in placed] == wanted["day"]


def test_what_it_wrote_is_valid_and_is_analysed(home: Path, old: Path, capsys: pytest.CaptureFixture[str]) -> None:
    session = home / "live" / EXPECTED["session"]["folder"]
    places = [session, old / "result" / "result.json", old / "run", *sorted((old / "plans").iterdir())]
    for place in places:
        assert main(["validate", str(place)]) == 0, f"{place}: {capsys.readouterr().out}"
    for name, run in enumerate((old / "run", session)):
        out = old / f"out{name}"
        assert main(["analyze", str(run), "--plan", str(run / "plan.json"), "--out", str(out)]) == 0
        assert json.loads((out / "result.json").read_text(encoding="utf-8"))["complete"]


@pytest.mark.parametrize("name", EXPECTED["plans"])
def test_a_plan_keeps_its_views_and_scales(old: Path, name: str) -> None:
    plan = read_plan(old / "plans" / name, 0.25)
    found = [[view.view, view.level, view.mm_per_px, view.reference_frame] for view in plan.views]
    assert found == EXPECTED["plans"][name]


def test_that_a_plan_was_not_calibrated_is_not_forgotten(old: Path) -> None:
    (view,) = read_plan(old / "plans" / "uncalibrated.json", 0.25).document["views"]
    assert view["calibrated"] is False
    assert view["scale_by"] == "assumed depth"


def test_the_settings_of_site_and_user_hold(home: Path) -> None:
    wanted, loaded = EXPECTED["settings"], load_settings(home)
    assert list(loaded.notes) == wanted["notes"] == []
    assert set(wanted["locked"]) <= loaded.locked
    for name, value in wanted["values"].items():
        room, leaf = name.split(".")
        assert getattr(getattr(loaded.settings, room), leaf) == value
        assert loaded.origins[name] == wanted["origins"][name]


def test_the_words_of_a_reviewer_stand_as_they_were_said(home: Path) -> None:
    assert EXPECTED["reviews"]
    for name, words in EXPECTED["reviews"].items():
        found = [
            [e.number, e.about.value, e.author, e.frame, e.text, e.leak, e.value]
            for e in read_review(home / name).standing
        ]
        assert found == words


def test_a_label_that_was_keyed_by_the_leaks_number_is_shown_at_that_leak(qtbot, home: Path) -> None:
    with Library(home) as library:
        (run,) = [row for row in library.rows("runs") if row["has_leak"]]
    shell = Shell(Settings())
    qtbot.addWidget(shell)
    shell.resize(1280, 1024)
    shell.show()
    shell.go_to("review", (run["path"], str(Path(run["path"]) / "plan.json")))
    page = shell.page("review")
    assert isinstance(page, ReviewPage)
    try:
        qtbot.waitUntil(lambda: page.session is not None and page.session.ended)
        page.jump(44)
        qtbot.waitUntil(lambda: page.leak.story is not None)
        said = page.reviewing.labels_of(page.leak.story)
        assert "posterior" in said
        assert "Yeom C" in said
    finally:
        shell.close()


def test_the_pack_comes_in_whole(old: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FLUORO_ASSISTANT_HOME", str(tmp_path / "elsewhere"))
    assert main(["unpack", str(old / "case.fluopack.zip")]) == 0
    packed = next(case for case in EXPECTED["cases"] if case["ct_linked"])
    with Library() as library:
        (case,) = library.rows("cases")
        assert (case["technique"], case["note"], case["tags"]) == (packed["technique"], packed["note"], packed["tags"])
        (level,) = library.rows("levels")
        assert (level["level"], level["cement_ml"], level["gauge"]) == ("L1", 2.8, "11G")
        for table in ("findings", "outcomes"):
            wanted = [row for row in EXPECTED["rows"][table] if row["case_id"] == packed["id"]]
            names = ("site", "yeom", "stage", "vas", "odi_percent", "anterior_height_mm", "adjacent_fracture")
            rows = [{name: row[name] for name in names if name in row} for row in library.rows(table)]
            assert rows == [{name: row[name] for name in names if name in row} for row in wanted]
        assert [row["day"] for row in library.rows("outcomes")] == ["2026-08-09", None]
        (run,) = library.rows("runs")
        source = open_source(run["path"])
        assert sum(1 for _ in source.frames()) == 46
        source.close()
        assert (run["high"], run["medium"], run["has_leak"]) == (packed["high"], packed["medium"], packed["has_leak"])


def test_training_goes_on_where_it_stood(library: Library) -> None:
    desk = Trainer(library)
    answers = {row["id"]: row for row in EXPECTED["rows"]["answers"]}
    for person in desk.people():
        own = desk.answers(person)
        assert [row["id"] for row in own] == [row["id"] for row in answers.values() if row["person_id"] == person.id]
        asked = desk.next(person, asked_now=[])
        assert asked is not None
        assert Path(asked.clip.run_path).exists()
    for row in EXPECTED["rows"]["clips"]:
        clip = desk.clip(row["id"])
        assert clip is not None
        assert clip.facts == clip_from_row(row).facts
    trainee = next(person for person in desk.people() if person.name == "Trainee one")
    first = next(row["clip_id"] for row in answers.values())
    assert desk.others(first, trainee)["experts"] == {"stop": 1}


def test_a_result_of_before_in_mm_of_an_uncalibrated_view_is_whole_with_a_note(old: Path, capsys) -> None:
    shutil.rmtree(old / "result" / "masks")  # few of them were kept
    place = old / "result" / "result.json"
    document = json.loads(place.read_text(encoding="utf-8"))
    document["plan"]["views"][0]["calibrated"] = False
    place.write_text(json.dumps(document), encoding="utf-8")
    assert main(["validate", str(old / "result")]) == 0
    said = capsys.readouterr().out
    assert "made by an older version of the program: the lateral view is not calibrated" in said
    document["run"]["clock"] = "file"  # as every result of today says: there it is a fault
    place.write_text(json.dumps(document), encoding="utf-8")
    assert main(["validate", str(old / "result")]) == 2
    assert "holds figures in mm of it" in capsys.readouterr().err


def with_a_review(old: Path, folder: Path) -> tuple[Path, str]:
    """A run that was reviewed before it came in, and its sum as a program of before made it: of all its files."""
    run = folder / "reviewed"
    shutil.copytree(old / "run", run)
    shutil.copy(next((old / "library" / "runs").glob("*/run/review.json")), run)
    digest = hashlib.sha256()
    for path in sorted(run.iterdir()):
        digest.update(path.name.encode())
        digest.update(path.read_bytes())
    return run, digest.hexdigest()


def test_a_run_that_was_reviewed_before_it_came_in_is_known_again(old: Path, tmp_path: Path, capsys) -> None:
    run, sum_of_before = with_a_review(old, tmp_path)
    assert main(["import", str(run), "--stay", "--no-analysis"]) == 0
    with Library() as library:
        (row,) = library.rows("runs")
        sum_of_today = row["sha256"]
        assert sum_of_today != sum_of_before
        library.change(
            [("runs", row["id"], {"sha256": sum_of_before})], Permission.EDIT, "as before", about=row["case_id"]
        )
    capsys.readouterr()
    assert main(["import", str(run), "--no-analysis"]) != 0  # it does not come in twice
    assert f"is in the library already, as case {row['case_id']}" in capsys.readouterr().err
    moved = run.rename(tmp_path / "moved")
    with Library() as library:
        jobs = Jobs(library, Settings())
        job = jobs.find_again(row["id"], str(moved))
        while not job.is_over:
            jobs.poll()
            time.sleep(0.02)
        jobs.stop()  # its analysis has begun meanwhile
        assert job.error == ""
        found = library.one("runs", row["id"])
    assert (found["path"], found["sha256"]) == (str(moved), sum_of_today)  # and from now on by today's sum
