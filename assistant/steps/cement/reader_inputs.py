"""What a reader is given of one picture after the other: maps of the vertebra held still, a px about 0.45 mm.

The change against the pictures before the cement, of this picture and averaged over half a second and over 2.5 s of
film, each in units of the picture's grain; the baseline; how deep in the body; steel; what has brightened lately; the
grain. Nothing here knows which reader is asked.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

F32 = NDArray[np.float32]
Bool = NDArray[np.bool_]

CHANNELS: Final = ("change", "half second", "2.5 s", "baseline", "depth in the body", "steel", "brightened", "grain")

_HALF_S, _LONG_S = 0.5, 2.5
_HALF_LEAST, _LONG_LEAST = 0.2, 0.05
"""A new picture's weight in the averages at least, however close it follows."""
_LEAST_GRAIN_LOG = 0.5
_BRIGHT_KEPT = 0.97


@dataclass(slots=True, eq=False)
class SeenChange:
    """What has changed, and how it went on, of one view.

    Attributes
    ----------
    usable, body : array (rows, cols) of bool
    depth_mm : array (rows, cols)
        To the body's outline, positive inside.
    change, half_s, long_s : array (rows, cols) or None
        Log units, positive where darker: of the last picture, and averaged.
    bright : array (rows, cols) or None
        The strongest brightening lately: cement never brightens.
    grain : float
        Of the last picture, log units: what is finer than 1.3 mm.
    """

    usable: Bool
    body: Bool
    depth_mm: F32
    change: F32 | None = None
    half_s: F32 | None = None
    long_s: F32 | None = None
    bright: F32 | None = None
    grain: float = 0.0
    last_s: float = -np.inf
    maps: F32 | None = None

    def take(self, mean: F32, still: F32, t_s: float) -> F32:
        """Take a picture in; how much darker it is than the mean, without exposure and tone."""
        change = without_exposure(mean, still, self.usable)
        fine = change - cv2.blur(change, (3, 3))
        middle = float(np.median(np.abs(fine[self.usable][::3]))) if self.usable.any() else 0.0
        self.grain = max(1.4826 * 1.06 * middle, _LEAST_GRAIN_LOG)
        if self.half_s is None or self.long_s is None or self.bright is None:
            self.half_s, self.long_s, self.bright = change.copy(), change.copy(), np.zeros_like(change)
        else:
            passed_s = max(t_s - self.last_s, 1e-3)
            _towards(self.half_s, change, max(1 - np.exp(-passed_s / _HALF_S), _HALF_LEAST))
            _towards(self.long_s, change, max(1 - np.exp(-passed_s / _LONG_S), _LONG_LEAST))
            self.bright *= np.float32(_BRIGHT_KEPT)
            np.maximum(self.bright, cv2.GaussianBlur(-self.half_s, (0, 0), 1.0), out=self.bright)
        self.change, self.last_s = change, t_s
        return change

    def as_maps(self, mean: F32, steel: Bool) -> F32:
        """The maps of the last picture, channels first; written anew by the next call."""
        assert self.change is not None
        assert self.half_s is not None
        assert self.long_s is not None
        assert self.bright is not None
        middle = np.float32(np.median(mean[self.usable][::3])) if self.usable.any() else np.float32(0.0)
        averages = self.change, self.half_s, self.long_s
        self.maps = maps_of(
            averages, self.bright, self.grain, mean - middle, self.depth_mm, steel, self.usable, self.maps
        )
        return self.maps


def maps_of(
    changes: tuple[F32, F32, F32],
    bright: F32,
    grain: float,
    baseline: F32,
    depth_mm: F32,
    steel: Bool | F32,
    usable: Bool | F32,
    out: F32 | None = None,
) -> F32:
    """The maps of one picture in the scales that a network has learned.

    Parameters
    ----------
    changes : three arrays (rows, cols)
        Log units: of this picture, over half a second, over 2.5 s.
    bright, baseline, depth_mm : array (rows, cols)
        As in `SeenChange`; the baseline less its middle.
    grain : float
    steel, usable : array (rows, cols)
        0 or 1.
    out : array (8, rows, cols) or None
        Written over and given back.
    """
    maps: F32 = np.empty((len(CHANNELS), *bright.shape), np.float32) if out is None else out
    for k, (values, share) in enumerate(zip(changes, (1.0, 0.5, 0.3), strict=True)):
        np.arcsinh(values / np.float32(share * grain), out=maps[k])
    np.multiply(baseline, np.float32(1 / 40), out=maps[3])
    np.clip(depth_mm / 8, -2, 2, out=maps[4])
    maps[5] = steel
    np.arcsinh(bright / np.float32(0.5 * grain), out=maps[6])
    maps[7] = np.log(grain)
    np.multiply(maps, usable, out=maps)
    return maps


def start_seeing(usable: Bool, body: Bool, mm_per_px: float) -> SeenChange:
    """Prepare for a view; the masks lie on the readers' lattice."""
    inside = body.astype(np.uint8)
    depth = cv2.distanceTransform(inside, cv2.DIST_L2, 5) - cv2.distanceTransform(1 - inside, cv2.DIST_L2, 5)
    return SeenChange(usable=usable, body=body, depth_mm=np.asarray(depth * mm_per_px, np.float32))


def without_exposure(mean: F32, still: F32, free: Bool) -> F32:
    """How much darker than the mean, less what follows from the grey alone.

    Exposure and the display's curve do the same to all pixels of one grey: a parabola over the grey, fitted robustly;
    what is darker than that may be cement and counts less far than what is brighter.
    """
    difference = np.asarray(mean - still, np.float32)
    levels, seen = mean[free][::5], difference[free][::5]
    if len(levels) < 30:
        return difference
    middle, wide = np.float32(levels.mean()), np.float32(levels.std() + 1e-3)
    x = (levels - middle) / wide
    design = np.stack([np.ones_like(x), x, x * x], axis=1).astype(np.float64)
    keep = np.ones(len(x), bool)
    fitted: NDArray[np.float64] = np.zeros(3)
    for _ in range(4):
        some = design[keep]
        ridge = np.diag([1e-6, len(some) * 2e-3, len(some) * 2e-3])
        fitted = np.asarray(np.linalg.solve(some.T @ some + ridge, some.T @ seen[keep]), np.float64)
        left = seen - design @ fitted
        spread = 1.4826 * np.median(np.abs(left - np.median(left))) + 0.2
        keep = (left < 2 * spread) & (left > -3 * spread)
    at = np.clip((mean - middle) / wide, -2.5, 2.5)
    a, b, c = (np.float32(value) for value in fitted)
    return np.asarray(difference - (a + at * (b + at * c)), np.float32)


def _towards(kept: F32, new: F32, share: float) -> None:
    kept += np.float32(share) * (new - kept)
