"""The scale from the cannula: its width in px, measured across the shaft at several places."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np

from assistant.vocabulary import Grey, Unknown

_PLACES: Final = 4
_HALF_PROFILE_PX: Final = 30.0
_STEP_PX: Final = 0.25
_LEAST_DEPTH: Final = 0.03
"""A shaft that darkens the picture by less than this share of white has no edges to measure."""

Point = tuple[float, float]


@dataclass(frozen=True, slots=True, kw_only=True)
class Shaft:
    """What was measured.

    Attributes
    ----------
    width_px : float
        Mean over the places.
    spread_percent : float
        Standard deviation of the places, in percent of the mean.
    edges : tuple
        From edge to edge at each place, in px of the picture.
    """

    width_px: float
    spread_percent: float
    edges: tuple[tuple[Point, Point], ...]


def measure_shaft(grey: Grey, white: int, first: Point, second: Point) -> Shaft | Unknown:
    """Width of the dark band along two places on the cannula, at half of its depth.

    Parameters
    ----------
    grey : array (rows, cols)
    white : int
    first, second : tuple of float
        Two places on the shaft, in px.
    """
    a, b = np.array(first, dtype=np.float64), np.array(second, dtype=np.float64)
    length = float(np.linalg.norm(b - a))
    if length < 12:
        return Unknown("The two places lie too near to each other.")
    along = (b - a) / length
    across = np.array([-along[1], along[0]])
    smooth = cv2.GaussianBlur(grey.astype(np.float32) / white, (0, 0), 1.0)
    offsets = np.arange(-_HALF_PROFILE_PX, _HALF_PROFILE_PX + _STEP_PX, _STEP_PX)
    widths: list[float] = []
    edges: list[tuple[Point, Point]] = []
    for k in range(_PLACES):
        middle = a + along * length * (k + 0.5) / _PLACES
        # A few profiles beside each other, averaged along the shaft, stand against the noise.
        points = middle + offsets[:, None] * across
        profiles = [_sample(smooth, points + along * shift) for shift in (-3.0, -1.5, 0.0, 1.5, 3.0)]
        found = _band(np.mean(profiles, axis=0), offsets)
        if found is not None:
            widths.append(found[1] - found[0])
            low, high = middle + found[0] * across, middle + found[1] * across
            edges.append(((float(low[0]), float(low[1])), (float(high[0]), float(high[1]))))
    if len(widths) < 2:
        return Unknown("The shaft's edges are not clear there. Choose another stretch.")
    mean = float(np.mean(widths))
    spread = 100 * float(np.std(widths)) / mean
    if spread > 15:
        return Unknown(f"The widths differ by {spread:.0f} %. Choose another stretch.")
    return Shaft(width_px=mean, spread_percent=spread, edges=tuple(edges))


def _sample(picture: np.ndarray, points: np.ndarray) -> np.ndarray:
    maps = points.astype(np.float32)
    return cv2.remap(picture, maps[:, 0], maps[:, 1], cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE).ravel()


def _band(profile: np.ndarray, offsets: np.ndarray) -> tuple[float, float] | None:
    """The dark band nearest to the middle: where it crosses half of its depth, on either side."""
    near = np.abs(offsets) <= 6.0
    at = int(np.flatnonzero(near)[np.argmin(profile[near])])
    floor = float(profile[at])
    sides = []
    for way in (-1, 1):
        run = profile[at::way][: int(24 / _STEP_PX)]
        level = (floor + float(run.max())) / 2
        if run.max() - floor < _LEAST_DEPTH:
            return None
        over = np.flatnonzero(run >= level)
        k = int(over[0])
        share = (level - run[k - 1]) / max(run[k] - run[k - 1], 1e-9) if k else 0.0
        sides.append(offsets[at] + way * (k - 1 + share) * _STEP_PX)
    return (float(sides[0]), float(sides[1])) if sides[1] - sides[0] > 2 else None
