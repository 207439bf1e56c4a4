"""How long the ways of a new user take the machine, from their first key to their last; run by ``make bench``.

Each is a test of the window, taken whole: that it comes to its right end, the test says.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.small_run import SmallRun
from tests.ui.review.conftest import run, window
from tests.ui.review.test_reviewing import test_from_a_dropped_file_to_an_exported_report as from_a_drop_to_a_report
from tests.ui.setup.test_setup import test_from_a_cold_start_to_armed_on_the_demo_by_keyboard as from_cold_to_armed
from tests.ui.training.test_page import shell
from tests.ui.training.test_page import test_a_new_user_answers_the_first_case as from_nothing_to_an_answer
from ui.review.page import ReviewPage

__all__ = ["run", "shell", "window"]
ARMED_GOAL_S, REPORT_GOAL_S, ANSWER_GOAL_S = 60.0, 180.0, 60.0


@pytest.fixture
def within(request: pytest.FixtureRequest) -> Iterator[list[float]]:
    """Holds what the test did against the goal that it puts in."""
    goal_s: list[float] = []
    begun = time.monotonic()
    yield goal_s
    took_s = time.monotonic() - begun
    sys.stdout.write(f"\n{request.node.name}: {took_s:.1f} s (goal {goal_s[0]:.0f} s)\n")
    assert took_s < goal_s[0]


def test_armed(within: list[float], qtbot: Any) -> None:
    """From a cold start to injecting on the demo, by keyboard."""
    within.append(ARMED_GOAL_S)
    from_cold_to_armed(qtbot)


def test_report(within: list[float], qtbot: Any, window: ReviewPage, run: SmallRun, tmp_path: Path) -> None:
    """From a dropped file to a report, tables, pictures and a video."""
    within.append(REPORT_GOAL_S)
    from_a_drop_to_a_report(qtbot, window, run, tmp_path)


def test_answer(within: list[float], qtbot: Any, shell: Any) -> None:
    """From the first entry to training to the first answer."""
    within.append(ANSWER_GOAL_S)
    from_nothing_to_an_answer(qtbot, shell)
