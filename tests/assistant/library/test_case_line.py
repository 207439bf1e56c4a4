"""The line of a case in the list follows its rows."""

from assistant.library.people import Permission
from assistant.library.search import Filter, search
from tests.one_library import add_case


def test_the_line_of_a_case_follows_its_rows(library):
    case_id = add_case(library)
    level = library.rows("levels", case_id=case_id)[0]
    run = {
        "case_id": case_id,
        "level_id": level["id"],
        "path": "p",
        "is_copied": 0,
        "sha256": "0",
        "bytes": 1,
        "width_px": 1,
        "height_px": 1,
        "state": "done",
        "duration_s": 10.0,
        "high": 1,
        "medium": 2,
        "low": 0,
        "leak_said": "superior disc · spike 0.93",
        "has_leak": 1,
    }
    run_id = library.add("runs", Permission.IMPORT, **run)
    library.add("runs", Permission.IMPORT, **run)
    found = search(library, which=Filter.LEAK).cases[0]
    assert (found["duration_s"], found["high"], found["medium"], found["levels_said"]) == (20.0, 2, 4, "L3")
    assert found["leak_said"] == "superior disc · spike 0.93"
    library.delete("runs", run_id)
    assert search(library).cases[0]["high"] == 1


def test_unknown_stays_unknown(library):
    case_id = add_case(library)
    row = library.one("cases", case_id)
    assert row["cement_ml"] is None
    assert row["high"] is None
