"""The processes of a session and the memory that joins them: begun, taken over from a window that died, ended."""

from __future__ import annotations

import logging
import os
import time
from collections.abc import Callable
from pathlib import Path
from typing import Final

from assistant.errors import EnvironmentError_
from assistant.live.messages import Child, ChildChanged
from assistant.live.orders import Start
from assistant.live.processes.process_alive import Adopted
from assistant.live.processes.running_session import Running, find_running, note_ended, note_running, remove_forgotten
from assistant.live.processes.supervisor import ChildSupervisor
from assistant.live.shared.shared_memory import Register, SessionMemory
from assistant.live.status import ChildState
from assistant.recording.reading import last_line

log = logging.getLogger(__name__)
_LEFT_ENDS_WITHIN_S: Final = 3.0
_GAP_NS: Final = 1_000_000_000


class SessionProcesses:
    """Capture, analysis and watchdog of one session.

    Parameters
    ----------
    folder : Path
        The run folder.
    source : str
    orders : callable
        Makes the orders of a child from the path of the shared memory and the number of its start.
    clock_ns : callable

    Attributes
    ----------
    session_memory : SessionMemory
    taken_over : bool
        The session was left by a window that died and goes on.

    Raises
    ------
    EnvironmentError_
        If another window runs a session, or there is no room.
    """

    def __init__(
        self,
        folder: Path,
        source: str,
        orders: Callable[[str, int], Start],
        clock_ns: Callable[[], int] = time.monotonic_ns,
    ) -> None:
        self._clock_ns = clock_ns
        left = find_running()
        if left is not None and left.has_window and left.window_pid != os.getpid():
            raise EnvironmentError_(
                f"another window of the program (process {left.window_pid}) runs a live session in {left.folder}; use "
                f"that one or close it"
            )
        living: dict[Child, int] = {}
        found: SessionMemory | None = None
        if left is not None and left.folder == folder.resolve() and left.source == source:
            living, found = left.living(), left.session_memory
        if left is not None and not living:
            end_left(left)
            found = None
        remove_forgotten()
        self.taken_over = bool(living)
        self.session_memory = found if found is not None else _new_session_memory(folder)
        self.session_memory.put(Register.WINDOW_PID, os.getpid())
        self.session_memory.beat(Register.WINDOW_BEAT)
        path = str(self.session_memory.path)
        self._supervisors = {
            child: ChildSupervisor(child, self.session_memory, lambda epoch: orders(path, epoch), clock_ns)
            for child in Child
        }
        for child, supervisor in self._supervisors.items():
            if child in living:
                supervisor.adopt(living[child])
            else:
                supervisor.begin()
        try:
            note_running(self.session_memory, folder, source, os.getpid())
        except EnvironmentError_ as error:
            log.warning("after a crash this session cannot be gone on with: %s", error)

    def look(self) -> list[ChildChanged]:
        """See how all are; start anew what died or hangs."""
        self.session_memory.beat(Register.WINDOW_BEAT)
        return [change for supervisor in self._supervisors.values() for change in supervisor.look()]

    def states(self) -> dict[Child, ChildState]:
        """How each child is."""
        return {child: supervisor.state for child, supervisor in self._supervisors.items()}

    def end(self, folder: Path, within_s: float) -> bool:
        """End all; True if all ended by themselves in time."""
        self.session_memory.put(Register.CLOSING, 1)
        until_ns = self._clock_ns() + round(within_s * 1e9)
        in_order = True
        for supervisor in self._supervisors.values():
            in_order &= supervisor.wait(max(0.0, (until_ns - self._clock_ns()) / 1e9))
            supervisor.end_now()
            supervisor.clear_note(folder)
        self.session_memory.remove()
        note_ended()
        return in_order


def end_left(left: Running) -> None:
    """End what a window that died has left, in order where it answers, so that the device is free."""
    if left.session_memory is None:
        return
    living = [Adopted(pid) for pid in left.living().values()]
    left.session_memory.put(Register.CLOSING, 1)
    until = time.monotonic() + _LEFT_ENDS_WITHIN_S
    for process in living:
        if not process.ended_within(max(0.0, until - time.monotonic())):
            process.kill()
    left.session_memory.remove()


def _new_session_memory(folder: Path) -> SessionMemory:
    """New memory; in a folder that was recorded into before, the numbers and times of its frames go on."""
    session_memory = SessionMemory.make()
    last = last_line(folder)
    if last is not None:
        now_ns = time.monotonic_ns()
        origin_ns = last.ns - round(last.t * 1e9)
        if not last.ns < now_ns:
            origin_ns = now_ns - round(last.t * 1e9) - _GAP_NS  # the machine was started anew: its clock as well
        session_memory.put(Register.NEXT_INDEX, last.i + 1)
        session_memory.put(Register.ORIGIN_NS, origin_ns)
    return session_memory
