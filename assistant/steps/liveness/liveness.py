"""Tell a new X-ray picture from the last one again, and from none at all.

Between pulses, and after the pedal is let go, a C-arm's video repeats its last picture at 25 to 60 Hz. A new X-ray
picture has new quantum noise everywhere; a repeated one has none, or only the little that cable and codec add. So the
difference to the frame before, on means of 4 x 4 px (which quantum noise survives better than white cable noise), is
compared with the picture's own spatial noise, and the limit between the two kinds is learned from the run. A frame
that seems a repeat is held against the last new picture as well: what changes little by little is new all the same.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from assistant.geometry import Crop
from assistant.imaging.robust_statistics import middle, spread
from assistant.language import sentence
from assistant.settings.tree import LivenessSettings
from assistant.steps.liveness.grain import BLOCK_PX, LEAST_BLOCKS, Rows, blocks_of, grain_of, is_torn
from assistant.steps.liveness.open_field import UsualGrain, covered_share, is_between_blades, judged_on
from assistant.steps.liveness.seen_pictures import SeenPictures
from assistant.steps.liveness.signal import seen_in, unusable, without_fluoroscopy, without_signal
from assistant.vocabulary import REPLAYED, Frame, FrameState, Liveness, Unknown

F32 = NDArray[np.float32]

_START_LIMIT = 0.30
_LIMITS = (0.04, 0.55)
_LEARN_FROM = 90
_LEAST_OF_A_KIND = 6
_LEAST_REPEATS = 3
_LEAST_APART = 1.3
_APART_SPREADS = 2.5
"""Two kinds of frames: so many of each, so far apart, and by so many times what each of them varies [P]."""
_NEXT_TO_NOTHING, _LITTLE, _POOR_APART = 0.02, 0.08, 2.0
_RECENT = 15
_SAME_SPREADS = 2.0
_LEAST_SPREAD = 0.02
_FIELD_EVERY_S, _CLOSES, _CLOSED_SHARE = 1.0, 0.05, 0.9
"""The field is found anew so often, and at once where so much more of it has gone black or white; blades have closed
where so much of it is left [P]."""
_CREEPS = 1.2
_LEAST_CREEP, _KEY_FRAME = 0.25, 0.30
"""Noise of a cable or a codec is as large over ten frames as over one. A recursive filter, a codec that keeps most of
the frame before, and interlaced halves make pictures that differ little from one to the next, and more and more from
the one some frames ago: on simulated runs 1.3 times after two frames, in held pictures 1.00 to 1.02. The two shares are
of what a new picture brought lately: a codec that sharpens a held picture bit by bit brings up to 0.2 of it, a key
frame up to 0.26 at once [P]."""
_MOST_BRINGS = 2.0
"""New grain alone brings 1, an image intensifier's mottle up to 1.7. What moves or burns out brings more, and must not
make the still pictures after it repeats [P]."""
_TORN = sentence("torn: a part of the frame is missing")
_MOVING_RATIO = 1.0
_MOVING_SHARE = 2.0
"""New noise alone gives a ratio of about 1, less behind a recursive filter, and always about the same; anatomy that
moves everywhere at once gives more [P]."""
_ALWAYS_FAST = 1.01
"""Where every picture differs by so much (few a second, deep breaths) that becomes the usual; a swing is too short."""
_PAUSE_S = 0.75
"""Longer than between two pictures of the slowest pulse rates (2 to 3 a second)."""


@dataclass(slots=True, eq=False)
class LivenessMemory:
    """All that the step remembers."""

    blocks: F32 | None = None
    new_blocks: F32 | None = None
    """Of the last new picture, or the one that the console has put in its place since."""
    usable_blocks: F32 | None = None
    """Of the last new picture that could be used."""
    picture_px: tuple[int, int] | None = None
    """Rows and columns of it."""
    around: Crop | None = None
    """Where in the picture the plan's points lie, with a margin; None: no plan."""
    most_since: float = 0.0
    """The largest ratio of the frames since then."""
    last_new_s: float | None = None
    waited_s: float = 0.0
    """Between the last new picture and the one before it."""
    ratios: deque[float] = field(default_factory=lambda: deque(maxlen=_LEARN_FROM))
    changed: float | None = None
    """How much the last new picture differs from the one before it, in all; None: not known."""
    limit: float = _START_LIMIT
    new_brings: float = 0.4
    """Ratio of a new picture lately."""
    repeats_like: tuple[float, float] | None = None
    """Mean and spread of the logarithm of the repeats' ratios, on a noisy cable."""
    field_mask: NDArray[np.bool_] | None = None
    field_seen_s: float = -1e9
    field_blocks: NDArray[np.bool_] | None = None
    covered: float = 0.0
    """Share of the field that was black or white when it was found."""
    noise_grey: float | None = None
    blank_reason: str = ""
    usual: UsualGrain = field(default_factory=UsualGrain)
    usual_ratio: float = 0.6
    unusable_reason: str = ""
    seen: SeenPictures = field(default_factory=SeenPictures)
    replayed_s: float | None = None
    """When the console put the picture on the screen again that is shown; None: it is the newest one."""

    @property
    def is_blind(self) -> bool:
        """Whether the last frame was none to see anything in."""
        return bool(self.blank_reason or self.unusable_reason)


