"""The review page in its shell, with a small run."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from assistant.settings.tree import Settings
from tests.small_run import SmallRun, write_small_run
from ui.review.page import ReviewPage, make_page
from ui.shell import Shell

COUNT = 60


@pytest.fixture
def run(tmp_path: Path) -> SmallRun:
    return write_small_run(tmp_path, COUNT)


@pytest.fixture
def window(qtbot) -> Iterator[ReviewPage]:
    shell = Shell(Settings(), {"review": make_page})
    shell.resize(1280, 1024)
    qtbot.addWidget(shell)
    shell.go_to("review")
    shell.show()
    page = shell.page("review")
    assert isinstance(page, ReviewPage)
    yield page
    shell.close()


@pytest.fixture
def opened(window: ReviewPage, run: SmallRun) -> ReviewPage:
    assert window.open(str(run.folder), str(run.plan)), window.note.text()
    window.playing = False
    return window
