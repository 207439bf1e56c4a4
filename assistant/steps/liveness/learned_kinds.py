"""What the changes from one frame to the next say of two kinds: what the line adds, what a new picture brings.

How they are used to tell one from the other: `two_kinds.py`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from assistant.imaging.robust_statistics import middle

Numbers = NDArray[np.float64]
KEPT: Final = 64
"""Changes of each kind that are remembered."""
NOTHING, MOST = 0.03, 1.2
"""Changes are shares of what new grain alone makes. Below the first one is as good as none; beyond the second it is
motion or light, whatever its size, and no measure of what a new picture brings [P]."""
START: Final = 0.30
"""While nothing is known of a run: the limit between the two kinds [P]."""
SURE: Final = 0.15
"""While only held pictures are known no less than this is a new one; behind a codec they change by up to 0.12 [P]."""
LEAST_NEW: Final = 0.12
"""New pictures behind a codec or a filter bring more than this on the whole (0.07 to 0.46 at 300 kbit/s) [P]."""
ALL_NEW: Final = 0.94
_LEAST_GROWING: Final = 0.07
"""Changes of about the whole fine grain, or power that grows over two frames, are of new pictures. A codec that
polishes a held picture grows too, by less [P]."""
_LEAST_UNSURE, _BEYOND, _STEADY, _LEAST_GROWTH = 0.03, 3.0, 0.12, 0.05
"""Power over two frames is known to so much of itself at best; a change is beyond the line by so many times that."""
_KEY_FRAME, LEAST_CREEP = 0.30, 0.25
"""Shares of what a new picture brings: a key frame in a held picture brings up to 0.26 of it at once, a codec that
sharpens one bit by bit up to 0.2 [P]."""
FEW, SOME, MANY = 4, 6, 12
_LEAST_APART: Final = 1.3
_APART_SPREADS: Final = 1.6
_UNSURE: Final = 12.0
"""Two kinds are so far apart, and by so many spreads of both; by the more the fewer changes are known, unless the
pictures of the upper kind are known to stay [P]."""
LEAST_SPREAD, _LEAST_NEW_SPREAD, _WIDE_SPREAD = 0.05, 0.1, 0.3
_OUTSIDE, _STAYS_SHARE, CREEP_SHARE = 4.0, 0.75, 0.75
_STEP, _LEAST_STEP, _ALIKE = 1.15, 1.1, 1.5
SOON_S: Final = 1.5
"""After a new picture the beam may still be on: no C-arm pulses more slowly than once a second [P]."""
_TENTH: Final = 1.28
"""Standard deviations from the median to the tenth of a normal distribution."""
_CHANGE, SHARE, _FINE, _GROWTH, _STAYS, SOON, _NUMBER = range(7)
"""Columns: logarithms of the change in grey and as a share of the grain; the share of the fine grain; how its power
grows over two frames; how much the next frame differs from the one before (a logarithm); whether the beam may have
been on (1 or 0); its number. nan: not known."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """What has changed between a frame and the one before.

    Attributes
    ----------
    share : float
        Over what new grain alone makes: 1 for two pictures that share nothing.
    grain_grey : float
        Of the picture, of 255.
    over_two : float
        The same share to the frame before that; nan: not known.
    fine : float
        The same share for what neighbouring rows differ by, which bone hardly adds to; nan: not known.
    soon : bool
        The beam may be on: a new picture has come within `SOON_S`, behind a filter the next one brings little.
    """

    share: float
    grain_grey: float
    over_two: float = float("nan")
    fine: float = float("nan")
    soon: bool = False


class LearnedKinds:
    """What the changes of a run so far say of the two kinds."""

    def __init__(self) -> None:
        self._held = np.empty((0, 7))
        self._new = np.empty((0, 7))
        self._apart = (self._held, self._new, False)
        """Whether the changes of the two kinds are apart, and the changes that this was found of."""
        self._limits: tuple[float, float] | None = None
        self._count = self._same = 0
        self._line = np.empty((0, 2))
        self._still = np.empty((0, 2))
        """Power of the line in one frame (squared grey), and how power grows over two: of the last changes of all, and
        of those in which nothing but the line has changed."""
        self._unsure, self._grew = _LEAST_UNSURE, False
        self._last: tuple[float, float] | None = None
        """Number and share of the last change."""
        self._last_is_new = False
        self._scale = 0.0
        """Logarithm of the grain in the last change, of 255."""

    @property
    def limit(self) -> float:
        """Share from which on a change is a new picture's, at the grain of the last one."""
        if self._limits is None or self._last is None:
            return self._start
        return float(np.exp(max(self._limits[1], self._limits[0] - self._scale)))

    @property
    def _start(self) -> float:
        # A line that shows frames again to the bit adds nothing to a picture.
        return SURE if self._same >= FEW // 2 else START

    def _learn(self, change: Change) -> bool:
        """Take a change in; which kind is the likelier one."""
        one = np.log(max(change.share, NOTHING)) + np.array([self._scale, 0.0])
        share, over_two = (min(max(each, NOTHING), MOST) for each in (change.share, change.over_two))
        self._see_line(change)
        seems_new = self._is_beyond(one)
        self._count += 1
        kept = np.array(
            [[np.log(share) + self._scale, np.log(share), change.fine, np.nan, np.nan, change.soon, self._count]]
        )
        if self._last is not None and not np.isnan(change.over_two):
            number, last = self._last
            if share < last / _STEP:
                for kind in (self._held, self._new):
                    kind[kind[:, _NUMBER] == number, _STAYS] = np.log(over_two) + self._scale
            larger, smaller = max(share, last), min(share, last)
            if larger < _ALIKE * smaller and seems_new is self._last_is_new:
                kept[0, _GROWTH] = _growth(share, last, over_two)
        self._last = (self._count, share)
        if seems_new:
            self._new = np.vstack([self._new, kept])[-KEPT:]
        else:
            self._held = np.vstack([self._held, kept])[-KEPT:]
        self._part()
        if self._beyond_line is None:
            self._name()
        self._limits = self._both_limits()
        self._last_is_new = self._is_beyond(one)
        return self._last_is_new

    def _see_line(self, change: Change) -> None:
        """Measure what the line adds, whichever kind the changes are of."""
        # Its noise is another one in each frame: two changes in a row share that of the frame between them, which is
        # not in the change over both. So (one^2 + last^2 - both^2) / 2 is its power in that frame; a new picture stays
        # and falls out, but for what a filter takes from two new pictures in a row.
        if self._last is None or np.isnan(change.over_two):
            return
        one, last, both = (min(each, MOST) for each in (change.share, self._last[1], change.over_two))
        grows = _growth(one, last, both)
        measured = np.array([[(one**2 + last**2 - both**2) * change.grain_grey**2, grows]])
        self._line = np.vstack([self._line, measured])[-KEPT:]
        self._unsure = _unsure(self._line[:, 1])
        if grows < _BEYOND * self._unsure:
            self._still = np.vstack([self._still, measured])[-KEPT:]
        growth = self._line[:, 1]
        error = max(float(growth.std()), self._unsure) / np.sqrt(len(growth))
        # Where power never grows all frames are held, or all are new and none is filtered.
        if len(growth) >= SOME and growth.mean() > _OUTSIDE * error:
            self._grew = True

    @property
    def _kinds_are_apart(self) -> bool:
        """Whether the kinds are known well enough by themselves."""
        held, new = self._held, self._new
        if self._apart[0] is not held or self._apart[1] is not new:  # asked for several times a frame
            enough = min(len(held), len(new)) >= FEW
            self._apart = (held, new, enough and _are_apart(held[:, _CHANGE], new[:, _CHANGE]))
        return self._apart[2]

    @property
    def _beyond_line(self) -> float | None:
        """Logarithm of the change in grey that is more than a steady line; None where that cannot be told."""
        if not self._grew or self._unsure > _STEADY or self._kinds_are_apart:
            return None
        of = self._still if len(self._still) >= SOME else self._line
        power = middle(of[:, 0])
        # What moves differs over two frames by more than both changes together, and hides the line.
        return float(0.5 * np.log(power * (1.0 + _BEYOND * self._unsure))) if power > 0.0 else None

    def same(self) -> None:
        """The frame is the one before, to the bit."""
        self._last_is_new, self._same = False, self._same + 1
        if self._last is None:
            return
        for kind in (self._held, self._new):
            of_last = kind[:, _NUMBER] == self._last[0]
            kind[of_last, _STAYS] = kind[of_last, _CHANGE]
        self._count += 1
        self._last = (self._count, NOTHING)
        nothing = [np.log(NOTHING) + self._scale, np.log(NOTHING), np.nan, np.nan, np.nan, 0.0, self._count]
        self._held = np.vstack([self._held, [nothing]])[-KEPT:]

    def _is_beyond(self, one: Numbers) -> bool:
        line = self._beyond_line
        if line is not None:
            return bool(one[_CHANGE] > line and one[SHARE] > np.log(NOTHING))
        if self._limits is None:
            return bool(one[SHARE] > np.log(self._start))
        # Noise of the line is so many greys whatever the grain is, what jitters a share of it: a new picture is beyond
        # both.
        return bool(one[_CHANGE] > self._limits[0] and one[SHARE] > self._limits[1])

    def _part(self) -> None:
        """Part the changes anew where they fall into two kinds (Otsu's cut)."""
        # Otsu (1979, doi 10.1109/TSMC.1979.4310076): the largest variance between two classes, n1 n2 (m1 - m2)^2. For
        # all cuts at once by running sums.
        every = np.vstack([self._held, self._new])
        count = len(every)
        if count < 2 * FEW:
            return
        size = every[:, _CHANGE] + every[:, SHARE]
        every, values = every[np.argsort(size)], 0.5 * np.sort(size)
        below = np.arange(1, count)
        above, sums = count - below, np.cumsum(values)[:-1]
        between = below * above * (sums / below - (values.sum() - sums) / above) ** 2
        between[:2] = 0.0
        cut = int(np.argmax(between)) + 1
        low, high = values[:cut], values[cut:]
        spreads = max(upper_spread(low), LEAST_SPREAD) + max(lower_spread(high), LEAST_SPREAD)
        known = int(np.count_nonzero(~np.isnan(every[cut:, _STAYS]))) >= FEW and _stay(every[:cut], every[cut:])
        times = _APART_SPREADS if known else _APART_SPREADS * (1.0 + _UNSURE / count)
        least = max(np.log(_LEAST_APART), times * spreads)
        if middle(high) - middle(low) < least or self._would_lose(values[cut - 1]):
            return
        if _may_be_new(every[:cut], every[cut:]):
            self._held, self._new = _in_order(every[:cut]), _in_order(every[cut:])
        elif len(self._new) and not _may_be_new(every[:cut], self._new):
            self._held, self._new = _in_order(every), self._new[:0]

    def _would_lose(self, most: float) -> bool:
        """Whether pictures that are known to have stayed would be called held: the cut lies between new ones."""
        if not len(self._held) or not len(self._new):
            return False
        lost = self._new[0.5 * (self._new[:, _CHANGE] + self._new[:, SHARE]) <= most]
        return bool(len(lost)) and _stay(self._held, lost) is True

    def _name(self) -> None:
        """Say what a kind is that was taken for the other; two that are not apart are one."""
        if _only_varies(self._new):
            self._held, self._new = _in_order(np.vstack([self._held, self._new])), self._new[:0]
        both = len(self._held) and len(self._new) and len(self._held) + len(self._new) >= SOME
        if both and not any(_are_apart(self._held[:, each], self._new[:, each]) for each in (_CHANGE, SHARE)):
            self._new, self._held = _in_order(np.vstack([self._held, self._new])), self._held[:0]
        if len(self._held) >= FEW:
            grow = _grow(self._held) and middle(self._held[:, SHARE]) > np.log(_LEAST_GROWING)
            if grow or _are_whole(self._held):
                self._new, self._held = _in_order(np.vstack([self._held, self._new])), self._held[:0]
        one_kind = not len(self._held) and len(self._new) >= SOME
        if one_kind and not _grow(self._new) and not _are_whole(self._new):
            self._held, self._new = self._new, self._new[:0]

    def _both_limits(self) -> tuple[float, float] | None:
        if len(self._held) < FEW and len(self._new) < FEW:
            return None
        return self._limit(_CHANGE, self._scale), self._limit(SHARE, 0.0)

    def _limit(self, column: int, scale: float) -> float:
        """Where both kinds are as likely; beyond the one that is known where the other is not."""
        held, new = self._held[:, column], self._new[:, column]
        if len(held) < FEW:
            usual = middle(new)
            return float(min(usual - max(_OUTSIDE * lower_spread(new), 0.3), usual + np.log(0.6)))
        line, varies = middle(held), max(upper_spread(held), LEAST_SPREAD)
        if not len(new):
            if varies > _WIDE_SPREAD:
                return float(np.log(self._start) + scale)
            return float(max(line + max(_OUTSIDE * varies, 0.25), np.log(SURE) + scale))
        brings, spread = middle(new), max(lower_spread(new), _LEAST_NEW_SPREAD)
        apart = max(brings - line, 0.0)
        # Two normal distributions: as many of their own standard deviations from the one as from the other.
        share = float(np.clip(varies / (varies + spread), 0.25, 0.75))
        # Still pictures bring less than those that move: a key frame is held against the lower quarter of both.
        return float(max(line + share * apart, _quantile(new, 0.25) + np.log(_KEY_FRAME)))


