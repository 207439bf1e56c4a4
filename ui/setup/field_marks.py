"""What the orientation step draws on the live picture: the X-ray field that was found, and which side is which."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from PyQt6.QtCore import QPointF, QRectF, Qt
from PyQt6.QtGui import QPainter, QPen, QPolygonF

from assistant.setup.field_found import FieldFound
from ui import theme
from ui.widgets.field_plates import draw_fields
from ui.widgets.sides import draw_sides
from ui.widgets.view_transform import ViewTransform


class FieldOnPicture:
    """The field's outline, dashed, and the sides as they are asked for: posterior to the right on the screen.

    Parameters
    ----------
    found : FieldFound
    choose : callable
        Told where a person touches the picture.
    """

    def __init__(self, found: FieldFound, choose: Callable[[tuple[float, float]], None]) -> None:
        self.found, self._choose = found, choose

    def draw(self, painter: QPainter, view: ViewTransform) -> None:
        """Draw outline and sides."""
        if len(self.found.outline) > 2:
            path = QPolygonF([QPointF(x, y) for x, y in view.to_screen(self.found.outline)])
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(theme.CASING, 5))
            painter.drawPolygon(path)
            pen = QPen(theme.TEXT_1, 2.4)
            pen.setDashPattern([5, 4])
            painter.setPen(pen)
            painter.drawPolygon(path)
        self._draw_words(painter, view)
        draw_fields(painter, view, self.found.fields)
        draw_sides(painter, anterior_left=True, asked=True)

    def _draw_words(self, painter: QPainter, view: ViewTransform) -> None:
        painter.setBrush(Qt.BrushStyle.NoBrush)
        for word in self.found.words:
            corners = np.array([[word.x0_px, word.y0_px], [word.x1_px, word.y1_px]], dtype=np.float64)
            (ax, ay), (bx, by) = view.to_screen(corners)
            box = QRectF(QPointF(min(ax, bx), min(ay, by)), QPointF(max(ax, bx), max(ay, by))).adjusted(-8, -8, 8, 8)
            for pen in (QPen(theme.CASING, 6), QPen(theme.TEXT_1, 3)):
                painter.setPen(pen)
                painter.drawRect(box)

    def press(self, x_px: float, y_px: float, _reach_px: float) -> None:
        """Of more than one picture the touched one is looked at."""
        self._choose((x_px, y_px))

    def drag(self, _x_px: float, _y_px: float) -> None:
        """Nothing is moved in this step."""

    def release(self) -> None:
        """Nothing is held in this step."""
