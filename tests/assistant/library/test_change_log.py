"""The chain of changes: whatever is done to a line shows, and the line is named."""

import pytest

from assistant.library import change_log
from assistant.library.people import Permission
from assistant.library.store import Library


@pytest.fixture
def library(tmp_path):
    with Library(tmp_path) as opened:
        for n in range(6):
            opened.add("cases", Permission.IMPORT, note=f"case {n}")
        yield opened


@pytest.mark.parametrize("line", range(1, 7))
@pytest.mark.parametrize("column", ["wall_ns", "who", "kind", "about", "rows", "prev", "hash"])
def test_every_altered_cell_shows(library, line, column):
    value = 1 if column == "wall_ns" else "[]" if column == "rows" else "other"
    library._db.execute(f"UPDATE changes SET {column} = ? WHERE n = ?", (value, line))
    assert library.verify().startswith(f"change {line}:")


@pytest.mark.parametrize("line", range(1, 6))
def test_a_line_taken_out_shows(library, line):
    library._db.execute("DELETE FROM changes WHERE n = ?", (line,))
    assert f"change {line}:" in library.verify()


def test_swapped_lines_show(library):
    library._db.execute("UPDATE changes SET n = 100 WHERE n = 2")
    library._db.execute("UPDATE changes SET n = 2 WHERE n = 3")
    library._db.execute("UPDATE changes SET n = 3 WHERE n = 100")
    assert library.verify().startswith("change 2:")


@pytest.mark.parametrize("cut", range(1, 6))
def test_a_cut_tail_shows_against_the_kept_head(library, cut):
    library._db.execute("DELETE FROM changes WHERE n > ?", (6 - cut,))
    assert library.verify() == f"{cut} changes are missing at the end"


def test_a_rewritten_chain_shows_against_the_kept_head(library):
    library._db.execute("DELETE FROM changes WHERE n = 6")
    change_log.append(library._db, "local", "import", "other", [], 0)
    assert library.verify() == "change 6: not the one that was kept"


def test_it_is_told_when_the_library_is_opened(tmp_path):
    with Library(tmp_path) as library:
        library.add("cases", Permission.IMPORT)
        library._db.execute("UPDATE changes SET who = 'x'")
    with Library(tmp_path) as library:
        assert "change 1: was altered" in library.fault
        assert library.rows("cases") != []


def test_a_lost_head_is_no_fault(library):
    (library.folder / change_log.HEAD).unlink()
    assert library.verify() == ""
