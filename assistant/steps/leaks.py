"""Cement outside the body, by site: where, how much, how long, which route, how large.

Routes after Yeom 2003 (10.1302/0301-620X.85B1.13026): B along the basivertebral vein, S along a segmental vein, C
through a cortical defect (a disc leak counts as C). Size after Barriga-Martín 2022: minor below the largest diameter
of the pedicle, moderate below the height of the vertebra, major above it; equal counts as the larger class.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import cv2
import numpy as np
from numpy.typing import NDArray

from assistant.acquisition import Acquisition
from assistant.geometry import MapMm, PointsPx
from assistant.line_maps import OUTSIDE, LineMaps
from assistant.lines import Line
from assistant.plan import PlannedView
from assistant.settings.tree import LeakSettings
from assistant.vocabulary import CementMask, Leak, LeakSite, Shape

_HALF_ROUND = 0.5
"""How far a half-round lump reaches from the wall, in widths of its foot there. A vein is a tube that leaves the wall
and grows by its tip: it reaches farther. What has come through a hole in the wall lies along it, and its foot grows
with it (decision 25; measured on 24 patients that it was not chosen on)."""
_FOOT_MM = 1.5
"""The foot of a leak is its extent within so much of where it begins, at the wall or in front of it."""
_TELLS_FROM_MM = 2.0
"""A leak that reaches less far says nothing of its route: the wall is marked to half a millimetre [P]."""
_CLOCK_MS = 0.01
"""Stamps are sums of fractions: the last digit of a difference decides nothing."""
_ROUTE_S = 0.3
"""A route is told by the most of the pictures of so much film, three at 7.5 a second. Those of another exposure have no
say: over a pause cement has flowed on, and nobody waits a minute of single shots for a vein [P]."""
_ROUTE_LOOKS = 3
"""Where no times are known, by the most of so many pictures: what follows may be film as well as single shots [P]."""
_CERTAIN_SIGMA = 2.0
"""A leak of one picture alone has to reach so many standard deviations of the outline farther than one that stands."""
_LINES = {
    LeakSite.POSTERIOR: Line.POSTERIOR_WALL,
    LeakSite.SUPERIOR_DISC: Line.SUPERIOR_ENDPLATE,
    LeakSite.INFERIOR_DISC: Line.INFERIOR_ENDPLATE,
    LeakSite.ANTERIOR: Line.ANTERIOR_WALL,
    LeakSite.LATERAL: Line.SIDE_WALL,
}
_AT_WALL_MM = 2.0
"""Where a posterior leak left the wall is read from its cement this near to it [P]."""
_SPECK_MM2 = 0.5
"""Pieces smaller than this are no cement (contract, scoring: specks are dropped)."""

PEDICLE_HEIGHT_MM = {
    "T1": 9.5, "T2": 11.0, "T3": 11.5, "T4": 12.0, "T5": 12.0, "T6": 12.2, "T7": 12.5, "T8": 13.0, "T9": 14.0,
    "T10": 15.5, "T11": 17.0, "T12": 16.5, "L1": 15.5, "L2": 15.0, "L3": 14.5, "L4": 14.5, "L5": 12.9, "L6": 12.9,
    "S1": 12.9,
}  # fmt: skip
"""Largest (cranio-caudal) diameter of the pedicle. T11 Christodoulou 2005 (Clin Anat 18:404), L5 Cook & Baker 2021
(ijssurgery 15:1072); the others are plausible interpolation and not published figures."""
_ANY_PEDICLE_MM = 14.0


@dataclass(slots=True, eq=False)
class LeakMemory:
    """When each site was first and last seen in a view, and what stands or stood there.

    ``seen`` are the leaks of the last picture, confirmed or not; ``routes`` what the pictures lately made of each;
    ``alone`` the sites that count because one exposure showed them to its end and none has come to confirm or deny it;
    ``unproved`` those that the last picture alone shows and does not prove.
    """

    view_index: int = 0
    seen: tuple[Leak, ...] = ()
    routes: dict[LeakSite, deque[tuple[Acquisition, str]]] = field(default_factory=dict)
    first_seen: dict[LeakSite, tuple[int, Acquisition]] = field(default_factory=dict)
    last_seen: dict[LeakSite, Acquisition] = field(default_factory=dict)
    alone: set[LeakSite] = field(default_factory=set)
    unproved: frozenset[LeakSite] = frozenset()
    largest: dict[LeakSite, Leak] = field(default_factory=dict)


def find_leaks(
    memory: LeakMemory,
    frame_index: int,
    acquisition: Acquisition,
    cement: CementMask,
    maps: LineMaps,
    view: PlannedView,
    settings: LeakSettings,
    doubtful: tuple[Line, ...] = (),
) -> tuple[Leak, ...]:
    """Look for cement beyond each line in one new picture.

    Parameters
    ----------
    memory : LeakMemory
        Changed by the call.
    frame_index : int
    acquisition : Acquisition
        The beam at this picture.
    cement : CementMask
    maps : LineMaps
    view : PlannedView
    settings : LeakSettings
    doubtful : tuple of Line
        Lines whose nearest cement this picture alone does not prove (`assistant.steps.fronts`).

    Returns
    -------
    tuple of Leak
        Those that have stood for ``settings.confirm_ms`` of film, or in another exposure before; ``first_frame`` is the
        frame in which that began.
    """
    seen, unproved = [], set()
    certain_mm = settings.reach_mm + _CERTAIN_SIGMA * cement.outline_sigma_mm
    for site, sides in _outside(cement.mask, maps, settings).items():
        memory.last_seen[site] = acquisition
        first_frame, since = memory.first_seen.setdefault(site, (frame_index, acquisition))
        # Left and right are one site: the larger stands for it.
        line, part = max(sides, key=lambda side: int(side[1].sum()))
        leak = _described(site, first_frame, line, part, maps, view, memory.view_index)
        if _may_be_vein(site, sides, maps.mm_per_px, settings.area_mm2):
            leak = replace(leak, yeom="S")
        seen.append(_by_most(memory, leak, acquisition))
        if since is acquisition and (_LINES[site] in doubtful or float(line[part].min()) > -certain_mm):
            unproved.add(site)
    memory.seen, memory.unproved = tuple(seen), frozenset(unproved)
    _let_go(memory, acquisition, settings)
    return _counted(memory, [leak for leak in seen if _has_stood(memory, leak.site, acquisition, settings)])


def settle_leaks(memory: LeakMemory, t_s: float, settings: LeakSettings) -> tuple[Leak, ...]:
    """What two pictures show, or one beyond doubt, and no other has come to deny in time, counts: the beam is off.

    Parameters
    ----------
    memory : LeakMemory
        Changed by the call.
    t_s : float
        Of a frame that repeats or holds that picture.
    settings : LeakSettings

    Returns
    -------
    tuple of Leak
        Those that count from this frame on.
    """
    new = []
    for leak in memory.seen:
        # Held pictures follow on one exposure, so this is no time over a pause.
        waited_ms = (t_s - memory.first_seen[leak.site][1].t_s) * 1000
        proved = leak.site not in memory.unproved
        if proved and leak.site not in memory.largest and waited_ms >= settings.confirm_ms - _CLOCK_MS:
            memory.alone.add(leak.site)
            new.append(leak)
    return _counted(memory, new)


def _has_stood(memory: LeakMemory, site: LeakSite, acquisition: Acquisition, settings: LeakSettings) -> bool:
    if acquisition.has_lasted(memory.first_seen[site][1], settings.confirm_ms / 1000):
        memory.alone.discard(site)
        return True
    return site in memory.largest


def _let_go(memory: LeakMemory, acquisition: Acquisition, settings: LeakSettings) -> None:
    """Forget what this picture does not show and nothing has confirmed."""
    for site, seen in list(memory.last_seen.items()):
        if seen is acquisition or (site in memory.largest and site not in memory.alone):
            continue
        # One picture that misses a thin leak does not make it start anew; another exposure without it denies it.
        if acquisition.has_lasted(seen, settings.confirm_ms / 1000):
            memory.alone.discard(site)
            for known in (memory.first_seen, memory.last_seen, memory.routes, memory.largest):
                known.pop(site, None)


def _counted(memory: LeakMemory, leaks: Sequence[Leak]) -> tuple[Leak, ...]:
    """Keep each at its largest."""
    for leak in leaks:
        before = memory.largest.get(leak.site)
        if before is None:
            memory.largest[leak.site] = leak
        elif leak.area_mm2 >= before.area_mm2:
            # It is typed after the alarms: until then, and where that fails, what was said of it stands.
            memory.largest[leak.site] = leak if leak.shape is not None else replace(leak, shape=before.shape)
    return tuple(leaks)


def _by_most(memory: LeakMemory, leak: Leak, acquisition: Acquisition) -> Leak:
    """The route that most of the pictures lately show: one whose outline is rough makes no vein of a leak."""
    if leak.yeom is None:
        return leak
    lately = memory.routes.setdefault(leak.site, deque())
    lately.append((acquisition, leak.yeom))
    while acquisition.has_lasted(lately[0][0], _ROUTE_S) and (acquisition.timed or len(lately) > _ROUTE_LOOKS):
        lately.popleft()
    routes = [route for _, route in lately]
    return replace(leak, yeom=max(routes, key=lambda route: (routes.count(route), route == leak.yeom)))


def all_leaks(memory: LeakMemory) -> tuple[Leak, ...]:
    """Every leak confirmed so far, at its largest."""
    return tuple(memory.largest.values())


def leaks_at_end(memory: LeakMemory) -> tuple[Leak, ...]:
    """Those of the last picture that nothing has confirmed: at the end of a run none comes to deny them."""
    return tuple(leak for leak in memory.seen if leak.site not in memory.largest)


def once_a_site(leaks: Sequence[Leak]) -> tuple[Leak, ...]:
    """One leak seen in two views is one leak: the larger picture of it, from the first that showed it."""
    chosen: dict[LeakSite, Leak] = {}
    for leak in leaks:
        before = chosen.get(leak.site, leak)
        larger, other = (leak, before) if leak.area_mm2 >= before.area_mm2 else (before, leak)
        # A shape weighed by the model in one view stands before an open one of the other.
        weighed = other.shape is not None and other.shape.frames and not (larger.shape and larger.shape.frames)
        chosen[leak.site] = replace(
            larger,
            first_frame=min(leak.first_frame, before.first_frame),
            shape=other.shape if weighed else larger.shape,
        )
    return tuple(sorted(chosen.values(), key=lambda leak: leak.first_frame))


def keep_shape(memory: LeakMemory, leak: Leak) -> None:
    """Keep a leak's shape, worked out later by the classifier: of many pictures, else of the leak at its largest.

    What one picture shows, or a fault in it, never takes the place of what was weighed of many.
    """
    before = memory.largest.get(leak.site)
    if before is None or (weighed_shape(memory, leak.site) is not None and not _is_weighed(leak.shape)):
        return
    if _is_weighed(leak.shape) or leak.area_mm2 >= before.area_mm2:
        memory.largest[leak.site] = replace(before, shape=leak.shape)


def weighed_shape(memory: LeakMemory, site: LeakSite) -> Shape | None:
    """The shape kept of a site, where it rests on a model's answers; else None."""
    kept = memory.largest.get(site)
    return kept.shape if kept is not None and _is_weighed(kept.shape) else None


