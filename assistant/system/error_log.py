"""What went wrong, kept in the data folder: errors of the window, and the last lines of processes that crashed.

Nothing of a patient and no pixel may stand there: of an error's own words only those are kept that the program itself
uses. The folder and its files are their user's alone (`assistant/__init__.py`, `assistant/system/private.py`).
"""

from __future__ import annotations

import builtins
import contextlib
import os
import re
import sys
import tempfile
import threading
import time
import traceback
import types
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, Final

from assistant import __version__
from assistant.errors import AssistantError
from assistant.system.places import data_home

ERRORS: Final = "errors.log"
_MOST_BYTES: Final = 256 << 10
_MOST_LINES: Final = 40
_TAIL_BYTES: Final = 64 << 10
_MOST_WORDS: Final = 300
_GONE: Final = "…"
_HERE: Final = Path(__file__).resolve().parents[2]
_FRAME: Final = re.compile(r'^(\s*)File "([^"]*)", line (\d+)(.*)$')
_KEPT_WHOLE: Final = (
    "Traceback (most recent",
    "Fatal Python error:",
    "Current thread 0x",
    "Thread 0x",
    "Extension mod",
)
_QUOTED: Final = re.compile(r"""(['"])(.*?)\1""")
_PATH: Final = re.compile(r"(?<!\w)(?:[A-Za-z]:)?[\\/]\S.*?(?=: |, |$)")
"""A path to its end: it may hold spaces, and names in small letters."""
_DATED: Final = re.compile(r"\b\d{1,2}\.\s?\d{1,2}\.(?:\s?\d{2,4})?|\b(?:19|20)\d\d\b")
_KIND: Final = re.compile(r"[A-Z]\w*(?:Error_?|Exception|Warning)")
_OPENERS: Final = {
    "A",
    "An",
    "Argument",
    "Cannot",
    "Could",
    "Encoding",
    "Expected",
    "Failed",
    "Input",
    "Invalid",
    "Key",
}
_OPENERS_TOO: Final = {
    "No",
    "Not",
    "Object",
    "Objects",
    "Only",
    "The",
    "Type",
    "Unable",
    "Unknown",
    "Unsupported",
    "Value",
}
_NAMES: Final = {
    "NoneType",
    "ndarray",
    "float64",
    "float32",
    "int64",
    "uint8",
    "uint16",
    "Struct",
    "QWidget",
    "QPointF",
}
_TYPES: Final = frozenset({*dir(builtins), *_NAMES})


def log_folder() -> Path:
    """The folder of the logs; made if absent."""
    folder = data_home() / "logs"
    folder.mkdir(exist_ok=True)
    return folder


def write_error(
    kind: type[BaseException], error: BaseException, trace: types.TracebackType | None, doing: str = ""
) -> Path | None:
    """Keep an error with its place in the program; gives the file, None where the disk takes nothing."""
    known = _names(trace)
    places = [f"  {_short(each.filename)}:{each.lineno} in {each.name}" for each in traceback.extract_tb(trace)]
    causes: list[str] = []
    cause: BaseException | None = error
    while cause is not None and len(causes) < 5:
        causes.append(f"{type(cause).__name__}: {_words_of(cause, known)}")
        cause = cause.__cause__ or cause.__context__
    return _append(log_folder_or_none(), ERRORS, doing or kind.__name__, [*places[-_MOST_LINES:], *causes])


def log_folder_or_none() -> Path | None:
    """The folder of the logs; None where it cannot be had."""
    try:
        return log_folder()
    except (OSError, AssistantError):
        return None


class LastWords:
    """Takes what a child process writes to its standard error; given to `processes.ChildProcess` as its ``words``.

    What it takes lies in memory (where the system has no such files: in one without a name) and goes with the process
    that holds it; of a child that crashed the last lines are kept, cleaned, in ``crash_NAME.txt``.

    Parameters
    ----------
    name : str
        Of the child: "import", "model".
    """

    def __init__(self, name: str) -> None:
        self._name = name
        self._file: IO[bytes] | None = _nameless_file()

    def fileno(self) -> int:
        """For whoever starts the child."""
        assert self._file is not None
        return self._file.fileno()

    def over(self, how: str = "") -> Path | None:
        """The child has ended; with words for ``how`` (`exit_words`) it crashed. The crash file, if one was written."""
        file, self._file = self._file, None
        if file is None:
            return None
        with file:
            if not how:
                return None
            with contextlib.suppress(OSError):
                file.seek(max(0, file.seek(0, os.SEEK_END) - _TAIL_BYTES))
            lines = cleaned(file.read().decode("utf-8", "replace"))
        return _append(log_folder_or_none(), f"crash_{self._name}.txt", how, lines)

    def over_aside(self, how: str = "") -> None:
        """As `over`, for whoever must not wait for the disk."""
        if not how:
            self.over()
        elif self._file is not None:
            threading.Thread(target=self.over, args=(how,), name="last words", daemon=True).start()


