"""The proposal as the set-up asks for it: right on a simulated still, silent where there is nothing."""

import numpy as np
import pytest

from assistant.landmarks import Proposal, propose
from assistant.vocabulary import Unknown


def test_wrong_questions_are_refused() -> None:
    flat = np.zeros((100, 100), np.uint8)
    with pytest.raises(ValueError, match="view"):
        propose(flat, 255, "oblique")
    with pytest.raises(ValueError, match="grey"):
        propose(np.zeros((10, 10, 3), np.uint8), 255, "ap")


@pytest.mark.parametrize("view", ["lateral", "ap"])
@pytest.mark.parametrize("click", [None, (200.0, 200.0)])
def test_noise_shows_no_vertebra(view: str, click: tuple[float, float] | None) -> None:
    grey = np.random.default_rng(3).integers(0, 255, (400, 400), dtype=np.uint8)
    answer = propose(grey, 255, view, click)
    assert isinstance(answer, Unknown)
    assert answer.reason


@pytest.mark.parametrize("view", ["lateral", "ap"])
def test_a_black_picture_shows_none(view: str) -> None:
    answer = propose(np.zeros((300, 400), np.uint8), 255, view, (150.0, 150.0), 0.3)
    assert isinstance(answer, Unknown)


def test_a_click_far_outside_the_picture_gives_none() -> None:
    grey = np.random.default_rng(3).integers(0, 255, (300, 300), dtype=np.uint8)
    assert isinstance(propose(grey, 255, "lateral", (-500.0, 4000.0)), Unknown)


@pytest.fixture(scope="module")
def still() -> tuple[np.ndarray, np.ndarray, float]:
    """The demo run's reference frame, whose plan is known."""
    from assistant.capture.opening import open_source
    from assistant.plan import read_plan
    from assistant.system.places import demo_run

    view = read_plan(demo_run() / "plan.json", 0.25).views[0]
    source = open_source(str(demo_run()))
    frame = next(f for f in source.frames() if f.index == view.reference_frame)
    source.close()
    points = np.vstack([line[[0, len(line) // 2, len(line) - 1]] for line in (view.superior, view.inferior)])
    return frame.grey, points, view.mm_per_px


@pytest.mark.parametrize("scaled", [False, True])
@pytest.mark.parametrize("inverted", [False, True])
@pytest.mark.parametrize("turn", [0, 1, 2])
def test_points_lie_where_the_plan_has_them(
    still: tuple[np.ndarray, np.ndarray, float], scaled: bool, inverted: bool, turn: int
) -> None:
    grey, points, mm_per_px = still
    if inverted:
        grey = 255 - grey
    rows, cols = grey.shape
    if turn == 1:
        grey, points = np.ascontiguousarray(grey[:, ::-1]), np.column_stack([cols - 1 - points[:, 0], points[:, 1]])
    if turn == 2:
        grey, points = np.ascontiguousarray(grey[::-1, ::-1]), np.array([cols - 1, rows - 1]) - points
    x, y = points.mean(axis=0)
    answer = propose(grey, 255, "lateral", (float(x), float(y)), mm_per_px if scaled else None)
    assert isinstance(answer, Proposal)
    errors = np.linalg.norm(answer.points_px - points, axis=1) * mm_per_px
    assert errors.mean() < 1.5
    assert errors.max() < 3.0
    assert answer.outline_px.shape == (7, 2)
    assert np.array_equal(answer.outline_px[0], answer.outline_px[-1])
    assert ((answer.confidence > 0) & (answer.confidence <= 1)).all()
    assert (answer.expected_error_px > 0).all()
