"""Whether an X-ray picture was seen before in this session: its grain is held against that of all pictures so far.

A console plays its last seconds again once the pedal is lifted. Quantum noise never comes twice, so a picture with the
grain of an earlier one is that one, however long ago. Of each new picture a signature is kept: the signs of its grain
at places spread over it. Signs of two pictures of one scene differ at 0.25 to 0.45 of the places, those of a picture
shown twice at none, and behind a lossy codec at up to 0.2; how far new pictures differ is learned from the session.

Two quiet pictures of fine bone agree in what the bone decides: the less grain, the nearer. So like is held against
like alone, of one size of picture and by the grain's own: what is usual at one dose is no measure at another. And
only places count where a sign can differ: behind the blades, in black and in white all pictures agree.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from assistant.steps.liveness.seen_room import QUICK_BYTES, SIGN_BYTES, SeenRoom
from assistant.vocabulary import Frame

_BITS: Final = 8 * SIGN_BYTES
_SECTORS: Final = (2, 4)
_QUICK_FROM: Final = 4096
"""From so many pictures on, they are held against a first 256 signs, and the nearest ones alone against all 2048."""
_CANDIDATES: Final = 32
_REACH: Final = 2
"""A place is held against the mean of its neighbours so many of its own widths (2 px) away."""
_RIM: Final = 0.12
"""Left out at each edge of the picture, share of it: the console's words stand there."""
_DARK, _BURNT = 6, 250
"""Grey (of 255) below and above which there is no grain."""
_LEAST_PLACES: Final = 512
_LEAST_OF_SECTOR: Final = 64
"""Places of two pictures whose signs can differ; of fewer nothing is said [P]."""
_LIKE: Final = 1.3
_WHOLE_GREY: Final = 0.5
"""Pictures of one dose: their grain differs by this factor at most, beyond what rounding to whole greys may make of it
[P]."""
MOST_PICTURES: Final = 65_536
"""X-ray time of more than an hour at 15 pictures/s; beyond it the oldest are forgotten [P]."""
_BEGINS: Final = (0.45, 0.45)
_AGAIN: Final = (0.7, 0.65)
_GOES_ON: Final = (0.8, 0.75)
"""A picture is an earlier one where it lies nearer to that, by these shares, than new pictures of its dose usually do
to any and than to the newest one of them: with a filter or a codec new ones are like those just before. The first pair
is for one picture alone: of quiet pictures that move, two may come to the same place and be nearer than usual. The
second holds in a replay, for one that begins again; the third in the order of then, and two in a row that lie so near
begin a replay too [P]."""
_SPREADS: Final = 5.0
"""And by so many standard deviations of a share of as many places: thousands of pictures are held against it [P]."""
_NEWEST_AGAIN: Final = 0.25
"""In a replay that has come to the newest picture: what follows may be a new one that shares the filter with it [P]."""
_EXACT, _EXACT_UNKNOWN = 0.02, 0.005
"""Shown again as it was but for a cable's noise; the second while it is not known what is usual: a strong filter and
little grain leave new pictures that differ by no more than 0.02 [P]."""
_RECENT_S: Final = 0.5
"""Pictures so near in film share grain by the console's filter and the codec: unless they are the same to the bit, none
of them begins a replay [P]."""
_LEARN_FROM: Final = 3
_RECENT: Final = 4096
_NEAREST: Final = 0.05
"""What is usual: so near, or nearer, lay this share of the newest pictures of the same dose to the nearest of all older
ones. The nearest pairs are those that breathing brings to the same place [P]."""
_STEP: Final = 4
"""The next picture of a replay is one of so many after the last one that was recognised."""
_MOST_JUMPS: Final = 3
"""A replay runs in the order of then, and begins again at times. One that jumps about so often, each picture in its
order taking one jump back, is none: its pictures are new, and kept [P]."""

Bytes = NDArray[np.uint8]
Numbers = NDArray[np.intp]
Bool = NDArray[np.bool_]


@dataclass(frozen=True, slots=True, eq=False)
class Signature:
    """Signs of a picture's grain, packed."""

    signs: Bytes
    counts: Bytes
    """The places where a sign can differ, packed."""
    grain: float
    """How large the grain is, grey of 255."""
    half: tuple[int, int]
    """Half of the picture's rows and columns: the places are those of this size."""
    t_s: float


