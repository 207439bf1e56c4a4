from __future__ import annotations

import cv2
import numpy as np
import pytest

from assistant.steps.cement.limits import USUAL_LIMITS
from assistant.steps.cement.moving_gas import (
    TemporalVariance,
    drop_gas_gone,
    drop_gas_over_bone,
    temporal_variance_noise,
)

MM = 0.25
SHAPE = (160, 200)


def bubble(x: int, y: int, value: float) -> np.ndarray:
    picture = np.zeros(SHAPE, np.float32)
    cv2.circle(picture, (x, y), 14, value, -1)
    return cv2.GaussianBlur(picture, (0, 0), 2)


def noise() -> np.ndarray:
    return np.ones(SHAPE, np.float32)


def test_noise_rises_round_what_brightens_and_is_remembered():
    memory = TemporalVariance()
    raised = temporal_variance_noise(memory, bubble(60, 80, -30.0), noise(), None, None, MM, USUAL_LIMITS.gas)
    assert raised[80, 85] > 5.0
    assert raised[80, 190] == pytest.approx(1.0, abs=0.05)
    assert memory.amplitude > 15.0
    later = temporal_variance_noise(memory, np.zeros(SHAPE, np.float32), noise(), None, None, MM, USUAL_LIMITS.gas)
    assert later[80, 85] > 5.0


def test_what_darkens_raises_nothing():
    memory = TemporalVariance()
    raised = temporal_variance_noise(memory, bubble(60, 80, 30.0), noise(), None, None, MM, USUAL_LIMITS.gas)
    assert np.abs(raised - 1.0).max() < 0.05
    assert memory.amplitude == 0.0


def test_a_rim_of_light_round_cement_and_on_the_cannula_raises_nothing():
    covered = bubble(60, 80, 1.0) > 0.5
    for mask, cannula in ((covered, None), (None, bubble(60, 80, 1.0) > 0.02)):
        raised = temporal_variance_noise(
            TemporalVariance(), bubble(60, 80, -30.0), noise(), mask, cannula, MM, USUAL_LIMITS.gas
        )
        assert np.abs(raised - 1.0).max() < 0.6


def test_gas_that_left_the_bone_is_dropped_and_cement_is_kept():
    memory = TemporalVariance(amplitude=20.0)
    bone = np.zeros(SHAPE, bool)
    bone[20:140, 20:180] = True
    contrast = bubble(60, 80, 25.0) + bubble(140, 80, 25.0)
    low = contrast > 5.0
    still = 100.0 - bubble(140, 80, 25.0)  # at the left the picture has only darkened to bone
    drop_gas_over_bone(
        memory, low, low & bone, bone & ~low, contrast, noise(), still.astype(np.float32), MM, USUAL_LIMITS.gas
    )
    assert not low[80, 60]
    assert low[80, 140]


def test_a_lobe_that_is_no_darker_than_its_ring_is_dropped():
    memory = TemporalVariance(amplitude=20.0)
    contrast = bubble(60, 80, 25.0) + bubble(140, 80, 25.0)
    low = contrast > 5.0
    still = (100.0 - bubble(140, 80, 25.0)).astype(np.float32)
    drop_gas_gone(memory, low, None, np.ones(SHAPE, bool), contrast, still, MM, USUAL_LIMITS.gas)
    assert not low[80, 60]
    assert low[80, 140]


def test_where_nothing_moves_nothing_is_dropped():
    contrast = bubble(60, 80, 25.0)
    low = contrast > 5.0
    kept = low.copy()
    still = np.full(SHAPE, 100.0, np.float32)
    drop_gas_over_bone(TemporalVariance(), low, low, ~low, contrast, noise(), still, MM, USUAL_LIMITS.gas)
    drop_gas_gone(TemporalVariance(), low, None, np.ones(SHAPE, bool), contrast, still, MM, USUAL_LIMITS.gas)
    assert np.array_equal(low, kept)
