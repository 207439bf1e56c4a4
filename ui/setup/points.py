"""The six points on the still picture: drawn, taken with the pointer, seen through the magnifier."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
from PyQt6.QtCore import QPointF, QRectF, Qt
from PyQt6.QtGui import QColor, QImage, QPainter, QPainterPath, QPen, QPolygonF

from assistant.geometry import along
from assistant.setup.model import Step
from ui import theme
from ui.setup.state import SetupState
from ui.widgets.sides import draw_sides
from ui.widgets.view_transform import ViewTransform

MAGNIFIED = 7.0


class PointsOnPicture:
    """What the picture draws and takes while points or the scale are set; a `MarksOnPicture`."""

    def __init__(self, state: SetupState) -> None:
        self._state = state
        self._held: int | None = None

    def press(self, x_px: float, y_px: float, reach_px: float) -> None:
        """Take the point under the pointer, or place the active one there."""
        if self._state.step is Step.SCALE:
            self._press_shaft((x_px, y_px), reach_px)
            return
        if self._state.step is not Step.POINTS:
            return
        self._state.setup.press((x_px, y_px), reach_px)

    def _press_shaft(self, at: tuple[float, float], reach_px: float) -> None:
        scale = self._state.scale
        near = [(np.hypot(x - at[0], y - at[1]), k) for k, (x, y) in enumerate(scale.shaft)]
        if near and min(near)[0] <= reach_px:
            scale.active_end = min(near)[1]
        elif len(scale.shaft) < 2:
            scale.shaft.append(at)
            scale.active_end = len(scale.shaft) - 1
        else:
            scale.active_end = 1 - scale.active_end
            scale.shaft[scale.active_end] = at
        self._held = scale.active_end

    def drag(self, x_px: float, y_px: float) -> None:
        """Move the held point."""
        shaft = self._state.scale.shaft
        if self._state.step is Step.POINTS:
            self._state.setup.view.move_held((x_px, y_px))
        elif self._state.step is Step.SCALE and self._held is not None and self._held < len(shaft):
            shaft[self._held] = (x_px, y_px)

    def release(self) -> None:
        """Let go."""
        self._held = None
        self._state.setup.view.let_go()

    def draw(self, painter: QPainter, view: ViewTransform) -> None:
        """Draw points and lines; in the last step the lines as they will be."""
        if self._state.step in (Step.POINTS, Step.SCALE, Step.LINE):
            self._lines(painter, view)
        if self._state.step is Step.POINTS:
            for k, point in enumerate(self._state.setup.view.points):
                if point.at is not None:
                    self._ring(painter, view, point.at, str(k + 1), strong=k == self._state.setup.view.active)
        elif self._state.step is Step.SCALE:
            self._cannula(painter, view)
        elif self._state.step is Step.LINE:
            self._line_b(painter, view)
        if self._state.step is not Step.LEVEL and self._state.setup.view.view == "lateral":
            draw_sides(painter, anterior_left=self._anterior_left(view))

    def _anterior_left(self, view: ViewTransform) -> bool:
        """By the points; before they stand, as it was confirmed: the spinous processes on the right."""
        ends = [self._state.setup.view.points[k].at for k in (0, 2)]
        if ends[0] is None or ends[1] is None:
            return True
        shown = view.to_screen(np.array(ends, dtype=np.float64))
        return bool(shown[0, 0] < shown[1, 0])

    def _screen(self, view: ViewTransform, points: list[tuple[float, float]]) -> list[QPointF]:
        return [QPointF(x, y) for x, y in view.to_screen(np.array(points, dtype=np.float64))]

    def _lines(self, painter: QPainter, view: ViewTransform) -> None:
        places = [point.at for point in self._state.setup.view.points]
        final = self._state.step is Step.LINE
        for row in ((0, 1, 2), (3, 4, 5), (2, 5), (0, 3)):
            line = [places[k] for k in row]
            shown = [at for at in line if at is not None]
            if len(shown) < 2 or (row == (0, 3) and self._state.setup.view.view == "lateral"):
                continue
            path = QPolygonF(self._screen(view, _curved(shown)))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(theme.CASING, 5.6))
            painter.drawPolyline(path)
            wall = row in ((2, 5), (0, 3))
            pen = QPen(theme.BONE, 3.6 if final and wall else 2.6 if final else 2.4)
            if not (final and wall):
                pen.setDashPattern([0.6, 2.6] if final else [3 / 2.4, 8 / 2.4])
                pen.setCapStyle(Qt.PenCapStyle.RoundCap if final else Qt.PenCapStyle.FlatCap)
            painter.setPen(pen)
            painter.drawPolyline(path)

    @staticmethod
    def _ring(painter: QPainter, view: ViewTransform, at: tuple[float, float], text: str, *, strong: bool) -> None:
        x, y = view.to_screen(np.array([at]))[0]
        radius = 22.0 if strong else 10.0
        painter.setBrush(Qt.BrushStyle.NoBrush)
        for pen, reach in ((QPen(QColor(0, 0, 0, 200), 6), radius), (QPen(theme.TEXT_1, 3), radius)):
            painter.setPen(pen)
            painter.drawEllipse(QPointF(x, y), reach, reach)
            if strong:
                painter.drawEllipse(QPointF(x, y), 12, 12)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme.TEXT_1)
        painter.drawEllipse(QPointF(x, y), 2.5, 2.5)
        path = QPainterPath()
        path.addText(QPointF(x - 6, y - radius - 10), theme.font(22, 750), text)
        painter.setPen(QPen(QColor(0, 0, 0, 230), 5))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawPath(path)
        painter.fillPath(path, theme.TEXT_1)

    def _cannula(self, painter: QPainter, view: ViewTransform) -> None:
        for a, b in self._state.scale.widths:
            ends = self._screen(view, [a, b])
            for pen in (QPen(theme.CASING, 6), QPen(theme.TEXT_1, 2.6)):
                painter.setPen(pen)
                painter.drawLine(ends[0], ends[1])
        for k, at in enumerate(self._state.scale.shaft):
            self._ring(painter, view, at, "AB"[k], strong=k == self._state.scale.active_end)

    def _line_b(self, painter: QPainter, view: ViewTransform) -> None:
        places = [point.at for point in self._state.setup.view.points]
        if self._state.setup.view.view != "lateral" or any(at is None for at in places):
            return
        first, last = np.array([places[0], places[3]], float), np.array([places[2], places[5]], float)
        line = last + self._state.setup.fraction * (first - last)
        for k in range(3):
            ends = np.array([k / 3 + (0.025 if k else 0), (k + 1) / 3 - (0.025 if k < 2 else 0)])
            piece = QPolygonF(self._screen(view, [tuple(p) for p in along(line, ends)]))
            painter.setPen(QPen(theme.CASING, 7.2))
            painter.drawPolyline(piece)
            pen = QPen(theme.LIMIT, 4)
            pen.setDashPattern([13 / 4, 7 / 4])
            pen.setCapStyle(Qt.PenCapStyle.FlatCap)
            painter.setPen(pen)
            painter.drawPolyline(piece)


def _curved(points: list[tuple[float, float]]) -> list[tuple[float, float]]:
    """Three points as they are used: joined by straight lines."""
    return [point for pair in pairwise(points) for point in pair]


def magnify(painter: QPainter, circle: QRectF, image: QImage, at_shown: tuple[float, float], zoom: float) -> None:
    """Draw a part of the picture, magnified, in a circle with cross-hairs that leave the middle free.

    Parameters
    ----------
    painter : QPainter
    circle : QRectF
    image : QImage
        The picture as it is shown (turned).
    at_shown : tuple of float
        Its middle, in px of that picture.
    zoom : float
        Screen px a picture px.
    """
    half = circle.width() / zoom / 2
    source = QRectF(at_shown[0] + 0.5 - half, at_shown[1] + 0.5 - half, 2 * half, 2 * half)
    painter.save()
    path = QPainterPath()
    path.addEllipse(circle)
    painter.setClipPath(path)
    painter.fillRect(circle, Qt.GlobalColor.black)
    painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
    painter.drawImage(circle, image, source)
    painter.restore()
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.setPen(QPen(theme.TEXT_1, 2.5))
    painter.drawEllipse(circle)
    c = circle.center()
    for dx, dy in ((1, 0), (-1, 0), (0, 1), (0, -1)):
        for pen in (QPen(theme.CASING, 5), QPen(theme.TEXT_1, 2)):
            painter.setPen(pen)
            painter.drawLine(QPointF(c.x() + 16 * dx, c.y() + 16 * dy), QPointF(c.x() + 74 * dx, c.y() + 74 * dy))
