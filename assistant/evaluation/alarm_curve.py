"""Delay against false alarms as one curve: a setting of the alarms at several values, on masks that were found once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

import cv2

from assistant.capture.opening import open_source
from assistant.errors import UsageError
from assistant.evaluation.figure_list import FIGURES
from assistant.evaluation.outcome import no_outcome
from assistant.evaluation.program_run import event_of, pipeline_for
from assistant.evaluation.report import cells
from assistant.evaluation.runs import of_each
from assistant.evaluation.score import tags_of
from assistant.evaluation.score_cement import score_before
from assistant.evaluation.score_events import score_crossings, score_outside
from assistant.evaluation.tally import RunScore, Tally
from assistant.evaluation.truth import Truth, read_truth
from assistant.review.whatif_cache import CachedRun, Keeper, recompute
from assistant.settings.file import default_settings
from assistant.settings.tree import with_changes
from assistant.vocabulary import Unknown

_FIGURES = (
    "geometric.false_per_min",
    *(
        f"{kind}.{figure}"
        for kind in ("warning_line", "posterior_wall", "endplate")
        for figure in ("false_per_min", "missed", "never", "delay_median", "delay_p95", "delay_exposures_p95")
    ),
    "phantom_alarms",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Curve:
    """A setting and the values at which it is looked at.

    Attributes
    ----------
    setting : str
        Of the rooms ``alarms`` and ``leaks``, such as "alarms.release_mm".
    values : tuple of float
    """

    setting: str
    values: tuple[float, ...]


def curve_of(text: str) -> Curve:
    """Read ``alarms.NAME=V1,V2,...``.

    Raises
    ------
    UsageError
        If it is not one, or the setting is none of alarms or leaks or refuses a value.
    """
    setting, _, values = text.partition("=")
    try:
        curve = Curve(setting=setting.strip(), values=tuple(float(each) for each in values.split(",")))
    except ValueError as error:
        raise UsageError(f"--curve {text}: not a setting and its values; write it like alarms.NAME=1,2,3") from error
    if not curve.setting.startswith(("alarms.", "leaks.")):
        raise UsageError(f"--curve {text}: a curve is of a setting of alarms or leaks, such as alarms.release_mm")
    for value in curve.values:
        with_changes(default_settings(), {curve.setting: value})
    return curve


def scores_along(curve: Curve, runs: Sequence[Path], jobs: int) -> list[RunScore]:
    """The alarms' scores of all runs at each value, the value as the method's name.

    Raises
    ------
    InputError
        If a run cannot be read.
    """
    return [score for found in of_each(partial(_along, curve), runs, jobs) for score in found]


def _along(curve: Curve, run: Path) -> list[RunScore]:
    cv2.setNumThreads(1)
    truth = read_truth(run / "truth")
    kept = _kept(truth)
    found = []
    for value in curve.values:
        settings = with_changes(default_settings(), {curve.setting: value})
        events = tuple(event_of(each) for each in recompute(kept, truth.plan, settings).events)
        outcome = replace(no_outcome(truth.frames), complete=True, events=events)
        tally = Tally()
        for score in (score_crossings, score_outside, score_before):
            score(tally, truth, outcome)
        found.append(
            RunScore(
                run=run.name,
                method=f"{value:g}",
                tags=tags_of(truth),
                samples=tally.samples,
                counts=tally.counts,
                notes=tuple(tally.notes),
            )
        )
    return found


def _kept(truth: Truth) -> CachedRun:
    source = open_source(str(truth.folder.parent))
    try:
        pipeline = pipeline_for(truth, source, Unknown("shapes are no matter of the alarms"))
        keeper = Keeper(source.facts.clock, source.facts.first_frame)
        for frame in source.frames():
            keeper.add(pipeline.process(frame))
        pipeline.finish()
    finally:
        source.close()
    return keeper.done([])


def curve_table(curve: Curve, scores: Sequence[RunScore]) -> str:
    """One row a figure, one column a value of the setting."""
    figures = [figure for key in _FIGURES for figure in FIGURES if figure.key == key]
    columns = [cells([s for s in scores if s.method == f"{value:g}"], figures) for value in curve.values]
    lines = [f"{curve.setting}: " + "  ".join(f"{value:>8g}" for value in curve.values)]
    for k, figure in enumerate(figures):
        values = "  ".join(f"{column[k].value:8.3f}" for column in columns)
        lines.append(f"{values}   {figure.section}: {figure.label}" + (f" [{figure.goal}]" if figure.goal else ""))
    return "\n".join(lines) + "\n"
