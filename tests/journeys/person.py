"""What a person does at the window: presses keys, waits for what the screen says, takes a picture of it."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

from PyQt6.QtCore import Qt
from PyQt6.QtWidgets import QApplication, QLabel, QWidget

from assistant.settings.file import load_settings
from tests.journeys.hands import NONE, down, press, up
from ui import theme
from ui.shell import Shell

K = Qt.Key
SHOTS = "FLUORO_JOURNEY_SHOTS"
"""A folder for pictures of the screen, in the environment; none are taken without it."""
SIZES = ((1280, 1024), (1920, 1080))


class Person:
    """At one window of the program, from its start to its end.

    Parameters
    ----------
    qtbot : QtBot
    page, thing : str
        What the command line opens: ``fluoro-assistant --live SOURCE`` is ("theatre", SOURCE).
    """

    def __init__(self, qtbot: Any, page: str, thing: str | None = None) -> None:
        self.bot = qtbot
        theme.apply(QApplication.instance())
        self.window = Shell(load_settings().settings)
        self.window.resize(*SIZES[-1])
        self.window.show()
        self.window.activateWindow()
        QApplication.setActiveWindow(self.window)
        self.window.go_to(page, thing)

    def press(self, *keys: int, modifiers: Qt.KeyboardModifier = NONE) -> None:
        """One key after the other, each let go again; letters and figures with their text."""
        for key in keys:
            text = chr(key).lower() if key < 128 else ""
            press(self.window, key, modifiers, text=text)

    def hold(self, key: int, holds: Callable[[], object]) -> None:
        """A key held until something holds."""
        down(self.window, key)
        self.until(holds)
        up(self.window, key)

    def write(self, text: str) -> None:
        """Into the field that has the focus, in place of what stands there."""
        field = QApplication.focusWidget()
        assert field is not None
        press(self.window, K.Key_A, Qt.KeyboardModifier.ControlModifier)
        self.bot.keyClicks(field, text)

    def until(self, holds: Callable[[], object], within_s: float = 400.0) -> None:
        """Wait for the screen; where it does not come, say what the screen says."""
        try:
            self.bot.waitUntil(lambda: bool(holds()), timeout=round(1000 * within_s))
        except self.bot.TimeoutError as error:
            page = self.window.current
            raise AssertionError(
                f"not within {within_s:.0f} s; the screen says: {self.reads(page or self.window)}"
            ) from error

    def page(self, name: str) -> Any:
        """A page of the window, to be looked at."""
        return self.window.page(name)

    @staticmethod
    def reads(within: QWidget) -> str:
        """All words of labels that are seen there."""
        return "\n".join(label.text() for label in within.findChildren(QLabel) if label.isVisible())

    def look(self, name: str) -> None:
        """Pictures of the screen in two sizes, where they are wanted."""
        folder = os.environ.get(SHOTS)
        if not folder:
            return
        Path(folder).mkdir(parents=True, exist_ok=True)
        for width, height in SIZES:
            self.window.resize(width, height)
            self.bot.wait(400)
            self.window.grab().save(f"{folder}/{name}_{width}x{height}.png")

    def leave(self) -> None:
        """Close the window."""
        assert self.window.close()
        self.window.deleteLater()
