"""Runs beside the same patient's run "as it is": which pictures have lost the figure that they have there."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

import numpy as np

from assistant.evaluation.tally import RunScore

AS_IT_IS: Final = "as it is"
LOST: Final = "figures_lost"
"""Count of the pictures of a run with cement in sight that have a figure in the run as it is and none in this one."""


def beside_as_it_is(scores: Sequence[RunScore]) -> list[RunScore]:
    """The scores, with the count `LOST` where the same method's run of the same number as it is stands among them.

    Runs of one number show one patient, frame by frame (`display_cases`): the number stands at the end of a run's name.
    A picture that truth does not know as a live one with cement in sight (torn, mirrored) is not counted.
    """
    usual = {(score.method, _number(score)): score for score in scores if score.tags["group"] == AS_IT_IS}
    found = []
    for score in scores:
        partner = usual.get((score.method, _number(score)))
        if partner is None or partner is score or score.tags["patient"] != partner.tags["patient"]:
            found.append(score)
            continue
        both = np.intersect1d(_frames(partner, "figure"), _frames(score, "seen"))
        lost = np.setdiff1d(both, _frames(score, "figure"))
        found.append(replace(score, counts={**score.counts, LOST: (float(len(lost)), float(len(both)))}))
    return found


def _number(score: RunScore) -> str:
    return score.run.rpartition("-")[2]


def _frames(score: RunScore, which: str) -> np.ndarray:
    return score.samples.get(f"frames.{which}", np.zeros(0))
