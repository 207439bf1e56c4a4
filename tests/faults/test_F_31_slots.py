"""F-31: an exception in any part of the theatre's screen: logged and told, no end of the program, alarms go on."""

from __future__ import annotations

import sys
from typing import Any

import pytest
from PyQt6.QtCore import QEvent, Qt
from PyQt6.QtGui import QKeyEvent

from assistant.live.messages import FaultNotice
from assistant.live.status import SoundOrder
from assistant.vocabulary import Priority
from tests.ui.theatre.conftest import _nothing_is_proposed, armed, page, shell
from tests.ui.theatre.fake_session import HIGH, MEDIUM
from ui.keys.key_names import chord
from ui.keys.table import TABLE, actions_of
from ui.theatre.page import TheatrePage

__all__ = ["_nothing_is_proposed", "armed", "page", "shell"]
PARTS = ("strip", "picture", "distances", "curve", "works", "clocks", "alarms", "leak", "legend", "second")
SHOWS = ("show_status", "show_live", "show_moment", "show_log", "keep")


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    heard: list[str] = []
    monkeypatch.setattr(sys, "excepthook", lambda kind, error, _trace: heard.append(f"{kind.__name__}: {error}"))
    return heard


def breaks(*_args: object, **_more: object) -> None:
    raise ZeroDivisionError("by a planted fault")


@pytest.mark.parametrize("part", PARTS)
def test_F_31_a_part_of_the_screen(armed: TheatrePage, part: str, told: list[str], monkeypatch) -> None:
    widget = getattr(armed.display, part, None) or getattr(armed.pictures, part)
    for name in SHOWS:
        if hasattr(widget, name):
            monkeypatch.setattr(widget, name, breaks)
    played: list[SoundOrder] = []
    monkeypatch.setattr(armed.sound, "play", played.append)
    for alarms in ((MEDIUM,), (HIGH,)):
        armed.session.more["alarms"] = alarms
        armed.session.more["sound"] = SoundOrder(priority=Priority.HIGH, bursts=len(played) + 1)
        armed.session.next_frame()
        armed.display._figures.restart()
        monkeypatch.setattr(armed.display._figures, "elapsed", lambda: 10_000)
        armed._tick()
    assert told
    assert "planted" in told[0]
    assert "POSTERIOR LINE" in armed.display.bar.message.headline
    assert len(played) == 2
    assert played[-1].bursts == 2
    assert not armed.display.distances.isVisibleTo(armed)
    monkeypatch.undo()
    armed.display._figures.restart()
    armed.session.next_frame()
    monkeypatch.setattr(armed.display._figures, "elapsed", lambda: 10_000)
    armed._tick()
    assert armed.display.distances.isVisibleTo(armed)


def test_F_31_a_message_that_cannot_be_shown(armed: TheatrePage, told: list[str], monkeypatch) -> None:
    """The messages behind it are heard all the same."""
    handle = armed.controller.handle

    def fails_once(message: Any) -> None:
        if not told:
            raise ZeroDivisionError("by a planted fault")
        handle(message)

    monkeypatch.setattr(armed.controller, "handle", fails_once)
    armed.session.messages += [
        FaultNotice(happened="first", do=""),
        FaultNotice(happened="The second.", do="Judge by eye."),
    ]
    armed._tick()
    assert told == ["ZeroDivisionError: by a planted fault"]
    assert "The second." in armed.display.note


@pytest.mark.parametrize("act", [act.name for act in actions_of("theatre") if not act.parts])
def test_F_31_each_act(armed: TheatrePage, qtbot, act: str, monkeypatch) -> None:
    """A key whose act fails: the next key and the screen go on."""
    monkeypatch.setitem(armed.controller.acts, act, breaks)
    key = chord(TABLE["theatre", act].keys[0])
    down = QKeyEvent(QEvent.Type.KeyPress, key, Qt.KeyboardModifier.NoModifier)
    with qtbot.capture_exceptions() as exceptions:
        qtbot.keyPress(armed.window(), Qt.Key(down.key()))
    assert [str(error) for _, error, _ in exceptions] == ["by a planted fault"]
    armed.release(QKeyEvent(QEvent.Type.KeyRelease, key, Qt.KeyboardModifier.NoModifier))
    armed.session.more["alarms"] = (HIGH,)
    armed._tick()
    assert armed.display.bar.message.headline == "CEMENT AT POSTERIOR LINE"
    assert armed.session.armed
