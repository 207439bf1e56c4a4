from __future__ import annotations

import cv2
import numpy as np
import pytest

from assistant.baseline import (
    Baseline,
    body_in_crop,
    cement_crop,
    change_since,
    learn,
    noise_of,
    start_baseline,
    steady_noise,
    still_picture,
)
from assistant.geometry import Similarity

MM = 0.4
BODY_PX = np.array([[120.0, 110.0], [205.0, 108.0], [207.0, 180.0], [118.0, 182.0], [120.0, 110.0]])
STILL = Similarity(dx_px=0.0, dy_px=0.0, rotation_deg=0.0, scale=1.0, centre_px=(160.0, 145.0))


def picture(rng: np.random.Generator, noise: float = 3.0, dark_body: bool = True) -> np.ndarray:
    """A figure for closed forms, no fluoroscopy: one even polygon on even ground, white noise of a known strength."""
    body = np.zeros((300, 320), np.float32)
    cv2.fillPoly(body, [BODY_PX.round().astype(np.int32)], 1.0)
    clean = 150 - (40 if dark_body else -40) * cv2.GaussianBlur(body, (0, 0), 1.0)
    return np.clip(clean + noise * rng.standard_normal((300, 320)), 0, 255).astype(np.uint8)


def started(rng: np.random.Generator, **kwargs) -> Baseline:
    crop = cement_crop(BODY_PX, MM, 320, 300)
    return start_baseline(picture(rng, **kwargs), 255, np.ones((300, 320), bool), crop, BODY_PX, MM)


def test_the_crop_stays_in_the_picture_and_holds_the_body():
    crop = cement_crop(BODY_PX, MM, 320, 300)
    assert crop.x0_px >= 0
    assert crop.y0_px >= 0
    assert crop.x0_px + crop.width_px <= 320
    assert crop.y0_px + crop.height_px <= 300
    assert float(body_in_crop(BODY_PX, crop).sum()) == pytest.approx(86 * 72, rel=0.05)


@pytest.mark.parametrize(("dark_body", "sign"), [(True, 1.0), (False, -1.0)])
def test_polarity_follows_the_bone(dark_body, sign):
    assert started(np.random.default_rng(0), dark_body=dark_body).sign == sign


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
