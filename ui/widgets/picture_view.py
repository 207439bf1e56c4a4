"""The picture: largest thing on the screen, never covered by a dialog, fitted, zoomed and panned."""

from __future__ import annotations

import numpy as np
from PyQt6.QtCore import QPointF, QRectF, Qt, pyqtSignal
from PyQt6.QtGui import QImage, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen, QResizeEvent, QWheelEvent
from PyQt6.QtWidgets import QWidget

from assistant.language import tr, translate
from assistant.plan import PlannedView
from assistant.readings.moments import Moment
from assistant.vocabulary import Frame, Motion, Unknown
from ui import theme, words
from ui.keys.key_map import with_keys
from ui.widgets import overlay
from ui.widgets.grey_image import image_of_frame
from ui.widgets.plan_points import MarksOnPicture
from ui.widgets.view_transform import ViewTransform, fitted, panned, zoomed


class PictureView(QWidget):
    """Shows one frame with its overlay; in point mode it places and moves the plan's points."""

    clicked = pyqtSignal(float, float)
    dropped = pyqtSignal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setMinimumSize(320, 240)
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
        self.setAccessibleName(tr("X-ray picture"))
        self._image: QImage | None = None
        self._frame_index = -1
        self._moment: Moment | None = None
        self._views: tuple[PlannedView, ...] = ()
        self._transform: ViewTransform | None = None
        self._fit = "field"
        self._drag_from: QPointF | None = None
        self._pointer = QPointF()
        self.raw = False
        self.layers = overlay.LAYERS
        self.fetching = False
        """The wanted picture is not here yet: the one on the screen belongs to another moment."""
        self.points: MarksOnPicture | None = None
        self.figure_box = QRectF()
        """Where the figure of the distance stands; a plate that covers it could hide an alarm."""
        self.watermark = -1.0
        """Share of the way across the picture at which the mode's word stands; below 0 there is none."""

    @property
    def frame_index(self) -> int:
        """The frame that is on the screen; -1 for none."""
        return self._frame_index

    def forget(self) -> None:
        """Another run comes: nothing of this one may stay on the screen."""
        self._image, self._frame_index, self._moment, self._views = None, -1, None, ()
        self._transform = None
        self.update()

    def pan(self, dx: float, dy: float) -> None:
        """Move the picture by keys, in screen px."""
        self._fit = "free"
        self._transform = panned(self.transform(), dx, dy)
        self.update()

    def show_frame(self, frame: Frame) -> None:
        """Take a picture over (copied: the source may write into its own again)."""
        if frame.index == self._frame_index and self._image is not None:
            return
        image = image_of_frame(frame)
        resized = self._image is None or self._image.size() != image.size()
        self._image = image
        self._frame_index = frame.index
        if resized:
            self._transform = None
        self.update()

    def show_moment(self, moment: Moment | None, views: tuple[PlannedView, ...]) -> None:
        """Take over what is known of the picture."""
        self._moment = moment
        self._views = views
        if self._fit == "level" and self._drag_from is None:
            self._transform = None
        self.update()

    def toggle_level_view(self) -> None:
        """Level view (the treated vertebra and half of each neighbour) or the whole field."""
        self._fit = "field" if self._fit == "level" else "level"
        self._transform = None
        self.update()

    def zoom(self, factor: float) -> None:
        """Zoom about the middle."""
        self._fit = "free"
        self._transform = zoomed(self.transform(), factor, QPointF(self.width() / 2, self.height() / 2))
        self.update()

    def transform(self) -> ViewTransform:
        """The present zoom and place."""
        if self._transform is None:
            self._transform = self._fitted()
        return self._transform

    def _fitted(self) -> ViewTransform:
        if self._image is None:
            return ViewTransform(scale=1.0, left=0.0, top=0.0)
        planned, moment = self._planned(), self._moment
        if self._fit == "level" and planned is not None and moment is not None and isinstance(moment.motion, Motion):
            to_frame = moment.motion.similarity.current_from_reference()
            body = planned.body_px @ to_frame[:, :2].T + to_frame[:, 2]
            low, high = body.min(axis=0), body.max(axis=0)
            size = np.maximum(high - low, 1)
            low, high = low - size * [0.9, 0.75], high + size * [0.9, 0.75]
            return fitted(self.width(), self.height(), low[0], low[1], high[0] - low[0], high[1] - low[1])
        return fitted(self.width(), self.height(), 0, 0, self._image.width(), self._image.height())

    def _planned(self) -> PlannedView | None:
        if not self._views:
            return None
        if self._moment is not None and isinstance(self._moment.motion, Motion):
            return self._views[self._moment.motion.view_index]
        return self._views[0]

    def paintEvent(self, a0: QPaintEvent | None) -> None:
        """Draw picture, treatment, overlay, points and plates."""
        painter = QPainter(self)
        painter.fillRect(self.rect(), Qt.GlobalColor.black)
        if self._image is None:
            painter.setPen(theme.TEXT_2)
            painter.setFont(theme.font(27, 600))
            painter.drawText(
                self.rect(), Qt.AlignmentFlag.AlignCenter, with_keys(f"{words.NO_RUN}\n{words.NO_RUN_ACTION}")
            )
            return
        view = self.transform()
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        target = view.rect(self._image.width(), self._image.height())
        painter.drawImage(target, self._image)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        planned, moment = self._planned(), self._moment
        self.figure_box = QRectF()
        whole = QRectF(self.rect())
        if moment is not None and not self.raw:
            overlay.draw_treatment(painter, whole, moment)
            if planned is not None:
                self.figure_box = overlay.draw_overlay(painter, view, planned, moment, self.layers)
            if isinstance(moment.motion, Unknown) and moment.motion.reason:
                self._note(painter, translate(moment.motion.reason))
        if self.fetching:
            self._note(painter, words.FETCHING)
        if self.points is not None:
            self.points.draw(painter, view)
            self._loupe(painter, view)
        if self.watermark >= 0:
            self._draw_watermark(painter)
        if moment is not None:
            self._age(painter, moment)

    def _note(self, painter: QPainter, text: str) -> None:
        painter.setFont(theme.font(20, 600))
        width = painter.fontMetrics().horizontalAdvance(text) + 28
        rect = QRectF((self.width() - width) / 2, self.height() - 60, width, 40)
        painter.setPen(QPen(theme.MEDIUM[0], 1))
        painter.setBrush(theme.BARS)
        painter.drawRoundedRect(rect, 6, 6)
        painter.drawText(rect, Qt.AlignmentFlag.AlignCenter, text)
        painter.setBrush(Qt.BrushStyle.NoBrush)

    def _age(self, painter: QPainter, moment: Moment) -> None:
        age = moment.liveness.xray_age_s
        age_text = (
            "—"
            if isinstance(age, Unknown)
            else (tr("{age:.0f} ms", age=1000 * age) if age < 1.0 else tr("{age} s", age=int(age)))
        )
        text = f"{words.IMAGE_AGE}  {age_text}"
        painter.setFont(theme.font(20, 600))
        width = painter.fontMetrics().horizontalAdvance(text) + 28
        rect = QRectF(14, 14, width, 40)
        painter.setPen(QPen(theme.CONTROL_EDGE, 1))
        painter.setBrush(theme.BARS)
        painter.drawRoundedRect(rect, 6, 6)
        painter.setPen(theme.TEXT_1)
        painter.drawText(rect, Qt.AlignmentFlag.AlignCenter, text)
        painter.setBrush(Qt.BrushStyle.NoBrush)

    def _draw_watermark(self, painter: QPainter) -> None:
        painter.save()
        painter.setOpacity(0.30)
        painter.setPen(theme.REPLAY)
        painter.setFont(theme.font(max(40, self.height() // 8), 800, spacing_percent=6))
        width = painter.fontMetrics().horizontalAdvance(words.REPLAY)
        x = self.watermark * (self.width() + width) - width
        painter.drawText(QPointF(x, self.height() * 0.9), words.REPLAY)
        painter.restore()

    def _loupe(self, painter: QPainter, view: ViewTransform) -> None:
        if self._image is None or not self.underMouse():
            return
        x, y = view.to_source(self._pointer)
        size, zoom = 180.0, 4.0 * max(view.scale, 1.0)
        source = QRectF(x + 0.5 - size / zoom / 2, y + 0.5 - size / zoom / 2, size / zoom, size / zoom)
        left = 20.0 if self._pointer.x() > self.width() / 2 else self.width() - size - 20
        target = QRectF(left, self.height() - size - 20, size, size)
        painter.fillRect(target, Qt.GlobalColor.black)
        painter.drawImage(target, self._image, source)
        painter.setPen(QPen(theme.TEXT_1, 1))
        painter.drawRect(target)
        painter.drawLine(QPointF(target.center().x(), target.top()), QPointF(target.center().x(), target.bottom()))
        painter.drawLine(QPointF(target.left(), target.center().y()), QPointF(target.right(), target.center().y()))

    def resizeEvent(self, a0: QResizeEvent | None) -> None:
        """Fit anew unless the person has zoomed."""
        if self._fit != "free":
            self._transform = None

    def wheelEvent(self, a0: QWheelEvent | None) -> None:
        """Zoom about the pointer."""
        if a0 is None or self._image is None:
            return
        self._fit = "free"
        self._transform = zoomed(self.transform(), 1.0015 ** a0.angleDelta().y(), a0.position())
        self.update()

    def mousePressEvent(self, a0: QMouseEvent | None) -> None:
        """Take a point, place a point, or begin to pan."""
        if a0 is None or self._image is None:
            return
        if self.points is not None and a0.button() == Qt.MouseButton.LeftButton:
            x, y = self.transform().to_source(a0.position())
            self.points.press(x, y, 14 / self.transform().scale)
            self.clicked.emit(x, y)
            self.update()
            return
        self._drag_from = a0.position()

    def mouseMoveEvent(self, a0: QMouseEvent | None) -> None:
        """Move a point or the picture; the loupe follows."""
        if a0 is None:
            return
        self._pointer = a0.position()
        if self.points is not None:
            if a0.buttons() & Qt.MouseButton.LeftButton:
                self.points.drag(*self.transform().to_source(a0.position()))
                self.clicked.emit(*self.transform().to_source(a0.position()))
            self.update()
        elif self._drag_from is not None:
            moved = a0.position() - self._drag_from
            self._drag_from = a0.position()
            self._fit = "free"
            self._transform = panned(self.transform(), moved.x(), moved.y())
            self.update()

    def mouseReleaseEvent(self, a0: QMouseEvent | None) -> None:
        """End a move."""
        self._drag_from = None
        if self.points is not None:
            self.points.release()

    def keyPressEvent(self, a0: QKeyEvent | None) -> None:
        """Keys belong to the window."""
        if a0 is not None:
            a0.ignore()
