"""The rules of the page of cases, without a window: a view that only remembers stands for the page."""

import shutil
from collections import deque
from types import SimpleNamespace

import pytest

from assistant.errors import AssistantError, UsageError
from assistant.library.jobs import LibraryJob
from assistant.library.people import Permission
from assistant.library.search import Filter
from assistant.settings.tree import Settings
from tests.one_library import OneLibrary, add_cases, add_run
from tests.small_run import write_small_run
from ui.cases import case_words as words
from ui.cases import controller as module
from ui.cases.controller import CasesController
from ui.keys.table import actions_of


class View:
    """Remembers what it was told to show."""

    def __init__(self):
        self.told, self.went, self.asked, self.work = [], [], [], ""
        self.sheet = self.closed = None
        self.found_shown = self.chosen_shown = self.searches = 0
        self.runs = []

    def show_message(self, text):
        self.told.append(text)

    def show_found(self):
        self.found_shown += 1

    def show_chosen(self):
        self.chosen_shown += 1

    def show_work(self, text):
        self.work = text

    def show_form(self, sheet, closed):
        self.sheet, self.closed = sheet, closed

    def begin_search(self):
        self.searches += 1

    def ask_for_runs(self, title, *, several=False):
        self.asked.append((title, several))
        return self.runs

    def go_to(self, page, thing):
        self.went.append((page, thing))


@pytest.fixture
def room():
    room = OneLibrary()
    yield room
    room.close()


@pytest.fixture
def view():
    return View()


@pytest.fixture
def controller(room, view):
    made = CasesController(Settings(), room, view)
    room.changed = made.find
    made.begin()
    return made


@pytest.fixture
def cases(room, controller):
    made = add_cases(room.library)
    controller.find()
    return made


def test_each_act_of_the_table_does_something_and_nothing_else_does(controller):
    assert set(controller.acts) == {act.name for act in actions_of("cases")}


def test_nothing_is_chosen_of_an_empty_library(controller, view):
    assert (controller.found.chosen, controller.held["cases"]) == ("", 0)
    for act in controller.acts:
        controller.do(act)
    assert (view.sheet, view.went) == (None, [])


def test_a_library_that_cannot_be_opened_is_told_and_tried_again(view):
    shut = OneLibrary("another window has it")
    controller = CasesController(Settings(), shut, view)
    controller.begin()
    assert view.told == ["another window has it"]
    assert controller.held is None
    controller.bring_in(["run.mkv"])
    controller.show_work()
    assert view.told == ["another window has it"] * 2
    controller.enter()
    assert len(view.told) == 2
    shut.why_not = ""
    controller.enter()
    assert view.told[-1] == ""
    assert shut.looks == 2
    shut.close()


def test_a_damaged_library_names_the_way_back(view):
    CasesController(Settings(), OneLibrary("the library is damaged"), view).begin()
    assert view.told == [f"the library is damaged {words.RESTORE_KEY}"]


def test_a_fault_of_the_log_is_told(view, room):
    room.open(Settings())
    room.library.fault = "its head is missing"
    CasesController(Settings(), room, view).begin()
    assert "LOG NEEDS CHECK: its head is missing" in view.told[0]


def test_up_and_down_stop_at_the_ends(controller, cases):
    for act, chosen in (("row down", 1), ("rows down", 2), ("row down", 2), ("row up", 1), ("rows up", 0)):
        controller.do(act)
        assert controller.found.chosen == cases[chosen]
    controller.go(99)
    assert controller.found.chosen == cases[0]


def test_the_chosen_case_stays_chosen_where_it_is_found(controller, cases):
    controller.go(2)
    controller.text = "note"
    controller.find()
    assert controller.found.chosen == cases[2]
    controller.text = "l2"
    controller.find()
    assert controller.found.chosen == cases[1]


def test_filters_go_round_and_the_search_ends(controller, cases, view):
    controller.do("filter before")
    assert (controller.which, controller.found.total) == (Filter.TRASH, 0)
    controller.do("filter next")
    assert (controller.which, controller.found.total) == (Filter.ALL, 3)
    controller.do("search")
    assert view.searches == 1
    controller.text = "no such word"
    controller.do("leave")
    assert (controller.text, view.told[-1], controller.found.total) == ("", "", 3)


def test_a_search_that_fails_is_told(controller, cases, view, monkeypatch):
    def fails(*_):
        raise AssistantError("the library cannot be read")

    monkeypatch.setattr(controller.found, "find", fails)
    controller.find()
    assert view.told[-1] == "the library cannot be read"
    assert controller.found.chosen == cases[0]


