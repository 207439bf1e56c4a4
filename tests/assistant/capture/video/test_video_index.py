from collections.abc import Callable
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

from assistant.capture.video import video
from assistant.capture.video.video import VideoSource
from assistant.capture.video.video_index import PacketCount, VideoIndex, quick_index, read_index

Write = Callable[..., Path]


@pytest.mark.parametrize("suffix", ["mkv", "mp4"])
def test_pictures_are_listed_in_the_order_in_which_they_are_shown(
    suffix: str, tmp_path: Path, write_video: Write, pictures: list
) -> None:
    path = write_video(tmp_path / f"a.{suffix}", "libx264", "yuv420p", pictures, b_frames=3, gop=8)
    index = read_index(path, "a")
    assert isinstance(index, VideoIndex)
    assert index.frame_count == len(pictures)
    assert np.all(np.diff(index.pts) > 0)
    assert index.key_frames[0] == 0
    assert index.key_before(7) == 0
    assert len(index.key_frames) == 3
    assert index.frame_of(int(index.pts[5])) == 5
    assert index.frame_of(-12345) is None
    assert index.frame_of(None) is None


def test_an_avi_with_reordered_pictures_can_only_be_counted(tmp_path: Path, write_video: Write, pictures: list) -> None:
    path = write_video(tmp_path / "a.avi", "libx264", "yuv420p", pictures, b_frames=3)
    assert read_index(path, "a") == quick_index(path, "a") == PacketCount(frame_count=len(pictures))


@pytest.mark.parametrize(
    ("suffix", "codec", "pixel_format", "b_frames"),
    [
        ("mkv", "ffv1", "gray", 0),
        ("mkv", "libx264", "yuv420p", 3),
        ("mp4", "libx264", "yuv420p", 3),
        ("mov", "libx264", "yuv420p", 0),
        ("mov", "mjpeg", "yuvj420p", 0),
        ("avi", "libx264", "yuv420p", 0),
        ("avi", "rawvideo", "gray", 0),
    ],
)
@pytest.mark.parametrize("even", [True, False])
def test_the_quick_list_is_the_same(
    suffix: str,
    codec: str,
    pixel_format: str,
    b_frames: int,
    even: bool,
    tmp_path: Path,
    write_video: Write,
    pictures: list,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    clock = {} if even or suffix == "avi" else {"unit": Fraction(1, 1000), "stamps": [5 + 3 * k * k for k in range(23)]}
    path = write_video(
        tmp_path / f"a.{suffix}",
        codec,
        pixel_format,
        pictures,
        gop=0 if codec == "rawvideo" else 7,
        b_frames=b_frames,
        **clock,
    )
    slow, quick = read_index(path, "a"), quick_index(path, "a")
    assert isinstance(slow, VideoIndex)
    assert isinstance(quick, VideoIndex)
    for name in ("pts", "clock", "key_frames", "key_seek"):
        assert np.array_equal(getattr(slow, name), getattr(quick, name)), name
    # And a source that has to go this way gives the same frames.
    monkeypatch.setattr(video, "_READ_THROUGH_BYTES", 0)
    source = VideoSource(path)
    assert source.facts.frame_count == len(pictures)
    for frame in list(source.frames())[::-5]:
        again = source.frame_at(frame.index)
        assert again.t_s == frame.t_s
        assert np.array_equal(again.grey, frame.grey)
    source.close()


def test_a_cut_avi_or_mp4_has_to_be_read_through(tmp_path: Path, write_video: Write, pictures: list) -> None:
    path = write_video(tmp_path / "a.avi", "rawvideo", "gray", pictures)
    path.write_bytes(path.read_bytes()[:-20000])
    assert quick_index(path, "a") is None
    assert 10 < read_index(path, "a").frame_count < 23
