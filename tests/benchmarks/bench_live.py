"""What a whole live session costs and how late its alarms come, with recording on; run by ``make bench``.

The source is a video that is decoded for the purpose, which a grabber does not need: so its cost is measured beside.
"""

from __future__ import annotations

import os
import sys
import time
from pathlib import Path

import cv2
import numpy as np
import pytest

from assistant.capture.opening import open_source
from assistant.live.messages import AlarmNotice, Child, LiveState, Moved
from assistant.live.session import LiveSession
from assistant.settings.tree import Settings
from tests.small_run import INFERIOR, SUPERIOR, pictures, plan_document, write_video

SECONDS = 12.0
WIDTH_PX, HEIGHT_PX = 1280, 1024
CPU_GOAL_PERCENT = 120.0


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, np.ndarray]:
    """The small run at full size with grain of its own."""
    rng = np.random.default_rng(5)
    large = []
    for picture in pictures(120)[::2]:
        grown = cv2.resize(picture, (WIDTH_PX, 1200), interpolation=cv2.INTER_CUBIC)[:HEIGHT_PX]
        large.append((grown + rng.normal(0, 4, grown.shape)).clip(0, 255).astype(np.uint8))
    frames = [each for picture in large for each in (picture, picture)]
    return write_video(tmp_path_factory.mktemp("live") / "run.mkv", frames), large[1]


def cpu_s(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="the cost of other processes is read from /proc")
def test_a_live_session(run: tuple[Path, np.ndarray], tmp_path: Path) -> None:
    path, reference = run
    large = {"superior": [[4 * x, 4 * y] for x, y in SUPERIOR], "inferior": [[4 * x, 4 * y] for x, y in INFERIOR]}
    session = LiveSession(f"loop:{path}", tmp_path / "run", Settings())
    session.start()
    try:
        while session.newest_index < 5:
            session.poll()
            time.sleep(0.02)
        session.set_plan(plan_document(landmarks=large, mm_per_px=0.1), [reference])
        session.confirm_lines()
        while session.status.state is not LiveState.LIVE or session.status.moment is None:
            session.poll()
            time.sleep(0.02)
        pids = {child: state.pid or 0 for child, state in session.status.children.items()}
        before = {child: cpu_s(pid) for child, pid in pids.items()}
        own_s, begun, first = time.process_time(), time.monotonic(), session.newest_index
        lags: list[float] = []
        alarms: list[float] = []
        while time.monotonic() - begun < SECONDS:
            for message in session.poll():
                if isinstance(message, Moved):
                    lags.append((message.moment.finished_ns - message.moment.captured_ns) / 1e6)
                elif isinstance(message, AlarmNotice):
                    alarms.append((message.finished_ns - message.captured_ns) / 1e6)
            time.sleep(0.016)
        seconds = time.monotonic() - begun
        share = {child: 100 * (cpu_s(pid) - before[child]) / seconds for child, pid in pids.items()}
        own = 100 * (time.process_time() - own_s) / seconds
        status = session.status
    finally:
        session.stop()
    source = open_source(str(path))
    begun_s = time.process_time()
    decoded = sum(1 for _ in source.frames())
    decode = (
        100 * (time.process_time() - begun_s) / decoded * (session_fps := (status.frame_index or 0) - first) / seconds
    )
    source.close()
    lags.sort()
    total = sum(share.values()) + own
    sys.stdout.write(
        f"\nlive {WIDTH_PX} x {HEIGHT_PX}, {session_fps / seconds:.1f} frames/s, recording: "
        f"capture {share[Child.CAPTURE]:.0f} % of a core (of it the played file {decode:.0f} %), analysis "
        f"{share[Child.ANALYSIS]:.0f} %, watchdog {share[Child.WATCHDOG]:.1f} %, session {own:.1f} %, together "
        f"{total:.0f} % (goal {CPU_GOAL_PERCENT:.0f} %)\n"
        f"grab to end of analysis: median {lags[len(lags) // 2]:.1f} ms, p99 {lags[int(0.99 * len(lags))]:.1f} ms; "
        f"grab to alarm: {', '.join(f'{each:.0f}' for each in sorted(alarms))} ms; "
        f"{status.recording.lost_frames} frames not recorded\n"
    )
    assert total - decode < CPU_GOAL_PERCENT
