from __future__ import annotations

import numpy as np
import pytest

from assistant.geometry import Similarity
from assistant.steps.cement.baseline import cement_crop
from assistant.steps.cement.cement import find_cement
from assistant.steps.cement.memory import MaskMemory, start_masking

STILL = Similarity(dx_px=0.0, dy_px=0.0, rotation_deg=0.0, scale=1.0, centre_px=(160.0, 145.0))


def started(vertebra, sign: float = 1.0) -> MaskMemory:
    crop = cement_crop(vertebra.body_px, vertebra.mm_per_px, 320, 300)
    everywhere = np.ones((300, 320), bool)
    return start_masking(vertebra.frame().grey, 255, everywhere, crop, vertebra.body_px, vertebra.mm_per_px, sign)


def dice(memory: MaskMemory, mask, truth) -> float:
    inside = truth[memory.crop.rows, memory.crop.cols]
    return 2 * float((mask & inside).sum()) / float(mask.sum() + inside.sum())


@pytest.mark.parametrize("inverted", [False, True])
def test_growing_cement_is_outlined(tabletop, disc, inverted):
    vertebra = tabletop(inverted=inverted)
    memory = started(vertebra, -1.0 if inverted else 1.0)
    for k in range(30):
        cement = find_cement(memory, vertebra.frame().grey, STILL, k / 15, before_injection=False)
        assert not cement.mask.any()
    for k in range(30, 75):
        truth = disc(155, 148, min(22.0, 4.0 + (k - 30) * 0.5))
        cement = find_cement(memory, vertebra.frame(cement=truth).grey, STILL, k / 15, before_injection=False)
    assert dice(memory, cement.mask, truth) > 0.95


def test_exposure_and_breathing_are_no_cement(tabletop, moved_by):
    vertebra = tabletop(dose_ngy=150.0)
    memory = started(vertebra)
    for k in range(60):
        true = moved_by(2.0 * np.sin(k / 5), 3.0 * np.cos(k / 5))
        frame = vertebra.frame(similarity=true, gain=1.0 + 0.15 * np.sin(k / 9))
        assert not find_cement(memory, frame.grey, true, k / 15, before_injection=False).mask.any()


def test_a_straight_bar_is_no_cement(tabletop):
    vertebra = tabletop()
    memory = started(vertebra)
    bar = np.zeros((300, 320), bool)
    bar[140:147, 150:205] = True
    for k in range(40):
        frame = vertebra.frame(cement=bar if k > 20 else None)
        assert not find_cement(memory, frame.grey, STILL, k / 15, before_injection=False).mask.any()


def test_few_pictures_before_the_cement_are_enough(tabletop, disc):
    vertebra = tabletop()
    memory = started(vertebra)
    find_cement(memory, vertebra.frame().grey, STILL, 0.0, before_injection=False)
    truth = disc(160, 145, 18)
    for k in range(1, 8):
        cement = find_cement(memory, vertebra.frame(cement=truth).grey, STILL, k / 15, before_injection=False)
    assert dice(memory, cement.mask, truth) > 0.93


def test_the_outline_is_nought_of_the_evidence(tabletop, disc):
    vertebra = tabletop()
    memory = started(vertebra)
    for k in range(25):
        cement = find_cement(
            memory,
            vertebra.frame(cement=disc(160, 145, 15) if k > 18 else None).grey,
            STILL,
            k / 15,
            before_injection=False,
        )
    assert np.array_equal(cement.mask, cement.evidence > 0)
    assert 0 < cement.outline_sigma_mm < 0.5


def test_a_picture_far_too_dark_with_one_side_black_blinds_nobody_to_the_cement_after_it(tabletop, disc):
    """After a swing the C-arm's exposure comes back slowly: what is black tells nothing, and is no gas that moves."""
    vertebra = tabletop(dose_ngy=150.0)
    memory = started(vertebra)
    for k in range(20):
        find_cement(memory, vertebra.frame().grey, STILL, k / 15, before_injection=False)
    for k in range(20, 35):
        dark = (0.35 * vertebra.frame().grey.astype(np.float32)).astype(np.uint8)
        dark[:, :150] = 0
        assert not find_cement(memory, dark, STILL, k / 15, before_injection=False).mask.any()
    calm = memory.temporal_variance.amplitude
    truth = disc(165, 148, 14)
    for k in range(35, 45):
        cement = find_cement(memory, vertebra.frame(cement=truth).grey, STILL, k / 15, before_injection=False)
    assert dice(memory, cement.mask, truth) > 0.9
    assert calm < 15.0


def test_blades_that_close_over_all_that_is_looked_at_break_nothing_and_hide_what_is_known(tabletop, disc):
    vertebra = tabletop(dose_ngy=150.0)
    memory = started(vertebra)
    truth = disc(165, 148, 14)
    for k in range(30):
        shown = vertebra.frame(cement=truth if k >= 20 else None).grey
        cement = find_cement(memory, shown, STILL, k / 15, before_injection=False)
    before = dice(memory, cement.mask, truth)
    for k in range(30, 33):
        cement = find_cement(memory, np.zeros_like(shown), STILL, k / 15, before_injection=False)
    assert before > 0.9
    assert dice(memory, cement.mask, truth) > 0.9
