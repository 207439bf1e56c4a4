from __future__ import annotations

import cv2
import numpy as np
import pytest

from assistant.steps.cement.breathing import Breathing, learn_breathing, without_breathing
from assistant.steps.cement.limits import USUAL_LIMITS

MM = 0.25
SHAPE = (200, 240)
USABLE = np.ones(SHAPE, bool)
BODY = np.zeros(SHAPE, bool)
BODY[60:150, 80:170] = True


def ribs(phase: float) -> np.ndarray:
    """Three dark bands, blurred as an X-ray picture is, moved up and down by 1 mm."""
    picture = np.zeros(SHAPE, np.float32)
    for row in (40, 105, 170):
        cv2.line(picture, (0, row - 20), (240, row + 20), 30.0, 14)
    picture = cv2.GaussianBlur(picture, (0, 0), 4)
    matrix = np.array([[1.0, 0.0, 0.0], [0.0, 1.0, 4.0 * np.sin(phase)]])
    return cv2.warpAffine(picture, matrix, SHAPE[::-1], borderMode=cv2.BORDER_REPLICATE)


def learned(rng: np.random.Generator, pictures: int = 48, moving: bool = True) -> tuple[Breathing, np.ndarray]:
    memory, total = Breathing(USUAL_LIMITS.breathing.spacing_s), np.zeros(SHAPE, np.float32)
    for k in range(pictures):
        still = -ribs(k * 0.1 * 2 * np.pi / 4.0 if moving else 0.0) + grain(rng)
        total += still / pictures
        learn_breathing(memory, still, USABLE, np.ones(SHAPE, np.float32), MM, 0.1 * k, USUAL_LIMITS)
    return memory, total


def grain(rng: np.random.Generator) -> np.ndarray:
    return 2.0 * cv2.GaussianBlur(rng.standard_normal(SHAPE).astype(np.float32), (0, 0), 1.5)


def test_a_breath_is_taken_out_in_the_body_as_well_where_it_is_not_read():
    rng = np.random.default_rng(0)
    memory, mean = learned(rng)
    before, after = [], []
    for phase in np.linspace(0.3, 6.0, 9):
        change = mean + ribs(phase) - grain(rng)
        change -= cv2.GaussianBlur(change, (0, 0), 16)
        rest = without_breathing(memory, change, USABLE & ~BODY, MM, USUAL_LIMITS.breathing)
        before.append(change[70:140, 90:160].std())
        after.append(rest[70:140, 90:160].std())
    assert np.mean(after) < 0.5 * np.mean(before)


@pytest.mark.parametrize("where", [(125, 105), (40, 60)])  # in the body, and where the breath is read
def test_cement_stays_what_it_is(where):
    rng = np.random.default_rng(1)
    memory, mean = learned(rng)
    lobe = np.zeros(SHAPE, np.float32)
    cv2.circle(lobe, where, 12, 15.0, -1)
    change = mean + ribs(1.0)
    plain = without_breathing(memory, change, USABLE & ~BODY, MM, USUAL_LIMITS.breathing)
    seen = without_breathing(memory, change + lobe, USABLE & ~BODY, MM, USUAL_LIMITS.breathing)
    assert (seen - plain)[lobe > 0].mean() > 13.5
    assert np.abs((seen - plain)[lobe == 0]).mean() < 0.5


def test_slow_cement_in_the_body_that_was_learned_is_not_explained_away():
    rng = np.random.default_rng(2)
    memory = Breathing(USUAL_LIMITS.breathing.spacing_s)
    lobe = np.zeros(SHAPE, np.float32)
    cv2.circle(lobe, (125, 105), 12, 10.0, -1)
    for k in range(48):
        still = -ribs(k * 0.1 * 2 * np.pi / 4.0) - lobe * max(k - 30, 0) / 18 + grain(rng)
        learn_breathing(memory, still, USABLE, np.ones(SHAPE, np.float32), MM, 0.1 * k, USUAL_LIMITS)
    change = lobe - grain(rng)
    rest = without_breathing(memory, change, USABLE & ~BODY, MM, USUAL_LIMITS.breathing)
    assert rest[lobe > 0].mean() > 9.0


def test_nothing_is_taken_out_before_enough_was_seen_nor_where_nothing_moves():
    rng = np.random.default_rng(3)
    change = grain(rng)
    few, _ = learned(rng, pictures=5)
    assert without_breathing(few, change, USABLE, MM, USUAL_LIMITS.breathing) is change
    memory, _ = learned(rng, moving=False)
    assert without_breathing(memory, change, USABLE, MM, USUAL_LIMITS.breathing).std() > 0.9 * change.std()


def test_pictures_are_spread_over_some_breaths_however_fast_they_come():
    memory = Breathing(USUAL_LIMITS.breathing.spacing_s)
    for k in range(600):
        learn_breathing(memory, -ribs(k / 30), USABLE, np.ones(SHAPE, np.float32), MM, k / 30, USUAL_LIMITS)
    assert len(memory.pictures) <= 48
    assert memory.spacing_s * len(memory.pictures) > 8.0
