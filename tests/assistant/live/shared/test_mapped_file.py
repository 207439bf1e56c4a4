from pathlib import Path

import pytest

from assistant.errors import EnvironmentError_
from assistant.live.shared.mapped_file import SharedFile


def test_what_one_opening_writes_the_other_reads() -> None:
    made = SharedFile.make(4096)
    other = SharedFile.open(made.path)
    made.numbers_at(8, 1)[0] = 42
    made.bytes_at(100, 3)[:] = 7
    assert other.numbers_at(8, 1)[0] == 42
    assert other.bytes_at(99, 5).tolist() == [0, 7, 7, 7, 0]
    made.remove()


def test_only_its_user_may_read_it_and_it_can_be_removed_twice() -> None:
    made = SharedFile.make(4096)
    assert made.path.stat().st_mode & 0o077 == 0
    made.remove()
    made.remove()
    assert not made.path.exists()


def test_a_view_outlives_the_file_and_its_closing() -> None:
    made = SharedFile.make(4096)
    view = made.numbers_at(0, 1)
    made.remove()
    made.close()
    view[0] = 5
    assert view[0] == 5


def test_memory_that_is_gone_is_told(tmp_path: Path) -> None:
    with pytest.raises(EnvironmentError_, match="gone"):
        SharedFile.open(tmp_path / "none")


def test_no_room_is_told() -> None:
    with pytest.raises(EnvironmentError_, match="no room"):
        SharedFile.make(1 << 55)
