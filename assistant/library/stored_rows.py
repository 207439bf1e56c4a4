"""Rows of the library's tables as its file holds them: read and found, put, taken back. No log, no rights, no lock."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

from assistant.errors import UsageError
from assistant.library.case_line import DERIVED, refresh_case
from assistant.library.change_log import Row, RowChange
from assistant.library.migrations import TABLES
from assistant.library.relative import row_found, row_stored
from assistant.system.plain import plain, sql_value


class StoredRows:
    """The rows of an open database; whoever writes has begun a transaction.

    Parameters
    ----------
    db : sqlite3.Connection
    folder : Path
        The library's: paths inside it are stored relative to it.
    wall_ns : callable
    """

    def __init__(self, db: sqlite3.Connection, folder: Path, wall_ns: Callable[[], int]) -> None:
        self._db, self._folder, self._wall_ns = db, folder, wall_ns

    def one(self, table: str, id_: str) -> Row | None:
        """A row by id, also one that was deleted; None where there is none."""
        row = self._raw(table, id_)
        return None if row is None else row_found(self._folder, row)

    def equal(self, table: str, equal: Mapping[str, Any], *, include_deleted: bool, order: str) -> list[Row]:
        """Rows with these values, in the order of a column."""
        tests = [f"{_column(name)} IS ?" for name in equal]
        if not include_deleted:
            tests.append("deleted_ns IS NULL")
        where = f"WHERE {' AND '.join(tests)}" if tests else ""
        question = f"SELECT * FROM {_checked(table)} {where} ORDER BY {_column(order)}"
        return self.ask(question, row_stored(self._folder, plain(dict(equal))).values())

    def ask(self, question: str, arguments: Iterable[Any] = ()) -> list[Row]:
        """Read by SQL."""
        return [row_found(self._folder, dict(row)) for row in self._db.execute(question, _sql(arguments))]

    def put(self, table: str, id_: str, values: Mapping[str, Any]) -> RowChange:
        """Add or change a row; what it was and what it is."""
        before = self._raw(table, id_)
        named = {_column(name): sql_value(value) for name, value in row_stored(self._folder, plain(values)).items()}
        if before is None:
            if table in ("cases", "runs"):
                named.setdefault("added_ns", self._wall_ns())
            columns = ["id", *named]
            marks = ", ".join("?" for _ in columns)
            self._db.execute(
                f"INSERT INTO {_checked(table)} ({', '.join(columns)}) VALUES ({marks})", (id_, *named.values())
            )
        elif named:
            parts = ", ".join(f"{name} = ?" for name in named)
            self._db.execute(f"UPDATE {_checked(table)} SET {parts} WHERE id = ?", (*named.values(), id_))
        return RowChange(table=table, id=id_, before=_kept(table, before), after=_kept(table, self._raw(table, id_)))

    def restore(self, row: RowChange) -> RowChange:
        """Take a change of a row back.

        Raises
        ------
        UsageError
            If it was changed again since.
        """
        here = _kept(row.table, self._raw(row.table, row.id)) or {}
        # The log of an older version holds whole paths.
        after = row_stored(self._folder, row.after or {})
        if row.before is None:
            # What was added goes out of sight; its row stays, so that nothing that points to it breaks.
            back: Row = {"deleted_ns": self._wall_ns()}
        else:
            before = row_stored(self._folder, row.before)
            back = {name: value for name, value in before.items() if after.get(name) != value}
            if any(here.get(name) != after.get(name) for name in back):
                raise UsageError(f"{row.id} was changed again since; take that back first")
        self.put(row.table, row.id, back)
        return RowChange(table=row.table, id=row.id, before=here, after=_kept(row.table, self._raw(row.table, row.id)))

    def refresh_cases(self, changed: Iterable[RowChange]) -> None:
        """Work out anew what the list shows of the cases that the rows belong to."""
        cases = set()
        for row in changed:
            now = row.after or row.before or {}
            if row.table == "cases":
                cases.add(row.id)
            elif "case_id" in now:
                cases.add(now["case_id"])
        for case_id in sorted(cases):
            refresh_case(self._db, case_id)

    def _raw(self, table: str, id_: str) -> Row | None:
        """A row as the file holds it."""
        row = self._db.execute(f"SELECT * FROM {_checked(table)} WHERE id = ?", (id_,)).fetchone()
        return None if row is None else dict(row)


def _kept(table: str, row: Row | None) -> Row | None:
    if row is None:
        return None
    left_out = {"number", *(DERIVED if table == "cases" else ())}
    return {name: value for name, value in row.items() if name not in left_out}


def _sql(values: Iterable[Any]) -> tuple[Any, ...]:
    return tuple(sql_value(value) for value in values)


def _checked(table: str) -> str:
    if table not in TABLES:
        raise UsageError(f"there is no table {table!r}")
    return table


def _column(name: str) -> str:
    if not name.isidentifier() or not name.isascii():
        raise UsageError(f"there is no column {name!r}")
    return name
