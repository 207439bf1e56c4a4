"""Starts the window: log, crash hook, fonts, colours."""

from __future__ import annotations

import faulthandler
import logging
import sys
import types
from threading import Thread

from PyQt6.QtCore import QSettings, Qt, QTimer
from PyQt6.QtWidgets import QApplication

from assistant.language import tr
from assistant.settings.file import load_settings
from assistant.system.error_log import write_error
from assistant.system.places import data_home
from assistant.system.private import open_to_others
from ui import theme
from ui.shell import Shell, load_pages, shells
from ui.system import collector
from ui.system.leaving import Leaving
from ui.system.screens import OnScreen

log = logging.getLogger(__name__)
_QUIET_MS = 500


def run(recording: str | None, plan: str | None) -> int:
    """Open the window on a recording and stay until it is closed; gives the exit status."""
    return _show("review", None if recording is None else (recording, plan))


def run_live(source: str) -> int:
    """Open the window in the theatre on a source and stay until it is closed; gives the exit status."""
    return _show("theatre", source)


def _show(page: str, thing: object) -> int:
    application = start()
    loaded = load_settings()
    notes = [*loaded.notes, *filter(None, [open_to_others(data_home())])]
    for note in notes:
        log.warning("%s", note)
    window = Shell(loaded.settings)
    window.resize(1920, 1080)
    screen = application.primaryScreen()
    if screen is not None:
        room = screen.availableGeometry()
        window.resize(min(1920, room.width()), min(1080, room.height()))
    window.go_to(page, thing)
    window.show()
    if page != "theatre":
        # Not beside a live picture: there the other pages are rarely asked for, and never in a hurry.
        QTimer.singleShot(_QUIET_MS, Thread(target=load_pages, name="pages", daemon=True).start)
    Leaving(application, window)
    OnScreen(application, window)
    if notes:
        window.show_message(" ".join(notes))
    return application.exec()


def start() -> QApplication:
    """The application with its look, and hooks that keep it alive when a slot fails."""
    faulthandler.enable()
    logging.basicConfig(level=logging.WARNING, format="%(levelname)s %(name)s: %(message)s")
    existing = QApplication.instance()
    application = existing if isinstance(existing, QApplication) else QApplication(sys.argv[:1])
    # Without a hook of its own PyQt6 ends the program on an exception in any slot.
    sys.excepthook = report_error
    # A file dialog keeps what was looked into, whose names may be a patient's: the desktop's in its list of recent
    # files, Qt's own where it is told to, in the data folder.
    application.setAttribute(Qt.ApplicationAttribute.AA_DontUseNativeDialogs)
    QSettings.setPath(QSettings.Format.NativeFormat, QSettings.Scope.UserScope, str(data_home() / "dialogs"))
    theme.apply(application)
    collector.keep_short()
    return application


def report_error(kind: type[BaseException], error: BaseException, trace: types.TracebackType | None) -> None:
    """Log an error that reached nobody, show it under the bar, and go on."""
    log.error("an error of the program; the picture goes on", exc_info=(kind, error, trace))
    kept = write_error(kind, error, trace)
    where = (
        tr(" It stands in {kept}.", kept=kept)
        if kept is not None
        else tr(" It could not be written down: the disk takes nothing.")
    )
    for window in shells():
        window.show_message(
            tr(
                "An error of the program ({name}). The picture goes on; restart when you can.{where}",
                name=kind.__name__,
                where=where,
            )
        )
