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
_COLUMNS = 128
"""How much two frames differ is measured on so many blocks of a row, or a few more; all else here was chosen on 96."""
_LEAST_SLOPE = 1e-3
_LEAST_FLICKER, _MOST_FLICKER = 0.003, 0.15
"""A supply or a console varies by a few percent from one picture to the next [P]."""


_DARK, _BURNT = 6.0, 245.0
"""Greys (of 255) between which a picture follows what the line does to it."""
_LEAST_LIT, _NO_EDGES = 0.25, 0.75

_BAND_WIDTH = 0.3
_BAND_GRAIN = 0.2
_BAND_GREY, _ROW_GREY = 1.5, 0.7
"""What is missing is of one grey along a row, or one row again and again; block means of a cable's noise stay below."""
_LIVELY_SHARE = 0.3
"""A row of a picture has grain in more than this share of its blocks [P]."""
_LEAST_STRIPS = 8


def halves_of(frame: Frame) -> F32:
    """Means of blocks of the even and of the odd rows, of 255, on strips spread over the picture.

    The two halves of an interlaced picture come one after the other. An eighth of the picture is enough to tell noise
    from noise; the mean of both are blocks of 4 x 4 px.

    Returns
    -------
    array (2, strips, columns) of float32
    """
    rows, cols = frame.grey.shape
    at, count = _strips(rows)
    if count < 4 or cols < 4 * BLOCK_PX:
        whole = np.asarray(frame.grey, dtype=np.float32) * np.float32(255.0 / frame.white)
        return np.stack([whole, whole])
    # Strips of 4 rows, evenly spread: whole blocks, and an eighth of the px to read; its even rows before its odd ones.
    strips = frame.grey[(at[:, None] + np.array([0, 2, 1, 3])).ravel()]
    scaled = strips.astype(np.float32)
    if frame.white != 255:
        scaled *= np.float32(255.0 / frame.white)
    small = cv2.resize(scaled, (cols // BLOCK_PX, 2 * count), interpolation=cv2.INTER_AREA)
    return np.ascontiguousarray(small.reshape(count, 2, -1).transpose(1, 0, 2), dtype=np.float32)


def fine_grain_of(frame: Frame) -> F32:
    """What four neighbouring px differ by, crosswise, in each of the blocks: of bone hardly anything is left in it."""
    rows, cols = frame.grey.shape
    at, count = _strips(rows)
    if count < 4 or cols < 4 * BLOCK_PX:
        return np.zeros((0, 0), dtype=np.float32)
    upper, lower = (frame.grey[at + each][:, : cols // BLOCK_PX * BLOCK_PX].astype(np.float32) for each in (0, 1))
    across = (upper - lower)[:, 0::BLOCK_PX] - (upper - lower)[:, 1::BLOCK_PX]
    return np.asarray(across * np.float32(255.0 / frame.white), dtype=np.float32)


def fine_share(fine: F32, before: F32, inside: Bool) -> float:
    """How much the fine grain differs from the frame before, over what new grain makes; nan: not known."""
    if fine.shape != inside.shape or before.shape != inside.shape:
        return float("nan")
    own, change = (_mostly(np.abs(each[inside])) for each in (fine, fine - before))
    return change / (1.414 * own) if own > 0 else float("nan")


def _mostly(sizes: F32) -> float:
    """The mean of all but the largest, which are edges."""
    least = max(1, round(_NO_EDGES * sizes.size))
    return float(np.partition(sizes, least - 1)[:least].mean()) if sizes.size else 0.0


def _strips(rows: int) -> tuple[NDArray[np.intp], int]:
    every = max(BLOCK_PX, rows // _STRIPS // 2 * 2)
    return np.arange(rows // every) * every, rows // every


def blocks_of(frame: Frame) -> F32:
    """Means of 4 x 4 px on strips spread over the picture (`halves_of`)."""
    return np.asarray(halves_of(frame).mean(axis=0), dtype=np.float32)


def grain_of(blocks: F32, inside: Bool) -> float:
    """Spatial noise of the block means: second differences along the row see grain and hardly any anatomy."""
    # Var(a - 2 b + c) = 6 sigma^2 for independent noise, so that sigma = spread / sqrt 6 = spread / 2.449; what is
    # linear along the row falls out.
    second = blocks[:, :-2] - 2 * blocks[:, 1:-1] + blocks[:, 2:]
    return spread(second[inside[:, 1:-1]][:: _thinning(blocks)]) / 2.449


def _thinning(blocks: F32) -> int:
    """Of so many blocks along a row one is looked at."""
    return max(int(blocks.shape[1]) // _COLUMNS, 1)


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


def _lit(blocks: F32) -> Bool:
    return np.asarray((blocks > _DARK) & (blocks < _BURNT), dtype=np.bool_)


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
        self.blocks, self.inside, self.grain = blocks, inside, grain
        self.lit = inside & _lit(blocks)
        slope = np.zeros_like(blocks)
        slope[:, 1:-1] = blocks[:, 2:] - blocks[:, :-2]
        self._every = np.s_[:, :: _thinning(blocks)]
        if np.count_nonzero(inside[self._every]) <= LEAST_BLOCKS:
            self._every = np.s_[:, ::1]
        self._seen, self._slope = (np.ascontiguousarray(each[self._every], np.float32) for each in (blocks, slope))
        self._inside, self._lit = (np.ascontiguousarray(each[self._every], np.bool_) for each in (inside, self.lit))

    def differ(self, other: F32, where: Bool) -> float | None:
        """The ratio of `ratio_of` for all that has changed in a part of the field but the picture's brightness.

        None, not known, where the part is next to nothing.
        """
        if where.sum() <= LEAST_BLOCKS:
            return None
        every = _thinning(self.blocks)
        shown = self.blocks[where][::every]
        change = shown - other[where][::every]
        shown = shown - np.float32(0.5) * change
        shown = shown - shown.mean()
        plain = ratio_of(change, self.grain)
        gain = _gain(change - change.mean(), shown)
        return min(plain, ratio_of(change - gain * shown, self.grain)) if gain else plain

    def differ_beyond_line(self, other: F32) -> float:
        """The same without what a shift or a step of brightness of each row explains."""
        # Where a picture is black or white it neither shifts nor flickers as the rest does.
        blocks, other = self._seen, other[self._every]
        counts = self._lit & _lit(other)
        if np.count_nonzero(counts) < _LEAST_LIT * np.count_nonzero(self._inside):
            counts = self._inside
        within = counts.astype(np.float32)
        count = np.maximum(within.sum(axis=1, keepdims=True), np.float32(1))

        def centred(values: F32) -> F32:
            return np.asarray((values - _dot(values, within) / count) * within, dtype=np.float32)

        # A row that is shifted by d along itself changes by d times its slope (Taylor): least squares for d, row by
        # row. Its mean (hum) is taken off before.
        slope = centred(self._slope)
        steepness = np.maximum(_dot(slope, slope), np.float32(_LEAST_SLOPE))

        def beyond_shift(change: F32) -> float:
            shift = np.asarray(_dot(change, slope) / steepness, dtype=np.float32)
            return ratio_of((change - shift * slope)[counts], self.grain)

        change = blocks - other
        shown = centred(blocks - np.float32(0.5) * change)
        change = centred(change)
        plain = beyond_shift(change)
        # A picture that flickers is brighter everywhere, by a share of its own greys.
        gain = _gain(change, shown)
        return min(plain, beyond_shift(change - gain * shown)) if gain else plain


def _dot(one: F32, other: F32) -> F32:
    """Sums of products along each row, as a column."""
    return np.asarray(np.einsum("ij,ij->i", one, other)[:, None], dtype=np.float32)
