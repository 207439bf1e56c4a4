"""Where the vertebra went since the plan's reference frame.

Always picture against reference, never picture against picture, so that nothing drifts. A **pose** is the
shift, turn and scale that take the reference frame to the picture; the **template** is the vertebra as learned from the
reference frame (later pictures tell how much each of its points may say); the **band** is its detail, neither slow
brightness nor single pixels; the **grain** is the noise. Three searches, cheapest first:

1. **Refine** from the last pose (see `alignment.py`), bound by how far a breath can have moved it since.
2. **Look nearby** (`nearby.py`): every shift as far as a table is pushed, of all views; then refine from the best.
3. **Find again**: normalised correlation of the template's band over the whole picture, several turns; in a film
   one view a picture.

The confidence is the correlation of picture and template at the pose found, over what is to be expected of the same
anatomy at this picture's own noise.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from assistant.acquisition import Acquisition
from assistant.geometry import Crop, PointsPx, similarity_from_matrix
from assistant.imaging.lattice import lattice_from_source
from assistant.imaging.robust_statistics import power
from assistant.steps.motion.alignment import Fit, refine
from assistant.steps.motion.belief import Belief, as_marked
from assistant.steps.motion.finding import Piece, likely_places, pieces
from assistant.steps.motion.limits import LIMITS
from assistant.steps.motion.nearby import places_nearby
from assistant.steps.motion.pyramid import F64, Lattice, Outline, Pyramid
from assistant.steps.motion.template import Template, averaged, learn_template
from assistant.steps.motion.usual_match import UsualMatch
from assistant.vocabulary import CementMask, Grey, Motion, Unknown

AS_MARKED: F64 = np.column_stack([np.eye(2), np.zeros(2)])
"""The pose of the reference frame."""


@dataclass(slots=True, eq=False)
class MotionMemory:
    """All that the step remembers of one planned view."""

    view_index: int
    outline: Outline
    fine: Template
    coarse: Template
    pieces: list[Piece]
    belief: Belief
    """After the last picture in which it was found; before the first, that it stands as marked."""
    waited_s: float
    """Between that picture and this one."""
    structure: float = LIMITS.structure
    """How well pictures of this vertebra match but for their noise."""
    accepted: int = 0
    """In so many pictures it was found."""
    t_s: float = -np.inf
    """Of the last picture in which it was found."""
    followed: bool = False
    """It was found in the last picture of this view."""
    lost_s: float = -np.inf
    """Of the last picture in which it was not found."""
    stretch: int = -1
    """Of film, in which the last picture was, whatever it showed."""
    pending: list[F64] = field(default_factory=list)
    """Poses that a search of the whole picture gave, and that the next pictures look at."""
    searches: int = 0
    """So many searches of the whole picture have come to their end: the view with the fewest is next."""
    before: Lattice | None = None
    """Of the last picture, in which it was lost too: where it should have been."""
    awaited: bool = True
    """Since the last pause no view has matched as expected yet: what to expect of this exposure is not known."""
    usual: UsualMatch = field(default_factory=UsualMatch)
    """How well the last pictures of the planned view matched, and whether this one does."""
    doubtful: bool = False
    """The last picture may hold a share of another place or view: it tells nothing of cement."""

    def share(self, fit: Fit) -> float:
        """Of the correlation that is expected: 1 where the picture matches as well as its noise lets it."""
        return fit.correlation / (self.structure * fit.clean)


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
    decimation = max(1, round(LIMITS.fine_mm / mm_per_px))
    low, high = body_px.min(axis=0), body_px.max(axis=0)
    reach = np.array([LIMITS.reach_wide, LIMITS.reach_high]) * (high - low)
    x0, y0 = np.maximum(low - reach, 0).astype(int)
    x1, y1 = np.minimum(high + reach, [grey.shape[1] - 1, grey.shape[0] - 1]).astype(int)
    window = Crop(x0_px=int(x0), y0_px=int(y0), width_px=int(x1 - x0), height_px=int(y1 - y0))
    pyramid = Pyramid(grey=grey, white=white)
    outline = Outline(mm_per_px=mm_per_px, window=window, body_px=body_px, centre_px=centre_px, field_mask=field_mask)
    fine = learn_template(pyramid.lattice(decimation, mm_per_px), decimation, outline, LIMITS.points)
    if fine.alone < LIMITS.soft_below:
        softer = LIMITS.softer
        fine = learn_template(
            pyramid.lattice(decimation, mm_per_px, softer), decimation, outline, LIMITS.points, softer
        )
    wide = decimation * LIMITS.coarser
    coarse = pyramid.lattice(wide, mm_per_px)
    return MotionMemory(
        view_index=view_index,
        outline=outline,
        fine=fine,
        coarse=learn_template(coarse, wide, outline, LIMITS.points // 4),
        pieces=pieces(coarse.band, wide, window, (low, high), grey.shape),
        belief=as_marked(centre_px, mm_per_px),
        waited_s=np.inf,
    )


def follow(
    memories: list[MotionMemory], active: int, pyramid: Pyramid, cement: CementMask | None, acquisition: Acquisition
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
    acquisition : Acquisition
        The beam at this picture: after a pause another breath, brightness and place are expected.

    Returns
    -------
    motion : Motion or Unknown
    active : int
        The view that is shown now; unchanged when none was found.
    """
    # The usual way, all that most pictures of a film need: from the last pose, and believed at once if it matches as
    # well as ever.
    memory, t_s = memories[active], acquisition.passed_s
    candidates: list[tuple[int, Fit, bool]] = []
    paused = acquisition.stretch != memory.stretch
    # The first picture in which it is lost is searched as a whole at once; in a film that goes on the next one is near.
    at_once = paused or memory.followed
    for each in memories:
        each.stretch, each.awaited = acquisition.stretch, each.awaited or paused
        each.waited_s = t_s - each.t_s
    if not paused:
        tracked = _track(memory, pyramid, cement)
        share = memory.share(tracked)
        # While it turns away another planned view may come up.
        if share >= LIMITS.good and not memory.usual.fallen and _believed(memory, tracked, t_s):
            return _accepted(memory, pyramid, tracked, cement, acquisition, paused=paused), active
        candidates.append((active, tracked, False))
    # Anywhere within a table's push, in all views: the C-arm may have swung. A place elsewhere that is no better than
    # chance beside the one that is followed is left out, for the neighbours look alike.
    for k, each in enumerate(memories):
        found, opened = _nearby(each, pyramid, cement if k == active else None)
        if paused or k != active or not _is_neighbour(each, candidates[0][1], found):
            candidates.append((k, found, opened))
    believed = _all_believed(memories, candidates, t_s)
    if not any(fit.above > LIMITS.clear or memories[k].share(fit) >= LIMITS.good for k, fit, _ in believed):
        for k, (found, opened) in _searched(memories, active, pyramid, cement, at_once=at_once, paused=paused):
            if paused or k != active or not _is_neighbour(memories[k], candidates[0][1], found):
                believed += _all_believed(memories, [(k, found, opened)], t_s)
    if not believed:
        return _lost(memories, active, pyramid, t_s, paused=paused), active
    index, fit, opened = max(believed, key=lambda each: each[1].correlation)
    memory = memories[index]
    share = memory.share(fit)
    for each in memories:
        each.awaited, each.before = each.awaited and share < LIMITS.accept, None
    known = cement if index == active else None
    return _accepted(memory, pyramid, fit, known, acquisition, paused=paused, opened=opened), index


