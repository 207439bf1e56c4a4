"""Whether bone and cement are dark in a picture (native) or bright (inverted)."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from assistant.cannula import darker_than_round, find_cannula
from assistant.geometry import Crop
from assistant.vocabulary import Grey

F32 = NDArray[np.float32]
Bool = NDArray[np.bool_]

_LINE_MM = 3.0
_LINE_SMOOTH_MM = 0.5
_LINES_TELL = 0.3
"""From here on the thin lines near the outline decide alone; none of 98 simulated reference frames was judged wrong."""
_STEEL_WEIGHT = 0.4
_BOTH_TELL = 0.1
"""Below this lines and steel together are mostly noise: 3 of those 98 [P]."""
_LATTICE_MM = 0.22
_LOG_OFFSET = 24.0


def polarity(reference: Grey, white: int, crop: Crop, body: NDArray[np.uint8], mm_per_px: float) -> float:
    """+1 when bone is darker than disc (native), -1 when brighter (inverted).

    Thin lines tell most: cortices and steel are darker than both their sides in a native picture. Where noise hides
    them, the cannula: far darker than all else that is straight, long and of even width. Without one, the body with its
    rim against what lies outside it.

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
    both = lines + _STEEL_WEIGHT * _darkness_of_steel(picture, body, mm_per_px)
    if abs(both) >= _BOTH_TELL:
        return 1.0 if both > 0 else -1.0
    rim = _ring(body, 1.2, 1.2, mm_per_px)
    outside = _ring(body, 4.0, -1.2, mm_per_px)
    inside = _ring(body, 0.0, np.inf, mm_per_px) & ~rim
    bone = 0.5 * float(np.median(picture[rim])) + 0.5 * float(np.median(picture[inside]))
    return 1.0 if bone <= float(np.median(picture[outside])) else -1.0


def _darkness_of_lines(picture: F32, body: NDArray[np.uint8], mm_per_px: float) -> float:
    """From -1 (all thin structures near the body's outline are bright) to 1 (all are dark)."""
    smooth = cv2.GaussianBlur(picture, (0, 0), _LINE_SMOOTH_MM / mm_per_px)
    wide = round(_LINE_MM / mm_per_px) | 1
    kernel = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (wide, wide))
    near = _ring(body, _LINE_MM, _LINE_MM, mm_per_px)
    dark = float(cv2.morphologyEx(smooth, cv2.MORPH_BLACKHAT, kernel)[near].sum())
    bright = float(cv2.morphologyEx(smooth, cv2.MORPH_TOPHAT, kernel)[near].sum())
    return (dark - bright) / max(dark + bright, 1e-6)


def _darkness_of_steel(picture: F32, body: NDArray[np.uint8], mm_per_px: float) -> float:
    """From -1 (what looks like a cannula is bright) to 1 (dark); 0 without any."""
    step = max(1, round(_LATTICE_MM / mm_per_px))
    size = (max(1, picture.shape[1] // step), max(1, picture.shape[0] // step))
    small = np.asarray(cv2.resize(picture, size, interpolation=cv2.INTER_AREA), dtype=np.float32)
    inside = np.asarray(cv2.resize(body, size, interpolation=cv2.INTER_NEAREST)) > 0
    if not inside.any():
        return 0.0
    ys, xs = np.nonzero(inside)
    middle = float(xs.mean()), float(ys.mean())
    dark, bright = (
        _steel_of(100 * np.log(level + np.float32(_LOG_OFFSET)), inside, middle, mm_per_px * step)
        for level in (small, 255 - small)
    )
    return (dark - bright) / max(dark + bright, 1e-6)


def _steel_of(logged: F32, body: Bool, middle: tuple[float, float], mm_per_px: float) -> float:
    """How much darker than what lies round it what looks like a cannula is, summed over its area."""
    smooth = np.asarray(cv2.GaussianBlur(logged, (0, 0), _LINE_SMOOTH_MM / mm_per_px), dtype=np.float32)
    found = find_cannula(smooth, body, middle, mm_per_px)
    return 0.0 if found is None else float(darker_than_round(smooth, mm_per_px)[found.mask].sum())


def _ring(body: NDArray[np.uint8], out_mm: float, in_mm: float, mm_per_px: float) -> Bool:
    """What lies up to ``out_mm`` outside the body's outline and up to ``in_mm`` inside it (below 0: from there on)."""
    outside_mm = cv2.distanceTransform(1 - body, cv2.DIST_L2, 5) * mm_per_px
    inside_mm = cv2.distanceTransform(body, cv2.DIST_L2, 5) * mm_per_px
    signed_mm = np.where(body > 0, -inside_mm, outside_mm)
    return np.asarray((signed_mm <= out_mm) & (signed_mm > -in_mm), dtype=bool)
