"""Scores one method on one run, by the contract's definitions (scoring.md)."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from assistant.evaluation.outcome import MethodAnswers, read_outcome
from assistant.evaluation.score_acquisition import score_acquisition
from assistant.evaluation.score_cement import score_before, score_first
from assistant.evaluation.score_events import score_crossings, score_leaks
from assistant.evaluation.score_frames import (
    score_distances,
    score_masks,
    score_motion,
    score_phantom,
    score_time,
)
from assistant.evaluation.score_lock import score_lock
from assistant.evaluation.score_states import score_states
from assistant.evaluation.tally import RunScore, Tally
from assistant.evaluation.truth import MOTION, Truth, read_truth
from assistant.simulation.scenario import Exposure

PROGRAM = "this program"


def score_run(result_dir: Path, truth_dir: Path) -> RunScore:
    """Score the program's result folder against a run's truth folder.

    Raises
    ------
    InputError
        If either cannot be read.
    """
    truth = read_truth(truth_dir)
    return score(truth, read_outcome(result_dir, truth.frames), PROGRAM)


def score(truth: Truth, outcome: MethodAnswers, method: str, *, state_given: bool = False) -> RunScore:
    """Score a method's answers.

    Parameters
    ----------
    truth, outcome : the run and the answers
    method : str
    state_given : bool
        The method was told the state of each frame and the view (the peers): it is not scored on them.
    """
    tally = Tally()
    tally.count("complete", outcome.complete, 1)
    score_distances(tally, truth, outcome)
    score_masks(tally, truth, outcome)
    score_phantom(tally, truth, outcome)
    score_first(tally, truth, outcome)
    score_before(tally, truth, outcome)
    score_motion(tally, truth, outcome, state_given=state_given)
    score_time(tally, truth, outcome)
    score_crossings(tally, truth, outcome)
    score_leaks(tally, truth, outcome)
    if not state_given:
        score_states(tally, truth, outcome)
        score_lock(tally, truth, outcome)
        score_acquisition(tally, truth, outcome)
    return RunScore(
        run=truth.folder.parent.name,
        method=method,
        tags=tags_of(truth),
        samples=tally.samples,
        counts=tally.counts,
        notes=tuple(tally.notes),
    )


def tags_of(truth: Truth) -> dict[str, str]:
    """What a run is counted under: level, view, noise, motion, safe or not, patient, and the group of its set.

    Noise is the dose of a pulse where the simulator names it; motion is the largest displacement of the vertebra
    within a second, in mm.
    """
    view = "+".join(sorted({planned.view for planned in truth.plan.views}))
    return {
        "level": truth.plan.views[0].level or "unknown",
        "view": view,
        "noise": _noise(truth),
        "motion": _motion(truth),
        "kind": "crossing" if truth.crossings or truth.leaks else "safe",
        "patient": str(truth.facts.get("identity", "")),
        "group": str(truth.facts.get("case", "")).rstrip("0123456789 ") or "unknown",
    }


def _noise(truth: Truth) -> str:
    if not truth.case:
        return "unknown"  # not made by our simulator: it names no dose
    dose_ngy = truth.case.get("exposure", {}).get("dose_ngy", Exposure().dose_ngy)
    return "poor (< 25 nGy)" if dose_ngy < 25 else "fair (25-60 nGy)" if dose_ngy < 60 else "good (60 nGy up)"


def _motion(truth: Truth) -> str:
    at = np.stack([truth.motion[name] for name in MOTION[:2]], axis=1)
    t_s = truth.t_s
    earlier = np.searchsorted(t_s, t_s - 1.0)
    moved = np.linalg.norm(at - at[earlier], axis=1) * truth.plan.views[0].mm_per_px
    if not np.isfinite(moved).any():
        return "unknown"
    largest_mm = float(np.nanmax(moved))
    return "still (< 1 mm)" if largest_mm < 1 else "breathing (1-5 mm)" if largest_mm < 5 else "jump (5 mm up)"
