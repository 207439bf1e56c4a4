"""A picture as the step sees it: its logarithm on coarser lattices, band-passed, and its grain."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from assistant.geometry import Crop, PointsPx
from assistant.steps.motion.limits import LIMITS
from assistant.vocabulary import Grey

F32 = NDArray[np.float32]
F64 = NDArray[np.float64]

_LOG_OFFSET = 16.0
_MARGIN_MM = 4.0
"""So far the vertebra may go between two pictures before the search starts from the coarse lattice."""
_GRAIN = np.outer([1, -2, 1], [1, -2, 1]).astype(np.float32) / np.float32(6.0)
"""Second differences both ways (Immerkær 1996, doi 10.1006/cviu.1996.0060): grain alone, of deviation 1 for white."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Outline:
    """The vertebra in the reference frame."""

    mm_per_px: float
    window: Crop
    body_px: PointsPx
    centre_px: tuple[float, float]
    field_mask: NDArray[np.bool_]


@dataclass(eq=False)
class Lattice:
    """A picture, or a part of it, on one lattice.

    Attributes
    ----------
    logged : array (rows, cols)
        100 x the logarithm.
    slow : array (rows, cols)
        Its mean over a few mm: where it grows dark, something covers the bone.
    band : array (rows, cols)
        What is compared: neither slow brightness nor the noise of single pixels.
    left, top : int
        Of the part in the whole lattice.
    """

    logged: F32
    slow: F32
    band: F32
    left: int = 0
    top: int = 0

    @cached_property
    def grain(self) -> F32:
        """Second differences of the logarithm: noise, hardly any anatomy."""
        return np.asarray(cv2.filter2D(self.logged, cv2.CV_32F, _GRAIN), dtype=np.float32)


@dataclass(slots=True, eq=False)
class Pyramid:
    """The new picture on each lattice that the step needs, made once and shared by all views."""

    grey: Grey
    white: int
    lattices: dict[tuple[int, float, float], Lattice] = field(default_factory=dict)
    parts: dict[tuple[int, float, float], Lattice] = field(default_factory=dict)

    def part(self, decimation: int, mm_per_px: float, softness: float, at: F64) -> Lattice:
        """The lattice round some points only: a large picture is mostly elsewhere.

        Parameters
        ----------
        decimation : int
        mm_per_px : float
            Of the picture.
        softness : float
            The band-pass is so many times as wide: 1 but where the pictures are so noisy that nothing is found.
        at : array (n, 2)
            Points in lattice px that may move by `_MARGIN_MM`.
        """
        # Made once a picture and shared by all views; a part that holds what is asked for now is taken as it is.
        key = (decimation, round(mm_per_px, 6), softness)
        if key in self.lattices:
            return self.lattices[key]
        margin = _MARGIN_MM / (mm_per_px * decimation)
        rows, cols = self.grey.shape[0] // decimation, self.grey.shape[1] // decimation
        x0, y0 = np.clip(np.floor(at.min(axis=0) - margin), 0, [cols - 1, rows - 1]).astype(int)
        x1, y1 = np.clip(np.ceil(at.max(axis=0) + margin), [x0 + 1, y0 + 1], [cols, rows]).astype(int)
        if key in self.parts:
            made = self.parts[key]
            height, width = made.band.shape
            if made.left <= x0 and made.top <= y0 and x1 <= made.left + width and y1 <= made.top + height:
                return made
        grey = self.grey[y0 * decimation : y1 * decimation, x0 * decimation : x1 * decimation]
        self.parts[key] = _lattice(grey, self.white, decimation, mm_per_px, softness, (int(x0), int(y0)))
        return self.parts[key]

    def lattice(self, decimation: int, mm_per_px: float, softness: float = 1.0) -> Lattice:
        """The whole picture, decimated by a whole factor and band-passed."""
        key = (decimation, round(mm_per_px, 6), softness)
        if key not in self.lattices:
            self.lattices[key] = _lattice(self.grey, self.white, decimation, mm_per_px, softness, (0, 0))
        return self.lattices[key]


def _lattice(
    grey: Grey, white: int, decimation: int, mm_per_px: float, softness: float, corner: tuple[int, int]
) -> Lattice:
    logged = _logarithm(_decimated(grey, white, decimation))
    pixel_mm = mm_per_px * decimation
    low = cv2.GaussianBlur(logged, (0, 0), max(0.6, softness * LIMITS.band_low_mm / pixel_mm))
    wide = max(5, round(softness * LIMITS.band_high_mm / pixel_mm * 3) | 1)
    slow = np.asarray(cv2.blur(logged, (wide, wide)), dtype=np.float32)
    band = np.asarray(cv2.subtract(low, slow), dtype=np.float32)
    return Lattice(logged=logged, slow=slow, band=band, left=corner[0], top=corner[1])


def _decimated(grey: Grey, white: int, decimation: int) -> F32:
    small: NDArray[Any] = grey
    if decimation > 1:
        height, width = grey.shape[0] // decimation, grey.shape[1] // decimation
        trimmed = grey[: height * decimation, : width * decimation]
        small = cv2.resize(trimmed, (width, height), interpolation=cv2.INTER_AREA)
    scaled = small.astype(np.float32)
    if white != 255:
        scaled *= np.float32(255.0 / white)
    return scaled


def _logarithm(picture: F32) -> F32:
    """Bone behind the heart or the lung changes the logarithm by the same amount, not the grey."""
    return np.asarray(cv2.log(picture + np.float32(_LOG_OFFSET)), dtype=np.float32) * np.float32(100.0)


def sample(lattice: F32, at: F64) -> F32:
    """Values at points (n, 2) in px of this array, between its pixels too."""
    # remap wants a picture of points no wider than 32767.
    xs = np.ascontiguousarray(at[:, 0], dtype=np.float32).reshape(-1, 1)
    ys = np.ascontiguousarray(at[:, 1], dtype=np.float32).reshape(-1, 1)
    sampled = cv2.remap(lattice, xs, ys, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    return np.asarray(sampled, dtype=np.float32).ravel()


def inside(at: F64, shape: tuple[int, ...]) -> NDArray[np.bool_]:
    """Which points lie in an array of this shape."""
    return (at[:, 0] > 0) & (at[:, 1] > 0) & (at[:, 0] < shape[1] - 1) & (at[:, 1] < shape[0] - 1)
