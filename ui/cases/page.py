"""The page of cases: search, list, one case; imports by dialog, drop or command; forms in the right panel."""

from __future__ import annotations

from pathlib import Path

from PyQt6.QtCore import QEvent, QObject, Qt, QTimer
from PyQt6.QtGui import QDropEvent, QKeyEvent, QResizeEvent
from PyQt6.QtWidgets import (
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QScrollArea,
    QSizePolicy,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from assistant.errors import AssistantError, UsageError
from assistant.exchange.jobs import unpack_job
from assistant.library.search import Filter
from assistant.settings.tree import Settings
from ui import theme
from ui.cases import case_forms, keys
from ui.cases import case_words as words
from ui.cases.case_card import CaseCard
from ui.cases.case_list import CaseHeader, CaseList, CaseModel
from ui.keys.key_map import with_keys
from ui.keys.table import Act
from ui.library_access import room
from ui.page import Page
from ui.run_dialog import ask_for_runs
from ui.widgets.form import Form
from ui.widgets.keycap import Keycap
from ui.widgets.page_tabs import PageTabs

_SEARCH_AFTER_MS = 60


class CasesPage(Page):
    """The library."""

    def __init__(self, settings: Settings, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.settings = settings
        self.setAcceptDrops(True)
        self.setAutoFillBackground(True)
        self.room = room()
        self.room.enter()
        self.model = CaseModel(self)
        self.which = Filter.ALL
        self.form: Form | None = None
        self.asked = ""
        self._build()
        self._later = QTimer(self)
        self._later.setSingleShot(True)
        self._later.setInterval(_SEARCH_AFTER_MS)
        self._later.timeout.connect(self.find)
        self.search.textChanged.connect(lambda _: self._later.start())
        self.room.changed.connect(self.find)
        self.room.worked.connect(self.show_work)
        if not self.room.open(self.settings):
            self.tell(
                f"{self.room.why_not} {words.RESTORE_KEY}" if "damaged" in self.room.why_not else self.room.why_not
            )
        elif self.room.library is not None and self.room.library.fault:
            self.tell(f"LOG NEEDS CHECK: {self.room.library.fault}. The cases can be read.")
        self.find()

    def _build(self) -> None:
        self.tabs = PageTabs("cases")
        self.tabs.wanted.connect(self.wanted)
        title = QLabel(words.CASES)
        title.setFont(theme.font(30, 800, spacing_percent=6))
        self.count = QLabel()
        self.count.setFont(theme.font(19, 500))
        self.count.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        top = QHBoxLayout()
        top.setSpacing(18)
        top.addWidget(title)
        top.addWidget(self.count, 1)
        top.addWidget(self.tabs)
        self.search = QLineEdit()
        self.search.setPlaceholderText(with_keys(words.SEARCH + "   [[cases:search]]"))
        self.search.setAccessibleName(words.SEARCH)
        self.search.setFont(theme.font(20))
        self.search.setMinimumHeight(48)
        self.search.installEventFilter(self)
        filters = QHBoxLayout()
        filters.setSpacing(8)
        filters.addWidget(self.search, 1)
        self.filters: dict[Filter, QPushButton] = {}
        for which in Filter:
            made = QPushButton(which.value)
            made.setCheckable(True)
            made.setFont(theme.font(18, 650))
            made.setMinimumHeight(48)
            made.setFocusPolicy(Qt.FocusPolicy.NoFocus)
            made.clicked.connect(lambda _checked=False, which=which: self.choose_filter(which))
            made.setStyleSheet("QPushButton:checked{background:#34404C;border:2px solid #F2F5F8;}")
            self.filters[which] = made
            filters.addWidget(made)
        self.list = CaseList(self.model)
        self.header = CaseHeader()
        self.empty = QLabel(with_keys(words.NO_CASES))
        self.empty.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.empty.setFont(theme.font(24, 600))
        self.middle = QStackedWidget()
        self.middle.addWidget(self.list)
        self.middle.addWidget(self.empty)
        self.note = QLabel()
        self.note.setTextFormat(Qt.TextFormat.PlainText)
        self.note.setWordWrap(True)
        self.note.setFont(theme.font(18, 600))
        self.note.setContentsMargins(4, 4, 4, 4)
        self.note.hide()
        left = QVBoxLayout()
        left.setSpacing(0)
        left.addLayout(filters)
        left.addSpacing(10)
        left.addWidget(self.note)
        left.addWidget(self.header)
        left.addWidget(self.middle, 1)
        self.card = CaseCard()
        self.card.act.connect(self.do)
        self.side = QStackedWidget()
        blank = QWidget()
        self.side.addWidget(blank)
        self.side.addWidget(self.card)
        self.panel = QWidget()
        self.panel.setObjectName("panel")
        self.panel.setStyleSheet("QWidget#panel{background:#161C23;border:1px solid #34404C;border-radius:10px;}")
        inside = QVBoxLayout(self.panel)
        inside.setContentsMargins(20, 16, 20, 16)
        inside.addWidget(self.side)
        body = QHBoxLayout()
        body.setSpacing(16)
        body.addLayout(left, 1)
        body.addWidget(self.panel)
        caps = QHBoxLayout()
        caps.setSpacing(20)
        self.caps: list[Keycap] = []
        for act, label, _ in words.KEYS:
            self.caps.append(Keycap.of("cases", act, label))
            self.caps[-1].pressed.connect(lambda name: keys.do(self, name))
            caps.addWidget(self.caps[-1])
        caps.addStretch(1)
        self.work = QLabel(words.IMPORTS_WAIT)
        self.work.setFont(theme.font(17, 500))
        self.work.setStyleSheet("color:#8B99A7;")
        caps.addWidget(self.work)
        column = QVBoxLayout(self)
        column.setContentsMargins(20, 12, 20, 12)
        column.setSpacing(12)
        column.addLayout(top)
        column.addLayout(body, 1)
        column.addLayout(caps)
        self.list.clicked.connect(lambda index: self.go(index.row()))

    def tell(self, text: str) -> None:
        """A line above the list."""
        self.note.setText(with_keys(text))
        self.note.setVisible(bool(text))

    def enter(self) -> None:
        """Look again: other pages may have changed the library."""
        if self.room.library is None and self.room.open(self.settings):
            self.tell("")
        self.room.take_sessions()
        self.find()

    def find(self) -> None:
        """Search anew and stay on the chosen case where it is still there."""
        before = self.chosen()
        library = self.room.library
        try:
            self.model.find(library, self.search.text(), self.which)
        except AssistantError as error:
            self.tell(str(error))
            return
        for which, button in self.filters.items():
            button.setChecked(which is self.which)
        asked = bool(self.search.text()) or self.which is not Filter.ALL
        self.empty.setText(words.NOTHING_FOUND if asked else with_keys(words.NO_CASES))
        self.middle.setCurrentIndex(0 if self.model.total else 1)
        if library is not None:
            held = library.ask(
                "SELECT count(*) - coalesce(sum(rehearsal), 0) AS cases, coalesce(sum(rehearsal), 0) AS apart, "
                "(SELECT coalesce(sum(bytes), 0) FROM runs WHERE is_copied = 1) AS bytes "
                "FROM cases WHERE deleted_ns IS NULL"
            )[0]
            self.count.setText(words.count_of(**held, wide=self.width() >= 1500))
        row = self.model.row_of(before) if before else -1
        self.go(max(row, 0))

    def chosen(self) -> str:
        """The id of the chosen case; empty for none."""
        case = self.model.case(self.list.currentIndex().row()) if self.list.currentIndex().isValid() else None
        return str(case["id"]) if case is not None else ""

    def go(self, row: int) -> None:
        """Choose a row."""
        case = self.model.case(row)
        library = self.room.library
        if case is None or library is None:
            if self.form is None:
                self.side.setCurrentIndex(0)
            return
        index = self.model.index(row, 0)
        self.list.setCurrentIndex(index)
        self.list.scrollTo(index)
        self.card.show_case(library, case)
        if self.form is None:
            self.side.setCurrentWidget(self.card)

    def choose_filter(self, which: Filter) -> None:
        """Show the cases of a filter."""
        self.which = which
        self._show_filters()
        self.find()

    def bring_in(self, paths: list[str], case_id: str | None = None) -> None:
        """Import runs, of new cases or one that is there, and packs."""
        if self.room.jobs is None:
            self.tell(self.room.why_not)
            return
        packs = [path for path in paths if path.lower().endswith(".zip")]
        runs = [path for path in paths if path not in packs]
        try:
            for path in packs:
                self.room.jobs.add(unpack_job(self.room.jobs.library, path))
            if self.room.jobs.held:
                raise UsageError(self.room.jobs.held)
            if runs:
                self.show_form(case_forms.import_form(self.room.jobs, runs, case_id))
        except AssistantError as error:
            self.tell(str(error))
            return
        self.show_work()

    def show_work(self) -> None:
        """Say what goes on in the background, and what came of it."""
        jobs = self.room.jobs
        if jobs is None:
            return
        while jobs.finished:
            job = jobs.finished.popleft()
            if job.error:
                self.tell(job.error)
            elif job.kind == "pack":
                self.tell(words.DONE_EXPORT.format(job.said.get("written", job.name)))
            elif job.kind == "find":
                self.tell(words.FOUND.format(job.case_id))
            elif job.kind in ("bring in", "unpack"):
                self.tell(words.DONE_IMPORT.format(job.name, job.case_id))
        job_now = jobs.current
        if job_now is None:
            self.work.setText(jobs.held or words.IMPORTS_WAIT)
            return
        verb = words.VERBS.get(job_now.kind, "")
        share = "…" if job_now.share is None else f"{100 * job_now.share:.0f}"
        more = f"{jobs.waiting} more" if jobs.waiting > 1 else ""
        self.work.setText(words.IMPORTING.format(f"{verb} {job_now.name}", share, more).strip())

    def do(self, act: str) -> None:
        """Do something with the chosen case."""
        library, jobs, case_id = self.room.library, self.room.jobs, self.chosen()
        if library is None or jobs is None or not case_id:
            return
        if act == "review":
            if self.card.run is not None and not Path(self.card.run["path"]).exists():
                self.tell(words.GONE.format(case_id, self.card.run["path"]))
            elif self.card.run is not None:
                self.wanted.emit("review", self.card.run["path"])
        elif act == "training":
            self.wanted.emit("training", ("case", case_id, self.card.run["id"] if self.card.run else ""))
        else:
            forms = {
                "ct": lambda: case_forms.ct_form(library, case_id),
                "outcome": lambda: case_forms.outcome_form(library, case_id),
                "edit": lambda: case_forms.edit_form(library, case_id),
                "export": lambda: case_forms.export_form(jobs, case_id),
            }
            self.show_form(forms[act]())

    def show_form(self, form: Form) -> None:
        """Put a form into the panel."""
        self.close_form()
        self.form = form
        scroll = QScrollArea()
        scroll.setWidgetResizable(True)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        scroll.setStyleSheet("QScrollArea,QScrollArea>QWidget>QWidget{background:#161C23;border:none;}")
        scroll.setWidget(form)
        form.closed.connect(self._form_closed)
        self.side.addWidget(scroll)
        self.side.setCurrentWidget(scroll)
        form.begin()

    def _form_closed(self, said: str) -> None:
        self.close_form()
        if said:
            self.tell(said)
            self.room.tell_changed()
        self.show_work()

    def close_form(self) -> None:
        """Take the form away."""
        if self.form is None:
            return
        scroll = self.side.currentWidget()
        self.form = None
        self.side.setCurrentIndex(1 if self.chosen() else 0)
        if isinstance(scroll, QScrollArea):
            self.side.removeWidget(scroll)
            scroll.deleteLater()
        self.setFocus()

    def places(self) -> tuple[str, ...]:
        """Keys of the page; while a form is open, of the form."""
        return ("cases",) if self.form is None else ("form",)

    def begin_act(self, act: Act) -> None:
        """Do an act of the page or of the form."""
        if self.form is not None:
            keys.do_in_form(self.form, act.name)
        else:
            keys.do(self, act.name)

    def press(self, event: QKeyEvent) -> bool:
        """A key that means nothing takes a question back too."""
        known = super().press(event)
        if not known and self.form is None:
            self.stop_asking()
        return known

    def stop_asking(self) -> None:
        """Another key came: a delete has to be asked anew."""
        self.asked = ""

    def eventFilter(self, a0: QObject | None, a1: QEvent | None) -> bool:
        """Out of the search field with Enter, Esc or the arrows."""
        if a0 is self.search and isinstance(a1, QKeyEvent) and a1.type() == QEvent.Type.KeyPress:
            key = Qt.Key(a1.key())
            if key in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Escape, Qt.Key.Key_Down):
                if key == Qt.Key.Key_Escape:
                    self.search.clear()
                self.find()
                self.setFocus()
                return True
        return super().eventFilter(a0, a1)

    def choose_run(self, *, to_this_case: bool = False) -> None:
        """Import by dialog; with ``to_this_case`` the runs belong to the chosen case."""
        case_id = self.chosen() if to_this_case else None
        title = f"Further recordings of {case_id}" if case_id else "Import recordings or case packs"
        names = ask_for_runs(self, title, several=True)
        if names:
            self.bring_in(names, case_id or None)

    def dropEvent(self, a0: QDropEvent | None) -> None:
        """Import what was dropped."""
        if a0 is not None and a0.mimeData() is not None:
            self.bring_in([url.toLocalFile() for url in a0.mimeData().urls() if url.isLocalFile()])

    def open_thing(self, thing: object) -> None:
        """Import a path, or show a case."""
        if isinstance(thing, str) and thing.startswith("K-"):
            self.search.clear()
            self.find()
            self.go(max(self.model.row_of(thing), 0))
        elif isinstance(thing, str):
            self.bring_in([thing])

    def resizeEvent(self, a0: QResizeEvent | None) -> None:
        """The panel takes its share of the width."""
        for cap, (_, label, short) in zip(self.caps, words.KEYS, strict=True):
            cap.label = label if self.width() >= 1700 else short
            cap.setFixedWidth(cap.sizeHint().width() + 4)
        self.panel.setFixedWidth(624 if self.width() >= 1700 else 440)
        self._show_filters()
        super().resizeEvent(a0)

    def _show_filters(self) -> None:
        """Narrow windows show three and the one that is chosen; the arrows reach them all."""
        for which, button in self.filters.items():
            button.setVisible(self.width() >= 1500 or which in (Filter.ALL, Filter.LEAK, Filter.HIGH, self.which))

    def shut(self) -> None:
        """Give the library back."""
        self.room.leave()


def make_page(settings: Settings) -> CasesPage:
    """The page, for the shell."""
    return CasesPage(settings)
