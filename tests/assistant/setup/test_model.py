"""A set-up without a scale: what is assumed, and that both views of one body are assumed alike."""

from __future__ import annotations

import pytest

from assistant import lengths
from assistant.plan import plan_from_document
from assistant.settings.tree import AlarmSettings
from assistant.setup.model import PointStatus, SetUp, SetView

LATERAL = [(200.0, 220.0), (260.0, 216.0), (320.0, 212.0), (200.0, 290.0), (260.0, 292.0), (320.0, 300.0)]
AP = [(100.0, 200.0), (190.0, 196.0), (280.0, 201.0), (104.0, 320.0), (190.0, 322.0), (278.0, 318.0)]


def confirmed(view: str, places: list[tuple[float, float]], mm_per_px: float | None = None, by: str = "") -> SetView:
    made = SetView(view=view, mm_per_px=mm_per_px, scale_by=by)
    for point, at in zip(made.points, places, strict=True):
        point.at, point.status = at, PointStatus.CONFIRMED
    return made


def test_without_a_scale_a_depth_is_assumed_and_the_other_view_is_as_high() -> None:
    document = SetUp(
        lines=AlarmSettings().warning_lines, views=[confirmed("lateral", LATERAL), confirmed("ap", AP)]
    ).document()
    lateral, ap = plan_from_document(document, 0.25).views
    assert not lateral.calibrated
    assert not ap.calibrated
    assert (lateral.scale_by, ap.scale_by) == ("assumed depth, usual at L1", "assumed height, as in the other view")
    assert lengths.depth_mm(lateral) == pytest.approx(30.2, abs=0.01)
    assert lengths.height_mm(ap) == pytest.approx(lengths.height_mm(lateral), abs=0.01)
    assert 3.0 / lengths.depth_mm(lateral) == pytest.approx(0.099, abs=0.002)


@pytest.mark.parametrize(
    ("level", "depth_mm", "by"),
    [("L5", 35.5, "usual at L5"), ("T4", 20.8, "thoracic mean, no figure for T4")],
)
def test_what_is_assumed_goes_by_the_level(level: str, depth_mm: float, by: str) -> None:
    made = SetUp(lines=AlarmSettings().warning_lines, level=level, views=[confirmed("lateral", LATERAL)])
    (lateral,) = plan_from_document(made.document(), 0.25).views
    assert lengths.depth_mm(lateral) == pytest.approx(depth_mm, abs=0.01)
    assert lateral.scale_by == f"assumed depth, {by}"
    assert by in lengths.assumption(lateral)


def test_each_view_says_for_itself_whether_it_has_a_scale() -> None:
    views = [confirmed("lateral", LATERAL, 0.27, "cannula 11G"), confirmed("ap", AP)]
    lateral, ap = plan_from_document(SetUp(lines=AlarmSettings().warning_lines, views=views).document(), 0.25).views
    assert (lateral.calibrated, lateral.scale_by) == (True, "cannula 11G")
    assert not ap.calibrated
    assert lengths.height_mm(ap) == pytest.approx(lengths.height_mm(lateral), abs=0.01)


def test_in_the_set_up_a_point_is_taken_or_placed_and_stays_the_active_one_until_it_is_confirmed() -> None:
    made = SetUp(lines=AlarmSettings().warning_lines, views=[confirmed("lateral", LATERAL)])
    made.press((262.0, 217.0), 5.0)
    assert (made.view.active, made.view.points[1].status) == (1, PointStatus.CONFIRMED)
    made.view.move_held((264.0, 217.0))
    made.view.let_go()
    made.view.move_held((0.0, 0.0))
    assert (made.view.points[1].at, made.view.points[1].status) == ((264.0, 217.0), PointStatus.CHECK)
    made.nudge(0.0, -1.0)
    assert made.view.points[1].at == (264.0, 216.0)
    made.undo()
    made.undo()
    assert (made.view.points[1].at, made.view.points[1].status) == (LATERAL[1], PointStatus.CONFIRMED)
    made.redo()
    assert made.view.points[1].at == (264.0, 217.0)


def test_what_was_done_in_a_view_that_is_gone_is_not_taken_back_in_another() -> None:
    made = SetUp(lines=AlarmSettings().warning_lines, views=[confirmed("lateral", LATERAL)])
    made.add_ap()
    made.press((10.0, 10.0), 5.0)
    made.go_lateral()
    made.undo()
    assert (made.at, made.view.places) == (0, LATERAL)