def _quantile(values: Numbers, share: float) -> float:
    """As NumPy's, which costs a tenth of a millisecond for so few."""
    ordered, at = np.sort(values), share * (len(values) - 1)
    below = int(at)
    above = min(below + 1, len(values) - 1)
    return float(ordered[below] + (at - below) * (ordered[above] - ordered[below]))


def upper_spread(values: Numbers) -> float:
    """Standard deviation of a kind, from its upper side alone: what lies far below is sure."""
    return (_quantile(values, 0.9) - middle(values)) / _TENTH


def lower_spread(values: Numbers) -> float:
    """The same, from its lower side."""
    return (middle(values) - _quantile(values, 0.1)) / _TENTH


def _are_apart(held: Numbers, new: Numbers) -> bool:
    return bool(middle(new) - middle(held) > max(np.log(_LEAST_STEP), upper_spread(held) + lower_spread(new)))


def _in_order(changes: Numbers) -> Numbers:
    return np.asarray(changes[np.argsort(changes[:, _NUMBER])][-KEPT:], dtype=np.float64)


def _growth(one: float, last: float, both: float) -> float:
    """How much more power two changes have together than each: 0 for a line, up to 1 for pictures that stay."""
    each = 0.5 * (one**2 + last**2)
    return (both**2 - each) / max(each, NOTHING**2)


