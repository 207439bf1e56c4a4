"""A subtraction is grey throughout, with grain and no bone; a picture with bone is none, however it is shown."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from assistant.steps.motion.subtraction import is_subtraction, learn_contrast
from tests.small_run import pictures

Grey8 = NDArray[np.uint8]


def subtracted(grey: Grey8, mask: Grey8, gain: float, ground: float = 127.5) -> Grey8:
    grain = np.random.default_rng(3).normal(0.0, 4.0, grey.shape)
    level = ground + 255.0 * gain * (np.log(grey + 8.0) - np.log(mask + 8.0)) + grain
    return np.asarray(np.clip(level, 0, 255), np.uint8)


@pytest.mark.parametrize("ground", [60.0, 127.5, 220.0])
@pytest.mark.parametrize("gain", [-0.3, 0.3, 1.0])
def test_what_is_left_after_a_mask_is_one_on_whatever_grey(gain: float, ground: float) -> None:
    made = pictures(60)
    contrast = learn_contrast(made[2], 255)
    shown = [subtracted(each, made[8], gain, ground) for each in made[12:40:6]]
    assert all(is_subtraction(contrast, each, 255, already=False) for each in shown)
    wide = [each.astype(np.uint16) * 257 for each in shown]
    assert all(is_subtraction(contrast, each, 65535, already=False) for each in wide)


def test_pictures_with_bone_are_none() -> None:
    made = pictures(60)
    contrast = learn_contrast(made[2], 255)
    for each in made[::6]:
        soft = np.asarray(each // 2 + 64, np.uint8)
        closed = np.where(np.arange(each.shape[0])[:, None] < each.shape[0] // 2, np.uint8(64), soft)
        for shown in (each, each[::-1], 255 - each, soft, soft[::-1], 255 - soft, closed):
            assert not is_subtraction(contrast, np.ascontiguousarray(shown), 255, already=True)
    assert not is_subtraction(contrast, made[5][:100], 255, already=True), "another size says nothing"
    empty = np.zeros_like(made[0])
    assert not is_subtraction(learn_contrast(empty, 255), made[5], 255, already=True)
