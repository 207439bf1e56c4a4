"""The one library of this window: opened when first needed, shared by the pages, its background work looked at here."""

from __future__ import annotations

import logging

from PyQt6.QtCore import QObject, QTimer, pyqtSignal

from assistant.errors import AssistantError
from assistant.language import tr
from assistant.library.jobs import Jobs, LibraryJob
from assistant.library.sessions import bring_in_sessions
from assistant.library.store import Library
from assistant.settings.tree import Settings
from ui.shell import shells

log = logging.getLogger(__name__)
_POLL_MS = 150
IMPORTS_HELD = tr("Finish the procedure first: imports wait until it ends.")


class LibraryAccess(QObject):
    """Holds library and jobs while any page needs them.

    Attributes
    ----------
    changed : signal
        Something in the library is other than before.
    worked : signal
        A background job went on, began or ended.
    """

    changed = pyqtSignal()
    worked = pyqtSignal()

    def __init__(self) -> None:
        super().__init__()
        self.library: Library | None = None
        self.jobs: Jobs | None = None
        self.why_not = ""
        """Why the library cannot be opened; empty while it is open."""
        self._users = 0
        self._held = ""
        self._sessions_asked: set[str] = set()
        self._timer = QTimer(self)
        self._timer.setInterval(_POLL_MS)
        self._timer.timeout.connect(self._poll)

    def open(self, settings: Settings) -> bool:
        """Open the library if it is not, for analyses with ``settings``; False, with `why_not`, where it cannot be."""
        if self.library is not None:
            return True
        try:
            self.library = Library()
            self.jobs = Jobs(self.library, settings)
        except AssistantError as error:
            self.why_not = str(error)
            self._close()
            return False
        if self._held:
            self.jobs.hold(self._held)
        self.why_not = ""
        self._timer.start()
        return True

    def enter(self) -> None:
        """One more page uses it."""
        self._users += 1

    def leave(self) -> None:
        """One page less; the last one closes the library."""
        self._users -= 1
        if self._users <= 0:
            self._users = 0
            self._close()

    def hold(self, why: str) -> None:
        """A procedure begins: no import, analysis or simulation competes with it."""
        self._held = why
        if self.jobs is not None:
            self.jobs.hold(why)
        self.worked.emit()

    def let_go(self) -> None:
        """The procedure is over: what waited goes on."""
        self._held = ""
        if self.jobs is not None:
            self.jobs.let_go()
        self.worked.emit()

    def take_sessions(self) -> list[LibraryJob]:
        """Ask for the sessions recorded here that are in no case; each once in this window."""
        self._watch_procedure()
        return [] if self.jobs is None else bring_in_sessions(self.jobs, self._sessions_asked)

    def tell_changed(self) -> None:
        """A page has changed something."""
        self.changed.emit()

    def _close(self) -> None:
        self._timer.stop()
        if self.jobs is not None:
            self.jobs.stop()
        if self.library is not None:
            self.library.close()
        self.library, self.jobs = None, None
        self._sessions_asked.clear()  # what waited in the queue is gone with it

    def _watch_procedure(self) -> None:
        """A page that cannot be left has a procedure under way: nothing may compete with it."""
        busy = any(shell.current is not None and shell.current.stay() for shell in shells())
        if busy and not self._held:
            self.hold(IMPORTS_HELD)
        elif not busy and self._held:
            self.let_go()

    def _poll(self) -> None:
        self._watch_procedure()
        if self.jobs is None:
            return
        over = len(self.jobs.finished)
        try:
            moved = self.jobs.poll()
        except AssistantError as error:
            log.error("background work: %s", error)
            return
        ended = len(self.jobs.finished) != over
        if moved:
            self.worked.emit()
        if ended:
            self.changed.emit()


_ROOM: list[LibraryAccess] = []


def library_of_window() -> LibraryAccess:
    """The window's library; made on first use."""
    if not _ROOM:
        _ROOM.append(LibraryAccess())
    return _ROOM[0]
