"""The whole window with its own pages, as the program opens it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PyQt6.QtWidgets import QApplication

from assistant.settings.tree import Settings
from tests.review_window import shown_review
from tests.small_run import SmallRun, write_small_run
from ui.review.page import ReviewPage
from ui.shell import Shell


@pytest.fixture
def run(tmp_path: Path) -> SmallRun:
    """A small run with its plan."""
    return write_small_run(tmp_path, 60)


@pytest.fixture
def window(qtbot) -> Iterator[Shell]:
    """The window, shown and in front."""
    shell = Shell(Settings())
    shell.resize(1280, 1024)
    qtbot.addWidget(shell)
    shell.show()
    shell.activateWindow()
    QApplication.setActiveWindow(shell)
    yield shell
    shell.close()


@pytest.fixture
def review(qtbot) -> Iterator[ReviewPage]:
    """The page of review alone, shown."""
    yield from shown_review(qtbot)
