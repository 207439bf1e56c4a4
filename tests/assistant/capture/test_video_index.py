from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from assistant.capture.video_index import PacketCount, VideoIndex, read_index

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
    assert read_index(path, "a") == PacketCount(frame_count=len(pictures))