@dataclass(frozen=True, slots=True, eq=False)
class _Near:
    """Earlier pictures of one dose that a picture lies near to."""

    numbers: Numbers
    shares: NDArray[np.float64]
    """Of the signs that differ; nan where too few can."""
    places: NDArray[np.float64]
    """So many signs a share is of."""
    newest: int
    """Number of the newest picture of this dose."""
    last: float
    """Share to that."""
    usual: float | None
    """Share to the nearest older one that new pictures of this dose usually have; None: not known yet."""

    def nearer(self, times: float) -> NDArray[np.float64]:
        """The share, for each, below which a picture lies nearer than usual by so many times."""
        if self.usual is None:
            return np.zeros(len(self.shares))
        spread = np.sqrt(self.usual * (1.0 - self.usual) / np.maximum(self.places, 1.0))
        return np.minimum(times * self.usual, self.usual - _SPREADS * spread)

    def is_near(self, how: tuple[float, float], last: float) -> Bool:
        """Which are nearer than usual, and than the last one, by these shares."""
        times, than_last = how
        return np.asarray((self.shares < self.nearer(times)) & (self.shares < than_last * last), dtype=np.bool_)

    @property
    def is_exact(self) -> Bool:
        """Which are the same, but for what a cable adds."""
        if self.usual is None:
            return np.asarray(self.shares <= _EXACT_UNKNOWN, dtype=np.bool_)
        # Of quiet pictures of one place any two may be as near.
        return np.asarray(self.shares <= np.clip(self.nearer(_AGAIN[0]), 0.0, _EXACT), dtype=np.bool_)


