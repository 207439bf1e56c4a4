"""What each act of the set-up does; its keys stand in `ui.keys.table`."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from assistant.setup.model import Step
from ui.setup.controller import SetupController as Set

_WAYS: Final = {"left": (-1, 0), "right": (1, 0), "up": (0, -1), "down": (0, 1)}


def _go(step: Step) -> Callable[[Set], None]:
    return lambda made: made.go(step)


def _choose(number: int) -> Callable[[Set], None]:
    return lambda made: made.choosing.choose(number)


def _type(character: str) -> Callable[[Set], None]:
    return lambda made: made.state.scale.type_in(character)


def _arrow(way: tuple[int, int], *, far: bool) -> Callable[[Set], None]:
    return lambda made: made.arrow(*way, far=far)


ACTIONS: Final[dict[str, Callable[[Set], None]]] = {
    "enter": Set.enter,
    "yes": Set.enter,
    "arm": Set.enter,
    "back": Set.back,
    "leave": Set.leave,
    **{f"step {int(step)}": _go(step) for step in Step},
    **{name: _arrow(way, far=False) for name, way in _WAYS.items()},
    **{f"far {name}": _arrow(way, far=True) for name, way in _WAYS.items()},
    **{f"source {number}": _choose(number - 1) for number in range(1, 10)},
    "second": lambda made: made.choosing.use_second(),
    "mode": lambda made: made.choosing.next_mode(),
    "look again": lambda made: made.choosing.look_again(),
    "flip": lambda made: made.turning.turn(mirrored=True),
    "turn over": lambda made: made.turning.turn_over(),
    "turn": lambda made: made.turning.turn(quarters=1),
    "next field": lambda made: made.fields.choose_next(),
    "ap": Set.begin_ap,
    "next point": lambda made: made.placing.next_point(),
    "fresh": Set.take_fresh,
    "propose": lambda made: made.placing.propose_here(),
    "whole": Set.toggle_level_view,
    "undo": lambda made: made.state.setup.undo(),
    "redo": lambda made: made.state.setup.redo(),
    "gauge": lambda made: made.placing.next_gauge(),
    "uncalibrated": Set.stay_uncalibrated,
    "next end": lambda made: made.placing.next_end(),
    **{f"type {character}": _type(character) for character in "0123456789."},
    "line +": lambda made: made.state.setup.move_line(1),
    "line -": lambda made: made.state.setup.move_line(-1),
    "polarity": Set.change_polarity,
    "test sound": Set.test_sound,
    "heard": lambda made: made.sound_was(heard=True),
    "not heard": lambda made: made.sound_was(heard=False),
}
"""Every act by its name."""

PICKED: Final[dict[str, Callable[[Set, int], None]]] = {
    "source": lambda made, number: made.choosing.choose(number),
    "field": lambda made, number: made.fields.choose_number(number),
    "point": lambda made, number: made.placing.choose_point(number),
}
"""What choosing one of several rows does."""
