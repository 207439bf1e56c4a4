"""Replay and training make way for a live picture, also for one of another window."""

import os
import time

import pytest
from PyQt6.QtCore import Qt

from assistant.library.people import Permission
from assistant.live.processes.running_session import note_ended, note_running
from assistant.live.shared.shared_memory import Register, SessionMemory
from assistant.settings.tree import Settings
from assistant.training.trainer import Starter
from tests.small_ending import write_ending
from tests.small_run import write_small_run
from ui.keys.key_map import with_keys
from ui.shell import Shell
from ui.system.live_watch import OFFERED, REFUSED, Live, LiveWatch, live_now
from ui.training.view import ASKING, OVERVIEW


@pytest.fixture
def theatre(tmp_path):
    """A session as another window would have it: its memory, its capture process and its window answer."""
    session_memory = SessionMemory.make(slots=2, slot_bytes=64)
    for cell in (Register.WINDOW_PID, Register.CAPTURE_PID):
        session_memory.put(cell, os.getpid())
    for cell in (Register.WINDOW_BEAT, Register.CAPTURE_BEAT):
        session_memory.put(cell, time.monotonic_ns())
    folder = tmp_path / "session"
    folder.mkdir()
    from assistant.system.places import data_home

    data_home().mkdir(parents=True, exist_ok=True)
    note_running(session_memory, folder, "play:x", os.getpid())
    yield session_memory
    note_ended()
    session_memory.remove()


def beats(session_memory, *, armed):
    """Its capture process answers now."""
    session_memory.put(Register.ARMED, armed)
    session_memory.put(Register.CAPTURE_BEAT, time.monotonic_ns())


def test_what_the_theatre_does(theatre):
    assert live_now() is Live.PICTURE
    theatre.put(Register.ARMED, 1)
    assert live_now() is Live.ARMED
    theatre.put(Register.CAPTURE_BEAT, time.monotonic_ns() - 10**11)
    assert live_now() is Live.NOTHING


def test_no_session_runs():
    assert live_now() is Live.NOTHING
    assert LiveWatch().refusal == ""


def test_review_offers_the_live_picture_and_refuses_while_armed(qtbot, theatre, tmp_path):
    run = write_small_run(tmp_path / "run", 8)
    shell = Shell(Settings())
    qtbot.addWidget(shell)
    shell.show()
    shell.go_to("review")
    page = shell.page("review")
    beats(theatre, armed=0)
    page.live.look()
    assert page.header.live.isVisible()
    beats(theatre, armed=1)
    assert not page.open(str(run.folder), str(run.plan))
    assert "Injecting is on" in page.note.text()
    assert page.session is None
    beats(theatre, armed=0)
    assert page.open(str(run.folder), str(run.plan))
    beats(theatre, armed=1)
    page.live.look()
    assert not page.playing
    beats(theatre, armed=1)
    page.player.toggle()
    assert not page.playing
    shell.close()


@pytest.mark.parametrize("name", ["review", "training"])
def test_a_closed_window_looks_for_no_live_picture(qtbot, theatre, name):
    """Its library is closed: a case that was open would be put away over it."""
    shell = Shell(Settings())
    qtbot.addWidget(shell)
    shell.show()
    shell.go_to(name)
    page = shell.page(name)
    assert page.live._timer.isActive()
    shell.close()
    assert not page.live._timer.isActive()


def test_training_offers_the_live_picture_and_puts_its_case_away_while_armed(qtbot, theatre, monkeypatch):
    monkeypatch.setattr(Starter, "go_on", lambda _: False)
    shell = Shell(Settings())
    qtbot.addWidget(shell)
    shell.show()
    beats(theatre, armed=1)
    qtbot.keyClick(shell, Qt.Key.Key_F3)
    page = shell.page("training")
    qtbot.waitUntil(lambda: page.controller.starter.made == 1)
    beats(theatre, armed=1)
    qtbot.keyClick(shell, Qt.Key.Key_Return)
    assert page.parts.note.text() == with_keys(REFUSED)
    assert page.controller.front.mode is not ASKING
    assert page.controller.sitting.case is None
    beats(theatre, armed=0)
    qtbot.keyClick(shell, Qt.Key.Key_Escape)
    page.do("start")
    qtbot.waitUntil(lambda: page.controller.front.mode == ASKING and page.view.frame_index >= 0)
    answers = len(page.controller.trainer.answers(page.controller.sitting.person))
    beats(theatre, armed=1)
    page.live.look()
    assert page.controller.front.mode == OVERVIEW
    assert page.controller.sitting.case is None
    assert page.parts.note.text() == with_keys(REFUSED)
    assert len(page.controller.trainer.answers(page.controller.sitting.person)) == answers, (
        "nothing was answered for the person"
    )
    beats(theatre, armed=0)
    page.live.look()
    assert page.parts.note.text() == with_keys(OFFERED)
    shell.close()


def test_t_cuts_a_training_clip_where_the_picture_stands(qtbot, tmp_path, monkeypatch):
    """T in the review goes to training and cuts there: a run of the library, stopped by hand at this picture."""
    monkeypatch.setattr(Starter, "go_on", lambda _: False)
    run = write_ending(tmp_path, crosses_at=40)
    shell = Shell(Settings())
    qtbot.addWidget(shell)
    shell.show()
    shell.go_to("review")
    page = shell.page("review")
    assert page.open(str(run), None), page.note.text()
    page.jump(15)
    at_s = page.session.time_of(15)
    wanted = []
    page.wanted.disconnect()
    page.wanted.connect(lambda name, thing: wanted.append((name, thing)))
    if page.editing:
        page.controller.end_editing()
    qtbot.keyClick(shell, Qt.Key.Key_T)
    assert wanted == [("training", ("cut", str(run), at_s))]
    room = shell.page("training").library_access
    assert room.open(Settings())
    library = room.library
    case_id = library.add("cases", Permission.IMPORT)
    level = library.add("levels", Permission.EDIT, case_id=case_id)
    values = {"path": str(run), "is_copied": 0, "sha256": "0", "bytes": 1, "width_px": 320, "height_px": 300}
    library.add("runs", Permission.IMPORT, case_id=case_id, level_id=level, state="done", **values)
    assert shell.go_to(*wanted[0])
    training = shell.page("training")
    qtbot.waitUntil(lambda: "was cut" in training.parts.note.text())
    (clip,) = library.rows("clips", course="")
    assert clip["stop_frame"] == 15
    shell.close()
