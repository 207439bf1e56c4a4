"""What blades leave is judged by itself: most of the frame is black then, and the picture is live all the same."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from assistant.settings.tree import LivenessSettings
from assistant.steps.liveness import ScreenWatch
from assistant.steps.liveness.grain import blocks_of, is_torn
from assistant.vocabulary import Frame, FrameState

SIDE, WHOLE, CLOSED = 640, 16, 45


def frame(number: int, grey: NDArray[np.float64]) -> Frame:
    return Frame(index=number, t_s=number / 15, grey=np.clip(grey, 0, 255).round().astype(np.uint8), white=255)


def scene(rng: np.random.Generator) -> NDArray[np.float64]:
    soft = cv2.GaussianBlur(rng.normal(size=(SIDE, SIDE)), (0, 0), 25.0)
    return np.asarray(125.0 + 25.0 * soft / soft.std(), dtype=np.float64)


def between_blades(grey: NDArray[np.float64], share: float) -> NDArray[np.float64]:
    edge = round(SIDE * (1.0 - share) / 2)
    shown = np.full_like(grey, 8.0)
    shown[edge:-edge, edge:-edge] = grey[edge:-edge, edge:-edge]
    return shown


@pytest.mark.parametrize("share", [0.35, 0.3, 0.25, 0.2])
def test_what_blades_leave_is_live(share: float) -> None:
    rng = np.random.default_rng(3)
    still = scene(rng)
    watch = ScreenWatch(LivenessSettings(), [(320.0, 320.0)], frame(0, still + rng.normal(0.0, 4.0, still.shape)))
    found = []
    for number in range(1, WHOLE + CLOSED):
        grey = still + rng.normal(0.0, 4.0, still.shape)
        found.append(watch.judge(frame(number, grey if number < WHOLE else between_blades(grey, share))))
    assert [each.state for each in found] == [FrameState.LIVE] * len(found), [
        (k, each.state, each.reason) for k, each in enumerate(found) if each.state is not FrameState.LIVE
    ]
    held = [watch.judge(frame(WHOLE + CLOSED + k, between_blades(grey, share))) for k in range(3)]
    assert {each.state for each in held[1:]} == {FrameState.REPEAT}
    black = watch.judge(frame(WHOLE + CLOSED + 4, np.full_like(grey, 8.0)))
    assert black.state is FrameState.NO_SIGNAL


def test_a_word_beside_blades_that_close_makes_no_torn_frame() -> None:
    rng = np.random.default_rng(4)
    grey = scene(rng) + rng.normal(0.0, 4.0, (SIDE, SIDE))
    shown = between_blades(grey, 0.8)
    shown[8:24, 20:120] = rng.uniform(0.0, 255.0, (16, 100))
    blocks = blocks_of(frame(0, shown))
    assert not is_torn(blocks, np.ones(blocks.shape, bool))
    grey[300:400] = 16.0
    blocks = blocks_of(frame(0, grey))
    assert is_torn(blocks, np.ones(blocks.shape, bool))
