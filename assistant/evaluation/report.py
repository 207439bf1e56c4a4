"""Writes the evaluation: one row a run, one table of figures by method, subgroups, and the files for other programs."""

from __future__ import annotations

import csv
import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from assistant.evaluation.figure_list import FIGURES
from assistant.evaluation.figures import Figure, interval_of, mean_of, quantile_of, share_of
from assistant.evaluation.tally import RunScore
from assistant.system.plain import json_text

SUBGROUPS = ("group", "level", "view", "noise", "motion", "kind")
_ENDPLATES = ("superior_endplate", "inferior_endplate")


@dataclass(frozen=True, slots=True, kw_only=True)
class MethodFigure:
    """A figure of one method over some runs; NaN where they say nothing about it."""

    figure: Figure
    value: float
    low: float
    high: float
    runs: int


def cells(scores: Sequence[RunScore], figures: Sequence[Figure] = FIGURES) -> list[MethodFigure]:
    """All figures of one method's scores with their intervals."""
    out = []
    for figure in figures:
        low, high = interval_of(figure, scores)
        out.append(MethodFigure(figure=figure, value=figure.reduce(scores), low=low, high=high, runs=len(scores)))
    return out


def _number(value: float, digits: int) -> str:
    return "-" if math.isnan(value) else "inf" if math.isinf(value) else f"{value:.{digits}f}"


def _cell_text(cell: MethodFigure) -> str:
    digits = cell.figure.digits
    text = _number(cell.value, digits)
    if not math.isnan(cell.low):
        text += f" [{_number(cell.low, digits)}, {_number(cell.high, digits)}]"
    return text


def _aligned(rows: Sequence[Sequence[str]]) -> str:
    widths = [max(len(row[k]) for row in rows) for k in range(len(rows[0]))]
    lines = []
    for row in rows:
        texts = [row[0].ljust(widths[0]), *(text.rjust(width) for text, width in zip(row[1:], widths[1:], strict=True))]
        lines.append("  ".join(texts).rstrip())
    return "\n".join(lines) + "\n"


def methods_of(scores: Sequence[RunScore]) -> list[str]:
    """Names of the methods in the order in which they came."""
    return list(dict.fromkeys(score.method for score in scores))


def per_run_table(scores: Sequence[RunScore]) -> str:
    """One row a run and method, for the eye; errors in mm, against the visible mask unless ``/`` gives both."""
    head = [
        "run", "method", "wall med/p95", "warn med/p95", "endpl med/p95", "bias wall", "path wall med/p95",
        "Dice med/p05", "path Dice", "phantom", "reg med/p95", "cover", "wrong", "missed", "stand", "false",
        "delay", "leaks", "false", "states r/p", "ms",
    ]  # fmt: skip
    rows = [head, *(_run_row(score) for score in scores)]
    if len(methods_of(scores)) == 1:
        rows = [[row[0], *row[2:]] for row in rows]
    return _aligned(rows)


def _run_row(score: RunScore) -> list[str]:
    one = [score]

    def pair(*keys: str, at: tuple[float, float] = (0.5, 0.95), digits: int = 2) -> str:
        return "/".join(_number(quantile_of(*keys, at=q)(one), digits) for q in at)

    def so_many(prefix: str) -> str:
        pairs = [pair for key, pair in score.counts.items() if key.startswith(prefix)]
        return f"{sum(p[0] for p in pairs):.0f}/{sum(p[1] for p in pairs):.0f}"

    false_alarms = sum(pair[0] for key, pair in score.counts.items() if key.startswith("false_alarms."))
    delays = tuple(f"delay_pictures.{kind}" for kind in ("warning_line", "posterior_wall", "endplate"))
    ends = tuple(f"distance.{line}.visible" for line in _ENDPLATES)
    return [
        score.run,
        score.method,
        pair("distance.posterior_wall.visible"),
        pair("distance.warning_line.visible"),
        pair(*ends),
        _number(mean_of("distance.posterior_wall.visible")(one), 2),
        pair("distance.posterior_wall.path"),
        pair("dice.visible", at=(0.5, 0.05)),
        pair("dice.path", at=(0.5, 0.05)),
        _number(share_of("phantom")(one), 2),
        pair("registration"),
        _number(share_of("coverage.registration")(one), 2),
        _number(share_of("wrong_lock")(one), 2),
        so_many("missed."),
        so_many("standing."),
        f"{false_alarms:.0f}",
        _number(quantile_of(*delays, at=1.0, absolute=False)(one), 0),
        so_many("leaks_visible."),
        f"{score.counts['false_leaks'][0]:.0f}",
        f"{so_many('state_recall.')} {so_many('state_precision.')}",
        _number(quantile_of("processing_ms", at=0.5)(one), 1),
    ]


