"""Whether another process is there: asked by number, of processes that are nobody's child any more."""

from __future__ import annotations

import contextlib
import os
import signal
import sys
import time
from pathlib import Path


def is_alive(pid: int) -> bool:
    """Whether a process is there and has not ended (one that nobody has taken note of yet counts as ended)."""
    if pid <= 0:
        return True  # not told yet
    if sys.platform == "win32":
        return _is_alive_windows(pid)
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    stat = Path(f"/proc/{pid}/stat")
    try:
        return stat.read_text().rpartition(")")[2].split()[0] != "Z"
    except (OSError, IndexError):
        return True


if sys.platform == "win32":

    def _is_alive_windows(pid: int) -> bool:
        import ctypes

        library = ctypes.windll.kernel32
        handle = library.OpenProcess(0x00100000, False, pid)
        if not handle:
            return False
        try:
            return bool(library.WaitForSingleObject(handle, 0) == 0x102)
        finally:
            library.CloseHandle(handle)


class Adopted:
    """A process that an earlier window started; looked after like an own child, as far as the system lets us.

    Parameters
    ----------
    pid : int
    """

    def __init__(self, pid: int) -> None:
        self.pid = pid
        self.returncode: int | None = None

    def poll(self) -> int | None:
        """None while it runs; -1 after that: how it ended, only its parent could know."""
        if self.returncode is None and not is_alive(self.pid):
            self.returncode = -1
        return self.returncode

    def kill(self) -> None:
        """End it at once."""
        with contextlib.suppress(OSError):
            os.kill(self.pid, getattr(signal, "SIGKILL", signal.SIGTERM))

    def ended_within(self, seconds: float) -> bool:
        """Wait for its end, so long at most; whether it has ended."""
        until = time.monotonic() + seconds
        while self.poll() is None:
            if time.monotonic() > until:
                return False
            time.sleep(0.01)
        return True
