"""What the page of review looks like by an act: which card is in front, the size of the picture, points in the form."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import Final

from ui.review import review_words
from ui.review.parts import ReviewParts
from ui.review.state import ReviewState

_FAR_PX: Final = 10
_PAN_PX: Final = 60
_WAYS: Final = {"left": (-1, 0), "right": (1, 0), "up": (0, -1), "down": (0, 1)}
_MEASURE, _WHATIF, _CORRECT = review_words.TABS[2:]


class Looks:
    """Turns the parts of the page to what a person wants to see."""

    def __init__(self, parts: ReviewParts, state: ReviewState) -> None:
        self._parts, self._state = parts, state
        cards, picture, plan = parts.arrangement.cards, parts.picture, parts.plan
        self.acts: Mapping[str, Callable[[], object]] = {
            "level view": picture.toggle_level_view,
            "bare": parts.arrangement.toggle_bare,
            "raw": partial(self._show_raw, True),
            "raw let go": partial(self._show_raw, False),
            "zoom in": partial(picture.zoom, 1.25),
            "zoom out": partial(picture.zoom, 0.8),
            "notes": parts.header.toggle_notes,
            "measure": partial(cards.show_card, _MEASURE),
            "what-if": partial(cards.show_card, _WHATIF),
            "note": self._note,
            "export": self._export,
            **{f"card {number}": partial(self._card, number - 1) for number in range(1, 10)},
            # The picture goes the other way than the eye.
            **{f"pan {way}": partial(picture.pan, -dx * _PAN_PX, -dy * _PAN_PX) for way, (dx, dy) in _WAYS.items()},
            "measured": self._measured,
            "next field": plan.next_field,
            "finish plan": plan.finish,
            "ruler": plan.ruler.toggle,
            "next point": partial(self._points, plan.points.next_point),
            "point undo": partial(self._points, plan.points.undo),
            "point redo": partial(self._points, plan.points.redo),
            "points here": self._points_here,
            **{f"point {way}": self._nudge(dx, dy) for way, (dx, dy) in _WAYS.items()},
            **{f"point far {way}": self._nudge(dx * _FAR_PX, dy * _FAR_PX) for way, (dx, dy) in _WAYS.items()},
        }

    def _show_raw(self, raw: bool) -> None:
        """Lift everything that is drawn on the picture."""
        self._parts.picture.raw = raw
        self._parts.picture.update()

    def _note(self) -> None:
        self._parts.arrangement.cards.show_card(_CORRECT)
        self._parts.correct.note.setFocus()

    def _export(self) -> None:
        cards = self._parts.arrangement.cards
        if review_words.EXPORT in cards.names():
            cards.show_card(review_words.EXPORT)

    def _card(self, at: int) -> None:
        cards = self._parts.arrangement.cards
        if at < len(cards.names()):
            cards.show_card(cards.names()[at])

    def _measured(self) -> None:
        self._parts.measure.refresh()
        self._parts.picture.update()

    def _nudge(self, dx_px: int, dy_px: int) -> Callable[[], None]:
        return partial(self._points, partial(self._parts.plan.points.nudge, dx_px, dy_px))

    def _points(self, act: Callable[[], object]) -> None:
        if self._state.editing:
            act()
            self._parts.plan.changed()
            self._parts.picture.update()

    def _points_here(self) -> None:
        """The points are those of the frame at the playhead."""
        if self._state.run is not None:
            self._parts.plan.set_reference_frame(self._state.run.playhead.frame)
