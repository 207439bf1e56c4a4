"""Lines into a new file, by a thread of its own: whoever has something to write never waits for the disk."""

from __future__ import annotations

import logging
import os
import queue
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

from assistant.language import sentence
from assistant.recording.segment_file import GrowingFile
from assistant.system.plain import json_line

log = logging.getLogger(__name__)
_MOST_WAITING: Final = 4096
_STOP_WAIT_S: Final = 2.0
_SYNC_EVERY_LINES: Final = 30


class LineWriter:
    """Writes JSON lines. The file begins anew with each process: one writer a file.

    Parameters
    ----------
    folder : Path
    name : str
        Such as ``readings_{:03d}.jsonl``; the first free number is taken.
    fsync : callable

    Attributes
    ----------
    lost : int
        Lines that could not be kept.
    fault : str
        Why; empty while all is well.
    """

    def __init__(self, folder: Path, name: str, *, fsync: Callable[[int], None] = os.fsync) -> None:
        self._folder, self._name, self._fsync = folder, name, fsync
        self.lost = 0
        self.fault = ""
        self._waiting: queue.Queue[bytes | None] = queue.Queue(_MOST_WAITING)
        self._thread = threading.Thread(target=self._write_all, name="lines", daemon=True)
        self._thread.start()

    def put(self, line: dict[str, Any]) -> None:
        """Write a line, some time soon."""
        try:
            self._waiting.put_nowait(json_line(line))
        except queue.Full:
            self.lost += 1
            self.fault = sentence("the disk does not keep up")

    def close(self) -> bool:
        """Write what waits; False if the disk did not take it in time."""
        try:
            self._waiting.put(None, timeout=_STOP_WAIT_S)
        except queue.Full:
            return False
        self._thread.join(_STOP_WAIT_S)
        return not self._thread.is_alive() and not self.fault

    def _write_all(self) -> None:
        file: GrowingFile | None = None
        number, unsynced = 0, 0
        while (line := self._waiting.get()) is not None:
            try:
                if file is None:
                    number = _free_number(self._folder, self._name, number)
                    file = GrowingFile(self._folder / self._name.format(number))
                file.append(line)
                unsynced += 1
                if unsynced >= _SYNC_EVERY_LINES:
                    unsynced = 0
                    file.sync(self._fsync)
            except OSError as error:
                # Never the same file again: its end may be torn, and a second fsync would only say "done".
                log.warning("lines: %s", error)
                self.lost += 1
                self.fault = sentence(f"lines cannot be written ({error.strerror})")
                if file is not None:
                    file.close()
                file, number = None, number + 1
        if file is not None:
            try:
                file.sync(self._fsync)
            except OSError as error:
                self.fault = sentence(f"lines could not be synced ({error.strerror})")
            file.close()


def _free_number(folder: Path, name: str, number: int) -> int:
    while (folder / name.format(number)).exists():
        number += 1
    return number
