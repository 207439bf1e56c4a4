"""The library's file: migrations with a copy before, whole or not at all; newer and damaged files are left alone."""

import sqlite3
from pathlib import Path

import pytest

from assistant.errors import EnvironmentError_, InputError
from assistant.library import database
from assistant.library.migrations import STEPS, VERSION


def columns(path: Path, table: str) -> list[str]:
    db = sqlite3.connect(path)
    try:
        return [row[1] for row in db.execute(f"PRAGMA table_info({table})")]
    finally:
        db.close()


def test_a_new_library_is_of_this_version_and_keeps_its_journal_safe(tmp_path):
    db = database.connect(tmp_path)
    assert db.execute("PRAGMA user_version").fetchone()[0] == VERSION
    assert db.execute("PRAGMA journal_mode").fetchone()[0] == "delete"
    assert db.execute("PRAGMA synchronous").fetchone()[0] == 3  # EXTRA
    assert db.execute("PRAGMA foreign_keys").fetchone()[0] == 1
    db.close()


def test_an_older_library_is_copied_and_brought_up(tmp_path):
    db = database.connect(tmp_path, STEPS[:1])
    db.execute("INSERT INTO cases (id, added_ns) VALUES ('K-1', 0)")
    db.close()
    db = database.connect(tmp_path)
    assert db.execute("SELECT id FROM cases").fetchone()[0] == "K-1"
    db.close()
    assert "task" in columns(tmp_path / database.NAME, "answers")
    (copy,) = database.list_backups(tmp_path)
    assert columns(copy, "answers") == []
    assert columns(copy, "cases") != []


def test_a_step_that_fails_leaves_the_library_as_it_was(tmp_path):
    database.connect(tmp_path).close()
    before = (tmp_path / database.NAME).read_bytes()
    bad = (*STEPS, "CREATE TABLE extra (a); CREATE TABLE cases (a);")
    with pytest.raises(EnvironmentError_):
        database.connect(tmp_path, bad)
    assert (tmp_path / database.NAME).read_bytes() == before
    assert columns(tmp_path / database.NAME, "extra") == []


def test_a_newer_library_is_refused_untouched(tmp_path):
    database.connect(tmp_path, (*STEPS, "CREATE TABLE later (a);")).close()
    before = (tmp_path / database.NAME).read_bytes()
    with pytest.raises(EnvironmentError_, match="newer version"):
        database.connect(tmp_path)
    assert (tmp_path / database.NAME).read_bytes() == before


def test_another_programs_file_is_refused(tmp_path):
    db = sqlite3.connect(tmp_path / database.NAME)
    db.execute("CREATE TABLE theirs (a)")
    db.close()
    with pytest.raises(InputError, match="not a library"):
        database.connect(tmp_path)


def test_a_backup_can_be_put_in_place(tmp_path):
    db = database.connect(tmp_path)
    db.execute("INSERT INTO cases (id, added_ns) VALUES ('K-1', 0)")
    copy = database.back_up(db, tmp_path, "by_hand")
    db.execute("DELETE FROM cases")
    db.close()
    aside = database.restore(tmp_path, copy)
    assert aside.is_file()
    db = database.connect(tmp_path)
    assert db.execute("SELECT id FROM cases").fetchone()[0] == "K-1"
    db.close()


def test_old_backups_go(tmp_path):
    db = database.connect(tmp_path)
    for _ in range(8):
        database.back_up(db, tmp_path, "x")
    db.close()
    assert len(database.list_backups(tmp_path)) == 5


def test_statements_are_split_where_they_end():
    assert database.statements("CREATE TABLE a (b DEFAULT ';'); DROP TABLE a;") == [
        "CREATE TABLE a (b DEFAULT ';');",
        "DROP TABLE a;",
    ]
