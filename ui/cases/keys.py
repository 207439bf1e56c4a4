"""Keys of the page of cases."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PyQt6.QtCore import Qt
from PyQt6.QtGui import QKeyEvent

from assistant.library.search import Filter
from ui.cases import acts
from ui.cases.forms import Form

if TYPE_CHECKING:
    from ui.cases.page import CasesPage

_ROWS = {Qt.Key.Key_Down: 1, Qt.Key.Key_Up: -1, Qt.Key.Key_PageDown: 8, Qt.Key.Key_PageUp: -8}
_ACTS = {
    Qt.Key.Key_Return: "review",
    Qt.Key.Key_Enter: "review",
    Qt.Key.Key_T: "training",
    Qt.Key.Key_C: "ct",
    Qt.Key.Key_O: "outcome",
    Qt.Key.Key_E: "export",
    Qt.Key.Key_N: "edit",
}


def press(page: CasesPage, event: QKeyEvent) -> bool:
    """Act on a key; False where it means nothing here."""
    key = Qt.Key(event.key())
    if page.form is not None:
        return press_in_form(key, page.form)
    if key not in (Qt.Key.Key_Delete, Qt.Key.Key_B):
        page.stop_asking()
    if event.modifiers() & Qt.KeyboardModifier.ControlModifier:
        if key == Qt.Key.Key_Z:
            acts.undo(page)
            return True
        return False
    if key in _ROWS:
        here = page.list.currentIndex().row()
        page.go(min(max(here + _ROWS[key], 0), page.model.total - 1))
    elif key in _ACTS:
        page.do(_ACTS[key])
    elif key == Qt.Key.Key_Slash:
        page.search.setFocus()
        page.search.selectAll()
    elif key == Qt.Key.Key_Delete:
        acts.delete(page)
    elif key == Qt.Key.Key_B:
        acts.restore(page)
    elif key == Qt.Key.Key_M:
        acts.find_again(page)
    elif key == Qt.Key.Key_I:
        page.choose_run(to_this_case=bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier))
    elif key in (Qt.Key.Key_BracketLeft, Qt.Key.Key_BracketRight):
        page.card.show_run(1 if key == Qt.Key.Key_BracketRight else -1)
    elif key in (Qt.Key.Key_Left, Qt.Key.Key_Right):
        every = list(Filter)
        step = 1 if key == Qt.Key.Key_Right else -1
        page.choose_filter(every[(every.index(page.which) + step) % len(every)])
    elif key == Qt.Key.Key_Escape:
        page.search.clear()
        page.tell("")
    else:
        return False
    return True


def press_in_form(key: Qt.Key, form: Form) -> bool:
    """Esc leaves a form, Enter keeps it, Tab goes on; False for any other key."""
    if key == Qt.Key.Key_Escape:
        form.leave()
    elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
        form.keep()
    elif key in (Qt.Key.Key_Tab, Qt.Key.Key_Backtab):
        form.step(1 if key == Qt.Key.Key_Tab else -1)
    else:
        return False
    return True
