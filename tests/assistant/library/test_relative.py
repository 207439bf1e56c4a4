"""The library's folder can be moved: what lies in it is kept by its place there."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from assistant.library.database import connect
from assistant.library.migrations import STEPS
from assistant.library.people import Permission
from assistant.library.relative import found, stored
from assistant.library.store import Library
from assistant.system.places import demo_run


def filled(folder: Path, elsewhere: Path) -> None:
    """Two runs, one copied and one that stays where it is, and a clip of each kind."""
    with Library(folder) as library:
        own = library.runs_folder / "B-1" / "run"
        own.mkdir(parents=True)
        (library.runs_folder / "B-1" / "thumbnail.jpg").write_bytes(b"x")
        case_id = library.add("cases", Permission.IMPORT, day="2026-11-01")
        level = library.add("levels", Permission.EDIT, case_id=case_id)
        for path, copied in ((own, 1), (elsewhere, 0)):
            library.add(
                "runs",
                Permission.IMPORT,
                case_id=case_id,
                level_id=level,
                path=str(path),
                is_copied=copied,
                sha256="0",
                bytes=1,
                width_px=1,
                height_px=1,
                state="done",
                result=str(library.runs_folder / "B-1" / "result" / "result.json"),
                thumbnail=str(library.runs_folder / "B-1" / "thumbnail.jpg"),
            )
        library.add(
            "clips", Permission.ANSWER, run_path=str(demo_run()), name="1", stop_frame=1, facts="{}", thumbnail=""
        )


def test_a_moved_library_finds_its_runs(tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    filled(tmp_path / "old", elsewhere)
    os.rename(tmp_path / "old", tmp_path / "new")
    with Library(tmp_path / "new") as library:
        assert library.fault == ""
        own, linked = library.rows("runs")
        assert own["path"] == str(tmp_path / "new" / "runs" / "B-1" / "run")
        assert Path(own["path"]).is_dir()
        assert linked["path"] == str(elsewhere)
        assert library.rows("runs", path=own["path"]) == [own]
        (case,) = library.ask("SELECT * FROM cases")
        assert Path(case["thumbnail"]).is_file()
        assert library.rows("clips")[0]["run_path"] == str(demo_run())
        library.change(
            [("runs", own["id"], {"note": "n", "path": str(elsewhere)})], Permission.EDIT, "edit", about=own["id"]
        )
        os.rename(tmp_path / "new", tmp_path / "newest")
    with Library(tmp_path / "newest") as library:
        library.undo()
        assert library.one("runs", own["id"])["path"] == str(tmp_path / "newest" / "runs" / "B-1" / "run")


def test_a_library_of_an_older_version_becomes_movable(tmp_path: Path) -> None:
    folder = tmp_path / "old"
    connection = connect(folder, STEPS[:2])
    inside = folder / "runs" / "B-2" / "run"
    inside.mkdir(parents=True)
    connection.execute("INSERT INTO cases (id, added_ns, thumbnail) VALUES ('K-1', 0, ?)", (str(inside / "t.jpg"),))
    connection.execute("INSERT INTO levels (id, case_id) VALUES ('L-1', 'K-1')")
    connection.execute(
        "INSERT INTO runs (id, case_id, level_id, added_ns, path, is_copied, sha256, bytes, width_px, height_px, state)"
        " VALUES ('B-2', 'K-1', 'L-1', 0, ?, 1, '', 1, 1, 1, 'done')",
        (str(inside),),
    )
    connection.close()
    os.rename(folder, tmp_path / "moved")  # before it was ever opened by this version
    with Library(tmp_path / "moved") as library:
        assert library.one("runs", "B-2")["path"] == str(tmp_path / "moved" / "runs" / "B-2" / "run")
        assert library.ask("SELECT path || '' AS kept FROM runs") == [{"kept": "runs/B-2/run"}]
    assert list((tmp_path / "moved" / "backups").glob("before_version*"))


@pytest.mark.parametrize("text", [None, "", "/somewhere/else/film.mkv"])
def test_what_lies_elsewhere_stays_as_it_is(tmp_path: Path, text: str | None) -> None:
    assert stored(tmp_path, text) == text
    assert found(tmp_path, text) == text
