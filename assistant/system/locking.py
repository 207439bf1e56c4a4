"""A file that one process holds at a time: the one way in which windows of the program keep off each other's files.

The system lets go when a process dies.
"""

from __future__ import annotations

import contextlib
import os
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Final

WAIT_S: Final = 5.0
_LOOK_AGAIN_S: Final = 0.01


def lock(file: IO[bytes]) -> None:
    """Hold an open file until it is closed; at once or not at all.

    Raises
    ------
    BlockingIOError
        If another process holds it.
    OSError
        If the file system knows no locks.
    """
    if sys.platform == "win32":
        import msvcrt

        try:
            msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
        except OSError as error:
            raise BlockingIOError(error.errno, error.strerror) from error
    else:
        import fcntl

        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)


@contextlib.contextmanager
def alone_with(path: Path, wait_s: float = WAIT_S) -> Iterator[None]:
    """Keep others that ask the same way from a file while it is read, changed and replaced; leaves nothing behind.

    Where the file system knows no locks the work is done without one.

    Parameters
    ----------
    path : Path
        The file; what is held is ``PATH.lock`` beside it, for `path` itself is replaced.
    wait_s : float
        How long another one is waited for.

    Raises
    ------
    BlockingIOError
        If another process held it all that time.
    OSError
        If the folder cannot be written to.
    """
    place = path.with_name(f"{path.name}.lock")
    held = _held(place, time.monotonic() + wait_s)
    try:
        yield
    finally:
        # Before it is let go: who waited for this one finds that it is no longer the file of that name (`_held`).
        with contextlib.suppress(OSError):
            place.unlink()
        held.close()


def _held(place: Path, until_s: float) -> IO[bytes]:
    while True:
        file = place.open("ab")
        try:
            lock(file)
        except BlockingIOError:
            file.close()
            if time.monotonic() > until_s:
                raise
            time.sleep(_LOOK_AGAIN_S)
            continue
        except OSError:
            return file
        if _is(file, place):
            return file
        file.close()


def _is(file: IO[bytes], place: Path) -> bool:
    try:
        return os.path.samestat(os.fstat(file.fileno()), place.stat())
    except FileNotFoundError:
        return False
