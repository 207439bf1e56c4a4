"""Finding cases: words anywhere in them, the filters of the list, and one page of the answer at a time."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

from assistant.library.change_log import Row
from assistant.library.store import Library

PAGE: Final = 200
_MOST_WORDS: Final = 12


class Filter(StrEnum):
    """The filters of the list."""

    ALL = "All"  # sentences
    LEAK = "With leak"  # sentences
    HIGH = "HIGH alarm"  # sentences
    CT = "CT linked"  # sentences
    TRAINING = "Training set"  # sentences
    REHEARSAL = "Rehearsals"  # sentences
    TRASH = "Deleted"  # sentences


_TESTS: Final = {
    Filter.ALL: "deleted_ns IS NULL",
    # A rehearsal is no patient's finding; it stands among all, and by itself.
    Filter.LEAK: "deleted_ns IS NULL AND rehearsal = 0 AND has_leak = 1",
    Filter.HIGH: "deleted_ns IS NULL AND rehearsal = 0 AND (high > 0 OR told_high > 0)",
    Filter.CT: "deleted_ns IS NULL AND rehearsal = 0 AND ct_linked = 1",
    Filter.TRAINING: "deleted_ns IS NULL AND in_set = 1",
    Filter.REHEARSAL: "deleted_ns IS NULL AND rehearsal = 1",
    Filter.TRASH: "deleted_ns IS NOT NULL AND names != 'removed'",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchPage:
    """One page of an answer and how many there are in all."""

    cases: tuple[Row, ...]
    total: int


def search(
    library: Library, text: str = "", which: Filter = Filter.ALL, *, start: int = 0, most: int = PAGE
) -> SearchPage:
    """Find cases, newest first.

    Parameters
    ----------
    library : Library
    text : str
        As typed: each word, or its beginning, must stand somewhere in the case.
    which : Filter
    start, most : int
        The part of the answer that is wanted.
    """
    where, arguments = _TESTS[which], []
    wanted = match_for(text)
    if wanted:
        where += " AND number IN (SELECT rowid FROM words WHERE words MATCH ?)"
        arguments.append(wanted)
    total = library.ask(f"SELECT count(*) AS total FROM cases WHERE {where}", arguments)[0]["total"]
    limits: list[Any] = [*arguments, most, start]
    cases = library.ask(f"SELECT * FROM cases WHERE {where} ORDER BY day DESC, number DESC LIMIT ? OFFSET ?", limits)
    return SearchPage(cases=tuple(cases), total=total)


def match_for(text: str) -> str:
    """The full-text question for what was typed: every word literal, none of it a command of the search."""
    words = "".join(sign if sign.isalnum() else " " for sign in text).split()
    return " ".join(f'"{word}"*' for word in words[:_MOST_WORDS])
