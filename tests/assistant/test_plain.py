"""Plain types: one place turns them, and nothing that is stored goes past it."""

from __future__ import annotations

import json
import re
import sqlite3
from enum import StrEnum
from pathlib import Path, PurePosixPath

import msgspec
import numpy as np
import pytest

from assistant import plain as module
from assistant.plain import json_line, json_text, plain, sql_value
from assistant.vocabulary import Priority, Unknown

_ROOT = Path(module.__file__).resolve().parents[1]
_WRITERS = re.compile(r"\bjson\.dumps?\(|\bjson\.encode\(|\bmsgpack\.encode\(|\bto_builtins\(|\b(?:orjson|ujson)\b")
_STORES_NOTHING = {
    "assistant/plain.py",
    "assistant/plan.py",  # asks whether a document can be written at all
    "assistant/schema_check.py",  # a value in the words of a fault
    "assistant/live/wire.py",  # a pipe between our own processes
    "assistant/model_packs/worker.py",  # a pipe; the worker imports nothing of the program
}


class Site(StrEnum):
    CANAL = "canal"


class Line(msgspec.Struct):
    t: float
    where: object


def test_what_the_program_measures_with_becomes_plain() -> None:
    made = plain(
        {
            "point": (np.float64(1.5), np.float32(2)),
            "count": np.int64(3),
            "whole": np.bool_(True),
            "line": np.array([[0.0, np.nan]]),
            "site": Site.CANAL,
            "priority": Priority.HIGH,
            "path": PurePosixPath("a/b"),
            "why": Unknown("not looked yet"),
            np.int64(4): {"inf": float("inf")},
        }
    )
    assert made == {
        "point": [1.5, 2.0],
        "count": 3,
        "whole": True,
        "line": [[0.0, None]],
        "site": "canal",
        "priority": int(Priority.HIGH),
        "path": "a/b",
        "why": {"reason": "not looked yet"},
        "4": {"inf": None},
    }
    assert type(made["point"][0]) is float
    assert type(made["count"]) is int


def test_what_nobody_can_read_again_is_refused_or_told_as_text() -> None:
    with pytest.raises(TypeError, match="object cannot be stored"):
        plain({"a": object()})
    assert plain({"a": 1j}, otherwise=str) == {"a": "1j"}


def test_lines_files_and_columns_hold_them() -> None:
    line = Line(np.float64(0.5), {"at": (np.int64(1),)})  # type: ignore[arg-type]
    assert json.loads(json_line(line)) == json.loads(json_text(line)) == {"t": 0.5, "where": {"at": [1]}}
    base = sqlite3.connect(":memory:")
    found = base.execute("SELECT ?, ?, ?", [sql_value(v) for v in (np.int64(3), np.float32(0.5), (Site.CANAL,))])
    assert found.fetchone() == (3, 0.5, '["canal"]')
    base.close()


def test_nothing_is_written_past_the_one_place() -> None:
    past = [
        f"{name}:{number}"
        for folder in ("assistant", "ui")
        for path in sorted((_ROOT / folder).rglob("*.py"))
        if (name := path.relative_to(_ROOT).as_posix()) not in _STORES_NOTHING
        for number, line in enumerate(path.read_text("utf-8").splitlines(), 1)
        if _WRITERS.search(line)
    ]
    assert past == []
