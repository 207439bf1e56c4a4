"""The curve of the theatre never hides the wall: cement at it and behind it looks unlike cement 4 mm past line b."""

from __future__ import annotations

from assistant.plan import PlannedView
from assistant.readings.moments import Moment, MomentStore
from tests.ui.curves import ASSUMED, CALIBRATED, PLACES_MM, all_differ, rows_of, standing
from ui import theme
from ui.widgets.curve import CurveView

TOP = 40
"""Below the title."""


def picture(qtbot, moments: list[Moment], views: tuple[PlannedView, ...]):
    card = CurveView()
    qtbot.addWidget(card)
    card.resize(760, 260)
    store = MomentStore()
    store.extend(moments)
    card.show_moment(moments[-1], store, views)
    return card.grab().toImage().copy(0, TOP, 760, 260 - TOP)


def test_each_place_of_the_cement_has_a_look_of_its_own(qtbot) -> None:
    images = [picture(qtbot, standing(mm), CALIBRATED) for mm in PLACES_MM]
    all_differ(images)
    before, past, at_wall, behind, far = (rows_of(each, theme.TEXT_1, theme.HIGH_FIGURE) for each in images)
    assert before.mean() < past.mean() < at_wall.mean() < behind.mean()
    assert len(far) == 0, "no flat line stands for cement that is far behind the wall"


def test_the_wall_is_a_line_of_its_own_at_its_own_distance(qtbot) -> None:
    image = picture(qtbot, standing(2.0), CALIBRATED)
    wall, line_b = rows_of(image, theme.BONE), rows_of(image, theme.LIMIT)
    assert len(wall)
    assert len(line_b)
    scale = 260 - 44 - 28
    mm = (wall.mean() - line_b.mean()) / scale * (14 + 5 + 8.1)
    assert 7.0 < mm < 9.2


def test_without_a_scale_the_places_are_the_same_and_the_axis_says_so(qtbot) -> None:
    in_mm = [rows_of(picture(qtbot, standing(mm), CALIBRATED), theme.HIGH_FIGURE) for mm in PLACES_MM]
    shares = [rows_of(picture(qtbot, standing(mm), ASSUMED), theme.HIGH_FIGURE) for mm in PLACES_MM]
    for one, other in zip(in_mm, shares, strict=True):
        assert len(one) == len(other)
        assert not len(one) or abs(one.mean() - other.mean()) < 3
    card = CurveView()
    qtbot.addWidget(card)
    card.show_moment(None, None, ASSUMED)
    assert "% uncal." in card.accessibleName()
    assert "mm" not in card.accessibleName()
