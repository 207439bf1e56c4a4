"""The lines of a vertebra as maps: for each pixel of the crop, its signed distance in mm to every line.

The mask lives on the grid of the reference frame, where the lines stand still, so the maps are made once for a plan and
a distance is one minimum over the mask.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache

import numpy as np
from numpy.typing import NDArray

from assistant import geometry, lengths
from assistant.geometry import Crop, MapMm
from assistant.lines import WHOLE_LINES, Line
from assistant.plan import PlannedView
from assistant.vocabulary import LeakSite

OUTSIDE = (
    None,
    LeakSite.POSTERIOR,
    LeakSite.SUPERIOR_DISC,
    LeakSite.INFERIOR_DISC,
    LeakSite.ANTERIOR,
    LeakSite.LATERAL,
    LeakSite.LATERAL,
)
"""Sites of the codes 0 to 6 of `LineMaps.outside`; 5 is the picture's left side, 6 its right."""


_BEYOND_MM = -1e-4
"""A centre on the line itself is not beyond it, whatever the last digit says."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class LineMaps:
    """Signed distance maps of one planned view (positive = not reached), float32, mm, +inf where a line does not count.

    Attributes
    ----------
    crop : Crop
    mm_per_px : float
    body : array of bool
        Inside the body's outline.
    mm : mapping from Line to map
        Of each whole line that the view has; of a line of two parts the nearer one.
    left_wall, right_wall : map or None
        AP views only: the picture's left and right.
    outside : array of uint8
        Which line a pixel lies beyond, as an index into `OUTSIDE`; 0 = beyond none. Behind the posterior wall all is
        posterior (behind the disc is the canal too); elsewhere a pixel beyond two lines, at a corner of the body,
        belongs to the one that it lies farther past.
    thirds : array of uint8 or None
        1, 2, 3 = upper, middle, lower third of the posterior wall's height; lateral views only.
    body_height_mm, depth_mm : float
        Height at the posterior wall (lateral) or mean of the sides (AP); sagittal diameter or width.
    """

    crop: Crop
    mm_per_px: float
    body: NDArray[np.bool_] = field(repr=False)
    mm: Mapping[Line, MapMm] = field(repr=False)
    left_wall: MapMm | None = field(repr=False)
    right_wall: MapMm | None = field(repr=False)
    outside: NDArray[np.uint8] = field(repr=False)
    thirds: NDArray[np.uint8] | None = field(repr=False)
    body_height_mm: float
    depth_mm: float


def make_line_maps(view: PlannedView, crop: Crop) -> LineMaps:
    """Work out all maps of a view.

    Parameters
    ----------
    view : PlannedView
    crop : Crop
        The rectangle of the reference frame that the mask covers.
    """
    inside = view.body_px[:-1].mean(axis=0)

    @cache
    def to_line(name: str, runs_on: bool) -> MapMm:
        return geometry.signed_distance_map(crop, getattr(view, name), inside, view.mm_per_px, runs_on=runs_on)

    mm = {
        line: np.minimum.reduce([to_line(name, line.runs_on) for name in line.drawn])
        for line in WHOLE_LINES
        if line.view in ("", view.view)
    }
    sides = None if view.is_lateral else (to_line("first_wall", False), to_line("last_wall", False))
    first, last = sides or (mm[Line.ANTERIOR_WALL], mm[Line.POSTERIOR_WALL])
    superior, inferior = mm[Line.SUPERIOR_ENDPLATE], mm[Line.INFERIOR_ENDPLATE]
    return LineMaps(
        crop=crop,
        mm_per_px=view.mm_per_px,
        body=geometry.inside_ring(crop, view.body_px),
        mm=mm,
        left_wall=sides[0] if sides is not None else None,
        right_wall=sides[1] if sides is not None else None,
        outside=_outside(superior, inferior, first, last, is_lateral=view.is_lateral),
        thirds=_thirds(view, crop) if view.is_lateral else None,
        body_height_mm=lengths.height_mm(view),
        depth_mm=lengths.depth_mm(view),
    )


def _outside(superior: MapMm, inferior: MapMm, first: MapMm, last: MapMm, *, is_lateral: bool) -> NDArray[np.uint8]:
    # In the order of OUTSIDE's codes 2, 3, then 4 (anterior) or 5 and 6 (sides).
    lines = np.stack([superior, inferior, first] if is_lateral else [superior, inferior, first, last])
    codes = np.array([2, 3, 4] if is_lateral else [2, 3, 5, 6], dtype=np.uint8)
    outside = np.where(lines.min(axis=0) < _BEYOND_MM, codes[lines.argmin(axis=0)], np.uint8(0))
    if is_lateral:
        outside[last < _BEYOND_MM] = 1
    return outside


def _thirds(view: PlannedView, crop: Crop) -> NDArray[np.uint8]:
    chord = view.last_wall[-1] - view.last_wall[0]
    share = (crop.pixel_centres() - view.last_wall[0]) @ chord / float(chord @ chord)
    third = 1 + np.clip(np.floor(share * 3), 0, 2)
    return np.asarray(third.reshape(crop.height_px, crop.width_px), dtype=np.uint8)
