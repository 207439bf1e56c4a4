"""Reads every word that the window shows, page by page: ``python -m tests.screens.reading FILE [--only NAME]``.

The pages and states are those of ``make screens``; what is kept is not a picture but the texts: of the widgets that are
seen, and of all that is painted.
"""

from __future__ import annotations

import argparse
import json
import os
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from PyQt6.QtGui import QPainter
from PyQt6.QtWidgets import (
    QAbstractButton,
    QApplication,
    QComboBox,
    QLabel,
    QLineEdit,
    QPlainTextEdit,
    QTableWidget,
    QTextEdit,
    QWidget,
)

from tests.screens.__main__ import PARTS
from tests.screens.camera import Camera, settle
from ui.app import start


class Reader(Camera):
    """A camera that reads.

    Attributes
    ----------
    read : dict of str to list of str
        Name of a state to the texts that it showed.
    """

    def __init__(self, only: str = "") -> None:
        super().__init__(Path(tempfile.mkdtemp()), None, only)
        self.read: dict[str, list[str]] = {}
        self._painted: set[str] = set()
        draw = QPainter.drawText

        def drawn(painter: QPainter, *given: Any) -> Any:
            self._painted.update(each for each in given if isinstance(each, str))
            return draw(painter, *given)

        # mypy takes a method for fixed. What is painted goes through this one call of Qt, which tells nobody of it: to
        # read the texts, it is put in front of it, in a process that ends with the reading.
        QPainter.drawText = drawn  # type: ignore[method-assign]

    def take(self, name: str, window: QWidget, before: Callable[[], object] = lambda: None) -> None:
        """Read what the window shows."""
        if name.startswith(self._only):
            settle(60)
            before()
            settle(40)
            self._read(name, window)

    def take_alone(self, name: str, window: QWidget) -> None:
        """Read a window that has one size only."""
        self.take(name, window)

    def _read(self, name: str, window: QWidget) -> None:
        self._painted.clear()
        window.grab()
        found = set(self._painted)
        for widget in [window, *window.findChildren(QWidget)]:
            if widget.isVisibleTo(window):
                found.update(_texts(widget))
        self.read[name] = sorted(text for text in found if text.strip())
        self.taken.append(name)


def _texts(widget: QWidget) -> list[str]:
    if isinstance(widget, QLabel | QAbstractButton):
        return [widget.text()]
    if isinstance(widget, QComboBox):
        return [widget.itemText(at) for at in range(widget.count())]
    if isinstance(widget, QLineEdit):
        return [widget.placeholderText()]
    if isinstance(widget, QPlainTextEdit | QTextEdit):
        return [widget.toPlainText()]
    if isinstance(widget, QTableWidget):
        heads = [widget.horizontalHeaderItem(at) for at in range(widget.columnCount())]
        cells = [widget.item(row, at) for row in range(widget.rowCount()) for at in range(widget.columnCount())]
        return [item.text() for item in (*heads, *cells) if item is not None]
    return []


def main() -> int:
    """Read all that is wanted, with an empty data folder."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("file", type=Path)
    parser.add_argument("--only", default="")
    wanted = parser.parse_args()
    with tempfile.TemporaryDirectory() as home:
        os.environ["HOME"], os.environ["LOGNAME"] = home, "reader"
        os.environ["FLUORO_ASSISTANT_HOME"] = f"{home}/fluoroscopy"
        application = start()
        reader = Reader(wanted.only)
        for name, take in PARTS.items():
            if reader.wants(name) if name else (reader.wants("live") or reader.wants("setup")):
                take(reader)
        QApplication.processEvents()
        application.processEvents()
    wanted.file.write_text(json.dumps(reader.read, ensure_ascii=False, indent=1), encoding="utf-8")
    return 0 if reader.read else 1


if __name__ == "__main__":
    raise SystemExit(main())