def judge_liveness(memory: LivenessMemory, frame: Frame, settings: LivenessSettings) -> Liveness:
    """Say what a frame is.

    Parameters
    ----------
    memory : LivenessMemory
        Changed by the call.
    frame : Frame
    settings : LivenessSettings

    Returns
    -------
    Liveness
        ``live``, ``repeat``, ``frozen``, ``no_signal`` or ``unusable``; ``moving`` is for the motion step to say.
    """
    blocks = blocks_of(frame)
    before = memory.blocks
    # Order: exactly the same first (cheap, and sure), then no signal at all, then new or not. A card is asked for
    # before anything is learned from its noise.
    if before is not None and before.shape == blocks.shape and np.array_equal(before, blocks):
        # Nothing changed at all; whether that is a held X-ray picture or a still card was said before.
        memory.ratios.append(0.0)
        return _again(memory, frame.t_s, settings)
    memory.blocks, memory.picture_px = blocks, (frame.grey.shape[0], frame.grey.shape[1])
    was_blank, was_blind = bool(memory.blank_reason), memory.is_blind
    memory.blank_reason = without_signal(blocks, _usual_grain(memory, blocks), memory.field_blocks)
    if memory.blank_reason and is_between_blades(frame, blocks, memory.around, memory.usual):
        memory.blank_reason = ""
        _find_field(memory, frame, blocks)
    if memory.blank_reason:
        return _blank(memory, frame.t_s)
    if before is None or before.shape != blocks.shape:
        memory.field_blocks = memory.changed = None
        return _new(memory, frame, blocks, settings)
    inside = _field_blocks(memory, frame, blocks)
    usable = memory.usable_blocks
    if memory.unusable_reason == _TORN and usable is not None and not is_torn(blocks, inside):
        before, memory.unusable_reason = usable, ""  # whole again: a new picture, or the one before the torn frame
    rows = Rows(blocks, inside, max(grain_of(blocks, inside), 0.05))
    # r = spread of the change / (sqrt 2 x grain): 1 for two independent pictures, near 0 for one shown twice.
    ratio = rows.differ_beyond_line(before)
    memory.ratios.append(ratio)
    # The limit is learned with this frame in it, and only then is the frame judged.
    memory.limit = _learned_limit(memory)
    new = [each for each in memory.ratios if each > memory.limit]
    if len(new) >= _LEAST_OF_A_KIND:
        memory.new_brings = min(float(np.median(new)), _MOST_BRINGS)
    # Much, or little by little (a recursive filter), or the first picture after a card: each is a new picture.
    much = ratio > max(memory.limit, _KEY_FRAME * memory.new_brings)
    if not much and not was_blank and not _creeps(memory, rows, blocks):
        return _again(memory, frame.t_s, settings)
    # After a card or a torn frame: against the last picture that was one.
    memory.changed = _changed(memory, rows, memory.usable_blocks if was_blind else before)
    return _new(memory, frame, blocks, settings)


def _changed(memory: LivenessMemory, rows: Rows, last: F32 | None) -> float | None:
    """How much a picture differs from the last one; None, not known: there is none, or the two show no part alike."""
    if last is None or last.shape != rows.blocks.shape:
        return None
    return rows.differ(last, _looked_at(memory, rows.inside & seen_in(rows.blocks, last)))


def _creeps(memory: LivenessMemory, rows: Rows, blocks: F32) -> bool:
    """Whether a frame that is much like the one before has changed since the last new picture, little by little."""
    memory.most_since = max(memory.most_since, memory.ratios[-1])
    # Noise differs as much over ten frames as over one; what creeps differs the more the longer it is ago.
    least = max(_CREEPS * memory.most_since, _LEAST_CREEP * memory.new_brings)
    if memory.new_blocks is None or memory.new_blocks.shape != blocks.shape:
        return False
    return rows.differ_beyond_line(memory.new_blocks) > least


