"""The band round the whole window: blue with film holes, the third sign, beside word and watermark, of a replay."""

from __future__ import annotations

from PyQt6.QtCore import QRectF, Qt
from PyQt6.QtGui import QPainter, QPaintEvent
from PyQt6.QtWidgets import QVBoxLayout, QWidget

from ui import theme

TOP_PX, _SIDE_PX = 22, 10
_HOLE_W_PX, _HOLE_H_PX, _PITCH_PX = 16, 10, 34


class Band(QWidget):
    """Holds the window's content inside a band that is drawn by whoever it belongs to."""

    def __init__(self, content: QWidget, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        column = QVBoxLayout(self)
        column.setContentsMargins(_SIDE_PX, TOP_PX, _SIDE_PX, TOP_PX)
        column.addWidget(content)


class FrameBand(Band):
    """That of a replay."""

    def paintEvent(self, a0: QPaintEvent | None) -> None:
        """Draw band and holes."""
        painter = QPainter(self)
        painter.fillRect(self.rect(), theme.REPLAY)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme.GROUND)
        for x in range(8, self.width() - _HOLE_W_PX, _PITCH_PX):
            for y in ((TOP_PX - _HOLE_H_PX) / 2, self.height() - (TOP_PX + _HOLE_H_PX) / 2):
                painter.drawRoundedRect(QRectF(x, y, _HOLE_W_PX, _HOLE_H_PX), 3, 3)
