"""Draws text on a window and reports at the same time; Qt's messages about fonts are on, their handler is Python.

That stood still for ever while reports were drawn in a second thread: it held the interpreter and waited for Qt's lock
of the fonts, while the window held that lock, wrote a message, and its handler waited for the interpreter. A process of
its own, for `test_exporting.py`: one that stands still says where, and ends. By hand, with as many reports as wanted:
``python tests/ui/review/font_messages.py RUN PLAN 200``.
"""

from __future__ import annotations

import faulthandler
import sys
import time

from PyQt6.QtCore import QLoggingCategory, qInstallMessageHandler
from PyQt6.QtGui import QPainter, QPaintEvent
from PyQt6.QtWidgets import QWidget

from assistant.settings.tree import Settings
from ui import app, theme
from ui.review.page import ReviewPage
from ui.shell import Shell

STANDS_STILL_AFTER_S = 90  # anew for each report: long for one that waits for a core, and stacks before pytest gives up
RULES = "qt.text.font*=true\nqt.qpa.fonts*=true"


class Words(QWidget):
    """Paints text in sizes that were not asked for before: each has to be looked up, which Qt tells."""

    said = 0

    def paintEvent(self, a0: QPaintEvent | None) -> None:
        """Some lines."""
        painter = QPainter(self)
        for _ in range(6):
            Words.said += 1
            font = theme.font(8 + Words.said % 170, 300 + Words.said % 600)
            font.setFamilies([f"No such family {Words.said}", "Inter"])
            painter.setFont(font)
            painter.drawText(10, 60, f"cement {Words.said}")
        painter.end()


def main(run: str, plan: str, reports: int) -> int:
    """Export so many reports; 0 when all were written."""
    heard: list[str] = []
    qInstallMessageHandler(lambda _kind, _where, text: heard.append(text))
    application = app.start()
    QLoggingCategory.setFilterRules(RULES)
    shell = Shell(Settings())
    words = Words()
    words.resize(600, 100)
    words.show()
    shell.show()
    shell.go_to("review", (run, plan))
    page = shell.page("review")
    assert isinstance(page, ReviewPage)
    faulthandler.dump_traceback_later(STANDS_STILL_AFTER_S, exit=True)
    while page.session is None or not page.session.ended:
        application.processEvents()
        time.sleep(0.01)
    for number in range(reports):
        faulthandler.dump_traceback_later(STANDS_STILL_AFTER_S, exit=True)
        page.exporter.export("pdf")
        while page.exporter.busy:
            words.repaint()
            application.processEvents()
        application.processEvents()
        assert "report" in page.export.message, page.export.message
        sys.stdout.write(f"{number + 1}\n")
        sys.stdout.flush()
    shell.close()
    sys.stdout.write(f"{len(heard)} messages of Qt, {sum('ont' in text for text in heard)} about fonts\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], sys.argv[2], int(sys.argv[3])))
