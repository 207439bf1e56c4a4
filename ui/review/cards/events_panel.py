"""Events of the run: alarms, notes and key images in one list, each a jump to its moment."""

from __future__ import annotations

from collections.abc import Sequence

from PyQt6.QtCore import QModelIndex, QRectF, QSize, Qt, pyqtSignal
from PyQt6.QtGui import QPainter
from PyQt6.QtWidgets import (
    QHBoxLayout,
    QLabel,
    QListWidget,
    QListWidgetItem,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QVBoxLayout,
    QWidget,
)

from assistant.language import tr, translate
from assistant.review.event_list import EventList, EventRow
from ui import theme, words
from ui.review import review_words
from ui.review.timeline import draw_mark
from ui.review.transport import Card, key_button

_ROW_H = 44


class _Painter(QStyledItemDelegate):
    """Draws time, shape, event and value."""

    def paint(self, painter: QPainter | None, option: QStyleOptionViewItem, index: QModelIndex) -> None:
        row = index.data(Qt.ItemDataRole.UserRole)
        if painter is None or not isinstance(row, EventRow):
            return
        box = QRectF(option.rect)
        if option.state & QStyle.StateFlag.State_Selected:
            painter.fillRect(option.rect, theme.RAISED)
        middle = Qt.AlignmentFlag.AlignVCenter
        painter.setPen(theme.TEXT_2)
        painter.setFont(theme.font(17, 550))
        painter.drawText(box.adjusted(10, 0, 0, 0), middle, words.clock(row.t_s))
        draw_mark(painter, row.priority, row.icon, QRectF(box.left() + 74, box.top() + 10, 24, 24))
        painter.setPen(theme.TEXT_1)
        painter.setFont(theme.font(17, 600))
        value_w = min(painter.fontMetrics().horizontalAdvance(row.value) + 12, int(box.width() * 0.36))
        painter.drawText(box.adjusted(0, 0, -12, 0), middle | Qt.AlignmentFlag.AlignRight, row.value)
        painter.setFont(theme.font(17, 700))
        room = int(box.width()) - 110 - value_w - 16
        title = painter.fontMetrics().elidedText(row.title, Qt.TextElideMode.ElideRight, room)
        painter.drawText(box.adjusted(110, 0, 0, 0), middle, title)
        used = painter.fontMetrics().horizontalAdvance(title) + 8
        painter.setFont(theme.font(17, 500))
        painter.setPen(theme.TEXT_2)
        aside = painter.fontMetrics().elidedText(row.aside, Qt.TextElideMode.ElideRight, max(room - used, 0))
        painter.drawText(box.adjusted(110 + used, 0, 0, 0), middle, aside)

    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex) -> QSize:
        return QSize(200, _ROW_H)


class EventsPanel(Card):
    """The list with its filter; the row at the playhead is selected."""

    jump = pyqtSignal(int)
    note_wanted = pyqtSignal()
    whatif_wanted = pyqtSignal()
    other_wanted = pyqtSignal()

    def __init__(self, events: EventList, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._events = events
        self._shown: tuple[str, tuple[EventRow, ...]] | None = None
        title = QLabel(review_words.EVENTS)
        title.setFont(theme.font(22, 750))
        self.filter = key_button("", tr("Which events are listed"), self._next_filter)
        top = QHBoxLayout()
        top.addWidget(title)
        top.addStretch(1)
        top.addWidget(self.filter)
        self.list = QListWidget()
        self.list.setAccessibleName(review_words.EVENTS)
        self.list.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.setItemDelegate(_Painter(self.list))
        self.list.setStyleSheet("QListWidget{border:none;background:transparent;}")
        self.list.itemClicked.connect(lambda item: self.jump.emit(item.data(Qt.ItemDataRole.UserRole).frame))
        bottom = QHBoxLayout()
        bottom.addWidget(
            key_button(review_words.ADD_NOTE, tr("Add a note at this picture"), self.note_wanted.emit, key="note")
        )
        bottom.addWidget(
            key_button(review_words.WHAT_IF_LINE, tr("Another line"), self.whatif_wanted.emit, key="what-if")
        )
        bottom.addWidget(
            key_button(review_words.OTHER, tr("Another run beside"), self.other_wanted.emit, key="other run")
        )
        bottom.addStretch(1)
        column = QVBoxLayout(self)
        column.setContentsMargins(14, 10, 14, 12)
        column.addLayout(top)
        column.addWidget(self.list, 1)
        column.addLayout(bottom)
        self.show_again()

    def rows(self) -> Sequence[EventRow]:
        """All events, also those that the filter hides."""
        return self._events.rows

    def frames(self) -> Sequence[int]:
        """Frames of the events that the filter shows."""
        return self._events.frames

    def select_at(self, frame: int) -> None:
        """Select the last event at or before a frame."""
        at = max((k for k, row in enumerate(self._events.listed) if row.frame <= frame), default=-1)
        if at != self.list.currentRow():
            self.list.setCurrentRow(at)

    def _next_filter(self) -> None:
        self._events.next_filter()
        self.show_again()

    def show_again(self) -> None:
        """The events as they are known now."""
        which, rows = self._events.filter, tuple(self._events.listed)
        if self._shown == (which, rows):
            return
        self._shown = which, rows
        self.filter.setText(tr("{count} · filter: {which}", count=len(rows), which=translate(which)))
        self.list.clear()
        for row in rows:
            item = QListWidgetItem()
            item.setData(Qt.ItemDataRole.UserRole, row)
            description = f"{words.clock(row.t_s)} {words.PRIORITY[row.priority]} {row.title} {row.aside} {row.value}"
            item.setData(Qt.ItemDataRole.AccessibleTextRole, description)
            self.list.addItem(item)