def _is_weighed(shape: Shape | None) -> bool:
    return shape is not None and bool(shape.frames)


def _outside(
    mask: NDArray[np.bool_], maps: LineMaps, settings: LeakSettings
) -> dict[LeakSite, list[tuple[MapMm, NDArray[np.bool_]]]]:
    """Sites where enough cement lies far enough beyond a line, with each line and the cement beyond it.

    Arrays are of the whole crop, but all work is done in the box that holds the cement outside.
    """
    counts = np.bincount(maps.outside[mask], minlength=len(OUTSIDE))
    pixel_mm2 = maps.mm_per_px**2
    found: dict[LeakSite, list[tuple[MapMm, NDArray[np.bool_]]]] = {}
    for code, site in enumerate(OUTSIDE):
        if site is None or counts[code] * pixel_mm2 < settings.area_mm2:
            continue
        part = mask & (maps.outside == code)
        box = _box(part)
        part[box] = _without_specks(part[box], pixel_mm2)
        size = int(part.sum())
        line = _line_of(maps, code)
        if size * pixel_mm2 < settings.area_mm2 or float(line[part].min()) > -settings.reach_mm:
            continue
        found.setdefault(site, []).append((line, part))
    return found


def _box(part: NDArray[np.bool_]) -> tuple[slice, slice]:
    """Rows and columns of the smallest rectangle around a part that is not empty."""
    rows, cols = np.flatnonzero(part.any(axis=1)), np.flatnonzero(part.any(axis=0))
    return slice(int(rows[0]), int(rows[-1]) + 1), slice(int(cols[0]), int(cols[-1]) + 1)


