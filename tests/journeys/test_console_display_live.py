"""The console zooms or flips its pictures while cement is injected: one key takes it over, and the lines go on."""

from __future__ import annotations

import json
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from PyQt6.QtCore import QEvent, Qt
from PyQt6.QtGui import QKeyEvent, QPainter
from PyQt6.QtTest import QTest
from PyQt6.QtWidgets import QWidget

from assistant.live.messages import Lines, LiveState
from assistant.live.plan_store import plan_left
from assistant.plan import plan_from_document
from assistant.settings.tree import Settings
from assistant.vocabulary import Distances, Motion
from tests.journeys.room import Room
from tests.journeys.test_console_display import Grey8, mirrored, zoomed
from tests.small_run import pictures, plan_document
from ui.widgets import overlay
from ui.widgets.keycap import Keycap

K = Qt.Key


def press(room: Room, key: int) -> None:
    """As the window hands a key to its page."""
    for kind, hand in ((QEvent.Type.KeyPress, room.page.press), (QEvent.Type.KeyRelease, room.page.release)):
        hand(QKeyEvent(kind, key, Qt.KeyboardModifier.NoModifier))


def grainy(count: int) -> list[Grey8]:
    """The small run with the grain of a usual dose: by its grain a picture is told from all before."""
    grain, made = np.random.default_rng(5), pictures(count)
    fresh = {
        id(each): np.clip(each + grain.normal(0.0, 4.0, each.shape), 0, 255).astype(np.uint8)
        for each in {id(each): each for each in made}.values()
    }
    return [fresh[id(each)] for each in made]


def motion(room: Room) -> Motion:
    moment = room.status.moment
    assert moment is not None
    assert isinstance(moment.motion, Motion), moment.motion
    return moment.motion


def area_mm2(room: Room) -> float:
    moment = room.status.moment
    assert moment is not None
    assert isinstance(moment.distances, Distances), moment.distances
    return moment.distances.cement_area_mm2


@pytest.mark.parametrize(
    ("how", "words", "scale"),
    [(zoomed(1.35), "zoomed ×1.3", 1.35), (mirrored, "mirrored", 1.0)],
    ids=["zoomed", "mirrored"],
)
def test_one_key_takes_it_over_and_the_lines_go_on(
    qtbot: Any, monkeypatch: pytest.MonkeyPatch, how: Any, words: str, scale: float
) -> None:
    made = grainy(72)
    room = Room(qtbot, monkeypatch)
    room.set_up(plan_document(reference_frame=0), [made[2]])
    for grey in made[3:30]:
        room.show(grey)
    before = area_mm2(room)
    for grey in made[30:42]:
        room.show(how(grey))
    assert room.status.moment is not None
    assert not isinstance(room.status.moment.distances, Distances), "without the key there are no figures"
    asked = room.bar[-1][1]
    assert asked.startswith(f"The picture is {words}")
    assert "T takes it over" in asked
    press(room, K.Key_T)
    for grey in made[42:56]:
        room.show(how(grey))
    assert (room.status.state, room.status.lines) == (LiveState.LIVE, Lines.CONFIRMED)
    assert "takes it over" not in room.bar[-1][1]
    assert motion(room).similarity.mirrored is (words == "mirrored")
    assert motion(room).similarity.scale == pytest.approx(scale, rel=0.015)
    taken = area_mm2(room)
    assert taken > before, "cement that was there is still known"
    # The console goes back: nobody is asked anything.
    for grey in made[56:62]:
        room.show(grey)
    assert motion(room).similarity.scale == pytest.approx(1.0, abs=0.01)
    assert not motion(room).similarity.mirrored
    assert area_mm2(room) == pytest.approx(taken, rel=0.2)
    # And again: it is known, and needs no key.
    for grey in made[62:]:
        room.show(how(grey))
    assert motion(room).similarity.scale == pytest.approx(scale, rel=0.015)
    folder = room.session.folder
    log = room.end()
    (event,) = [one for one in log if one["kind"] == "display_taken"]
    assert event["data"]["text"].startswith(words)
    kept = json.loads((folder / "plan.json").read_text(encoding="utf-8"))
    assert kept == event["data"]["plan"]
    assert kept["views"] == plan_document(reference_frame=0)["views"], "the points are where they were"
    left = plan_left(log, Settings().alarms.warning_lines)
    assert isinstance(left, tuple)
    assert left[0].document["displays"] == kept["displays"], "a session that goes on knows it"


