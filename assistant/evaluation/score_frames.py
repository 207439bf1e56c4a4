"""Scores that are counted frame by frame: distances, masks, phantom cement, motion, milliseconds."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from assistant.evaluation.outcome import MethodAnswers
from assistant.evaluation.tally import Tally
from assistant.evaluation.truth import LINES, MOTION, Truth
from assistant.geometry import Similarity, apply
from assistant.plan import PlannedView

SCORED_MM2 = 5.0
"""scoring.md: frames with at least so much true cement are scored."""
PHANTOM_MM2 = 5.0
"""scoring.md: before any cement, more than this called cement is a phantom."""
SIGMA_LINES = ("posterior_wall", "superior_endplate", "inferior_endplate")
"""Lines whose errors are held against the standard deviation that the method gives its outline."""
WRONG_LOCK_MM = 2.0
"""A motion that is given out although it is wrong by more than this: worse than none. [P]"""


def scored_frames(truth: Truth) -> NDArray[np.bool_]:
    """Which frames are scored, shape (n,)."""
    return truth.live & (truth.area_mm2 >= SCORED_MM2)


def score_distances(tally: Tally, truth: Truth, outcome: MethodAnswers) -> None:
    """Signed errors by line against both masks (``distance.LINE.visible``, ``.path``), coverage, and foretold errors.

    A frame whose line truth knows and the method does not lowers the coverage; it is never left out.
    """
    scored = scored_frames(truth)
    for line in LINES:
        answers = outcome.distance_mm[line]
        for against, right in (("visible", truth.visible_mm[line]), ("path", truth.distance_mm[line])):
            known = scored & np.isfinite(right)
            covered = known & np.isfinite(answers)
            tally.add(f"distance.{line}.{against}", answers[covered] - right[covered])
            if against == "visible":
                tally.count(f"coverage.{line}", covered.sum(), known.sum())
                if outcome.outline_sigma_mm is not None and line in SIGMA_LINES:
                    has_sigma = covered & np.isfinite(outcome.outline_sigma_mm)
                    within = np.abs(answers[has_sigma] - right[has_sigma]) <= outcome.outline_sigma_mm[has_sigma]
                    tally.count("front.within", within.sum(), has_sigma.sum())


def score_masks(tally: Tally, truth: Truth, outcome: MethodAnswers) -> None:
    """Dice against both masks, and how many scored frames have a mask."""
    frames = np.flatnonzero(scored_frames(truth))
    dice: dict[bool, list[float]] = {True: [], False: []}
    covered = 0
    for frame in frames:
        answer = outcome.mask(int(frame))
        if answer is None:
            continue
        covered += 1
        for visible in (True, False):
            right = truth.mask(int(frame), visible=visible)
            total = int(answer.sum()) + int(right.sum())
            # Nothing visible and nothing said is right.
            dice[visible].append(2.0 * int((answer & right).sum()) / total if total else 1.0)
    tally.add("dice.visible", np.array(dice[True]))
    tally.add("dice.path", np.array(dice[False]))
    tally.count("coverage.mask", covered, len(frames))


def score_phantom(tally: Tally, truth: Truth, outcome: MethodAnswers) -> None:
    """Share of live frames before any cement in which more than `PHANTOM_MM2` is called cement."""
    with_cement = np.flatnonzero((truth.area_mm2 > 0) | (truth.volume_ml > 0))
    first = int(with_cement[0]) if len(with_cement) else truth.frames
    before = truth.live & (np.arange(truth.frames) < first)
    called = before & (np.nan_to_num(outcome.area_mm2) > PHANTOM_MM2)
    tally.count("phantom", called.sum(), before.sum())


def score_motion(tally: Tally, truth: Truth, outcome: MethodAnswers, *, state_given: bool = False) -> None:
    """Mean displacement error of the plan's landmarks in mm, coverage, wrong locks, and the view that was named.

    A method that was ``told`` the view is not scored on naming it. Found the right way round where the console shows it
    mirrored, or the reverse, is as wrong as the wrong view.
    """
    views: dict[str, PlannedView] = {}
    for view in truth.plan.views:
        views.setdefault(view.view, view)
    known = truth.live & np.all([np.isfinite(truth.motion[name]) for name in MOTION], axis=0)
    shown = known & np.array([word in views for word in truth.view], dtype=bool)
    given = shown & outcome.registered & np.all([np.isfinite(outcome.motion[name]) for name in MOTION], axis=0)
    errors_mm: list[float] = []
    view_right = 0
    for frame in np.flatnonzero(given):
        view = views[truth.view[frame]]
        right_view = outcome.view[frame] == truth.view[frame]
        view_right += right_view
        if not right_view or truth.mirrored[frame] != outcome.mirrored[frame]:
            errors_mm.append(np.inf)
            continue
        points = np.vstack([view.superior, view.inferior])
        at = [
            apply(_similarity(source, int(frame), view).current_from_reference(), points) for source in (truth, outcome)
        ]
        errors_mm.append(float(np.linalg.norm(at[0] - at[1], axis=1).mean()) * view.mm_per_px)
    errors = np.array(errors_mm)
    tally.add("registration", errors)
    tally.count("coverage.registration", given.sum(), shown.sum())
    tally.count("wrong_lock", (errors > WRONG_LOCK_MM).sum(), len(errors))
    if state_given:
        return
    tally.count("view_right", view_right, len(errors))
    nothing = truth.new_picture & ~np.array([word in views for word in truth.view], dtype=bool)
    tally.count("lines_on_nothing", (nothing & outcome.registered).sum(), nothing.sum())


def score_time(tally: Tally, truth: Truth, outcome: MethodAnswers) -> None:
    """The method's own milliseconds for each new picture."""
    spent = outcome.processing_ms[truth.new_picture]
    tally.add("processing_ms", spent[np.isfinite(spent)])


def _similarity(source: Truth | MethodAnswers, frame: int, view: PlannedView) -> Similarity:
    dx, dy, rotation, scale = (float(source.motion[name][frame]) for name in MOTION)
    mirrored = bool(source.mirrored[frame])
    centre_px = view.centre_px
    return Similarity(dx_px=dx, dy_px=dy, rotation_deg=rotation, scale=scale, centre_px=centre_px, mirrored=mirrored)
