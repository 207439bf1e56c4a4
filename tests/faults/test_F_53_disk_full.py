"""F-53: a small disk fills while a live run is recorded onto it: a real file system, nothing before it is lost."""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from assistant.capture.run_folder import RunFolder
from assistant.live.session import LiveSession
from assistant.recording.event_log import EventLog, check_chain, log_files
from assistant.recording.writer import Recorder
from assistant.settings.tree import Settings
from tests.assistant.live.conftest import planned, until
from tests.recorders import WRITER
from tests.small_run import pictures, write_video


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    place = tmp_path / "small"
    place.mkdir()
    can = sys.platform == "linux" and os.geteuid() == 0 and shutil.which("mount") is not None
    command = ["mount", "-t", "tmpfs", "-o", "size=1500k", "none", str(place)]
    if not can or subprocess.run(command, capture_output=True, check=False).returncode != 0:
        pytest.skip("a small disk cannot be mounted here; failing writes are tested without one")
    try:
        yield place
    finally:
        subprocess.run(["umount", "-l", str(place)], check=True)


@pytest.mark.parametrize("reserve_bytes", [300_000, 0])
def test_F_53(small_disk: Path, reserve_bytes: int) -> None:
    """With room held back the log goes on; without it the disk refuses in the middle of a write."""
    rng = np.random.default_rng(9)
    grains = [rng.normal(120, 6, (256, 320)).clip(0, 255).astype(np.uint8) for _ in range(60)]
    log = EventLog(small_disk)
    recorder = Recorder(small_disk, replace(WRITER, reserve_bytes=reserve_bytes, sync_every_s=0.2))
    for i, picture in enumerate(grains):
        recorder.offer(i, i * 40_000_000, i * 40_000_000, picture)
        if i % 20 == 0:
            log.append("mark", frame=i)
    recorder.close()
    log.append("mark", frame=60)
    log_whole = log.close()
    state = recorder.state
    # Which write meets the end of the disk first hangs on the machine: a new one, or the sync of one before.
    assert any(word in state.fault for word in ("full", "No space", "did not keep what was written"))
    assert not state.advancing(10**18)
    assert state.lost_frames > 0

    source = RunFolder(small_disk, "run")
    kept = [line for line in source.recorded.lines if line.v >= 0]
    assert len(kept) + state.lost_frames == 60
    assert len(kept) >= 12
    for frame in source.frames():
        expected = grains[frame.index] if source.recorded.lines[frame.index].v >= 0 else np.zeros_like(frame.grey)
        np.testing.assert_array_equal(frame.grey, expected)
    source.close()
    if reserve_bytes:
        assert log_whole
        assert len(check_chain(log_files(small_disk)).events) == 4


def test_a_disk_that_is_full_from_the_start_does_not_stop_the_monitoring(small_disk: Path, tmp_path: Path) -> None:
    run = write_video(tmp_path / "run.mkv", pictures(100))
    (small_disk / "full").write_bytes(bytes(1_400_000))
    session = LiveSession(f"loop:{run}", small_disk / "live", Settings())
    try:
        planned(session)
        assert session.arm() == ""
        until(session, lambda status: "A14" in [alarm.code for alarm in status.alarms])
        status = session.status
        assert status.recording.fault == "the disk is full"
        assert not status.recording.advancing(status.now_ns)
        until(session, lambda status: status.drawable)
    finally:
        session.stop()
