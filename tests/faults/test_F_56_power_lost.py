"""F-56: the power goes at any instant: what the disk was asked to keep is there, 1.2 s before that may be gone.

Simulated: of each file only what stood in it at its last good fsync survives, and a torn piece of what came after.
"""

import os
import random
import shutil
import threading
import time
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from assistant.capture.run_folder import RunFolder
from assistant.recording.recording_files import Disk
from assistant.recording.writer import Recorder
from tests.recorders import WRITER

FPS, SYNC_S = 60, 0.3


@pytest.fixture(scope="module")
def recorded(tmp_path_factory: pytest.TempPathFactory) -> tuple[list[tuple[float, Path]], list[np.ndarray]]:
    """Copies of what the disk would hold if the power went then, with the time at which it was last asked to keep."""
    rng = np.random.default_rng(2)
    pictures = [rng.normal(120, 6, (64, 80)).clip(0, 255).astype(np.uint8) for _ in range(30)]
    folder = tmp_path_factory.mktemp("run")
    synced: dict[int, int] = {}
    asked = [0.0]
    lock = threading.Lock()

    def fsync(descriptor: int) -> None:
        stat = os.fstat(descriptor)
        asked_s = time.monotonic() - begun
        os.fsync(descriptor)
        with lock:
            asked.append(asked_s)
            synced[stat.st_ino] = max(synced.get(stat.st_ino, 0), stat.st_size)

    begun = time.monotonic()
    chance = random.Random(3)
    recorder = Recorder(folder, replace(WRITER, sync_every_s=SYNC_S, segment_bytes=150_000), disk=Disk(fsync=fsync))
    crashes: list[tuple[float, Path]] = []
    for i in range(3 * FPS):
        while time.monotonic() - begun < i / FPS:
            time.sleep(0.001)
        now_s = time.monotonic() - begun
        recorder.offer(i, round(now_s * 1e9), round(now_s * 1e9), pictures[i % 30])
        if chance.random() < 0.12:
            copy = tmp_path_factory.mktemp("crash")
            with lock:
                for path in folder.iterdir():
                    keep = synced.get(path.stat().st_ino, 0)
                    torn = chance.randint(0, 300)
                    (copy / path.name).write_bytes(path.read_bytes()[: keep + torn])
                crashes.append((asked[-1], copy))
    recorder.close()
    shutil.rmtree(folder)
    return crashes, pictures


def test_F_56(recorded: tuple[list[tuple[float, Path]], list[np.ndarray]]) -> None:
    crashes, pictures = recorded
    assert len(crashes) > 10
    for at_s, folder in crashes:
        if at_s < 3 * SYNC_S:
            continue
        source = RunFolder(folder, "crash")
        last_s = 0.0
        for frame in source.frames():
            np.testing.assert_array_equal(frame.grey, pictures[frame.index % 30])
            last_s = source.recorded.lines[frame.index].t
        source.close()
        assert at_s - last_s < 1.2, (at_s, last_s)
        assert source.recorded.lost_frames == 0
