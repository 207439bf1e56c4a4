"""The technical rows: what a source does, and what is slow."""

from __future__ import annotations

import pytest

from assistant.alarm_table.row import PipelineRow, RaisingRule
from assistant.alarm_table.table import FROM_PICTURES
from assistant.steps.alarms import all_alarms
from assistant.vocabulary import EventKind, FrameState, Priority
from tests.assistant.steps.alarms.test_alarms import FrameFeed, distances


def technical(kind: EventKind) -> PipelineRow:
    return next(row for row in FROM_PICTURES if row.kind is kind and row.rule is RaisingRule.TECHNICAL)


@pytest.mark.parametrize(
    ("state", "kind"),
    [
        (FrameState.NO_SIGNAL, EventKind.NO_SIGNAL),
        (FrameState.FROZEN, EventKind.FROZEN),
        (FrameState.UNUSABLE, EventKind.UNUSABLE_IMAGE),
    ],
)
@pytest.mark.parametrize("armed", [False, True])
def test_a_source_that_fails_is_an_alarm_and_ends(state: FrameState, kind: EventKind, armed: bool) -> None:
    source = FrameFeed()
    if armed:
        source.pictures(distances(), 1)
    outcome = source.still(30, state)
    row = technical(kind)
    expected = row.priority_injecting if armed else row.priority_before
    assert [(alarm.kind, alarm.priority) for alarm in outcome.standing] == [(kind, expected)]
    assert source.pictures(distances(), 1.0).standing == ()
    assert [alarm.last_frame is None for alarm in all_alarms(source.memory)] == [False]


def test_a_single_blank_frame_is_no_alarm_and_flicker_is_one() -> None:
    source = FrameFeed()
    source.still(20)
    assert source.still(1, FrameState.NO_SIGNAL).standing == ()
    source.still(60)
    for _ in range(10):
        source.still(8, FrameState.NO_SIGNAL)
        source.still(3)
    source.still(60)
    assert [alarm.kind for alarm in all_alarms(source.memory)] == [EventKind.NO_SIGNAL]


def test_slow_processing_needs_a_full_window() -> None:
    source = FrameFeed()
    for k in range(70):
        outcome = source.picture(distances(), processing_ms=400.0)
        assert (EventKind.SLOW_PROCESSING in [alarm.kind for alarm in outcome.standing]) is (k >= 59)


def test_a_technical_alarm_rises_when_cement_is_seen() -> None:
    source = FrameFeed()
    source.still(30, FrameState.NO_SIGNAL)
    source.memory.cement_seen = True
    outcome = source.still(1, FrameState.NO_SIGNAL)
    assert [alarm.priority for alarm in outcome.standing] == [Priority.HIGH]
    assert [alarm.priority for alarm in outcome.changes] == [Priority.LOW, Priority.HIGH]
