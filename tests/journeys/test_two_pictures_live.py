"""Two pictures on the screen in the theatre: the set-up asks which is live, and only the one with the lines counts."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PyQt6.QtCore import QEvent, Qt
from PyQt6.QtGui import QKeyEvent

from assistant.live.messages import Lines, LiveState
from assistant.setup.model import Step
from assistant.vocabulary import Unknown
from tests.journeys.room import Room
from tests.two_pictures import LEFT, RIGHT, Picture, film, plan_at, screen
from ui.setup import proposals

FILM = film(64)
HELD = FILM[60]
K = Qt.Key


def live_right(k: int) -> Picture:
    return screen((HELD, LEFT), (FILM[k % 60], RIGHT))


@pytest.fixture
def room(qtbot, monkeypatch: pytest.MonkeyPatch) -> Iterator[Room]:
    """No process looks for points; what it would be given is kept in ``asked``."""
    made = Room(qtbot, monkeypatch)
    made.asked = []

    def ask(grey: Picture, *_more: object) -> Unknown:
        made.asked.append(grey)
        return Unknown("Nothing is proposed in this test.")

    monkeypatch.setattr(proposals, "ask", ask)
    made.page.show()
    yield made
    made.end()


def press(room: Room, key: int) -> None:
    """As the window hands a key to its page."""
    for kind, act in ((QEvent.Type.KeyPress, room.page.press), (QEvent.Type.KeyRelease, room.page.release)):
        act(QKeyEvent(kind, key, Qt.KeyboardModifier.NoModifier))


def test_the_set_up_looks_at_the_one_that_changes_and_asks(room: Room, qtbot) -> None:
    setup = room.page.setup
    room.show(live_right(0))
    setup.begin()
    setup.controller.go(Step.ORIENTATION)
    for k in range(1, 16):
        room.show(live_right(k))
    assert setup.side.shown.text.startswith("Two pictures: which is live? The outlined one is looked at.")
    rows = {row.text: row.value for row in setup.side.shown.rows}
    assert rows["Left picture"] == "held"
    assert rows["Right picture"] == "live · looked at"
    assert room.page.picture.points.found.outline[:, 0].min() > RIGHT[0] - 12
    assert room.status.state is not LiveState.HELD

    press(room, K.Key_Tab)
    for k in range(16, 36):
        room.show(live_right(k))
    assert room.status.state is LiveState.FROZEN
    assert "the picture at the right is the live one" in room.status.reason
    assert "the one looked at is held, another is live" in setup.side.shown.text

    press(room, K.Key_Tab)
    for k in range(36, 44):
        room.show(live_right(k))
    assert room.status.state is LiveState.UNKNOWN_VIEW
    press(room, K.Key_Y)
    press(room, K.Key_Return)
    assert setup.state.step is Step.POINTS
    qtbot.waitUntil(lambda: bool(room.asked))
    assert not room.asked[0][:, : RIGHT[0] - 12].any()
    assert (room.asked[0][200:400, RIGHT[0] + 20 : RIGHT[0] + 280] > 0).mean() > 0.9
    assert all(point.at[0] > RIGHT[0] for point in setup.state.setup.view.points)


def test_only_the_picture_with_the_lines_counts(room: Room) -> None:
    room.set_up(plan_at(*RIGHT), [screen((HELD, LEFT), (FILM[2], RIGHT))])
    for k in range(12):
        room.show(live_right(k))
    assert room.status.state is LiveState.LIVE
    assert room.status.lines is Lines.CONFIRMED

    for k in range(12, 34):
        room.show(screen((FILM[k], LEFT), (FILM[12], RIGHT)))
    assert room.status.state is LiveState.FROZEN
    assert "the picture at the left is the live one" in room.status.reason
    assert room.page.display.bar.message.headline == "NOT MONITORING"


def test_a_screen_that_changes_voids_the_lines(room: Room) -> None:
    room.set_up(plan_at(*RIGHT), [screen((HELD, LEFT), (FILM[2], RIGHT))])
    for k in range(6):
        room.show(live_right(k))
    assert room.status.lines is Lines.CONFIRMED
    for k in range(6, 52):
        room.show(screen((FILM[k], (210, 160))))
    assert room.status.lines is Lines.UNCONFIRMED
    log = room.session.folder / "events.jsonl"
    assert "the screen's pictures changed" in log.read_text(encoding="utf-8")
