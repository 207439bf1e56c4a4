"""Which parts a session has: what begins a level, what is the same level, what has no lines."""

from __future__ import annotations

import json
from pathlib import Path

from assistant.part import FOLDER, Part, read_part
from assistant.review.session_parts import write_parts
from assistant.review.session_reading import read_session_day
from tests.recorded_levels import Session, level_pictures, two_levels


def parts(recording: Path) -> list[Part]:
    found = [read_part(folder) for folder, _ in write_parts(recording)]
    return [part for part in found if part is not None]


def ranges(recording: Path) -> list[tuple[str, int, int]]:
    return [(part.level, part.first_frame, part.frames) for part in parts(recording)]


def session(folder: Path) -> Session:
    made = Session(folder)
    made.film(level_pictures(4, 0))
    return made


def plan_in(recording: Path, name: str) -> dict[str, object]:
    view: dict[str, object] = json.loads((recording / FOLDER / name / "plan.json").read_text())["views"][0]
    return view


def test_each_level_has_its_last_plan_and_what_is_there_stays(tmp_path: Path) -> None:
    recording = two_levels(tmp_path / "recorded")
    assert ranges(recording) == [("L1", 0, 46), ("L2", 46, 40)]
    assert plan_in(recording, "1_L1")["mm_per_px"] == 0.4  # the lines of L1 were mended once
    plan = recording / FOLDER / "2_L2" / "plan.json"
    plan.write_text("{}")
    write_parts(recording)
    assert plan.read_text() == "{}"


def test_a_session_of_one_level_has_no_parts(tmp_path: Path) -> None:
    made = session(tmp_path / "one")
    made.set_plan("L1", 0)
    made.film(level_pictures(4, 0))
    made.next_level()  # at the end, before the window is closed
    made.film(level_pictures(2, 0))
    assert write_parts(made.end()) == ()
    assert not (tmp_path / "one" / FOLDER).exists()
    assert write_parts(tmp_path) == ()


def test_another_level_without_a_word_begins_where_its_lines_were_placed(tmp_path: Path) -> None:
    made = session(tmp_path / "silent")
    made.set_plan("L1", 0)
    made.film(level_pictures(6, 0))
    made.set_plan("L2", 1, back=3)
    made.film(level_pictures(4, 1))
    assert ranges(made.end()) == [("L1", 0, 6), ("L2", 6, 8)]


def test_next_level_pressed_and_the_same_level_again_is_no_other(tmp_path: Path) -> None:
    made = session(tmp_path / "same")
    made.set_plan("L1", 0)
    made.film(level_pictures(3, 0))
    made.next_level()
    made.film(level_pictures(3, 0))
    made.set_plan("L1", 0)
    made.inject(2)
    recording = made.end()
    assert write_parts(recording) == ()
    day = read_session_day(recording)
    assert day is not None
    assert [(level.level, level.cement_ml) for level in day.levels] == [("L1", 0.4)]


def test_a_level_that_is_taken_up_again_has_two_parts_each_with_its_own_lines_and_cement(tmp_path: Path) -> None:
    made = session(tmp_path / "back")
    made.set_plan("L1", 0)
    made.inject(3)
    made.film(level_pictures(4, 0))
    made.next_level()
    made.film(level_pictures(4, 1))
    made.set_plan("L2", 1)
    made.inject(1)
    made.film(level_pictures(3, 1))
    made.next_level()
    made.film(level_pictures(4, 0))
    made.set_plan("L1", 0, mm_per_px=0.41)
    made.film(level_pictures(2, 0))
    made.inject(2)
    recording = made.end()
    assert ranges(recording) == [("L1", 0, 8), ("L2", 8, 7), ("L1", 15, 6)]
    assert plan_in(recording, "1_L1")["mm_per_px"] == 0.4
    assert plan_in(recording, "3_L1")["mm_per_px"] == 0.41
    days = [read_session_day(recording / FOLDER / name) for name in ("1_L1", "2_L2", "3_L1")]
    assert [day.levels[0].cement_ml for day in days if day is not None] == [0.6, 0.2, 0.4]
    assert [day.levels[0].exposures for day in days if day is not None] == [1, 1, 1]
    whole = read_session_day(recording)
    assert whole is not None
    assert [(level.level, level.cement_ml) for level in whole.levels] == [("L1", 1.0), ("L2", 0.2)]
    assert sum(len(day.levels[0].acts) for day in days if day is not None) == len(whole.acts)


def test_a_level_that_was_never_given_lines_is_there_without_a_plan(tmp_path: Path) -> None:
    made = session(tmp_path / "blind")
    made.set_plan("L1", 0)
    made.inject(1)
    made.film(level_pictures(4, 0))
    made.next_level()
    made.film(level_pictures(4, 1))
    made.inject(2)
    made.film(level_pictures(2, 1))
    recording = made.end()
    assert ranges(recording) == [("L1", 0, 8), ("", 8, 6)]
    assert not (recording / FOLDER / "2" / "plan.json").exists()
    day = read_session_day(recording / FOLDER / "2")
    assert day is not None
    assert (day.levels[0].level, day.levels[0].cement_ml, day.levels[0].plan) == ("", 0.4, None)
