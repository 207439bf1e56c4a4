"""Ctrl-C and its kin end an analysis after the frame at hand instead of tearing it apart."""

from __future__ import annotations

import signal
import threading
from types import FrameType
from typing import Any


class StopOnSignal:
    """While entered, SIGINT and SIGTERM (and a closed terminal) set `asked` instead of ending the process.

    Until `asked` is called for the first time there is nothing to keep, and the signal raises `KeyboardInterrupt` at
    once; so does a second one, for a source that hangs. Outside the main thread it does nothing: signals do not
    reach other threads.
    """

    def __init__(self) -> None:
        self._gentle = False
        self._asked = False
        self._before: dict[int, Any] = {}

    def asked(self) -> bool:
        """Whether a person wants the analysis to end."""
        self._gentle = True
        return self._asked

    def __enter__(self) -> StopOnSignal:
        if threading.current_thread() is not threading.main_thread():
            return self
        for name in ("SIGINT", "SIGTERM", "SIGHUP"):
            number = getattr(signal, name, None)
            # SIGHUP ignored means that somebody wants the analysis to outlive the terminal (nohup).
            if number is None or (name == "SIGHUP" and signal.getsignal(number) is signal.SIG_IGN):
                continue
            self._before[number] = signal.signal(number, self._on_signal)
        return self

    def __exit__(self, *_: object) -> None:
        for number, handler in self._before.items():
            signal.signal(number, signal.SIG_DFL if handler is None else handler)
        self._before.clear()

    def _on_signal(self, _number: int, _frame: FrameType | None) -> None:
        if self._asked or not self._gentle:
            raise KeyboardInterrupt
        self._asked = True
