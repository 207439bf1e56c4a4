"""F-06: a held picture over a noisy cable (σ 1 to 4 grey, 20 seeds) is HELD within the time of a hold, never LIVE."""

from itertools import islice

import numpy as np
import pytest

from assistant.capture.opening import open_source
from assistant.settings.tree import Settings
from assistant.steps.liveness import LivenessMemory, judge_liveness
from assistant.system.places import demo_run
from assistant.vocabulary import Frame, FrameState, Unknown

FPS, LIVE = 25.0, 60


@pytest.fixture(scope="module")
def live() -> list[Frame]:
    source = open_source(str(demo_run()))
    made = list(islice(source.frames(), LIVE))
    source.close()
    return made


@pytest.mark.parametrize("seed", range(20))
def test_F_06(live: list[Frame], seed: int) -> None:
    """The cable is as noisy while X-ray is on: the step has learned it."""
    rng = np.random.default_rng(seed)
    sigma = 1.0 + seed % 4
    memory, settings = LivenessMemory(), Settings().liveness
    rows, cols = live[0].grey.shape
    pool = rng.normal(0, sigma, (rows + 97, cols + 89)).astype(np.float32)
    seen = []
    for index in range(LIVE + 75):
        picture = live[min(index, LIVE - 1)].grey
        y, x = rng.integers(0, 97), rng.integers(0, 89)
        noisy = (picture + pool[y : y + rows, x : x + cols]).clip(0, 255).astype(np.uint8)
        told = judge_liveness(memory, Frame(index=index, t_s=index / FPS, grey=noisy), settings)
        if index >= LIVE:
            seen.append(told)
    held = (FrameState.REPEAT, FrameState.FROZEN)
    assert all(told.state in held for told in seen[2:])
    assert seen[-1].state is FrameState.FROZEN
    age_s = seen[-1].xray_age_s
    assert not isinstance(age_s, Unknown)
    assert age_s > 2.5
