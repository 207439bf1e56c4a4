"""What grows in the body or at a cannula's tip with the sign that cement should not have.

Both signs are watched from the first picture to the last: where bright is taken for background, cement in an inverted
picture would fill the body without a word, and the first thing that was taken for cement may have been a phantom.
Something of the other sign counts when it stands out in every picture for a while of film, or in two exposures, and has
become larger since. What
was dark before and is so no more (a balloon that was let down) is left out, and so is steel, which goes and leaves a
bright track: a piece as large as one that would count, that stood in every picture for a moment. What noise reaches
once in a while is none: added up over a long run it would cover the body, and the watch would be blind.

Where cement is known, glare, a display that raises local contrast and a small error of the motion brighten what lies
round it, by shares of its own contrast: nothing near to it counts, and nothing that is much fainter than it. Cement
of the other sign is not: it is the strongest of what comes into a picture.

The cement step learns its baseline from all that is no cement to it, and would learn this as bone and as unrest: what
is seen is held against the baseline as it was when the first of it was seen.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from assistant.acquisition import Acquisition
from assistant.imaging.resampling import box_round, disc
from assistant.imaging.robust_statistics import middle
from assistant.steps.cement.baseline import Learned, learned_by
from assistant.steps.cement.memory import MaskMemory

F32 = NDArray[np.float32]
Bool = NDArray[np.bool_]
_ROOM: Final = 64
"""Far more than come in the film that is asked about: all of them only where a source's clock stands [P]."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Grown:
    """Something of the other sign that grows.

    Attributes
    ----------
    outweighs : float
        Its contrast, summed over its area, over that of what is taken for cement; infinite where nothing is.
    """

    outweighs: float


@dataclass(slots=True, eq=False)
class OppositeGrowth:
    """What is remembered of one view.

    Attributes
    ----------
    was : array of bool or None
        Where something has stood before that was darker (in the sense of cement) than the baseline.
    dark : deque of (Acquisition, array of bool)
        Where something that dark stood in each of the last pictures in which nothing was seen.
    before : Learned or None
        The baseline as long as nothing was seen.
    noise : array or None
        That of the last picture in which nothing was.
    shut : array of bool or None
        Where it could not have been seen in that picture.
    first_mm2 : float
        Size that was there, hidden or not, before it was seen to come.
    since : Acquisition or None
        The beam at the first picture that shows it without a break.
    gone_since : Acquisition or None
        The same of the first one that shows it no more, while it is told.
    reported : bool
    """

    was: Bool | None = None
    dark: deque[tuple[Acquisition, Bool]] = field(default_factory=lambda: deque(maxlen=_ROOM))
    before: Learned | None = None
    noise: F32 | None = None
    shut: Bool | None = None
    first_mm2: float = 0.0
    since: Acquisition | None = None
    gone_since: Acquisition | None = None
    reported: bool = False

    @property
    def is_seen(self) -> bool:
        """Whether there is something of the other sign, though the last pictures may not have shown it."""
        return self.since is not None or self.reported


def grows_opposite(watch: OppositeGrowth, memory: MaskMemory, beam: Acquisition) -> Grown | None:
    """Take the picture in that the cement step has just looked at; what of the other sign grows in it, if anything.

    Parameters
    ----------
    watch : OppositeGrowth
        Changed by the call.
    memory : MaskMemory
        After the cement step.
    beam : Acquisition
        At this picture.
    """
    if memory.smoothed is None or memory.plain_noise is None:
        return None
    limits = memory.baseline.limits.opposite_growth
    if not watch.is_seen:
        # Only while nothing is seen: afterwards the baseline would learn the very thing that grows.
        _remember_dark(watch, memory, memory.smoothed, memory.plain_noise, beam)
        watch.before, watch.noise = learned_by(memory.baseline), memory.plain_noise
    # Held against the baseline as it was then, where cement could be first; the largest piece stands for all.
    box = box_round(_where(memory))
    part, weight = _largest(memory, watch, box)
    size_mm2 = float(np.count_nonzero(part)) * memory.mm_per_px**2
    if size_mm2 < limits.first_mm2:
        _not_seen(watch, memory, beam)
        return None
    if not watch.is_seen:
        watch.first_mm2 = float(np.count_nonzero(part & _hidden(watch, memory, box))) * memory.mm_per_px**2
    watch.since, watch.gone_since = watch.since or beam, None
    # Seen long enough, and grown since: what was there before and is merely uncovered does not grow.
    lasts = watch.reported or beam.has_lasted(watch.since, limits.lasts_s)
    if not lasts or size_mm2 < max(limits.grown_mm2, limits.times_larger * watch.first_mm2):
        return None
    watch.reported = True
    own = memory.smoothed[memory.mask].sum() if memory.started and memory.mask is not None else 0.0
    return Grown(outweighs=weight / float(own) if own > 0 else np.inf)


def _not_seen(watch: OppositeGrowth, memory: MaskMemory, beam: Acquisition) -> None:
    """A picture without it: what is told is let go after a second of film without it, and not for one bad picture."""
    limits = memory.baseline.limits.opposite_growth
    watch.since = None
    if watch.reported:
        watch.gone_since = watch.gone_since or beam
        watch.reported = not beam.has_lasted(watch.gone_since, limits.let_go_s)
    if not watch.reported:
        watch.gone_since, watch.shut = None, _shut(memory)


def _where(memory: MaskMemory) -> Bool:
    """Where cement could be first."""
    cannula = memory.baseline.cannula
    return memory.body if cannula is None else memory.body | cannula.corridor


def _shut(memory: MaskMemory) -> Bool:
    """Where nothing is looked for: outside the field, at steel, near known cement."""
    shut = (~memory.baseline.usable).astype(np.uint8)
    if memory.baseline.cannula is not None:
        shut |= memory.baseline.cannula.mask
    if memory.started and memory.mask is not None:
        shut |= memory.mask
    return shut > 0


