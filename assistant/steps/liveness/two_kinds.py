"""Two kinds of changes from one frame to the next: what the line adds to a held picture, and what a new picture brings.

Both are distributions (of the logarithm of a change), estimated from the last changes of each kind: single shots come
minutes apart, and are remembered all the same. Which kind a change is of is the likelier one. What each must look like
is known beforehand, and decides which is which where only one has been seen:

- the line's noise is as large over two frames as over one, and less than the grain it lies on,
- pictures behind a filter differ the more the farther they are apart; without one they differ by all of their grain,
- a new picture stays: the frame after it differs as much from what came before.

Where that is not enough (what a new picture usually brings lies within the line's errors, or the line is not known yet)
the answer is that it cannot be told: nothing is guessed.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np

from assistant.imaging.robust_statistics import middle
from assistant.steps.liveness.learned_kinds import (
    ALL_NEW,
    CREEP_SHARE,
    FEW,
    KEPT,
    LEAST_CREEP,
    LEAST_NEW,
    LEAST_SPREAD,
    MANY,
    MOST,
    NOTHING,
    SHARE,
    SOME,
    SOON,
    START,
    SURE,
    Change,
    LearnedKinds,
    Numbers,
    lower_spread,
    upper_spread,
)

_TOLD_APART: Final = 2.0
"""Kinds nearer than so many spreads of both are not told apart: one frame in forty would be called wrongly [P]."""
_ERRORS, _LEAST_LINE, _LEAST_NEW_TAIL = 3.0, 0.1, 0.3
"""Changes of a kind lie within so many of its spreads: a hold has hundreds of frames for each new picture [P]."""
_SAME_ERRORS: Final = 1.5
"""The mean of many frames is the line's own within so many errors of one [P]."""
_STAYS_ALONE: Final = 0.15
"""Where no line is known yet: a picture that stays differs over two frames by so much more power than over one, a
line's noise by up to 0.1 [P]."""


