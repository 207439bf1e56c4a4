"""What is done to a picture that is not live, so that nobody takes it for live: dimmed, hatched, black, with words."""

from __future__ import annotations

from PyQt6.QtCore import QPointF, QRectF, Qt
from PyQt6.QtGui import QColor, QPainter, QPen

from assistant.language import tr, translate
from assistant.live.messages import LiveState
from assistant.live.status import LiveStatus
from ui import theme, words
from ui.keys.key_map import with_keys
from ui.theatre.looks import look_of, since_s
from ui.widgets import icons

_EDGE = 18.0
_LEAST_PX = 15
_DIM = QColor(0, 0, 0, 102)


_RETURNS = tr("When the picture returns, confirm the lines with [[theatre:lines]].")


def draw_treatment(painter: QPainter, area: QRectF, status: LiveStatus, *, small: bool, factor: float) -> None:
    """Treat the picture of a status."""
    look = look_of(status)
    if look.black:
        _no_signal(painter, area, status, small=small, factor=factor)
        return
    if look.dimmed:
        painter.fillRect(area, _DIM)
    if look.hatched:
        hatched_edge(painter, area)
    if look.plate:
        text = look.plate.format(words.clock(since_s(status)))
        _plate(painter, area, text, look.icon, round((40 if small else 46) * factor))


def hatched_edge(painter: QPainter, area: QRectF) -> None:
    """Draw the edge that no live picture has."""
    painter.save()
    outer, inner = area, area.adjusted(_EDGE, _EDGE, -_EDGE, -_EDGE)
    for strip in (
        QRectF(outer.left(), outer.top(), outer.width(), _EDGE),
        QRectF(outer.left(), inner.bottom(), outer.width(), _EDGE),
        QRectF(outer.left(), outer.top(), _EDGE, outer.height()),
        QRectF(inner.right(), outer.top(), _EDGE, outer.height()),
    ):
        painter.setClipRect(strip)
        painter.fillRect(strip, theme.BARS)
        painter.setPen(QPen(theme.HELD, 9))
        x = strip.left() - strip.height() - (strip.left() + strip.bottom()) % 28
        while x < strip.right() + strip.height():
            painter.drawLine(QPointF(x, strip.bottom() + 2), QPointF(x + strip.height() + 4, strip.top() - 2))
            x += 28
    painter.restore()


def _plate(painter: QPainter, area: QRectF, text: str, icon: str, size_px: int) -> None:
    painter.setFont(theme.font(size_px, 800))
    wide = painter.fontMetrics().horizontalAdvance(text)
    whole = wide + size_px * 2.4
    height = size_px * 2.05
    rect = QRectF(area.center().x() - whole / 2, area.bottom() - height - _EDGE - 10, whole, height)
    painter.setPen(QPen(theme.TEXT_1, 2.5))
    painter.setBrush(QColor(7, 9, 12, 242))
    painter.drawRoundedRect(rect, 8, 8)
    icon_box = QRectF(rect.left() + size_px * 0.45, rect.center().y() - size_px * 0.45, size_px * 0.9, size_px * 0.9)
    icons.draw(painter, icon, icon_box, theme.TEXT_1)
    painter.setPen(theme.TEXT_1)
    painter.setFont(theme.font(size_px, 800))
    place = rect.adjusted(size_px * 1.55, 0, 0, 0)
    painter.drawText(place, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, text)
    painter.setBrush(Qt.BrushStyle.NoBrush)


def _wide(painter: QPainter, text: str, px: int, weight: int) -> int:
    painter.setFont(theme.font(px, weight))
    return painter.fontMetrics().horizontalAdvance(text)


def _no_signal(painter: QPainter, area: QRectF, status: LiveStatus, *, small: bool, factor: float) -> None:
    painter.fillRect(area, QColor(0, 0, 0))
    size = round((72 if small else 96) * factor)
    middle = area.center()
    icons.draw(painter, "no signal", QRectF(middle.x() - 72, middle.y() - 210 * factor, 144, 144), theme.TEXT_1)
    seconds = since_s(status)
    started = status.frame_index is None
    reason = (
        tr("No picture from the C-arm yet")
        if started
        else tr("No picture from the C-arm for {seconds:.0f} s", seconds=seconds)
    )
    if status.reason and not status.reason.startswith("no picture"):
        sentence_text = translate(status.reason)
        reason = sentence_text[:1].upper() + sentence_text[1:]
    lines = (
        (words.NO_SIGNAL_PLATE, size, 800, theme.TEXT_1, 1.3),
        (reason, round(30 * factor), 700, theme.TEXT_1, 1.7),
        (tr("Check the video cable at the C-arm and at this computer."), round(24 * factor), 500, theme.TEXT_2, 1.6),
        (with_keys(_RETURNS), round(24 * factor), 500, theme.TEXT_2, 1.6),
    )
    y = middle.y() - 40 * factor
    for text, px, weight, colour, leading in lines:
        # Beside a second picture there is half the room: smaller, never cut off.
        while px > _LEAST_PX and _wide(painter, text, px, weight) > area.width() - 24:
            px -= 1
        painter.setFont(theme.font(px, weight))
        painter.setPen(colour)
        height = px * leading
        text = painter.fontMetrics().elidedText(text, Qt.TextElideMode.ElideRight, int(area.width() - 24))
        painter.drawText(QRectF(area.left(), y, area.width(), height), Qt.AlignmentFlag.AlignCenter, text)
        y += height
    if status.recording.advancing(status.now_ns) and status.state is LiveState.NO_SIGNAL:
        painter.setFont(theme.font(round(20 * factor), 600))
        text = tr("Recording goes on · gap marked")
        wide = painter.fontMetrics().horizontalAdvance(text) + 56
        rect = QRectF(area.left() + 18, area.bottom() - 56, wide, 38)
        painter.setPen(QPen(theme.CONTROL_EDGE, 1))
        painter.setBrush(theme.BARS)
        painter.drawRoundedRect(rect, 6, 6)
        icons.draw(painter, "recording", QRectF(rect.left() + 10, rect.top() + 9, 20, 20), theme.TEXT_1)
        painter.setPen(theme.TEXT_1)
        painter.drawText(rect.adjusted(40, 0, 0, 0), Qt.AlignmentFlag.AlignVCenter, text)
        painter.setBrush(Qt.BrushStyle.NoBrush)
