"""Errors split by whose fault they are.

Every text names what was expected, what came, and what to do. The exit status of the command line follows
from the class, so a caller never has to read the text to know what happened.
"""

from __future__ import annotations

import sysconfig
import traceback
from pathlib import Path

_OWN = Path(__file__).resolve().parent
_LIBRARIES = {Path(sysconfig.get_path(name)) for name in ("stdlib", "platstdlib", "purelib", "platlib")}


class AssistantError(Exception):
    """Base of every error that is told to a person in one sentence."""

    exit_status = 1


class UsageError(AssistantError):
    """Arguments or a plan that cannot be used (exit status 2)."""

    exit_status = 2


class InputError(AssistantError):
    """A run that cannot be read, or not to its end (exit status 3)."""

    exit_status = 3


class EnvironmentError_(AssistantError):
    """The world's fault: disk full, device gone, no permission (exit status 4)."""

    exit_status = 4


def _in_library(path: Path) -> bool:
    """Whether code is somebody else's: the place to look at is ours rather than deep inside NumPy."""
    return _OWN not in path.parents and any(folder in path.parents for folder in _LIBRARIES)


def describe(error: BaseException) -> str:
    """An exception in a few words, with its place: ``ValueError in cement.py:88: ...``."""
    frames = traceback.extract_tb(error.__traceback__)
    at = ([frame for frame in frames if not _in_library(Path(frame.filename))] or frames)[-1:]
    place = f" in {Path(at[0].filename).name}:{at[0].lineno}" if at else ""
    words = " ".join(str(error).split())[:200]
    return f"{type(error).__name__}{place}" + (f": {words}" if words else "")
