"""What every page of the window offers to the shell."""

from __future__ import annotations

from PyQt6.QtCore import pyqtSignal
from PyQt6.QtGui import QKeyEvent
from PyQt6.QtWidgets import QWidget

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

    def enter(self) -> None:
        """The page comes to the front."""

    def stay(self) -> str:
        """Why the page cannot be left now, in one sentence; empty when it can. Asked before `leave`."""
        return ""

    def leave(self) -> None:
        """Another page comes to the front: hold what plays."""

    def open_thing(self, thing: object) -> None:
        """Open what another page or the command line asks for."""

    def tell(self, text: str) -> None:
        """A line to the person: what happened, what still works, what to do; empty takes it away."""
        # Each page has a bar of its own; one that forgot it must fail at once, not swallow a message to a person.
        raise NotImplementedError

    def press(self, event: QKeyEvent) -> bool:
        """Act on a key; False where it means nothing here."""
        return False

    def release(self, event: QKeyEvent) -> bool:
        """A key is let go; False where it means nothing here."""
        return False

    def may_close(self) -> bool:
        """Whether the window may close now; a page that must ask first asks in its own message bar."""
        return True

    def shut(self) -> None:
        """End threads, processes and timers: the window goes."""
