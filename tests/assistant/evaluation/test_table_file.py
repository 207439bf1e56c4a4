from pathlib import Path

import numpy as np
import pytest

from assistant.errors import InputError
from assistant.evaluation.table_file import read_table


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
