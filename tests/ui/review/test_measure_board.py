from __future__ import annotations

import numpy as np
import pytest

from assistant.plan import plan_from_document
from tests.small_run import INFERIOR, SUPERIOR, plan_document
from ui.review.measure_board import MeasureBoard
from ui.review.review_words import FROM_PLAN


@pytest.fixture
def board() -> MeasureBoard:
    made = MeasureBoard()
    made.set_view(plan_from_document(plan_document(), 0.25).views[0])
    return made


def place(board: MeasureBoard, tool: str, points: list[tuple[float, float]]) -> None:
    if board.tool != tool:
        board.choose(tool)
    for x, y in points:
        board.press(x, y, 0.5)


def test_a_distance_in_mm_and_without_a_scale_in_px(board: MeasureBoard) -> None:
    place(board, "distance", [(10, 10), (40, 50)])
    assert ("Distance", "≈ 20.0 mm") in board.figures()
    plain = MeasureBoard()
    place(plain, "distance", [(10, 10), (40, 50)])
    assert plain.figures() == [("Distance", "≈ 50.0 px uncal.")]


def test_points_are_moved_taken_back_and_begun_anew(board: MeasureBoard) -> None:
    place(board, "distance", [(10, 10), (40, 50)])
    board.press(40.2, 50.2, 1.0)
    assert board.points["distance"] == [(10, 10), (40.2, 50.2)]
    board.undo()
    assert board.points["distance"] == [(10, 10)]
    place(board, "distance", [(1, 1), (2, 2)])
    assert board.points["distance"] == [(2, 2)]
    board.choose("distance")
    assert board.tool == ""
    board.press(5, 5, 1.0)
    assert board.points["distance"] == [(2, 2)]


def test_the_treated_vertebra_comes_from_the_plan_until_it_is_marked(board: MeasureBoard) -> None:
    told = dict(board.figures())
    heights = np.linalg.norm(np.array(INFERIOR) - np.array(SUPERIOR), axis=1) * 0.4
    expected = " · ".join(f"{mm:.1f}" for mm in heights)
    assert told[f"Heights Ha · Hm · Hp ({FROM_PLAN})"] == f"≈ {expected} mm"
    place(board, "six", [(0, 0), (10, 0), (20, 0), (0, 10), (10, 10), (20, 20)])
    told = dict(board.figures())
    assert told["Heights Ha · Hm · Hp"] == "≈ 4.0 · 4.0 · 8.0 mm"
    assert told["Beck index Ha/Hp"] == "≈ 0.50"


def test_neighbours_give_ratios_a_grade_and_the_regional_angle(board: MeasureBoard) -> None:
    place(board, "six", [(0, 0), (10, 0), (20, 0), (0, 6), (10, 8), (20, 10)])
    place(board, "above", [(0, -20), (10, -20), (20, -20), (0, -10), (10, -10), (20, -10)])
    told = dict(board.figures())
    assert told["Against neighbours Ha · Hm · Hp"] == "60 % · 80 % · 100 %"
    assert told["Genant grade"] == "3"
    assert "Cobb (kyphosis +)" not in told
    place(board, "below", [(0, 20), (10, 20), (20, 20), (0, 30), (10, 30), (20, 34)])
    assert dict(board.figures())["Cobb (kyphosis +)"] == f"≈ {np.degrees(np.arctan(0.2)):.1f}°"


def test_what_is_kept_can_be_read_again(board: MeasureBoard) -> None:
    place(board, "angle", [(10, 0), (0, 0), (0, 10)])
    kept = board.kept()
    assert kept["points_px"] == {"angle": [[10, 0], [0, 0], [0, 10]]}
    assert kept["figures"]["Angle"] == "≈ 90.0°"
    board.clear()
    assert board.kept()["points_px"] == {}
