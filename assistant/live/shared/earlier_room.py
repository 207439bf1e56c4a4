"""X-ray pictures of a session so far, a few spread over all of it: what lines that come late are held against.

In the shared memory, all of its room taken once: an analysis that is started again finds them. The analysis alone
writes and reads them, and every picture is marked as whole after it was written.
"""

from __future__ import annotations

from typing import Final

import numpy as np

from assistant.live.shared.mapped_file import SharedFile
from assistant.vocabulary import Frame, Grey

_HEAD: Final = 8
_ROWS, _COLS, _ITEM, _EVERY = range(4)
_SLOT_HEAD: Final = 4
_WHOLE, _INDEX, _T_NS, _BURST = range(4)
_MOST: Final = 64
"""Pictures: each costs the look back over them the time of one analysed picture [P]."""
_LEAST: Final = 4
"""Where fewer have room (two in a row have to tell it) none are kept."""
_IN_A_ROW, _IN_A_ROW_OF_FEW, _FEW = 4, 2, 16
"""Pictures of one burst: what stands still from one to the next is told from what grows. Where there is room for less
than so many, bursts are short [P]."""
_EVERY_NS: Final = 500_000_000
"""All are kept until the room is full; then from burst to burst at least this, and twice as much each time [P]."""
_HEADS_BYTES: Final = 8 * (_HEAD + _MOST * _SLOT_HEAD)


class EarlierRoom:
    """Room for pictures of one size, in bursts spread over the session: where it is full, each second one gives way.

    Parameters
    ----------
    memory : SharedFile
    offset : int
    picture_bytes : int
        For their pixels.
    """

    def __init__(self, memory: SharedFile, offset: int, picture_bytes: int) -> None:
        numbers = memory.numbers_at(offset, _HEADS_BYTES // 8)
        self._head = numbers[:_HEAD]
        self._slots = numbers[_HEAD:].reshape(_MOST, _SLOT_HEAD)
        self._pixels = memory.bytes_at(offset + _HEADS_BYTES, picture_bytes)

    @staticmethod
    def size(picture_bytes: int) -> int:
        """Bytes that such a room takes."""
        return _HEADS_BYTES + picture_bytes

    def offer(self, frame: Frame) -> None:
        """Keep a new X-ray picture where its turn has come. Those of another size give way to it."""
        rows, cols = frame.grey.shape
        if self._head[:_EVERY].tolist() != [rows, cols, frame.grey.itemsize]:
            self._slots[:, _WHOLE] = 0
            self._head[: _EVERY + 1] = rows, cols, frame.grey.itemsize, 0
        most = min(_MOST, len(self._pixels) // frame.grey.nbytes)
        in_a_row = _IN_A_ROW if most >= _FEW else _IN_A_ROW_OF_FEW
        t_ns, kept = round(frame.t_s * 1e9), self._whole()
        burst = self._slots[kept[-1], _BURST] if kept else 0
        if kept and int((self._slots[kept, _BURST] == burst).sum()) >= in_a_row:
            if abs(t_ns - int(self._slots[kept[-1], _T_NS])) < self._head[_EVERY]:
                return
            burst += 1
        if most < _LEAST:
            return
        if len(kept) >= most - most % in_a_row:
            bursts = np.unique(self._slots[kept, _BURST])
            self._slots[np.isin(self._slots[:, _BURST], bursts[1::2]), _WHOLE] = 0
            self._head[_EVERY] = max(2 * self._head[_EVERY], _EVERY_NS)
        slot = int(np.flatnonzero(self._slots[:most, _WHOLE] == 0)[0])
        self._slots[slot, [_INDEX, _T_NS, _BURST]] = frame.index, t_ns, burst
        self._at(slot)[...] = frame.grey
        self._slots[slot, _WHOLE] = 1

    def count_before(self, index: int) -> int:
        """How many pictures are older than a frame."""
        return int((self._slots[self._whole(), _INDEX] < index).sum())

    def after(self, index: int) -> list[Frame]:
        """Copies of the pictures that are newer than a frame, in order."""
        white = 255 if self._head[_ITEM] == 1 else 65535
        return [
            Frame(
                index=int(self._slots[slot, _INDEX]),
                t_s=int(self._slots[slot, _T_NS]) / 1e9,
                grey=self._at(slot).copy(),
                white=white,
            )
            for slot in self._whole()
            if self._slots[slot, _INDEX] > index
        ]

    def _whole(self) -> list[int]:
        """Slots with a whole picture, in the order of the frames."""
        slots = np.flatnonzero(self._slots[:, _WHOLE])
        return [int(slot) for slot in slots[np.argsort(self._slots[slots, _INDEX], kind="stable")]]

    def _at(self, slot: int) -> Grey:
        rows, cols, item = (int(number) for number in self._head[:_EVERY])
        size = rows * cols * item
        pixels = self._pixels[slot * size : (slot + 1) * size]
        return pixels.reshape(rows, cols) if item == 1 else pixels.view(np.uint16).reshape(rows, cols)