def _nameless_file() -> IO[bytes]:
    if sys.platform == "linux":
        with contextlib.suppress(OSError):  # a sandbox may refuse it: then a file will do
            return os.fdopen(os.memfd_create("last words"), "w+b")
    folder = log_folder_or_none()
    with contextlib.suppress(OSError):
        return tempfile.TemporaryFile(dir=folder) if folder is not None else open(os.devnull, "w+b")
    return open(os.devnull, "w+b")


def exit_words(status: int | None) -> str:
    """How a process ended that did not end in order; empty for one that did, or that goes on."""
    if not status:
        return ""
    return f"signal {-status}" if status < 0 else f"exit status {status}"


def seal(note: Path, how: str = "") -> None:
    """Clean a crash note that a child wrote by itself (it may outlive the window); an empty one goes."""
    try:
        content = note.read_bytes()
        if not content:
            note.unlink()
            return
        lines = cleaned(content[-_TAIL_BYTES:].decode("utf-8", "replace"))
        note.write_text("\n".join([*([_heading(how)] if how else []), *lines]) + "\n", encoding="utf-8")
    except OSError:
        return  # what cannot be read or written now is no reason to hold anything up


def cleaned(text: str) -> list[str]:
    """The last lines of what a process has written, without the words of its data."""
    lines = []
    for line in text.splitlines()[-_MOST_LINES:]:
        frame = _FRAME.match(line)
        if frame is not None:
            lines.append(f'{frame[1]}File "{_short(frame[2])}", line {frame[3]}{frame[4]}')
        elif line.startswith(_KEPT_WHOLE) or not line.strip():
            lines.append(line)
        elif lines and _FRAME.match(lines[-1]) and line.startswith("    "):
            lines.append(line[:_MOST_WORDS])  # a line of the program itself
        else:
            lines.append(clean(line))
    return lines


def clean(text: str, known: frozenset[str] = frozenset()) -> str:
    """A sentence without names, paths, numbers of many digits and quoted texts; ``known`` words stay.

    Parameters
    ----------
    text : str
    known : frozenset of str
        Names of the program.
    """
    allowed = known | _TYPES | _OPENERS | _OPENERS_TOO
    text = _DATED.sub(_GONE, _PATH.sub(_GONE, text))
    unquoted = _QUOTED.sub(lambda found: found[0] if found[2] in known | _TYPES else _GONE, text[:_MOST_WORDS])
    return " ".join(_kept(word, allowed) for word in unquoted.split())


def _kept(word: str, allowed: frozenset[str]) -> str:
    bare = word.strip(".,:;()[]{}'\"<>=")
    names = re.split(r"[.,:;()\[\]{}'\"<>=]+", bare)
    if all(not name or name in allowed or _is_plain(name) for name in names) and not re.search(r"\.\w{2,4}$", bare):
        return word
    return word if all(not name or name in allowed for name in names) else _GONE


def _is_plain(word: str) -> bool:
    """Lower case without a path, a number of few digits, or the name of a kind of error."""
    if _KIND.fullmatch(word):
        return True
    if sum(sign.isdigit() for sign in word) > 4 or any(sign in word for sign in "/\\^@"):
        return False
    return word.islower() or not any(sign.isalpha() for sign in word)


def _words_of(error: BaseException, known: frozenset[str]) -> str:
    if isinstance(error, OSError):
        return f"{error.errno} {error.strerror or ''}".strip()
    text = str(error)
    # A sentence of the program begins with the file that it is about.
    return clean(text.partition(": ")[2] if isinstance(error, AssistantError) else text, known)


def _names(trace: types.TracebackType | None) -> frozenset[str]:
    """The names in the code through which an error came: its own words."""
    names: set[str] = set()
    while trace is not None:
        code = trace.tb_frame.f_code
        names.update(code.co_names, code.co_varnames, (code.co_name,))
        trace = trace.tb_next
    return frozenset(names)


def _short(name: str) -> str:
    """A file of the program by its place in it; any other by its last two names."""
    path = Path(name)
    return path.relative_to(_HERE).as_posix() if path.is_relative_to(_HERE) else "/".join(path.parts[-2:])


def _heading(ending: str) -> str:
    now = datetime.fromtimestamp(time.time(), UTC).isoformat(timespec="seconds")
    return f"{now} · fluoro-assistant {__version__} · {ending}"


def _append(folder: Path | None, name: str, ending: str, lines: list[str]) -> Path | None:
    if folder is None:
        return None
    path = folder / name
    try:
        if path.exists() and path.stat().st_size > _MOST_BYTES:
            os.replace(path, path.with_name(f"{path.stem}.before{path.suffix}"))
        with open(path, "a", encoding="utf-8", opener=lambda at, flags: os.open(at, flags, 0o600)) as file:
            file.write("\n".join([_heading(ending), *lines, ""]) + "\n")
    except OSError:
        return None
    return path
