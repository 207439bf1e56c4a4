"""Whether a live picture arrives in any window of this machine: replay and training make way for it."""

from __future__ import annotations

from enum import Enum

from PyQt6.QtCore import QObject, QTimer, pyqtSignal

from assistant.language import tr
from assistant.live.messages import Child
from assistant.live.processes.running_session import find_running
from assistant.live.shared.shared_memory import Register

_LOOK_EVERY_MS = 1000
REFUSED = tr("Injecting is on in the theatre: replay and training wait until it is off. [[window:theatre]] goes there.")
OFFERED = tr("Live picture available – [[window:theatre]]: go live")


class Live(Enum):
    """What the theatre does."""

    NOTHING = "nothing"
    PICTURE = "a picture arrives"
    ARMED = "injecting is on"


def live_now() -> Live:
    """Look at the session that runs, if any, in this window or another."""
    running = find_running()
    if running is None or running.session_memory is None:
        return Live.NOTHING
    if not running.has_window or Child.CAPTURE not in running.living():
        return Live.NOTHING
    return Live.ARMED if running.session_memory.get(Register.ARMED) == 1 else Live.PICTURE


class LiveWatch(QObject):
    """Looks once a second while its page is in front.

    Attributes
    ----------
    changed : signal (Live)
        The theatre does something else than before.
    """

    changed = pyqtSignal(object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.state = Live.NOTHING
        self._timer = QTimer(self)
        self._timer.setInterval(_LOOK_EVERY_MS)
        self._timer.timeout.connect(self.look)

    def start(self) -> None:
        """The page comes to the front: look now and then every second."""
        self.look()
        self._timer.start()

    def stop(self) -> None:
        """The page goes."""
        self._timer.stop()

    def look(self) -> None:
        """Look now."""
        state = live_now()
        if state is not self.state:
            self.state = state
            self.changed.emit(state)

    @property
    def refusal(self) -> str:
        """Why nothing may be opened now; empty where it may."""
        self.look()
        return REFUSED if self.state is Live.ARMED else ""
