"""Whether the system's own mixer is muted or turned to nothing (F-42): Qt does not tell, the sound server does.

Asked with the sound server's program, every few seconds and never waited for. Where there is none it is not known,
and the question whether the test sound was heard stands in its place.
"""

from __future__ import annotations

import re
import shutil
from typing import Final

from PyQt6.QtCore import QObject, QProcess, QProcessEnvironment, QTimer, pyqtSignal

EVERY_MS: Final = 3000
_WAYS: Final = (
    ("wpctl", (("get-volume", "@DEFAULT_AUDIO_SINK@"),)),
    ("pactl", (("get-sink-mute", "@DEFAULT_SINK@"), ("get-sink-volume", "@DEFAULT_SINK@"))),
)
"""Program, and what to ask it one after the other: PipeWire's, PulseAudio's."""


def is_silent(output: str) -> bool | None:
    """Whether nothing can be heard by what the program said; None where that is not to be read from it.

    >>> is_silent("Volume: 0.40 [MUTED]"), is_silent("Volume: 0.40"), is_silent("Volume: 0.00")
    (True, False, True)
    >>> is_silent("Mute: yes"), is_silent("Mute: no Volume: front-left: 0 /   0% / -inf dB")
    (True, True)
    """
    if "[MUTED]" in output or re.search(r"Mute:\s*yes", output):
        return True
    shares = [float(share) for share in re.findall(r"([\d.]+)\s*%", output)] or [
        float(share) for share in re.findall(r"Volume:\s*(\d+\.\d+)", output)
    ]
    return not any(shares) if shares else None


class Mixer(QObject):
    """Asks the mixer now and then.

    Attributes
    ----------
    changed : signal ()
        ``silent`` is another one now.
    """

    changed = pyqtSignal()

    def __init__(self, parent: QObject | None = None, every_ms: int = EVERY_MS) -> None:
        super().__init__(parent)
        self.silent: bool | None = None
        """Muted or turned to nothing; None where that is not known."""
        ways = ((path, asks) for name, asks in _WAYS if (path := shutil.which(name)))
        nothing: tuple[str, tuple[tuple[str, ...], ...]] = ("", ())
        self._program, self._questions = next(ways, nothing)
        self._output = ""
        self._left: list[tuple[str, ...]] = []
        self._process = QProcess(self)
        surroundings = QProcessEnvironment.systemEnvironment()
        surroundings.insert("LC_ALL", "C")
        self._process.setProcessEnvironment(surroundings)
        self._process.finished.connect(self._heard)
        self._process.errorOccurred.connect(self._not_heard)
        self._timer = QTimer(self)
        self._timer.timeout.connect(self._again)
        if self._program:
            self._timer.start(every_ms)
            self.ask()

    def ask(self) -> None:
        """Ask, unless an answer is still waited for."""
        if self._program and not self._is_asking:
            self._output, self._left = "", list(self._questions)
            self._next()

    @property
    def _is_asking(self) -> bool:
        return self._process.state() is not QProcess.ProcessState.NotRunning

    def _again(self) -> None:
        if self._is_asking:
            self._process.kill()  # a sound server that hangs says nothing
        else:
            self.ask()

    def stop(self) -> None:
        """The window goes."""
        self._timer.stop()
        self._left = []
        if self._is_asking:
            self._process.kill()
            self._process.waitForFinished(500)

    def _next(self) -> None:
        self._process.start(self._program, list(self._left.pop(0)))

    def _heard(self, _status: int, _how: QProcess.ExitStatus) -> None:
        self._output += bytes(self._process.readAllStandardOutput().data()).decode("utf-8", "replace")
        if self._left:
            self._next()
        else:
            self._report(is_silent(self._output))

    def _not_heard(self, _error: QProcess.ProcessError) -> None:
        self._left = []
        self._report(None)

    def _report(self, silent: bool | None) -> None:
        if silent is not self.silent:
            self.silent = silent
            self.changed.emit()
