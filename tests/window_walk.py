"""Walks through the real window by keys, as a person does, and closes it. For the tests of what the program leaves.

Started as a process of its own: ``python tests/window_walk.py review RUN PLAN`` or ``... theatre SOURCE``.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator

from PyQt6.QtCore import Qt, QTimer
from PyQt6.QtTest import QTest
from PyQt6.QtWidgets import QApplication, QFileDialog

from ui import app
from ui.shell import Shell, shells

_WITHIN_S = 120.0
Step = Callable[[], bool]


def press(name: str, held: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
    """A key, given to the window."""
    QTest.keyClick(shells()[0], getattr(Qt.Key, f"Key_{name}"), held)


def after(seconds: float) -> Step:
    """A step that is over after so long."""
    until = time.monotonic() + seconds
    return lambda: time.monotonic() > until


def in_a_dialog(window: Shell) -> Iterator[Step]:
    """Choose a file in the program's dialog and give it up again."""

    def look() -> None:
        dialog = QApplication.activeModalWidget()
        # Qt's own: one of the desktop's adds each file to its list of recent ones, which no call of ours shows.
        assert isinstance(dialog, QFileDialog)
        assert QApplication.testAttribute(Qt.ApplicationAttribute.AA_DontUseNativeDialogs)
        seen.append(dialog)
        dialog.reject()

    seen: list[QFileDialog] = []
    QTimer.singleShot(500, look)
    press("O", Qt.KeyboardModifier.ControlModifier)
    yield lambda: bool(seen)


def review(window: Shell) -> Iterator[Step]:
    """A run analysed to its end; then training, whose first case is made, the cases, the self-test."""
    page = window.page("review")
    yield lambda: page.session is not None and page.session.ended
    yield from in_a_dialog(window)
    press("R")
    yield lambda: "report" in page.export.message
    press("F3")
    training = window.page("training")
    press("Return")
    yield lambda: training.controller.starter is not None and training.controller.starter.made >= 1
    yield lambda: training.library_access.jobs is not None and training.library_access.jobs.current is not None
    yield after(3.0)
    press("F4")
    yield after(0.5)
    press("F5")
    tests = window.page("selftest")
    yield lambda: tests.controller.running
    yield lambda: not tests.controller.running


def theatre(window: Shell) -> Iterator[Step]:
    """A rehearsal: pictures come for some seconds."""
    page = window.page("theatre")
    yield lambda: page.session is not None and page.session.status.frame_index is not None
    yield after(4.0)


WALKS = {"review": review, "theatre": theatre}


def main(walk: str, thing: str, plan: str | None = None) -> int:
    """Open the window, walk, close it; gives the exit status: 0 where the walk came to its end."""
    steps: Iterator[Step] | None = None
    step: Step | None = None
    begun = time.monotonic()

    def look() -> None:
        nonlocal steps, step, begun
        if not shells():
            return
        window = shells()[0]
        steps = steps or WALKS[walk](window)
        if step is not None and not step():
            if time.monotonic() - begun > _WITHIN_S:
                sys.stderr.write(f"{walk}: a step does not come to its end\n")
                QApplication.exit(9)
            return
        begun = time.monotonic()
        try:
            step = next(steps)
        except StopIteration:
            timer.stop()
            window.close()
            QTimer.singleShot(2000, lambda: QApplication.exit(0 if not window.isVisible() else 8))

    application = app.start()
    timer = QTimer(application)
    timer.timeout.connect(look)
    timer.start(50)
    return app.run_live(thing) if walk == "theatre" else app.run(thing, plan)


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
