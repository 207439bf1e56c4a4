"""A whole day, by keys and files only (`make journeys`): rehearsal, procedure, case, review, label, training, pack, and
the same on another machine.

What is known in one room is known in the next: the same figures under the same id, on every page and in every file.
"""

from __future__ import annotations

import csv
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from PyQt6.QtPdf import QPdfDocument

from assistant.review.counting import COUNTED
from assistant.setup.model import Step
from assistant.system.places import data_home
from tests.journeys.hands import NONE, SHIFT
from tests.journeys.network_camera import NetworkCamera
from tests.journeys.person import K, Person
from tests.small_run import INFERIOR, SUPERIOR, pictures, write_small_run
from ui.training.view import ASKING, FEEDBACK, OVERVIEW, WELCOME

_WATCHED_FRAMES = 60


def place_points(person: Person) -> None:
    """The six points by arrows, each confirmed."""
    view = person.page("theatre").setup.state.setup.view
    for number, target in enumerate([*SUPERIOR, *INFERIOR]):
        person.until(lambda: view.points[view.active].at is not None)
        assert view.active == number
        for axis, (less, more) in enumerate(((K.Key_Left, K.Key_Right), (K.Key_Up, K.Key_Down))):
            for _ in range(80):
                off = round(target[axis] - view.points[number].at[axis])
                if off == 0:
                    break
                person.press(more if off > 0 else less, modifiers=SHIFT if abs(off) >= 10 else NONE)
        person.press(K.Key_Return)


def set_up(person: Person, *, proposed: bool) -> Any:
    """From the source to armed; gives the theatre page."""
    theatre = person.page("theatre")
    person.until(lambda: theatre.setup.state.step is Step.ORIENTATION)
    # Nobody is as fast as a test: the picture is watched for some seconds before a still one is taken of it.
    person.until(lambda: proposed or (theatre.session.status.frame_index or 0) >= _WATCHED_FRAMES)
    person.press(K.Key_Y, K.Key_Return)
    person.until(lambda: theatre.setup.state.step is Step.POINTS)
    if proposed:
        person.press(*[K.Key_Return] * 6, K.Key_Return)  # the plan beside the recording, point by point, and its scale
    else:
        place_points(person)
        assert theatre.setup.state.step is Step.SCALE
        person.press(K.Key_0, K.Key_Period, K.Key_4, K.Key_Return)
    person.press(K.Key_T, K.Key_Return)
    person.until(lambda: theatre.session.status.armed and theatre.session.status.moment is not None)
    return theatre


def end_injecting(person: Person) -> None:
    """`I` held for a second."""
    theatre = person.page("theatre")
    person.hold(K.Key_I, lambda: not theatre.session.status.armed)


def rehearse(qtbot: Any, run: Path) -> Path:
    """In the morning, with a recording played as if it were live; gives the session's folder."""
    person = Person(qtbot, "theatre", f"loop:{run}")
    theatre = set_up(person, proposed=True)
    person.press(K.Key_Plus)
    person.look("1_rehearsal")
    end_injecting(person)
    folder: Path = theatre.session.folder
    person.leave()
    return folder


def operate(qtbot: Any) -> Path:
    """The procedure, on a camera; gives the session's folder."""
    run = pictures(150)
    with NetworkCamera(run[:24:6], run[24:]) as camera:
        person = Person(qtbot, "theatre", camera.address)
        theatre = set_up(person, proposed=False)

        def stands(code: str) -> bool:
            return any(alarm.code == code for alarm in theatre.session.status.alarms)

        person.press(K.Key_C, K.Key_Plus, K.Key_Plus)
        camera.inject()
        person.press(K.Key_X, K.Key_Plus, K.Key_Minus)
        person.until(lambda: stands("A4") or stands("A1"))
        person.press(K.Key_Space, K.Key_S, K.Key_B, K.Key_M)
        person.until(lambda: stands("A1"))
        person.press(K.Key_Space)
        person.look("2_theatre_alarm")
        end_injecting(person)
        folder: Path = theatre.session.folder
        person.leave()
    return folder


@dataclass(frozen=True, kw_only=True)
class Seen:
    """What one machine says of the case, on its pages and in its files."""

    card: tuple[tuple[str, str], ...]
    header: str
    rows: tuple[tuple[int, str, str, str], ...]
    table: tuple[tuple[str, ...], ...]
    report: str
    run_id: str


