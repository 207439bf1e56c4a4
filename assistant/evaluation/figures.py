"""How a figure is worked out from the scores of many runs, whether it meets its goal, and its 95 % interval."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from scipy import stats

from assistant.evaluation.tally import RunScore, Samples

Reduce = Callable[[Sequence[RunScore]], float]
"""NaN where the runs say nothing about the figure."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """One row of the table.

    Attributes
    ----------
    key : str
        Stable name in ``evaluation.csv`` and ``.json``.
    section, label, unit : str
    reduce : callable
    digits : int
        After the point.
    goal : str
        What the figure should reach, in words; empty where there is no goal.
    main : bool
        Also shown by subgroup.
    counts : tuple of str
        The counts that a share is made of; empty for other figures.
    rate : bool
        The share is so many per minute (or other exposure), not so many of so many.
    apart : bool
        Of events apart from each other, a few a run at most: the exact interval of as many trials is told.
    """

    key: str
    section: str
    label: str
    unit: str
    reduce: Reduce
    digits: int = 2
    goal: str = ""
    main: bool = False
    counts: tuple[str, ...] = ()
    rate: bool = False
    apart: bool = False

    def met(self, value: float) -> bool | None:
        """Whether a value reaches the goal; None without a goal or a value."""
        if not self.goal or np.isnan(value):
            return None
        sign, _, number = self.goal.rpartition(" ")
        limit = float(number)
        if sign == "<=":
            return value <= limit
        if sign == ">=":
            return value >= limit
        return value > limit if sign == ">" else value == limit


def pooled(scores: Sequence[RunScore], keys: tuple[str, ...]) -> Samples:
    """All samples of these keys over all runs."""
    parts = [score.samples[key] for score in scores for key in keys if key in score.samples]
    return np.concatenate(parts) if parts else np.zeros(0)


def quantile_of(*keys: str, at: float, absolute: bool = True) -> Reduce:
    """Quantile of the pooled samples; one of them, not between two (infinite errors stay infinite)."""

    def reduce(scores: Sequence[RunScore]) -> float:
        samples = pooled(scores, keys)
        samples = np.abs(samples) if absolute else samples
        return float(np.quantile(samples, at, method="inverted_cdf")) if len(samples) else np.nan

    return reduce


def mean_of(*keys: str) -> Reduce:
    """Mean of the pooled samples."""

    def reduce(scores: Sequence[RunScore]) -> float:
        samples = pooled(scores, keys)
        return float(samples.mean()) if len(samples) else np.nan

    return reduce


def share_of(*keys: str) -> Reduce:
    """So many of so many."""

    def reduce(scores: Sequence[RunScore]) -> float:
        pairs = [score.counts[key] for score in scores for key in keys if key in score.counts]
        whole = sum(pair[1] for pair in pairs)
        return sum(pair[0] for pair in pairs) / whole if whole else np.nan

    return reduce


def share(
    key: str,
    section: str,
    label: str,
    *counts: str,
    goal: str = "",
    main: bool = False,
    rate: bool = False,
    apart: bool = False,
) -> Figure:
    """The figure of `share_of`."""
    return Figure(
        key=key,
        section=section,
        label=label,
        unit="",
        reduce=share_of(*counts),
        digits=3,
        goal=goal,
        main=main,
        counts=counts,
        rate=rate,
        apart=apart,
    )


def auc_of(positives: str, negatives: str) -> Reduce:
    """Area under the ROC curve: how often a positive's figure is the larger one."""

    def reduce(scores: Sequence[RunScore]) -> float:
        high, low = pooled(scores, (positives,)), pooled(scores, (negatives,))
        if not len(high) or not len(low):
            return np.nan
        return float(np.mean((high[:, None] > low) + 0.5 * (high[:, None] == low)))

    return reduce


def calibration_error_of(positives: str, negatives: str, bins: int = 10) -> Reduce:
    """Expected calibration error: mean gap between the stated and the true share, weighted by bin."""

    def reduce(scores: Sequence[RunScore]) -> float:
        high, low = pooled(scores, (positives,)), pooled(scores, (negatives,))
        stated = np.concatenate([high, low])
        if not len(stated):
            return np.nan
        true = np.concatenate([np.ones(len(high)), np.zeros(len(low))])
        at = np.minimum((stated * bins).astype(int), bins - 1)
        gaps = [
            (at == k).sum() * abs(stated[at == k].mean() - true[at == k].mean()) for k in range(bins) if (at == k).any()
        ]
        return float(sum(gaps) / len(stated))

    return reduce


def interval_of(
    figure: Figure, scores: Sequence[RunScore], *, resamples: int = 400, seed: int = 1
) -> tuple[float, float]:
    """95 % interval of a figure: bootstrap over runs (the frames of one run are alike).

    Where nothing (or everything) was counted, all draws agree and would claim certainty: a share then gets the exact
    interval of as many independent trials as there are runs that say something of it, a rate that of its exposure.
    NaN, NaN with fewer than 3 runs, or where the figure is not defined.
    """
    defined = [score for score in scores if not np.isnan(figure.reduce([score]))]
    if len(defined) < 3 and not (figure.apart and defined):
        return np.nan, np.nan
    if figure.counts and (exact := _exact(figure, defined)) is not None:
        return exact
    random = np.random.default_rng(seed)
    draws = random.integers(0, len(defined), size=(resamples, len(defined)))
    values = np.array([figure.reduce([defined[k] for k in draw]) for draw in draws])
    values = values[~np.isnan(values)]
    if not len(values):
        return np.nan, np.nan
    low, high = np.quantile(values, (0.025, 0.975), method="inverted_cdf")
    return float(low), float(high)


def _exact(figure: Figure, defined: Sequence[RunScore]) -> tuple[float, float] | None:
    """Clopper and Pearson's interval of 0 or n of n (Poisson's for a rate of 0); None for anything between.

    Of events `apart` from each other that of any count, with as many trials as there are of them.
    """
    pairs = [score.counts[key] for score in defined for key in figure.counts if key in score.counts]
    part, whole = sum(pair[0] for pair in pairs), sum(pair[1] for pair in pairs)
    if figure.apart:
        low = float(stats.beta.ppf(0.025, part, whole - part + 1.0)) if part > 0 else 0.0
        high = float(stats.beta.ppf(0.975, part + 1.0, whole - part)) if part < whole else 1.0
        return low, high
    if figure.rate:
        return (0.0, -float(np.log(0.025)) / whole) if part == 0 else None
    beyond = 1.0 - 0.025 ** (1.0 / len(defined))
    if part == 0:
        return 0.0, beyond
    return (1.0 - beyond, 1.0) if part == whole else None
