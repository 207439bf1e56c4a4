"""F-33: memory ends at the n-th call that asks for a large piece. The frame is unusable, the next ones go on."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import cv2
import pytest

from assistant.guarded_pipeline import GuardedPipeline
from assistant.pipeline import Pipeline
from assistant.plan import plan_from_document
from assistant.settings.tree import Settings
from assistant.vocabulary import Frame, FrameState
from tests.small_run import frames, plan_document

HUNGRY = (
    "resize",
    "warpAffine",
    "GaussianBlur",
    "medianBlur",
    "filter2D",
    "remap",
    "boxFilter",
    "blur",
    "morphologyEx",
)
FRAMES, PLACES = 6, 16


class Purse:
    """Lets the n-th call fail, counted over all hungry calls."""

    def __init__(self, fails_at: int) -> None:
        self.calls, self.fails_at = 0, fails_at

    def wrapped(self, call: Callable[..., Any]) -> Callable[..., Any]:
        def pays(*args: Any, **more: Any) -> Any:
            self.calls += 1
            if self.calls == self.fails_at:
                raise MemoryError
            return call(*args, **more)

        return pays


def pipeline_of(made: list[Frame]) -> GuardedPipeline:
    plan = plan_from_document(plan_document(), 0.25)
    return GuardedPipeline(Pipeline(plan, [made[2]], Settings()))


def calls_of(made: list[Frame], fails_at: int, monkeypatch: pytest.MonkeyPatch) -> tuple[int, list[FrameState]]:
    guarded, purse = pipeline_of(made), Purse(fails_at)
    with monkeypatch.context() as patch:
        for name in HUNGRY:
            patch.setattr(cv2, name, purse.wrapped(getattr(cv2, name)))
        states = [guarded.process(frame, lambda _alarm: None).liveness.state for frame in made[:FRAMES]]
    return purse.calls, states


def test_F_33(monkeypatch: pytest.MonkeyPatch) -> None:
    """Places spread over all calls of the frames."""
    made = frames(FRAMES)
    total, whole = calls_of(made, 0, monkeypatch)
    assert total > 20
    assert FrameState.UNUSABLE not in whole
    for fails_at in range(1, total + 1, max(1, total // PLACES)):
        _, states = calls_of(made, fails_at, monkeypatch)
        assert len(states) == FRAMES
        assert states.count(FrameState.UNUSABLE) <= 2, fails_at
        if fails_at < total // 2:
            assert states[-1] is whole[-1]
