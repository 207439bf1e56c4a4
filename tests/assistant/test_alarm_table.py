"""The table is walked: a row that says too much, or too little, fails here and not in the theatre."""

from collections import Counter

import pytest

from assistant.alarm_table import TABLE, Row, Rule, Watched
from assistant.vocabulary import EventKind, Priority, Site

NAMES = [f"{row.kind.value}/{row.site}/{row.watched.name}/{row.rule.name}" for row in TABLE]
every_row = pytest.mark.parametrize("row", TABLE, ids=NAMES)


def test_every_kind_of_event_is_there_and_everything_watched_is_used() -> None:
    assert {row.kind for row in TABLE} == set(EventKind)
    assert {row.watched for row in TABLE} == set(Watched)
    assert {row.site for row in TABLE} == {*Site, None}
    assert len(set(NAMES)) == len(NAMES)


@every_row
def test_words_fit_the_bar(row: Row) -> None:
    assert 1 <= len(row.headline.split()) <= 5
    assert len(row.action.split()) <= 8
    if row.armed >= Priority.MEDIUM:
        assert row.headline.isupper()
        assert row.action, "an alarm that sounds says what to do"
    forbidden = {"safe", "clear", "ok", "good", "risk"}
    assert not forbidden & set(f"{row.headline} {row.action}".lower().replace(".", "").split())


@every_row
def test_priorities_and_times(row: Row) -> None:
    assert row.armed >= row.unarmed > Priority.NONE
    assert 0 <= row.onset_ms <= 600
    assert 0 <= row.hold_ms <= 2000
    if row.rule is Rule.TECHNICAL:
        assert row.site is None
        assert not row.latched
    else:
        assert row.site is not None
        # Onset and release of these come from the settings.
        assert row.onset_ms == row.hold_ms == 0
        assert row.armed == row.unarmed
        assert row.latched == (row.rule is not Rule.NEAR)


def test_what_the_contract_fixes() -> None:
    priority = {(row.kind, row.rule): row.armed for row in TABLE}
    assert priority[EventKind.WARNING_LINE, Rule.CROSSED] is Priority.HIGH
    assert priority[EventKind.POSTERIOR_WALL, Rule.CROSSED] is Priority.HIGH
    assert priority[EventKind.APPROACHING_POSTERIOR, Rule.NEAR] is Priority.MEDIUM
    assert priority[EventKind.APPROACHING_ENDPLATE, Rule.NEAR] is Priority.LOW
    assert priority[EventKind.ENDPLATE, Rule.CROSSED] is Priority.MEDIUM
    assert priority[EventKind.LEAK, Rule.CROSSED] is Priority.MEDIUM
    assert priority[EventKind.LEAK, Rule.VEIN] is Priority.HIGH
    assert priority[EventKind.FROZEN, Rule.TECHNICAL] is Priority.LOW


def test_an_approach_is_decided_after_the_crossing_of_its_line() -> None:
    rank = {Rule.VEIN: 0, Rule.CROSSED: 1, Rule.NEAR: 2, Rule.TECHNICAL: 3}
    for watched, count in Counter(row.watched for row in TABLE).items():
        ranks = [rank[row.rule] for row in TABLE if row.watched is watched]
        assert ranks == sorted(ranks)
        assert len(ranks) == count
