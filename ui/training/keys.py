"""Keys of the page of training."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PyQt6.QtCore import Qt
from PyQt6.QtGui import QKeyEvent

from assistant.training.desk import WATCHING
from ui.cases.keys import press_in_form
from ui.training.modes import ASKING, FEEDBACK, INSTRUCTOR, OVERVIEW, WELCOME

if TYPE_CHECKING:
    from ui.training.page import TrainingPage

_ENTER = {WELCOME: "agree", FEEDBACK: "next", OVERVIEW: "start"}
_ACTS: dict[str, dict[Qt.Key, str]] = {
    WELCOME: {Qt.Key.Key_N: "nothing"},
    FEEDBACK: {Qt.Key.Key_R: "run", Qt.Key.Key_F: "flag"},
    OVERVIEW: {
        Qt.Key.Key_C: "watch",
        Qt.Key.Key_L: "site",
        Qt.Key.Key_S: "shape",
        Qt.Key.Key_E: "export",
        Qt.Key.Key_P: "who",
        Qt.Key.Key_W: "withdraw",
        Qt.Key.Key_I: "instructor",
        Qt.Key.Key_G: "set",
        Qt.Key.Key_H: "lines",
    },
    INSTRUCTOR: {Qt.Key.Key_N: "new set", Qt.Key.Key_P: "who", Qt.Key.Key_E: "export"},
}


def press(page: TrainingPage, event: QKeyEvent) -> bool:
    """Act on a key; False where it means nothing here."""
    key = Qt.Key(event.key())
    enter = key in (Qt.Key.Key_Return, Qt.Key.Key_Enter)
    if page.form is not None:
        return press_in_form(key, page.form)
    if key != Qt.Key.Key_W:
        page.asked_to_withdraw = False
    if key == Qt.Key.Key_Escape:
        page.tell("")
        page.show_start()
        return True
    if page.mode == ASKING:
        if enter or (key == Qt.Key.Key_Space and page.task == WATCHING):
            page.lock()
            return True
        return page.question.choose(event.text().upper())
    act = _ENTER.get(page.mode) if enter else _ACTS[page.mode].get(key)
    if act is None:
        return False
    page.do(act)
    return True
