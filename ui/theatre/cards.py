"""Cards of the theatre's panel: clocks, what still works, standing alarms, the leak, the legend."""

from __future__ import annotations

from PyQt6.QtCore import QPointF, QRectF, Qt
from PyQt6.QtGui import QColor, QFont, QFontMetrics, QPainter, QPaintEvent, QPen
from PyQt6.QtWidgets import QWidget

from assistant import language, lengths
from assistant.alarm_table.table import standing_row
from assistant.language import tr
from assistant.live.procedure_log import ProcedureLog
from assistant.live.status import UNTIMED, LiveAlarm, LiveStatus
from assistant.plan import PlannedView
from assistant.readings.moments import Moment
from assistant.results.looked_at import NONE_SEEN, NOT_VISIBLE, NOT_YET
from assistant.shape_words import shape_words
from assistant.vocabulary import Distances, Leak, Priority, Unknown
from ui import theme, words
from ui.keys.key_map import with_keys
from ui.theatre.looks import LinesLook, look_of
from ui.widgets import icons
from ui.widgets.fitting import pages

_V = Qt.AlignmentFlag.AlignVCenter
_R = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight
_ONE_LINE_PX, _PAGE_PX = 18, 16
"""Smaller writing goes over two lines first; what does not fit in the second goes over several pages."""
_ICON = {Priority.HIGH: "high", Priority.MEDIUM: "medium", Priority.LOW: "low"}
_SHADE = {Priority.HIGH: theme.HIGH[0], Priority.MEDIUM: theme.MEDIUM[0], Priority.LOW: theme.LOW}


