"""How much cement has been pressed in at which second."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from assistant.errors import UsageError

_STEPS = 33


def injected_ml(
    schedule: tuple[NDArray[np.float64], NDArray[np.float64]] | None,
    total_ml: float,
    rate_ml_per_min: float | None,
    duration_s: float | None,
    start_s: float,
    pauses: tuple[tuple[float, float], ...],
    rng: np.random.Generator,
    slows: float = 0.0,
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Injected volume over time.

    ``slows``: share of the first rate that is lost by the end, evenly over the injecting time.
    """
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
    if slows <= 0:
        return np.array(times), np.array(volumes)
    injecting_s = total_ml / rate * 60.0
    even_ml = np.union1d(np.linspace(0.0, total_ml, _STEPS), volumes)
    share = even_ml / total_ml * (1.0 - 0.5 * slows)
    flowing_s = start_s + injecting_s * (1.0 - np.sqrt(1.0 - 2.0 * slows * share)) / slows
    at, injected, waited_s = list[float](), list[float](), 0.0
    held = dict(sorted(pauses))
    for at_s, at_ml in zip(flowing_s, even_ml, strict=True):
        at.append(float(at_s) + waited_s)
        injected.append(float(at_ml))
        if at_ml in held:
            waited_s += held[float(at_ml)]
            at.append(float(at_s) + waited_s)
            injected.append(float(at_ml))
    return np.array(at), np.array(injected)
