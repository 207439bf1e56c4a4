"""A reviewer's words travel: said in review, imported, packed, unpacked elsewhere, found, asked for in training."""

from __future__ import annotations

import json
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from PyQt6.QtCore import Qt

from assistant.cli import main
from assistant.identity import is_id
from assistant.library.search import search
from assistant.library.store import Library
from assistant.review.annotations import About, read_review
from assistant.settings.tree import AlarmSettings
from assistant.training.archive import keep_clip, result_of
from assistant.training.run_outcome import read_run_outcome
from assistant.training.trainer import Trainer
from tests.small_run import SmallRun, write_small_run
from tests.waiting import HUNG_S
from ui.review import review_words
from ui.review.page import ReviewPage

K = Qt.Key
NOTE = "Zementdorn hinten"


def label(qtbot, page: ReviewPage, run: Path) -> None:
    """By keys and touch: the program's leak is at the upper disc, one more at the lower disc, a note, a key image."""
    assert page.open(str(run), None), page.note.text()
    page.playing = False
    qtbot.waitUntil(lambda: page.session is not None and page.session.ended)
    page.jump(40)
    qtbot.keyClick(page, K.Key_S)
    qtbot.keyClick(page, K.Key_N)
    qtbot.keyClicks(page.correct.note, NOTE)
    qtbot.keyClick(page.correct.note, K.Key_Return)
    assert page.correct.leak.count() >= 2, "the small run leaks"
    page.correct.leak.setCurrentIndex(0)
    page.correct.shape.setCurrentText("spike")
    page.correct.site.setCurrentText("superior disc")
    page.correct._keep()
    page.correct.leak.setCurrentIndex(page.correct.leak.count() - 1)
    page.correct.site.setCurrentText("inferior disc")
    page.correct._keep()