def test_delete_asks_twice_and_another_act_takes_the_question_back(controller, cases, room, view):
    controller.do("delete")
    controller.do("row down")
    controller.do("delete")
    controller.stop_asking()
    controller.do("delete")
    assert view.told == [words.DELETE_ASKED.format(cases[n]) for n in (0, 1, 1)]
    controller.do("delete")
    assert view.told[-1] == words.DELETED.format(cases[1])
    assert controller.found.total == 2
    controller.do("undo")
    assert view.told[-1].startswith("Taken back")
    assert controller.found.total == 3


def test_the_bin_is_emptied_for_good(controller, cases, room, view):
    room.library.delete("cases", cases[0])
    controller.choose_filter(Filter.TRASH)
    controller.do("delete")
    assert view.told[-1] == words.TRASH_ASKED.format(1)
    controller.do("delete")
    assert view.told[-1].startswith("1 case removed")
    assert controller.found.total == 0


def test_what_cannot_be_deleted_or_taken_back_is_told(controller, cases, room, view, monkeypatch):
    def fails(*_, **__):
        raise UsageError("a viewer changes nothing")

    monkeypatch.setattr(room.library, "delete", fails)
    monkeypatch.setattr(room.library, "undo", fails)
    controller.do("delete")
    controller.do("delete")
    assert view.told[-1] == "a viewer changes nothing"
    controller.do("undo")
    assert view.told[-1] == "a viewer changes nothing"


def test_the_newest_copy_comes_back_when_asked_twice(view, monkeypatch, tmp_path):
    shut = OneLibrary("the library is damaged")
    controller = CasesController(Settings(), shut, view)
    monkeypatch.setattr(module, "list_backups", lambda _: [])
    controller.do("restore")
    assert view.told[-1] == words.NO_COPY
    monkeypatch.setattr(module, "list_backups", lambda _: [tmp_path / "new.copy", tmp_path / "old.copy"])

    def put(_, copy):
        shut.why_not = ""
        return copy.with_suffix(".aside")

    monkeypatch.setattr(module, "put_in_place", put)
    controller.do("restore")
    assert view.told[-1] == words.RESTORE_ASKED.format("new.copy")
    controller.do("restore")
    assert view.told[-1] == words.RESTORED.format("new.copy", "new.aside")
    assert shut.changes == 1
    controller.do("restore")
    assert shut.changes == 1
    shut.close()


@pytest.mark.parametrize("act", ["ct", "outcome", "edit", "export"])
def test_a_form_is_shown_and_what_it_kept_is_told(controller, cases, room, view, act):
    controller.do(act)
    assert view.sheet.title
    view.closed("")
    assert (view.told, room.changes) == ([], 0)
    view.closed("kept.")
    assert (view.told, room.changes) == (["kept."], 1)


def test_the_words_of_a_case_are_kept(controller, cases, room, view):
    controller.do("edit")
    values = {name: value for name, _, value, _ in view.sheet.fields}
    assert view.sheet.keep(values | {"cement": "2,8", "level": "t12"}) == f"{cases[0]} kept."
    with pytest.raises(UsageError, match="between 0 and 30"):
        view.sheet.keep(values | {"cement": "99"})
    controller.find()
    assert (controller.found.case(0)["cement_ml"], controller.found.case(0)["levels_said"]) == (2.8, "T12")


def test_a_run_goes_to_review_and_training(controller, cases, room, view, tmp_path):
    controller.do("review")
    controller.do("training")
    assert view.went == [("training", ("case", cases[0], ""))]
    (tmp_path / "a.mkv").touch()
    first = add_run(room.library, cases[0], str(tmp_path / "a.mkv"))
    second = add_run(room.library, cases[0], str(tmp_path / "gone.mkv"))
    controller.find()
    assert controller.found.run["id"] == first
    controller.do("review")
    assert view.went[-1] == ("review", str(tmp_path / "a.mkv"))
    controller.do("run next")
    controller.find()
    assert controller.found.run["id"] == second, "the run stays chosen"
    controller.do("review")
    assert view.told[-1] == words.GONE.format(cases[0], tmp_path / "gone.mkv")
    controller.do("training")
    assert view.went[-1] == ("training", ("case", cases[0], second))
    controller.do("run before")
    controller.do("row down")
    assert controller.found.run is None


def test_a_moved_run_is_looked_for_where_the_person_shows(controller, cases, room, view, tmp_path, monkeypatch):
    add_run(room.library, cases[0], str(tmp_path / "moved"))
    controller.find()
    wanted = []
    monkeypatch.setattr(room.jobs, "find_again", lambda run, path: wanted.append(path))
    controller.do("find again")
    assert (view.asked, wanted) == ([("Where is moved?", False)], [])
    picture = tmp_path / "new" / "1.dcm"
    picture.parent.mkdir()
    picture.touch()
    view.runs = [str(picture)]
    controller.do("find again")
    assert wanted == [str(picture.parent)], "a folder is shown by a file in it"

    def fails(*_):
        raise UsageError("another recording")

    monkeypatch.setattr(room.jobs, "find_again", fails)
    controller.do("find again")
    assert view.told[-1] == "another recording"
    (tmp_path / "moved").mkdir()
    controller.do("find again")
    assert view.told[-1] == words.STILL_THERE.format(cases[0])


