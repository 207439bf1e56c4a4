"""The system wants to end the session (log-off, shut-down, a signal): in order, and not unasked while injecting."""

from __future__ import annotations

import signal
from types import FrameType
from typing import Final

from PyQt6.QtCore import QObject, QTimer
from PyQt6.QtGui import QSessionManager
from PyQt6.QtWidgets import QApplication, QWidget

_LOOK_MS: Final = 200
_SIGNALS: Final = tuple(getattr(signal, name) for name in ("SIGTERM", "SIGHUP") if hasattr(signal, name))


class Leaving(QObject):
    """Turns the system's wish into closing the window, which may refuse and ask.

    Parameters
    ----------
    window : QWidget
        Its ``close()`` says whether it went.
    """

    def __init__(self, application: QApplication, window: QWidget) -> None:
        super().__init__(window)
        self._window = window
        self._asked = False
        application.commitDataRequest.connect(self.log_off)
        for number in _SIGNALS:
            signal.signal(number, self._signalled)
        # Python hears a signal only when it runs: Qt's loop hands over to it now and then.
        self._timer = QTimer(self)
        self._timer.timeout.connect(self._look)
        self._timer.start(_LOOK_MS)

    def log_off(self, manager: QSessionManager) -> None:
        """The session ends: refused while the window has to stay; it says so."""
        if not self._window.close():
            manager.cancel()

    def _signalled(self, _number: int, _frame: FrameType | None) -> None:
        self._asked = True

    def _look(self) -> None:
        if self._asked:
            self._asked = False
            self._window.close()
