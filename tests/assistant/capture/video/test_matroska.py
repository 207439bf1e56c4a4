from collections.abc import Callable
from pathlib import Path

import av
import pytest

from assistant.capture.video.matroska import MatroskaBlock, read_blocks

Write = Callable[..., Path]


def by_ffmpeg(path: Path) -> list[MatroskaBlock]:
    with av.open(str(path)) as container:
        return [MatroskaBlock(stamp=p.pts, is_key=p.is_keyframe) for p in container.demux(video=0) if p.size]


@pytest.mark.parametrize("options", [{}, {"live": "1"}, {"cluster_time_limit": "300"}])
@pytest.mark.parametrize("with_sound", [False, True])
def test_the_same_list_as_ffmpeg_makes(
    options: dict, with_sound: bool, tmp_path: Path, write_video: Write, pictures: list
) -> None:
    for codec, pixel_format, b_frames in (("ffv1", "gray", 0), ("libx264", "yuv420p", 3)):
        path = write_video(
            tmp_path / f"{codec}.mkv",
            codec,
            pixel_format,
            pictures,
            container_options=options,
            gop=6,
            b_frames=b_frames,
            with_sound=with_sound,
        )
        assert read_blocks(path) == by_ffmpeg(path)


def test_a_cut_file_is_listed_to_the_last_whole_picture(tmp_path: Path, write_video: Write, pictures: list) -> None:
    path = write_video(tmp_path / "a.mkv", "ffv1", "gray", pictures)
    content, whole = path.read_bytes(), by_ffmpeg(path)
    for length in range(700, len(content), len(content) // 23):
        path.write_bytes(content[:length])
        blocks = read_blocks(path)
        assert blocks is not None
        assert blocks == whole[: len(blocks)]
        assert len(blocks) >= (length - 700) // (len(content) // 23) - 1


def test_other_files(tmp_path: Path, write_video: Write, pictures: list) -> None:
    assert read_blocks(write_video(tmp_path / "a.avi", "ffv1", "gray", pictures)) is None
    for content in (b"", b"\0" * 100, b"\x1a\x45\xdf\xa3", bytes(range(256)) * 3):
        path = tmp_path / "x"
        path.write_bytes(content)
        assert read_blocks(path) is None
