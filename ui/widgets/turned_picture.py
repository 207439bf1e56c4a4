"""A picture turned as the team wants it, in field or level view, with a plate that names it where it is a still one."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PyQt6.QtCore import QRectF, Qt
from PyQt6.QtGui import QColor, QImage, QPainter, QPen
from PyQt6.QtWidgets import QWidget

from assistant.imaging.turn import Turn
from assistant.live.messages import StampedFrame
from ui import theme
from ui.widgets import icons
from ui.widgets.picture_view import PictureView


class TurnedPicture(PictureView):
    """What the set-up needs of a picture: still or live, turned, brought near."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.turn: Turn | None = None
        self.banner = ""
        """Word and rest ("|" between) of a plate at the top left: the picture is a still one."""
        self._level_box: tuple[NDArray[np.float64], NDArray[np.float64]] | None = None

    def forget(self) -> None:
        """Another source comes."""
        super().forget()
        self._level_box = None

    def take(self, frame: Any) -> None:
        """Copy a frame, turned as the team wants it."""
        if self.turn is not None:
            rows, cols = frame.grey.shape
            if (self.turn.width_px, self.turn.height_px) != (cols, rows):
                self.turn = replace(self.turn, width_px=cols, height_px=rows)
            frame = replace(frame, grey=self.turn.picture(frame.grey))
        self.show_frame(frame)

    def image(self) -> QImage | None:
        """The picture as it is shown, for the magnifier."""
        return self._image

    def show_still(self, frame: StampedFrame) -> None:
        """Show a frame that does not change, whatever was shown."""
        self._frame_index = -1
        self.take(frame)

    def show_around(self, places: list[tuple[float, float]]) -> None:
        """Bring source points into the middle, with about as much again around them."""
        if len(places) < 2:
            self.show_level(wanted=False)
            return
        points = np.array(places, dtype=np.float64)
        if self.turn is not None:
            points = self.turn.forward(points)
        self._fit, self._level_box = "level", (points.min(axis=0), points.max(axis=0))
        self._transform = None
        self.update()

    def set_turn(self, turn: Turn | None) -> None:
        """Turn the picture from the next frame on."""
        self.turn = turn
        self._frame_index, self._transform, self._level_box = -1, None, None
        self.update()

    @property
    def is_level(self) -> bool:
        """Level view, not field view."""
        return self._fit == "level"

    def show_level(self, *, wanted: bool) -> None:
        """Level view or field view."""
        self._fit = "level" if wanted else "field"
        self._transform = self._level_box = None
        self.update()

    def toggle_level_view(self) -> None:
        """The other one of level and field view."""
        self.show_level(wanted=self._fit != "level")

    def paint_banner(self, painter: QPainter) -> None:
        """Draw the plate."""
        word, _, rest = self.banner.partition("|")
        painter.setFont(theme.font(20, 700))
        wide = painter.fontMetrics().horizontalAdvance(word)
        painter.setFont(theme.font(20, 500))
        rest_wide = painter.fontMetrics().horizontalAdvance(rest)
        rect = QRectF(18, 18, wide + rest_wide + 70, 40)
        painter.setPen(QPen(theme.HAIRLINE, 1))
        painter.setBrush(QColor(14, 18, 23, 240))
        painter.drawRoundedRect(rect, 6, 6)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        icons.draw(painter, "held", QRectF(rect.left() + 12, rect.top() + 10, 20, 20), theme.TEXT_1)
        painter.setPen(theme.TEXT_1)
        painter.drawText(rect.adjusted(52 + wide, 0, 0, 0), Qt.AlignmentFlag.AlignVCenter, rest)
        painter.setFont(theme.font(20, 700))
        painter.drawText(rect.adjusted(42, 0, 0, 0), Qt.AlignmentFlag.AlignVCenter, word)
