"""Closing while injecting: the bar asks once, the recording runs until it is answered. No dialog."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PyQt6.QtGui import QKeyEvent

from ui.keys.key_map import current, word
from ui.keys.keyboard import chords

if TYPE_CHECKING:
    from ui.theatre.page import TheatrePage

_ASK: Final = "Close while injecting? {}: close. Any other key: stay."


class Closing:
    """The question whether the window may go, on a theatre page."""

    def __init__(self, page: TheatrePage) -> None:
        self._page = page
        self._granted = False

    @property
    def asks(self) -> bool:
        """Whether the bar asks now."""
        return self._page.board.asked.startswith(_ASK[: _ASK.index("{")])

    def may_close(self) -> bool:
        """Whether the window may go; asks where injecting is on."""
        if not self._page.stay() or self._granted:
            return True
        self._page.ask(_ASK.format(word("theatre", "close")))
        return False

    def answer(self, event: QKeyEvent) -> bool:
        """Enter closes; any other key stays, and does what it means."""
        self._page.ask("")
        if current().find(("theatre.closing",), chords(event)) is None:
            return self._page.press(event)
        self._granted = True
        window = self._page.window()
        if window is not None:
            window.close()
        return True
