"""What the message bar said at this moment, on one line under the picture."""

from __future__ import annotations

from PyQt6.QtCore import QRectF, Qt
from PyQt6.QtGui import QColor, QPainter, QPaintEvent
from PyQt6.QtWidgets import QWidget

from assistant.vocabulary import Priority
from ui import theme, words
from ui.widgets import icons
from ui.widgets.alarm_bar import Message, message_for


class MessageLine(QWidget):
    """The same message as in the theatre, smaller and steady: nothing flashes in a replay."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFixedHeight(48)
        self.message = message_for(None, has_run=False, has_plan=False)

    def say(self, message: Message) -> None:
        """Show a message."""
        if message != self.message:
            self.message = message
            self.setAccessibleName(f"{message.headline}. {message.action}")
            self.update()

    def _colours(self) -> tuple[QColor, QColor]:
        match self.message.priority:
            case Priority.HIGH:
                return theme.HIGH[0], theme.TEXT_1
            case Priority.MEDIUM:
                return theme.MEDIUM[0], theme.MEDIUM_TEXT[0]
            case Priority.LOW:
                return theme.LOW, theme.LOW_TEXT
        return theme.BARS, theme.TEXT_1

    def paintEvent(self, a0: QPaintEvent | None) -> None:
        """Draw ground, icon, headline and action."""
        painter = QPainter(self)
        ground, text = self._colours()
        painter.fillRect(self.rect(), ground)
        message = self.message
        name = "watching" if message.known else "not watching"
        if message.priority is not Priority.NONE:
            name = message.priority.word
        icons.draw(painter, name, QRectF(14, 9, 30, 30), text)
        painter.setPen(text)
        small = self.width() < 700
        painter.setFont(theme.font(18 if small else 20, 750))
        is_quiet = message.headline == words.NO_CROSSING
        headline = f"{message.headline} {words.IN_THIS_VIEW}" if is_quiet else message.headline
        width = painter.fontMetrics().horizontalAdvance(headline)
        painter.drawText(QRectF(56, 0, width + 8, self.height()), Qt.AlignmentFlag.AlignVCenter, headline)
        painter.setFont(theme.font(16 if small else 18, 550))
        room = self.width() - width - 56 - 28
        metrics = painter.fontMetrics()
        advice = " · ".join(part for part in (message.action, message.aside) if part)
        if metrics.horizontalAdvance(advice) > room:
            advice = message.action  # what to do comes before how many more there are
        advice = metrics.elidedText(advice, Qt.TextElideMode.ElideRight, max(room, 0))
        painter.drawText(QRectF(width + 72, 0, room, self.height()), Qt.AlignmentFlag.AlignVCenter, advice)
