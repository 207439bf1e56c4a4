from __future__ import annotations

import cv2
import numpy as np
import pytest

from assistant.geometry import Similarity
from assistant.steps.cement.baseline import body_in_crop, cement_crop, change_since, start_baseline, still_picture
from tests.assistant.plain_figure import BODY_PX, MM, STILL, picture, started


def test_the_crop_stays_in_the_picture_and_holds_the_body():
    crop = cement_crop(BODY_PX, MM, 320, 300)
    assert crop.x0_px >= 0
    assert crop.y0_px >= 0
    assert crop.x0_px + crop.width_px <= 320
    assert crop.y0_px + crop.height_px <= 300
    assert float(body_in_crop(BODY_PX, crop).sum()) == pytest.approx(86 * 72, rel=0.05)


def test_the_sign_is_the_one_that_is_told():
    dark, bright = (start_baseline(*_place(), sign) for sign in (1.0, -1.0))
    assert dark.lookup[200] > dark.lookup[50]
    assert bright.lookup[200] < bright.lookup[50]


def _place():
    crop = cement_crop(BODY_PX, MM, 320, 300)
    return picture(np.random.default_rng(0)), 255, np.ones((300, 320), bool), crop, BODY_PX, MM


def test_a_brightness_step_and_slow_haze_are_no_change():
    rng = np.random.default_rng(1)
    baseline = started(rng, noise=0.5)
    ys, xs = np.mgrid[0:300, 0:320]
    haze = 12 * np.sin(xs / 60) * np.cos(ys / 70)
    brighter = np.clip(picture(rng, noise=0.5).astype(float) * 1.2 + haze, 0, 255).astype(np.uint8)
    change = change_since(baseline, still_picture(baseline, brighter, STILL), None)
    inner = change[10:-10, 10:-10]
    assert np.abs(np.median(inner)) < 0.3
    assert inner.std() < 2.5


def test_a_moved_picture_is_brought_back():
    rng = np.random.default_rng(2)
    baseline = started(rng, noise=0.2)
    moved = Similarity(dx_px=7.0, dy_px=-4.0, rotation_deg=3.0, scale=1.02, centre_px=(160.0, 145.0))
    shifted = cv2.warpAffine(
        picture(rng, noise=0.2), moved.current_from_reference(), (320, 300), borderMode=cv2.BORDER_REPLICATE
    )
    change = change_since(baseline, still_picture(baseline, shifted, moved), None)
    assert np.abs(change[20:-20, 20:-20]).mean() < 0.5


def test_another_tone_of_the_display_is_no_change():
    rng = np.random.default_rng(7)
    polygons = [BODY_PX + np.array([0.0, shift]) for shift in (-92.0, 0.0, 92.0)]

    def figure() -> np.ndarray:
        body = np.zeros((300, 320), np.float32)
        for ring in polygons:
            cv2.fillPoly(body, [ring.round().astype(np.int32)], 1.0)
        clean = 150 - 40 * cv2.GaussianBlur(body, (0, 0), 1.0) + np.linspace(0, 30, 320)[None]
        return np.clip(clean + 0.5 * rng.standard_normal((300, 320)), 0, 255).astype(np.uint8)

    crop = cement_crop(BODY_PX, MM, 320, 300)
    baseline = start_baseline(figure(), 255, np.ones((300, 320), bool), crop, BODY_PX, MM)
    curved = (255.0 * (figure() / 255.0) ** 1.4).astype(np.uint8)
    change = change_since(baseline, still_picture(baseline, curved, STILL), None)
    assert np.abs(change[10:-10, 10:-10]).mean() < 0.8
