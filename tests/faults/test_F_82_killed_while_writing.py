"""F-82: the program is killed at each step of a change, a migration, an export: whole or absent, never half."""

import os
import signal
import sys

import pytest

from assistant.exchange.pack_in import unpack
from assistant.library import change_log, database
from assistant.library.migrations import STEPS, VERSION
from assistant.library.people import Permission
from assistant.library.store import Library
from tests.small_pack import tree, write_pack_file

pytestmark = pytest.mark.skipif(not hasattr(os, "fork") or sys.platform == "darwin", reason="needs fork")


def killed(act, after: int) -> bool:
    """Run ``act(die)`` in a forked child, killed at its ``after``-th call of ``die``; False if it came through."""
    child = os.fork()
    if child == 0:
        left = [after]

        def die(*_):
            left[0] -= 1
            if left[0] < 0:
                os.kill(os.getpid(), signal.SIGKILL)

        try:
            act(die)
        finally:
            os._exit(0)
    _, status = os.waitpid(child, 0)
    return os.WIFSIGNALED(status)


def until_it_comes_through(act, check, most: int = 400) -> int:
    """Kill at step 0, 1, 2 ... until the act ends by itself; ``check`` looks after each."""
    for step in range(most):
        was_killed = killed(act, step)
        check(was_killed)
        if not was_killed:
            return step
    raise AssertionError("the act never ends")


def test_a_change(tmp_path):
    with Library(tmp_path) as library:
        library.add("cases", Permission.IMPORT, id="K-1", note="before")

    def act(die):
        library = Library(tmp_path)
        library._db.set_trace_callback(die)
        rows = [("cases", "K-1", {"note": "after"}), ("levels", "L-1", {"case_id": "K-1", "level": "L1"})]
        library.change(rows, Permission.EDIT, "change case", about="K-1")

    def check(_):
        with Library(tmp_path) as library:
            note, levels = library.one("cases", "K-1")["note"], library.rows("levels")
            assert (note, len(levels)) in (("before", 0), ("after", 1))
            assert library.fault == ""
            if note == "after":
                library.undo()
                library.change([("levels", "L-1", {"level": "L1"})], Permission.EDIT, "x", about="")
                library._db.execute("DELETE FROM levels")

    assert until_it_comes_through(act, check) > 8


def test_a_migration(tmp_path):
    first = database.connect(tmp_path, STEPS[:1])
    first.execute("INSERT INTO cases (id, added_ns) VALUES ('K-1', 0)")
    first.close()
    old = (tmp_path / database.NAME).read_bytes()

    def act(die):
        import sqlite3

        plain = sqlite3.connect

        def traced(*args, **kwargs):
            db = plain(*args, **kwargs)
            db.set_trace_callback(die)
            return db

        sqlite3.connect = traced
        database.connect(tmp_path).close()

    def check(was_killed):
        db = database.connect(tmp_path)
        assert db.execute("PRAGMA user_version").fetchone()[0] == VERSION
        assert db.execute("SELECT id FROM cases").fetchone()[0] == "K-1"
        db.close()
        if was_killed:
            (tmp_path / database.NAME).write_bytes(old)

    assert until_it_comes_through(act, check) > 15


def test_a_head_that_was_not_kept_in_time_is_no_fault(tmp_path):
    with Library(tmp_path) as library:
        library.add("cases", Permission.IMPORT)
        head = (tmp_path / change_log.HEAD).read_bytes()
        library.add("cases", Permission.IMPORT)
    (tmp_path / change_log.HEAD).write_bytes(head)  # killed between the change and its head
    with Library(tmp_path) as library:
        assert library.fault == ""


def test_unpacking(tmp_path, monkeypatch):
    pack = write_pack_file(tmp_path / "a.zip")
    out = tmp_path / "home" / "incoming"

    def act(die):
        from assistant.exchange import pack_in

        for name in ("_check_end", "_checked_members", "_manifest", "_extract", "_cases"):
            plain = getattr(pack_in, name)
            setattr(pack_in, name, lambda *a, plain=plain: (die(), plain(*a), die())[1])
        unpack(pack, out)

    def check(was_killed):
        assert out.exists() != was_killed
        if was_killed:
            # What the dead child left behind is never taken for a pack, and goes with the next try.
            assert all(".part" in name for name in tree(tmp_path) if name != "a.zip")

    assert until_it_comes_through(act, check) > 8
