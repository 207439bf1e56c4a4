"""The technical rows: what a source does, and what is slow."""

from __future__ import annotations

import pytest

from assistant.alarm_table.row import PipelineRow, RaisingRule
from assistant.alarm_table.table import FROM_PICTURES
from assistant.steps.alarms import all_alarms
from assistant.vocabulary import EventKind, FrameState, Priority, Unknown
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


LOST = Unknown("the vertebra is not found")


@pytest.mark.parametrize(
    ("rate_hz", "pause_s", "lost", "told"),
    [
        (15.0, 0.0, 1, {EventKind.REGISTRATION_LOST}),
        (15.0, 0.0, 2, {EventKind.REGISTRATION_LOST, EventKind.VIEW_CHANGED}),
        (7.5, 10.0, 3, {EventKind.REGISTRATION_LOST, EventKind.VIEW_CHANGED}),
        (2.0, 0.0, 1, {EventKind.REGISTRATION_LOST}),
        (0.125, 0.0, 1, {EventKind.REGISTRATION_LOST}),
    ],
)
def test_lines_that_are_lost_where_the_beam_goes_off_are_told_while_that_picture_is_held(
    rate_hz: float, pause_s: float, lost: int, told: set[EventKind]
) -> None:
    source = FrameFeed(rate_hz=rate_hz)
    source.pictures(distances(), max(3.0, 5 / rate_hz))
    source.t_s += pause_s
    for _ in range(lost):
        source.picture(LOST, view_index=None)
    standing = source.still(60).standing
    assert {alarm.kind for alarm in standing} == told
    assert {alarm.priority for alarm in standing if alarm.kind is EventKind.REGISTRATION_LOST} == {Priority.HIGH}
    assert source.still(600).standing == standing


@pytest.mark.parametrize("rate_hz", [1.0, 2.0, 4.0, 7.5, 15.0, 30.0])
@pytest.mark.parametrize("pause_s", [0.0, 10.0])
def test_one_lost_picture_before_a_good_one_raises_nothing(rate_hz: float, pause_s: float) -> None:
    source = FrameFeed(rate_hz=rate_hz)
    source.pictures(distances(), max(4.0, 5 / rate_hz))
    source.t_s += pause_s
    source.picture(LOST, view_index=None)
    frames = round(60 / rate_hz) - 1
    source.still(frames)
    source.t_s -= frames / 60
    source.pictures(distances(), 3)
    assert all_alarms(source.memory) == ()
