"""Scores that are counted event by event: crossings of a line, leaks by site, shapes."""

from __future__ import annotations

import numpy as np

from assistant.evaluation.film import line_minutes
from assistant.evaluation.outcome import MethodAnswers, MethodEvent
from assistant.evaluation.score_cement import GEOMETRIC, OUTSIDE, exposures_between
from assistant.evaluation.tally import Tally
from assistant.evaluation.truth import LINE_OF_EVENT, LINE_OF_LEAK, TrueCrossing, Truth

MISSED_AFTER_S = 3.0
"""scoring.md: no alarm until so long after the visible crossing is a miss."""
NEAR_MM = 1.0
"""scoring.md: raised before the true mask ever came so near, an alarm is false."""
LEAK_MM3 = 0.3
"""scoring.md: from this volume on there is a leak in 3-D."""
CONTESTABLE_MM = -1.0
"""scoring.md: ordinary cement this far past the line makes a leak there contestable, not false."""
LARGE_MM = 2.0
"""A leak that is seen to reach so far into a disc must be called spike or round."""
SHAPES = {"spike": 1.0, "round": 0.0}


def score_crossings(tally: Tally, truth: Truth, outcome: MethodAnswers) -> None:
    """Missed, standing, seen (with delay) and false alarms for each line."""
    lateral = any(view.is_lateral for view in truth.plan.views)
    for (kind, site), line in LINE_OF_EVENT.items():
        if site == "posterior" and not lateral:
            continue
        nearest_mm = np.fmin.accumulate(truth.distance_mm[line])
        answers = sorted((e for e in outcome.events if (e.kind, e.site) == (kind, site)), key=lambda e: e.first_frame)
        false = [e for e in answers if not nearest_mm[min(e.first_frame, truth.frames - 1)] <= NEAR_MM]
        crossings = [c for c in truth.crossings if (c.kind, c.site) == (kind, site)]
        end = min((c.first_frame for c in crossings), default=truth.frames - 1)
        minutes = line_minutes(truth, end)
        tally.count(f"false_alarms.{kind}", len(false), minutes)
        tally.count("false_geometric", len(false), minutes)
        tally.notes.extend(f"false {kind} at {site} in frame {e.first_frame}" for e in false)
        for crossing in crossings:
            _score_crossing(tally, truth, answers, false, crossing)


def _score_crossing(
    tally: Tally, truth: Truth, answers: list[MethodEvent], false: list[MethodEvent], crossing: TrueCrossing
) -> None:
    kind, site = crossing.kind, crossing.site
    seen_from = crossing.visible_first_frame
    if seen_from is None:
        # No picture shows it; an alarm all the same is worth knowing, a missing one is no miss.
        caught = any(e.last_frame is None or e.last_frame >= crossing.first_frame for e in answers if e not in false)
        tally.count(f"unseen_crossing_alarmed.{kind}", caught, 1)
        return
    deadline_s = truth.t_s[seen_from] + MISSED_AFTER_S
    standing_or_later = [
        e
        for e in answers
        if (e.last_frame is None or e.last_frame >= seen_from)
        and truth.t_s[min(e.first_frame, truth.frames - 1)] <= deadline_s
    ]
    seen = [e for e in standing_or_later if e not in false]
    tally.count(f"missed.{kind}", not standing_or_later, 1)
    right = [e for e in answers if e not in false and (e.last_frame is None or e.last_frame >= seen_from)]
    tally.count(f"never.{kind}", not right and not standing_or_later, 1)
    # Also those past the deadline of a miss: between two single shots lie more than 3 s.
    tally.add(f"delay_exposures.{kind}", exposures_between(truth, seen_from, right[0].first_frame) if right else np.inf)
    tally.add(f"raised.{kind}.{site}", _pictures_between(truth, seen_from, right[0].first_frame) if right else np.inf)
    tally.count(f"standing.{kind}", bool(standing_or_later) and not seen, 1)
    if not standing_or_later:
        tally.notes.append(f"missed {kind} at {site}, visible from frame {seen_from}")
    if seen:
        first = seen[0].first_frame
        tally.add(f"delay_ms.{kind}", (truth.t_s[first] - truth.t_s[seen_from]) * 1000.0)
        tally.add(f"delay_pictures.{kind}", _pictures_between(truth, seen_from, first))


