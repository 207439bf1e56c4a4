from collections.abc import Callable
from pathlib import Path

import av
import pytest

from assistant.capture.video.h264 import is_monochrome


@pytest.mark.parametrize(("pixel_format", "expected"), [("gray", True), ("yuv420p", False), ("yuv444p", False)])
@pytest.mark.parametrize("suffix", ["mp4", "mkv", "avi"])
def test_real_streams(
    suffix: str, pixel_format: str, expected: bool, tmp_path: Path, write_video: Callable[..., Path], pictures: list
) -> None:
    path = write_video(tmp_path / f"a.{suffix}", "libx264", pixel_format, pictures[:2])
    with av.open(str(path)) as container:
        assert is_monochrome(container.streams.video[0].codec_context.extradata) is expected


@pytest.mark.parametrize(
    "data",
    [None, b"", b"\x01", b"\x01\x64\x00\x0a\xff\xe1\x00\xff\x67", b"\x00\x00\x01\x67\x64\x00\x0a\x00\x00", b"junk"],
)
def test_what_cannot_be_understood_is_not_called_monochrome(data: bytes | None) -> None:
    assert is_monochrome(data) is False
