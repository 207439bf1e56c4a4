from collections.abc import Callable
from pathlib import Path

import av
import pytest

from assistant.capture.video.ffv1 import SliceCheck


def packets(path: Path) -> list[bytes]:
    with av.open(str(path)) as container:
        return [bytes(packet) for packet in container.demux(video=0) if packet.size]


@pytest.fixture
def with_sums(tmp_path: Path, write_video: Callable[..., Path], pictures: list) -> list[bytes]:
    options = {"level": "3", "slices": "4", "slicecrc": "1"}
    return packets(write_video(tmp_path / "a.mkv", "ffv1", "gray", pictures, options=options))


def test_whole_packets_pass(with_sums: list[bytes]) -> None:
    check = SliceCheck()
    assert not any(check.is_damaged(packet) for packet in with_sums)


def test_any_changed_bit_is_found(with_sums: list[bytes]) -> None:
    check = SliceCheck()
    check.is_damaged(with_sums[0])
    for at in range(0, len(with_sums[1]), 37):
        changed = bytearray(with_sums[1])
        changed[at] ^= 1 << at % 8
        assert check.is_damaged(bytes(changed)), at
    assert check.is_damaged(with_sums[1][:-1])


def test_a_stream_without_sums_passes(tmp_path: Path, write_video: Callable[..., Path], pictures: list) -> None:
    options = {"level": "3", "slices": "4", "slicecrc": "0"}
    check = SliceCheck()
    found = packets(write_video(tmp_path / "a.mkv", "ffv1", "gray", pictures, options=options))
    assert not any(check.is_damaged(packet) for packet in found)
