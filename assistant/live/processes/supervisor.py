"""Starts the children of a session, sees that they live, and starts them again."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import BinaryIO, Final

from assistant.language import sentence
from assistant.live.messages import Child, ChildChanged, Condition
from assistant.live.orders import Start
from assistant.live.processes.process_alive import Adopted
from assistant.live.shared.shared_memory import Register, SessionMemory
from assistant.live.shared.wire import to_bytes
from assistant.live.status import ChildState
from assistant.system.error_log import seal
from assistant.system.processes import ChildProcess, how_it_ended, module_command, module_environment

_BEATS: Final = {
    Child.CAPTURE: Register.CAPTURE_BEAT,
    Child.ANALYSIS: Register.ANALYSIS_BEAT,
    Child.WATCHDOG: Register.WATCHDOG_BEAT,
}
_HANGS_AFTER_S: Final = 2.0
_STARTS_WITHIN_S: Final = 15.0
_LONGEST_START: Final = 8
"""So many times as long it is waited in the end, twice as long after each start that took too long."""
_PAUSES_S: Final = (0.0, 0.2, 0.5, 1.0, 2.0)
"""Before the n-th start anew without a long good stretch between; the last one from then on."""
_GOOD_STRETCH_S: Final = 60.0


class ChildSupervisor:
    """Looks after one child.

    Parameters
    ----------
    child : Child
    session_memory : SessionMemory
    start : callable
        Gives the child's orders for its n-th start.
    clock_ns : callable
    """

    def __init__(
        self,
        child: Child,
        session_memory: SessionMemory,
        start: Callable[[int], Start],
        clock_ns: Callable[[], int] = time.monotonic_ns,
    ) -> None:
        self.child = child
        self._session_memory, self._start, self._clock_ns = session_memory, start, clock_ns
        self._process: ChildProcess | Adopted | None = None
        self._begun_ns = 0
        self._epoch = 0
        self._failures = self._late_starts = 0
        self._again_at_ns: int | None = None
        self._condition = Condition.STARTING
        self._reason = ""
        self._note: Path | None = None

    @property
    def state(self) -> ChildState:
        """How the child is."""
        pid = self._process.pid if self._process is not None else None
        return ChildState(condition=self._condition, reason=self._reason, restarts=max(0, self._epoch - 1), pid=pid)

    @property
    def is_well(self) -> bool:
        """Whether it runs and says so."""
        return self._condition is Condition.RUNNING

    def begin(self) -> None:
        """Start it."""
        self._epoch += 1
        self._session_memory.put(_BEATS[self.child], 0)
        orders = self._start(self._epoch)
        self._note = Path(orders.folder) / f"crash_{self.child}.txt"
        with self._crash_note(self._note) as note:
            process = ChildProcess(
                _command(self.child), environment=module_environment(), given=to_bytes(orders), words=note
            )
        self._process, self._begun_ns, self._again_at_ns = process, self._clock_ns(), None
        self._condition = Condition.STARTING

    def adopt(self, pid: int) -> None:
        """Look after a child that an earlier window started."""
        self._epoch += 1
        self._process, self._begun_ns, self._again_at_ns = Adopted(pid), self._clock_ns(), None
        self._condition = Condition.RUNNING

    def look(self) -> list[ChildChanged]:
        """See how it is; start it anew where it died or hangs. What changed since the last look."""
        now_ns = self._clock_ns()
        before = self._condition
        if self._again_at_ns is not None:
            if now_ns >= self._again_at_ns:
                self.begin()
        elif self._process is not None:
            self._judge(self._process, now_ns)
        if self._condition is before:
            return []
        return [ChildChanged(child=self.child, condition=self._condition, reason=self._reason)]

    def _judge(self, process: ChildProcess | Adopted, now_ns: int) -> None:
        beat_ns = self._session_memory.get(_BEATS[self.child])
        if process.poll() is not None:
            self._lost(Condition.DIED, sentence(f"ended by itself ({how_it_ended(process.returncode)})"), now_ns)
        elif beat_ns == 0:
            # A slow machine needs longer than was thought: what is never given longer never comes up.
            limit_s = _STARTS_WITHIN_S * min(2**self._late_starts, _LONGEST_START)
            if now_ns - self._begun_ns > limit_s * 1e9:
                self._late_starts += 1
                self._lost(Condition.HANGING, sentence(f"did not start within {limit_s:.0f} s"), now_ns)
        elif now_ns - beat_ns > _HANGS_AFTER_S * 1e9:
            self._lost(Condition.HANGING, sentence(f"did not answer for {_HANGS_AFTER_S:.0f} s"), now_ns)
        else:
            self._condition, self._reason = Condition.RUNNING, ""
            if now_ns - self._begun_ns > _GOOD_STRETCH_S * 1e9:
                self._failures = 0

    def _lost(self, condition: Condition, reason: str, now_ns: int) -> None:
        self._condition, self._reason = condition, reason
        self.end_now()
        if self._note is not None:
            seal(self._note, reason)
        pause_s = _PAUSES_S[min(self._failures, len(_PAUSES_S) - 1)]
        self._failures += 1
        self._again_at_ns = now_ns + round(pause_s * 1e9)

    def end_now(self) -> None:
        """End it at once."""
        if self._process is not None and self._process.poll() is None:
            self._process.kill()
            self.wait(1.0)

    def clear_note(self, folder: Path) -> None:
        """Take the crash note away where the child had no last words, and its data's words out of it where it had."""
        seal(folder / f"crash_{self.child}.txt")

    def wait(self, seconds: float) -> bool:
        """Wait until it has ended; False if it has not."""
        if self._process is None:
            return True
        return self._process.ended_within(seconds)

    @staticmethod
    def _crash_note(note: Path) -> BinaryIO:
        """Where the child's last words go: a file, for it may outlive the window."""
        try:
            return note.open("ab")
        except OSError:
            return open(os.devnull, "ab")


def _command(child: Child) -> list[str]:
    if getattr(sys, "frozen", False):
        return [sys.executable, "live-child", str(child)]
    return module_command("assistant.live.processes.entry", str(child))
