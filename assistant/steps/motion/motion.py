"""Where the vertebra went since the plan's reference frame.

Always picture against reference, never picture against picture, so that nothing drifts. Three searches, cheapest first:

1. **Refine** from the last pose (see `alignment.py`): growing cement, a moving cannula, ribs, gas are outliers.
2. **Refine from coarse**: the same from a lattice four times as wide.
3. **Find again**: normalised correlation of the band-passed template over the whole picture, several turns.

The confidence is the correlation of picture and template at the pose found, over what was usual at this noise.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field
from statistics import median

import cv2
import numpy as np
from numpy.typing import NDArray

from assistant.geometry import Crop, PointsPx, similarity_from_matrix
from assistant.imaging.lattice import source_from_lattice
from assistant.steps.motion.alignment import (
    AS_MARKED,
    F32,
    F64,
    USUAL_SPREAD,
    Outline,
    Pyramid,
    PyramidLevel,
    averaged,
    learn_pyramid_level,
    refine,
    relative,
)
from assistant.vocabulary import CementMask, Grey, Motion, Unknown

_FINE_MM = 0.40
"""Aim for the pixel of the fine lattice: finer costs time and adds noise, coarser loses sub-pixel accuracy."""
_COARSER = 4
_POINTS = 4000
_GOOD = 0.80
_ACCEPT = 0.50
"""Shares of the correlation expected at this noise: from the first on a pose is taken at once, below the second it is
not believed; in between the whole picture is searched for a better one."""
_NEW_VIEW = 0.65
_LEAST_CORRELATION = 0.22
_NEAR_MM, _NEAR_CORRELATION = 2.0, 0.15
_FAR_MM, _FAR = 12.0, 0.70
"""By chance a template of some hundred independent pixels correlates by 0.06, and by 0.22 at the best of many places.
Where the vertebra was last seen well, less is enough; far from it, where a neighbour stands, more is asked [P]."""
_SOFTER = 1.5
"""Where nothing is found in the first pictures, the band-pass is made so many times as wide: below 20 nGy one picture
correlates with the reference frame by 0.10 to 0.19, and by 0.16 to 0.33 when softer. Chance rises alike: all that
is asked for above is asked for so many times as much. Of pictures that are found as they are it would cost a fifth of
the accuracy [P]."""
_LEARN_PICTURES = 3
"""So many pictures until it is known what correlation to expect; until then the whole picture is searched."""
_SELF_CORRELATION = 0.9999
"""The reference frame against itself: says nothing about the noise."""
_PEAKS, _PLACES, _TRIED_FINE = 3, 6, 3
"""When it is looked for everywhere: so many peaks of the correlation a turn, places tried coarsely, then finely."""
_CLOSE_SHARE = 0.35
_ELSEWHERE_MM = 3.0
_CHANCE, _LESS_CHANCE = 4.0, 2.0
_LEAST_VARIES = 0.01
_FELL = 0.25
_FELL_PICTURES, _FELL_MOST = 2, 6
_LATELY = 12
"""A confidence that falls by so much under what was usual in the last pictures, twice running, is a picture that turns
away: none of 2,618 pictures of standing views did so, 3 of 4 swings that were followed for half a second did within
0.25 s. What stays low for longer than a swing begins is the new usual; in the first pictures it is not known what is
usual (they share their grain with the reference frame) [P]."""
_AS_PLANNED = (0.0, 0.0)
"""Rotation and logarithm of the scale of the reference frame."""
_MAX_TURN_DEG = 25.0
_SCALE_RANGE = (0.8, 1.25)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Finder:
    """A piece of the reference on the coarse lattice, and where it was cut out."""

    patch: F32
    x0: int
    y0: int


@dataclass(slots=True, eq=False)
class MotionMemory:
    """All that the step remembers of one planned view."""

    view_index: int
    outline: Outline
    reference: Pyramid
    fine: PyramidLevel
    soft: PyramidLevel
    coarse: PyramidLevel
    finders: tuple[_Finder, ...]
    expected: float = _LEAST_CORRELATION
    varies: float = 0.03
    """Mean distance of the correlation from the expected one."""
    accepted: int = 0
    pose: F64 | None = None
    recent: deque[float] = field(default_factory=lambda: deque(maxlen=_LATELY))
    fell: int = 0
    settling: int = 0
    """After a loss so many pictures more may still hold a share of another view or place."""
    seen_at: F64 = field(default_factory=AS_MARKED.copy)
    """The last pose that was taken without any doubt; before the first, where the vertebra was marked."""
    anchor: F64 = field(default_factory=AS_MARKED.copy)
    """Where the template puts the reference frame itself: ribs pull every picture that is averaged."""
    usual: tuple[float, float] | None = None
    """Rotation (rad) and logarithm of the scale lately: both change slowly while the vertebra is followed."""


def start_following(
    view_index: int,
    grey: Grey,
    white: int,
    field_mask: NDArray[np.bool_],
    mm_per_px: float,
    body_px: PointsPx,
    centre_px: tuple[float, float],
) -> MotionMemory:
    """Learn the vertebra from the reference frame.

    Parameters
    ----------
    view_index : int
        Entry of the plan's views.
    grey : array (rows, cols), uint8 or uint16
    white : int
        Grey of full white.
    field_mask : array of bool
        The X-ray field of this frame, any lattice (see `assistant.imaging.xray_field`).
    mm_per_px : float
    body_px : array (n, 2)
        Closed outline of the body.
    centre_px : tuple of float
        The contract's c.
    """
    decimation = max(1, round(_FINE_MM / mm_per_px))
    low, high = body_px.min(axis=0), body_px.max(axis=0)
    size = high - low
    reach = np.array([0.75, 0.95]) * size
    x0, y0 = np.maximum(low - reach, 0).astype(int)
    x1, y1 = np.minimum(high + reach, [grey.shape[1] - 1, grey.shape[0] - 1]).astype(int)
    window = Crop(x0_px=int(x0), y0_px=int(y0), width_px=int(x1 - x0), height_px=int(y1 - y0))
    pyramid = Pyramid(grey=grey, white=white)
    outline = Outline(mm_per_px=mm_per_px, window=window, body_px=body_px, centre_px=centre_px, field_mask=field_mask)
    fine = learn_pyramid_level(pyramid.lattice(decimation, mm_per_px), decimation, outline, _POINTS)
    soft = learn_pyramid_level(pyramid.lattice(decimation, mm_per_px, _SOFTER), decimation, outline, _POINTS, _SOFTER)
    coarse_lattice = pyramid.lattice(decimation * _COARSER, mm_per_px)
    coarse = learn_pyramid_level(coarse_lattice, decimation * _COARSER, outline, _POINTS // 4)
    return MotionMemory(
        view_index=view_index,
        outline=outline,
        reference=pyramid,
        fine=fine,
        soft=soft,
        coarse=coarse,
        finders=(
            _finder(coarse_lattice, coarse.decimation, window),
            # Close round the body little stands still with the screen when the table moves: no collimator, no shading.
            _finder(coarse_lattice, coarse.decimation, _round_body(low, high, pyramid.grey.shape)),
        ),
    )


def _finder(lattice: F32, decimation: int, window: Crop) -> _Finder:
    y0, x0 = window.y0_px // decimation, window.x0_px // decimation
    patch = lattice[y0 : y0 + window.height_px // decimation, x0 : x0 + window.width_px // decimation]
    return _Finder(patch=np.ascontiguousarray(patch), x0=x0, y0=y0)


def _round_body(low: NDArray[np.float64], high: NDArray[np.float64], shape: tuple[int, ...]) -> Crop:
    reach = _CLOSE_SHARE * (high - low)
    x0, y0 = np.maximum(low - reach, 0).astype(int)
    x1, y1 = np.minimum(high + reach, [shape[1] - 1, shape[0] - 1]).astype(int)
    return Crop(x0_px=int(x0), y0_px=int(y0), width_px=int(x1 - x0), height_px=int(y1 - y0))


def follow(
    memories: list[MotionMemory], active: int, pyramid: Pyramid, cement: CementMask | None
) -> tuple[Motion | Unknown, int]:
    """Find the vertebra in a new picture.

    Parameters
    ----------
    memories : list of MotionMemory
        One a planned view.
    active : int
        The view that the last picture showed: tried first.
    pyramid : Pyramid
        The new picture.
    cement : CementMask or None
        The cement of the last picture of the active view: it tells nothing about the bone.

    Returns
    -------
    motion : Motion or Unknown
    active : int
        The view that is shown now; unchanged when none was found.
    """
    # The usual way, all that most pictures need: from the last pose, and believed at once if it matches as well as
    # ever. All below searches the whole picture.
    tracked = _track(memories[active], pyramid, cement)
    certain = memories[active].accepted >= _LEARN_PICTURES
    if tracked is not None and certain and tracked[1] >= _GOOD * memories[active].expected:
        return _steady(memories[active], _accepted(memories[active], pyramid, tracked[0], tracked[1], cement)), active
    # The whole picture is searched, in all views: the C-arm may have swung. A place elsewhere that is no better than
    # chance beside the one that is followed is left out, for the neighbours look alike.
    candidates = [(active, tracked)] if tracked is not None else []
    for k, memory in enumerate(memories):
        found = _find(memory, pyramid, cement if k == active else None)
        if found is not None and not (k == active and _is_neighbour(memory, tracked, found)):
            candidates.append((k, found))
    # What another view, already known, matches with is the least that a view that comes up now must reach.
    known = max((memory.expected for memory in memories if memory.accepted >= _LEARN_PICTURES), default=0.0)
    believed = [(k, found) for k, found in candidates if _believed(memories[k], found, known)]
    # Only while nothing was ever found: later a softer band would make a lost vertebra of the neighbour.
    if not believed and known == 0.0 and memories[active].fine.softness == 1.0:
        believed = _softly(memories, pyramid)
    if not believed:
        for memory in memories:
            # Lost: the next picture starts from where it was last seen well, never from the pose that has just
            # failed.
            memory.pose, memory.settling = None, _FELL_MOST
            memory.recent.clear()
        return Unknown("the vertebra of the plan is not found in this picture"), active
    index, (pose, correlation) = max(believed, key=lambda c: c[1][1])
    moved = _accepted(memories[index], pyramid, pose, correlation, cement if index == active else None)
    return _steady(memories[index], moved), index


def _steady(memory: MotionMemory, moved: Motion) -> Motion | Unknown:
    """The motion, unless its confidence has just fallen: the C-arm begins to swing, and the lines with it."""
    memory.settling = max(0, memory.settling - 1) if moved.confidence < _GOOD else 0
    if len(memory.recent) == _LATELY and moved.confidence < median(memory.recent) - _FELL:
        memory.fell += 1
    else:
        memory.fell = 0
        memory.recent.append(moved.confidence)
    if memory.fell > _FELL_MOST:
        memory.fell = 0
        memory.recent.clear()
    if memory.fell >= _FELL_PICTURES:
        return Unknown("the picture turns away from the planned view")
    return moved


def _softly(memories: list[MotionMemory], pyramid: Pyramid) -> list[tuple[int, tuple[F64, float]]]:
    """What is found when less detail is asked for; if anything is, it is so for the rest of the run."""
    detailed = [memory.fine for memory in memories]
    for memory in memories:
        memory.fine = memory.soft
    found = [(k, _find(memory, pyramid, None)) for k, memory in enumerate(memories)]
    believed = [(k, each) for k, each in found if each is not None and _believed(memories[k], each, 0.0)]
    if not believed:
        for memory, fine in zip(memories, detailed, strict=True):
            memory.fine = fine
    return believed


def _believed(memory: MotionMemory, found: tuple[F64, float], known: float) -> bool:
    """Whether a pose can be the vertebra; a view that comes up must match about as well as the others do."""
    pose, correlation = found
    floor, share = _LEAST_CORRELATION, _ACCEPT
    away_mm = _apart_mm(memory.outline, pose, memory.seen_at)
    learning = memory.accepted < _LEARN_PICTURES
    if away_mm < _NEAR_MM:
        floor = _NEAR_CORRELATION
    elif away_mm > _FAR_MM and not learning:
        share = _FAR
    # Both a share of what this run usually reaches, and a floor that chance does not.
    least = max(share * memory.expected, floor * memory.fine.softness)
    followed = memory.pose is not None and away_mm < _NEAR_MM
    if learning and not followed:
        least = max(least, _NEW_VIEW * known)
    return correlation >= least and _plausible(pose)


def _is_neighbour(memory: MotionMemory, tracked: tuple[F64, float] | None, found: tuple[F64, float]) -> bool:
    """Whether a place elsewhere is no better than chance beside one that is still believed: vertebrae look alike."""
    if tracked is None or memory.accepted < _LEARN_PICTURES or not _believed(memory, tracked, 0.0):
        return False
    if _apart_mm(memory.outline, found[0], tracked[0]) < _ELSEWHERE_MM:
        return False
    # What matches as well as ever is the vertebra, and what was followed until now may be a neighbour.
    chance = _LESS_CHANCE if found[1] >= _GOOD * memory.expected else _CHANCE
    return found[1] < tracked[1] + chance * max(memory.varies, _LEAST_VARIES)


def _apart_mm(outline: Outline, pose: F64, other: F64) -> float:
    """How far apart two poses put the middle of the vertebra."""
    middle = np.asarray(outline.centre_px)
    there = (pose - other) @ np.append(middle, 1.0)
    return float(np.hypot(*there)) * outline.mm_per_px


def _track(memory: MotionMemory, pyramid: Pyramid, cement: CementMask | None) -> tuple[F64, float] | None:
    """Follow from the last pose; from coarse when that is not good enough."""
    if memory.pose is None:
        return None
    best = refine(memory.fine, memory.outline, pyramid, memory.pose, cement, memory.usual, rounds=8)
    if best[1] < _GOOD * memory.expected or not _plausible(best[0]):
        wide, _ = refine(memory.coarse, memory.outline, pyramid, memory.pose, cement, memory.usual, rounds=12)
        again = refine(memory.fine, memory.outline, pyramid, wide, cement, memory.usual, rounds=8)
        best = max(best, again, key=lambda found: found[1])
    return best


def _accepted(
    memory: MotionMemory, pyramid: Pyramid, pose: F64, correlation: float, cement: CementMask | None
) -> Motion:
    memory.pose = pose
    turned = float(np.arctan2(pose[1, 0], pose[0, 0])), float(np.log(np.hypot(pose[0, 0], pose[1, 0])))
    before = memory.usual or turned
    # Farther than three standard deviations is no drift: the C-arm was moved, and the usual begins anew.
    if (np.abs(np.subtract(turned, before)) > 3 * USUAL_SPREAD).any():
        before = turned
    first = memory.accepted == 0
    confidence = 1.0 if first else float(np.clip(correlation / memory.expected, 0.0, 1.0))
    # What to expect follows slowly and never falls fast: a lock that rots away must not become its own measure.
    if correlation < _SELF_CORRELATION:
        memory.accepted += 1
        memory.varies += 0.05 * (abs(correlation - memory.expected) - memory.varies)
        # A running mean at first, 1 / n, then an exponential one; slower still when it falls.
        rate = max(1.0 / memory.accepted, 0.03) if correlation > _GOOD * memory.expected else 0.02
        memory.expected += rate * (correlation - memory.expected)
    similarity = similarity_from_matrix(relative(pose, memory.anchor), memory.outline.centre_px)
    # A doubtful pose is told, and teaches nothing: neither template nor usual pose may follow it.
    if confidence < _GOOD:
        return Motion(view_index=memory.view_index, similarity=similarity, confidence=confidence)
    memory.seen_at = pose
    memory.usual = (0.9 * before[0] + 0.1 * turned[0], 0.9 * before[1] + 0.1 * turned[1])
    # Once there is cement the template stands still: averaged in, the cement itself would be followed.
    if cement is None or not cement.mask.any():
        fine = averaged(memory.fine, memory.outline, pyramid, pose, _POINTS)
        if fine is not memory.fine:
            memory.fine = fine
            # The new template is not quite where the reference frame is: where it puts that frame is taken off every
            # pose from here on, or the lines would jump by as much.
            memory.anchor, _ = refine(fine, memory.outline, memory.reference, AS_MARKED, None, _AS_PLANNED, rounds=8)
        memory.coarse = averaged(memory.coarse, memory.outline, pyramid, pose, _POINTS // 4)
    return Motion(view_index=memory.view_index, similarity=similarity, confidence=confidence)


def _plausible(pose: F64) -> bool:
    scale = float(np.hypot(pose[0, 0], pose[1, 0]))
    turn_deg = abs(float(np.rad2deg(np.arctan2(pose[1, 0], pose[0, 0]))))
    return _SCALE_RANGE[0] < scale < _SCALE_RANGE[1] and turn_deg < _MAX_TURN_DEG


def _find(memory: MotionMemory, pyramid: Pyramid, cement: CementMask | None) -> tuple[F64, float] | None:
    """Look for the vertebra anywhere in the picture, turned by up to 12 degrees; first where it was last seen well."""
    decimation = memory.coarse.decimation
    lattice = pyramid.lattice(decimation, memory.outline.mm_per_px)
    # Coarse to fine: normalised cross-correlation of two pieces anywhere, Gauss-Newton on the coarse lattice from the
    # best places, then on the fine one for the best of those.
    starts = [start for template in memory.finders for start in _starts(template, lattice, decimation)]
    coarse = [
        refine(memory.coarse, memory.outline, pyramid, start, cement, None, rounds=8)
        for start in [AS_MARKED, *_apart(starts)]
    ]
    coarse = [found for found in coarse if _plausible(found[0])]
    coarse.sort(key=lambda found: -found[1])
    # Ribs that breathe may turn and shrink what is found coarsely: where it was, it is looked at finely at once.
    there = refine(memory.fine, memory.outline, pyramid, memory.seen_at, cement, memory.usual or _AS_PLANNED, rounds=8)
    nearest = there if _plausible(there[0]) else None
    for pose, _ in coarse[:_TRIED_FINE]:
        fine = refine(memory.fine, memory.outline, pyramid, pose, cement, None, rounds=6)
        if _plausible(fine[0]) and (nearest is None or fine[1] > nearest[1]):
            nearest = fine
        if nearest is not None and nearest[1] >= _GOOD * memory.expected:
            break
    return nearest


def _apart(starts: list[tuple[float, Sequence[int], F64]]) -> list[F64]:
    """The best start at each of the best places: turned copies of one wrong place must not crowd out the right one."""
    chosen: list[tuple[float, Sequence[int], F64]] = []
    for start in sorted(starts, key=lambda each: -each[0]):
        if all(max(abs(start[1][0] - other[1][0]), abs(start[1][1] - other[1][1])) > 3 for other in chosen):
            chosen.append(start)
        if len(chosen) == _PLACES:
            break
    return [start for _, _, start in chosen]


def _starts(finder: _Finder, lattice: F32, decimation: int) -> list[tuple[float, Sequence[int], F64]]:
    """Where a template fits best: correlation, shift in px of the lattice, pose."""
    rows, cols = finder.patch.shape
    # The vertebra may stand partly out of the picture.
    margin_y, margin_x = rows // 3, cols // 3
    padded = cv2.copyMakeBorder(lattice, margin_y, margin_y, margin_x, margin_x, cv2.BORDER_CONSTANT, value=0)
    starts: list[tuple[float, Sequence[int], F64]] = []
    for turn_deg in (0.0, -6.0, 6.0, -12.0, 12.0):
        middle = ((cols - 1) / 2, (rows - 1) / 2)
        turn = cv2.getRotationMatrix2D(middle, -turn_deg, 1.0)
        turned = finder.patch
        if turn_deg:
            turned = np.asarray(cv2.warpAffine(turned, turn, (cols, rows), borderMode=cv2.BORDER_REPLICATE), np.float32)
        # Zero-mean normalised cross-correlation (Lewis 1995): exposure and contrast of the picture do not matter.
        score = cv2.matchTemplate(padded, turned, cv2.TM_CCOEFF_NORMED)
        for _ in range(_PEAKS):
            _, best, _, where = cv2.minMaxLoc(score)
            # A pose: to the piece's own px, turned about its middle, put down where it was found, then told in source
            # px.
            found = np.array([where[0] - margin_x, where[1] - margin_y], np.float64)
            to_window = np.column_stack([np.eye(2), -np.array([finder.x0, finder.y0], np.float64)])
            linear = turn[:, :2]
            shift = linear @ to_window[:, 2] + turn[:, 2] + found
            place = (where[0] - margin_x - finder.x0, where[1] - margin_y - finder.y0)
            starts.append((float(best), place, source_from_lattice(np.column_stack([linear, shift]), decimation)))
            # Non-maximum suppression; ``score`` is changed in place.
            cv2.rectangle(score, (where[0] - 3, where[1] - 3), (where[0] + 3, where[1] + 3), -1.0, -1)
    return starts