def _unsure(growth: Numbers) -> float:
    """How well growth is known: nothing makes it negative but chance."""
    below = growth[growth < 0.0]
    return max(float(np.sqrt(np.square(below).mean())), _LEAST_UNSURE) if len(below) else _LEAST_UNSURE


def _grow(changes: Numbers) -> bool:
    growth = changes[:, _GROWTH]
    growth = growth[~np.isnan(growth)]
    if len(growth) < FEW:
        return False
    error = max(float(growth.std()), _unsure(growth)) / np.sqrt(len(growth))
    return bool(middle(growth) - _OUTSIDE * error > _LEAST_GROWTH)


def _only_varies(new: Numbers) -> bool:
    """Whether a kind that was taken for new pictures one after the other is a line that varies: its power never grows.

    Pictures one after the other grow behind a filter, and bring all of their grain without one.
    """
    growth = new[:, _GROWTH]
    in_a_row = int(np.count_nonzero(~np.isnan(growth)))
    return in_a_row >= MANY and 2 * in_a_row > len(new) and not _grow(new) and not _are_whole(new)


def _are_whole(changes: Numbers) -> bool:
    """Whether all of the grain is another one."""
    fine = changes[:, _FINE]
    fine = fine[~np.isnan(fine)]
    return bool(len(fine) >= FEW and middle(fine) > ALL_NEW and middle(changes[:, SHARE]) > np.log(START))


def _stay(held: Numbers, new: Numbers) -> bool | None:
    """Whether the frames after them differ as much from what came before; None: not known."""
    stays = new[:, _STAYS]
    stays = stays[~np.isnan(stays)]
    if not len(stays):
        return None
    line, brings = middle(held[:, _CHANGE]), middle(new[:, _CHANGE])
    return bool(middle(stays) > line + _STAYS_SHARE * (brings - line))


def _may_be_new(held: Numbers, new: Numbers) -> bool:
    return middle(new[:, SHARE]) > np.log(LEAST_NEW) and _stay(held, new) is not False
