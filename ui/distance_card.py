"""The distances: one big figure, the three thirds each for itself, both endplates. Rough figures look rough."""

from __future__ import annotations

from PyQt6.QtCore import QRectF, Qt
from PyQt6.QtGui import QBrush, QColor, QPainter, QPaintEvent, QPen
from PyQt6.QtWidgets import QWidget

from assistant.plan import PlannedView
from assistant.vocabulary import Distances, FrameState, Measure, Motion, Priority, Unknown
from ui import theme, words
from ui.moments import Moment

_BAND_MM = 3.0
_ENDPLATE_BAND_MM = 2.0


class DistanceCard(QWidget):
    """Shows the distances of one moment."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setMinimumHeight(330)
        self._moment: Moment | None = None
        self._views: tuple[PlannedView, ...] = ()

    def show_moment(self, moment: Moment | None, views: tuple[PlannedView, ...]) -> None:
        """Take over what is known."""
        self._moment, self._views = moment, views
        self.setAccessibleName(self.told())
        self.update()

    def told(self) -> str:
        """The big figure in words."""
        return " ".join(self._big()[:2])

    def _distances(self) -> Distances | Unknown:
        if self._moment is None:
            return Unknown(words.ANALYSIS_WORKING)
        if self._moment.liveness.state is FrameState.FROZEN:
            return Unknown(words.NOT_ON_HELD)
        return self._moment.distances

    def _planned(self) -> PlannedView | None:
        if self._moment is not None and isinstance(self._moment.motion, Motion) and self._views:
            return self._views[self._moment.motion.view_index]
        return self._views[0] if self._views else None

    def _big(self) -> tuple[str, str, str, QColor]:
        """Figure, its words, the share of the depth, its colour."""
        distances, planned = self._distances(), self._planned()
        if isinstance(distances, Unknown):
            return "—", distances.reason, "", theme.TEXT_1
        if planned is not None and not planned.is_lateral:
            return _figure(distances.side_wall_mm, words.INSIDE_WALL, words.BEYOND_WALL, 0.0)
        figure, text, _, colour = _figure(distances.warning_line_mm, words.BEFORE_LINE, words.PAST_LINE, _BAND_MM)
        share = ""
        if planned is not None and not isinstance(distances.posterior_wall_mm, Unknown):
            percent = 100 * distances.posterior_wall_mm / _depth_mm(planned)
            share = words.OF_DEPTH.format(percent, 100 * planned.warning_line_fraction)
        return figure, text, share, colour

    def paintEvent(self, a0: QPaintEvent | None) -> None:
        """Draw the card."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(theme.HAIRLINE, 1))
        painter.setBrush(theme.CARD)
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), 10, 10)
        planned = self._planned()
        small = self.width() < 520
        width = self.width() - 40
        painter.setPen(theme.TEXT_2)
        painter.setFont(theme.font(18, 600))
        lateral = planned is None or planned.is_lateral
        title = words.DISTANCE_TITLE if lateral else words.DISTANCE_TITLE_AP
        painter.drawText(QRectF(20, 12, width, 28), Qt.AlignmentFlag.AlignVCenter, title)
        figure, text, share, colour = self._big()
        painter.setPen(colour)
        painter.setFont(theme.font(54 if small else 72, 750))
        figure_width = painter.fontMetrics().horizontalAdvance(figure)
        painter.drawText(QRectF(20, 40, width, 84), Qt.AlignmentFlag.AlignVCenter, figure)
        left = 40 + figure_width
        painter.setPen(theme.TEXT_1)
        painter.setFont(theme.font(20 if small else 26, 700))
        rest = (
            QRectF(left, 40, self.width() - left - 12, 84)
            if small or not share
            else QRectF(left, 48, self.width() - left - 16, 36)
        )
        painter.drawText(rest, Qt.AlignmentFlag.AlignVCenter | Qt.TextFlag.TextWordWrap, text)
        painter.setPen(theme.TEXT_2)
        painter.setFont(theme.font(15 if small else 17, 500))
        rest = QRectF(20, 118, width, 26) if small else QRectF(left, 86, self.width() - left - 16, 28)
        painter.drawText(rest, Qt.AlignmentFlag.AlignVCenter, share)
        if lateral:
            self._thirds(painter, 150.0)
        self._endplates(painter, float(self.height()) - 62)

    def _thirds(self, painter: QPainter, top: float) -> None:
        distances, planned = self._distances(), self._planned()
        rows: list[Measure] = [Unknown(words.NO_CEMENT)] * 3
        if isinstance(distances, Distances):
            rows = [distances.warning_upper_mm, distances.warning_middle_mm, distances.warning_lower_mm]
        step = (self.height() - 62 - top) / 3
        for k, (name, distance) in enumerate(zip(words.THIRDS, rows, strict=True)):
            y = top + k * step
            painter.setPen(theme.TEXT_1)
            painter.setFont(theme.font(20, 650))
            painter.drawText(QRectF(20, y, 100, step), Qt.AlignmentFlag.AlignVCenter, name)
            bar = QRectF(120, y + step / 2 - 14, self.width() - 120 - 190, 28)
            if bar.width() > 140 and planned is not None:
                self._bar(painter, bar, distance, planned)
            figure, _, _, colour = _figure(distance, "", "", _BAND_MM)
            painter.setPen(colour)
            painter.setFont(theme.font(27, 720))
            # "No cement" is said only of a picture that was measured.
            nothing = words.NO_CEMENT if isinstance(distances, Distances) else "—"
            text = nothing if isinstance(distance, Unknown) else figure
            if isinstance(distance, Unknown):
                painter.setPen(theme.TEXT_3)
                painter.setFont(theme.font(18, 500))
            painter.drawText(
                QRectF(self.width() - 190, y, 170, step),
                Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight,
                text + (" past" if not isinstance(distance, Unknown) and distance <= 0 else ""),
            )

    def _bar(self, painter: QPainter, bar: QRectF, distance: Measure, planned: PlannedView) -> None:
        """From the anterior wall (left) to the posterior wall (right): cement from the left, line b where it stands."""
        depth_mm = _depth_mm(planned)
        at_line = bar.left() + bar.width() * (1 - planned.warning_line_fraction)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme.BARS)
        painter.drawRect(bar)
        band = bar.width() * _BAND_MM / depth_mm
        painter.setBrush(QBrush(theme.MEDIUM[0], Qt.BrushStyle.BDiagPattern))
        painter.drawRect(QRectF(at_line - band, bar.top(), band, bar.height()))
        if not isinstance(distance, Unknown):
            front = at_line - bar.width() * distance / depth_mm
            end = max(bar.left(), min(front, bar.right()))
            painter.setBrush(theme.CEMENT)
            painter.drawRect(QRectF(bar.left(), bar.top() + 7, end - bar.left(), bar.height() - 14))
        pen = QPen(theme.LIMIT, 4)
        pen.setDashPattern([2.0, 1.2])
        painter.setPen(pen)
        painter.drawLine(int(at_line), int(bar.top()) - 2, int(at_line), int(bar.bottom()) + 2)
        painter.setPen(QPen(theme.BONE, 4))
        painter.drawLine(int(bar.right()), int(bar.top()) - 2, int(bar.right()), int(bar.bottom()) + 2)

    def _endplates(self, painter: QPainter, top: float) -> None:
        painter.setPen(QPen(theme.HAIRLINE, 1))
        painter.drawLine(20, int(top), self.width() - 20, int(top))
        distances = self._distances()
        half = (self.width() - 40) / 2
        known = isinstance(distances, Distances)
        for k, name in enumerate((words.SUPERIOR, words.INFERIOR)):
            value: Measure = Unknown(words.NO_CEMENT)
            if isinstance(distances, Distances):
                value = distances.superior_endplate_mm if k == 0 else distances.inferior_endplate_mm
            figure, word, _, colour = _figure(value, words.INSIDE, words.BEYOND, 0.0)
            if known and not isinstance(value, Unknown) and 0 < value <= _ENDPLATE_BAND_MM:
                word = words.NEAR
            short = name[:3].lower() + "." if half < 220 else name.split()[0]
            text = f"{short} {figure} {word if not isinstance(value, Unknown) else ''}".strip()
            painter.setPen(colour if not isinstance(value, Unknown) else theme.TEXT_3)
            painter.setFont(theme.font(20 if half > 260 else 16, 650))
            painter.drawText(QRectF(20 + k * half, top + 8, half, 44), Qt.AlignmentFlag.AlignVCenter, text)


def _figure(distance: Measure, before: str, past: str, band_mm: float) -> tuple[str, str, str, QColor]:
    if isinstance(distance, Unknown):
        return "—", distance.reason, "", theme.TEXT_1
    if distance <= 0:
        return words.about_mm(distance), past, "", theme.HIGH_FIGURE
    colour = theme.priority_colour(Priority.MEDIUM) if distance <= band_mm else theme.TEXT_1
    return words.about_mm(distance), before, "", colour


def _depth_mm(planned: PlannedView) -> float:
    anterior, posterior = planned.first_wall.mean(axis=0), planned.last_wall.mean(axis=0)
    return max(float(((anterior - posterior) ** 2).sum() ** 0.5) * planned.mm_per_px, 1e-6)
