"""An error of the window is told with the file in which it stands; the file says where, and nothing of the run."""

from __future__ import annotations

import os
import signal
import stat
import sys

from PyQt6.QtCore import Qt

from assistant.system.places import data_home
from tests.journeys.hands import press
from tests.small_run import SmallRun
from ui import app
from ui.review.keys import ACTS
from ui.review.page import ReviewPage
from ui.shell import Shell


def test_an_error_of_a_key_is_told_with_the_file_that_holds_it(
    window: Shell, run: SmallRun, monkeypatch, qtbot
) -> None:
    named = run.folder.rename(run.folder.with_name("Meier Hans 19580312"))
    window.go_to("review", (str(named), None))
    page = window.page("review")
    assert isinstance(page, ReviewPage)

    def breaks(_: object) -> None:
        raise TypeError(f"{page.session.run}: 'Meier' is no picture")

    monkeypatch.setitem(ACTS, "measure", breaks)
    with qtbot.capture_exceptions() as exceptions:
        press(window, Qt.Key.Key_M)
        qtbot.wait(10)
    (one,) = exceptions
    app.report_error(*one)
    path = data_home() / "logs" / "errors.log"
    assert str(path) in page.note.text()
    text = path.read_text("utf-8")
    assert "TypeError" in text
    assert "test_told_errors.py" in text
    assert "Meier" not in text
    assert "19580312" not in text
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_the_last_lines_of_an_analysis_that_crashed_stand_in_a_file(window: Shell, run: SmallRun, qtbot) -> None:
    window.go_to("review", (str(run.folder), str(run.plan)))
    page = window.page("review")
    os.kill(page.session.analysis._process.pid, signal.SIGABRT)
    qtbot.waitUntil(lambda: page.session.failure != "")
    assert "signal 6" in page.session.failure
    if sys.platform != "win32":
        assert "signal 6" in (data_home() / "logs" / "crash_review.txt").read_text("utf-8")
