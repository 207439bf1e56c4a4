from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from assistant.errors import UsageError
from assistant.lines import Line
from assistant.live.input import LiveInput
from assistant.live.messages import (
    Child,
    ChildChanged,
    Condition,
    FaultNotice,
    Lines,
    LinesVoid,
    LiveMoment,
    Moved,
    PlanRefused,
    RecordingStatus,
    SourceLost,
    SourceOpened,
)
from assistant.live.orders import TakePlan
from assistant.live.shared.shared_memory import SessionMemory
from assistant.recording.recording_state import RecordingState
from assistant.run_facts import RunFacts
from assistant.settings.tree import Settings
from assistant.vocabulary import Distances, Unknown
from tests.small_run import pictures, plan_document


class Log:
    def __init__(self) -> None:
        self.events: list[dict[str, Any]] = []

    def __call__(self, kind: str, **data: Any) -> None:
        self.events.append({"kind": kind, "data": data})

    @property
    def kinds(self) -> list[str]:
        return [event["kind"] for event in self.events]


@pytest.fixture
def log() -> Log:
    return Log()


@pytest.fixture
def one(session_memory: SessionMemory, log: Log, tmp_path: Path) -> LiveInput:
    made = LiveInput(tmp_path, Settings(), log, 0)
    made.begin(session_memory, ())
    made.set_plan(plan_document(), [pictures(4)[2]])
    return made


def facts(width_px: int) -> RunFacts:
    return RunFacts(source="camera", width_px=width_px, height_px=300, fps=15.0, frame_count=None)


def test_a_plan_goes_to_the_analysis_and_counts_only_once_confirmed(
    one: LiveInput, session_memory: SessionMemory, log: Log
) -> None:
    (order,) = session_memory.to_analysis.take()
    assert isinstance(order, TakePlan)
    assert one.session_state.lines is Lines.UNCONFIRMED
    one.confirm_lines()
    one.confirm_lines()
    assert one.session_state.lines is Lines.CONFIRMED
    assert log.kinds.count("lines_confirmed") == 1
    with pytest.raises(UsageError, match="reference pictures"):
        one.set_plan(plan_document(), [])


@pytest.mark.parametrize(
    "message",
    [SourceLost(reason="the plug"), SourceOpened(facts=facts(640), rehearsal=False)],
    ids=["lost", "another size"],
)
def test_what_may_have_moved_the_picture_voids_the_lines(one: LiveInput, message: Any) -> None:
    one.handle(SourceOpened(facts=facts(320), rehearsal=False))
    one.confirm_lines()
    one.handle(message)
    assert one.session_state.lines is Lines.UNCONFIRMED
    assert isinstance(one.inbox[-1], LinesVoid)


def test_a_child_that_died_is_told_and_a_new_analysis_gets_the_plan_again(
    one: LiveInput, session_memory: SessionMemory, moment: Callable[..., LiveMoment]
) -> None:
    session_memory.to_analysis.take()
    one.confirm_lines()
    one.handle(Moved(moment=moment()))
    one.child_changed(ChildChanged(child=Child.ANALYSIS, condition=Condition.RUNNING, reason=""))
    assert one.session_state.lines is Lines.CONFIRMED
    one.child_changed(ChildChanged(child=Child.ANALYSIS, condition=Condition.DIED, reason="signal 9"))
    assert one.session_state.moment is None
    assert one.session_state.lines is Lines.UNCONFIRMED
    assert [type(message) for message in one.inbox] == [FaultNotice, LinesVoid]
    (order,) = session_memory.to_analysis.take()
    assert isinstance(order, TakePlan)


def test_only_the_refusal_of_the_present_plan_takes_the_lines_away(one: LiveInput, log: Log) -> None:
    one.handle(PlanRefused(plan_number=7, reason="old"))
    assert one.session_state.lines is Lines.UNCONFIRMED
    one.handle(PlanRefused(plan_number=1, reason="nothing to follow"))
    assert one.session_state.lines is Lines.NONE
    assert log.kinds[-1] == "plan_refused"


def test_lines_of_another_level_are_dropped(one: LiveInput, log: Log) -> None:
    one.confirm_lines()
    one.drop_lines()
    one.drop_lines()
    assert one.session_state.lines is Lines.NONE
    assert log.kinds.count("lines_dropped") == 1


def test_a_fault_of_the_recording_is_logged_once(one: LiveInput, log: Log) -> None:
    for fault in ("", "the disk is full", "the disk is full"):
        one.handle(RecordingStatus(state=RecordingState(fault=fault)))
    assert log.kinds.count("recording") == 1
    assert one.session_state.recording.fault == "the disk is full"


def test_growing_cement_is_noticed_with_confirmed_lines_only(one: LiveInput, moment: Callable[..., LiveMoment]) -> None:
    unknown = Unknown("not looked at")

    def grown(t_s: float, area_mm2: float) -> Moved:
        seen = Distances(cement_area_mm2=area_mm2, mm=dict.fromkeys(Line, unknown))
        return Moved(moment=moment(t_s=t_s, distances=seen))

    for k in range(6):
        one.handle(grown(0.2 * k, 10.0 + 4 * k))
    assert not one.grows
    one.confirm_lines()
    for k in range(6, 12):
        one.handle(grown(0.2 * k, 10.0 + 4 * k))
    assert one.grows


def test_after_a_crash_the_lines_come_back_unconfirmed_each_to_its_input(
    session_memory: SessionMemory, tmp_path: Path, log: Log
) -> None:
    (tmp_path / "second").mkdir()
    first = LiveInput(tmp_path, Settings(), log, 0)
    second = LiveInput(tmp_path / "second", Settings(), log, 0, number=2)
    first.begin(session_memory, ())
    second.begin(session_memory, ())
    first.set_plan(plan_document(level="L2"), [pictures(4)[2]])
    second.set_plan(plan_document(level="L3"), [pictures(4)[2]])
    session_memory.to_analysis.take()
    for number, level in ((1, "L2"), (2, "L3")):
        again = LiveInput(tmp_path, Settings(), Log(), 0, number=number)
        again.begin(session_memory, log.events)
        (order,) = session_memory.to_analysis.take()
        assert order.document["views"][0]["level"] == level
        assert again.session_state.lines is Lines.UNCONFIRMED
        assert isinstance(again.inbox[0], LinesVoid)
