"""``python -m ui.screenshot``: the window at one moment of a run as a picture, for documentation and for a look."""

from __future__ import annotations

import argparse
import sys

from PyQt6.QtCore import QDeadlineTimer, QEvent, Qt
from PyQt6.QtGui import QKeyEvent
from PyQt6.QtWidgets import QApplication

from assistant.settings.file import default_settings
from ui.app import start
from ui.review.page import ReviewPage
from ui.shell import Shell

_WAIT_MS = 120_000


def main() -> int:
    """Open the run, wait until the analysis has reached the wanted second, save the window."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("run")
    parser.add_argument("--plan")
    parser.add_argument("--at", type=float, default=0.0, help="second of the run")
    parser.add_argument("--size", default="1920x1080")
    parser.add_argument("--key", default="", help="keys to press before, such as Z3")
    parser.add_argument("--out", required=True)
    args = parser.parse_args()
    application = start()
    shell = Shell(default_settings())
    window = shell.page("review")
    assert isinstance(window, ReviewPage)
    shell.go_to("review")
    width, height = (int(part) for part in args.size.split("x"))
    shell.resize(width, height)
    shell.show()
    if not window.open(args.run, args.plan):
        sys.stderr.write(f"{window.note.text()}\n")
        return 3
    window.playing = False
    _reach(application, window, args.at)
    for key in args.key:
        window.press(QKeyEvent(QEvent.Type.KeyPress, ord(key.upper()), Qt.KeyboardModifier.NoModifier, key))
    window.refresh()
    _settle(application, 600)
    saved = shell.grab().save(args.out)
    shell.close()
    return 0 if saved else 4


def _reach(application: QApplication, window: ReviewPage, at_s: float) -> None:
    deadline = QDeadlineTimer(_WAIT_MS)
    session = window.session
    assert session is not None
    while session.moments is not None and not deadline.hasExpired():
        index = session.moments.index_at(at_s)
        newest = session.moments.at(len(session.moments) - 1)
        if session.ended or (newest is not None and newest.t_s >= at_s):
            session.playhead.go(max(index, 0))
            break
        application.processEvents()
    _settle(application, 1500)


def _settle(application: QApplication, wait_ms: int) -> None:
    deadline = QDeadlineTimer(wait_ms)
    while not deadline.hasExpired():
        application.processEvents()


if __name__ == "__main__":
    sys.exit(main())
