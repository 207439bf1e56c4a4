"""Rows as the file holds them, without the log and the rights."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from assistant.errors import UsageError
from assistant.library import database
from assistant.library.stored_rows import StoredRows


@pytest.fixture
def rows(tmp_path: Path) -> Iterator[StoredRows]:
    db = database.connect(tmp_path)
    yield StoredRows(db, tmp_path, lambda: 77)
    db.close()


def test_a_row_is_added_changed_and_taken_back(rows: StoredRows) -> None:
    added = rows.put("cases", "K-1", {"technique": "A"})
    assert (added.before, rows.one("cases", "K-1")["added_ns"]) == (None, 77)
    changed = rows.put("cases", "K-1", {"technique": "B"})
    assert [row["id"] for row in rows.equal("cases", {"technique": "B"}, include_deleted=False, order="id")] == ["K-1"]
    rows.restore(changed)
    assert rows.one("cases", "K-1")["technique"] == "A"
    rows.restore(added)
    assert rows.equal("cases", {}, include_deleted=False, order="id") == []
    assert rows.one("cases", "K-1")["deleted_ns"] == 77, "out of sight, and still there"


def test_what_was_changed_again_is_not_taken_back_over_it(rows: StoredRows) -> None:
    rows.put("cases", "K-1", {"technique": "A"})
    changed = rows.put("cases", "K-1", {"technique": "B"})
    rows.put("cases", "K-1", {"technique": "C"})
    with pytest.raises(UsageError, match="changed again since"):
        rows.restore(changed)


def test_paths_inside_the_library_are_kept_relative_to_it(rows: StoredRows, tmp_path: Path) -> None:
    inside = str(tmp_path / "runs" / "B-1")
    rows.put("cases", "K-1", {})
    rows.put("levels", "L-1", {"case_id": "K-1"})
    run = {"case_id": "K-1", "level_id": "L-1", "path": inside, "is_copied": True, "state": "imported"}
    rows.put("runs", "B-1", run | {"sha256": "", "bytes": 0, "width_px": 64, "height_px": 64})
    assert rows.one("runs", "B-1")["path"] == inside
    (kept,) = rows._db.execute("SELECT path FROM runs").fetchone()
    assert not kept.startswith("/")


@pytest.mark.parametrize(("table", "column"), [("cases; DROP TABLE cases", "id"), ("cases", "id; --")])
def test_no_name_that_is_none_reaches_the_file(rows: StoredRows, table: str, column: str) -> None:
    with pytest.raises(UsageError, match="there is no"):
        rows.equal(table, {}, include_deleted=True, order=column)
