"""Where the parts of the review page lie: sheet 06 at its size, fewer cards side by side in a small window."""

from __future__ import annotations

from collections.abc import Mapping

from PyQt6.QtWidgets import QGridLayout, QHBoxLayout, QLabel, QStackedWidget, QVBoxLayout, QWidget

from ui import theme
from ui.review import review_words
from ui.review.cards.card_stack import Cards
from ui.widgets.frame_band import FrameBand

_WIDE_PX = 1700
_COLUMNS = {True: (820, 520, 496), False: (690, 540, 0)}
_ROWS = {True: (566, 370), False: (560, 330)}


class Arrangement(QWidget):
    """Holds the parts inside the replay's frame.

    Parameters
    ----------
    parts : mapping of str to QWidget
        ``header``, ``picture``, ``beside``, ``message``, ``plan``, ``transport``, ``events``, ``export``.
    cards : mapping of str to QWidget
        Title to card.
    """

    def __init__(self, parts: Mapping[str, QWidget], cards: Mapping[str, QWidget]) -> None:
        super().__init__()
        self._parts = parts
        self._wide: bool | None = None
        self._bare = False
        self.note = QLabel()
        self.note.setWordWrap(True)
        self.note.setFont(theme.font(18, 600))
        self.note.setContentsMargins(16, 4, 16, 4)
        self.note.hide()
        self.cards = Cards()
        for name, card in cards.items():
            self.cards.add(name, card)
        self.side = QStackedWidget()
        self.side.addWidget(self.cards)
        self.side.addWidget(parts["plan"])
        pictures = QHBoxLayout()
        pictures.setSpacing(4)
        pictures.addWidget(parts["beside"], 1)
        pictures.addWidget(parts["picture"], 1)
        picture_side = QWidget()
        left = QVBoxLayout(picture_side)
        left.setContentsMargins(0, 0, 0, 0)
        left.setSpacing(0)
        left.addLayout(pictures, 1)
        left.addWidget(parts["message"])
        self._grid = QGridLayout()
        self._grid.setContentsMargins(16, 12, 16, 12)
        self._grid.setSpacing(16)
        self._grid.addWidget(picture_side, 0, 0)
        self._grid.addWidget(self.side, 0, 1)
        self._grid.addWidget(parts["transport"], 1, 0, 1, 2)
        content = QWidget()
        whole = QVBoxLayout(content)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(0)
        whole.addWidget(parts["header"])
        whole.addWidget(self.note)
        whole.addLayout(self._grid, 1)
        content.setAutoFillBackground(True)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(FrameBand(content))
        self.set_width(_WIDE_PX)

    def set_width(self, width: int) -> None:
        """Large: events and export have places of their own. Small: they lie among the cards."""
        wide = width >= _WIDE_PX
        if wide == self._wide:
            return
        self._wide = wide
        events, export = self._parts["events"], self._parts["export"]
        if wide:
            self.cards.remove(review_words.EVENTS)
            self.cards.remove(review_words.EXPORT)
            self._grid.addWidget(events, 0, 2)
            self._grid.addWidget(export, 1, 2)
            events.setVisible(not self._bare)
            export.setVisible(not self._bare)
        else:
            self._grid.removeWidget(events)
            self._grid.removeWidget(export)
            self.cards.add(review_words.EVENTS, events)
            self.cards.add(review_words.EXPORT, export)
        self._share_out()

    def _share_out(self) -> None:
        """How the parts share the room; alone, the picture has all of it."""
        wide = bool(self._wide)
        columns, rows = ((1, 0, 0), (1, 0)) if self._bare else (_COLUMNS[wide], _ROWS[wide])
        for column, stretch in enumerate(columns):
            self._grid.setColumnStretch(column, stretch)
        for row, stretch in enumerate(rows):
            self._grid.setRowStretch(row, stretch)

    def toggle_bare(self) -> None:
        """Header and picture only, or all."""
        self._bare = not self._bare
        own = (self._parts["events"], self._parts["export"]) if self._wide else ()
        for widget in (self.side, self._parts["transport"], *own):
            widget.setVisible(not self._bare)
        self._share_out()

    def show_message(self, text: str) -> None:
        """A line under the header."""
        self.note.setText(text)
        self.note.setVisible(bool(text))