def choose(person: Person, case_id: str) -> Any:
    """Search a case on the page of cases; gives the page."""
    cases = person.page("cases")
    person.press(K.Key_Slash)
    person.write(case_id)
    person.press(K.Key_Return)
    person.until(lambda: cases.controller.found.chosen == case_id)
    return cases


def look_at_the_case(person: Person, case_id: str, where: str) -> Seen:
    """Its card, its review, its report and its tables, by keys."""
    cases = choose(person, case_id)
    person.look(f"3_case_{where}")
    card = tuple((name.text(), value.text()) for name, value in cases.card._lines if name.isVisibleTo(cases.card))
    person.press(K.Key_Return)
    review = person.page("review")
    person.until(lambda: review.session is not None and review.session.ended and review.session.day is not None)
    person.press(K.Key_Space, K.Key_Home)
    for key in (K.Key_R, K.Key_E):
        person.press(key)
        person.until(lambda: not review.exporter.busy and review.export.stop.isHidden())
    person.look(f"4_review_{where}")
    ids = review.session.identity
    folder = data_home() / "exports" / case_id / ids.run_id
    files = sorted(path.name for path in folder.iterdir())
    assert all(name.startswith(f"{case_id}_L1_{ids.run_id}_") for name in files), files
    with (folder / ids.file("events", ".csv")).open(newline="", encoding="utf-8") as file:
        table = tuple(tuple(row) for row in csv.reader(file))
    rows = tuple((row.frame, row.title, row.aside, row.value) for row in review.events.rows())
    header = review.header.accessibleName()
    report = text_of(folder / ids.file("report", ".pdf"))
    person.press(K.Key_Escape)
    person.until(lambda: person.window.current is cases)
    return Seen(card=card, header=header, rows=rows, table=table, report=report, run_id=ids.run_id)


def text_of(pdf: Path) -> str:
    """The words of a report."""
    document = QPdfDocument(None)
    assert document.load(str(pdf)) is QPdfDocument.Error.None_
    text = document.getAllText(0).text()
    document.close()
    return " ".join(text.split())


def in_the_library(person: Person, count: int) -> None:
    """Every session and pack is in, and analysed."""
    cases = person.page("cases")
    person.until(lambda: cases.controller.found.total == count)
    jobs = cases.library_access.jobs
    person.until(lambda: jobs.current is None and jobs.waiting == 0)


def label(person: Person, case_id: str) -> None:
    """A note and the shape of the leak, said in review."""
    cases = choose(person, case_id)
    person.press(K.Key_Return)
    review = person.page("review")
    person.until(lambda: review.session is not None and review.session.ended)
    person.press(K.Key_Space, K.Key_N)
    person.write("cement at the wall")
    person.press(K.Key_Return)
    person.press(K.Key_Escape)
    person.until(lambda: person.window.current is cases)


def train(person: Person, case_id: str) -> str:
    """A clip of the case is asked and answered; what the header says once the outcome is told."""
    cases = choose(person, case_id)
    training = person.page("training")
    person.press(K.Key_T)
    person.until(lambda: training.controller.front.mode in (WELCOME, ASKING) and not training.reader.busy)
    if training.controller.front.mode == WELCOME:
        person.press(K.Key_Return)  # agrees; the first case is the demonstration's
        person.until(lambda: training.controller.front.mode in (ASKING, OVERVIEW))
        person.press(K.Key_F4)
        assert person.window.current is cases
        person.press(K.Key_T)
    person.until(
        lambda: (
            not training.reader.busy
            and training.controller.front.mode == ASKING
            and training.controller.sitting.case.asked.clip.run_id
        )
    )
    training.controller.sitting.case.player.skip()
    person.press(K.Key_1, K.Key_8, K.Key_D, K.Key_Return)
    person.until(lambda: training.controller.front.mode == FEEDBACK)
    person.look(f"5_training_{case_id}")
    told: str = training.header.accessibleName() or Person.reads(training.header)
    person.press(K.Key_F4)
    return told


def write_pack(person: Person, case_id: str, pack: Path) -> None:
    """Out of the library, by the form."""
    cases = choose(person, case_id)
    person.press(K.Key_E)
    person.press(K.Key_Down)
    person.press(K.Key_Tab, K.Key_Tab, K.Key_Tab)
    person.press(K.Key_Down)
    person.press(K.Key_Tab)
    person.write(str(pack))
    person.press(K.Key_Return)
    person.until(lambda: str(pack) in cases.note.text() and "written" in cases.note.text() and pack.exists())


