"""What a console did to its pictures: one value that says it, moves points by it, and is kept in a plan."""

from __future__ import annotations

import numpy as np
import pytest

from assistant.console_display import AS_PLANNED, ConsoleDisplay, display_document
from assistant.errors import UsageError
from assistant.geometry import apply, similarity_from_matrix
from assistant.plan import plan_from_document
from tests.small_run import plan_document


@pytest.mark.parametrize(
    ("display", "words"),
    [
        (AS_PLANNED, ""),
        (ConsoleDisplay(zoom=1.05, turn_deg=2.0), ""),
        (ConsoleDisplay(mirrored=True), "mirrored"),
        (ConsoleDisplay(mirrored=True, turn_deg=-179.0, zoom=1.352), "mirrored and turned by 180° and zoomed ×1.35"),
        (ConsoleDisplay(inverted=True, turn_deg=-91.0), "inverted and turned by -90°"),
        (ConsoleDisplay(turn_deg=33.4), "turned by 33°"),
    ],
)
def test_words(display: ConsoleDisplay, words: str) -> None:
    assert display.words == words


def test_points_go_where_the_console_puts_them() -> None:
    shown = ConsoleDisplay(mirrored=True, turn_deg=90.0, zoom=2.0, shift_px=(5.0, 0.0))
    matrix = shown.current_from_planned(101, 101)
    # 10 px right of the middle: left by the mirror, up by a quarter clockwise, twice as far, then 5 px right.
    assert apply(matrix, np.array([[60.0, 50.0]])) == pytest.approx(np.array([[55.0, 30.0]]))
    again = similarity_from_matrix(matrix, (40.0, 70.0))
    assert again.mirrored
    assert again.current_from_reference() == pytest.approx(matrix)


def test_a_plan_keeps_it_and_refuses_what_no_console_does() -> None:
    shown = ConsoleDisplay(inverted=True, turn_deg=180.0, zoom=1.35)
    plan = plan_from_document(plan_document() | {"displays": [display_document(shown)]}, 0.25)
    assert plan.displays == (shown,)
    for wrong in ({"zoom": 9.0}, {"turn_deg": 4000.0}, {"zoom": "large"}):
        with pytest.raises(UsageError, match=r"displays|zoom"):
            plan_from_document(plan_document() | {"displays": [wrong]}, 0.25)
    with pytest.raises(UsageError, match="at most"):
        plan_from_document(plan_document() | {"displays": [{}] * 17}, 0.25)
