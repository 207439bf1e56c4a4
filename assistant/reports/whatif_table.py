"""The rows of a what-if as a table: when each way of analysing warned, and by how much that moved."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Final

from assistant.identity import Identity
from assistant.reports.tables import plain_cell, write_csv
from assistant.review.whatif import RunAndPlan, VariantResult, WhatIfJob

COLUMNS: Final = (
    "case",
    "level",
    "run",
    "variant",
    "warning_line_s",
    "first_warning_s",
    "against_planned_s",
    "nearest_mm",
    "nearest_share",
    "leaks",
    "problem",
)


_WORDS: Final = (1, 3, COLUMNS.index("problem"))
Who = Callable[[RunAndPlan], Identity]
"""Tells which case, level and run a recording is."""


def table(job: WhatIfJob, rows: Sequence[VariantResult], who: Who) -> list[list[str]]:
    """The rows as a table: when the first warning and the line's alarm came, and by how much they moved.

    ``against_planned_s`` is negative where the variant warns earlier; "never" where it gave no warning, "added" where
    only the variant did.
    """
    by = {(row.run, row.plan, row.variant): row for row in rows}
    lines = []
    for pair in job.runs:
        identity = who(pair)
        base = by.get((pair.run, pair.plan, job.variants[0].name))
        for variant in job.variants:
            row = by.get((pair.run, pair.plan, variant.name))
            if row is None:
                continue
            line = row.first("warning_line")
            lines.append(
                [
                    identity.case_id,
                    identity.level,
                    identity.run_id,
                    variant.name,
                    "" if line is None else f"{line.t_s:.2f}",
                    "" if row.first_warning_s is None else f"{row.first_warning_s:.2f}",
                    "" if base is None or row is base else against(base.first_warning_s, row.first_warning_s),
                    "" if row.nearest_mm is None else f"{row.nearest_mm:.2f}",
                    "" if row.nearest_share is None else f"{row.nearest_share:.4f}",
                    ", ".join(row.leaks),
                    row.failure,
                ]
            )
    return lines


def against(base_s: float | None, other_s: float | None) -> str:
    """How a time compares with another: seconds with a sign, or a word where one of them has none."""
    if base_s is None or other_s is None:
        return "same" if base_s is other_s else "added" if base_s is None else "never"  # sentences
    return f"{other_s - base_s:+.2f}"


def write_table(path: Path, job: WhatIfJob, rows: Sequence[VariantResult], who: Who) -> None:
    """Write the table as CSV; a cell that a spreadsheet would take for a formula gets an apostrophe before it.

    Raises
    ------
    EnvironmentError_
        If it cannot be written.
    """
    lines = ([plain_cell(cell) if k in _WORDS else cell for k, cell in enumerate(row)] for row in table(job, rows, who))
    write_csv(path, itertools.chain([COLUMNS], lines))
