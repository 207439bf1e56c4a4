"""What all distance curves draw alike, on the screen and on paper: the wall, the curve, the arrow below the axis."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PyQt6.QtCore import QPointF, QRectF, Qt
from PyQt6.QtGui import QColor, QFont, QPainter, QPen, QPolygonF

from assistant.language import tr
from assistant.readings.curve_scale import Below, CurveScale, stretches, stretches_below
from ui import theme

_ARROW_PX, _ARROW_EVERY_PX = 6.0, 40.0
_BEHIND = QColor(255, 59, 48, 46)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Inks:
    """Colours and font: those of the screen, or of paper.

    Attributes
    ----------
    wall : QColor
        The posterior wall's line and its name.
    behind : QColor
        The ground behind it.
    past_wall : QColor
        The curve where it has reached the wall.
    font : QFont
    """

    wall: QColor
    behind: QColor
    past_wall: QColor
    font: QFont


def screen_inks() -> Inks:
    """Those of the screen."""
    return Inks(wall=theme.BONE, behind=_BEHIND, past_wall=theme.HIGH_FIGURE, font=theme.font(15, 600))


def draw_wall(painter: QPainter, area: QRectF, scale: CurveScale, inks: Inks) -> None:
    """The posterior wall as a line of its own, and the room behind it; nothing without a lateral view."""
    if scale.wall is None:
        return
    y = scale.y(area.top(), area.bottom(), scale.wall)
    painter.fillRect(QRectF(area.left(), y, area.width(), area.bottom() - y), inks.behind)
    painter.setPen(QPen(inks.wall, 2.6))
    painter.drawLine(QPointF(area.left(), y), QPointF(area.right(), y))
    painter.setFont(inks.font)
    name = QRectF(area.left() - 60, y - 11, 54, 22)
    painter.drawText(name, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, tr("wall"))


def draw_curve(
    painter: QPainter,
    area: QRectF,
    scale: CurveScale,
    values: NDArray[np.float32],
    pen: QPen,
    inks: Inks,
    *,
    is_line: bool,
) -> None:
    """A curve of one value a column, with an arrow where it leaves the axis.

    Parameters
    ----------
    painter : QPainter
    area : QRectF
        Column 0 is drawn at its left edge.
    scale : CurveScale
    values : array (columns,)
        NaN where nothing is known.
    pen : QPen
    inks : Inks
    is_line : bool
        The curve of line b: where it has reached the wall it is drawn in another colour.
    """
    painter.save()
    painter.setClipRect(area.adjusted(-1, -1, 1, 1), Qt.ClipOperation.IntersectClip)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    ys = [scale.y(area.top(), area.bottom(), float(value)) for value in values]

    def polyline(first: int, last: int) -> None:
        points = [QPointF(area.left() + x, ys[x]) for x in range(first, last)]
        painter.drawPolyline(QPolygonF(points))

    painter.setPen(pen)
    for first, last in stretches(np.isfinite(values)):
        polyline(first, last)
    if is_line and scale.wall is not None:
        with np.errstate(invalid="ignore"):
            past = values <= scale.wall
        strong = QPen(inks.past_wall, pen.widthF() + 1.4, pen.style())
        painter.setPen(strong)
        for first, last in stretches(past):
            polyline(max(0, first - 1 if first and np.isfinite(values[first - 1]) else first), last)
    painter.restore()
    xs = area.left() + np.arange(len(values), dtype=np.float64)
    draw_below(painter, area, scale, stretches_below(xs, values, scale), inks)


def draw_below(painter: QPainter, area: QRectF, scale: CurveScale, found: Sequence[Below], inks: Inks) -> None:
    """Arrows along the lower edge for as long as a curve lies below the axis, with the figure of the deepest place."""
    painter.setFont(inks.font)
    taken = -1e9
    for stretch in found:
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(inks.past_wall)
        count = 1 + int((stretch.last - stretch.first) // _ARROW_EVERY_PX)
        for x in np.linspace(stretch.first, stretch.last, count + 1) if count > 1 else (stretch.deepest,):
            painter.drawPolygon(_arrow(area, float(x)))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        figure = scale.figure(stretch.value)
        width = painter.fontMetrics().horizontalAdvance(figure)
        start = min(max(stretch.deepest - width / 2, area.left() + 4), area.right() - width - 4)
        if start < taken:
            continue  # the figure of the stretch before stands here
        taken = start + width + 8
        painter.setPen(inks.past_wall)
        top = area.bottom() - 2 * _ARROW_PX - 20
        painter.drawText(QRectF(start, top, width + 4, 20), Qt.AlignmentFlag.AlignVCenter, figure)


def _arrow(area: QRectF, x: float) -> QPolygonF:
    """A triangle that points down, its tip at the lower edge."""
    x = min(max(x, area.left() + _ARROW_PX), area.right() - _ARROW_PX)
    tip = area.bottom() - 1
    base = tip - 1.6 * _ARROW_PX
    return QPolygonF([QPointF(x - _ARROW_PX, base), QPointF(x + _ARROW_PX, base), QPointF(x, tip)])
