"""The review page in its shell, with a small run."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.review_window import shown_review
from tests.small_run import SmallRun, write_small_run
from ui.review.page import ReviewPage

COUNT = 60


@pytest.fixture
def run(tmp_path: Path) -> SmallRun:
    return write_small_run(tmp_path, COUNT)


@pytest.fixture
def window(qtbot) -> Iterator[ReviewPage]:
    yield from shown_review(qtbot)


@pytest.fixture
def opened(window: ReviewPage, run: SmallRun) -> ReviewPage:
    assert window.open(str(run.folder), str(run.plan)), window.note.text()
    window.playing = False
    return window
