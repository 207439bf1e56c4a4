import zlib
from pathlib import Path

import msgspec
import numpy as np
import pytest

from assistant.capture.opening import open_source
from assistant.capture.run_folder import RunFolder
from assistant.errors import InputError
from assistant.recording.event_log import EventLog
from assistant.recording.schema import FrameLine
from assistant.recording.writer import Recorder
from assistant.vocabulary import Grey
from tests.recorders import WRITER


@pytest.fixture
def pictures() -> list[Grey]:
    rng = np.random.default_rng(5)
    return [rng.normal(120, 6, (64, 80)).clip(0, 255).astype(np.uint8) for _ in range(6)]


@pytest.fixture
def folder(tmp_path: Path, pictures: list[Grey]) -> Path:
    recorder = Recorder(tmp_path, WRITER)
    for i in range(12):
        recorder.offer(i, i * 40_000_000, i * 40_000_000, None if i % 2 else pictures[i // 2])
    recorder.close()
    return tmp_path


def test_the_folder_opens_like_any_run(folder: Path, pictures: list[Grey]) -> None:
    source = open_source(str(folder))
    assert isinstance(source, RunFolder)
    facts = source.facts
    assert (facts.frame_count, facts.width_px, facts.height_px) == (12, 80, 64)
    assert facts.fps == pytest.approx(25.0)
    for frame in source.frames():
        np.testing.assert_array_equal(frame.grey, pictures[frame.index // 2])
        np.testing.assert_array_equal(frame.grey, source.frame_at(frame.index).grey)
        assert frame.t_s == pytest.approx(frame.index * 0.04)
    source.close()
    source.close()


def test_a_lost_picture_is_black_and_all_other_frames_keep_their_numbers(folder: Path, pictures: list[Grey]) -> None:
    path = folder / "frames_000.jsonl"
    lines = path.read_bytes().splitlines(keepends=True)
    lost = [msgspec.json.encode(FrameLine(i=i, t=i * 0.04, ns=i, v=-1, p=-1)) + b"\n" for i in (4, 5)]
    path.write_bytes(b"".join([*lines[:4], *lost, *lines[6:]]))
    source = RunFolder(folder, "run")
    frames = list(source.frames())
    assert [frame.index for frame in frames] == list(range(12))
    assert frames[4].grey.max() == frames[5].grey.max() == source.frame_at(5).grey.max() == 0
    np.testing.assert_array_equal(frames[6].grey, pictures[3])
    assert "2 of 12 frames have no picture" in source.facts.details["not_whole"]
    source.close()


def test_a_picture_that_was_exchanged_is_found(folder: Path, pictures: list[Grey]) -> None:
    path = folder / "frames_000.jsonl"
    true = zlib.crc32(pictures[2].tobytes())
    path.write_bytes(path.read_bytes().replace(f'"crc":{true}'.encode(), b'"crc":12345'))
    source = RunFolder(folder, "run")
    with pytest.raises(InputError, match="frame 4 was changed"):
        list(source.frames())
    with pytest.raises(InputError, match="frame 4 was changed"):
        source.frame_at(4)
    source.close()


def test_a_recording_without_a_picture_is_refused(folder: Path) -> None:
    (folder / "video_000.mkv").write_bytes(b"")
    with pytest.raises(InputError, match="no picture"):
        RunFolder(folder, "run")


def test_frames_outside_and_a_closed_source_are_refused(folder: Path) -> None:
    source = RunFolder(folder, "run")
    with pytest.raises(InputError, match="no frame 12"):
        source.frame_at(12)
    source.close()
    with pytest.raises(InputError, match="closed"):
        source.frame_at(0)


def test_the_event_log_is_checked_against_its_witness(tmp_path: Path, pictures: list[Grey]) -> None:
    log = EventLog(tmp_path)
    for k in range(4):
        log.append("mark", number=k)
    log.close()
    recorder = Recorder(tmp_path, WRITER)
    recorder.offer(0, 0, 0, pictures[0])
    recorder.anchor(*log.head)
    recorder.close()
    source = RunFolder(tmp_path, "run")
    assert source.log_fault() == ""
    path = tmp_path / "events.jsonl"
    path.write_bytes(b"".join(path.read_bytes().splitlines(keepends=True)[:-1]))
    assert source.log_fault() == "1 lines are missing at the end"
    path.unlink()
    assert source.log_fault() == "the event log is missing"
    source.close()
