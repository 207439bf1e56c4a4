"""F-28: kill -9 of whatever records, at any instant: all before it plays, 200 ms are lost at most.

A few instants here, with room for a machine that is starved of its cores; 200 of them in ``make bench``.
"""

from pathlib import Path

import pytest

from tests.killed_recording import kill_at


@pytest.mark.parametrize("after_frames", [7, 31, 58])
def test_F_28(tmp_path: Path, after_frames: int) -> None:
    killed = kill_at(tmp_path / "run", after_frames)
    assert killed.lost_ms <= 400.0
    assert killed.kept > 0
    assert killed.lost_frames <= 3
