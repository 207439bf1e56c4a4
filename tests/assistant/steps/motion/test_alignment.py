from __future__ import annotations

import cv2
import numpy as np
import pytest

from assistant.geometry import Crop, Similarity, apply
from assistant.steps.motion.alignment import (
    Outline,
    Pyramid,
    averaged,
    learn_pyramid_level,
    refine,
    relative,
)

CENTRE_PX = (125.0, 121.0)
BODY_PX = np.array([[90.0, 90.0], [160.0, 92.0], [158.0, 150.0], [92.0, 152.0], [90.0, 90.0]])
WINDOW = Crop(x0_px=40, y0_px=40, width_px=170, height_px=160)
OUTLINE = Outline(
    mm_per_px=0.4, window=WINDOW, body_px=BODY_PX, centre_px=CENTRE_PX, field_mask=np.ones((128, 128), bool)
)


def pose(dx: float, dy: float, turn_deg: float, scale: float) -> np.ndarray:
    return Similarity(
        dx_px=dx, dy_px=dy, rotation_deg=turn_deg, scale=scale, centre_px=CENTRE_PX
    ).current_from_reference()


def picture(seed: int = 1) -> np.ndarray:
    rng = np.random.default_rng(seed)
    return 120 + 400 * cv2.GaussianBlur(rng.standard_normal((256, 256)).astype(np.float32), (0, 0), 4)


def pyramid(values: np.ndarray) -> Pyramid:
    return Pyramid(grey=np.clip(values, 0, 255).astype(np.uint8), white=255)


@pytest.mark.parametrize(("dx", "dy", "turn_deg"), [(0.37, -0.61, 0.0), (2.4, 1.3, 0.8), (-1.6, 2.2, -1.2)])
def test_a_known_pose_is_refined_to_below_a_tenth_of_a_pixel(dx, dy, turn_deg):
    true = pose(dx, dy, turn_deg, 1.0)
    still = picture()
    moved = cv2.warpAffine(still, true, (256, 256), flags=cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE)
    level = learn_pyramid_level(pyramid(still).lattice(1, 0.4), 1, OUTLINE, 3000)
    got, correlation = refine(level, OUTLINE, pyramid(moved), pose(0, 0, 0, 1), None, None, rounds=20)
    assert np.abs(apply(got, BODY_PX) - apply(true, BODY_PX)).max() < 0.1
    assert correlation > 0.98


def test_too_little_of_the_template_in_the_picture_is_no_match():
    level = learn_pyramid_level(pyramid(picture()).lattice(1, 0.4), 1, OUTLINE, 3000)
    _, correlation = refine(level, OUTLINE, pyramid(picture()), pose(230, 0, 0, 1), None, None, rounds=1)
    assert correlation == 0.0


def test_the_template_loses_noise_with_every_picture():
    rng = np.random.default_rng(5)
    still = picture()

    def noisy() -> Pyramid:
        return pyramid(still + 15 * rng.standard_normal(still.shape))

    clean = pyramid(still).lattice(1, 0.4)
    level = learn_pyramid_level(noisy().lattice(1, 0.4), 1, OUTLINE, 3000)
    alone = np.abs(level.template - clean)[60:190, 60:190].mean()
    for _ in range(15):
        level = averaged(level, OUTLINE, noisy(), pose(0, 0, 0, 1), 3000)
    assert level.pictures == 16
    assert np.abs(level.template - clean)[60:190, 60:190].mean() < 0.4 * alone


def test_where_something_went_since_a_pose():
    since = pose(3.0, -2.0, 4.0, 1.02)
    before = pose(-1.0, 5.0, -3.0, 0.97)
    whole = np.vstack([since, [0, 0, 1]]) @ np.vstack([before, [0, 0, 1]])
    assert np.allclose(relative(whole[:2], before), since)
