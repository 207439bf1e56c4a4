"""Who a recording is: as the library has it, as its session wrote it, or by an id of its own."""

from __future__ import annotations

import time
from datetime import date
from pathlib import Path

from assistant.identity import Identity, is_id, session_of
from assistant.library.identities import identify
from assistant.library.jobs import Jobs
from assistant.library.store import Library
from assistant.part import FOLDER, Part, write_part
from assistant.plan import plan_from_document
from assistant.recording.keeping import begin_head, write_head
from assistant.settings.tree import Settings
from tests.small_run import plan_document, write_small_run

PLAN = plan_from_document(plan_document(level="L3"), 0.25)


def bring_in(library: Library, run: Path, *, copy: bool = True) -> str:
    jobs = Jobs(library, Settings())
    job = jobs.bring_in(str(run), copy=copy)
    while not job.is_over:
        jobs.poll()
        time.sleep(0.02)
    jobs.stop()
    assert not job.error, job.error
    return job.run_id


def test_a_run_of_the_library_is_known_by_its_ids_also_while_the_library_is_open(tmp_path: Path) -> None:
    run = write_small_run(tmp_path / "a", 4)
    with Library(tmp_path / "home") as library:
        run_id = bring_in(library, run.folder)
        row = library.one("runs", run_id)
        known = identify(row["path"], PLAN, folder=library.folder)
        assert known == Identity(run_id=run_id, case_id=row["case_id"], level="L1")  # the library's word counts
        film = next(Path(row["path"]).glob("*.mkv"))
        assert identify(film, folder=library.folder) == known
        library.delete("runs", run_id)
        assert is_id("unlisted", identify(row["path"], folder=library.folder).run_id)


def test_a_case_has_the_day_of_its_recording_or_none(tmp_path: Path) -> None:
    run = write_small_run(tmp_path / "a", 4)
    with Library(tmp_path / "home") as library:
        bring_in(library, run.folder)
        assert [case["day"] for case in library.rows("cases")] == [None]


def test_a_session_keeps_the_ids_under_which_it_was_seen(tmp_path: Path) -> None:
    run = write_small_run(tmp_path / "a", 4)
    begun = begin_head(run.folder)
    write_head(run.folder, "camera:0", Settings(), None, begun)
    session = session_of(begun)
    before = identify(run.folder, PLAN, folder=tmp_path / "home")
    assert (before.case_id, before.run_id, before.session_id) == (session.case_id, session.run_id, session.session_id)
    assert before.recorded == date.today()
    with Library(tmp_path / "home") as library:
        assert bring_in(library, run.folder) == session.run_id
        assert [case["id"] for case in library.rows("cases")] == [session.case_id]
        after = identify(library.rows("runs")[0]["path"], folder=library.folder)
    assert (after.case_id, after.run_id, after.session_id) == (session.case_id, session.run_id, session.session_id)


def test_ids_that_are_in_use_are_drawn_anew(tmp_path: Path) -> None:
    first, second = (write_small_run(tmp_path / name, count) for name, count in (("a", 4), ("b", 6)))
    begun = begin_head(first.folder)
    for run in (first, second):
        write_head(run.folder, "camera:0", Settings(), None, begun)
    with Library(tmp_path / "home") as library:
        ids = [bring_in(library, run.folder) for run in (first, second)]
        assert ids[0] != ids[1]
        assert len(library.rows("cases")) == 1  # two runs of one session are of one case


def test_a_whole_recording_that_has_parts_is_not_taken_for_the_first_of_them(tmp_path: Path) -> None:
    run = write_small_run(tmp_path / "a", 4)
    write_head(run.folder, "camera:0", Settings(), None, begun := begin_head(run.folder))
    drawn = session_of(begun)
    assert identify(run.folder, folder=tmp_path / "home").run_id == drawn.run_id
    write_part(run.folder / FOLDER / "1_L1", Part(number=1, of=2, level="L1", first_frame=0, frames=2))
    whole = identify(run.folder, folder=tmp_path / "home")
    assert is_id("unlisted", whole.run_id)
    assert (whole.case_id, whole.session_id) == (drawn.case_id, drawn.session_id)
