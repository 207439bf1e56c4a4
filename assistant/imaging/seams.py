"""Seams: where a computer has set two pictures together, exactly along a column or a row of the screen.

Across a seam the grey steps from one pixel to the next nearly everywhere along it, far more than it changes some pixels
beside. Bones, blades and instruments slant, end, or are soft over several pixels.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from assistant.geometry import Crop
from assistant.vocabulary import Grey

F32 = NDArray[np.float32]
Mask = NDArray[np.bool_]

_ALONG_PX: Final = 24
"""So many pixels along the seam are averaged: the grain falls, the step stays."""
_BESIDE_PX: Final = 11
_OFFSET, _BLACK, _BURNT = 16.0, 8.0, 248.0
_LEAST_STEP: Final = 0.008
"""In the logarithm of the grey: what the grain of a picture leaves of such means [P]."""
_SHARP: Final = 2.0
_USUAL, _STRICT = (0.70, 3.0), (0.85, 4.0)
"""Of the places along a seam so many step by more than twice what they do beside it; the middle one by so many times.
Where the front walls of a spine stand above each other 0.7 of a column did, in simulated pictures: where nothing else
speaks for two pictures more is asked [P]."""
_LEAST_PLACES: Final = 5
_LEAST_ALONG: Final = 0.25
_MARGIN_PX: Final = 12
_EDGE_SHARE: Final = 0.85
_MOST_EDGES: Final = 8
_BEYOND: Final = 3
_MOST_OF_SIDE, _LEAST_LAID_IN_PX = 0.6, 144
_CORNER: Final = 0.45
"""Of what is laid in: the side at most, of the picture's, and at least; its middle, from that of the picture, of half
the picture's side [P]."""


