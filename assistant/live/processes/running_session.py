"""Which session runs on this machine: so that a second window is refused, and one that died can be gone on with."""

from __future__ import annotations

import contextlib
import logging
import os
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from assistant.errors import EnvironmentError_
from assistant.live.messages import Child
from assistant.live.processes.process_alive import is_alive
from assistant.live.shared.mapped_file import left_over
from assistant.live.shared.shared_memory import Register, SessionMemory
from assistant.system.files import write_json
from assistant.system.places import data_home
from assistant.system.plain import read_json
from assistant.system.private import why_not_ours

log = logging.getLogger(__name__)
_NAME: Final = "running.json"
_MOST_BYTES: Final = 1 << 16
_FRESH_NS: Final = 3_000_000_000
_GONE_NS: Final = 60_000_000_000
PIDS: Final = {
    Child.CAPTURE: (Register.CAPTURE_PID, Register.CAPTURE_BEAT),
    Child.ANALYSIS: (Register.ANALYSIS_PID, Register.ANALYSIS_BEAT),
    Child.WATCHDOG: (Register.WATCHDOG_PID, Register.WATCHDOG_BEAT),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Running:
    """A session that was started and not ended in order.

    Attributes
    ----------
    session_memory : SessionMemory or None
        Its shared memory; None where that is gone (the machine was started anew).
    folder, source : Path, str
    window_pid : int
    """

    session_memory: SessionMemory | None
    folder: Path
    source: str
    window_pid: int

    @property
    def has_window(self) -> bool:
        """Whether its window is alive: its process is there and it has not been silent for long."""
        if self.session_memory is None or not is_alive(self.window_pid):
            return False
        return time.monotonic_ns() - self.session_memory.get(Register.WINDOW_BEAT) < _GONE_NS

    def living(self) -> dict[Child, int]:
        """Its children that answer, by process number."""
        if self.session_memory is None:
            return {}
        now_ns = time.monotonic_ns()
        found = {}
        for child, (pid, beat) in PIDS.items():
            number = self.session_memory.get(pid)
            if number > 0 and now_ns - self.session_memory.get(beat) < _FRESH_NS and is_alive(number):
                found[child] = number
        return found


def note_running(session_memory: SessionMemory, folder: Path, source: str, window_pid: int) -> None:
    """Write down that this session runs.

    Raises
    ------
    EnvironmentError_
    """
    document: dict[str, Any] = {
        "deck": str(session_memory.path),
        "folder": str(folder.resolve()),
        "source": source,
        "window_pid": window_pid,
    }
    write_json(data_home() / _NAME, document)


def note_ended() -> None:
    """The session ended in order."""
    with contextlib.suppress(OSError):
        (data_home() / _NAME).unlink()


def find_running() -> Running | None:
    """The session that runs or was left by a window that died; None where the last one ended in order.

    Neither the note nor the memory that it names is believed unless it is our own and no other account may change it.
    """
    note = data_home() / _NAME
    try:
        with note.open("rb") as file:
            why = why_not_ours(os.fstat(file.fileno()))
            if why:
                log.warning("%s: is not believed (%s); a session that it names is not gone on with", note, why)
                return None
            document = read_json(file.read(_MOST_BYTES))
        folder, source = Path(document["folder"]), str(document["source"])
        path, window_pid = Path(document["deck"]), int(document["window_pid"])
    except (OSError, ValueError, KeyError, TypeError):
        return None
    session_memory: SessionMemory | None = None
    with contextlib.suppress(EnvironmentError_):
        session_memory = SessionMemory.open(path)
    return Running(session_memory=session_memory, folder=folder, source=source, window_pid=window_pid)


def remove_forgotten() -> int:
    """Give memory back whose window and children are all dead (a machine killed everything at once); how many."""
    removed = 0
    for path in left_over():
        with contextlib.suppress(EnvironmentError_):
            session_memory = SessionMemory.open(path)
            pids = [session_memory.get(cell) for cell in (Register.WINDOW_PID, *(pid for pid, _ in PIDS.values()))]
            beats = [session_memory.get(cell) for cell in (Register.WINDOW_BEAT, *(beat for _, beat in PIDS.values()))]
            quiet = time.monotonic_ns() - max(beats) > _GONE_NS
            if quiet and not any(pid > 0 and is_alive(pid) for pid in pids):
                session_memory.remove()
                removed += 1
    return removed
