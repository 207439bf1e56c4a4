"""Whether bone and cement are dark in a picture (native) or bright (inverted)."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from assistant.geometry import Crop
from assistant.vocabulary import Grey

F32 = NDArray[np.float32]
Bool = NDArray[np.bool_]

_LINE_MM = 2.0
_LINE_SMOOTH_MM = 0.7
_NEAR_MM = 1.2
"""Thinner than this, and so near to the placed outline: wider, a narrow disc between two endplates, ribs and the border
of the lung speak as loudly as the cortex does; 122 of 122 reference frames of runs used for tuning are told right, by
0.24 and more [P]."""
_LINES_TELL = 0.1
"""Below this the lines are mostly noise."""


def polarity(reference: Grey, white: int, crop: Crop, body: NDArray[np.uint8], mm_per_px: float) -> float:
    """+1 when bone is darker than disc (native), -1 when brighter (inverted).

    The cortex tells most: along the body's outline it is a thin line darker than both its sides in a native picture.
    Where noise hides it, the body with its rim against what lies outside it.

    Parameters
    ----------
    reference : array (rows, cols)
        The plan's reference frame.
    white : int
        Grey of full white.
    crop : Crop
        The part of it to look at.
    body : array (height, width)
        0 and 1, on the crop.
    mm_per_px : float
    """
    picture = reference[crop.rows, crop.cols].astype(np.float32) * np.float32(255.0 / white)
    lines = _darkness_of_lines(picture, body, mm_per_px)
    if abs(lines) >= _LINES_TELL:
        return 1.0 if lines > 0 else -1.0
    rim = _ring(body, 1.2, 1.2, mm_per_px)
    outside = _ring(body, 4.0, -1.2, mm_per_px)
    inside = _ring(body, 0.0, np.inf, mm_per_px) & ~rim
    bone = 0.5 * float(np.median(picture[rim])) + 0.5 * float(np.median(picture[inside]))
    return 1.0 if bone <= float(np.median(picture[outside])) else -1.0


def _darkness_of_lines(picture: F32, body: NDArray[np.uint8], mm_per_px: float) -> float:
    """From -1 (the thin structures along the body's outline are bright) to 1 (dark); the strongest tell most."""
    smooth = cv2.GaussianBlur(picture, (0, 0), _LINE_SMOOTH_MM / mm_per_px)
    wide = round(_LINE_MM / mm_per_px) | 1
    kernel = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (wide, wide))
    near = _ring(body, _NEAR_MM, _NEAR_MM, mm_per_px)
    dark = float(np.square(cv2.morphologyEx(smooth, cv2.MORPH_BLACKHAT, kernel)[near]).sum())
    bright = float(np.square(cv2.morphologyEx(smooth, cv2.MORPH_TOPHAT, kernel)[near]).sum())
    return (dark - bright) / max(dark + bright, 1e-6)


def _ring(body: NDArray[np.uint8], out_mm: float, in_mm: float, mm_per_px: float) -> Bool:
    """What lies up to ``out_mm`` outside the body's outline and up to ``in_mm`` inside it (below 0: from there on)."""
    outside_mm = cv2.distanceTransform(1 - body, cv2.DIST_L2, 5) * mm_per_px
    inside_mm = cv2.distanceTransform(body, cv2.DIST_L2, 5) * mm_per_px
    signed_mm = np.where(body > 0, -inside_mm, outside_mm)
    return np.asarray((signed_mm <= out_mm) & (signed_mm > -in_mm), dtype=bool)
