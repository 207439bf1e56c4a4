"""Runs that count: the same ones for whoever asks, and never a guess where the library cannot be read."""

from __future__ import annotations

from pathlib import Path

import pytest

from assistant.errors import EnvironmentError_
from assistant.library.counted import counted_runs
from assistant.library.people import Permission
from assistant.library.store import Library

RUN = {
    "path": "runs/x/run",
    "is_copied": 1,
    "sha256": "",
    "bytes": 0,
    "width_px": 8,
    "height_px": 8,
    "state": "waiting",
}


def add(library: Library, **changes: object) -> tuple[str, str, str]:
    case = library.add("cases", Permission.IMPORT)
    level = library.add("levels", Permission.IMPORT, case_id=case)
    return case, level, library.add("runs", Permission.IMPORT, **{**RUN, "case_id": case, "level_id": level, **changes})


def test_no_rehearsal_and_nothing_of_the_bin(tmp_path: Path) -> None:
    with Library(tmp_path) as library:
        (_, _, counts), (case, _, _), (_, level, _), (_, _, run) = (add(library) for _ in range(4))
        add(library, rehearsal=1)
        for table, id_ in (("cases", case), ("levels", level), ("runs", run)):
            library.delete(table, id_)
        found = counted_runs(tmp_path)  # beside the one that has it open
    assert [row["id"] for row in found] == [counts]
    assert found[0]["path"] == str(tmp_path / "runs/x/run")


def test_no_library_has_no_runs_and_one_that_cannot_be_read_is_told(tmp_path: Path) -> None:
    assert counted_runs(tmp_path) == []
    (tmp_path / "library.sqlite").write_bytes(b"no library" * 500)
    with pytest.raises(EnvironmentError_, match="cannot be read"):
        counted_runs(tmp_path)
