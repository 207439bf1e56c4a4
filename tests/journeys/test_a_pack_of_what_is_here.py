"""A pack of what is here already is joined, and a level without pictures travels: by commands, on three machines."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pytest

from assistant.cli import main
from assistant.identity import random_id
from assistant.library.labels import review_of
from assistant.library.search import search
from assistant.library.session_rows import NO_PICTURES
from assistant.library.store import Library
from assistant.review.annotations import About, LeakKey, read_review
from assistant.review.saying import say, undo
from assistant.review.session_reading import read_session_day
from assistant.system.places import data_home
from tests.recorded_levels import FIRST, two_levels
from tests.small_run import write_small_run

KEPT = (
    *("id", "case_id", "session_id", "state", "frames", "duration_s", "told_high", "told_medium", "acknowledged"),
    *("xray_s", "exposures", "rehearsal", "recording_said", "width_px", "height_px"),
)
SUMS = ("cement_ml", "told_high", "told_medium", "acknowledged", "xray_s", "exposures", "duration_s")


def held() -> tuple[dict[str, Any], list[dict[str, Any]], list[dict[str, Any]]]:
    """The one case of the library, its runs and its levels."""
    with Library() as library:
        (case,) = library.rows("cases")
        return case, library.rows("runs"), library.rows("levels")


def some(row: dict[str, Any], names: tuple[str, ...]) -> dict[str, Any]:
    """Columns of a row; a pack's pictures have whole milliseconds."""
    return {name: round(row[name], 2) if isinstance(row[name], float) else row[name] for name in names}


def brought_in(recording: Path, capsys: pytest.CaptureFixture[str]) -> str:
    assert main(["import", str(recording), "--stay", "--no-analysis"]) == 0
    return capsys.readouterr().out.rpartition(": ")[2].strip()


def packed(case_id: str, pack: Path) -> Path:
    assert main(["pack", case_id, "--out", str(pack), "--names-looked-for", "--with-notes"]) == 0
    return pack


@pytest.fixture
def recording(tmp_path: Path) -> Path:
    """Two levels were worked on; the disk took the pictures of the first one alone."""
    return two_levels(data_home() / "live" / "2026-11-30", recorded=FIRST)


