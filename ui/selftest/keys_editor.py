"""Which key does what, page by page, changed by two keys: choose an act, then press the key or the pedal it gets."""

from __future__ import annotations

from typing import Final

from PyQt6.QtCore import QRectF, Qt, pyqtSignal
from PyQt6.QtGui import QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen
from PyQt6.QtWidgets import QWidget

from assistant.errors import AssistantError
from assistant.language import tr, translate
from ui import theme
from ui.keys import key_map
from ui.keys.key_names import chord, drawn
from ui.keys.keyboard import chords
from ui.keys.table import SPACE, TITLES, KeyAction, actions_of
from ui.selftest.picture import draw_card

_V = Qt.AlignmentFlag.AlignVCenter
_R = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight
_PAGES: Final = tuple(TITLES)
_ROWS: Final = {page: tuple(act for act in actions_of(page) if act.is_listed) for page in _PAGES}
_MOST_ROWS: Final = 18
_USUAL: Final = tr(
    "[[selftest:left]] [[selftest:right]] page · [[selftest:up]] [[selftest:down]] choose · "
    "[[selftest:change]] change · [[selftest:usual]] the usual key · [[selftest:close]] close. "
    "Space is the same everywhere."
)
_STEPS: Final = {"up": -1, "down": 1, "page up": -_MOST_ROWS, "page down": _MOST_ROWS}


