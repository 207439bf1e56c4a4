"""A session's day as rows of the library: level by level, never into a patient's level from a rehearsal."""

from __future__ import annotations

from pathlib import Path

import pytest

from assistant.library.people import Permission
from assistant.library.session_rows import level_rows, session_columns
from assistant.library.store import Library
from tests.assistant.review.test_session_reading import two_levels


@pytest.fixture
def library(tmp_path: Path):
    with Library(tmp_path) as opened:
        yield opened


def levels_of(library: Library, case_id: str = "K-00001") -> list[tuple[str | None, float | None]]:
    return [(row["level"], row["cement_ml"]) for row in library.rows("levels", case_id=case_id)]


def test_what_is_said_of_a_run() -> None:
    said = session_columns(two_levels(), rehearsal=False)
    assert said["run"] == {
        "rehearsal": 0,
        "told_high": 1,
        "told_medium": 1,
        "told_low": 0,
        "acknowledged": 1,
        "xray_s": 6.5,
        "exposures": 2,
        "second_xray_s": None,
        "second_exposures": None,
    }
    assert [level["level"] for level in said["levels"]] == ["L1", "L2"]
    assert [level["day_said"] for level in said["levels"]] == ["cement mixed", "1 key image"]
    assert session_columns(None, rehearsal=True) == {"run": {"rehearsal": 1}, "levels": []}


def test_each_level_has_a_row_and_what_a_person_entered_stays(library: Library) -> None:
    said = session_columns(two_levels(), rehearsal=False)["levels"]
    rows, (first, _) = level_rows(library, "K-00001", said, None, rehearsal=False)
    library.change([("cases", "K-00001", {}), *rows], Permission.IMPORT, "import", about="K-00001")
    assert levels_of(library) == [("L1", 0.4), ("L2", 0.2)]
    library.change([("levels", first, {"cement_ml": 3.0})], Permission.EDIT, "change case", about="K-00001")
    rows, _ = level_rows(library, "K-00001", said, None, rehearsal=False)
    library.change(rows, Permission.IMPORT, "import", about="K-00001")
    assert levels_of(library) == [("L1", 3.0), ("L2", 0.2)]


def test_neither_a_rehearsal_nor_a_plain_run_changes_a_level_that_is_there(library: Library) -> None:
    rows, (first,) = level_rows(library, "K-00001", [], "L3", rehearsal=False)
    library.change([("cases", "K-00001", {}), *rows], Permission.IMPORT, "import", about="K-00001")
    assert levels_of(library) == [("L3", None)]
    said = session_columns(two_levels(), rehearsal=True)["levels"]
    assert level_rows(library, "K-00001", said, None, rehearsal=True) == ([], [first, first])
    assert level_rows(library, "K-00001", [], "L4", rehearsal=False) == ([], [first])


def test_what_a_rehearsal_has_left_gives_way_and_what_a_person_entered_stays(library: Library) -> None:
    said = session_columns(two_levels(), rehearsal=True)["levels"]
    rows, (first, _) = level_rows(library, "K-00001", said, None, rehearsal=True)
    run = {"case_id": "K-00001", "level_id": first, "rehearsal": 1, "path": "r", "is_copied": 0, "state": "done"}
    run |= {"sha256": "0", "bytes": 1, "width_px": 1, "height_px": 1}
    library.change(
        [("cases", "K-00001", {}), *rows, ("runs", "R-1", run)], Permission.IMPORT, "import", about="K-00001"
    )
    second = library.rows("levels", case_id="K-00001")[1]["id"]
    library.change([("levels", second, {"cement_ml": 3.0})], Permission.EDIT, "change case", about="K-00001")
    nothing = [{"level": "L1", "cement_ml": None, "xray_s": 4.0, "exposures": 1, "day_said": ""}]
    rows, _ = level_rows(library, "K-00001", nothing, None, rehearsal=False)
    library.change(rows, Permission.IMPORT, "import", about="K-00001")
    assert levels_of(library) == [("L1", None), ("L2", 3.0)]
    assert [(row["xray_s"], row["day_said"]) for row in library.rows("levels")] == [(4.0, ""), (None, "")]


def test_it_gives_way_to_a_plain_run_that_counts_too(library: Library) -> None:
    said = session_columns(two_levels(), rehearsal=True)["levels"]
    rows, (first, _) = level_rows(library, "K-00001", said, None, rehearsal=True)
    run = {"case_id": "K-00001", "level_id": first, "rehearsal": 1, "path": "r", "is_copied": 0, "state": "done"}
    run |= {"sha256": "0", "bytes": 1, "width_px": 1, "height_px": 1}
    library.change(
        [("cases", "K-00001", {}), *rows, ("runs", "R-1", run)], Permission.IMPORT, "import", about="K-00001"
    )
    second = library.rows("levels", case_id="K-00001")[1]["id"]
    library.change([("levels", second, {"cement_ml": 3.0})], Permission.EDIT, "change case", about="K-00001")
    rows, _ = level_rows(library, "K-00001", [], "L1", rehearsal=False)
    library.change(rows, Permission.IMPORT, "import", about="K-00001")
    assert levels_of(library) == [("L1", None), ("L2", 3.0)]