def test_a_level_without_pictures_travels_with_its_figures_and_ids(
    recording: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    case_id = brought_in(recording, capsys)
    case, runs, levels = held()
    assert [run["state"] for run in runs] == ["waiting", NO_PICTURES]
    assert runs[1]["told_high"] == 1
    pack = packed(case_id, tmp_path / "case.fluopack.zip")
    for home in ("elsewhere", "a third"):  # packed anew there: nothing is lost on the second way either
        monkeypatch.setenv("FLUORO_ASSISTANT_HOME", str(tmp_path / home))
        assert main(["unpack", str(pack)]) == 0
        there, its_runs, its_levels = held()
        assert there["id"] == case_id
        assert some(there, SUMS) == some(case, SUMS)
        assert [some(run, KEPT) for run in its_runs] == [some(run, KEPT) for run in runs]
        names = ("id", "level", "cement_ml", "xray_s", "exposures", "day_said")
        assert [[one[name] for name in names] for one in its_levels] == [
            [one[name] for name in names] for one in levels
        ]
        day = read_session_day(Path(its_runs[1]["path"]))
        assert day is not None
        assert (day.levels[0].level, day.levels[0].cement_ml) == ("L2", pytest.approx(0.4))
        pack = packed(case_id, tmp_path / f"{home}.fluopack.zip")
    # The recording itself, brought there later, is the same.
    capsys.readouterr()
    assert main(["import", str(recording), "--stay", "--no-analysis"]) == 3
    assert f"is in the library already, as case {case_id}" in capsys.readouterr().err


def test_a_pack_of_a_session_that_is_here_is_joined_and_its_labels_are_added(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    home = data_home()
    recording = two_levels(home / "live" / "2026-11-30")
    case_id = brought_in(recording, capsys)
    pack = packed(case_id, tmp_path / "case.fluopack.zip")
    # Another machine that was given the recording itself: its second level has an id that was drawn there.
    third = tmp_path / "a third"
    its_own = shutil.copytree(recording, third / "live" / "2026-11-30", ignore=shutil.ignore_patterns("levels"))
    monkeypatch.setenv("FLUORO_ASSISTANT_HOME", str(third))
    assert brought_in(its_own, capsys) == case_id

    monkeypatch.setenv("FLUORO_ASSISTANT_HOME", str(tmp_path / "elsewhere"))
    assert main(["unpack", str(pack)]) == 0
    who = random_id("people")
    for at, run in enumerate(held()[1]):  # a reviewer labels both levels there
        frame = (30, FIRST + 20)[at]
        review = review_of(Path(run["path"]), None, run["id"])
        leak = LeakKey("superior_disc", frame)
        review = say(review, About.SHAPE, frame=frame, who=who, text=("spike", "round")[at], leak=leak)
        say(review, About.NOTE, frame=frame, who=who, text="Zementdorn")
    back = packed(case_id, tmp_path / "back.fluopack.zip")

    for machine in (home, third):
        monkeypatch.setenv("FLUORO_ASSISTANT_HOME", str(machine))
        before = held()
        session = before[1][0]["session_id"]
        capsys.readouterr()
        assert main(["unpack", str(back)]) == 0
        told = capsys.readouterr()
        assert told.out == f"{case_id}\n"
        assert f"session {session} is here already as case {case_id}; 4 words of reviewers added" in told.err
        same_but_words(before, held())
        words_arrived(who)
        # Once more: nothing is new. Taken back here, a word does not come again.
        _, (run, _), _ = held()
        review = undo(review_of(Path(run["path"]), None, run["id"]), who=who)
        assert len(review.standing) == 1
        assert main(["unpack", str(back)]) == 0
        assert "no word of reviewers in it is new" in capsys.readouterr().err
        assert len(review_of(Path(run["path"]), None, run["id"]).standing) == 1


def same_but_words(before: Any, after: Any) -> None:
    """Nothing was counted twice and no id is another."""
    for was, now in zip(before[1], after[1], strict=True):
        assert {**now, "reviewed": ""} == {**was, "reviewed": ""}
    assert before[0] == after[0]
    assert before[2] == after[2]


def words_arrived(who: str) -> None:
    """At the run of each level, and in the search."""
    for run, text, frame in zip(held()[1], ("spike", "round"), (30, FIRST + 20), strict=True):
        said = review_of(Path(run["path"]), None, run["id"]).standing
        assert [(one.about, one.text, one.author, one.frame) for one in said] == [
            (About.SHAPE, text, who, frame),
            (About.NOTE, "Zementdorn", who, frame),
        ]
    with Library() as library:
        assert search(library, "zementdorn").total == 1


def test_a_word_against_one_that_stands_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    run = write_small_run(tmp_path / "a", 8).folder
    leak = LeakKey("superior_disc", 5)
    say(read_review(run / "review.json"), About.SHAPE, frame=5, who=random_id("people"), text="spike", leak=leak)
    case_id = brought_in(run, capsys)
    pack = packed(case_id, tmp_path / "case.fluopack.zip")
    monkeypatch.setenv("FLUORO_ASSISTANT_HOME", str(tmp_path / "elsewhere"))
    assert main(["unpack", str(pack)]) == 0
    (row,) = held()[1]
    say(review_of(Path(row["path"])), About.SHAPE, frame=5, who=random_id("people"), text="round", leak=leak)
    assert main(["unpack", str(pack)]) == 0
    assert "no word of reviewers in it is new" in capsys.readouterr().err
    back = packed(case_id, tmp_path / "back.fluopack.zip")
    monkeypatch.setenv("FLUORO_ASSISTANT_HOME", str(tmp_path / "third"))
    assert main(["unpack", str(pack)]) == 0
    assert main(["unpack", str(back)]) == 0
    told = "1 word of reviewers added, 1 of them against what stood: look at them in the review"
    assert told in capsys.readouterr().err
