"""The figures of the table: how each is worked out from the scores of many runs, its goal, its 95 % interval."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from assistant.evaluation.tally import RunScore, Samples

Reduce = Callable[[Sequence[RunScore]], float]
"""NaN where the runs say nothing about the figure."""

LEAK_SITES = ("posterior", "superior_disc", "inferior_disc", "anterior", "lateral")


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
    """

    key: str
    section: str
    label: str
    unit: str
    reduce: Reduce
    digits: int = 2
    goal: str = ""
    main: bool = False


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


def _distances() -> list[Figure]:
    figures = []
    groups = {
        "posterior_wall": ("posterior_wall",),
        "warning_line": ("warning_line",),
        "endplates": ("superior_endplate", "inferior_endplate"),
        "anterior_wall": ("anterior_wall",),
        "side_wall": ("side_wall",),
    }
    for group, lines in groups.items():
        goal = group in ("posterior_wall", "warning_line", "endplates")
        for against, title in (("visible", "visible"), ("path", "0.5 mm mask")):
            keys = tuple(f"distance.{line}.{against}" for line in lines)
            rows: list[tuple[str, str, Reduce, str]] = [
                ("median", "median error", quantile_of(*keys, at=0.5), "<= 0.25"),
                ("p95", "p95 error", quantile_of(*keys, at=0.95), "<= 0.8"),
                ("bias", "bias", mean_of(*keys), ""),
            ]
            figures += [
                Figure(
                    key=f"{group}.{name}.{against}",
                    section=group.replace("_", " "),
                    label=f"{label}, {title}",
                    unit="mm",
                    reduce=reduce,
                    goal=limit if goal and against == "visible" else "",
                    main=goal and against == "visible" and name != "bias",
                )
                for name, label, reduce, limit in rows
            ]
        figures.append(
            Figure(
                key=f"{group}.coverage",
                section=group.replace("_", " "),
                label="frames with a figure",
                unit="",
                reduce=share_of(*(f"coverage.{line}" for line in lines)),
                digits=3,
            )
        )
    return figures


def _masks() -> list[Figure]:
    def dice(key: str, label: str, against: str, at: float, goal: str = "") -> Figure:
        return Figure(
            key=f"dice.{key}.{against}",
            section="cement mask",
            label=f"Dice {label}, {'visible' if against == 'visible' else '0.5 mm mask'}",
            unit="",
            reduce=quantile_of(f"dice.{against}", at=at),
            digits=3,
            goal=goal,
            main=bool(goal),
        )

    return [
        dice("median", "median", "visible", 0.5, ">= 0.95"),
        dice("p05", "5th percentile", "visible", 0.05, ">= 0.88"),
        dice("median", "median", "path", 0.5),
        dice("p05", "5th percentile", "path", 0.05),
        _share("mask.coverage", "cement mask", "scored frames with a mask", "coverage.mask"),
        _share("phantom", "cement mask", "frames with phantom cement", "phantom", goal="0", main=True),
    ]


def _share(key: str, section: str, label: str, *counts: str, goal: str = "", main: bool = False) -> Figure:
    return Figure(
        key=key, section=section, label=label, unit="", reduce=share_of(*counts), digits=3, goal=goal, main=main
    )


def _events() -> list[Figure]:
    figures = []
    for kind in ("warning_line", "posterior_wall", "endplate"):
        section = f"alarm {kind.replace('_', ' ')}"
        figures += [
            _share(f"{kind}.missed", section, "missed", f"missed.{kind}", goal="0", main=True),
            _share(f"{kind}.standing", section, "standing before", f"standing.{kind}"),
            Figure(
                key=f"{kind}.delay_median",
                section=section,
                label="delay median, new pictures",
                unit="",
                reduce=quantile_of(f"delay_pictures.{kind}", at=0.5, absolute=False),
                digits=1,
                goal="0",
            ),
            Figure(
                key=f"{kind}.delay_p95",
                section=section,
                label="delay p95, new pictures",
                unit="",
                reduce=quantile_of(f"delay_pictures.{kind}", at=0.95, absolute=False),
                digits=1,
                goal="<= 1",
                main=True,
            ),
            Figure(
                key=f"{kind}.delay_ms",
                section=section,
                label="delay median",
                unit="ms",
                reduce=quantile_of(f"delay_ms.{kind}", at=0.5, absolute=False),
                digits=0,
            ),
            Figure(
                key=f"{kind}.false_per_min",
                section=section,
                label="false per line-minute",
                unit="",
                reduce=share_of(f"false_alarms.{kind}"),
                digits=3,
                goal="<= 0.05",
                main=True,
            ),
            _share(f"{kind}.unseen_alarmed", section, "invisible crossings alarmed", f"unseen_crossing_alarmed.{kind}"),
        ]
    return figures


