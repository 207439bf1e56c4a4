from __future__ import annotations

import numpy as np
import pytest

from assistant.steps.cement.display_tone import read_tones, without_tone
from assistant.steps.cement.limits import USUAL_LIMITS

LIMITS = USUAL_LIMITS.tone
MM = 0.25


@pytest.fixture
def mean() -> np.ndarray:
    ys, xs = np.mgrid[0:120, 0:160]
    return (100 + 60 * np.sin(xs / 15) * np.cos(ys / 20)).astype(np.float32)


def test_what_depends_on_the_grey_alone_is_taken_out(mean):
    tones = read_tones(mean, np.ones(mean.shape, bool), MM, LIMITS)
    left = without_tone(tones, (0.1 * mean + 0.001 * mean**2).astype(np.float32), None, LIMITS)
    assert np.abs(left).mean() < 0.6


def test_what_is_somewhere_stays(mean):
    tones = read_tones(mean, np.ones(mean.shape, bool), MM, LIMITS)
    cement = np.zeros(mean.shape, np.float32)
    cement[50:70, 60:90] = 20.0
    left = without_tone(tones, cement + 0.1 * mean, None, LIMITS)
    assert float(np.median(left[50:70, 60:90])) == pytest.approx(20.0, abs=1.5)


def test_known_cement_tells_nothing_of_the_tone(mean):
    tones = read_tones(mean, np.ones(mean.shape, bool), MM, LIMITS)
    mask = np.zeros(mean.shape, bool)
    mask[20:100, 20:140] = True
    left = without_tone(tones, np.where(mask, 50.0, 3.0).astype(np.float32), mask, LIMITS)
    assert float(np.median(left[mask])) == pytest.approx(47.0, abs=1.0)
    assert float(np.median(left[:15])) == pytest.approx(0.0, abs=0.5)


def test_nothing_is_taken_out_where_nothing_is_free(mean):
    tones = read_tones(mean, np.ones(mean.shape, bool), MM, LIMITS)
    difference = np.full(mean.shape, 7.0, np.float32)
    assert np.array_equal(without_tone(tones, difference, np.ones(mean.shape, bool), LIMITS), difference)
