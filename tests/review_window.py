"""The page of review alone in its window, for the tests that go through it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from assistant.settings.tree import Settings
from ui.review.page import ReviewPage, make_page
from ui.shell import Shell


def shown_review(qtbot: Any) -> Iterator[ReviewPage]:
    """The page, shown; its window is closed when the test is over."""
    shell = Shell(Settings(), {"review": make_page})
    shell.resize(1280, 1024)
    qtbot.addWidget(shell)
    shell.go_to("review")
    shell.show()
    page = shell.page("review")
    assert isinstance(page, ReviewPage)
    yield page
    shell.close()
