"""Where the signatures of the pictures seen so far are kept: in memory of one's own, or in one that outlives a process.

An analysis that is started again knows from it what its session has shown before.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Self

import numpy as np
from numpy.typing import NDArray

SIGN_BYTES: Final = 256
QUICK_BYTES: Final = 32
_HEAD_BYTES: Final = 64
_FIRST_ROWS: Final = 1024
_PICTURE_BYTES: Final = (8, 4, 4, 4, SIGN_BYTES, SIGN_BYTES, QUICK_BYTES)
"""Of the arrays of a room, in their order in its memory."""

Bytes = NDArray[np.uint8]


@dataclass(slots=True, kw_only=True, eq=False)
class SeenRoom:
    """Rows of signatures.

    Attributes
    ----------
    most : int
        Rows that it may come to; 0: nothing is kept.
    head : array of int
        Pictures kept since the beginning.
    times_s, grains : array (rows,)
    nearest_shares : array (rows,)
        Of each to the nearest older one of its size and dose then; nan: there was none, or it may be a replay.
    sizes : array (rows, 2)
        Half of the rows and columns of each: signs at places of one size say nothing of those of another.
    signs, counts, quick : array (rows, bytes)
        Of the signs' places, packed; which of them count; a first part of the signs.
    """

    most: int
    head: NDArray[np.int64]
    times_s: NDArray[np.float64]
    grains: NDArray[np.float32]
    nearest_shares: NDArray[np.float32]
    sizes: NDArray[np.uint16]
    signs: Bytes
    counts: Bytes
    quick: Bytes

    @staticmethod
    def size(most: int) -> int:
        """Bytes for so many pictures."""
        return _HEAD_BYTES + most * sum(_PICTURE_BYTES)

    @classmethod
    def own(cls, most: int) -> Self:
        """In memory of one's own, which grows."""
        rows = min(_FIRST_ROWS, most)
        return cls._over(np.zeros(cls.size(rows), np.uint8), rows, most)

    @classmethod
    def shared(cls, memory: Bytes, most: int) -> Self:
        """In memory that others gave, of ``size(most)`` zeros or as an earlier process left it; it has all its rows."""
        return cls._over(memory, most, most)

    @classmethod
    def _over(cls, memory: Bytes, rows: int, most: int) -> Self:
        parts, at = [], _HEAD_BYTES
        for size in _PICTURE_BYTES:
            parts.append(memory[at : at + rows * size])
            at += rows * size
        return cls(
            most=most,
            head=memory[:_HEAD_BYTES].view(np.int64)[:1],
            times_s=parts[0].view(np.float64),
            grains=parts[1].view(np.float32),
            nearest_shares=parts[2].view(np.float32),
            sizes=parts[3].view(np.uint16).reshape(rows, 2),
            signs=parts[4].reshape(rows, SIGN_BYTES),
            counts=parts[5].reshape(rows, SIGN_BYTES),
            quick=parts[6].reshape(rows, QUICK_BYTES),
        )

    def __len__(self) -> int:
        return len(self.signs)

    def widen(self) -> None:
        """Twice the rows, or as many as it may have."""
        more = min(len(self), self.most - len(self))
        self.signs, self.counts, self.quick = (
            np.vstack([each, np.zeros((more, each.shape[1]), np.uint8)])
            for each in (self.signs, self.counts, self.quick)
        )
        self.times_s = np.append(self.times_s, np.zeros(more))
        self.sizes = np.vstack([self.sizes, np.zeros((more, 2), np.uint16)])
        self.grains, self.nearest_shares = (
            np.append(each, np.zeros(more, np.float32)) for each in (self.grains, self.nearest_shares)
        )
