"""The leak card: where, which shape and how sure, the pictures behind the answer, how large, which route."""

from __future__ import annotations

from PyQt6.QtCore import QRectF, Qt, pyqtSignal
from PyQt6.QtGui import QMouseEvent, QPainter, QPaintEvent
from PyQt6.QtWidgets import QWidget

from assistant import lengths
from assistant.language import tr, translate
from assistant.plan import PlannedView
from assistant.reports.facts import UNKNOWN
from assistant.results.looked_at import NOT_YET
from assistant.review.leak_history import LeakStory
from assistant.vocabulary import Leak, LeakSite, Saliency
from ui import theme, words
from ui.keys.key_map import with_keys
from ui.review import review_words
from ui.review.cards.leak_drawing import Still, draw_crop, draw_frames, draw_rows, draw_shape

MOST_FRAMES = 6


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
        self._reviewer_text = ""

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
        self.setAccessibleName(f"{words.LEAK_TITLE}: {self.site_words()}")
        self.update()

    def explain(self, leaks: tuple[Leak, ...]) -> None:
        """Take over what the answers hang on, as worked out at the end of the run."""
        saliency = {leak.site: leak.shape.saliency for leak in leaks if leak.shape is not None and leak.shape.saliency}
        if saliency != self._saliency:
            self._saliency = saliency
            self.update()

    def say(self, reviewer: str) -> None:
        """What the reviewer says of this leak; empty when nothing."""
        if reviewer != self._reviewer_text:
            self._reviewer_text = reviewer
            self.update()

    def set_still(self, still: Still) -> None:
        """A picture of the leak that is shown."""
        self._stills[still.frame] = still
        self.update()

    def lacks(self) -> tuple[int, ...]:
        """Frames whose pictures are wanted."""
        story = self.story
        return () if story is None else tuple(f for f in story.behind(MOST_FRAMES) if f not in self._stills)

    def site_words(self) -> str:
        """The card in words."""
        story = self.story
        if story is None:
            if not self._kept:
                return with_keys(review_words.LEAKS_NOT_KEPT)
            return translate(self._nothing)
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
        title = f"{words.LEAK_TITLE}{number} · {self.site_words()}"
        painter.drawText(QRectF(18, 4, width, 34), Qt.AlignmentFlag.AlignVCenter, title)
        if story is None:
            return
        painter.setPen(theme.TEXT_3)
        painter.setFont(theme.font(17, 500))
        more = "  ›  " + tr("{count} in all", count=len(self._stories)) if len(self._stories) > 1 else ""
        first = review_words.FIRST_SEEN.format(words.clock(self._first_s.get(story.number, 0.0))) + more
        painter.drawText(QRectF(18, 4, width, 34), Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, first)
        side, leak = self._side, story.leak
        draw_crop(painter, QRectF(18, 44, side, side), *self._shown_crop(story))
        shape = QRectF(18 + side + 16, 44, width - side - 16, side)
        draw_shape(painter, shape, leak, explained=leak.site in self._saliency)
        place = QRectF(18, 44 + side + 8, width, 24)
        bottom = draw_frames(painter, place, story, self._frame_boxes(story), self._stills)
        draw_rows(painter, QRectF(18, bottom + 8, width, self.height() - bottom - 8), self._rows(leak))

    @property
    def _side(self) -> float:
        return 150.0 if self.height() >= 460 else 110.0

    def _shown_crop(self, story: LeakStory) -> tuple[Still | None, Saliency | None]:
        """The picture that the answer hangs on, with what it hangs on; else the last one, alone."""
        frames = [frame for frame in story.behind(MOST_FRAMES) if frame in self._stills]
        saliency = self._saliency.get(story.site)
        if saliency is not None and saliency.frame_index in frames:
            return self._stills[saliency.frame_index], saliency
        return (self._stills[frames[-1]] if frames else None), None

    def _rows(self, leak: Leak) -> list[tuple[str, str]]:
        view = self._views[leak.view_index] if leak.view_index < len(self._views) else None
        values = (
            translate(lengths.about_size(leak.length_mm, leak.width_mm, view)),
            translate(lengths.about_area(leak.area_mm2, view)),
            f"{translate(leak.yeom or UNKNOWN)} · {translate(leak.magnitude or UNKNOWN)}",
            translate(leak.shape.model if leak.shape is not None else "—"),
        )
        rows = [*zip(review_words.LEAK_ROWS, values, strict=True)]
        return [*rows, (review_words.REVIEWER, self._reviewer_text)] if self._reviewer_text else rows

    def _frame_boxes(self, story: LeakStory) -> list[tuple[int, QRectF]]:
        top, each = 44 + self._side + 8, (self.width() - 36.0 - 5 * 8) / MOST_FRAMES
        height = min(each, 62.0)
        frames = story.behind(MOST_FRAMES)
        return [(frame, QRectF(18 + k * (each + 8), top + 26, each, height)) for k, frame in enumerate(frames)]

    def mousePressEvent(self, a0: QMouseEvent | None) -> None:
        """Go to a frame, or on to the next leak."""
        story = self.story
        if a0 is None or story is None:
            return
        if a0.position().y() < 40:
            self.next_leak()
            return
        for frame, box in self._frame_boxes(story):
            if box.contains(a0.position()):
                self.jump.emit(frame)
