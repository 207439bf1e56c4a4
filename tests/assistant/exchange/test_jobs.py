"""Packs through the background queue: out of one library, into another, and refused ones."""

import contextlib
import subprocess
from pathlib import Path

import pytest

from assistant.errors import UsageError
from assistant.exchange.jobs import pack_job, unpack_job
from assistant.exchange.pack_out import PackOrder
from assistant.library.jobs import Jobs
from assistant.library.people import Permission
from assistant.library.store import Library
from assistant.settings.tree import Settings
from tests.small_pack import write_pack_file
from tests.small_run import write_small_run


def finish(jobs: Jobs) -> None:
    for _ in range(1000):
        jobs.poll()
        if jobs.current is None and not jobs._wanted:
            return
        if jobs._process is not None:
            with contextlib.suppress(subprocess.TimeoutExpired):
                jobs._process.wait(0.05)
    raise AssertionError("the jobs do not end")


def library_with_a_run(tmp_path: Path) -> Library:
    run = write_small_run(tmp_path, 5)
    library = Library(tmp_path / "a")
    library.add("cases", Permission.IMPORT, id="K-1")
    library.add("levels", Permission.EDIT, id="L-1", case_id="K-1")
    values = {"path": str(run.folder), "is_copied": 0, "sha256": "0", "bytes": 1, "width_px": 320, "height_px": 300}
    library.add("runs", Permission.IMPORT, case_id="K-1", level_id="L-1", state="done", **values)
    return library


def test_out_and_in(tmp_path):
    order = PackOrder(case_ids=("K-1",), looked_for_names=True)
    with library_with_a_run(tmp_path) as library:
        jobs = Jobs(library, Settings())
        job = jobs.add(pack_job(library, order, tmp_path / "out"))
        finish(jobs)
        assert job.error == ""
        assert library.changes()[0].kind == "export"
    with Library(tmp_path / "b") as library:
        jobs = Jobs(library, Settings())
        jobs.add(unpack_job(library, str(tmp_path / "out.fluopack.zip")))
        refused = jobs.add(unpack_job(library, str(write_pack_file(tmp_path / "bad.zip"))))
        finish(jobs)
        assert "cannot be read" in refused.error
        (case,) = library.rows("cases")
        assert case["origin"] == "pack"
        assert list((library.folder / "incoming").iterdir()) == []


def test_what_cannot_be_is_told_at_once(tmp_path):
    with library_with_a_run(tmp_path) as library, pytest.raises(UsageError, match="burned-in"):
        pack_job(library, PackOrder(case_ids=("K-1",)), tmp_path / "out")


def test_a_procedure_holds_and_lets_go(tmp_path):
    with library_with_a_run(tmp_path) as library:
        jobs = Jobs(library, Settings())
        job = jobs.add(pack_job(library, PackOrder(case_ids=("K-1",), looked_for_names=True), tmp_path / "out"))
        jobs.poll()
        assert jobs.current is job
        jobs.hold("finish procedure first")
        assert jobs.current is None
        jobs.poll()
        assert jobs.current is None
        jobs.let_go()
        finish(jobs)
        assert job.error == ""
        assert (tmp_path / "out.fluopack.zip").is_file()
