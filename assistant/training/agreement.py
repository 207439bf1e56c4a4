"""How well people agree, with how sure that figure is: Cohen's and Fleiss' kappa, Wilson's range for shares."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from assistant.language import sentence
from assistant.vocabulary import Unknown

_Z95: Final = 1.959963984540054


@dataclass(frozen=True, slots=True, kw_only=True)
class Agreement:
    """A kappa with its 95 % range and how many cases it rests on."""

    kappa: float
    low: float
    high: float
    cases: int

    @property
    def word(self) -> str:
        """The word of Landis and Koch, Biometrics 1977;33:159: a custom, no law of nature."""
        steps = ((0.0, "poor"), (0.2, "slight"), (0.4, "fair"), (0.6, "moderate"), (0.8, "substantial"))
        return next((word for limit, word in steps if self.kappa <= limit), sentence("almost perfect"))


def cohen(table: NDArray[Any]) -> Agreement | Unknown:
    """Cohen's kappa of two readers.

    Parameters
    ----------
    table : array (k, k)
        Cases by the first reader's answer (rows) and the second's (columns).

    Returns
    -------
    Agreement or Unknown
        The range by the standard error of Fleiss, Cohen, Everitt, Psychol Bull 1969;72:323 (Fleiss, Levin, Paik,
        Statistical Methods for Rates and Proportions, 3rd ed., eq. 18.13). Unknown where both gave one same answer
        to every case: then nothing is left to agree on beyond chance.
    """
    n = float(table.sum())
    if n < 2:
        return Unknown("fewer than two cases answered by both")
    p = table / n
    rows, cols = p.sum(axis=1), p.sum(axis=0)
    seen, chance = float(np.trace(p)), float(rows @ cols)
    if chance >= 1 - 1e-12:
        return Unknown("one same answer to every case")
    kappa = (seen - chance) / (1 - chance)
    both = rows[None, :] + cols[:, None]  # [i, j]: column share of i plus row share of j
    a = float((np.diag(p) * (1 - (rows + cols) * (1 - kappa)) ** 2).sum())
    off = p * both**2
    b = (1 - kappa) ** 2 * float(off.sum() - np.trace(off))
    c = (kappa - chance * (1 - kappa)) ** 2
    error = math.sqrt(max(a + b - c, 0.0)) / ((1 - chance) * math.sqrt(n))
    return _ranged(kappa, error, int(n))


def cohen_of(first: list[str], second: list[str], answers: tuple[str, ...]) -> Agreement | Unknown:
    """Cohen's kappa of two lists of answers to the same cases."""
    place = {answer: at for at, answer in enumerate(answers)}
    table = np.zeros((len(answers), len(answers)))
    for one, other in zip(first, second, strict=True):
        table[place[one], place[other]] += 1
    return cohen(table)


def fleiss(counts: NDArray[Any]) -> Agreement | Unknown:
    """Fleiss' kappa of several readers.

    Parameters
    ----------
    counts : array (cases, answers)
        How many readers gave each answer; the same number of readers for every case (Fleiss, Psychol Bull
        1971;76:378).

    Returns
    -------
    Agreement or Unknown
        The range by the jackknife over cases, which assumes no distribution.
    """
    cases = len(counts)
    readers = counts.sum(axis=1)
    if cases < 3 or readers.min() < 2 or (readers != readers[:1]).any():
        return Unknown("fewer than three cases answered by the same number of readers")
    kappa = _fleiss_value(counts)
    if kappa is None:
        return Unknown("one same answer to every case")
    left_out = [_fleiss_value(np.delete(counts, at, axis=0)) for at in range(cases)]
    if any(value is None for value in left_out):
        return Unknown("too few cases differ")
    pseudo = cases * kappa - (cases - 1) * np.array(left_out, dtype=np.float64)
    return _ranged(kappa, float(pseudo.std(ddof=1)) / math.sqrt(cases), cases)


def _fleiss_value(counts: NDArray[Any]) -> float | None:
    readers = float(counts[0].sum())
    share = counts.sum(axis=0) / counts.sum()
    chance = float((share**2).sum())
    if chance >= 1 - 1e-12:
        return None
    seen = ((counts**2).sum(axis=1) - readers) / (readers * (readers - 1))
    return (float(seen.mean()) - chance) / (1 - chance)


def _ranged(kappa: float, error: float, cases: int) -> Agreement:
    low, high = max(kappa - _Z95 * error, -1.0), min(kappa + _Z95 * error, 1.0)
    return Agreement(kappa=kappa, low=low, high=high, cases=cases)


def wilson(right: int, total: int) -> tuple[float, float]:
    """The 95 % range of a share (Wilson, J Am Stat Assoc 1927;22:209); 0 to 1 without a case."""
    if total == 0:
        return 0.0, 1.0
    p, z2 = right / total, _Z95**2
    middle = (p + z2 / (2 * total)) / (1 + z2 / total)
    half = _Z95 / (1 + z2 / total) * math.sqrt(p * (1 - p) / total + z2 / (4 * total**2))
    return max(middle - half, 0.0), min(middle + half, 1.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class CalibrationPoint:
    """One point of the calibration curve: said to be so sure, so often right."""

    said_percent: int
    right: int
    total: int


def calibration(answers: list[tuple[int, bool]]) -> tuple[CalibrationPoint, ...]:
    """How often answers of each degree of sureness were right."""
    levels = sorted({sure for sure, _ in answers})
    return tuple(
        CalibrationPoint(
            said_percent=sure,
            right=sum(right for each, right in answers if each == sure),
            total=sum(each == sure for each, _ in answers),
        )
        for sure in levels
    )


def brier(answers: list[tuple[int, bool]]) -> float | Unknown:
    """Mean squared difference between what was said and what was so (Brier, Mon Weather Rev 1950;78:1); 0 is best."""
    if not answers:
        return Unknown("no answer yet")
    return sum((sure / 100 - right) ** 2 for sure, right in answers) / len(answers)
