"""How fast the vertebra moves through the picture: a pushed table, a swing that begins, a cough."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field

from assistant.acquisition import Acquisition
from assistant.vocabulary import Motion

_FAST_MM_PER_S = 25.0
"""Faster than this a pulse of 8 ms smears by 0.2 mm, and a recursive filter draws every edge twice [P]; breathing moves
a vertebra by less than 10 mm/s."""
_LEAST_MM = 2.0
_OVER_S = (0.1, 0.2)
"""Looked at over so much way and time: the pose of a single picture jitters by some tenths of a mm, and of two pictures
that lie farther apart nobody knows whether the vertebra moves or has moved [P]."""


@dataclass(slots=True, eq=False)
class SpeedMemory:
    """Where the vertebra was lately in this stretch of film: frame time, view, displacement in mm."""

    stretch: int = 0
    """Of film."""
    recent: deque[tuple[float, int, float, float]] = field(default_factory=lambda: deque(maxlen=32))


def too_fast(memory: SpeedMemory, motion: Motion, mm_per_px: float, acquisition: Acquisition) -> bool:
    """Take in where the vertebra is in a new picture, and say whether it moves too fast to measure.

    Only within one exposure, and where times are known: where it went in a pause is no speed.

    Parameters
    ----------
    memory : SpeedMemory
        Changed by the call.
    motion : Motion
    mm_per_px : float
        Of the view that the picture shows.
    acquisition : Acquisition
        The beam at this picture.
    """
    t_s = acquisition.t_s
    if acquisition.stretch != memory.stretch:
        memory.stretch = acquisition.stretch
        memory.recent.clear()
    x_mm, y_mm = motion.similarity.dx_px * mm_per_px, motion.similarity.dy_px * mm_per_px
    fast = False
    # Backwards to the newest picture that lies at least 0.1 s back: v = |x - x'| / (t - t'). Shorter, the jitter of
    # two poses alone would be a speed; a gap, or another view in between, says nothing.
    for then_s, view_index, then_x_mm, then_y_mm in reversed(memory.recent):
        waited_s = t_s - then_s
        if view_index != motion.view_index or waited_s > _OVER_S[1]:
            break
        if waited_s > _OVER_S[0] - 1e-6:
            away_mm = float(((x_mm - then_x_mm) ** 2 + (y_mm - then_y_mm) ** 2) ** 0.5)
            fast = away_mm > max(_LEAST_MM, _FAST_MM_PER_S * waited_s)
            break
    memory.recent.append((t_s, motion.view_index, x_mm, y_mm))
    return fast
