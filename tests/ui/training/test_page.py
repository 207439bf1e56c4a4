"""Training through the real window, by keyboard only: from the start to an answered case, and what stays hidden."""

import threading
from dataclasses import replace

import pytest
from PyQt6.QtCore import Qt

from assistant.library.people import Permission, Role
from assistant.settings.tree import Settings
from assistant.training.trainer import SHAPE, SITE, WATCHING, Starter
from tests.small_ending import write_ending
from tests.waiting import HUNG_S
from ui.shell import Shell
from ui.training import page as page_module
from ui.training import people_acts
from ui.training import training_words as words
from ui.training.view import ASKING, FEEDBACK, INSTRUCTOR, OVERVIEW, WELCOME


@pytest.fixture
def shell(qtbot, monkeypatch):
    # The course is made by a child for minutes; its tests are in tests/assistant/training.
    monkeypatch.setattr(Starter, "go_on", lambda _: False)
    made = Shell(Settings())
    qtbot.addWidget(made)
    made.resize(1280, 1024)
    made.show()
    yield made
    made.close()


def key(qtbot, shell, name, modifier=Qt.KeyboardModifier.NoModifier):
    qtbot.keyClick(shell, getattr(Qt.Key, f"Key_{name}"), modifier)


def begin(qtbot, shell):
    key(qtbot, shell, "F3")
    key(qtbot, shell, "Return")
    page = shell.page("training")
    qtbot.waitUntil(lambda: page.controller.front.mode == ASKING and page.view.frame_index >= 0)
    return page


def asked(qtbot, page):
    qtbot.waitUntil(lambda: page.controller.front.mode == ASKING and not page.reader.busy)


def to_the_end_of_the_clip(qtbot, shell, page):
    asked(qtbot, page)
    key(qtbot, shell, "Return")
    stop = page.controller.sitting.case.asked.clip.facts.stop_frame
    qtbot.waitUntil(lambda: page.view.frame_index == stop)


def test_the_first_entry_does_not_wait_for_the_first_case(qtbot, shell, monkeypatch):
    let_go, look = threading.Event(), Starter.look_at_first

    def slow(starter):
        assert let_go.wait(HUNG_S)
        return look(starter)

    monkeypatch.setattr(Starter, "look_at_first", slow)
    key(qtbot, shell, "F3")
    page = shell.page("training")
    assert page.controller.front.mode == WELCOME
    key(qtbot, shell, "Return")
    assert page.controller.sitting.waits_for_first
    assert page.parts.note.text() == words.READING
    let_go.set()
    qtbot.waitUntil(lambda: page.controller.front.mode == ASKING)
    assert page.controller.sitting.asked_now == [page.controller.sitting.case.asked.clip.id]
    assert not page.controller.sitting.waits_for_first


def test_who_has_gone_is_not_asked_the_first_case(qtbot, shell, monkeypatch):
    let_go, look = threading.Event(), Starter.look_at_first

    def slow(starter):
        assert let_go.wait(HUNG_S)
        return look(starter)

    monkeypatch.setattr(Starter, "look_at_first", slow)
    key(qtbot, shell, "F3")
    key(qtbot, shell, "Return")
    page = shell.page("training")
    key(qtbot, shell, "F2")
    let_go.set()
    qtbot.waitUntil(lambda: page.controller.starter.made == 1)
    assert page.controller.front.mode == WELCOME


def test_a_new_user_answers_the_first_case(qtbot, shell):
    page = begin(qtbot, shell)
    to_the_end_of_the_clip(qtbot, shell, page)
    for name in ("1", "7", "D"):
        key(qtbot, shell, name)
    key(qtbot, shell, "Return")
    assert page.controller.front.mode == FEEDBACK
    (answer,) = page.controller.trainer.answers()
    assert (answer["answer"], answer["sure_percent"], answer["direction"]) == ("stop", 80, "posterior")
    assert page.feedback.headline.text() == "You stopped in time"
    assert "Direction right: posterior" in page.feedback.second.text()
    assert page.feedback.back.text().startswith("This case comes back in")


