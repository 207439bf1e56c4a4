from pathlib import Path

import numpy as np
import pytest

from assistant.capture.video.matroska import read_blocks
from assistant.capture.video.video import VideoSource
from assistant.recording.encoder import Encoder
from assistant.recording.matroska_out import MatroskaOut, Track, element
from assistant.vocabulary import Grey


def pieces(grain: list[Grey]) -> tuple[MatroskaOut, list[bytes]]:
    encoder = Encoder(80, 64, is_deep=False)
    out = MatroskaOut(Track(width_px=80, height_px=64, codec_private=encoder.configuration))
    return out, [out.head(), *(out.picture(500 + 40 * k, encoder.encode(grey)) for k, grey in enumerate(grain[:6]))]


def test_a_closed_file_is_whole_and_gives_every_grey_value_back(grain: list[Grey], tmp_path: Path) -> None:
    out, parts = pieces(grain)
    cues, patches = out.end()
    content = bytearray(b"".join(parts) + cues)
    for patch in patches:
        content[patch.at : patch.at + len(patch.data)] = patch.data
    assert len(content) == out.length
    path = tmp_path / "run.mkv"
    path.write_bytes(content)
    source = VideoSource(path)
    frames = list(source.frames())
    assert [frame.t_s for frame in frames] == pytest.approx([0.04 * k for k in range(6)])
    for frame, grey in zip(frames, grain, strict=False):
        np.testing.assert_array_equal(frame.grey, grey)
    np.testing.assert_array_equal(source.frame_at(4).grey, grain[4])
    source.close()


def test_cut_anywhere_it_plays_to_its_last_whole_picture(grain: list[Grey], tmp_path: Path) -> None:
    _, parts = pieces(grain)
    content = b"".join(parts)
    ends = np.cumsum([len(part) for part in parts])
    path = tmp_path / "cut.mkv"
    for cut in range(int(ends[0]), len(content) + 1, 97):
        path.write_bytes(content[:cut])
        blocks = read_blocks(path)
        assert blocks is not None
        assert len(blocks) == int((ends[1:] <= cut).sum())


def test_stamps_rise_even_where_two_frames_come_at_once(grain: list[Grey], tmp_path: Path) -> None:
    encoder = Encoder(80, 64, is_deep=False)
    out = MatroskaOut(Track(width_px=80, height_px=64, codec_private=encoder.configuration))
    path = tmp_path / "run.mkv"
    path.write_bytes(out.head() + b"".join(out.picture(7, encoder.encode(grey)) for grey in grain[:3]))
    assert [block.stamp for block in read_blocks(path) or ()] == [7, 8, 9]


def test_long_elements_get_long_lengths() -> None:
    assert element(0xEC, b"x" * 126)[1:2] == b"\xfe"
    assert element(0xEC, b"x" * 127)[1:3] == b"\x40\x7f"
