"""Acts that need their key held: one second without a break, from a press that began as such. One act at a time."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from PyQt6.QtCore import QElapsedTimer, QObject, QTimer, pyqtSignal

HOLD_MS: Final = 1000
_TICK_MS: Final = 40


class Holding(QObject):
    """Counts how long an act's key is held."""

    share = pyqtSignal(str, float)
    """Act, and how much of the second has passed; 0 when it ends."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.act = ""
        self._done: Callable[[], None] | None = None
        self._since = QElapsedTimer()
        self._timer = QTimer(self)
        self._timer.setInterval(_TICK_MS)
        self._timer.timeout.connect(self._tick)

    def begin(self, act: str, done: Callable[[], None]) -> None:
        """The key went down."""
        self.end(self.act)
        self.act, self._done = act, done
        self._since.start()
        self._timer.start()
        self.share.emit(act, 0.01)

    def end(self, act: str) -> None:
        """A key went up (or the window lost it): an act that was not held for its time is not done."""
        if act and act == self.act:
            self._timer.stop()
            self.act, self._done = "", None
            self.share.emit(act, 0.0)

    def _tick(self) -> None:
        passed = self._since.elapsed()
        self.share.emit(self.act, min(passed / HOLD_MS, 1.0))
        if passed >= HOLD_MS and self._done is not None:
            done = self._done
            self.end(self.act)
            done()
