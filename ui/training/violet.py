"""The look of training: violet band with a zigzag, violet-black ground, cards and choices."""

from __future__ import annotations

from PyQt6.QtCore import QPointF, QRectF, Qt, pyqtSignal
from PyQt6.QtGui import QColor, QMouseEvent, QPainter, QPaintEvent, QPen, QPolygonF
from PyQt6.QtWidgets import QHBoxLayout, QLabel, QSizePolicy, QVBoxLayout, QWidget

from assistant.language import tr
from ui import theme
from ui.keys.key_map import word
from ui.training import training_words as words
from ui.widgets.frame_band import TOP_PX, Band

TRAINING = QColor("#7A3DF0")
GROUND = QColor("#120D1B")
CARD = QColor("#1D172B")
CHOSEN = QColor("#3A2A6B")
RAISED = QColor("#271E3D")
EDGE = QColor("#4B3D73")
BAR = QColor("#8F7AC6")
_PITCH_PX = 24


class TrainingBand(Band):
    """Holds the content inside the violet band."""

    def paintEvent(self, a0: QPaintEvent | None) -> None:
        """Draw band and zigzag."""
        painter = QPainter(self)
        painter.fillRect(self.rect(), TRAINING)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(GROUND, 3))
        for y in (4.0, self.height() - TOP_PX + 4.0):
            points = []
            for at in range(self.width() // (_PITCH_PX // 2) + 2):
                points.append(QPointF(at * _PITCH_PX / 2, y + (14 if at % 2 else 0)))
            painter.drawPolyline(QPolygonF(points))


class TrainingHeader(QWidget):
    """The filled header under the band."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFixedHeight(58)
        self.about, self.place = "", ""

    def say(self, about: str, place: str) -> None:
        """What stands on the left and on the right."""
        self.about, self.place = about, place
        self.setAccessibleName(f"{words.TRAINING}, {about}, {place}")
        self.update()

    def paintEvent(self, a0: QPaintEvent | None) -> None:
        """Draw the words."""
        painter = QPainter(self)
        painter.fillRect(self.rect(), TRAINING)
        painter.setPen(theme.TEXT_1)
        painter.setFont(theme.font(30, 800, spacing_percent=6))
        wide = painter.fontMetrics().horizontalAdvance(words.TRAINING)
        painter.drawText(QRectF(18, 0, wide + 10, 56), Qt.AlignmentFlag.AlignVCenter, words.TRAINING)
        painter.setFont(theme.font(20, 600))
        right = painter.fontMetrics().horizontalAdvance(self.place)
        room = int(self.width() - wide - right - 90)
        about = painter.fontMetrics().elidedText(self.about, Qt.TextElideMode.ElideRight, room)
        painter.drawText(QRectF(wide + 40, 0, room, 56), Qt.AlignmentFlag.AlignVCenter, about)
        edge = QRectF(self.width() - right - 24, 0, right + 8, 56)
        painter.drawText(edge, Qt.AlignmentFlag.AlignVCenter, self.place)


class TrainingCard(QWidget):
    """A card with a title, and words at its right."""

    def __init__(self, title: str = "", size_px: int = 24, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setObjectName("card")
        self.setStyleSheet(
            f"QWidget#card{{background:{CARD.name()};border:1px solid {EDGE.name()};border-radius:10px;}}"
        )
        self.column = QVBoxLayout(self)
        self.column.setContentsMargins(22, 16, 22, 16)
        self.column.setSpacing(10)
        self.title = label(title, size_px, 700)
        self.right = label("", 17, 500, colour="#A99BC9")
        row = QHBoxLayout()
        row.addWidget(self.title, 1)
        row.addWidget(self.right)
        if title:
            self.column.addLayout(row)


def label(text: str, size_px: int, weight: int, *, colour: str = "#F2F5F8", wrap: bool = False) -> QLabel:
    """Plain words."""
    made = QLabel(text)
    made.setTextFormat(Qt.TextFormat.PlainText)
    made.setFont(theme.font(size_px, weight))
    made.setStyleSheet(f"color:{colour};background:transparent;")
    made.setWordWrap(wrap)
    return made


class AnswerButton(QWidget):
    """One answer: its key and its words; touched like a key."""

    chosen = pyqtSignal(str)

    def __init__(
        self, key: str, text: str, note: str = "", *, stacked: bool = False, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.key, self.text, self.note, self.stacked = key, text, note, stacked
        self.is_chosen = False
        self.setMinimumHeight(76)
        self.setMaximumHeight(96)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setAccessibleName(tr("{text}, key {key}", text=text, key=key))

    def choose(self, chosen: bool) -> None:
        """Mark it or not."""
        if chosen != self.is_chosen:
            self.is_chosen = chosen
            self.update()

    def paintEvent(self, a0: QPaintEvent | None) -> None:
        """Draw the field."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        box = QRectF(self.rect()).adjusted(2, 2, -2, -2)
        painter.setPen(QPen(theme.TEXT_1 if self.is_chosen else EDGE, 3.5 if self.is_chosen else 1.2))
        painter.setBrush(CHOSEN if self.is_chosen else RAISED)
        painter.drawRoundedRect(box, 8, 8)
        if self.stacked:
            self._stacked(painter, box)
            return
        cap = QRectF(box.left() + 20, box.center().y() - 23, 50, 46)
        painter.setPen(QPen(BAR, 1.5))
        painter.setBrush(QColor("#332857"))
        painter.drawRoundedRect(cap, 7, 7)
        painter.setPen(theme.TEXT_1)
        painter.setFont(theme.font(20, 700))
        painter.drawText(cap, Qt.AlignmentFlag.AlignCenter, word("training", f"answer {self.key}"))
        painter.setFont(theme.font(27, 700))
        wide = painter.fontMetrics().horizontalAdvance(self.text)
        painter.drawText(
            QRectF(cap.right() + 22, box.top(), wide + 8, box.height()), Qt.AlignmentFlag.AlignVCenter, self.text
        )
        room = box.right() - cap.right() - 60 - wide
        if self.note and room > 190:
            painter.setPen(theme.TEXT_2)
            painter.setFont(theme.font(18, 500))
            painter.drawText(
                box.adjusted(0, 0, -18, 0), Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight, self.note
            )

    def _stacked(self, painter: QPainter, box: QRectF) -> None:
        painter.setPen(theme.TEXT_2)
        painter.setFont(theme.font(17, 600))
        is_figure = self.text[:1].isdigit()
        top, low = box.adjusted(0, 8, 0, -box.height() / 2), box.adjusted(0, box.height() / 2 - 4, 0, -8)
        painter.drawText(
            low if is_figure else top,
            Qt.AlignmentFlag.AlignCenter,
            tr("key {key}", key=self.key) if is_figure else self.key,
        )
        painter.setPen(theme.TEXT_1)
        size = 27 if is_figure else 19
        painter.setFont(theme.font(size, 700))
        while size > 13 and painter.fontMetrics().horizontalAdvance(self.text) > box.width() - 8:
            size -= 1
            painter.setFont(theme.font(size, 700))
        painter.drawText(top if is_figure else low, Qt.AlignmentFlag.AlignCenter, self.text)

    def mousePressEvent(self, a0: QMouseEvent | None) -> None:
        """The same as the key."""
        if a0 is not None and a0.button() == Qt.MouseButton.LeftButton:
            self.chosen.emit(self.key)
