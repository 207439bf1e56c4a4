"""One file that grows: written whole piece by piece, synced by somebody else, believed only as far as the disk says."""

from __future__ import annotations

import errno
import os
from collections.abc import Callable
from pathlib import Path
from typing import Final

from assistant.recording.matroska_out import Patch

_TAIL_BYTES: Final = 64


class GrowingFile:
    """A new file that only this object writes.

    Parameters
    ----------
    path : Path
        Must not exist.
    write : callable
        ``os.write``, replaced by tests.

    Raises
    ------
    OSError
    """

    def __init__(self, path: Path, write: Callable[[int, bytes | memoryview], int] = os.write) -> None:
        self.path = path
        self._write = write
        flags = os.O_RDWR | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0) | getattr(os, "O_CLOEXEC", 0)
        self._descriptor = os.open(path, flags, 0o600)
        self.written_bytes = 0
        self._tail = b""
        self._closed = False

    def append(self, data: bytes) -> None:
        """Write a piece at the end.

        Raises
        ------
        OSError
            A part of it may stand in the file then.
        """
        rest = memoryview(data)
        while rest:
            rest = rest[self._write(self._descriptor, rest) :]
        self.written_bytes += len(data)
        self._tail = (self._tail + data[-_TAIL_BYTES:])[-_TAIL_BYTES:]

    def sync(self, fsync: Callable[[int], None] = os.fsync) -> None:
        """Wait until the disk has it. After a failure never to be called again for this file.

        Raises
        ------
        OSError
            Also when it was closed meanwhile.
        """
        if self._closed:
            raise OSError(errno.EBADF, "closed meanwhile")
        fsync(self._descriptor)

    def put_over(self, patches: list[Patch]) -> None:
        """Change bytes near the head, in order.

        Raises
        ------
        OSError
        """
        for patch in patches:
            os.lseek(self._descriptor, patch.at, os.SEEK_SET)
            self._write(self._descriptor, patch.data)

    def size_on_disk(self) -> int:
        """Size as the file system says it; 0 where the file has gone."""
        try:
            return self.path.stat().st_size
        except OSError:
            return 0

    def end_is_there(self) -> bool:
        """Whether the last bytes that were written can be read back by the file's name."""
        tail, end = self._tail, self.written_bytes
        try:
            with self.path.open("rb") as file:
                file.seek(max(0, end - len(tail)))
                return file.read(len(tail)) == tail or self.written_bytes != end
        except OSError:
            return False

    def close(self) -> None:
        """Close it. May be called twice."""
        if not self._closed:
            self._closed = True
            os.close(self._descriptor)
