"""Whether X-ray is on in the picture that is looked at, where the screen shows more than one.

Each picture of the screen is judged for itself: the one with the plan's points counts; that another is live while it is
held is told, because then the wrong one may be looked at. Without a plan the one that changes is looked at, unless a
person has chosen another.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from assistant.geometry import Crop
from assistant.imaging.field_choice import FieldChoice, Looking, where
from assistant.imaging.screen_fields import ScreenField
from assistant.language import sentence
from assistant.settings.tree import LivenessSettings
from assistant.steps.liveness.liveness import LivenessMemory, judge_liveness, look_elsewhere, start_liveness
from assistant.steps.liveness.seen_pictures import SeenPictures
from assistant.vocabulary import REPLAYED, Frame, FrameState, Grey, Liveness, ScreenChange, Unknown

_LIVE_WITHIN_S: Final = 1.5
_LIVE_WITHIN_FRAMES, _NEW_PICTURES = 4, 2
_SLOWEST_S: Final = 3.0
"""Pictures farther apart are single shots, or one that a person chose: no pulses [P]."""
_OVERDUE: Final = 2.5
_MOST_LIVE_S: Final = 5.0
"""Pulses are live until the next one is overdue: by so many of their own intervals, and never longer than this [P]."""
_OTHERS_EVERY_S: Final = 0.25
"""So often the pictures beside are judged: what counts is the one that is looked at, and it is not held up. That
another one is live is known from two new pictures of it, before the one looked at counts as frozen."""
Place = tuple[float, float]


@dataclass(frozen=True, slots=True, kw_only=True)
class SeenField:
    """One of the screen's pictures, for the window.

    Attributes
    ----------
    box : Crop
        Where it stands, px of the frame.
    where : str
        The same in a word: left, right, top, bottom.
    looked_at : bool
    live : bool
        New X-ray pictures came in it lately.
    """

    box: Crop
    where: str
    looked_at: bool
    live: bool


class _RecentPace:
    """Whether new pictures come: by the pace at which the last two came, whatever the pulse rate is.

    Where few frames are judged (on a busy machine) two new ones of the last few count too.
    """

    def __init__(self) -> None:
        self._frames: deque[bool] = deque(maxlen=_LIVE_WITHIN_FRAMES)
        self._now_s = self._new_s = -1e9
        self._interval_s: float | None = None
        """Between the last two new pictures; None: no two came at the pace of pulses."""

    def see(self, t_s: float, *, is_new: bool) -> None:
        if t_s < self._now_s:
            self._frames.clear()
            self._new_s, self._interval_s = -1e9, None
        self._now_s = t_s
        self._frames.append(is_new)
        if is_new:
            interval_s = t_s - self._new_s
            self._new_s, self._interval_s = t_s, interval_s if interval_s <= _SLOWEST_S else None

    @property
    def is_live(self) -> bool:
        if sum(self._frames) >= _NEW_PICTURES:
            return True
        if self._interval_s is None:
            return False
        return self._now_s - self._new_s <= min(max(_LIVE_WITHIN_S, _OVERDUE * self._interval_s), _MOST_LIVE_S)

    @property
    def is_awaited(self) -> bool:
        """Whether the next picture is not overdue yet."""
        if self._interval_s is None:
            return False
        return self._now_s - self._new_s <= min(_OVERDUE * self._interval_s, _MOST_LIVE_S)


@dataclass(slots=True, eq=False)
class _OtherField:
    """A picture that is not looked at."""

    field: ScreenField
    memory: LivenessMemory
    recent: _RecentPace
    seen_s: float = -1e9

    def see(self, frame: Frame, settings: LivenessSettings) -> None:
        if 0 <= frame.t_s - self.seen_s < _OTHERS_EVERY_S:
            return
        self.seen_s = frame.t_s
        cut = Looking(chosen=(self.field,)).cut_out(frame)
        is_new = judge_liveness(self.memory, cut, settings).state is FrameState.LIVE
        self.recent.see(frame.t_s, is_new=is_new)

    @property
    def is_live(self) -> bool:
        return self.recent.is_live


class ScreenWatch:
    """Judges frames, one after the other.

    Parameters
    ----------
    settings : LivenessSettings
    places : sequence of (x, y)
        What lies in the picture that counts; none: the one that changes.
    first : Frame or None
        The picture in which the places were marked.
    seen : SeenPictures or None
        What the session has shown so far; None: nothing.
    around : Crop or None
        Where the plan's points lie, with a margin, px of the frame: how fast the picture moves is judged there.

    Attributes
    ----------
    memory : LivenessMemory
        Of the picture that is looked at.
    """

    def __init__(
        self,
        settings: LivenessSettings,
        places: Sequence[Place] = (),
        first: Frame | None = None,
        seen: SeenPictures | None = None,
        around: Crop | None = None,
    ) -> None:
        self._settings, self._around = settings, around
        self._choice = FieldChoice(places=list(places))
        self._by_change = not places
        self._before: Frame | None = None
        self._others: list[_OtherField] = []
        self.memory = LivenessMemory()
        self._recent = _RecentPace()
        self._reported_elsewhere: set[str] = set()
        self._told_more_move = False
        self._cut: Grey | None = None
        self._cut_before: Grey | None = None
        if first is not None:
            self._choice.begin(first)
            self.memory = start_liveness(self.looking.cut_out(first))
            self._others = [
                _OtherField(field=each, memory=LivenessMemory(), recent=_RecentPace()) for each in self.looking.others
            ]
        if seen is not None:
            self.memory.seen = seen
        self._replays, self._replayed_s, self._replaying = 0, 0.0, False

    @property
    def looking(self) -> Looking:
        """Which of the screen's pictures is looked at."""
        return self._choice.looking

    @property
    def changed(self) -> str:
        """How the screen's pictures changed last, in a few words; empty while they have not."""
        return self._choice.changed

    @property
    def notes(self) -> tuple[str, ...]:
        """What the screen showed beside, how it changed, and what the console played again, in sentences."""
        if not self._replays:
            return tuple(self._choice.notes)
        played = sentence(
            f"The console played pictures again that it had shown before ({self._replays} ×, first at "
            f"{self._replayed_s:.1f} s): they are not live, and nothing was measured in them."
        )
        return (*self._choice.notes, played)

    @property
    def changes(self) -> tuple[ScreenChange, ...]:
        """From which frames on the screen showed other pictures."""
        return tuple(self._choice.changes)

    @property
    def fields(self) -> tuple[SeenField, ...]:
        """The screen's pictures; empty where it shows one."""
        looking = self.looking
        live = {each.field.box: each.is_live for each in self._others}
        return tuple(
            SeenField(
                box=each.box,
                where=where(each, looking.fields),
                looked_at=each in looking.chosen,
                live=live.get(each.box, self._recent.is_live),
            )
            for each in looking.fields
        )

    @property
    def is_same(self) -> bool:
        """Whether what is looked at, of more than one picture, is bit-identical to the frame before."""
        one, other = self._cut, self._cut_before
        return bool(self.looking.chosen) and one is not None and other is not None and np.array_equal(one, other)

    def look_at(self, place: Place | None) -> None:
        """A person has chosen the picture at this place; None: the one that changes again."""
        self._by_change = place is None
        if place is not None and self._before is not None:
            self._turn_to([place], self._before, self._before)
        elif place is not None:
            self._choice.places = [place]

    def judge(self, frame: Frame) -> Liveness:
        """Say what a frame is, of the picture that is looked at."""
        before, self._before = self._before, frame
        if before is None and not self._choice.looking.fields and self._by_change:
            self._choice.begin(frame)
        known = self._memories()
        if not self.memory.is_blind and self._choice.see(frame):
            self._begin_anew(before, known)
        if self._by_change:
            self._follow_change(frame, before)
        cut = self.looking.cut_out(frame)
        self._cut_before, self._cut = self._cut, cut.grey
        self.memory.around = self._around_in_cut()
        found = judge_liveness(self.memory, cut, self._settings)
        self._recent.see(frame.t_s, is_new=found.state is FrameState.LIVE)
        self._note_replay(found, frame.t_s)
        for each in self._others:
            each.see(frame, self._settings)
        self._note_more_move(frame.t_s)
        if found.state is not FrameState.FROZEN:
            return found
        live = [each.field for each in self._others if each.is_live]
        if not live or self._recent.is_awaited:
            return found  # pulses so slow that this one seems frozen between them are no reason to doubt it
        at = where(live[0], self.looking.fields)
        if at not in self._reported_elsewhere:
            self._reported_elsewhere.add(at)
            self._choice.notes.append(
                sentence(
                    f"From {frame.t_s:.1f} s on the picture looked at stood still while the one at the {at} was live."
                )
            )
        return replace(found, elsewhere=at, reason=sentence(f"{found.reason}; the picture at the {at} is live instead"))

    def _around_in_cut(self) -> Crop | None:
        chosen = self.looking.chosen
        if self._around is None or len(chosen) != 1:
            return self._around
        box = chosen[0].box
        return replace(self._around, x0_px=self._around.x0_px - box.x0_px, y0_px=self._around.y0_px - box.y0_px)

    def _note_replay(self, found: Liveness, t_s: float) -> None:
        if found.reason != REPLAYED:
            self._replaying = self._replaying and found.state is not FrameState.LIVE
        elif not self._replaying:
            self._replayed_s = self._replayed_s if self._replays else t_s
            self._replays, self._replaying = self._replays + 1, True

    @property
    def _moving(self) -> list[ScreenField]:
        """The pictures beside in which new ones come while the one looked at is live."""
        return [each.field for each in self._others if each.is_live] if self._recent.is_live else []

    def _note_more_move(self, t_s: float) -> None:
        """Nothing on the screen tells which of them is this patient's film of now."""
        looking = self.looking
        if self._told_more_move or len(looking.chosen) != 1 or not self._moving:
            return
        self._told_more_move = True
        at = where(looking.chosen[0], looking.fields)
        self._choice.notes.append(
            sentence(
                f"From {t_s:.1f} s on more than one of the screen's pictures moved: the one at the {at} was looked at. "
                f"If the console played a film in it, nothing that is told is of now."
            )
        )

    def explained(self, lost: Unknown) -> Unknown:
        """Why the vertebra is not found, with how the screen changed before and what else moves on it."""
        why = [lost.reason, *([self.changed] if self.changed else [])]
        if self._moving:
            why.append(sentence("more than one picture on the screen moves: is the right one looked at?"))
        return Unknown("; ".join(why)) if len(why) > 1 else lost

    def _follow_change(self, frame: Frame, before: Frame | None) -> None:
        """Without a plan: stay at a picture as long as it is there and no other one is live instead."""
        looking = self.looking
        live = [each.field for each in self._others if each.is_live]
        if looking.fields and not looking.chosen:
            self._turn_to([_middle(looking.fields[0])], frame, before)
        elif live and not self._recent.is_live:
            self._turn_to([_middle(live[0])], frame, before)

    def _turn_to(self, places: list[Place], frame: Frame, before: Frame | None) -> None:
        known = self._memories()
        self._choice.look_at(places, frame)
        self._begin_anew(before, known)

    def _memories(self) -> dict[Crop, LivenessMemory]:
        """What is remembered of each picture, by its place."""
        chosen = {each.box: self.memory for each in self.looking.chosen} if len(self.looking.chosen) == 1 else {}
        return {each.field.box: each.memory for each in self._others} | chosen

    def _begin_anew(self, before: Frame | None, known: dict[Crop, LivenessMemory]) -> None:
        boxes = [each.box for each in self.looking.chosen]
        if len(boxes) == 1 and boxes[0] in known:
            self.memory = known[boxes[0]]
        else:
            look_elsewhere(self.memory, None if before is None else self.looking.cut_out(before))
        self._recent = _RecentPace()
        self._others = [
            _OtherField(field=each, memory=known.get(each.box, LivenessMemory()), recent=_RecentPace())
            for each in self.looking.others
        ]


def picture_with(place: Place, frame: Frame) -> Frame:
    """The frame with all blackened but the picture in which a place lies; the same where the screen shows one."""
    choice = FieldChoice(places=[place])
    choice.begin(frame)
    return choice.looking.alone(frame)


def _middle(each: ScreenField) -> Place:
    """A place in a picture: its middle, or beside what is laid over that."""
    box = each.box
    places = [
        (box.x0_px + u * box.width_px, box.y0_px + v * box.height_px) for u in (0.5, 0.2, 0.8) for v in (0.5, 0.2, 0.8)
    ]
    return next((place for place in places if each.holds(*place)), places[0])
