"""A straight bar of even width that runs out of the vertebral body: steel, whichever way round the picture is shown.

Nothing in bone or soft tissue is a bar of 1 to 4 mm that goes straight on over 16 mm from inside the body to its
outside with the same contrast to both its sides all along. A cannula is, and it is the one thing in a reference frame
that absorbs as cement does: where it is dark, cement will be dark.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from assistant.geometry import PointsPx
from assistant.steps.cement.sign_limits import SteelBarLimits

F32 = NDArray[np.float32]
F64 = NDArray[np.float64]
Bool = NDArray[np.bool_]


@dataclass(frozen=True, slots=True, kw_only=True)
class BarContrast:
    """The strongest bars of both signs that leave the body, in grey levels of 255, by their length.

    Attributes
    ----------
    dark, bright : tuple of float
        For 16 mm and for 24 mm: by how much the bar differs from the nearer of its two sides in the piece of it where
        it differs least; 0 where there is none.
    """

    dark: tuple[float, ...]
    bright: tuple[float, ...]


def bar_contrast(
    level: F32, field: Bool, outline_px: PointsPx, mm_per_px: float, limits: SteelBarLimits
) -> BarContrast:
    """Look for bars along straight lines from the body's inside to its outside.

    Parameters
    ----------
    level : array (rows, cols)
        The picture, 0 to 255.
    field : array (rows, cols) of bool
        The X-ray field.
    outline_px : array (n, 2)
        Of the vertebral body, closed.
    mm_per_px : float
    limits : SteelBarLimits
    """
    step = max(1, round(limits.px_mm / mm_per_px))
    rows, cols = level.shape[0] // step, level.shape[1] // step
    small = cv2.resize(level, (cols, rows), interpolation=cv2.INTER_AREA)
    inside = cv2.resize(field.astype(np.float32), (cols, rows), interpolation=cv2.INTER_NEAREST)
    px_mm = mm_per_px * step
    blurred: F32 = np.asarray(cv2.GaussianBlur(small, (0, 0), max(limits.blur_mm / px_mm, 0.5)), dtype=np.float32)
    # All lines at once: (lines, pieces along, samples across). A bar is then a comparison of means in three windows.
    strips = _strips(blurred, np.asarray(inside, dtype=np.float32), (outline_px + 0.5) / step - 0.5, px_mm, limits)
    best = {(sign, length): 0.0 for sign in (1, -1) for length in limits.lengths_pieces}
    if not strips.size:
        return BarContrast(dark=(0.0,) * len(limits.lengths_pieces), bright=(0.0,) * len(limits.lengths_pieces))
    across = np.arange(-limits.across_mm, limits.across_mm + 0.01, limits.across_step_mm)
    for width in limits.widths_mm:
        for off in np.arange(-2, 3) * limits.across_step_mm:
            at = across - off
            beyond = width / 2 + limits.gap_mm
            left = strips[:, :, (at > beyond) & (at <= beyond + limits.side_mm)].mean(axis=2)
            right = strips[:, :, (at < -beyond) & (at >= -beyond - limits.side_mm)].mean(axis=2)
            middle = strips[:, :, np.abs(at) <= width / 2].mean(axis=2)
            # Against the nearer of its two sides: the border of the lung has one side only. In the worst piece of
            # several in a row: a bar is the same all along.
            for sign, out in ((1, np.minimum(left, right) - middle), (-1, middle - np.maximum(left, right))):
                seen = np.where(np.isfinite(out), out, -1.0)
                for length in limits.lengths_pieces:
                    # Through the outline: it begins in the pieces inside the body and ends in those outside.
                    for first in range(min(limits.pieces_inside, seen.shape[1] - length) + 1):
                        strongest = float(seen[:, first : first + length].min(axis=1).max())
                        best[sign, length] = max(best[sign, length], strongest)
    return BarContrast(
        dark=tuple(best[1, length] for length in limits.lengths_pieces),
        bright=tuple(best[-1, length] for length in limits.lengths_pieces),
    )


def _strips(small: F32, inside: F32, outline_px: PointsPx, px_mm: float, limits: SteelBarLimits) -> F32:
    """The picture along each line: (lines, pieces along, samples across), NaN outside the X-ray field."""
    closed = np.vstack([outline_px, outline_px[:1]])
    run = np.r_[0.0, np.cumsum(np.linalg.norm(np.diff(closed, axis=0), axis=1))]
    at = np.arange(0.0, run[-1], limits.start_mm / px_mm)
    starts = np.stack([np.interp(at, run, closed[:, 0]), np.interp(at, run, closed[:, 1])], axis=1)
    turns = np.deg2rad(np.arange(0.0, 360.0, limits.turn_deg))
    ways = np.stack([np.cos(turns), np.sin(turns)], axis=1)
    start, way = np.repeat(starts, len(ways), axis=0), np.tile(ways, (len(starts), 1))
    body = np.zeros(small.shape, np.uint8)
    cv2.fillPoly(body, [outline_px.round().astype(np.int32)], 1)
    # Signed distance from the outline, negative inside: a line counts if it comes from well inside and goes well
    # outside.
    off_mm = (cv2.distanceTransform(1 - body, cv2.DIST_L2, 5) - cv2.distanceTransform(body, cv2.DIST_L2, 5)) * px_mm
    begins = _read(off_mm.astype(np.float32), start - way * (limits.begins_mm / px_mm))
    ends = _read(off_mm.astype(np.float32), start + way * (limits.ends_mm / px_mm))
    leaves = (begins < -limits.within_mm) & (ends > limits.beyond_mm)
    start, way = start[leaves], way[leaves]
    if not len(start):
        return np.zeros((0, 0, 0), np.float32)
    along = np.arange(-limits.inside_mm, limits.outside_mm, 1.0) / px_mm
    across = np.arange(-limits.across_mm, limits.across_mm + 0.01, limits.across_step_mm) / px_mm
    normal = np.stack([-way[:, 1], way[:, 0]], axis=1)
    points = start[:, None, None] + way[:, None, None] * along[None, :, None, None]
    points = points + normal[:, None, None] * across[None, None, :, None]
    grey, free = _read(small, points), _read(inside, points)
    grey[free < 0.99] = np.nan
    shape = (len(start), len(along) // limits.piece_mm, limits.piece_mm, len(across))
    return np.asarray(grey.reshape(shape).mean(axis=2), dtype=np.float32)


def _read(values: F32, points: F64) -> F32:
    """Values at points (..., 2); 0 outside the picture."""
    flat = points.reshape(points.shape[0], -1, 2).astype(np.float32)
    read = [
        cv2.remap(values, part[..., 0], part[..., 1], cv2.INTER_LINEAR, borderMode=cv2.BORDER_CONSTANT, borderValue=0)
        for part in np.array_split(flat, range(30000, len(flat), 30000))  # OpenCV takes at most 32767 rows
    ]
    return np.asarray(np.concatenate(read).reshape(points.shape[:-1]), dtype=np.float32)