def _lost(memories: list[MotionMemory], active: int, pyramid: Pyramid, t_s: float, *, paused: bool) -> Unknown:
    if memories[active].awaited:
        _learn_grain(memories[active], pyramid, paused=paused)
    for each in memories:
        each.followed, each.lost_s = False, t_s
    return Unknown("the vertebra of the plan is not found in this picture")


def _learn_grain(memory: MotionMemory, pyramid: Pyramid, *, paused: bool) -> None:
    """Learn how coarse the grain is while it is lost, which may be why: from what two pictures of a film differ by."""
    place = lattice_from_source(memory.belief.pose(), memory.fine.decimation)
    now, before = memory.fine.part_of(pyramid, memory.outline, place), memory.before
    if before is not None and not paused and now.band.shape == before.band.shape:
        grain = power((now.grain - before.grain).ravel())
        if grain > LIMITS.least_grain * power(memory.fine.grain):
            memory.fine.ratio.learn_standing(power((now.band - before.band).ravel()), grain)
    memory.before = now


def _all_believed(
    memories: list[MotionMemory], candidates: list[tuple[int, Fit, bool]], t_s: float
) -> list[tuple[int, Fit, bool]]:
    return [each for each in candidates if _believed(memories[each[0]], each[1], t_s)]


def _searched(
    memories: list[MotionMemory],
    active: int,
    pyramid: Pyramid,
    cement: CementMask | None,
    *,
    at_once: bool,
    paused: bool,
) -> list[tuple[int, tuple[Fit, bool]]]:
    """What the whole picture holds, at once or a part of the search a picture, one view after the other."""
    if at_once:
        for each in memories:
            each.pending.clear()
        views = range(len(memories)) if paused else [active]
        return [(k, _find(memories[k], pyramid, cement if k == active else None)) for k in views]
    turn = min(range(len(memories)), key=lambda k: (memories[k].searches, k != active))
    memory, hidden = memories[turn], cement if turn == active else None
    if not memory.pending:
        memory.pending = [fit.pose for fit in _coarsely(memory, pyramid, hidden)[: LIMITS.tried_fine]]
    if not memory.pending:
        memory.searches += 1
        return []
    found = _looked_at(memory, pyramid, hidden, memory.pending.pop(0))
    memory.searches += not memory.pending
    return [(turn, found)]


