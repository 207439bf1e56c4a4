"""How soon a fault of a live session is told and mended, with real processes; run by ``make bench``.

That it is told and mended at all, and in which order, the tests say: `tests/faults`, `tests/assistant/live`.
"""

from __future__ import annotations

import os
import signal
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from assistant.live.messages import Child, LiveState
from assistant.live.processes.running_session import find_running
from assistant.live.session import LiveSession
from assistant.live.shared.shared_memory import Register
from assistant.settings.tree import Settings
from tests.assistant.live.conftest import planned, run_file, session, until
from tests.faults.test_F_01_unplugged import VideoServer, server
from tests.faults.test_F_27_window_killed import Window, window
from tests.waiting import wait_until

__all__ = ["run_file", "server", "session", "window"]
TOLD_GOAL_MS, LATE_GOAL_MS, WATCHDOG_GOAL_MS, NO_SIGNAL_GOAL_MS = 500.0, 1000.0, 1000.0, 2500.0
BACK_GOAL_MS, WINDOW_GOAL_MS, PLUGGED_GOAL_MS = 6000.0, 5000.0, 8000.0


def tell(what: str, begun: float, goal_ms: float) -> None:
    """Print how long it took, and hold it against its goal."""
    took_ms = 1000 * (time.monotonic() - begun)
    sys.stdout.write(f"\n{what}: {took_ms:.0f} ms (goal {goal_ms:.0f} ms)\n")
    assert took_ms < goal_ms, what


def end(session: LiveSession, child: Child, sign: int) -> float:
    """Send a signal to a child; when."""
    pid = session.status.children[child].pid
    assert pid is not None
    os.kill(pid, sign)
    return time.monotonic()


@pytest.mark.parametrize("child", [Child.CAPTURE, Child.ANALYSIS])
def test_a_killed_process_is_told_and_back(session: LiveSession, child: Child) -> None:
    """F-28, F-29."""
    planned(session)
    index, begun = session.newest_index, end(session, child, signal.SIGKILL)
    told = LiveState.NO_SIGNAL if child is Child.CAPTURE else LiveState.ANALYSIS_LATE
    until(session, lambda status: status.state is told)
    tell(f"{child} killed, told", begun, TOLD_GOAL_MS)
    until(session, lambda status: status.state is LiveState.UNKNOWN_VIEW and session.newest_index > index + 10)
    tell(f"{child} killed, back", begun, BACK_GOAL_MS)


def test_a_starved_analysis_is_told(session: LiveSession) -> None:
    """F-34."""
    planned(session)
    pid = session.status.children[Child.ANALYSIS].pid
    begun = end(session, Child.ANALYSIS, signal.SIGSTOP)
    try:
        until(session, lambda status: status.state is LiveState.ANALYSIS_LATE)
        tell("analysis without a core, told", begun, LATE_GOAL_MS)
    finally:
        assert pid is not None
        os.kill(pid, signal.SIGCONT)


@pytest.mark.parametrize("two", [False, True], ids=["one input", "two inputs"])
def test_a_killed_window_is_told_and_back(window: Callable[..., Window], tmp_path: Path, two: bool) -> None:
    """F-27."""
    process, source = window(two=two)
    left = find_running()
    assert left is not None
    assert left.session_memory is not None
    session_memory, begun = left.session_memory, time.monotonic()
    process.kill()
    process.wait()
    wait_until(lambda: session_memory.get(Register.WATCHDOG_ALARM))
    tell("window killed, told by the watchdog", begun, WATCHDOG_GOAL_MS)
    session, begun = LiveSession(source, tmp_path / "live", Settings()), time.monotonic()
    session.start()
    session.sound_is(available=True)
    until(session, lambda status: status.frame_index is not None and status.state is LiveState.UNKNOWN_VIEW)
    second = session.second
    assert (second is not None) is two
    until(session, lambda _: second is None or second.newest_index > 3)
    tell("window killed, back with its picture", begun, WINDOW_GOAL_MS)
    session.stop()


@pytest.mark.parametrize("closes", [True, False], ids=["unplugged", "silent"])
def test_a_pulled_cable_is_told_and_back(server: VideoServer, tmp_path: Path, closes: bool) -> None:
    """F-01."""
    server.closes = closes
    session = LiveSession(server.address, tmp_path / "live", Settings())
    try:
        planned(session)
        server.plugged.clear()
        begun = time.monotonic()
        until(session, lambda status: status.state is LiveState.NO_SIGNAL)
        tell("cable pulled, told", begun, NO_SIGNAL_GOAL_MS)
        before = session.newest_index
        server.plugged.set()
        begun = time.monotonic()
        until(session, lambda status: session.newest_index > before + 5 and status.state is not LiveState.NO_SIGNAL)
        tell("cable put back, picture", begun, PLUGGED_GOAL_MS)
    finally:
        session.stop()
