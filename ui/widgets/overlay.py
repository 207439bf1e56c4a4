"""What is drawn over the picture: the lines carried by the vertebra, the cement seen, plates and marks."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PyQt6.QtCore import QPointF, QRectF, Qt
from PyQt6.QtGui import QBrush, QColor, QPainter, QPainterPath, QPen, QPolygonF

from assistant import lengths
from assistant.geometry import along, apply
from assistant.language import tr
from assistant.lines import WARNING_THIRDS, Line
from assistant.plan import PlannedView
from assistant.readings.moments import Moment
from assistant.vocabulary import Distances, FrameState, Motion, Priority, Unknown
from ui import theme, words
from ui.widgets.sides import anterior_left, draw_sides
from ui.widgets.view_transform import ViewTransform

ToScreen = Callable[[NDArray[Any]], NDArray[np.float64]]
_GAP = 0.025
_TAG_CLEAR_PX = 60.0
_TAG_GAP_PX = 4.0
_HELD_STATES = (FrameState.FROZEN,)
_NO_LINES = (FrameState.NO_SIGNAL, FrameState.UNUSABLE, FrameState.MOVING)


LAYERS = frozenset({"lines", "limit", "cement", "leaks", "marks"})
"""What can be switched off for itself: bone, line b, cement, leaks, labels."""


def draw_overlay(
    painter: QPainter, view: ViewTransform, planned: PlannedView, moment: Moment, layers: frozenset[str] = LAYERS
) -> QRectF:
    """Draw lines and cement of one moment; nothing is drawn that is not known for this picture.

    Returns
    -------
    QRectF
        Where the figure stands, which nothing may cover; empty where there is none.
    """
    if isinstance(moment.motion, Unknown) or moment.liveness.state in _NO_LINES:
        return QRectF()
    held = moment.liveness.state in _HELD_STATES
    to_frame = moment.motion.similarity.current_from_reference()

    def on_screen(points: NDArray[Any]) -> NDArray[np.float64]:
        return view.to_screen(apply(to_frame, np.asarray(points, dtype=np.float64)))

    bone = theme.HELD if held else theme.BONE
    dots = [8.0, 8.0] if held else [0.01, 2.7]
    if "lines" in layers:
        for endplate in (planned.superior, planned.inferior):
            _line(painter, on_screen(endplate), bone, 2.6, dots, round_ends=not held)
        for wall in (planned.last_wall,) if planned.is_lateral else (planned.last_wall, planned.first_wall):
            _line(painter, on_screen(wall), bone, 2.6 if held else 3.6, [8.0, 8.0] if held else None)
    if planned.warning_line is not None and "limit" in layers:
        _draw_limit(painter, on_screen, planned, moment, held=held)
    if held:
        _tag(painter, on_screen(planned.superior[:1])[0] + [0, -18], tr("last lines – not live"), theme.HELD)
        return QRectF()
    for polygon in moment.outline if "cement" in layers else ():
        _polygon(painter, on_screen(polygon))
    for leak in moment.leaks if "leaks" in layers else ():
        if len(leak.outline_px) > 2:
            _leak(painter, on_screen(leak.outline_px))
    if "marks" in layers:
        _tags(painter, on_screen, planned, moment)
        draw_planned_sides(painter, view, planned, moment.motion)
    # Last: no name covers the figure.
    return _call_out(painter, on_screen, planned, moment) if "limit" in layers else QRectF()


def _leak(painter: QPainter, points: NDArray[np.float64]) -> None:
    """Cement outside the body: hatched, so that it stands apart from the cement inside also in grey."""
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QBrush(theme.CEMENT, Qt.BrushStyle.Dense6Pattern))
    painter.drawPolygon(QPolygonF([QPointF(x, y) for x, y in points]))
    painter.setBrush(Qt.BrushStyle.NoBrush)


def _draw_limit(painter: QPainter, on_screen: ToScreen, planned: PlannedView, moment: Moment, *, held: bool) -> None:
    assert planned.warning_line is not None
    limit, anterior = planned.warning_line, on_screen(planned.first_wall).mean(axis=0)
    states = _third_states(moment, planned)
    for k in range(3):
        ends = np.array([k / 3 + (_GAP if k else 0), (k + 1) / 3 - (_GAP if k < 2 else 0)])
        piece = on_screen(along(limit, np.linspace(ends[0], ends[1], 7)))
        if held:
            _line(painter, piece, theme.HELD, 2.6, [8.0, 8.0])
        elif states[k] is Priority.HIGH:
            _hatch(painter, piece, anterior, theme.HIGH_LINE)
            _line(painter, piece, theme.HIGH_LINE, 9.0, None)
        elif states[k] is Priority.MEDIUM:
            _hatch(painter, piece, anterior, theme.MEDIUM[0])
            _line(painter, piece, theme.MEDIUM[0], 6.5, None)
        else:
            _line(painter, piece, theme.LIMIT, 4.0, [13 / 4, 7 / 4])


def _third_states(moment: Moment, planned: PlannedView) -> list[Priority]:
    """Each third for itself, never averaged: reached, in the band, quiet."""
    if not isinstance(moment.distances, Distances):
        return [Priority.NONE] * 3
    d = moment.distances
    states = []
    thirds = tuple(d.mm[line] for line in WARNING_THIRDS)
    if all(isinstance(distance, Unknown) for distance in thirds):
        # Figures of an earlier day keep the nearest alone: then no third may look quieter than it.
        thirds = (d.mm[Line.WARNING_LINE],) * 3
    for distance in thirds:
        if isinstance(distance, Unknown):
            states.append(Priority.NONE)
        elif distance <= 0:
            states.append(Priority.HIGH)
        else:
            states.append(Priority.MEDIUM if distance <= planned.posterior_band_mm else Priority.NONE)
    return states


def _pen(colour: QColor, width: float, dashes: list[float] | None, *, round_ends: bool = False) -> QPen:
    pen = QPen(colour, width)
    pen.setCapStyle(Qt.PenCapStyle.RoundCap if round_ends else Qt.PenCapStyle.FlatCap)
    pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
    if dashes is not None:
        pen.setDashPattern(dashes)
    return pen


def _line(
    painter: QPainter,
    points: NDArray[np.float64],
    colour: QColor,
    width: float,
    dashes: list[float] | None,
    *,
    round_ends: bool = False,
) -> None:
    path = QPolygonF([QPointF(x, y) for x, y in points])
    # The casing: the grey under a line is unknown.
    painter.setPen(_pen(theme.CASING, width + 3.2, None))
    painter.drawPolyline(path)
    painter.setPen(_pen(colour, width, dashes, round_ends=round_ends))
    painter.drawPolyline(path)


def _polygon(painter: QPainter, points: NDArray[np.float64]) -> None:
    path = QPolygonF([QPointF(x, y) for x, y in points])
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.setPen(_pen(theme.CASING, 1.8 + 3.2, None))
    painter.drawPolygon(path)
    painter.setPen(_pen(theme.CEMENT, 1.8, None))
    painter.drawPolygon(path)


def _hatch(painter: QPainter, piece: NDArray[np.float64], towards: NDArray[np.float64], colour: QColor) -> None:
    """20 px of hatching on the cement's side of the line."""
    chord = piece[-1] - piece[0]
    normal = np.array([-chord[1], chord[0]]) / max(float(np.linalg.norm(chord)), 1e-6)
    if float(normal @ (towards - piece.mean(axis=0))) < 0:
        normal = -normal
    band = QPolygonF([QPointF(x, y) for x, y in [*piece, *(piece + 20 * normal)[::-1]]])
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QBrush(colour, Qt.BrushStyle.BDiagPattern))
    painter.drawPolygon(band)
    painter.setBrush(Qt.BrushStyle.NoBrush)