def test_the_outcome_is_hidden_until_the_answer_is_locked(qtbot, shell):
    page = begin(qtbot, shell)
    to_the_end_of_the_clip(qtbot, shell, page)
    facts = page.controller.sitting.case.asked.clip.facts
    assert not page.view.shows_lines
    assert page.controller.sitting.case.player.frame <= facts.stop_frame < facts.event_frame
    assert page.view.frame_index == facts.stop_frame
    assert not page.parts.axis_card.isVisible()
    key(qtbot, shell, "2")
    key(qtbot, shell, "Return")
    qtbot.waitUntil(lambda: page.view.shows_lines)
    qtbot.waitUntil(lambda: page.view.frame_index > facts.stop_frame)
    assert "The warning line was crossed" in page.feedback.headline.text()


def test_a_key_without_a_letter_is_no_answer(qtbot, shell):
    page = begin(qtbot, shell)
    to_the_end_of_the_clip(qtbot, shell, page)
    for name in ("Shift", "Up", "Backspace", "7"):
        key(qtbot, shell, name)
    assert page.controller.sitting.case.question.answer == ""
    assert page.controller.front.mode == ASKING


def test_without_an_answer_nothing_is_locked(qtbot, shell):
    page = begin(qtbot, shell)
    to_the_end_of_the_clip(qtbot, shell, page)
    key(qtbot, shell, "Return")
    assert page.controller.front.mode == ASKING
    assert "1, 2 or 3" in page.question.note.text()


def test_who_does_not_agree_leaves_no_answer(qtbot, shell):
    key(qtbot, shell, "F3")
    key(qtbot, shell, "N")
    page = shell.page("training")
    to_the_end_of_the_clip(qtbot, shell, page)
    key(qtbot, shell, "1")
    key(qtbot, shell, "Return")
    assert page.controller.front.mode == FEEDBACK
    assert page.controller.trainer.answers() == []
    assert "Nothing of this is kept" in page.feedback.back.text()


def test_watch_and_stop(qtbot, shell):
    page = begin(qtbot, shell)
    key(qtbot, shell, "Escape")
    assert page.controller.front.mode == OVERVIEW
    key(qtbot, shell, "C")
    assert page.controller.sitting.task == WATCHING
    asked(qtbot, page)
    qtbot.waitUntil(lambda: page.view.frame_index > 5)
    key(qtbot, shell, "Space")
    assert page.controller.front.mode == FEEDBACK
    (answer,) = page.controller.trainer.answers()
    assert answer["task"] == WATCHING
    assert answer["pressed_frame"] > 5
    assert answer["early_s"] > 0


@pytest.mark.parametrize(("name", "task", "press"), [("L", SITE, "W"), ("S", SHAPE, "1")])
def test_labelling(qtbot, shell, name, task, press):
    page = begin(qtbot, shell)
    key(qtbot, shell, "Escape")
    key(qtbot, shell, name)
    asked(qtbot, page)
    key(qtbot, shell, "Return")  # to the last picture
    key(qtbot, shell, press)
    key(qtbot, shell, "Return")
    assert page.controller.front.mode == FEEDBACK
    (answer,) = page.controller.trainer.answers()
    assert (answer["task"], answer["is_right"]) == (task, 1)
    assert page.feedback.headline.text().startswith("Right: ")


def test_a_flagged_case_and_the_run_again(qtbot, shell):
    page = begin(qtbot, shell)
    to_the_end_of_the_clip(qtbot, shell, page)
    key(qtbot, shell, "3")
    key(qtbot, shell, "Return")
    key(qtbot, shell, "F")
    assert page.controller.trainer.library.rows("clips", flagged=1)
    key(qtbot, shell, "R")
    assert page.controller.sitting.case.player.frame == 0


