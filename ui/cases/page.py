"""The page of cases: search, list, one case; imports by dialog, drop or command; forms in the right panel."""

from __future__ import annotations

from collections.abc import Callable

from PyQt6.QtCore import QEvent, QObject, Qt, QTimer
from PyQt6.QtGui import QDropEvent, QKeyEvent, QResizeEvent
from PyQt6.QtWidgets import QScrollArea, QWidget

from assistant.library.search import Filter
from assistant.settings.tree import Settings
from ui.cases import case_words as words
from ui.cases.case_list import CaseModel
from ui.cases.controller import CasesController
from ui.cases.layout import CasesWidgets, lay_out
from ui.keys.key_map import with_keys
from ui.keys.table import KeyAction
from ui.library_access import library_of_window
from ui.page import Page
from ui.run_dialog import ask_for_runs
from ui.widgets.form import Form
from ui.widgets.form_sheet import FormSheet

_SEARCH_AFTER_MS = 60


class CasesPage(Page):
    """The library: the widgets, and what `CasesController` has them show."""

    def __init__(self, settings: Settings, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAcceptDrops(True)
        self.setAutoFillBackground(True)
        self.library_access = library_of_window()
        self.library_access.enter()
        self.controller = CasesController(settings, self.library_access, self)
        self.model = CaseModel(self.controller.found, self)
        self.form: Form | None = None
        parts = lay_out(self, self.model)
        self.search, self.filters, self.note, self.count = parts.search, parts.filters, parts.note, parts.count
        self.list, self.empty, self.middle, self.work = parts.list, parts.empty, parts.middle, parts.work
        self.card, self.side, self.panel, self.caps = parts.card, parts.side, parts.panel, parts.caps
        self._hear(parts)
        self._later = QTimer(self)
        self._later.setSingleShot(True)
        self._later.setInterval(_SEARCH_AFTER_MS)
        self._later.timeout.connect(self._find)
        self.search.textChanged.connect(self._typed)
        # Methods of the page: a signal lets go of them when the page goes, and never of a controller's.
        self.library_access.changed.connect(self._find)
        self.library_access.worked.connect(self._work_went_on)
        self.controller.begin()

    def _hear(self, parts: CasesWidgets) -> None:
        """What a person touches."""
        parts.tabs.wanted.connect(self.wanted)
        self.card.act.connect(self.do)
        self.search.installEventFilter(self)
        self.list.clicked.connect(lambda index: self.controller.go(index.row()))
        for cap in self.caps:
            cap.pressed.connect(self.do)
        for which, button in self.filters.items():
            button.clicked.connect(lambda _checked=False, which=which: self.controller.choose_filter(which))

    # What the controller needs of its page (`CasesView`).

    def show_message(self, text: str) -> None:
        """A line above the list."""
        self.note.setText(with_keys(text))
        self.note.setVisible(bool(text))

    def show_found(self) -> None:
        """The list, the filters and the counts, as the controller has them."""
        controller = self.controller
        self.model.show_again()
        if self.search.text() != controller.text:
            self.search.setText(controller.text)
        for which, button in self.filters.items():
            button.setChecked(which is controller.which)
        asked = bool(controller.text) or controller.which is not Filter.ALL
        self.empty.setText(words.NOTHING_FOUND if asked else with_keys(words.NO_CASES))
        self.middle.setCurrentIndex(0 if controller.found.total else 1)
        if controller.held is not None:
            self.count.setText(words.count_of(**controller.held, wide=self.width() >= 1500))
        self._show_filters()

    def show_chosen(self) -> None:
        """The chosen case in the list and on the card; a form that is open stays in front."""
        found, library = self.controller.found, self.library_access.library
        case = found.chosen_case
        if case is not None and library is not None:
            index = self.model.index(found.row, 0)
            self.list.setCurrentIndex(index)
            self.list.scrollTo(index)
            self.card.show_case(library, case, found.runs, found.run_at)
        if self.form is None:
            self.side.setCurrentIndex(0 if case is None else 1)

    def show_work(self, text: str) -> None:
        """What goes on in the background, below the list."""
        self.work.setText(text)

    def show_form(self, sheet: FormSheet, closed: Callable[[str], None]) -> None:
        """Put a form into the panel."""
        self._take_form_away()
        self.form = Form(sheet)
        scroll = QScrollArea()
        scroll.setWidgetResizable(True)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        scroll.setStyleSheet("QScrollArea,QScrollArea>QWidget>QWidget{background:#161C23;border:none;}")
        scroll.setWidget(self.form)
        self.form.closed.connect(self._take_form_away)
        self.form.closed.connect(closed)
        self.side.addWidget(scroll)
        self.side.setCurrentWidget(scroll)
        self.form.begin()

    def begin_search(self) -> None:
        """The field of the search waits for words."""
        self.search.setFocus()
        self.search.selectAll()

    def ask_for_runs(self, title: str, *, several: bool = False) -> list[str]:
        """The recordings that a person chooses."""
        return ask_for_runs(self, title, several=several)

    def go_to(self, page: str, thing: object) -> None:
        """Another page, and what it is to open."""
        self.wanted.emit(page, thing)

    # What the shell and Qt call.

    def enter(self) -> None:
        """Look again: other pages may have changed the library."""
        self.controller.enter()

    def do(self, act: str) -> None:
        """Do an act of the page: a key or a touched field."""
        self.controller.do(act)

    def places(self) -> tuple[str, ...]:
        """Keys of the page; while a form is open, of the form."""
        return ("cases",) if self.form is None else ("form",)

    def begin_act(self, act: KeyAction) -> None:
        """Do an act of the page or of the form."""
        if self.form is not None:
            self.form.do(act.name)
        else:
            self.do(act.name)

    def press(self, event: QKeyEvent) -> bool:
        """A key that means nothing takes a question back too."""
        known = super().press(event)
        if not known and self.form is None:
            self.controller.stop_asking()
        return known

    def open_thing(self, thing: object) -> None:
        """Import a path, or show a case."""
        self.controller.open_thing(thing)

    def eventFilter(self, a0: QObject | None, a1: QEvent | None) -> bool:
        """Out of the search field with Enter, Esc or the arrows."""
        if a0 is self.search and isinstance(a1, QKeyEvent) and a1.type() == QEvent.Type.KeyPress:
            key = Qt.Key(a1.key())
            if key in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Escape, Qt.Key.Key_Down):
                if key == Qt.Key.Key_Escape:
                    self.search.clear()
                self._find()
                self.setFocus()
                return True
        return super().eventFilter(a0, a1)

    def dropEvent(self, a0: QDropEvent | None) -> None:
        """Import what was dropped."""
        dropped = None if a0 is None else a0.mimeData()
        if dropped is not None:
            self.controller.bring_in([url.toLocalFile() for url in dropped.urls() if url.isLocalFile()])

    def resizeEvent(self, a0: QResizeEvent | None) -> None:
        """The panel takes its share of the width."""
        for cap, (_, label, short) in zip(self.caps, words.KEYS, strict=True):
            cap.label = label if self.width() >= 1700 else short
            cap.setFixedWidth(cap.sizeHint().width() + 4)
        self.panel.setFixedWidth(624 if self.width() >= 1700 else 440)
        self._show_filters()
        super().resizeEvent(a0)

    def shut(self) -> None:
        """Give the library back."""
        self.library_access.leave()

    def _typed(self, text: str) -> None:
        self.controller.text = text
        self._later.start()

    def _find(self) -> None:
        self.controller.find()

    def _work_went_on(self) -> None:
        self.controller.show_work()

    def _take_form_away(self) -> None:
        if self.form is None:
            return
        scroll = self.side.currentWidget()
        self.form = None
        self.side.setCurrentIndex(1 if self.controller.found.chosen else 0)
        if isinstance(scroll, QScrollArea):
            self.side.removeWidget(scroll)
            scroll.deleteLater()
        self.setFocus()

    def _show_filters(self) -> None:
        """Narrow windows show three and the one that is chosen; the arrows reach them all."""
        shown = (Filter.ALL, Filter.LEAK, Filter.HIGH, self.controller.which)
        for which, button in self.filters.items():
            button.setVisible(self.width() >= 1500 or which in shown)


def make_page(settings: Settings) -> CasesPage:
    """The page, for the shell."""
    return CasesPage(settings)
