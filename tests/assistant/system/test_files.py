import errno
import os
import stat
from pathlib import Path

import pytest

from assistant.errors import EnvironmentError_
from assistant.system import files


def refuse(*_: object) -> None:
    raise OSError(errno.ENOSPC, "No space left on device")


def is_folder(descriptor: int) -> bool:
    return stat.S_ISDIR(os.fstat(descriptor).st_mode)


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_a_file_is_there_whole_or_as_it_was(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "sub" / "f"
    files.write_whole(path, b"first")
    monkeypatch.setattr(os, "fsync", refuse)
    with pytest.raises(EnvironmentError_, match="No space"):
        files.write_whole(path, b"second")
    assert path.read_bytes() == b"first"
    assert names(path.parent) == ["f"]


@pytest.mark.parametrize("by_many", [False, True])
def test_whatever_ends_the_writing_leaves_the_file_as_it_was(tmp_path: Path, by_many: bool) -> None:
    path = tmp_path / "f.csv"
    path.write_text("before")

    def write_half() -> None:
        with files.whole_file(path, durable=False, by_many=by_many) as part:
            part.write_text("half")
            assert list(tmp_path.glob("*.csv")) == [path]  # no search takes the half for a table
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        write_half()
    assert path.read_text() == "before"
    assert names(tmp_path) == ["f.csv"]


def test_only_what_must_outlive_a_power_cut_waits_for_the_disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    synced: list[bool] = []
    monkeypatch.setattr(os, "fsync", lambda descriptor: synced.append(is_folder(descriptor)))
    with files.whole_file(tmp_path / "f", durable=False) as part:
        part.write_text("x")
    assert synced == []
    with files.whole_file(tmp_path / "f", durable=True) as part:
        part.write_text("y")
    # The content before its name, and the name last.
    assert synced == ([False] if os.name == "nt" else [False, True])


def test_a_file_system_that_cannot_sync_a_folder_is_no_fault(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    plain = os.fsync

    def sync(descriptor: int) -> None:
        if is_folder(descriptor):
            raise OSError(errno.EINVAL, "Invalid argument")
        plain(descriptor)

    monkeypatch.setattr(os, "fsync", sync)
    files.write_whole(tmp_path / "f", b"x")
    assert names(tmp_path) == ["f"]


def test_two_processes_that_write_one_file_do_not_meet(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "f"
    with files.whole_file(path, durable=False, by_many=True) as mine:
        monkeypatch.setattr(os, "getpid", lambda: -1)
        with files.whole_file(path, durable=False, by_many=True) as theirs:
            mine.write_text("mine")
            theirs.write_text("theirs")
    assert path.read_text() == "mine"
    assert names(tmp_path) == ["f"]


def test_a_folder_is_there_whole_or_not_at_all(tmp_path: Path) -> None:
    path = tmp_path / "run"
    left = files.partial_path(path)
    left.mkdir()
    (left / "of a process that was killed").touch()

    def make_half() -> None:
        with files.whole_folder(path) as part:
            part.mkdir()
            (part / "half").touch()
            raise RuntimeError

    with pytest.raises(RuntimeError):
        make_half()
    assert names(tmp_path) == []
    with files.whole_folder(path) as part:
        part.mkdir()
        (part / "whole").touch()
    assert names(tmp_path) == ["run"]
    assert names(path) == ["whole"]
