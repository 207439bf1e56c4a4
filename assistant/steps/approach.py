"""How fast the cement comes towards the warning line, and when it would be there at that speed."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from assistant.acquisition import Acquisition
from assistant.vocabulary import Approach, Measure, Unknown

_WINDOW_S = 2.5
_LONGEST_WINDOW_S = 8.0
"""Slow pulses: the window grows until it holds the least number of pictures, but not beyond this."""
_LEAST_SPAN_S = 0.8
_LEAST_PICTURES = 4
_MOST_PICTURES = 40
"""Of a fast source every second or third picture is enough; the pairs grow with the square."""
_OUTLINE_STEP_MM = 0.1
"""Distances come in steps of the pixel grid and jitter by this much even where nothing moves [P]."""
_LEAST_SPEED_MM_PER_S = 0.05
_LONGEST_S = 60.0


@dataclass(slots=True)
class ApproachMemory:
    """Distances of the last new pictures of this exposure, with their times."""

    exposure: int = 0
    seen: deque[tuple[float, float]] = field(default_factory=deque)


def follow_approach(memory: ApproachMemory, acquisition: Acquisition, warning_line_mm: Measure) -> Approach:
    """Take one new picture in.

    A speed is that of one exposure: what cement does in a pause nobody sees, and after it the breath is another.
    The speed is the median of the slopes between all pairs of pictures (Theil-Sen: one bad picture does not move it).
    A time to the line is given only when the approach is faster than its own uncertainty.

    Parameters
    ----------
    memory : ApproachMemory
        Changed by the call.
    acquisition : Acquisition
        The beam at this picture.
    warning_line_mm : float or Unknown
    """
    t_s = acquisition.t_s
    if acquisition.exposure != memory.exposure:
        memory.exposure = acquisition.exposure
        memory.seen.clear()
    while memory.seen and _is_old(memory, t_s):
        memory.seen.popleft()
    if isinstance(warning_line_mm, Unknown):
        return Approach(approach_mm_per_s=warning_line_mm, time_to_line_s=warning_line_mm)
    memory.seen.append((t_s, warning_line_mm))
    times, values = (np.array(column) for column in zip(*memory.seen, strict=True))
    if len(times) < _LEAST_PICTURES or times[-1] - times[0] < _LEAST_SPAN_S:
        few = Unknown("too few pictures to tell a speed")
        return Approach(approach_mm_per_s=few, time_to_line_s=few)
    thin = -(-len(times) // _MOST_PICTURES)
    speed, spread = _speed(times[::-thin][::-1], values[::-thin][::-1])
    return Approach(approach_mm_per_s=speed, time_to_line_s=_time(warning_line_mm, speed, spread))


def _is_old(memory: ApproachMemory, t_s: float) -> bool:
    """Whether the oldest picture has left the window (at slow pulses the last few stay in it a while longer)."""
    age_s = t_s - memory.seen[0][0]
    return age_s > _LONGEST_WINDOW_S or (age_s > _WINDOW_S and len(memory.seen) >= _LEAST_PICTURES)


def _speed(times: NDArray[np.float64], values: NDArray[np.float64]) -> tuple[float, float]:
    """Median slope between all pairs, mm/s towards the line, and the standard deviation of it.

    The spread is that of a least-squares slope under noise as large as the scatter about the fitted line.
    """
    first, second = np.triu_indices(len(times), 1)
    apart = times[second] - times[first]
    far = apart > 0.25 * (times[-1] - times[0])
    slope = float(np.median((values[second] - values[first])[far] / apart[far]))
    rest = values - slope * times
    noise_mm = max(1.4826 * float(np.median(np.abs(rest - np.median(rest)))), _OUTLINE_STEP_MM)
    lever = float(np.sqrt(np.sum((times - times.mean()) ** 2)))
    return -slope, noise_mm / lever


def _time(distance_mm: float, speed: float, spread: float) -> Measure:
    if distance_mm <= 0:
        return Unknown("the line is reached")
    if speed < max(_LEAST_SPEED_MM_PER_S, 2 * spread):
        return Unknown("the cement does not come nearer")
    time_s = distance_mm / speed
    return time_s if time_s <= _LONGEST_S else Unknown("more than a minute at this speed")
