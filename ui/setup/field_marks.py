"""What the orientation step draws on the live picture: the X-ray field that was found, and which side is which."""

from __future__ import annotations

from collections.abc import Callable

import cv2
import numpy as np
from PyQt6.QtCore import QPointF, QRectF, Qt
from PyQt6.QtGui import QPainter, QPen, QPolygonF

from assistant.capture.masking.burned_in import words_in
from assistant.capture.masking.field_shape import fit_shape
from assistant.imaging.xray_field import field_at, find_field
from assistant.live.messages import StampedFrame
from assistant.steps.liveness import SeenField
from ui import theme
from ui.widgets.field_plates import draw_fields
from ui.widgets.sides import draw_sides
from ui.widgets.view_transform import ViewTransform


class FieldOnPicture:
    """The field's outline, dashed, and the sides as they are asked for: posterior to the right on the screen.

    Parameters
    ----------
    frame : StampedFrame
        With all blackened but the picture that is looked at.
    fields : tuple of SeenField
        The pictures on the screen, where it shows more than one.
    choose : callable
        Told where a person touches the picture.
    """

    def __init__(
        self,
        frame: StampedFrame,
        fields: tuple[SeenField, ...] = (),
        choose: Callable[[tuple[float, float]], None] = lambda _place: None,
    ) -> None:
        self.fields, self._choose = fields, choose
        rows, cols = frame.grey.shape
        field = find_field(frame.grey, frame.white)
        contours, _ = cv2.findContours(field.astype(np.uint8), cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_SIMPLE)
        factor = np.array([cols / field.shape[1], rows / field.shape[0]])
        self.outline = (
            max(contours, key=cv2.contourArea).reshape(-1, 2) * factor + factor / 2 if contours else np.zeros((0, 2))
        )
        self.size = (cols, rows)
        self.shape = fit_shape(field).outline
        self.words = words_in(frame.grey, field_at(field, rows, cols))
        """What looks like words in the field: no mask can take them away."""

    def draw(self, painter: QPainter, view: ViewTransform) -> None:
        """Draw outline and sides."""
        if len(self.outline) > 2:
            path = QPolygonF([QPointF(x, y) for x, y in view.to_screen(self.outline)])
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(theme.CASING, 5))
            painter.drawPolygon(path)
            pen = QPen(theme.TEXT_1, 2.4)
            pen.setDashPattern([5, 4])
            painter.setPen(pen)
            painter.drawPolygon(path)
        self._draw_words(painter, view)
        draw_fields(painter, view, self.fields)
        draw_sides(painter, anterior_left=True, asked=True)

    def _draw_words(self, painter: QPainter, view: ViewTransform) -> None:
        painter.setBrush(Qt.BrushStyle.NoBrush)
        for word in self.words:
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
