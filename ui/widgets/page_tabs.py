"""The five tabs at the top of the pages that are not in use in front of a patient."""

from __future__ import annotations

from PyQt6.QtCore import Qt, pyqtSignal
from PyQt6.QtWidgets import QHBoxLayout, QPushButton, QWidget

from assistant.language import tr
from ui import theme
from ui.keys.key_map import word
from ui.page import PAGES

_WORDS = {
    "theatre": tr("Theatre"),
    "review": tr("Review"),
    "training": tr("Training"),
    "cases": tr("Cases"),
    "selftest": tr("Self-test"),
}


class PageTabs(QWidget):
    """One field for each page, with its key; the page in front is filled."""

    wanted = pyqtSignal(str, object)

    def __init__(self, current: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        for name in PAGES:
            tab = QPushButton(f"{_WORDS[name]}  {word('window', name)}")
            tab.setFont(theme.font(20, 650))
            tab.setMinimumHeight(44)
            tab.setFocusPolicy(Qt.FocusPolicy.NoFocus)
            tab.setAccessibleName(tr("{words}, key {key}", words=_WORDS[name], key=word("window", name)))
            filled = "background:#F2F5F8;color:#07090C;border:none;" if name == current else "border:none;"
            tab.setStyleSheet(f"QPushButton{{{filled}padding:4px 14px;}}")
            tab.clicked.connect(lambda _checked=False, name=name: self.wanted.emit(name, None))
            row.addWidget(tab)
