import errno
import itertools
import os
import threading
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from assistant.capture.opening import open_source
from assistant.capture.run_folder import RunFolder
from assistant.recording.coder import Coded, Coder, Offered
from assistant.recording.recording_files import Disk
from assistant.recording.writer import Recorder, WriterSettings
from assistant.settings.tree import RecordingSettings
from assistant.vocabulary import Grey
from tests.recorders import WRITER
from tests.waiting import HUNG_S, wait_until

Record = Callable[..., Recorder]


def played(tmp_path: Path) -> tuple[RunFolder, list[Grey]]:
    source = RunFolder(tmp_path / "run", "run")
    return source, [frame.grey for frame in source.frames()]


def check_all(tmp_path: Path, pictures: list[Grey]) -> RunFolder:
    source, seen = played(tmp_path)
    assert len(seen) == 2 * len(pictures)
    for k, grey in enumerate(seen):
        np.testing.assert_array_equal(grey, pictures[k // 2])
    source.close()
    return source


def test_what_was_recorded_comes_back_frame_by_frame(record: Record, grain: list[Grey], tmp_path: Path) -> None:
    recorder = record(grain)
    assert (recorder.state.fault, recorder.state.lost_frames) == ("", 0)
    source = check_all(tmp_path, grain)
    assert source.recorded.lost_frames == 0
    assert [line.ns for line in source.recorded.lines] == [10**12 + i * 40_000_000 for i in range(48)]


def test_a_repeat_costs_a_line_and_no_picture(record: Record, grain: list[Grey], tmp_path: Path) -> None:
    record([grain[0]] * 1)
    size = (tmp_path / "run" / "video_000.mkv").stat().st_size
    assert size < 1.2 * grain[0].size
    source, seen = played(tmp_path)
    assert len(seen) == 2
    source.close()


def test_files_of_a_size_follow_each_other(record: Record, grain: list[Grey], tmp_path: Path) -> None:
    record(grain, segment_bytes=20_000)
    assert len(list((tmp_path / "run").glob("video_*.mkv"))) > 3
    check_all(tmp_path, grain)


def test_another_size_of_picture_begins_a_new_file(record: Record, grain: list[Grey], tmp_path: Path) -> None:
    """F-10 in the recording."""
    record([grain[0], np.zeros((32, 40), np.uint8), grain[1]])
    assert len(list((tmp_path / "run").glob("video_*.mkv"))) == 3


def test_a_second_process_writes_files_of_its_own(record: Record, grain: list[Grey], tmp_path: Path) -> None:
    record(grain[:3])
    before = {path: path.read_bytes() for path in (tmp_path / "run").iterdir()}
    second = Recorder(tmp_path / "run", WRITER)
    state = second.state
    assert state.bytes_written == sum(map(len, before.values()))  # "REC" tells of the run, not of the process
    assert not state.advancing(time.monotonic_ns())  # and not that it grows: nothing was offered yet
    second.offer(6, 300_000_000, 10**12 + 300_000_000, grain[3])
    second.close()
    assert all(path.read_bytes() == content for path, content in before.items())
    source, seen = played(tmp_path)
    assert len(seen) == 7
    np.testing.assert_array_equal(seen[6], grain[3])
    source.close()


@pytest.mark.parametrize("fails_at", range(0, 40, 3))
def test_a_write_that_fails_once_loses_nothing(
    record: Record, grain: list[Grey], tmp_path: Path, fails_at: int
) -> None:
    """F-54, once: at whatever write it happens, the rest goes into new files."""
    calls = itertools.count()

    def write(descriptor: int, data: bytes | memoryview) -> int:
        if next(calls) == fails_at:
            os.write(descriptor, bytes(data)[: len(data) // 2])
            raise OSError(errno.EIO, "Input/output error")
        return os.write(descriptor, data)

    recorder = record(grain, Disk(write=write))
    source = check_all(tmp_path, grain)
    assert source.recorded.lost_frames == 0
    assert recorder.state.lost_frames == 0


def test_a_write_that_fails_for_ever_is_told_and_what_was_there_plays(
    record: Record, grain: list[Grey], tmp_path: Path
) -> None:
    """F-54, for ever."""
    calls = itertools.count()

    def write(descriptor: int, data: bytes | memoryview) -> int:
        if next(calls) >= 21:
            raise OSError(errno.EIO, "Input/output error")
        return os.write(descriptor, data)

    recorder = record(grain, Disk(write=write))
    assert "Input/output" in recorder.state.fault
    assert recorder.state.lost_frames > 20
    source, seen = played(tmp_path)
    assert len(seen) >= 12
    for k, grey in enumerate(seen):
        np.testing.assert_array_equal(grey, grain[k // 2])
    source.close()


def test_a_failed_fsync_is_never_tried_again_on_that_file(record: Record, grain: list[Grey], tmp_path: Path) -> None:
    """F-55: the file counts as suspect, what was not synced is written again elsewhere."""
    failed: list[int] = []
    asked: list[tuple[int, int]] = []

    def fsync(descriptor: int) -> None:
        inode = os.fstat(descriptor).st_ino
        asked.append((descriptor, inode))
        if not failed:
            failed.append(inode)
            raise OSError(errno.EIO, "Input/output error")

    folder = tmp_path / "run"
    folder.mkdir()
    recorder = Recorder(folder, replace(WRITER, sync_every_s=0.04), disk=Disk(fsync=fsync))
    done = 0
    while not failed or done < 24:
        recorder.offer(done, done * 40_000_000, done * 40_000_000, grain[done % 24])
        done += 1
        time.sleep(0.005)
        assert done < 2000
    recorder.close()
    assert sum(inode == failed[0] for _, inode in asked) == 1
    source = RunFolder(folder, "run")
    seen = list(source.frames())
    assert len(seen) == done
    for k, frame in enumerate(seen):
        np.testing.assert_array_equal(frame.grey, grain[k % 24])
    source.close()
    assert len(list(folder.glob("video_*.mkv"))) >= 2


def test_a_full_disk_keeps_what_is_there_and_the_times_of_the_rest(
    record: Record, grain: list[Grey], tmp_path: Path
) -> None:
    """F-53: the reserve is left, the state is clear, nothing that was kept is lost."""
    free = [200 << 20]

    def write(descriptor: int, data: bytes | memoryview) -> int:
        free[0] -= 12 << 20
        return os.write(descriptor, data)

    recorder = record(grain, Disk(write=write, free=lambda _: free[0]))
    assert recorder.state.fault == "the disk is full"
    assert not recorder.state.advancing(10**18)
    assert recorder.state.lost_frames > 0
    source, seen = played(tmp_path)
    kept = [line for line in source.recorded.lines if line.v >= 0]
    assert len(kept) >= 8
    for line in kept:
        np.testing.assert_array_equal(seen[line.i], grain[line.i // 2])
    source.close()


def test_a_folder_that_goes_away_is_told(record: Record, grain: list[Grey], tmp_path: Path) -> None:
    """F-58: unplugged or renamed."""
    recorder = record(grain[:2], close=False)
    folder = tmp_path / "run"
    times = folder / "frames_000.jsonl"
    wait_until(lambda: times.exists() and len(times.read_bytes()) >= 200)
    folder.rename(tmp_path / "elsewhere")
    for k in range(4, 40):
        recorder.offer(k, k, k, grain[k % 24])
    recorder.close()
    assert recorder.state.free_bytes is None
    source = RunFolder(tmp_path / "elsewhere", "run")
    assert len(source.recorded.lines) >= 4
    source.close()


def test_a_disk_that_stalls_holds_nobody_up_and_loses_nothing(
    record: Record, grain: list[Grey], tmp_path: Path
) -> None:
    """F-57: pictures wait in memory while the disk stands still."""
    gate = threading.Event()

    def write(descriptor: int, data: bytes | memoryview) -> int:
        gate.wait(HUNG_S)
        return os.write(descriptor, data)

    recorder = record(grain, Disk(write=write), close=False)
    assert recorder.state.lost_frames == 0
    gate.set()
    recorder.close()
    check_all(tmp_path, grain)


def test_what_the_memory_does_not_hold_is_counted_and_told(record: Record, grain: list[Grey], tmp_path: Path) -> None:
    gate = threading.Event()

    def write(descriptor: int, data: bytes | memoryview) -> int:
        gate.wait(HUNG_S)
        return os.write(descriptor, data)

    recorder = record(grain * 16, Disk(write=write), close=False, waiting_bytes=20_000)
    assert recorder.state.lost_frames > 0
    assert "keep up" in recorder.state.fault
    gate.set()
    recorder.close()


def test_a_coder_without_a_core_loses_nothing_until_the_memory_is_full(
    record: Record, grain: list[Grey], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    gate = threading.Event()
    code = Coder.code

    def starved(self: Coder, offered: Offered) -> Coded:
        gate.wait(HUNG_S)
        return code(self, offered)

    monkeypatch.setattr(Coder, "code", starved)
    recorder = record(grain * 4, close=False)
    assert recorder.state.lost_frames == 0
    gate.set()
    recorder.close()
    check_all(tmp_path, grain * 4)


def test_pictures_that_wait_for_their_coding_are_bounded_by_their_size(
    record: Record, grain: list[Grey], monkeypatch: pytest.MonkeyPatch
) -> None:
    gate = threading.Event()
    code = Coder.code

    def starved(self: Coder, offered: Offered) -> Coded:
        gate.wait(HUNG_S)
        return code(self, offered)

    monkeypatch.setattr(Coder, "code", starved)
    recorder = record(grain, close=False, uncoded_bytes=5 * grain[0].nbytes)
    assert recorder.state.lost_frames == len(grain) - 6
    assert "coding" in recorder.state.fault
    gate.set()
    recorder.close()


def test_a_site_s_numbers_reach_the_writer_in_bytes() -> None:
    made = WriterSettings.of(RecordingSettings(sync_every_s=2.0, segment_mb=16.0, reserve_mb=128.0))
    assert (made.sync_every_s, made.segment_bytes, made.reserve_bytes) == (2.0, 16 << 20, 128 << 20)


def test_few_values_of_sixteen_bits_come_back_as_they_were_recorded(record: Record, tmp_path: Path) -> None:
    """Stretching to what is in use belongs to the files of others: live and replay see the same picture."""
    rng = np.random.default_rng(3)
    few: list[Grey] = [rng.normal(2000, 200, (64, 80)).clip(0, 4095).astype(np.uint16) for _ in range(6)]
    record(few)
    source = check_all(tmp_path, few)
    assert not [note for note in source.facts.notes if "grey values" in note]
    (segment,) = (tmp_path / "run").glob("video_*.mkv")
    alone = open_source(str(segment))
    for seen, recorded in zip(alone.frames(), few, strict=True):
        np.testing.assert_array_equal(seen.grey, recorded)
    alone.close()
