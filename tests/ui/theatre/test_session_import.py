"""A session that has ended comes into the cases in the background, and the theatre says so."""

import time
from pathlib import Path

import numpy as np
import pytest

from assistant.library.store import Library
from assistant.recording.writer import Recorder
from assistant.settings.tree import Settings
from assistant.system.places import data_home
from tests.recorders import WRITER
from tests.ui.theatre.fake_session import FakeSession
from ui.library_access import library_of_window
from ui.shell import Shell
from ui.theatre.page import TheatrePage
from ui.theatre.session_import import SessionImporter


def record(name: str = "2026-11-21") -> Path:
    """A short recorded session where sessions are recorded."""
    folder = data_home() / "live" / name
    folder.mkdir(parents=True)
    writer, draw, now_ns = Recorder(folder, WRITER), np.random.default_rng(len(name)), time.monotonic_ns()
    for index in range(6):
        grey = draw.integers(0, 255, (96, 96), dtype=np.uint8)
        writer.offer(index, index * 33_000_000, now_ns + index * 33_000_000, grey)
    writer.close()
    return folder


def cases() -> list[str]:
    with Library() as library:
        return [row["path"] for row in library.rows("runs")]


@pytest.fixture
def told() -> list[str]:
    return []


@pytest.fixture
def intake(qtbot, told):
    made = SessionImporter(told.append, Settings())
    yield made
    made.stop()


def test_a_recorded_session_comes_in_and_the_library_is_given_back(qtbot, intake, told):
    folder = record()
    intake.begin()
    assert told == []  # nothing was waited for
    qtbot.waitUntil(lambda: not intake.busy)
    assert len(told) == 1
    assert told[0].startswith("The session is kept as case K-")
    assert library_of_window().library is None
    assert cases() == [str(folder)]
    intake.begin()
    qtbot.waitUntil(lambda: not intake.busy)
    assert len(told) == 1
    assert cases() == [str(folder)]


def test_nothing_is_opened_where_nothing_was_recorded(intake, told):
    (data_home() / "live" / "empty").mkdir(parents=True)
    intake.begin()
    assert not intake.busy
    assert told == []
    assert not (data_home() / "library.sqlite").exists()


def test_a_library_that_is_open_elsewhere_is_told(intake, told):
    record()
    with Library():
        intake.begin()
    assert not intake.busy
    assert len(told) == 1
    assert "not among the cases yet" in told[0]


def test_the_theatre_brings_its_session_in_when_the_next_one_begins(qtbot):
    shell = Shell(Settings(), {"theatre": lambda settings: TheatrePage(settings, FakeSession)})
    qtbot.addWidget(shell)
    shell.show()
    shell.go_to("theatre")
    page = shell.page("theatre")
    page.host.start_session("play:x")
    folder = record()
    page.host.start_session("play:y")
    qtbot.waitUntil(lambda: not page.session_import.busy)
    assert "kept as case K-" in page.display.note
    shell.close()
    assert cases() == [str(folder)]


def test_what_the_closed_window_left_comes_in_at_the_next_start(qtbot):
    folder = record()
    shell = Shell(Settings(), {"theatre": lambda settings: TheatrePage(settings, FakeSession)})
    qtbot.addWidget(shell)
    shell.show()
    shell.go_to("theatre")
    page = shell.page("theatre")
    qtbot.waitUntil(lambda: "kept as case" in page.display.note)
    shell.close()
    assert cases() == [str(folder)]
