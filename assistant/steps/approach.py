"""How fast the cement comes towards the warning line, and when it would be there at that speed."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field

import numpy as np

from assistant.vocabulary import Approach, Measure, Unknown

_WINDOW_S = 3.0
_LEAST_SPAN_S = 0.8
_LEAST_PICTURES = 4
_LEAST_SPEED_MM_PER_S = 0.05
_LONGEST_S = 60.0


@dataclass(slots=True)
class ApproachMemory:
    """Distances of the last new pictures, with their times."""

    seen: deque[tuple[float, float]] = field(default_factory=deque)


def follow_approach(memory: ApproachMemory, t_s: float, warning_line_mm: Measure) -> Approach:
    """Take one new picture in.

    The speed is the median of the slopes between all pairs of pictures (Theil-Sen: one bad picture does not move it).
    A time to the line is given only when the approach is faster than its own uncertainty.

    Parameters
    ----------
    memory : ApproachMemory
        Changed by the call.
    t_s : float
    warning_line_mm : float or Unknown
    """
    while memory.seen and t_s - memory.seen[0][0] > _WINDOW_S:
        memory.seen.popleft()
    if isinstance(warning_line_mm, Unknown):
        return Approach(approach_mm_per_s=warning_line_mm, time_to_line_s=warning_line_mm)
    memory.seen.append((t_s, warning_line_mm))
    times, values = (np.array(column) for column in zip(*memory.seen, strict=True))
    if len(times) < _LEAST_PICTURES or times[-1] - times[0] < _LEAST_SPAN_S:
        few = Unknown("too few pictures to tell a speed")
        return Approach(approach_mm_per_s=few, time_to_line_s=few)
    first, second = np.triu_indices(len(times), 1)
    apart = times[second] - times[first]
    far = apart > 0.25 * (times[-1] - times[0])
    slopes = (values[second] - values[first])[far] / apart[far]
    speed = -float(np.median(slopes))
    spread = 1.4826 * float(np.median(np.abs(slopes + speed))) / np.sqrt(len(times) / 2)
    return Approach(approach_mm_per_s=speed, time_to_line_s=_time(warning_line_mm, speed, spread))


def _time(distance_mm: float, speed: float, spread: float) -> Measure:
    if distance_mm <= 0:
        return Unknown("the line is reached")
    if speed < max(_LEAST_SPEED_MM_PER_S, 2 * spread):
        return Unknown("the cement does not come nearer")
    time_s = distance_mm / speed
    return time_s if time_s <= _LONGEST_S else Unknown("more than a minute at this speed")
