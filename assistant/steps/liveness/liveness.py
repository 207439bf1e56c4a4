"""Tell a new X-ray picture from the last one again, and from none at all.

Between pulses, and after the pedal is let go, a C-arm's video repeats its last picture at 25 to 60 Hz. A new X-ray
picture has new quantum noise everywhere; a repeated one has none, or only the little that cable and codec add. So the
difference to the frame before, on means of 4 x 4 px (which quantum noise survives better than white cable noise), is
compared with the picture's own spatial noise, and the limit between the two kinds is learned from the run. A frame
that seems a repeat is held against the last new picture as well: what changes little by little is new all the same.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from assistant.geometry import Crop
from assistant.language import sentence
from assistant.settings.tree import LivenessSettings
from assistant.steps.liveness.doubts import Doubts
from assistant.steps.liveness.grain import (
    BLOCK_PX,
    LEAST_BLOCKS,
    Rows,
    blocks_of,
    fine_grain_of,
    fine_share,
    grain_of,
    halves_of,
    is_torn,
)
from assistant.steps.liveness.learned_kinds import Change
from assistant.steps.liveness.open_field import UsualGrain, covered_share, is_between_blades, judged_on
from assistant.steps.liveness.seen_pictures import SeenPictures
from assistant.steps.liveness.signal import seen_in, unusable, without_fluoroscopy, without_signal
from assistant.steps.liveness.two_kinds import TwoKinds
from assistant.vocabulary import CANNOT_TELL, REPLAYED, Frame, FrameState, Liveness, Unknown

F32 = NDArray[np.float32]

_FIELD_EVERY_S, _CLOSES, _CLOSED_SHARE = 1.0, 0.05, 0.9
"""The field is found anew so often, and at once where so much more of it has gone black or white; blades have closed
where so much of it is left [P]."""
_CREEPS = 1.3
"""Noise of a cable or a codec is as large over ten frames as over one. A recursive filter, a codec that keeps most of
the frame before, and interlaced halves make pictures that differ little from one to the next, and more and more from
the one some frames ago: on simulated runs 1.3 times after two frames, in held pictures 1.00 to 1.02 [P]."""
_HALF, _LEAST_OF_HALVES = 1.3, 400
"""Halves of a picture change alike (within 1.1; of fewer blocks by chance by more); where one alone is new, it changes
by so many times as much as the other [P]."""
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
    ratio: float = 0.0
    """How much the last frame differs from the one before, over what new grain makes."""
    last_new_s: float | None = None
    waited_s: float = 0.0
    """Between the last new picture and the one before it."""
    kinds: TwoKinds = field(default_factory=TwoKinds)
    doubts: Doubts = field(default_factory=Doubts)
    halves: F32 | None = None
    """Even and odd rows of the frame before."""
    two_before: F32 | None = None
    """Block means of the frame before that."""
    fine: F32 | None = None
    """Fine grain of the frame before, if it was asked for."""
    first_half: int | None = None
    """Which half of an interlaced picture comes first; None: not seen yet."""
    held: bool = False
    """The last frame showed no more than the one before; the half that comes after it is the first one."""
    changed: float | None = None
    """How much the last new picture differs from the one before it, in all; None: not known."""
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
    halves = halves_of(frame)
    blocks = np.asarray(halves.mean(axis=0), dtype=np.float32)
    before, halves_before, two_before = memory.blocks, memory.halves, memory.two_before
    # Order: exactly the same first (cheap, and sure), then no signal at all, then new or not. A card is asked for
    # before anything is learned from its noise.
    if halves_before is not None and np.array_equal(halves_before, halves):
        # Nothing changed at all; whether that is a held X-ray picture or a still card was said before.
        memory.kinds.same()
        memory.two_before = before  # the fine grain is the same too
        memory.held = True
        return _again(memory, frame.t_s, settings)
    memory.halves, memory.blocks, memory.two_before = halves, blocks, before
    memory.picture_px = (frame.grey.shape[0], frame.grey.shape[1])
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
        halves_before = two_before = None
    rows = Rows(blocks, inside, max(grain_of(blocks, inside), 0.05))
    # Much, or little by little (a recursive filter), or the first picture after a card: each is a new picture. What
    # differs from a card says nothing about the line.
    much = True if was_blank else memory.kinds.tell(_change(memory, frame, rows, before, two_before))
    after_held, memory.held = memory.held, much is False
    if much and not was_blank and halves_before is not None:
        half = _half_that_came(halves, halves_before, inside)
        if _is_second(memory, half, after_held):
            return _rest_of_picture(memory, frame.t_s, settings)
    if much is False:
        much = _creeps(memory, rows, blocks, frame.t_s)
    if not much:
        memory.doubts.see(rows)
    decided = _decide(memory, frame.t_s, rows.grain, held=much is False)
    if much is False:
        found = _again(memory, frame.t_s, settings)
    else:
        # After a card or a torn frame: against the last picture that was one.
        memory.changed = _changed(memory, rows, memory.usable_blocks if was_blind else before)
        found = _new(memory, frame, blocks, settings, told=much is True)
    return replace(found, decided=decided) if decided else found


def _decide(memory: LivenessMemory, t_s: float, grain_grey: float, *, held: bool) -> tuple[tuple[float, bool], ...]:
    """What could not be told before and can be now; the age of the picture goes with it."""
    decided = memory.doubts.decide(memory.kinds, t_s, grain_grey, held=held)
    if decided and memory.last_new_s is not None and memory.doubts.told_s >= 0.0:
        memory.last_new_s = min(memory.last_new_s, memory.doubts.last_s)
    return decided


def _changed(memory: LivenessMemory, rows: Rows, last: F32 | None) -> float | None:
    """How much a picture differs from the last one; None, not known: there is none, or the two show no part alike."""
    if last is None or last.shape != rows.blocks.shape:
        return None
    return rows.differ(last, _looked_at(memory, rows.inside & seen_in(rows.blocks, last)))


def _change(memory: LivenessMemory, frame: Frame, rows: Rows, before: F32, two_before: F32 | None) -> Change:
    """What has changed since the frame before; over two frames and in the fine grain where the kinds ask for it."""
    # Spread of the change / (sqrt 2 x grain): 1 for two independent pictures, near 0 for one shown twice.
    memory.ratio = rows.differ_beyond_line(before)
    over_two = fine = float("nan")
    soon = memory.doubts.soon(frame.t_s)
    fine_before, memory.fine = memory.fine, None
    if memory.kinds.asks_for_more:
        if two_before is not None and two_before.shape == before.shape:
            over_two = rows.differ_beyond_line(two_before)
        memory.fine = fine_grain_of(frame)
        if fine_before is not None:
            fine = fine_share(memory.fine, fine_before, rows.lit)
    return Change(share=memory.ratio, grain_grey=rows.grain, over_two=over_two, fine=fine, soon=soon)


def _half_that_came(halves: F32, before: F32, inside: NDArray[np.bool_]) -> int | None:
    """Of an interlaced picture the half that is new where the other is the last picture's; None: both have changed."""
    if inside.sum() < _LEAST_OF_HALVES:
        return None
    even, odd = (Rows(half, inside, 1.0).differ_beyond_line(last) for half, last in zip(halves, before, strict=True))
    if max(even, odd) < _HALF * min(even, odd):
        return None
    return 0 if even > odd else 1


