"""How far the visible cement is from each line: signed distance in mm, the least over its pixels (contract).

Taken from the outline, where the evidence crosses zero between two px, and not from the px: a front that creeps would
stand still and then leap by a whole one. What the contract counts are centres of px, and of those the outermost lies a
little inside of the outline.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from assistant.geometry import MapMm
from assistant.line_maps import LineMaps
from assistant.lines import Line
from assistant.vocabulary import NOT_SURE, CementMask, Distances, Measure, Unknown

_NO_CEMENT = Unknown("no cement seen")
_UNCERTAIN_MM2 = 2.0
"""From so much on that stands out and was not taken, "no cement seen" would say more than is known [P]."""
_INSIDE_PX = 0.5
"""The outermost centre of a px of cement lies so far inside of the outline where this is straight and along the px; of
drawn round ones without noise 0.3 in the mean."""
_ELSEWHERE = {
    "lateral": Unknown("measured in the lateral view only"),
    "ap": Unknown("measured in the AP view only"),
}


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Edge:
    """Where the outline passes between px of the cement and each of their four neighbours that are none.

    Attributes
    ----------
    inside, outside : array (n,)
        Flat indices in the cement's box.
    share : array (n,)
        So far from the one to the other the outline lies, 0 to 1.
    """

    inside: NDArray[np.int64]
    outside: NDArray[np.int64]
    share: NDArray[np.float32]


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
    # One px more on each side than the cement has, for the neighbours of its edge.
    box = (slice(max(0, int(rows[0]) - 1), int(rows[-1]) + 2), slice(max(0, int(cols[0]) - 1), int(cols[-1]) + 2))
    mask = cement.mask[box]
    edge = _edge_of(mask, cement.evidence[box])

    parts = [mask, mask, mask, mask]
    if maps.thirds is not None:
        thirds = maps.thirds[box]
        parts[1:] = [mask & (thirds == k) for k in (1, 2, 3)]

    def least(line: Line) -> Measure:
        if line.whole not in maps.mm:
            return _ELSEWHERE[line.view]
        values = _to_outline(maps.mm[line.whole][box], edge, _INSIDE_PX * maps.mm_per_px)[parts[line.third]]
        if values.size == 0:
            return Unknown("no cement in this third")
        nearest = float(values.min())
        return nearest if np.isfinite(nearest) else Unknown("no cement beside this line")

    return Distances(
        cement_area_mm2=float(mask.sum()) * maps.mm_per_px**2,
        mm={line: least(line) for line in Line},
        nearest_warning_px=_nearest(maps, box, mask),
    )


def _edge_of(mask: NDArray[np.bool_], evidence: NDArray[np.float32]) -> _Edge:
    numbers = np.arange(mask.size).reshape(mask.shape)
    pairs = [
        (numbers[1:], numbers[:-1]),
        (numbers[:-1], numbers[1:]),
        (numbers[:, 1:], numbers[:, :-1]),
        (numbers[:, :-1], numbers[:, 1:]),
    ]
    own = np.concatenate([one.ravel() for one, _ in pairs])
    other = np.concatenate([one.ravel() for _, one in pairs])
    crossed = mask.ravel()[own] & ~mask.ravel()[other]
    inside, outside = own[crossed], other[crossed]
    here, there = evidence.ravel()[inside], evidence.ravel()[outside]
    # Where both say the same there is nothing to go by.
    differ = (here > 0) & (there <= 0)
    share = np.where(differ, here / np.where(differ, here - there, np.float32(1.0)), np.float32(_INSIDE_PX))
    return _Edge(inside=inside, outside=outside, share=np.asarray(share, np.float32))


def _to_outline(mm: MapMm, edge: _Edge, inside_mm: float) -> MapMm:
    """A map of distances with those from a little inside of the outline in place of those of the px at the edge."""
    here, there = mm.ravel()[edge.inside], mm.ravel()[edge.outside]
    counts = np.isfinite(here) & np.isfinite(there)
    across = np.subtract(there, here, out=np.zeros_like(here), where=counts)
    fine = mm.copy()
    fine.ravel()[edge.inside] = np.inf
    np.minimum.at(fine.ravel(), edge.inside, here + edge.share * across + np.float32(inside_mm))
    return fine


def _nearest(maps: LineMaps, box: tuple[slice, slice], mask: NDArray[np.bool_]) -> tuple[float, float] | None:
    if Line.WARNING_LINE not in maps.mm:
        return None
    masked = np.where(mask, maps.mm[Line.WARNING_LINE][box], np.inf)
    row, col = np.unravel_index(int(np.argmin(masked)), masked.shape)
    return float(col + box[1].start + maps.crop.x0_px), float(row + box[0].start + maps.crop.y0_px)
