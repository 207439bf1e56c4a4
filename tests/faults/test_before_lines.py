"""A fault in the program before lines are placed: one frame is unusable and says why, the analysis lives on."""

from __future__ import annotations

from typing import Any

import pytest

from assistant.live.messages import Condition, LiveState
from assistant.steps.liveness import ScreenWatch
from tests.journeys.room import Room
from tests.small_run import pictures, plan_document


def test_a_frame_that_cannot_be_judged_ends_no_analysis(qtbot: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    room, made = Room(qtbot, monkeypatch), pictures(60)
    judge = ScreenWatch.judge

    def fails(watch: ScreenWatch, frame: Any) -> Any:
        if frame.index == 2:
            raise ValueError("of this test")
        return judge(watch, frame)

    monkeypatch.setattr(ScreenWatch, "judge", fails)
    states = []
    for grey in made[:8]:
        room.show(grey)
        states.append(room.status.state)
    moments = [each.condition for each in room.status.children.values()]
    assert set(moments) == {Condition.RUNNING}
    assert states[-1] is LiveState.UNKNOWN_VIEW
    assert states[2] is not LiveState.LIVE
    room.session.set_plan(plan_document(reference_frame=7), [made[7]])
    room.obey()
    room.session.confirm_lines()
    for grey in made[8:16]:
        room.show(grey)
    assert room.status.state is LiveState.LIVE
    assert room.status.drawable
    room.end()
