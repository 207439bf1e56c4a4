"""Which events are counted as alarms of the patient, told or found, and how a count is said."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from assistant.language import sentence
from assistant.vocabulary import EventKind, Priority

COUNTED: Final = frozenset(
    {
        EventKind.APPROACHING_POSTERIOR,
        EventKind.WARNING_LINE,
        EventKind.POSTERIOR_WALL,
        EventKind.ENDPLATE,
        EventKind.LEAK,
    }
)
"""Alarms about the patient's cement. The word "near" without a sound, the picture and the machine are not counted."""
OF_MACHINE: Final = frozenset({EventKind.SLOW_PROCESSING})
"""What the computer alone made: never an event of the run or of the patient."""
PRIORITIES: Final = tuple(priority.word for priority in reversed(Priority) if priority is not Priority.NONE)


def counts(priorities: Sequence[str]) -> dict[str, int]:
    """How many of each priority, highest first."""
    return {word: priorities.count(word) for word in PRIORITIES}


def count_words(priorities: Sequence[str]) -> str:
    """A count of alarms: "3 alarms: 2 HIGH · 1 MEDIUM"."""
    if not priorities:
        return sentence("no alarm")
    parts = [f"{count} {word.upper()}" for word, count in counts(priorities).items() if count]
    if len(priorities) == 1:
        return sentence(f"1 alarm: {' · '.join(parts)}")
    return sentence(f"{len(priorities)} alarms: {' · '.join(parts)}")
