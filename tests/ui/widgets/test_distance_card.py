"""The distances in both views: mm where the view is calibrated, else shares, with the mark said once and in sight."""

from __future__ import annotations

from dataclasses import replace

import pytest
from PyQt6.QtCore import QRectF, Qt
from PyQt6.QtGui import QPainter

from assistant.lines import Line
from assistant.plan import plan_from_document
from assistant.vocabulary import Unknown
from tests.one_reading import but
from tests.ui.theatre.fake_session import DOCUMENT, distances, moment
from ui.widgets.distance_card import DistanceCard

NONE = Unknown("measured in the other view only")


def views(view: str, *, calibrated: bool):
    document = DOCUMENT | {"views": [DOCUMENT["views"][0] | {"view": view, "calibrated": calibrated}]}
    return plan_from_document(document, 0.25).views


@pytest.fixture
def card(qtbot) -> DistanceCard:
    made = DistanceCard()
    qtbot.addWidget(made)
    return made


def ap(side_mm: float):
    walls = dict.fromkeys(("warning_line", "posterior_wall", "anterior_wall"), NONE)
    return but(distances(), side_wall=side_mm, **walls)


def test_lateral(card: DistanceCard) -> None:
    card.show_moment(moment(line_mm=3.3), views("lateral", calibrated=True))
    assert card.spoken() == "≈ 3 mm before your line b"
    card.show_moment(moment(line_mm=-3.3), views("lateral", calibrated=False))
    assert card.spoken() == "≈ 10 % past your line b uncal."
    assert card._big()[2] == "uncal. · % of depth · line at 25 %"


def test_a_front_that_one_picture_does_not_prove_asks_for_another(card: DistanceCard) -> None:
    found = replace(distances(line_mm=-3.3), doubtful=(Line.WARNING_LINE,))
    card.show_moment(moment(distances=found), views("lateral", calibrated=True))
    assert card.spoken() == "≈ 3 mm past your line b? Take another picture"


def test_ap(card: DistanceCard) -> None:
    card.show_moment(moment(distances=ap(6.4)), views("ap", calibrated=True))
    assert card.spoken() == "≈ 6 mm inside the side wall"
    card.show_moment(moment(distances=ap(6.4)), views("ap", calibrated=False))
    assert card.spoken() == "≈ 20 % inside the side wall uncal."
    assert card._big()[2] == "uncal. · % of width"


def test_without_cement_beside_the_line_the_endplates_are_marked_all_the_same(card: DistanceCard) -> None:
    found = but(distances(), warning_line=NONE)
    card.show_moment(moment(distances=found), views("lateral", calibrated=False))
    assert card.spoken().endswith("uncal.")


@pytest.mark.parametrize("width", [660, 400])
def test_the_figures_of_the_endplates_do_not_meet(card: DistanceCard, width: int, monkeypatch) -> None:
    drawn: list[str] = []
    draw = QPainter.drawText
    monkeypatch.setattr(
        QPainter, "drawText", lambda self, *a: (drawn.extend(x for x in a if isinstance(x, str)), draw(self, *a))[1]
    )
    card.resize(width, 330)
    card.show_moment(moment(line_mm=-3.3), views("lateral", calibrated=False))
    card.grab()
    assert not any("mm" in text for text in drawn)
    endplates = [text for text in drawn if "inside" in text]
    assert len(endplates) == 2
    assert sum(card.fontMetrics().horizontalAdvance(text) for text in endplates) < width


@pytest.mark.parametrize("size", [(720, 330), (404, 330)])
def test_not_where_one_is_past_and_the_other_far_either(
    card: DistanceCard, size: tuple[int, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    drawn: list[QRectF] = []
    draw = QPainter.drawText

    def watched(painter: QPainter, place: QRectF, align: Qt.AlignmentFlag, text: str) -> None:
        needed = painter.boundingRect(place, align, text)
        if place.y() > size[1] - 60:
            drawn.append(needed)
            assert place.contains(needed), text
        draw(painter, place, align, text)

    monkeypatch.setattr(QPainter, "drawText", watched)
    card.resize(*size)
    found = but(distances(), superior_endplate=-0.4, inferior_endplate=13.6)
    card.show_moment(moment(distances=found), views("lateral", calibrated=True))
    card.grab()
    assert len(drawn) >= 2
    assert not any(a.intersects(b) for k, a in enumerate(drawn) for b in drawn[:k])
