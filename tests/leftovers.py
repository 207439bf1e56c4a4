"""Nothing that a test started outlives its pytest, however that ends.

The program's own processes are made to outlive a window that is killed: the recording goes on, and the watchdog starts
the window again. Of a pytest that was killed, that left whole sessions running. So each pytest marks what it starts in
the environment, which all descendants inherit, and a process beside it (this file, run as a program) ends all that bear
the mark once that pytest is gone. The program itself knows nothing of it.
"""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

MARK = "FLUORO_ASSISTANT_TESTS_OF"
_LOOK_EVERY_S = 0.2
_LOOKS_WITHOUT_ANY = 5
"""One process may start another while it is ended: over only when none is seen in so many looks."""
_keepers: list[subprocess.Popen[bytes]] = []


def begin() -> None:
    """Mark what this process starts from now on (a worker of xdist its own), and have it looked after."""
    if sys.platform != "linux":
        return  # no list of the processes with their environment
    unmarked = {name: value for name, value in os.environ.items() if name != MARK}
    os.environ[MARK] = mark = f"{os.getpid()}-{os.urandom(4).hex()}"
    command = [sys.executable, "-S", "-E", __file__, str(os.getpid()), mark]
    nothing = subprocess.DEVNULL
    # In a session of its own: no key of the terminal reaches it, nor what ends all of a group.
    started = subprocess.Popen(
        command, env=unmarked, stdin=nothing, stdout=nothing, stderr=nothing, start_new_session=True
    )
    _keepers.append(started)


def marked(mark: str) -> list[int]:
    """The processes that bear a mark."""
    found = []
    for environment in Path("/proc").glob("[0-9]*/environ"):
        with contextlib.suppress(OSError):  # ended meanwhile, or somebody else's
            if f"{MARK}={mark}".encode() in environment.read_bytes().split(b"\0"):
                found.append(int(environment.parent.name))
    return found


def main(pytest_pid: int, mark: str) -> None:
    """Wait for the end of that pytest, then end all it left."""
    while os.getppid() == pytest_pid:
        time.sleep(_LOOK_EVERY_S)
    looks_without_any = 0
    while looks_without_any < _LOOKS_WITHOUT_ANY:
        left = marked(mark)
        for pid in left:
            with contextlib.suppress(OSError):
                os.kill(pid, signal.SIGKILL)
        looks_without_any = 0 if left else looks_without_any + 1
        time.sleep(_LOOK_EVERY_S if not left else 0.0)


if __name__ == "__main__":
    main(int(sys.argv[1]), sys.argv[2])
