"""A pipeline that fails on some frames."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from assistant import pipeline as pipeline_module
from assistant.guarded_pipeline import GuardedPipeline
from assistant.pipeline import Pipeline
from assistant.plan import plan_from_document
from assistant.quick_steps import QuickSteps
from assistant.settings.tree import Settings
from assistant.steps.cement import PolarityWatch
from assistant.steps.liveness import ScreenWatch
from assistant.vocabulary import (
    Alarm,
    Distances,
    EventKind,
    Frame,
    FrameState,
    Priority,
    Reading,
    Unknown,
    value_or_none,
)
from tests.small_run import frames, plan_document


def pipeline() -> Pipeline:
    plan = plan_from_document(plan_document(), 0.25)
    return Pipeline(plan, [frames(46)[2]], Settings())


@pytest.fixture
def failing(monkeypatch: pytest.MonkeyPatch) -> Callable[[set[int]], GuardedPipeline]:
    """A guarded pipeline whose inside fails on the given frames."""

    def make(bad: set[int]) -> GuardedPipeline:
        inner = pipeline()
        real = inner.process

        def process(frame: Frame, on_alarm: Callable[[Alarm], None] | None = None) -> Reading:
            if frame.index in bad:
                raise ZeroDivisionError("by\nnothing")
            return real(frame, on_alarm)

        monkeypatch.setattr(inner, "process", process)
        return GuardedPipeline(inner)

    return make


def test_without_a_fault_it_is_the_pipeline() -> None:
    plain, guarded = pipeline(), GuardedPipeline(pipeline())
    for frame in frames(30):
        wanted, found = plain.process(frame), guarded.process(frame)
        assert replace(found, processing_ms=0.0).liveness == wanted.liveness
        assert isinstance(found.distances, Distances) == isinstance(wanted.distances, Distances)
        assert found.standing == wanted.standing
        assert found.changes == wanted.changes
    assert guarded.finish() == plain.finish()
    assert guarded.fault == ""
    assert guarded.failed_frames == 0


def test_a_frame_that_fails_is_unusable_with_its_reason_and_the_next_ones_go_on(
    failing: Callable[[set[int]], GuardedPipeline],
) -> None:
    guarded = failing({4, 5, 20})
    readings = [guarded.process(frame) for frame in frames(30)]
    assert [k for k, reading in enumerate(readings) if reading.liveness.state is FrameState.UNUSABLE] == [4, 5, 20]
    bad = readings[4]
    assert bad.liveness.reason.startswith("a fault in the program: ZeroDivisionError in test_guarded_pipeline.py:")
    assert "\n" not in bad.liveness.reason
    for found in (bad.motion, bad.cement, bad.distances, bad.approach.time_to_line_s):
        assert isinstance(found, Unknown)
    assert (bad.frame_index, bad.leaks, bad.alarm) == (4, (), Priority.MEDIUM)
    assert bad.processing_ms >= 0
    assert isinstance(readings[29].distances, Distances)
    assert guarded.failed_frames == 3
    assert guarded.fault.startswith("frame 4: ZeroDivisionError")


def test_each_failing_stretch_is_an_event_told_when_it_begins_and_ends(
    failing: Callable[[set[int]], GuardedPipeline],
) -> None:
    guarded, told = failing({4, 5, 29}), []
    readings = [guarded.process(frame, told.append) for frame in frames(30)]
    own = [event for event in guarded.finish().events if event.kind is EventKind.UNUSABLE_IMAGE]
    assert [(event.first_frame, event.last_frame, event.priority) for event in own] == [
        (4, 5, Priority.MEDIUM),
        (29, None, Priority.MEDIUM),
    ]
    mine = [alarm for alarm in told if alarm.kind is EventKind.UNUSABLE_IMAGE]
    assert [(alarm.first_frame, alarm.last_frame) for alarm in mine] == [(4, None), (4, 5), (29, None)]
    assert readings[4].changes[-1].last_frame is None
    assert readings[5].changes == ()
    assert readings[6].changes[-1].last_frame == 5


def test_alarms_that_stood_before_a_fault_still_stand_in_it(failing: Callable[[set[int]], GuardedPipeline]) -> None:
    whole = GuardedPipeline(pipeline())
    run = frames(46)
    high = next(k for k, frame in enumerate(run) if whole.process(frame).alarm is Priority.HIGH)
    guarded = failing({high + 1})
    readings = [guarded.process(frame) for frame in run[: high + 2]]
    assert readings[-1].alarm is Priority.HIGH
    assert {alarm.kind for alarm in readings[-1].standing} >= {EventKind.WARNING_LINE, EventKind.UNUSABLE_IMAGE}


def test_a_summary_that_fails_is_made_of_what_was_handed_out(monkeypatch: pytest.MonkeyPatch) -> None:
    inner = pipeline()
    guarded = GuardedPipeline(inner)
    for frame in frames(46):
        guarded.process(frame)
    wanted = inner.finish()

    def broken() -> None:
        raise ValueError("no figures")

    monkeypatch.setattr(inner, "finish", broken)
    summary = guarded.finish()
    assert wanted.events
    assert set(summary.events) == set(wanted.events)
    assert value_or_none(summary.measures.cement_area_mm2) is None
    assert guarded.fault.startswith("at the end: ValueError")


def test_what_was_handed_out_before_a_step_failed_stands_and_is_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    """A fault after the alarms (a leak's shape, say) takes none of them back."""
    inner = pipeline()
    line = Alarm(
        kind=EventKind.WARNING_LINE,
        site=None,
        priority=Priority.HIGH,
        first_frame=7,
        last_frame=None,
        headline="CEMENT AT POSTERIOR LINE",
        action="Stop injecting.",
    )

    def process(frame: Frame, on_alarm: Callable[[Alarm], None] | None = None) -> Reading:
        if frame.index == 7 and on_alarm is not None:
            on_alarm(line)
        raise KeyError(101)

    monkeypatch.setattr(inner, "process", process)
    guarded, heard = GuardedPipeline(inner), []
    for frame in frames(10)[6:9]:
        reading = guarded.process(frame, heard.append)
    assert heard.count(line) == 1
    assert line in reading.standing
    assert reading.standing[0].priority is Priority.HIGH


STEPS = [
    (ScreenWatch, "judge"),
    (pipeline_module, "moves_fast"),
    (pipeline_module, "follow"),
    (pipeline_module, "too_fast"),
    (PolarityWatch, "look"),
    (PolarityWatch, "grows"),
    (pipeline_module, "find_cement"),
    (QuickSteps, "take"),
    (pipeline_module, "update_alarms"),
    (pipeline_module, "_worded"),
]


@pytest.mark.parametrize(("place", "name"), STEPS, ids=[name for _, name in STEPS])
def test_whatever_step_fails_what_repeats_its_picture_has_no_figures(
    monkeypatch: pytest.MonkeyPatch, place: Any, name: str
) -> None:
    real, bad = getattr(place, name), [False]

    def fails_after(*args: Any, **more: Any) -> Any:
        found = real(*args, **more)
        if bad[0]:
            raise ZeroDivisionError
        return found

    monkeypatch.setattr(place, name, fails_after)
    guarded, run = GuardedPipeline(pipeline()), frames(46)
    for frame in run[:24]:
        before = guarded.process(frame)
    assert isinstance(before.distances, Distances)
    bad[0] = True
    failed = guarded.process(run[24])
    bad[0] = False
    again = guarded.process(run[25])
    assert (failed.liveness.state, again.liveness.state) == (FrameState.UNUSABLE, FrameState.REPEAT)
    for found in (again.motion, again.cement, again.distances, again.approach.time_to_line_s):
        assert isinstance(found, Unknown)
    assert again.leaks == ()
    assert EventKind.UNUSABLE_IMAGE in {alarm.kind for alarm in again.standing}, "that it is not tracked is told"
    for frame in run[26:32]:
        after = guarded.process(frame)
    assert isinstance(after.distances, Distances)
    assert EventKind.UNUSABLE_IMAGE not in {alarm.kind for alarm in after.standing}
