"""A second picture beside the first: a moment of this run held still, or another run going along."""

from __future__ import annotations

from PyQt6.QtWidgets import QVBoxLayout, QWidget

from assistant.plan import PlannedView
from assistant.review.opened_run import OpenedRun
from assistant.vocabulary import Frame
from ui.review import review_words
from ui.review.picture import ReviewPicture, time_plate


class Beside(QWidget):
    """Hidden until something is held."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.picture = ReviewPicture()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.picture)
        self._frame = -1
        self._other: OpenedRun | None = None
        self._offset_s = 0.0
        self.hide()

    @property
    def is_held(self) -> bool:
        """Whether something is shown here."""
        return self._frame >= 0 or self._other is not None

    def hold(self, session: OpenedRun) -> None:
        """Hold the moment at the playhead."""
        self.put_away()
        self._frame = session.playhead
        self.show()

    def go_along(self, other: OpenedRun, main: OpenedRun) -> None:
        """Show another run, which plays along from where it stands."""
        self.put_away()
        self._other, self._offset_s = other, other.time_s - main.time_s
        self.show()

    def put_away(self) -> None:
        """Show nothing here."""
        if self._other is not None:
            self._other.close()
        self._other, self._frame = None, -1
        self.picture.forget()
        self.hide()

    def follow(self, session: OpenedRun, views: tuple[PlannedView, ...]) -> None:
        """The first picture has moved."""
        if self._other is not None:
            other = self._other
            other.go(other.index_at(max(0.0, session.time_s + self._offset_s)))
            planned = other.plan.views if other.plan is not None else ()
            self._show(other, other.picture(), other.playhead, planned, review_words.OTHER_RUN)
        elif self._frame >= 0:
            self._show(session, session.kept(self._frame), self._frame, views, review_words.PINNED)

    def _show(
        self, session: OpenedRun, frame: Frame | None, index: int, views: tuple[PlannedView, ...], told: str
    ) -> None:
        if frame is not None:
            self.picture.show_frame(frame)
        moment = session.moments.at(index) if session.moments is not None else None
        self.picture.fetching = self.picture.frame_index != index
        self.picture.show_moment(None if self.picture.fetching else moment, views)
        self.picture.time_text = time_plate(session.time_of(index), index)
        self.picture.note_text = told.format(index)
