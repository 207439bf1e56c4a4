"""How far the visible cement is from each line: signed distance in mm, the least over its pixels (contract)."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from assistant.line_maps import LineMaps
from assistant.lines import Line
from assistant.vocabulary import NOT_SURE, CementMask, Distances, Measure, Unknown

_NO_CEMENT = Unknown("no cement seen")
_UNCERTAIN_MM2 = 2.0
"""From so much on that stands out and was not taken, "no cement seen" would say more than is known [P]."""
_ELSEWHERE = {
    "lateral": Unknown("measured in the lateral view only"),
    "ap": Unknown("measured in the AP view only"),
}


def measure_distances(cement: CementMask, maps: LineMaps) -> Distances:
    """Measure one picture.

    Parameters
    ----------
    cement : CementMask
        On the grid of the reference frame.
    maps : LineMaps
        Of the same crop.

    Returns
    -------
    Distances
        All distances unknown and the area 0 where no cement is seen; they say so where something may be cement.
    """
    rows = np.flatnonzero(cement.mask.any(axis=1))
    if len(rows) == 0:
        why = NOT_SURE if cement.uncertain_mm2 >= _UNCERTAIN_MM2 else _NO_CEMENT
        return Distances(cement_area_mm2=0.0, mm=dict.fromkeys(Line, why))
    cols = np.flatnonzero(cement.mask.any(axis=0))
    box = (slice(int(rows[0]), int(rows[-1]) + 1), slice(int(cols[0]), int(cols[-1]) + 1))
    mask = cement.mask[box]

    parts = [mask, mask, mask, mask]
    if maps.thirds is not None:
        thirds = maps.thirds[box]
        parts[1:] = [mask & (thirds == k) for k in (1, 2, 3)]

    def least(line: Line) -> Measure:
        if line.whole not in maps.mm:
            return _ELSEWHERE[line.view]
        values = maps.mm[line.whole][box][parts[line.third]]
        if values.size == 0:
            return Unknown("no cement in this third")
        nearest = float(values.min())
        return nearest if np.isfinite(nearest) else Unknown("no cement beside this line")

    return Distances(
        cement_area_mm2=float(mask.sum()) * maps.mm_per_px**2,
        mm={line: least(line) for line in Line},
        nearest_warning_px=_nearest(maps, box, mask),
    )


def _nearest(maps: LineMaps, box: tuple[slice, slice], mask: NDArray[np.bool_]) -> tuple[float, float] | None:
    if Line.WARNING_LINE not in maps.mm:
        return None
    masked = np.where(mask, maps.mm[Line.WARNING_LINE][box], np.inf)
    row, col = np.unravel_index(int(np.argmin(masked)), masked.shape)
    return float(col + box[1].start + maps.crop.x0_px), float(row + box[0].start + maps.crop.y0_px)
