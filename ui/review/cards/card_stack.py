"""Cards behind one another with a field for each; in the small layout events and export lie here too."""

from __future__ import annotations

from PyQt6.QtWidgets import QHBoxLayout, QPushButton, QSizePolicy, QStackedWidget, QVBoxLayout, QWidget

from ui import theme
from ui.review.transport import Card, key_button


class Cards(Card):
    """A row of fields, the chosen card under it. Number keys choose too."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._stack = QStackedWidget()
        self._fields: dict[str, QPushButton] = {}
        self._pages: dict[str, QWidget] = {}
        self._row = QHBoxLayout()
        self._row.setSpacing(6)
        column = QVBoxLayout(self)
        column.setContentsMargins(8, 8, 8, 8)
        column.setSpacing(4)
        column.addLayout(self._row)
        column.addWidget(self._stack, 1)

    def add(self, name: str, page: QWidget) -> None:
        """One more card."""
        field = key_button(name, name, lambda: self.show_card(name), checkable=True)
        field.setFont(theme.font(15, 650))
        field.setMinimumWidth(40)
        field.setStyleSheet(field.styleSheet() + "QPushButton{padding:4px 0px;}")
        field.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self._row.addWidget(field)
        self._fields[name], self._pages[name] = field, page
        self._stack.addWidget(page)
        if len(self._pages) == 1:
            self.show_card(name)

    def remove(self, name: str) -> None:
        """Take a card out; it belongs to whoever puts it elsewhere."""
        page = self._pages.pop(name, None)
        if page is None:
            return
        field = self._fields.pop(name)
        self._row.removeWidget(field)
        field.deleteLater()
        self._stack.removeWidget(page)
        if self._pages and self.current not in self._pages:
            self.show_card(next(iter(self._pages)))

    @property
    def current(self) -> str:
        """The name of the card that is seen."""
        shown = self._stack.currentWidget()
        return next((name for name, page in self._pages.items() if page is shown), "")

    def names(self) -> tuple[str, ...]:
        """The cards, from left to right."""
        return tuple(self._pages)

    def show_card(self, name: str) -> None:
        """Bring a card to the front."""
        self._stack.setCurrentWidget(self._pages[name])
        for other, field in self._fields.items():
            field.setChecked(other == name)