def test_the_overview_shows_unknown_as_a_dash(qtbot, shell):
    page = begin(qtbot, shell)
    key(qtbot, shell, "Escape")
    figures = [card.figure.text() for card in page.parts.dashboard.stats]
    assert figures == ["—"] * 4
    assert page.header.place.startswith("Reader R-")


def test_people_and_the_instructors_view(qtbot, shell):
    page = begin(qtbot, shell)
    key(qtbot, shell, "Escape")
    key(qtbot, shell, "I")
    assert "a trainee does not see others' answers" in page.parts.note.text()
    key(qtbot, shell, "P")
    form = page.form
    form.fields["who"].setCurrentText("new person")
    form.fields["role"].setCurrentText(Role.INSTRUCTOR.value)
    key(qtbot, shell, "Return")
    assert page.controller.sitting.person.role is Role.INSTRUCTOR
    key(qtbot, shell, "I")
    assert page.controller.front.mode == INSTRUCTOR
    assert page.instructor_view.table.rowCount() == 1
    key(qtbot, shell, "N")
    page.form.fields["name"].setText("posterior ones")
    page.form.fields["direction"].setCurrentText("posterior")
    key(qtbot, shell, "Return")
    assert "posterior ones: 1 case" in page.instructor_view.sets.text()


def test_consent_is_taken_back_when_asked_twice(qtbot, shell):
    page = begin(qtbot, shell)
    to_the_end_of_the_clip(qtbot, shell, page)
    key(qtbot, shell, "1")
    key(qtbot, shell, "Return")
    key(qtbot, shell, "Escape")
    key(qtbot, shell, "W")
    assert page.controller.trainer.answers() != []
    key(qtbot, shell, "W")
    assert page.controller.trainer.answers() == []


def test_the_page_can_be_left_and_comes_back(qtbot, shell):
    page = begin(qtbot, shell)
    key(qtbot, shell, "F4")
    assert not page.controller.sitting.case.player.playing
    assert not page._timer.isActive()
    key(qtbot, shell, "F3")
    assert page.controller.front.mode == ASKING


def test_before_anyone_has_begun(qtbot, shell):
    key(qtbot, shell, "F3")
    page = shell.page("training")
    assert page.controller.front.mode == WELCOME
    assert page.parts.tabs.isVisible()


def test_cases_can_be_asked_with_lines_and_still_hide_the_outcome(qtbot, shell):
    page = begin(qtbot, shell)
    key(qtbot, shell, "Escape")
    key(qtbot, shell, "H")
    key(qtbot, shell, "Return")
    to_the_end_of_the_clip(qtbot, shell, page)
    moment = page.view._moment
    assert moment.outline == ()
    assert page.view.shows_lines
    key(qtbot, shell, "1")
    key(qtbot, shell, "Return")
    assert page.controller.trainer.answers()[0]["lines_shown"] == 1


def with_the_assistant(qtbot, shell, page, planted):
    """The next case with the assistant, its line wrong or not."""
    key(qtbot, shell, "Escape")
    key(qtbot, shell, "H")
    assert "wrong line on purpose" in page.parts.note.text()
    choose = page.controller.trainer.next
    page.controller.trainer.next = lambda *args, **kwargs: replace(choose(*args, **kwargs), is_planted=planted)
    key(qtbot, shell, "Return")
    to_the_end_of_the_clip(qtbot, shell, page)


def test_a_wrong_line_is_told_after_the_answer_and_counted_apart(qtbot, shell):
    page = begin(qtbot, shell)
    with_the_assistant(qtbot, shell, page, planted=True)
    assert page.controller.sitting.case.aid.moved_mm == 6.0
    assert (
        page.view._plan
        is page.controller.sitting.case.aid.plan
        is not page.controller.sitting.case.player.run_outcome.plan
    )
    assert "Assistant: ≈" in page.view.plate
    key(qtbot, shell, "2")
    key(qtbot, shell, "Return")
    assert page.feedback.gave_away.text().endswith("6 mm too far back. You followed it.")
    assert "Counted apart" in page.feedback.back.text()
    (answer,) = page.controller.trainer.answers()
    assert (answer["planted_mm"], answer["trusted"], answer["is_right"]) == (6.0, 1, 0)
    qtbot.waitUntil(lambda: page.view._plan is page.controller.sitting.case.player.run_outcome.plan)
    key(qtbot, shell, "Escape")
    board = page.parts.dashboard
    assert (board.trusted.figure.text(), board.trusted.cases.text()) == ("1", "of 1 planted")
    assert board.stats[0].figure.text() == "—"