class SeenPictures:
    """The X-ray pictures of a session, by their grain.

    Parameters
    ----------
    most : int
        So many are kept, then the oldest is forgotten for each new one; 0: none, for a source that shows the same
        pictures again by intention.
    room : SeenRoom or None
        Where they are kept, and what it holds already; None: in memory of its own.

    Notes
    -----
    A picture costs one look at all signatures (1.1 ms at 65 536 of them on a busy machine) and 550 bytes.
    """

    def __init__(self, most: int = MOST_PICTURES, room: SeenRoom | None = None) -> None:
        self._room = SeenRoom.own(most) if room is None else room
        self._most = self._room.most
        self._shape: tuple[int, int] | None = None
        self._places: Numbers | None = None
        self._resumes = self._kept > 0
        """What is kept was shown to a process before this one: its newest picture may be on the screen still."""
        self._at_no_picture()

    @property
    def _kept(self) -> int:
        """Pictures kept since the beginning; number n stands in row n modulo the room."""
        return int(self._room.head[0])

    @_kept.setter
    def _kept(self, count: int) -> None:
        self._room.head[0] = count

    def _at_no_picture(self) -> None:
        self._match: int | None = None
        """The picture that the last one looked at is nearest to, if nearer than usual."""
        self._before = 0
        """The newest picture of its dose then."""
        self._goes_on = False
        self._jumps = 0
        self._share = float("nan")
        """Of the last one looked at, to the nearest older one."""
        self._doubted: float | None = None
        """The same of the one before, if that may have been the first of a replay; it is the newest one now."""

    def __len__(self) -> int:
        return min(self._kept, self._most)

    @property
    def newest_s(self) -> float | None:
        """When the newest picture came; None where none is known."""
        return float(self._room.times_s[(self._kept - 1) % len(self._room)]) if self._kept else None

    @property
    def at_newest(self) -> bool:
        """Whether the picture that was recognised last is the newest one."""
        return self._match == self._kept - 1

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
        beyond = 4 * values[0] - values[1:].sum(axis=0)
        grey_of_255 = 255.0 / frame.white
        lit = (values.min(axis=0) * grey_of_255 > _DARK) & (values.max(axis=0) * grey_of_255 < _BURNT)
        counts = lit & (beyond != 0)
        # What four neighbouring px differ by, crosswise: of bone hardly anything is left in it. The largest are edges.
        y, x = np.divmod(self._places[0][counts], half[1])
        px = frame.grey[2 * y + np.array([[0], [0], [1], [1]]), 2 * x + np.array([[0], [1], [0], [1]])].astype(np.int32)
        across = np.sort(np.abs(px[0] - px[1] - px[2] + px[3]))[: max(1, 3 * px.shape[1] // 4)]
        grain = float(across.mean()) * grey_of_255 if len(across) else 0.0
        return Signature(np.packbits((beyond > 0) & counts), np.packbits(counts), grain, half, frame.t_s)

    def recalls(self, signature: Signature, *, in_doubt: bool = False) -> bool:
        """Whether this picture, which differs from the frame before, was seen before.

        Parameters
        ----------
        signature : Signature
        in_doubt : bool
            It cannot be told from the frame before whether it is a new one.
        """
        # What was found to stand at the newest picture stands there still, until a frame is told to be new.
        self._resumes |= in_doubt and self._goes_on and self.at_newest
        near = self._near(signature)
        matches = None if near is None else self._matches(signature, near)
        self._resumes = False
        if near is None or matches is None:
            self._match, self._goes_on, self._share = None, False, float("nan")
            self._settle(is_replay=False)
            return False
        same, old = matches
        among = same if same.any() else old
        best = int(np.argmin(np.where(among, near.shares, 2.0)))
        number, share = int(near.numbers[best]), float(near.shares[best])
        self._goes_on = bool(same.any()) and (bool(near.is_exact[best]) or not self._jumps_about(number))
        likely = self._goes_on or (not same.any() and bool(near.is_near(_GOES_ON, near.last)[best]))
        self._settle(is_replay=self._goes_on)
        self._match, self._before = number if likely else None, near.newest
        self._share = float("nan") if likely else share
        self._doubted = share if likely and not self._goes_on else None
        return self._goes_on

    def _matches(self, signature: Signature, near: _Near) -> tuple[Bool, Bool] | None:
        """Which pictures this one is, and which are old; None where there is neither."""
        old = self._is_old(near.numbers) & ~np.isnan(near.shares)
        same = self._is_same(signature, near, old)
        return (same, old) if same.any() or old.any() else None

    def _is_same(self, signature: Signature, near: _Near, old: Bool) -> Bool:
        newest = near.numbers == self._kept - 1
        # The newest one is what every frame is held against anyway, where there was a frame before; in a replay it
        # comes again as others do.
        same = near.is_exact & (self._goes_on | self._resumes | ~newest)
        if near.usual is None:
            return np.asarray(same, dtype=np.bool_)
        if self._resumes and not self._is_recent(signature):
            same |= newest & (near.shares < near.nearer(_GOES_ON[0]))
        follows = np.zeros(len(near.numbers), bool)
        if self._match is not None:
            follows = (near.numbers >= self._match) & (near.numbers <= self._match + _STEP)
        if self._goes_on:
            again = newest & (self._match == self._kept - 1)
            same |= ~newest & near.is_near(_AGAIN, near.last)
            same |= follows & (near.shares < np.where(again, _NEWEST_AGAIN * near.usual, near.nearer(_GOES_ON[0])))
            return np.asarray(same, dtype=np.bool_)
        same |= old & near.is_near(_BEGINS, near.last)
        if self._match is not None:
            # The one before was likely the first of a replay, and is the newest one now: it is no measure.
            before = float(self._shares(signature, np.array([self._before]))[0][0])
            same |= old & follows & near.is_near(_GOES_ON, before)
        return np.asarray(same, dtype=np.bool_)

    def _is_recent(self, signature: Signature) -> bool:
        """Whether the newest picture is so near in time that a console's filter makes the next one alike."""
        return self.newest_s is not None and signature.t_s - self.newest_s <= _RECENT_S

    def _jumps_about(self, number: int) -> bool:
        """Whether a replay, of which this picture is the next, has jumped about too often."""
        in_order = self._match is None or self._match <= number <= self._match + _STEP
        self._jumps = max(0, self._jumps - 1) if in_order else self._jumps + 1
        if self._jumps <= _MOST_JUMPS:
            return False
        self._jumps = 0
        return True

    def _settle(self, *, is_replay: bool) -> None:
        """What may have been the first of a replay is taken out again if it was, and learned from if it was none."""
        if self._doubted is not None and self._kept:
            row = (self._kept - 1) % len(self._room)
            self._room.nearest_shares[row] = self._doubted
            if is_replay:
                self._kept -= 1
                self._room.grains[row] = np.inf  # like none, should the row still count as the oldest one's
        self._doubted = None

    def _is_old(self, numbers: Numbers) -> Bool:
        rows = len(self._room)
        newest_s = self._room.times_s[(self._kept - 1) % rows]
        return np.asarray(self._room.times_s[numbers % rows] < newest_s - _RECENT_S, dtype=np.bool_)

    def keep(self, signature: Signature) -> None:
        """Take a new picture in."""
        room = self._room
        if self._kept == len(room) < self._most:
            room.widen()
        row = self._kept % len(room)
        room.signs[row], room.counts[row] = signature.signs, signature.counts
        room.quick[row], room.sizes[row] = signature.signs[:QUICK_BYTES], signature.half
        room.times_s[row], room.grains[row] = signature.t_s, signature.grain
        room.nearest_shares[row], self._share = self._share, float("nan")
        self._kept += 1  # last: a process that ends before has kept nothing

    def _begin(self, half: tuple[int, int]) -> None:
        """Pictures of this size come from now on; those of others stay known, and are held against none of these."""
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
        self._at_no_picture()

    def _near(self, signature: Signature) -> _Near | None:
        """Those of this one's size and dose that come into question; None where there is none, or it has no grain."""
        known, room = len(self), len(self._room)
        if int(np.bitwise_count(signature.counts).sum()) < _LEAST_PLACES or not known:
            return None
        apart = (self._room.grains[:known] + _WHOLE_GREY) / (signature.grain + _WHOLE_GREY)
        high, wide = self._room.sizes[:known].T
        of_size = (high == signature.half[0]) & (wide == signature.half[1])
        rows = np.flatnonzero(of_size & (apart < _LIKE) & (apart > 1.0 / _LIKE))
        if not len(rows):
            return None
        first = self._kept - known
        numbers = np.asarray(first + (rows - first) % room, dtype=np.intp)
        newest = int(numbers.max())
        recent = self._room.nearest_shares[rows[numbers >= self._kept - _RECENT]]
        recent = recent[~np.isnan(recent)]
        usual = None
        if len(recent) >= _LEARN_FROM:
            usual = float(np.partition(recent, int(_NEAREST * len(recent)))[int(_NEAREST * len(recent))])
        numbers = numbers[self._nearest(signature, rows)]
        if self._match is not None:
            follow = np.arange(self._match, min(self._match + _STEP + 1, self._kept))
            numbers = np.concatenate([numbers, follow[of_size[follow % room]]])
        shares, places = self._shares(signature, np.append(numbers, newest))
        return _Near(numbers, shares[:-1], places[:-1], newest, float(shares[-1]), usual)

    def _nearest(self, signature: Signature, rows: Numbers) -> Numbers:
        """Which of the rows come into question."""
        if len(rows) <= _CANDIDATES:
            return np.arange(len(rows))
        quick = len(rows) > _QUICK_FROM
        held = np.take(self._room.quick if quick else self._room.signs, rows, axis=0)
        mine = signature.signs[None, : held.shape[1]]
        _, nearest = cv2.batchDistance(mine, held, cv2.CV_32S, normType=cv2.NORM_HAMMING, K=_CANDIDATES)
        return np.asarray(nearest[0], dtype=np.intp)

    def _shares(self, signature: Signature, numbers: Numbers) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Share of the signs that differ from those of the pictures with these numbers, where most of them do.

        A picture that is the same as another in a part alone (smoothed by a codec, hidden, torn) is another one. And of
        how many signs; nan where too few can differ.
        """
        rows, sectors = numbers % len(self._room), _SECTORS[0] * _SECTORS[1]
        both = self._room.counts[rows] & signature.counts
        differ = (self._room.signs[rows] ^ signature.signs) & both
        count, unlike = (
            np.bitwise_count(each).reshape(len(numbers), -1, sectors).sum(axis=1, dtype=np.int64)
            for each in (both, differ)
        )
        enough = (count >= _LEAST_OF_SECTOR) & (count.sum(axis=1) >= _LEAST_PLACES)[:, None]
        each = np.sort(np.where(enough, unlike / np.maximum(count, 1), -1.0), axis=1)
        # The half of the sectors that differ most; those without enough places stand first and are left out.
        used = np.maximum((enough.sum(axis=1) + 1) // 2, 1)
        taken = np.arange(sectors) >= sectors - used[:, None]
        shares = np.where(enough.any(axis=1), (each * taken).sum(axis=1) / used, np.nan)
        return shares, count.sum(axis=1) * used / np.maximum(enough.sum(axis=1), 1)
