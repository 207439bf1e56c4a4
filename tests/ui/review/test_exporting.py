"""Exports are made beside the window and may be stopped; which runs a what-if covers; paths as a person reads them."""

from __future__ import annotations

import re
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pydicom
import pytest
from PyQt6.QtCore import Qt

from assistant.errors import EnvironmentError_
from assistant.places import data_home
from assistant.settings import Settings
from tests.small_run import SmallRun, write_small_run
from ui.review import exporting, report_child, review_words
from ui.review.export_work import WAYS, Material, Progress
from ui.review.page import ReviewPage


class FakeLibrary:
    def __init__(self, paths: list[Path]) -> None:
        self._paths = paths

    def rows(self, table: str, *, rehearsal: int) -> list[dict[str, Any]]:
        assert (table, rehearsal) == ("runs", 0)
        return [{"path": str(path)} for path in self._paths]


class FakeRoom:
    def __init__(self, library: FakeLibrary | None) -> None:
        self.library, self.users = library, 0

    def enter(self) -> None:
        self.users += 1

    def leave(self) -> None:
        self.users -= 1

    def open(self, settings: Settings) -> bool:
        return self.library is not None


def test_every_run_of_the_library_with_a_plan(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    planned, bare = write_small_run(tmp_path / "a", 4), write_small_run(tmp_path / "b", 4)
    bare.plan.unlink()
    room = FakeRoom(FakeLibrary([planned.folder, bare.folder]))
    monkeypatch.setattr(exporting, "room", lambda: room)
    assert [(pair.run, pair.plan) for pair in exporting.library_runs(Settings())] == [
        (str(planned.folder), str(planned.plan))
    ]
    assert room.users == 0


def test_a_library_that_is_open_elsewhere_gives_what_lies_in_its_folder(monkeypatch: pytest.MonkeyPatch) -> None:
    run = write_small_run(data_home() / "runs" / "r1", 4)
    monkeypatch.setattr(exporting, "room", lambda: FakeRoom(None))
    assert [pair.run for pair in exporting.library_runs(Settings())] == [str(run.folder)]


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
    qtbot.waitUntil(lambda: review_words.EXPORTING.format(50) == opened.export.told, timeout=10_000)
    assert slow.thread != threading.main_thread().name
    assert not opened.export.stop.isHidden()
    opened.exporter.export("csv")
    assert opened.export.told == review_words.EXPORT_BUSY
    slow.let_go.set()
    qtbot.waitUntil(written(opened), timeout=10_000)
    assert "slow.txt" in opened.export.told
    assert not list(opened.exporter.folder().glob("*figures*"))


def test_escape_stops_what_is_written_and_then_closes_the_run(qtbot, opened, slow: Slow, monkeypatch) -> None:
    opened.exporter.export("pdf", "csv")
    qtbot.keyClick(opened, Qt.Key.Key_Escape)
    qtbot.waitUntil(written(opened), timeout=10_000)
    assert opened.export.told == review_words.EXPORT_STOPPED
    assert slow.ended_early
    assert not list(opened.exporter.folder().glob("*figures*"))
    assert opened.session is not None
    with monkeypatch.context() as patched:
        patched.setattr(opened, "close_run", opened.close_session)  # there is no page of the cases in this window
        qtbot.keyClick(opened, Qt.Key.Key_Escape)
    assert opened.session is None


def test_a_closed_run_stops_what_is_written_and_says_nothing_later(qtbot, opened: ReviewPage, slow: Slow) -> None:
    opened.exporter.export("pdf")
    opened.close_session()
    qtbot.waitUntil(lambda: not opened.exporter.busy, timeout=10_000)
    assert slow.ended_early
    assert opened.export.stop.isHidden()
    assert opened.export.told == ""


@pytest.mark.parametrize(
    ("failure", "told"),
    [(EnvironmentError_("the disk is full"), "the disk is full"), (ZeroDivisionError(), "ZeroDivisionError")],
)
def test_a_failed_export_says_why(qtbot, opened, monkeypatch, caplog, failure, told) -> None:
    def fail(_made_of: Material, _progress: Progress) -> Path:
        raise failure

    monkeypatch.setitem(WAYS, "pdf", fail)
    opened.exporter.export("pdf")
    qtbot.waitUntil(written(opened), timeout=10_000)
    assert told in opened.export.told
    assert opened.export.told.startswith("Not written")


def test_each_kind_is_whole_and_leaves_no_part(qtbot, opened: ReviewPage) -> None:
    opened.jump(3)
    opened.exporter.export(*WAYS)
    qtbot.waitUntil(written(opened), timeout=60_000)
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
    qtbot.waitUntil(written(opened), timeout=60_000)
    assert len(list(folder.iterdir())) == 2 * len(first)
    assert all(path.read_bytes() == content for path, content in first.items())


ROOT = Path(__file__).resolve().parents[3]


def test_reports_are_drawn_while_the_window_paints_text_and_qt_tells_of_fonts(run: SmallRun) -> None:
    """Four of five such walks stood still for ever while a second thread of the window drew the report."""
    walk = Path(__file__).with_name("font_messages.py")
    command = [sys.executable, "-P", str(walk), str(run.folder), str(run.plan), "4"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, timeout=115)
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
        monkeypatch.setattr(report_child, "child_command", lambda _module: [sys.executable, "-c", body])

    return put


def test_a_report_whose_process_stops_is_told_and_nothing_is_left(qtbot, opened: ReviewPage, child_that) -> None:
    child_that("import os, sys; sys.stdin.buffer.read(); os.abort()")
    opened.exporter.export("pdf")
    qtbot.waitUntil(written(opened), timeout=20_000)
    assert "stopped (signal 6)" in opened.export.told
    assert list(opened.exporter.folder().iterdir()) == []


def test_escape_ends_the_process_that_draws_the_report(qtbot, opened: ReviewPage, child_that) -> None:
    child_that("import sys, time; sys.stdin.buffer.read(); time.sleep(600)")
    opened.exporter.export("pdf")
    qtbot.waitUntil(lambda: bool(list(opened.exporter.folder().glob(".report_*"))), timeout=20_000)
    begun = time.monotonic()
    qtbot.keyClick(opened, Qt.Key.Key_Escape)
    qtbot.waitUntil(written(opened), timeout=10_000)
    assert time.monotonic() - begun < 5
    assert opened.export.told == review_words.EXPORT_STOPPED
    assert list(opened.exporter.folder().iterdir()) == []
