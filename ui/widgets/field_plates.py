"""What is drawn over the pictures of a screen that shows more than one: which is looked at, that the rest is not."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from PyQt6.QtCore import QPointF, QRectF, Qt
from PyQt6.QtGui import QColor, QPainter, QPen

from assistant.language import tr
from assistant.steps.liveness import SeenField
from ui import theme
from ui.widgets.view_transform import ViewTransform

_PLATE_PX = 34.0


def draw_fields(painter: QPainter, view: ViewTransform, fields: Sequence[SeenField]) -> None:
    """Shade the pictures that are not looked at, and write on each what it is."""
    for each in fields:
        box = each.box
        corners = np.array(
            [[box.x0_px, box.y0_px], [box.x0_px + box.width_px, box.y0_px + box.height_px]], dtype=np.float64
        )
        (ax, ay), (bx, by) = view.to_screen(corners)
        place = QRectF(QPointF(min(ax, bx), min(ay, by)), QPointF(max(ax, bx), max(ay, by)))
        if not each.looked_at:
            painter.fillRect(place, QColor(0, 0, 0, 120))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(theme.TEXT_3, 2))
            painter.drawRect(place.adjusted(1, 1, -1, -1))
        state = "live" if each.live else "held"
        _plate(
            painter,
            place,
            tr("looked at · {state}", state=state) if each.looked_at else tr("not looked at · {state}", state=state),
        )


def _plate(painter: QPainter, place: QRectF, words: str) -> None:
    """A word at the foot of a picture, where names and times of the console seldom stand."""
    painter.setFont(theme.font(20, 700))
    width = painter.fontMetrics().horizontalAdvance(words) + 24.0
    plate = QRectF(place.center().x() - width / 2, place.bottom() - _PLATE_PX - 10, width, _PLATE_PX)
    painter.fillRect(plate, QColor(0, 0, 0, 200))
    painter.setPen(theme.TEXT_1)
    painter.drawText(plate, Qt.AlignmentFlag.AlignCenter, words)