def test_labels_go_from_the_review_through_a_pack_into_training(
    qtbot, review: ReviewPage, tmp_path: Path, capsys, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = write_small_run(tmp_path / "Mueller", 46).folder
    label(qtbot, review, run)
    review.close_session()
    said = read_review(run / "review.json").standing
    assert {entry.author for entry in said} == {said[0].author}
    assert is_id("people", said[0].author)  # a person of the library, not the account of the computer
    leak = next(entry for entry in said if entry.about is About.LEAK_SITE)
    assert (leak.site, leak.leak) == ("posterior", None)
    assert leak.first_frame is not None

    assert main(["import", str(run)]) == 0
    case = capsys.readouterr().out.rpartition(": ")[2].strip()
    with Library() as library:
        assert [found["id"] for found in search(library, "zementd hinten").cases] == [case]
        (row,) = library.rows("runs")
        kept = read_review(Path(row["path"]) / "review.json").standing
    assert kept == said

    pack = tmp_path / "one.fluopack.zip"
    order = ["pack", case, "--out", str(pack), "--names-looked-for", "--with-notes", "--shift-days", "-9"]
    assert main(order) == 0
    monkeypatch.setenv("FLUORO_ASSISTANT_HOME", str(tmp_path / "elsewhere"))
    assert main(["unpack", str(pack)]) == 0
    with Library() as library:
        (found,) = search(library, "zementd").cases
        assert search(library, "spike").total == 1
        (row,) = library.rows("runs")
        there = read_review(Path(row["path"]) / "review.json").standing
        about = [(one.about, one.site, one.first_frame, one.text, one.author, one.frame) for one in said]
        assert about == [(one.about, one.site, one.first_frame, one.text, one.author, one.frame) for one in there]
        assert found["id"] == row["case_id"] == case  # the same case on every machine
        ending = read_run_outcome(Path(row["path"]), result_of(row))
        leaks = [(one.direction, one.shape) for one in ending.reached if one.what == "leak"]
        assert ("superior disc", "spike") in leaks
        assert ("inferior disc", "") in leaks
        assert "posterior" not in [direction for direction, _ in leaks]
        assert ending.labelled_by == (said[0].author,)
        desk = Trainer(library)
        clip = desk.clip(keep_clip(desk, row, ending, AlarmSettings()))
        assert clip is not None
        assert set(clip.facts.leak_sites) == {"superior disc", "inferior disc"}
        assert clip.facts.shape == "spike"


def test_without_consent_no_note_leaves_and_no_account_is_named(tmp_path: Path, capsys) -> None:
    run = write_small_run(tmp_path / "a", 20).folder
    entry = {"number": 1, "about": "note", "author": "hans.mueller", "said_at": "2026-01-02T03:04:05", "frame": 3}
    entries = [
        {**entry, "text": NOTE},
        {**entry, "number": 2, "about": "leak_site", "text": "anterior", "site": "anterior", "first_frame": 3},
    ]
    (run / "review.json").write_text(json.dumps({"schema": "fluoro-assistant/review/2", "entries": entries}))
    assert main(["import", str(run), "--no-analysis"]) == 0
    case = capsys.readouterr().out.rpartition(": ")[2].strip()
    pack = tmp_path / "one.fluopack.zip"
    assert main(["pack", case, "--out", str(pack), "--names-looked-for"]) == 0
    for word in (b"Zement", b"mueller", b"2026-01-0"):
        with zipfile.ZipFile(pack) as members:
            assert not [name for name in members.namelist() if word in members.read(name)]
            (name,) = [name for name in members.namelist() if name.endswith("review.json")]
            (left,) = json.loads(members.read(name))["entries"]
    assert (left["author"], left["site"], left["said_at"]) == ("reviewer 1", "anterior", "")


def test_a_run_is_the_same_run_after_it_was_reviewed(tmp_path: Path, capsys) -> None:
    run = write_small_run(tmp_path / "a", 8).folder
    assert main(["import", str(run), "--no-analysis"]) == 0
    (run / "review.json").write_text(json.dumps({"schema": "fluoro-assistant/review/2", "entries": []}))
    assert main(["import", str(run), "--no-analysis"]) != 0
    assert "is in the library already" in capsys.readouterr().err


def test_words_about_a_film_go_along(tmp_path: Path, capsys) -> None:
    film = write_small_run(tmp_path / "a", 8).video
    entry = {"number": 1, "about": "note", "author": "R-7F3QD", "said_at": "", "frame": 3, "text": NOTE}
    said = json.dumps({"schema": "fluoro-assistant/review/2", "entries": [entry]})
    film.with_name("run.mkv.review.json").write_text(said)
    assert main(["import", str(film), "--no-analysis"]) == 0
    with Library() as library:
        assert search(library, "Zementdorn").total == 1
        (row,) = library.rows("runs")
        assert read_review(Path(row["path"]) / "review.json").standing[0].text == NOTE


ANOTHER_WINDOW = """
import sys
from pathlib import Path
from assistant.review.annotations import About, read_review
from assistant.review.saying import say
say(read_review(Path(sys.argv[1])), About.NOTE, frame=5, who="R-2222222", text="said elsewhere")
"""


def test_what_is_said_in_another_window_stays_and_is_not_mine_to_take_back(
    qtbot, review: ReviewPage, run: SmallRun
) -> None:
    assert review.open(str(run.folder), str(run.plan)), review.note.text()
    review.playing = False
    review.jump(3)
    place = run.folder / "review.json"
    qtbot.keyClick(review, K.Key_S)
    subprocess.run([sys.executable, "-c", ANOTHER_WINDOW, str(place)], check=True, timeout=HUNG_S)
    qtbot.keyClick(review, K.Key_N)
    qtbot.keyClicks(review.correct.note, "said here")
    qtbot.keyClick(review.correct.note, K.Key_Return)
    about = [(entry.about, entry.text) for entry in read_review(place).standing]
    assert about == [(About.KEY_IMAGE, ""), (About.NOTE, "said elsewhere"), (About.NOTE, "said here")]
    rows = [(row.title, row.frame) for row in review.events.rows()]
    assert (review_words.NOTE_MARK, 5) in rows  # and it is seen here from now on
    for _ in range(2):
        qtbot.keyClick(review, K.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert [entry.text for entry in read_review(place).standing] == ["said elsewhere"]
    assert review.note.text() != review_words.NONE_OF_YOURS
    qtbot.keyClick(review, K.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert [entry.text for entry in read_review(place).standing] == ["said elsewhere"]
    assert review.note.text() == review_words.NONE_OF_YOURS
