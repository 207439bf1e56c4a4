from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from assistant.capture.run_folder import RunFolder
from assistant.capture.video.video import VideoSource
from assistant.cli import main
from assistant.errors import InputError, UsageError
from assistant.recording.event_log import EventLog
from assistant.recording.schema import SCHEMA
from assistant.recording.writer import Recorder
from assistant.system.files import write_json
from assistant.validation.mend import cut_clip, mend
from assistant.vocabulary import Grey
from tests.recorders import WRITER


@pytest.fixture(scope="module")
def pictures() -> list[Grey]:
    rng = np.random.default_rng(11)
    return [rng.normal(120, 6, (64, 80)).clip(0, 255).astype(np.uint8) for _ in range(12)]


@pytest.fixture
def cut(tmp_path: Path, pictures: list[Grey]) -> Path:
    """A recording in several files, of a process that was killed: the last file and the last line are torn."""
    folder = tmp_path / "cut"
    folder.mkdir()
    log = EventLog(folder)
    log.append("mark")
    log.close()
    recorder = Recorder(folder, replace(WRITER, segment_bytes=12_000))
    for i in range(24):
        recorder.offer(i, i * 40_000_000, i * 40_000_000, None if i % 2 else pictures[i // 2])
    recorder.anchor(*log.head)
    recorder.close()
    last = sorted(folder.glob("video_*.mkv"))[-1]
    last.write_bytes(last.read_bytes()[:-700])
    lines = folder / "frames_000.jsonl"
    lines.write_bytes(lines.read_bytes() + b'{"i":24,"t"')
    write_json(folder / "head.json", {"schema": SCHEMA, "closed": False, "source": "play:x"})
    write_json(folder / "plan.json", {"any": 1})
    return folder


def test_a_mended_copy_is_one_whole_video_with_every_picture_that_was_there(
    cut: Path, tmp_path: Path, pictures: list[Grey]
) -> None:
    before = {path.name: path.read_bytes() for path in cut.iterdir()}
    mended = mend(cut, tmp_path / "out")
    assert not mended.was_whole
    assert mended.cut_frames >= 1
    source = RunFolder(tmp_path / "out", "out")
    frames = list(source.frames())
    assert len(frames) == mended.frames == 24 - mended.cut_frames
    for frame in frames:
        np.testing.assert_array_equal(frame.grey, pictures[frame.index // 2])
    assert source.recorded.losses == ""
    assert source.log_fault() == ""
    source.close()
    assert [path.name for path in (tmp_path / "out").glob("*.mkv")] == ["video_000.mkv"]
    video = VideoSource(tmp_path / "out" / "video_000.mkv")
    assert "cut" not in video.facts.details
    video.close()
    assert {path.name: path.read_bytes() for path in cut.iterdir()} == before


def test_the_command_and_what_validate_says_before_and_after(cut: Path, tmp_path: Path, capsys) -> None:
    (cut / "plan.json").unlink()
    assert main(["validate", str(cut)]) == 3
    said = capsys.readouterr().err
    assert "not closed in order" in said
    assert "mend" in said
    assert main(["mend", str(cut), str(tmp_path / "out")]) == 0
    assert "mended" in capsys.readouterr().out
    assert main(["validate", str(tmp_path / "out")]) == 0


def test_lost_pictures_stay_lost_and_keep_their_frames(cut: Path, tmp_path: Path) -> None:
    first = sorted(cut.glob("video_*.mkv"))[1]
    first.write_bytes(b"")
    mended = mend(cut, tmp_path / "out")
    assert mended.lost_frames > 0
    source = RunFolder(tmp_path / "out", "out")
    assert source.recorded.lost_frames == mended.lost_frames
    assert len(list(source.frames())) == mended.frames
    source.close()


def test_a_folder_in_use_is_not_written_into(cut: Path, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="in use"):
        mend(cut, cut)
    (tmp_path / "file").touch()
    with pytest.raises(UsageError, match="in use"):
        mend(cut, tmp_path / "file")


def test_pictures_of_two_sizes_are_no_one_video(tmp_path: Path, pictures: list[Grey]) -> None:
    (tmp_path / "run").mkdir()
    recorder = Recorder(tmp_path / "run", WRITER)
    recorder.offer(0, 0, 0, pictures[0])
    recorder.offer(1, 10**8, 10**8, pictures[1][:32])
    recorder.close()
    with pytest.raises(InputError, match="changes its size"):
        mend(tmp_path / "run", tmp_path / "out")


def test_a_clip_is_a_run_of_its_own(cut: Path, tmp_path: Path, pictures: list[Grey]) -> None:
    assert cut_clip(cut, 5, 12, tmp_path / "clip") == 8
    source = RunFolder(tmp_path / "clip", "clip")
    frames = list(source.frames())
    assert [frame.index for frame in frames] == list(range(8))
    assert frames[0].t_s == 0.0
    assert frames[-1].t_s == pytest.approx(0.28)
    for frame in frames:
        np.testing.assert_array_equal(frame.grey, pictures[(frame.index + 5) // 2])
    assert source.recorded.losses == ""
    source.close()
    assert main(["validate", str(tmp_path / "clip")]) == 0


@pytest.mark.parametrize(("first", "last"), [(9, 3), (900, 910)])
def test_a_clip_of_no_frames_is_refused(cut: Path, tmp_path: Path, first: int, last: int) -> None:
    with pytest.raises(UsageError, match="no frames"):
        cut_clip(cut, first, last, tmp_path / "clip")
