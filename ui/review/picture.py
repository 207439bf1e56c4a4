"""The picture of the review page: time and frame on it, measuring, the difference to before."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PyQt6.QtCore import QPointF, QRectF, Qt, pyqtSignal
from PyQt6.QtGui import QColor, QImage, QMouseEvent, QPainter, QPaintEvent, QPen

from assistant.language import tr
from assistant.readings.moments import Moment
from assistant.vocabulary import Frame
from ui import theme, words
from ui.review import review_words
from ui.review.measure_board import MeasureBoard
from ui.widgets.grey_image import image_of_pixels
from ui.widgets.picture_view import PictureView
from ui.widgets.view_transform import ViewTransform

_REACH_PX = 14
_JOINED = {"distance": ((0, 1),), "angle": ((0, 1), (1, 2)), "cobb": ((0, 1), (2, 3))}
_SIX = ((0, 1), (1, 2), (3, 4), (4, 5), (0, 3), (1, 4), (2, 5))


class ReviewPicture(PictureView):
    """`PictureView` with plates, a measuring board and a difference picture."""

    measured = pyqtSignal()

    def __init__(self, board: MeasureBoard | None = None) -> None:
        super().__init__()
        self.board = board
        self.time_text = ""
        self.source_text = ""
        self.note_text = ""
        """A line at the lower edge: preview, difference, why there is none."""
        self._difference: tuple[int, QImage] | None = None

    def show_difference(self, frame: int, difference: NDArray[np.uint8] | None) -> None:
        """Show a difference picture in place of the frame it belongs to; None: the frame itself again."""
        if difference is None:
            self._difference = None
        else:
            image = image_of_pixels(np.ascontiguousarray(difference), QImage.Format.Format_Grayscale8)
            self._difference = (frame, image.convertToFormat(QImage.Format.Format_RGB32))
        self.update()

    def show_preview(self, frame: Frame) -> None:
        """Show a small picture of a frame whose exact one is still read."""
        self.show_frame(frame)
        self._frame_index = -1  # so that the exact one takes its place as soon as it comes

    def image_for(self) -> QImage | None:
        """The picture as it is drawn: the frame, or the difference that belongs to it."""
        if self._difference is not None and self._difference[0] == self.frame_index:
            return self._difference[1]
        return self._image

    def paintEvent(self, a0: QPaintEvent | None) -> None:
        """Draw the picture, then what is measured, then the plates."""
        kept = self._image
        shown = self.image_for()
        if shown is not kept:
            self._image = shown
        try:
            super().paintEvent(a0)
        finally:
            self._image = kept
        if self._image is None:
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if self.board is not None and not self.raw:
            self._draw_board(painter, self.board)
        self._plates(painter)

    def _age(self, painter: QPainter, moment: Moment) -> None:
        """A replay shows the time in the run; the age of the picture stands on the held plate."""

    def _plates(self, painter: QPainter) -> None:
        # Beside another picture there is no room for two plates in a row.
        small = self.width() < 560
        painter.setFont(theme.font(17 if small else 20, 600))
        height = 34 if small else 40
        for text, place in ((self.time_text, "left"), (self.source_text, "right"), (self.note_text, "bottom")):
            if not text:
                continue
            width = painter.fontMetrics().horizontalAdvance(text) + 28
            x = {"left": 12.0, "right": self.width() - width - 12.0, "bottom": (self.width() - width) / 2}[place]
            y = self.height() - 62.0 - height if place == "bottom" else 12.0
            if small and place == "right":
                x, y = 12.0, 16.0 + height
            rect = QRectF(x, y, width, height)
            if place == "bottom" and rect.intersects(self.figure_box):
                _beside(rect, self.figure_box)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(theme.BARS)
            painter.drawRoundedRect(rect, 6, 6)
            painter.setPen(theme.TEXT_1)
            painter.drawText(rect, Qt.AlignmentFlag.AlignCenter, text)
        painter.setBrush(Qt.BrushStyle.NoBrush)

    def _draw_board(self, painter: QPainter, board: MeasureBoard) -> None:
        view = self.transform()
        for tool, placed in board.points.items():
            strong, ink = tool == board.tool, theme.TEXT_3 if board.lies_elsewhere(tool) else theme.TEXT_1
            at = [QPointF(*view.to_screen(np.array([point]))[0]) for point in placed]
            for a, b in _JOINED.get(tool, _SIX):
                if max(a, b) < len(at):
                    for colour, weight in ((theme.CASING, 5.0), (ink, 2.2 if strong else 1.4)):
                        pen = QPen(colour, weight)
                        if colour is not theme.CASING:
                            pen.setDashPattern([6, 4])
                        painter.setPen(pen)
                        painter.drawLine(at[a], at[b])
            for k, point in enumerate(at):
                _cross(painter, point, str(k + 1) if strong else "", ink)
        if board.tool:
            left = review_words.TOOLS[board.tool][1] - len(board.points.get(board.tool, []))
            if left:
                self._loupe_here(painter, view)

    def _loupe_here(self, painter: QPainter, view: ViewTransform) -> None:
        self._loupe(painter, view)

    def mousePressEvent(self, a0: QMouseEvent | None) -> None:
        """A press belongs to the tool in use; without one the picture is moved."""
        board = self.board
        if a0 is None or board is None or not board.tool or self.points is not None or self._image is None:
            super().mousePressEvent(a0)
            return
        x, y = self.transform().to_source(a0.position())
        board.press(x, y, _REACH_PX / self.transform().scale)
        self.measured.emit()
        self.update()

    def mouseMoveEvent(self, a0: QMouseEvent | None) -> None:
        """The loupe follows while points are set."""
        super().mouseMoveEvent(a0)
        if self.board is not None and self.board.tool:
            self.update()


def _beside(rect: QRectF, figure: QRectF) -> None:
    """Move a plate in the middle of a picture to the side of the figure on which there is room, else above it."""
    width = 2 * rect.center().x()
    if figure.left() - rect.width() >= 20:
        rect.moveRight(figure.left() - 8)
    elif figure.right() + rect.width() <= width - 20:
        rect.moveLeft(figure.right() + 8)
    else:
        rect.moveBottom(figure.top() - 8)


def _cross(painter: QPainter, at: QPointF, text: str, ink: QColor) -> None:
    for colour, weight in ((theme.CASING, 5.0), (ink, 2.0)):
        painter.setPen(QPen(colour, weight))
        painter.drawLine(QPointF(at.x() - 8, at.y()), QPointF(at.x() + 8, at.y()))
        painter.drawLine(QPointF(at.x(), at.y() - 8), QPointF(at.x(), at.y() + 8))
    if text:
        painter.setFont(theme.font(16, 700))
        painter.drawText(QPointF(at.x() + 10, at.y() - 8), text)


def time_plate(t_s: float, frame: int) -> str:
    """Time and number of a frame, as they stand on the picture."""
    whole = int(t_s)
    clock = f"{whole // 3600:02d}:{words.clock(whole % 3600)}.{int(t_s * 100) % 100:02d}"
    return f"{clock} · {tr('frame {frame}', frame=frame)}"
