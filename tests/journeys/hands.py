"""A person's hands: keys that go to whatever has the focus, as the system sends them."""

from __future__ import annotations

from functools import partial
from typing import Final

from PyQt6.QtCore import QEvent, Qt
from PyQt6.QtGui import QKeyEvent
from PyQt6.QtWidgets import QApplication, QWidget

NONE: Final = Qt.KeyboardModifier.NoModifier
SHIFT: Final = Qt.KeyboardModifier.ShiftModifier
CONTROL: Final = Qt.KeyboardModifier.ControlModifier


def _send(window: QWidget, event: QKeyEvent) -> None:
    """To the widget with the focus, else to the window: as Qt does with what comes from the system."""
    QApplication.sendEvent(window.window().focusWidget() or window, event)


class _Stamped(QKeyEvent):
    """A key event with the system's time."""

    at_ms = 0

    def timestamp(self) -> int:
        return self.at_ms


def repeat_unmarked(window: QWidget, key: int, place: int, at_ms: int) -> None:
    """Up and down again in the same moment: a keyboard's own repeating that nothing marks as such."""
    for kind in (QEvent.Type.KeyRelease, QEvent.Type.KeyPress):
        event = _Stamped(kind, int(key), NONE, place, 0, 0)
        event.at_ms = at_ms
        _send(window, event)


def down(
    window: QWidget,
    key: int,
    modifiers: Qt.KeyboardModifier = NONE,
    *,
    place: int = 0,
    text: str = "",
    again: bool = False,
    kind: QEvent.Type = QEvent.Type.KeyPress,
) -> None:
    """A key goes down (``again``: the keyboard repeats it). ``place``: its X11 key code, 0 where none is known."""
    _send(window, QKeyEvent(kind, int(key), modifiers, place, 0, 0, text, again))


up = partial(down, kind=QEvent.Type.KeyRelease)
"""It goes up."""


def press(window: QWidget, key: int, modifiers: Qt.KeyboardModifier = NONE, *, place: int = 0, text: str = "") -> None:
    """Down and up."""
    down(window, key, modifiers, place=place, text=text)
    up(window, key, modifiers, place=place, text=text)
