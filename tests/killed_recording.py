"""Kills a process that records, at any instant, and sees what is left. For the tests (a few times) and the bench."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from assistant.capture.run_folder import RunFolder
from assistant.errors import InputError
from assistant.live.processes.recovery import record_what_is_left
from assistant.live.shared.mapped_file import SharedFile
from assistant.live.shared.shared_memory import SessionMemory
from assistant.recording.writer import Recorder
from tests.recorders import WRITER
from tests.waiting import wait_until

ROOT = Path(__file__).resolve().parents[1]
_BODY = """
import sys, time
from pathlib import Path
import numpy as np
from assistant.live.shared.shared_memory import SessionMemory
from assistant.live.shared.mapped_file import SharedFile
from assistant.recording.writer import Recorder
from assistant.recording.writer import WriterSettings
from assistant.settings.tree import RecordingSettings
folder, board, width, height = Path(sys.argv[1]), SharedFile.open(Path(sys.argv[2])), int(sys.argv[3]), int(sys.argv[4])
deck = SessionMemory.open(Path(sys.argv[5]))
numbers = board.numbers_at(0, 2)
rng = np.random.default_rng(1)
pictures = [rng.normal(120, 6, (height, width)).clip(0, 255).astype(np.uint8) for _ in range(8)]
recorder = Recorder(folder, WriterSettings.of(RecordingSettings()))
begun = time.monotonic_ns()
i = 0
while True:
    due = begun + i * 33_333_333
    while (now := time.monotonic_ns()) < due:
        time.sleep(min((due - now) / 1e9, 0.01))
    deck.ring.publish(i, now - begun, now, i // 2, pictures[i // 2 % 8])
    recorder.offer(i, now - begun, now, None if i % 2 else pictures[i // 2 % 8])
    numbers[1] = now
    numbers[0] = i + 1
    i += 1
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Killed:
    """What one kill left.

    Attributes
    ----------
    offered, kept : int
        Frames given to the recorder, and frames that play.
    lost_ms : float
        From the last frame that plays to the last one given.
    lost_frames : int
        Lost for good, after the successor has recorded what was left in the shared memory.
    """

    offered: int
    kept: int
    lost_ms: float
    lost_frames: int


def kill_at(folder: Path, after_frames: int, *, width_px: int = 320, height_px: int = 256, slots: int = 16) -> Killed:
    """Record at 30 frames/s (15 new pictures/s) into a new folder and kill -9 after so many frames; play what is left.

    Raises
    ------
    AssertionError
        If a frame that plays is not the picture that was given.
    """
    folder.mkdir(parents=True)
    board = SharedFile.make(4096)
    session_memory = SessionMemory.make(slots, width_px * height_px)
    numbers = board.numbers_at(0, 2)
    command = [
        sys.executable,
        "-c",
        _BODY,
        str(folder),
        str(board.path),
        str(width_px),
        str(height_px),
        str(session_memory.path),
    ]
    process = subprocess.Popen(command, cwd=ROOT, env=os.environ | {"PYTHONPATH": str(ROOT)})
    try:
        wait_until(lambda: numbers[0] >= after_frames or process.poll() is not None, every_s=0.0005)
        assert process.poll() is None
        os.kill(process.pid, signal.SIGKILL)
    finally:
        process.kill()
        process.wait()
        board.remove()
        session_memory.remove()
    offered, last_ns = int(numbers[0]), int(numbers[1])
    frames, lost_ms = _play(folder, offered, last_ns)
    successor = Recorder(folder, WRITER)
    record_what_is_left(session_memory, folder, successor)
    assert successor.close()
    source = RunFolder(folder, "gone on with")
    recorded = source.recorded
    source.close()
    lost_frames = recorded.lost_frames + max(0, offered - len(recorded.lines))
    return Killed(offered=offered, kept=frames, lost_ms=lost_ms, lost_frames=lost_frames)


def _play(folder: Path, offered: int, last_ns: int) -> tuple[int, float]:
    """Frames that play, each with its sum checked, and the time from the last of them to the last one given."""
    try:
        source = RunFolder(folder, "killed")
    except InputError:
        return 0, offered * 1000.0 / 30.0  # killed before its first picture was coded
    frames = 0
    for frame in source.frames():
        assert frame.index == frames
        frames += 1
    lost_ms = (last_ns - source.recorded.lines[-1].ns) / 1e6
    source.close()
    return frames, lost_ms
