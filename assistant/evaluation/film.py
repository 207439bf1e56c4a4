"""Film and pauses of a run as truth has them: exposures, and how long the beam was on."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from assistant.evaluation.truth import Truth

_PAUSE_PULSES, _LEAST_PAUSE_S = 2.5, 0.6
"""A step between new pictures that is longer than so many pulses, and than this, is a pause."""


_EXPOSURE_S = 2.0
"""What an exposure counts for at least where alarms are told by the minute."""
_ZOOMED = 1.06
"""A vertebra that is so much larger or smaller than in the picture before was zoomed, not moved."""


def stretches(flags: NDArray[np.bool_]) -> list[tuple[int, int]]:
    """First and last index of each unbroken stretch of True."""
    edges = np.flatnonzero(np.diff(np.concatenate([[False], flags, [False]]).astype(np.int8)))
    return [(int(a), int(b) - 1) for a, b in zip(edges[::2], edges[1::2], strict=True)]


def changes(truth: Truth, pictures: NDArray[np.intp], there: NDArray[np.bool_]) -> set[int]:
    """First pictures of a planned view straight after another one, or after the same mirrored or zoomed otherwise.

    Parameters
    ----------
    truth : Truth
    pictures : array (m,)
        Frames with a new picture.
    there : array (m,) of bool
        Which of these show a planned view.

    Returns
    -------
    set of int
        Indices into ``pictures``.
    """
    mirrored, scale = truth.mirrored[pictures], truth.motion["scale"][pictures]
    found = set()
    for k in np.flatnonzero(there[1:] & there[:-1]) + 1:
        turned = truth.view[pictures[k]] != truth.view[pictures[k - 1]]
        zoomed = bool(abs(np.log(scale[k] / scale[k - 1])) > np.log(_ZOOMED))
        if turned or zoomed or mirrored[k] != mirrored[k - 1]:
            found.add(int(k))
    return found


def exposure_starts(truth: Truth) -> NDArray[np.bool_]:
    """Which of the new pictures (in their order) is the first of an exposure."""
    t_s = truth.t_s[truth.new_picture]
    steps_s = np.diff(t_s, prepend=-np.inf)
    starts: NDArray[np.bool_] = steps_s > max(_PAUSE_PULSES * _pulse_s(truth), _LEAST_PAUSE_S)
    return starts


def film_s(truth: Truth, among: NDArray[np.bool_] | None = None) -> float:
    """Seconds with X-ray on: each new picture stands for the time to the next, one before a pause for a pulse.

    Parameters
    ----------
    truth : Truth
    among : array of bool or None
        Which of the new pictures, in their order; None: all.
    """
    t_s = truth.t_s[truth.new_picture]
    pulse_s = _pulse_s(truth)
    lasts_s = np.diff(t_s, append=t_s[-1:] + pulse_s)
    lasts_s[np.append(exposure_starts(truth)[1:], False)] = pulse_s
    return float(lasts_s.sum() if among is None else lasts_s[among].sum())


def line_minutes(truth: Truth, end: int) -> float:
    """Minutes of film before a frame; in exposures each stands for 2 s at least, so that 30 of them are a minute."""
    among = np.flatnonzero(truth.new_picture) < end
    if not among.any():
        return 0.0
    exposures = int(exposure_starts(truth)[among].sum())
    return max(film_s(truth, among), _EXPOSURE_S * exposures if exposures > 1 else 0.0) / 60.0


def _pulse_s(truth: Truth) -> float:
    rate = truth.facts.get("pulses_per_s")
    if rate:
        return 1.0 / float(rate)
    steps_s = np.diff(truth.t_s[truth.new_picture])
    return float(np.median(steps_s)) if len(steps_s) else 0.0
