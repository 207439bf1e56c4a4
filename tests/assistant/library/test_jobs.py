"""Imports in the background: copied, listed with a thumbnail, analysed; refused files leave nothing."""

import contextlib
import json
import shutil
import subprocess
from pathlib import Path

import cv2
import pytest

from assistant.capture.opening import open_source
from assistant.errors import UsageError
from assistant.library.jobs import Jobs, LibraryJob
from assistant.library.people import Permission
from assistant.library.search import search
from assistant.library.session_rows import stored_recording
from assistant.library.store import Library
from assistant.review.session_reading import read_session_day
from assistant.settings.tree import Settings
from tests.recorded_levels import Session, level_pictures
from tests.small_run import SmallRun, write_small_run
from ui.cases.case_words import level_of_run


@pytest.fixture
def run(tmp_path: Path) -> SmallRun:
    return write_small_run(tmp_path, 8)


def finish(jobs: Jobs, *, most: int = 1000) -> None:
    """Poll until nothing is left to do; each look waits for the child a moment."""
    for _ in range(most):
        jobs.poll()
        if jobs.current is None and jobs.waiting == 0:
            return
        if jobs._process is not None:
            wait_a_little(jobs)
    raise AssertionError("the jobs do not end")


def wait_a_little(jobs: Jobs) -> None:
    with contextlib.suppress(subprocess.TimeoutExpired):
        jobs._process.wait(0.05)


def test_a_run_is_copied_listed_and_analysed(library, run):
    jobs = Jobs(library, Settings())
    job = jobs.bring_in(str(run.folder))
    finish(jobs)
    assert job.error == ""
    (case,) = search(library, "L1").cases
    assert case["id"] == job.case_id
    assert case["duration_s"] == pytest.approx(8 / 15, abs=1e-3)
    assert cv2.imread(case["thumbnail"]).shape == (376, 592, 3)
    (row,) = library.rows("runs")
    assert row["state"] == "done"
    assert json.loads(Path(row["result"]).read_text())["run"]["frames"] == 8
    assert (Path(row["path"]) / "run.mkv").read_bytes() == run.video.read_bytes()
    assert run.video.is_file()
    assert library.verify() == ""


def test_a_single_file_loses_its_name(library, run, tmp_path):
    named = tmp_path / "Muster Erika 1940.mkv"
    named.write_bytes(run.video.read_bytes())
    named.with_suffix(".plan.json").write_text(run.plan.read_text())
    jobs = Jobs(library, Settings())
    jobs.bring_in(str(named))
    finish(jobs)
    (row,) = library.rows("runs")
    assert sorted(path.name for path in Path(row["path"]).iterdir()) == ["plan.json", "run.mkv"]
    told = json.dumps(library.ask("SELECT * FROM runs") + library.ask("SELECT rows FROM changes"))
    assert "Muster" not in told


def test_a_run_may_stay_where_it_is(library, run):
    jobs = Jobs(library, Settings())
    jobs.bring_in(str(run.folder), copy=False)
    finish(jobs)
    (row,) = library.rows("runs")
    assert row["path"] == str(run.folder)
    assert not (library.runs_folder / row["id"] / "run").exists()
    assert row["state"] == "done"


def test_the_same_run_comes_in_once(library, run):
    jobs = Jobs(library, Settings())
    jobs.bring_in(str(run.folder))
    again = jobs.bring_in(str(run.folder))
    finish(jobs)
    assert "in the library already" in again.error
    assert search(library).total == 1
    assert len(list(library.runs_folder.iterdir())) == 1


@pytest.mark.parametrize("content", [b"", b"not a film", b"\x1a\x45\xdf\xa3" + bytes(500)])
def test_what_is_no_run_is_refused_and_leaves_nothing(library, tmp_path, content):
    bad = tmp_path / "bad.mkv"
    bad.write_bytes(content)
    jobs = Jobs(library, Settings())
    job = jobs.bring_in(str(bad))
    finish(jobs)
    assert "bad.mkv" in job.error or "run.mkv" in job.error
    assert search(library).total == 0
    assert list(library.runs_folder.iterdir()) == []


def test_imports_wait_while_a_procedure_runs(library, run):
    jobs = Jobs(library, Settings())
    jobs.held = "finish procedure first"
    with pytest.raises(UsageError, match="finish procedure first"):
        jobs.bring_in(str(run.folder))


def test_an_analysis_that_was_cut_off_begins_anew(library, run):
    jobs = Jobs(library, Settings())
    jobs.bring_in(str(run.folder))
    while not library.rows("runs"):
        jobs.poll()
        if jobs._process is not None:
            wait_a_little(jobs)
    jobs.poll()
    assert library.rows("runs")[0]["state"] == "analysing"
    jobs._process.kill()
    jobs._process.wait()
    jobs._close()  # the program ends here without a word
    again = Jobs(library, Settings())
    assert again.waiting == 1
    finish(again)
    assert library.rows("runs")[0]["state"] == "done"


