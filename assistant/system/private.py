"""The data folder is its user's alone: what older versions left open to others is closed when a process first uses it.

New files need nothing: the umask of every process (`assistant/__init__.py`) makes folders 0700 and files 0600. On
Windows the profile's folder is private by its access list, and nothing is done here.
"""

from __future__ import annotations

import contextlib
import os
import stat
import sys
import tempfile
from pathlib import Path
from typing import Final

from assistant.language import sentence

_OTHERS: Final = 0o077
_seen: set[Path] = set()


def keep_private(folder: Path) -> None:
    """Take the rights of all others from a data folder and what lies in it; once a process, and quick when it is done.

    The folder itself comes first: then nothing in it can be reached. Below, each folder comes after what it holds, so
    that a walk that was cut short is seen by its rights, and done by the next process. What cannot be changed stays as
    it is: `open_to_others` tells it.

    Parameters
    ----------
    folder : Path
        A folder that holds nothing else. The home folder and other shared places are left alone.
    """
    if sys.platform == "win32" or folder in _seen:
        return
    _seen.add(folder)
    if _is_shared_place(folder):
        return
    with contextlib.suppress(OSError):
        _close(folder, folder.stat().st_mode)
        with os.scandir(folder) as entries:
            for entry in entries:
                if not entry.is_symlink() and entry.stat(follow_symlinks=False).st_mode & _OTHERS:
                    _close_tree(entry)


def open_to_others(folder: Path) -> str:
    """Why others can read the data folder, as a sentence with its cure; empty where they cannot."""
    if sys.platform == "win32":
        return ""
    try:
        status = folder.stat()
    except OSError:
        return ""  # whoever needs it says so
    if status.st_uid != os.getuid() and os.getuid() != 0:
        return sentence(
            f"{folder} belongs to another account, which can read all cases. Take a data folder of your own."
        )
    if status.st_mode & _OTHERS:
        return sentence(
            f"{folder} can be read by others at this computer. Take its rights from them, or take another folder."
        )
    return ""


def why_not_ours(status: os.stat_result) -> str:
    """Why a file is not to be believed as one of our own, in few words; empty where it is plain, ours and no other's.

    Parameters
    ----------
    status : os.stat_result
        Of the file as it was opened: a name can lead to another file a moment later.
    """
    if not stat.S_ISREG(status.st_mode):
        return sentence("it is no plain file")
    if sys.platform == "win32":
        return ""
    if status.st_uid != os.geteuid():
        return sentence("it belongs to another account")
    return sentence("others may change it") if status.st_mode & 0o022 else ""


def _is_shared_place(folder: Path) -> bool:
    """Whether it holds more than the program's files: somebody named a wrong folder, and it is not ours to close."""
    place = folder.resolve()
    # An account without an entry has no home: the name stays as it is then.
    shared = [Path(os.path.expanduser(name)).resolve() for name in ("~", tempfile.gettempdir())]
    if any(place == one or place in one.parents for one in shared):
        return True
    return place.exists() and bool(place.stat().st_mode & stat.S_ISVTX)


def _close_tree(entry: os.DirEntry[str]) -> None:
    with contextlib.suppress(OSError):
        if entry.is_dir(follow_symlinks=False):
            with os.scandir(entry.path) as entries:
                for one in entries:
                    if not one.is_symlink():
                        _close_tree(one)
        _close(Path(entry.path), entry.stat(follow_symlinks=False).st_mode)


def _close(path: Path, mode: int) -> None:
    if mode & _OTHERS:
        os.chmod(path, stat.S_IMODE(mode) & ~_OTHERS)
