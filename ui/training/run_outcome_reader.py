"""Reads runs and writes tables in a thread: an hour's table takes half a second, and the window never waits."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

from PyQt6.QtCore import QObject, pyqtSignal

from assistant.errors import AssistantError, describe
from assistant.language import tr, translate
from assistant.training.run_outcome import RunOutcome, read_run_outcome

log = logging.getLogger(__name__)
_STOP_WAIT_S = 10.0
_Found = TypeVar("_Found")


class RunOutcomeReader(QObject):
    """One reading at a time counts: a newer wish takes the place of the one before."""

    _read = pyqtSignal(int, object, str)

    def __init__(self, notify: Callable[[str], None], parent: QObject | None = None) -> None:
        """``told`` is given the sentence of what cannot be read."""
        super().__init__(parent)
        self._notify = notify
        self._wish = 0
        self._then: Callable[[Any], None] | None = None
        self._threads: list[threading.Thread] = []
        self._read.connect(self._take)

    @property
    def busy(self) -> bool:
        """Whether a run is being read."""
        return self._then is not None

    def read(self, run: Path, result: Path | None, then: Callable[[RunOutcome], None]) -> None:
        """Read what became of a run; ``then`` is called in the window's thread."""
        self.find(lambda: read_run_outcome(run, result), then)

    def find(self, look: Callable[[], _Found], then: Callable[[_Found], None]) -> None:
        """Look for something in a thread; ``then`` is called in the window's."""
        self._wish += 1
        self._then = then
        self._threads = [thread for thread in self._threads if thread.is_alive()]
        thread = threading.Thread(target=self._work, args=(self._wish, look), name="analysis", daemon=True)
        self._threads.append(thread)
        thread.start()

    def forget(self) -> None:
        """What is being read is no longer wanted."""
        self._wish += 1
        self._then = None

    def stop(self) -> None:
        """Wait for the threads: the window goes."""
        self.forget()
        for thread in self._threads:
            thread.join(_STOP_WAIT_S)

    def _work(self, wish: int, look: Callable[[], object]) -> None:
        found, why_not = None, ""
        try:
            found = look()
        except AssistantError as error:
            why_not = str(error)
        except Exception as error:
            log.exception("reading a run stopped")
            why_not = tr("An error of the program ({error}); choose another case.", error=translate(describe(error)))
        self._read.emit(wish, found, why_not)

    def _take(self, wish: int, found: object, why_not: str) -> None:
        then, self._then = self._then if wish == self._wish else None, self._then if wish != self._wish else None
        if then is None:
            return
        if why_not:
            self._notify(why_not)
            return
        try:
            then(found)
        except AssistantError as error:
            self._notify(str(error))
