"""A long live use: the real window and processes on 30 frames/s of 1280 × 1024, recording on, looked at now and then.

``SOAK_MINUTES=30 make bench`` (or this file alone under a virtual screen). Printed: late and lost captures, memory and
handles of each process with their slope, processor time. An 8-hour figure is a slope carried on, not a measurement.
"""

from __future__ import annotations

import json
import os
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import numpy as np
import pytest

from assistant.capture.run_folder import RunFolder
from assistant.live.messages import Child, LiveState
from tests.benchmarks.bench_theatre import FPS, HEIGHT, WIDTH, _arm, _cpu_s, page, source
from ui.theatre.page import TheatrePage

MINUTES: Final = float(os.environ.get("SOAK_MINUTES", "0"))
EVERY_S: Final = 10.0
WARM_UP_S: Final = 300.0
SLOPE_GOAL_MB_H: Final = 2.0

__all__ = ["page", "source"]
pytestmark = [
    pytest.mark.timeout(round(60 * MINUTES) + 600),
    pytest.mark.skipif(not MINUTES, reason="long: set SOAK_MINUTES=30"),
    pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="memory of other processes is read from /proc"),
]


def _memory(pid: int) -> dict[str, float]:
    """Own memory in MB (shared pages apart), open files, threads."""
    rows = dict(line.split(":", 1) for line in Path(f"/proc/{pid}/status").read_text().splitlines() if ":" in line)
    own_kb = float(rows["RssAnon"].split()[0])
    return {"mb": own_kb / 1024, "files": len(os.listdir(f"/proc/{pid}/fd")), "threads": float(rows["Threads"])}


def _slope_a_h(hours: list[float], values: list[float]) -> float:
    return float(np.polyfit(hours, values, 1)[0]) if len(hours) > 2 else 0.0


def _looks(live: TheatrePage, seconds: float, wait: Any) -> Iterator[dict[str, Any]]:
    """What is seen every ten seconds."""
    session = live.session
    assert session is not None
    begun, cpu, last = time.monotonic(), 0.0, 0.0
    while time.monotonic() - begun < seconds:
        wait(round(EVERY_S * 1000))
        status = session.status
        pids = {"window": os.getpid(), **{str(each): state.pid for each, state in status.children.items() if state.pid}}
        now, used = time.monotonic(), _cpu_s(list(pids.values()))
        yield {
            "s": now - begun,
            "index": session.newest_index,
            "cpu": (used - cpu) / (now - last) if last else None,
            "load": os.getloadavg()[0],
            "lag_p95_ms": status.lag_p95_ms if isinstance(status.lag_p95_ms, float) else None,
            "state": str(status.state),
            "skipped": status.moment.skipped if status.moment is not None else None,
            "lost": status.recording.lost_frames,
            "fault": status.recording.fault,
            "restarts": {str(each): state.restarts for each, state in status.children.items()},
            **{name: _memory(pid) for name, pid in pids.items()},
        }
        cpu, last = used, now


def test_a_long_live_use(page: TheatrePage, qtbot: Any, capsys: pytest.CaptureFixture[str]) -> None:
    """No capture lost, memory and handles flat, nobody died."""
    session = page.session
    assert session is not None
    _arm(page, qtbot)
    qtbot.waitUntil(lambda: session.status.state is LiveState.LIVE)
    folder, first = session.folder, session.newest_index
    looks: list[dict[str, Any]] = []
    with capsys.disabled():
        for look in _looks(page, 60 * MINUTES, qtbot.wait):
            looks.append(look)
            sys.stderr.write(json.dumps(look) + "\n")
    end = session.newest_index
    session.disarm()
    page.host.end_session()
    run = RunFolder(folder, "soak")
    recorded = run.recorded
    run.close()
    stamps = np.array([line.ns for line in recorded.lines if first <= line.i <= end])
    steps_ms = np.diff(stamps) / 1e6
    minutes = (stamps[-1] - stamps[0]) / 60e9
    missing = end - first + 1 - len(stamps)
    warm = [look for look in looks if look["s"] > min(WARM_UP_S, 60 * MINUTES / 3)]
    hours = [look["s"] / 3600 for look in warm]
    told = [
        f"\n{minutes:.1f} min live, {WIDTH} x {HEIGHT}, {len(stamps) / minutes / 60:.2f} frames/s (source {FPS}), "
        f"load {np.mean([look['load'] for look in looks]):.1f}",
        f"captures: {len(stamps)} recorded, {missing} missing, {recorded.lost_frames} lost; grab to grab p99 "
        f"{np.percentile(steps_ms, 99):.1f} ms, longest {steps_ms.max():.0f} ms, "
        f"{int((steps_ms > 1500 / FPS).sum())} later than one and a half periods",
        f"analysis passed over {looks[-1]['skipped']} frames; states seen {sorted({look['state'] for look in looks})}",
        f"CPU {100 * np.mean([look['cpu'] for look in looks if look['cpu'] is not None]):.0f} % of a core",
    ]
    slopes = {}
    for name in ("window", *(str(child) for child in Child)):
        values = [look[name]["mb"] for look in warm if name in look]
        slopes[name] = _slope_a_h(hours, values)
        handles = [(look[name]["files"], look[name]["threads"]) for look in warm if name in look]
        told.append(
            f"{name}: own memory {values[0]:.1f} -> {values[-1]:.1f} MB, {slopes[name]:+.2f} MB/h (8 h, carried on: "
            f"{8 * slopes[name]:+.0f} MB); files {handles[0][0]} -> {handles[-1][0]}, threads {handles[0][1]:.0f} -> "
            f"{handles[-1][1]:.0f}"
        )
    with capsys.disabled():
        sys.stdout.write("\n".join(told) + "\n")
    assert missing == 0
    assert recorded.lost_frames == 0
    assert all(not any(look["restarts"].values()) for look in looks)
    if MINUTES >= 20:
        assert max(slopes.values()) < SLOPE_GOAL_MB_H
