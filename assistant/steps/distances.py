"""How far the visible cement is from each line: signed distance in mm, the least over its pixels (contract)."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from assistant.geometry import MapMm
from assistant.line_maps import LineMaps
from assistant.vocabulary import CementMask, Distances, Measure, Unknown

_NO_CEMENT = Unknown("no cement seen")
_NOT_LATERAL = Unknown("measured in the lateral view only")
_NOT_AP = Unknown("measured in the AP view only")


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
        All distances unknown and the area 0 where no cement is seen.
    """
    rows = np.flatnonzero(cement.mask.any(axis=1))
    if len(rows) == 0:
        return _without_cement()
    cols = np.flatnonzero(cement.mask.any(axis=0))
    box = (slice(int(rows[0]), int(rows[-1]) + 1), slice(int(cols[0]), int(cols[-1]) + 1))
    mask = cement.mask[box]

    def least(line: MapMm | None, absent: Unknown, part: NDArray[np.bool_] = mask) -> Measure:
        if line is None:
            return absent
        values = line[box][part]
        if values.size == 0:
            return Unknown("no cement in this third")
        nearest = float(values.min())
        return nearest if np.isfinite(nearest) else Unknown("no cement beside this line")

    upper = middle = lower = mask
    if maps.thirds is not None:
        thirds = maps.thirds[box]
        upper, middle, lower = (mask & (thirds == k) for k in (1, 2, 3))
    left, right = least(maps.left_wall, _NOT_AP), least(maps.right_wall, _NOT_AP)
    sides = [side for side in (left, right) if not isinstance(side, Unknown)]
    return Distances(
        cement_area_mm2=float(mask.sum()) * maps.mm_per_px**2,
        posterior_wall_mm=least(maps.posterior_wall, _NOT_LATERAL),
        warning_line_mm=least(maps.warning_line, _NOT_LATERAL),
        superior_endplate_mm=least(maps.superior_endplate, _NO_CEMENT),
        inferior_endplate_mm=least(maps.inferior_endplate, _NO_CEMENT),
        anterior_wall_mm=least(maps.anterior_wall, _NOT_LATERAL),
        side_wall_mm=min(sides) if sides else left,
        posterior_upper_mm=least(maps.posterior_wall, _NOT_LATERAL, upper),
        posterior_middle_mm=least(maps.posterior_wall, _NOT_LATERAL, middle),
        posterior_lower_mm=least(maps.posterior_wall, _NOT_LATERAL, lower),
        warning_upper_mm=least(maps.warning_line, _NOT_LATERAL, upper),
        warning_middle_mm=least(maps.warning_line, _NOT_LATERAL, middle),
        warning_lower_mm=least(maps.warning_line, _NOT_LATERAL, lower),
        nearest_warning_px=_nearest(maps, box, mask),
    )


def _nearest(maps: LineMaps, box: tuple[slice, slice], mask: NDArray[np.bool_]) -> tuple[float, float] | None:
    if maps.warning_line is None:
        return None
    masked = np.where(mask, maps.warning_line[box], np.inf)
    row, col = np.unravel_index(int(np.argmin(masked)), masked.shape)
    return float(col + box[1].start + maps.crop.x0_px), float(row + box[0].start + maps.crop.y0_px)


def _without_cement() -> Distances:
    return Distances(
        cement_area_mm2=0.0,
        posterior_wall_mm=_NO_CEMENT,
        warning_line_mm=_NO_CEMENT,
        superior_endplate_mm=_NO_CEMENT,
        inferior_endplate_mm=_NO_CEMENT,
        anterior_wall_mm=_NO_CEMENT,
        side_wall_mm=_NO_CEMENT,
        posterior_upper_mm=_NO_CEMENT,
        posterior_middle_mm=_NO_CEMENT,
        posterior_lower_mm=_NO_CEMENT,
        warning_upper_mm=_NO_CEMENT,
        warning_middle_mm=_NO_CEMENT,
        warning_lower_mm=_NO_CEMENT,
    )
