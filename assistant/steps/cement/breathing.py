"""What moves with the breath: ribs, lung, gas and skin before and behind the vertebra that is held still.

The pictures before the injection show what breathing does. Their principal components, a handful of pictures, tell it
in a few numbers; in every later picture these numbers are read where no cement can be, and what they make of the rest
is taken out. Angiography does much the same by choosing the mask of the same phase of the breath.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import cv2
import numpy as np
from numpy.typing import NDArray

from assistant.imaging.resampling import coarser, finer, halvings
from assistant.imaging.robust_statistics import amounts_of

F32 = NDArray[np.float32]
Bool = NDArray[np.bool_]

_GRID_MM = 0.45
_SMOOTH_MM = 0.4
_SLOW_MM = 4.0
"""As in `assistant.steps.cement.baseline`: what varies more slowly is haze and is taken out elsewhere."""
_MOST = 48
_FIRST = 6
_EVERY = 6
_SPACING_S = 0.1
_PARTS = 10
_NOISE_TIMES = 1.5
"""A component counts if it holds so many times what the median one holds: grain spreads over all of them alike."""
_ROBUST_SIGMA = 2.5
_WIDER = 2.0
"""Breaths may become so many times as strong as they were."""
_ALIKE_PX = 2.0
"""Neighbouring pixels are smoothed alike: so many of the thinned ones count for one."""
_LEAST_PX = 30


@dataclass(slots=True, eq=False)
class Breathing:
    """Pictures before the cement, and what they have in common.

    Attributes
    ----------
    pictures : list of array (rows, cols)
        Log units, without what is slow over the picture, on a lattice of about 0.45 mm.
    spacing_s, last_s : float
        A picture is kept this long after the last one.
    parts : array (parts, rows x cols) or None
        Principal components; the usual amount of each has a standard deviation of 1.
    thinned : array (parts, pixels) or None
        The same on every second pixel of every second row.
    """

    pictures: list[F32] = field(default_factory=list)
    spacing_s: float = _SPACING_S
    last_s: float = -np.inf
    parts: F32 | None = None
    thinned: F32 | None = None


def learn_breathing(memory: Breathing, still: F32, usable: Bool, believed: F32, mm_per_px: float, t_s: float) -> None:
    """Keep a picture from before the cement, now and then, and read the components anew.

    Parameters
    ----------
    memory : Breathing
        Changed by the call.
    still : array (rows, cols)
        Log units, the vertebra held still.
    usable : array (rows, cols) of bool
        Inside the X-ray field.
    believed : array (rows, cols)
        How far each pixel is believed to hold no cement, 0..1.
    mm_per_px : float
    t_s : float
    """
    if t_s - memory.last_s < memory.spacing_s:
        return
    memory.last_s = t_s
    times = halvings(mm_per_px, _GRID_MM)
    grid_mm = mm_per_px * 2**times
    small = cv2.GaussianBlur(coarser(still, times), (0, 0), _SMOOTH_MM / grid_mm)
    weight = coarser(usable, times)
    sigma = _SLOW_MM / grid_mm
    slow = cv2.GaussianBlur(weight * small, (0, 0), sigma) / (cv2.GaussianBlur(weight, (0, 0), sigma) + 1e-3)
    fast = np.where(weight > 0.99, small - slow, np.float32(0.0)).astype(np.float32)
    if memory.pictures:
        sure = coarser(believed, times)
        fast = sure * fast + (1 - sure) * memory.pictures[-1]
    if len(memory.pictures) >= _MOST:
        memory.pictures = memory.pictures[::2]
        memory.spacing_s *= 2
    memory.pictures.append(fast)
    if len(memory.pictures) >= _FIRST and len(memory.pictures) % _EVERY == 0:
        memory.parts = _components(memory.pictures)
        if memory.parts is not None:
            memory.thinned = np.stack([_thinned(part.reshape(fast.shape)) for part in memory.parts])


def _components(pictures: list[F32]) -> F32 | None:
    rows = np.stack([picture.ravel() for picture in pictures])
    rows -= rows.mean(axis=0)
    some = rows[:, ::2]
    held, mixed = np.linalg.eigh(some @ some.T)
    held, mixed = held[::-1], mixed[:, ::-1]
    count = min(int((held > _NOISE_TIMES * np.median(held)).sum()), _PARTS, len(pictures) // 3)
    if not count:
        return None
    # With scores of standard deviation 1 a component is the mean of score times picture.
    scores = mixed[:, :count] * np.sqrt(len(pictures))
    return np.asarray(scores.T @ rows / len(pictures), dtype=np.float32)


def without_breathing(memory: Breathing, change: F32, free: Bool, mm_per_px: float) -> F32:
    """The change without what breathing makes of it.

    Parameters
    ----------
    memory : Breathing
    change : array (rows, cols)
        Log units, smoothed, without what is slow over the picture.
    free : array (rows, cols) of bool
        Where no cement can be: only from there the phase of the breath is read.
    mm_per_px : float
    """
    if memory.parts is None or memory.thinned is None:
        return change
    times = halvings(mm_per_px, _GRID_MM)
    seen = _thinned(coarser(change, times))
    told = _thinned((coarser(free, times) > 0.99).astype(np.float32)) > 0
    if told.sum() < _LEAST_PX:
        return change
    wider = np.float32(_WIDER)
    amounts = wider * amounts_of(wider * memory.thinned, seen, told, beyond=_ROBUST_SIGMA, alike_px=_ALIKE_PX)
    made = (amounts @ memory.parts).reshape(memory.pictures[-1].shape).astype(np.float32)
    return np.asarray(change - finer(made, change), dtype=np.float32)


def _thinned(values: F32) -> F32:
    """Every second pixel of every second row: as good for reading a few amounts."""
    return np.ascontiguousarray(values[::2, ::2]).ravel()