def answered(folder: Path) -> tuple[int, int]:
    """How many alarms of the patient the log holds, and how many of them were acknowledged."""
    told: dict[tuple[str, str | None], bool] = {}
    for line in (folder / "events.jsonl").read_text(encoding="utf-8").splitlines():
        event = json.loads(line)
        data = event["data"]
        if event["kind"] == "alarm" and data["event"] in COUNTED:
            told.setdefault((data["code"], data["site"]), False)
        elif event["kind"] == "acknowledged":
            told |= {key: True for key in told if key[0] in data["alarms"]}
    return len(told), sum(told.values())


@pytest.mark.timeout(1800)
def test_a_day(qtbot: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    rehearsed = rehearse(qtbot, write_small_run(tmp_path, 60).folder)
    operated = operate(qtbot)
    ids = [json.loads((folder / "head.json").read_text())["ids"] for folder in (rehearsed, operated)]
    (rehearsal_id, case_id), run_id = (each["case"] for each in ids), ids[1]["run"]

    evening = Person(qtbot, "cases")
    in_the_library(evening, 2)
    assert "1 case · 1 rehearsal apart" in evening.page("cases").count.text()
    label(evening, case_id)
    here = look_at_the_case(evening, case_id, "here")
    rehearsal = look_at_the_case(evening, rehearsal_id, "rehearsal")
    asked = train(evening, case_id)
    pack = tmp_path / "case.fluopack.zip"
    write_pack(evening, case_id, pack)
    evening.leave()

    monkeypatch.setenv("FLUORO_ASSISTANT_HOME", str(tmp_path / "elsewhere"))
    monkeypatch.setattr("ui.cases.page.ask_for_runs", lambda *_, **_more: [str(pack)])
    colleague = Person(qtbot, "cases")
    colleague.press(K.Key_I)
    in_the_library(colleague, 1)
    there = look_at_the_case(colleague, case_id, "elsewhere")
    asked_there = train(colleague, case_id)
    colleague.leave()

    # The day is in the case: what was entered, told and answered, as the log of the session has it.
    card = dict(here.card)
    told, acknowledged = answered(operated)
    assert card["Cement"] == "0.4 ml"
    assert card["Told on the day"].startswith(f"{told} alarm")
    assert card["Told on the day"].endswith(f"; {acknowledged} acknowledged")
    assert acknowledged >= 1
    assert card["X-ray on the day"].startswith("00:")
    assert "mixed" in card["L1 cement"]
    assert "dough" in card["L1 cement"]
    assert card["L1 marks"] == "1 pause · 1 key image · 1 bookmark"
    titles = [title for _, title, _, _ in here.rows]
    for title in (
        "Cement in",
        "Cement taken back",
        "Acknowledged",
        "Key image of the day",
        "Bookmark",
        "Injecting off",
    ):
        assert title in titles
    assert sum(title.startswith("Told ") for title in titles) == told

    # The same figures under the same id, on every page and in every file, on both machines.
    assert here.run_id == there.run_id == run_id
    for name in ("Cement", "Told on the day", "X-ray on the day", "L1 cement", "L1 marks", "Leak", found(here)):
        assert dict(there.card)[name] == card[name]
    assert there.rows == here.rows
    for seen in (here, there):
        for said in (seen.header, seen.report, " ".join(seen.table[1]) + " ".join(seen.table[3])):
            assert case_id in said or run_id in said
        assert "Told on the day" in seen.report
        assert found(seen) in seen.report
        assert card["Told on the day"] in seen.report.replace(" ;", ";")
    parts = ("count", "day", "told", "event", "leak")
    assert [row for row in there.table if row[0] in parts] == [row for row in here.table if row[0] in parts]
    assert f"case {case_id}" in asked
    assert f"case {case_id}" in asked_there

    # The rehearsal says what it is, and counts nowhere.
    assert dict(rehearsal.card)["REHEARSAL"].startswith("no patient")
    assert "rehearsal" in rehearsal.header
    assert "REHEARSAL" in rehearsal.report
    assert "REHEARSAL" not in here.report + there.report


def found(seen: Seen) -> str:
    """The name under which the analysis' own count stands."""
    return next(name for name, _ in seen.card if name.startswith("Found by analysis "))
