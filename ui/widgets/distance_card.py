"""The distances: one big figure, the three thirds each for itself, both endplates. Rough figures look rough."""

from __future__ import annotations

from dataclasses import dataclass

from PyQt6.QtCore import QRectF, Qt
from PyQt6.QtGui import QBrush, QColor, QPainter, QPaintEvent, QPen
from PyQt6.QtWidgets import QWidget

from assistant import lengths
from assistant.language import tr, translate
from assistant.lines import WARNING_THIRDS, Line, Of
from assistant.plan import PlannedView
from assistant.readings.moments import Moment, view_of
from assistant.vocabulary import Distances, FrameState, Measure, Priority, Unknown
from ui import theme, words
from ui.widgets import icons
from ui.widgets.fitting import write_fitting

_SMALL_PX = 520
_LEFT = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft
_RIGHT = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight


@dataclass(frozen=True, slots=True, kw_only=True)
class NotMeasured:
    """Why there is no figure: a headline, and what brings it back."""

    headline: str
    explanation: str = ""


class DistanceCard(QWidget):
    """Shows the distances of one moment."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setMinimumHeight(240)
        self.factor = 1.0
        self._moment: Moment | None = None
        self._views: tuple[PlannedView, ...] = ()
        self._age = ""
        self._why: NotMeasured | None = None

    def show_moment(
        self,
        moment: Moment | None,
        views: tuple[PlannedView, ...],
        *,
        age: str = "",
        why: NotMeasured | None = None,
    ) -> None:
        """Take over what is known.

        Parameters
        ----------
        moment : Moment or None
        views : tuple of PlannedView
        age : str
            Of the picture that was measured, in words.
        why : NotMeasured or None
            No figure may be shown now, whatever the moment holds.
        """
        self._moment, self._views = moment, views
        self._age, self._why = age, why
        explanation = why.explanation if why is not None else ""
        self.setAccessibleName(" ".join(part for part in (self.spoken(), explanation, age) if part))
        self.update()

    def spoken(self) -> str:
        """The big figure in words."""
        figure, text, share, _ = self._big()
        return " ".join((figure, text, lengths.UNCAL if share.startswith(lengths.UNCAL) else "")).rstrip()

    def _distances(self) -> Distances | Unknown:
        if self._why is not None:
            return Unknown(self._why.headline)
        if self._moment is None:
            return Unknown(words.ANALYSIS_WORKING)
        if self._moment.liveness.state is FrameState.FROZEN:
            return Unknown(words.NOT_ON_HELD)
        return self._moment.distances

    def _planned(self) -> PlannedView | None:
        return view_of(self._moment, self._views)

    def _lateral(self) -> bool:
        planned = self._planned()
        return planned is None or planned.is_lateral

    def _big(self) -> tuple[str, str, str, QColor]:
        """Figure, its words, the share of the depth, its colour."""
        distances, planned = self._distances(), self._planned()
        if isinstance(distances, Unknown):
            return (
                "—",
                translate(distances.reason),
                self._why.explanation if self._why is not None else "",
                theme.TEXT_1,
            )
        lateral = planned is None or planned.is_lateral
        nearest = distances.mm[Line.WARNING_LINE] if lateral else distances.mm[Line.SIDE_WALL]
        before, past = (words.BEFORE_LINE, words.PAST_LINE) if lateral else (words.INSIDE_WALL, words.BEYOND_WALL)
        if distances.unproved(Line.WARNING_LINE):
            past = words.PAST_UNPROVED
        figure, text, colour = figure_of(nearest, before, past, planned, band_mm=_band_mm(planned))
        return figure, text, "" if planned is None else _share_line(planned, distances), colour

    def paintEvent(self, a0: QPaintEvent | None) -> None:
        """Draw the card."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(theme.HAIRLINE, 1))
        painter.setBrush(theme.CARD)
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), 10, 10)
        painter.scale(self.factor, self.factor)
        width, height = self.width() / self.factor, self.height() / self.factor
        small = width < _SMALL_PX
        painter.setPen(theme.TEXT_2)
        painter.setFont(theme.font(18, 600))
        title = words.DISTANCE_TITLE if self._lateral() else words.DISTANCE_TITLE_AP
        if small and self._age and self._lateral():
            title = words.DISTANCE_TITLE_SHORT
        painter.drawText(QRectF(22, 12, width - 44, 28), _LEFT, title)
        painter.setPen(theme.TEXT_3)
        painter.setFont(theme.font(18, 500))
        age_left = 22 + painter.fontMetrics().horizontalAdvance(title) + 30
        if self._age and age_left + painter.fontMetrics().horizontalAdvance(self._age) < width - 18:
            painter.drawText(QRectF(22, 12, width - 44, 28), _RIGHT, self._age)
        (self._big_small if small else self._big_wide)(painter, width)
        rows_top = 138.0 if small else 134.0
        if self._lateral():
            self._thirds(painter, rows_top, width, height - 52)
        self._endplates(painter, height - 52, width)

    def _big_wide(self, painter: QPainter, width: float) -> None:
        figure, text, share, colour = self._big()
        painter.setPen(colour if figure != "—" else theme.TEXT_3)
        painter.setFont(theme.font(76, 750))
        figure_width = painter.fontMetrics().horizontalAdvance(figure)
        painter.drawText(QRectF(22, 40, width, 88), _LEFT, figure)
        left = 46 + figure_width
        painter.setPen(theme.TEXT_1)
        room = QRectF(left, 46, width - left - 16, 40) if share else QRectF(left, 40, width - left - 16, 88)
        write_fitting(painter, room, text, (27, 24, 22, 20, 18), 700)
        painter.setPen(theme.TEXT_2)
        painter.setFont(theme.font(20, 500))
        if painter.fontMetrics().horizontalAdvance(share) > width - left - 10:
            share = share.replace(words.FROM_WALL, "")
        share = painter.fontMetrics().elidedText(share, Qt.TextElideMode.ElideRight, int(width - left - 10))
        painter.drawText(QRectF(left, 86, width - left - 8, 32), _LEFT, share)

    def _big_small(self, painter: QPainter, width: float) -> None:
        figure, text, share, colour = self._big()
        painter.setPen(colour if figure != "—" else theme.TEXT_3)
        painter.setFont(theme.font(60, 750))
        figure_width = painter.fontMetrics().horizontalAdvance(figure)
        painter.drawText(QRectF(20, 38, width, 72), _LEFT, figure)
        left = 34 + figure_width
        painter.setPen(theme.TEXT_1 if figure == "—" else colour)
        room = QRectF(left, 38, width - left - 12, 72 if share else 96)
        write_fitting(painter, room, text, (24, 22, 20, 18, 16), 700)
        painter.setPen(theme.TEXT_2)
        painter.setFont(theme.font(18, 500))
        share = painter.fontMetrics().elidedText(share, Qt.TextElideMode.ElideRight, int(width - 32))
        painter.drawText(QRectF(20, 110, width - 28, 26), _LEFT, share)

    def _thirds(self, painter: QPainter, top: float, width: float, bottom: float) -> None:
        distances = self._distances()
        rows: list[Measure] = [Unknown("")] * 3
        if isinstance(distances, Distances):
            rows = [distances.mm[line] for line in WARNING_THIRDS]
        step = (bottom - top) / 3
        small = width < _SMALL_PX
        measured = isinstance(distances, Distances)
        for k, (name, distance) in enumerate(zip(words.THIRDS, rows, strict=True)):
            y = top + k * step
            if small:
                painter.setPen(QPen(theme.HAIRLINE, 1))
                painter.drawLine(20, int(y), int(width) - 20, int(y))
            painter.setPen(theme.TEXT_1)
            painter.setFont(theme.font(20, 600))
            painter.drawText(QRectF(22, y, 100, step), _LEFT, name)
            if not small:
                self._bar(painter, QRectF(114, y + step / 2 - 13, width - 114 - 330, 26), distance, measured=measured)
            self._third_figure(painter, QRectF(0, y, width - 22, step), distance, measured=measured, small=small)

    def _third_figure(self, painter: QPainter, row: QRectF, distance: Measure, *, measured: bool, small: bool) -> None:
        planned = self._planned()
        share_width = 0.0 if small else 92.0
        if isinstance(distance, Unknown):
            painter.setPen(theme.TEXT_3)
            painter.setFont(theme.font(27, 700))
            room = row.adjusted(0, 0, -share_width - (118 if small and measured else 30 if measured else 0), 0)
            painter.drawText(room, _RIGHT, "—")
            # "No cement" is said only of a picture that was measured.
            if measured:
                painter.setFont(theme.font(18, 500))
                painter.drawText(row, _RIGHT, words.NO_CEMENT)
            return
        band_mm = _band_mm(planned)
        figure, _, colour = figure_of(distance, "", "", planned, band_mm=band_mm)
        percent = ""
        if planned is not None:
            percent = f"{100 * distance / lengths.depth_mm(planned) + _line_percent(planned):.0f} %"
        if small:
            figure += " " + (tr("past") if distance <= 0 else tr("before"))
        elif distance <= 0:
            figure += " " + tr("past")
        painter.setPen(colour)
        painter.setFont(theme.font(27, 720))
        painter.drawText(row.adjusted(0, 0, -share_width, 0), _RIGHT, figure)
        figure_width = painter.fontMetrics().horizontalAdvance(figure)
        if distance <= band_mm:
            icon, shade = ("high", theme.HIGH[0]) if distance <= 0 else ("medium", theme.MEDIUM[0])
            x = row.right() - share_width - figure_width - 36
            icons.draw(painter, icon, QRectF(x, row.center().y() - 13, 26, 26), shade)
        if not small:
            painter.setPen(theme.TEXT_3)
            painter.setFont(theme.font(18, 500))
            painter.drawText(row, _RIGHT, percent)

    def _bar(self, painter: QPainter, bar: QRectF, distance: Measure, *, measured: bool) -> None:
        """From the anterior wall (left) to the posterior wall (right): cement from the left, line b where it stands."""
        planned = self._planned()
        if not measured or planned is None or isinstance(distance, Unknown):
            pen = QPen(theme.HAIRLINE, 1.5)
            pen.setDashPattern([4, 4])
            painter.setPen(pen)
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(bar, 3, 3)
            return
        mm = bar.width() / lengths.depth_mm(planned)
        at_line = bar.left() + bar.width() * (1 - planned.warning_line_fraction)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme.BARS)
        painter.drawRect(bar)
        painter.setBrush(QBrush(theme.MEDIUM[0], Qt.BrushStyle.BDiagPattern))
        band_mm = planned.posterior_band_mm
        painter.drawRect(QRectF(at_line - band_mm * mm, bar.top(), band_mm * mm, bar.height()))
        end = max(bar.left() + 3, min(at_line - mm * distance, bar.right()))
        colour = theme.HIGH_LINE if distance <= 0 else theme.MEDIUM[0] if distance <= band_mm else theme.CEMENT
        painter.setBrush(colour)
        painter.drawRect(QRectF(bar.left(), bar.top() + 4, end - bar.left(), bar.height() - 8))
        pen = QPen(theme.LIMIT, 4)
        pen.setDashPattern([2.0, 1.2])
        painter.setPen(pen)
        painter.drawLine(int(at_line), int(bar.top()) - 3, int(at_line), int(bar.bottom()) + 3)
        painter.setPen(QPen(theme.BONE, 4))
        painter.drawLine(int(bar.right()), int(bar.top()) - 3, int(bar.right()), int(bar.bottom()) + 3)

    def _endplates(self, painter: QPainter, top: float, width: float) -> None:
        painter.setPen(QPen(theme.HAIRLINE, 1))
        painter.drawLine(22, int(top), int(width) - 22, int(top))
        distances = self._distances()
        small = width < _SMALL_PX
        for k, name in enumerate((words.SUPERIOR, words.INFERIOR)):
            value: Measure = Unknown(words.NO_CEMENT)
            if isinstance(distances, Distances):
                value = distances.mm[Line.SUPERIOR_ENDPLATE] if k == 0 else distances.mm[Line.INFERIOR_ENDPLATE]
            figure, word, colour = figure_of(value, words.INSIDE, words.BEYOND, self._planned(), of=Of.HEIGHT)
            planned = self._planned()
            if planned is not None and not isinstance(value, Unknown) and 0 < value <= planned.endplate_band_mm:
                word = words.NEAR
            unknown = isinstance(value, Unknown)
            painter.setPen(theme.TEXT_2 if unknown else colour)
            painter.setFont(theme.font(18 if small else 20, 500 if unknown else 650))
            text = f"{figure} {'' if unknown else word}".strip()
            if small:  # one under the other: beside each other two long ones do not fit
                row = QRectF(22, top + 2 + 24 * k, width - 44, 24)
                painter.drawText(row, _LEFT, name)
                painter.drawText(row, _RIGHT, text)
            else:
                side = _LEFT if k == 0 else _RIGHT
                short = name if k == 0 else name.split()[0]
                painter.drawText(QRectF(22, top + 4, width - 44, 44), side, f"{short} {text}")