def _tag_box(painter: QPainter, at: NDArray[np.float64], text: str) -> QRectF:
    painter.setFont(theme.font(15, 600))
    box = painter.fontMetrics().boundingRect(text).adjusted(-7, -3, 7, 3)
    return QRectF(float(at[0]) - box.width() / 2, float(at[1]) - box.height() / 2, box.width(), box.height())


def _tag(painter: QPainter, at: NDArray[np.float64], text: str, colour: QColor) -> None:
    _draw_tag(painter, _tag_box(painter, at, text), text, colour)


def _draw_tag(painter: QPainter, rect: QRectF, text: str, colour: QColor) -> None:
    painter.setFont(theme.font(15, 600))
    painter.setPen(QPen(colour, 1))
    painter.setBrush(QColor(14, 18, 23, 220))
    painter.drawRoundedRect(rect, 5, 5)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawText(rect, Qt.AlignmentFlag.AlignCenter, text)


def _tags(painter: QPainter, on_screen: ToScreen, planned: PlannedView, moment: Moment) -> None:
    centre = on_screen(np.array([planned.centre_px]))[0]

    def outwards(point: NDArray[np.float64], by: float) -> NDArray[np.float64]:
        way = point - centre
        away: NDArray[np.float64] = point + way / max(float(np.linalg.norm(way)), 1e-6) * by
        return away

    if planned.is_lateral:
        _tag(painter, outwards(on_screen(planned.superior[:1])[0], 34), tr("sup."), theme.BONE)
        _tag(painter, outwards(on_screen(planned.inferior[:1])[0], 34), tr("inf."), theme.BONE)
        wall = _tag_box(painter, outwards(on_screen(planned.inferior[-1:])[0], 34), tr("wall"))
        assert planned.warning_line is not None
        ends = [outwards(on_screen(end)[0], 40) for end in (planned.warning_line[:1], planned.warning_line[-1:])]
        shapes = [on_screen(leak.outline_px) for leak in moment.leaks if len(leak.outline_px)]
        # A leak is never covered: the name stands at the line's other end then.
        covers = any(float(np.hypot(*(shape - ends[0]).T).min()) < _TAG_CLEAR_PX for shape in shapes)
        share = round(100 * planned.warning_line_fraction)
        name = tr("b · {share} %", share=share)
        limit = _tag_box(painter, ends[1] if covers else ends[0], name)
        if wall.intersects(limit):
            # In a small picture: side by side, the wall's on the wall's side.
            behind = wall.center().x() >= limit.center().x()
            wall.moveLeft(limit.right() + _TAG_GAP_PX if behind else limit.left() - _TAG_GAP_PX - wall.width())
        _draw_tag(painter, wall, tr("wall"), theme.BONE)
        _draw_tag(painter, limit, name, theme.LIMIT)


