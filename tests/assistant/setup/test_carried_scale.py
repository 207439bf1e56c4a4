"""The scale of one still picture for another: divided by the zoom between them, with a doubt, or none."""

from __future__ import annotations

import pytest

from assistant.console_display import AS_PLANNED, ConsoleDisplay
from assistant.setup.carried_scale import NO_LINES, KnownScale, StillDisplay, carried, same_polarity, still_display
from assistant.vocabulary import Unknown
from tests.ui.theatre.fake_session import moment

ZOOMED = ConsoleDisplay(zoom=1.35)


def known(display: StillDisplay) -> KnownScale:
    return KnownScale(mm_per_px=0.4, by="typed", display=display)


def test_a_moment_says_how_its_picture_is_shown() -> None:
    assert still_display(None) == StillDisplay(doubt=NO_LINES)
    assert still_display(moment(shown=ZOOMED)) == StillDisplay(shown=ZOOMED)
    lost = still_display(moment(shown=ZOOMED, motion=Unknown("not found")))
    assert lost == StillDisplay(shown=ZOOMED, doubt="not found")
    assert still_display(moment(shown=None, plan_number=0)).doubt == NO_LINES


def test_what_nobody_took_over_or_was_not_compared_is_not_known() -> None:
    offered = still_display(moment(offered=ZOOMED)).shown
    assert isinstance(offered, Unknown)
    assert "zoomed ×1.35 and nobody took that over" in offered.reason
    dark = still_display(moment(shown=None, motion=Unknown("in colour"))).shown
    assert isinstance(dark, Unknown)
    assert dark.reason.endswith("in colour")


def test_a_scale_is_divided_by_the_zoom_between_the_two_pictures() -> None:
    there = carried(known(StillDisplay()), StillDisplay(shown=ZOOMED))
    assert there.mm_per_px == pytest.approx(0.4 / 1.35)
    assert there.by == "typed, divided by the zoom ×1.35"
    back = carried(known(StillDisplay(shown=ZOOMED)), StillDisplay(shown=AS_PLANNED))
    assert back.mm_per_px == pytest.approx(0.4 * 1.35)
    same = carried(known(StillDisplay(shown=ZOOMED)), StillDisplay(shown=ZOOMED, doubt="not found"))
    assert (same.mm_per_px, same.by, same.doubt) == (0.4, "typed", "not found")


def test_where_one_of_the_two_is_not_known_there_is_no_scale() -> None:
    other = StillDisplay(shown=Unknown("other"))
    assert carried(known(other), StillDisplay()).mm_per_px == Unknown("other")
    assert carried(known(StillDisplay()), other).mm_per_px == Unknown("other")
    assert not same_polarity(StillDisplay(), other)
    assert not same_polarity(StillDisplay(), StillDisplay(shown=ConsoleDisplay(inverted=True)))
    assert same_polarity(StillDisplay(), StillDisplay(shown=ZOOMED))
