"""A piece of memory shared by processes that may die at any instant: a mapped file, found by its path.

Not `multiprocessing.shared_memory`: its tracker process removes the memory under the others when the process that
made it is killed. Here the memory lives until the session removes it, and a new window finds it again.
"""

from __future__ import annotations

import contextlib
import logging
import mmap
import os
import tempfile
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from assistant.errors import EnvironmentError_
from assistant.system.private import why_not_ours

log = logging.getLogger(__name__)
_IN_MEMORY = Path("/dev/shm")
_PREFIX, _SUFFIX = "fluoro-live-", ".deck"


class SharedFile:
    """A mapped file. Made by one process, opened by the others.

    Attributes
    ----------
    path : Path
    size : int
        Bytes.
    """

    def __init__(self, path: Path, size: int, descriptor: int) -> None:
        self.path, self.size = path, size
        try:
            self._map = mmap.mmap(descriptor, size)
        finally:
            os.close(descriptor)

    @classmethod
    def make(cls, size: int) -> SharedFile:
        """Make a new one, readable by this user only, with all its room taken up front.

        Raises
        ------
        EnvironmentError_
            If there is no room for it.
        """
        tried: list[str] = []
        for folder in folders():
            if not folder.is_dir():
                continue
            descriptor, name = -1, ""
            try:
                descriptor, name = tempfile.mkstemp(prefix=_PREFIX, suffix=_SUFFIX, dir=folder)
                _take_room(descriptor, size)
                return cls(Path(name), size, descriptor)
            except OSError as error:
                tried.append(f"{folder}: {error.strerror}")
                if name:
                    with contextlib.suppress(OSError):
                        os.unlink(name)
        raise EnvironmentError_(
            f"no room for {size >> 20} MB of memory shared by the program's processes ({'; '.join(tried)}); close "
            f"other programs and start again"
        )

    @classmethod
    def open(cls, path: Path) -> SharedFile:
        """Open one that another process made.

        Raises
        ------
        EnvironmentError_
            If it is gone, or could be another's: nothing in it is looked at then.
        """
        try:
            descriptor = os.open(path, os.O_RDWR | getattr(os, "O_NOFOLLOW", 0))
            status = os.fstat(descriptor)
            why = why_not_ours(status)
            if why:
                os.close(descriptor)
                log.warning("%s: not believed as the memory of a session: %s", path, why)
                raise EnvironmentError_(
                    f"{path}: is not believed as the memory of a session ({why}); start the session again"
                )
            return cls(path, status.st_size, descriptor)
        except (OSError, ValueError) as error:
            raise EnvironmentError_(
                f"{path}: the memory of the running session is gone; start the session again"
            ) from error

    def bytes_at(self, offset: int, size: int) -> NDArray[np.uint8]:
        """A view of a stretch; shared with the other processes."""
        return np.frombuffer(self._map, np.uint8, size, offset)

    def numbers_at(self, offset: int, count: int) -> NDArray[np.int64]:
        """A view of a stretch as whole numbers; a single store of one is never seen in half."""
        return np.frombuffer(self._map, np.int64, count, offset)

    def remove(self) -> None:
        """Take the file away; processes that have it open keep their view. May be called twice."""
        with contextlib.suppress(OSError):
            self.path.unlink()

    def close(self) -> None:
        """Give the view back, unless arrays still look into it (then it goes with them)."""
        with contextlib.suppress(BufferError):
            self._map.close()


def _take_room(descriptor: int, size: int) -> None:
    # A mapped file without room behind it kills the process that writes there (SIGBUS): so all of it is taken now.
    if hasattr(os, "posix_fallocate"):
        os.posix_fallocate(descriptor, 0, size)
    else:
        os.ftruncate(descriptor, size)


def folders() -> tuple[Path, ...]:
    """Where shared memory is made: in memory where the system has such a place, else among temporary files."""
    return (_IN_MEMORY, Path(tempfile.gettempdir()))


def left_over() -> list[Path]:
    """All shared memory of this program that is there, in use or forgotten."""
    return [path for folder in folders() if folder.is_dir() for path in folder.glob(f"{_PREFIX}*{_SUFFIX}")]
