"""The six points and the ruler while they are placed: a small model with undo, and how it draws itself."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray
from PyQt6.QtCore import QPointF, Qt
from PyQt6.QtGui import QColor, QPainter, QPen

from ui import theme
from ui.widgets.view_transform import ViewTransform

POINTS = 6
Point = tuple[float, float]


@dataclass(slots=True)
class PlanPoints:
    """Points in px of the source frame, placed in the order of `words.POINTS`; ruler ends after them.

    ``active`` is the point that arrows move and that the next click places while it is missing.
    """

    points: list[Point | None] = field(default_factory=lambda: [None] * POINTS)
    ruler: list[Point | None] = field(default_factory=lambda: [None, None])
    active: int = 0
    ruler_mode: bool = False
    _undo: list[tuple[list[Point | None], list[Point | None], int]] = field(default_factory=list)
    _redo: list[tuple[list[Point | None], list[Point | None], int]] = field(default_factory=list)
    _held: int | None = None

    @property
    def whole(self) -> bool:
        """All six points are placed."""
        return all(point is not None for point in self.points)

    def begin(self, points: list[Point | None]) -> None:
        """Start from points that are known (or from none); nothing before that can be taken back."""
        self.points = points if points else [None] * POINTS
        self.ruler = [None, None]
        self.active, self._held = 0, None
        self._undo.clear()
        self._redo.clear()

    def press(self, x_px: float, y_px: float, reach_px: float) -> None:
        """Take the point under the pointer, or place the active one there."""
        self._remember()
        row = self.ruler if self.ruler_mode else self.points
        near = [(np.hypot(point[0] - x_px, point[1] - y_px), k) for k, point in enumerate(row) if point is not None]
        if near and min(near)[0] <= reach_px:
            self._held = min(near)[1]
            self.active = self._held if not self.ruler_mode else self.active
            return
        missing = [k for k, point in enumerate(row) if point is None]
        target = missing[0] if missing and (self.ruler_mode or row[self.active] is not None) else None
        if target is None:
            target = (missing[0] if missing else 1) if self.ruler_mode else self.active
        row[target] = (x_px, y_px)
        self._held = target
        if not self.ruler_mode:
            left = [k for k in range(POINTS) if self.points[k] is None]
            self.active = left[0] if left else target

    def drag(self, x_px: float, y_px: float) -> None:
        """Move the held point."""
        if self._held is not None:
            (self.ruler if self.ruler_mode else self.points)[self._held] = (x_px, y_px)

    def release(self) -> None:
        """Let go."""
        self._held = None

    def nudge(self, dx_px: float, dy_px: float) -> None:
        """Move the active point by arrow keys."""
        point = self.points[self.active]
        if point is not None:
            self._remember()
            self.points[self.active] = (point[0] + dx_px, point[1] + dy_px)

    def next_point(self, step: int = 1) -> None:
        """Make the next placed point the active one."""
        self.active = (self.active + step) % POINTS

    def undo(self) -> None:
        """Take the last change back."""
        self._swap(self._undo, self._redo)

    def redo(self) -> None:
        """Do it again."""
        self._swap(self._redo, self._undo)

    def _remember(self) -> None:
        self._undo.append((list(self.points), list(self.ruler), self.active))
        self._redo.clear()

    def _swap(
        self,
        back: list[tuple[list[Point | None], list[Point | None], int]],
        forth: list[tuple[list[Point | None], list[Point | None], int]],
    ) -> None:
        if back:
            forth.append((list(self.points), list(self.ruler), self.active))
            self.points, self.ruler, self.active = back.pop()

    def draw(self, painter: QPainter, view: ViewTransform) -> None:
        """Draw points, the lines between them and the ruler."""
        placed = [None if p is None else view.to_screen(np.array([p]))[0] for p in self.points]
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
