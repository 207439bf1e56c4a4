"""Icons on a grid of 24: stroke 2, round ends, one colour. Each state has a shape of its own, so a grey print works."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from PyQt6.QtCore import QPointF, QRectF, Qt
from PyQt6.QtGui import QColor, QPainter, QPainterPath, QPen, QPolygonF

Painted = Callable[[QPainter, QColor], None]


def draw(painter: QPainter, name: str, box: QRectF, colour: QColor) -> None:
    """Draw an icon into a square.

    Raises
    ------
    KeyError
        If there is no icon of that name.
    """
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.translate(box.topLeft())
    painter.scale(box.width() / 24, box.height() / 24)
    _stroke(painter, colour)
    _ICONS[name](painter, colour)
    painter.restore()


def names() -> tuple[str, ...]:
    """All icons."""
    return tuple(_ICONS)


def _stroke(painter: QPainter, colour: QColor, width: float = 2.0) -> None:
    pen = QPen(colour, width)
    pen.setCapStyle(Qt.PenCapStyle.RoundCap)
    pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
    painter.setPen(pen)
    painter.setBrush(Qt.BrushStyle.NoBrush)


def _fill(painter: QPainter, colour: QColor) -> None:
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(colour)


def _lines(painter: QPainter, *lines: tuple[float, float, float, float]) -> None:
    for x1, y1, x2, y2 in lines:
        painter.drawLine(QPointF(x1, y1), QPointF(x2, y2))


def _live(painter: QPainter, colour: QColor) -> None:
    painter.drawEllipse(QPointF(12, 12), 9, 9)
    _fill(painter, colour)
    painter.drawEllipse(QPointF(12, 12), 5, 5)


def _held(painter: QPainter, colour: QColor) -> None:
    _fill(painter, colour)
    painter.drawRect(QRectF(6, 4, 4, 16))
    painter.drawRect(QRectF(14, 4, 4, 16))


def _frozen(painter: QPainter, _colour: QColor) -> None:
    for angle in (0, 60, 120):
        painter.save()
        painter.translate(12, 12)
        painter.rotate(angle)
        _lines(painter, (0, -10, 0, 10), (0, -6, -3, -9), (0, -6, 3, -9), (0, 6, -3, 9), (0, 6, 3, 9))
        painter.restore()


def _stale(painter: QPainter, _colour: QColor) -> None:
    _lines(painter, (6, 3, 18, 3), (6, 21, 18, 21), (7, 3, 17, 21), (17, 3, 7, 21))


def _no_signal(painter: QPainter, _colour: QColor) -> None:
    _lines(painter, (8, 3, 8, 8), (16, 3, 16, 8), (5, 8, 19, 8), (12, 17, 12, 22))
    path = QPainterPath(QPointF(6, 8))
    path.lineTo(6, 11)
    path.cubicTo(6, 19, 18, 19, 18, 11)
    path.lineTo(18, 8)
    painter.drawPath(path)
    _lines(painter, (3, 21, 21, 3))


def _unknown(painter: QPainter, colour: QColor) -> None:
    painter.drawPolygon(QPolygonF([QPointF(12, 1.5), QPointF(22.5, 12), QPointF(12, 22.5), QPointF(1.5, 12)]))
    path = QPainterPath(QPointF(9.3, 9.8))
    path.cubicTo(9.3, 6, 14.7, 6, 14.7, 9.6)
    path.cubicTo(14.7, 11.6, 12, 11.6, 12, 13.8)
    painter.drawPath(path)
    _fill(painter, colour)
    painter.drawEllipse(QPointF(12, 16.8), 1.2, 1.2)


def _late(painter: QPainter, _colour: QColor) -> None:
    path = QPainterPath(QPointF(3, 17))
    path.cubicTo(3, 5, 21, 5, 21, 17)
    path.lineTo(3, 17)
    painter.drawPath(path)
    _lines(painter, (12, 16, 6, 12))


def _watching(painter: QPainter, colour: QColor) -> None:
    path = QPainterPath(QPointF(1.5, 12))
    path.cubicTo(6, 4.5, 18, 4.5, 22.5, 12)
    path.cubicTo(18, 19.5, 6, 19.5, 1.5, 12)
    painter.drawPath(path)
    _fill(painter, colour)
    painter.drawEllipse(QPointF(12, 12), 3.2, 3.2)


def _not_watching(painter: QPainter, colour: QColor) -> None:
    _watching(painter, colour)
    _stroke(painter, colour)
    _lines(painter, (4, 3, 20, 21))


def _recording(painter: QPainter, colour: QColor) -> None:
    _fill(painter, colour)
    painter.drawEllipse(QPointF(12, 12), 7, 7)


def _arrow_up(painter: QPainter, _colour: QColor) -> None:
    _lines(painter, (12, 20, 12, 5), (12, 5, 6, 11), (12, 5, 18, 11))


def _speaker(painter: QPainter, colour: QColor) -> None:
    _fill(painter, colour)
    corners = ((2, 9), (6, 9), (11, 4), (11, 20), (6, 15), (2, 15))
    painter.drawPolygon(QPolygonF([QPointF(x, y) for x, y in corners]))
    _stroke(painter, colour)


def _sound(painter: QPainter, colour: QColor) -> None:
    _speaker(painter, colour)
    painter.drawArc(QRectF(9, 7.5, 8, 9), -60 * 16, 120 * 16)
    painter.drawArc(QRectF(8, 3.5, 14, 17), -60 * 16, 120 * 16)


def _sound_paused(painter: QPainter, colour: QColor) -> None:
    _speaker(painter, colour)
    _lines(painter, (16, 8, 16, 16), (20, 8, 20, 16))


def _no_sound(painter: QPainter, colour: QColor) -> None:
    _speaker(painter, colour)
    _lines(painter, (15, 8, 22, 16), (22, 8, 15, 16))


def _masked(painter: QPainter, colour: QColor) -> None:
    painter.drawRoundedRect(QRectF(2, 5, 20, 14), 2, 2)
    _fill(painter, colour)
    painter.drawRect(QRectF(6, 9, 8, 4))


def _clock(painter: QPainter, _colour: QColor) -> None:
    painter.drawEllipse(QPointF(12, 12), 9, 9)
    _lines(painter, (12, 6.5, 12, 12), (12, 12, 15.5, 14))


def _drop(painter: QPainter, _colour: QColor) -> None:
    path = QPainterPath(QPointF(12, 3))
    path.cubicTo(18, 10, 19, 13, 19, 15)
    path.cubicTo(19, 23, 5, 23, 5, 15)
    path.cubicTo(5, 13, 6, 10, 12, 3)
    painter.drawPath(path)


def _flag(painter: QPainter, _colour: QColor) -> None:
    _lines(painter, (5, 3, 5, 22))
    painter.drawPolyline(QPolygonF([QPointF(5, 4), QPointF(19, 4), QPointF(15, 9), QPointF(19, 14), QPointF(5, 14)]))


def _camera(painter: QPainter, _colour: QColor) -> None:
    painter.drawRoundedRect(QRectF(2, 7, 20, 13), 2, 2)
    painter.drawEllipse(QPointF(12, 13.5), 3.8, 3.8)
    painter.drawPolyline(QPolygonF([QPointF(8, 7), QPointF(9.5, 4), QPointF(14.5, 4), QPointF(16, 7)]))


def _tick(painter: QPainter, _colour: QColor) -> None:
    painter.drawPolyline(QPolygonF([QPointF(4, 13), QPointF(9.5, 18), QPointF(20, 6)]))


def _cross(painter: QPainter, _colour: QColor) -> None:
    _lines(painter, (5, 5, 19, 19), (19, 5, 5, 19))


def _pencil(painter: QPainter, _colour: QColor) -> None:
    corners = ((4, 20), (5, 15), (16, 4), (20, 8), (9, 19), (4, 20))
    painter.drawPolyline(QPolygonF([QPointF(x, y) for x, y in corners]))


def _half(painter: QPainter, colour: QColor) -> None:
    painter.drawEllipse(QPointF(12, 12), 9, 9)
    _fill(painter, colour)
    painter.drawPie(QRectF(3, 3, 18, 18), 90 * 16, 180 * 16)


def _marked(shape: str, marks: str) -> Painted:
    def draw_it(painter: QPainter, colour: QColor) -> None:
        _fill(painter, colour)
        if shape == "octagon":
            k = 11 * 0.4142
            corners = ((-k, -11), (k, -11), (11, -k), (11, k), (k, 11), (-k, 11), (-11, k), (-11, -k))
            painter.drawPolygon(QPolygonF([QPointF(12 + x, 12 + y) for x, y in corners]))
        elif shape == "triangle":
            painter.drawPolygon(QPolygonF([QPointF(12, 1), QPointF(23.5, 22), QPointF(0.5, 22)]))
        else:
            painter.drawEllipse(QPointF(12, 12), 10.5, 10.5)
        # The marks take the colour that can be told from the shape's own.
        dark = colour.lightnessF() > 0.5
        pen = QPen(QColor("#0B0D10") if dark else QColor("#FFFFFF"), 2.2)
        pen.setCapStyle(Qt.PenCapStyle.RoundCap)
        painter.setPen(pen)
        top = 9.0 if shape == "triangle" else 6.5
        step = 4.6
        for n in range(len(marks)):
            x = 12 + (n - (len(marks) - 1) / 2) * step
            painter.drawLine(QPointF(x, top), QPointF(x, top + 6))
            painter.drawPoint(QPointF(x, top + 9.8))

    return draw_it


_ICONS: Final[dict[str, Painted]] = {
    "live": _live,
    "held": _held,
    "frozen": _frozen,
    "stale": _stale,
    "no signal": _no_signal,
    "unknown view": _unknown,
    "analysis late": _late,
    "watching": _watching,
    "not watching": _not_watching,
    "recording": _recording,
    "arrow up": _arrow_up,
    "sound": _sound,
    "sound paused": _sound_paused,
    "no sound": _no_sound,
    "name masked": _masked,
    "clock": _clock,
    "drop": _drop,
    "flag": _flag,
    "camera": _camera,
    "tick": _tick,
    "cross": _cross,
    "pencil": _pencil,
    "half disc": _half,
    "high": _marked("octagon", "!!!"),
    "medium": _marked("triangle", "!!"),
    "low": _marked("disc", "!"),
}
