"""Which key does what in the theatre, changed by two keys: choose an act, then press the key or the pedal it gets."""

from __future__ import annotations

from typing import Final

from PyQt6.QtCore import QRectF, Qt, pyqtSignal
from PyQt6.QtGui import QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen
from PyQt6.QtWidgets import QWidget

from assistant.errors import AssistantError
from ui import key_map, theme
from ui.selftest.test_picture import draw_card

_V = Qt.AlignmentFlag.AlignVCenter
_R = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight
_ACTS: Final = tuple(key_map.WORDS)


class KeysEditor(QWidget):
    """The list of acts with their keys; takes all keys while it is open.

    Attributes
    ----------
    closed : signal
        The list is done with.
    """

    closed = pyqtSignal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.factor = 1.0
        self.keys, self.note = key_map.read()
        self.chosen = 1
        self.waiting = False

    def open(self) -> None:
        """Show what is kept now."""
        self.keys, self.note = key_map.read()
        self.waiting = False
        self.show()
        self.raise_()
        self._say(self.note)

    def _say(self, text: str) -> None:
        self.note = text
        act = _ACTS[self.chosen]
        told = "press its new key or pedal" if self.waiting else f"key {self.keys.word(act)}"
        self.setAccessibleName(f"Keys of the theatre: {key_map.WORDS[act]}, {told}. {text}")
        self.update()

    def press(self, event: QKeyEvent) -> bool:
        """Arrows choose, Enter changes, Delete gives the usual key back, Escape closes."""
        key = event.key()
        if self.waiting:
            self._take(key)
        elif key == Qt.Key.Key_Up:
            self.chosen = max(self.chosen - 1, 0)
            self._say("")
        elif key == Qt.Key.Key_Down:
            self.chosen = min(self.chosen + 1, len(_ACTS) - 1)
            self._say("")
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.waiting = True
            self._say("")
        elif key == Qt.Key.Key_Delete:
            self._take(int(key_map.DEFAULTS[_ACTS[self.chosen]][0]))
        elif key == Qt.Key.Key_Escape:
            self.hide()
            self.closed.emit()
        return True

    def _take(self, key: int) -> None:
        self.waiting = False
        if key == Qt.Key.Key_Escape:
            self._say("Nothing changed.")
            return
        act = _ACTS[self.chosen]
        try:
            self.keys.change(act, key)
            self.keys.save()
        except AssistantError as error:
            self._say(str(error))
            return
        self._say(f"{key_map.WORDS[act]} has {self.keys.word(act)} from now on.")

    def _row(self, number: int) -> QRectF:
        top, step = 76 * self.factor, (self.height() - 150 * self.factor) / len(_ACTS)
        return QRectF(14, top + number * step, self.width() - 28, step)

    def paintEvent(self, a0: QPaintEvent | None) -> None:
        """Draw the list."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.fillRect(self.rect(), theme.GROUND)
        draw_card(painter, QRectF(self.rect()))
        painter.setPen(theme.TEXT_1)
        painter.setFont(theme.font(round(26 * self.factor), 750))
        painter.drawText(QRectF(28, 14, self.width() - 56, 52 * self.factor), _V, "Keys of the theatre")
        for number, act in enumerate(_ACTS):
            row = self._row(number)
            if number == self.chosen:
                painter.setPen(QPen(theme.TEXT_1, 2))
                painter.setBrush(theme.RAISED)
                painter.drawRoundedRect(row.adjusted(0, 2, 0, -2), 7, 7)
                painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(theme.TEXT_1)
            painter.setFont(theme.font(round(20 * self.factor), 600))
            painter.drawText(row.adjusted(16, 0, -16, 0), _V, key_map.WORDS[act])
            waiting = self.waiting and number == self.chosen
            told = "press its key or pedal …" if waiting else self.keys.word(act)
            if act in self.keys.changed():
                told += "   changed"
            painter.setFont(theme.font(round(20 * self.factor), 750))
            painter.drawText(row.adjusted(16, 0, -16, 0), _R, told)
        painter.setPen(theme.TEXT_2)
        painter.setFont(theme.font(round(18 * self.factor), 550))
        foot = QRectF(28, self.height() - 70 * self.factor, self.width() - 56, 64 * self.factor)
        usual = "↑ ↓ choose · Enter change · Del the usual key · Esc close. Space acknowledges everywhere."
        painter.drawText(foot, _V | Qt.TextFlag.TextWordWrap, self.note or usual)

    def mousePressEvent(self, a0: QMouseEvent | None) -> None:
        """A row is touched: choose it, touched again: change it."""
        if a0 is None:
            return
        for number in range(len(_ACTS)):
            if self._row(number).contains(a0.position()):
                self.waiting = number == self.chosen and not self.waiting
                self.chosen = number
                self._say("")