class DrawnCard(QWidget):
    """A card that is drawn; sizes are those of the sheet times ``factor``."""

    has_ground = True

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.factor = 1.0
        self.small = False
        self._content: object = None

    def show_content(self, content: object, name: str) -> None:
        """Draw anew where something changed."""
        if content != self._content:
            self._content = content
            self.setAccessibleName(name)
            self.update()

    def begin(self) -> tuple[QPainter, float, float]:
        """A painter on the card, and the card's size in sheet px."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if self.has_ground:
            painter.setPen(QPen(theme.HAIRLINE, 1))
            painter.setBrush(theme.CARD)
            painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), 10, 10)
            painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.scale(self.factor, self.factor)
        return painter, self.width() / self.factor, self.height() / self.factor


def _write(
    painter: QPainter, place: QRectF, text: str, font: QFont, colour: QColor, align: Qt.AlignmentFlag = _V
) -> None:
    painter.setFont(font)
    painter.setPen(colour)
    elided = painter.fontMetrics().elidedText(text, Qt.TextElideMode.ElideRight, int(place.width()))
    painter.drawText(place, align, elided)


def _write_whole(
    painter: QPainter, place: QRectF, text: str, colour: QColor = theme.TEXT_1, *, right: bool = False
) -> None:
    """On one line where there is room, else on two, as large as they fit."""
    painter.setPen(colour)
    align = _R if right else _V
    wrapped = align | Qt.TextFlag.TextWordWrap
    for size in (20, 19, 18, 17, 16, 15):
        painter.setFont(theme.font(size, 650))
        if size >= _ONE_LINE_PX and painter.fontMetrics().horizontalAdvance(text) <= place.width():
            painter.drawText(place, align, text)
            return
        needed = painter.fontMetrics().boundingRect(place.toRect(), wrapped, text)
        if needed.height() <= place.height() and needed.width() <= place.width():
            painter.drawText(place, wrapped, text)
            return
    metrics = painter.fontMetrics()
    text = metrics.elidedText(text, Qt.TextElideMode.ElideRight, int(1.9 * place.width()))
    painter.drawText(place, wrapped, text)


class Clocks(DrawnCard):
    """Cement clock, millilitres entered by hand, this push."""

    def show_log(self, log: ProcedureLog, status: LiveStatus | None, now_ns: int, fill: str) -> None:
        """Take over times and sums."""
        seconds = log.clock_s(now_ns)
        clock = "—" if isinstance(seconds, Unknown) else words.clock(seconds)
        push = "—"
        if status is not None and look_of(status).push_runs and not isinstance(status.push_s, Unknown):
            push = words.clock(status.push_s)
        push_note = _xray_note(log, runs=push != "—", untimed=status is not None and status.xray_s == UNTIMED)
        cells = [
            ("clock", tr("Cement clock"), clock, with_keys(language.translate(log.stage_words(now_ns)))),
            ("drop", tr("Cement in"), tr("{total_ml:.1f} ml", total_ml=log.total_ml), fill or tr("entered by hand")),
        ]
        if not self.small:
            cells.append(("flag", tr("This push"), push, push_note))
        self._cells = cells
        self.show_content(tuple(cells), "; ".join(f"{title} {figure}, {note}" for _, title, figure, note in cells))

    _cells: list[tuple[str, str, str, str]] = []  # noqa: RUF012

    def paintEvent(self, a0: QPaintEvent | None) -> None:
        """Draw the clocks."""
        painter, width, height = self.begin()
        if not self._cells:
            return
        step = width / len(self._cells)
        size = 44 if self.small else 50
        for k, (icon, title, figure, note) in enumerate(self._cells):
            x = k * step
            if k:
                painter.setPen(QPen(theme.HAIRLINE, 1))
                painter.drawLine(QPointF(x, 1), QPointF(x, height - 1))
            top = 8.0 if self.small else 10.0
            icons.draw(painter, icon, QRectF(x + 18, top + 3, 22, 22), theme.TEXT_2)
            _write(painter, QRectF(x + 50, top, step - 60, 28), title, theme.font(20, 600), theme.TEXT_2)
            figure_font = theme.font(size, 750)
            _write(painter, QRectF(x + 18, top + 27, step - 26, 50), figure, figure_font, theme.TEXT_1)
            place = QRectF(x + 18, height - 34 if not self.small else height - 27, step - 26, 26)
            _write(painter, place, note, theme.font(18 if not self.small else 17, 500), theme.TEXT_3)


def _xray_note(log: ProcedureLog, *, runs: bool, untimed: bool) -> str:
    """X-ray of the first input so far; with a second one, whose beam is another, of both."""
    first, both_s = log.xray, words.clock(log.xray_on_s)
    if untimed:
        return words.XRAY_NO_CLOCK
    if first.doubt:
        return words.XRAY_IN_DOUBT
    if log.second_xray.doubt:
        return tr("X-ray {xray_on_s}, second not known", xray_on_s=words.clock(first.xray_on_s))
    if log.second_xray.pushes:
        return tr("X-ray {xray_on_s}, both {both_s}", xray_on_s=words.clock(first.xray_on_s), both_s=both_s)
    if runs:
        return tr("push {pushes} · X-ray {xray_on_s}", pushes=first.pushes, xray_on_s=both_s)
    if first.pushes:
        ending = "es"[: 2 * (first.pushes > 1)]
        return tr("X-ray {xray_on_s} · {pushes} push{value}", xray_on_s=both_s, pushes=first.pushes, value=ending)
    return words.XRAY_OFF


class WorksCard(DrawnCard):
    """What still works while there is no picture."""

    def show_status(self, status: LiveStatus | None) -> None:
        """Take over what works."""
        self._recording = _recording_words(status)
        self.show_content(
            self._recording,
            tr("What still works: cement clock, ml counter, event log. {recording}", recording=self._recording),
        )

    _recording = ""

    def paintEvent(self, a0: QPaintEvent | None) -> None:
        """Draw three rows."""
        painter, width, height = self.begin()
        _write(painter, QRectF(22, 10, width - 44, 32), tr("What still works"), theme.font(20, 600), theme.TEXT_2)
        rows = (
            ("tick", tr("Cement clock, ml counter, event log"), ""),
            ("recording", self._recording, ""),
            (
                "cross",
                tr("No picture, no cement alarms") if self.small else tr("Picture, lines, distances, cement alarms"),
                "no",
            ),
        )
        step = (height - 56) / 3
        for k, (icon, text, rest) in enumerate(rows):
            y = 48 + k * step
            icons.draw(painter, icon, QRectF(22, y + step / 2 - 12, 24, 24), theme.TEXT_1)
            font = theme.font(18 if self.small else 21, 650)
            _write(painter, QRectF(62, y, width - 70, step), text, font, theme.TEXT_1)
            if rest and not self.small:
                _write(
                    painter, QRectF(62, y, width - 84, step), tr("not available"), theme.font(20, 500), theme.TEXT_3, _R
                )


def _recording_words(status: LiveStatus | None) -> str:
    """In step with the strip: nothing is written while no frame comes."""
    if status is not None and status.recording.fault:
        return tr("Recording has stopped")
    if status is not None and status.recording.advancing(status.now_ns):
        return tr("Recording, gap marked")
    begun = status is not None and status.recording.bytes_written > 0
    return tr("Recording waits, gap marked") if begun else tr("Recording begins with the picture")


class AlarmList(DrawnCard):
    """The two newest by priority; more are counted."""

    def show_status(self, status: LiveStatus | None) -> None:
        """Take over what stands."""
        alarms = status.alarms if status is not None else ()
        now_ns = status.now_ns if status is not None else 0
        self._rows = [
            (each.priority, _short(each), words.clock((now_ns - each.raised_ns) / 1e9)) for each in alarms[:2]
        ]
        self._more = max(0, len(alarms) - 2)
        names = ", ".join(f"{priority.name} {text} {time}" for priority, text, time in self._rows)
        self.show_content((tuple(self._rows), self._more), names or tr("No alarm stands"))

    _rows: list[tuple[Priority, str, str]] = []  # noqa: RUF012
    _more = 0

    def paintEvent(self, a0: QPaintEvent | None) -> None:
        """Draw the list."""
        painter, width, height = self.begin()
        step = (height - 12) / 2
        for k, (priority, text, time) in enumerate(self._rows):
            y = 6 + k * step
            icons.draw(painter, _ICON[priority], QRectF(16, y + step / 2 - 13, 26, 26), _SHADE[priority])
            more = f"  + {self._more}" if k == 1 and self._more else ""
            _write(painter, QRectF(54, y, width - 136, step), text + more, theme.font(18, 700), theme.TEXT_1)
            _write(painter, QRectF(54, y, width - 72, step), time, theme.font(18, 700), theme.TEXT_1, _R)


class LeakLine(DrawnCard):
    """The leak of the moment in two lines (small layout), never more than was seen in this view."""

    def show_moment(
        self, moment: Moment | None, views: tuple[PlannedView, ...], *, measured: bool, raised: bool
    ) -> None:
        """Take over the leaks of a moment that is measured now; "none seen" never stands beside an alarm of one."""
        leak = chosen_leak(moment.leaks if moment is not None and measured else ())
        self._lines = (
            (_no_leak(moment, measured=measured, raised=raised), "") if leak is None else leak_lines(leak, views)
        )
        self._is_leak = leak is not None
        self.show_content((self._lines, self._is_leak), f"{words.LEAK_TITLE}: {self._lines[0]}")

    _lines: tuple[str, str] = ("—", "")
    _is_leak = False

    def paintEvent(self, a0: QPaintEvent | None) -> None:
        """Draw two lines."""
        painter, width, height = self.begin()
        left = 22.0
        if self._is_leak:
            icons.draw(painter, "medium", QRectF(20, height / 2 - 16, 32, 32), theme.MEDIUM[0])
            left = 66.0
        first, second = self._lines
        if not self._is_leak:
            first = tr("Leak: {first}", first=first)
        place = QRectF(left, height / 2 - 32, width - left - 14, 32)
        if not second:
            place = QRectF(left, 0, width - left - 14, height)
        font = theme.font(21 if self._is_leak else 18, 700 if self._is_leak else 500)
        _write(painter, place, first, font, theme.TEXT_1 if self._is_leak else theme.TEXT_3)
        if second:
            place = QRectF(left, height / 2, width - left - 14, 28)
            _write(painter, place, second, theme.font(17, 500), theme.TEXT_3)


class Legend(DrawnCard):
    """Names of the lines as they are drawn now, and what one view cannot show; or an advice with its source."""

    has_ground = False

    def show_status(self, status: LiveStatus | None, advice: str, note: str) -> None:
        """Take over how the lines are drawn; a note to the person takes the whole line for its time."""
        look = look_of(status).lines if status is not None else LinesLook.NONE
        drawable = status is not None and status.drawable
        if look is LinesLook.COLOURED and not drawable:
            look = LinesLook.NONE
        self._look, self._advice, self._note = look, advice, note
        self.show_content((look, advice, note), note or advice or words.ONE_VIEW)

    _look = LinesLook.NONE
    _advice = ""
    _note = ""

    def note_pages(self, note: str) -> list[str]:
        """A note to the person as it stands here: what is too long for the line comes on several pages."""
        place = QRectF(22, 0, self.width() / self.factor - 36, self.height() / self.factor)
        return [page for line in note.split("\n") for page in pages(line, place, theme.font(_PAGE_PX, 650))]

    def paintEvent(self, a0: QPaintEvent | None) -> None:
        """Draw the legend."""
        painter, width, height = self.begin()
        painter.fillRect(QRectF(0, 0, width, height), theme.BARS)
        whole = self._note or (self._advice if self.small else "")
        if whole:
            _write_whole(painter, QRectF(22, 0, width - 36, height), whole)
            return
        left = self._paint_names(painter, width, height)
        if self.small:
            return
        place = QRectF(left + 6, 0, width - left - 22, height)
        painter.setFont(theme.font(18, 600))
        if self._advice and painter.fontMetrics().horizontalAdvance(self._advice) > place.width():
            painter.fillRect(QRectF(0, 0, width, height), theme.BARS)
            _write_whole(painter, QRectF(22, 0, width - 36, height), self._advice)
            return
        if self._advice:
            _write(painter, place, self._advice, theme.font(18, 600), theme.TEXT_1, _R)
        else:
            _write_whole(painter, place, words.ONE_VIEW, theme.TEXT_2, right=True)

    def _paint_names(self, painter: QPainter, width: float, height: float) -> float:
        """The lines' names, closer together where there is little room; where they end."""
        x, held = 22.0, self._look is LinesLook.GREY
        names: tuple[tuple[str, QColor, list[float] | None, float], ...] = (
            (tr("wall"), theme.HELD if held else theme.BONE, None, 3.6),
            (tr("endplates"), theme.HELD if held else theme.BONE, [0.6, 1.8], 2.6),
            (tr("your line b"), theme.HELD if held else theme.LIMIT, [13 / 4, 7 / 4], 4.0),
            (tr("cement: not drawn") if held else tr("cement seen"), theme.CEMENT, None, 1.8),
        )
        if self._look is LinesLook.NONE:
            _write(painter, QRectF(x, 0, 260, height), tr("No lines are drawn"), theme.font(18, 500), theme.TEXT_2)
            return x + 200
        painter.setFont(theme.font(18, 500))
        wanted = x + sum(72 + painter.fontMetrics().horizontalAdvance(text) for text, *_ in names)
        if not self.small:
            painter.setFont(theme.font(18, 600))
            wanted += 28 + painter.fontMetrics().horizontalAdvance(self._advice or words.ONE_VIEW)
        size, sample, gap = (18, 36, 26) if wanted <= width else (16, 18, 12)
        font = theme.font(size, 500)
        for text, colour, dashes, weight in names:
            if x + sample + 8 + QFontMetrics(font).horizontalAdvance(text) > width:
                return x  # beside a question there may be no room for all
            pen = QPen(colour, weight)
            if dashes is not None:
                pen.setDashPattern(dashes)
            painter.setPen(pen)
            painter.drawLine(QPointF(x, height / 2), QPointF(x + sample, height / 2))
            painter.setFont(font)
            wide = painter.fontMetrics().horizontalAdvance(text)
            _write(painter, QRectF(x + sample + 8, 0, wide + 8, height), text, font, theme.TEXT_2)
            x += sample + 8 + wide + gap
        return x


