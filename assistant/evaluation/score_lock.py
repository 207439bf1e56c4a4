"""Scores of the lock on the vertebra: lines gone while no planned view is shown, back afterwards, not lost between."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from assistant.evaluation.film import changes, film_s, stretches
from assistant.evaluation.outcome import MethodAnswers
from assistant.evaluation.tally import Tally
from assistant.evaluation.truth import Truth

NOTICED_S = 0.3
"""A picture without a planned view must be noticed within this, or at its first picture where pulses are slower."""
FOUND_S = 0.3
"""A planned view that comes up after another without a picture in between (the C-arm was turned without X-rays) may
take so long, or one picture, until its lines are there: the first picture still holds a share of the last view."""
SETTLING_S = 1.0
"""A loss so soon after such a stretch or a table push is scored as coming back late, not as one without cause. [P]"""
_HALF_HOUR_S = 1800.0


def score_lock(tally: Tally, truth: Truth, outcome: MethodAnswers) -> None:
    """Swings, flips and zooms noticed, with delay; time until the lines are back; losses without cause.

    Only new pictures count. A stretch *away* shows none of the plan's views as they were planned (the C-arm swings, the
    picture is mirrored, zoomed, torn or burnt out); pictures that move too fast to measure (a table push) are neither
    away nor there, and the lines must be back after them.
    """
    planned = {view.view for view in truth.plan.views}
    pictures = np.flatnonzero(truth.new_picture)
    t_s = truth.t_s[pictures]
    away = np.array([truth.view[k] not in planned for k in pictures], dtype=bool)
    there = truth.live[pictures] & ~away
    locked = outcome.registered[pictures]
    for first, last in stretches(away):
        lost = np.flatnonzero(~locked[first : last + 1])
        delay_s = float(t_s[first + lost[0]] - t_s[first]) if len(lost) else np.inf
        in_time = delay_s <= NOTICED_S + 1e-6
        tally.count("lock_noticed", in_time, 1)
        tally.add("lock_delay_ms", delay_s * 1000.0)
        if not in_time:
            tally.notes.append(f"no planned view from frame {pictures[first]}, noticed after {delay_s:.1f} s")
        _score_return(tally, t_s, there, locked, last)
    turned = changes(truth, pictures, there)
    for first in turned:
        _score_return(tally, t_s, there, locked, first - 1)
    moved = np.array([truth.state[k] == "moving" for k in pictures], dtype=bool) & ~away
    for _, last in stretches(moved):
        _score_return(tally, t_s, there, locked, last)
    ends_s = [float(t_s[last]) for _, last in stretches(away | moved)]
    false = [
        (a, b)
        for a, b in stretches(there & ~locked)
        if not any(0.0 <= t_s[a] - end_s <= SETTLING_S for end_s in ends_s)
        and not (a in turned and (a == b or t_s[min(b + 1, len(t_s) - 1)] - t_s[a] <= FOUND_S + 1e-6))
    ]
    tally.count("false_loss", len(false), film_s(truth, there) / _HALF_HOUR_S)
    tally.notes.extend(f"lost without cause: frames {pictures[a]} to {pictures[b]}" for a, b in false)


def _score_return(
    tally: Tally, t_s: NDArray[np.float64], there: NDArray[np.bool_], locked: NDArray[np.bool_], last: int
) -> None:
    """From the first picture of a planned view to the first that is locked on again; infinite if that never comes."""
    back = np.flatnonzero(there[last + 1 :])
    if not len(back):
        return
    first = last + 1 + int(back[0])
    found = np.flatnonzero(locked[first:])
    tally.add("lock_back_ms", float(t_s[first + found[0]] - t_s[first]) * 1000.0 if len(found) else np.inf)