def test_a_moved_recording_of_several_levels_is_asked_for_by_its_own_name(controller, cases, room, view, tmp_path):
    recording = tmp_path / "2026-11-30"
    for name in ("1_L1", "2_L2"):
        add_run(room.library, cases[0], str(recording / "levels" / name))
    controller.find()
    controller.do("run next")
    controller.do("find again")
    assert view.asked == [("Where is 2026-11-30?", False)]


def test_a_level_without_pictures_is_told_instead_of_opened(controller, cases, room, view, tmp_path):
    run = add_run(room.library, cases[0], str(tmp_path / "recording" / "levels" / "2_L2"))
    room.library.change([("runs", run, {"state": "no pictures"})], Permission.IMPORT, "import", about=run)
    controller.find()
    controller.do("review")
    assert view.told[-1] == words.NO_PICTURES_TO_OPEN


def test_recordings_are_asked_for_and_their_form_is_shown(controller, cases, room, view, tmp_path):
    controller.do("import")
    assert (view.asked[-1], view.sheet) == (("Import recordings or case packs", True), None)
    run = write_small_run(tmp_path, 5)
    view.runs = [str(run.folder), str(run.video)]
    controller.do("import here")
    assert view.asked[-1] == (f"Further recordings of {cases[0]}", True)
    assert view.sheet.title == words.IMPORT_TITLE.format("2 recordings")
    assert view.sheet.keep({"how": words.LINK}) == ""
    assert room.jobs.waiting == 2


def test_a_recording_without_room_for_a_copy_stays_where_it_is(controller, view, tmp_path, monkeypatch):
    run = write_small_run(tmp_path, 5)
    usage = shutil.disk_usage(tmp_path)
    monkeypatch.setattr(shutil, "disk_usage", lambda _: usage._replace(free=0))
    controller.open_thing(str(run.video))
    ((_, _, _, choices),) = view.sheet.fields
    assert choices == (words.LINK,)
    assert words.NO_ROOM in view.sheet.note


def test_what_cannot_be_found_or_must_wait_is_told(controller, room, view, tmp_path):
    controller.open_thing(str(tmp_path / "none.mkv"))
    assert "none.mkv" in view.told[-1]
    room.jobs.held = "Finish the procedure first."
    controller.bring_in([str(tmp_path / "none.mkv")])
    assert view.told[-1] == "Finish the procedure first."
    controller.show_work()
    assert view.work == "Finish the procedure first."


def test_a_pack_needs_no_form(controller, room, view, tmp_path):
    pack = tmp_path / "a.fluopack.zip"
    pack.write_bytes(b"")
    controller.bring_in([str(pack)])
    assert view.sheet is None
    assert room.jobs.waiting == 1


@pytest.mark.parametrize(
    ("share", "told"), [(None, "Import of a run … %   2 more"), (0.5, "Import of a run 50 %   2 more")]
)
def test_what_goes_on_is_told(controller, room, view, monkeypatch, share, told):
    job = LibraryJob(kind="bring in", name="a run", order={}, run_id="", share=share)
    with monkeypatch.context() as patched:
        patched.setattr(room, "jobs", SimpleNamespace(finished=deque(), current=job, waiting=2, held=""))
        controller.show_work()
    assert view.work == told


def test_a_case_is_shown_by_its_id(controller, cases):
    controller.text = "nothing"
    controller.open_thing(cases[2])
    assert (controller.text, controller.found.chosen) == ("", cases[2])
    controller.open_thing(None)
    assert controller.found.chosen == cases[2]


@pytest.mark.parametrize(
    ("kind", "error", "told"),
    [
        ("bring in", "", words.DONE_IMPORT.format("a run", "K-1")),
        ("pack", "", words.DONE_EXPORT.format("a.zip")),
        ("find", "", words.FOUND.format("K-1")),
        ("bring in", "it cannot be read", "it cannot be read"),
    ],
)
def test_what_came_of_the_work_is_told(controller, room, view, kind, error, told):
    job = LibraryJob(kind=kind, name="a run", order={}, run_id="", act=Permission.IMPORT, case_id="K-1")
    job.error, job.answer = error, {"written": "a.zip"} if kind == "pack" else {}
    quiet = LibraryJob(kind="analyse", name="a run", order={}, run_id="")
    room.jobs.finished = deque([job, quiet])
    controller.show_work()
    assert view.told == [told]
    assert view.work == words.IMPORTS_WAIT
