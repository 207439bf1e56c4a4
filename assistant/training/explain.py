"""What gave it away, worked out from the run: which way the cement moved, how far and in which time."""

from __future__ import annotations

import math
from typing import Final

from assistant.language import sentence
from assistant.settings.tree import AlarmSettings
from assistant.training.clip import ClipFacts, band_mm
from assistant.training.run_outcome import RunOutcome

_WINDOW_S: Final = 4.0
_MOVED_MM: Final = 0.8


def gave_away(run_outcome: RunOutcome, facts: ClipFacts) -> str:
    """One or two sentences on what could be seen before the clip's end."""
    if facts.trap:
        return sentence(
            f"What gave it away: {facts.trap}. No distance can be read from such a picture, whatever it shows."
        )
    parts = [sentence(f"{moved} towards the {name}") for name, moved in _moves(run_outcome, facts.stop_frame)[:2]]
    made = sentence(f"In the {_WINDOW_S:.0f} s before, the cement came {' and '.join(parts)}.") if parts else ""
    if not made:
        made = sentence("Before the clip's end the cement came nearer to no line in this view.")
    if facts.event_s is not None and facts.event_s > facts.stop_s:
        made += sentence(f" {facts.event_s - facts.stop_s:.0f} s later {facts.event}.")
    elif facts.event_s is not None:
        made += sentence(f" Already {facts.stop_s - facts.event_s:.0f} s before, {facts.event}.")
    return made


def _moves(run_outcome: RunOutcome, stop: int) -> list[tuple[str, str]]:
    """How far the cement came nearer to each line in words, largest first."""
    before = run_outcome.frame_at(max(0.0, run_outcome.t_s[stop] - _WINDOW_S))
    made = []
    for direction, distances in run_outcome.distances_mm.items():
        known = [value for value in distances.between(before, stop + 1) if not math.isnan(value)]
        if len(known) > 1 and known[0] - known[-1] >= _MOVED_MM:
            name = {
                "posterior": "warning line",
                "superior disc": "upper endplate",
                "inferior disc": "lower endplate",
            }  # sentences
            moved_mm = known[0] - known[-1]
            words = run_outcome.in_words(direction, moved_mm, stop)
            made.append((moved_mm, name.get(direction, f"{direction} wall"), words))
    return [(name, words) for _, name, words in sorted(made, key=lambda one: -one[0])]


def near_since_s(run_outcome: RunOutcome, alarms: AlarmSettings) -> float | None:
    """How long before the first event the cement stood in the band of that line; None without an event or a band."""
    first = run_outcome.first
    if first is None:
        return None
    band, distances = band_mm(first.direction, alarms), run_outcome.distances_mm[first.direction]
    for frame in range(run_outcome.first_frame, min(first.frame, run_outcome.frames - 1) + 1):
        value = distances[frame]
        if not math.isnan(value) and value <= band:
            return first.t_s - run_outcome.t_s[frame]
    return None
