"""The watchdog's own small window: a program of its own that knows nothing of the rest, kept ready and hidden.

Told by lines on standard input (``show`` with what the watchdog knows, ``hide``; the end of input closes it), says
``sounding`` or ``silent`` when it is shown and ``dismissed`` when a person acts, on standard output.
"""

from __future__ import annotations

import sys
import threading
from enum import Enum
from typing import Any

from PyQt6.QtCore import QObject, Qt, QTimer, QUrl, pyqtSignal
from PyQt6.QtGui import QFont, QKeyEvent
from PyQt6.QtWidgets import QApplication, QLabel, QPushButton, QVBoxLayout, QWidget

from assistant.alarm_table.sounds import watchdog_wave
from assistant.alarm_table.table import STOPPED
from assistant.language import tr, translate
from assistant.system.memory_file import MemoryFile

HEADLINE, ACTION = translate(STOPPED.headline), translate(STOPPED.action)
_KNOWN = {
    "recording": (tr("The recording goes on."), tr("The recording is not seen to grow.")),
    "restarting": (tr("The program is being started again."), tr("The program has not been started again.")),
}
"""What the watchdog sees, and what is said where it does not see it."""
_REDS = ("#CF1219", "#7A0B0F")
_FLASH_MS = 250  # 2 Hz, half on


class Ear(QObject):
    """Hears standard input in a thread of its own."""

    line_read = pyqtSignal(str)

    def listen(self) -> None:
        """Until the end of input."""
        for line in sys.stdin:
            self.line_read.emit(line.strip())
        self.line_read.emit("end")


class WatchdogWindow(QWidget):
    """Red, flashing, always on top; one button, any key."""

    def __init__(self) -> None:
        super().__init__()
        self.setWindowTitle(HEADLINE)
        self.setWindowFlags(Qt.WindowType.Window | Qt.WindowType.WindowStaysOnTopHint)
        self.setFixedSize(900, 360)
        self._labels = [_label(HEADLINE, 46, 800), _label(ACTION, 32, 600), _label("", 20, 500)]
        self._button = QPushButton(tr("Seen (any key)"))
        self._button.setMinimumHeight(64)
        self._button.setStyleSheet("font-size: 22px; font-weight: 700; color: #F2F5F8; background: #222B35;")
        self._button.clicked.connect(self._dismiss)
        column = QVBoxLayout(self)
        column.setContentsMargins(32, 28, 32, 28)
        for label in self._labels:
            column.addWidget(label)
        column.addStretch(1)
        column.addWidget(self._button)
        self._phase = 0
        self._flash = QTimer(self)
        self._flash.timeout.connect(self._turn)
        self._effect: Any = None
        self._tone = _tone()
        self._turn()

    def handle(self, word: str) -> None:
        """Do what the watchdog says."""
        what, *known = word.split() or [""]
        if what == "show":
            self._labels[2].setText(" ".join(no if name not in known else yes for name, (yes, no) in _KNOWN.items()))
        if what == "show" and not self.isVisible():
            self.show()
            self.raise_()
            self.activateWindow()
            self._flash.start(_FLASH_MS)
            self._sound()
        elif what == "hide":
            self._rest()
        elif what == "end":
            QApplication.quit()

    def keyPressEvent(self, a0: QKeyEvent | None) -> None:
        """Any key: a person has seen it."""
        self._dismiss()

    def _dismiss(self) -> None:
        self._rest()
        _say("dismissed")

    def _rest(self) -> None:
        self._flash.stop()
        if self._effect is not None:
            self._effect.stop()
        self.hide()

    def _turn(self) -> None:
        self._phase = 1 - self._phase
        self.setStyleSheet(f"WatchdogWindow {{ background: {_REDS[self._phase]}; }}")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)

    def _sound(self) -> None:
        try:
            from PyQt6.QtMultimedia import QMediaDevices, QSoundEffect
        except ImportError:
            _say("silent")
            return
        if QMediaDevices.defaultAudioOutput().isNull():
            _say("silent")
            return
        file = self._tone or _tone()
        if file is None:
            _say("silent")  # the watchdog sounds in its place
            return
        self._tone = file
        if self._effect is None:
            effect = QSoundEffect(self)
            effect.statusChanged.connect(lambda: _say("silent") if effect.status() == effect.Status.Error else None)
            effect.setSource(QUrl.fromLocalFile(file.path))
            endless: Enum = QSoundEffect.Loop.Infinite
            effect.setLoopCount(endless.value)
            effect.setVolume(1.0)
            self._effect = effect
            self.destroyed.connect(file.close)
        self._effect.play()
        _say("silent" if self._effect.status() == QSoundEffect.Status.Error else "sounding")


def _tone() -> MemoryFile | None:
    """The tone's file; None where neither memory nor disk takes it."""
    try:
        return MemoryFile("fluoro-watchdog", watchdog_wave(), ".wav")
    except OSError:
        return None


def _label(text: str, size_px: int, weight: int) -> QLabel:
    label = QLabel(text)
    label.setTextFormat(Qt.TextFormat.PlainText)
    font = QFont("Inter")
    font.setPixelSize(size_px)
    font.setWeight(QFont.Weight(weight))
    label.setFont(font)
    label.setStyleSheet("color: #FFFFFF; background: transparent;")
    label.setWordWrap(True)
    return label


def _say(word: str) -> None:
    sys.stdout.write(f"{word}\n")
    sys.stdout.flush()


def main() -> int:
    """Run it."""
    application = QApplication(sys.argv[:1])
    application.setQuitOnLastWindowClosed(False)
    window, ear = WatchdogWindow(), Ear()
    ear.line_read.connect(window.handle)
    threading.Thread(target=ear.listen, name="ear", daemon=True).start()
    return application.exec()


if __name__ == "__main__":
    sys.exit(main())
