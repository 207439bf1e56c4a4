"""Acts that need their key held: one second without a break, from a press that began as such. One act at a time."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from PyQt6.QtCore import QElapsedTimer, QObject, QTimer, pyqtSignal

HOLD_MS: Final = 1000
REST_MS: Final = 400
"""A key that was held out and let go is not at once pressed on purpose: a pedal that bounces, a hand that trembles."""
_TICK_MS: Final = 40


class Holding(QObject):
    """Counts how long an act's key is held."""

    share = pyqtSignal(str, float)
    """Act, and how much of the second has passed; 0 when it ends."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.act = ""
        self._done: Callable[[], None] | None = None
        self._spent = ""
        self._up = QElapsedTimer()
        self._since = QElapsedTimer()
        self._timer = QTimer(self)
        self._timer.setInterval(_TICK_MS)
        self._timer.timeout.connect(self._tick)

    def is_spent(self, act: str) -> bool:
        """Whether the act was done by a hold whose key is not up yet, or only just: it asks for a new press."""
        if act != self._spent:
            return False
        return not self._up.isValid() or self._up.elapsed() < REST_MS

    def begin(self, act: str, done: Callable[[], None]) -> None:
        """The key went down."""
        self.end(self.act)
        self.act, self._done = act, done
        self._since.start()
        self._timer.start()
        self.share.emit(act, 0.01)

    def end(self, act: str) -> None:
        """A key went up (or the window lost it): an act that was not held for its time is not done."""
        if act == self._spent and not self._up.isValid():
            self._up.start()
        if act and act == self.act:
            self._timer.stop()
            self.act, self._done = "", None
            self.share.emit(act, 0.0)

    def _tick(self) -> None:
        passed = self._since.elapsed()
        self.share.emit(self.act, min(passed / HOLD_MS, 1.0))
        if passed >= HOLD_MS and self._done is not None:
            done = self._done
            spent = self.act
            self.end(spent)
            self._spent = spent
            self._up.invalidate()
            done()
