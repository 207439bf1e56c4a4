"""A file is one process's at a time, and nothing is left behind."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest

from assistant.system.locking import alone_with


def test_each_waits_for_the_other_and_nothing_is_left(tmp_path: Path) -> None:
    path = tmp_path / "count"
    path.write_text("0")

    def count() -> None:
        for _ in range(50):
            with alone_with(path):
                path.write_text(str(int(path.read_text()) + 1))

    threads = [threading.Thread(target=count) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert path.read_text() == "200"
    assert [each.name for each in tmp_path.iterdir()] == ["count"]


def test_one_that_is_held_too_long_is_told(tmp_path: Path) -> None:
    path = tmp_path / "file"
    with alone_with(path), pytest.raises(BlockingIOError), alone_with(path, wait_s=0.03):
        pytest.fail("two hold it")
    with alone_with(path, wait_s=0.0):
        pass


def test_what_a_dead_process_left_holds_nobody_up(tmp_path: Path) -> None:
    (tmp_path / "file.lock").touch()
    with alone_with(tmp_path / "file", wait_s=0.0):
        pass
    assert list(tmp_path.iterdir()) == []
