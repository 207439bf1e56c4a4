"""A day in short: set up, injected, told, answered, kept; the case here and on another machine says the same.

The long form, by keys alone through every page with its processes, is `whole_day.py` (`make journeys`).
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from PyQt6.QtCore import QEvent, Qt
from PyQt6.QtGui import QKeyEvent

from assistant.cli import main
from assistant.library.people import Permission
from assistant.library.search import Filter, search
from assistant.library.store import Library
from assistant.live.messages import SourceOpened
from assistant.recording.writer import Recorder
from assistant.review.session_reading import read_session_day
from assistant.run_facts import RunFacts
from assistant.settings.tree import Settings
from assistant.training.archive import keep_clip, result_of
from assistant.training.figures import progress
from assistant.training.run_outcome import read_run_outcome
from assistant.training.trainer import Trainer
from tests.journeys.room import Room
from tests.recorders import WRITER
from tests.small_run import pictures, plan_document

K = Qt.Key
_ORIGIN_NS = 10**12
FIGURES = (
    *("cement_ml", "told_high", "told_medium", "told_low", "acknowledged", "xray_s", "exposures"),
    *("high", "medium", "low", "leak_said", "rehearsal", "levels_said"),
)


def touch(room: Room, *keys: int) -> None:
    """Keys of the theatre."""
    for key in keys:
        room.page.press(QKeyEvent(QEvent.Type.KeyPress, key, Qt.KeyboardModifier.NoModifier))
        room.page.release(QKeyEvent(QEvent.Type.KeyRelease, key, Qt.KeyboardModifier.NoModifier))


def day(qtbot: Any, monkeypatch: pytest.MonkeyPatch, *, rehearsal: bool, ml: bool = True) -> Path:
    """A session as it is recorded, its clock turned by hand; gives its folder."""
    room = Room(qtbot, monkeypatch)
    if not rehearsal:
        room.session.source = "camera:0"
    facts = RunFacts(source=room.session.source, width_px=320, height_px=300, fps=15.0, frame_count=None)
    room.session_memory.capture_says.put(SourceOpened(facts=facts, rehearsal=rehearsal))
    recorder, run = Recorder(room.session.folder, WRITER), pictures(60)

    def show(grey: Any) -> None:
        room.show(grey)
        recorder.offer(room.index - 1, room.now_ns - _ORIGIN_NS, room.now_ns, grey)

    for _ in range(4):
        show(run[2])
    room.session.set_plan(plan_document(reference_frame=0), [run[2]])
    room.page.procedure.log.at_level("L1")
    room.obey()
    room.tick()
    room.session.confirm_lines()
    assert room.session.arm() == ""
    touch(room, K.Key_C, *([K.Key_Plus, K.Key_Plus, K.Key_Minus] if ml else []), K.Key_X)
    answered = set()
    for grey in run[3:]:
        show(grey)
        codes = {alarm.code for alarm in room.status.alarms} - answered
        if codes & {"A1", "A4"}:
            touch(room, K.Key_Space)
            answered |= codes
    touch(room, K.Key_B, K.Key_M, K.Key_S)
    folder = room.session.folder
    room.end()
    recorder.close()
    return folder


def row_of(library: Library, case_id: str) -> dict[str, Any]:
    case = library.one("cases", case_id)
    assert case is not None
    return {name: case[name] for name in FIGURES}


def taken_in(folder: Path, capsys: pytest.CaptureFixture[str]) -> str:
    """Import the session; gives its case."""
    assert main(["import", str(folder), "--stay"]) == 0
    return capsys.readouterr().out.rpartition(": ")[2].strip()


def test_the_case_holds_the_day_here_and_elsewhere(
    qtbot: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = day(qtbot, monkeypatch, rehearsal=False)
    noted = read_session_day(folder)
    assert noted is not None
    (level,) = noted.levels
    assert level.level == "L1"
    assert level.cement_ml == pytest.approx(0.2)
    assert [act.text for act in level.acts if act.kind == "cement_stage"] == ["dough"]
    assert level.plan == plan_document(reference_frame=0)
    assert {told.code for told in level.alarms} >= {"A1"}
    assert all(told.acknowledged_s is not None for told in level.alarms if told.code in ("A1", "A4"))
    assert level.exposures == 1
    case_id = taken_in(folder, capsys)
    with Library() as library:
        here = row_of(library, case_id)
        (row,) = library.rows("levels", case_id=case_id)
        assert (row["level"], row["cement_ml"]) == ("L1", pytest.approx(0.2))
        assert search(library, "dough bookmark").total == 1
        assert search(library, which=Filter.HIGH).total == 1
    assert here["told_high"] == sum(told.priority == "high" for told in noted.alarms)
    assert here["high"] is not None  # the analysis' own count, under its own name

    pack = tmp_path / "case.fluopack.zip"
    assert main(["pack", case_id, "--out", str(pack), "--names-looked-for"]) == 0
    monkeypatch.setenv("FLUORO_ASSISTANT_HOME", str(tmp_path / "elsewhere"))
    assert main(["unpack", str(pack)]) == 0
    with Library() as library:
        assert row_of(library, case_id) == here
        (run,) = library.rows("runs")
        assert read_session_day(Path(run["path"])) == noted


def test_a_rehearsal_is_marked_and_counts_nowhere(
    qtbot: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    case_id = taken_in(day(qtbot, monkeypatch, rehearsal=True), capsys)
    pack = tmp_path / "case.fluopack.zip"
    assert main(["pack", case_id, "--out", str(pack), "--names-looked-for"]) == 0
    for home in (None, tmp_path / "elsewhere"):
        if home is not None:
            monkeypatch.setenv("FLUORO_ASSISTANT_HOME", str(home))
            assert main(["unpack", str(pack)]) == 0
        with Library() as library:
            assert row_of(library, case_id)["rehearsal"] == 1
            totals = {which: search(library, which=which).total for which in Filter}
            counted = {which for which, total in totals.items() if total}
            assert counted == {Filter.ALL, Filter.REHEARSAL}
            (run,) = library.rows("runs")
            desk = Trainer(library)
            clip_id = keep_clip(
                desk, run, read_run_outcome(Path(run["path"]), result_of(run)), Settings().alarms, stop_s=2.0
            )
            person = desk.enrol(consents=True)
            values = {"person_id": person.id, "clip_id": clip_id, "wall_ns": 1, "task": "question", "mode": "new"}
            library.add("answers", Permission.ANSWER, **values, answer="stop", is_right=1)
            assert len(desk.answers(person)) == 1
            assert progress(desk, person).answered == 0


def test_a_rehearsal_in_a_patient_s_case_adds_nothing_to_it(
    qtbot: Any, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    case_id = taken_in(day(qtbot, monkeypatch, rehearsal=False), capsys)
    with Library() as library:
        before = row_of(library, case_id)
    rehearsed = day(qtbot, monkeypatch, rehearsal=True)
    assert main(["import", str(rehearsed), "--stay", "--case", case_id, "--no-analysis"]) == 0
    with Library() as library:
        assert row_of(library, case_id) == before
        assert [run["rehearsal"] for run in library.rows("runs", case_id=case_id)] == [0, 1]


def test_millilitres_of_a_rehearsal_are_none_of_the_patient(
    qtbot: Any, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Rehearsed into a case with millilitres; then the session, in which nobody enters any: it begins at none."""
    case_id = taken_in(day(qtbot, monkeypatch, rehearsal=True), capsys)
    with Library() as library:
        (level,) = library.rows("levels", case_id=case_id)
        assert level["cement_ml"] == pytest.approx(0.2)
    operated = day(qtbot, monkeypatch, rehearsal=False, ml=False)
    assert main(["import", str(operated), "--stay", "--case", case_id, "--no-analysis"]) == 0
    with Library() as library:
        (level,) = library.rows("levels", case_id=case_id)
        assert (level["level"], level["cement_ml"]) == ("L1", None)
        assert row_of(library, case_id)["cement_ml"] is None
        assert level["exposures"] == 1, "what the session counted stands in its place"


def test_the_theatre_begins_at_none_after_a_rehearsal(qtbot: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """In the same window: rehearse, enter millilitres, end, and go live."""
    room = Room(qtbot, monkeypatch)
    for grey in pictures(60)[:4]:
        room.show(grey)
    touch(room, K.Key_Plus, K.Key_Plus)
    assert room.page.procedure.log.total_ml == pytest.approx(0.4)
    room.end()
    assert room.page.host.start_session("camera:0")
    assert room.page.procedure.log.total_ml == 0.0
    assert room.page.procedure.log.entries_ml == {}
    assert not any(event["kind"] == "ml" for event in room.page.session.events)
    room.page.host.end_session()
