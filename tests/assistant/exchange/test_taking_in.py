"""Out of one library, into another: the same figures and pictures, nothing of whom it was."""

from pathlib import Path

import numpy as np
import pytest

from assistant.capture.opening import open_source
from assistant.errors import InputError
from assistant.exchange.pack_out import PackOrder, write_pack
from assistant.exchange.taking_in import take_in_pack
from assistant.library.store import Library
from tests.named_case import CANARY, library_with, run_with_names
from tests.small_pack import tree, write_pack_file
from tests.small_run import SmallRun


@pytest.fixture
def run(tmp_path: Path) -> SmallRun:
    return run_with_names(tmp_path)


def test_pictures_figures_and_findings_arrive(run, tmp_path):
    order = PackOrder(case_ids=("K-1",), shift_days=-10, with_notes=True, looked_for_names=True)
    with library_with(run, tmp_path / "a") as library:
        pack = write_pack(library, order, tmp_path / "out")
        assert library.changes()[0].kind == "export"
    with Library(tmp_path / "b") as library:
        (case_id,) = take_in_pack(library, pack).case_ids
        case = library.one("cases", case_id)
        assert (case["day"], case["levels_said"], case["cement_ml"]) == ("2026-11-02", "L1", 2.8)
        assert case["note"] == f"note {CANARY}"
        assert library.rows("findings")[0]["day"] == "2026-11-03"
        (row,) = library.rows("runs")
        assert row["state"] == "waiting"
        old, new = open_source(str(run.folder)), open_source(row["path"])
        try:
            assert new.facts.frame_count == 6
            for one, other in zip(old.frames(), new.frames(), strict=True):
                np.testing.assert_array_equal(one.grey, other.grey)
                assert other.t_s == pytest.approx(one.t_s, abs=0.001)
        finally:
            old.close()
            new.close()
        library.undo()
        assert library.rows("cases") == []


def test_a_cover_is_black_in_every_picture_and_the_thumbnail(run, tmp_path):
    order = PackOrder(case_ids=("K-1",), cover_px=((10, 20, 100, 30),), looked_for_names=True)
    with library_with(run, tmp_path / "a") as library:
        pack = write_pack(library, order, tmp_path / "out")
    with Library(tmp_path / "b") as library:
        take_in_pack(library, pack)
        source = open_source(library.rows("runs")[0]["path"])
        for frame in source.frames():
            assert frame.grey[20:50, 10:110].max() == 0
            assert np.median(frame.grey[60:, 20:300]) > 50
        source.close()


def test_pictures_that_are_none_leave_the_library_as_it_was(tmp_path):
    with Library(tmp_path / "b") as library:
        before = tree(library.folder)
        with pytest.raises(InputError, match="a run of the pack cannot be read"):
            take_in_pack(library, write_pack_file(tmp_path / "a.zip"))
        assert tree(library.folder) == before
        assert library.rows("cases") == []


def test_a_recording_that_lies_there_without_a_row_is_not_written_over(run, tmp_path):
    """A library that was put back to an earlier day: its folder still holds the run that the pack brings."""
    order = PackOrder(case_ids=("K-1",), shift_days=-10, with_notes=False, looked_for_names=True)
    with library_with(run, tmp_path / "a") as library:
        pack = write_pack(library, order, tmp_path / "out")
        run_id = library.rows("runs")[0]["id"]
    with Library(tmp_path / "b") as library:
        there = library.runs_folder / run_id / "run" / "run.mkv"
        there.parent.mkdir(parents=True)
        there.write_text("only copy")
        take_in_pack(library, pack)
        assert there.read_text() == "only copy"
        (row,) = library.rows("runs")
        assert row["id"] != run_id
        assert Path(row["path"]).is_dir()
