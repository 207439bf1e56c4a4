"""When a case comes back: the FSRS-6 scheduler with its published default weights.

Formulas and weights: open-spaced-repetition, "The Algorithm" (FSRS-6), from Ye, Su, Cao, KDD 2022, doi
10.1145/3534678.3539081. There are no learning steps within a day: the shortest interval is one day, and a miss of today
is asked again in the same sitting by the set itself.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final

AGAIN, HARD, GOOD, EASY = 1, 2, 3, 4
WEIGHTS: Final = (
    *(0.212, 1.2931, 2.3065, 8.2956, 6.4133, 0.8334, 3.0194, 0.001, 1.8722, 0.1666, 0.796),
    *(1.4835, 0.0614, 0.2629, 1.6483, 0.6014, 1.8729, 0.5425, 0.0912, 0.0658, 0.1542),
)
RETENTION: Final = 0.9
"""A case comes back when the chance that it is still answered rightly has fallen to this."""
_DECAY: Final = -WEIGHTS[20]
_FACTOR: Final = 0.9 ** (1 / _DECAY) - 1
_LEAST_STABILITY_DAYS: Final = 0.001
_LONGEST_DAYS: Final = 36_500


@dataclass(frozen=True, slots=True, kw_only=True)
class Memory:
    """What is assumed of a person's memory of one case.

    Attributes
    ----------
    stability_days : float
        After so many days the chance of a right answer has fallen to 0.9.
    difficulty : float
        1 (easy) to 10.
    """

    stability_days: float
    difficulty: float


def first_review(rating: int) -> Memory:
    """After the first answer, rated 1 again, 2 hard, 3 good, 4 easy."""
    return Memory(stability_days=max(WEIGHTS[rating - 1], _LEAST_STABILITY_DAYS), difficulty=_kept(_first(rating)))


def recall(memory: Memory, days: float) -> float:
    """The chance of a right answer after so many days."""
    return float((1 + _FACTOR * days / memory.stability_days) ** _DECAY)


def next_review(memory: Memory, rating: int, days: int) -> Memory:
    """After a later answer.

    Parameters
    ----------
    memory : Memory
    rating : int
    days : int
        Whole days since the answer before.
    """
    w, s, d = WEIGHTS, memory.stability_days, memory.difficulty
    if days < 1:
        grown = math.exp(w[17] * (rating - 3 + w[18])) * s ** -w[19]
        stability = s * (max(grown, 1.0) if rating >= GOOD else grown)
    elif rating == AGAIN:
        lapsed = w[11] * d ** -w[12] * ((s + 1) ** w[13] - 1) * math.exp(w[14] * (1 - recall(memory, days)))
        stability = min(lapsed, s / math.exp(w[17] * w[18]))
    else:
        factor = w[15] if rating == HARD else w[16] if rating == EASY else 1.0
        gain = math.exp(w[8]) * (11 - d) * s ** -w[9] * (math.exp(w[10] * (1 - recall(memory, days))) - 1)
        stability = s * (1 + gain * factor)
    moved = d - w[6] * (rating - 3) * (10 - d) / 9
    difficulty = _kept(w[7] * _first(EASY) + (1 - w[7]) * moved)
    return Memory(stability_days=max(stability, _LEAST_STABILITY_DAYS), difficulty=difficulty)


def interval_days(memory: Memory, retention: float = RETENTION) -> int:
    """Days until the case comes back, at least one."""
    days = memory.stability_days / _FACTOR * (retention ** (1 / _DECAY) - 1)
    return int(min(max(round(days), 1), _LONGEST_DAYS))


def _first(rating: int) -> float:
    return WEIGHTS[4] - math.exp(WEIGHTS[5] * (rating - 1)) + 1


def _kept(difficulty: float) -> float:
    return min(max(difficulty, 1.0), 10.0)
