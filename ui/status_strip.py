"""The strip at the top: state of the picture, whether the lines are watched, the run, rate and lag."""

from __future__ import annotations

from PyQt6.QtCore import QRectF, Qt
from PyQt6.QtGui import QPainter, QPaintEvent, QPen
from PyQt6.QtWidgets import QWidget

from assistant.vocabulary import FrameState, Motion
from ui import theme, words
from ui.moments import Moment


class StatusStrip(QWidget):
    """Replay header: filled with the mode's colour, so that it never looks live."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFixedHeight(58)
        self._moment: Moment | None = None
        self._name = ""
        self._rate = ""

    def set_run(self, name: str) -> None:
        """Another run."""
        self._name = name
        self.update()

    def show_moment(self, moment: Moment | None, rate: str) -> None:
        """Take over what is known."""
        self._moment, self._rate = moment, rate
        self.setAccessibleName(f"{words.REPLAY}: {self.state()}, {self.watching()}")
        self.update()

    def state(self) -> str:
        """The liveness word of the recording at this moment."""
        if self._moment is None:
            return "—"
        live = self._moment.liveness.state in (FrameState.LIVE, FrameState.REPEAT)
        if live and not isinstance(self._moment.motion, Motion):
            return words.UNKNOWN_VIEW
        return words.STATE[self._moment.liveness.state]

    def watching(self) -> str:
        """Whether lines are watched."""
        if self._moment is None:
            return words.NOT_MONITORING
        state = self._moment.liveness.state
        if state is FrameState.FROZEN:
            return words.WAITING
        watched = state in (FrameState.LIVE, FrameState.REPEAT) and isinstance(self._moment.motion, Motion)
        return words.MONITORING if watched else words.NOT_MONITORING

    def paintEvent(self, a0: QPaintEvent | None) -> None:
        """Draw the strip."""
        painter = QPainter(self)
        painter.fillRect(self.rect(), theme.REPLAY)
        painter.setPen(theme.TEXT_1)
        x = 20
        for text, size, weight in (
            (words.REPLAY, 30, 800),
            (words.NOT_LIVE, 19, 600),
            (self._name, 19, 650),
        ):
            painter.setFont(theme.font(size, weight, spacing_percent=4 if size == 30 else 0))
            width = painter.fontMetrics().horizontalAdvance(text)
            painter.drawText(QRectF(x, 0, width + 8, self.height()), Qt.AlignmentFlag.AlignVCenter, text)
            x += width + 26
        right = self.width() - 20
        for text in (self._rate, self.watching(), words.AS_SEEN.format(self.state())):
            painter.setFont(theme.font(19, 700))
            width = painter.fontMetrics().horizontalAdvance(text)
            if right - width < x + 10:
                break
            painter.drawText(
                QRectF(right - width - 4, 0, width + 8, self.height()), Qt.AlignmentFlag.AlignVCenter, text
            )
            right -= width + 16
            painter.setPen(QPen(theme.TEXT_1, 1))
            painter.drawLine(right, 14, right, self.height() - 14)
            right -= 16
