"""The picture in training: word across it, plate above, sides below; lines only once the answer is locked."""

from __future__ import annotations

from functools import partial

from PyQt6.QtCore import QPointF, QRectF, Qt
from PyQt6.QtGui import QImage, QPainter, QPaintEvent, QPen
from PyQt6.QtWidgets import QSizePolicy, QWidget

from assistant.geometry import apply
from assistant.language import tr
from assistant.plan import Plan
from assistant.readings.moments import Moment
from assistant.training.run_outcome import RunOutcome
from assistant.vocabulary import Frame, Motion
from ui import theme
from ui.training import training_words as words
from ui.training.violet import BAR
from ui.widgets import overlay
from ui.widgets.grey_image import image_of_frame
from ui.widgets.sides import anterior_left
from ui.widgets.view_transform import fitted


class ClipView(QWidget):
    """Shows one frame of a clip."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setMinimumSize(360, 300)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setAccessibleName(tr("Training clip, recorded, no live picture"))
        self._image: QImage | None = None
        self.frame_index = -1
        self.plate = ""
        self.note = ""
        self.sides: tuple[str, str] | None = None
        self._moment: Moment | None = None
        self._plan: Plan | None = None
        self.watermark = 0.3

    def forget(self) -> None:
        """Another clip comes."""
        self._image, self.frame_index, self._moment, self._plan, self.sides = None, -1, None, None, None
        self.update()

    def show_frame(self, frame: Frame) -> None:
        """Take a picture over."""
        if frame.index == self.frame_index and self._image is not None:
            return
        self._image = image_of_frame(frame)
        self.frame_index = frame.index
        self.update()

    def show_known(self, moment: Moment | None, plan: Plan | None) -> None:
        """Draw lines and cement of this moment; None hides them."""
        self._moment, self._plan = moment, plan
        self.update()

    @property
    def shows_lines(self) -> bool:
        """Whether anything of the outcome is drawn."""
        return self._moment is not None

    def paintEvent(self, a0: QPaintEvent | None) -> None:
        """Draw picture, lines, word and plates."""
        painter = QPainter(self)
        painter.fillRect(self.rect(), Qt.GlobalColor.black)
        if self._image is not None:
            painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
            view = fitted(self.width(), self.height(), 0, 0, self._image.width(), self._image.height())
            painter.drawImage(view.rect(self._image.width(), self._image.height()), self._image)
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            moment, plan = self._moment, self._plan
            if moment is not None and plan is not None and isinstance(moment.motion, Motion):
                if moment.frame_index == self.frame_index:
                    overlay.draw_overlay(painter, view, plan.views[moment.motion.view_index], moment)
            elif self.sides is not None:
                left, right = self.sides
                self._plate(painter, f"◂ {left}", 14, self.height() - 54, 22, 800)
                wide = self._wide(painter, f"{right} ▸", 22, 800)
                self._plate(painter, f"{right} ▸", self.width() - wide - 14, self.height() - 54, 22, 800)
        self._word(painter)
        if self.plate:
            self._plate(painter, self.plate, 14, 14, 19, 600)
        if self.note:
            wide = self._wide(painter, self.note, 20, 600)
            self._plate(painter, self.note, (self.width() - wide) / 2, self.height() / 2 - 20, 20, 600)

    def _word(self, painter: QPainter) -> None:
        painter.save()
        painter.setOpacity(0.30)
        painter.setPen(BAR)
        painter.setFont(theme.font(max(40, self.height() // 10), 800, spacing_percent=6))
        wide = painter.fontMetrics().horizontalAdvance(words.TRAINING)
        x = self.watermark * (self.width() + wide) - wide
        painter.drawText(QPointF(x, self.height() * 0.9), words.TRAINING)
        painter.restore()

    def _wide(self, painter: QPainter, text: str, size_px: int, weight: int) -> float:
        painter.setFont(theme.font(size_px, weight))
        return painter.fontMetrics().horizontalAdvance(text) + 28.0

    def _plate(self, painter: QPainter, text: str, x: float, y: float, size_px: int, weight: int) -> None:
        rect = QRectF(x, y, self._wide(painter, text, size_px, weight), 40)
        painter.setPen(QPen(theme.CONTROL_EDGE, 1))
        painter.setBrush(theme.BARS)
        painter.drawRoundedRect(rect, 6, 6)
        painter.setPen(theme.TEXT_1)
        painter.drawText(rect, Qt.AlignmentFlag.AlignCenter, text)
        painter.setBrush(Qt.BrushStyle.NoBrush)


def sides_of(run_outcome: RunOutcome, frame: int) -> tuple[str, str] | None:
    """Which side of a frame is anterior, left and right; None where its view has none or that is not known."""
    planned, motion = run_outcome.view_at(frame), run_outcome.motion.at(frame)
    if planned is None or motion is None:
        return None
    is_left = anterior_left(partial(apply, motion.current_from_reference()), planned)
    if is_left is None:
        return None
    return (tr("ANT"), tr("POST")) if is_left else (tr("POST"), tr("ANT"))
