"""Exports are made beside the window and may be stopped; which runs a what-if covers; paths as a person reads them."""

from __future__ import annotations

import re
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pydicom
import pytest
from PyQt6.QtCore import Qt

from assistant.cli import main
from assistant.errors import EnvironmentError_
from assistant.library.people import Permission
from assistant.library.store import Library
from assistant.system.places import data_home
from tests.small_run import COLS, SmallRun, pictures, plan_document, write_small_run, write_video
from tests.ui.review.conftest import COUNT
from tests.waiting import HUNG_S
from ui.keys.key_map import with_keys
from ui.library_access import library_of_window
from ui.review import report_child, review_words
from ui.review.export_work import WAYS, Material, Progress
from ui.review.page import ReviewPage

HOLDS = """
import sys
from assistant.library.store import Library
with Library():
    print("open", flush=True)
    sys.stdin.readline()
"""


@contextmanager
def open_elsewhere() -> Iterator[None]:
    """The library is held by another process."""
    other = subprocess.Popen([sys.executable, "-c", HOLDS], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    try:
        assert other.stdout.readline() == "open\n"
        yield
    finally:
        other.communicate("\n", timeout=HUNG_S)


def imported(folder: Path, capsys, *, plan: bool = True) -> tuple[str, str]:
    """Bring a run in by the command; its case and its place."""
    made = write_small_run(folder, 4 + int(folder.name))
    if not plan:
        made.plan.unlink()
    assert main(["import", str(made.folder), "--no-analysis"]) == 0
    case = capsys.readouterr().out.rpartition(": ")[2].strip()
    with Library() as library:
        (row,) = library.rows("runs", case_id=case)
    return case, row["path"]


def test_what_if_over_all_runs_is_over_those_that_count_whoever_has_the_library_open(
    qtbot, opened: ReviewPage, tmp_path: Path, capsys
) -> None:
    """Neither a rehearsal nor what lies in the bin; no run without a plan either."""
    _, counts = imported(tmp_path / "a" / "1", capsys)
    imported(tmp_path / "a" / "2", capsys, plan=False)
    binned, _ = imported(tmp_path / "a" / "3", capsys)
    rehearsed, _ = imported(tmp_path / "a" / "4", capsys)
    with Library() as library:
        (row,) = library.rows("runs", case_id=rehearsed)
        library.change([("runs", row["id"], {"rehearsal": 1})], Permission.EDIT, "rehearsal", about=rehearsed)
        library.delete("cases", binned)

    def asked_for() -> list[str]:
        opened.whatif.begin(all_runs=True)
        assert opened.whatif._job is not None
        opened.whatif.stop()
        return [pair.run for pair in opened.whatif._job.runs]

    assert asked_for() == [counts]
    with open_elsewhere():
        assert asked_for() == [counts]
        assert library_of_window().library is None


def test_a_library_that_cannot_be_read_is_told_and_nothing_else_is_counted(qtbot, opened: ReviewPage) -> None:
    write_small_run(data_home() / "runs" / "r1", 4)
    (data_home() / "library.sqlite").write_bytes(b"no library" * 500)
    opened.whatif.begin(all_runs=True)
    assert "the library cannot be read" in opened.whatif.state.text()
    assert opened.whatif._job is None


class Slow:
    """A way of exporting that goes on until it is let go, or stopped."""

    def __init__(self) -> None:
        self.let_go = threading.Event()
        self.thread = ""
        self.ended_early = False

    def __call__(self, made_of: Material, progress: Progress) -> Path:
        self.thread = threading.current_thread().name
        done = 0
        try:
            while not self.let_go.wait(0.005):
                done += 1
                progress(min(done, 50), 100)
        except BaseException:
            self.ended_early = True
            raise
        return made_of.folder / "slow.txt"


@pytest.fixture
def slow(monkeypatch: pytest.MonkeyPatch) -> Slow:
    made = Slow()
    monkeypatch.setitem(WAYS, "pdf", made)
    return made


def written(page: ReviewPage) -> Callable[[], bool]:
    return lambda: not page.exporter.busy and page.export.stop.isHidden()


def test_the_window_goes_on_while_something_is_written(qtbot, opened: ReviewPage, slow: Slow) -> None:
    opened.exporter.export("pdf")
    qtbot.waitUntil(lambda: review_words.EXPORTING.format(50) == opened.export.message)
    assert slow.thread != threading.main_thread().name
    assert not opened.export.stop.isHidden()
    opened.exporter.export("csv")
    assert opened.export.message == with_keys(review_words.EXPORT_BUSY)
    slow.let_go.set()
    qtbot.waitUntil(written(opened))
    assert "slow.txt" in opened.export.message
    assert not list(opened.exporter.folder().glob("*figures*"))


def test_escape_stops_what_is_written_and_then_closes_the_run(qtbot, opened, slow: Slow, monkeypatch) -> None:
    opened.exporter.export("pdf", "csv")
    qtbot.keyClick(opened, Qt.Key.Key_Escape)
    qtbot.waitUntil(written(opened))
    assert opened.export.message == review_words.EXPORT_STOPPED
    assert slow.ended_early
    assert not list(opened.exporter.folder().glob("*figures*"))
    assert opened.session is not None
    with monkeypatch.context() as patched:
        # There is no page of the cases in this window.
        patched.setattr(opened.controller, "close_run", opened.close_session)
        qtbot.keyClick(opened, Qt.Key.Key_Escape)
    assert opened.session is None


def test_a_closed_run_stops_what_is_written_and_says_nothing_later(qtbot, opened: ReviewPage, slow: Slow) -> None:
    opened.exporter.export("pdf")
    opened.close_session()
    qtbot.waitUntil(lambda: not opened.exporter.busy)
    assert slow.ended_early
    assert opened.export.stop.isHidden()
    assert opened.export.message == ""


@pytest.mark.parametrize(
    ("failure", "told"),
    [(EnvironmentError_("the disk is full"), "the disk is full"), (ZeroDivisionError(), "ZeroDivisionError")],
)
def test_a_failed_export_says_why(qtbot, opened, monkeypatch, caplog, failure, told) -> None:
    def fail(_made_of: Material, _progress: Progress) -> Path:
        raise failure

    monkeypatch.setitem(WAYS, "pdf", fail)
    opened.exporter.export("pdf")
    qtbot.waitUntil(written(opened))
    assert told in opened.export.message
    assert opened.export.message.startswith("Not written")


def test_each_kind_is_whole_and_leaves_no_part(qtbot, opened: ReviewPage) -> None:
    opened.jump(3)
    opened.exporter.export(*WAYS)
    qtbot.waitUntil(written(opened))
    folder = opened.exporter.folder()
    run_id = opened.session.identity.run_id
    assert folder == data_home() / "exports" / "no-case" / run_id
    ours = f"no-case_L1_{run_id}_"
    names = {path.name.removeprefix(ours) for path in folder.iterdir()}
    tables, pictures = {"events.csv", "figures.csv"}, {"frame_000003.png", "frame_000003_raw.png"}
    assert names == {*tables, *pictures, "frames_000000_000059.mp4", "key_images.dcm", "report.pdf"}
    assert pydicom.dcmread(folder / f"{ours}key_images.dcm").NumberOfFrames == 1
    assert (folder / f"{ours}report.pdf").read_bytes().startswith(b"%PDF-")
    first = {path: path.read_bytes() for path in folder.iterdir()}
    opened.exporter.export(*WAYS)
    qtbot.waitUntil(written(opened))
    assert len(list(folder.iterdir())) == 2 * len(first)
    assert all(path.read_bytes() == content for path, content in first.items())


def two_views(folder: Path) -> SmallRun:
    """A run that is turned to the other view; the lateral one has its scale from the file, the AP one has none."""
    run, made = write_small_run(folder, 4), pictures(COUNT)
    black = [np.zeros_like(made[0])] * 6
    write_video(run.video, [*made[:20], *[np.ascontiguousarray(each[:, ::-1]) for each in made[20:40]], *black])
    first = plan_document(scale_by="from the file")
    points = {
        name: [[COLS - 1 - x, y] for x, y in reversed(line)] for name, line in first["views"][0]["landmarks"].items()
    }
    second = {"view": "ap", "reference_frame": 22, "landmarks": points, "calibrated": False, "mm_per_px": 0.41}
    run.save_plan(first | {"views": [*first["views"], first["views"][0] | second | {"scale_by": "assumed depth"}]})
    return run


@pytest.mark.parametrize(
    ("frames", "told"),
    [
        ((8,), "Scale about 0.400 mm/px in the plane of the vertebra."),
        ((30,), "Scale not set (uncal.)."),
        ((43,), "Scale not known ("),
        (
            (8, 10, 30),
            "Scale of 8, 10: about 0.400 mm/px in the plane of the vertebra. Scale of 30: not set (uncal.).",
        ),
    ],
)
def test_a_picture_goes_out_with_the_scale_of_the_view_that_it_shows(
    qtbot, window: ReviewPage, tmp_path: Path, frames: tuple[int, ...], told: str
) -> None:
    run = two_views(tmp_path)
    assert window.open(str(run.folder), None), window.note.text()
    window.playing = False
    qtbot.waitUntil(lambda: window.session is not None and window.session.ended)
    for frame in frames:
        window.jump(frame)
        qtbot.waitUntil(lambda frame=frame: window.picture.frame_index == frame)
        qtbot.keyClick(window, Qt.Key.Key_S)
    window.exporter.export("dicom")
    qtbot.waitUntil(written(window))
    (path,) = window.exporter.folder().glob("*.dcm")
    made = pydicom.dcmread(path)
    assert told in made.ImageComments
    assert made.ImageComments.count("Scale") == told.count("Scale")
    assert "PixelSpacing" not in made  # no reader measures in it: a scale holds in the plane of the vertebra alone


ROOT = Path(__file__).resolve().parents[3]


def test_reports_are_drawn_while_the_window_paints_text_and_qt_tells_of_fonts(run: SmallRun) -> None:
    """Four of five such walks stood still for ever while a second thread of the window drew the report."""
    walk = Path(__file__).with_name("font_messages.py")
    command = [sys.executable, "-P", str(walk), str(run.folder), str(run.plan), "4"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, timeout=2 * HUNG_S)
    assert done.returncode == 0, done.stderr[-3000:]
    *written, told = done.stdout.splitlines()
    assert written == ["1", "2", "3", "4"]
    assert int(re.findall(r"(\d+) about fonts", told)[0]) > 50  # else nothing was provoked


def test_no_handler_of_qts_messages_is_written_in_python() -> None:
    ours = [path for top in ("assistant", "ui") for path in (ROOT / top).rglob("*.py")]
    assert [path for path in ours if "qInstallMessageHandler" in path.read_text(encoding="utf-8")] == []


def test_text_of_a_report_is_drawn_by_its_own_process_alone() -> None:
    callers = [
        path.name for path in (ROOT / "ui").rglob("*.py") if re.search(r"\bwrite_report\(", path.read_text("utf-8"))
    ]
    assert sorted(callers) == ["report_child.py", "report_pdf.py"]


@pytest.fixture
def child_that(monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """In place of the process that draws the report, one that does this."""

    def put(body: str) -> None:
        monkeypatch.setattr(report_child, "module_command", lambda _module: [sys.executable, "-c", body])

    return put


def test_a_report_whose_process_stops_is_told_and_nothing_is_left(qtbot, opened: ReviewPage, child_that) -> None:
    child_that("import os, sys; sys.stdin.buffer.read(); os.abort()")
    opened.exporter.export("pdf")
    qtbot.waitUntil(written(opened))
    assert "stopped (signal 6)" in opened.export.message
    assert list(opened.exporter.folder().iterdir()) == []


def test_escape_ends_the_process_that_draws_the_report(qtbot, opened: ReviewPage, child_that) -> None:
    child_that("import sys, time; sys.stdin.buffer.read(); time.sleep(600)")
    opened.exporter.export("pdf")
    qtbot.waitUntil(lambda: bool(list(opened.exporter.folder().glob(".report_*"))))
    qtbot.keyClick(opened, Qt.Key.Key_Escape)
    qtbot.waitUntil(written(opened))  # long before it would have ended by itself
    assert opened.export.message == review_words.EXPORT_STOPPED
    assert list(opened.exporter.folder().iterdir()) == []
