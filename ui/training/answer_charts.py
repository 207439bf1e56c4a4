"""Drawings of the feedback: how others answered, and one's own stop on the time of the run."""

from __future__ import annotations

from PyQt6.QtCore import QPointF, QRectF, Qt
from PyQt6.QtGui import QColor, QPainter, QPaintEvent, QPen, QPolygonF
from PyQt6.QtWidgets import QWidget

from assistant.language import tr, translate
from assistant.training.clip import ANSWERS
from ui import theme
from ui.training import training_words as words
from ui.training.violet import BAR


class AnswerBars(QWidget):
    """How experts and colleagues answered."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setMinimumHeight(170)
        self._others: dict[str, dict[str, int]] = {"experts": {}, "colleagues": {}}
        self._mine = ""

    def show_answers(self, others: dict[str, dict[str, int]], mine: str) -> None:
        """Take the counts over."""
        self._others, self._mine = others, mine
        self.update()

    def paintEvent(self, a0: QPaintEvent | None) -> None:
        """Draw two bars for each answer."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        totals = {group: sum(counts.values()) for group, counts in self._others.items()}
        if not any(totals.values()):
            painter.setPen(theme.TEXT_2)
            painter.setFont(theme.font(19, 500))
            painter.drawText(self.rect(), Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop, words.NO_OTHERS)
            return
        step = (self.height() - 34) / 3
        room = self.width() - 150 - 190
        for row, answer in enumerate(ANSWERS):
            y = row * step
            painter.setPen(theme.TEXT_1)
            painter.setFont(theme.font(20, 700))
            painter.drawText(QRectF(0, y, 146, step - 6), Qt.AlignmentFlag.AlignVCenter, translate(answer).capitalize())
            right_counts = []
            for place, (group, colour) in enumerate((("experts", theme.TEXT_1), ("colleagues", BAR))):
                count, total = self._others[group].get(answer, 0), totals[group]
                wide = max(3.0, room * count / total) if total else 3.0
                high = (step - 14) / 2
                painter.setPen(Qt.PenStyle.NoPen)
                painter.setBrush(colour)
                painter.drawRoundedRect(QRectF(150, y + 3 + place * (high + 3), wide, high), 3, 3)
                right_counts.append(f"{count}/{total}")
            painter.setPen(theme.TEXT_2)
            painter.setFont(theme.font(18, 650))
            at = QRectF(self.width() - 180, y, 104, step - 6)
            painter.drawText(at, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight, " · ".join(right_counts))
            if answer == self._mine:
                painter.setPen(theme.TEXT_1)
                at = QRectF(self.width() - 68, y, 68, step - 6)
                painter.drawText(at, Qt.AlignmentFlag.AlignVCenter, tr("◆ you"))
        painter.setFont(theme.font(17, 500))
        for x, colour, text in ((0, theme.TEXT_1, tr("experts")), (116, BAR, tr("colleagues, names hidden"))):
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(colour)
            painter.drawRoundedRect(QRectF(x, self.height() - 20, 26, 12), 3, 3)
            painter.setPen(theme.TEXT_2)
            painter.drawText(QPointF(x + 34, self.height() - 9), text)


class StopAxis(QWidget):
    """Your stop and the experts' on the time of the run, seconds to the event."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setMinimumHeight(120)
        self._you: float | None = None
        self._experts: list[float] = []
        self._near_s: float | None = None
        self._event = ""

    def show_stops(self, you: float | None, experts: list[float], near_s: float | None, event: str) -> None:
        """Seconds before the event (positive: before); ``near_s``: when cement came within 3 mm."""
        self._you, self._experts, self._near_s, self._event = you, experts, near_s, event
        self.update()

    def paintEvent(self, a0: QPaintEvent | None) -> None:
        """Draw the axis."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setFont(theme.font(17, 500))
        if not self._event:
            painter.setPen(theme.TEXT_2)
            painter.drawText(self.rect(), Qt.AlignmentFlag.AlignLeft, tr("Nothing was reached in this run."))
            return
        marks = [-(value or 0.0) for value in (self._you, self._near_s, *self._experts) if value is not None]
        low, high = min([-4.0, *marks]) * 1.12, max([2.0, *marks]) * 1.12
        left, right, y = 30.0, self.width() - 30.0, 66.0

        def x(seconds: float) -> float:
            return left + (seconds - low) / (high - low) * (right - left)

        if self._near_s is not None and self._near_s > 0:
            painter.fillRect(QRectF(x(-self._near_s), y - 26, x(0) - x(-self._near_s), 52), QColor(255, 212, 0, 50))
        painter.setPen(QPen(BAR, 3))
        painter.drawLine(QPointF(left, y), QPointF(right, y))
        step = 10 if high - low > 24 else 5 if high - low > 10 else 2
        painter.setPen(theme.TEXT_2)
        at = int(low // step + 1) * step
        while at <= high:
            painter.drawLine(QPointF(x(at), y - 6), QPointF(x(at), y + 6))
            label = tr("{at:+d} s", at=at).replace("-", "−").replace("+0", "0")
            painter.drawText(QRectF(x(at) - 40, y + 28, 80, 24), Qt.AlignmentFlag.AlignCenter, label)
            at += step
        painter.setPen(QPen(theme.LIMIT, 3, Qt.PenStyle.DashLine))
        painter.drawLine(QPointF(x(0), y - 34), QPointF(x(0), y + 30))
        painter.setPen(theme.LIMIT)
        wide = painter.fontMetrics().horizontalAdvance(self._event)
        start = min(max(x(0) - wide / 2, 0), self.width() - wide)
        painter.drawText(QPointF(start, y - 42), translate(self._event))
        painter.setPen(QPen(theme.TEXT_1, 2))
        painter.setBrush(QColor("#1D172B"))
        for value in self._experts:
            painter.drawEllipse(QPointF(x(-value), y), 8, 8)
        if self._you is not None:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(theme.TEXT_1)
            at_x = x(-self._you)
            corners = ((0, -13), (13, 0), (0, 13), (-13, 0))
            painter.drawPolygon(QPolygonF([QPointF(at_x + dx, y + dy) for dx, dy in corners]))
            painter.setPen(theme.TEXT_1)
            painter.setFont(theme.font(18, 700))
            painter.drawText(QPointF(at_x - 17, y - 18), tr("you"))