def _field_blocks(memory: LivenessMemory, frame: Frame, blocks: F32) -> NDArray[np.bool_]:
    known = memory.field_blocks
    if known is None:
        return _find_field(memory, frame, blocks)
    closes = covered_share(blocks, known) > memory.covered + _CLOSES
    due = (closes or abs(frame.t_s - memory.field_seen_s) > _FIELD_EVERY_S) and memory.unusable_reason != _TORN
    # What is missing is no end of the field.
    if due and not (known.shape == blocks.shape and is_torn(blocks, known)):
        return _find_field(memory, frame, blocks)
    return known


def _find_field(memory: LivenessMemory, frame: Frame, blocks: F32) -> NDArray[np.bool_]:
    memory.field_mask, memory.field_blocks = judged_on(frame, blocks, memory.around)
    memory.field_seen_s, memory.covered = frame.t_s, covered_share(blocks, memory.field_blocks)
    return memory.field_blocks


def _usual_grain(memory: LivenessMemory, blocks: F32) -> float | None:
    """Of the field as it was last."""
    inside = memory.field_blocks
    return memory.usual.at(inside) if inside is not None and inside.shape == blocks.shape else None


def _looked_at(memory: LivenessMemory, inside: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """The part of the field round the plan's points; all of it where there is none."""
    around = memory.around
    if around is None or memory.picture_px is None:
        return inside
    rows, cols = memory.picture_px
    part = np.zeros_like(inside)
    down, across = inside.shape[0] / rows, inside.shape[1] / cols
    part[
        max(int(around.y0_px * down), 0) : int((around.y0_px + around.height_px) * down) + 1,
        max(int(around.x0_px * across), 0) : int((around.x0_px + around.width_px) * across) + 1,
    ] = True
    part &= inside
    return part if part.sum() > LEAST_BLOCKS else inside


def _learned_limit(memory: LivenessMemory) -> float:
    """The middle of the widest gap (in logarithm) between the two kinds of frames seen lately."""
    if len(memory.ratios) < 8:
        return memory.limit
    # In logarithms: the two kinds differ by a factor. Sorted, a gap between neighbours is a gap between kinds.
    recent = np.log(np.clip(np.array(memory.ratios), 0.01, 3.0))
    values = np.sort(recent)
    lowest, highest = np.log(_LIMITS)
    middles = 0.5 * (values[:-1] + values[1:])
    # A gap counts that reaches into the range of possible limits: exact repeats lie far below all of it.
    gaps = np.where((values[1:] > lowest) & (values[:-1] < highest), np.diff(values), 0.0)
    gaps[: _LEAST_REPEATS - 1] = 0.0
    # The widest gap with its middle in the range; if the widest of all lies above it (pictures that bring far more
    # than grain: deep breaths), the limit is the range's upper end, but only where such pictures come time and again.
    within = int(np.argmax(np.where(middles < highest, gaps, 0.0)))
    widest = int(np.argmax(gaps))
    if middles[within] < highest and gaps[within] >= np.log(2.0):
        return max(float(np.exp(middles[within])), _LIMITS[0])
    if gaps[widest] >= np.log(2.0) and _comes_and_goes(recent > middles[widest]):
        return _LIMITS[1]
    two = _two_kinds(values)
    if two is not None and two.limit < _LIMITS[1]:
        memory.repeats_like = two.repeats
        return max(two.limit, _LIMITS[0])
    poor = _poor_video(recent)
    if poor is not None:
        return poor
    return memory.limit if _still_repeats(memory) else _START_LIMIT


def _poor_video(recent: NDArray[np.float64]) -> float | None:
    """The limit behind a codec that leaves little: repeats change by next to nothing, new pictures by a little or more.

    Between the two kinds there is no gap, and new ones vary by how the codec stored them.
    """
    values = np.sort(np.maximum(recent, np.log(_NEXT_TO_NOTHING)))
    below = np.arange(1, len(values))
    sums = np.cumsum(values)[:-1]
    between = below * (len(values) - below) * (sums / below - (values.sum() - sums) / (len(values) - below)) ** 2
    cut = int(np.argmax(between)) + 1
    low, high = values[:cut], values[cut:]
    if min(len(low), len(high)) < _LEAST_OF_A_KIND or not _comes_and_goes(recent > values[cut - 1]):
        return None
    most, least = float(np.percentile(low, 90)), float(np.percentile(high, 10))
    apart = middle(high) - middle(low)
    return float(np.exp(0.5 * (most + least))) if most < np.log(_LITTLE) and apart > np.log(_POOR_APART) else None


def _comes_and_goes(above: NDArray[np.bool_]) -> bool:
    """Whether what is far above comes time and again, as pulses do between repeats; a swing or a cough comes once."""
    return int((above[1:] & ~above[:-1]).sum()) >= _LEAST_OF_A_KIND


@dataclass(frozen=True, slots=True, kw_only=True)
class _Kinds:
    limit: float
    repeats: tuple[float, float]


def _two_kinds(values: NDArray[np.float64]) -> _Kinds | None:
    """Repeats and new pictures over a noisy cable: near to each other, a few of them between the two (Otsu's cut)."""
    # Otsu's cut (1979, doi 10.1109/TSMC.1979.4310076): the one with the largest variance between the two classes, n1
    # n2 (m1 - m2)^2. For all cuts at once by running sums.
    below = np.arange(1, len(values))
    sums = np.cumsum(values)[:-1]
    above = len(values) - below
    between = below * above * (sums / below - (values.sum() - sums) / above) ** 2
    between[: _LEAST_OF_A_KIND - 1] = 0.0
    between[len(between) - _LEAST_OF_A_KIND + 1 :] = 0.0
    cut = int(np.argmax(between)) + 1
    low, high = values[:cut], values[cut:]
    if min(len(low), len(high)) < _LEAST_OF_A_KIND:
        return None
    repeats, new = _usual(low), _usual(high)
    apart = new[0] - repeats[0]
    if apart < max(np.log(_LEAST_APART), _APART_SPREADS * (repeats[1] + new[1])):
        return None
    return _Kinds(limit=float(np.exp(repeats[0] + 0.5 * apart)), repeats=repeats)


def _usual(values: NDArray[np.float64]) -> tuple[float, float]:
    centre = middle(values)
    return centre, max(spread(values, centre), _LEAST_SPREAD)


def _still_repeats(memory: LivenessMemory) -> bool:
    """In a long hold no new picture is left to compare with: the noise is that of the repeats before it."""
    if memory.repeats_like is None:
        return False
    usual, varies = memory.repeats_like
    recent = np.log(np.clip(np.array(memory.ratios)[-_RECENT:], 0.01, 3.0))
    return bool(np.median(recent) < usual + _SAME_SPREADS * varies)


def _blank(memory: LivenessMemory, t_s: float) -> Liveness:
    return Liveness(
        state=FrameState.NO_SIGNAL,
        xray_age_s=_age(memory, t_s),
        noise_grey=_noise(memory),
        reason=memory.blank_reason,
    )


def _new(memory: LivenessMemory, frame: Frame, blocks: F32, settings: LivenessSettings) -> Liveness:
    inside = _field_blocks(memory, frame, blocks)
    # What it is comes before how good it is: a menu is not over-exposed fluoroscopy.
    unusable_reason = without_fluoroscopy(blocks)
    if unusable_reason and is_between_blades(frame, blocks, memory.around, memory.usual):
        unusable_reason, inside = "", _find_field(memory, frame, blocks)
    unusable_reason = unusable_reason or _unfit(memory, blocks, inside)
    if unusable_reason and unusable_reason != _TORN and _has_closed(memory, frame, blocks, inside):
        inside = _find_field(memory, frame, blocks)
        unusable_reason = without_fluoroscopy(blocks) or _unfit(memory, blocks, inside)
    grain = grain_of(blocks, inside)
    signature = None if unusable_reason else memory.seen.signature(frame)
    if signature is not None and memory.seen.recalls(signature):
        memory.replayed_s, memory.unusable_reason = frame.t_s, ""
        if memory.last_new_s is None:  # the analysis was started again: X-ray time stands since then
            memory.last_new_s = memory.seen.newest_s
            memory.replayed_s = None if memory.seen.at_newest else frame.t_s
        memory.new_blocks, memory.most_since = blocks, 0.0
        return _again(memory, frame.t_s, settings)
    if signature is not None:
        memory.seen.keep(signature)
    memory.replayed_s = None
    memory.noise_grey = grain * BLOCK_PX
    memory.waited_s = 0.0 if memory.last_new_s is None else frame.t_s - memory.last_new_s
    memory.last_new_s = frame.t_s
    memory.new_blocks, memory.most_since = blocks, 0.0
    memory.unusable_reason = unusable_reason
    if memory.unusable_reason:
        return _unusable_now(memory, frame.t_s)
    # Slow exponential means of what is usual, learned from pictures that are usable and stand still: a swing must not
    # become its own measure.
    memory.usable_blocks = blocks
    memory.usual.learn(blocks, inside)
    if memory.changed is not None and not moves_fast(memory):
        memory.usual_ratio = 0.95 * memory.usual_ratio + 0.05 * memory.changed
    elif memory.changed is not None:
        memory.usual_ratio *= _ALWAYS_FAST
    return Liveness(state=FrameState.LIVE, xray_age_s=0.0, noise_grey=memory.noise_grey)


def _has_closed(memory: LivenessMemory, frame: Frame, blocks: F32, inside: NDArray[np.bool_]) -> bool:
    """Whether blades have closed since the field was found."""
    return bool(judged_on(frame, blocks, memory.around)[1].sum() < _CLOSED_SHARE * inside.sum())


def _unfit(memory: LivenessMemory, blocks: F32, inside: NDArray[np.bool_]) -> str:
    return unusable(blocks[inside], grain_of(blocks, inside), memory.usual.at(inside)) or (
        _TORN if is_torn(blocks, inside) else ""
    )


def _unusable_now(memory: LivenessMemory, t_s: float) -> Liveness:
    reason = memory.unusable_reason
    return Liveness(state=FrameState.UNUSABLE, xray_age_s=_age(memory, t_s), noise_grey=_noise(memory), reason=reason)


def moves_fast(memory: LivenessMemory) -> bool:
    """Whether the last new picture differs from the one before by far more than its grain: the picture moves.

    After a pause it says nothing: the C-arm may have been turned to another planned view without X-rays.
    """
    if memory.changed is None or memory.waited_s > _PAUSE_S:
        return False
    return memory.changed > max(_MOVING_RATIO, _MOVING_SHARE * memory.usual_ratio)


def start_liveness(reference: Frame) -> LivenessMemory:
    """Learn what this source's X-ray pictures look like from a plan's reference frame."""
    memory = LivenessMemory()
    blocks = blocks_of(reference)
    memory.usual.learn(blocks, _field_blocks(memory, reference, blocks))
    memory.field_seen_s = -1e9
    return memory


def look_elsewhere(memory: LivenessMemory, before: Frame | None) -> None:
    """Another part of the screen is looked at from now on: that it differs from the part before makes no new picture.

    Parameters
    ----------
    memory : LivenessMemory
        Changed by the call.
    before : Frame or None
        The same part in the frame before; None where there was none.
    """
    memory.blocks = None if before is None or memory.last_new_s is None else blocks_of(before)
    memory.new_blocks = memory.usable_blocks = memory.field_blocks = memory.field_mask = None
    memory.field_seen_s = -1e9


def _again(memory: LivenessMemory, t_s: float, settings: LivenessSettings) -> Liveness:
    if memory.blank_reason:
        return _blank(memory, t_s)
    if memory.unusable_reason:
        return _unusable_now(memory, t_s)
    age_s = _age(memory, t_s)
    replayed = REPLAYED if _is_replayed(memory, t_s, settings) else ""
    if isinstance(age_s, Unknown):
        return Liveness(state=FrameState.FROZEN, xray_age_s=age_s, noise_grey=_noise(memory), reason=replayed)
    if age_s > settings.frozen_after_s:
        reason = replayed or sentence(f"no new X-ray picture for {age_s:.1f} s")
        return Liveness(state=FrameState.FROZEN, xray_age_s=age_s, noise_grey=_noise(memory), reason=reason)
    return Liveness(state=FrameState.REPEAT, xray_age_s=age_s, noise_grey=_noise(memory), reason=replayed)


def _is_replayed(memory: LivenessMemory, t_s: float, settings: LivenessSettings) -> bool:
    """Whether the console plays; where it has come to stand at the newest picture, that one is held."""
    if memory.replayed_s is None:
        return False
    return not memory.seen.at_newest or t_s - memory.replayed_s <= settings.frozen_after_s


def _age(memory: LivenessMemory, t_s: float) -> float | Unknown:
    return Unknown("no X-ray picture has come yet") if memory.last_new_s is None else t_s - memory.last_new_s


def _noise(memory: LivenessMemory) -> float | Unknown:
    return Unknown("no X-ray picture has come yet") if memory.noise_grey is None else memory.noise_grey
