"""How the leak card is drawn: the cut-out, the shape on its axis, the frames behind the answer, the rows of figures."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PyQt6.QtCore import QPointF, QRectF, Qt
from PyQt6.QtGui import QColor, QImage, QPainter, QPen, QPolygonF

from assistant.language import tr, translate
from assistant.review.leak_history import LeakCrop, LeakStory
from assistant.shape_words import ROUND, SPIKE, share_of
from assistant.vocabulary import Leak, Saliency, Unknown
from ui import theme, words
from ui.review import review_words
from ui.review.cards.saliency_image import FOR_ROUND, FOR_SPIKE, saliency_image, saliency_place

_ZONES = ((0.0, 0.3, "#7A8A9A"), (0.3, 0.7, "#222B35"), (0.7, 1.0, "#FFFFFF"))


@dataclass(frozen=True, slots=True, eq=False)
class Still:
    """A cut-out of one frame with what is drawn on it."""

    frame: int
    image: QImage
    crop: LeakCrop


def draw_crop(painter: QPainter, box: QRectF, still: Still | None, saliency: Saliency | None) -> None:
    """The cut-out with outline, endplate and what the answer hangs on; an empty box without a picture."""
    if still is None:
        painter.setPen(QPen(theme.HAIRLINE, 1))
        painter.drawRect(box)
        return
    painter.drawImage(box, still.image)
    painter.save()
    painter.setClipRect(box)
    scale = box.width() / still.crop.side_px
    if saliency is not None:
        painter.save()
        painter.translate(box.left(), box.top())
        painter.scale(scale, scale)
        painter.translate(0.5 - still.crop.left_px, 0.5 - still.crop.top_px)
        painter.setTransform(saliency_place(saliency, still.crop.frame_from_reference), combine=True)
        painter.drawImage(QPointF(-0.5, -0.5), saliency_image(saliency))
        painter.restore()

    def placed(points: NDArray[np.float64]) -> QPolygonF:
        moved = (points + 0.5 - [still.crop.left_px, still.crop.top_px]) * scale
        return QPolygonF([QPointF(box.left() + x, box.top() + y) for x, y in moved])

    painter.setBrush(Qt.BrushStyle.NoBrush)
    if len(still.crop.endplate_px):
        pen = QPen(theme.BONE, 2.4)
        pen.setStyle(Qt.PenStyle.DotLine)
        painter.setPen(pen)
        painter.drawPolyline(placed(still.crop.endplate_px))
    for colour, weight in ((theme.CASING, 4.5), (theme.CEMENT, 1.8)):
        painter.setPen(QPen(colour, weight))
        painter.drawPolygon(placed(still.crop.outline_px))
    painter.restore()
    if saliency is not None:
        _draw_saliency_legend(painter, box)


def _draw_saliency_legend(painter: QPainter, box: QRectF) -> None:
    """Which colour speaks for which shape, along the lower edge of the picture."""
    strip = QRectF(box.left(), box.bottom() - 20, box.width(), 20)
    painter.fillRect(strip, theme.GROUND)
    painter.setFont(theme.font(13, 650))
    for k, (colour, word) in enumerate(((FOR_SPIKE, translate(SPIKE)), (FOR_ROUND, translate(ROUND)))):
        left = strip.left() + 5 + k * strip.width() / 2
        painter.fillRect(QRectF(left, strip.top() + 5, 10, 10), colour)
        painter.setPen(theme.TEXT_1)
        painter.drawText(QRectF(left + 15, strip.top(), 60, 20), Qt.AlignmentFlag.AlignVCenter, word)


def draw_shape(painter: QPainter, box: QRectF, leak: Leak, *, explained: bool) -> None:
    """Which shape, how sure, where on the way from round to spike; ``explained``: what it hangs on is known."""
    shape = leak.shape
    if shape is None:
        painter.setPen(theme.TEXT_2)
        painter.setFont(theme.font(18, 550))
        painter.drawText(box, Qt.TextFlag.TextWordWrap, tr("Shape is told of leaks into a disc only."))
        return
    painter.setPen(theme.TEXT_1)
    painter.setFont(theme.font(27, 750))
    title = review_words.SHAPE.format(translate(shape.label))
    painter.drawText(QRectF(box.left(), box.top() - 4, box.width(), 36), Qt.AlignmentFlag.AlignVCenter, title)
    painter.setFont(theme.font(18, 550))
    share = share_of(shape.label, shape.p_spike)
    known = not isinstance(share, Unknown)
    by_rule = shape.model.startswith("geometric")
    text = (
        (review_words.SCORE if by_rule else review_words.PROBABILITY).format(translate(shape.label), share)
        if known
        else translate(shape.reason)
    )
    painter.drawText(QRectF(box.left(), box.top() + 30, box.width(), 26), Qt.AlignmentFlag.AlignVCenter, text)
    axis = QRectF(box.left(), box.top() + 72, box.width(), 16)
    painter.setFont(theme.font(15, 550))
    for (first, last, colour), name in zip(_ZONES, review_words.ZONES, strict=True):
        zone = QRectF(axis.left() + first * axis.width(), axis.top(), (last - first) * axis.width() - 3, 16)
        painter.setPen(QPen(theme.CONTROL_EDGE, 1))
        painter.setBrush(QColor(colour))
        painter.drawRoundedRect(zone, 3, 3)
        painter.setPen(theme.TEXT_1 if name == shape.label else theme.TEXT_2)
        painter.drawText(zone.adjusted(-10, 18, 10, 24), Qt.AlignmentFlag.AlignHCenter, translate(name))
    if not isinstance(shape.p_spike, Unknown):
        x = axis.left() + shape.p_spike * axis.width()
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme.TEXT_1)
        top = axis.top() - 3
        painter.drawPolygon(QPolygonF([QPointF(x - 8, top - 12), QPointF(x + 8, top - 12), QPointF(x, top)]))
    if box.height() >= 140:
        painter.setPen(theme.TEXT_3)
        painter.setFont(theme.font(15, 500))
        note = QRectF(box.left(), axis.bottom() + 24, box.width(), 46)
        usual = review_words.SALIENCY_NOTE if explained else review_words.ZONE_NOTE
        painter.drawText(note, Qt.TextFlag.TextWordWrap, translate(shape.reason) if known and shape.reason else usual)


def draw_frames(
    painter: QPainter, place: QRectF, story: LeakStory, boxes: Sequence[tuple[int, QRectF]], stills: Mapping[int, Still]
) -> float:
    """The frames behind the answer, each in its box under a line in ``place``; where the lowest of them ends."""
    shape = story.leak.shape
    named = shape.frames if shape is not None else ()
    template = review_words.FRAMES_BEHIND if named else review_words.FRAMES_SEEN
    painter.setPen(theme.TEXT_2)
    painter.setFont(theme.font(17, 550))
    painter.drawText(place, Qt.AlignmentFlag.AlignVCenter, template.format(len(named or story.frames)))
    bottom = place.top() + 26
    for frame, box in boxes:
        bottom = box.bottom()
        still = stills.get(frame)
        if still is None:
            painter.setPen(QPen(theme.HAIRLINE, 1))
            painter.setBrush(theme.BARS)
            painter.drawRect(box)
            continue
        side = still.image.width()
        high = side * box.height() / box.width()
        painter.drawImage(box, still.image, QRectF(0, (side - high) / 2, side, high))
    return bottom


def draw_rows(painter: QPainter, place: QRectF, rows: Sequence[tuple[str, str]]) -> None:
    """Name and value of each row, as many as fit into the place, and that a shape is a description only."""
    left, top, width, end = place.left(), place.top(), place.width(), place.bottom()
    height = min(36.0, max(24.0, (end - top - 28) / len(rows)))
    for name, value in rows:
        if top + height > end - 2:
            return
        painter.setPen(theme.TEXT_2)
        painter.setFont(theme.font(17, 550))
        box = QRectF(left, top, width, height)
        painter.drawText(box, Qt.AlignmentFlag.AlignVCenter, name)
        room = int(width) - painter.fontMetrics().horizontalAdvance(name) - 16
        painter.setPen(theme.TEXT_1)
        painter.setFont(theme.font(17, 700))
        text = painter.fontMetrics().elidedText(value, Qt.TextElideMode.ElideRight, room)
        painter.drawText(box, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight, text)
        painter.setPen(QPen(theme.HAIRLINE, 1))
        painter.drawLine(QPointF(left, top + height), QPointF(left + width, top + height))
        top += height
    if top + 24 <= end:
        painter.setPen(theme.TEXT_3)
        painter.setFont(theme.font(15, 500))
        painter.drawText(QRectF(left, top + 2, width, 22), Qt.AlignmentFlag.AlignVCenter, words.SHAPE_NOTE)
