"""The live picture with all that is known drawn on it; never covered, never waits, never taken for live when held."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

import numpy as np
from numpy.typing import NDArray
from PyQt6.QtCore import QPointF, QRectF, Qt
from PyQt6.QtGui import QColor, QPainter, QPainterPath, QPaintEvent, QPen, QPolygonF
from PyQt6.QtWidgets import QWidget

from assistant.geometry import apply
from assistant.language import tr, translate
from assistant.live.messages import LiveMoment, LiveState, StampedFrame
from assistant.live.status import LiveStatus
from assistant.plan import PlannedView
from assistant.readings.moments import Moment
from assistant.shape_words import shape_words
from assistant.vocabulary import FrameState, LeakSite, Motion, Unknown
from ui import theme, words
from ui.theatre.looks import LinesLook, age_words, look_of, state_words
from ui.theatre.treatment import draw_treatment
from ui.widgets import icons, overlay
from ui.widgets.field_plates import draw_fields
from ui.widgets.turned_picture import TurnedPicture
from ui.widgets.view_transform import ViewTransform, fitted

_MAP_PX: Final = 176
_MAP_MARGIN: Final = 14
_MAP_CLEAR_PX: Final = 60
_MAP_FROM_PX: Final = 520
"""In a narrower picture the map would lie on the plate with the image's age."""
_MARGINS: Final = np.array([0.9, 0.75])
"""Around the body in level view, in its own widths and heights: half of each neighbour is seen."""
_DRIFT: Final = 0.15
_DISC: Final = (LeakSite.SUPERIOR_DISC, LeakSite.INFERIOR_DISC)


