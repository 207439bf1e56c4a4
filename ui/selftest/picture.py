"""The test picture of the self-test, and the cards that the page is made of."""

from __future__ import annotations

from PyQt6.QtCore import QRectF, Qt
from PyQt6.QtGui import QColor, QPainter, QPen

from assistant.language import tr
from ui import theme

_V = Qt.AlignmentFlag.AlignVCenter


def draw_card(painter: QPainter, rect: QRectF) -> None:
    """The ground of a card."""
    painter.setPen(QPen(theme.HAIRLINE, 1))
    painter.setBrush(theme.CARD)
    painter.drawRoundedRect(rect.adjusted(0.5, 0.5, -0.5, -0.5), 10, 10)
    painter.setBrush(Qt.BrushStyle.NoBrush)


def draw_title(painter: QPainter, room: QRectF, text: str, factor: float) -> None:
    """The name of a card."""
    painter.setFont(theme.font(round(18 * factor), 600))
    painter.setPen(theme.TEXT_2)
    painter.drawText(QRectF(room.left(), room.top(), room.width(), 28 * factor), _V, text)


def paint_test_picture(painter: QPainter, card: QRectF, factor: float) -> None:
    """Sixteen greys, and the two darkest and the two brightest beside each other."""
    room = card.adjusted(22 * factor, 14 * factor, -22 * factor, -14 * factor)
    draw_title(painter, room, tr("Test picture · look once"), factor)
    top = room.top() + 38 * factor
    ramp = QRectF(room.left(), top, room.width(), room.height() * 0.34)
    for k in range(16):
        grey = round(k * 255 / 15)
        step = ramp.width() / 16
        painter.fillRect(QRectF(ramp.left() + k * step, ramp.top(), step + 1, ramp.height()), QColor(grey, grey, grey))
    size = min(room.bottom() - ramp.bottom() - 16 * factor, room.width() * 0.24)
    for k, (outer, inner) in enumerate(((0, 13), (255, 242))):
        square = QRectF(room.left() + k * (size + 20 * factor), ramp.bottom() + 14 * factor, size, size)
        painter.fillRect(square, QColor(outer, outer, outer))
        inset = size * 0.25
        painter.fillRect(square.adjusted(inset, inset, -inset, -inset), QColor(inner, inner, inner))
    left = room.left() + 2 * (size + 20 * factor)
    painter.setFont(theme.font(round(18 * factor), 500))
    painter.setPen(theme.TEXT_2)
    place = QRectF(left, ramp.bottom() + 10 * factor, room.right() - left, size + 8 * factor)
    text = tr("Both inner squares must be visible. Screen brightness is measured by your site.")
    painter.drawText(place, _V | Qt.TextFlag.TextWordWrap, text)
