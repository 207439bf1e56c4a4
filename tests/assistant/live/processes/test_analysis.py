import json
import os
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from assistant.alarm_table.table import LIVE_OR_HELD, NOT_TRACKED
from assistant.live.messages import AlarmNotice, LiveMoment, Moved, PlanRefused, PlanTaken
from assistant.live.orders import Acknowledge, Start, TakePlan
from assistant.live.processes import analysis as analysis_process
from assistant.live.processes.analysis import LiveAnalysis
from assistant.live.shared.shared_memory import Register, SessionMemory
from assistant.plan import plan_from_document
from assistant.readings.csv_row import COLUMNS
from assistant.recording.keeping import write_picture
from assistant.recording.line_writer import LineWriter
from assistant.review.stored import read_as_seen
from assistant.settings.tree import Settings
from assistant.vocabulary import FrameState, Motion, Unknown
from tests.journeys.test_live_or_held import noisy_film
from tests.small_run import COLS, FPS, ROWS, pictures, plan_document
from tests.waiting import HUNG_S, wait_until

SECOND = 1_000_000_000


@pytest.fixture
def wide_deck() -> Iterator[SessionMemory]:
    session_memory = SessionMemory.make(slots=16, slot_bytes=ROWS * COLS)
    session_memory.beat(Register.WINDOW_BEAT)
    yield session_memory
    session_memory.remove()


@pytest.fixture
def analysis(wide_deck: SessionMemory, tmp_path: Path) -> Iterator[LiveAnalysis]:
    lines = LineWriter(tmp_path, "readings_{:03d}.jsonl")
    yield LiveAnalysis(wide_deck, Settings(), lines)
    lines.close()


@pytest.fixture
def plan(tmp_path: Path) -> TakePlan:
    write_picture(tmp_path / "r.png", pictures(60)[2])
    return TakePlan(plan_number=1, document=plan_document(), references=(str(tmp_path / "r.png"),))