class LivePicture(TurnedPicture):
    """Shows the newest frame of a session, treated after its state."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.factor = 1.0
        self.small = False
        self.proposal: tuple[LiveMoment | None, PlannedView] | None = None
        """Lines that are shown to be confirmed again; dotted, not measured with."""
        self._status: LiveStatus | None = None
        self._last_motion: LiveMoment | None = None
        self.painted_index = -1
        """Number of the frame that was painted last, for tests of the delay."""

    def show_live(self, frame: StampedFrame | None, status: LiveStatus | None, views: tuple[PlannedView, ...]) -> None:
        """Take over the newest frame and all that is known."""
        changed = status is not None and (self._status is None or status.state is not self._status.state)
        self._status, self._views = status, views
        if status is not None and status.moment is not None:
            self._moment = status.moment
            if isinstance(status.moment.motion, Motion):
                self._last_motion = status.moment
        elif status is None or status.moment is None:
            self._moment = None
        if frame is not None:
            self.take(frame)
        if changed and status is not None:
            self.setAccessibleName(state_words(status))
        self._follow_level()
        self.update()

    def forget(self) -> None:
        """Another source comes."""
        super().forget()
        self._status, self._last_motion, self.proposal = None, None, None

    def show_still(self, frame: StampedFrame) -> None:
        """Show a frame that does not change; nothing that is known of the live one belongs to it."""
        self.show_live(None, None, ())
        super().show_still(frame)

    def _follow_level(self) -> None:
        """Level view moves only when the vertebra has left its place: a picture that trembles cannot be read."""
        if self._fit != "level":
            return
        box = self._body_box()
        if box is None:
            if self._level_box is not None and self._is_otherwise:
                self._level_box = self._transform = None  # nobody knows where the body lies: the whole field
            return
        if self._level_box is not None:
            size = self._level_box[1] - self._level_box[0]
            if (np.abs(box - np.stack(self._level_box)) < _DRIFT * size).all():
                return
        self._level_box = (box[0], box[1])
        self._transform = None

    def _body_box(self) -> NDArray[np.float64] | None:
        """Corners of the body in source px of the shown turn."""
        planned = self._planned()
        if planned is None:
            return None
        to_frame = self._to_frame(self._live_moment, planned)
        if to_frame is None:
            return None
        body = apply(to_frame, planned.body_px)
        if self.turn is not None:
            body = self.turn.forward(body)
        return np.stack([body.min(axis=0), body.max(axis=0)])

    @property
    def _live_moment(self) -> LiveMoment | None:
        return self._status.moment if self._status is not None else None

    @property
    def _is_otherwise(self) -> bool:
        """The console shows it in a way that nobody has taken over."""
        moment = self._live_moment
        return moment is not None and moment.offered is not None and not isinstance(moment.motion, Motion)

    def _to_frame(self, moment: LiveMoment | None, planned: PlannedView) -> NDArray[np.float64] | None:
        """Where points of the plan lie in the picture of a moment; None while nobody knows how the console shows it.

        Where the vertebra is not found: where it was last, if the console has not changed since, else as the console
        shows what stands where it was planned.
        """
        if moment is not None and isinstance(moment.motion, Motion):
            return moment.motion.similarity.current_from_reference()
        if moment is not None and moment.offered is not None:
            return None
        last, shown = self._last_motion, moment.shown if moment is not None else None
        same = last is not None and (shown is None or last.shown is None or shown.is_like(last.shown))
        motion = last.motion if last is not None and same else None
        if isinstance(motion, Motion) and self._views[motion.view_index : motion.view_index + 1] == (planned,):
            return motion.similarity.current_from_reference()
        if shown is not None and self._image is not None:
            return shown.current_from_planned(self._image.width(), self._image.height())
        return np.eye(2, 3)

    def _fitted(self) -> ViewTransform:
        if self._image is None:
            return ViewTransform(scale=1.0, left=0.0, top=0.0)
        if self._fit == "level":
            if self._level_box is None:
                box = self._body_box()
                self._level_box = None if box is None else (box[0], box[1])
            if self._level_box is not None:
                low, high = self._level_box
                grow = np.maximum(high - low, 1.0) * _MARGINS
                low, high = low - grow, high + grow
                view = fitted(self.width(), self.height(), low[0], low[1], high[0] - low[0], high[1] - low[1])
                return replace(view, turn=self.turn)
        whole = fitted(self.width(), self.height(), 0, 0, self._image.width(), self._image.height())
        return replace(whole, turn=self.turn)

    # Painting ---------------------------------------------------------------------------------------------------

    def paintEvent(self, a0: QPaintEvent | None) -> None:
        """Draw picture, treatment, lines, plates."""
        painter = QPainter(self)
        painter.fillRect(self.rect(), Qt.GlobalColor.black)
        status, area = self._status, QRectF(self.rect())
        if self._image is None or (status is not None and look_of(status).black):
            if status is not None:
                draw_treatment(painter, area, status, small=self.small, factor=self.factor)
            return
        view = self.transform()
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        painter.drawImage(view.rect(self._image.width(), self._image.height()), self._image)
        self.painted_index = self._frame_index
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if status is not None:
            draw_treatment(painter, area, status, small=self.small, factor=self.factor)
            if not self.raw:
                self._paint_known(painter, view, status)
            if self.points is None and status.moment is not None:
                draw_fields(painter, view, status.moment.fields)
            _paint_age(painter, status)
        if self.points is not None:
            self.points.draw(painter, view)
        if self.banner:
            self.paint_banner(painter)

    def _paint_known(self, painter: QPainter, view: ViewTransform, status: LiveStatus) -> None:
        look, moment, planned = look_of(status).lines, self._moment, self._planned()
        if planned is not None and moment is not None and look is LinesLook.COLOURED and status.drawable:
            overlay.draw_overlay(painter, view, planned, moment)
            self._leaks(painter, view, moment)
        elif planned is not None and moment is not None and look is LinesLook.GREY:
            held = replace(moment, liveness=replace(moment.liveness, state=FrameState.FROZEN))
            overlay.draw_overlay(painter, view, planned, held)
        elif self.proposal is not None:
            self._draw_proposal(painter, view)
        if status.state is LiveState.NOT_FLUOROSCOPY:
            return  # nothing in another input's picture is anterior
        is_drawn = look is LinesLook.COLOURED and status.drawable
        looked_at = status.state is not LiveState.ANALYSIS_LATE
        if planned is not None and moment is not None and looked_at and not is_drawn:
            overlay.draw_planned_sides(painter, view, planned, moment.motion, middle=look_of(status).hatched)
        self._map(painter, view, planned)

    def _draw_proposal(self, painter: QPainter, view: ViewTransform) -> None:
        assert self.proposal is not None
        moment, planned = self.proposal
        matrix = self._to_frame(moment, planned)
        if matrix is None:
            return
        for line in (planned.superior, planned.inferior, planned.last_wall, planned.first_wall, planned.warning_line):
            if line is None:
                continue
            on_screen = view.to_screen(apply(matrix, line))
            path = QPolygonF([QPointF(x, y) for x, y in on_screen])
            painter.setPen(QPen(theme.CASING, 5.6))
            painter.drawPolyline(path)
            pen = QPen(theme.LIMIT if line is planned.warning_line else theme.BONE, 2.4)
            pen.setDashPattern([3 / 2.4, 8 / 2.4])
            painter.setPen(pen)
            painter.drawPolyline(path)

    def _leaks(self, painter: QPainter, view: ViewTransform, moment: Moment) -> None:
        """A leak into the disc is named on the picture: its shape, where it was told."""
        if not isinstance(moment.motion, Motion):
            return
        matrix = moment.motion.similarity.current_from_reference()
        for leak in moment.leaks:
            if leak.site not in _DISC or leak.shape is None or not len(leak.outline_px):
                continue
            points = view.to_screen(apply(matrix, np.asarray(leak.outline_px, dtype=np.float64)))
            top = leak.site is LeakSite.SUPERIOR_DISC
            tip = points[int(points[:, 1].argmin() if top else points[:, 1].argmax())]
            text = leak_words(leak.shape.label, leak.shape.p_spike)
            painter.setFont(theme.font(22, 600))
            wide = painter.fontMetrics().horizontalAdvance(text) + 36
            x = min(max(tip[0] - wide - 80, 14.0), self.width() - wide - 14.0)
            y = min(max(tip[1] - 70 if top else tip[1] + 40, 70.0), self.height() - 110.0)
            rect = QRectF(x, y, wide, 36)
            for pen in (QPen(theme.CASING, 6), QPen(theme.MEDIUM[0], 2.5)):
                painter.setPen(pen)
                painter.drawLine(QPointF(rect.right() - 4, rect.center().y()), QPointF(tip[0], tip[1]))
            painter.setPen(QPen(theme.MEDIUM[0], 2))
            painter.setBrush(QColor(14, 18, 23, 235))
            painter.drawRoundedRect(rect, 6, 6)
            painter.drawText(rect, Qt.AlignmentFlag.AlignCenter, text)
            painter.setBrush(Qt.BrushStyle.NoBrush)

    def _map(self, painter: QPainter, view: ViewTransform, planned: PlannedView | None) -> None:
        """The whole field, small, with the part that is shown."""
        dimmed = self._status is not None and look_of(self._status).dimmed
        narrow = self.width() < _MAP_FROM_PX * self.factor
        if self._image is None or self._fit == "field" or dimmed or narrow:
            return
        size = _MAP_PX * self.factor
        circle = QRectF(self.width() - size - _MAP_MARGIN, _MAP_MARGIN, size, size)
        box = self._body_box()
        if planned is not None and box is not None:
            low = QPointF(box[0][0] * view.scale + view.left, box[0][1] * view.scale + view.top)
            high = QPointF(box[1][0] * view.scale + view.left, box[1][1] * view.scale + view.top)
            body = QRectF(low, high).adjusted(-_MAP_CLEAR_PX, -_MAP_CLEAR_PX, _MAP_CLEAR_PX, _MAP_CLEAR_PX)
            if body.intersects(circle):
                return
        painter.save()
        path = QPainterPath()
        path.addEllipse(circle)
        painter.setClipPath(path)
        painter.fillRect(circle, Qt.GlobalColor.black)
        shrink = size / max(self._image.width(), self._image.height())
        wide, high_ = self._image.width() * shrink, self._image.height() * shrink
        place = QRectF(circle.center().x() - wide / 2, circle.center().y() - high_ / 2, wide, high_)
        painter.drawImage(place, self._image)
        seen = QRectF(
            place.left() - view.left / view.scale * shrink,
            place.top() - view.top / view.scale * shrink,
            self.width() / view.scale * shrink,
            self.height() / view.scale * shrink,
        )
        painter.setPen(QPen(theme.CASING, 4))
        painter.drawRect(seen)
        painter.setPen(QPen(theme.TEXT_1, 1.6))
        painter.drawRect(seen)
        painter.restore()
        painter.setPen(QPen(theme.TEXT_1, 1.6))
        painter.drawEllipse(circle)


def leak_words(label: str, p_spike: float | Unknown) -> str:
    """A leak into the disc in four words."""
    return tr("in disc · {label}", label=translate(shape_words(label, p_spike)))


def _paint_age(painter: QPainter, status: LiveStatus) -> None:
    edge = 36.0 if look_of(status).hatched else 18.0
    painter.setFont(theme.font(20, 700))
    age = age_words(status)
    label = words.IMAGE_AGE
    painter.setFont(theme.font(20, 500))
    label_wide = painter.fontMetrics().horizontalAdvance(label)
    painter.setFont(theme.font(20, 700))
    wide = 44 + label_wide + 10 + max(painter.fontMetrics().horizontalAdvance(age), 70) + 14
    rect = QRectF(edge, edge, wide, 38)
    painter.setPen(QPen(theme.HAIRLINE, 1))
    painter.setBrush(QColor(14, 18, 23, 235))
    painter.drawRoundedRect(rect, 6, 6)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    icons.draw(painter, "clock", QRectF(rect.left() + 10, rect.top() + 8, 22, 22), theme.TEXT_1)
    painter.setPen(theme.TEXT_1)
    painter.drawText(rect.adjusted(54 + label_wide, 0, 0, 0), Qt.AlignmentFlag.AlignVCenter, age)
    painter.setFont(theme.font(20, 500))
    painter.drawText(rect.adjusted(44, 0, 0, 0), Qt.AlignmentFlag.AlignVCenter, label)
