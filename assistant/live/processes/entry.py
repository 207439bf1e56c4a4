"""The first thing that a child process of a session runs: takes its orders from standard input, then does its part.

Started as ``python -m assistant.live.processes.entry NAME``, not by `multiprocessing`: that would import the window's
own main module, and Qt with it, into every child, and its locks do not outlive a process that is killed while it holds
one.
"""

from __future__ import annotations

import faulthandler
import importlib
import signal
import sys
import traceback
from typing import Final

from assistant.live.messages import Child
from assistant.live.orders import Start
from assistant.live.shared.wire import from_bytes
from assistant.system.error_log import cleaned

BODIES: Final = {
    Child.CAPTURE: "assistant.live.processes.capture",
    Child.ANALYSIS: "assistant.live.processes.analysis",
    Child.WATCHDOG: "assistant.live.processes.watchdog",
}


def main(arguments: list[str]) -> int:
    """Run the child named on the command line to its end; gives the exit status.

    A fault is written to standard error with its place and without any picture or name of a patient; the session keeps
    that as the crash note.
    """
    # Ctrl-C in the terminal reaches every process of the group: the session alone ends its children, in order.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    faulthandler.enable()
    start = from_bytes(sys.stdin.buffer.read())
    if not isinstance(start, Start):
        raise TypeError(f"orders of a child must be a Start, got {type(start).__name__}")
    try:
        importlib.import_module(BODIES[Child(arguments[0])]).run(start)
    except Exception:
        sys.stderr.write("\n".join(cleaned(traceback.format_exc())) + "\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
