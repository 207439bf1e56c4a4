from collections.abc import Callable
from pathlib import Path

import pytest

from assistant.capture.video.wholeness import missing_end

WRITTEN = [
    ("mkv", "ffv1", "gray", {}),
    ("avi", "rawvideo", "gray", {}),
    ("mp4", "libx264", "yuv420p", {}),
    ("mp4", "libx264", "yuv420p", {"movflags": "faststart"}),
    ("mov", "mjpeg", "yuvj420p", {}),
]


@pytest.mark.parametrize(("suffix", "codec", "pixel_format", "options"), WRITTEN)
def test_a_whole_file_is_whole_and_one_byte_less_is_not(
    suffix: str,
    codec: str,
    pixel_format: str,
    options: dict,
    tmp_path: Path,
    write_video: Callable[..., Path],
    pictures: list,
) -> None:
    path = write_video(tmp_path / f"a.{suffix}", codec, pixel_format, pictures, container_options=options)
    assert missing_end(path) is None
    content = path.read_bytes()
    path.write_bytes(content[:-1])
    assert missing_end(path) == "1 bytes are missing at its end"


def test_an_mp4_without_its_index(tmp_path: Path, write_video: Callable[..., Path], pictures: list) -> None:
    path = write_video(tmp_path / "a.mp4", "libx264", "yuv420p", pictures)
    path.write_bytes(path.read_bytes()[:3000])
    assert missing_end(path) == "its index, which stands at its end, is missing"


def test_an_avi_that_was_never_closed(tmp_path: Path, write_video: Callable[..., Path], pictures: list) -> None:
    path = write_video(tmp_path / "a.avi", "rawvideo", "gray", pictures)
    content = bytearray(path.read_bytes())
    content[4:8] = bytes(4)
    path.write_bytes(content)
    assert missing_end(path) == "it was never closed by its writer"


@pytest.mark.parametrize("content", [b"", b"RIFF", b"text that is no video at all", b"\x1a\x45\xdf\xa3", b"\0" * 64])
def test_other_files_say_nothing(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "a"
    path.write_bytes(content)
    assert missing_end(path) is None
    assert missing_end(tmp_path / "absent") is None
