"""While armed the desktop neither dims, blanks nor locks the screen (F-38): asked over its session bus.

The wish ends with the connection: also when the window dies, and nothing has to be taken back by a number.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Any, Final

from assistant.language import sentence

_NAME: Final = "fluoroscopy-assistant-screen"
_SERVICE, _PATH = "org.freedesktop.ScreenSaver", "/org/freedesktop/ScreenSaver"
_WAIT_MS: Final = 1000


class ScreenSaver:
    """Holds the screen saver off while it is told to.

    Parameters
    ----------
    bus : type of QDBusConnection, optional
        Tests hand in another.
    """

    def __init__(self, bus: Any = None) -> None:
        self._other = bus
        self._held = False

    @property
    def _bus(self) -> Any:
        """Loaded when it is first needed: the start of the program does not wait for it."""
        if self._other is None:
            from PyQt6.QtDBus import QDBusConnection

            self._other = QDBusConnection
        return self._other

    def follow(self, *, armed: bool) -> None:
        """Hold while armed; asked once, not waited for."""
        if armed == self._held or not has_bus():
            return
        self._held = armed
        if armed:
            _connected(self._bus, _NAME).asyncCall(_wish())
        else:
            self._bus.disconnectFromBus(_NAME)

    def try_out(self) -> str:
        """Hold, wait for the answer, let go; why it does not hold, else empty."""
        if not has_bus():
            return sentence("not inhibited: this desktop has no session bus")
        name = f"{_NAME}-test"
        try:
            connection = _connected(self._bus, name)
            if not connection.isConnected():
                return sentence(f"not inhibited: {connection.lastError().message() or 'no session bus'}")
            answer = connection.call(_wish(), timeout=_WAIT_MS)
            return sentence(f"not inhibited: {answer.errorMessage()}") if answer.errorName() else ""
        finally:
            self._bus.disconnectFromBus(name)


def has_bus() -> bool:
    """Whether there is a session bus to ask; never starts one. Windows keeps the screen on with the machine."""
    if not sys.platform.startswith("linux"):
        return False
    run = os.environ.get("XDG_RUNTIME_DIR", "")
    return bool(os.environ.get("DBUS_SESSION_BUS_ADDRESS")) or (bool(run) and (Path(run) / "bus").exists())


def _connected(bus: Any, name: str) -> Any:
    from PyQt6.QtDBus import QDBusConnection

    return bus.connectToBus(QDBusConnection.BusType.SessionBus, name)


def _wish() -> Any:
    from PyQt6.QtDBus import QDBusMessage

    message = QDBusMessage.createMethodCall(_SERVICE, _PATH, _SERVICE, "Inhibit")
    message.setArguments(["Fluoroscopy assistant", "Injecting"])
    return message
