"""What the threads say becomes Qt signals here and nowhere else.

The look-now notice has one slot: while one is pending no other is sent, so a slow window never gathers a queue. Alarm
changes are few and each is delivered.
"""

from __future__ import annotations

import threading

from PyQt6.QtCore import QCoreApplication, QEvent, QObject, pyqtSignal

from assistant.pipeline import Summary
from assistant.vocabulary import Alarm


class Bridge(QObject):
    """The sink of the worker threads."""

    looked_for = pyqtSignal()
    alarm = pyqtSignal(object)
    finished = pyqtSignal(object, str)
    still = pyqtSignal(object)
    exported = pyqtSignal(int, str, int, str)
    """Which wish, what was written, percent done, why not."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._pending = False
        self._lock = threading.Lock()
        self.skipped = 0

    def look_now(self) -> None:
        """From a worker: something new stands in the store."""
        with self._lock:
            if self._pending:
                self.skipped += 1
                return
            self._pending = True
        self.looked_for.emit()

    def looked(self) -> None:
        """From the window: the notice was taken."""
        with self._lock:
            self._pending = False

    def alarm_changed(self, alarm: Alarm) -> None:
        """From a worker: an alarm was raised or has ended."""
        self.alarm.emit(alarm)

    def ended(self, summary: Summary, failure: str) -> None:
        """From a worker: the run is through or broke off."""
        self.finished.emit(summary, failure)

    def settle(self) -> None:
        """Take what a stopped analysis has still said: none of it may reach the next run's list."""
        QCoreApplication.sendPostedEvents(None, QEvent.Type.MetaCall.value)
