"""The one reader of a run's tables: ``measurements.csv`` and the simulator's ``truth.csv``, a row at a time or whole.

Whole, as columns, a missing cell is NaN or an empty word. The lines that a session writes are read in
`assistant.readings.live_line`.
"""

from __future__ import annotations

import contextlib
import csv
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from assistant.errors import InputError

Column = NDArray[np.float64]
Row = dict[str, str]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class TableFile:
    """Columns by name, as text; ``rows`` of them."""

    path: Path
    rows: int
    cells: Mapping[str, list[str]] = field(repr=False)

    def words(self, name: str) -> list[str]:
        """A column of words; empty words where the file has no such column."""
        return self.cells.get(name, [""] * self.rows)

    def numbers(self, name: str) -> Column:
        """A column of numbers, shape (rows,); NaN for an empty cell, and all NaN where the file has no such column.

        Raises
        ------
        InputError
            If a cell holds something else.
        """
        column = self.words(name)
        try:
            return np.array([float(cell) if cell else np.nan for cell in column], dtype=np.float64)
        except ValueError as error:
            raise InputError(f"{self.path}: column {name} holds something that is no number ({error})") from error


class NotATable(ValueError):
    """The file is no CSV file, or not UTF-8."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class OpenTable:
    """A CSV file as far as it was read: its head, and the rows under it as they are asked for."""

    columns: tuple[str, ...]
    rows: Iterator[list[str]] = field(repr=False)

    def by_name(self) -> Iterator[Row]:
        """Rows by column. A cell that a row does not have is not there; rows without any cell are passed over."""
        return (dict(zip(self.columns, row, strict=False)) for row in self.rows if row)


@contextlib.contextmanager
def open_table(path: Path) -> Iterator[OpenTable]:
    """Open a CSV file; an empty one has no columns.

    Raises
    ------
    OSError
    NotATable
        Also while rows are read.
    """
    try:
        with path.open(newline="", encoding="utf-8") as file:
            rows = csv.reader(file)
            yield OpenTable(columns=tuple(next(rows, ())), rows=rows)
    except (UnicodeDecodeError, csv.Error) as error:
        raise NotATable(str(error)) from error


def read_table(path: Path, needed: tuple[str, ...]) -> TableFile:
    """Read a CSV file with a head line.

    Raises
    ------
    InputError
        If it cannot be read, lacks one of the ``needed`` columns, or its frames do not count up from 0.
    """
    try:
        with open_table(path) as table:
            head, body = table.columns, list(table.rows)
    except (OSError, NotATable) as error:
        raise InputError(f"{path}: cannot be read ({error})") from error
    missing = [name for name in ("frame", *needed) if name not in head]
    if missing:
        raise InputError(f"{path}: lacks the column {missing[0]}: not a table of this kind")
    cells = {name: [line[k] if k < len(line) else "" for line in body] for k, name in enumerate(head)}
    if cells["frame"] != [str(k) for k in range(len(body))]:
        raise InputError(f"{path}: frames must be numbered from 0 without gaps")
    return TableFile(path=path, rows=len(body), cells=cells)
