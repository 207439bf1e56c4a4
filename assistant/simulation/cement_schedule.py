"""How much cement has been pressed in at which second."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from assistant.errors import UsageError


def injected_ml(
    schedule: tuple[NDArray[np.float64], NDArray[np.float64]] | None,
    total_ml: float,
    rate_ml_per_min: float | None,
    duration_s: float | None,
    start_s: float,
    pauses: tuple[tuple[float, float], ...],
    rng: np.random.Generator,
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Injected volume over time."""
    drawn = float(rng.uniform(0.3, 2.0))
    if schedule is not None:
        seconds, millilitres = (np.asarray(v, dtype=np.float64) for v in schedule)
        if len(seconds) != len(millilitres) or np.any(np.diff(seconds) < 0) or np.any(np.diff(millilitres) < 0):
            raise UsageError("A schedule needs as many seconds as millilitres, and neither may fall.")
        return seconds, millilitres
    rate = rate_ml_per_min or (drawn if duration_s is None else 60.0 * total_ml / duration_s)
    times, volumes = [start_s], [0.0]
    for at_ml, pause_s in sorted(pauses):
        if not 0.0 < at_ml < total_ml:
            raise UsageError(f"A pause at {at_ml} ml lies outside the {total_ml} ml that are injected.")
        times.append(times[-1] + (at_ml - volumes[-1]) / rate * 60.0)
        volumes.append(at_ml)
        times.append(times[-1] + pause_s)
        volumes.append(at_ml)
    times.append(times[-1] + (total_ml - volumes[-1]) / rate * 60.0)
    volumes.append(total_ml)
    return np.array(times), np.array(volumes)
