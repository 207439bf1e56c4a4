"""Words are added to what the file holds at that moment: two windows lose nothing of each other, undo is one's own."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from assistant.errors import EnvironmentError_
from assistant.review.annotations import SCHEMA_BY_NUMBER, About, LeakKey, Review, converted, read_review
from assistant.review.saying import redo, say, undo
from assistant.system.locking import alone_with
from tests.waiting import HUNG_S

WINDOW = """
import sys
from pathlib import Path
from assistant.review.annotations import About, read_review
from assistant.review.saying import say, undo
who = sys.argv[2]
review = read_review(Path(sys.argv[1]))
print("open", flush=True)
sys.stdin.readline()
for k in range(30):
    review = say(review, About.NOTE, frame=k, who=who, text=f"{who} {k}")
undo(review, who=who)
"""


@pytest.fixture
def review(tmp_path: Path) -> Review:
    return read_review(tmp_path / "review.json")


def test_undo_and_redo_are_entries_and_nothing_is_lost(review: Review) -> None:
    said = review
    for text in ("one", "two", "three"):
        said = say(said, About.NOTE, frame=0, who="a", text=text)
    said = undo(undo(said, who="a"), who="a")
    assert [entry.text for entry in said.standing] == ["one"]
    said = redo(said, who="a")
    assert [entry.text for entry in said.standing] == ["one", "two"]
    said = redo(said, who="a")
    assert [entry.text for entry in said.standing] == ["one", "two", "three"]
    assert redo(said, who="a") is said
    assert len(said.entries) == 7
    said = undo(said, who="a")
    assert [entry.text for entry in said.standing] == ["one", "two"]


def test_nothing_to_undo_changes_nothing(review: Review) -> None:
    assert undo(review, who="a") is review
    assert redo(review, who="a") is review
    assert not review.path.exists()


def test_two_windows_lose_nothing_of_each_other(review: Review) -> None:
    say(review, About.NOTE, frame=0, who="c", text="before")
    windows = [
        subprocess.Popen(
            [sys.executable, "-c", WINDOW, str(review.path), who],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for who in ("a", "b")
    ]
    for window in windows:
        assert window.stdout.readline() == "open\n"  # both have read the same review
    for window in windows:
        window.stdin.write("go\n")
        window.stdin.flush()
    for window in windows:
        window.communicate(timeout=HUNG_S)
        assert window.returncode == 0
    kept = read_review(review.path)
    assert [entry.number for entry in kept.entries] == list(range(1, 64))
    for who in ("a", "b"):
        assert [e.text for e in kept.standing if e.author == who] == [f"{who} {k}" for k in range(29)]
    assert [path.name for path in review.path.parent.iterdir()] == ["review.json"]


def test_undo_and_redo_are_of_ones_own_words(review: Review) -> None:
    mine = say(review, About.NOTE, frame=0, who="a", text="mine")
    say(mine, About.NOTE, frame=0, who="b", text="another's")
    gone = undo(mine, who="a")
    assert [entry.text for entry in gone.standing] == ["another's"]
    assert undo(gone, who="a") is gone
    say(gone, About.NOTE, frame=0, who="b", text="and more")
    again = redo(gone, who="a")
    assert [entry.text for entry in again.standing] == ["mine", "another's", "and more"]
    assert redo(again, who="b") is again


def test_what_was_found_for_a_word_of_version_1_stays_when_the_file_is_read_again(review: Review) -> None:
    review.path.write_text(
        f'{{"schema": "{SCHEMA_BY_NUMBER}", "entries": [{{"number": 1, "about": "yeom", "author": "a", '
        '"said_at": "", "frame": 3, "text": "B", "leak": 1}]}'
    )
    key = LeakKey("posterior", 40)
    said = say(converted(read_review(review.path), [key]), About.NOTE, frame=0, who="b", text="more")
    assert read_review(review.path) == said
    assert said.entries[0].key == key


def test_a_file_that_was_taken_away_is_written_whole(review: Review) -> None:
    said = say(review, About.NOTE, frame=0, who="a", text="one")
    review.path.unlink()
    say(said, About.NOTE, frame=0, who="a", text="two")
    assert [entry.text for entry in read_review(review.path).entries] == ["one", "two"]


def test_a_review_that_another_one_holds_is_told(review: Review, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("assistant.review.saying.alone_with", lambda path: alone_with(path, wait_s=0.05))
    with alone_with(review.path), pytest.raises(EnvironmentError_, match="another window writes this review"):
        say(review, About.NOTE, frame=0, who="a", text="lost")
    say(review, About.NOTE, frame=0, who="a", text="kept")


def test_a_file_that_was_put_back_to_an_earlier_day_and_written_on_loses_no_word(review: Review) -> None:
    first = say(review, About.NOTE, frame=0, who="a", text="one")
    earlier = review.path.read_bytes()
    known = say(
        undo(say(first, About.NOTE, frame=1, who="a", text="taken back"), who="a"), About.NOTE, frame=2, who="a"
    )
    review.path.write_bytes(earlier)
    say(read_review(review.path), About.NOTE, frame=3, who="b", text="another's")
    said = say(known, About.NOTE, frame=4, who="a", text="last")
    assert read_review(review.path) == said
    assert [entry.number for entry in said.entries] == list(range(1, 7))
    assert [(entry.author, entry.text) for entry in said.standing] == [
        *(("a", "one"), ("b", "another's"), ("a", ""), ("a", "last")),
    ]
    assert len(say(said, About.NOTE, frame=5, who="a", text="more").entries) == 7
