"""The reviewer's corrections: kept apart, never lost, undone by saying so."""

from __future__ import annotations

import json
import os
from datetime import UTC, datetime
from pathlib import Path

import pytest

from assistant.errors import EnvironmentError_, InputError
from assistant.review.annotations import (
    SCHEMA,
    SCHEMA_BY_NUMBER,
    About,
    LeakKey,
    Review,
    converted,
    nearest,
    place_for,
    read_review,
    words_of,
)
from assistant.review.saying import say

UPPER, LOWER, REAR = LeakKey("superior_disc", 31), LeakKey("inferior_disc", 20), LeakKey("posterior", 40)


@pytest.fixture
def review(tmp_path: Path) -> Review:
    return read_review(tmp_path / "review.json")


def at_noon() -> datetime:
    return datetime(2026, 11, 12, 12, 0, tzinfo=UTC)


def test_what_was_said_is_read_again_with_author_and_time(review: Review) -> None:
    said = say(review, About.NOTE, frame=7, who="anna", text="cement in the disc?", now=at_noon)
    said = say(said, About.SHAPE, frame=9, who="ben", text="spike", leak=UPPER, now=at_noon)
    again = read_review(review.path)
    assert again == said
    first, second = again.entries
    assert (first.author, first.said_at, first.frame) == ("anna", "2026-11-12T12:00:00+00:00", 7)
    assert (second.text, second.key, second.leak) == ("spike", UPPER, None)
    assert json.loads(review.path.read_text())["schema"] == SCHEMA


def test_the_newest_word_on_a_leak_counts(review: Review) -> None:
    said = say(review, About.YEOM, frame=1, who="a", text="B", leak=UPPER)
    said = say(said, About.YEOM, frame=1, who="b", text="C", leak=UPPER)
    said = say(said, About.YEOM, frame=1, who="b", text="S", leak=LOWER)
    assert said.newest_entry(About.YEOM, UPPER).text == "C"
    assert said.newest_entry(About.YEOM, LOWER).text == "S"
    assert said.newest_entry(About.SHAPE, UPPER) is None


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
    assert [path.name for path in review.path.parent.iterdir()] == [review.path.name]


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


def test_a_run_of_the_library_has_its_review_in_its_own_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    run, home = tmp_path / "run", tmp_path / "home"
    run.mkdir()
    (home / "runs" / "B-1").mkdir(parents=True)
    monkeypatch.setattr(os, "access", lambda path, mode: False)
    assert place_for(run, home, run_id="B-1") == home / "runs" / "B-1" / "review.json"
    assert place_for(run, home, run_id="U-1").parent == home / "reviews"


def test_a_word_holds_for_the_same_leak_in_another_analysis(review: Review) -> None:
    said = say(review, About.SHAPE, frame=33, who="a", text="round", leak=UPPER)
    later = (LOWER, LeakKey("superior_disc", 28))  # another order, other first frames
    assert said.newest_entry(About.SHAPE, later[1], later).text == "round"
    assert said.newest_entry(About.SHAPE, LOWER, later) is None
    assert said.newest_entry(About.SHAPE, None, later) is None


def test_of_two_leaks_at_one_site_the_nearer_one_is_meant(review: Review) -> None:
    first, second = LeakKey("posterior", 10), LeakKey("posterior", 300)
    assert nearest(LeakKey("posterior", 20), (first, second)) == first
    said = say(review, About.YEOM, frame=0, who="a", text="B", leak=LeakKey("posterior", 290))
    assert said.newest_entry(About.YEOM, first, (first, second)) is None
    assert said.newest_entry(About.YEOM, second, (first, second)).text == "B"


def test_what_reviewers_add_and_deny(review: Review) -> None:
    said = say(review, About.LEAK_SITE, frame=40, who="a", text="posterior", leak=REAR)
    said = say(said, About.NO_LEAK, frame=40, who="a", leak=UPPER)
    assert said.added((UPPER,)) == (REAR,)
    assert said.denies(UPPER, (UPPER,))
    assert not said.denies(REAR, (UPPER, REAR))
    said = say(said, About.NO_LEAK, frame=41, who="b", leak=REAR)
    said = say(said, About.SHAPE, frame=41, who="b", text="spike", leak=UPPER)
    assert said.added((UPPER,)) == ()
    assert not said.denies(UPPER, (UPPER,))


def test_a_file_of_version_1_is_read_and_its_numbers_find_their_leaks(tmp_path: Path) -> None:
    entry = {"number": 1, "about": "yeom", "author": "anna", "said_at": "", "frame": 9, "text": "C", "leak": 2}
    old = {"schema": SCHEMA_BY_NUMBER, "entries": [entry, {**entry, "number": 2, "leak": 5}]}
    path = tmp_path / "review.json"
    path.write_text(json.dumps(old))
    read = read_review(path)
    assert [(e.leak, e.key) for e in read.entries] == [(2, None), (5, None)]
    found = converted(read, (LOWER, UPPER))
    assert [(e.leak, e.key) for e in found.entries] == [(2, UPPER), (5, None)]
    assert found.newest_entry(About.YEOM, UPPER, (LOWER, UPPER)).text == "C"
    assert converted(found, (UPPER, LOWER)) is found  # once found it stays
    say(found, About.NOTE, frame=0, who="a", text="x")
    again = json.loads(path.read_text())
    assert again["schema"] == SCHEMA
    assert (again["entries"][0]["site"], again["entries"][0]["first_frame"]) == ("superior_disc", 31)


def test_the_search_is_told_labels_notes_and_people(review: Review) -> None:
    said = say(review, About.NOTE, frame=0, who="R-7F3QD", text="cortical defect?")
    said = say(said, About.SHAPE, frame=0, who="R-7F3QD", text="spike", leak=UPPER)
    said = say(said, About.KEY_IMAGE, frame=0, who="R-2222A")
    told = words_of(said.standing)
    for word in ("cortical defect?", "superior disc", "shape spike", "R-7F3QD", "R-2222A", "key image"):
        assert word in told
    assert told.count("R-7F3QD") == 1
