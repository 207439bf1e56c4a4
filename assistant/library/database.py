"""The library's file: opened by one writer, checked, and brought to this program's version with a backup before.

No write-ahead log: SQLite before 3.51.3 can corrupt one when two connections write (sqlite.org, WAL-reset bug, fixed
2026-03-13), and the rates here are low. The journal is DELETE with EXTRA sync: a change is on the disk or was not made.
"""

from __future__ import annotations

import contextlib
import logging
import shutil
import sqlite3
import time
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import IO, Final

from assistant.errors import EnvironmentError_, InputError
from assistant.language import sentence
from assistant.library.migrations import STEPS, VERSION
from assistant.library.relative import stored
from assistant.system.files import put_in_place, whole_file
from assistant.system.locking import lock

log = logging.getLogger(__name__)
NAME: Final = "library.sqlite"
_APPLICATION_ID: Final = 0x464C5541  # "FLUA"
_BACKUPS_KEPT: Final = 5


class OneWriter:
    """Keeps every other writer out of a folder for as long as it is held; the system lets go when a process dies.

    Raises
    ------
    EnvironmentError_
        If another program has the library open.
    """

    def __init__(self, folder: Path) -> None:
        self._file: IO[bytes] | None = None
        path = folder / f"{NAME}.lock"
        try:
            self._file = path.open("ab")
            lock(self._file)
        except OSError as error:
            self.release()
            raise EnvironmentError_(
                f"{folder}: the library is open in another window of the program; close it there, or work there"
            ) from error

    def release(self) -> None:
        """Let others in. May be called twice."""
        if self._file is not None:
            self._file.close()
            self._file = None


def connect(folder: Path, steps: Sequence[str] = STEPS) -> sqlite3.Connection:
    """Open the library of a folder, made if absent, at this program's version.

    A file of an older version is copied aside first and brought up in one transaction: whole or not at all. A damaged
    one, or one of a newer program, is left as it is.

    Raises
    ------
    EnvironmentError_
        If the file cannot be opened or written, or was made by a newer version.
    InputError
        If the file is damaged; the text names the newest backup.
    """
    path = folder / NAME
    try:
        folder.mkdir(parents=True, exist_ok=True)
        connection = sqlite3.connect(path, isolation_level=None, timeout=5.0)
    except (OSError, sqlite3.Error) as error:
        raise EnvironmentError_(f"{path}: the library cannot be opened ({error})") from error
    try:
        connection.row_factory = sqlite3.Row
        # For the step that made the paths of older versions relative to the library's folder.
        connection.create_function("within", 1, lambda text: stored(folder, text))
        _prepare(connection, path, steps)
    except (sqlite3.DatabaseError, UnicodeDecodeError) as error:
        connection.close()
        if isinstance(error, sqlite3.OperationalError) and "malformed" not in str(error):
            raise EnvironmentError_(f"{path}: the library cannot be used ({error})") from error
        raise InputError(damaged(path, error)) from error
    except BaseException:
        connection.close()
        raise
    return connection


def look(folder: Path) -> sqlite3.Connection | None:
    """The library of a folder for reading alone, beside whoever writes it; None where there is none.

    Raises
    ------
    sqlite3.Error
        If it cannot be read.
    """
    path = folder / NAME
    if not path.is_file():
        return None
    connection = sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True, timeout=1.0)
    connection.row_factory = sqlite3.Row
    connection.execute("PRAGMA trusted_schema=OFF")
    return connection


def _prepare(connection: sqlite3.Connection, path: Path, steps: Sequence[str]) -> None:
    found = int(connection.execute("PRAGMA user_version").fetchone()[0])
    owner = int(connection.execute("PRAGMA application_id").fetchone()[0])
    tables = int(connection.execute("SELECT count(*) FROM sqlite_schema").fetchone()[0])
    if tables and owner != _APPLICATION_ID:
        raise InputError(f"{path}: not a library of this program; move it away, then a new one is made")
    if found < 0:
        raise sqlite3.DatabaseError("malformed: a version below 0")
    if found > len(steps):
        raise EnvironmentError_(
            f"{path}: made by a newer version of the program (version {found} of the tables, this one knows "
            f"{len(steps)}); use that version. Nothing was changed"
        )
    if tables:
        findings = connection.execute("PRAGMA quick_check(3)").fetchall()
        if [row[0] for row in findings] != ["ok"]:
            raise sqlite3.DatabaseError(f"malformed: {findings[0][0]}")
    connection.execute("PRAGMA journal_mode=DELETE")
    connection.execute("PRAGMA synchronous=EXTRA")
    connection.execute("PRAGMA foreign_keys=ON")
    connection.execute("PRAGMA trusted_schema=OFF")
    connection.execute("PRAGMA cache_size=-16000")
    if found == len(steps):
        return
    if found:
        back_up(connection, path.parent, f"before_version_{len(steps)}")
    # executescript would commit behind our back: each statement runs inside the one transaction.
    connection.execute("BEGIN IMMEDIATE")
    try:
        for step in steps[found:]:
            for statement in statements(step):
                connection.execute(statement)
        connection.execute(f"PRAGMA user_version={len(steps)}")
        connection.execute(f"PRAGMA application_id={_APPLICATION_ID}")
        connection.execute("COMMIT")
    except BaseException:
        with contextlib.suppress(sqlite3.Error):
            connection.execute("ROLLBACK")
        raise


