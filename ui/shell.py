"""The window: one page in front, keys go to it, F1 to F5 change it. What a page does is its own affair."""

from __future__ import annotations

import importlib
from collections.abc import Callable

from PyQt6.QtCore import Qt
from PyQt6.QtGui import QCloseEvent, QKeyEvent
from PyQt6.QtWidgets import QApplication, QMainWindow, QStackedWidget, QWidget

from assistant.settings import Settings
from ui import theme, words
from ui.page import PAGES, Page

_KEYS = dict(zip((Qt.Key.Key_F1, Qt.Key.Key_F2, Qt.Key.Key_F3, Qt.Key.Key_F4, Qt.Key.Key_F5), PAGES, strict=True))
_PLACES = {name: f"ui.{name}.page" for name in PAGES}
Maker = Callable[[Settings], Page]


class Shell(QMainWindow):
    """Holds the pages; a page is made when it is first asked for, so that the start stays quick.

    Parameters
    ----------
    settings : Settings
    makers : dict of str to callable, optional
        How to make each page; by default ``make_page(settings)`` of its module.
    """

    def __init__(
        self, settings: Settings, makers: dict[str, Maker] | None = None, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setWindowTitle(words.APPLICATION)
        self._settings = settings
        self._makers = makers if makers is not None else {name: _maker(place) for name, place in _PLACES.items()}
        self._pages: dict[str, Page] = {}
        self._stack = QStackedWidget()
        self.setCentralWidget(self._stack)
        theme.apply_minimum(self)

    @property
    def current(self) -> Page | None:
        """The page in front."""
        page = self._stack.currentWidget()
        return page if isinstance(page, Page) else None

    def page(self, name: str) -> Page:
        """A page by name; made on first use."""
        if name not in self._pages:
            made = self._makers[name](self._settings)
            made.wanted.connect(self.go_to)
            self._pages[name] = made
            self._stack.addWidget(made)
        return self._pages[name]

    def go_to(self, name: str, thing: object = None) -> bool:
        """Bring a page to the front; False, with the reason told there, while the present one must stay."""
        before = self.current
        target = self.page(name)
        if before is not target:
            if before is not None:
                why = before.stay()
                if why:
                    before.tell(why)
                    return False
                before.leave()
            self._stack.setCurrentWidget(target)
            target.enter()
        if thing is not None:
            target.open_thing(thing)
        target.setFocus()
        return True

    def tell(self, text: str) -> None:
        """A line on the page in front."""
        if self.current is not None:
            self.current.tell(text)

    def keyPressEvent(self, a0: QKeyEvent | None) -> None:
        """All acts are keys; the page in front knows which."""
        if a0 is None:
            return
        name = _KEYS.get(Qt.Key(a0.key()))
        if name is not None and not a0.isAutoRepeat():
            self.go_to(name)
        elif self.current is None or not self.current.press(a0):
            super().keyPressEvent(a0)

    def keyReleaseEvent(self, a0: QKeyEvent | None) -> None:
        """A held key is let go."""
        if a0 is not None and (self.current is None or not self.current.release(a0)):
            super().keyReleaseEvent(a0)

    def focusNextPrevChild(self, next: bool) -> bool:
        """Tab is an act of its own on most pages, not a way through the widgets: every act has its key."""
        return False

    def closeEvent(self, a0: QCloseEvent | None) -> None:
        """End what runs behind the pages, unless one of them must be asked first."""
        if a0 is None:
            return
        for name, page in self._pages.items():
            if not page.may_close():
                self.go_to(name)
                a0.ignore()
                return
        for page in self._pages.values():
            page.shut()
        super().closeEvent(a0)


def _maker(place: str) -> Maker:
    def make(settings: Settings) -> Page:
        made: Page = importlib.import_module(place).make_page(settings)
        return made

    return make


def load_pages() -> None:
    """Load the modules of all pages; in a thread, so that the first visit to a page waits only for its widgets."""
    for place in _PLACES.values():
        importlib.import_module(place)


def shells() -> list[Shell]:
    """All open windows of the program."""
    return [widget for widget in QApplication.topLevelWidgets() if isinstance(widget, Shell)]
