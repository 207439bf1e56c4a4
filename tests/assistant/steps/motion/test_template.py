from __future__ import annotations

import cv2
import numpy as np

from assistant.geometry import Crop
from assistant.steps.motion.pyramid import Outline, Pyramid
from assistant.steps.motion.template import averaged, learn_template

BODY_PX = np.array([[90.0, 90.0], [160.0, 92.0], [158.0, 150.0], [92.0, 152.0], [90.0, 90.0]])
OUTLINE = Outline(
    mm_per_px=0.4,
    window=Crop(x0_px=40, y0_px=40, width_px=170, height_px=160),
    body_px=BODY_PX,
    centre_px=(125.0, 121.0),
    field_mask=np.ones((128, 128), bool),
)
STILL = np.column_stack([np.eye(2), np.zeros(2)])


def picture() -> np.ndarray:
    """Bone in the middle, nothing round it."""
    rng = np.random.default_rng(1)
    ys, xs = np.mgrid[0:256, 0:256]
    bone = np.clip((85 - np.hypot(xs - 125, ys - 121)) / 10, 0, 1)
    return 120 + 400 * bone * cv2.GaussianBlur(rng.standard_normal((256, 256)).astype(np.float32), (0, 0), 4)


def pyramid(values: np.ndarray) -> Pyramid:
    return Pyramid(grey=np.clip(values, 0, 255).astype(np.uint8), white=255)


def test_derivatives_lose_noise_with_every_picture_and_the_reference_stays():
    rng = np.random.default_rng(5)

    def noisy() -> Pyramid:
        return pyramid(picture() + 15 * rng.standard_normal((256, 256)))

    learned = learn_template(noisy().lattice(1, 0.4), 1, OUTLINE, 3000)
    own = learned.window.reference.band.copy()
    clean = pyramid(picture()).lattice(1, 0.4).band[40:201, 40:211]
    alone = np.abs(learned.window.mean - clean).mean()
    for _ in range(15):
        learned = averaged(learned, OUTLINE, noisy(), STILL)
    assert learned.window.pictures == 16
    assert np.abs(learned.window.mean - clean).mean() < 0.4 * alone
    assert (learned.window.reference.band == own).all()
    at = learned.points_px.astype(int) - 40
    assert (learned.reference == own[at[:, 1], at[:, 0]]).all()


def test_what_moves_otherwise_tells_less():
    """A rib that breathes through the window: after some pictures its points have hardly any weight."""
    rng = np.random.default_rng(7)

    def ribbed(x: int) -> Pyramid:
        shown = picture() + 2 * rng.standard_normal((256, 256))
        shown[:, x : x + 6] -= 50
        return pyramid(shown)

    learned = learn_template(ribbed(100).lattice(1, 0.4), 1, OUTLINE, 3000)
    on_rib = np.abs(learned.points_px[:, 0] - 103) < 6
    before = learned.weight[on_rib].sum() / learned.weight.sum()
    for k in range(15):
        learned = averaged(learned, OUTLINE, ribbed(100 + 3 * (k % 5)), STILL)
    on_rib = np.abs(learned.points_px[:, 0] - 108) < 12
    assert learned.weight[on_rib].sum() / learned.weight.sum() < 0.25 * before


def test_the_correlation_of_two_pictures_is_foretold_from_one():
    rng = np.random.default_rng(9)
    for deviation in (6.0, 20.0, 45.0):
        one, two = (pyramid(picture() + deviation * rng.standard_normal((256, 256))) for _ in range(2))
        learned = learn_template(one.lattice(1, 0.4), 1, OUTLINE, 3000)
        at = learned.points_px.astype(int)
        other = two.lattice(1, 0.4).band[at[:, 1], at[:, 0]]
        w = learned.weight / learned.weight.sum()
        a, b = learned.reference - w @ learned.reference, other - w @ other
        seen = (w * a) @ b / np.sqrt((w * a) @ a * ((w * b) @ b))
        assert abs(learned.alone - seen) < 0.15
