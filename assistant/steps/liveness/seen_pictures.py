"""Whether an X-ray picture was seen before in this session: its grain is held against that of all pictures so far.

A console plays its last seconds again once the pedal is lifted. Quantum noise never comes twice, so a picture with the
grain of an earlier one is that one, however long ago. Of each new picture a signature is kept: the signs of its grain
at places spread over it. Signs of two pictures of one scene differ at 0.25 to 0.45 of the places, those of a picture
shown twice at none, and behind a lossy codec at up to 0.2; how far new pictures differ is learned from the session.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from assistant.vocabulary import Frame

_BITS: Final = 2048
_SECTORS: Final = (2, 4)
_QUICK_BYTES: Final = 32
"""All pictures are held against a first 256 signs, the nearest ones against all 2048."""
_CANDIDATES: Final = 32
_REACH: Final = 2
"""A place is held against the mean of its neighbours so many of its own widths (2 px) away."""
_RIM: Final = 0.12
"""Left out at each edge of the picture, share of it: the console's words stand there."""
MOST_PICTURES: Final = 65_536
"""X-ray time of more than an hour at 15 pictures/s; beyond it the oldest are forgotten [P]."""
_FIRST_ROOM: Final = 1024
_NEARER, _NEARER_THAN_LAST = 0.7, 0.65
_GOING_ON, _GOING_ON_THAN_LAST = 0.8, 0.75
"""A picture is an earlier one where it lies nearer to that, by these shares, than new pictures usually do to any and
than to the newest one: with a filter or a codec new ones are like those just before, and where the dose changes all are
nearer than usual. The second pair holds within a replay, and for the second in a row that is so in the order of then
[P]."""
_NEWEST_AGAIN: Final = 0.25
"""In a replay that has come to the newest picture: what follows may be a new one that shares the filter with it [P]."""
_EXACT: Final = 0.02
_RECENT_S: Final = 0.5
"""Pictures so near in film share grain by the console's filter and the codec: unless they are the same to the bit, none
of them begins a replay [P]."""
_LEARN_FROM: Final = 3
_UP, _DOWN = 0.0005, 0.05
"""The usual distance falls quickly to the nearest pairs of one scene, and rises slowly while the scene changes [P]."""
_STEP: Final = 4
"""The next picture of a replay is one of so many after the last one that was recognised."""

Bytes = NDArray[np.uint8]


@dataclass(frozen=True, slots=True, eq=False)
class Signature:
    """Signs of a picture's grain, packed."""

    signs: Bytes
    t_s: float


