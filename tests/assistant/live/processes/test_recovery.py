from pathlib import Path

import numpy as np

from assistant.capture.run_folder import RunFolder
from assistant.live.processes.recovery import record_what_is_left
from assistant.live.shared.shared_memory import SessionMemory
from assistant.recording.writer import Recorder
from tests.recorders import WRITER


def picture(number: int) -> np.ndarray:
    return np.random.default_rng(number).integers(0, 255, (48, 64), np.uint8)


def publish(session_memory: SessionMemory, index: int) -> None:
    session_memory.ring.publish(index, index * 40_000_000, index * 40_000_000, index // 2, picture(index // 2))


def test_what_was_grabbed_and_not_written_is_recorded_by_the_successor(
    session_memory: SessionMemory, tmp_path: Path
) -> None:
    first = Recorder(tmp_path, WRITER)
    for index in range(8):
        publish(session_memory, index)
        if index < 6:
            first.offer(index, index * 40_000_000, index * 40_000_000, None if index % 2 else picture(index // 2))
    first.close()
    second = Recorder(tmp_path, WRITER)
    assert record_what_is_left(session_memory, tmp_path, second) == 2
    second.close()
    source = RunFolder(tmp_path, "run")
    frames = list(source.frames())
    assert [frame.index for frame in frames] == list(range(8))
    for frame in frames:
        np.testing.assert_array_equal(frame.grey, picture(frame.index // 2))
    assert source.recorded.lost_frames == 0
    source.close()


def test_what_is_older_than_the_ring_is_lost_and_counted(session_memory: SessionMemory, tmp_path: Path) -> None:
    first = Recorder(tmp_path, WRITER)
    first.offer(0, 0, 0, picture(0))
    first.close()
    for index in range(12):
        publish(session_memory, index)
    second = Recorder(tmp_path, WRITER)
    assert record_what_is_left(session_memory, tmp_path, second) == 4
    second.close()
    source = RunFolder(tmp_path, "run")
    assert source.recorded.lost_frames == 7
    assert len(source.recorded.lines) == 12
    source.close()


def test_a_first_start_has_nothing_to_record(session_memory: SessionMemory, tmp_path: Path) -> None:
    recorder = Recorder(tmp_path, WRITER)
    assert record_what_is_left(session_memory, tmp_path, recorder) == 0
    recorder.close()
    assert not list(tmp_path.iterdir())
