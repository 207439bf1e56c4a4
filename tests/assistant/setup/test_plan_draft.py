"""A plan as it is drawn in review, without a window: points one after the other, ruler, scale, view, level, refusal."""

from __future__ import annotations

from pathlib import Path

import pytest

from assistant.plan import plan_from_document, read_plan
from assistant.settings.tree import AlarmSettings
from assistant.setup.plan_draft import PlanDraft, PointDraft
from tests.small_run import plan_document

LINES = AlarmSettings().warning_lines
PLACES = [(100.0, 100.0), (140.0, 98.0), (180.0, 100.0), (100.0, 180.0), (140.0, 182.0), (180.0, 180.0)]


def drawn() -> PointDraft:
    points = PointDraft()
    for x, y in PLACES:
        points.press(x, y, 5.0)
        points.release()
    return points


@pytest.fixture
def draft(tmp_path: Path) -> PlanDraft:
    made = PlanDraft(LINES, drawn())
    made.start(3, None, tmp_path / "plan.json")
    return made


def test_points_are_placed_one_after_the_other() -> None:
    points = PointDraft()
    assert points.active == 0
    points.press(*PLACES[0], 5.0)
    points.drag(101.0, 101.0)
    points.release()
    points.drag(0.0, 0.0)  # nothing is held
    assert (points.places[0], points.active) == ((101.0, 101.0), 1)
    points.next_point(3)
    points.press(*PLACES[4], 5.0)
    assert (points.places[4], points.active) == (PLACES[4], 1), "the first that is missing is next"
    assert not points.placed


def test_a_point_in_reach_is_taken_and_a_press_elsewhere_moves_the_active_one() -> None:
    points = drawn()
    points.press(181.0, 101.0, 5.0)
    assert (points.active, points.places) == (2, PLACES)
    points.release()
    points.press(190.0, 140.0, 5.0)
    assert points.places[2] == (190.0, 140.0)


def test_changes_are_taken_back_and_done_again() -> None:
    points = drawn()
    points.active = 2
    points.nudge(1.0, 0.0)
    points.nudge(0.0, 10.0)
    points.undo()
    assert points.places[2] == (181.0, 100.0)
    points.undo()
    points.redo()
    assert points.places[2] == (181.0, 100.0)
    points.begin(PLACES[:])
    points.undo()
    assert points.places == PLACES, "nothing before what a plan said can be taken back"


def test_the_ruler_makes_the_scale_of_the_chosen_cannula(draft: PlanDraft) -> None:
    draft.points.measure(True)
    for x in (100.0, 110.0):
        draft.points.press(x, 50.0, 3.0)
        draft.points.release()
        draft.measured()
    assert (draft.mm_per_px, draft.scale_by) == (0.305, "cannula 11G")
    assert draft.points.places == PLACES
    draft.points.press(120.0, 50.0, 3.0)
    assert draft.points.ruler == [(100.0, 50.0), (120.0, 50.0)]
    draft.points.undo()
    assert draft.points.ruler == [(100.0, 50.0), (110.0, 50.0)]


def test_what_is_missing_is_said_in_order() -> None:
    draft = PlanDraft(LINES, PointDraft())
    assert draft.missing() == "Place point 1."
    draft.points.begin([(0.0, 0.0)] * 6)
    assert draft.missing().startswith("Set the scale")
    draft.type_scale(0.4)
    assert draft.missing(), "six points in one place are no body"


def test_a_scale_of_the_file_is_proposed_once_and_a_typed_one_says_so(draft: PlanDraft, tmp_path: Path) -> None:
    draft.start(3, 0.31, tmp_path / "plan.json")
    assert (draft.mm_per_px, draft.scale_by) == (0.31, "from the file")
    draft.start(4, 0.5, tmp_path / "plan.json")
    assert (draft.mm_per_px, draft.reference_frame) == (0.31, 4)
    draft.type_scale(0.27)
    assert draft.document()["views"][0]["scale_by"] == "typed"


def test_the_other_view_of_a_plan_keeps_its_own_points_and_scale(draft: PlanDraft) -> None:
    document = plan_document()
    document["views"].append({**document["views"][0], "view": "ap", "reference_frame": 5, "mm_per_px": 0.41})
    draft.begin_with(plan_from_document(document, LINES), 0)
    draft.choose_view("ap")
    assert (draft.mm_per_px, draft.reference_frame) == (0.41, 5)
    draft.points.nudge(2.0, 0.0)
    made = draft.document()["views"]
    assert [view["view"] for view in made] == ["ap", "lateral"]
    assert made[1] == document["views"][0]


def test_line_b_goes_with_the_level_unless_it_was_moved(draft: PlanDraft) -> None:
    draft.choose_level("T8")
    assert draft.line_percent == round(100 * LINES.at("T8"))
    draft.line_percent = 33
    draft.choose_level("L4")
    assert draft.line_percent == 33


def test_an_earlier_plan_is_kept_beside_the_new_one(draft: PlanDraft) -> None:
    draft.path.write_text("the team's")
    draft.type_scale(0.4)
    saved = draft.save()
    assert (saved.fault, saved.earlier) == ("", "plan.before-1.json")
    assert draft.path.with_name(saved.earlier).read_text() == "the team's"
    assert read_plan(draft.path, LINES).views[0].mm_per_px == 0.4


def test_a_plan_that_cannot_be_written_says_why(draft: PlanDraft) -> None:
    draft.path = draft.path.parent / "gone" / "plan.json"
    draft.type_scale(0.4)
    assert draft.save().fault
