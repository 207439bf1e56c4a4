"""Counts are of the patient's alarms alone."""

from __future__ import annotations

from assistant.review.counting import COUNTED, OF_MACHINE, count_words, counts
from assistant.vocabulary import EventKind


def test_neither_machine_nor_picture_nor_the_word_near_is_counted() -> None:
    assert not COUNTED & OF_MACHINE
    assert not COUNTED & {EventKind.FROZEN, EventKind.NO_SIGNAL, EventKind.APPROACHING_ENDPLATE}


def test_a_count_in_words() -> None:
    assert counts(["high", "low", "high"]) == {"high": 2, "medium": 0, "low": 1}
    assert count_words(["high", "low", "high"]) == "3 alarms: 2 HIGH · 1 LOW"
    assert count_words(["medium"]) == "1 alarm: 1 MEDIUM"
    assert count_words([]) == "no alarm"
