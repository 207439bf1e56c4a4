"""Which parts a session has: what begins a level, what is the same level, what has no lines."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from assistant.part import FOLDER, Part, read_part
from assistant.review.session_parts import write_parts
from assistant.review.session_reading import read_session_day
from tests.recorded_levels import Session, level_pictures, two_levels
from tests.small_run import plan_document


def parts(recording: Path) -> list[Part]:
    found = [read_part(folder) for folder, *_ in write_parts(recording)]
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


@pytest.mark.parametrize("half", ["no lines", "empty", "lines cut", "no part"])
def test_what_was_left_half_made_is_made_anew(tmp_path: Path, half: str) -> None:
    """The process that makes them was ended in the middle, or the power was cut."""
    recording = two_levels(tmp_path / "recorded")
    write_parts(recording)
    folder = recording / FOLDER / "2_L2"
    whole = {name: (folder / name).read_bytes() for name in ("part.json", "plan.json")}
    if half == "no lines":
        (folder / "plan.json").unlink()
    elif half == "no part":
        (folder / "part.json").unlink()
    else:
        (folder / {"empty": "part.json", "lines cut": "plan.json"}[half]).write_bytes(b"")
    write_parts(recording)
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == whole


def test_a_part_is_none_before_its_lines_lie_with_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    recording = two_levels(tmp_path / "recorded")
    moved: list[str] = []
    replace = os.replace

    def seen(made: Path, path: Path) -> None:
        moved.append(Path(path).name)
        replace(made, path)

    monkeypatch.setattr("assistant.system.files.os.replace", seen)
    write_parts(recording)
    assert moved == 2 * ["plan.json", "part.json"]


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


def work_at(made: Session, level: str, times: int, steps: int) -> None:
    made.film(level_pictures(4, times))
    made.set_plan(level, times)
    made.inject(steps)
    made.film(level_pictures(2, times))


def cement_of(recording: Path) -> list[float | None]:
    days = [read_session_day(folder) for folder, *_ in write_parts(recording)]
    return [day.levels[0].cement_ml for day in days if day is not None]


def test_each_part_of_a_level_that_is_taken_up_twice_has_what_was_entered_in_it(tmp_path: Path) -> None:
    made = Session(tmp_path / "twice")
    for number, (level, steps) in enumerate((("L1", 3), ("L2", 1), ("L1", 2), ("L2", 2), ("L1", 1))):
        if number:
            made.next_level()
        work_at(made, level, number % 2, steps)
    recording = made.end()
    assert cement_of(recording) == [0.6, 0.2, 0.4, 0.4, 0.2]
    whole = read_session_day(recording)
    assert whole is not None
    assert [(level.level, level.cement_ml) for level in whole.levels] == [("L1", 1.2), ("L2", 0.6)]


def test_what_is_entered_before_the_lines_of_a_level_stand_again_goes_on_from_what_is_in(tmp_path: Path) -> None:
    made = Session(tmp_path / "early")
    work_at(made, "L1", 0, 3)
    made.next_level()
    work_at(made, "L2", 1, 1)
    made.next_level()
    made.film(level_pictures(4, 0))
    made.say("ml", total_ml=0.2, level="")
    made.say("ml", total_ml=0.4, level="")
    made.film(level_pictures(2, 0))
    made.set_plan("L1", 0)
    made.say("ml", total_ml=1.2, level="L1")
    made.film(level_pictures(2, 0))
    recording = made.end()
    assert cement_of(recording) == [0.6, 0.2, 0.6]
    day = read_session_day(recording / FOLDER / "3_L1")
    assert day is not None
    assert [act.ml for act in day.levels[0].acts if act.ml is not None] == [0.8, 1.0, 1.2]


def test_what_is_taken_back_when_a_level_is_taken_up_again_was_entered_before(tmp_path: Path) -> None:
    made = Session(tmp_path / "taken")
    work_at(made, "L1", 0, 3)
    made.next_level()
    work_at(made, "L2", 1, 1)
    made.next_level()
    work_at(made, "L1", 0, 1)
    made.say("ml_back", total_ml=0.6, level="L1")
    made.say("ml_back", total_ml=0.4, level="L1")
    made.film(level_pictures(2, 0))
    assert cement_of(made.end()) == [0.4, 0.2, 0.0]


def say_plan(made: Session, level: str) -> None:
    """Lines are set, nothing is armed yet."""
    made.plans += 1
    made.say("plan_set", plan_number=made.plans, plan=plan_document(level=level, reference_frame=made.index))


def test_a_level_that_was_named_by_mistake_and_corrected_before_anything_was_done_is_none(tmp_path: Path) -> None:
    made = session(tmp_path / "mistake")
    say_plan(made, "L1")
    made.say("xray", number=1, seconds=1.0, level="L1")
    made.film(level_pictures(3, 0))
    work_at(made, "L2", 0, 1)
    recording = made.end()
    assert write_parts(recording) == ()
    day = read_session_day(recording)
    assert day is not None
    assert [(level.level, level.cement_ml, level.exposures) for level in day.levels] == [("L2", 0.2, 1)]


def test_a_level_named_by_mistake_at_the_next_one_leaves_the_one_of_that_name_as_it_was(tmp_path: Path) -> None:
    made = Session(tmp_path / "later")
    for at, level in enumerate(("L1", "L2")):
        work_at(made, level, at, 1)
        made.next_level()
    made.film(level_pictures(3, 0))
    say_plan(made, "L1")
    made.film(level_pictures(3, 0))
    work_at(made, "L3", 0, 2)
    recording = made.end()
    assert ranges(recording) == [("L1", 0, 6), ("L2", 6, 6), ("L3", 12, 12)]
    assert cement_of(recording) == [0.2, 0.2, 0.4]
