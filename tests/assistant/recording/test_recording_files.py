"""The files of a recording without its threads: numbers, what a repeat carries, and what a fault leaves."""

import os
from pathlib import Path

import numpy as np
import pytest

from assistant.recording.coder import NOWHERE, Coded, Coder, Offered
from assistant.recording.reading import read_frame_times, read_recorded
from assistant.recording.recording_files import Disk, RecordingFiles
from assistant.vocabulary import Grey

SEGMENT_BYTES = 10**9


def coded(*greys: Grey | None) -> list[Coded]:
    coder = Coder()
    return [coder.code(Offered(index=k, t_ns=k * 40_000_000, captured_ns=k, grey=grey)) for k, grey in enumerate(greys)]


def test_a_repeat_carries_the_picture_before_and_another_size_begins_a_file(tmp_path: Path, grain: list[Grey]) -> None:
    files = RecordingFiles(tmp_path, SEGMENT_BYTES, Disk(), pytest.fail)
    small = np.ascontiguousarray(grain[1][:32])
    for each in coded(grain[0], None, small, None):
        files.write(each)
    files.finish()
    assert [(line.v, line.p) for line in read_recorded(tmp_path, {0: 1, 1: 1}).lines] == [
        (0, 0),
        (0, 0),
        (1, 0),
        (1, 0),
    ]
    assert sorted(path.name for path in tmp_path.iterdir()) == ["frames_000.jsonl", "video_000.mkv", "video_001.mkv"]


def test_what_was_given_up_stays_and_counts_and_new_files_follow(tmp_path: Path, grain: list[Grey]) -> None:
    files = RecordingFiles(tmp_path, SEGMENT_BYTES, Disk(), pytest.fail)
    first, second = coded(grain[0], grain[1])
    files.write(first)
    before = files.size_on_disk()
    files.give_up()
    assert (files.open_files, files.size_on_disk()) == ([], before)
    files.write(second)
    files.finish()
    assert second.at == (1, 0)
    assert files.size_on_disk() == sum(path.stat().st_size for path in tmp_path.iterdir())
    # Who comes later counts it too, and writes over nothing.
    later = RecordingFiles(tmp_path, SEGMENT_BYTES, Disk(), pytest.fail)
    assert (later.size_on_disk(), later.carried) == (files.size_on_disk(), NOWHERE)
    later.write(coded(grain[2])[0])
    later.finish()
    assert (tmp_path / "video_002.mkv").exists()


def test_a_file_that_cannot_be_closed_in_order_is_told_and_the_next_one_is_written(
    tmp_path: Path, grain: list[Grey]
) -> None:
    told: list[str] = []

    def no_sync(_: int) -> None:
        raise OSError(5, "Input/output error")

    files = RecordingFiles(tmp_path, 1, Disk(fsync=no_sync), told.append)
    first, second = coded(grain[0], grain[1])
    files.write(first)
    files.write(second)
    assert told == ["a video file could not be closed in order (Input/output error)"]
    assert second.at == (1, 0)
    files.give_up()


def test_a_torn_line_does_not_take_the_next_one_with_it(tmp_path: Path, grain: list[Grey]) -> None:
    torn = [False]

    def write(descriptor: int, data: bytes | memoryview) -> int:
        if torn[0] and bytes(data[:1]) == b"{":
            torn[0] = False
            os.write(descriptor, bytes(data)[:5])
            raise OSError(5, "Input/output error")
        return os.write(descriptor, data)

    files = RecordingFiles(tmp_path, SEGMENT_BYTES, Disk(write=write), pytest.fail)
    first, second = coded(grain[0], None)
    torn[0] = True
    with pytest.raises(OSError, match="output"):
        files.write(first)
    files.write(second)
    files.finish()
    assert [*read_frame_times(tmp_path)] == [1]
