"""The second input beside the first: its own live picture, treated after its own state, over its distances."""

from __future__ import annotations

from PyQt6.QtCore import QRectF, Qt
from PyQt6.QtGui import QColor, QPainter, QPaintEvent, QPen
from PyQt6.QtWidgets import QWidget

from assistant.language import tr, translate
from assistant.lines import Line, Of
from assistant.live.messages import StampedFrame
from assistant.live.procedure_log import ProcedureLog
from assistant.live.status import UNTIMED, LiveStatus
from assistant.plan import PlannedView
from assistant.vocabulary import Distances, Measure, Unknown
from ui import theme, words
from ui.keys.key_map import word
from ui.theatre.cards import DrawnCard
from ui.theatre.looks import age_words, look_of
from ui.theatre.picture import LivePicture
from ui.widgets import icons
from ui.widgets.distance_card import figure_of, marked

_FIGURES_PX = 112
_V = Qt.AlignmentFlag.AlignVCenter


class SecondFigures(DrawnCard):
    """Which view it is, what its picture is, and three distances with the age of the picture."""

    _rows: tuple[tuple[str, str, QColor], ...] = ()
    _title = _xray = ""
    _icon = "no signal"

    def show_status(
        self, status: LiveStatus | None, views: tuple[PlannedView, ...], log: ProcedureLog, *, case: str
    ) -> None:
        """Take over what is known of the second picture, and of X-ray in both."""
        view = views[0] if views else None
        name = view.view.upper() if view is not None else tr("SECOND INPUT")
        state = translate(status.state) if status is not None else tr("NO SIGNAL")
        age = age_words(status) if status is not None else "—"
        marked = tr("REHEARSAL · ") if case else ""
        self._title = tr("{name} · {marked}{state} · age {age}", name=name, marked=marked, state=state, age=age)
        self._icon = look_of(status).icon if status is not None else "no signal"
        self._xray = xray_note(status, log)
        self._rows = figures(status, view)
        figure_text = "; ".join(f"{label} {figure}" for label, figure, _ in self._rows)
        content = (self._title, self._xray, self._icon, tuple(row[:2] for row in self._rows))
        self.show_content(content, f"{self._title}, {self._xray}: {figure_text}")

    def paintEvent(self, a0: QPaintEvent | None) -> None:
        """Draw the title and the figures."""
        painter, width, height = self.begin()
        icons.draw(painter, self._icon, QRectF(14, 9, 24, 24), theme.TEXT_1)
        self._write_title(painter, width)
        step = (width - 28) / max(len(self._rows), 1)
        for k, (label, figure, colour) in enumerate(self._rows):
            x = 14 + k * step
            _text(painter, QRectF(x, 38, step - 10, 24), label, 17, 500, theme.TEXT_3)
            room = QRectF(x, 62, step - 10, height - 66)
            _text(painter, room, figure, _largest(painter, figure, room.width()), 720, colour)

    def _write_title(self, painter: QPainter, width: float) -> None:
        """What the picture is has its room; X-ray stands at the right of it, smaller where there is little."""
        for size in (18, 17, 16, 15, 14, 13, 12):
            painter.setFont(theme.font(size, 700))
            wide = painter.fontMetrics().horizontalAdvance(self._title) + 4
            painter.setFont(theme.font(size, 500))
            xray = painter.fontMetrics().horizontalAdvance(self._xray) + 4
            if wide + xray + 12 <= width - 58:
                break
        _text(painter, QRectF(48, 6, wide, 30), self._title, size, 700, theme.TEXT_1)
        left = max(48 + wide + 12, width - 10 - xray)
        _text(painter, QRectF(left, 6, width - 10 - left, 30), self._xray, size, 500, theme.TEXT_3)


def xray_note(status: LiveStatus | None, log: ProcedureLog) -> str:
    """X-ray of the second input so far, and of both: each plane has a beam of its own."""
    if status is not None and isinstance(status.xray_s, Unknown):
        return words.XRAY_NO_CLOCK if status.xray_s == UNTIMED else words.XRAY_IN_DOUBT
    own_s, both_s = words.clock(log.second_xray.xray_on_s), words.clock(log.xray_on_s)
    return tr("X-ray {xray_on_s}, both {both_s}", xray_on_s=own_s, both_s=both_s)


def figures(status: LiveStatus | None, view: PlannedView | None) -> tuple[tuple[str, str, QColor], ...]:
    """Label, figure and colour of each distance; a dash with the reason where none may be shown."""
    if view is None:
        return ((tr("No lines"), tr("Set-up, step 4: {key}", key=word("setup", "ap")), theme.TEXT_2),)
    moment = status.moment if status is not None else None
    if status is None or moment is None or not status.drawable or not isinstance(moment.distances, Distances):
        why = look_of(status).figure if status is not None else ""
        reason = moment.distances.reason if moment is not None and isinstance(moment.distances, Unknown) else ""
        return ((why or translate(reason) or tr("Too old to show"), "—", theme.TEXT_3),)
    found = moment.distances
    nearest = (
        (tr("Line b"), found.mm[Line.WARNING_LINE]) if view.is_lateral else (tr("Side wall"), found.mm[Line.SIDE_WALL])
    )
    rows = (
        nearest,
        (tr("Sup. endplate"), found.mm[Line.SUPERIOR_ENDPLATE]),
        (tr("Inf. endplate"), found.mm[Line.INFERIOR_ENDPLATE]),
    )
    return tuple((marked(label, view), *_figure(mm, view, at_line=k == 0)) for k, (label, mm) in enumerate(rows))


def _figure(mm: Measure, view: PlannedView, *, at_line: bool) -> tuple[str, QColor]:
    if isinstance(mm, Unknown):
        return "—", theme.TEXT_3
    before = tr("before") if at_line and view.is_lateral else words.INSIDE
    past = tr("past") if at_line and view.is_lateral else words.BEYOND
    of = Of.DEPTH if at_line else Of.HEIGHT
    band_mm = view.posterior_band_mm if at_line and view.is_lateral else 0.0
    figure, word, colour = figure_of(mm, before, past, view, of=of, band_mm=band_mm)
    return f"{figure} {word}", colour


def _largest(painter: QPainter, text: str, width: float) -> int:
    """The largest size in which a figure has room: a distance is never cut off."""
    for size in range(24, 13, -1):
        painter.setFont(theme.font(size, 720))
        if painter.fontMetrics().horizontalAdvance(text) <= width:
            return size
    return 13


def _text(painter: QPainter, place: QRectF, text: str, size: int, weight: int, colour: QColor) -> None:
    painter.setFont(theme.font(size, weight))
    painter.setPen(QPen(colour))
    painter.drawText(place, _V, painter.fontMetrics().elidedText(text, Qt.TextElideMode.ElideRight, int(place.width())))


class SecondView(QWidget):
    """The second picture over its figures."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.factor = 1.0
        self.picture = LivePicture(self)
        self.figures = SecondFigures(self)
        self.frame: StampedFrame | None = None

    def arrange(self, *, small: bool) -> None:
        """Place both parts."""
        high = round(_FIGURES_PX * self.factor)
        self.picture.factor = self.figures.factor = self.factor
        self.picture.small = self.figures.small = small
        self.picture.setGeometry(0, 0, self.width(), self.height() - high)
        self.figures.setGeometry(0, self.height() - high, self.width(), high)

    def forget(self) -> None:
        """Another session."""
        self.frame = None
        self.picture.forget()
        self.picture.turn = None
