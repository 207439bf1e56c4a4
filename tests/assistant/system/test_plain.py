"""Plain types: one place turns them, and nothing that is stored goes past it."""

from __future__ import annotations

import json
import re
import sqlite3
from enum import StrEnum
from pathlib import Path, PurePosixPath
from typing import Any

import msgspec
import numpy as np
import pytest

from assistant.errors import InputError
from assistant.system import plain as module
from assistant.system.plain import json_line, json_text, plain, read_json, sql_value
from assistant.vocabulary import Priority, Unknown

_ROOT = Path(module.__file__).resolve().parents[2]
_WRITERS = re.compile(r"\bjson\.dumps?\(|\bjson\.encode\(|\bmsgpack\.encode\(|\bto_builtins\(|\b(?:orjson|ujson)\b")
_STORES_NOTHING = {
    "assistant/system/plain.py",
    "assistant/plan.py",  # asks whether a document can be written at all
    "assistant/validation/schema_check.py",  # a value in the words of a fault
    "assistant/live/shared/wire.py",  # a pipe between our own processes
    "assistant/model_packs/worker.py",  # a pipe; the worker imports nothing of the program
}


class Site(StrEnum):
    CANAL = "canal"


class Line(msgspec.Struct):
    t: float
    where: object


_READS_OUR_OWN = {
    "assistant/evaluation/cached_scores.py",
    "assistant/exchange/child.py",
    "assistant/library/change_log.py",
    "assistant/library/child.py",
    "assistant/library/jobs.py",
    "assistant/model_packs/worker.py",
    "assistant/system/plain.py",
    "assistant/recording/event_log.py",
    "assistant/validation/schema_check.py",
    "assistant/settings/file.py",  # an alarm's limit that cannot be used is told by its name: nothing can be armed
    "assistant/training/clip.py",
    "assistant/training/course_child.py",
    "assistant/training/sets.py",
    "assistant/review/whatif.py",
    "ui/review/report_child.py",
    "ui/review/cards/whatif_panel.py",
    "ui/selftest/lists.py",
    "ui/setup/proposal_child.py",
}
"""What they read was written by this program for itself: orders and answers of its processes, rows of its library."""


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
    at_s: Any = np.float64(0.5)  # a value of NumPy that a type would not let in
    where: Any = {"at": (np.int64(1),)}
    line = Line(at_s, where)
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


def test_what_others_wrote_is_read_in_the_one_place() -> None:
    """Files of a person, a site or another hospital: nothing but `read_json` reads them."""
    past = {
        path.relative_to(_ROOT).as_posix()
        for folder in ("assistant", "ui")
        for path in (_ROOT / folder).rglob("*.py")
        if re.search(r"\bjson\.(loads?|decode)\(", path.read_text("utf-8"))
    }
    assert past == _READS_OUR_OWN


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b'{"a": [1, {"b": 9223372036854775808}]}', r"a\[1\]\.b is more than a number of 64 bit"),
        (b'{"a": -100000000000000000000}', "a is more than a number of 64 bit"),
        (b"1" + b"0" * 25, "it is more than a number of 64 bit"),
        (b'{"a": 1e999}', "out of range"),
        (b'{"a": NaN}', "NaN is not a number"),
        (b'{"a": [-Infinity]}', "-Infinity is not a number"),
        (b'{"a": ', "truncated"),
        (b'{"a": "\\ud800"}', "truncated"),
    ],
)
def test_a_number_that_cannot_be_kept_is_refused_by_its_place(content: bytes, told: str) -> None:
    with pytest.raises(ValueError, match=told):
        read_json(content)


def test_what_can_be_kept_is_read_as_it_stands() -> None:
    assert read_json(b'\xef\xbb\xbf{"a": [9223372036854775807, -9223372036854775808, 0.5, null, "NaN"]}') == {
        "a": [2**63 - 1, -(2**63), 0.5, None, "NaN"]
    }
    assert read_json(b'{"t": 1, "where": {}}', Line) == Line(1.0, {})


def test_the_library_is_the_last_net() -> None:
    assert sql_value(2**63 - 1) == 2**63 - 1
    for number in (2**63, -(2**63) - 1):
        with pytest.raises(InputError, match="64 bit"):
            sql_value(number)
