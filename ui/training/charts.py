"""The drawings of the overview: progress with its range, sureness against rightness, shares, who agrees with whom."""

from __future__ import annotations

from PyQt6.QtCore import QPointF, QRectF, Qt
from PyQt6.QtGui import QColor, QPainter, QPaintEvent, QPen, QPixmap, QPolygonF
from PyQt6.QtWidgets import QWidget

from assistant.language import tr, translate
from assistant.training.agreement import Agreement, CalibrationPoint
from assistant.training.figures import Share
from assistant.vocabulary import Measure, Unknown
from ui import theme
from ui.training.training_words import signed
from ui.training.violet import BAR, CARD, RAISED

_NOTHING = tr("nothing yet")
_GRID = QColor("#3A3052")


class Chart(QWidget):
    """A drawing with a place for "nothing yet"."""

    def __init__(self, least_height: int = 120, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setMinimumHeight(least_height)

    def begin(self) -> QPainter:
        """A painter with the small font."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setFont(theme.font(17, 500))
        painter.setPen(theme.TEXT_2)
        return painter

    def nothing(self, painter: QPainter, why: str = _NOTHING) -> None:
        """Say that there is nothing to draw."""
        painter.drawText(self.rect(), Qt.AlignmentFlag.AlignLeft | Qt.TextFlag.TextWordWrap, why)


class MovingChart(Chart):
    """Right answers, moving mean of 20 cases, with the range."""

    def __init__(self) -> None:
        super().__init__(200)
        self.points: tuple[tuple[int, float, float, float], ...] = ()
        self.experts: Measure = Unknown("no expert has answered")
        """Median of the experts' right answers in percent."""

    def paintEvent(self, a0: QPaintEvent | None) -> None:
        """Draw it."""
        painter = self.begin()
        if len(self.points) < 2:
            self.nothing(painter, tr("after two cases"))
            return
        left, top, wide, high = 52.0, 12.0, self.width() - 70.0, self.height() - 48.0
        last = self.points[-1][0]

        def at(case: int, percent: float) -> QPointF:
            return QPointF(left + (case - 1) / max(last - 1, 1) * wide, top + (100 - percent) / 100 * high)

        for percent in (0, 20, 40, 60, 80, 100):
            painter.setPen(QPen(_GRID, 1))
            painter.drawLine(at(1, percent), at(last, percent))
            painter.setPen(theme.TEXT_3)
            box = QRectF(0, at(1, percent).y() - 12, 44, 24)
            painter.drawText(box, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, f"{percent}")
        band = [at(case, up) for case, _, _, up in self.points] + [
            at(case, low) for case, _, low, _ in reversed(self.points)
        ]
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(122, 61, 240, 70))
        painter.drawPolygon(QPolygonF(band))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(theme.TEXT_1, 3.5))
        painter.drawPolyline(QPolygonF([at(case, percent) for case, percent, _, _ in self.points]))
        if not isinstance(self.experts, Unknown):
            painter.setPen(QPen(theme.TEXT_2, 2, Qt.PenStyle.DotLine))
            painter.drawLine(at(1, self.experts), at(last, self.experts))
            painter.setPen(theme.TEXT_2)
            painter.drawText(
                at(1, self.experts) + QPointF(6, -6), tr("experts, median {experts:.0f} %", experts=self.experts)
            )
        painter.setPen(theme.TEXT_3)
        for case in sorted({1, (last + 1) // 2, last}):
            box = QRectF(at(case, 0).x() - 30, top + high + 10, 60, 24)
            painter.drawText(box, Qt.AlignmentFlag.AlignCenter, str(case))


class CalibrationChart(Chart):
    """How sure was said against how often it was so."""

    def __init__(self) -> None:
        super().__init__(200)
        self.points: tuple[CalibrationPoint, ...] = ()

    def paintEvent(self, a0: QPaintEvent | None) -> None:
        """Draw it."""
        painter = self.begin()
        if not self.points:
            self.nothing(painter)
            return
        left, top, wide, high = 48.0, 12.0, self.width() - 70.0, self.height() - 48.0

        def at(stated: float, right: float) -> QPointF:
            return QPointF(left + (stated - 45) / 58 * wide, top + (100 - right) / 100 * high)

        for percent in (0, 50, 100):
            painter.setPen(QPen(_GRID, 1))
            painter.drawLine(at(45, percent), at(103, percent))
            painter.setPen(theme.TEXT_3)
            box = QRectF(0, at(45, percent).y() - 12, 42, 24)
            painter.drawText(box, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, str(percent))
        painter.setPen(QPen(theme.TEXT_2, 2, Qt.PenStyle.DotLine))
        painter.drawLine(at(45, 45), at(100, 100))
        spots = [(at(point.said_percent, 100 * point.right / point.total), point) for point in self.points]
        painter.setPen(QPen(theme.TEXT_1, 3))
        painter.drawPolyline(QPolygonF([spot for spot, _ in spots]))
        painter.setPen(Qt.PenStyle.NoPen)
        for spot, point in spots:
            painter.setBrush(theme.TEXT_1)
            size = 6 + min(point.total, 20) * 0.4
            painter.drawEllipse(spot, size, size)
        painter.setPen(theme.TEXT_3)
        for stated in (50, 60, 70, 80, 90, 99):
            box = QRectF(at(stated, 0).x() - 22, top + high + 10, 44, 24)
            painter.drawText(box, Qt.AlignmentFlag.AlignCenter, str(stated))


class ShareBars(Chart):
    """Shares as bars."""

    def __init__(self) -> None:
        super().__init__(180)
        self.shares: dict[str, Share] = {}

    def paintEvent(self, a0: QPaintEvent | None) -> None:
        """Draw a bar for each."""
        painter = self.begin()
        step = self.height() / max(len(self.shares), 1)
        for row, (name, share) in enumerate(self.shares.items()):
            y = row * step
            painter.setPen(theme.TEXT_1)
            painter.setFont(theme.font(18, 500))
            painter.drawText(QRectF(0, y, 124, step), Qt.AlignmentFlag.AlignVCenter, translate(name))
            high = min(30.0, step - 8)
            # Where there is no room for a bar the figure alone stands.
            room = QRectF(130, y + (step - high) / 2, max(self.width() - 204, 0), high)
            painter.fillRect(room, RAISED)
            percent = share.percent
            text = "—"
            if not isinstance(percent, Unknown):
                painter.fillRect(QRectF(room.left(), room.top(), room.width() * percent / 100, high), BAR)
                text = f"{percent:.0f} %"
            painter.setFont(theme.font(18, 700))
            painter.drawText(QRectF(self.width() - 66, y, 66, step), Qt.AlignmentFlag.AlignVCenter, text)


class AgreementTable(Chart):
    """Who agrees with whom."""

    def __init__(self) -> None:
        super().__init__(160)
        self.between: dict[tuple[str, str], Agreement | Unknown] = {}
        self.me = ""

    def paintEvent(self, a0: QPaintEvent | None) -> None:
        """Draw the table."""
        painter = self.begin()
        people = sorted({each for pair in self.between for each in pair}, key=lambda each: (each != self.me, each))
        people = people[: max(2, min(6, (self.width() - 76) // 42))]
        if not people:
            self.nothing(painter, tr("when two people have answered"))
            return
        size = min((self.width() - 76) / len(people), (self.height() - 30) / len(people), 74)
        for row, one in enumerate(people):
            y = 30 + row * min(size, 52)
            painter.setPen(theme.TEXT_2)
            painter.setFont(theme.font(14 if size >= 38 else 11, 600))
            painter.drawText(QRectF(0, y, 72, min(size, 52)), Qt.AlignmentFlag.AlignVCenter, _short(one))
            painter.drawText(QRectF(76 + row * size, 0, size, 28), Qt.AlignmentFlag.AlignCenter, _short(one)[-4:])
            for place, other in enumerate(people):
                found = self.between.get((min(one, other), max(one, other)))
                box = QRectF(76 + place * size, y, size - 3, min(size, 52) - 3)
                strength = max(found.kappa, 0.0) if isinstance(found, Agreement) else 0.0
                painter.fillRect(box, QColor(122, 61, 240, round(60 + 170 * strength)) if found else RAISED)
                if one != other:
                    painter.setPen(theme.TEXT_1)
                    painter.setFont(theme.font(16 if size >= 38 else 13, 650))
                    text = signed(found.kappa) if isinstance(found, Agreement) else "—"
                    painter.drawText(box, Qt.AlignmentFlag.AlignCenter, text)


class ComingBack(Chart):
    """The cases that come back next."""

    def __init__(self) -> None:
        super().__init__(180)
        self.cases: list[tuple[str, str, str]] = []
        """Thumbnail, when, and what was missed."""

    def paintEvent(self, a0: QPaintEvent | None) -> None:
        """Draw up to four."""
        painter = self.begin()
        if not self.cases:
            self.nothing(painter)
            return
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        wide = min((self.width() - 3 * 14) / 4, 200)
        high = min(wide * 0.62, self.height() - 66)
        for place, (thumbnail, when, what) in enumerate(self.cases[:4]):
            x = place * (wide + 14)
            box = QRectF(x, 0, wide, high)
            painter.fillRect(box, CARD)
            picture = QPixmap(thumbnail)
            if not picture.isNull():
                share = box.width() / box.height()
                crop_w = min(picture.width(), picture.height() * share)
                crop_h = crop_w / share
                left, top = (picture.width() - crop_w) / 2, (picture.height() - crop_h) / 2
                painter.drawPixmap(box, picture, QRectF(left, top, crop_w, crop_h))
            painter.setPen(theme.TEXT_1)
            painter.setFont(theme.font(18, 700))
            painter.drawText(QRectF(x, high + 6, wide, 26), Qt.AlignmentFlag.AlignVCenter, when)
            painter.setPen(theme.TEXT_2)
            painter.setFont(theme.font(16, 500))
            what = painter.fontMetrics().elidedText(what, Qt.TextElideMode.ElideRight, int(wide))
            painter.drawText(QRectF(x, high + 32, wide, 26), Qt.AlignmentFlag.AlignVCenter, what)


def _short(id_: str) -> str:
    return id_[:6]