def _believed(memory: MotionMemory, fit: Fit, t_s: float) -> bool:
    """Whether a pose can be the vertebra: a share of what is expected at this noise, and a floor that chance lacks."""
    floor, share = LIMITS.least_correlation, LIMITS.accept
    if fit.above > LIMITS.clear:
        return fit.correlation >= LIMITS.here_correlation and memory.share(fit) >= share and _plausible(fit)
    away_mm = _apart_mm(memory.outline, fit.pose, memory.belief.pose())
    if away_mm < LIMITS.here_mm:
        floor = LIMITS.here_correlation
        # How much grain this exposure holds is not known yet; that the best of all places is where it stood tells more.
        if memory.awaited and fit.above > LIMITS.clear_here:
            share = LIMITS.accept_here
    reached_mm = LIMITS.here_mm + LIMITS.speed_mm_per_s * (t_s - memory.t_s)
    if away_mm > min(LIMITS.far_mm, reached_mm):
        share = LIMITS.far
    return fit.correlation >= floor * memory.fine.softness and memory.share(fit) >= share and _plausible(fit)


def _is_neighbour(memory: MotionMemory, tracked: Fit, found: Fit) -> bool:
    """Whether a place is no better than chance beside the one that is followed: vertebrae look alike, grain as well."""
    if memory.share(tracked) < LIMITS.accept or not _plausible(tracked):
        return False
    near = _apart_mm(memory.outline, found.pose, tracked.pose) < LIMITS.elsewhere_mm
    # What matches as well as ever is the vertebra, and what was followed until now may be a neighbour.
    chance = LIMITS.less_chance if near or memory.share(found) >= LIMITS.good else LIMITS.chance
    return found.correlation < tracked.correlation + chance


def _apart_mm(outline: Outline, pose: F64, other: F64) -> float:
    """How far apart two poses put the middle of the vertebra."""
    middle = np.asarray(outline.centre_px)
    there = (pose - other) @ np.append(middle, 1.0)
    return float(np.hypot(*there)) * outline.mm_per_px


def _track(memory: MotionMemory, pyramid: Pyramid, cement: CementMask | None) -> Fit:
    """Follow from the last pose."""
    known = memory.belief.later(memory.waited_s)
    return refine(memory.fine, memory.outline, pyramid, known.pose(), cement, known, rounds=8)


def _nearby(memory: MotionMemory, pyramid: Pyramid, cement: CementMask | None) -> tuple[Fit, bool]:
    """The best place within a table's push of where it was seen last and of where it was marked.

    Also whether turn and scale had to be set free for it.
    """
    known, waited_s = memory.belief, memory.waited_s
    marked = known.anywhere_from(AS_MARKED, waited_s)
    apart_mm = _apart_mm(memory.outline, known.pose(), marked.pose())
    between = known.anywhere_from(0.5 * (known.pose() + marked.pose()), waited_s)
    reach_mm = LIMITS.nearby_mm + 0.5 * apart_mm
    found: list[Fit] = []
    for place in places_nearby(memory.fine, memory.outline, pyramid, between.pose(), reach_mm):
        bound = known.anywhere_from(place.pose, waited_s)
        fit = refine(memory.fine, memory.outline, pyramid, bound.pose(), cement, bound, rounds=8)
        found.append(replace(fit, above=place.above))
        if memory.share(fit) >= LIMITS.good or place.above > LIMITS.clear:
            break
    best = max(found, key=lambda each: each.correlation)
    return (best, False) if memory.share(best) >= LIMITS.good else _opened(memory, pyramid, cement, best, best.pose)


def _opened(
    memory: MotionMemory, pyramid: Pyramid, cement: CementMask | None, best: Fit, start: F64
) -> tuple[Fit, bool]:
    """With turn and scale set free, where that is clearly better: the C-arm was lowered, the patient turned."""
    free = refine(memory.fine, memory.outline, pyramid, start, cement, None, rounds=6)
    if _plausible(free) and memory.share(free) > max(memory.share(best) + LIMITS.opens, LIMITS.good):
        return replace(free, above=best.above), True
    return best, False


