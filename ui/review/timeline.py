"""The whole run at a glance: thumbnails, marks, curves, the range A to B, the playhead. Press or drag to go there."""

from __future__ import annotations

import math
from collections.abc import Iterable

from PyQt6.QtCore import QElapsedTimer, QPointF, QRectF, Qt, pyqtSignal
from PyQt6.QtGui import (
    QBrush,
    QColor,
    QImage,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QPixmap,
    QPolygonF,
    QResizeEvent,
)
from PyQt6.QtWidgets import QWidget

from assistant.language import tr
from assistant.lengths import UNCAL
from assistant.readings.curve_scale import stretches
from assistant.review.curves import CurveColumns, Curves
from assistant.review.event_list import Mark
from assistant.vocabulary import Priority
from ui import theme, words
from ui.widgets import icons
from ui.widgets.curve_drawing import draw_curve, draw_wall, screen_inks

_LEFT, _RIGHT = 62, 18
_THUMB_H, _LANE_H, _AXIS_H = 76, 34, 28
_REDRAW_MS = 250
THUMBS = 7
_STEPS_S = (0.5, 1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800)


class Timeline(QWidget):
    """Shows and seeks."""

    seek = pyqtSignal(int)

    def __init__(self, curves: Curves, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setMinimumHeight(200)
        self.setAccessibleName(tr("Time line"))
        self.curves = curves
        self._first, self._frames, self._fps = 0, 1, 15.0
        self._playhead = 0
        self.range: tuple[int | None, int | None] = (None, None)
        self._marks: tuple[Mark, ...] = ()
        self._thumbs: dict[int, QImage] = {}
        self._drawn: QPixmap | None = None
        self._drawn_for = (-1, -1)
        self._since = QElapsedTimer()
        self._since.start()

    def set_run(self, frames: int, fps: float, first: int = 0) -> None:
        """Another run, or another analysis of it; ``first`` is the number of its first frame."""
        self._first, self._frames, self._fps = first, max(1, frames), fps
        self._playhead, self.range = first, (None, None)
        self._marks = ()
        self._thumbs.clear()
        self._drawn = None
        self.update()

    def set_place(self, playhead: int, frames: int, range_: tuple[int | None, int | None]) -> None:
        """Where the picture stands, how long the run is as far as known, and the range A to B."""
        if frames != self._frames:
            self._frames, self._drawn = max(1, frames), None
        self._playhead, self.range = playhead, range_
        self.update()

    def set_marks(self, marks: Iterable[Mark]) -> None:
        """What happened and what was marked."""
        self._marks = tuple(sorted(marks, key=lambda mark: mark.priority))  # the highest is drawn last, on top
        self.update()

    def thumb_frames(self) -> tuple[int, ...]:
        """The frames whose pictures are shown, evenly over the run."""
        return tuple(sorted({self._first + round((k + 0.5) / THUMBS * (self._frames - 1)) for k in range(THUMBS)}))

    def set_thumb(self, frame: int, image: QImage) -> None:
        """The picture of one of them."""
        self._thumbs[frame] = image
        self.update()

    def _lanes(self) -> tuple[QRectF, QRectF, QRectF]:
        """Thumbnails, marks, curves."""
        width = max(1.0, self.width() - _LEFT - _RIGHT)
        thumb = _THUMB_H if self.height() >= 280 else 52
        thumbs = QRectF(_LEFT, 6, width, thumb)
        marks = QRectF(_LEFT, thumbs.bottom() + 2, width, _LANE_H)
        top = marks.bottom() + 2
        return thumbs, marks, QRectF(_LEFT, top, width, max(20.0, self.height() - top - _AXIS_H))

    def _x(self, frame: float) -> float:
        return _LEFT + (frame - self._first) / max(1, self._frames - 1) * max(1, self.width() - _LEFT - _RIGHT)

    def _y(self, area: QRectF, value: float) -> float:
        return self.curves.scale.y(area.top(), area.bottom(), value)

    def paintEvent(self, a0: QPaintEvent | None) -> None:
        """Draw thumbnails, marks, curves, range and playhead."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        thumbs, marks, area = self._lanes()
        self._draw_thumbs(painter, thumbs)
        self._curves(painter, area)
        self._draw_range(painter, marks, area)
        for mark in self._marks:
            x = self._x(mark.frame)
            draw_mark(painter, mark.priority, mark.icon, QRectF(x - 12, marks.top() + 5, 24, 24))
        x = self._x(self._playhead)
        painter.setPen(QPen(theme.GROUND, 5))
        painter.drawLine(QPointF(x, marks.top()), QPointF(x, area.bottom()))
        painter.setPen(QPen(theme.TEXT_1, 2.5))
        painter.drawLine(QPointF(x, thumbs.bottom() - 4), QPointF(x, area.bottom()))
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme.TEXT_1)
        top = thumbs.bottom() - 4
        painter.drawPolygon(QPolygonF([QPointF(x - 9, top - 8), QPointF(x + 9, top - 8), QPointF(x, top + 4)]))

    def _draw_thumbs(self, painter: QPainter, lane: QRectF) -> None:
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        slot = lane.width() / THUMBS
        for frame in self.thumb_frames():
            image = self._thumbs.get(frame)
            box = QRectF(self._x(frame) - slot / 2 + 3, lane.top(), slot - 6, lane.height())
            if image is None:
                painter.setPen(QPen(theme.HAIRLINE, 1))
                painter.setBrush(theme.BARS)
                painter.drawRoundedRect(box, 4, 4)
                continue
            factor = max(box.width() / image.width(), box.height() / image.height())
            part = QRectF(0, 0, box.width() / factor, box.height() / factor)
            part.moveCenter(QPointF(image.width() / 2, image.height() / 2))
            painter.drawImage(box, image, part)

    def _draw_range(self, painter: QPainter, marks: QRectF, area: QRectF) -> None:
        first, last = self.range
        if first is not None and last is not None:
            shade = QRectF(self._x(first), marks.top(), self._x(last) - self._x(first), area.bottom() - marks.top())
            painter.fillRect(shade, QColor(31, 87, 224, 70))
        for word, frame in (("A", first), ("B", last)):
            if frame is None:
                continue
            x = self._x(frame)
            painter.setPen(QPen(QColor("#8FB0FF"), 2))
            painter.drawLine(QPointF(x, marks.top()), QPointF(x, area.bottom()))
            box = QRectF(x - 12, area.bottom() + 1, 24, 24)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor("#8FB0FF"))
            painter.drawRoundedRect(box, 4, 4)
            painter.setPen(theme.GROUND)
            painter.setFont(theme.font(16, 800))
            painter.drawText(box, Qt.AlignmentFlag.AlignCenter, word)

    def _curves(self, painter: QPainter, area: QRectF) -> None:
        state = (len(self.curves), self._frames)
        stale = self._drawn_for != state and self._since.elapsed() >= _REDRAW_MS
        if self._drawn is None or stale:
            self._since.restart()
            self._drawn_for = state
            self._drawn = QPixmap(self.width(), self.height())
            self._drawn.fill(Qt.GlobalColor.transparent)
            own = QPainter(self._drawn)
            own.setRenderHint(QPainter.RenderHint.Antialiasing)
            self._axes(own, area)
            self._plot(own, area, self.curves.columns(int(area.width()), self._frames))
            own.end()
        elif self._drawn_for != state:
            self.update()  # once more when the time has come
        painter.drawPixmap(0, 0, self._drawn)

    def _axes(self, painter: QPainter, area: QRectF) -> None:
        scale = self.curves.scale
        draw_wall(painter, area, scale, screen_inks())
        painter.setFont(theme.font(16, 500))
        labelled = scale.ticks_with_room(area.height())
        for tick in scale.ticks:
            y = self._y(area, tick)
            painter.setPen(QPen(theme.HAIRLINE, 1))
            painter.drawLine(QPointF(area.left(), y), QPointF(area.right(), y))
            painter.setPen(theme.TEXT_3)
            text = f"{tick} {scale.unit[:2].strip()}" if tick == scale.ticks[-1] else str(tick)
            if tick in labelled:
                painter.drawText(QRectF(0, y - 12, _LEFT - 8, 24), Qt.AlignmentFlag.AlignRight, text)
        self._legend(painter, area)
        pen = QPen(theme.LIMIT, 2.5)
        pen.setDashPattern([5, 3])
        painter.setPen(pen)
        painter.drawLine(QPointF(area.left(), self._y(area, 0)), QPointF(area.right(), self._y(area, 0)))
        painter.setPen(theme.TEXT_3)
        begin_s, length_s = self._first / self._fps, self._frames / self._fps
        step_s = next((step for step in _STEPS_S if length_s / step <= 8), 3600)
        for k in range(math.ceil(begin_s / step_s), int((begin_s + length_s) / step_s) + 1):
            x = self._x(k * step_s * self._fps)
            if x <= area.right() + 1:
                box = QRectF(max(0.0, x - 45), area.bottom() + 2, 90, 24)
                figure = words.clock(k * step_s) if step_s >= 1 else f"{k * step_s:.1f} s"
                painter.drawText(box, Qt.AlignmentFlag.AlignHCenter, figure)

    def _legend(self, painter: QPainter, area: QRectF) -> None:
        """Which curve is which, at the right of the marks."""
        painter.setFont(theme.font(15, 550))
        x = area.right()
        if not self.curves.scale.in_mm:
            width = painter.fontMetrics().horizontalAdvance(UNCAL)
            painter.setPen(theme.TEXT_1)
            painter.drawText(QRectF(x - width, area.top() - 4, width + 4, 22), Qt.AlignmentFlag.AlignVCenter, UNCAL)
            x -= width + 22
        for pen, name in (
            (inferior_pen(), tr("inferior")),
            (superior_pen(), tr("superior")),
            (posterior_pen(), tr("posterior")),
        ):
            width = painter.fontMetrics().horizontalAdvance(name)
            box = QRectF(x - width, area.top() - 4, width + 4, 22)
            painter.setPen(theme.TEXT_2)
            painter.drawText(box, Qt.AlignmentFlag.AlignVCenter, name)
            painter.setPen(pen)
            painter.drawLine(QPointF(x - width - 36, box.center().y()), QPointF(x - width - 8, box.center().y()))
            x -= width + 54

    def _plot(self, painter: QPainter, area: QRectF, columns: CurveColumns) -> None:
        for first, last in stretches(columns.off):
            gap = QRectF(area.left() + float(first), area.top(), float(last - first), area.height())
            painter.fillRect(gap, QBrush(theme.HAIRLINE, Qt.BrushStyle.BDiagPattern))
        unknown = QRectF(area.left() + columns.known, area.top(), area.width() - columns.known, area.height())
        painter.fillRect(unknown, QColor(7, 9, 12, 120))
        for k, pen in ((2, inferior_pen()), (1, superior_pen()), (0, posterior_pen())):
            draw_curve(painter, area, columns.scale, columns.curves[k], pen, screen_inks(), is_line=k == 0)

    def resizeEvent(self, a0: QResizeEvent | None) -> None:
        """Draw anew."""
        self._drawn = None

    def mousePressEvent(self, a0: QMouseEvent | None) -> None:
        """Go there."""
        self._go(a0)

    def mouseMoveEvent(self, a0: QMouseEvent | None) -> None:
        """Go along."""
        if a0 is not None and a0.buttons() & Qt.MouseButton.LeftButton:
            self._go(a0)

    def _go(self, event: QMouseEvent | None) -> None:
        if event is not None:
            share = (event.position().x() - _LEFT) / max(1, self.width() - _LEFT - _RIGHT)
            self.seek.emit(self._first + round(min(max(share, 0.0), 1.0) * (self._frames - 1)))


def posterior_pen() -> QPen:
    """How the curve of the posterior line is drawn."""
    return QPen(theme.TEXT_1, 2.6)


def superior_pen() -> QPen:
    """... the superior endplate."""
    pen = QPen(theme.BONE, 2.2)
    pen.setDashPattern([5, 3])
    return pen


def inferior_pen() -> QPen:
    """... the inferior endplate."""
    pen = QPen(theme.BONE, 2.2)
    pen.setDashPattern([1, 2])
    return pen


def draw_mark(painter: QPainter, priority: Priority, icon: str, box: QRectF) -> None:
    """An alarm by the shape of its priority, or what a person marked by its icon."""
    name, colour = {
        Priority.HIGH: ("high", theme.HIGH[0]),
        Priority.MEDIUM: ("medium", theme.MEDIUM[0]),
        Priority.LOW: ("low", theme.LOW),
    }.get(priority, (icon, theme.TEXT_1))
    icons.draw(painter, name, box, colour)
