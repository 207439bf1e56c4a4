"""The strip at the top: no word of the state is cut off, and what still works agrees with it."""

from dataclasses import replace

import numpy as np
import pytest
from PyQt6.QtCore import Qt
from PyQt6.QtGui import QFont, QImage, QPainter

from assistant.live.messages import LiveState
from tests.ui.theatre.fake_session import picture, status
from ui import theme
from ui.theatre.cards import WorksCard
from ui.theatre.strip import LiveStrip


@pytest.fixture(autouse=True)
def _own_font(qapp) -> None:
    """What fits is asked of the program's own font: the machine's may be wider."""
    theme.apply(qapp)


def _unmasked() -> object:
    return replace(picture(), grey=np.full((64, 64), 120, np.uint8))


@pytest.mark.parametrize("state", list(LiveState))
@pytest.mark.parametrize("masked", [True, False])
def test_state_armed_word_and_level_are_never_cut_off_in_the_small_layout(qtbot, monkeypatch, state, masked) -> None:
    strip = LiveStrip()
    qtbot.addWidget(strip)
    strip.small = True
    known = status(state, let_through=0.7)
    strip.show_status(known, "L1 · lateral", "", frame=picture() if masked else _unmasked())
    image = QImage(1280, 51, QImage.Format.Format_RGB32)
    painter = QPainter(image)
    parts = strip._parts_beside(painter, 1280)
    end = 1280 - 20 - sum(32 + strip._width(painter, part) for part in parts)
    shown: list[str] = []

    def text(painter: QPainter, x: float, height: float, text: str, font: QFont, end: float, *_colour: object) -> float:
        painter.setFont(font)
        shown.append(painter.fontMetrics().elidedText(text, Qt.TextElideMode.ElideRight, max(int(end - x), 0)))
        return x + painter.fontMetrics().horizontalAdvance(shown[-1])

    monkeypatch.setattr(strip, "_text", text)
    strip._paint_left(painter, 51, end)
    painter.end()
    assert tuple(shown) == strip.left_words()
    words = [part[1] for part in parts]
    assert strip.recording_words()[0] in [word.partition("|")[0] for word in words]
    assert masked or "MASK FAILED" in words


def test_what_still_works_agrees_with_the_strip_about_the_recording(qtbot) -> None:
    """Nothing is written while no frame comes: neither may claim that it is."""
    card, strip = WorksCard(), LiveStrip()
    qtbot.addWidget(card)
    qtbot.addWidget(strip)
    now = status(LiveState.NO_SIGNAL)
    late = replace(now, now_ns=now.now_ns + 4_000_000_000)
    for known, records in ((now, True), (late, False)):
        card.show_status(known)
        strip.show_status(known, "", "")
        assert strip.recording_words()[1] is records
        assert ("Recording, gap marked" in card.accessibleName()) is records
    assert "Recording waits" in card.accessibleName()
    card.show_status(replace(late, recording=replace(late.recording, fault="the disk is full")))
    assert "Recording has stopped" in card.accessibleName()
