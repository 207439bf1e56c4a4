"""A log of changes that is not whole is told wherever the library is opened: by every page and by the commands."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from typing import Any

import pytest

from assistant.cli import main
from assistant.library.database import NAME
from assistant.library.people import Permission
from assistant.library.store import Library
from assistant.settings.tree import Settings
from assistant.system.places import data_home
from tests.small_run import SmallRun
from ui.review.page import ReviewPage
from ui.shell import Shell
from ui.theatre.session_import import SessionImporter

TOLD = "change 1: was altered"


@pytest.fixture
def altered() -> None:
    """Somebody has changed what the log says."""
    with Library() as library:
        library.add("cases", Permission.IMPORT, id="K-00001")
    connection = sqlite3.connect(data_home() / NAME)
    connection.execute("UPDATE changes SET who = 'another' WHERE n = 1")
    connection.commit()
    connection.close()


@pytest.fixture
def shell(qtbot: Any, altered: None) -> Iterator[Shell]:
    made = Shell(Settings())
    qtbot.addWidget(made)
    made.show()
    yield made
    made.close()


@pytest.mark.parametrize("page", ["cases", "training"])
def test_by_the_pages_that_keep_it_open(shell: Shell, monkeypatch: pytest.MonkeyPatch, page: str) -> None:
    told: list[str] = []
    monkeypatch.setattr("ui.cases.page.CasesPage.show_message", lambda _page, text: told.append(text))
    monkeypatch.setattr("ui.training.page.TrainingPage.show_message", lambda _page, text: told.append(text))
    shell.go_to(page)
    assert any(TOLD in text for text in told)


def test_by_the_theatre_that_brings_a_session_in(qtbot: Any, altered: None) -> None:
    (data_home() / "live" / "2026-11-30").mkdir(parents=True)
    (data_home() / "live" / "2026-11-30" / "frames_000.jsonl").write_text("")
    told: list[str] = []
    importer = SessionImporter(told.append, Settings())
    importer.begin()
    importer.stop()
    assert any(TOLD in text for text in told)


def test_by_the_review_that_writes_into_it(
    altered: None, review: ReviewPage, run: SmallRun, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[str] = []
    monkeypatch.setattr(review, "show_message", told.append)
    review.reviewing.next_person()
    assert any(TOLD in text for text in told)


def test_by_the_commands(altered: None, capsys: pytest.CaptureFixture[str]) -> None:
    main(["unpack", "nowhere.zip"])
    assert TOLD in capsys.readouterr().err