class SeenPictures:
    """The X-ray pictures of a session, by their grain.

    Parameters
    ----------
    most : int
        So many are kept, then the oldest is forgotten for each new one; 0: none, for a source that shows the same
        pictures again by intention.

    Notes
    -----
    A picture costs one look at all signatures (0.5 ms at 65 536 of them) and 256 bytes.
    """

    def __init__(self, most: int = MOST_PICTURES) -> None:
        self._most = most
        self._signs = np.zeros((min(_FIRST_ROOM, most), _BITS // 8), np.uint8)
        self._quick = np.zeros((min(_FIRST_ROOM, most), _QUICK_BYTES), np.uint8)
        self._times_s = np.zeros(min(_FIRST_ROOM, most))
        self._count = 0
        """Pictures kept since the beginning; number n stands in row n modulo the room."""
        self._shape: tuple[int, int] | None = None
        self._places: NDArray[np.intp] | None = None
        self._usual: float | None = None
        self._learned = 0
        self._match: int | None = None
        """The picture that the last one looked at is nearest to, if nearer than usual."""
        self._before = 0
        """The newest picture then."""
        self._goes_on = False

    def __len__(self) -> int:
        return min(self._count, self._most)

    @property
    def at_newest(self) -> bool:
        """Whether the picture that was recognised last is the newest one."""
        return self._match == self._count - 1

    def signature(self, frame: Frame) -> Signature | None:
        """Of a picture; None where it is too small, or nothing is kept."""
        rows, cols = frame.grey.shape
        half = (rows // 2, cols // 2)
        if self._most == 0 or min(half) < 32:
            return None
        if half != self._shape:
            self._begin(half)
        assert self._places is not None
        small = cv2.resize(frame.grey[: 2 * half[0], : 2 * half[1]], half[::-1], interpolation=cv2.INTER_AREA)
        values = np.take(small.ravel(), self._places).astype(np.int32)
        return Signature(np.packbits(4 * values[0] > values[1:].sum(axis=0)), frame.t_s)

    def recalls(self, signature: Signature) -> bool:
        """Whether this picture, which differs from the frame before, was seen before."""
        numbers = self._nearest(signature)
        if not len(numbers):
            return False
        shares = self._shares(signature, numbers)
        same = self._is_same(signature, numbers, shares)
        old = self._times_s[numbers % len(self._signs)] < self._newest_s - _RECENT_S
        among = same if same.any() else old
        if not among.any():
            self._match, self._goes_on = None, False
            return False
        best = int(np.argmin(np.where(among, shares, 2.0)))
        self._goes_on = bool(same.any())
        likely = self._goes_on or self._is_near(shares[best : best + 1], self._last(signature), going_on=True)[0]
        self._match = int(numbers[best]) if likely else None
        self._before = self._count - 1
        if not likely:
            self._learn(float(shares[best]))
        return self._goes_on

    def _is_same(
        self, signature: Signature, numbers: NDArray[np.intp], shares: NDArray[np.float64]
    ) -> NDArray[np.bool_]:
        """Which of the pictures with these numbers this one is."""
        newest = numbers == self._count - 1
        # The newest one is what every frame is held against anyway; in a replay it comes again as others do.
        same = np.asarray((shares <= _EXACT) & (self._goes_on | ~newest), dtype=np.bool_)
        if self._usual is None or self._learned < _LEARN_FROM:
            return same
        old = self._times_s[numbers % len(self._signs)] < self._newest_s - _RECENT_S
        follows = np.zeros(len(numbers), bool)
        if self._match is not None:
            follows = (numbers >= self._match) & (numbers <= self._match + _STEP)
        if self._goes_on:
            same |= ~newest & self._is_near(shares, self._last(signature), going_on=True)
            again = newest & (self._match == self._count - 1)
            same |= follows & (shares < np.where(again, _NEWEST_AGAIN, _GOING_ON) * self._usual)
            return np.asarray(same, dtype=np.bool_)
        same |= old & self._is_near(shares, self._last(signature), going_on=False)
        if self._match is not None:
            # The one before was likely the first of a replay, and is the newest one now: it is no measure.
            before = float(self._shares(signature, np.array([self._before]))[0])
            same |= old & follows & self._is_near(shares, before, going_on=True)
        return np.asarray(same, dtype=np.bool_)

    def _is_near(self, shares: NDArray[np.float64], last: float, *, going_on: bool) -> NDArray[np.bool_]:
        usual = self._usual if self._usual is not None and self._learned >= _LEARN_FROM else 0.0
        nearer, than_last = (_GOING_ON, _GOING_ON_THAN_LAST) if going_on else (_NEARER, _NEARER_THAN_LAST)
        return np.asarray((shares < nearer * usual) & (shares < than_last * last))

    def _last(self, signature: Signature) -> float:
        """Share that differs from the newest picture."""
        return float(self._shares(signature, np.array([self._count - 1]))[0])

    @property
    def _newest_s(self) -> float:
        return float(self._times_s[(self._count - 1) % len(self._signs)])

    def keep(self, signature: Signature) -> None:
        """Take a new picture in."""
        room = len(self._signs)
        if self._count == room < self._most:
            more = min(room, self._most - room)
            self._signs = np.vstack([self._signs, np.zeros((more, _BITS // 8), np.uint8)])
            self._quick = np.vstack([self._quick, np.zeros((more, _QUICK_BYTES), np.uint8)])
            self._times_s = np.append(self._times_s, np.zeros(more))
        row = self._count % len(self._signs)
        self._signs[row], self._quick[row] = signature.signs, signature.signs[:_QUICK_BYTES]
        self._times_s[row] = signature.t_s
        self._count += 1

    def _begin(self, half: tuple[int, int]) -> None:
        """Pictures of another size are other pictures."""
        rows, cols = half
        inset = max(_REACH, round(_RIM * min(half)))
        across, down = _SECTORS
        high, wide = (rows - 2 * inset) // down, (cols - 2 * inset) // across
        chosen_at = []
        for sector in range(across * down):
            left, top = inset + sector % across * wide, inset + sector // across * high
            chosen = np.resize(np.random.default_rng(sector).permutation(high * wide), _BITS // (across * down))
            chosen_at.append((top + chosen // wide) * cols + left + chosen % wide)
        # Byte by byte from one sector after the other: a first part of the signs holds all of them.
        at = np.stack(chosen_at).reshape(across * down, -1, 8).transpose(1, 0, 2).ravel()
        beside = np.array([0, -_REACH, _REACH, -_REACH * cols, _REACH * cols])
        self._places = np.asarray(beside[:, None] + at, dtype=np.intp)
        self._shape = half
        self._count = self._learned = 0
        self._usual = self._match = None
        self._goes_on = False

    def _nearest(self, signature: Signature) -> NDArray[np.intp]:
        """Numbers of the pictures that come into question."""
        known = len(self)
        first = self._count - known
        if known <= _CANDIDATES:
            return np.arange(first, self._count)
        _, nearest = cv2.batchDistance(
            signature.signs[None, :_QUICK_BYTES],
            self._quick[:known],
            cv2.CV_32S,
            normType=cv2.NORM_HAMMING,
            K=_CANDIDATES,
        )
        rows = np.asarray(nearest, dtype=np.intp)[0]
        numbers = np.asarray(first + (rows - first) % len(self._signs), dtype=np.intp)
        if self._match is None:
            return numbers
        return np.concatenate([numbers, np.arange(self._match, min(self._match + _STEP + 1, self._count))])

    def _shares(self, signature: Signature, numbers: NDArray[np.intp]) -> NDArray[np.float64]:
        """Share of the signs that differ from those of the pictures with these numbers, where most of them do.

        A picture that is the same as another in a part alone (smoothed by a codec, hidden, torn) is another one.
        """
        differ = np.bitwise_count(self._signs[numbers % len(self._signs)] ^ signature.signs)
        sectors = _SECTORS[0] * _SECTORS[1]
        each = differ.reshape(len(numbers), -1, sectors).sum(axis=1, dtype=np.int64) / (_BITS // sectors)
        return np.asarray(np.sort(each, axis=1)[:, sectors // 2 :].mean(axis=1), dtype=np.float64)

    def _learn(self, share: float) -> None:
        self._learned += 1
        if self._usual is None:
            self._usual = share
        step = max(_DOWN, 1.0 / self._learned) if share < self._usual else _UP
        self._usual += step * (share - self._usual)