class KeysEditor(QWidget):
    """The list of acts of one page with their keys.

    Attributes
    ----------
    closed : signal
        The list is done with.
    waiting : bool
        The next key is the chosen act's new one.
    """

    closed = pyqtSignal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.factor = 1.0
        self.keys, self.note = key_map.current().copy(), ""
        self.page = _PAGES[0]
        self.chosen = 1
        self.waiting = False

    @property
    def rows(self) -> tuple[KeyAction, ...]:
        """The acts of the page that is shown."""
        return _ROWS[self.page]

    @property
    def row(self) -> KeyAction:
        """The chosen one."""
        return self.rows[self.chosen]

    def open(self) -> None:
        """Show what is kept now."""
        self.note = key_map.load()
        self.keys = key_map.current().copy()
        self.waiting = False
        self.show()
        self.raise_()
        self._say(self.note)

    def _say(self, text: str) -> None:
        self.note = text
        hint = tr("press its new key or pedal") if self.waiting else tr("key {name}", name=self._drawn(self.row))
        self.setAccessibleName(
            tr(
                "Keys, {titles}: {name}, {hint}. {text}",
                titles=TITLES[self.page],
                name=self.row.word,
                hint=hint,
                text=text,
            )
        )
        self.update()

    def act(self, name: str) -> None:
        """Choose page and row, change, give the usual key back, close."""
        if name in _STEPS:
            self.chosen = min(max(self.chosen + _STEPS[name], 0), len(self.rows) - 1)
            self._say("")
        elif name in ("left", "right"):
            step = 1 if name == "right" else -1
            self.page = _PAGES[(_PAGES.index(self.page) + step) % len(_PAGES)]
            self.chosen = 0
            self._say("")
        elif name == "change":
            self.waiting = True
            self._say("")
        elif name == "usual":
            self._change(chord(self.row.keys[-1] if self.row.keys[0] == SPACE else self.row.keys[0]))
        elif name == "close":
            self.hide()
            self.closed.emit()

    def take(self, event: QKeyEvent) -> None:
        """The chosen act's new key; Escape leaves it as it was."""
        if event.key() in (Qt.Key.Key_Shift, Qt.Key.Key_Control):
            return  # with the key that follows
        self.waiting = False
        if event.key() == Qt.Key.Key_Escape:
            self._say(tr("Nothing changed."))
            return
        self._change(next(iter(chords(event)), 0))

    def _change(self, key: int) -> None:
        row = self.row
        try:
            self.keys.change(row.page, row.name, key)
            self.keys.save()
        except AssistantError as error:
            self._say(translate(error))
            return
        self._say(tr("{name} has {name_2} from now on.", name=row.word, name_2=self._drawn(row)))

    def _drawn(self, row: KeyAction) -> str:
        return "  ".join(drawn(key) for key in self.keys.keys(row.page, row.name))

    @property
    def _first(self) -> int:
        """The first row on the screen: the chosen one is always there."""
        return min(max(self.chosen - _MOST_ROWS // 2, 0), max(len(self.rows) - _MOST_ROWS, 0))

    def _place(self, number: int) -> QRectF:
        top, step = 116 * self.factor, (self.height() - 190 * self.factor) / _MOST_ROWS
        return QRectF(14, top + (number - self._first) * step, self.width() - 28, step)

    def paintEvent(self, a0: QPaintEvent | None) -> None:
        """Draw the list."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.fillRect(self.rect(), theme.GROUND)
        draw_card(painter, QRectF(self.rect()))
        self._paint_head(painter)
        for number, row in enumerate(self.rows[self._first : self._first + _MOST_ROWS], self._first):
            self._paint_row(painter, number, row)
        painter.setPen(theme.TEXT_2)
        painter.setFont(theme.font(round(18 * self.factor), 550))
        foot = QRectF(28, self.height() - 70 * self.factor, self.width() - 56, 64 * self.factor)
        painter.drawText(foot, _V | Qt.TextFlag.TextWordWrap, self.note or key_map.with_keys(_USUAL))

    def _paint_head(self, painter: QPainter) -> None:
        painter.setPen(theme.TEXT_1)
        painter.setFont(theme.font(round(26 * self.factor), 750))
        painter.drawText(QRectF(28, 14, self.width() - 56, 48 * self.factor), _V, tr("Keys"))
        x, top = 28.0, 64 * self.factor
        for page, title in TITLES.items():
            painter.setFont(theme.font(round(19 * self.factor), 750 if page == self.page else 500))
            painter.setPen(theme.TEXT_1 if page == self.page else theme.TEXT_3)
            wide = painter.fontMetrics().horizontalAdvance(title)
            painter.drawText(QRectF(x, top, wide + 4, 40 * self.factor), _V, title)
            if page == self.page:
                painter.drawLine(int(x), int(top + 38 * self.factor), int(x + wide), int(top + 38 * self.factor))
            x += wide + 22 * self.factor

    def _paint_row(self, painter: QPainter, number: int, row: KeyAction) -> None:
        place = self._place(number)
        if number == self.chosen:
            painter.setPen(QPen(theme.TEXT_1, 2))
            painter.setBrush(theme.RAISED)
            painter.drawRoundedRect(place.adjusted(0, 2, 0, -2), 7, 7)
            painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(theme.TEXT_1)
        painter.setFont(theme.font(round(20 * self.factor), 600))
        part = f"   {', '.join(row.parts)}" if row.parts else ""
        painter.drawText(place.adjusted(16, 0, -16, 0), _V, row.word)
        wide = painter.fontMetrics().horizontalAdvance(row.word)
        painter.setPen(theme.TEXT_3)
        painter.setFont(theme.font(round(16 * self.factor), 500))
        painter.drawText(place.adjusted(16 + wide, 0, -16, 0), _V, part)
        waiting = self.waiting and number == self.chosen
        text = tr("press its key or pedal …") if waiting else self._drawn(row)
        if (row.page, row.name) in self.keys.changed():
            text += "   changed"
        painter.setPen(theme.TEXT_1)
        painter.setFont(theme.font(round(20 * self.factor), 750))
        painter.drawText(place.adjusted(16, 0, -16, 0), _R, text)

    def mousePressEvent(self, a0: QMouseEvent | None) -> None:
        """A row is touched: choose it, touched again: change it."""
        if a0 is None:
            return
        for number in range(self._first, min(self._first + _MOST_ROWS, len(self.rows))):
            if self._place(number).contains(a0.position()):
                self.waiting = number == self.chosen and not self.waiting
                self.chosen = number
                self._say("")
                return
