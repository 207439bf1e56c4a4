"""Cases, changes and undo: the log tells all, and every change can be taken back."""

from pathlib import Path

import numpy as np
import pytest

from assistant.errors import EnvironmentError_, UsageError
from assistant.identity import random_id
from assistant.library.people import Permission
from assistant.library.search import Filter, search
from assistant.library.store import Library
from tests.one_library import add_case


def test_ids_are_random_and_say_nothing():
    made = {random_id("runs") for _ in range(200)}
    assert len(made) == 200
    assert all(one[:2] == "B-" and len(one) == 10 for one in made)


def test_a_change_can_be_taken_back_and_that_too_is_in_the_log(library):
    case_id = add_case(library, note="first")
    library.change([("cases", case_id, {"note": "second"})], Permission.EDIT, "change case", about=case_id)
    taken = library.undo()
    assert taken.kind == "change case"
    assert library.one("cases", case_id)["note"] == "first"
    kinds = [change.kind for change in library.changes()]
    assert kinds == ["undo", "change case", "add to levels", "import"]
    assert library.changes()[1].undone_by == 4
    assert library.verify() == ""


def test_undo_goes_on_backwards_and_ends(library):
    case_id = add_case(library)
    assert library.undo().kind == "add to levels"
    assert library.undo().kind == "import"
    assert search(library).total == 0
    assert library.one("cases", case_id) is not None  # out of sight, nothing that points to it breaks
    assert library.undo() is None


def test_a_deleted_case_comes_back(library):
    case_id = add_case(library)
    library.delete("cases", case_id, kind="delete case")
    assert search(library).total == 0
    assert search(library, which=Filter.TRASH).total == 1
    library.undo()
    assert search(library).cases[0]["id"] == case_id


def test_what_was_changed_again_is_not_taken_back_over_it(library):
    case_id = add_case(library, note="1")
    first = library.change([("cases", case_id, {"note": "2"})], Permission.EDIT, "change case", about=case_id)
    library.change([("cases", case_id, {"note": "3"})], Permission.EDIT, "change case", about=case_id)
    with pytest.raises(UsageError, match="changed again since"):
        library.undo(first)
    assert library.one("cases", case_id)["note"] == "3"


def test_a_change_beside_it_does_not_stand_in_the_way(library):
    case_id = add_case(library, note="1", tags="old")
    first = library.change([("cases", case_id, {"note": "2"})], Permission.EDIT, "change case", about=case_id)
    library.change([("cases", case_id, {"tags": "new"})], Permission.EDIT, "change case", about=case_id)
    library.undo(first)
    row = library.one("cases", case_id)
    assert (row["note"], row["tags"]) == ("1", "new")


def test_all_rows_of_a_change_or_none(library):
    with pytest.raises(EnvironmentError_):
        library.change(
            [("cases", "K-1", {"day": None}), ("levels", "L-1", {"no_such_column": 1})], Permission.EDIT, "x", about=""
        )
    assert library.one("cases", "K-1") is None
    assert library.changes() == []


def test_only_one_writes(tmp_path):
    with Library(tmp_path), pytest.raises(EnvironmentError_, match="open in another window"):
        Library(tmp_path)
    with Library(tmp_path):
        pass


def test_numbers_of_numpy_stand_in_the_library_as_numbers(library):
    case_id = add_case(library)
    level = library.rows("levels", case_id=case_id)[0]["id"]
    values = {"frames": np.int64(60), "duration_s": np.float32(4.0), "path": Path("/data/run.mkv")}
    values |= {"is_copied": False, "sha256": "0", "bytes": 1, "width_px": np.int32(8), "height_px": 8, "state": "done"}
    run_id = library.add("runs", Permission.IMPORT, case_id=case_id, level_id=level, **values)
    run = library.one("runs", run_id)
    assert (run["frames"], run["duration_s"], run["path"]) == (60, 4.0, "/data/run.mkv")
    assert library.rows("runs", frames=np.int64(60))
    assert library.verify() == ""
