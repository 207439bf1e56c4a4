"""The library, opened: rows are read by name, changed through the log, and every change can be taken back."""

from __future__ import annotations

import contextlib
import logging
import sqlite3
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from types import TracebackType
from typing import Any, Final

from assistant.errors import EnvironmentError_, InputError, UsageError
from assistant.identity import random_id
from assistant.library import change_log, database
from assistant.library.case_line import refresh_case
from assistant.library.change_log import ChangeSet, Row
from assistant.library.database import OneWriter, Transaction
from assistant.library.people import LOCAL, Permission, Person, Role, check_may
from assistant.library.stored_rows import StoredRows
from assistant.system.places import data_home

log = logging.getLogger(__name__)
_DAY_S: Final = 86_400
_NOT_UNDONE: Final = frozenset({"undo", "empty the bin", "answer", "analysis", "person", "new clip", "review"})


class Library:
    """The one writer of a library folder. Use it from one thread.

    Parameters
    ----------
    folder : Path, optional
        By default `assistant.system.places.data_home`.
    who : Person
        Whose changes these are; may be replaced at any time.
    wall_ns : callable
        The wall clock, replaced by tests.

    Raises
    ------
    EnvironmentError_
        If it is open elsewhere, cannot be written, or is of a newer version.
    InputError
        If its file is damaged.

    Attributes
    ----------
    fault : str
        What is wrong with the log of changes, found when the library was opened; empty for a whole one.
    """

    def __init__(
        self, folder: Path | None = None, who: Person = LOCAL, wall_ns: Callable[[], int] = time.time_ns
    ) -> None:
        self.folder = data_home() if folder is None else folder
        self.who = who
        self._wall_ns = wall_ns
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise EnvironmentError_(f"{self.folder}: cannot be made ({error.strerror})") from error
        self._writer = OneWriter(self.folder)
        try:
            self._db = database.connect(self.folder)
        except BaseException:
            self._writer.release()
            raise
        self._rows = StoredRows(self._db, self.folder, wall_ns)
        try:
            self.fault = self.verify()
            if not self.fault:
                self._back_up_daily()
        except BaseException:
            self.close()
            raise

    def _back_up_daily(self) -> None:
        """A copy a day of a library that holds something; that it cannot be made is no reason not to work."""
        copies = database.list_backups(self.folder)
        if copies and time.time() - copies[0].stat().st_mtime < _DAY_S:
            return
        if self._db.execute("SELECT count(*) FROM changes").fetchone()[0]:
            try:
                self.back_up("daily")
            except EnvironmentError_ as error:
                log.warning("%s", error)

    def __enter__(self) -> Library:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Give back the file. May be called twice."""
        self._db.close()
        self._writer.release()

    @property
    def runs_folder(self) -> Path:
        """Where copied runs, results and thumbnails lie."""
        return self.folder / "runs"

    def verify(self) -> str:
        """What is wrong with the log of changes; empty for a whole one."""
        with self._reading():
            return change_log.verify(self._db, change_log.stored_head(self.folder))

    def one(self, table: str, id_: str) -> Row | None:
        """A row by id, also one that was deleted; None where there is none."""
        with self._reading():
            return self._rows.one(table, id_)

    def rows(self, table: str, *, include_deleted: bool = False, order: str = "number", **equal: Any) -> list[Row]:
        """Rows with these values, in the order of a column."""
        with self._reading():
            return self._rows.equal(table, equal, include_deleted=include_deleted, order=order)

    def ask(self, question: str, arguments: Iterable[Any] = ()) -> list[Row]:
        """Read by SQL, for the searches and figures; never with a text of a person inside ``question``."""
        with self._reading():
            return self._rows.ask(question, arguments)

    @contextlib.contextmanager
    def _reading(self) -> Iterator[None]:
        """Damage that shows only when a page is read is told like damage that shows at once."""
        try:
            yield
        except (sqlite3.DatabaseError, UnicodeDecodeError) as error:
            if "locked" in str(error):
                raise EnvironmentError_(f"the library is held by another program ({error}); try again") from error
            raise InputError(database.damaged(self.folder / database.NAME, error)) from error

    def add(self, table: str, act: Permission, kind: str = "", **values: Any) -> str:
        """Add a row under a new random id (or ``id``); gives the id."""
        id_ = str(values.pop("id", "")) or self.new_id(table)
        self.change([(table, id_, values)], act, kind or f"add to {table}", about=id_)
        return id_

    def new_id(self, table: str) -> str:
        """A random id that is not in use."""
        while True:
            made = random_id(table)
            if self.one(table, made) is None:
                return made

    def change(
        self, rows: Iterable[tuple[str, str, Mapping[str, Any]]], act: Permission, kind: str, *, about: str
    ) -> int:
        """Add or change rows, all together, with one line in the log; gives the line's number.

        Parameters
        ----------
        rows : iterable of (table, id, values)
            A row that is not there is added.
        act : Permission
            Refused where the person's role does not do this.
        kind, about : str
            For the log.

        Raises
        ------
        UsageError
            If the person may not.
        EnvironmentError_
            If the disk refuses; nothing was changed then.
        """
        check_may(self.who, act)
        with Transaction(self._db):
            changed = [self._rows.put(table, id_, values) for table, id_, values in rows]
            n, digest = change_log.append(self._db, self.who.id, kind, about, changed, self._wall_ns())
            self._rows.refresh_cases(changed)
        self._keep_head(n, digest)
        return n

    def delete(self, table: str, id_: str, *, kind: str = "") -> int:
        """Take a row out of sight; `undo` brings it back, `empty_trash` removes it for good. Gives the log's number.

        Raises
        ------
        UsageError
            If there is no such row, or the person may not.
        """
        if self.one(table, id_) is None:
            raise UsageError(f"there is no {id_}")
        return self.change(
            [(table, id_, {"deleted_ns": self._wall_ns()})],
            Permission.DELETE,
            kind or f"delete from {table}",
            about=id_,
        )

    def undo(self, n: int | None = None) -> ChangeSet | None:
        """Take a change back: the given one, or the newest that was not taken back. None where there is none.

        Raises
        ------
        UsageError
            If what it changed was changed again later: the later change has to be taken back first.
        """
        target = self._undoable() if n is None else change_log.change(self._db, n)
        if target is None:
            return None
        if target.undone_by is not None or target.kind in _NOT_UNDONE:
            raise UsageError(f"change {target.n} ({target.kind}) cannot be taken back")
        check_may(self.who, Permission.DELETE if target.kind.startswith("delete") else Permission.EDIT)
        with Transaction(self._db):
            back = [self._rows.restore(row) for row in reversed(target.rows)]
            m, digest = change_log.append(
                self._db, self.who.id, "undo", f"{target.n}: {target.kind} {target.about}", back, self._wall_ns()
            )
            self._db.execute("UPDATE changes SET undone_by = ? WHERE n = ?", (m, target.n))
            self._rows.refresh_cases(back)
        self._keep_head(m, digest)
        return target

    def changes(self, newest: int = 100, about: str | None = None) -> list[ChangeSet]:
        """The log, newest first."""
        return change_log.read(self._db, newest=newest, about=about)

    def note(self, kind: str, about: str) -> None:
        """A line in the log for what changed no row: an export, an agreement, a look by the instructor."""
        with Transaction(self._db):
            n, digest = change_log.append(self._db, self.who.id, kind, about, [], self._wall_ns())
        self._keep_head(n, digest)

    def person(self, id_: str) -> Person:
        """A person by id; the local one where there is none."""
        row = self.one("people", id_)
        if row is None:
            return LOCAL
        return Person(
            id=row["id"],
            name=row["name"],
            role=Role(row["role"]),
            has_consented=row["consent_ns"] is not None,
            is_expert=bool(row["is_expert"]),
        )

    def refresh(self, case_id: str) -> None:
        """Work out anew what the list shows of a case (after its clips changed)."""
        with Transaction(self._db):
            refresh_case(self._db, case_id)

    def back_up(self, what: str) -> Path:
        """Copy the library as it stands, for an act that cannot be taken back."""
        return database.back_up(self._db, self.folder, what)

    def _keep_head(self, n: int, digest: str) -> None:
        """The change is made already: that its head cannot be kept is no reason to say that it was not."""
        try:
            change_log.keep_head(self.folder, n, digest)
        except EnvironmentError_ as error:
            log.warning("%s; it is written with the next change", error)

    def _undoable(self) -> ChangeSet | None:
        marks = ", ".join("?" for _ in _NOT_UNDONE)
        row = self._db.execute(
            f"SELECT n FROM changes WHERE undone_by IS NULL AND rows != '[]' AND kind NOT IN ({marks}) "
            f"ORDER BY n DESC LIMIT 1",
            sorted(_NOT_UNDONE),
        ).fetchone()
        return None if row is None else change_log.change(self._db, row["n"])
