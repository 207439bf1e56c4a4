"""What of a pack is here already: by ids, as the same frames of the same session, and not what lies in the bin."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from assistant.exchange.known_here import is_new, level_here, runs_here, said_here
from assistant.exchange.pack_in import PackedCase, PackedLevel, PackedRun
from assistant.library.people import Permission
from assistant.library.store import Library

RUN, OTHER, SESSION = "B-00000001", "B-00000002", "N-00000001"
VALUES: dict[str, Any] = {"is_copied": 1, "sha256": "0", "bytes": 1, "width_px": 320, "height_px": 300, "frames": 9}


@pytest.fixture
def library(tmp_path: Path) -> Any:
    with Library(tmp_path / "library") as made:
        made.add("cases", Permission.IMPORT, id="K-00001")
        made.add("levels", Permission.EDIT, id="L-00000001", case_id="K-00001", level="L1")
        ids = {"case_id": "K-00001", "level_id": "L-00000001", "session_id": SESSION}
        made.add("runs", Permission.IMPORT, id=RUN, path=str(tmp_path / "a"), state="waiting", **ids, **VALUES)
        yield made


def packed(run_id: str, session: str = "", **level: Any) -> PackedCase:
    return PackedCase(levels=[PackedLevel(**level)], runs=[PackedRun(id=run_id, session=session)])


@pytest.mark.parametrize(
    ("case", "frames", "known"),
    [
        (packed(RUN), 9, True),
        (packed(RUN), 8, False),
        (packed(OTHER, SESSION), 9, True),
        (packed(OTHER, SESSION), 8, False),
        (packed(OTHER), 9, False),
        (packed("../../x"), 9, False),
    ],
)
def test_a_run_is_known_by_its_id_or_as_the_frames_of_its_session(
    library: Library, case: PackedCase, frames: int, known: bool
) -> None:
    assert [row["id"] for rows in runs_here(library, case, [frames]).values() for row in rows] == [RUN] * known


def test_what_lies_in_the_bin_is_not_here(library: Library) -> None:
    library.delete("cases", "K-00001")
    assert runs_here(library, packed(RUN, SESSION), [9]) == {}


def test_what_nobody_entered_here_is_taken_over_and_nothing_else(library: Library) -> None:
    case = packed(RUN, level="L1", cement_ml=2.0, gauge="11G")
    known = runs_here(library, case, [9])
    library.change([("levels", "L-00000001", {"gauge": "13G"})], Permission.EDIT, "edit", about="K-00001")
    assert said_here(library, known, case, "K-00001") == [("levels", "L-00000001", {"cement_ml": 2.0})]


def test_a_level_is_known_by_its_id_before_its_name_and_a_finding_by_what_it_says(library: Library) -> None:
    rows = library.rows("levels")
    assert level_here(rows, "L-00000001", "L5") == level_here(rows, "L-00000009", "L1") == rows[0]
    assert level_here(rows, "L-00000009", None) is None
    library.add(
        "findings", Permission.EDIT, case_id="K-00001", site="anterior", level="L1", day="2026-11-12", note="seen"
    )
    assert not is_new(library, "findings", "K-00001", {"site": "anterior", "level": "L1", "day": None, "note": ""})
    assert is_new(library, "findings", "K-00001", {"site": "lateral", "level": "L1", "day": None, "note": ""})
