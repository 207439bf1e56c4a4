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
from assistant.steps.cement.ground_limits import BreathingLimits
from assistant.steps.cement.limits import CementLimits

F32 = NDArray[np.float32]
Bool = NDArray[np.bool_]


@dataclass(slots=True, eq=False)
class Breathing:
    """Pictures before the cement, and what they have in common.

    Attributes
    ----------
    spacing_s : float
        A picture is kept this long after the last one.
    pictures : list of array (rows, cols)
        Log units, without what is slow over the picture, on a lattice of about 0.45 mm.
    last_s : float
        Frame time of that.
    parts : array (parts, rows x cols) or None
        Principal components; the usual amount of each has a standard deviation of 1.
    thinned : array (parts, pixels) or None
        The same on every second pixel of every second row.
    """

    spacing_s: float
    pictures: list[F32] = field(default_factory=list)
    last_s: float = -np.inf
    parts: F32 | None = None
    thinned: F32 | None = None


def learn_breathing(
    memory: Breathing,
    still: F32,
    usable: Bool,
    believed: F32,
    mm_per_px: float,
    t_s: float,
    limits: CementLimits,
) -> None:
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
    limits : CementLimits
        Those of breathing, and what is slow.
    """
    own = limits.breathing
    # Spread over several breaths: pictures in a row would all show the same phase.
    if t_s - memory.last_s < memory.spacing_s:
        return
    memory.last_s = t_s
    times = halvings(mm_per_px, own.grid_mm)
    grid_mm = mm_per_px * 2**times
    small = cv2.GaussianBlur(coarser(still, times), (0, 0), own.smooth_mm / grid_mm)
    weight = coarser(usable, times)
    sigma = limits.baseline.haze_mm / grid_mm
    # High-pass by normalised convolution: the haze has been taken out of the change as well (`baseline.levelled`).
    slow = cv2.GaussianBlur(weight * small, (0, 0), sigma) / (cv2.GaussianBlur(weight, (0, 0), sigma) + 1e-3)
    fast = np.where(weight > 0.99, small - slow, np.float32(0.0)).astype(np.float32)
    if memory.pictures:
        believed_weight = coarser(believed, times)
        # Where there may be cement already the picture before is kept: a component of cement would take out cement.
        fast = believed_weight * fast + (1 - believed_weight) * memory.pictures[-1]
    if len(memory.pictures) >= own.most_pictures:
        memory.pictures = memory.pictures[::2]
        memory.spacing_s *= 2
    memory.pictures.append(fast)
    if len(memory.pictures) >= own.first_pictures and len(memory.pictures) % own.every_pictures == 0:
        memory.parts = _components(memory.pictures, own)
        if memory.parts is not None:
            memory.thinned = np.stack([_thinned(part.reshape(fast.shape)) for part in memory.parts])


def _components(pictures: list[F32], limits: BreathingLimits) -> F32 | None:
    # Principal components by the method of snapshots (Sirovich 1987, doi 10.1090/qam/910462): with n pictures of many
    # px, n x n products have the same eigenvalues as the covariance of the px. Of every second px, for the products
    # alone.
    rows = np.stack([picture.ravel() for picture in pictures])
    rows -= rows.mean(axis=0)
    some = rows[:, ::2]
    held, mixed = np.linalg.eigh(some @ some.T)
    held, mixed = held[::-1], mixed[:, ::-1]
    # No more than a third of the pictures: the last components of few pictures are those pictures' grain.
    count = min(int((held > limits.noise_times * np.median(held)).sum()), limits.parts, len(pictures) // 3)
    if not count:
        return None
    # With scores of standard deviation 1 a component is the mean of score times picture.
    scores = mixed[:, :count] * np.sqrt(len(pictures))
    return np.asarray(scores.T @ rows / len(pictures), dtype=np.float32)


def without_breathing(memory: Breathing, change: F32, free: Bool, mm_per_px: float, limits: BreathingLimits) -> F32:
    """The change without what breathing makes of it.

    Parameters
    ----------
    memory : Breathing
    change : array (rows, cols)
        Log units, smoothed, without what is slow over the picture.
    free : array (rows, cols) of bool
        Where no cement can be: only from there the phase of the breath is read.
    mm_per_px : float
    limits : BreathingLimits
    """
    if memory.parts is None or memory.thinned is None:
        return change
    times = halvings(mm_per_px, limits.grid_mm)
    seen = _thinned(coarser(change, times))
    counted = _thinned((coarser(free, times) > 0.99).astype(np.float32)) > 0
    if counted.sum() < limits.least_px:
        return change
    # Scaled by ``wider`` before and after: the ridge in `amounts_of` expects amounts of about 1, and a deep breath
    # has 2.
    wider = np.float32(limits.wider)
    amounts = wider * amounts_of(
        wider * memory.thinned, seen, counted, beyond=limits.robust_sigma, alike_px=limits.alike_px
    )
    # Read where no cement can be, taken out everywhere: that is what the pictures before the cement are good for.
    made = (amounts @ memory.parts).reshape(memory.pictures[-1].shape).astype(np.float32)
    return np.asarray(change - finer(made, change), dtype=np.float32)


def _thinned(values: F32) -> F32:
    """Every second pixel of every second row: as good for reading a few amounts."""
    return np.ascontiguousarray(values[::2, ::2]).ravel()
