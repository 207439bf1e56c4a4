from __future__ import annotations

import cv2
import numpy as np

from assistant.geometry import Crop
from assistant.steps.motion.finding import likely_places, pieces

LATTICE = 10 * cv2.GaussianBlur(np.random.default_rng(2).standard_normal((80, 90)).astype(np.float32), (0, 0), 2)


def looked_for() -> list:
    window = Crop(x0_px=80, y0_px=80, width_px=160, height_px=140)
    return pieces(LATTICE, 4, window, (np.array([120.0, 120.0]), np.array([200.0, 180.0])), (320, 360))


def test_a_piece_is_found_where_it_went():
    moved = cv2.warpAffine(LATTICE, np.array([[1.0, 0.0, 7.0], [0.0, 1.0, -5.0]]), (90, 80), borderMode=cv2.BORDER_WRAP)
    best = likely_places(looked_for(), moved, 4)[0]
    assert np.allclose(best, [[1.0, 0.0, 28.0], [0.0, 1.0, -20.0]], atol=1e-6)


def test_the_best_places_lie_apart():
    places = [pose[:, :2] @ [160.0, 150.0] + pose[:, 2] for pose in likely_places(looked_for(), LATTICE, 4)]
    apart = [np.abs(a - b).max() for k, a in enumerate(places) for b in places[:k]]
    assert len(places) > 1
    assert min(apart) > 4.0
