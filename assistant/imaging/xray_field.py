"""The X-ray field in a picture: the part behind the collimator that carries X-ray, circle, square or octagon.

Everything outside (black border, console text, patient banner) tells nothing about the patient and is left out of
every statistic.
"""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from assistant.vocabulary import Grey

F32 = NDArray[np.float32]
Bool = NDArray[np.bool_]

_SMALL_PX = 128
"""The field is looked for on a picture reduced to about this size: its edge needs no more."""

_LARGE = 0.01
"""Share of the picture: a border is larger."""
_LEAST_FIELD, _LEAST_BETWEEN = 0.05, 0.01
"""Share of the picture: what is less is no field; blades may leave a tenth of the side [P]."""


def find_field(grey: Grey, white: int) -> Bool:
    """Mark the X-ray field.

    Parameters
    ----------
    grey : array (rows, cols), uint8 or uint16
    white : int
        Grey of full white.

    Returns
    -------
    array (rows // k, cols // k) of bool
        True in the field, k = the whole factor that brings the longer side to about 128 px. A picture without
        a border is all True.
    """
    return _solid(_within_border(_reduced(grey, white)), _LEAST_FIELD)


def field_between_blades(grey: Grey, white: int) -> Bool:
    """The same where blades may have left very little; all True below a tenth of the side."""
    return _solid(_within_border(_reduced(grey, white)), _LEAST_BETWEEN)


def _reduced(grey: Grey, white: int) -> F32:
    step = max(1, max(grey.shape) // _SMALL_PX)
    rows, cols = grey.shape[0] // step, grey.shape[1] // step
    # Whole cells alone: what is left over at the far edges would make every mean one of broken pixels, and slow.
    small = cv2.resize(grey[: rows * step, : cols * step], (cols, rows), interpolation=cv2.INTER_AREA)
    # In whole greys, as the means of 8-bit pictures are: a border is the same one however finely it was stored.
    return np.asarray(np.rint(small.astype(np.float32) * np.float32(255.0 / white)), dtype=np.float32)


def _within_border(scaled: F32) -> Bool:
    """A border is flat and touches the picture's edge; in the field there is grain and anatomy."""
    field = np.ones(scaled.shape, bool)
    for level in (float(scaled[0, 0]), float(scaled[-1, -1]), float(scaled[0, -1]), float(scaled[-1, 0])):
        flat = (np.abs(scaled - level) < 3.0).astype(np.uint8)
        _, labels, stats, _ = cv2.connectedComponentsWithStats(flat, connectivity=4)
        rim = np.concatenate([labels[0], labels[-1], labels[:, 0], labels[:, -1]])
        large = stats[:, cv2.CC_STAT_AREA] > _LARGE * scaled.size
        for label in np.unique(rim[(rim > 0) & large[rim]]):
            part = labels == label
            if scaled[part].std() < 1.5:
                field &= ~part
    return field


def _solid(field: Bool, least: float) -> Bool:
    """The largest piece without dents; all of the picture where hardly anything is left."""
    # The picture is dark as a whole, and has no border that could be told.
    if field.mean() < least:
        return np.ones(field.shape, bool)
    # Opened, so that a word or a ruler that touches the field does not count; then the largest piece.
    solid = cv2.morphologyEx(field.astype(np.uint8), cv2.MORPH_OPEN, np.ones((3, 3), np.uint8))
    count, labels, stats, _ = cv2.connectedComponentsWithStats(solid)
    if count < 2:
        return np.ones(field.shape, bool)
    main = 1 + int(np.argmax(stats[1:, cv2.CC_STAT_AREA]))
    # Dark anatomy may run into the border: the field itself is convex.
    rims, _ = cv2.findContours((labels == main).astype(np.uint8), cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_SIMPLE)
    hull = np.zeros(field.shape, np.uint8)
    cv2.fillConvexPoly(hull, cv2.convexHull(np.vstack(rims)), 1)
    return hull.astype(bool)


def field_at(field: Bool, rows: int, cols: int, inset: float = 0.0) -> Bool:
    """The field on another lattice of the same picture, drawn in by ``inset`` (share of its longer side)."""
    mask = field.astype(np.uint8)
    if inset > 0:
        # Padded with field, so that only the collimator's edge is drawn in and not the picture's.
        margin = max(1, round(inset * max(field.shape)))
        padded = cv2.copyMakeBorder(mask, 1, 1, 1, 1, cv2.BORDER_CONSTANT, value=1)
        kernel = np.ones((2 * margin + 1, 2 * margin + 1), np.uint8)
        mask = np.asarray(cv2.erode(padded, kernel)[1:-1, 1:-1], dtype=np.uint8)
    return cv2.resize(mask, (cols, rows), interpolation=cv2.INTER_NEAREST).astype(bool)