def test_a_run_without_lines_waits_for_them(library, run):
    run.plan.unlink()
    jobs = Jobs(library, Settings())
    jobs.bring_in(str(run.folder))
    finish(jobs)
    assert library.rows("runs")[0]["state"] == "no plan"


def test_what_a_person_asks_for_does_not_wait_for_what_the_program_makes_for_itself(library, run, tmp_path):
    """The starter course is simulated for minutes; an export or import asked for meanwhile comes first."""
    jobs = Jobs(library, Settings())
    order = {"do": "course", "place": 1, "into": str(tmp_path / "course")}
    course = jobs.add(
        LibraryJob(
            kind="course",
            name="1",
            order=order,
            run_id="",
            module="assistant.training.course_child",
            act=Permission.ANSWER,
        )
    )
    jobs.poll()
    assert jobs.current is course
    wanted = jobs.bring_in(str(run.folder))
    jobs.poll()
    assert jobs.current is wanted
    while not wanted.is_over:
        wait_a_little(jobs)
        jobs.poll()
    jobs.poll()
    assert jobs.current is not None
    assert jobs.current.kind == "analyse"
    jobs.stop()
    assert not course.is_over


def bring_in_alone(library: Library, place: Path, *, copy: bool) -> LibraryJob:
    """A run comes in; its analysis waits."""
    jobs = Jobs(library, Settings())
    job = jobs.bring_in(str(place), copy=copy)
    for _ in range(1000):
        jobs.poll()
        if job.is_over:
            break
        wait_a_little(jobs)
    jobs.stop()
    return job


def blind_session(folder: Path) -> Path:
    """L1, then a level that was never given lines."""
    session = Session(folder)
    session.film(level_pictures(4, 0))
    session.set_plan("L1", 0)
    session.inject(2)
    session.film(level_pictures(4, 0))
    session.next_level()
    session.film(level_pictures(4, 1))
    session.inject(1)
    return session.end()


def test_a_session_of_several_levels_that_stays_where_it_is_is_found_again_as_a_whole(library, tmp_path: Path):
    recording = blind_session(tmp_path / "disk" / "recorded")
    job = bring_in_alone(library, recording, copy=False)
    assert job.error == ""
    first, second = library.rows("runs")
    assert (first["path"], second["path"]) == (str(recording / "levels" / "1_L1"), str(recording / "levels" / "2"))
    assert (first["state"], second["state"]) == ("waiting", "no plan")
    assert (first["frames"], second["frames"]) == (8, 4)
    assert level_of_run(2, second, None) == (
        "Run 2 · level not named",
        "told no alarm · no lines were set: not analysed",
    )
    assert [row["cement_ml"] for row in library.rows("levels")] == [0.4, 0.2]
    # It is the same recording still, and it is in already.
    assert "in the library already" in bring_in_alone(library, Path(first["path"]), copy=False).error
    moved = tmp_path / "other disk" / "again"
    moved.parent.mkdir()
    recording.rename(moved)
    jobs = Jobs(library, Settings())
    found = jobs.find_again(second["id"], str(moved / "levels" / "1_L1"))  # its own folder would do, and any other
    while not found.is_over:
        jobs.poll()
    jobs.stop()
    assert found.error == ""
    assert [row["path"] for row in library.rows("runs")] == [str(moved / "levels" / name) for name in ("1_L1", "2")]


HIGH = ("A1", "high", "warning_line")


def test_what_was_told_at_a_level_whose_pictures_were_not_recorded_counts(library, tmp_path: Path):
    """The disk was full: the log went on, the pictures did not."""
    session = Session(tmp_path / "full")
    for times, level in enumerate(("L1", "L2", "L1")):
        if times:
            session.next_level()
        session.film(level_pictures(4, times % 2))
        session.set_plan(level, times % 2)
        session.inject(1, HIGH)
        session.film(level_pictures(2, times % 2))
    recording = session.end(recorded=7)
    assert bring_in_alone(library, recording, copy=False).error == ""
    runs = library.rows("runs")
    assert [(run["state"], run["frames"], run["told_high"], run["exposures"]) for run in runs] == [
        ("waiting", 6, 1, 1),
        ("waiting", 1, 1, 1),
        ("no pictures", 0, 1, 1),
    ]
    (case,) = library.rows("cases")
    assert (case["told_high"], case["acknowledged"], case["exposures"]) == (3, 3, 3)
    assert case["recording_said"] == "whole; no pictures"
    assert runs[2]["thumbnail"] is None
    said = "told 1 HIGH · no pictures were recorded: not analysed"
    assert level_of_run(3, runs[2], "L1") == ("Run 3 · L1", said)


def until_over(jobs: Jobs, job: LibraryJob) -> LibraryJob:
    for _ in range(2000):
        jobs.poll()
        if job.is_over:
            break
        wait_a_little(jobs)
    return job