def test_with_the_assistant_its_figure_is_the_true_one(qtbot, shell):
    page = begin(qtbot, shell)
    with_the_assistant(qtbot, shell, page, planted=False)
    assert page.controller.sitting.case.aid.moved_mm is None
    key(qtbot, shell, "1")
    key(qtbot, shell, "Return")
    assert "on purpose" not in page.feedback.gave_away.text()
    assert page.controller.trainer.answers()[0]["planted_mm"] is None


def test_a_set_by_hand(qtbot, shell):
    page = begin(qtbot, shell)
    key(qtbot, shell, "Escape")
    page.controller.sitting.person = page.controller.trainer.enrol(role=Role.INSTRUCTOR, consents=True)
    key(qtbot, shell, "I")
    key(qtbot, shell, "N")
    page.form.fields["name"].setText("by hand")
    page.form.fields["cases"].setText("7")
    key(qtbot, shell, "Return")
    assert "there is no case 007" in page.form.wrong.text()
    page.form.fields["cases"].setText("001")
    key(qtbot, shell, "Return")
    assert "by hand: 1 case" in page.instructor_view.sets.text()


def test_a_clip_cut_by_hand_and_a_run_outside_the_library(qtbot, shell, tmp_path):
    page = begin(qtbot, shell)
    run = write_ending(tmp_path, crosses_at=40)
    page.open_thing(("cut", str(run), 1.0))
    assert "import it first" in page.parts.note.text()
    library = page.controller.trainer.library
    case_id = library.add("cases", Permission.IMPORT)
    level = library.add("levels", Permission.EDIT, case_id=case_id)
    values = {"path": str(run), "is_copied": 0, "sha256": "0", "bytes": 1, "width_px": 320, "height_px": 300}
    library.add("runs", Permission.IMPORT, case_id=case_id, level_id=level, state="done", **values)
    page.open_thing(("cut", str(run), 1.0))
    qtbot.waitUntil(lambda: "Case 101 was cut" in page.parts.note.text())
    (row,) = library.rows("clips", name="101")
    assert row["stop_frame"] == page.controller.trainer.clip(row["id"]).facts.stop_frame
    page.open_thing(("case", case_id))
    asked(qtbot, page)
    assert page.controller.sitting.case.asked.clip.id == row["id"]


def test_the_table_of_answers_is_written_behind_the_window(qtbot, shell, tmp_path, monkeypatch):
    page = begin(qtbot, shell)
    to_the_end_of_the_clip(qtbot, shell, page)
    key(qtbot, shell, "1")
    key(qtbot, shell, "Return")
    let_go, write, path = threading.Event(), people_acts.write_answers, tmp_path / "a.csv"

    def slow(answers, to):
        assert threading.current_thread() is not threading.main_thread()
        assert let_go.wait(HUNG_S)
        return write(answers, to)

    monkeypatch.setattr(people_acts, "write_answers", slow)
    monkeypatch.setattr(page_module.QFileDialog, "getSaveFileName", lambda *_: (str(path), ""))
    page.do("export")
    page.do("export")
    assert not path.exists()
    let_go.set()
    qtbot.waitUntil(lambda: " answers written to " in page.parts.note.text())
    assert len(path.read_text(encoding="utf-8-sig").splitlines()) == 2
    assert [change.kind for change in page.controller.trainer.library.changes()].count("export") == 1
