"""The report of a run on one page of A4: what was seen, when it was told, the key images, what reviewers said."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from PyQt6.QtCore import QMarginsF, QPointF, QRectF, Qt
from PyQt6.QtGui import QBrush, QColor, QFont, QImage, QPageLayout, QPageSize, QPainter, QPdfWriter, QPen

from assistant.errors import EnvironmentError_
from assistant.language import tr, translate
from assistant.plan import PlannedView
from assistant.readings.curve_scale import stretches
from assistant.readings.moments import Moment
from assistant.reports.day_facts import SESSION_HEAD, SessionLine, clock
from assistant.reports.drawing import drawn
from assistant.reports.facts import ONE_VIEW, RAISED, EventLine, ReportFacts, ReviewerLine
from assistant.reports.tables import export_file
from assistant.review.curves import CurveColumns
from assistant.review.event_list import EventRow
from assistant.vocabulary import Frame, ScreenChange
from ui import theme
from ui.review.review_words import label_words
from ui.review.timeline import draw_mark
from ui.widgets.curve_drawing import Inks, draw_curve, draw_wall
from ui.widgets.grey_image import image_of_pixels

_DPI = 144
_W, _H = 1054.0, 1548.0
"""The page inside margins of 12 mm, at 144 dots an inch."""
_WALL, _BEHIND, _PAST_WALL = QColor("#1F57E0"), QColor("#F6D9D7"), QColor("#B3261E")
_INK, _GREY, _RULE = QColor("#101418"), QColor("#5A6672"), QColor("#B8C2CC")
_CURVE_H, _SHOT_H = 250.0, 260.0
_LEFT = 44.0
CURVE_COLUMNS = 1010
"""Width of the curve: what is right of its scale."""
_FINENESS = 2.0
"""Pixels of a picture for each dot of the page."""
_ROW_H = 24.0
THE_SESSION = tr("The whole session, level by level")
_MOST_LEVELS = 6
_WRAPPED = int(Qt.TextFlag.TextWordWrap)
_SESSION_COLUMNS = (0.09, 0.08, 0.07, 0.21, 0.08, 0.14, 0.17, 0.16)
"""Share of the page's width of each column of `SessionLine`."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class ReportImage:
    """A key image of the report."""

    frame: Frame
    moment: Moment | None
    views: tuple[PlannedView, ...]
    t_s: float


def write_report(
    path: Path,
    facts: ReportFacts,
    shots: Sequence[ReportImage],
    curve: CurveColumns,
    frames: int,
    length_s: float,
    rows: Sequence[EventRow],
) -> None:
    """Write the page, whole or not at all; only in a process whose other threads draw no text (`report_child`).

    Parameters
    ----------
    path : Path
    facts : ReportFacts
    shots : sequence of ReportImage
        At most three.
    curve : CurveColumns
        `CURVE_COLUMNS` wide.
    frames : int
        Of the whole run.
    length_s : float
        Of the whole run.
    rows : sequence of EventRow

    Raises
    ------
    EnvironmentError_
        If it cannot be written.
    """
    with export_file(path) as part:
        writer = QPdfWriter(str(part))
        writer.setResolution(_DPI)
        writer.setTitle(tr("Fluoroscopy review: {identity}", identity=translate(facts.identity.words)))
        writer.setPageSize(QPageSize(QPageSize.PageSizeId.A4))
        writer.setPageMargins(QMarginsF(12, 12, 12, 12), QPageLayout.Unit.Millimeter)
        painter = QPainter()
        if not painter.begin(writer):
            raise EnvironmentError_(f"{path}: cannot be written; choose another folder")
        try:
            _Page(painter, facts).draw(shots, curve, frames, length_s, rows)
        finally:
            painter.end()


def _font(size_px: int, weight: int = 450) -> QFont:
    return theme.printed_font(size_px, weight)


