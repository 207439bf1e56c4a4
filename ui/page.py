"""What every page of the window offers to the shell."""

from __future__ import annotations

from PyQt6.QtCore import pyqtSignal
from PyQt6.QtGui import QDragEnterEvent, QKeyEvent
from PyQt6.QtWidgets import QWidget

from ui.keys.key_map import current
from ui.keys.keyboard import Hands, chords
from ui.keys.table import KeyAction

PAGES = ("theatre", "review", "training", "cases", "selftest")
"""In the order of the keys F1 to F5."""


class Page(QWidget):
    """One page of the program; live, replay and training exclude each other, so one is in front at a time.

    Attributes
    ----------
    wanted : signal (str, object)
        Another page, and what it is to open (None: as it stands).
    """

    wanted = pyqtSignal(str, object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.hands = Hands(self.begin_act, self.end_act)

    def enter(self) -> None:
        """The page comes to the front."""

    def stay(self) -> str:
        """Why the page cannot be left now, in one sentence; empty when it can. Asked before `leave`."""
        return ""

    def leave(self) -> None:
        """Another page comes to the front: hold what plays."""

    def open_thing(self, thing: object) -> None:
        """Open what another page or the command line asks for."""

    def show_message(self, text: str) -> None:
        """A line to the person: what happened, what still works, what to do; empty takes it away."""
        # Each page has a bar of its own; one that forgot it must fail at once, not swallow a message to a person.
        raise NotImplementedError

    def places(self) -> tuple[str, ...]:
        """Where keys are looked up in the table now: ``page`` or ``page.part``, what is in front first."""
        return ()

    def begin_act(self, act: KeyAction) -> None:
        """Do an act of the table: its key went down."""

    def end_act(self, act: KeyAction) -> None:
        """The key of an act went up."""

    def press(self, event: QKeyEvent) -> bool:
        """Act on a key; False where it means nothing here."""
        return self.hands.press(event, current().find(self.places(), chords(event)))

    def release(self, event: QKeyEvent) -> bool:
        """A key is let go; False where it means nothing here."""
        return self.hands.release(event)

    def let_go(self) -> None:
        """The window lost the keyboard: nothing is held any more."""
        self.hands.let_go()

    def dragEnterEvent(self, a0: QDragEnterEvent | None) -> None:
        """A file or folder, on a page that takes drops, may be dropped."""
        carried = None if a0 is None else a0.mimeData()
        if a0 is not None and carried is not None and carried.hasUrls():
            a0.acceptProposedAction()

    def may_close(self) -> bool:
        """Whether the window may close now; a page that must ask first asks in its own message bar."""
        return True

    def shut(self) -> None:
        """End threads, processes and timers: the window goes."""
