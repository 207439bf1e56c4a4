"""Scores of what a frame is called: segments of each state, new pictures, and no live figures without a picture."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from assistant.evaluation.film import stretches
from assistant.evaluation.outcome import MethodAnswers
from assistant.evaluation.tally import Tally
from assistant.evaluation.truth import LINES, Truth

SEGMENTS = ("frozen", "no_signal", "unusable", "moving")
NO_PICTURE = ("no_signal", "unusable")
STOPS = ("frozen", "no_signal")
_EIGHT_HOURS_S = 8 * 3600.0
SLACK_FRAMES = 1
"""A segment that begins one frame beside the true one is the same segment: time stamps are rounded."""


def segments(states: list[str], wanted: str) -> list[tuple[int, int]]:
    """First and last frame of each unbroken stretch of a state."""
    is_it = np.array([False, *(word == wanted for word in states), False])
    edges = np.flatnonzero(is_it[1:] != is_it[:-1])
    return [(int(a), int(b) - 1) for a, b in zip(edges[::2], edges[1::2], strict=True)]


def carried(states: list[str]) -> list[str]:
    """The words with each repeat called after the picture that it repeats: pulses do not cut a segment into pieces."""
    out: list[str] = []
    for word in states:
        out.append(out[-1] if word == "repeat" and out else word)
    return out


def score_states(tally: Tally, truth: Truth, outcome: MethodAnswers) -> None:
    """Recall, precision and delay of segments; recall and precision of new pictures; live figures where none may be."""
    true_states, said_states = carried(truth.state), carried(outcome.state)
    for state in SEGMENTS:
        true, answered = segments(true_states, state), segments(said_states, state)
        for first, last in true:
            hits = [a for a, b in answered if a <= last + SLACK_FRAMES and b >= first - SLACK_FRAMES]
            tally.count(f"state_recall.{state}", bool(hits), 1)
            if hits:
                begun = min(max(hits[0], first), truth.frames - 1)
                tally.add(f"state_delay_s.{state}", truth.t_s[begun] - truth.t_s[first])
            else:
                tally.notes.append(f"{state} of frames {first} to {last} not noticed")
        for a, b in answered:
            real = any(a <= last + SLACK_FRAMES and b >= first - SLACK_FRAMES for first, last in true)
            tally.count(f"state_precision.{state}", real, 1)
            if not real:
                tally.notes.append(f"called {state} without cause: frames {a} to {b}")
    false = tally.counts
    stops = sum(false[key][1] - false[key][0] for state in STOPS if (key := f"state_precision.{state}") in false)
    tally.count("false_stop", stops, float(truth.t_s[-1]) / _EIGHT_HOURS_S)
    live, said_live = truth.live, np.array([word == "live" for word in outcome.state], dtype=bool)
    told = np.ones(truth.frames, dtype=bool) if outcome.doubt is None else ~outcome.doubt
    both = (live & said_live & told).sum()
    tally.count("live_recall", both, (live & told).sum())
    tally.count("live_precision", both, (said_live & told).sum())
    tally.count("live_untold", (~told).sum(), truth.frames)
    blind = np.array([word in NO_PICTURE for word in truth.state], dtype=bool)
    figures = np.any([np.isfinite(outcome.distance_mm[line]) for line in LINES], axis=0)
    tally.count("live_figures_while_blind", (blind & (said_live | figures)).sum(), blind.sum())
    no_signal = np.array([word == "no_signal" for word in outcome.state], dtype=bool)
    tally.count("called_no_signal", (live & no_signal).sum(), live.sum())
    looped = _looped(truth)
    tally.count("loop_live", (looped & said_live).sum(), looped.sum())
    tally.count("loop_figures", (looped & figures).sum(), looped.sum())
    away = truth.new_picture & _c_arm_away(truth)
    tally.count("swing_figures", (away & figures).sum(), away.sum())
    _note(tally, "loop called live", np.flatnonzero(looped), said_live)
    _note(tally, "figures while the C-arm is away", np.flatnonzero(truth.new_picture), away & figures)


def _note(tally: Tally, what: str, frames: NDArray[np.intp], wrong: NDArray[np.bool_]) -> None:
    """Stretches of these frames, one after the other, that are wrong."""
    tally.notes.extend(f"{what}: frames {frames[a]} to {frames[b]}" for a, b in stretches(wrong[frames]))


def _looped(truth: Truth) -> NDArray[np.bool_]:
    """Frames in which the console plays its last seconds again."""
    loops = [fault for fault in truth.case.get("faults", ()) if fault["kind"] == "replay"]
    within = [(truth.t_s >= fault["from_s"] - 1e-6) & (truth.t_s < fault["to_s"] - 1e-6) for fault in loops]
    return np.any(within, axis=0) if within else np.zeros(truth.frames, dtype=bool)


def _c_arm_away(truth: Truth) -> NDArray[np.bool_]:
    """Frames in which the C-arm swings, or looks from where no view is planned."""
    planned = {"", *(view.view for view in truth.plan.views)}
    pairs = zip(truth.state, truth.view, strict=True)
    return np.array([view not in planned or (state == "moving" and not view) for state, view in pairs], dtype=bool)
