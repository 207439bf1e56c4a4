"""The cascade of regressions: its file, its frame, its descent."""

import numpy as np
import pytest

from assistant.landmarks import patches, refining
from assistant.landmarks.refining import Refiner, RefiningStage

BOX = np.array([[0, 0], [20, 1], [40, 0], [0, 30], [20, 29], [40, 30]], dtype=float) + np.array([80.0, 85.0])
PICTURE = np.random.default_rng(1).uniform(0, 1, (220, 240)).astype(np.float32)


def still(constant: np.ndarray) -> Refiner:
    stage = RefiningStage(
        mean=np.zeros(patches.FEATURES, np.float32),
        scale=np.ones(patches.FEATURES, np.float32),
        weights=np.zeros((patches.FEATURES, 12), np.float32),
        constant=constant.astype(np.float32),
    )
    return Refiner(lateral=(stage,) * refining.STAGES, ap=(stage,) * refining.STAGES)


def test_a_cascade_that_says_nothing_leaves_the_points_near_where_they_were() -> None:
    answer = refining.refine(still(np.zeros(12)), PICTURE, BOX, ap=False)
    assert answer is not None
    points, spread = answer
    assert np.linalg.norm(points - BOX, axis=1).max() < 4.0
    assert (spread > 0).all()


def test_a_constant_step_is_taken_in_the_frame_of_the_body() -> None:
    step = np.tile([1.0, 0.0], 6)
    told = patches.edges(PICTURE[:128, :128])
    moved = refining.descend(told, BOX, still(step).lateral)
    assert np.allclose(moved, BOX + np.array([refining.STAGES, 0.0]))


def test_file_and_back() -> None:
    refiner = still(np.arange(12.0))
    again = refining.from_bytes(refining.to_bytes(refiner))
    assert np.allclose(again.ap[2].constant, refiner.ap[2].constant)
    with pytest.raises((ValueError, KeyError, OSError)):
        refining.from_bytes(b"no such file")


def test_frame_holds_the_body_in_its_middle() -> None:
    picture = np.zeros((220, 240), np.float32)
    picture[85:115, 80:120] = 1.0
    for zoom in (1, 3):
        large = np.kron(picture, np.ones((zoom, zoom), np.float32))
        frame, matrix = refining.frame_of(large, (BOX + 0.5) * zoom - 0.5)
        placed = ((BOX + 0.5) * zoom - 0.5) @ matrix[:, :2].T + matrix[:, 2]
        assert np.allclose(placed.mean(axis=0), (patches.FRAME_PX - 1) / 2, atol=0.6)
        assert frame[64, 64] > 0.9
        assert frame[5, 5] < 0.1


def test_points_that_make_no_body_are_given_up() -> None:
    assert refining.refine(still(np.zeros(12)), PICTURE, BOX * 0.01, ap=True) is None
