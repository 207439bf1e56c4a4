"""Means over 2 x 2 px, once or several times: what is slow over the picture is worked out on fewer pixels."""

from __future__ import annotations

from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

F32 = NDArray[np.float32]

WHOLE_PX = 4
"""A lattice of a multiple of this is halved twice without a remainder, and so by the library's quick way (15 times)."""


def halvings(fine_mm: float, coarse_mm: float) -> int:
    """How often a lattice is halved to come nearest to a coarser one: 0, 1 or 2."""
    return min(2, max(0, int(np.rint(np.log2(coarse_mm / fine_mm)))))


def coarser(values: NDArray[Any], times: int) -> F32:
    """Means of 2 x 2 px, ``times`` times over.

    Parameters
    ----------
    values : array (rows, cols) of float32, uint8 or bool
        A mask becomes the share of each coarse pixel that it covers. A last odd row or column is squeezed in.
    times : int

    Returns
    -------
    array (rows >> times, cols >> times) of float32
    """
    small: F32 = values if values.dtype == np.float32 else values.astype(np.float32)
    for _ in range(times):
        # By halves and not at once: an area mean of 2 x 2 is the library's quickest, and the mean of means is the
        # mean.
        size = (max(1, small.shape[1] // 2), max(1, small.shape[0] // 2))
        small = np.asarray(cv2.resize(small, size, interpolation=cv2.INTER_AREA), dtype=np.float32)
    return small


def finer(values: F32, like: NDArray[Any]) -> F32:
    """Back to the size of ``like``, linear in between; a new array of float32."""
    size = (like.shape[1], like.shape[0])
    return np.asarray(cv2.resize(values, size, interpolation=cv2.INTER_LINEAR), dtype=np.float32)


def box_round(mask: NDArray[Any], margin_px: int = 0) -> tuple[slice, slice]:
    """The smallest part of an array that holds all that a mask of uint8 or bool sets, and a margin; empty for none."""
    x, y, width, height = cv2.boundingRect(mask.view(np.uint8))
    if not width:
        return slice(0, 0), slice(0, 0)
    rows = slice(max(0, y - margin_px), y + height + margin_px)
    return rows, slice(max(0, x - margin_px), x + width + margin_px)


def disc(reach_mm: float, mm_per_px: float) -> NDArray[np.uint8]:
    """A round structuring element that reaches so far, at least 1 px."""
    reach = max(1, round(reach_mm / mm_per_px))
    return np.asarray(cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * reach + 1, 2 * reach + 1)), dtype=np.uint8)
