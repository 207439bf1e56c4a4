"""Every change of the library in one hash chain, written in the same transaction as the change itself.

The chain shows a line that was edited, taken out or moved. That its last lines were cut off shows against the head that
is kept in a file of its own after each change, and in every case pack.
"""

from __future__ import annotations

import json
import sqlite3
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from assistant.errors import EnvironmentError_
from assistant.recording.event_log import START, line_hash
from assistant.system.files import whole_file
from assistant.system.plain import json_text

HEAD: Final = "library.head.json"

Row = dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class RowChange:
    """A row before and after; None where it was not there. Figures that are derived anew are left out."""

    table: str
    id: str
    before: Row | None
    after: Row | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeSet:
    """One act of a person: all its rows change together or not at all.

    Attributes
    ----------
    n : int
        From 1.
    wall_ns : int
        When, by the wall clock; the order is that of ``n``.
    who, kind, about : str
        Person's id, what was done, and to what.
    rows : tuple of RowChange
    undone_by : int or None
        The change that took this one back.
    """

    n: int
    wall_ns: int
    who: str
    kind: str
    about: str
    rows: tuple[RowChange, ...]
    undone_by: int | None


def append(
    connection: sqlite3.Connection, who: str, kind: str, about: str, rows: Sequence[RowChange], wall_ns: int
) -> tuple[int, str]:
    """Add a change inside the caller's transaction; gives its number and hash."""
    last = connection.execute("SELECT n, hash FROM changes ORDER BY n DESC LIMIT 1").fetchone()
    n, prev = (1, START) if last is None else (last["n"] + 1, last["hash"])
    line = {
        "n": n,
        "prev": prev,
        "wall_ns": wall_ns,
        "who": who,
        "kind": kind,
        "about": about,
        "rows": [{"table": r.table, "id": r.id, "before": r.before, "after": r.after} for r in rows],
    }
    digest = line_hash(line)
    connection.execute(
        "INSERT INTO changes (n, wall_ns, who, kind, about, rows, prev, hash) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        (n, wall_ns, who, kind, about, json_text(line["rows"], indent=None, ascii_only=True), prev, digest),
    )
    return n, digest


def read(connection: sqlite3.Connection, *, newest: int = 100, about: str | None = None) -> list[ChangeSet]:
    """The newest changes, newest first; of one thing where ``about`` is given."""
    where, arguments = ("WHERE about = ?", [about]) if about is not None else ("", [])
    found = connection.execute(f"SELECT * FROM changes {where} ORDER BY n DESC LIMIT ?", (*arguments, newest))
    return [_change(row) for row in found]


def change(connection: sqlite3.Connection, n: int) -> ChangeSet | None:
    """One change by number."""
    row = connection.execute("SELECT * FROM changes WHERE n = ?", (n,)).fetchone()
    return None if row is None else _change(row)


def _change(row: sqlite3.Row) -> ChangeSet:
    return ChangeSet(
        n=row["n"],
        wall_ns=row["wall_ns"],
        who=row["who"],
        kind=row["kind"],
        about=row["about"],
        rows=tuple(RowChange(**one) for one in json.loads(row["rows"])),
        undone_by=row["undone_by"],
    )


def verify(connection: sqlite3.Connection, known: Mapping[str, Any] | None = None) -> str:
    """Say what is wrong with the chain, naming the change; empty for a whole one.

    Parameters
    ----------
    connection : Connection
    known : mapping, optional
        A head that was kept elsewhere: ``n`` and ``hash``.
    """
    head, count = START, 0
    for row in connection.execute("SELECT * FROM changes ORDER BY n"):
        count += 1
        if row["n"] != count or row["prev"] != head:
            return f"change {count}: one is missing or out of order"
        try:
            rows = json.loads(row["rows"])
        except (ValueError, RecursionError):
            return f"change {count}: cannot be read"
        line = {key: row[key] for key in ("n", "prev", "wall_ns", "who", "kind", "about")} | {"rows": rows}
        try:
            fits = row["hash"] == line_hash(line)
        except (TypeError, ValueError):
            fits = False
        if not fits:
            return f"change {count}: was altered"
        head = row["hash"]
        if known is not None and known.get("n") == count and known.get("hash") != head:
            return f"change {count}: not the one that was kept"
    if known is not None and int(known.get("n", 0)) > count:
        return f"{int(known['n']) - count} changes are missing at the end"
    return ""


def keep_head(folder: Path, n: int, digest: str) -> None:
    """Write the chain's head beside the library.

    Raises
    ------
    EnvironmentError_
        If the disk refuses; the change itself is kept.
    """
    path, head = folder / HEAD, {"n": n, "hash": digest, "wall_ns": time.time_ns()}
    try:
        # Not durable, as a change in the library must not wait twice for the disk: one that cannot be read is none.
        with whole_file(path, durable=False) as part:
            part.write_text(json_text(head, indent=None), encoding="utf-8")
    except OSError as error:
        raise EnvironmentError_(f"{path}: cannot be written ({error.strerror}); the change itself was kept") from error


def stored_head(folder: Path) -> dict[str, Any] | None:
    """The head that was kept; None where there is none, or none that can be read."""
    try:
        found = json.loads((folder / HEAD).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    return found if isinstance(found, dict) and isinstance(found.get("n"), int) else None