def table(scores: Sequence[RunScore]) -> str:
    """All figures, one column a method, with 95 % intervals over runs; "met" is of the first method."""
    methods = methods_of(scores)
    own = [[score for score in scores if score.method == method] for method in methods]
    columns = [cells(mine) for mine in own]
    # A method that has nothing to say of some runs is told apart by its number of runs.
    most = max(len(mine) for mine in own)
    names = [m if len(mine) == most else f"{m} ({len(mine)} runs)" for m, mine in zip(methods, own, strict=True)]
    rows = [["", "goal", "met", *names]]
    section = ""
    for k, figure in enumerate(FIGURES):
        if all(math.isnan(column[k].value) for column in columns):
            continue
        if figure.section != section:
            section = figure.section
            rows.append([section.upper(), "", "", *("" for _ in methods)])
        label = f"  {figure.label}" + (f", {figure.unit}" if figure.unit else "")
        met = {True: "yes", False: "NO", None: ""}[figure.met(columns[0][k].value)]
        rows.append([label, figure.goal, met, *(_cell_text(column[k]) for column in columns)])
    return _aligned(rows)


def subgroup_table(scores: Sequence[RunScore], method: str) -> str:
    """The main figures of one method by level, view, noise and motion."""
    figures = [figure for figure in FIGURES if figure.main]
    head = ["subgroup", "runs", *(f"{figure.section}: {figure.label}" for figure in figures)]
    # Figures down, subgroups across reads better than thirty columns of words.
    columns = [head]
    mine = [score for score in scores if score.method == method]
    for tag in SUBGROUPS:
        for value in sorted({score.tags[tag] for score in mine}):
            group = [score for score in mine if score.tags[tag] == value]
            columns.append([f"{tag} {value}", str(len(group)), *(_cell_text(cell) for cell in cells(group, figures))])
    return _aligned([list(row) for row in zip(*columns, strict=True)])


def write_files(folder: Path, scores: Sequence[RunScore]) -> None:
    """Write ``evaluation.csv`` (one row a run and method) and ``evaluation.json`` (figures, intervals, subgroups)."""
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "evaluation.csv").open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(["run", "method", *SUBGROUPS, *(figure.key for figure in FIGURES), "notes"])
        for score in scores:
            figures = [_plain(figure.reduce([score])) for figure in FIGURES]
            tags = [score.tags[tag] for tag in SUBGROUPS]
            empty = ["" if value is None else value for value in figures]
            writer.writerow([score.run, score.method, *tags, *empty, "; ".join(score.notes)])
    document: dict[str, Any] = {"schema": "fluoro-assistant/evaluation/1", "methods": {}}
    for method in methods_of(scores):
        mine = [score for score in scores if score.method == method]
        groups = {
            tag: {
                value: _plain_cells(
                    cells([s for s in mine if s.tags[tag] == value], [figure for figure in FIGURES if figure.main])
                )
                for value in sorted({score.tags[tag] for score in mine})
            }
            for tag in SUBGROUPS
        }
        document["methods"][method] = {"runs": len(mine), "figures": _plain_cells(cells(mine)), "subgroups": groups}
    (folder / "evaluation.json").write_text(json_text(document) + "\n", encoding="utf-8")


def _plain(value: float) -> float | str | None:
    return None if math.isnan(value) else "inf" if math.isinf(value) else round(value, 6)


def _plain_cells(row: Sequence[MethodFigure]) -> dict[str, Any]:
    return {
        cell.figure.key: {
            "value": _plain(cell.value),
            "low": _plain(cell.low),
            "high": _plain(cell.high),
            "goal": cell.figure.goal or None,
        }
        for cell in row
    }