@dataclass(frozen=True, slots=True, eq=False)
class _Lines:
    """How much each place steps across each column, against what it does beside (rows: places along, columns: px)."""

    times: F32
    valid: Mask
    """Both sides are a picture, and not burnt out."""
    lit: Mask
    """One side at least is."""

    def seams(self, along: tuple[int, int], across: tuple[int, int], *, strict: bool) -> list[int]:
        """Columns within ``across`` that are a seam over the rows ``along`` (first px, end px each)."""
        share_asked, middle_asked = _STRICT if strict else _USUAL
        top, bottom = -(-along[0] // _ALONG_PX), along[1] // _ALONG_PX
        low, high = across[0] + _MARGIN_PX, across[1] - _MARGIN_PX
        if bottom - top < _LEAST_PLACES or high <= low:
            return []
        times, valid = self.times[top:bottom, low:high], self.valid[top:bottom, low:high]
        count = valid.sum(axis=0)
        share = ((times > _SHARP) & valid).sum(axis=0) / np.maximum(count, 1)
        strong = np.where(
            (count >= max(_LEAST_PLACES, _LEAST_ALONG * (bottom - top))) & (share >= share_asked), share, 0.0
        )
        for at in np.flatnonzero(strong):
            if np.median(times[valid[:, at], at]) < middle_asked:
                strong[at] = 0.0
        return [low + at for at in _middles(strong)]

    def edges(self, along: tuple[int, int], across: tuple[int, int], least_px: int) -> list[int]:
        """Columns within ``across`` of which a part, ``least_px`` long, steps sharply: an edge of something laid in."""
        top, bottom = along[0] // _ALONG_PX, -(-along[1] // _ALONG_PX)
        low, high = across[0] + _MARGIN_PX, across[1] - _MARGIN_PX
        window = max(_LEAST_PLACES - 1, least_px // _ALONG_PX - 1)
        if bottom - top <= window or high <= low:
            return []
        steps = self._steps(top, bottom, low, high)
        sums = np.zeros((len(steps) + 1, steps.shape[1]), np.int32)
        np.cumsum(steps, axis=0, out=sums[1:])
        best = np.asarray((sums[window:] - sums[:-window]).max(axis=0) / window, dtype=np.float64)
        best[best < _EDGE_SHARE] = 0.0
        return [low + at for at in _middles(best)][:_MOST_EDGES]

    def is_edge(self, at_px: int, along: tuple[int, int]) -> bool:
        """Whether a column steps sharply over these rows, and no more right before and behind them."""
        top, bottom = round(along[0] / _ALONG_PX), round(along[1] / _ALONG_PX)
        column = np.asarray(self._steps(0, len(self.times), at_px - 1, at_px + 2).any(axis=1), dtype=bool)
        inside = column[top:bottom]
        beyond = [column[max(0, top - _BEYOND - 1) : max(0, top - 1)], column[bottom + 1 : bottom + 1 + _BEYOND]]
        return (
            len(inside) >= _LEAST_PLACES - 1
            and float(inside.mean()) >= _EDGE_SHARE
            and all(len(part) == 0 or float(part.mean()) < 0.5 for part in beyond)
        )

    def _steps(self, top: int, bottom: int, low: int, high: int) -> Mask:
        return np.asarray((self.times[top:bottom, low:high] > _SHARP) & self.lit[top:bottom, low:high], dtype=bool)


def _middles(strong: NDArray[np.float64]) -> list[int]:
    """A step of one pixel is seen over some: the middle of each run of columns."""
    at = np.flatnonzero(strong > 0)
    runs = np.split(at, np.flatnonzero(np.diff(at) > 2) + 1) if len(at) else []
    return [round(float(np.average(run, weights=strong[run]))) for run in runs]


class Seams:
    """All that can be asked about seams in one picture of a screen."""

    def __init__(self, grey: Grey, white: int) -> None:
        self._upright, self._lying = _lines(_along(grey, white)), _lines(_across(grey, white))

    def upright(self, box: Crop, *, strict: bool) -> list[int]:
        """Columns of upright seams through the whole box, px of the frame."""
        return self._upright.seams(_down(box), _right(box), strict=strict)

    def lying(self, box: Crop, *, strict: bool) -> list[int]:
        """Rows of lying seams through the whole box."""
        return self._lying.seams(_right(box), _down(box), strict=strict)

    def laid_in(self, box: Crop, least_px: int) -> list[Crop]:
        """Rectangles that are laid into a corner of a picture, at its edge or some way in."""
        (x0, x1), (y0, y1) = _right(box), _down(box)
        least_px = max(least_px, _LEAST_LAID_IN_PX)
        columns = self._upright.edges((y0, y1), (x0, x1), least_px)
        lines = self._lying.edges((x0, x1), (y0, y1), least_px)
        if not columns or not lines:
            return []
        most_x, most_y = _MOST_OF_SIDE * (x1 - x0), _MOST_OF_SIDE * (y1 - y0)
        # All rectangles between edges, corners included; of those that overlap the largest is kept.
        found = [
            Crop(x0_px=a, y0_px=c, width_px=b - a, height_px=d - c)
            for a, b in combinations([x0, *columns, x1], 2)
            if least_px <= b - a <= most_x
            for c, d in combinations([y0, *lines, y1], 2)
            if least_px <= d - c <= most_y
            and _in_corner(box, a + b, c + d)
            and all(self._upright.is_edge(at, (c, d)) for at in (a, b) if at not in (x0, x1))
            and all(self._lying.is_edge(at, (a, b)) for at in (c, d) if at not in (y0, y1))
        ]
        found.sort(key=lambda each: -each.width_px * each.height_px)
        kept: list[Crop] = []
        for each in found:
            if not any(overlap(each, other) for other in kept):
                kept.append(each)
        return kept


def _in_corner(box: Crop, twice_x: int, twice_y: int) -> bool:
    """Whether a middle (doubled) lies in a corner of a box: bodies of vertebrae stand nearer to its middle lines."""
    u = abs(twice_x - 2 * box.x0_px - box.width_px) / box.width_px
    v = abs(twice_y - 2 * box.y0_px - box.height_px) / box.height_px
    return min(u, v) > _CORNER


def _right(box: Crop) -> tuple[int, int]:
    return box.x0_px, box.x0_px + box.width_px


def _down(box: Crop) -> tuple[int, int]:
    return box.y0_px, box.y0_px + box.height_px


def overlap(one: Crop, other: Crop) -> bool:
    """Whether two rectangles share a pixel."""
    (ax, bx), (cx, dx) = _right(one), _right(other)
    (ay, by), (cy, dy) = _down(one), _down(other)
    return ax < dx and cx < bx and ay < dy and cy < by


def _along(grey: Grey, white: int) -> F32:
    """Means of so many rows each, 0 to 255."""
    places = max(1, grey.shape[0] // _ALONG_PX)
    means = cv2.resize(grey[: places * _ALONG_PX], (grey.shape[1], places), interpolation=cv2.INTER_AREA)
    return means.astype(np.float32) * np.float32(255.0 / white)


def _across(grey: Grey, white: int) -> F32:
    """The same of columns, lying as `_along`."""
    places = max(1, grey.shape[1] // _ALONG_PX)
    means = cv2.resize(grey[:, : places * _ALONG_PX], (places, grey.shape[0]), interpolation=cv2.INTER_AREA)
    return np.ascontiguousarray(means.T).astype(np.float32) * np.float32(255.0 / white)


def _lines(means: F32) -> _Lines:
    # A seam is a step of the logarithm across all its length, much larger than the steps beside it; in the logarithm
    # a step is as large in the dark as in the bright.
    three = cv2.blur(cv2.log(means + np.float32(_OFFSET)), (3, 1), borderType=cv2.BORDER_REPLICATE)
    step = np.zeros_like(three)
    step[:, 2:-2] = np.abs(three[:, 4:] - three[:, :-4])
    usual = cv2.blur(step, (7, 1), borderType=cv2.BORDER_REPLICATE)
    beside = np.full_like(step, np.float32(_LEAST_STEP))
    beside[:, _BESIDE_PX:] = np.maximum(beside[:, _BESIDE_PX:], usual[:, :-_BESIDE_PX])
    beside[:, :-_BESIDE_PX] = np.maximum(beside[:, :-_BESIDE_PX], usual[:, _BESIDE_PX:])
    # Where both sides are black or both burnt out nothing can be told: such places neither speak for a seam nor
    # against.
    black, burnt = means < _BLACK, means > _BURNT
    valid, lit = np.zeros(step.shape, bool), np.zeros(step.shape, bool)
    of_both = ~(burnt[:, 8:] & burnt[:, :-8])
    valid[:, 4:-4] = of_both & ~(black[:, 8:] | black[:, :-8])
    lit[:, 4:-4] = of_both & ~(black[:, 8:] & black[:, :-8])
    return _Lines(times=np.asarray(step / beside, dtype=np.float32), valid=valid, lit=lit)
