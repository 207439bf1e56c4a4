from __future__ import annotations

import numpy as np
import pytest

from assistant.steps.cement.baseline import change_since, still_picture
from assistant.steps.cement.baseline_learning import learn
from assistant.steps.cement.noise import noise_of, steady_noise
from tests.assistant.plain_figure import STILL, picture, started


def test_the_noise_is_the_noise_that_is_there():
    rng = np.random.default_rng(3)
    baseline = started(rng)
    for k in range(40):
        still = still_picture(baseline, picture(rng), STILL)
        change = change_since(baseline, still, None)
        noise = noise_of(baseline, change, None)
        learn(baseline, still, change, k / 10)
    flat = np.s_[5:40, 5:60]
    assert float(np.median(noise[flat])) == pytest.approx(float(change[flat].std()), rel=0.6)


def test_noise_after_smoothing_in_time_is_smaller_where_nothing_moves():
    rng = np.random.default_rng(6)
    baseline = started(rng)
    smoothed = None
    for k in range(40):
        still = still_picture(baseline, picture(rng), STILL)
        change = change_since(baseline, still, None)
        smoothed = change if smoothed is None else (0.7 * smoothed + 0.3 * change).astype(np.float32)
        learn(baseline, still, smoothed, k / 10)
    noise = noise_of(baseline, change, None)
    steady = steady_noise(baseline, smoothed, None)
    flat = np.s_[5:40, 5:60]
    assert float(np.median(steady[flat])) < 0.75 * float(np.median(noise[flat]))
    assert float(np.median(steady[flat])) == pytest.approx(float(smoothed[flat].std()), rel=0.6)
