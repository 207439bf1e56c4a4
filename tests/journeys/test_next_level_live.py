"""On to the next level by `N`: its millilitres are its own, also where the window dies before its lines stand."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from PyQt6.QtCore import QEvent, Qt
from PyQt6.QtGui import QKeyEvent

from assistant.live.processes.running_session import note_running
from assistant.plan import plan_from_document
from assistant.review.session_reading import read_session_day
from assistant.settings.tree import Settings
from assistant.vocabulary import Frame
from tests.journeys.room import Room
from tests.small_run import pictures, plan_document
from ui.setup import proposals
from ui.theatre.page import TheatrePage

K = Qt.Key
_NOBODY = 4_000_000
"""No process has this number."""


@pytest.fixture
def room(qtbot: Any, monkeypatch: pytest.MonkeyPatch) -> Room:
    """A theatre that shows a picture."""
    monkeypatch.setattr(proposals, "ask", lambda *_args: None)
    made = Room(qtbot, monkeypatch)
    for grey in pictures(60)[:4]:
        made.show(grey)
    return made


def touch(page: TheatrePage, *keys: int) -> None:
    """Keys of the theatre."""
    for key in keys:
        page.press(QKeyEvent(QEvent.Type.KeyPress, key, Qt.KeyboardModifier.NoModifier))
        page.release(QKeyEvent(QEvent.Type.KeyRelease, key, Qt.KeyboardModifier.NoModifier))


def place_lines(room: Room, page: TheatrePage, level: str) -> None:
    """As the set-up hands them over when it is done."""
    grey = pictures(60)[2]
    plan = plan_from_document(plan_document(level=level), Settings().alarms.warning_lines)
    assert page.host.take_plan(plan, (Frame(index=2, t_s=0.1, grey=grey),))
    page.host.end_set_up()


def die(room: Room) -> None:
    """The window is killed: nothing is ended in order, the log has what was noted until then."""
    session = room.session
    note_running(session.session_memory, session.folder, session.source, _NOBODY)
    session._audit_log.close()
    room.page.procedure.session = None


def start_again(room: Room, qtbot: Any) -> TheatrePage:
    """As the watchdog starts the window again."""
    page = TheatrePage(Settings(), room._session)
    qtbot.addWidget(page)
    page._timer.stop()
    page.resize(1920, 1080)
    assert page.host.start_session("resume:")
    return page


def levels_of(folder: Path) -> dict[str, float | None]:
    """Each level of the kept session and its millilitres."""
    day = read_session_day(folder)
    assert day is not None
    return {level.level: level.cement_ml for level in day.levels}


def test_a_window_that_dies_on_the_way_to_the_next_level_books_nothing_to_the_one_before(room: Room, qtbot) -> None:
    place_lines(room, room.page, "L1")
    touch(room.page, K.Key_Plus, K.Key_Plus, K.Key_N)
    die(room)
    page = start_again(room, qtbot)
    assert page.procedure.log.total_ml == 0.0, "what was entered is of L1"
    touch(page, K.Key_Plus)
    assert page.procedure.log.total_ml == pytest.approx(0.2)
    place_lines(room, page, "L2")
    assert page.procedure.log.total_ml == pytest.approx(0.2)
    assert page.procedure.log.levels_done == ["L1 · 0.4 ml"]
    page.host.end_session()
    assert levels_of(room.session.folder) == {"L1": pytest.approx(0.4), "L2": pytest.approx(0.2)}


def test_what_was_entered_on_the_way_to_the_next_level_is_of_it_after_a_new_start(room: Room, qtbot) -> None:
    place_lines(room, room.page, "L1")
    touch(room.page, K.Key_Plus, K.Key_Plus, K.Key_N, K.Key_Plus)
    die(room)
    page = start_again(room, qtbot)
    assert page.procedure.log.total_ml == pytest.approx(0.2)
    touch(page, K.Key_Plus)
    place_lines(room, page, "L2")
    page.host.end_session()
    assert levels_of(room.session.folder) == {"L1": pytest.approx(0.4), "L2": pytest.approx(0.4)}


def test_a_level_that_was_taken_up_again_goes_on_after_a_new_start(room: Room, qtbot) -> None:
    for level in ("L1", "L2", "L1"):
        place_lines(room, room.page, level)
        touch(room.page, K.Key_Plus, *([K.Key_N] if level == "L2" else []))
    die(room)
    page = start_again(room, qtbot)
    assert (page.procedure.log.level, page.procedure.log.total_ml) == ("L1", pytest.approx(0.4))
    page.host.end_session()
    assert levels_of(room.session.folder) == {"L1": pytest.approx(0.4), "L2": pytest.approx(0.2)}


def test_next_level_twice_counts_no_millilitre_twice(room: Room) -> None:
    page = room.page
    place_lines(room, page, "L1")
    touch(page, K.Key_Plus, K.Key_Plus, K.Key_N, K.Key_Plus, K.Key_N)
    assert page.procedure.log.total_ml == 0.0, "what was entered between is done with the level that nobody named"
    place_lines(room, page, "L2")
    touch(page, K.Key_Plus)
    assert page.procedure.log.levels_done == ["L1 · 0.4 ml", "level · 0.2 ml"]
    folder = room.session.folder
    room.end()
    assert levels_of(folder) == {"L1": pytest.approx(0.4), "": pytest.approx(0.2), "L2": pytest.approx(0.2)}


def test_next_level_before_any_lines_counts_no_millilitre_twice(room: Room) -> None:
    page = room.page
    touch(page, K.Key_Plus, K.Key_N, K.Key_N, K.Key_Plus)
    assert page.procedure.log.total_ml == pytest.approx(0.2)
    place_lines(room, page, "L2")
    folder = room.session.folder
    room.end()
    day = read_session_day(folder)
    assert day is not None
    assert day.cement_ml == pytest.approx(0.4)
    assert page.procedure.log.levels_done == ["level · 0.2 ml"]
