"""A run is reviewed and goes out as report, tables, pictures and video, in the language of the environment.

A process of its own, for `test_language.py`: a program has one language.
``python -m tests.journeys.report_walk RUN`` prints the folder to which it went.
"""

from __future__ import annotations

import sys

from PyQt6.QtCore import Qt
from PyQt6.QtTest import QTest

from assistant.settings.tree import Settings
from tests.screens.camera import settle, wait
from ui.app import start
from ui.review.page import ReviewPage
from ui.shell import Shell

K = Qt.Key
NOTES = ("no leak", "Zementdorn hinten; past")
"""Words of a reviewer, one of them also a sentence of the program: both stay as they were typed."""


def say(page: ReviewPage) -> None:
    """Two notes, a key image, labels of a leak and a measure."""
    for note in NOTES:
        QTest.keyClick(page, K.Key_N)
        QTest.keyClicks(page.correct.note, note)
        QTest.keyClick(page.correct.note, K.Key_Return)
    QTest.keyClick(page, K.Key_S)
    page.correct.leak.setCurrentIndex(0)
    for box, label in (
        (page.correct.site, "superior_disc"),
        (page.correct.yeom, "track"),
        (page.correct.shape, "round"),
    ):
        box.setCurrentIndex(box.findData(label))
    page.correct._keep()
    page.measure.choose("distance")
    page.state.board.points["distance"] = [(100.0, 100.0), (130.0, 110.0)]
    page.reviewing.keep_measures()


def main(run: str) -> int:
    """The whole way."""
    application = start()
    shell = Shell(Settings())
    shell.resize(1920, 1080)
    shell.show()
    shell.go_to("review", (run, ""))
    page = shell.page("review")
    assert isinstance(page, ReviewPage)
    wait(lambda: page.session is not None and page.session.ended)
    page.playing = False
    page.jump(page.session.last_frame - 4)
    settle(200)
    say(page)
    for key in (K.Key_R, K.Key_E):
        QTest.keyClick(page, key)
        wait(lambda: not page.exporter.busy and page.export.stop.isHidden())
    page.exporter.export("png", "video", "dicom")
    wait(lambda: not page.exporter.busy and page.export.stop.isHidden())
    sys.stdout.write(f"{page.exporter.folder()}\n")
    shell.close()
    application.processEvents()
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
