from collections.abc import Callable
from pathlib import Path

import av
import pytest

from assistant.capture.video.mp4 import composition_offsets

Write = Callable[..., Path]


@pytest.mark.parametrize("suffix", ["mp4", "mov"])
@pytest.mark.parametrize("options", [{}, {"movflags": "faststart"}])
def test_offsets_are_presentation_less_decoding_stamp(
    suffix: str, options: dict, tmp_path: Path, write_video: Write, pictures: list
) -> None:
    path = write_video(tmp_path / f"a.{suffix}", "libx264", "yuv420p", pictures, b_frames=3, container_options=options)
    offsets = composition_offsets(path)
    with av.open(str(path)) as container:
        differences = [p.pts - p.dts for p in container.demux(video=0) if p.size]
    assert offsets is not None
    assert [offset - offsets[0] for offset in offsets] == [d - differences[0] for d in differences]
    assert len(set(offsets)) > 2


def test_without_reordering_there_is_no_list(tmp_path: Path, write_video: Write, pictures: list) -> None:
    assert composition_offsets(write_video(tmp_path / "a.mov", "mjpeg", "yuvj420p", pictures)) == []


@pytest.mark.parametrize("content", [b"", b"\0" * 64, b"\0\0\0\x08moov", b"\0\0\0\x10moov\0\0\0\xfftrak", b"text" * 99])
def test_other_files(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "x"
    path.write_bytes(content)
    assert composition_offsets(path) is None