def _pictures_between(truth: Truth, start: int, end: int) -> float:
    """New X-ray pictures from one frame to another, negative when the second comes first."""
    low, high = min(start, end), max(start, end)
    pictures = int(truth.new_picture[low + 1 : high + 1].sum())
    return float(pictures if end >= start else -pictures)


def score_leaks(tally: Tally, truth: Truth, outcome: MethodAnswers) -> None:
    """Leaks found by site, against those visible in 2-D and all in 3-D; false and contestable ones; shapes."""
    true_sites = _true_sites(truth)
    for leak in truth.leaks:
        if leak.volume_mm3 < LEAK_MM3:
            continue
        found = [answer for answer in outcome.leaks if answer.site == leak.site]
        tally.count(f"leaks_3d.{leak.site}", bool(found), 1)
        if leak.onset_2d_frame is not None:
            tally.count(f"leaks_visible.{leak.site}", bool(found), 1)
            if found:
                first = min(answer.first_frame for answer in found)
                tally.add("leak_delay_pictures", _pictures_between(truth, leak.onset_2d_frame, first))
            else:
                tally.notes.append(f"missed leak at {leak.site}, visible from frame {leak.onset_2d_frame}")
        if leak.shape is not None and leak.onset_2d_frame is not None:
            label = found[0].shape.label if found and found[0].shape is not None else ""
            p_spike = found[0].shape.p_spike if found and found[0].shape is not None else None
            _score_shape(tally, leak.shape.label, label, p_spike)
            if leak.shape.label in SHAPES and (leak.shape.height_mm or 0.0) >= LARGE_MM:
                tally.count("shape.decided_large", label in SHAPES, 1)
    score_outside(tally, truth, outcome)
    false = 0
    for site in sorted({answer.site for answer in outcome.leaks} - true_sites):
        past_mm = truth.distance_mm[LINE_OF_LEAK[site]]
        contestable = bool(np.any(past_mm <= CONTESTABLE_MM))
        tally.count("contestable_leaks", contestable, 1)
        false += not contestable
        if not contestable:
            tally.notes.append(f"false leak at {site}")
    tally.count("false_leaks", false, 1)


def _true_sites(truth: Truth) -> set[str]:
    return {leak.site for leak in truth.leaks if leak.volume_mm3 >= LEAK_MM3}


def score_outside(tally: Tally, truth: Truth, outcome: MethodAnswers) -> None:
    """Alarms "cement outside body" in front or beside where none is: with the lines' among the false geometric ones."""
    true_sites = _true_sites(truth)
    for event in outcome.events:
        if event.site not in OUTSIDE or event.kind in GEOMETRIC or event.site in true_sites:
            continue
        until = min(event.first_frame, truth.frames - 1) + 1
        if not np.any(truth.distance_mm[LINE_OF_LEAK[event.site]][:until] <= CONTESTABLE_MM):
            tally.count("false_geometric", 1, 0)
            tally.count("false_outside", 1, 0)
            tally.notes.append(f"false {event.kind} at {event.site} in frame {event.first_frame}")
    tally.count("false_outside", 0, line_minutes(truth, truth.frames - 1))


def _score_shape(tally: Tally, true_shape: str, label: str, p_spike: float | None) -> None:
    if true_shape not in SHAPES:  # in between: the right answer is "undetermined"
        tally.count("shape.in_between_left_open", label in ("", "undetermined"), 1)
        return
    tally.count("shape.labelled", label != "", 1)
    tally.count("shape.decided", label in SHAPES, 1)
    tally.count("shape.right_of_all", label == true_shape, 1)
    if label in SHAPES:
        tally.count("shape.right_of_decided", label == true_shape, 1)
    if p_spike is not None:
        tally.add("shape.p_of_spikes" if true_shape == "spike" else "shape.p_of_rounds", p_spike)