def _line_of(maps: LineMaps, code: int) -> MapMm:
    lines = (
        None,
        maps.mm.get(Line.POSTERIOR_WALL),
        maps.mm[Line.SUPERIOR_ENDPLATE],
        maps.mm[Line.INFERIOR_ENDPLATE],
        maps.mm.get(Line.ANTERIOR_WALL),
        maps.left_wall,
        maps.right_wall,
    )
    line = lines[code]
    assert line is not None, "a code is used only where its line is drawn"
    return line


def _without_specks(part: NDArray[np.bool_], pixel_mm2: float) -> NDArray[np.bool_]:
    count, labels = cv2.connectedComponents(part.astype(np.uint8), connectivity=8)
    large = np.bincount(labels.ravel(), minlength=count) * pixel_mm2 >= _SPECK_MM2
    large[0] = False
    return np.asarray(large[labels], dtype=np.bool_)


def _described(
    site: LeakSite,
    first_frame: int,
    line: MapMm,
    part: NDArray[np.bool_],
    maps: LineMaps,
    view: PlannedView,
    view_index: int,
) -> Leak:
    box = _box(part)
    line, part = line[box], part[box]
    area_mm2 = float(part.sum()) * maps.mm_per_px**2
    count, labels = cv2.connectedComponents(part.astype(np.uint8), connectivity=8)
    sizes = np.bincount(labels.ravel(), minlength=count)
    sizes[0] = 0
    main = np.asarray(labels == int(np.argmax(sizes)), dtype=np.uint8)
    contours, _ = cv2.findContours(main, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
    contour = max(contours, key=cv2.contourArea)
    hull = cv2.convexHull(contour).reshape(-1, 2).astype(np.float64)
    across = np.linalg.norm(hull[:, None] - hull[None], axis=2)
    # A pixel is as wide as the grid: centre to centre falls one pixel short of the extent.
    length_mm = (float(across.max()) + 1.0) * maps.mm_per_px
    near_line = (main > 0) & (line > -1.5 * maps.mm_per_px - 1e-6)
    width_mm = _extent_px(near_line) * maps.mm_per_px if near_line.any() else area_mm2 / max(length_mm, 1e-6)
    corner_px = np.array([maps.crop.x0_px + box[1].start, maps.crop.y0_px + box[0].start])
    outline: PointsPx = contour.reshape(-1, 2).astype(np.float64) + corner_px
    return Leak(
        site=site,
        first_frame=first_frame,
        area_mm2=area_mm2,
        length_mm=length_mm,
        width_mm=width_mm,
        yeom=_yeom(site, main > 0, line, None if maps.thirds is None else maps.thirds[box]),
        magnitude=_magnitude(length_mm, maps, view),
        shape=None,
        outline_px=outline,
        view_index=view_index,
    )


def _extent_px(part: NDArray[np.bool_]) -> float:
    rows, cols = np.nonzero(part)
    return float(np.hypot(rows.max() - rows.min(), cols.max() - cols.min())) + 1.0


def _may_be_vein(
    site: LeakSite, sides: Sequence[tuple[MapMm, NDArray[np.bool_]]], mm_per_px: float, least_mm2: float
) -> bool:
    """Whether any piece in front or at a side stands off its wall: a larger lump beside it does not make it less."""
    if site not in (LeakSite.ANTERIOR, LeakSite.LATERAL):
        return False
    for line, part in sides:
        box = _box(part)
        count, labels, stats, _ = cv2.connectedComponentsWithStats(part[box].astype(np.uint8), connectivity=8)
        for piece in range(1, count):
            if stats[piece, cv2.CC_STAT_AREA] * mm_per_px**2 < least_mm2:
                continue
            if _stands_off(np.asarray(labels == piece), line[box], mm_per_px):
                return True
    return False


def _yeom(site: LeakSite, main: NDArray[np.bool_], line: MapMm, thirds: NDArray[np.uint8] | None) -> str:
    """Route by what one view shows; clinical facts §3.2 tell how often that is wrong."""
    if site is LeakSite.POSTERIOR and thirds is not None:
        at_wall = thirds[main & (line > -_AT_WALL_MM)]
        if at_wall.size and float((at_wall == 2).mean()) > 0.5:
            return "B"
    return "C"


def _stands_off(main: NDArray[np.bool_], line: MapMm, mm_per_px: float) -> bool:
    """Whether a piece reaches farther from the wall than a half-round lump on the same foot would."""
    begins_mm, ends_mm = float(line[main].max()), float(line[main].min())
    foot_mm = _extent_px(main & (line > begins_mm - _FOOT_MM)) * mm_per_px
    return -ends_mm >= _TELLS_FROM_MM and begins_mm - ends_mm > _HALF_ROUND * foot_mm


def _magnitude(length_mm: float, maps: LineMaps, view: PlannedView) -> str:
    pedicle_mm = PEDICLE_HEIGHT_MM.get(view.level or "", _ANY_PEDICLE_MM)
    if length_mm < pedicle_mm:
        return "minor"
    return "moderate" if length_mm < maps.body_height_mm else "major"