def _short(alarm: LiveAlarm) -> str:
    row = standing_row(alarm.code, alarm.kind, alarm.site, alarm.headline)
    text = language.translate(alarm.headline).lower() if row is None else language.translate(row.short)
    return f"{words.PRIORITY[alarm.priority]} · {text}"


def _no_leak(moment: Moment | None, *, measured: bool, raised: bool) -> str:
    """What is said without a leak: "none seen" of a picture in which cement was looked for, and of no other."""
    if moment is None:
        return NOT_YET
    if not measured or raised:
        return "—"
    return NONE_SEEN if isinstance(moment.distances, Distances) else NOT_VISIBLE


def chosen_leak(leaks: tuple[Leak, ...]) -> Leak | None:
    """A disc leak has a shape to show; otherwise the largest."""
    shaped = [leak for leak in leaks if leak.shape is not None]
    return max(shaped or leaks, key=lambda leak: leak.area_mm2, default=None)


def leak_lines(leak: Leak, views: tuple[PlannedView, ...]) -> tuple[str, str]:
    """Two lines on a leak: where and which shape; what that rests on."""
    view = views[leak.view_index] if leak.view_index < len(views) else None
    site = words.LEAK_SITE[leak.site].capitalize()
    size = tr("{length} long", length=language.translate(lengths.about(leak.length_mm, view)))
    if leak.shape is None:
        return f"{site}: {size}", tr("seen in this view only")
    count = len(leak.shape.frames)
    basis = (
        tr("from {count} frames · this view only", count=count) if count else tr("{size} · this view only", size=size)
    )
    return f"{site}: {shape_words(leak.shape.label, leak.shape.p_spike)}", basis


def fill_words(moment: Moment | None, views: tuple[PlannedView, ...], *, measured: bool) -> str:
    """How much of the body's outline the visible cement covers, in words; empty where it is not known."""
    if moment is None or not measured or not isinstance(moment.distances, Distances) or not views:
        return ""
    view = views[getattr(moment.motion, "view_index", 0) % len(views)]
    inside = moment.distances.cement_area_mm2
    return tr("covers ≈ {inside:.0f} %", inside=100 * min(inside / lengths.body_mm2(view), 1.0)) if inside > 0 else ""
