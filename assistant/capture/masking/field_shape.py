"""The shape of a found X-ray field: a circle or a rectangle is fitted, so that a word that touches its edge stays out.

A field that was found in a picture is what is not border: console text that touches it looks like a part of it. A
C-arm's field has one of two outlines. Where one of them fits most of the edge, the field ends there.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

_NEAR_CELLS: Final = 1.5
_EDGE_SHARE: Final = 0.75
"""So much of the edge must lie on the fitted outline [P]."""
_ROUNDS: Final = 4
_LEAST_POINTS: Final = 24
_MARGIN_CELLS: Final = 1.0
_ELLIPSE_SHARE: Final = 0.85
_SECTORS, _SEEN_SECTORS = 12, 8
"""Of the way round: so many must be seen, or the ellipse is a guess from a part of it [P]."""
_ROUND: Final = 0.04
"""A field that is as near to round as this is round [P]."""

Mask = NDArray[np.bool_]


class FieldOutline(StrEnum):
    """What the field looks like."""

    CIRCLE = "circle"  # sentences
    RECTANGLE = "rectangle"  # sentences
    WHOLE = "whole picture"  # sentences
    UNCLEAR = "unclear"  # sentences


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class FieldShape:
    """A field with its outline.

    Attributes
    ----------
    outline : FieldOutline
    inside : array (rows, cols) of bool
        What may be let through: for a circle or a rectangle that outline and one cell more, otherwise everything.
    """

    outline: FieldOutline
    inside: Mask


def fit_shape(field: Mask) -> FieldShape:
    """Fit a circle, else an upright rectangle, to a found field.

    Parameters
    ----------
    field : array (rows, cols) of bool
        As `assistant.imaging.xray_field.find_field` gives it.
    """
    everything = np.ones(field.shape, bool)
    if field.mean() > 0.97:
        return FieldShape(outline=FieldOutline.WHOLE, inside=everything)
    edge = _free_edge(field)
    if len(edge) >= _LEAST_POINTS:
        circle = _circle(edge)
        if circle is not None:
            x, y, radius = circle
            rows, cols = np.mgrid[0 : field.shape[0], 0 : field.shape[1]]
            inside = (cols - x) ** 2 + (rows - y) ** 2 <= (radius + _MARGIN_CELLS) ** 2
            return FieldShape(outline=FieldOutline.CIRCLE, inside=inside)
    rectangle = _rectangle(field)
    if rectangle is not None:
        return FieldShape(outline=FieldOutline.RECTANGLE, inside=rectangle)
    return FieldShape(outline=FieldOutline.UNCLEAR, inside=everything)


def _free_edge(field: Mask) -> NDArray[np.float64]:
    """Edge points (n, 2) of the field that do not lie on the picture's own edge."""
    contours, _ = cv2.findContours(field.astype(np.uint8), cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
    points = max(contours, key=len).reshape(-1, 2).astype(np.float64) if contours else np.zeros((0, 2))
    rows, cols = field.shape
    x, y = points.T if len(points) else (np.zeros(0), np.zeros(0))
    free = (x > 0) & (y > 0) & (x < cols - 1) & (y < rows - 1)
    return np.asarray(points[free])


def _circle(edge: NDArray[np.float64]) -> tuple[float, float, float] | None:
    """Centre and radius of the circle on which most of the edge lies; None where it is no circle."""
    kept = edge
    x = y = radius = 0.0
    for _ in range(_ROUNDS):
        if len(kept) < _LEAST_POINTS:
            return None
        # x² + y² + a x + b y + c = 0, the plain least-squares circle; words that stick out are left out next time.
        matrix = np.column_stack([kept, np.ones(len(kept))])
        a, b, c = np.linalg.lstsq(matrix, -(kept**2).sum(axis=1), rcond=None)[0]
        x, y = -a / 2, -b / 2
        square = x * x + y * y - c
        if square <= 0:
            return None
        radius = float(np.sqrt(square))
        off = np.abs(np.hypot(edge[:, 0] - x, edge[:, 1] - y) - radius)
        kept = edge[off <= max(_NEAR_CELLS, float(np.quantile(off, 0.6)))]
    near = np.abs(np.hypot(edge[:, 0] - x, edge[:, 1] - y) - radius) <= _NEAR_CELLS
    return (float(x), float(y), radius) if near.mean() >= _EDGE_SHARE else None


def _rectangle(field: Mask) -> Mask | None:
    """The upright rectangle whose four sides are where most rows and columns of the field end; None if it is none."""
    rows, cols = np.flatnonzero(field.any(axis=1)), np.flatnonzero(field.any(axis=0))
    if not len(rows) or not len(cols):
        return None
    first, last = field[rows].argmax(axis=1), field.shape[1] - 1 - field[rows][:, ::-1].argmax(axis=1)
    top, bottom = field[:, cols].argmax(axis=0), field.shape[0] - 1 - field[:, cols][::-1].argmax(axis=0)
    sides = [float(np.median(each)) for each in (first, last, top, bottom)]
    ends = (first, last, top, bottom)
    near = [float((np.abs(each - side) <= _NEAR_CELLS).mean()) for each, side in zip(ends, sides, strict=True)]
    if min(near) < _EDGE_SHARE:
        return None
    made = np.zeros(field.shape, bool)
    x0, x1, y0, y1 = sides
    margin = int(_MARGIN_CELLS)
    made[max(0, round(y0) - margin) : round(y1) + margin + 1, max(0, round(x0) - margin) : round(x1) + margin + 1] = (
        True
    )
    return made


def stretched_by(field: Mask) -> float | None:
    """How many times as wide as high a field is that was round; None where it is round, or not clearly an ellipse.

    Parameters
    ----------
    field : array (rows, cols) of bool
        As `assistant.imaging.xray_field.find_field` gives it.
    """
    edge = _free_edge(field)
    if field.mean() > 0.97 or len(edge) < _LEAST_POINTS:
        return None
    kept = edge
    for _ in range(_ROUNDS):
        fitted = _upright_ellipse(kept)
        if fitted is None:
            return None
        x, y, wide, high = fitted
        off = np.abs(np.hypot((edge[:, 0] - x) / wide, (edge[:, 1] - y) / high) - 1.0) * min(wide, high)
        kept = edge[off <= max(_NEAR_CELLS, float(np.quantile(off, 0.5)))]
        if len(kept) < _LEAST_POINTS:
            return None
    around = np.arctan2((edge[:, 1] - y) / high, (edge[:, 0] - x) / wide)[off <= _NEAR_CELLS]
    sectors = np.unique(np.floor((around + np.pi) / (2 * np.pi) * _SECTORS).astype(int))
    clear = float((off <= _NEAR_CELLS).mean()) >= _ELLIPSE_SHARE and len(sectors) >= _SEEN_SECTORS
    ratio = wide / high
    return float(ratio) if clear and abs(ratio - 1.0) > _ROUND and 0.4 < ratio < 2.5 else None


def _upright_ellipse(points: NDArray[np.float64]) -> tuple[float, float, float, float] | None:
    """Centre, half width and half height of the ellipse through points, its axes along those of the picture."""
    middle = points.mean(axis=0)
    x, y = (points - middle).T
    terms = np.stack([y * y, x, y, np.ones_like(x)], axis=1)
    (q, d, e, f), *_ = np.linalg.lstsq(terms, -x * x, rcond=None)
    if q <= 0:
        return None
    size = d * d / 4 + e * e / (4 * q) - f
    if size <= 0:
        return None
    return float(middle[0] - d / 2), float(middle[1] - e / (2 * q)), float(np.sqrt(size)), float(np.sqrt(size / q))
