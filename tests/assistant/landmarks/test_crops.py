"""Crops in the vertebra's own frame, and the way back."""

import numpy as np
import pytest

from assistant.landmarks import crops

BOX = np.array([[0, 0], [20, 1], [40, 0], [0, 30], [20, 29], [40, 30]], dtype=float) + np.array([100.0, 80.0])


def turned(points: np.ndarray, angle_deg: float, *, mirrored: bool) -> np.ndarray:
    angle = np.deg2rad(angle_deg)
    turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    flip = np.diag([-1.0 if mirrored else 1.0, 1.0])
    return (points - points.mean(axis=0)) @ (turn @ flip).T + [150, 140]


@pytest.mark.parametrize("angle_deg", [0.0, 37.0, 90.0, 180.0, -120.0])
@pytest.mark.parametrize("mirrored", [False, True])
def test_canonical_frame_undoes_turn_and_mirror(angle_deg: float, mirrored: bool) -> None:
    points = turned(BOX, angle_deg, mirrored=mirrored)
    centre, side, angle, is_mirrored = crops.canonical(points)
    placed = points @ crops.square(centre, side, angle, is_mirrored)[:, :2].T
    placed += crops.square(centre, side, angle, is_mirrored)[:, 2]
    assert is_mirrored == mirrored
    assert placed[0, 0] < placed[2, 0]
    assert placed[0, 1] < placed[3, 1]
    assert abs(placed[0, 1] - placed[2, 1]) < 0.5
    assert np.allclose(placed.mean(axis=0), (crops.CROP_PX - 1) / 2)


def test_ordered_names_the_left_side_first_in_ap_only() -> None:
    swapped = BOX[[2, 1, 0, 5, 4, 3]]
    assert np.array_equal(crops.ordered(swapped, True), BOX)
    assert np.array_equal(crops.ordered(swapped, False), swapped)


def test_cut_shows_what_lies_there_and_nothing_outside_the_field() -> None:
    picture = np.zeros((200, 200), np.float32)
    picture[110:, :] = 1.0
    inside = np.ones_like(picture)
    inside[:, :60] = 0.0
    crop = crops.cut(picture, inside, crops.square(np.array([99.5, 99.5]), 128.0, 0.0, False))
    assert crop.shape == (crops.CROP_PX, crops.CROP_PX)
    assert crop[-25:-15, 40:].mean() > 0.3
    assert crop[25:33, 40:].mean() < -0.3
    assert np.all(crop[:, :8] == 0.0)
    assert np.all(np.abs(crop) <= 4.0)


def test_a_flat_picture_gives_a_flat_crop() -> None:
    flat = np.full((100, 100), 0.5, np.float32)
    crop = crops.cut(flat, np.ones_like(flat), crops.square(np.array([50.0, 50.0]), 60.0, 0.3, True))
    assert np.abs(crop).max() < 0.1


def test_middles_stand_half_way_along_the_curve_of_the_endplate() -> None:
    def plate(share: float) -> list[float]:
        return [40.0 * share, 12.0 * share * (1.0 - share)]

    dished = np.array([plate(0.0), plate(0.35), plate(1.0), [0, 30], [28, 28], [40, 30]])
    for angle_deg in (0.0, 70.0):
        angle = np.deg2rad(angle_deg)
        turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
        placed = crops.halved(dished @ turn.T) @ turn
        assert np.allclose(placed[1], plate(0.5))
        assert placed[4, 0] == pytest.approx(20.0)
        assert np.allclose(placed[[0, 2, 3, 5]], dished[[0, 2, 3, 5]])
