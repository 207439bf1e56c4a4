"""Lines that are confirmed late, with cement in the reference frame: it is asked about, and the answer is kept."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest
from PyQt6.QtCore import QElapsedTimer, Qt

from assistant.live.plan_store import plan_left
from assistant.plan import read_plan
from assistant.review.stored import read_analysed
from assistant.settings.file import default_settings
from assistant.settings.tree import Settings
from assistant.vocabulary import Distances, Unknown
from tests.journeys.room import Room
from tests.journeys.test_console_display import analyze, mirrored
from tests.journeys.test_console_display_live import drawn_texts, press, touch
from tests.small_run import COLS, pictures, plan_document
from tests.waiting import wait_until
from ui.theatre.answers import AnswerFields
from ui.widgets.keycap import Keycap

K = Qt.Key
LATE = 48
MAIN = ("posterior_wall", "warning_line", "superior_endplate", "inferior_endplate", "anterior_wall")


@pytest.mark.parametrize(("key", "answer"), [(K.Key_Y, True), (K.Key_E, False)], ids=["yes", "no"])
def test_in_the_theatre_it_is_asked_and_the_plan_keeps_the_answer(
    qtbot: Any, monkeypatch: pytest.MonkeyPatch, key: Qt.Key, answer: bool
) -> None:
    made = pictures(72)
    room = Room(qtbot, monkeypatch)
    room.set_up(plan_document(reference_frame=0), [made[LATE]])
    for grey in made[LATE : LATE + 8]:
        room.show(grey)
    assert any("Cement before the start? Y: yes. E: no." in action for _, action in room.bar)
    press(room, key)
    for grey in made[LATE + 8 : LATE + 16]:
        room.show(grey)
    assert "Cement before the start?" not in room.bar[-1][1]
    folder = room.session.folder
    log = room.end()
    (event,) = [one for one in log if one["kind"] == "cement_before"]
    assert event["data"]["is_there"] is answer
    kept = json.loads((folder / "plan.json").read_text(encoding="utf-8"))
    assert [view["cement_before"] for view in kept["views"]] == [answer]
    left = plan_left(log, Settings().alarms.warning_lines)
    assert isinstance(left, tuple)
    assert left[0].document == kept, "a session that goes on does not ask again"


def test_what_stood_before_the_reference_frame_is_unknown_with_a_reason_and_not_0(tmp_path: Path) -> None:
    """A film whose lines are marked late: until then nobody has looked for cement."""
    folder = tmp_path / "run"
    _, rows = analyze(folder, list(pictures(72)), **plan_document(reference_frame=LATE))
    early = [row for row in rows[:LATE] if row["registration_ok"] == "1"]
    assert len(early) > LATE // 2
    assert {row["cement_area_mm2"] for row in early} == {""}
    assert {row["reason"] for row in early if row["state"] == "live"} == {
        "before the reference frame: cement is not looked for yet"
    }
    assert all(float(row["cement_area_mm2"]) > 0 for row in rows[LATE + 8 :])
    settings = default_settings()
    moments = read_analysed(folder / "out", read_plan(folder / "plan.json", settings.alarms.warning_lines), (), ())
    assert all(isinstance(moment.distances, Unknown) for moment in moments[:LATE]), "and so in the review"


def test_an_answer_that_cannot_be_written_is_told(qtbot: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    made, room = pictures(72), Room(qtbot, monkeypatch)
    room.set_up(plan_document(reference_frame=0), [made[LATE]])
    for grey in made[LATE : LATE + 8]:
        room.show(grey)
    path = room.session.folder / "plan.json"
    path.unlink()
    path.mkdir()
    press(room, K.Key_E)
    assert room.page.display.note.startswith("Noted: no cement before the start.\nNot on the disk: plan.json")
    press(room, K.Key_Y)
    assert room.page.display.note.startswith("Cement before the start is in no figure: place the lines anew")
    assert "Not on the disk: plan.json" in room.page.display.note
    room.end()


def asked_about(qtbot: Any, monkeypatch: pytest.MonkeyPatch, size: tuple[int, int]) -> tuple[list[Any], Room]:
    """The pictures, and a room of this size in which lines were placed late, so that the question stands."""
    made, room = list(pictures(72)), Room(qtbot, monkeypatch)
    room.page.resize(*size)
    room.page.show()
    room.set_up(plan_document(reference_frame=0), [made[LATE]])
    for grey in made[LATE : LATE + 6]:
        room.show(grey)
    return made, room


@pytest.mark.parametrize("size", [(1920, 1080), (1280, 1024)])
def test_a_wrong_touch_is_taken_back_while_the_lines_stand(
    qtbot: Any, monkeypatch: pytest.MonkeyPatch, size: tuple[int, int]
) -> None:
    made, room = asked_about(qtbot, monkeypatch, size)
    answers = room.page.display.answers
    places = [cap.mapTo(room.page, cap.rect().center()) for cap in shown(answers)]
    touch(answers.caps["none before"])
    room.tick()
    assert "Cement before the start?" not in room.bar[-1][1]
    assert [(cap.act, cap.is_strong) for cap in shown(answers)] == [("cement before", False), ("none before", True)]
    assert [cap.mapTo(room.page, cap.rect().center()) for cap in shown(answers)] == places, "nothing moves"
    room.start_analysis_again()
    room.session.confirm_lines()
    for grey in made[LATE + 6 : LATE + 10]:
        room.show(grey)
    monkeypatch.setattr(room.page.display, "note", "")
    room.page.refresh()
    assert [cap.mapTo(room.page, cap.rect().center()) for cap in shown(answers)] == places
    touch(answers.caps["cement before"])
    assert "is in no figure" in room.page.display.note
    for grey in made[LATE + 10 : LATE + 16]:
        room.show(grey)
    assert [cap.act for cap in shown(answers) if cap.is_strong] == ["cement before"]
    room.page.pictures.toggle_bare()
    room.page.refresh()
    assert not shown(answers), "what nobody asks covers no picture"
    folder = room.session.folder
    log = room.end()
    assert [one["data"]["is_there"] for one in log if one["kind"] == "cement_before"] == [False, True]
    kept = json.loads((folder / "plan.json").read_text(encoding="utf-8"))
    assert [view["cement_before"] for view in kept["views"]] == [True]
    left = plan_left(log, Settings().alarms.warning_lines)
    assert isinstance(left, tuple)
    assert left[0].document == kept


@pytest.mark.parametrize("size", [(1920, 1080), (1280, 1024)])
def test_no_field_without_its_question_and_each_message_is_whole(
    qtbot: Any, monkeypatch: pytest.MonkeyPatch, size: tuple[int, int]
) -> None:
    _, room = asked_about(qtbot, monkeypatch, size)
    display = room.page.display
    for _ in range(2):
        room.page.refresh()
        assert "Cement before the start?" in drawn_texts(monkeypatch, display.answers)
        room.page.pictures.toggle_bare()
    (room.session.folder / "plan.json").unlink()
    (room.session.folder / "plan.json").mkdir()
    press(room, K.Key_Y)
    for turn, line in enumerate(display.note.split("\n")):
        display._note_age = Later(8.0 * turn + 0.1)
        room.page.refresh()
        assert drawn_texts(monkeypatch, display.legend) == [line]
    display._note_age = Later(16.1)
    room.page.refresh()
    assert "wall" in drawn_texts(monkeypatch, display.legend)
    room.end()


class Later(QElapsedTimer):
    """Some seconds on."""

    def __init__(self, seconds: float) -> None:
        super().__init__()
        self.seconds = seconds

    def elapsed(self) -> int:
        return round(1000 * self.seconds)


def shown(answers: AnswerFields) -> list[Keycap]:
    return [cap for cap in answers.caps.values() if cap.isVisibleTo(answers.window())]


def test_only_the_view_that_was_asked_about_is_answered(qtbot: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """The other one was planned before the cement: of that nobody has said anything."""
    made = pictures(72)
    late = plan_document(reference_frame=0)
    early = late["views"][0] | {"view": "ap"}
    early["landmarks"] = {
        name: [[COLS - 1 - x, y] for x, y in reversed(points)] for name, points in early["landmarks"].items()
    }
    room = Room(qtbot, monkeypatch)
    room.set_up(late | {"views": [early, *late["views"]]}, [mirrored(made[2]), made[LATE]])
    for grey in made[LATE : LATE + 4]:
        room.show(grey)
    assert any("Cement before the start?" in action for _, action in room.bar)
    press(room, K.Key_Y)
    folder = room.session.folder
    room.end()
    kept = json.loads((folder / "plan.json").read_text(encoding="utf-8"))
    assert [view.get("cement_before") for view in kept["views"]] == [None, True]


def test_lines_confirmed_in_time_ask_nothing(qtbot: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    made = pictures(72)
    room = Room(qtbot, monkeypatch)
    room.set_up(plan_document(reference_frame=0), [made[2]])
    for grey in made[3:50]:
        room.show(grey)
    assert not any("before the start" in action for _, action in room.bar)
    press(room, K.Key_Y)
    assert "Nobody asked" in room.page.display.note
    assert all(one["kind"] != "cement_before" for one in room.end())


def test_on_the_command_line_it_is_a_note_until_the_plan_answers(tmp_path: Path) -> None:
    made = list(pictures(72))[LATE:]
    asked, _ = analyze(tmp_path / "asked", made)
    assert any("Cement before the start?" in note for note in asked["run"]["notes"])
    view = plan_document()["views"][0]
    for answer, words in ((True, "A person said that cement stood"), (False, "")):
        said, _ = analyze(tmp_path / str(answer), made, views=[view | {"cement_before": answer}])
        notes = [note for note in said["run"]["notes"] if "before the start" in note]
        assert len(notes) == bool(words)
        assert all(note.startswith(words) for note in notes)
    early, _ = analyze(tmp_path / "early", list(pictures(72))[:20])
    assert not any("before the start" in note for note in early["run"]["notes"])


def test_pictures_from_before_the_reference_frame_tell_it_and_it_is_counted(tmp_path: Path) -> None:
    """Lines marked late in a recorded run: until a person says no, cement is held against the pictures before it."""
    made = list(pictures(72))
    early, rows_early = analyze(tmp_path / "early", made)
    late = plan_document(reference_frame=LATE)["views"][0]
    asked, rows = analyze(tmp_path / "late", made, views=[late])
    assert any("it is counted as cement" in note for note in asked["run"]["notes"])
    assert not any("before the start" in note for note in early["run"]["notes"])
    assert not any(float(row["cement_area_mm2"] or 0) for row in rows[:LATE])
    for row, known in zip(rows[LATE + 4 :], rows_early[LATE + 4 :], strict=True):
        if row["cement_area_mm2"] and known["cement_area_mm2"]:
            assert float(row["cement_area_mm2"]) == pytest.approx(float(known["cement_area_mm2"]), rel=0.2, abs=4.0)
    said, _ = analyze(tmp_path / "yes", made, views=[late | {"cement_before": True}])
    assert any("it is counted, against pictures" in note for note in said["run"]["notes"])
    denied, rows = analyze(tmp_path / "no", made, views=[late | {"cement_before": False}])
    assert not any("before the start" in note for note in denied["run"]["notes"])
    assert float(rows[LATE]["cement_area_mm2"] or 0) < 4.0


def measured(moment: Any) -> dict[str, float]:
    """The lengths to the lines that are known of a moment of the theatre."""
    if not isinstance(moment.distances, Distances):
        return {}
    return {line.value: mm for line, mm in moment.distances.mm.items() if not isinstance(mm, Unknown)}


def late(qtbot: Any, monkeypatch: pytest.MonkeyPatch, made: list[Any], size: tuple[int, int]) -> Room:
    """X-ray is on from before the cement; lines are placed on a picture with cement, and confirmed."""
    room = Room(qtbot, monkeypatch)
    room.page.resize(*size)
    room.page.show()
    for grey in made[: LATE + 1]:
        room.show(grey)
    room.session.set_plan(plan_document(reference_frame=LATE), [made[LATE]])
    room.obey()
    room.tick()
    room.session.confirm_lines()
    room.tick()
    return room


@pytest.mark.parametrize("size", [(1920, 1080), (1280, 1024)])
def test_in_the_theatre_earlier_pictures_tell_it_as_in_a_replay(
    qtbot: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, size: tuple[int, int]
) -> None:
    """Y, E and Y again: it is counted, it is not, and it is again, as far from the lines as a replay says."""
    made = list(pictures(72))
    room = late(qtbot, monkeypatch, made, size)
    figures: dict[int, dict[str, float]] = {}

    def show(first: int, end: int) -> None:
        for k in range(first, end):
            room.show(made[k])
            wait_until(lambda: not room.analysis.looks_back, room.analysis.step)
            figures[k] = measured(room.session.status.moment)

    show(LATE + 1, LATE + 8)
    assert any("Cement before the start? Y: yes. E: no." in action for _, action in room.bar)
    if folder := os.environ.get("FLUORO_SHOTS"):
        room.page.grab().save(f"{folder}/asked_{size[0]}.png")
    press(room, K.Key_Y)
    assert "is counted, against pictures from before the lines" in room.page.display.note
    show(LATE + 8, LATE + 12)
    if folder:
        room.page.grab().save(f"{folder}/counted_{size[0]}.png")
    press(room, K.Key_E)
    show(LATE + 12, LATE + 16)
    assert not figures[LATE + 13] or min(figures[LATE + 13].values()) > min(figures[LATE + 11].values()) + 0.5
    press(room, K.Key_Y)
    assert "is counted, against pictures from before the lines" in room.page.display.note
    show(LATE + 16, 72)
    room.end()
    view = plan_document(reference_frame=LATE)["views"][0] | {"cement_before": True}
    _, rows = analyze(tmp_path / "replay", made, views=[view])
    # A replay has seen two pictures more: the first ones after it differ by a pixel at a front that moves.
    for k in (*range(LATE + 8, LATE + 12), *range(LATE + 22, 72)):
        assert figures[k], k
        for line in MAIN:
            assert figures[k][line] == pytest.approx(float(rows[k][f"{line}_mm"]), abs=0.3), (k, line)
