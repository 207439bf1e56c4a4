"""The window: one page in front, keys go to it, F1 to F5 change it. What a page does is its own affair."""

from __future__ import annotations

import importlib
from collections.abc import Callable

from PyQt6.QtCore import QEvent, QObject, Qt
from PyQt6.QtGui import QCloseEvent, QKeyEvent
from PyQt6.QtWidgets import (
    QAbstractSpinBox,
    QApplication,
    QComboBox,
    QLineEdit,
    QMainWindow,
    QPlainTextEdit,
    QStackedWidget,
    QTextEdit,
    QWidget,
)

from assistant.settings.tree import Settings
from ui import theme, words
from ui.keys.key_map import current, load
from ui.keys.keyboard import chords
from ui.page import PAGES, Page

_CHOOSING = frozenset(
    {Qt.Key.Key_Up, Qt.Key.Key_Down, Qt.Key.Key_PageUp, Qt.Key.Key_PageDown, Qt.Key.Key_Home, Qt.Key.Key_End}
)
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
        load()
        self.setWindowTitle(words.APPLICATION)
        self._settings = settings
        self._makers = makers if makers is not None else {name: _maker(place) for name, place in _PLACES.items()}
        self._pages: dict[str, Page] = {}
        self._stack = QStackedWidget()
        self.setCentralWidget(self._stack)
        theme.apply_minimum(self)
        application = QApplication.instance()
        assert isinstance(application, QApplication)
        application.focusChanged.connect(self._focus_moved)

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
                    before.show_message(why)
                    return False
                before.let_go()
                before.leave()
            self._stack.setCurrentWidget(target)
            target.enter()
        if thing is not None:
            target.open_thing(thing)
        target.setFocus()
        return True

    def show_message(self, text: str) -> None:
        """A line on the page in front."""
        if self.current is not None:
            self.current.show_message(text)

    def keyPressEvent(self, a0: QKeyEvent | None) -> None:
        """What no widget and no field has used."""
        if a0 is not None and not self._press(a0):
            super().keyPressEvent(a0)

    def keyReleaseEvent(self, a0: QKeyEvent | None) -> None:
        """A held key is let go."""
        if a0 is not None and not self._release(a0):
            super().keyReleaseEvent(a0)

    def _press(self, event: QKeyEvent) -> bool:
        """All acts are keys: those of the window, then those of the page in front."""
        name = current().find(("window",), chords(event))
        if name is not None:
            if not event.isAutoRepeat():
                self.go_to(name.name)
            return True
        return self.current is not None and self.current.press(event)

    def _release(self, event: QKeyEvent) -> bool:
        return self.current is not None and self.current.release(event)

    def eventFilter(self, a0: QObject | None, a1: QEvent | None) -> bool:
        """A key does its act whatever has the focus; only a field in which one writes or chooses has its own first."""
        if isinstance(a1, QKeyEvent) and isinstance(a0, QWidget) and not is_of_the_field(a0, a1):
            if a1.type() == QEvent.Type.KeyPress:
                return self._press(a1)
            if a1.type() == QEvent.Type.KeyRelease:
                return self._release(a1)
        return super().eventFilter(a0, a1)

    def _focus_moved(self, old: QWidget | None, new: QWidget | None) -> None:
        if old is not None and old is not self:
            old.removeEventFilter(self)
        if new is not None and new is not self and new.window() is self:
            new.installEventFilter(self)

    def changeEvent(self, a0: QEvent | None) -> None:
        """A window that loses the keyboard lets go of everything held."""
        if a0 is not None and a0.type() == QEvent.Type.ActivationChange and not self.isActiveWindow():
            for page in self._pages.values():
                page.let_go()
        super().changeEvent(a0)

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


def is_of_the_field(widget: QWidget, event: QKeyEvent) -> bool:
    """Whether a key belongs to the field with the focus: one to write in takes all, one to choose from its arrows."""
    if isinstance(widget, QComboBox) and not widget.isEditable():
        return event.key() in _CHOOSING
    if isinstance(widget, QTextEdit | QPlainTextEdit):
        return not widget.isReadOnly()
    return isinstance(widget, QLineEdit | QAbstractSpinBox | QComboBox)


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
