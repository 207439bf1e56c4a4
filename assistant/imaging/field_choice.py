"""Which of a screen's pictures is looked at: the one that holds the plan's points; the others are blackened.

The screen is looked at again and again: a console may go over from one picture to two, or change their places, at any
time. That is believed when it is seen twice, and told. A picture beside that is merely not told apart for a while (a
seam in burnt-out places) is still there as long as what it showed stands there.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from assistant.geometry import Crop
from assistant.imaging.screen_fields import ScreenField, find_fields
from assistant.imaging.xray_field import find_field
from assistant.language import sentence
from assistant.vocabulary import Frame, ScreenChange

_LOOK_EVERY_S: Final = 2.0
_AGAIN_AFTER_S: Final = 0.4
_SAME_BOX: Final = 0.85
_THUMB_PX: Final = 24
_STILL_THERE: Final = 0.9
_WIDE: Final = 1.75
"""No C-arm's picture is so much longer than it is high, or higher than it is long [P]."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Looking:
    """What is looked at on the screen.

    Attributes
    ----------
    fields : tuple of ScreenField
        The pictures on the screen; empty where there is one.
    chosen : tuple of ScreenField
        Those looked at: one, or two where the plan's views stand in two pictures; empty: the whole screen.
    """

    fields: tuple[ScreenField, ...] = ()
    chosen: tuple[ScreenField, ...] = ()

    @property
    def others(self) -> tuple[ScreenField, ...]:
        """The pictures that are not looked at."""
        return tuple(each for each in self.fields if each not in self.chosen) if self.chosen else ()

    def cut_out(self, frame: Frame) -> Frame:
        """What is looked at, of its own size; the same frame where the screen shows one picture."""
        if len(self.chosen) == 1:
            return replace(frame, grey=self.chosen[0].cut_out(frame.grey))
        return self.alone(frame)

    def alone(self, frame: Frame) -> Frame:
        """The frame with the screen's other pictures blackened; the same where it shows one."""
        if not self.chosen:
            return frame
        made = self.chosen[0].alone(frame.grey)
        for other in self.chosen[1:]:
            np.maximum(made, other.alone(frame.grey), out=made)
        return replace(frame, grey=made)


@dataclass(slots=True, eq=False)
class FieldChoice:
    """Remembers which picture is looked at.

    Attributes
    ----------
    places : list of (x, y)
        What has to lie in it, px of the frame; none: all of the screen is looked at.
    looking : Looking
    changed : str
        How the screen changed last, in a few words; empty while it has not.
    notes : list of str
        What the screen showed beside, and how it changed, in sentences.
    changes : list of ScreenChange
        Each change with its frame.
    """

    places: list[tuple[float, float]] = field(default_factory=list)
    looking: Looking = field(default_factory=Looking)
    changed: str = ""
    notes: list[str] = field(default_factory=list)
    changes: list[ScreenChange] = field(default_factory=list)
    _shape: tuple[int, ...] = ()
    _looked_s: float | None = None
    _waiting: Looking | None = None
    _others: list[tuple[Crop, NDArray[np.float32]]] = field(default_factory=list)

    def begin(self, frame: Frame) -> None:
        """Believe the first look at once."""
        self._shape, self._waiting = frame.grey.shape, None
        self._take(self._chosen_of(find_fields(frame.grey, frame.white)), frame)
        self.notes = [note] if (note := _words(self.looking) or _too_long(frame)) else []

    def look_at(self, places: list[tuple[float, float]], frame: Frame) -> None:
        """Other places have to lie in it from now on."""
        self.places, self._waiting = places, None
        if self._shape not in ((), frame.grey.shape):
            self.begin(frame)
        else:
            self._take(self._chosen_of(self.looking.fields), frame)

    def see(self, frame: Frame) -> bool:
        """Look at the screen where it is time to; True if another part of it is looked at from this frame on."""
        if self._shape not in ((), frame.grey.shape):
            # Another size: the boxes of the old one say nothing of it.
            notes = self.notes
            self.begin(frame)
            self.changed = sentence(f"the screen's size changed at {frame.t_s:.1f} s")
            self.notes = [*notes, sentence(f"At {frame.t_s:.1f} s the screen changed its size."), *self.notes]
            self._note_change(frame, sentence("It has another size."))
            return True
        self._shape = frame.grey.shape
        wait_s = _LOOK_EVERY_S if self._waiting is None else _AGAIN_AFTER_S
        if self._looked_s is not None and 0 <= frame.t_s - self._looked_s < wait_s:
            return False
        self._looked_s = frame.t_s
        seen = self._chosen_of(find_fields(frame.grey, frame.white))
        if _same(seen, self.looking) or (len(seen.fields) < len(self.looking.fields) and self._still_there(frame)):
            self._waiting = None
            return False
        if self._waiting is None or not _same(seen, self._waiting):
            self._waiting = seen
            return False
        self._waiting = None
        self._take(seen, frame)
        self.changed = sentence(f"the screen's pictures changed at {frame.t_s:.1f} s")
        self.notes.append(
            sentence(f"At {frame.t_s:.1f} s the screen changed: {_words(seen) or 'it shows one picture.'}")
        )
        self._note_change(frame, _words(seen) or sentence("It shows one picture."))
        return True

    def _note_change(self, frame: Frame, text: str) -> None:
        self.changes.append(ScreenChange(frame_index=frame.index, t_s=frame.t_s, text=text))

    def _chosen_of(self, fields: tuple[ScreenField, ...]) -> Looking:
        chosen: list[ScreenField] = []
        for x, y in self.places:
            holding = [each for each in fields if each.holds(x, y)]
            if holding and holding[-1] not in chosen:
                chosen.append(holding[-1])
        return Looking(fields=fields, chosen=tuple(chosen))

    def _take(self, seen: Looking, frame: Frame) -> None:
        self.looking = seen
        self._others = [(each.box, _thumb(frame, each.box)) for each in seen.others]

    def _still_there(self, frame: Frame) -> bool:
        """Whether one of the pictures beside is where it was."""
        return any(_alike(_thumb(frame, box), before) for box, before in self._others)


