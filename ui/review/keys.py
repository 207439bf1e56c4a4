"""What each act of the review does; its keys stand in `ui.keys.table`."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from ui.review.controller import ReviewController as Review

_WAYS: Final = ("left", "right", "up", "down")
LOOKS: Final = (
    *("level view", "bare", "raw", "zoom in", "zoom out", "what-if", "notes", "measure"),
    *(f"pan {way}" for way in _WAYS),
    *(f"card {number}" for number in range(1, 10)),
    *("next field", "finish plan", "next point", "ruler"),
    *(f"point {word}{way}" for way in _WAYS for word in ("", "far ")),
)
"""Acts that change nothing but what the page looks like."""


def _look(act: str) -> Callable[[Review], None]:
    return lambda made: made.view.look(act)


def _step(frames: int) -> Callable[[Review], None]:
    return lambda made: made.player.step(frames)


ACTS: Final[dict[str, Callable[[Review], None]]] = {
    **{look: _look(look) for look in LOOKS},
    "play": lambda made: made.player.toggle(),
    "slower": lambda made: made.player.change_speed(-1),
    "faster": lambda made: made.player.change_speed(1),
    "every": lambda made: made.player.toggle_every(),
    "event before": lambda made: made.player.go_to_event(-1),
    "event next": lambda made: made.player.go_to_event(1),
    "range from": lambda made: made.player.set_end("A"),
    "range to": lambda made: made.player.set_end("B"),
    "loop": lambda made: made.player.toggle_loop(),
    "first": lambda made: made.player.jump(0),
    "last": lambda made: made.player.go_to_end(),
    "step back": _step(-1),
    "step on": _step(1),
    "step back 10": _step(-10),
    "step on 10": _step(10),
    "key image": lambda made: made.reviewing.key_image(),
    "reviewer": lambda made: made.reviewing.next_person(),
    "keep": lambda made: made.reviewing.keep_measures(),
    "note": Review.start_note,
    "beside": lambda made: made.comparing.toggle_beside(),
    "difference": lambda made: made.comparing.toggle_difference(),
    "other run": lambda made: made.comparing.choose_other(),
    "figures": Review.switch_figures,
    "anew": Review.analyse_anew,
    "report": lambda made: made.exports.export("pdf"),
    "export": Review.export,
    "clip": Review.cut_clip,
    "live": lambda made: made.view.go_to("theatre", None),
    "open": Review.choose_run,
    "open plan": Review.choose_plan,
    "edit plan": Review.edit_plan,
    "undo": Review.undo,
    "redo": Review.redo,
    "leave": Review.leave,
}
"""Every act by its name."""
