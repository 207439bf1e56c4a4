"""F-28: kill -9 of whatever records, at any instant: all before it plays, and who follows records what was left.

A few instants here; 200 of them, and how many milliseconds are lost (200 at most), in ``make bench``.
"""

from pathlib import Path

import pytest

from tests.killed_recording import kill_at


@pytest.mark.parametrize("after_frames", [7, 31, 58])
def test_F_28(tmp_path: Path, after_frames: int) -> None:
    killed = kill_at(tmp_path / "run", after_frames, slots=128)  # room for a recorder that waited for a core
    assert killed.kept > 0
    assert killed.lost_frames <= 3