def _same(one: Looking, other: Looking) -> bool:
    """Whether the same part of the screen is looked at."""
    if len(one.chosen) != len(other.chosen) or bool(one.fields) != bool(other.fields):
        return False
    pairs = zip(one.chosen, other.chosen, strict=True)
    return all(_common(a.box, b.box) >= _SAME_BOX and len(a.holes) == len(b.holes) for a, b in pairs)


def _common(one: Crop, other: Crop) -> float:
    """What two boxes share, of what they cover together."""
    width = min(one.x0_px + one.width_px, other.x0_px + other.width_px) - max(one.x0_px, other.x0_px)
    height = min(one.y0_px + one.height_px, other.y0_px + other.height_px) - max(one.y0_px, other.y0_px)
    shared = max(0, width) * max(0, height)
    return shared / (one.width_px * one.height_px + other.width_px * other.height_px - shared)


def _thumb(frame: Frame, box: Crop) -> NDArray[np.float32]:
    part = frame.grey[box.rows, box.cols]
    small = cv2.resize(part, (_THUMB_PX, _THUMB_PX), interpolation=cv2.INTER_AREA).astype(np.float32)
    return np.asarray(small - small.mean(), dtype=np.float32)


def _alike(one: NDArray[np.float32], other: NDArray[np.float32]) -> bool:
    norm = float(np.sqrt((one * one).sum() * (other * other).sum()))
    return norm > 0 and float((one * other).sum()) / norm >= _STILL_THERE


def _words(seen: Looking) -> str:
    if len(seen.fields) < 2:
        return ""
    count = sentence(f"The screen shows {len(seen.fields)} pictures")
    if not seen.chosen:
        return sentence(f"{count}, and the plan's points lie in none of them: all of the screen is looked at.")
    if len(seen.chosen) > 1:
        return sentence(
            f"{count}; the plan's views stand in {len(seen.chosen)} of them, and whether X-ray is on is told of both."
        )
    return sentence(
        f"{count}; the one at the {where(seen.chosen[0], seen.fields)}, which holds the plan's points, is looked at."
    )


def where(chosen: ScreenField, fields: Sequence[ScreenField]) -> str:
    """In one word where a picture stands among the others: left, right, top, bottom; "picture 2" where none fits."""
    x, y = _middle(chosen)
    others = [_middle(each) for each in fields if each != chosen]
    if not others:
        return "middle"
    apart_x, apart_y = (sum(each[k] for each in others) / len(others) - (x, y)[k] for k in (0, 1))
    if abs(apart_x) >= abs(apart_y):
        return "left" if apart_x > 0 else "right"
    return "top" if apart_y > 0 else "bottom"


def _middle(each: ScreenField) -> tuple[float, float]:
    return each.box.x0_px + each.box.width_px / 2, each.box.y0_px + each.box.height_px / 2


def _too_long(frame: Frame) -> str:
    """A field that is longer than a picture can be, where nothing parts it."""
    mask = find_field(frame.grey, frame.white)
    rows, cols = np.flatnonzero(mask.any(axis=1)), np.flatnonzero(mask.any(axis=0))
    long = max(len(rows), len(cols)) / max(1, min(len(rows), len(cols)))
    if long < _WIDE:
        return ""
    way = ("wide", "high") if len(cols) > len(rows) else ("high", "wide")
    return sentence(
        f"The X-ray field is {long:.1f} times as {way[0]} as it is {way[1]}: unless blades close it, these are two "
        f"pictures that could not be told apart, and whether X-ray is on is told of both together."
    )
