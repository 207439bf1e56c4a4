"""Replay and training make way for a live picture, also for one of another window."""

import os
import time

import pytest

from assistant.live.deck import Cell, Deck
from assistant.live.running import note_ended, note_running
from assistant.settings import Settings
from tests.small_run import write_small_run
from ui.live_watch import Live, LiveWatch, live_now
from ui.shell import Shell


@pytest.fixture
def theatre(tmp_path):
    """A session as another window would have it: its memory, its capture process and its window answer."""
    deck = Deck.make(slots=2, slot_bytes=64)
    for cell in (Cell.WINDOW_PID, Cell.CAPTURE_PID):
        deck.put(cell, os.getpid())
    for cell in (Cell.WINDOW_BEAT, Cell.CAPTURE_BEAT):
        deck.put(cell, time.monotonic_ns())
    folder = tmp_path / "session"
    folder.mkdir()
    from assistant.places import data_home

    data_home().mkdir(parents=True, exist_ok=True)
    note_running(deck, folder, "play:x", os.getpid())
    yield deck
    note_ended()
    deck.remove()


def beats(deck, *, armed):
    """Its capture process answers now."""
    deck.put(Cell.ARMED, armed)
    deck.put(Cell.CAPTURE_BEAT, time.monotonic_ns())


def test_what_the_theatre_does(theatre):
    assert live_now() is Live.PICTURE
    theatre.put(Cell.ARMED, 1)
    assert live_now() is Live.ARMED
    theatre.put(Cell.CAPTURE_BEAT, time.monotonic_ns() - 10**11)
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
