"""How much two frames differ beyond what the line that brought them adds: means of blocks along rows of the picture.

An analogue line shifts each row a little along itself (its sync pulse jitters) and lays hum over all rows: a held
picture changes by as much as a filtered new one. Both are the same all along a row, quantum noise is not: what a shift
of the row or a step of its brightness explains is taken off before the difference is looked at.
"""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from assistant.imaging.robust_statistics import middle, spread
from assistant.vocabulary import Frame

F32 = NDArray[np.float32]
Bool = NDArray[np.bool_]

BLOCK_PX = 4
LEAST_BLOCKS = 50
"""Of so few nothing is said [P]."""
_STRIPS = 40
_LEAST_SLOPE = 1e-3
_LEAST_FLICKER, _MOST_FLICKER = 0.01, 0.15
"""A supply or a console varies by a few percent from one picture to the next [P]."""


_BAND_WIDTH = 0.3
_BAND_GRAIN = 0.2
_BAND_GREY, _ROW_GREY = 1.5, 0.7
"""What is missing is of one grey along a row, or one row again and again; block means of a cable's noise stay below."""
_LIVELY_SHARE = 0.3
"""A row of a picture has grain in more than this share of its blocks [P]."""
_LEAST_STRIPS = 8


def blocks_of(frame: Frame) -> F32:
    """Means of 4 x 4 px on strips spread over the picture: an eighth of it is enough to tell noise from noise."""
    rows, cols = frame.grey.shape
    every = max(BLOCK_PX, rows // _STRIPS)
    count = rows // every
    if count < 4 or cols < 4 * BLOCK_PX:
        return np.asarray(frame.grey, dtype=np.float32) * np.float32(255.0 / frame.white)
    # Strips of 4 rows, evenly spread: whole blocks, and an eighth of the px to read.
    strips = frame.grey[(np.arange(count)[:, None] * every + np.arange(BLOCK_PX)).ravel()]
    scaled = strips.astype(np.float32)
    if frame.white != 255:
        scaled *= np.float32(255.0 / frame.white)
    return np.asarray(cv2.resize(scaled, (cols // BLOCK_PX, count), interpolation=cv2.INTER_AREA), dtype=np.float32)


def grain_of(blocks: F32, inside: Bool) -> float:
    """Spatial noise of the block means: second differences along the row see grain and hardly any anatomy."""
    # Var(a - 2 b + c) = 6 sigma^2 for independent noise, so that sigma = spread / sqrt 6 = spread / 2.449; what is
    # linear along the row falls out.
    second = blocks[:, :-2] - 2 * blocks[:, 1:-1] + blocks[:, 2:]
    return spread(second[inside[:, 1:-1]]) / 2.449


def ratio_of(changes: F32, grain: float) -> float:
    """How much the block means of a frame differ from another's, over what new grain alone makes.

    Parameters
    ----------
    changes : array (blocks,) of float32
        Of 255.
    grain : float
        Of 255.
    """
    # Noise against noise, sqrt 2 sigma for the difference of two; and a step of the whole picture's brightness as
    # well.
    level = middle(changes)
    return spread(changes, level) / (1.414 * grain) + abs(level) / 255.0


def _gain(change: F32, shown: F32) -> np.float32:
    """By which share of the greys a picture has become brighter; 0 where it did not flicker.

    Both without their mean; ``shown`` is the mean of the two pictures, of whose grain the change knows nothing.
    """
    steep = max(float(np.square(shown).sum()), _LEAST_SLOPE)
    share = float((change * shown).sum()) / steep
    return np.float32(np.clip(share, -_MOST_FLICKER, _MOST_FLICKER) if abs(share) > _LEAST_FLICKER else 0.0)


def is_torn(blocks: F32, inside: Bool) -> bool:
    """Whether a part is missing: a band without grain and picture across the field, picture above and below it.

    A blade leaves such a band too, but at the field's edge. What a codec has smoothed still shows a picture.
    """
    # Row by row: grain (second differences), mean, how the row varies along itself and against its neighbour.
    width = inside.sum(axis=1)
    wide = width > _BAND_WIDTH * width.max()
    second = np.abs(blocks[:, :-2] - 2 * blocks[:, 1:-1] + blocks[:, 2:])
    grain = (second * inside[:, 1:-1]).sum(axis=1)[wide] / width[wide]
    if len(grain) < _LEAST_STRIPS:
        return False
    flat = grain < _BAND_GRAIN * middle(grain)
    if not flat.any():
        return False
    mean = (blocks * inside).sum(axis=1)[wide] / width[wide]
    varies = (np.abs(blocks[wide] - mean[:, None]) * inside[wide]).sum(axis=1) / width[wide]
    same = np.zeros(len(flat), bool)
    same[1:] = (np.abs(np.diff(blocks[wide], axis=0)) * inside[wide][1:]).sum(axis=1) / width[wide][1:] < _ROW_GREY
    same[:-1] |= same[1:]
    flat &= (varies < _BAND_GREY) | same  # one grey, or one row again and again
    band = flat[:-1] & flat[1:]
    # A word beside a field on which blades close is no picture: it has grain in a few blocks of its row.
    grainy = (second > _BAND_GRAIN * middle(grain)) & inside[:, 1:-1]
    lively = grainy.sum(axis=1)[wide] > _LIVELY_SHARE * width[wide]
    lit = np.flatnonzero(~flat & lively)
    return bool(len(lit) and band[lit[0] : lit[-1]].any())


class Rows:
    """One frame's block means, against which others are held.

    Parameters
    ----------
    blocks : array (rows, cols) of float32
        Of 255.
    inside : array (rows, cols) of bool
        Blocks in the X-ray field.
    grain : float
        What `grain_of` says of them.
    """

    def __init__(self, blocks: F32, inside: Bool, grain: float) -> None:
        self.blocks, self.inside, self._grain = blocks, inside, grain
        self._within = inside.astype(np.float32)
        self._count = np.maximum(self._within.sum(axis=1, keepdims=True), np.float32(1))
        # A row that is shifted by d along itself changes by d times its slope (Taylor): least squares for d, row by
        # row.
        slope = np.zeros_like(blocks)
        slope[:, 1:-1] = blocks[:, 2:] - blocks[:, :-2]
        self._slope = self._centred(slope)
        self._steepness = np.maximum(np.square(self._slope).sum(axis=1, keepdims=True), np.float32(_LEAST_SLOPE))

    def _centred(self, values: F32) -> F32:
        within = values * self._within
        return np.asarray(within - self._within * (within.sum(axis=1, keepdims=True) / self._count), dtype=np.float32)

    def differ(self, other: F32, where: Bool) -> float | None:
        """The ratio of `ratio_of` for all that has changed in a part of the field but the picture's brightness.

        None, not known, where the part is next to nothing.
        """
        if where.sum() <= LEAST_BLOCKS:
            return None
        change = (self.blocks - other)[where]
        shown = self.blocks[where] - 0.5 * change
        shown = shown - shown.mean()
        plain = ratio_of(change, self._grain)
        gain = _gain(change - change.mean(), shown)
        return min(plain, ratio_of(change - gain * shown, self._grain)) if gain else plain

    def differ_beyond_line(self, other: F32) -> float:
        """The same without what a shift or a step of brightness of each row explains."""
        change = self.blocks - other
        shown = self._centred(self.blocks - 0.5 * change)
        change = self._centred(change)
        plain = self._beyond_shift(change)
        # A picture that flickers is brighter everywhere, by a share of its own greys.
        gain = _gain(change, shown)
        return min(plain, self._beyond_shift(change - gain * shown)) if gain else plain

    def _beyond_shift(self, change: F32) -> float:
        # The row's mean (hum) is taken off already; now its projection on the slope, which has no mean either: one pass
        # is enough.
        shift = (change * self._slope).sum(axis=1, keepdims=True) / self._steepness
        return ratio_of((change - shift * self._slope)[self.inside], self._grain)
