import numpy as np
import pytest

from assistant.geometry import Crop, Similarity, apply, similarity_from_matrix
from assistant.simulation.imaging_chain.distortion import Distortion, fitted_similarity

BOX = Crop(x0_px=64, y0_px=0, width_px=400, height_px=400)


def test_points_there_and_back():
    rng = np.random.default_rng(1)
    points = rng.uniform([64, 0], [464, 400], (200, 2))
    bent = Distortion(BOX, 0.03)
    assert np.abs(bent.straight(bent.stored(points)) - points).max() < 1e-6
    rim = np.array([[463.5, 199.5]])
    assert bent.straight(rim)[0, 0] == pytest.approx(263.5 + 200.0 * 0.97)


def test_picture_and_points_bend_alike():
    bent = Distortion(BOX, 0.03)
    picture = np.zeros((400, 400), np.float32)
    spot = np.array([330.0, 90.0])
    ys, xs = np.mgrid[0:400, 0:400]
    picture += np.exp(-((xs - spot[0]) ** 2 + (ys - spot[1]) ** 2) / 18.0).astype(np.float32)
    whole = Crop(x0_px=0, y0_px=0, width_px=400, height_px=400)
    stored = bent.bend(picture, whole)
    found = np.array([(stored * xs).sum(), (stored * ys).sum()]) / stored.sum()
    assert found == pytest.approx(bent.stored(np.add(spot, [64.0, 0.0])[None])[0] - [64, 0], abs=0.06)
    part = Crop(x0_px=280, y0_px=50, width_px=100, height_px=90)
    cut = np.ascontiguousarray(picture[part.rows, part.cols])
    assert np.abs(bent.bend(cut, part) - stored[part.rows, part.cols]).max() < 1e-3


def test_fit_gives_back_a_similarity():
    true = Similarity(dx_px=3.2, dy_px=-1.5, rotation_deg=2.5, scale=1.03, centre_px=(200.0, 180.0))
    points = np.random.default_rng(2).uniform(100, 300, (6, 2))
    found = similarity_from_matrix(
        fitted_similarity(points, apply(true.current_from_reference(), points)), true.centre_px
    )
    assert (found.dx_px, found.dy_px, found.rotation_deg, found.scale) == pytest.approx((3.2, -1.5, 2.5, 1.03))
