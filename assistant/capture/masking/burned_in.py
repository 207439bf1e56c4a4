"""Words that stand inside the X-ray field, where no mask can take them away: found so that a person looks and decides.

No reading of text, only its look: small marks of one grey, in a row. It misses words (a second check, never the mask).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from assistant.vocabulary import Grey

_AROUND_PX: Final = 21
_CONTRAST_GREY: Final = 45.0
"""A burned-in word stands out from the X-ray round it by more than this, of 255 [P]."""
_HEIGHTS_PX: Final = (7, 48)
_WIDTHS_PX: Final = (2, 60)
_LEAST_AREA_PX: Final = 10
_SAME_GREY: Final = 14.0
_LETTERS: Final = 4
_GAP_HEIGHTS: Final = 1.6
_OFF_HEIGHTS: Final = 0.45
_HEIGHT_RATIO: Final = 2.0


@dataclass(frozen=True, slots=True, kw_only=True)
class WordPx:
    """Where something that looks like a word stands, in px."""

    x0_px: int
    y0_px: int
    x1_px: int
    y1_px: int


@dataclass(frozen=True, slots=True, kw_only=True)
class _Letter:
    x0: int
    y0: int
    width: int
    height: int
    peak: float
    bright: bool

    @property
    def middle(self) -> float:
        return self.y0 + self.height / 2


def words_in(grey: Grey, field: NDArray[np.bool_]) -> tuple[WordPx, ...]:
    """Find what looks like words in the field of a picture.

    Parameters
    ----------
    grey : array (rows, cols), uint8 or uint16
    field : array (rows, cols) of bool

    Returns
    -------
    tuple of WordPx
        From top to bottom.
    """
    small: NDArray[np.uint8] = (grey if grey.dtype == np.uint8 else np.right_shift(grey, 8)).astype(np.uint8)
    around = cv2.medianBlur(np.ascontiguousarray(small), _AROUND_PX).astype(np.int16)
    off = small.astype(np.int16) - around
    found: list[WordPx] = []
    for bright in (True, False):
        marks = ((off > _CONTRAST_GREY) if bright else (off < -_CONTRAST_GREY)) & field
        found += _rows_of(_letters(marks, small, bright=bright))
    return tuple(sorted(found, key=lambda word: (word.y0_px, word.x0_px)))


def _letters(marks: NDArray[np.bool_], small: NDArray[np.uint8], *, bright: bool) -> list[_Letter]:
    count, labels, stats, _ = cv2.connectedComponentsWithStats(marks.astype(np.uint8), connectivity=8)
    letters = []
    for label in range(1, min(count, 4000)):
        x, y, width, height, area = (int(value) for value in stats[label])
        sized = _HEIGHTS_PX[0] <= height <= _HEIGHTS_PX[1] and _WIDTHS_PX[0] <= width <= _WIDTHS_PX[1]
        if not sized or area < _LEAST_AREA_PX:
            continue
        values = small[y : y + height, x : x + width][labels[y : y + height, x : x + width] == label]
        peak = float(np.quantile(values, 0.9 if bright else 0.1))
        letters.append(_Letter(x0=x, y0=y, width=width, height=height, peak=peak, bright=bright))
    return letters


def _rows_of(letters: list[_Letter]) -> list[WordPx]:
    """Letters of one height and one grey that follow each other from left to right."""
    rest = sorted(letters, key=lambda letter: letter.x0)
    words = []
    while rest:
        row = [rest.pop(0)]
        for letter in list(rest):
            last = row[-1]
            high, low = max(last.height, letter.height), min(last.height, letter.height)
            follows = 0 <= letter.x0 - (last.x0 + last.width) <= _GAP_HEIGHTS * high
            level = abs(letter.middle - last.middle) <= _OFF_HEIGHTS * high and high <= _HEIGHT_RATIO * low
            if follows and level and abs(letter.peak - row[0].peak) <= _SAME_GREY:
                row.append(letter)
                rest.remove(letter)
        if len(row) >= _LETTERS:
            words.append(
                WordPx(
                    x0_px=min(each.x0 for each in row),
                    y0_px=min(each.y0 for each in row),
                    x1_px=max(each.x0 + each.width for each in row),
                    y1_px=max(each.y0 + each.height for each in row),
                )
            )
    return words
