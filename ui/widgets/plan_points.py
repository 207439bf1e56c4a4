"""The six points and the ruler while they are placed, as they are drawn on the picture of a review."""

from __future__ import annotations

from itertools import pairwise
from typing import Protocol

import numpy as np
from numpy.typing import NDArray
from PyQt6.QtCore import QPointF, Qt
from PyQt6.QtGui import QColor, QPainter, QPen

from assistant.setup.plan_draft import PointDraft
from ui import theme
from ui.widgets.view_transform import ViewTransform


class MarksOnPicture(Protocol):
    """What a picture draws over itself and tells of the pointer; a place is in px of the source."""

    def press(self, x_px: float, y_px: float, reach_px: float) -> None:
        """The pointer was pressed; it takes what lies within ``reach_px``."""

    def drag(self, x_px: float, y_px: float) -> None:
        """The pressed pointer moved."""

    def release(self) -> None:
        """The pointer was let go."""

    def draw(self, painter: QPainter, view: ViewTransform) -> None:
        """Draw all marks."""


class PlanPoints(PointDraft):
    """Draws them; how they are placed stands in `PointDraft`."""

    def draw(self, painter: QPainter, view: ViewTransform) -> None:
        """Draw points, the lines between them and the ruler."""
        placed = [None if p is None else view.to_screen(np.array([p]))[0] for p in self.places]
        for row in (placed[:3], placed[3:]):
            for a, b in pairwise(row):
                if a is not None and b is not None:
                    painter.setPen(QPen(theme.CASING, 5.8))
                    painter.drawLine(QPointF(*a), QPointF(*b))
                    pen = QPen(theme.BONE, 2.6)
                    pen.setStyle(Qt.PenStyle.DotLine)
                    painter.setPen(pen)
                    painter.drawLine(QPointF(*a), QPointF(*b))
        for a, b in ((placed[0], placed[3]), (placed[2], placed[5])):
            if a is not None and b is not None:
                painter.setPen(QPen(theme.CASING, 5.2))
                painter.drawLine(QPointF(*a), QPointF(*b))
                painter.setPen(QPen(theme.BONE, 2.0))
                painter.drawLine(QPointF(*a), QPointF(*b))
        for k, point in enumerate(placed):
            if point is not None:
                self._cross(painter, point, theme.BONE, str(k + 1), strong=k == self.active)
        ends = [None if p is None else view.to_screen(np.array([p]))[0] for p in self.ruler]
        for end in ends:
            if end is not None:
                self._cross(painter, end, theme.LIMIT, "", strong=True)
        if ends[0] is not None and ends[1] is not None:
            painter.setPen(QPen(theme.LIMIT, 2))
            painter.drawLine(QPointF(*ends[0]), QPointF(*ends[1]))

    @staticmethod
    def _cross(painter: QPainter, at: NDArray[np.float64], colour: QColor, text: str, *, strong: bool) -> None:
        reach = 11 if strong else 7
        for pen in (QPen(theme.CASING, 5), QPen(colour, 2.5 if strong else 1.6)):
            painter.setPen(pen)
            painter.drawLine(QPointF(at[0] - reach, at[1]), QPointF(at[0] + reach, at[1]))
            painter.drawLine(QPointF(at[0], at[1] - reach), QPointF(at[0], at[1] + reach))
        if text:
            painter.setFont(theme.font(16, 700))
            painter.setPen(theme.TEXT_1)
            painter.drawText(QPointF(at[0] + 10, at[1] - 8), text)
