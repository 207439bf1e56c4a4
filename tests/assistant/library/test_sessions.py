"""Sessions recorded here come in by themselves: each once, never the one that runs, never a deleted one again."""

from pathlib import Path

import pytest

from assistant.library import sessions
from assistant.library.jobs import Jobs
from assistant.library.people import Permission, Person, Role
from assistant.library.sessions import bring_in_sessions, unlisted
from assistant.library.store import Library
from assistant.settings.tree import Settings


@pytest.fixture
def library(tmp_path: Path, monkeypatch):
    monkeypatch.setattr(sessions, "find_running", lambda: None)
    for day in ("2026-11-10", "2026-11-11", "2026-11-12"):
        folder = tmp_path / "live" / day
        folder.mkdir(parents=True)
        (folder / "frames_1.jsonl").write_text("")
    (tmp_path / "live" / "empty").mkdir()
    with Library(tmp_path) as opened:
        yield opened


def names(paths: list[Path]) -> list[str]:
    return [path.name for path in paths]


def test_what_was_recorded_and_is_not_listed(library):
    assert names(unlisted(library)) == ["2026-11-10", "2026-11-11", "2026-11-12"]


def test_the_one_that_runs_waits(library, monkeypatch):
    class Running:
        folder = (library.folder / "live" / "2026-11-12").resolve()

    monkeypatch.setattr(sessions, "find_running", Running)
    assert names(unlisted(library)) == ["2026-11-10", "2026-11-11"]


def test_a_deleted_one_does_not_come_back(library):
    library.add("cases", Permission.IMPORT, id="K-1")
    library.add("levels", Permission.EDIT, id="L-1", case_id="K-1")
    path = str(library.folder / "live" / "2026-11-10")
    values = {"path": path, "is_copied": 0, "sha256": "0", "bytes": 1, "width_px": 1, "height_px": 1, "state": "done"}
    run_id = library.add("runs", Permission.IMPORT, case_id="K-1", level_id="L-1", **values)
    library.delete("runs", run_id)
    assert names(unlisted(library)) == ["2026-11-11", "2026-11-12"]


def test_each_is_asked_for_once(library):
    jobs, asked = Jobs(library, Settings()), set()
    assert len(bring_in_sessions(jobs, asked)) == 3
    assert bring_in_sessions(jobs, asked) == []


def test_not_while_a_procedure_runs_nor_for_a_trainee(library):
    jobs, asked = Jobs(library, Settings()), set()
    jobs.held = "finish procedure first"
    assert bring_in_sessions(jobs, asked) == []
    jobs.held = ""
    library.who = Person(id="R-1", role=Role.TRAINEE)
    assert bring_in_sessions(jobs, asked) == []
    assert asked == set()
