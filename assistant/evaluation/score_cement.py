"""Scores of the cement from its first drop on: when it is first seen, alarms before any, exposures in between."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from assistant.evaluation.film import exposure_starts
from assistant.evaluation.outcome import MethodAnswers
from assistant.evaluation.tally import Tally
from assistant.evaluation.truth import LINE_OF_EVENT, Truth

STANDS_MM2 = 5.0
"""From so much visible cement on (beside the shafts, where the run tells it) it is counted how long nobody sees it."""
GEOMETRIC = tuple(dict.fromkeys(kind for kind, _ in LINE_OF_EVENT))
OUTSIDE = ("anterior", "lateral")
"""Sites of the alarm "cement outside body"."""


def score_first(tally: Tally, truth: Truth, outcome: MethodAnswers) -> None:
    """How much cement stands, and for how long, before a mask first holds some of it (infinite: none ever does)."""
    if not np.isfinite(truth.free_area_mm2).any():
        free_mm2, beside = truth.visible_area_mm2, False
    else:
        free_mm2, beside = np.nan_to_num(truth.free_area_mm2), True
    planned = {view.view for view in truth.plan.views}
    shown = truth.live & np.array([word in planned for word in truth.view], dtype=bool)
    stands = np.flatnonzero(shown & (free_mm2 >= STANDS_MM2))
    if not len(stands):
        return
    start = int(stands[0])
    first = _first_seen(truth, outcome, np.flatnonzero(shown & (truth.area_mm2 > 0)))
    if first is None:
        tally.notes.append(f"cement is never seen, {STANDS_MM2:.0f} mm2 of it stand from frame {start} on")
    tally.count("first.never", first is None, 1)
    if beside:
        tally.add("first.area_mm2", np.inf if first is None else free_mm2[first])
    tally.add("first.pictures", np.inf if first is None else max(int(shown[start:first].sum()), 0))
    starts = np.zeros(truth.frames, dtype=bool)
    starts[np.flatnonzero(truth.new_picture)[exposure_starts(truth)]] = True
    tally.add("first.exposures", np.inf if first is None else int(starts[start + 1 : first + 1].sum()))


def _first_seen(truth: Truth, outcome: MethodAnswers, frames: NDArray[np.intp]) -> int | None:
    for k in frames:
        found = outcome.mask(int(k)) if outcome.area_mm2[k] > 0 else None
        if found is not None and bool((found & truth.mask(int(k), visible=False)).any()):
            return int(k)
    return None


def score_before(tally: Tally, truth: Truth, outcome: MethodAnswers) -> None:
    """Alarms that say that cement is where none is at all: those that begin before the first cement of a run."""
    with_cement = np.flatnonzero((truth.area_mm2 > 0) | (truth.volume_ml > 0))
    first = int(with_cement[0]) if len(with_cement) else truth.frames
    early = [e for e in outcome.events if e.kind in (*GEOMETRIC, "leak") and e.first_frame < first]
    tally.count("phantom_alarms", len(early), 1)
    tally.notes.extend(f"{e.kind} at {e.site} before any cement, frame {e.first_frame}" for e in early)


def exposures_between(truth: Truth, start: int, end: int) -> float:
    """Exposures that begin from one frame to another; negative when the second comes first."""
    low, high = min(start, end), max(start, end)
    begin = np.flatnonzero(truth.new_picture)[exposure_starts(truth)]
    count = int(((begin > low) & (begin <= high)).sum())
    return float(count if end >= start else -count)
