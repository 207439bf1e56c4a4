"""What grows in the body or at a cannula's tip with the sign that cement should not have.

Both signs are watched from the first picture to the last: where bright is taken for background, cement in an inverted
picture would fill the body without a word, and the first thing that was taken for cement may have been a phantom.
Something of the other sign counts when it stands out in every picture for a while, and has become larger since. What
was dark before and is so no more (a balloon that was let down) is left out, and so is steel, which goes and leaves a
bright track: a piece as large as one that would count, in as many pictures running. What noise reaches once in a while
is none: added up over a long run it would cover the body, and the watch would be blind.

Where cement is known, glare, a display that raises local contrast and a small error of the motion brighten what lies
round it, by shares of its own contrast: nothing near to it counts, and nothing that is much fainter than it. Cement
of the other sign is not: it is the strongest of what comes into a picture.

The cement step learns its baseline from all that is no cement to it, and would learn this as bone and as unrest: what
is seen is held against the baseline as it was when the first of it was seen.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from assistant.imaging.resampling import box_round, disc
from assistant.imaging.robust_statistics import middle
from assistant.steps.cement.baseline import Learned, learned_by
from assistant.steps.cement.memory import MaskMemory

F32 = NDArray[np.float32]
Bool = NDArray[np.bool_]

_SIGMA = 5.0
_WAS_SIGMA = 3.0
_LEAST_LOG = 4.0
"""In log units (hundredths): fainter than this is exposure and gas [P]."""
_FIRST_MM2, _GROWN_MM2 = 6.0, 20.0
_TIMES_LARGER = 1.5
_PICTURES, _LASTS_S = 3, 0.6
_LET_GO_S: Final = 1.0
_STEEL_MM = 1.5
_STEEL_WIDE_MM: Final = 6.0
_STEEL_LOG: Final = 12.0
"""The widest steel, and how much darker (log units) than what lies round it [P]."""
_HAIR_MM = 1.1
_ROUND_CEMENT_MM: Final = 3.0
_LIKE_CEMENT: Final = 0.4
"""Of the known cement's contrast."""
_FEW: Final = 4
"""Each fourth pixel each way is enough for a median."""


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
    dark : list of array of bool
        Where something that dark stood in each of the last few pictures in which nothing was seen.
    before : Learned or None
        The baseline as long as nothing was seen.
    noise : array or None
        That of the last picture in which nothing was.
    shut : array of bool or None
        Where it could not have been seen in that picture.
    first_mm2, since_s, pictures
        Size that was there, hidden or not, before it was seen to come; since when, and in how many pictures, it is seen
        without a break.
    seen_s : float or None
        When it was last seen; None while nothing is.
    missed : int
        Pictures since then.
    told : bool
    """

    was: Bool | None = None
    dark: list[Bool] = field(default_factory=list)
    before: Learned | None = None
    noise: F32 | None = None
    shut: Bool | None = None
    first_mm2: float = 0.0
    since_s: float = 0.0
    pictures: int = 0
    seen_s: float | None = None
    missed: int = 0
    told: bool = False


def grows_opposite(watch: OppositeGrowth, memory: MaskMemory, t_s: float) -> Grown | None:
    """Take the picture in that the cement step has just looked at; what of the other sign grows in it, if anything.

    Parameters
    ----------
    watch : OppositeGrowth
        Changed by the call.
    memory : MaskMemory
        After the cement step.
    t_s : float
    """
    if memory.smoothed is None or memory.plain_noise is None:
        return None
    if watch.seen_s is None:
        _remember_dark(watch, memory.smoothed, memory.plain_noise, memory.mm_per_px)
        watch.before, watch.noise = learned_by(memory.baseline), memory.plain_noise
    box = box_round(_where(memory))
    part, weight = _largest(memory, watch, box)
    size_mm2 = float(np.count_nonzero(part)) * memory.mm_per_px**2
    if size_mm2 < _FIRST_MM2:
        _not_seen(watch, memory, t_s)
        return None
    if watch.seen_s is None:
        watch.first_mm2 = float(np.count_nonzero(part & _hidden(watch, memory, box))) * memory.mm_per_px**2
    if watch.pictures == 0:
        watch.since_s = t_s
    watch.pictures += 1
    watch.seen_s, watch.missed = t_s, 0
    lasts = watch.told or (watch.pictures >= _PICTURES and t_s - watch.since_s >= _LASTS_S)
    if not lasts or size_mm2 < max(_GROWN_MM2, _TIMES_LARGER * watch.first_mm2):
        return None
    watch.told = True
    own = memory.smoothed[memory.mask].sum() if memory.started and memory.mask is not None else 0.0
    return Grown(outweighs=weight / float(own) if own > 0 else np.inf)


def _not_seen(watch: OppositeGrowth, memory: MaskMemory, t_s: float) -> None:
    """A picture without it: what is told is let go after a few of them and a second, and not for one bad picture."""
    watch.pictures, watch.missed = 0, watch.missed + 1
    gone = watch.seen_s is None or (watch.missed >= _PICTURES and t_s - watch.seen_s >= _LET_GO_S)
    if gone or not watch.told:
        watch.seen_s, watch.told = None, False
        watch.shut = _shut(memory)


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
    wide = 2 * round(_STEEL_WIDE_MM / (2 * memory.mm_per_px)) + 1
    mean = memory.baseline.mean[box] if watch.before is None else watch.before.mean[box]
    darker = cv2.morphologyEx(mean, cv2.MORPH_CLOSE, np.ones((wide, wide), np.uint8)) - mean
    shut = cv2.dilate(watch.shut[box].astype(np.uint8), disc(_ROUND_CEMENT_MM, memory.mm_per_px))
    return np.asarray((shut > 0) | (darker > _STEEL_LOG), dtype=bool)


def _remember_dark(watch: OppositeGrowth, contrast: F32, noise: F32, mm_per_px: float) -> None:
    """Add to what was dark before what has stood in the last pictures, this one the last of them."""
    dark = _opened((contrast > _WAS_SIGMA * noise).astype(np.uint8), mm_per_px)
    pieces, labels, stats, _ = cv2.connectedComponentsWithStats(dark)
    real = stats[:, cv2.CC_STAT_AREA] * mm_per_px**2 >= _FIRST_MM2
    real[0] = False
    watch.dark = [*watch.dark, real[labels] if pieces > 1 else dark > 0][-_PICTURES:]
    if len(watch.dark) == _PICTURES and real.any():
        stood = np.logical_and.reduce(watch.dark)
        watch.was = stood if watch.was is None else watch.was | stood


def _opened(strong: NDArray[np.uint8], mm_per_px: float) -> NDArray[np.uint8]:
    """Without hairs: edges that breathe."""
    wide = max(3, round(_HAIR_MM / mm_per_px) | 1)
    return np.asarray(cv2.morphologyEx(strong, cv2.MORPH_OPEN, np.ones((wide, wide), np.uint8)), np.uint8)


def _as_it_was(watch: OppositeGrowth, memory: MaskMemory, box: tuple[slice, slice]) -> tuple[F32, F32]:
    """Contrast and noise of a part of this picture against the baseline that is remembered."""
    contrast, noise, mean = memory.smoothed, memory.plain_noise, memory.baseline.mean
    assert contrast is not None
    assert noise is not None
    if watch.before is None or watch.noise is None or watch.before.mean is mean:
        return contrast[box], noise[box]
    few = slice(None, None, _FEW), slice(None, None, _FEW)
    round_it = memory.baseline.usable[few] & ~memory.body[few]
    shift = np.float32(middle((mean[few] - watch.before.mean[few])[round_it]) if round_it.any() else 0.0)
    today = np.float32(middle(noise[few].ravel()) / middle(watch.noise[few].ravel()))
    return contrast[box] - (mean[box] - watch.before.mean[box] - shift), np.minimum(
        noise[box], today * watch.noise[box]
    )


def _largest(memory: MaskMemory, watch: OppositeGrowth, box: tuple[slice, slice]) -> tuple[Bool, float]:
    """The largest piece that is of the other sign, where cement could be first; and its contrast, summed."""
    cannula, usable = memory.baseline.cannula, memory.baseline.usable
    contrast, noise = _as_it_was(watch, memory, box)
    least = np.maximum(_SIGMA * noise, np.float32(_LEAST_LOG))
    where = usable[box] & _where(memory)[box]
    if watch.was is not None:
        where &= ~watch.was[box]
    own = memory.mask[box] if memory.started and memory.mask is not None else None
    if own is not None and own.any():
        known = contrast[own][::_FEW]
        least = np.maximum(
            least, np.float32(_LIKE_CEMENT * np.partition(known, 3 * known.size // 4)[3 * known.size // 4])
        )
    strong = (where & (-contrast > least)).astype(np.uint8)
    if strong.any() and cannula is not None:
        strong &= cv2.dilate(cannula.mask[box].astype(np.uint8), disc(_STEEL_MM, memory.mm_per_px)) == 0
    if strong.any() and own is not None:
        strong &= cv2.dilate(own.astype(np.uint8), disc(_ROUND_CEMENT_MM, memory.mm_per_px)) == 0
    if not strong.any():
        return strong > 0, 0.0
    strong = _opened(strong, memory.mm_per_px)
    count, labels, stats, _ = cv2.connectedComponentsWithStats(strong)
    part = np.asarray(labels == 1 + int(stats[1:, cv2.CC_STAT_AREA].argmax()) if count > 1 else strong > 0, dtype=bool)
    return part, -float(contrast[part].sum())
