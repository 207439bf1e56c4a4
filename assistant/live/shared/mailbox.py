"""Messages from one process to one other, through shared memory: bounded, without locks between the processes.

A message counts once the writer has moved its mark, the last thing it does: a writer that is killed in the middle
leaves nothing half said, and a reader that is killed holds nobody up. (A `multiprocessing.Queue` whose writer is killed
while it holds the lock stands still for ever.)
"""

from __future__ import annotations

import threading
import zlib
from typing import Any, Final

import numpy as np

from assistant.live.shared.mapped_file import SharedFile
from assistant.live.shared.wire import NotUnderstood, from_bytes, to_bytes

HEAD_BYTES: Final = 64
_WRITTEN, _READ, _REFUSED = 0, 1, 2
_FRONT_BYTES: Final = 8


class Mailbox:
    """One direction between two processes.

    Parameters
    ----------
    memory : SharedFile
    offset : int
        Where it lies.
    size : int
        Bytes for messages, besides `HEAD_BYTES`.
    """

    def __init__(self, memory: SharedFile, offset: int, size: int) -> None:
        self._marks = memory.numbers_at(offset, HEAD_BYTES // 8)
        self._room = memory.bytes_at(offset + HEAD_BYTES, size)
        self._size = size
        self._lock = threading.Lock()

    @property
    def refused(self) -> int:
        """Messages that found no room, since the memory was made."""
        return int(self._marks[_REFUSED])

    def put(self, message: object, *, leave_bytes: int = 0) -> bool:
        """Say something; False where there is no room, or less than ``leave_bytes`` would remain for graver news."""
        payload = to_bytes(message)
        front = len(payload).to_bytes(4, "little") + zlib.crc32(payload).to_bytes(4, "little")
        with self._lock:
            written, read = int(self._marks[_WRITTEN]), int(self._marks[_READ])
            if self._size - (written - read) < _FRONT_BYTES + len(payload) + leave_bytes:
                self._marks[_REFUSED] += 1
                return False
            self._store(written, front)
            self._store(written + _FRONT_BYTES, payload)
            self._marks[_WRITTEN] = written + _FRONT_BYTES + len(payload)
        return True

    def take(self) -> list[Any]:
        """All that was said since the last call, in order."""
        messages: list[Any] = []
        read, written = int(self._marks[_READ]), int(self._marks[_WRITTEN])
        while read < written:
            front = self._load(read, _FRONT_BYTES)
            length = int.from_bytes(front[:4], "little")
            payload = self._load(read + _FRONT_BYTES, length) if length <= written - read - _FRONT_BYTES else b""
            if zlib.crc32(payload) != int.from_bytes(front[4:], "little") or not payload:
                # Cannot happen between whole processes; what is not whole is not believed.
                read = written
                self._marks[_REFUSED] += 1
                break
            read += _FRONT_BYTES + length
            try:
                messages.append(from_bytes(payload))
            except NotUnderstood:
                self._marks[_REFUSED] += 1
        self._marks[_READ] = read
        return messages

    def forget(self) -> None:
        """Drop what waits: for a reader that was started anew and must not act on old orders."""
        self._marks[_READ] = int(self._marks[_WRITTEN])

    def _store(self, at: int, data: bytes) -> None:
        start = at % self._size
        first = min(len(data), self._size - start)
        array = np.frombuffer(data, np.uint8)
        self._room[start : start + first] = array[:first]
        self._room[: len(data) - first] = array[first:]

    def _load(self, at: int, length: int) -> bytes:
        start = at % self._size
        first = min(length, self._size - start)
        return self._room[start : start + first].tobytes() + self._room[: length - first].tobytes()
