"""The head of the set-up: where one is among the steps, and that nothing is armed."""

from __future__ import annotations

from PyQt6.QtCore import QRectF, Qt, pyqtSignal
from PyQt6.QtGui import QColor, QMouseEvent, QPainter, QPaintEvent, QPen
from PyQt6.QtWidgets import QWidget

from assistant.language import tr, translate
from assistant.setup.model import STEP_WORDS, Step
from ui import theme
from ui.widgets import icons


class SetupHeader(QWidget):
    """Steps; one that was done can be touched to do it again."""

    wanted = pyqtSignal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.factor = 1.0
        self.small = False
        self._step = Step.SOURCE
        self._done: frozenset[Step] = frozenset()
        self._places: dict[Step, QRectF] = {}

    def show_step(self, step: Step, done: frozenset[Step]) -> None:
        """Take over where one is."""
        self._step, self._done = step, done
        self.setAccessibleName(
            tr(
                "Set-up, not armed, step {step} of 6: {step_words}",
                step=int(step),
                step_words=translate(STEP_WORDS[step]),
            )
        )
        self.update()

    def paintEvent(self, a0: QPaintEvent | None) -> None:
        """Draw the steps."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.fillRect(self.rect(), theme.BARS)
        painter.setPen(QPen(theme.HAIRLINE, 1))
        painter.drawLine(0, self.height() - 1, self.width(), self.height() - 1)
        painter.scale(self.factor, self.factor)
        width, height = self.width() / self.factor, self.height() / self.factor
        icons.draw(painter, "pencil", QRectF(20, height / 2 - 13, 26, 26), theme.TEXT_1)
        painter.setPen(theme.TEXT_1)
        painter.setFont(theme.font(22 if self.small else 28, 800, spacing_percent=4))
        painter.drawText(QRectF(58, 0, 200, height), Qt.AlignmentFlag.AlignVCenter, tr("SET-UP"))
        x = 58.0 + painter.fontMetrics().horizontalAdvance(tr("SET-UP")) + 18
        painter.setPen(QPen(theme.HAIRLINE, 1))
        painter.drawLine(int(x), 12, int(x), int(height) - 12)
        painter.setPen(theme.TEXT_2)
        painter.setFont(theme.font(18 if self.small else 20, 500))
        painter.drawText(QRectF(x + 16, 0, 120, height), Qt.AlignmentFlag.AlignVCenter, tr("not armed"))
        x += 16 + painter.fontMetrics().horizontalAdvance(tr("not armed")) + 26
        self._steps(painter, x, width, height)

    def _steps(self, painter: QPainter, x: float, width: float, height: float) -> None:
        font = theme.font(17 if self.small else 20, 650)
        painter.setFont(font)
        names = [*((step, translate(STEP_WORDS[step])) for step in Step), (None, tr("Armed"))]
        if self.small:
            # Only the present step has its name: the room is small, the numbers stay.
            names = [(step, name if step is self._step else "") for step, name in names]
        wide = [painter.fontMetrics().horizontalAdvance(name) + (10 if name else 0) for _, name in names]
        gap = (width - x - 24 - sum(wide) - 34 * len(names)) / (len(names) - 1)
        self._places.clear()
        for k, (step, name) in enumerate(names):
            here, done = step is self._step, step is not None and step in self._done
            ball = QRectF(x, height / 2 - 17, 34, 34)
            painter.setPen(QPen(theme.HAIRLINE, 1.5, Qt.PenStyle.SolidLine if here or done else Qt.PenStyle.DashLine))
            painter.setBrush(theme.TEXT_1 if here else theme.RAISED if done else QColor(0, 0, 0, 0))
            painter.drawEllipse(ball)
            if done and not here:
                icons.draw(painter, "tick", ball.adjusted(8, 8, -8, -8), theme.TEXT_1)
            else:
                painter.setPen(theme.GROUND if here else theme.TEXT_3)
                painter.setFont(theme.font(20, 750))
                painter.drawText(ball, Qt.AlignmentFlag.AlignCenter, str(k + 1))
            painter.setFont(font)
            painter.setPen(theme.TEXT_1 if here or done else theme.TEXT_3)
            painter.drawText(QRectF(x + 44, 0, wide[k] + 4, height), Qt.AlignmentFlag.AlignVCenter, name)
            if step is not None:
                self._places[step] = QRectF(x * self.factor, 0, (44 + wide[k]) * self.factor, self.height())
            x += 34 + wide[k]
            if k + 1 < len(names) and gap > 26:
                painter.setPen(QPen(theme.CONTROL_EDGE if done else theme.HAIRLINE, 2))
                painter.drawLine(int(x + 10), int(height / 2), int(x + gap - 10), int(height / 2))
            x += gap

    def mousePressEvent(self, a0: QMouseEvent | None) -> None:
        """A step is touched."""
        if a0 is None:
            return
        for step, place in self._places.items():
            if place.contains(a0.position()):
                self.wanted.emit(int(step))
