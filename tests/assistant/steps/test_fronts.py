"""Fronts that one picture alone does not prove: what stands apart, and all of a picture whose cement is elsewhere."""

from __future__ import annotations

import pytest

from assistant.acquisition import AcquisitionMemory, take_picture
from assistant.line_maps import make_line_maps
from assistant.lines import Line
from assistant.steps.fronts import FrontMemory, doubtful_fronts
from assistant.vocabulary import CementMask
from tests.assistant.steps.test_leaks import CROP, Box, Run

BODY: Box = (80, 80, 120, 120)
SPECK: Box = (150, 95, 155, 99)
"""Behind the posterior wall, which stands at x = 140; 7.5 mm²."""
MAPS = make_line_maps(Run().planned, CROP)


def seen(*pictures: tuple[Box, ...], every_s: float = 0.1, timed: bool = True) -> list[frozenset[Line]]:
    """What is doubtful in each picture of boxes (x0, y0, x1, y1)."""
    memory, beam, told = FrontMemory(), AcquisitionMemory(), []
    for k, boxes in enumerate(pictures):
        cement: CementMask = Run().mask(*boxes)
        now = take_picture(beam, k * every_s, timed=timed)
        told.append(frozenset(doubtful_fronts(memory, cement, MAPS, now)))
    return told


def test_cement_that_goes_on_where_it_was_is_believed() -> None:
    grows: list[tuple[Box, ...]] = [((80, 80, 120 + 3 * k, 120),) for k in range(8)]
    assert seen(*grows) == [frozenset()] * 8


def test_what_stands_apart_is_doubted_in_its_first_picture_at_the_lines_that_it_is_nearest_to() -> None:
    first, apart, again = seen((BODY,), (BODY, SPECK), (BODY, SPECK))
    assert first == again == frozenset()
    assert {Line.POSTERIOR_WALL, Line.WARNING_LINE} <= apart
    assert Line.ANTERIOR_WALL not in apart, "the cement that was there is nearest to that one"


@pytest.mark.parametrize("laid_px", [1, 2, 3])
@pytest.mark.parametrize(("every_s", "timed"), [(8.0, True), (0.1, False)])
def test_what_stands_apart_is_believed_in_its_second_picture_however_each_is_laid(
    laid_px: int, every_s: float, timed: bool
) -> None:
    """Breath and registration lay each picture a few pixels otherwise."""
    laid = [tuple((x0 + d, y0, x1 + d, y1) for x0, y0, x1, y1 in (BODY, SPECK)) for d in (laid_px, -laid_px) * 3]
    first, apart, *again = seen((BODY,), *laid, every_s=every_s, timed=timed)
    assert first == frozenset()
    assert {Line.POSTERIOR_WALL, Line.WARNING_LINE} <= apart
    assert again == [frozenset()] * 5


@pytest.mark.parametrize("shift_px", [4, 8, -12])
def test_a_picture_in_which_the_cement_is_not_where_it_was_proves_nothing(shift_px: int) -> None:
    moved = (BODY[0] + shift_px, BODY[1], BODY[2] + shift_px, BODY[3])
    _, slipped, back = seen((BODY,), (moved,), (BODY,))
    assert slipped == frozenset(MAPS.mm)
    assert back == frozenset(), "the picture after the slip is none"
    assert seen((BODY,), (moved,), (moved,))[2] == frozenset(), "two pictures show it"
    assert seen((BODY,), (moved,), every_s=8.0)[1] == frozenset(), "a pause explains it"
    assert seen((BODY,), (moved,), timed=False)[1] == frozenset(), "and so it may where no times are known"


def test_the_picture_after_a_speck_is_no_doubtful_one() -> None:
    """However large the speck was beside the cement."""
    small: Box = (100, 90, 108, 98)
    apart, back = seen((small,), (small, SPECK), (small,))[1:]
    assert apart
    assert back == frozenset()


def test_the_first_cement_of_all_is_doubted_where_it_is_no_larger_than_a_speck() -> None:
    assert Line.POSTERIOR_WALL in seen((SPECK,))[0]
    assert seen((BODY,)) == [frozenset()]


def test_no_cement_is_no_doubt() -> None:
    assert seen((), (BODY,), ()) == [frozenset()] * 3
