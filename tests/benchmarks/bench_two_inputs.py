"""Two grabbers of 1280 × 1024 at 30 frames/s, both recorded, analysed and shown: processor time of every process.

The goal of one input (120 % of a core) does not hold for two; what is asserted is that nothing is lost and the first
input's times stay within theirs. Run by ``make bench``.
"""

from __future__ import annotations

import os
import time
from pathlib import Path
from typing import Any

import pytest

from assistant.live.messages import Lines, LiveState
from tests.benchmarks.bench_theatre import ALARM_GOAL_MS, SCREEN_GOAL_MS, Glass, _arm, _cpu_s, _told, page, source
from ui.theatre.page import TheatrePage

__all__ = ["page", "source"]
pytestmark = pytest.mark.timeout(600)
MS = 20_000


def test_two_inputs_at_once(page: TheatrePage, qtbot: Any, source: Path) -> None:
    session = page.session
    assert session is not None
    page.host.open_second(f"loop:{source}")
    second = session.second
    assert second is not None
    qtbot.waitUntil(lambda: second.newest_index > 3)
    _arm(page, qtbot, second=True)
    session.confirm_second_lines()
    qtbot.waitUntil(lambda: session.status.state is LiveState.LIVE)
    qtbot.waitUntil(lambda: second.status is not None and second.status.state is LiveState.LIVE)
    assert second.input.session_state.lines is Lines.CONFIRMED
    pids = {"window": os.getpid()}
    pids |= {str(child): state.pid for child, state in session.status.children.items() if state.pid}
    pids |= {f"second {child}": state.pid for child, state in second.children.items() if state.pid}
    glass = Glass(page)
    before, first, other = (
        {name: _cpu_s([pid]) for name, pid in pids.items()},
        session.newest_index,
        second.newest_index,
    )
    skipped = session.status.moment.skipped if session.status.moment is not None else 0
    began = time.monotonic()
    qtbot.wait(MS)
    took = time.monotonic() - began
    share = {name: 100 * (_cpu_s([pid]) - before[name]) / took for name, pid in pids.items()}
    status, beside = session.status, second.status
    assert beside is not None
    frames, frames_second = session.newest_index - first, second.newest_index - other
    print(f"\nload {os.getloadavg()[0]:.1f} · {frames / took:.1f} and {frames_second / took:.1f} frames/s")  # noqa: T201
    print(f"CPU {sum(share.values()):.0f} % of a core: {', '.join(f'{k} {v:.0f}' for k, v in share.items())}")  # noqa: T201
    passed = (status.moment.skipped if status.moment is not None else 0) - skipped
    print(f"analysis passed over {passed} of {frames}; painted {len(glass.late_ms)}")  # noqa: T201
    _told("grab → painted", glass.late_ms, SCREEN_GOAL_MS)
    assert isinstance(status.lag_p95_ms, float)
    assert isinstance(beside.lag_p95_ms, float)
    lags = f"{status.lag_p95_ms:.0f} and {beside.lag_p95_ms:.0f}"
    print(f"grab → end of analysis p95 {lags} ms (goal {ALARM_GOAL_MS:.0f})")  # noqa: T201
    assert status.recording.lost_frames == 0
    assert beside.recording.lost_frames == 0
    assert sorted(glass.late_ms)[int(0.99 * len(glass.late_ms))] <= SCREEN_GOAL_MS
