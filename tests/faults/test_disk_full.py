"""A disk that fills while results are written: the real program on a file system of a few hundred kilobytes."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from assistant.cli import main
from assistant.results import folder
from tests.small_run import REFERENCE, SmallRun, write_small_run


@pytest.fixture
def run(tmp_path: Path) -> SmallRun:
    return write_small_run(tmp_path, 46)


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A tmpfs of 320 kB, where that can be mounted."""
    place = tmp_path / "small"
    place.mkdir()
    mounted = (
        sys.platform == "linux"
        and os.geteuid() == 0
        and shutil.which("mount") is not None
        and subprocess.run(
            ["mount", "-t", "tmpfs", "-o", "size=320k", "none", str(place)], capture_output=True, check=False
        ).returncode
        == 0
    )
    if not mounted:
        # The same is tested without it, with files that refuse (test_every_write_may_be_the_last).
        pytest.skip("a small disk cannot be mounted here")
    try:
        yield place
    finally:
        subprocess.run(["umount", str(place)], check=True)


def check_incomplete(out: Path, capsys: pytest.CaptureFixture[str]) -> int:
    """The result folder is whole and marked incomplete; gives its frames."""
    result = json.loads((out / "result.json").read_text())
    assert result["complete"] is False
    rows = (out / "measurements.csv").read_text().splitlines()[1:]
    assert len(rows) == result["run"]["frames"]
    assert not [path.name for path in out.iterdir() if path.name.startswith(".")]
    capsys.readouterr()
    assert main(["validate", str(out)]) == 0, capsys.readouterr().err
    return len(rows)


def test_a_full_disk_is_4_and_what_was_analysed_is_kept(
    run: SmallRun, small_disk: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (small_disk / "filler").write_bytes(bytes(24 << 10))
    out = small_disk / "out"
    line = ["analyze", str(run.video), "--plan", str(run.plan), "--out", str(out), "--masks"]
    assert main(line) == 4
    told = capsys.readouterr().err
    assert told.count("\n") == 1
    assert f"{out}: results cannot be written: the disk is full" in told
    assert "marked incomplete" in told
    assert 0 < check_incomplete(out, capsys) < run.frame_count


def test_a_disk_without_any_room_leaves_the_earlier_result(
    run: SmallRun, small_disk: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = small_disk / "out"
    out.mkdir()
    (out / "result.json").write_text("old")
    (small_disk / "filler").write_bytes(bytes(300 << 10))
    for target in (out, small_disk / "new"):
        assert main(["analyze", str(run.video), "--plan", str(run.plan), "--out", str(target)]) == 4
        assert "the disk is full" in capsys.readouterr().err
    assert [path.name for path in out.iterdir()] == ["result.json"]
    assert (out / "result.json").read_text() == "old"
    assert not (small_disk / "new").exists()


@pytest.mark.parametrize("refused_after", [*range(0, 40, 3), 44, 45, 60])
def test_every_write_may_be_the_last(
    run: SmallRun,
    refused_after: int,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """Masks refuse after so many; room comes back when the reserve goes, as on a real disk."""
    real_mask = folder.ResultFolder.add_mask
    written = []

    def add_mask(self: folder.ResultFolder, frame_index: int, png: bytes) -> None:
        if len(written) >= refused_after:
            raise OSError(28, os.strerror(28))
        written.append(frame_index)
        real_mask(self, frame_index, png)

    monkeypatch.setattr(folder.ResultFolder, "add_mask", add_mask)
    status = main(run.arguments("--masks"))
    told = capsys.readouterr().err
    if refused_after >= run.frame_count - REFERENCE:
        assert (status, told) == (0, "")
        return
    assert status == 4
    assert told.count("\n") == 1
    assert "the disk is full" in told
    assert check_incomplete(run.out, capsys) == refused_after + REFERENCE + 1


def test_no_permission_is_4_and_says_so(
    run: SmallRun, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def closed(_path: Path, _content: bytes) -> int:
        raise PermissionError(13, "Permission denied")

    # Root may write everywhere, so the mode alone proves nothing.
    monkeypatch.setattr(Path, "write_bytes", closed)
    assert main(run.arguments()) == 4
    assert "no permission to write there; choose another --out" in capsys.readouterr().err
    assert not run.out.exists()