def _leaks() -> list[Figure]:
    visible = tuple(f"leaks_visible.{site}" for site in LEAK_SITES)
    figures = [
        _share("leaks.visible", "leaks", "visible ones found", *visible, goal=">= 0.98", main=True),
        *(
            _share(f"leaks.visible.{site}", "leaks", f"visible, {site}", f"leaks_visible.{site}", goal=">= 0.98")
            for site in LEAK_SITES
        ),
        *(
            _share(f"leaks.3d.{site}", "leaks", f"3-D truth, {site}", f"leaks_3d.{site}", goal=goal)
            for site, goal in zip(LEAK_SITES, ("> 0.21", "> 0.75", "> 0.75", "", "> 0.51"), strict=True)
        ),
        _share("leaks.false", "leaks", "false per run", "false_leaks", goal="<= 0.02", main=True),
        _share("leaks.contestable", "leaks", "unmatched that are contestable", "contestable_leaks"),
        Figure(
            key="leaks.delay_p95",
            section="leaks",
            label="delay p95, new pictures",
            unit="",
            reduce=quantile_of("leak_delay_pictures", at=0.95, absolute=False),
            digits=1,
        ),
        _share("shape.right_of_all", "leak shape", "right of all", "shape.right_of_all"),
        _share("shape.right_of_decided", "leak shape", "right of decided", "shape.right_of_decided", goal=">= 0.95"),
        _share("shape.decided", "leak shape", "decided", "shape.decided", goal=">= 0.85"),
        _share("shape.labelled", "leak shape", "labelled", "shape.labelled"),
        _share("shape.left_open", "leak shape", "in-between left open", "shape.in_between_left_open"),
    ]
    spikes_rounds = ("shape.p_of_spikes", "shape.p_of_rounds")
    for key, label, reduce, goal in (
        ("auc", "AUC of p_spike", auc_of(*spikes_rounds), ">= 0.98"),
        ("ece", "calibration error", calibration_error_of(*spikes_rounds), "<= 0.05"),
    ):
        figures.append(
            Figure(key=f"shape.{key}", section="leak shape", label=label, unit="", reduce=reduce, digits=3, goal=goal)
        )
    return figures


def _states() -> list[Figure]:
    figures = []
    for state in ("frozen", "no_signal", "unusable", "moving"):
        goal = "1" if state in ("frozen", "no_signal") else ""
        section = f"state {state.replace('_', ' ')}"
        figures += [
            _share(f"{state}.recall", section, "segments noticed", f"state_recall.{state}", goal=goal),
            _share(f"{state}.precision", section, "called with cause", f"state_precision.{state}"),
            Figure(
                key=f"{state}.delay_p95",
                section=section,
                label="delay p95",
                unit="s",
                reduce=quantile_of(f"state_delay_s.{state}", at=0.95),
                goal="<= 1.0" if goal else "",
            ),
        ]
    return [
        *figures,
        _share("live.recall", "new pictures", "recall", "live_recall"),
        _share("live.precision", "new pictures", "precision", "live_precision"),
        _share("blind", "new pictures", "live figures without a picture", "live_figures_while_blind", goal="0"),
    ]


def _motion_and_time() -> list[Figure]:
    return [
        Figure(
            key="registration.median",
            section="registration",
            label="median error",
            unit="mm",
            reduce=quantile_of("registration", at=0.5),
            goal="<= 0.15",
            main=True,
        ),
        Figure(
            key="registration.p95",
            section="registration",
            label="p95 error",
            unit="mm",
            reduce=quantile_of("registration", at=0.95),
            goal="<= 0.5",
            main=True,
        ),
        _share("registration.coverage", "registration", "pictures with a motion", "coverage.registration"),
        _share("registration.wrong_lock", "registration", "given out, wrong by > 2 mm", "wrong_lock", goal="0"),
        _share("registration.view", "registration", "view named right", "view_right"),
        _share("registration.on_nothing", "registration", "given out, no planned view", "lines_on_nothing", goal="0"),
        Figure(
            key="time.median",
            section="time",
            label="median",
            unit="ms",
            reduce=quantile_of("processing_ms", at=0.5),
            goal="<= 5",
        ),
        Figure(
            key="time.p99",
            section="time",
            label="p99",
            unit="ms",
            reduce=quantile_of("processing_ms", at=0.99),
            goal="<= 12",
        ),
        Figure(key="time.max", section="time", label="max", unit="ms", reduce=quantile_of("processing_ms", at=1.0)),
        _share("time.wall", "time", "wall time per frame, s", "wall_s"),
        _share("complete", "runs", "analysed to the end", "complete", goal="1"),
    ]


FIGURES: tuple[Figure, ...] = (
    *_distances(),
    *_masks(),
    *_events(),
    *_leaks(),
    *_states(),
    *_motion_and_time(),
)


def interval_of(
    figure: Figure, scores: Sequence[RunScore], *, resamples: int = 400, seed: int = 1
) -> tuple[float, float]:
    """95 % bootstrap interval of a figure, drawn over runs (the frames of one run are alike).

    NaN, NaN with fewer than 3 runs, or where the figure is not defined.
    """
    told = [score for score in scores if not np.isnan(figure.reduce([score]))]
    if len(told) < 3:
        return np.nan, np.nan
    random = np.random.default_rng(seed)
    draws = random.integers(0, len(told), size=(resamples, len(told)))
    values = np.array([figure.reduce([told[k] for k in draw]) for draw in draws])
    values = values[~np.isnan(values)]
    if not len(values):
        return np.nan, np.nan
    low, high = np.quantile(values, (0.025, 0.975), method="inverted_cdf")
    return float(low), float(high)
