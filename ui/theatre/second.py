"""The second picture beside the live one: a few seconds ago, before the injection, or what was added since.

It never looks live: hatched edge and its name stand on it. (A second input, which is live, is a `SecondView`.)
"""

from __future__ import annotations

from collections import deque
from enum import Enum
from typing import Final

import numpy as np
from PyQt6.QtCore import QRectF, Qt
from PyQt6.QtGui import QImage, QPainter, QPaintEvent, QPen
from PyQt6.QtWidgets import QWidget

from assistant.imaging.subtraction import subtracted
from assistant.imaging.turn import Turn
from assistant.language import tr, translate
from assistant.live.messages import StampedFrame
from assistant.readings.moments import Moment
from assistant.vocabulary import Frame, Grey, Motion
from ui import theme
from ui.theatre.treatment import hatched_edge
from ui.widgets.grey_image import image_of_pixels
from ui.widgets.view_transform import ViewTransform, fitted

DELAY_S: Final = 5.0
_KEEP_EVERY_S: Final = 0.25
_MOST_KEPT: Final = 48


class Second(Enum):
    """What the second picture shows; the value is its name on the screen."""

    NONE = ""  # sentences
    INPUT = "SECOND INPUT"  # sentences
    DELAYED = "5 s AGO"  # sentences
    BEFORE = "BEFORE INJECTION"  # sentences
    ADDED = "ADDED SINCE THEN"  # sentences


class SecondPicture(QWidget):
    """Keeps a few pictures of the last seconds and shows the one that is wanted."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.shows = Second.NONE
        self.turn: Turn | None = None
        self.why = ""
        self._kept: deque[StampedFrame] = deque(maxlen=_MOST_KEPT)
        self._references: tuple[Frame, ...] = ()
        self._image: QImage | None = None
        self._view: ViewTransform | None = None

    def next(self, *, with_input: bool = False) -> Second:
        """The next kind of second picture; that of a second input only where one is open."""
        kinds = [kind for kind in Second if with_input or kind is not Second.INPUT or kind is self.shows]
        self.shows = kinds[(kinds.index(self.shows) + 1) % len(kinds)]
        self._image = None
        return self.shows

    def set_turn(self, turn: Turn | None) -> None:
        """Turned as the live one is, from the next picture on."""
        self.turn = turn

    def set_references(self, references: tuple[Frame, ...]) -> None:
        """The reference pictures of the plan, from before the cement."""
        self._references = references

    def forget(self) -> None:
        """Another source."""
        self._kept.clear()
        self._references, self._image = (), None

    def keep(self, frame: StampedFrame) -> None:
        """Keep a picture now and then."""
        if self._kept and frame.t_s - self._kept[-1].t_s < _KEEP_EVERY_S:
            return
        self._kept.append(frame)

    def show_now(self, frame: StampedFrame | None, moment: Moment | None, view: ViewTransform) -> None:
        """Make the picture that is wanted now (four times a second), as large and in the place of the live one."""
        self._view = view
        if self.shows is Second.NONE or frame is None:
            return
        grey, self.why = self._made(frame, moment)
        self._image = None if grey is None else _image(grey, frame.white, self.turn)
        self.setAccessibleName(tr("Second picture: {shows}. {why}", shows=translate(self.shows.value), why=self.why))
        self.update()

    def _made(self, frame: StampedFrame, moment: Moment | None) -> tuple[Grey | None, str]:
        if self.shows is Second.DELAYED:
            old = [each for each in self._kept if each.t_s <= frame.t_s - DELAY_S]
            return (old[-1].grey, "") if old else (None, tr("Comes in a few seconds."))
        if not self._references:
            return None, tr("Set the lines first.")
        motion = moment.motion if moment is not None else None
        index = motion.view_index if isinstance(motion, Motion) else 0
        reference = self._references[min(index, len(self._references) - 1)]
        if self.shows is Second.BEFORE:
            return reference.grey, ""
        if not isinstance(motion, Motion):
            return None, tr("The vertebra is not found now.")
        if reference.grey.shape != frame.grey.shape or reference.white != frame.white:
            return None, tr("The picture has another size now.")
        current = Frame(index=frame.index, t_s=frame.t_s, grey=frame.grey, white=frame.white)
        return subtracted(current, reference, motion.similarity), ""

    def paintEvent(self, a0: QPaintEvent | None) -> None:
        """Draw the picture under its name."""
        painter = QPainter(self)
        painter.fillRect(self.rect(), Qt.GlobalColor.black)
        area = QRectF(self.rect())
        if self._image is not None:
            painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
            view = self._view or fitted(self.width(), self.height(), 0, 0, self._image.width(), self._image.height())
            painter.drawImage(view.rect(self._image.width(), self._image.height()), self._image)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        hatched_edge(painter, area)
        painter.setFont(theme.font(24, 800))
        text = tr("{shows} · not live", shows=translate(self.shows.value))
        wide = painter.fontMetrics().horizontalAdvance(text) + 32
        rect = QRectF(area.center().x() - wide / 2, area.top() + 30, wide, 44)
        painter.setPen(QPen(theme.HELD, 2))
        painter.setBrush(theme.BARS)
        painter.drawRoundedRect(rect, 6, 6)
        painter.setPen(theme.TEXT_1)
        painter.drawText(rect, Qt.AlignmentFlag.AlignCenter, text)
        if self.why:
            painter.setFont(theme.font(20, 600))
            painter.drawText(area, Qt.AlignmentFlag.AlignCenter, self.why)


def _image(grey: Grey, white: int, turn: Turn | None) -> QImage:
    displayed = grey if grey.dtype == np.uint8 or white == 255 else np.right_shift(grey, 8)
    made = np.ascontiguousarray(displayed.astype(np.uint8))
    if turn is not None and (turn.width_px, turn.height_px) == (made.shape[1], made.shape[0]):
        made = np.ascontiguousarray(turn.picture(made))
    return image_of_pixels(made, QImage.Format.Format_Grayscale8)