def publish(session_memory: SessionMemory, k: int) -> None:
    t_ns = k * SECOND // FPS
    session_memory.ring.publish(k, t_ns, time.monotonic_ns(), k // 2, pictures(60)[k])


def moments(session_memory: SessionMemory) -> list[LiveMoment]:
    return [message.moment for message in session_memory.analysis_says.take() if isinstance(message, Moved)]


def test_without_lines_it_says_what_the_picture_is(wide_deck: SessionMemory, analysis: LiveAnalysis) -> None:
    assert not analysis.step()
    for k in range(4):
        publish(wide_deck, k)
        assert analysis.step()
    found = moments(wide_deck)
    assert [moment.liveness.state for moment in found] == [FrameState.LIVE, FrameState.REPEAT] * 2
    assert all(isinstance(moment.motion, Unknown) for moment in found)
    assert wide_deck.get(Register.ANALYSED_INDEX) == 3


def test_with_lines_it_measures_and_tells_alarms_before_the_moment(
    wide_deck: SessionMemory, analysis: LiveAnalysis, plan: TakePlan
) -> None:
    analysis.obey(plan)
    assert wide_deck.analysis_says.take() == [PlanTaken(plan_number=1)]
    heard: list[object] = []
    for k in range(3, 60):
        publish(wide_deck, k)
        analysis.step()
        heard += wide_deck.analysis_says.take()
    measured = [message.moment for message in heard if isinstance(message, Moved)]
    assert all(isinstance(moment.motion, Motion) for moment in measured)
    assert any(moment.outline for moment in measured)
    first = next(k for k, message in enumerate(heard) if isinstance(message, AlarmNotice))
    alarm = heard[first]
    assert isinstance(alarm, AlarmNotice)
    after = next(message for message in heard[first:] if isinstance(message, Moved))
    assert after.moment.frame_index == alarm.alarm.first_frame
    analysis.obey(Acknowledge())


def test_pictures_of_a_noisy_line_are_kept_for_lines_that_come_later_and_its_alarm_is_told_by_name_in_review(
    wide_deck: SessionMemory, tmp_path: Path
) -> None:
    """What may be new is looked at as what is: cement before the start of the lines must not hide in the doubt."""
    film, lines = noisy_film(90), LineWriter(tmp_path, "readings_{:03d}.jsonl")
    write_picture(tmp_path / "r.png", film[2])
    lines.put({"columns": list(COLUMNS), "since_frame": 0})
    analysis = LiveAnalysis(wide_deck, Settings(), lines)
    analysis.obey(TakePlan(plan_number=1, document=plan_document(), references=(str(tmp_path / "r.png"),)))
    for k, grey in enumerate(film):
        wide_deck.ring.publish(k, k * SECOND // FPS, time.monotonic_ns(), k // 2, grey)
        analysis.step()
    told = moments(wide_deck)
    assert sum(bool(moment.liveness.doubt) for moment in told) > 30
    assert all(isinstance(moment.liveness.xray_age_s, Unknown) for moment in told[-10:])
    kept = {frame.index for frame in wide_deck.earlier.after(-1)}
    assert kept & {moment.frame_index for moment in told if moment.liveness.doubt}
    lines.close()
    seen = read_as_seen(tmp_path, plan_from_document(plan_document(), 0.25))
    headlines = {alarm.headline for moment in seen for alarm in moment.standing}
    assert LIVE_OR_HELD.headline in headlines
    assert NOT_TRACKED.headline not in headlines


def test_late_it_goes_on_with_the_newest_and_counts_what_it_passed_over(
    wide_deck: SessionMemory, analysis: LiveAnalysis
) -> None:
    """F-35: a backlog is never worked off."""
    publish(wide_deck, 0)
    analysis.step()
    for k in range(1, 40):
        publish(wide_deck, k)
    while analysis.step():
        pass
    found = moments(wide_deck)
    assert [moment.frame_index for moment in found] == [0, 39]
    assert found[-1].skipped == 38


def test_a_few_frames_behind_it_looks_at_each(wide_deck: SessionMemory, analysis: LiveAnalysis) -> None:
    for k in range(5):
        publish(wide_deck, k)
    while analysis.step():
        pass
    assert [moment.frame_index for moment in moments(wide_deck)] == [0, 1, 2, 3, 4]


@pytest.mark.parametrize("fault", ["missing", "empty", "other size"])
def test_a_plan_that_cannot_be_used_is_refused_in_a_sentence(
    wide_deck: SessionMemory, analysis: LiveAnalysis, plan: TakePlan, fault: str
) -> None:
    path = Path(plan.references[0])
    if fault == "missing":
        path.unlink()
    elif fault == "empty":
        path.write_bytes(b"")
    else:
        write_picture(path, np.zeros((50, 50), np.uint8))
    analysis.obey(plan)
    (said,) = wide_deck.analysis_says.take()
    assert isinstance(said, PlanRefused)
    assert said.reason


def test_the_whole_process_writes_what_it_told(
    wide_deck: SessionMemory, tmp_path: Path, plan: TakePlan, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "nice", lambda _: 0)
    wide_deck.to_analysis.put(plan)
    start = Start(session_memory=str(wide_deck.path), source="", folder=str(tmp_path), settings=Settings(), epoch=1)
    body = threading.Thread(target=analysis_process.run, args=(start,))
    body.start()
    wait_until(lambda: any(isinstance(message, PlanTaken) for message in wide_deck.analysis_says.take()))
    for k in range(20):
        publish(wide_deck, k)
        wait_until(lambda k=k: wide_deck.get(Register.ANALYSED_INDEX) == k)
    wide_deck.put(Register.CLOSING, 1)
    body.join(HUNG_S)
    lines = [json.loads(line) for line in (tmp_path / "readings_000.jsonl").read_text().splitlines()]
    assert lines[0]["columns"][0] == "frame"
    assert [line["row"][0] for line in lines[1:]] == [str(k) for k in range(20)]
    assert all(line["plan"] == 1 for line in lines[1:])
