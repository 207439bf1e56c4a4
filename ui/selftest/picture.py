"""The test picture of the self-test, and the cards and rows that the page is made of."""

from __future__ import annotations

from typing import Final

from PyQt6.QtCore import QRectF, Qt
from PyQt6.QtGui import QColor, QPainter, QPen

from assistant.language import tr, translate
from ui import theme
from ui.selftest import lists
from ui.selftest.check import CheckStatus
from ui.widgets import icons

_V = Qt.AlignmentFlag.AlignVCenter
_R = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight
_ICONS: Final = {
    CheckStatus.PASSED: "tick",
    CheckStatus.NOTE: "low",
    CheckStatus.OPEN: "unknown view",
    CheckStatus.FAILED: "cross",
    CheckStatus.RUNNING: "stale",
}


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


def paint_row(
    painter: QPainter, row: QRectF, texts: tuple[str, str, str], result: CheckStatus, factor: float, *, narrow: bool
) -> None:
    """A row of the list: its name, what was measured and the word for it (``texts``, in this order)."""
    name, measured, status = texts
    colour = {CheckStatus.NOTE: theme.LOW, CheckStatus.FAILED: theme.MEDIUM[0]}.get(result, theme.TEXT_1)
    size = 28 * factor
    icons.draw(painter, _ICONS[result], QRectF(row.left() + 14, row.center().y() - size / 2, size, size), colour)
    painter.setPen(theme.TEXT_1)
    painter.setFont(theme.font(round(22 * factor), 650))
    left = row.left() + 60 * factor
    share = 0.36 if not narrow else 0.4
    name_wide = row.width() * share - 60 * factor
    title = painter.fontMetrics().elidedText(translate(name), Qt.TextElideMode.ElideRight, int(name_wide))
    painter.drawText(QRectF(left, row.top(), name_wide, row.height()), _V, title)
    painter.setFont(theme.font(round(20 * factor), 650))
    painter.setPen(colour)
    word, text = translate(status), translate(measured)
    word_wide = painter.fontMetrics().horizontalAdvance(word) + 16
    painter.drawText(row.adjusted(0, 0, -14, 0), _R, word)
    painter.setFont(theme.font(round((20 if not narrow else 18) * factor), 500))
    painter.setPen(theme.TEXT_2)
    text_left = row.left() + row.width() * share
    room = QRectF(text_left, row.top() + 2, row.right() - word_wide - 20 - text_left, row.height() - 4)
    if painter.boundingRect(room, _V | Qt.TextFlag.TextWordWrap, text).height() > room.height():
        painter.setFont(theme.font(round(14 * factor), 500))
    painter.drawText(room, _V | Qt.TextFlag.TextWordWrap, text)


def paint_lists(painter: QPainter, card: QRectF, factor: float) -> None:
    """Day and outcome of the last lists."""
    draw_card(painter, card)
    room = card.adjusted(22 * factor, 14 * factor, -22 * factor, -14 * factor)
    draw_title(painter, room, tr("Last lists"), factor)
    rows = lists.newest() or [(tr("none yet"), "")]
    step = 44 * factor
    for k, (day, result) in enumerate(rows):
        y = room.top() + 36 * factor + k * step
        painter.setFont(theme.font(round(18 * factor), 500))
        painter.setPen(theme.TEXT_2)
        painter.drawText(QRectF(room.left(), y, 150 * factor, step), _V, day)
        painter.setFont(theme.font(round(19 * factor), 650))
        painter.setPen(theme.TEXT_1)
        place = QRectF(room.left() + 150 * factor, y, room.width() - 150 * factor, step)
        whole = painter.fontMetrics().elidedText(result, Qt.TextElideMode.ElideRight, int(place.width()))
        painter.drawText(place, _V, whole)
