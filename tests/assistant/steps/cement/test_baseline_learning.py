from __future__ import annotations

import cv2
import numpy as np

from assistant.steps.cement.baseline import change_since, still_picture
from assistant.steps.cement.baseline_learning import learn
from tests.assistant.plain_figure import STILL, picture, started


def test_more_pictures_make_a_quieter_baseline():
    rng = np.random.default_rng(4)
    baseline = started(rng)
    alone = baseline.mean[5:40, 5:60].std()
    for k in range(40):
        still = still_picture(baseline, picture(rng), STILL)
        learn(baseline, still, change_since(baseline, still, None), k / 10)
    assert baseline.count > 20
    assert baseline.mean[5:40, 5:60].std() < 0.4 * alone


def test_pictures_are_held_back_for_a_second():
    rng = np.random.default_rng(5)
    baseline = started(rng)
    for k in range(10):
        still = still_picture(baseline, picture(rng), STILL)
        learn(baseline, still, change_since(baseline, still, None), k / 10)
    assert baseline.count == 1


def test_what_darkens_slowly_in_the_body_is_not_learned_as_bone():
    rng = np.random.default_rng(8)
    baseline, fresh = started(rng), started(rng)
    lobe = np.zeros((300, 320), np.float32)
    cv2.circle(lobe, (160, 145), 14, 1.0, -1)
    for k in range(120):
        grown = min(max(k - 30, 0) / 30, 1.0)
        grey = (picture(rng).astype(np.float32) * (1 - 0.3 * lobe * grown)).astype(np.uint8)
        still = still_picture(baseline, grey, STILL)
        learn(baseline, still, change_since(baseline, still, None), k / 10)
    ys, xs = np.mgrid[0 : baseline.mean.shape[0], 0 : baseline.mean.shape[1]]
    inside = (xs + baseline.crop.x0_px - 160) ** 2 + (ys + baseline.crop.y0_px - 145) ** 2 < 10**2
    assert baseline.count > 50
    assert float(np.median(baseline.mean[inside] - fresh.mean[inside])) > 0.4 * 100 * np.log(0.7)
