"""The search itself: what it finds on the demo, and where it finds nothing."""

import numpy as np
import pytest

from assistant.capture.opening import open_source
from assistant.landmarks import crops
from assistant.landmarks.finding import find
from assistant.landmarks.model import LandmarkModel, read_model
from assistant.plan import read_plan
from assistant.system.places import demo_run, models_folder


@pytest.fixture(scope="module")
def model() -> LandmarkModel:
    return read_model(models_folder() / "landmarks")


def test_an_empty_field_is_no_vertebra(model: LandmarkModel) -> None:
    assert find(np.zeros((200, 200), np.uint8), 255, model, ap=False, click_px=(900.0, 3.0), mm_per_px=0.3) is None


@pytest.fixture(scope="module")
def demo() -> tuple[np.ndarray, np.ndarray, float]:
    """The demo run's reference frame, its six points and its scale."""
    view = read_plan(demo_run() / "plan.json", 0.25).views[0]
    source = open_source(str(demo_run()))
    frame = next(f for f in source.frames() if f.index == view.reference_frame)
    source.close()
    points = np.vstack([line[[0, len(line) // 2, len(line) - 1]] for line in (view.superior, view.inferior)])
    return frame.grey, points, view.mm_per_px


def test_the_body_that_is_clicked_is_the_one_found(
    model: LandmarkModel, demo: tuple[np.ndarray, np.ndarray, float]
) -> None:
    grey, points, mm_per_px = demo
    for share in (-0.25, 0.0, 0.25):
        x, y = points.mean(axis=0) + share * (points[0] - points.mean(axis=0))
        found = find(grey, 255, model, ap=False, click_px=(float(x), float(y)), mm_per_px=mm_per_px)
        assert found is not None
        assert np.linalg.norm(found.points_px.mean(axis=0) - points.mean(axis=0)) * mm_per_px < 2.0
        assert crops.size_px(found.points_px) == pytest.approx(crops.size_px(points), rel=0.1)
        assert found.upright > 0
        assert found.rival >= 1.0
        assert (found.doubt_px > 0).all()
        assert (found.spread_px > 0).all()
        assert (found.parted_px >= 0).all()


def test_a_mirrored_picture_gives_the_mirrored_points(
    model: LandmarkModel, demo: tuple[np.ndarray, np.ndarray, float]
) -> None:
    grey, points, mm_per_px = demo
    mirror = np.ascontiguousarray(grey[:, ::-1])
    points = np.column_stack([grey.shape[1] - 1 - points[:, 0], points[:, 1]])
    x, y = points.mean(axis=0)
    found = find(mirror, 255, model, ap=False, click_px=(float(x), float(y)), mm_per_px=mm_per_px)
    assert found is not None
    assert crops.is_mirrored(found.points_px) == crops.is_mirrored(points)
