"""The data folder is closed to others, once, also after a walk that was cut short; shared places are left alone."""

import os
import stat
from pathlib import Path

import pytest

from assistant.system import private
from assistant.system.private import keep_private, open_to_others

pytestmark = pytest.mark.skipif(os.name == "nt", reason="only on Windows: rights are access lists")


@pytest.fixture(autouse=True)
def _a_new_process(monkeypatch):
    monkeypatch.setattr(private, "_seen", set())


@pytest.fixture
def old(tmp_path: Path) -> Path:
    """A data folder as an account with the usual umask wrote it."""
    folder = tmp_path / "data"
    (folder / "runs" / "B-1").mkdir(parents=True)
    for name in ("library.sqlite", "runs/B-1/run.dcm"):
        (folder / name).write_bytes(b"x")
    for path in (folder, *folder.rglob("*")):
        path.chmod(0o755 if path.is_dir() else 0o644)
    return folder


def modes(folder: Path) -> dict[str, int]:
    return {path.name: stat.S_IMODE(path.stat().st_mode) for path in (folder, *folder.rglob("*"))}


CLOSED = {"data": 0o700, "runs": 0o700, "B-1": 0o700, "library.sqlite": 0o600, "run.dcm": 0o600}


def test_what_others_could_read_is_closed(old):
    assert "can be read by others" in open_to_others(old)
    keep_private(old)
    assert modes(old) == CLOSED
    assert open_to_others(old) == ""


def test_a_walk_that_was_cut_short_is_ended_by_the_next_process(old):
    old.chmod(0o700)  # as it comes first
    keep_private(old)
    assert modes(old) == CLOSED


def test_it_is_looked_at_once_a_process(old):
    keep_private(old)
    (old / "library.sqlite").chmod(0o644)
    keep_private(old)
    assert modes(old)["library.sqlite"] == 0o644


def test_a_link_out_of_it_is_not_followed(old, tmp_path):
    other = tmp_path / "other"
    other.mkdir(mode=0o755)
    other.chmod(0o755)
    (old / "runs" / "away").symlink_to(other)
    keep_private(old)
    assert stat.S_IMODE(other.stat().st_mode) == 0o755


@pytest.mark.parametrize("place", ["home", "above the home", "all may write"])
def test_a_place_that_is_not_ours_alone_is_left_as_it_is_and_told(old, monkeypatch, place):
    if place == "all may write":
        old.chmod(0o1777)
    else:
        monkeypatch.setenv("HOME", str(old if place == "home" else old / "runs"))
    before = modes(old)
    keep_private(old)
    assert modes(old) == before
    assert open_to_others(old)


def test_an_account_without_a_home_has_a_data_folder_too(old, monkeypatch):
    monkeypatch.setattr(os.path, "expanduser", lambda name: name)
    keep_private(old)
    assert modes(old) == CLOSED


def test_what_is_not_there_is_no_matter(tmp_path):
    keep_private(tmp_path / "none")
    assert open_to_others(tmp_path / "none") == ""
