"""The plan of a simulated run: true and as a person marked it, and where the vertebra went since."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from assistant.simulation.marked_view import MarkedView, marked_plan
from assistant.simulation.stage import lateral_landmarks
from assistant.simulation.tabletop import small_run


@pytest.fixture(scope="module")
def view() -> MarkedView:
    run = small_run()
    return MarkedView(
        view="lateral",
        frame=3,
        stage=run.stage_of("lateral"),
        pose=run.theatre.pose(0.2),
        landmarks_mm=lateral_landmarks(run.anatomy, 3),
        distortion=None,
        line_fraction=0.4,
    )


def test_since_its_own_frame_the_vertebra_went_nowhere_and_a_push_moves_it_by_as_much(view: MarkedView) -> None:
    still = view.similarity(view.pose, (100.0, 100.0))
    assert (still.dx_px, still.dy_px, still.rotation_deg, still.scale) == pytest.approx((0.0, 0.0, 0.0, 1.0), abs=1e-9)
    pushed = replace(view.pose, spine_mm=view.pose.spine_mm + np.array([2.0, 0.0, 0.0]))
    gone = view.similarity(pushed, (100.0, 100.0))
    assert np.hypot(gone.dx_px, gone.dy_px) == pytest.approx(2.0 / view.stage.view.mm_per_px, rel=0.05)


def test_the_plan_is_true_and_its_document_has_a_person_s_errors(view: MarkedView) -> None:
    plan, document = marked_plan([view], "L1", 0.8, np.random.default_rng(0))
    (true,), (marked,) = plan.views, document["views"]
    assert (true.level, true.reference_frame, true.warning_line_fraction) == ("L1", 3, 0.4)
    assert (marked["reference_frame"], marked["warning_line_fraction"]) == (3, 0.4)
    places_px = np.vstack([view.stored_px(points, view.pose) for points in view.landmarks_mm.values()])
    off_px = np.vstack([marked["landmarks"][name] for name in view.landmarks_mm]) - places_px
    assert 0.2 < off_px.std() * view.stage.view.mm_per_px < 1.6
    exact = marked_plan([view], "L1", 0.0, np.random.default_rng(0))[1]["views"][0]["landmarks"]
    assert np.vstack([exact[name] for name in view.landmarks_mm]) == pytest.approx(places_px, abs=1e-3)
