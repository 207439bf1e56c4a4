"""The X-ray field in a picture: the part behind the collimator that carries X-ray, circle, square or octagon.

Everything outside (black border, console text, patient banner) tells nothing about the patient and is left out of
every statistic.
"""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from assistant.geometry import Crop
from assistant.vocabulary import Grey

F32 = NDArray[np.float32]
Bool = NDArray[np.bool_]

_SMALL_PX = 128
"""The field is looked for on a picture reduced to about this size: its edge needs no more."""

_LARGE = 0.01
"""Share of the picture: a border is larger."""
_LEAST_FIELD, _LEAST_OPEN = 0.05, 0.01
"""Share of the picture: what is less is no field; blades may leave a tenth of the side [P]."""
_DARK, _BURNT = 6.0, 250.0
"""Grey (of 255) below and above which a blade or burnt-out air shows nothing."""
_WIDE_CELLS = 5
"""So wide at least is what a blade covers: a cannula that comes from the edge is narrower [P]."""
_NEAR_CELLS = 5
"""Between two blades, or a blade and the border, there is a soft edge."""
_HELD_SHARE = 0.25
"""The field holds at least this share of the place that counts [P]."""


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


def open_field(grey: Grey, white: int, around: Crop | None) -> Bool | None:
    """Mark what X-ray reaches and shows: the field, without what is all black or all white from its edge inwards.

    That is behind a blade (black, white where the console inverts its pictures) or burnt out; neither tells anything.

    Parameters
    ----------
    grey : array (rows, cols), uint8 or uint16
    white : int
        Grey of full white.
    around : Crop or None
        The place that counts, px of the picture: it has to lie in it. None: the largest piece.

    Returns
    -------
    array (rows // k, cols // k) of bool or None
        On the lattice of `find_field`; None: next to nothing is left, or not the place that counts.
    """
    scaled = _reduced(grey, white)
    field = _within_border(scaled)
    for covered in (scaled <= _DARK, scaled >= _BURNT):
        field &= ~_from_edge(covered, ~field)
    solid = cv2.morphologyEx(field.astype(np.uint8), cv2.MORPH_OPEN, np.ones((3, 3), np.uint8))
    count, labels, stats, _ = cv2.connectedComponentsWithStats(solid)
    if count < 2:
        return None
    chosen = np.array([1 + int(np.argmax(stats[1:, cv2.CC_STAT_AREA]))])
    if around is not None:
        down, across = field.shape[0] / grey.shape[0], field.shape[1] / grey.shape[1]
        top, left = max(int(around.y0_px * down), 0), max(int(around.x0_px * across), 0)
        bottom = int((around.y0_px + around.height_px) * down) + 1
        there = labels[top:bottom, left : int((around.x0_px + around.width_px) * across) + 1]
        # A cannula may part it: all pieces that hold some of the place.
        held = np.bincount(there.ravel(), minlength=count)
        held[0] = 0
        if held.sum() < _HELD_SHARE * there.size:
            return None
        chosen = np.flatnonzero(held > 0.1 * held.sum())
    found = _hull(np.isin(labels, chosen))
    return found if found.mean() >= _LEAST_OPEN else None


def _from_edge(covered: Bool, border: Bool) -> Bool:
    """What is covered from the picture's edge, or from the border on."""
    wide = cv2.morphologyEx(covered.astype(np.uint8), cv2.MORPH_OPEN, np.ones((_WIDE_CELLS, _WIDE_CELLS), np.uint8))
    count, labels = cv2.connectedComponents(np.asarray(wide), connectivity=4)
    edge = np.pad(border, 1, constant_values=True).astype(np.uint8)
    near = cv2.dilate(edge, np.ones((_NEAR_CELLS, _NEAR_CELLS), np.uint8))[1:-1, 1:-1] > 0
    joined = np.zeros(count, bool)
    joined[np.unique(labels[near])] = True
    joined[0] = False
    return np.asarray(joined[labels], dtype=np.bool_)


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
    return _hull(np.asarray(labels == 1 + int(np.argmax(stats[1:, cv2.CC_STAT_AREA])), dtype=np.bool_))


def _hull(piece: Bool) -> Bool:
    """Dark anatomy may run into the border: the field itself is convex."""
    rims, _ = cv2.findContours(piece.astype(np.uint8), cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_SIMPLE)
    hull = np.zeros(piece.shape, np.uint8)
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