def _band_mm(planned: PlannedView | None) -> float:
    """What counts as near to line b; 0 where the view has none."""
    return planned.posterior_band_mm if planned is not None and planned.is_lateral else 0.0


def figure_of(
    distance: Measure, before: str, past: str, planned: PlannedView | None, *, of: Of = Of.DEPTH, band_mm: float = 0.0
) -> tuple[str, str, QColor]:
    """A figure (a share where the view is not calibrated), its words, its colour."""
    if isinstance(distance, Unknown):
        return "—", translate(distance.reason), theme.TEXT_1
    figure = lengths.figure(distance, planned, of)
    if distance <= 0:
        return figure, past, theme.HIGH_FIGURE
    return figure, before, theme.priority_colour(Priority.MEDIUM) if distance <= band_mm else theme.TEXT_1


def marked(text: str, planned: PlannedView | None) -> str:
    """Words of a figure, with the mark where the view is not calibrated."""
    return " · ".join(part for part in (text, lengths.mark(planned)) if part)


def _share_line(planned: PlannedView, distances: Distances) -> str:
    """The share beside the figure; where the view is not calibrated the mark, and what all figures are shares of."""
    line = 100 * planned.warning_line_fraction
    if not planned.calibrated:
        template = words.ONLY_SHARES if planned.is_lateral else words.ONLY_SHARES_AP
        return template.format(lengths.UNCAL, translate(lengths.word(planned, Of.DEPTH)), line)
    wall_mm = distances.mm[Line.POSTERIOR_WALL]
    if isinstance(wall_mm, Unknown) or isinstance(distances.mm[Line.WARNING_LINE], Unknown):
        return ""
    return words.OF_DEPTH.format(100 * wall_mm / lengths.depth_mm(planned), line)


def _line_percent(planned: PlannedView) -> float:
    return 100 * planned.warning_line_fraction if planned.is_lateral else 0.0
