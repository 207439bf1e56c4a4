"""A lobe below the grain of single pixels is seen over a larger surrounding, and only inside the body."""

import cv2
import numpy as np

from assistant.baseline import cement_crop, start_baseline
from assistant.faint import see_faint
from assistant.simulation.tabletop import Tabletop


def test_a_faint_lobe_stands_out_in_the_body_and_not_beside_it() -> None:
    vertebra = Tabletop()
    grey = vertebra.frame().grey
    crop = cement_crop(vertebra.body_px, vertebra.mm_per_px, grey.shape[1], grey.shape[0])
    baseline = start_baseline(grey, 255, np.ones(grey.shape, bool), crop, vertebra.body_px, vertebra.mm_per_px)
    shape = baseline.mean.shape
    rng = np.random.default_rng(3)
    contrast = cv2.GaussianBlur(rng.normal(0, 8, shape).astype(np.float32), (0, 0), 1.0)
    lobe = np.zeros(shape, np.uint8)
    centre = (round(baseline.middle[0]), round(baseline.middle[1]))
    cv2.circle(lobe, centre, round(4.0 / baseline.mm_per_px), 1, -1)
    outside = np.zeros(shape, np.uint8)
    cv2.circle(outside, (15, 15), 10, 1, -1)
    assert not baseline.body[outside > 0].any()
    see_faint(baseline, None, contrast, None)  # finds the cannula; here the lobe alone counts
    baseline.cannula = None
    quiet = see_faint(baseline, None, contrast, None)[0]
    contrast = contrast + 16.0 * (lobe + outside).astype(np.float32)
    evidence, sure = see_faint(baseline, None, contrast, None)
    core = cv2.erode(lobe, np.ones((9, 9), np.uint8)) > 0
    assert (quiet[baseline.body] > 0).mean() < 0.02
    assert (evidence[core] > 0).mean() > 0.8
    assert float(np.median(sure[core])) > 4.0
    assert not (evidence[outside > 0] > 0).any()
