"""Which of the grey values that a container can hold are in use: one range for a run, so that all of it looks alike.

Ten bits in a container of sixteen are a good picture that looks black; nothing in most files says so.
"""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from assistant.language import sentence

SAMPLED: Final = 16
"""So many pictures from all over the run tell its range."""
_GOLDEN: Final = (5**0.5 - 1) / 2
"""Of the run, from one sampled picture to the next, round and round: no rhythm of exposures falls in with it."""
_ENOUGH: Final = 0.25
"""Of the container's range: pictures that fill as much are shown as they are."""
_ROOM: Final = 0.125
"""Of the range in use, left free on either side: a picture between the sampled ones may go beyond them."""
_BEYOND: Final = 0.001
"""Of a picture's pixels: with more beyond the range shown it is not shown clipped, but said to be lost."""


def sampled(count: int) -> list[int]:
    """Numbers of the pictures that tell the range, from the first to the last."""
    if count <= SAMPLED:
        return list(range(count))
    return sorted({0, count - 1, *(int(k * _GOLDEN % 1 * count) for k in range(1, SAMPLED - 1))})


def range_in_use(low: int, high: int, floor: int, top: int) -> tuple[int, int]:
    """The values to show as black and as white.

    Parameters
    ----------
    low, high : int
        Smallest and largest value of the sampled pictures.
    floor, top : int
        Smallest and largest value that the container can hold.

    Returns
    -------
    (int, int)
        The container's own where the pictures fill it; from 0 to all bits that are in use where they begin near 0;
        else what is in use, with room on either side.
    """
    if high <= low or high - low >= _ENOUGH * (top - floor):
        return floor, top
    if floor == 0:
        by_bits = min(top, (1 << int(high).bit_length()) - 1)
        if low <= 0.25 * by_bits:
            return 0, by_bits
    room = max(1, round(_ROOM * (high - low)))
    return max(floor, low - room), min(top, high + room)


def stretched(values: NDArray[np.uint16], low: int, high: int) -> NDArray[np.uint16]:
    """Grey of 16 bits with ``low`` as black and ``high`` as white; what lies beyond is black or white."""
    inside = np.clip(values, low, high).astype(np.uint32) - np.uint32(low)
    grey: NDArray[np.uint16] = ((inside * 65535 + (high - low) // 2) // (high - low)).astype(np.uint16)
    return grey


def beyond(values: NDArray[np.uint16], low: int, high: int) -> str:
    """Why a picture cannot be shown in the run's range; empty where it can."""
    if int(values.min()) >= low and int(values.max()) <= high:
        return ""
    if np.count_nonzero((values < low) | (values > high)) <= _BEYOND * values.size:
        return ""
    return sentence(
        f"its grey values, {int(values.min())} to {int(values.max())}, go beyond those that the run is shown with, "
        f"{low} to {high}"
    )
