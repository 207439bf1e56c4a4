import os
from pathlib import Path

import pytest

from assistant.recording.matroska_out import Patch
from assistant.recording.segment_file import GrowingFile


def test_written_piece_by_piece_even_where_the_disk_takes_less(tmp_path: Path) -> None:
    file = GrowingFile(tmp_path / "f", lambda fd, data: os.write(fd, bytes(data)[:3]))
    file.append(b"0123456789")
    file.append(b"abc")
    assert (tmp_path / "f").read_bytes() == b"0123456789abc"
    assert file.size_on_disk() == file.written_bytes == 13
    assert file.end_is_there()
    file.close()
    file.close()


def test_no_file_is_ever_written_over(tmp_path: Path) -> None:
    (tmp_path / "f").write_bytes(b"kept")
    with pytest.raises(FileExistsError):
        GrowingFile(tmp_path / "f")


def test_an_end_that_is_not_there_is_noticed(tmp_path: Path) -> None:
    file = GrowingFile(tmp_path / "f")
    file.append(b"0123456789")
    (tmp_path / "f").write_bytes(b"01234xxxxx")
    assert not file.end_is_there()
    (tmp_path / "f").unlink()
    assert not file.end_is_there()
    assert file.size_on_disk() == 0
    file.close()


def test_patches_go_over_the_head(tmp_path: Path) -> None:
    file = GrowingFile(tmp_path / "f")
    file.append(b"0123456789")
    file.put_over([Patch(2, b"xy")])
    assert (tmp_path / "f").read_bytes() == b"01xy456789"
    file.close()


def test_a_closed_file_is_not_synced(tmp_path: Path) -> None:
    file = GrowingFile(tmp_path / "f")
    file.sync()
    file.close()
    with pytest.raises(OSError, match="closed"):
        file.sync()