def _accepted(
    memory: MotionMemory,
    pyramid: Pyramid,
    fit: Fit,
    cement: CementMask | None,
    acquisition: Acquisition,
    *,
    paused: bool,
    opened: bool = False,
) -> Motion | Unknown:
    """The motion; Unknown where the picture turns away from the planned view, and the lines with it."""
    confidence, t_s = float(np.clip(memory.share(fit), 0.0, 1.0)), acquisition.passed_s
    memory.belief = memory.belief.taken(fit.pose, fit.covariance, opened=opened)
    # Untimed pictures may be those of a film: what they have in common is learned all the same.
    memory.usual.take(fit.planned, fit.walls, acquisition.t_s, paused=paused and acquisition.timed)
    memory.t_s, memory.followed = t_s, True
    # Behind a recursive filter half of it may show where the vertebra was.
    settling = confidence < LIMITS.good and t_s - memory.lost_s < LIMITS.settles_s
    memory.doubtful = settling or memory.usual.fallen
    if not memory.usual.fallen:
        _learn(memory, pyramid, fit, cement, confidence)
    elif memory.usual.turned:
        return Unknown("the picture turns away from the planned view")
    similarity = similarity_from_matrix(fit.pose, memory.outline.centre_px)
    return Motion(view_index=memory.view_index, similarity=similarity, confidence=confidence)


def _learn(memory: MotionMemory, pyramid: Pyramid, fit: Fit, cement: CementMask | None, confidence: float) -> None:
    """What to expect of a picture, from one that matches as usual: a lock that rots away must not become its own."""
    memory.accepted += 1
    rate = max(1.0 / (memory.accepted + LIMITS.structure_pictures), 0.03 if confidence > LIMITS.good else 0.01)
    seen = float(np.clip(fit.correlation / fit.clean, *LIMITS.structure_range))
    memory.structure += rate * (seen - memory.structure)
    # The reference frame itself differs by nothing, and says nothing of the grain.
    if fit.noise[1] > LIMITS.least_grain * power(memory.fine.grain):
        memory.fine.ratio.learn(*fit.noise, fit.most_ratio)
    # A doubtful pose is told, and teaches nothing. Once there is cement the template stands still: averaged in, the
    # cement itself would be followed.
    if confidence >= LIMITS.teaches and (cement is None or not cement.mask.any()):
        memory.fine = averaged(memory.fine, memory.outline, pyramid, fit.pose)


def _plausible(fit: Fit) -> bool:
    scale = float(np.hypot(fit.pose[0, 0], fit.pose[1, 0]))
    turn_deg = abs(float(np.rad2deg(np.arctan2(fit.pose[1, 0], fit.pose[0, 0]))))
    return LIMITS.scale_range[0] < scale < LIMITS.scale_range[1] and turn_deg < LIMITS.max_turn_deg


def _find(memory: MotionMemory, pyramid: Pyramid, cement: CementMask | None) -> tuple[Fit, bool]:
    """Look for the vertebra anywhere in the picture; whether turn and scale had to be set free for what was found."""
    # Ribs that breathe may turn and shrink what is found coarsely: where it was marked it is looked at finely as well.
    best = _looked_at(memory, pyramid, cement, AS_MARKED)
    for each in _coarsely(memory, pyramid, cement)[: LIMITS.tried_fine]:
        if memory.share(best[0]) >= LIMITS.good:
            break
        best = max(best, _looked_at(memory, pyramid, cement, each.pose), key=lambda found: found[0].correlation)
    return best


def _coarsely(memory: MotionMemory, pyramid: Pyramid, cement: CementMask | None) -> list[Fit]:
    """Anywhere in the picture, best first: correlation of two pieces, then Gauss-Newton on the coarse lattice."""
    lattice = pyramid.lattice(memory.coarse.decimation, memory.outline.mm_per_px)
    found = [
        refine(memory.coarse, memory.outline, pyramid, start, cement, None, rounds=8)
        for start in likely_places(memory.pieces, lattice.band, memory.coarse.decimation)
    ]
    return sorted((each for each in found if _plausible(each)), key=lambda each: -each.correlation)


def _looked_at(memory: MotionMemory, pyramid: Pyramid, cement: CementMask | None, pose: F64) -> tuple[Fit, bool]:
    """A place on the fine lattice, with the turn and scale that physics allows, else free."""
    bound = memory.belief.anywhere_from(pose, memory.waited_s)
    best = refine(memory.fine, memory.outline, pyramid, bound.pose(), cement, bound, rounds=8)
    return (best, False) if memory.share(best) >= LIMITS.good else _opened(memory, pyramid, cement, best, pose)
