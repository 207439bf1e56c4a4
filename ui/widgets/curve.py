"""The distance curve: linear over time, line b at 0, the wall at its place, gaps wherever nothing new was measured."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Protocol

import numpy as np
from PyQt6.QtCore import QPointF, QRectF, Qt, pyqtSignal
from PyQt6.QtGui import QBrush, QColor, QMouseEvent, QPainter, QPaintEvent, QPen
from PyQt6.QtWidgets import QWidget

from assistant import lengths
from assistant.language import tr, translate
from assistant.plan import PlannedView
from assistant.readings.curve_scale import curve_scale, line_value, stretches_below
from assistant.readings.moments import Moment, view_of
from assistant.vocabulary import FrameState, Unknown
from ui import theme, words
from ui.widgets.curve_drawing import draw_below, draw_wall, screen_inks

_BEFORE_S = 30.0
_AHEAD_S = 8.0
_HIGH_MM = 14.0
_LEAST_SPEED = 0.05

_WIDE_PX = 600


class MomentsInTime(Protocol):
    """Where the earlier moments lie: all of a run, or the last ones of a session."""

    def index_at(self, t_s: float) -> int:
        """The last frame at or before a time; one before the first where there is none."""

    def between(self, first: int, last: int) -> Sequence[Moment]:
        """Moments of a range of frames."""


class CurveView(QWidget):
    """The last 30 s and, dotted, the next 8 s at the present speed. A click goes to that moment."""

    seek_s = pyqtSignal(float)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setMinimumHeight(150)
        self._store: MomentsInTime | None = None
        self._moment: Moment | None = None
        self._views: tuple[PlannedView, ...] = ()
        self._scale = curve_scale((), _HIGH_MM)
        self.setAccessibleName(words.CURVE_TITLE.format(self._scale.unit))
        self._now_s: float | None = None
        self._gap_word = ""
        self._gap_s = 0.0

    def show_moment(
        self,
        moment: Moment | None,
        store: MomentsInTime | None,
        views: tuple[PlannedView, ...] = (),
        *,
        now_s: float | None = None,
        gap: str = "",
        gap_s: float = 0.0,
    ) -> None:
        """Take over the present moment and where the earlier ones lie.

        Parameters
        ----------
        moment : Moment or None
        store : MomentsInTime or None
        views : tuple of PlannedView
            The plan's.
        now_s : float, optional
            The present time, where it runs on without new moments; by default the moment's.
        gap : str
            Why nothing is measured now; empty while it is.
        gap_s : float
            For how long; moments without figures may go on coming meanwhile.
        """
        self._moment, self._store = moment, store
        if views is not self._views:
            self._views, self._scale = views, curve_scale(views, _HIGH_MM)
            self.setAccessibleName(words.CURVE_TITLE.format(self._scale.unit))
        self._now_s, self._gap_word, self._gap_s = now_s, gap, gap_s
        self.update()

    def _area(self) -> QRectF:
        # In the small layout the speed takes a line of its own under the title.
        top = 44 if self.width() >= _WIDE_PX else 62
        return QRectF(52, top, self.width() - 72, self.height() - top - 28)

    def _x(self, area: QRectF, t_s: float, now_s: float) -> float:
        return area.left() + (t_s - now_s + _BEFORE_S) / (_BEFORE_S + _AHEAD_S) * area.width()

    def _y(self, area: QRectF, value: float) -> float:
        return self._scale.y(area.top(), area.bottom(), value)

    def paintEvent(self, a0: QPaintEvent | None) -> None:
        """Draw axes, band, curve, gaps and outlook."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(theme.HAIRLINE, 1))
        painter.setBrush(theme.CARD)
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), 10, 10)
        area = self._area()
        painter.setPen(theme.TEXT_1)
        painter.setFont(theme.font(18, 650))
        title = words.CURVE_TITLE.format(self._scale.unit)
        painter.drawText(QRectF(18, 8, area.width(), 28), Qt.AlignmentFlag.AlignVCenter, title)
        draw_wall(painter, area, self._scale, screen_inks())
        for view in [view for view in self._views if view.is_lateral][:1]:
            band = QRectF(area.left(), self._y(area, view.posterior_band_mm * self._scale.per_mm), area.width(), 0)
            band.setBottom(self._y(area, 0.0))
            painter.fillRect(band, QColor(255, 212, 0, 36))
        painter.setFont(theme.font(16, 500))
        labelled = self._scale.ticks_with_room(area.height())
        for tick in self._scale.ticks:
            y = self._y(area, tick)
            painter.setPen(QPen(theme.HAIRLINE, 1))
            painter.drawLine(QPointF(area.left(), y), QPointF(area.right(), y))
            painter.setPen(theme.TEXT_3)
            if tick in labelled:
                painter.drawText(QRectF(8, y - 11, 36, 22), Qt.AlignmentFlag.AlignRight, str(tick))
        pen = QPen(theme.LIMIT, 2.5)
        pen.setDashPattern([5, 3])
        painter.setPen(pen)
        painter.drawLine(QPointF(area.left(), self._y(area, 0)), QPointF(area.right(), self._y(area, 0)))
        if self._moment is None or self._store is None:
            return
        now_s = self._moment.t_s if self._now_s is None else max(self._now_s, self._moment.t_s)
        for ago in (-30, -20, -10, 0):
            x = self._x(area, now_s + ago, now_s)
            painter.setPen(theme.TEXT_3)
            text = tr("now") if ago == 0 else tr("{ago} s", ago=ago).replace("-", "−")
            painter.drawText(QRectF(x - 40, area.bottom() + 4, 80, 22), Qt.AlignmentFlag.AlignHCenter, text)
        self._curve(painter, area, now_s)
        self._forecast(painter, area, now_s)

    def _curve(self, painter: QPainter, area: QRectF, now_s: float) -> None:
        assert self._moment is not None
        assert self._store is not None
        first = self._store.index_at(now_s - _BEFORE_S)
        earlier: QPointF | None = None
        off_from: float | None = None
        drawn: list[tuple[float, float]] = []
        for moment in self._store.between(first, self._moment.frame_index):
            x = self._x(area, moment.t_s, now_s)
            if x < area.left():
                continue
            state = moment.liveness.state
            if state is FrameState.REPEAT:
                continue
            value = line_value(moment, self._scale, self._views)
            if state is not FrameState.LIVE:
                off_from = x if off_from is None else off_from
                earlier = None
                continue
            if off_from is not None:
                self._gap(painter, area, off_from, x)
                off_from = None
            drawn.append((x, value))
            if math.isnan(value):
                earlier = None
                continue
            here = QPointF(x, self._y(area, value))
            if earlier is not None:
                self._piece(painter, area, earlier, here, behind=self._scale.is_behind_wall(value))
            earlier = here
        if drawn:
            xs, values = np.array(drawn).T
            below = stretches_below(xs, values.astype(np.float32), self._scale)
            draw_below(painter, area, self._scale, below, screen_inks())
        if self._gap_word:
            since_s = min(self._moment.t_s, now_s - self._gap_s)
            last = self._x(area, since_s, now_s) if off_from is None else off_from
            self._gap(painter, area, max(last, area.left()), area.right(), self._gap_word)
            return
        if off_from is not None:
            self._gap(painter, area, off_from, self._x(area, now_s, now_s))
        if earlier is not None and earlier.y() <= area.bottom():
            wall = self._scale.wall
            behind = wall is not None and earlier.y() >= self._y(area, wall)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(theme.HIGH_FIGURE if behind else theme.TEXT_1)
            painter.drawEllipse(earlier, 6, 6)

    def _piece(self, painter: QPainter, area: QRectF, earlier: QPointF, here: QPointF, *, behind: bool) -> None:
        """From one picture to the next; what lies below the axis is cut off there, and told by an arrow."""
        colour = theme.HELD if self._gap_word else theme.HIGH_FIGURE if behind else theme.TEXT_1
        painter.setPen(QPen(colour, 3.9 if behind else 2.5))
        painter.save()
        painter.setClipRect(area.adjusted(-1, -1, 1, 1))
        painter.drawLine(earlier, here)
        painter.restore()

    def _gap(self, painter: QPainter, area: QRectF, first: float, last: float, word: str = words.XRAY_OFF) -> None:
        rect = QRectF(first, area.top(), max(last - first, 1.0), area.height())
        painter.fillRect(rect, QBrush(theme.TEXT_3, Qt.BrushStyle.BDiagPattern))
        if rect.width() > 90:
            painter.setPen(theme.TEXT_1)
            painter.drawText(rect, Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignTop, word)

    def _forecast(self, painter: QPainter, area: QRectF, now_s: float) -> None:
        assert self._moment is not None
        if self._gap_word:
            lasted = tr(" for {gap_s:.0f} s", gap_s=self._gap_s) if self._gap_s >= 1 else ""
            self._speed(painter, tr("not measured{lasted}", lasted=lasted), theme.TEXT_3)
            return
        if self._moment.liveness.state not in (FrameState.LIVE, FrameState.REPEAT):
            return
        approach = self._moment.approach
        value = line_value(self._moment, self._scale, self._views)
        if isinstance(approach.approach_mm_per_s, Unknown) or math.isnan(value):
            return
        speed, view = approach.approach_mm_per_s, view_of(self._moment, self._views)
        text = translate(lengths.about_speed(speed, view)) if speed >= _LEAST_SPEED else words.STANDS
        if not isinstance(approach.time_to_line_s, Unknown):
            text += words.TIME_TO_LINE.format(approach.time_to_line_s)
            pen = QPen(theme.TEXT_1, 2.5)
            pen.setStyle(Qt.PenStyle.DotLine)
            ahead = value - _AHEAD_S * speed * self._scale.per_mm
            painter.save()
            painter.setClipRect(area.adjusted(-1, -1, 1, 1))
            painter.setPen(pen)
            painter.drawLine(
                QPointF(self._x(area, now_s, now_s), self._y(area, value)),
                QPointF(self._x(area, now_s + _AHEAD_S, now_s), self._y(area, ahead)),
            )
            painter.restore()
        self._speed(painter, text, theme.TEXT_1)

    def _speed(self, painter: QPainter, text: str, colour: QColor) -> None:
        painter.setPen(colour)
        painter.setFont(theme.font(17, 650))
        painter.drawText(
            QRectF(18, 8 if self.width() >= _WIDE_PX else 32, self.width() - 36, 28),
            Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight,
            text,
        )

    def mousePressEvent(self, a0: QMouseEvent | None) -> None:
        """Go to the moment under the pointer."""
        if a0 is None or self._moment is None:
            return
        area = self._area()
        share = (a0.position().x() - area.left()) / area.width()
        self.seek_s.emit(self._moment.t_s - _BEFORE_S + share * (_BEFORE_S + _AHEAD_S))
