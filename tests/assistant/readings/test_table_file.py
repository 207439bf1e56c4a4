import re
from pathlib import Path

import numpy as np
import pytest

from assistant import readings
from assistant.errors import InputError
from assistant.readings.table_file import NotATable, open_table, read_table


def table(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "table.csv"
    path.write_text(text)
    return path


def test_an_empty_cell_is_unknown(tmp_path: Path) -> None:
    read = read_table(table(tmp_path, "frame,a\n0,1.5\n1,\n"), ("a",))
    np.testing.assert_array_equal(read.numbers("a"), [1.5, np.nan])
    assert read.words("a") == ["1.5", ""]


def test_an_absent_column_is_unknown_throughout(tmp_path: Path) -> None:
    read = read_table(table(tmp_path, "frame\n0\n1\n"), ())
    assert np.isnan(read.numbers("b")).all()
    assert read.words("b") == ["", ""]


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "lacks the column frame"),
        ("frame,b\n0,1\n", "lacks the column a"),
        ("frame,a\n0,1\n2,1\n", "numbered from 0"),
        ("frame,a\n0,x\n", "holds something that is no number"),
    ],
)
def test_a_table_of_another_kind_is_refused(tmp_path: Path, text: str, says: str) -> None:
    with pytest.raises(InputError, match=says):
        read_table(table(tmp_path, text), ("a",)).numbers("a")


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"nothing\.csv: cannot be read"):
        read_table(tmp_path / "nothing.csv", ())


def test_rows_come_by_name_and_what_is_no_text_is_said(tmp_path: Path) -> None:
    path = table(tmp_path, "frame,a\n0,1\n\n1\n")
    with open_table(path) as opened:
        assert list(opened.by_name()) == [{"frame": "0", "a": "1"}, {"frame": "1"}]
    path.write_bytes(b"frame,a\n0,\xff\n")
    with pytest.raises(NotATable), open_table(path) as opened:
        list(opened.rows)
    with open_table(table(tmp_path, "")) as opened:
        assert (opened.columns, list(opened.rows)) == ((), [])


def test_nobody_else_reads_tables() -> None:
    root = Path(readings.__file__).parents[2]
    readers = {
        str(path.relative_to(root))
        for folder in ("assistant", "ui", "models")
        for path in (root / folder).rglob("*.py")
        if re.search(r"\bcsv\.(reader|DictReader)\b|from csv import", path.read_text(encoding="utf-8"))
    }
    assert readers == {"assistant/readings/table_file.py"}