class _Page:
    """Draws from top to bottom; what does not fit is counted, never left out in silence."""

    def __init__(self, painter: QPainter, facts: ReportFacts) -> None:
        self._p, self._facts, self._y = painter, facts, 0.0

    def draw(
        self, shots: Sequence[ReportImage], curve: CurveColumns, frames: int, length_s: float, rows: Sequence[EventRow]
    ) -> None:
        facts = self._facts
        identity = facts.identity
        self._text(translate(identity.heading), 34, 800, room=540.0)
        self._p.setFont(_font(17, 500))
        self._p.setPen(_GREY)
        right = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        for k, english in enumerate((identity.recorded_words, facts.origin)):
            self._p.drawText(QRectF(480, 6 + 26 * k, _W - 480, 26), right, translate(english))
        self._y = 44.0
        self._text(translate(identity.detail), 19, 650)
        self._y += 4
        if facts.rehearsal:
            self._text(translate(facts.rehearsal), 18, 800)
        if facts.trouble:
            self._text(tr("INCOMPLETE: {trouble}", trouble=translate(facts.trouble)), 18, 700)
        self._session(facts.session)
        top = self._y
        left_end = self._pairs((*facts.head, *facts.counts), 0.0, 510.0, top)
        right_end = self._pairs(facts.final, 540.0, _W - 540.0, top)
        self._y = max(left_end, right_end) + 8
        self._shots(shots)
        self._curve(curve, frames, length_s, rows)
        if facts.day:
            day = [f"{translate(level)}: {translate(text)}" for level, text in facts.day]
            self._list(tr("On the day"), day, "", most=4)
            self._list(translate(RAISED), list(map(_event_line, facts.raised)), tr("no alarm was told"), most=6)
        nothing = translate(facts.nothing)
        self._list(translate(facts.found), list(map(_event_line, facts.events)), nothing, most=14)
        if facts.screen:
            self._list(tr("The screen changed"), list(map(_screen_line, facts.screen)), "", most=3)
        self._list(tr("Leaks seen in this view"), list(map(_leak_line, facts.leaks)), nothing, most=5)
        if facts.notes:
            self._list(tr("Assumed or mended"), list(map(translate, facts.notes)), "", most=4)
        self._list(tr("Reviewer"), list(map(_reviewer_line, facts.reviewer)), tr("nothing was said"), most=10)
        self._p.setPen(_GREY)
        self._p.setFont(_font(15, 500))
        self._p.drawText(QRectF(0, _H - 26, _W, 24), Qt.AlignmentFlag.AlignVCenter, translate(ONE_VIEW))

    def _text(self, text: str, size_px: int, weight: int, room: float = _W) -> None:
        self._p.setPen(_INK)
        self._p.setFont(_font(size_px, weight))
        fit = self._p.fontMetrics().elidedText(text, Qt.TextElideMode.ElideRight, int(room))
        self._p.drawText(QRectF(0, self._y, room, size_px * 1.3), Qt.AlignmentFlag.AlignVCenter, fit)
        self._y += size_px * 1.4

    def _session(self, lines: Sequence[SessionLine]) -> None:
        """All levels of the session beside each other, those that have no room counted; the last line is of all."""
        if not lines:
            return
        self._text(THE_SESSION, 20, 750)
        left_out = max(len(lines) - 1 - _MOST_LEVELS, 0)
        last = lines[-1]
        listed = [SESSION_HEAD, *lines[: min(len(lines) - 1, _MOST_LEVELS)], last]
        table = [SessionLine(*map(translate, line)) for line in listed]
        if left_out:
            table[-1] = table[-1]._replace(leaks_found=tr("... {count} more: see the tables", count=left_out))
        for k, line in enumerate(table):
            self._p.setPen(_INK if k else _GREY)
            self._p.setFont(_font(15, 650 if line is table[-1] else 500))
            rooms = [QRectF(0, 0, share * _W - 10, _H) for share in _SESSION_COLUMNS]
            high = max(
                self._p.boundingRect(box, _WRAPPED, cell).height() for box, cell in zip(rooms, line, strict=True)
            )
            left = 0.0
            for cell, box in zip(line, rooms, strict=True):
                self._p.drawText(QRectF(left, self._y, box.width(), high), _WRAPPED, cell)
                left += box.width() + 10
            self._y += high + 4
        self._p.setPen(QPen(_RULE, 1))
        self._p.drawLine(QPointF(0, self._y + 3), QPointF(_W, self._y + 3))
        self._y += 12

    def _pairs(self, pairs: Sequence[tuple[str, str]], left: float, width: float, top: float) -> float:
        for name, value in pairs:
            self._p.setFont(_font(16, 500))
            self._p.setPen(_GREY)
            self._line(translate(name), left, top, 190 - 6)
            self._p.setPen(_INK)
            self._p.setFont(_font(16, 650))
            # A figure that is cut could be misread: it goes on in a second line.
            box = QRectF(left + 190, top + 2, width - 190, 3 * _ROW_H)
            high = max(_ROW_H, self._p.boundingRect(box, _WRAPPED, translate(value)).height() + 2)
            self._p.drawText(box, _WRAPPED, translate(value))
            top += high
        return top

    def _line(self, text: str, left: float, top: float, width: float) -> None:
        """A text of one line, cut with dots where it has no room."""
        fit = self._p.fontMetrics().elidedText(text, Qt.TextElideMode.ElideRight, int(width))
        self._p.drawText(QRectF(left, top, width, _ROW_H), Qt.AlignmentFlag.AlignVCenter, fit)

    def _shots(self, shots: Sequence[ReportImage]) -> None:
        each = (_W - 2 * 12) / 3
        for k, shot in enumerate(shots[:3]):
            pixels = drawn(shot.frame, shot.moment, shot.views)
            rows, cols = pixels.shape[:2]
            factor = min(each / cols, (_SHOT_H - 26) / rows)
            box = QRectF(k * (each + 12), self._y, cols * factor, rows * factor)
            # No more than can be seen: packing a large picture would hold the window up.
            finer = min(1.0, _FINENESS * factor)
            size = (round(cols * finer), round(rows * finer))
            small = cv2.cvtColor(cv2.resize(pixels, size, interpolation=cv2.INTER_AREA), cv2.COLOR_BGR2RGB)
            image = image_of_pixels(np.asarray(small, dtype=np.uint8), QImage.Format.Format_RGB888)
            self._p.drawImage(box, image)
            self._p.setPen(_INK)
            self._p.setFont(_font(15, 600))
            caption = QRectF(box.left(), self._y + _SHOT_H - 24, each, 22)
            text = f"{clock(shot.t_s)} · {tr('frame {index}', index=shot.frame.index)}"
            self._p.drawText(caption, Qt.AlignmentFlag.AlignVCenter, text)
        self._y += _SHOT_H + 6 if shots else 0

    def _curve(self, columns: CurveColumns, frames: int, length_s: float, rows: Sequence[EventRow]) -> None:
        area, scale = QRectF(_LEFT, self._y + 30, CURVE_COLUMNS, _CURVE_H - 62), columns.scale
        inks = Inks(wall=_WALL, behind=_BEHIND, past_wall=_PAST_WALL, font=_font(14, 650))

        def y(value: float) -> float:
            return scale.y(area.top(), area.bottom(), value)

        draw_wall(self._p, area, scale, inks)
        self._p.setFont(_font(14, 500))
        for tick in scale.ticks:
            self._p.setPen(QPen(_RULE, 1))
            self._p.drawLine(QPointF(area.left(), y(tick)), QPointF(area.right(), y(tick)))
            self._p.setPen(_GREY)
            box = QRectF(0, y(tick) - 10, 38, 20)
            self._p.drawText(box, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, f"{tick}")
        for first, last in stretches(columns.off):
            gap = QRectF(area.left() + float(first), area.top(), float(last - first), area.height())
            self._p.fillRect(gap, QBrush(_RULE, Qt.BrushStyle.BDiagPattern))
        styles = ((2, Qt.PenStyle.DotLine), (1, Qt.PenStyle.DashLine), (0, Qt.PenStyle.SolidLine))
        for k, style in styles:
            pen = QPen(_INK if k == 0 else QColor("#1F57E0"), 2.2 if k == 0 else 1.6, style)
            draw_curve(self._p, area, scale, columns.curves[k], pen, inks, is_line=k == 0)
        self._p.setPen(QPen(QColor("#C2339A"), 2, Qt.PenStyle.DashLine))
        self._p.drawLine(QPointF(area.left(), y(0)), QPointF(area.right(), y(0)))
        for row in sorted(rows, key=lambda row: row.priority):  # the highest is drawn last, on top
            x = area.left() + (row.frame - self._facts.first_frame) / max(1, frames - 1) * area.width()
            if row.is_alarm:
                draw_mark(self._p, row.priority, row.icon, QRectF(x - 9, self._y + 6, 18, 18))
        self._p.setPen(_GREY)
        self._p.setFont(_font(14, 500))
        begin_s = self._facts.begins_s
        axis = tr(
            "{unit} to line b (solid), superior (dashed) and inferior endplate (dotted); {begin} to {end}",
            unit=scale.unit,
            begin=clock(begin_s) if begin_s else "0",
            end=clock(begin_s + length_s),
        )
        self._p.drawText(QRectF(area.left(), area.bottom() + 4, area.width(), 22), Qt.AlignmentFlag.AlignVCenter, axis)
        self._y += _CURVE_H + 4

    def _list(self, title: str, lines: list[str], nothing: str, most: int) -> None:
        room = int((_H - 34 - self._y - 40) // _ROW_H)
        if room < 1:
            return
        self._text(title, 20, 750)
        self._p.setPen(QPen(_RULE, 1))
        self._p.drawLine(QPointF(0, self._y), QPointF(_W, self._y))
        count = min(len(lines), most, room)
        if count < len(lines):
            count -= 1
            listed = [*lines[:count], tr("... and {count} more; see the tables", count=len(lines) - count)]
        else:
            listed = lines
        for line in listed or [nothing]:
            self._p.setPen(_INK if listed else _GREY)
            self._p.setFont(_font(16, 500))
            self._line(line, 0, self._y, _W)
            self._y += _ROW_H
        self._y += 8


def _event_line(event: EventLine) -> str:
    until = tr("stood to the end") if event.until_s is None else tr("until {time}", time=clock(event.until_s))
    parts = [f"{translate(event.priority.upper()):<7} {translate(event.text)}", until]
    if event.answered_s is not None:
        parts.append(tr("acknowledged {time}", time=clock(event.answered_s)))
    return f"{clock(event.t_s)}  {', '.join(parts)}"


def _screen_line(change: ScreenChange) -> str:
    seen = tr("seen from frame {frame} on: {what}", frame=change.frame_index, what=translate(change.text))
    return f"{clock(change.t_s)}  {seen}"


def _leak_line(leak: tuple[str, ...]) -> str:
    number, site, first, size, route, shape = leak
    words = tr(
        "{site}, first seen {time}, {size}; {route}; shape {shape}",
        site=translate(site),
        time=first,
        size=translate(size),
        route=translate(route),
        shape=translate(shape),
    )
    return f"{number}  {words}"


def _reviewer_line(line: ReviewerLine) -> str:
    """What a reviewer typed stays as it was typed."""
    figures = ", ".join(f"{translate(name)} {translate(figure)}" for name, figure in line.figures)
    return line.in_words(translate(line.what), figures or label_words(line.label) or line.typed)
