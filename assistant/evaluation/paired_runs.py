"""Runs beside others: the patient's run "as it is" (figures lost), the ideal observer's of the same run (delays)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

import numpy as np

from assistant.evaluation.tally import RunScore

AS_IT_IS: Final = "as it is"
IDEAL: Final = "ideal observer"
OVER_IDEAL: Final = "delay_over_ideal"
"""Samples by kind of alarm: pictures that it comes later than the ideal observer's of the same crossing."""
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


def beside_ideal(scores: Sequence[RunScore]) -> list[RunScore]:
    """The scores, with `OVER_IDEAL` by kind where the ideal observer's of the same run stands among them.

    A crossing that only one of the two ever alarms for is infinitely late, or early; one of neither is left out.
    """
    limits = {score.run: score for score in scores if score.method == IDEAL}
    found = []
    for score in scores:
        limit = limits.get(score.run)
        if limit is None or limit is score:
            found.append(score)
            continue
        samples = dict(score.samples)
        for key, own in score.samples.items():
            if key.startswith("raised.") and key in limit.samples and len(own) == len(limit.samples[key]):
                either = np.isfinite(own) | np.isfinite(limit.samples[key])
                name = f"{OVER_IDEAL}.{key.split('.')[1]}"
                later = own[either] - limit.samples[key][either]
                samples[name] = np.concatenate([samples.get(name, np.zeros(0)), later])
        found.append(replace(score, samples=samples))
    return found


def _number(score: RunScore) -> str:
    return score.run.rpartition("-")[2]


def _frames(score: RunScore, which: str) -> np.ndarray:
    return score.samples.get(f"frames.{which}", np.zeros(0))
