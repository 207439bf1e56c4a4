"""Asks for recordings: files and folders in one dialog, for a run may be either."""

from __future__ import annotations

from pathlib import Path

from PyQt6.QtWidgets import QFileDialog, QWidget

from assistant.capture.opening import holds_run
from assistant.language import tr


class RunDialog(QFileDialog):
    """A file dialog that takes a folder too, if it is a run; any other folder is gone into.

    Parameters
    ----------
    parent : QWidget
    title : str
    several : bool
        Whether more than one may be chosen.
    """

    def __init__(self, parent: QWidget, title: str, *, several: bool = False) -> None:
        super().__init__(parent, title)
        # The system's own dialogs take either files or folders.
        self.setOption(QFileDialog.Option.DontUseNativeDialog)
        self.setFileMode(QFileDialog.FileMode.ExistingFiles if several else QFileDialog.FileMode.ExistingFile)
        self.runs: list[str] = []

    def accept(self) -> None:
        """Take what is chosen."""
        chosen = [Path(name) for name in self.selectedFiles()]
        if chosen and all(path.is_file() or holds_run(path) for path in chosen):
            self.runs = [str(path) for path in chosen]
            self.done(QFileDialog.DialogCode.Accepted)
        else:
            super().accept()


def ask_for_runs(parent: QWidget, title: str, *, several: bool = False) -> list[str]:
    """The recordings that a person chooses; none where the dialog is left."""
    dialog = RunDialog(
        parent, tr("{title} (a file, a run folder or a folder of pictures)", title=title), several=several
    )
    return dialog.runs if dialog.exec() else []


def ask_for_run(parent: QWidget, title: str) -> str:
    """The one recording that a person chooses; empty where the dialog is left."""
    return next(iter(ask_for_runs(parent, title)), "")
