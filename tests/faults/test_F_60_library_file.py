"""F-60: the library's file damaged, locked, older or newer: plain words, the original untouched, a copy kept."""

import random
import sqlite3
from pathlib import Path

import pytest

from assistant.cli import main
from assistant.errors import AssistantError, EnvironmentError_
from assistant.exchange.taking_in import take_in_pack
from assistant.library import change_log, database
from assistant.library.people import Permission
from assistant.library.search import search
from assistant.library.store import Library
from assistant.system.files import partial_path
from assistant.system.places import data_home
from tests.small_run import write_small_run


@pytest.fixture(scope="module")
def whole(tmp_path_factory) -> bytes:
    folder = tmp_path_factory.mktemp("whole")
    with Library(folder) as library:
        for n in range(8):
            library.add("cases", Permission.IMPORT, note=f"case {n}", day="2026-11-12")
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
    (copy,) = database.list_backups(tmp_path)
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
            library.add("cases", Permission.IMPORT)
        other.execute("ROLLBACK")
        other.close()
        assert library.rows("cases") == []
        library.add("cases", Permission.IMPORT)


def test_a_folder_that_cannot_be_written(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(EnvironmentError_):
        Library(tmp_path / "file")


def test_run_folders_stay_usable_without_the_library(tmp_path):
    from assistant.capture.opening import open_source

    run = write_small_run(tmp_path, 4)
    Path(tmp_path / database.NAME).write_bytes(b"broken" * 1000)
    source = open_source(str(run.folder))
    assert source.facts.frame_count == 4
    source.close()


@pytest.fixture
def pack(tmp_path, monkeypatch, capsys):
    """A case pack from another machine, made by the commands."""
    run = write_small_run(tmp_path / "r", 4)
    with monkeypatch.context() as there:
        there.setenv("FLUORO_ASSISTANT_HOME", str(tmp_path / "there"))
        assert main(["import", str(run.folder), "--no-analysis"]) == 0
        case = capsys.readouterr().out.rpartition(": ")[2].strip()
        made = tmp_path / "one.fluopack.zip"
        assert main(["pack", case, "--out", str(made), "--names-looked-for"]) == 0
    capsys.readouterr()
    return made


def films(library):
    return sorted(path for path in library.runs_folder.rglob("*.mkv"))


def test_a_change_that_was_made_stands_with_its_files_though_its_head_cannot_be_kept(pack, capsys, caplog):
    blocked = partial_path(data_home() / change_log.HEAD)
    blocked.mkdir()
    assert main(["unpack", str(pack)]) == 0, capsys.readouterr().err
    with Library() as library:
        (row,) = library.rows("runs")
        assert films(library) == [Path(row["path"]) / "run.mkv"]
        assert "cannot be written" in caplog.text
        blocked.rmdir()
        library.note("look", "")  # the next change keeps the head again
        assert change_log.stored_head(library.folder)["n"] == library.changes()[0].n
        assert library.verify() == ""


class Disk:
    """A library's connection whose disk reports a fault at COMMIT, after or before the change is kept."""

    def __init__(self, connection, *, after):
        self._connection, self._after = connection, after

    def execute(self, question, *arguments):
        if question == "COMMIT":
            if self._after:
                self._connection.execute("COMMIT")
            raise sqlite3.OperationalError("disk I/O error")
        return self._connection.execute(question, *arguments)

    def __getattr__(self, name):
        return getattr(self._connection, name)


def test_a_fault_that_the_disk_reports_after_the_change_was_kept_takes_no_files_away(pack, caplog):
    with Library() as library:
        library._db = Disk(library._db, after=True)
        (case_id,) = take_in_pack(library, pack).case_ids
        assert "disk I/O error" in caplog.text
    with Library() as library:
        (row,) = library.rows("runs", case_id=case_id)
        assert films(library) == [Path(row["path"]) / "run.mkv"]
        assert library.verify() == ""


def test_a_change_that_the_disk_refuses_leaves_neither_row_nor_file(pack):
    with Library() as library:
        library._db = Disk(library._db, after=False)
        with pytest.raises(EnvironmentError_, match="nothing was changed"):
            take_in_pack(library, pack)
        assert (library.rows("runs"), films(library)) == ([], [])


def test_files_that_a_row_names_are_never_taken_away_whatever_ends_the_import(pack, monkeypatch):
    with Library() as library:
        change = library.change

        def ended(*arguments, **named):
            change(*arguments, **named)
            raise KeyboardInterrupt

        monkeypatch.setattr(library, "change", ended)
        with pytest.raises(KeyboardInterrupt):
            take_in_pack(library, pack)
        (row,) = library.rows("runs")
        assert films(library) == [Path(row["path"]) / "run.mkv"]