def _hidden(watch: OppositeGrowth, memory: MaskMemory, box: tuple[slice, slice]) -> Bool:
    """Where what is seen for the first time may have been before: nobody saw it come.

    All of it in a first picture; what was shut in the last one in which nothing was; and where the baseline holds
    something as dark as steel, which leaves a bright place when it is taken away.
    """
    if watch.shut is None:
        return np.ones(memory.body[box].shape, dtype=bool)
    limits = memory.baseline.limits
    wide = 2 * round(limits.cannula.widest_mm / (2 * memory.mm_per_px)) + 1
    mean = memory.baseline.mean[box] if watch.before is None else watch.before.mean[box]
    darker = cv2.morphologyEx(mean, cv2.MORPH_CLOSE, np.ones((wide, wide), np.uint8)) - mean
    reach = disc(limits.opposite_growth.round_cement_mm, memory.mm_per_px)
    shut = cv2.dilate(watch.shut[box].astype(np.uint8), reach)
    return np.asarray((shut > 0) | (darker > limits.cannula.darker_log), dtype=bool)


def _remember_dark(watch: OppositeGrowth, memory: MaskMemory, contrast: F32, noise: F32, beam: Acquisition) -> None:
    """Add to what was dark before what has stood in the last pictures, this one the last of them."""
    mm_per_px, all_limits = memory.mm_per_px, memory.baseline.limits
    limits = all_limits.opposite_growth
    stands_out = (contrast > limits.was_sigma * noise).astype(np.uint8)
    dark = _opened(stands_out, mm_per_px, all_limits.edge.hair_mm)
    pieces, labels, stats, _ = cv2.connectedComponentsWithStats(dark)
    real = stats[:, cv2.CC_STAT_AREA] * mm_per_px**2 >= limits.first_mm2
    real[0] = False
    watch.dark.append((beam, real[labels] if pieces > 1 else dark > 0))
    while len(watch.dark) > 1 and beam.has_lasted(watch.dark[1][0], limits.stood_s):
        watch.dark.popleft()
    if beam.has_lasted(watch.dark[0][0], limits.stood_s) and real.any():
        stood = np.logical_and.reduce([seen for _, seen in watch.dark])
        watch.was = stood if watch.was is None else watch.was | stood


def _opened(strong: NDArray[np.uint8], mm_per_px: float, hair_mm: float) -> NDArray[np.uint8]:
    """Without hairs: edges that breathe."""
    wide = max(3, round(hair_mm / mm_per_px) | 1)
    return np.asarray(cv2.morphologyEx(strong, cv2.MORPH_OPEN, np.ones((wide, wide), np.uint8)), np.uint8)


def _as_it_was(watch: OppositeGrowth, memory: MaskMemory, box: tuple[slice, slice]) -> tuple[F32, F32]:
    """Contrast and noise of a part of this picture against the baseline that is remembered."""
    contrast, noise, mean = memory.smoothed, memory.plain_noise, memory.baseline.mean
    assert contrast is not None
    assert noise is not None
    if watch.before is None or watch.noise is None or watch.before.mean is mean:
        return contrast[box], noise[box]
    every_px = memory.baseline.limits.opposite_growth.every_px
    few = slice(None, None, every_px), slice(None, None, every_px)
    round_it = memory.baseline.usable[few] & ~memory.body[few]
    # The old baseline at today's exposure (an offset) and its noise at today's grain (a factor), from round the body.
    shift = np.float32(middle((mean[few] - watch.before.mean[few])[round_it]) if round_it.any() else 0.0)
    today = np.float32(middle(noise[few].ravel()) / middle(watch.noise[few].ravel()))
    return contrast[box] - (mean[box] - watch.before.mean[box] - shift), np.minimum(
        noise[box], today * watch.noise[box]
    )


def _largest(memory: MaskMemory, watch: OppositeGrowth, box: tuple[slice, slice]) -> tuple[Bool, float]:
    """The largest piece that is of the other sign, where cement could be first; and its contrast, summed."""
    cannula, usable = memory.baseline.cannula, memory.baseline.usable
    contrast, noise = _as_it_was(watch, memory, box)
    limits = memory.baseline.limits.opposite_growth
    # Three floors: the noise, what exposure and gas make, and a share of the known cement, whose glare is a share of
    # it.
    least = np.maximum(limits.sigma * noise, np.float32(limits.least_log))
    where = usable[box] & _where(memory)[box]
    if watch.was is not None:
        where &= ~watch.was[box]
    own = memory.mask[box] if memory.started and memory.mask is not None else None
    if own is not None and own.any():
        known = contrast[own][:: limits.every_px]
        rank = 3 * known.size // 4
        least = np.maximum(least, np.float32(limits.like_cement * np.partition(known, rank)[rank]))
    strong = (where & (-contrast > least)).astype(np.uint8)
    if strong.any() and cannula is not None:
        strong &= cv2.dilate(cannula.mask[box].astype(np.uint8), disc(limits.steel_mm, memory.mm_per_px)) == 0
    if strong.any() and own is not None:
        strong &= cv2.dilate(own.astype(np.uint8), disc(limits.round_cement_mm, memory.mm_per_px)) == 0
    if not strong.any():
        return strong > 0, 0.0
    strong = _opened(strong, memory.mm_per_px, memory.baseline.limits.edge.hair_mm)
    count, labels, stats, _ = cv2.connectedComponentsWithStats(strong)
    part = np.asarray(labels == 1 + int(stats[1:, cv2.CC_STAT_AREA].argmax()) if count > 1 else strong > 0, dtype=bool)
    return part, -float(contrast[part].sum())