class TwoKinds(LearnedKinds):
    """The changes of a run so far, told apart."""

    @property
    def new_brings(self) -> float:
        """Share that a new picture usually brings."""
        return float(np.exp(middle(self._new[:, SHARE]))) if len(self._new) >= SOME else 0.4

    @property
    def least_creep(self) -> float:
        """Share by which a frame differs from the last new picture if it is another: most of the way to the limit."""
        least = LEAST_CREEP * self.new_brings
        if len(self._held) < FEW or not len(self._new):
            return least
        usual, limit = middle(self._held[:, SHARE]), np.log(self.limit)
        return max(least, float(np.exp(usual + CREEP_SHARE * (limit - usual))))

    @property
    def asks_for_more(self) -> bool:
        """Whether the next change is to be known over two frames, and in the fine grain, as well."""
        return self._last_is_new or min(len(self._held), len(self._new)) < 2 * SOME

    def tell(self, change: Change) -> bool | None:
        """Whether a change is a new picture's; None: that cannot be told. It is learned from first."""
        last_scale, self._scale = self._scale, float(np.log(max(change.grain_grey, 1e-3)))
        # At another grain the same change in grey is another share.
        last_share = NOTHING if self._last is None else self._last[1] * float(np.exp(last_scale - self._scale))
        likelier = self._learn(change)
        if change.share <= NOTHING:
            return False
        one = np.log(change.share) + np.array([self._scale, 0.0])
        held, new = self._held[:, : SHARE + 1], self._new[:, : SHARE + 1]
        if len(held) < FEW:
            return True if likelier and self._is_new_alone(change, last_share) else None
        if len(new) >= FEW:
            return self._told(one, soon=change.soon)
        above_line = _above_line(one, held)
        line_is_known = self._limits is not None and (len(held) >= SOME or self._same > 0)
        if not _would_show(held[:, SHARE], START):
            return None
        is_plain = likelier is (above_line > _ERRORS) or len(held) >= KEPT // 2
        answer = likelier if line_is_known and is_plain else None
        return None if answer is False and change.soon and self.hides else answer

    def _told(self, one: Numbers, *, soon: bool) -> bool | None:
        """Where both kinds are known."""
        held, new = self._held[:, : SHARE + 1], self._new[:, : SHARE + 1]
        apart = _spreads_apart(held, new)
        if self._beyond_line is not None or not self._kinds_are_apart or max(apart) < _TOLD_APART:
            return None
        steadier = [int(np.argmax(apart))]  # in grey, or as a share of the grain: whichever parts them more
        is_above = _above_line(one[steadier], held[:, steadier]) > _ERRORS
        is_below = _below_new(one[steadier], new[:, steadier]) > _ERRORS
        if is_above and is_below:  # of neither kind: a key frame of a codec, or more than a new picture has brought yet
            answer = None if self._is_beyond(one) else False
        else:
            answer = is_above if is_above is not is_below else None
        return None if answer is False and soon and self.hides else answer

    @property
    def last_change(self) -> Numbers:
        """Logarithms of the last change, in grey and as a share of the grain."""
        return np.array([0.0 if self._last is None else np.log(self._last[1]) + self._scale] * 2) - [0.0, self._scale]

    def told_again(self, change: Numbers) -> bool | None:
        """What an earlier change (`last_change`) was, by what is known now."""
        held, new = self._held[:, : SHARE + 1], self._new[:, : SHARE + 1]
        if min(len(held), len(new)) < MANY or min(_spreads_apart(held, new)) < _TOLD_APART:
            return None
        return self._told(change, soon=False)

    @property
    def hides(self) -> bool:
        """Whether a picture that comes while the beam is on, and brings little, would not show beyond the line.

        What such pictures bring is known once some have come; until then the least that a filter lets through.
        """
        if len(self._held) < FEW or int(np.count_nonzero(self._new[:, SOON])) >= FEW:
            return False
        return not _would_show(self._held[:, SHARE], LEAST_NEW)

    def is_line(self, shares: Sequence[float], grain_grey: float) -> bool:
        """Whether what some frames differ by from an earlier one is, on the whole, the line's own.

        Parameters
        ----------
        shares : sequence of float
            Not empty.
        grain_grey : float
            Of 255.
        """
        one = np.log(max(middle(np.array(shares)), NOTHING)) + np.array([np.log(max(grain_grey, 1e-3)), 0.0])
        return len(self._held) >= FEW and _most_above_line(one, self._held[:, : SHARE + 1]) < _SAME_ERRORS

    def is_more_than_line(self, share: float) -> bool:
        """Whether a frame differs from an earlier one by more than the line and its errors."""
        one = np.log(max(share, NOTHING)) + np.array([self._scale, 0.0])
        return len(self._held) >= FEW and _above_line(one, self._held[:, : SHARE + 1]) > _ERRORS

    def _is_new_alone(self, change: Change, last_share: float) -> bool:
        """Whether one change is a new picture's by what it shows itself, while what the line adds is not known."""
        if self._same >= FEW // 2:
            return change.share > SURE
        if change.fine > ALL_NEW:
            return True
        larger = min(max(change.share, last_share, NOTHING), MOST)
        return min(change.over_two, MOST) ** 2 > (1.0 + _STAYS_ALONE) * larger**2


def _would_show(line: Numbers, brings: float) -> bool:
    """Whether a picture that brings so much would be more than the line and its errors."""
    usual = float(np.exp(middle(line)))
    return float(np.hypot(usual, brings)) > usual * float(np.exp(max(_ERRORS * upper_spread(line), _LEAST_LINE)))


def _above_line(one: Numbers, held: Numbers) -> float:
    """By how many of its errors a change is more than the line's: noise is so many greys, what jitters a share."""
    return min(
        float(x - middle(k)) / max(upper_spread(k), _LEAST_LINE / _ERRORS) for x, k in zip(one, held.T, strict=True)
    )


def _most_above_line(one: Numbers, held: Numbers) -> float:
    """The same, in grey or as a share of the grain, whichever is more: what is held is the line's in both."""
    return max(
        float(x - middle(k)) / max(upper_spread(k), _LEAST_LINE / _ERRORS) for x, k in zip(one, held.T, strict=True)
    )


def _below_new(one: Numbers, new: Numbers) -> float:
    """By how many of its errors a change is less than what a new picture brings, in grey or as a share."""
    return max(
        float(middle(k) - x) / max(lower_spread(k), _LEAST_NEW_TAIL / _ERRORS) for x, k in zip(one, new.T, strict=True)
    )


def _spreads_apart(held: Numbers, new: Numbers) -> list[float]:
    """How many spreads of both lie between two kinds, column by column."""
    return [
        float(middle(other) - middle(one))
        / (max(upper_spread(one), LEAST_SPREAD) + max(lower_spread(other), LEAST_SPREAD))
        for one, other in zip(held.T, new.T, strict=True)
    ]
