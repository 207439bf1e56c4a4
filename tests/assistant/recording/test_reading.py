import json
from pathlib import Path

import msgspec
from hypothesis import given, settings
from hypothesis import strategies as st

from assistant.recording.reading import is_recorded, read_recorded, video_files
from assistant.recording.schema import SCHEMA, FrameLine, LogAnchorLine


def line(i: int, p: int, v: int = 0) -> FrameLine:
    return FrameLine(i=i, t=i * 0.04, ns=i * 40, v=v, p=p)


def folder(tmp_path: Path, *lines: FrameLine | LogAnchorLine | bytes, closed: bool = True) -> Path:
    raw = [each if isinstance(each, bytes) else msgspec.json.encode(each) + b"\n" for each in lines]
    (tmp_path / "frames_000.jsonl").write_bytes(b"".join(raw))
    (tmp_path / "head.json").write_text(json.dumps({"schema": SCHEMA, "closed": closed}))
    return tmp_path


def test_repeats_carry_the_picture_before(tmp_path: Path) -> None:
    recorded = read_recorded(folder(tmp_path, line(0, 0), line(1, 0), line(2, 1)), {0: 2})
    assert [each.p for each in recorded.lines] == [0, 0, 1]
    assert (recorded.lost_frames, recorded.cut_frames, recorded.losses) == (0, 0, "")


def test_what_is_cut_off_at_the_end_is_counted(tmp_path: Path) -> None:
    recorded = read_recorded(folder(tmp_path, line(0, 0), line(1, 1), line(2, 2), closed=False), {0: 2})
    assert len(recorded.lines) == 2
    assert recorded.losses == "it was not closed in order and the last 1 frames are cut off"


def test_a_hole_is_filled_with_frames_without_a_picture_at_their_time(tmp_path: Path) -> None:
    lost = FrameLine(i=1, t=0.05, ns=50, v=-1, p=-1)
    recorded = read_recorded(folder(tmp_path, line(0, 0), lost, line(4, 1)), {0: 2})
    assert [(each.i, each.v) for each in recorded.lines] == [(0, 0), (1, -1), (2, -1), (3, -1), (4, 0)]
    assert [each.t for each in recorded.lines] == sorted(each.t for each in recorded.lines)
    assert recorded.lines[1].t == 0.05
    assert recorded.losses == "3 of 5 frames have no picture"


def test_of_two_lines_of_a_frame_the_later_counts_and_torn_lines_do_not(tmp_path: Path) -> None:
    recorded = read_recorded(folder(tmp_path, line(0, 0), b'{"i":1,"t"', b"\n", line(0, 0, v=1)), {0: 1, 1: 1})
    assert [each.v for each in recorded.lines] == [1]


def test_the_newest_witness_is_kept(tmp_path: Path) -> None:
    said = [LogAnchorLine(events_head=head, events_count=k) for k, head in enumerate(("a", "b"))]
    assert read_recorded(folder(tmp_path, line(0, 0), *said), {0: 1}).anchor == said[1]


def test_a_number_out_of_this_world_does_not_fill_the_memory(tmp_path: Path) -> None:
    recorded = read_recorded(folder(tmp_path, line(0, 0), line(10**12, 0)), {0: 1})
    assert len(recorded.lines) == 1


@settings(max_examples=60)
@given(st.binary(max_size=400))
def test_any_bytes_are_read_or_passed_over(tmp_path_factory, content: bytes) -> None:
    where = tmp_path_factory.mktemp("any")
    (where / "frames_000.jsonl").write_bytes(content)
    (where / "head.json").write_bytes(content)
    assert read_recorded(where, {0: 1}).closed in (True, False)


def test_which_files_belong_to_a_run(tmp_path: Path) -> None:
    assert not is_recorded(tmp_path)
    for name in ("video_000.mkv", "video_012.mkv", "video_x.mkv", "video_1.mkv", "frames_000.jsonl"):
        (tmp_path / name).touch()
    assert is_recorded(tmp_path)
    assert sorted(video_files(tmp_path)) == [0, 12]
