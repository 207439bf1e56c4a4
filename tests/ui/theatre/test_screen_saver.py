"""F-38: the screen saver is held off while armed, by a connection that ends with the window."""

import pytest
from PyQt6.QtDBus import QDBusConnection, QDBusMessage

from ui.theatre import screen_saver
from ui.theatre.page import TheatrePage
from ui.theatre.screen_saver import ScreenSaver


class Bus:
    """Stands in for the session bus."""

    def __init__(self, *, refuses: str = "", connected: bool = True) -> None:
        self.refuses, self.connected = refuses, connected
        self.open: list[str] = []
        self.asked: list[tuple[str, list[str]]] = []

    def connectToBus(self, kind: QDBusConnection.BusType, name: str) -> "Bus":
        assert kind is QDBusConnection.BusType.SessionBus
        self.open.append(name)
        return self

    def disconnectFromBus(self, name: str) -> None:
        self.open.remove(name)

    def isConnected(self) -> bool:
        return self.connected

    def lastError(self) -> "Bus":
        return self

    def message(self) -> str:
        return "nobody there"

    def asyncCall(self, message: QDBusMessage) -> None:
        self.asked.append((message.member(), message.arguments()))

    def call(self, message: QDBusMessage, timeout: int) -> QDBusMessage:
        assert 0 < timeout <= 1000
        self.asyncCall(message)
        return message.createErrorReply("x.y", self.refuses) if self.refuses else message.createReply([7])


@pytest.fixture(autouse=True)
def _a_bus(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(screen_saver, "has_bus", lambda: True)


def test_f38_it_is_held_off_while_armed() -> None:
    bus = Bus()
    saver = ScreenSaver(bus)
    saver.follow(armed=False)
    assert bus.open == []
    saver.follow(armed=True)
    saver.follow(armed=True)
    assert len(bus.open) == 1
    assert bus.asked == [("Inhibit", ["Fluoroscopy assistant", "Injecting"])]
    saver.follow(armed=False)
    assert bus.open == []


def test_f38_the_self_test_says_why_it_cannot_be(monkeypatch: pytest.MonkeyPatch) -> None:
    for bus, told in (
        (Bus(), ""),
        (Bus(refuses="no such service"), "not inhibited: no such service"),
        (Bus(connected=False), "not inhibited: nobody there"),
    ):
        assert ScreenSaver(bus).try_out() == told
        assert bus.open == []
    monkeypatch.setattr(screen_saver, "has_bus", lambda: False)
    assert "no session bus" in ScreenSaver(Bus()).try_out()


def test_f38_the_theatre_asks_while_armed_and_takes_it_back(armed: TheatrePage) -> None:
    bus = Bus()
    armed.display.screen = ScreenSaver(bus)
    armed.refresh()
    assert len(bus.open) == 1
    armed.session.armed = False
    armed.host.end_session()
    assert bus.open == []
