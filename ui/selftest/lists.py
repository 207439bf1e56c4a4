"""Signed lists of the self-test: one line each in the user's folder; the newest are shown again."""

from __future__ import annotations

import json
import logging
import os
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from assistant.errors import EnvironmentError_
from assistant.language import tr, translate, trn
from assistant.language.days import month_word
from assistant.system.places import data_home
from assistant.system.plain import json_text

log = logging.getLogger(__name__)
_FILE: Final = "selftests.jsonl"
_MOST_BYTES: Final = 2_000_000


def _path() -> Path:
    return data_home() / _FILE


def sign(results: dict[str, tuple[str, str]]) -> None:
    """Add a signed list.

    Parameters
    ----------
    results : dict
        Name of the check → its word and what it measured.

    Raises
    ------
    EnvironmentError_
        If it cannot be written.
    """
    line = {"signed": datetime.now().astimezone().isoformat(timespec="seconds"), "results": results}
    try:
        with _path().open("a", encoding="utf-8") as file:
            file.write(json_text(line, indent=None) + "\n")
            file.flush()
            os.fsync(file.fileno())
    except OSError as error:
        raise EnvironmentError_(f"{_path()}: the list cannot be kept ({error.strerror})") from error


def newest(count: int = 3) -> list[tuple[str, str]]:
    """Day and outcome of the newest lists; lines that cannot be read are left out."""
    try:
        with _path().open("rb") as file:
            file.seek(max(0, _path().stat().st_size - _MOST_BYTES))
            lines = file.read().splitlines()
    except OSError:
        return []
    rows = []
    for raw in lines[::-1]:
        try:
            line: dict[str, Any] = json.loads(raw)
            day = datetime.fromisoformat(line["signed"])
            words = [word for word, _ in line["results"].values()]
        except (ValueError, KeyError, TypeError) as error:
            log.warning("a line of the self-test's lists cannot be read: %s", error)
            continue
        rows.append((f"{day:%d} {translate(month_word(day))} {day:%H:%M}", summary(words)))
        if len(rows) == count:
            break
    return rows


def summary(words: list[str]) -> str:
    """How many of each."""
    parts = []
    names: dict[str, Callable[[int], str]] = {
        "passed": lambda count: tr("{count} passed", count=count),
        "open": lambda count: tr("{count} open", count=count),
        "works without": lambda count: trn("{count} note", "{count} notes", count),
        "failed": lambda count: tr("{count} failed", count=count),
    }
    for word, count_words in names.items():
        number = words.count(word)
        if number or word == "passed":
            parts.append(count_words(number))
    return ", ".join(parts)