def _is_second(memory: LivenessMemory, half: int | None, after_held: bool) -> bool:
    """Whether it is the half that comes after the other; the first one comes after a frame that was held."""
    if half is not None and (after_held or memory.first_half is None):
        memory.first_half = half
    return half is not None and half != memory.first_half


def _rest_of_picture(memory: LivenessMemory, t_s: float, settings: LivenessSettings) -> Liveness:
    """The other half has come of the picture whose first half was new."""
    memory.new_blocks, memory.most_since = memory.blocks, 0.0
    if not memory.unusable_reason:
        memory.usable_blocks = memory.blocks
    return _again(memory, t_s, settings)


def _creeps(memory: LivenessMemory, rows: Rows, blocks: F32, t_s: float) -> bool | None:
    """Whether a frame that is much like the one before has changed since the last new picture, little by little.

    None: it has changed by more than the line, on a line that hides what a filter lets through.
    """
    memory.most_since = max(memory.most_since, memory.ratio)
    # Noise differs as much over ten frames as over one; what creeps differs the more the longer it is ago.
    least = max(_CREEPS * memory.most_since, memory.kinds.least_creep)
    if memory.new_blocks is None or memory.new_blocks.shape != blocks.shape:
        return False
    crept = rows.differ_beyond_line(memory.new_blocks)
    if crept > least:
        return True
    if memory.kinds.hides and memory.kinds.is_more_than_line(crept):
        memory.doubts.beam_s = t_s
        return None
    return False


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


def _blank(memory: LivenessMemory, t_s: float) -> Liveness:
    return Liveness(
        state=FrameState.NO_SIGNAL,
        xray_age_s=_age(memory, t_s),
        noise_grey=_noise(memory),
        reason=memory.blank_reason,
    )


def _new(
    memory: LivenessMemory, frame: Frame, blocks: F32, settings: LivenessSettings, *, told: bool = True
) -> Liveness:
    """A new picture; or one that may be the last one again, if it is not told: it is measured all the same."""
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
    if signature is not None and memory.seen.recalls(signature, in_doubt=not told):
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
        found = _unusable_now(memory, frame.t_s)
        return found if told else replace(found, xray_age_s=Unknown(CANNOT_TELL), doubt=CANNOT_TELL)
    # Slow exponential means of what is usual, learned from pictures that are usable and stand still: a swing must not
    # become its own measure.
    memory.usable_blocks = blocks
    memory.usual.learn(blocks, inside)
    if told:
        memory.doubts.told(frame.t_s, blocks)
    else:
        beyond = memory.kinds.is_more_than_line(memory.ratio)
        memory.doubts.add(frame.t_s, memory.kinds.last_change, beyond=beyond)
        age = Unknown(CANNOT_TELL)
        return Liveness(state=FrameState.LIVE, xray_age_s=age, noise_grey=memory.noise_grey, doubt=CANNOT_TELL)
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
    memory.halves = None if before is None or memory.last_new_s is None else halves_of(before)
    memory.blocks = None if memory.halves is None else np.asarray(memory.halves.mean(axis=0), dtype=np.float32)
    memory.two_before = memory.fine = None
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
