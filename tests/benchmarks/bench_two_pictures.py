"""Whether a screen with two pictures costs more to judge than one with one; run by ``make bench``.

The same live picture of 900 x 900 px on a screen of 1920 x 1080, alone or beside a held one; the processor's time.
"""

from __future__ import annotations

import time
from collections.abc import Callable

import cv2
import numpy as np
import pytest

from assistant.settings.tree import LivenessSettings
from assistant.steps.liveness import ScreenWatch
from assistant.vocabulary import Frame
from tests.two_pictures import Picture, film

ROUNDS, FRAMES, FIRST = 5, 240, 10
SIDE_PX = 900
MOST_TIMES = 1.10

pytestmark = pytest.mark.timeout(600)


def noisy() -> list[Picture]:
    """The small run's film, large and with new noise in each picture."""
    draw = np.random.default_rng(1)
    large = [cv2.resize(each, (SIDE_PX, SIDE_PX), interpolation=cv2.INTER_CUBIC) for each in film(60)]
    return [np.clip(each + draw.normal(0, 4, each.shape), 0, 255).astype(np.uint8) for each in large]


def on_screen(*placed: tuple[Picture, int]) -> Picture:
    """Pictures at columns of the console's screen."""
    made = np.zeros((1080, 1920), np.uint8)
    for picture, x in placed:
        made[90 : 90 + SIDE_PX, x : x + SIDE_PX] = picture
    return made


def mean_ms(drawn: Callable[[int], Picture], place: tuple[float, float], fields: int) -> float:
    """What a frame takes."""
    screens = [drawn(k) for k in range(60)]
    watch = ScreenWatch(LivenessSettings(), [place], Frame(index=0, t_s=0.0, grey=screens[0], white=255))
    taken_ms = []
    for k in range(FRAMES):
        frame = Frame(index=k, t_s=k / 15, grey=screens[k % 60], white=255)
        began_s = time.thread_time()
        watch.judge(frame)
        taken_ms.append(1000.0 * (time.thread_time() - began_s))
    assert len(watch.fields) == fields
    return float(np.mean(taken_ms[FIRST:]))


def test_two_pictures_cost_no_more_than_one(capsys: pytest.CaptureFixture[str]) -> None:
    pictures = noisy()
    both = [
        (
            mean_ms(lambda k: on_screen((pictures[k], 510)), (960.0, 540.0), 0),
            mean_ms(lambda k: on_screen((pictures[-1], 30), (pictures[k], 960)), (1410.0, 540.0), 2),
        )
        for _ in range(ROUNDS)
    ]
    one, two = (float(np.median(each)) for each in zip(*both, strict=True))
    with capsys.disabled():
        print(f"\none picture {one:.2f} ms a frame, two {two:.2f} ms (goal: at most {MOST_TIMES:.2f} times)")  # noqa: T201
    assert two <= MOST_TIMES * one