def draw_planned_sides(
    painter: QPainter, view: ViewTransform, planned: PlannedView, motion: Motion | Unknown, *, middle: bool = False
) -> None:
    """Which side of the picture is anterior, as its own motion has it: a console may show it mirrored or turned.

    No plate where that is not known, and none where anterior lies above or below.
    """
    if isinstance(motion, Unknown):
        return
    to_frame = motion.similarity.current_from_reference()
    is_left = anterior_left(lambda points: view.to_screen(apply(to_frame, points)), planned)
    if is_left is not None:
        draw_sides(painter, anterior_left=is_left, middle=middle)


def _call_out(painter: QPainter, on_screen: ToScreen, planned: PlannedView, moment: Moment) -> QRectF:
    d = moment.distances
    if not isinstance(d, Distances) or d.nearest_warning_px is None:
        return QRectF()
    warning_mm = d.mm[Line.WARNING_LINE]
    if isinstance(warning_mm, Unknown):
        return QRectF()
    worst = max(_third_states(moment, planned))
    if worst < Priority.MEDIUM:
        return QRectF()
    colour = theme.priority_colour(worst)
    at = on_screen(np.array([d.nearest_warning_px]))[0]
    diamond = QPolygonF([QPointF(at[0] + dx, at[1] + dy) for dx, dy in ((0, -7), (7, 0), (0, 7), (-7, 0))])
    painter.setPen(QPen(QColor(0, 0, 0), 1.5))
    painter.setBrush(colour)
    painter.drawPolygon(diamond)
    corner = on_screen(planned.inferior[-1:])[0]
    away = np.sign(corner[0] - on_screen(np.array([planned.centre_px]))[0][0]) or 1.0
    plate = QPointF(corner[0] + away * 60, corner[1] + 70)
    painter.setPen(QPen(colour, 2))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawLine(QPointF(at[0], at[1]), plate)
    past = tr("past") if warning_mm <= 0 else ""
    text = " ".join(filter(None, (lengths.figure(warning_mm, planned), past, lengths.mark(planned))))
    painter.setFont(theme.font(34, 700))
    width = painter.fontMetrics().horizontalAdvance(text) + 24
    rect = QRectF(plate.x() - (0 if away > 0 else width), plate.y() - 22, width, 48)
    # A figure that is cut off could be misread: the plate stays within the picture.
    room = painter.window()
    rect.moveLeft(min(max(rect.left(), 4.0), max(4.0, room.width() - width - 4.0)))
    rect.moveTop(min(max(rect.top(), 4.0), max(4.0, room.height() - 52.0)))
    painter.setBrush(QColor(7, 9, 12, 230))
    painter.drawRoundedRect(rect, 6, 6)
    painter.drawText(rect, Qt.AlignmentFlag.AlignCenter, text)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    return rect


