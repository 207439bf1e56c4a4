"""What the recording survives and costs, and what the shared memory carries; run by ``make bench``.

``FLUORO_BENCH_KILLS=200`` is the number that the project promises; without it a few are enough to see a change.
"""

from __future__ import annotations

import os
import random
import resource
import shutil
import sys
import time
from pathlib import Path

import numpy as np
import pytest

from assistant.live.shared.shared_memory import SessionMemory
from assistant.recording.writer import Recorder
from tests.killed_recording import kill_at
from tests.recorders import WRITER

KILLS = int(os.environ.get("FLUORO_BENCH_KILLS", "12"))
WIDTH_PX, HEIGHT_PX = (int(side) for side in os.environ.get("FLUORO_BENCH_SIZE", "1280x1024").split("x"))
PROMISED_LOSS_MS = 200.0


def tell(text: str) -> None:
    sys.stdout.write(f"\n{text}")


@pytest.mark.timeout(1800)  # two hundred take minutes
def test_kill_at_any_instant(tmp_path: Path) -> None:
    chance = random.Random(4)
    lost: list[float] = []
    lost_frames: list[int] = []
    for k in range(KILLS):
        folder = tmp_path / f"kill_{k}"
        killed = kill_at(folder, chance.randint(3, 60), width_px=WIDTH_PX, height_px=HEIGHT_PX)
        lost.append(killed.lost_ms)
        lost_frames.append(killed.lost_frames)
        shutil.rmtree(folder)
    lost.sort()
    tell(
        f"kill -9 at {KILLS} instants, {WIDTH_PX} x {HEIGHT_PX}, 30 frames/s: all play; lost ms median "
        f"{lost[len(lost) // 2]:.0f}, p95 {lost[int(0.95 * len(lost))]:.0f}, max {lost[-1]:.0f}; "
        f"once the successor has recorded what was left in memory {sum(lost_frames)} frames are lost for good, "
        f"{max(lost_frames)} at most in one kill; load {os.getloadavg()[0]:.1f}"
    )
    assert max(lost_frames) * 1000 / 30 <= PROMISED_LOSS_MS


def test_cost_of_recording(tmp_path: Path) -> None:
    """CPU of recording 15 new pictures of 30 frames a second, as a share of one core."""
    rng = np.random.default_rng(2)
    pictures = [rng.normal(120, 6, (HEIGHT_PX, WIDTH_PX)).clip(0, 255).astype(np.uint8) for _ in range(8)]
    recorder = Recorder(tmp_path, WRITER)
    seconds = 8.0
    before = resource.getrusage(resource.RUSAGE_SELF)
    begun_ns = time.monotonic_ns()
    for i in range(round(seconds * 30)):
        due_ns = begun_ns + i * 33_333_333
        while (left_ns := due_ns - time.monotonic_ns()) > 0:
            time.sleep(left_ns / 1e9)
        now_ns = time.monotonic_ns()
        recorder.offer(i, now_ns - begun_ns, now_ns, None if i % 2 else pictures[i // 2 % 8])
    after = resource.getrusage(resource.RUSAGE_SELF)
    recorder.close()
    cpu_s = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    state = recorder.state
    tell(
        f"recording {WIDTH_PX} x {HEIGHT_PX}, 30 frames/s, 15 pictures/s: {100 * cpu_s / seconds:.0f} % of a core, "
        f"{state.bytes_written / seconds / 1e6:.1f} MB/s, {state.lost_frames} frames lost"
    )
    assert state.lost_frames == 0


def test_ring(tmp_path: Path) -> None:
    """Publishing and reading a frame, beside a plain copy of it."""
    session_memory = SessionMemory.make()
    grey = np.random.default_rng(1).integers(0, 255, (HEIGHT_PX, WIDTH_PX), np.uint8)
    target = np.empty_like(grey)
    times: dict[str, list[float]] = {"copy": [], "publish": [], "read": []}
    try:
        for k in range(300):
            for name, work in (
                ("copy", lambda: np.copyto(target, grey)),
                ("publish", lambda k=k: session_memory.ring.publish(k, k, k, k, grey)),
                ("read", lambda: session_memory.ring.newest()),
            ):
                begun = time.perf_counter()
                work()
                times[name].append((time.perf_counter() - begun) * 1e3)
    finally:
        session_memory.remove()
    for name, values in times.items():
        values.sort()
        tell(f"ring {name}: median {values[150]:.3f} ms, p99 {values[296]:.3f} ms")
