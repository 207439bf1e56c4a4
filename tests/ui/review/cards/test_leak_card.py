"""The leak card shows what the model's answer hangs on, in its place."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from PyQt6.QtGui import QColor, QImage

from assistant.review.leak_history import LeakCrop, LeakStory
from assistant.vocabulary import Leak, LeakSite, Saliency, Shape
from ui.review.cards.leak_card import LeakCard
from ui.review.cards.leak_drawing import Still
from ui.review.cards.saliency_image import FOR_ROUND, FOR_SPIKE, saliency_image, saliency_place

SITE = LeakSite.SUPERIOR_DISC


def saliency() -> Saliency:
    values = np.zeros((64, 64), np.float32)
    values[10:20, 30:40], values[40:44, 30:40] = 0.4, -0.4
    # One px of the patch is two of the reference frame.
    place = np.array([[2.0, 0.0, 100.0], [0.0, 2.0, 50.0]])
    return Saliency(frame_index=9, values=values, reference_from_patch=place)


def leak(told: Saliency | None) -> Leak:
    shape = Shape(label="spike", p_spike=0.9, model="leak-shape@0", frames=(8, 9), saliency=told)
    return Leak(
        site=SITE,
        first_frame=3,
        area_mm2=9.0,
        length_mm=4.0,
        width_mm=3.0,
        yeom="C",
        magnitude="minor",
        outline_px=np.zeros((3, 2)),
        shape=shape,
    )


def test_orange_speaks_for_spike_blue_for_round_and_nothing_is_drawn_where_nothing_speaks() -> None:
    picture = saliency_image(saliency())
    for (x, y), colour in (((35, 15), FOR_SPIKE), ((35, 42), FOR_ROUND)):
        got = picture.pixelColor(x, y)
        assert (got.red(), got.green(), got.blue()) == (colour.red(), colour.green(), colour.blue())
        assert got.alpha() > 150
    assert picture.pixelColor(5, 5).alpha() == 0


def test_a_place_of_the_patch_is_found_in_the_frame() -> None:
    shifted = np.array([[1.0, 0.0, 7.0], [0.0, 1.0, -3.0]])
    place = saliency_place(saliency(), shifted)
    assert place.map(10.0, 20.0) == (10 * 2 + 100 + 7, 20 * 2 + 50 - 3)


def test_the_card_lays_it_over_the_picture_that_it_belongs_to(qtbot) -> None:
    card = LeakCard()
    qtbot.addWidget(card)
    card.resize(520, 560)
    dark = QImage(128, 128, QImage.Format.Format_RGB32)
    dark.fill(QColor(0, 0, 0))
    crop = LeakCrop(
        left_px=100,
        top_px=50,
        side_px=128,
        outline_px=np.array([[102.0, 52.0], [104.0, 52.0], [104.0, 54.0]]),
        endplate_px=np.empty((0, 2)),
        frame_from_reference=np.eye(2, 3),
    )
    story = LeakStory(number=1, site=SITE, first_frame=3, leak=leak(None), frames=[8, 9])
    card.show_leaks((story,), {1: 0.5}, nothing="none seen in this view", kept=True)
    for frame in (8, 9):
        card.set_still(Still(frame, dark, crop))

    def at(col: float, row: float) -> QColor:
        side = 150
        return card.grab().toImage().pixelColor(round(18 + col / 64 * side), round(44 + row / 64 * side))

    assert at(35, 15).red() < 30
    card.explain((leak(saliency()),))
    assert at(35, 15).red() > 120 > at(35, 15).blue()
    assert at(35, 42).blue() > 120 > at(35, 42).red()
    assert at(50, 30).red() < 30
    # Of a picture that is not shown nothing is drawn.
    card.explain((leak(replace(saliency(), frame_index=7)),))
    assert at(35, 15).red() < 30
