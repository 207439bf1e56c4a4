"""The page of cases through the real window: import, list, search, forms, delete and undo, by keyboard."""

from pathlib import Path

import pytest
from PyQt6.QtCore import QMimeData, QPointF, Qt, QUrl
from PyQt6.QtGui import QDropEvent
from PyQt6.QtWidgets import QLabel

from assistant.library.people import Permission
from assistant.library.search import Filter
from assistant.review.opened_run import LEVELS_IN_ONE
from assistant.settings.tree import Settings
from tests.one_library import add_run
from tests.recorded_levels import two_levels
from tests.small_run import SmallRun, write_small_run
from ui.cases import case_words
from ui.shell import Shell


@pytest.fixture
def run(tmp_path: Path) -> SmallRun:
    return write_small_run(tmp_path, 8)


@pytest.fixture
def shell(qtbot):
    made = Shell(Settings())
    qtbot.addWidget(made)
    made.resize(1280, 1024)
    made.show()
    made.go_to("cases")
    yield made
    made.close()


def key(qtbot, shell, name, modifier=Qt.KeyboardModifier.NoModifier):
    target = shell.focusWidget() or shell
    qtbot.keyClick(target, getattr(Qt.Key, f"Key_{name}"), modifier)


def add_cases(page, count: int = 3) -> list[str]:
    library = page.library_access.library
    made = []
    for n in range(count):
        case_id = library.add("cases", Permission.IMPORT, day=f"2026-11-{10 + n}", note=f"note {n}")
        library.add("levels", Permission.EDIT, case_id=case_id, level=f"L{n + 1}")
        made.append(case_id)
    page.library_access.tell_changed()
    return made[::-1]


def test_a_dropped_run_is_listed_with_its_picture_and_opens_in_review(qtbot, shell, run):
    page = shell.page("cases")
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(run.folder))])
    nothing = Qt.MouseButton.NoButton
    page.dropEvent(QDropEvent(QPointF(5, 5), Qt.DropAction.CopyAction, data, nothing, Qt.KeyboardModifier.NoModifier))
    assert page.form.fields["how"].currentText() == "copy into the library"
    key(qtbot, shell, "Return")
    qtbot.waitUntil(lambda: page.controller.found.total == 1)
    (case,) = [page.controller.found.case(0)]
    assert not page.list.itemDelegate().thumbnail(case["thumbnail"]).isNull()
    assert "is in the library as" in page.note.text()
    qtbot.waitUntil(lambda: page.library_access.library.rows("runs")[0]["state"] == "done")
    wanted = []
    page.wanted.connect(lambda name, thing: wanted.append((name, thing)))
    key(qtbot, shell, "Return")
    path = page.library_access.library.rows("runs")[0]["path"]
    assert wanted == [("review", path)]
    assert (Path(path) / "plan.json").is_file()


def test_what_cannot_be_read_is_told(qtbot, shell, tmp_path):
    bad = tmp_path / "bad.mkv"
    bad.write_bytes(b"no film")
    page = shell.page("cases")
    page.open_thing(str(bad))
    page.form.keep()
    qtbot.waitUntil(lambda: "bad.mkv" in page.note.text() or "run.mkv" in page.note.text())
    assert page.controller.found.total == 0


def test_an_empty_library_says_what_to_do(shell):
    page = shell.page("cases")
    assert page.empty.isVisible()
    assert "I, or drop" in page.empty.text()


def test_search_by_keyboard(qtbot, shell):
    page = shell.page("cases")
    cases = add_cases(page)
    assert page.controller.found.total == 3
    assert page.controller.found.chosen == cases[0]
    key(qtbot, shell, "Slash")
    qtbot.keyClicks(page.search, "l2")
    qtbot.waitUntil(lambda: page.controller.found.total == 1)
    key(qtbot, shell, "Return")
    assert page.controller.found.chosen == cases[1]
    key(qtbot, shell, "Escape")
    qtbot.waitUntil(lambda: page.controller.found.total == 3)


def test_arrows_and_filters(qtbot, shell):
    page = shell.page("cases")
    cases = add_cases(page)
    key(qtbot, shell, "Down")
    assert page.controller.found.chosen == cases[1]
    assert page.card.title.text() == cases[1]
    key(qtbot, shell, "Right")
    assert page.controller.which is Filter.LEAK
    assert page.controller.found.total == 0
    key(qtbot, shell, "Left")
    assert page.controller.found.total == 3


def test_delete_asks_twice_and_is_taken_back(qtbot, shell):
    page = shell.page("cases")
    cases = add_cases(page)
    key(qtbot, shell, "Delete")
    assert page.controller.found.total == 3
    assert "Press Del again" in page.note.text()
    key(qtbot, shell, "Down")
    key(qtbot, shell, "Delete")
    assert page.controller.found.total == 3  # another case: asked anew
    key(qtbot, shell, "Delete")
    assert page.controller.found.total == 2
    assert page.library_access.library.one("cases", cases[1])["deleted_ns"] is not None
    key(qtbot, shell, "Z", Qt.KeyboardModifier.ControlModifier)
    assert page.controller.found.total == 3


def test_a_ct_finding_is_entered_by_keyboard(qtbot, shell):
    page = shell.page("cases")
    (case_id,) = add_cases(page, 1)
    key(qtbot, shell, "C")
    assert page.form.fields["site"].hasFocus() or not shell.isActiveWindow()
    page.form.step(1)
    page.form.fields["day"].setText("yesterday")
    key(qtbot, shell, "Return")
    assert "2026-11-30" in page.form.wrong.text()
    page.form.fields["day"].setText("2026-11-13")
    page.form.keep()
    assert page.form is None
    assert page.library_access.library.rows("findings", case_id=case_id)[0]["site"] == "posterior"
    assert page.controller.found.case(0)["ct_linked"] == 1


