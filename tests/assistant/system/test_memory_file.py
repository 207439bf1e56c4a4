"""A file without a disk: another program reads it by its path, and it goes with its owner."""

import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from assistant.system.memory_file import MemoryFile

READ = "import sys; sys.stdout.buffer.write(open(sys.argv[1], 'rb').read())"


def read(path: str) -> bytes:
    return subprocess.run([sys.executable, "-c", READ, path], capture_output=True, check=True).stdout


def test_another_program_reads_it_again_and_again() -> None:
    file = MemoryFile("words", b"RIFF....", ".wav")
    assert read(file.path) == read(file.path) == b"RIFF...."
    file.close()
    file.close()
    assert not Path(file.path).exists()


def test_without_memory_files_it_lies_on_the_disk_and_goes_with_its_owner(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr("os.memfd_create", _refused, raising=False)
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    file = MemoryFile("words", b"RIFF....", ".wav")
    assert [path.suffix for path in tmp_path.iterdir()] == [".wav"]
    assert read(file.path) == b"RIFF...."
    file.close()
    assert list(tmp_path.iterdir()) == []


def test_where_nothing_takes_it_that_is_told_and_nothing_is_left(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr("os.memfd_create", _refused, raising=False)
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "gone"))
    with pytest.raises(OSError, match="gone"):
        MemoryFile("words", b"RIFF....")


def _refused(_name: str) -> int:
    raise OSError(1, "Operation not permitted")
