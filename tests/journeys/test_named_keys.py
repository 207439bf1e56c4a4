"""A site that has given acts other keys reads those keys in every sentence of the theatre, and they work."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from PyQt6.QtCore import QEvent, Qt
from PyQt6.QtGui import QKeyEvent

from tests.journeys.alarm_causes import FILMS
from tests.journeys.room import Room
from tests.small_run import plan_document
from ui.keys.key_map import KeyMap
from ui.keys.key_names import chord

K = Qt.Key


@pytest.fixture
def room(qtbot: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[Room]:
    """Inject, lines and set-up have other keys at this site."""
    keys = KeyMap()
    for act, key in (("inject", "Q"), ("lines", "J"), ("set up", "H")):
        keys.change("theatre", act, chord(key))
    keys.save()
    made = Room(qtbot, monkeypatch)
    made.page.show()
    yield made
    made.end()


def press(room: Room, key: int) -> None:
    """As the window hands a key to its page."""
    for kind, act in ((QEvent.Type.KeyPress, room.page.press), (QEvent.Type.KeyRelease, room.page.release)):
        act(QKeyEvent(kind, key, Qt.KeyboardModifier.NoModifier))


def test_the_key_that_is_named_is_the_key_that_works(room: Room) -> None:
    film = FILMS["the computer is slow"]().frames[:24]
    for grey in film[:4]:
        room.show(grey)
    assert room.bar[-1] == ("NOT KNOWN", "Place the lines. Set-up: H")
    assert room.page.display.distances._why.explanation == "Place them. Set-up: H"

    room.session.set_plan(plan_document(reference_frame=0), [film[0]])
    for grey in film[4:12]:
        room.show(grey)
    assert room.bar[-1] == ("NOT KNOWN", "Confirm the lines: J")
    press(room, K.Key_I)
    assert room.page.display.note == "", "the usual key does nothing here"
    press(room, K.Key_Q)
    assert room.page.display.note == "The lines are not confirmed. Look at them and confirm: J"
    assert not any("[[" in part for told in room.bar for part in told)
