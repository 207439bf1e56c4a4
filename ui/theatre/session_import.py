"""A session that has ended comes into the cases by itself, in the background; the theatre tells what came of it."""

from __future__ import annotations

import logging
from collections.abc import Callable
from pathlib import Path
from typing import Final

from PyQt6.QtCore import QObject, QTimer

from assistant.errors import AssistantError
from assistant.language import tr
from assistant.library.jobs import LibraryJob
from assistant.library.sessions import FOLDER
from assistant.recording.reading import is_recorded
from assistant.settings.tree import Settings
from assistant.system.places import data_home
from ui.library_access import library_of_window
from ui.shared_library import log_fault

log = logging.getLogger(__name__)
KEPT: Final = tr("The session is kept as case {0}.")
_SOON_MS: Final = 600
WAITS: Final = tr("The recorded session is whole; it is not among the cases yet: {0}")


class SessionImporter(QObject):
    """Opens the library only while something comes in.

    Parameters
    ----------
    notify : callable
        Is given the sentence of what came of it.
    settings : Settings
        What is brought in is analysed with them.
    """

    def __init__(self, notify: Callable[[str], None], settings: Settings, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._notify, self._settings = notify, settings
        self._room = library_of_window()
        self._jobs: list[LibraryJob] = []
        self._inside = False
        self._soon = QTimer(self)
        self._soon.setSingleShot(True)
        self._soon.setInterval(_SOON_MS)
        self._soon.timeout.connect(self.begin)
        self._room.worked.connect(self._look)

    @property
    def busy(self) -> bool:
        """Whether something comes in or is analysed."""
        return self._inside

    def begin_soon(self) -> None:
        """The page has come to the front: what an earlier window left comes in once the page stands."""
        self._soon.start()

    def begin(self) -> None:
        """Ask for every recorded session that is in no case."""
        if not _recorded_any():
            return
        if not self._inside:
            self._room.enter()
            self._inside = True
        if not self._room.open(self._settings):
            self._notify(WAITS.format(self._room.why_not))
            self.stop()
            return
        if fault := log_fault(self._room):
            self._notify(fault)
        try:
            self._jobs += self._room.take_sessions()
        except AssistantError as error:
            log.error("the recorded sessions: %s", error)
            self._notify(WAITS.format(error))
        self._look()

    def _look(self) -> None:
        """Tell what is over; give the library back once nothing is left to do."""
        for job in [job for job in self._jobs if job.is_over]:
            self._jobs.remove(job)
            self._notify(WAITS.format(job.error) if job.error else KEPT.format(job.case_id))
        jobs = self._room.jobs
        if self._inside and jobs is not None and not self._jobs and jobs.current is None and not jobs.waiting:
            self.stop()

    def stop(self) -> None:
        """Give the library back; what is not in yet comes in next time."""
        self._soon.stop()
        self._jobs.clear()
        if self._inside:
            self._inside = False
            self._room.leave()


def _recorded_any() -> bool:
    """Whether anything was ever recorded here: the library is not opened for nothing."""
    try:
        folders: list[Path] = list((data_home() / FOLDER).iterdir())
    except (OSError, AssistantError):
        return False
    return any(folder.is_dir() and is_recorded(folder) for folder in folders)
