"""Puts the parts of the page of cases in their places."""

from __future__ import annotations

from dataclasses import dataclass

from PyQt6.QtCore import Qt
from PyQt6.QtWidgets import (
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QSizePolicy,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from assistant.language import translate
from assistant.library.search import Filter
from ui import theme
from ui.cases import case_words as words
from ui.cases.case_card import CaseCard
from ui.cases.case_list import CaseHeader, CaseList, CaseModel
from ui.keys.key_map import with_keys
from ui.widgets.keycap import Keycap
from ui.widgets.page_tabs import PageTabs


@dataclass(slots=True, kw_only=True, eq=False)
class CasesWidgets:
    """The widgets of the page."""

    tabs: PageTabs
    count: QLabel
    search: QLineEdit
    filters: dict[Filter, QPushButton]
    note: QLabel
    list: CaseList
    empty: QLabel
    middle: QStackedWidget
    card: CaseCard
    side: QStackedWidget
    panel: QWidget
    caps: tuple[Keycap, ...]
    work: QLabel


def lay_out(page: QWidget, model: CaseModel) -> CasesWidgets:
    """Make the widgets of the page and arrange them in it."""
    parts = CasesWidgets(
        tabs=PageTabs("cases"),
        count=QLabel(),
        search=QLineEdit(),
        filters={which: QPushButton(translate(which.value)) for which in Filter},
        note=QLabel(),
        list=CaseList(model),
        empty=QLabel(with_keys(words.NO_CASES)),
        middle=QStackedWidget(),
        card=CaseCard(),
        side=QStackedWidget(),
        panel=QWidget(),
        caps=tuple(Keycap.of("cases", act, label) for act, label, _ in words.KEYS),
        work=QLabel(words.IMPORTS_WAIT),
    )
    body = QHBoxLayout()
    body.setSpacing(16)
    body.addLayout(_left(parts), 1)
    _fill_panel(parts)
    body.addWidget(parts.panel)
    column = QVBoxLayout(page)
    column.setContentsMargins(20, 12, 20, 12)
    column.setSpacing(12)
    column.addLayout(_top(parts))
    column.addLayout(body, 1)
    column.addLayout(_bottom(parts))
    return parts


def _top(parts: CasesWidgets) -> QHBoxLayout:
    title = QLabel(words.CASES)
    title.setFont(theme.font(30, 800, spacing_percent=6))
    parts.count.setFont(theme.font(19, 500))
    parts.count.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
    row = QHBoxLayout()
    row.setSpacing(18)
    row.addWidget(title)
    row.addWidget(parts.count, 1)
    row.addWidget(parts.tabs)
    return row


def _left(parts: CasesWidgets) -> QVBoxLayout:
    parts.search.setPlaceholderText(with_keys(words.SEARCH + "   [[cases:search]]"))
    parts.search.setAccessibleName(words.SEARCH)
    parts.search.setFont(theme.font(20))
    parts.search.setMinimumHeight(48)
    row = QHBoxLayout()
    row.setSpacing(8)
    row.addWidget(parts.search, 1)
    for button in parts.filters.values():
        button.setCheckable(True)
        button.setFont(theme.font(18, 650))
        button.setMinimumHeight(48)
        button.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        button.setStyleSheet("QPushButton:checked{background:#34404C;border:2px solid #F2F5F8;}")
        row.addWidget(button)
    parts.empty.setAlignment(Qt.AlignmentFlag.AlignCenter)
    parts.empty.setFont(theme.font(24, 600))
    parts.middle.addWidget(parts.list)
    parts.middle.addWidget(parts.empty)
    parts.note.setTextFormat(Qt.TextFormat.PlainText)
    parts.note.setWordWrap(True)
    parts.note.setFont(theme.font(18, 600))
    parts.note.setContentsMargins(4, 4, 4, 4)
    parts.note.hide()
    column = QVBoxLayout()
    column.setSpacing(0)
    column.addLayout(row)
    column.addSpacing(10)
    column.addWidget(parts.note)
    column.addWidget(CaseHeader())
    column.addWidget(parts.middle, 1)
    return column


def _fill_panel(parts: CasesWidgets) -> None:
    parts.side.addWidget(QWidget())
    parts.side.addWidget(parts.card)
    parts.panel.setObjectName("panel")
    parts.panel.setStyleSheet("QWidget#panel{background:#161C23;border:1px solid #34404C;border-radius:10px;}")
    inside = QVBoxLayout(parts.panel)
    inside.setContentsMargins(20, 16, 20, 16)
    inside.addWidget(parts.side)


def _bottom(parts: CasesWidgets) -> QHBoxLayout:
    row = QHBoxLayout()
    row.setSpacing(20)
    for cap in parts.caps:
        row.addWidget(cap)
    row.addStretch(1)
    parts.work.setFont(theme.font(17, 500))
    parts.work.setStyleSheet("color:#8B99A7;")
    row.addWidget(parts.work)
    return row
