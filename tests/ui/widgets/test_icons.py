"""Icons and keycaps: each icon is drawn, no two look alike, caps act like keys."""

from typing import Any

import pytest
from PyQt6.QtCore import QRectF, Qt
from PyQt6.QtGui import QColor, QImage, QPainter

from assistant.live.messages import LiveState
from ui.theatre.looks import LOOKS
from ui.widgets import icons
from ui.widgets.keycap import Keycap


def _drawn(name: str) -> bytes:
    image = QImage(48, 48, QImage.Format.Format_Grayscale8)
    image.fill(0)
    painter = QPainter(image)
    icons.draw(painter, name, QRectF(0, 0, 48, 48), QColor("white"))
    painter.end()
    bits = image.constBits()
    assert bits is not None
    return bytes(bits.asarray(image.sizeInBytes()))


def test_every_icon_is_drawn_and_no_two_are_alike(qtbot: Any) -> None:
    seen = {name: _drawn(name) for name in icons.names()}
    for name, content in seen.items():
        assert sum(value > 100 for value in content) > 20, name
    assert len(set(seen.values())) == len(seen)


def test_every_state_has_an_icon_of_its_own() -> None:
    used = [LOOKS[state].icon for state in LiveState]
    assert len(set(used)) == len(used)
    assert set(used) <= set(icons.names())


def test_an_unknown_icon_is_an_error(qtbot: Any) -> None:
    image = QImage(8, 8, QImage.Format.Format_RGB32)
    painter = QPainter(image)
    with pytest.raises(KeyError):
        icons.draw(painter, "no such icon", QRectF(0, 0, 8, 8), QColor("white"))
    painter.end()


def test_a_cap_is_pressed_and_let_go_like_its_key(qtbot: Any) -> None:
    cap = Keycap("mark", "M", "Mark pause", "hold")
    qtbot.addWidget(cap)
    cap.resize(220, 52)
    heard: list[str] = []
    cap.pressed.connect(lambda act: heard.append(f"down {act}"))
    cap.released.connect(lambda act: heard.append(f"up {act}"))
    qtbot.mouseClick(cap, Qt.MouseButton.LeftButton)
    assert heard == ["down mark", "up mark"]
    cap.set_held(0.6)
    cap.grab()
    cap.setEnabled(False)
    qtbot.mouseClick(cap, Qt.MouseButton.LeftButton)
    assert len(heard) == 2
    assert "Mark pause" in cap.accessibleName()
