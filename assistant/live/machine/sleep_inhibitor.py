"""While armed the machine does not go to sleep: not by itself, and not when its lid is shut (F-38).

Linux by a lock of the login service, held by a child that ends with this process, however that ends; macOS likewise;
Windows by a call of the thread. The screen saver is the desktop's and the window's business.
"""

from __future__ import annotations

import ctypes
import sys
from collections.abc import Callable, Sequence
from typing import Any, Final, Protocol

from assistant.language import sentence
from assistant.system.processes import ChildProcess, Stream

_ENDS_S: Final = 0.5
_LONGEST: Final = 120
_CONTINUOUS, _SYSTEM, _DISPLAY = 0x80000000, 0x00000001, 0x00000002
"""ES_CONTINUOUS, ES_SYSTEM_REQUIRED, ES_DISPLAY_REQUIRED of SetThreadExecutionState."""


class _Lock(Protocol):
    def hold(self) -> None: ...

    def let_go(self) -> None: ...

    def why_not(self) -> str:
        """Why it does not hold; empty while it does."""
        ...


class _ChildLock:
    """A program that holds the lock as long as it runs; it runs as long as its standard input is open."""

    def __init__(self, command: Sequence[str], start: Callable[..., ChildProcess]) -> None:
        self._command, self._start = tuple(command), start
        self._child: ChildProcess | None = None
        self._fault = ""

    def hold(self) -> None:
        self._fault = ""
        try:
            self._child = self._start(self._command, given=Stream.PIPE, words=Stream.PIPE)
        except OSError as error:
            self._fault = f"{self._command[0]}: {error.strerror or error}"

    def let_go(self) -> None:
        child, self._child = self._child, None
        if child is not None:
            child.end(_ENDS_S)
            assert child.stderr is not None
            child.stderr.close()

    def why_not(self) -> str:
        child = self._child
        if child is not None and child.poll() is not None:
            assert child.stderr is not None
            output = child.stderr.read().decode("utf-8", "replace").strip().splitlines()
            self._fault = (
                output[-1][:_LONGEST] if output else sentence(f"{self._command[0]} ended with {child.returncode}")
            )
            self.let_go()
        return self._fault


class _ThreadLock:
    """Windows: holds for the thread that calls, as long as that lives."""

    def __init__(self, call: Callable[[int], int]) -> None:
        self._call = call
        self._fault = ""

    def hold(self) -> None:
        done = self._call(_CONTINUOUS | _SYSTEM | _DISPLAY)
        self._fault = "" if done else sentence("the system refused (SetThreadExecutionState)")

    def let_go(self) -> None:
        self._call(_CONTINUOUS)

    def why_not(self) -> str:
        return self._fault


class _NoLock:
    """A system of which no way is known."""

    def hold(self) -> None:
        """Nothing can be done."""

    def let_go(self) -> None:
        """Nothing was."""

    def why_not(self) -> str:
        return sentence(f"no way is known on {sys.platform}")


def _lock(platform: str, start: Callable[..., ChildProcess], windows: Any) -> _Lock:
    if platform.startswith("linux"):
        about = ("--who=Fluoroscopy assistant", "--why=Injecting", "--mode=block")
        return _ChildLock(("systemd-inhibit", "--what=sleep:idle:handle-lid-switch", *about, "cat"), start)
    if platform == "darwin":
        return _ChildLock(("caffeinate", "-d", "-i", "cat"), start)
    if platform == "win32":
        return _ThreadLock((windows or ctypes).windll.kernel32.SetThreadExecutionState)
    return _NoLock()


class SleepInhibitor:
    """Keeps the machine awake while it is told to.

    Parameters
    ----------
    platform : str
        As `sys.platform`.
    start : callable
        Starts a child, as `ChildProcess`.
    windows : object, optional
        Stands in for `ctypes` of Windows.
    """

    def __init__(
        self,
        platform: str = sys.platform,
        start: Callable[..., ChildProcess] = ChildProcess,
        windows: Any = None,
    ) -> None:
        self._lock = _lock(platform, start, windows)
        self._held = False

    def follow(self, *, armed: bool) -> str:
        """Hold while armed; never waits long. Why it does not hold although it should; empty while all is as it should.

        A lock that was refused is not asked for again until it was let go.
        """
        if armed != self._held:
            self._held = armed
            if armed:
                self._lock.hold()
            else:
                self._lock.let_go()
        return sentence(f"not inhibited: {self._lock.why_not()}") if armed and self._lock.why_not() else ""


def try_out(awake: SleepInhibitor, wait: Callable[[], None]) -> str:
    """Hold, wait a moment, let go; why it did not hold, else empty."""
    try:
        awake.follow(armed=True)
        wait()
        return awake.follow(armed=True)
    finally:
        awake.follow(armed=False)
