"""The analysis in a process of its own: the same figures, every end told, nothing left running."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest

from assistant.analysis import start_pipeline
from assistant.capture.opening import open_source
from assistant.pipeline import Summary
from assistant.plan import plan_from_document, read_plan
from assistant.review.replay import ReplayAnalysis
from assistant.settings.tree import Settings
from assistant.vocabulary import Alarm
from tests.small_run import SmallRun, plan_document, write_small_run
from tests.waiting import HUNG_S


class Listener:
    def __init__(self) -> None:
        self.alarms: list[Alarm] = []
        self.end: tuple[Summary, str] | None = None
        self.done = threading.Event()

    def look_now(self) -> None:
        pass

    def alarm_changed(self, alarm: Alarm) -> None:
        self.alarms.append(alarm)

    def ended(self, summary: Summary, failure: str) -> None:
        self.end = (summary, failure)
        self.done.set()


@pytest.fixture
def run(tmp_path: Path) -> SmallRun:
    return write_small_run(tmp_path, 46)


def start(run: SmallRun, listener: Listener, plan: object = None) -> ReplayAnalysis:
    made = ReplayAnalysis(str(run.folder), plan_from_document(plan or plan_document(), 0.25), Settings(), listener)
    made.start()
    return made


def test_the_child_finds_what_the_pipeline_finds(run: SmallRun) -> None:
    listener = Listener()
    analysis = start(run, listener)
    assert listener.done.wait(HUNG_S)
    assert analysis.stop()
    source = open_source(str(run.folder))
    pipeline = start_pipeline(source, read_plan(run.plan, 0.25), Settings())
    readings = [pipeline.process(frame) for frame in source.frames()]
    source.close()
    assert len(analysis.moments) == 46
    for reading in readings:
        moment = analysis.moments.at(reading.frame_index)
        assert (moment.liveness, moment.motion, moment.distances) == (
            reading.liveness,
            reading.motion,
            reading.distances,
        )
    summary, failure = listener.end
    assert failure == ""
    assert [e.kind for e in summary.events] == [e.kind for e in pipeline.finish().events]
    assert {a.kind for a in listener.alarms} == {e.kind for e in summary.events}


def test_a_run_that_breaks_off_is_told_with_what_was_found_before(run: SmallRun) -> None:
    run.video.write_bytes(run.video.read_bytes()[: run.video.stat().st_size * 6 // 10])
    listener = Listener()
    analysis = start(run, listener)
    assert listener.done.wait(HUNG_S)
    assert "ends after" in listener.end[1]
    assert len(analysis.moments) > 10
    assert analysis.stop()


def test_a_killed_child_is_told_and_ends_nothing_else(run: SmallRun) -> None:
    listener = Listener()
    analysis = start(run, listener)
    analysis._process.kill()
    assert listener.done.wait(HUNG_S)
    assert "signal 9" in listener.end[1]
    assert analysis.stop()


def test_a_stopped_analysis_says_nothing_more(run: SmallRun) -> None:
    listener = Listener()
    analysis = start(run, listener)
    assert analysis.stop()
    assert listener.end is None
    assert analysis._process.poll() is not None