def as_before(library: Library, recording: Path) -> dict[str, object]:
    """A session of several levels as a program of before entered it: one run."""
    assert bring_in_alone(library, recording, copy=False).error == ""
    row, *others = library.rows("runs")
    for other in others:
        library.delete("runs", other["id"])
    library.change([("runs", row["id"], {"path": str(recording)})], Permission.EDIT, "edit", about="K-1")
    shutil.rmtree(recording / "levels")
    (row,) = library.rows("runs")
    return dict(row)


def test_a_session_that_came_in_as_one_run_is_taken_apart_when_it_comes_in_again(library, tmp_path: Path):
    recording = blind_session(tmp_path / "recorded")
    row = as_before(library, recording)
    library.change(
        [("runs", row["id"], {"note": "mine", "high": 4, "result": "x"})], Permission.EDIT, "edit", about="K-1"
    )
    jobs = Jobs(library, Settings())
    again = until_over(jobs, jobs.bring_in(str(recording), copy=False))
    assert "in the library already" in again.error
    assert "measured with the lines of its last level alone" in again.error
    assert again.then is not None
    assert until_over(jobs, again.then).error == ""
    jobs.stop()
    first, second = library.rows("runs")
    assert (first["id"], first["note"], first["high"], first["result"]) == (row["id"], "mine", None, None)
    assert [run["path"] for run in (first, second)] == [str(recording / "levels" / name) for name in ("1_L1", "2")]
    assert {run["case_id"] for run in (first, second)} == {row["case_id"]}
    assert [Path(run["thumbnail"]).is_file() for run in (first, second)] == [True, True]
    assert [level["cement_ml"] for level in library.rows("levels")] == [0.4, 0.2]
    assert not list(library.runs_folder.glob("*.apart"))


def test_a_session_that_is_here_by_a_pack_is_not_counted_again(library, tmp_path: Path):
    recording = blind_session(tmp_path / "recorded")
    row = as_before(library, recording)
    pack = {"path": str(library.runs_folder / "P"), "sha256": "0" * 64}  # other bytes of the same pictures
    library.change([("runs", row["id"], pack)], Permission.EDIT, "edit", about="K-1")
    job = bring_in_alone(library, recording, copy=False)
    assert f"in the library already, as case {row['case_id']}; nothing was added" in job.error
    assert job.then is None
    assert len(library.rows("runs")) == 1
    assert not (recording / "levels").exists()


def test_the_levels_of_a_recording_that_cannot_be_written_to_are_kept_by_the_library(library, tmp_path: Path):
    recording = blind_session(tmp_path / "disc")
    (recording / "levels").write_bytes(b"")  # no folder can be made here, whoever asks
    assert bring_in_alone(library, recording, copy=False).error == ""
    first, second = library.rows("runs")
    kept = library.runs_folder / first["id"] / "levels"
    assert [run["path"] for run in (first, second)] == [str(kept / "1_L1"), str(kept / "2")]
    assert (first["state"], first["frames"]) == ("waiting", 8)
    with contextlib.closing(open_source(first["path"])) as source:
        assert sum(1 for _ in source.frames()) == 8
    day = read_session_day(Path(second["path"]))
    assert day is not None
    assert day.levels[0].cement_ml == 0.2
    moved = tmp_path / "another disc"
    recording.rename(moved)
    assert stored_recording(library, second) == recording
    assert find_again(library, second["id"], moved).error == ""
    assert [run["path"] for run in library.rows("runs")] == [first["path"], second["path"]]
    assert stored_recording(library, second) == moved
    with contextlib.closing(open_source(second["path"])) as source:
        assert source.facts.first_frame == 8


def test_a_run_in_a_folder_that_is_called_levels_is_no_part(library, run, tmp_path: Path):
    place = tmp_path / "data" / "levels" / "2"
    shutil.copytree(run.folder, place)
    assert bring_in_alone(library, place, copy=False).error == ""
    (row,) = library.rows("runs")
    moved = tmp_path / "elsewhere"
    place.rename(moved)
    assert find_again(library, row["id"], moved).error == ""
    assert library.rows("runs")[0]["path"] == str(moved)


def find_again(library: Library, run_id: str, place: Path) -> LibraryJob:
    jobs = Jobs(library, Settings())
    job = jobs.find_again(run_id, str(place))
    for _ in range(1000):
        jobs.poll()
        if job.is_over:
            break
        wait_a_little(jobs)
    jobs.stop()
    return job


def test_a_copied_session_has_its_levels_in_the_copy(library, tmp_path: Path):
    recording = blind_session(tmp_path / "recorded")
    assert bring_in_alone(library, recording, copy=True).error == ""
    first, second = library.rows("runs")
    copied = library.runs_folder / first["id"] / "run"
    assert [Path(row["path"]).parent for row in (first, second)] == 2 * [copied / "levels"]
    assert first["id"] != second["id"]
    assert [cv2.imread(row["thumbnail"]).shape for row in (first, second)] == 2 * [(376, 592, 3)]
    assert not (recording / "levels").exists()
