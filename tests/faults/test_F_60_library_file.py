"""F-60: the library's file damaged, locked, older or newer: plain words, the original untouched, a copy kept."""

import random
import sqlite3
from pathlib import Path

import pytest

from assistant.errors import AssistantError, EnvironmentError_
from assistant.library import database
from assistant.library.people import Act
from assistant.library.search import search
from assistant.library.store import Library


@pytest.fixture(scope="module")
def whole(tmp_path_factory) -> bytes:
    folder = tmp_path_factory.mktemp("whole")
    with Library(folder) as library:
        for n in range(8):
            library.add("cases", Act.IMPORT, note=f"case {n}", day="2026-11-12")
    return (folder / database.NAME).read_bytes()


def told(folder: Path) -> str:
    """What is said of a library when it is opened and read; empty when it can be used."""
    try:
        with Library(folder) as library:
            search(library, "case")
            library.rows("cases")
    except AssistantError as error:
        return str(error)
    return ""


def test_a_thousand_flipped_bytes(tmp_path, whole):
    rng = random.Random(60)
    path = tmp_path / database.NAME
    refused = 0
    for _ in range(1000):
        bent = bytearray(whole)
        bent[rng.randrange(len(bent)) if rng.random() < 0.7 else rng.randrange(200)] ^= 1 << rng.randrange(8)
        path.write_bytes(bent)
        for other in tmp_path.glob("backups/*"):
            other.unlink()
        said = told(tmp_path)
        if said:
            refused += 1
            assert str(path) in said
            # A library that cannot be used is left as it is.
            assert path.read_bytes() == bytes(bent)
    assert refused > 100


@pytest.mark.parametrize("content", [b"x" * 5000, b"SQLite format 3\x00" + bytes(100), bytes(4096)])
def test_what_is_no_library(tmp_path, content):
    path = tmp_path / database.NAME
    path.write_bytes(content)
    with pytest.raises(AssistantError) as caught:
        Library(tmp_path)
    assert str(path) in str(caught.value)
    assert path.read_bytes() == content


def test_a_damaged_library_names_its_copy_and_goes_back_to_it(tmp_path, whole):
    path = tmp_path / database.NAME
    path.write_bytes(whole)
    with Library(tmp_path):
        pass  # the copy of the day
    (copy,) = database.kept_backups(tmp_path)
    path.write_bytes(whole[:8192] + bytes(len(whole) - 8192))
    with pytest.raises(AssistantError, match=copy.name):
        Library(tmp_path)
    database.restore(tmp_path, copy)
    with Library(tmp_path) as library:
        assert search(library).total == 8
        assert library.verify() == ""


def test_a_locked_file_is_told_and_the_change_not_made(tmp_path):
    with Library(tmp_path) as library:
        library._db.execute("PRAGMA busy_timeout = 10")
        other = sqlite3.connect(tmp_path / database.NAME, isolation_level=None)
        other.execute("BEGIN EXCLUSIVE")
        with pytest.raises(EnvironmentError_):
            library.add("cases", Act.IMPORT)
        other.execute("ROLLBACK")
        other.close()
        assert library.rows("cases") == []
        library.add("cases", Act.IMPORT)


def test_a_folder_that_cannot_be_written(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(EnvironmentError_):
        Library(tmp_path / "file")


def test_run_folders_stay_usable_without_the_library(tmp_path):
    from assistant.capture.opening import open_source
    from tests.small_run import write_small_run

    run = write_small_run(tmp_path, 4)
    Path(tmp_path / database.NAME).write_bytes(b"broken" * 1000)
    source = open_source(str(run.folder))
    assert source.facts.frame_count == 4
    source.close()
