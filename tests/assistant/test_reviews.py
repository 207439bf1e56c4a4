"""The reviewer's corrections: kept apart, never lost, undone by saying so."""

from __future__ import annotations

import json
import os
from datetime import UTC, datetime
from pathlib import Path

import pytest

from assistant.errors import EnvironmentError_, InputError
from assistant.reviews import SCHEMA, About, Review, author, place_for, read_review, redo, say, undo


@pytest.fixture
def review(tmp_path: Path) -> Review:
    return read_review(tmp_path / "review.json")


def at_noon() -> datetime:
    return datetime(2026, 11, 12, 12, 0, tzinfo=UTC)


def test_what_was_said_is_read_again_with_author_and_time(review: Review) -> None:
    said = say(review, About.NOTE, frame=7, who="anna", text="cement in the disc?", now=at_noon)
    said = say(said, About.SHAPE, frame=9, who="ben", text="spike", leak=1, now=at_noon)
    again = read_review(review.path)
    assert again == said
    first, second = again.entries
    assert (first.author, first.said_at, first.frame) == ("anna", "2026-11-12T12:00:00+00:00", 7)
    assert (second.text, second.leak) == ("spike", 1)
    assert json.loads(review.path.read_text())["schema"] == SCHEMA


def test_the_newest_word_on_a_leak_counts(review: Review) -> None:
    said = say(review, About.YEOM, frame=1, who="a", text="B", leak=1)
    said = say(said, About.YEOM, frame=1, who="b", text="C", leak=1)
    said = say(said, About.YEOM, frame=1, who="b", text="S", leak=2)
    assert said.said(About.YEOM, 1).text == "C"
    assert said.said(About.YEOM, 2).text == "S"
    assert said.said(About.SHAPE, 1) is None


def test_undo_and_redo_are_entries_and_nothing_is_lost(review: Review) -> None:
    said = review
    for text in ("one", "two", "three"):
        said = say(said, About.NOTE, frame=0, who="a", text=text)
    said = undo(undo(said, who="b"), who="b")
    assert [entry.text for entry in said.standing] == ["one"]
    said = redo(said, who="b")
    assert [entry.text for entry in said.standing] == ["one", "two"]
    said = redo(said, who="b")
    assert [entry.text for entry in said.standing] == ["one", "two", "three"]
    assert redo(said, who="b") is said
    assert len(said.entries) == 7
    said = undo(said, who="b")
    assert [entry.text for entry in said.standing] == ["one", "two"]


def test_nothing_to_undo_changes_nothing(review: Review) -> None:
    assert undo(review, who="a") is review
    assert redo(review, who="a") is review
    assert not review.path.exists()


def test_labels_are_checked(review: Review) -> None:
    with pytest.raises(InputError, match="yeom must be one of B, C, S"):
        say(review, About.YEOM, frame=0, who="a", text="X")
    assert not review.path.exists()


@pytest.mark.parametrize("content", ["", "{}", "[1, 2]", '{"schema": "other", "entries": []}', "\x00\xff"])
def test_a_file_that_is_no_review_is_told_and_left(tmp_path: Path, content: str) -> None:
    path = tmp_path / "review.json"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(InputError, match="not a review"):
        read_review(path)
    assert path.read_text(encoding="utf-8") == content


def test_a_disk_that_refuses_leaves_the_file_as_it_was(review: Review, monkeypatch: pytest.MonkeyPatch) -> None:
    said = say(review, About.NOTE, frame=0, who="a", text="kept")

    def refuse(_source: object, _target: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "replace", refuse)
    with pytest.raises(EnvironmentError_, match="No space left"):
        say(said, About.NOTE, frame=0, who="a", text="lost")
    monkeypatch.undo()
    assert [e.text for e in read_review(review.path).entries] == ["kept"]
    assert list(review.path.parent.glob("*.part")) == []


def test_beside_the_run_or_in_the_data_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    run = tmp_path / "run"
    run.mkdir()
    video = tmp_path / "a.mkv"
    video.touch()
    home = tmp_path / "home"
    assert place_for(run, home) == run / "review.json"
    assert place_for(video, home) == tmp_path / "a.mkv.review.json"
    assert place_for(run, home, program=tmp_path / "run").parent == home / "reviews"
    monkeypatch.setattr(os, "access", lambda path, mode: False)
    elsewhere = place_for(run, home)
    assert elsewhere.parent == home / "reviews"
    assert elsewhere != place_for(video, home)


def test_there_is_always_an_author() -> None:
    assert author()