def test_what_is_taken_over_and_cannot_be_written_is_told(qtbot: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    made, room = grainy(60), Room(qtbot, monkeypatch)
    (room.session.folder / "plan.json").mkdir()
    room.set_up(plan_document(reference_frame=0), [made[2]])
    assert "The lines count, but are not on the disk" in room.page.display.note
    for grey in made[3:30]:
        room.show(grey)
    for grey in made[30:42]:
        room.show(mirrored(grey))
    press(room, K.Key_T)
    assert room.page.display.note.startswith("Taken over: the picture is mirrored. The lines go on in it.")
    assert "Not on the disk: plan.json" in room.page.display.note
    for grey in made[42:52]:
        room.show(mirrored(grey))
    assert motion(room).similarity.mirrored, "it counts all the same"
    (event,) = [one for one in room.end() if one["kind"] == "display_taken"]
    assert "plan.json" in event["data"]["unwritten"]


def test_without_anything_to_take_over_the_key_says_so(qtbot: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    made = pictures(30)
    room = Room(qtbot, monkeypatch)
    room.set_up(plan_document(reference_frame=0), [made[2]])
    for grey in made[3:12]:
        room.show(grey)
    press(room, K.Key_T)
    room.tick()
    assert "nothing to take over" in room.page.display.note
    assert all(one["kind"] != "display_taken" for one in room.end())


def test_anterior_stands_where_the_console_shows_it_also_while_nothing_is_drawn(
    qtbot: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    drawn: list[bool] = []
    monkeypatch.setattr(overlay, "draw_sides", lambda _, *, anterior_left, **__: drawn.append(anterior_left))
    made, room = grainy(72), Room(qtbot, monkeypatch)

    def plates() -> list[bool]:
        drawn.clear()
        room.page.picture.grab()
        return list(drawn)

    room.set_up(plan_document(reference_frame=0), [made[2]])
    room.page.procedure.plan = plan_from_document(plan_document(reference_frame=0), Settings().alarms.warning_lines)
    for grey in made[3:12]:
        room.show(grey)
    (planned,) = plates()
    for grey in made[12:24]:
        room.show(mirrored(grey))
    assert plates() == [], "it is offered and nobody has taken it over"
    press(room, K.Key_T)
    for grey in made[24:32]:
        room.show(mirrored(grey))
    assert (room.status.state, plates()) == (LiveState.LIVE, [not planned])
    room.wait(400)
    assert (room.status.state, plates()) == (LiveState.STALE, [not planned])
    for _ in range(8):
        room.show(mirrored(made[31]), ms=200)
    assert (room.status.state, plates()) == (LiveState.HELD, [not planned])
    room.end()


def drawn_texts(monkeypatch: pytest.MonkeyPatch, part: QWidget) -> list[str]:
    """What a part of the screen writes."""
    written: list[str] = []
    draw = QPainter.drawText
    with monkeypatch.context() as patch:
        patch.setattr(QPainter, "drawText", lambda self, *a: (written.append(str(a[-1])), draw(self, *a))[1])
        part.grab()
    return written


def touch(cap: Keycap) -> None:
    assert cap.isVisibleTo(cap.window())
    assert cap.height() >= 48 * cap.factor - 1
    QTest.mouseClick(cap, Qt.MouseButton.LeftButton)


@pytest.mark.parametrize("size", [(1920, 1080), (1280, 1024)])
def test_it_is_taken_over_by_touch_and_nothing_else_is_asked_for_meanwhile(
    qtbot: Any, monkeypatch: pytest.MonkeyPatch, size: tuple[int, int]
) -> None:
    made, room = grainy(60), Room(qtbot, monkeypatch)
    room.page.resize(*size)
    room.page.show()
    room.set_up(plan_document(reference_frame=0), [made[2]])
    room.page.procedure.plan = plan_from_document(plan_document(reference_frame=0), Settings().alarms.warning_lines)
    display = room.page.display
    for grey in made[3:30]:
        room.show(grey)
    assert not display.answers.isVisibleTo(room.page)
    press(room, K.Key_Z)
    level = room.page.picture.transform().scale
    for grey in made[30:42]:
        room.show(zoomed(1.35)(grey))
    room.page.refresh()
    assert "Confirm the lines" not in display.distances.accessibleName()
    assert "Key T takes it over: zoomed" in display.distances.accessibleName()
    assert room.page.picture.transform().scale < level, "where the body lies nobody knows: the whole field"
    room.session.void_lines("a test")
    room.tick()
    press(room, K.Key_L)
    assert "first T" in display.note
    assert room.page.pictures.offered(1) is None, "no lines are shown at a place that is not theirs"
    touch(display.answers.caps["take display"])
    for grey in made[42:50]:
        room.show(zoomed(1.35)(grey))
    assert "Taken over" in display.note
    assert motion(room).similarity.scale == pytest.approx(1.35, rel=0.015)
    press(room, K.Key_L)
    room.tick()
    touch(display.answers.caps["lines"])
    room.tick()
    assert room.session.status.lines is Lines.CONFIRMED
    assert not display.answers.isVisibleTo(room.page)
    room.end()


@pytest.mark.parametrize("size", [(1920, 1080), (1280, 1024), (1024, 768)])
def test_from_no_lines_to_confirmed_ones_all_is_touched_and_stands_whole_on_the_screen(
    qtbot: Any, monkeypatch: pytest.MonkeyPatch, size: tuple[int, int]
) -> None:
    made, room = grainy(40), Room(qtbot, monkeypatch)
    room.page.resize(*size)
    room.page.show()
    caps, display = room.page.display.answers.caps, room.page.display

    def touched(act: str) -> None:
        room.tick()
        room.page.refresh()
        cap = caps[act]
        assert cap.mapTo(room.page, cap.rect().bottomRight()).y() < size[1], "no part of it is below the screen"
        touch(cap)

    room.show(made[2])
    touched("set up")
    assert display.in_set_up
    room.page.close_set_up()
    room.set_up(plan_document(reference_frame=0), [made[2]])
    room.page.procedure.plan = plan_from_document(plan_document(reference_frame=0), Settings().alarms.warning_lines)
    for grey in made[3:12]:
        room.show(grey)
    room.session.void_lines("a test")
    touched("lines")
    assert room.page.pictures.offered(1) is not None, "shown first"
    touched("lines")
    room.tick()
    assert room.session.status.lines is Lines.CONFIRMED
    room.end()


@pytest.mark.parametrize("size", [(1920, 1080), (1280, 1024), (1024, 768)])
def test_a_long_note_is_read_to_its_end(qtbot: Any, monkeypatch: pytest.MonkeyPatch, size: tuple[int, int]) -> None:
    note = " ".join(f"word{k}" for k in range(60))
    room = Room(qtbot, monkeypatch)
    room.page.resize(*size)
    room.page.show()
    display, read = room.page.display, ""
    display.show_message(note)
    for turn in range(12):
        monkeypatch.setattr(display, "_note_age", SimpleNamespace(elapsed=lambda now=turn: 8000 * now + 10))
        display.show_figures(room.status)
        read += " ".join(each for each in drawn_texts(monkeypatch, display.legend) if "word" in each) + " "
    assert [word for word in read.split() if word != "…"] == note.split()
    room.end()


def test_what_an_alarm_says_is_to_be_done_stays_while_the_display_is_offered(
    qtbot: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    made, room = grainy(60), Room(qtbot, monkeypatch)
    room.set_up(plan_document(reference_frame=0), [made[2]])
    for grey in made[3:30]:
        room.show(grey)
    for grey in made[30:42]:
        room.show(mirrored(grey))
    room.session.disarm()
    room.tick()
    assert room.bar[-1] == ("CEMENT AT POSTERIOR LINE", "Stop injecting. Check both planes.")
    room.page.refresh()
    answers = room.page.display.answers
    assert answers.acts == ("take display",)
    for _ in range(2):
        room.page.refresh()
        written = drawn_texts(monkeypatch, answers)
        assert "The picture is mirrored." in written, "a field never stands without its question"
        room.page.pictures.toggle_bare()
    room.end()
