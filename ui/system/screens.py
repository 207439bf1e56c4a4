"""A display that is pulled out, or comes back with another size, must not take the window with it (F-37).

Nothing here needs a graphics processor: all is painted by Qt's own raster engine.
"""

from __future__ import annotations

from PyQt6.QtCore import QObject, QRect, QTimer
from PyQt6.QtGui import QGuiApplication, QScreen
from PyQt6.QtWidgets import QWidget

_LEAST_SHARE = 0.5


class OnScreen(QObject):
    """Brings a window to the main display whenever less than half of it is to be seen.

    Parameters
    ----------
    application : QGuiApplication
    window : QWidget
    """

    def __init__(self, application: QGuiApplication, window: QWidget) -> None:
        super().__init__(window)
        self._window = window
        for changed in (application.screenRemoved, application.screenAdded, application.primaryScreenChanged):
            # Once Qt has done its own part.
            changed.connect(lambda _screen: QTimer.singleShot(0, self.bring))

    def bring(self) -> None:
        """Look where the window is, and bring it back where that is nowhere."""
        main = QGuiApplication.primaryScreen()
        if main is None or seen_share(self._window.geometry(), QGuiApplication.screens()) >= _LEAST_SHARE:
            return
        room = main.availableGeometry()
        size = self._window.size().boundedTo(room.size()).expandedTo(self._window.minimumSize())
        self._window.setGeometry(QRect(room.topLeft(), size))
        self._window.raise_()


def seen_share(place: QRect, screens: list[QScreen]) -> float:
    """How much of a place lies on the displays, 0 to 1."""
    seen = sum(part.width() * part.height() for part in (place.intersected(each.geometry()) for each in screens))
    return seen / max(1, place.width() * place.height())
