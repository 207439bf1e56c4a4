"""Lines that came late: what was recorded before a session went on tells of cement too, and no frame waits for it."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from assistant.live.messages import AlarmNotice, FaultNotice, Moved, PlanRefused
from assistant.live.orders import Acknowledge, AnswerBefore, TakePlan
from assistant.live.processes.analysis import LiveAnalysis
from assistant.live.processes.looking_back import RecordedBefore
from assistant.live.shared.shared_memory import SessionMemory
from assistant.recording.keeping import write_picture
from assistant.recording.line_writer import LineWriter
from assistant.recording.writer import Recorder
from assistant.settings.tree import Settings
from assistant.vocabulary import Distances, Frame, Priority
from tests.recorders import WRITER
from tests.small_run import COLS, FPS, ROWS, pictures, plan_document
from tests.waiting import wait_until

LATE, SECOND = 48, 1_000_000_000


@pytest.fixture
def memory() -> Iterator[SessionMemory]:
    made = SessionMemory.make(slots=16, slot_bytes=ROWS * COLS)
    yield made
    made.remove()


@pytest.fixture
def late(tmp_path: Path) -> TakePlan:
    """Lines that were placed on a picture with cement."""
    write_picture(tmp_path / "r.png", pictures(72)[LATE])
    document = plan_document(reference_frame=LATE)
    return TakePlan(plan_number=1, document=document, references=(str(tmp_path / "r.png"),))


def publish(memory: SessionMemory, k: int) -> None:
    memory.ring.publish(k, k * SECOND // FPS, time.monotonic_ns(), k // 2, pictures(72)[k])


def frame_of(k: int) -> Frame:
    return Frame(index=k, t_s=k / FPS, grey=pictures(72)[k])


def moments(memory: SessionMemory) -> list[Moved]:
    said = memory.analysis_says.take()
    assert not any(isinstance(each, PlanRefused) for each in said)
    return [each for each in said if isinstance(each, Moved)]


def test_a_session_that_goes_on_looks_at_what_was_recorded_of_it(
    memory: SessionMemory, late: TakePlan, tmp_path: Path
) -> None:
    recorder = Recorder(tmp_path, WRITER)
    for k in range(LATE + 2):
        while not recorder.offer(
            k, k * SECOND // FPS, SECOND + k * SECOND // FPS, pictures(72)[k] if k % 2 == 0 else None
        ):
            pass
    recorder.close()
    lines = LineWriter(tmp_path, "readings_{:03d}.jsonl")
    analysis = LiveAnalysis(memory, Settings(), lines, recorded=RecordedBefore(tmp_path))
    analysis.obey(late)
    said = []
    for k in range(LATE + 2, 60):
        publish(memory, k)
        wait_until(lambda: not analysis.looks_back, analysis.step)
        analysis.step()
        said += moments(memory)
    lines.close()
    newest = said[-1].moment
    assert newest.asks_before == newest.counts_before == (0,)
    assert isinstance(newest.distances, Distances)
    assert newest.distances.cement_area_mm2 > 100.0


def test_a_frame_that_waits_comes_before_what_is_looked_back_at(
    memory: SessionMemory, late: TakePlan, tmp_path: Path
) -> None:
    lines = LineWriter(tmp_path, "readings_{:03d}.jsonl")
    analysis = LiveAnalysis(memory, Settings(), lines)
    for k in range(LATE + 1):
        publish(memory, k)
        analysis.step()
    moments(memory)
    analysis.obey(late)
    wait_until(lambda: analysis._back is not None and not analysis._back.waits, analysis._look_back)
    for k in range(LATE + 1, LATE + 4):
        publish(memory, k)
        analysis.step()
        assert [each.moment.frame_index for each in moments(memory)] == [k]
        assert analysis.looks_back
    wait_until(lambda: not analysis.looks_back, analysis.step)
    publish(memory, LATE + 4)
    analysis.step()
    assert moments(memory)[-1].moment.counts_before == (0,)
    lines.close()


def test_a_no_is_taken_back_also_where_the_analysis_was_started_again_after_it(
    memory: SessionMemory, late: TakePlan, tmp_path: Path
) -> None:
    """The plan that it is told again holds the no: what the pictures tell is known all the same."""
    lines = LineWriter(tmp_path, "readings_{:03d}.jsonl")
    for k in range(LATE + 1):
        memory.earlier.offer(frame_of(k))
    said_no = {**late.document, "views": [late.document["views"][0] | {"cement_before": False}]}
    analysis = LiveAnalysis(memory, Settings(), lines)
    analysis.obey(TakePlan(plan_number=1, document=said_no, references=late.references))
    wait_until(lambda: not analysis.looks_back, analysis.step)
    areas = []
    for k in range(LATE + 1, 66):
        if k == 56:
            analysis.obey(AnswerBefore(plan_number=1, is_there=True, views=(0,)))
        publish(memory, k)
        analysis.step()
        (said,) = moments(memory)
        distances = said.moment.distances
        areas.append(distances.cement_area_mm2 if isinstance(distances, Distances) else None)
    lines.close()
    assert areas[5] < 60.0
    assert areas[-1] > areas[5] + 100.0


def test_what_the_earlier_pictures_alone_raise_is_told_and_nobody_has_acknowledged_it(
    memory: SessionMemory, late: TakePlan, tmp_path: Path
) -> None:
    """What was answered is what stood on the screen then: nothing, for the first pipeline counts none of before."""
    lines = LineWriter(tmp_path, "readings_{:03d}.jsonl")
    for k in range(LATE + 1):
        memory.earlier.offer(frame_of(k))
    analysis = LiveAnalysis(memory, Settings(), lines)
    analysis.obey(late)
    publish(memory, LATE + 1)
    analysis.step()
    analysis.obey(Acknowledge())
    memory.analysis_says.take()
    wait_until(lambda: not analysis.looks_back, analysis.step)
    told = [each.alarm for each in memory.analysis_says.take() if isinstance(each, AlarmNotice)]
    assert analysis._pipeline is not None
    stands = analysis._pipeline.standing
    assert any(alarm.priority >= Priority.MEDIUM for alarm in stands)
    assert {alarm.kind for alarm in told} == {alarm.kind for alarm in stands}
    assert analysis._pipeline.acknowledged == frozenset()
    lines.close()


def test_a_look_back_that_fails_is_told(memory: SessionMemory, late: TakePlan, tmp_path: Path) -> None:
    """Its picture is gone from the disk when the second pipeline is made; the plan itself is watched."""
    lines = LineWriter(tmp_path, "readings_{:03d}.jsonl")
    for k in range(LATE + 1):
        memory.earlier.offer(frame_of(k))
    analysis = LiveAnalysis(memory, Settings(), lines)
    analysis.obey(late)
    Path(late.references[0]).unlink()
    wait_until(lambda: not analysis.looks_back, analysis.step)
    (told,) = [each for each in memory.analysis_says.take() if isinstance(each, FaultNotice)]
    assert "r.png" in told.happened
    assert told.do == "Cement before the start? Judge by eye."
    lines.close()
