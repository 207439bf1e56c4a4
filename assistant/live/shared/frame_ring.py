"""The last frames in shared memory: one process writes, any number read, nobody waits for anybody.

Each slot carries the number of its frame before and after its pixels are written: a reader that was overtaken sees
that they differ, or changed, and does not believe its copy.
"""

from __future__ import annotations

from typing import Final

import numpy as np

from assistant.live.messages import StampedFrame
from assistant.live.shared.mapped_file import SharedFile
from assistant.vocabulary import Grey

SLOT_HEAD_BYTES: Final = 128
_BEGUN, _DONE, _T_NS, _CAPTURED, _PICTURE, _ROWS, _COLS, _ITEM = range(8)
_EMPTY: Final = -1


class Ring:
    """Slots for frames.

    Parameters
    ----------
    memory : SharedFile
    offset : int
    slots : int
    slot_bytes : int
        Most bytes of a picture.
    """

    def __init__(self, memory: SharedFile, offset: int, slots: int, slot_bytes: int) -> None:
        self._slots, self.slot_bytes = slots, slot_bytes
        self._newest = memory.numbers_at(offset, 1)
        stride = SLOT_HEAD_BYTES + slot_bytes
        starts = [offset + 64 + k * stride for k in range(slots)]
        self._heads = [memory.numbers_at(start, SLOT_HEAD_BYTES // 8) for start in starts]
        self._pixels = [memory.bytes_at(start + SLOT_HEAD_BYTES, slot_bytes) for start in starts]

    @staticmethod
    def size(slots: int, slot_bytes: int) -> int:
        """Bytes that such a ring takes."""
        return 64 + slots * (SLOT_HEAD_BYTES + slot_bytes)

    def clear(self) -> None:
        """Make it empty; before anybody reads."""
        self._newest[0] = _EMPTY
        for head in self._heads:
            head[_BEGUN] = head[_DONE] = _EMPTY

    @property
    def newest_index(self) -> int:
        """Number of the newest frame; -1 before the first."""
        return int(self._newest[0])

    @property
    def depth(self) -> int:
        """How many frames it holds."""
        return self._slots

    def publish(self, index: int, t_ns: int, captured_ns: int, picture: int, grey: Grey) -> None:
        """Put a frame in; numbers must rise.

        Raises
        ------
        ValueError
            If the picture is larger than a slot.
        """
        if grey.nbytes > self.slot_bytes:
            raise ValueError(f"a picture of {grey.nbytes} bytes does not fit into a slot of {self.slot_bytes}")
        head = self._heads[index % self._slots]
        head[_DONE] = _EMPTY
        head[_BEGUN] = index
        pixels = self._pixels[index % self._slots][: grey.nbytes].view(grey.dtype).reshape(grey.shape)
        np.copyto(pixels, grey)
        head[_T_NS], head[_CAPTURED], head[_PICTURE] = t_ns, captured_ns, picture
        head[_ROWS], head[_COLS], head[_ITEM] = grey.shape[0], grey.shape[1], grey.itemsize
        head[_DONE] = index
        self._newest[0] = index

    def read(self, index: int) -> StampedFrame | None:
        """A copy of a frame; None where it is not there yet, not there any more, or was overwritten meanwhile."""
        head = self._heads[index % self._slots]
        if index < 0 or head[_DONE] != index:
            return None
        rows, cols, item = int(head[_ROWS]), int(head[_COLS]), int(head[_ITEM])
        t_ns, captured_ns, picture = int(head[_T_NS]), int(head[_CAPTURED]), int(head[_PICTURE])
        if not 0 < rows * cols * item <= self.slot_bytes:
            return None
        pixels = self._pixels[index % self._slots][: rows * cols * item]
        grey: Grey = (
            pixels.reshape(rows, cols).copy() if item == 1 else pixels.view(np.uint16).reshape(rows, cols).copy()
        )
        if head[_DONE] != index or head[_BEGUN] != index:
            return None
        return StampedFrame(
            index=index,
            t_s=t_ns / 1e9,
            captured_ns=captured_ns,
            picture=picture,
            grey=grey,
            white=255 if item == 1 else 65535,
        )

    def stamp(self, index: int) -> tuple[int, int] | None:
        """Capture time (monotonic ns) and picture number of a frame, without its pixels; None as for `read`."""
        head = self._heads[index % self._slots]
        if index < 0 or head[_DONE] != index:
            return None
        found = int(head[_CAPTURED]), int(head[_PICTURE])
        return found if head[_DONE] == index else None

    def newest(self) -> StampedFrame | None:
        """A copy of the newest frame; None before the first."""
        for _ in range(3):
            frame = self.read(self.newest_index)
            if frame is not None:
                return frame
        return None