def statements(step: str) -> list[str]:
    """The single statements of a step."""
    made, held = [], ""
    for piece in step.split(";"):
        held += piece + ";"
        if sqlite3.complete_statement(held):
            made.append(held.strip())
            held = ""
    return [one for one in made if one != ";"]


def back_up(connection: sqlite3.Connection, folder: Path, what: str) -> Path:
    """Copy the library as it stands into ``backups``; the oldest copies go.

    Raises
    ------
    EnvironmentError_
        If the copy cannot be made: then nothing else may be changed either.
    """
    backups = folder / "backups"
    stamp = time.strftime("%Y%m%dT%H%M%S", time.gmtime())
    path = backups / f"{what}_{stamp}_{time.monotonic_ns() % 1_000_000_000:09d}.sqlite"
    try:
        backups.mkdir(parents=True, exist_ok=True)
        # SQLite waits for the disk itself.
        with whole_file(path, durable=False) as part, contextlib.closing(sqlite3.connect(part)) as copy:
            connection.backup(copy)
    except (OSError, sqlite3.Error) as error:
        raise EnvironmentError_(f"{path}: the library cannot be copied first ({error}); nothing was changed") from error
    for old in list_backups(folder)[_BACKUPS_KEPT:]:
        with contextlib.suppress(OSError):
            old.unlink()
    return path


def list_backups(folder: Path) -> list[Path]:
    """Copies of the library, newest first."""
    return sorted((folder / "backups").glob("*.sqlite"), key=lambda path: path.stat().st_mtime_ns, reverse=True)


def restore(folder: Path, backup: Path) -> Path:
    """Put a backup in the place of the library; what stood there is kept beside it. Only while nobody has it open.

    Returns
    -------
    Path
        Where the library before lies now.

    Raises
    ------
    EnvironmentError_
        If the files cannot be moved.
    """
    path = folder / NAME
    aside = folder / f"{NAME}.damaged_{time.time_ns()}"
    try:
        with whole_file(path, durable=True) as part:
            shutil.copyfile(backup, part)
            if path.exists():
                put_in_place(path, aside)
            # A journal of the file before must not be played into the one that takes its place.
            (folder / f"{NAME}-journal").unlink(missing_ok=True)
    except OSError as error:
        raise EnvironmentError_(f"{path}: the backup cannot be put in place ({error.strerror})") from error
    return aside


def damaged(path: Path, error: Exception) -> str:
    """The sentence for a damaged library, with the copy to go back to."""
    copies = list_backups(path.parent)
    then = (
        sentence(f"the newest copy is {copies[0].name} in its folder backups")
        if copies
        else sentence("there is no copy of it yet")
    )
    return sentence(
        f"{path}: the library is damaged ({error}) and was not changed; {then}. The case folders are whole: each run "
        f"can still be opened by itself"
    )


class Transaction:
    """All or nothing: leaves no half change behind, whatever ends it.

    A disk may report a fault after the change was kept (the journal is gone, its folder could not be synced): whether
    a change was made is read off the log of changes, never off the report.

    Raises
    ------
    EnvironmentError_
        If the disk refuses the change.
    """

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        self._before: tuple[object, ...] = ()

    def __enter__(self) -> sqlite3.Connection:
        try:
            self._connection.execute("BEGIN IMMEDIATE")
            self._before = self._newest()
        except sqlite3.OperationalError as error:
            self._roll_back()
            raise EnvironmentError_(f"the library cannot be written ({error}); nothing was changed") from error
        return self._connection

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if kind is None:
            self._commit()
            return
        self._roll_back()
        if isinstance(error, sqlite3.OperationalError):
            raise EnvironmentError_(f"the library cannot be written ({error}); nothing was changed") from error

    def _commit(self) -> None:
        line: tuple[object, ...] = ()
        try:
            line = self._newest()
            self._connection.execute("COMMIT")
        except sqlite3.Error as refused:
            self._roll_back()
            if line == self._before or not self._stands(line, refused):
                raise EnvironmentError_(f"the library cannot be written ({refused}); nothing was changed") from refused
            log.warning("the library's disk reports a fault (%s); the change was kept", refused)

    def _newest(self) -> tuple[object, ...]:
        """Number and hash of the newest line of the log."""
        row = self._connection.execute("SELECT n, hash FROM changes ORDER BY n DESC LIMIT 1").fetchone()
        return () if row is None else tuple(row)

    def _stands(self, line: tuple[object, ...], refused: sqlite3.Error) -> bool:
        try:
            return not self._connection.in_transaction and self._newest() == line
        except sqlite3.Error as error:
            raise EnvironmentError_(
                f"the library cannot be written ({refused}) nor read ({error}); whether the change was kept shows when "
                f"it is opened again"
            ) from error

    def _roll_back(self) -> None:
        with contextlib.suppress(sqlite3.Error):
            self._connection.execute("ROLLBACK")


__all__ = ["NAME", "VERSION", "OneWriter", "Transaction", "back_up", "connect", "list_backups", "restore", "statements"]
