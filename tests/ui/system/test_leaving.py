import os
import signal

import pytest
from PyQt6.QtGui import QCloseEvent
from PyQt6.QtWidgets import QApplication, QWidget

from ui.system.leaving import Leaving


class Window(QWidget):
    stays = True
    asked = 0

    def closeEvent(self, event: QCloseEvent) -> None:
        self.asked += 1
        event.setAccepted(not self.stays)


class Manager:
    cancelled = 0

    def cancel(self) -> None:
        self.cancelled += 1


@pytest.fixture
def window(qtbot):
    before = {number: signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGHUP)}
    made = Window()
    made.show()
    yield made
    made.stays = False
    made.close()
    for number, handler in before.items():
        signal.signal(number, handler)


def test_f39_a_log_off_is_refused_while_the_window_has_to_stay(window, qtbot) -> None:
    leaving, manager = Leaving(QApplication.instance(), window), Manager()
    leaving.log_off(manager)
    assert (manager.cancelled, window.asked) == (1, 1)
    window.stays = False
    leaving.log_off(manager)
    assert manager.cancelled == 1
    assert not window.isVisible()


def test_f39_an_end_signal_closes_the_window_in_order_and_does_not_kill(window, qtbot) -> None:
    leaving = Leaving(QApplication.instance(), window)
    os.kill(os.getpid(), signal.SIGTERM)
    qtbot.waitUntil(lambda: window.asked == 1)
    assert window.isVisible()
    window.stays = False
    os.kill(os.getpid(), signal.SIGHUP)
    qtbot.waitUntil(lambda: not window.isVisible())
    assert leaving.parent() is window