def test_words_and_outcome_of_a_case(qtbot, shell):
    page = shell.page("cases")
    (case_id,) = add_cases(page, 1)
    key(qtbot, shell, "N")
    page.form.fields["cement"].setText("2,8")
    page.form.fields["level"].setText("t12")
    page.form.keep()
    assert page.controller.found.case(0)["cement_ml"] == 2.8
    assert page.controller.found.case(0)["levels_said"] == "T12"
    key(qtbot, shell, "O")
    page.form.fields["vas"].setText("much")
    page.form.keep()
    assert "must be a number" in page.form.wrong.text()
    key(qtbot, shell, "Escape")
    assert page.form is None
    assert page.library_access.library.rows("outcomes", case_id=case_id) == []


def test_export_asks_for_a_look_at_the_names(qtbot, shell, tmp_path):
    page = shell.page("cases")
    add_cases(page, 1)
    key(qtbot, shell, "E")
    assert page.form.fields["place"].text().startswith("~/")
    page.form.fields["place"].setText(str(tmp_path / "out.fluopack.zip"))
    page.form.keep()
    assert "burned-in" in page.form.wrong.text()
    assert not (tmp_path / "out.fluopack.zip").exists()


def test_F_69_imports_wait_for_the_procedure(qtbot, shell, run):
    page = shell.page("cases")
    page.library_access.jobs.held = "Finish the procedure first: imports wait until it ends."
    page.controller.bring_in([str(run.folder)])
    assert "Finish the procedure first" in page.note.text()
    assert page.library_access.jobs.current is None


def test_two_windows_do_not_write_one_library(qtbot, shell):
    page = shell.page("cases")
    from assistant.errors import EnvironmentError_
    from assistant.library.store import Library

    with pytest.raises(EnvironmentError_, match="open in another window"):
        Library(page.library_access.library.folder)


def test_from_the_list_to_review_and_back(qtbot, shell, run):
    page = shell.page("cases")
    page.controller.bring_in([str(run.folder)])
    page.form.keep()
    qtbot.waitUntil(lambda: page.controller.found.total == 1)
    qtbot.waitUntil(lambda: page.library_access.library.rows("runs")[0]["state"] == "done")
    key(qtbot, shell, "Return")
    review = shell.page("review")
    assert shell.current is review
    assert review.session is not None
    assert review.session.facts.frame_count == 8
    key(qtbot, shell, "F4")
    assert shell.current is page


def test_a_narrow_window_shows_the_chosen_filter(qtbot, shell):
    page = shell.page("cases")
    assert not page.filters[Filter.CT].isVisible()
    page.controller.choose_filter(Filter.CT)
    assert page.filters[Filter.CT].isVisible()


def test_a_run_that_stays_where_it_is_and_is_moved_is_told_and_found_again(qtbot, shell, run, tmp_path, monkeypatch):
    page = shell.page("cases")
    lone = tmp_path / "disk" / "film.mkv"
    lone.parent.mkdir()
    lone.write_bytes(run.video.read_bytes())
    page.controller.bring_in([str(lone)])
    form = page.form
    size = case_words.size(lone.stat().st_size)
    assert any(size in label.text() and "free" in label.text() for label in form.findChildren(QLabel))
    form.fields["how"].setCurrentText("leave where it is")
    key(qtbot, shell, "Return")
    qtbot.waitUntil(lambda: page.controller.found.total == 1)
    (row,) = page.library_access.library.rows("runs")
    assert (row["path"], row["is_copied"]) == (str(lone), 0)
    moved = lone.rename(tmp_path / "disk" / "other.mkv")
    page.controller.find()
    assert any("GONE" in value.text() for _, value in page.card._lines)
    key(qtbot, shell, "Return")
    assert "not at its place any more" in page.note.text()
    assert shell.current is page
    other = tmp_path / "disk" / "wrong.mkv"
    other.write_bytes(write_small_run(tmp_path / "second", 5).video.read_bytes())
    for chosen, told in ((other, "another recording"), (moved, "found again")):
        monkeypatch.setattr("ui.cases.page.ask_for_runs", lambda *_, chosen=chosen, **_more: [str(chosen)])
        key(qtbot, shell, "M")
        qtbot.waitUntil(lambda told=told: told in page.note.text())
    assert page.library_access.library.rows("runs")[0]["path"] == str(moved)


def test_a_session_of_several_levels_that_is_one_run_says_so_on_its_card_and_in_review(qtbot, shell, tmp_path):
    """As a program of before brought it in: all of it is measured with the lines of its last level."""
    page, review = shell.page("cases"), shell.page("review")
    library = page.library_access.library
    (case_id,) = add_cases(page, 1)
    library.add("levels", Permission.EDIT, case_id=case_id, level="L2")
    run = add_run(library, case_id, str(two_levels(tmp_path / "before")))
    library.change([("runs", run, {"told_high": 2})], Permission.IMPORT, "import", about=case_id)
    page.library_access.tell_changed()
    shown = {name.text(): value.text() for name, value in page.card._lines}
    assert shown[case_words.ALL_LEVELS] == case_words.LEVELS_IN_ONE
    key(qtbot, shell, "Return")
    qtbot.waitUntil(lambda: review.session is not None and review.session.day is not None)
    assert LEVELS_IN_ONE in review.session.notes
