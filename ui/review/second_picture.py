"""The second picture beside the first, hidden until something is held."""

from __future__ import annotations

from PyQt6.QtWidgets import QVBoxLayout, QWidget

from assistant.review.opened_run import OpenedRun
from ui.review.picture import ReviewPicture, time_plate
from ui.review.second_view import HeldBeside


class PictureBeside(QWidget):
    """Shows a `HeldBeside`."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.picture = ReviewPicture()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.picture)
        self._number = 0
        self.hide()

    def follow(self, second: HeldBeside, run: OpenedRun | None) -> None:
        """The first picture has moved, or something else is held."""
        if second.number != self._number:
            self._number = second.number
            self.picture.forget()
        beside = None if run is None else second.beside(run)
        self.setVisible(beside is not None)
        if beside is None:
            return
        picture, of = self.picture, beside.run
        if beside.frame is not None:
            picture.show_frame(beside.frame)
        moment = of.moments.at(beside.index) if of.moments is not None else None
        picture.fetching = picture.frame_index != beside.index
        picture.show_moment(None if picture.fetching else moment, () if of.plan is None else of.plan.views)
        picture.time_text = time_plate(of.time_of(beside.index), beside.index)
        picture.note_text = beside.note_template.format(beside.index)