def draw_treatment(painter: QPainter, area: QRectF, moment: Moment) -> None:
    """Make a picture that is not live look unlike one: dimmed, hatched edge, words."""
    state = moment.liveness.state
    if state is FrameState.FROZEN:
        painter.fillRect(area, QColor(0, 0, 0, 102))
        _hatched_edge(painter, area)
        age = moment.liveness.xray_age_s
        seconds = 0.0 if isinstance(age, Unknown) else age
        _plate(painter, area, words.HELD_PLATE.format(words.clock(seconds)), 46)
    elif state is FrameState.NO_SIGNAL:
        painter.fillRect(area, QColor(0, 0, 0))
        _plate(painter, area, words.NO_SIGNAL_PLATE, 96)
    elif state is FrameState.UNUSABLE:
        _plate(painter, area, words.UNUSABLE_PLATE, 46)


def _hatched_edge(painter: QPainter, area: QRectF) -> None:
    path = QPainterPath()
    path.addRect(area)
    inner = QPainterPath()
    inner.addRect(area.adjusted(18, 18, -18, -18))
    painter.fillPath(path.subtracted(inner), QBrush(theme.HELD, Qt.BrushStyle.BDiagPattern))


def _plate(painter: QPainter, area: QRectF, text: str, size_px: int) -> None:
    painter.setFont(theme.font(size_px, 800))
    width = painter.fontMetrics().horizontalAdvance(text) + 48
    rect = QRectF(area.center().x() - width / 2, area.top() + 70, width, size_px * 1.6)
    painter.setPen(QPen(theme.HELD, 2))
    painter.setBrush(QColor(7, 9, 12, 230))
    painter.drawRoundedRect(rect, 8, 8)
    painter.setPen(theme.TEXT_1)
    painter.drawText(rect, Qt.AlignmentFlag.AlignCenter, text)
    painter.setBrush(Qt.BrushStyle.NoBrush)


def has_lines(moment: Moment) -> bool:
    """Whether lines are drawn for this moment."""
    return isinstance(moment.motion, Motion) and moment.liveness.state not in _NO_LINES
