"""The leak card: where, which shape and how sure, the pictures behind the answer, how large, which route."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PyQt6.QtCore import QPointF, QRectF, Qt, pyqtSignal
from PyQt6.QtGui import QColor, QImage, QMouseEvent, QPainter, QPaintEvent, QPen, QPolygonF
from PyQt6.QtWidgets import QWidget

from assistant import lengths
from assistant.language import shown, tr
from assistant.plan import PlannedView
from assistant.reports.facts import UNKNOWN
from assistant.results.looked_at import NOT_YET
from assistant.review.leak_history import LeakCrop, LeakStory
from assistant.shape_words import ROUND, SPIKE, share_of
from assistant.vocabulary import Leak, LeakSite, Saliency, Unknown
from ui import theme, words
from ui.keys.key_map import with_keys
from ui.review import review_words
from ui.review.cards.saliency_image import FOR_ROUND, FOR_SPIKE, saliency_image, saliency_place

MOST_FRAMES = 6
_ZONES = ((0.0, 0.3, "#7A8A9A"), (0.3, 0.7, "#222B35"), (0.7, 1.0, "#FFFFFF"))


@dataclass(frozen=True, slots=True, eq=False)
class Still:
    """A cut-out of one frame with what is drawn on it."""

    frame: int
    image: QImage
    crop: LeakCrop


class LeakCard(QWidget):
    """One leak of the run at a time; a press on one of its frames goes there, on the title to the next leak."""

    jump = pyqtSignal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._stories: tuple[LeakStory, ...] = ()
        self._at = 0
        self._nothing, self._kept = NOT_YET, True
        self._chosen = False
        self._first_s: dict[int, float] = {}
        self._views: tuple[PlannedView, ...] = ()
        self._stills: dict[int, Still] = {}
        self._saliency: dict[LeakSite, Saliency] = {}
        self._said = ""

    def forget(self) -> None:
        """Another run."""
        self._stories, self._at, self._chosen = (), 0, False
        self._nothing, self._kept = NOT_YET, True
        self._stills.clear()
        self._saliency.clear()
        self.update()

    @property
    def story(self) -> LeakStory | None:
        """The leak that is shown."""
        return self._stories[self._at] if self._at < len(self._stories) else None

    def show_leaks(
        self,
        stories: tuple[LeakStory, ...],
        first_s: dict[int, float],
        views: tuple[PlannedView, ...] = (),
        *,
        nothing: str,
        kept: bool,
    ) -> None:
        """Take over the leaks of the run.

        Parameters
        ----------
        stories : tuple of LeakStory
        first_s : dict
            Number of a leak to the time at which it was first seen.
        views : tuple of PlannedView
            The plan's.
        nothing : str
            What is said without a leak: how far was looked.
        kept : bool
            Whether leaks are among the figures at all: those of an earlier day hold none.
        """
        if not self._chosen and stories:
            # A leak into the disc has a shape to show: it comes first until a person chooses.
            shaped = [k for k, story in enumerate(stories) if story.leak.shape is not None]
            self._at = shaped[0] if shaped else 0
        self._stories, self._first_s, self._nothing, self._kept = stories, first_s, nothing, kept
        self._views = views
        self.setAccessibleName(f"{words.LEAK_TITLE}: {self.told()}")
        self.update()

    def explain(self, leaks: tuple[Leak, ...]) -> None:
        """Take over what the answers hang on, as worked out at the end of the run."""
        told = {leak.site: leak.shape.saliency for leak in leaks if leak.shape is not None and leak.shape.saliency}
        if told != self._saliency:
            self._saliency = told
            self.update()

    def say(self, reviewer: str) -> None:
        """What the reviewer says of this leak; empty when nothing."""
        if reviewer != self._said:
            self._said = reviewer
            self.update()

    def set_still(self, still: Still) -> None:
        """A picture of the leak that is shown."""
        self._stills[still.frame] = still
        self.update()

    def lacks(self) -> tuple[int, ...]:
        """Frames whose pictures are wanted."""
        story = self.story
        return () if story is None else tuple(f for f in story.behind(MOST_FRAMES) if f not in self._stills)

    def told(self) -> str:
        """The card in words."""
        story = self.story
        if story is None:
            if not self._kept:
                return with_keys(review_words.LEAKS_NOT_KEPT)
            return shown(self._nothing)
        return words.LEAK_SITE[story.site]

    def next_leak(self) -> None:
        """Show the next leak of the run."""
        if self._stories:
            self._at, self._chosen = (self._at + 1) % len(self._stories), True
            self.update()

    def paintEvent(self, a0: QPaintEvent | None) -> None:
        """Draw the card."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        story, width = self.story, self.width() - 36.0
        painter.setPen(theme.TEXT_1)
        painter.setFont(theme.font(22, 750))
        number = "" if story is None else f" {story.number}"
        title = f"{words.LEAK_TITLE}{number} · {self.told()}"
        painter.drawText(QRectF(18, 4, width, 34), Qt.AlignmentFlag.AlignVCenter, title)
        if story is None:
            return
        painter.setPen(theme.TEXT_3)
        painter.setFont(theme.font(17, 500))
        more = "  ›  " + tr("{count} in all", count=len(self._stories)) if len(self._stories) > 1 else ""
        first = review_words.FIRST_SEEN.format(words.clock(self._first_s.get(story.number, 0.0))) + more
        painter.drawText(QRectF(18, 4, width, 34), Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, first)
        side = 150.0 if self.height() >= 460 else 110.0
        self._draw_crop(painter, story, QRectF(18, 44, side, side))
        self._draw_shape(painter, story.leak, QRectF(18 + side + 16, 44, width - side - 16, side))
        top = self._draw_frames(painter, story, 44 + side + 8, width)
        self._draw_rows(painter, story, top, width)

    def _draw_crop(self, painter: QPainter, story: LeakStory, box: QRectF) -> None:
        frames = [frame for frame in story.behind(MOST_FRAMES) if frame in self._stills]
        if not frames:
            painter.setPen(QPen(theme.HAIRLINE, 1))
            painter.drawRect(box)
            return
        saliency = self._saliency.get(story.site)
        explained = saliency is not None and saliency.frame_index in frames
        still = self._stills[saliency.frame_index if saliency is not None and explained else frames[-1]]
        painter.drawImage(box, still.image)
        painter.save()
        painter.setClipRect(box)
        scale = box.width() / still.crop.side_px
        if saliency is not None and explained:
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
        if explained:
            _draw_saliency_legend(painter, box)

    def _draw_shape(self, painter: QPainter, leak: Leak, box: QRectF) -> None:
        shape = leak.shape
        if shape is None:
            painter.setPen(theme.TEXT_2)
            painter.setFont(theme.font(18, 550))
            painter.drawText(box, Qt.TextFlag.TextWordWrap, tr("Shape is told of leaks into a disc only."))
            return
        painter.setPen(theme.TEXT_1)
        painter.setFont(theme.font(27, 750))
        said = review_words.SHAPE.format(shown(shape.label))
        painter.drawText(QRectF(box.left(), box.top() - 4, box.width(), 36), Qt.AlignmentFlag.AlignVCenter, said)
        painter.setFont(theme.font(18, 550))
        share = share_of(shape.label, shape.p_spike)
        known = not isinstance(share, Unknown)
        by_rule = shape.model.startswith("geometric")
        told = (
            (review_words.SCORE if by_rule else review_words.PROBABILITY).format(shown(shape.label), share)
            if known
            else shown(shape.reason)
        )
        painter.drawText(QRectF(box.left(), box.top() + 30, box.width(), 26), Qt.AlignmentFlag.AlignVCenter, told)
        axis = QRectF(box.left(), box.top() + 72, box.width(), 16)
        painter.setFont(theme.font(15, 550))
        for (first, last, colour), name in zip(_ZONES, review_words.ZONES, strict=True):
            zone = QRectF(axis.left() + first * axis.width(), axis.top(), (last - first) * axis.width() - 3, 16)
            painter.setPen(QPen(theme.CONTROL_EDGE, 1))
            painter.setBrush(QColor(colour))
            painter.drawRoundedRect(zone, 3, 3)
            painter.setPen(theme.TEXT_1 if name == shape.label else theme.TEXT_2)
            painter.drawText(zone.adjusted(-10, 18, 10, 24), Qt.AlignmentFlag.AlignHCenter, shown(name))
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
            usual = review_words.SALIENCY_NOTE if leak.site in self._saliency else review_words.ZONE_NOTE
            painter.drawText(note, Qt.TextFlag.TextWordWrap, shown(shape.reason) if known and shape.reason else usual)

    def _frame_boxes(self, story: LeakStory, top: float, width: float) -> list[tuple[int, QRectF]]:
        each = (width - 5 * 8) / MOST_FRAMES
        height = min(each, 62.0)
        frames = story.behind(MOST_FRAMES)
        return [(frame, QRectF(18 + k * (each + 8), top + 26, each, height)) for k, frame in enumerate(frames)]

    def _draw_frames(self, painter: QPainter, story: LeakStory, top: float, width: float) -> float:
        shape = story.leak.shape
        named = shape.frames if shape is not None else ()
        said = review_words.FRAMES_BEHIND if named else review_words.FRAMES_SEEN
        painter.setPen(theme.TEXT_2)
        painter.setFont(theme.font(17, 550))
        painter.drawText(
            QRectF(18, top, width, 24), Qt.AlignmentFlag.AlignVCenter, said.format(len(named or story.frames))
        )
        bottom = top + 26
        for frame, box in self._frame_boxes(story, top, width):
            bottom = box.bottom()
            still = self._stills.get(frame)
            if still is None:
                painter.setPen(QPen(theme.HAIRLINE, 1))
                painter.setBrush(theme.BARS)
                painter.drawRect(box)
                continue
            side = still.image.width()
            high = side * box.height() / box.width()
            painter.drawImage(box, still.image, QRectF(0, (side - high) / 2, side, high))
        return bottom + 8

    def _draw_rows(self, painter: QPainter, story: LeakStory, top: float, width: float) -> None:
        leak = story.leak
        model = leak.shape.model if leak.shape is not None else "—"
        view = self._views[leak.view_index] if leak.view_index < len(self._views) else None
        values = (
            shown(lengths.about_size(leak.length_mm, leak.width_mm, view)),
            shown(lengths.about_area(leak.area_mm2, view)),
            f"{shown(leak.yeom or UNKNOWN)} · {shown(leak.magnitude or UNKNOWN)}",
            shown(model),
        )
        rows = [*zip(review_words.LEAK_ROWS, values, strict=True)]
        if self._said:
            rows.append((review_words.REVIEWER, self._said))
        height = min(36.0, max(24.0, (self.height() - top - 28) / len(rows)))
        for name, value in rows:
            if top + height > self.height() - 2:
                return
            painter.setPen(theme.TEXT_2)
            painter.setFont(theme.font(17, 550))
            box = QRectF(18, top, width, height)
            painter.drawText(box, Qt.AlignmentFlag.AlignVCenter, name)
            room = int(width) - painter.fontMetrics().horizontalAdvance(name) - 16
            painter.setPen(theme.TEXT_1)
            painter.setFont(theme.font(17, 700))
            told = painter.fontMetrics().elidedText(value, Qt.TextElideMode.ElideRight, room)
            painter.drawText(box, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight, told)
            painter.setPen(QPen(theme.HAIRLINE, 1))
            painter.drawLine(QPointF(18, top + height), QPointF(18 + width, top + height))
            top += height
        if top + 24 <= self.height():
            painter.setPen(theme.TEXT_3)
            painter.setFont(theme.font(15, 500))
            painter.drawText(QRectF(18, top + 2, width, 22), Qt.AlignmentFlag.AlignVCenter, words.SHAPE_NOTE)

    def mousePressEvent(self, a0: QMouseEvent | None) -> None:
        """Go to a frame, or on to the next leak."""
        story = self.story
        if a0 is None or story is None:
            return
        if a0.position().y() < 40:
            self.next_leak()
            return
        side = 150.0 if self.height() >= 460 else 110.0
        for frame, box in self._frame_boxes(story, 44 + side + 8, self.width() - 36.0):
            if box.contains(a0.position()):
                self.jump.emit(frame)


def _draw_saliency_legend(painter: QPainter, box: QRectF) -> None:
    """Which colour speaks for which shape, along the lower edge of the picture."""
    strip = QRectF(box.left(), box.bottom() - 20, box.width(), 20)
    painter.fillRect(strip, theme.GROUND)
    painter.setFont(theme.font(13, 650))
    for k, (colour, word) in enumerate(((FOR_SPIKE, shown(SPIKE)), (FOR_ROUND, shown(ROUND)))):
        left = strip.left() + 5 + k * strip.width() / 2
        painter.fillRect(QRectF(left, strip.top() + 5, 10, 10), colour)
        painter.setPen(theme.TEXT_1)
        painter.drawText(QRectF(left + 15, strip.top(), 60, 20), Qt.AlignmentFlag.AlignVCenter, word)
