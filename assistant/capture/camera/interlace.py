"""Interlaced video: two half pictures of different times woven into one. Seen by its combs, taken apart by lines.

Where something moves, neighbouring lines of a woven picture differ more than lines two apart, which no whole picture
does. Taking it apart keeps the upper half picture and fills the lines between: half the height in detail, one instant.
"""

from __future__ import annotations

from typing import Final

import cv2
import numpy as np

from assistant.vocabulary import Grey

COMBED: Final = 1.25
"""Ratio of the differences from which a picture counts as woven; whole pictures stay below 1.1 [P]."""
_LEAST_GREY: Final = 0.5
_LOOKS: Final = 3
_EVERY_FRAMES: Final = 5
_BLOCK_PX: Final = 8


def comb_ratio(grey: Grey) -> float:
    """How combed a picture is: about 1 for a whole one, far above where a woven one moves; 0 where it is too flat."""
    rows, cols = grey.shape
    if rows < 16 or cols < _BLOCK_PX:
        return 0.0
    scale = 1.0 if grey.dtype == np.uint8 else 255.0 / 65535.0
    # Means along the line take the noise away and leave the combs, which run along it.
    means = cv2.resize(grey, (cols // _BLOCK_PX, rows), interpolation=cv2.INTER_AREA).astype(np.float32) * scale
    next_line = np.abs(means[1:-1] - means[:-2])
    same_half = np.abs(means[2:] - means[:-2])
    moving = np.maximum(next_line, same_half)
    edge = moving > max(_LEAST_GREY, float(np.percentile(moving, 90)))
    if int(edge.sum()) < 32:
        return 0.0
    return float(next_line[edge].mean() / max(float(same_half[edge].mean()), 1e-3))


def upper_half(grey: Grey) -> Grey:
    """The upper half picture in full size: its own lines, and the means of two between them."""
    whole: Grey = grey.copy()
    upper = grey[::2]
    between = whole[1:-1:2] if grey.shape[0] % 2 == 0 else whole[1::2]
    count = between.shape[0]
    total = upper[:count].astype(np.uint32) + upper[1 : count + 1]
    between[:] = ((total + 1) // 2).astype(grey.dtype)
    if grey.shape[0] % 2 == 0:
        whole[-1] = upper[-1]
    return whole


class Deinterlacer:
    """Takes woven pictures apart where the settings or the pictures say so.

    Parameters
    ----------
    mode : str
        "auto", "on" or "off".

    Attributes
    ----------
    is_on : bool
        Once seen to be woven, a source stays so: a still picture shows no combs.
    """

    def __init__(self, mode: str) -> None:
        self._mode = mode
        self.is_on = mode == "on"
        self._seen = 0
        self._frames = 0

    def apply(self, grey: Grey) -> Grey:
        """The picture, taken apart where need be."""
        if self._mode == "auto" and not self.is_on:
            self._frames += 1
            if self._frames % _EVERY_FRAMES == 0:
                self._seen = self._seen + 1 if comb_ratio(grey) > COMBED else max(0, self._seen - 1)
                self.is_on = self._seen >= _LOOKS
        return upper_half(grey) if self.is_on else grey
