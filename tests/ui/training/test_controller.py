"""The rules of training, without a window: a view that only remembers, readers that answer at once or when told to."""

import pytest

from assistant.errors import UsageError
from assistant.library.people import Permission, Role
from assistant.settings.tree import Settings
from assistant.training.clip import Clip, cut
from assistant.training.run_outcome import read_run_outcome
from assistant.training.trainer import SITE, WATCHING, Starter
from tests.one_library import OneLibrary, add_cases, add_run
from tests.small_ending import write_ending
from tests.waiting import wait_until
from ui.keys.table import actions_of
from ui.training import sitting as sitting_module
from ui.training import training_words as words
from ui.training.controller import TrainingController
from ui.training.view import ASKING, FEEDBACK, INSTRUCTOR, OVERVIEW, WELCOME, Readers


class View:
    """Remembers what it was told to show."""

    def __init__(self):
        self.told, self.parts, self.notes = [], 0, []
        self.feedback = self.sheet = self.closed = None
        self.file = ""

    def show_message(self, text):
        self.told.append(text)

    def show_part(self):
        self.parts += 1

    def show_question(self, note):
        self.notes.append(note)

    def show_feedback(self, feedback):
        self.feedback = feedback

    def show_form(self, sheet, closed):
        self.sheet, self.closed = sheet, closed

    def ask_for_file(self, title, name):
        return self.file


class ReadsAtOnce:
    """Stands for a thread: answers at once, or holds the answer until it is let go."""

    def __init__(self):
        self.holds, self.held = False, None

    @property
    def busy(self):
        return self.held is not None

    def read(self, run, result, then):
        self.find(lambda: read_run_outcome(run, result), then)

    def find(self, look, then):
        self.held = (look, then)
        if not self.holds:
            self.let_go()

    def let_go(self):
        (look, then), self.held = self.held, None
        then(look())

    def forget(self):
        self.held = None


@pytest.fixture
def room():
    room = OneLibrary()
    yield room
    room.close()


@pytest.fixture
def view():
    return View()


@pytest.fixture
def readers():
    made = Readers(case=ReadsAtOnce(), first=ReadsAtOnce(), table=ReadsAtOnce())
    made.first.holds = True  # the demonstration run is not looked at here
    return made


@pytest.fixture
def refusal():
    return []


@pytest.fixture
def made(room, view, readers, refusal):
    """A controller whose trainer is open; no case is there yet, and the first one is still looked at."""
    clock = iter(range(1000))
    controller = TrainingController(
        Settings(), room, view, readers, lambda: refusal[0] if refusal else "", lambda: next(clock)
    )
    assert controller.open()
    controller.come_back()
    yield controller
    controller.sitting.close()


@pytest.fixture
def controller(made, room, readers, tmp_path):
    """The same, with a run in the library and its clip."""
    readers.first.forget()
    run = write_ending(tmp_path, crosses_at=40)
    (case_id,) = add_cases(room.library, 1)
    add_run(room.library, case_id, str(run))
    made.open_thing(("case", case_id))
    return made


def at_question(controller):
    """To the picture that the question is about."""
    controller.do("start")
    controller.do("lock")
    assert not controller.sitting.case.player.playing


def answered(controller, *keys):
    at_question(controller)
    for key in keys:
        controller.do(f"answer {key}")
    controller.do("lock")


def test_each_act_of_the_table_does_something_and_nothing_else_does(made):
    assert sorted(made.acts) == sorted({act.name for act in actions_of("training")})


def test_a_library_that_cannot_be_opened_is_told(view, readers):
    controller = TrainingController(Settings(), OneLibrary("another window has it"), view, readers, str)
    assert not controller.open()
    assert view.told == ["another window has it"]
    for act in controller.acts:
        controller.do(act)
    controller.open_thing(("case", "K-1"))
    controller.end_watching()
    assert controller.front.mode == WELCOME
    assert controller.prepared == ""
    assert not controller.go_on_preparing()


def test_who_waits_for_the_first_case_gets_it(made, view, readers, tmp_path, monkeypatch):
    made.do("agree")
    assert made.sitting.waits_for_first
    assert view.told[-1] == words.READING
    run = write_ending(tmp_path, crosses_at=40)

    def keep(_, facts):
        made.trainer.add_clip(Clip(id="", name="001", run_path=str(run), facts=facts, difficulty=1))

    monkeypatch.setattr(Starter, "look_at_first", lambda _: cut(read_run_outcome(run), Settings().alarms, difficulty=1))
    monkeypatch.setattr(Starter, "keep_first", keep)
    readers.first.let_go()
    assert not made.sitting.waits_for_first
    assert (made.front.mode, made.sitting.case.asked.clip.name) == (ASKING, "001")


def test_who_has_gone_is_not_asked_and_a_closed_library_keeps_nothing(made, readers, room, monkeypatch):
    made.do("agree")
    made.sitting.hold()
    assert not made.sitting.waits_for_first
    monkeypatch.setattr(Starter, "look_at_first", lambda _: None)
    library, room.library = room.library, None
    readers.first.let_go()
    room.library = library
    assert room.library.rows("clips") == []


def test_a_case_of_the_library_is_cut_and_asked_once_one_has_begun(controller, view, room):
    assert view.told[-1].startswith("Case 101 was cut. Begin first")
    controller.do("agree")
    assert controller.front.mode == ASKING
    assert controller.front.heading == "archived case 101 · no live picture"
    assert f"clip {controller.sitting.case.asked.clip.id}  |  Case 1 of 12" in controller.front.place
    (row,) = room.library.rows("cases")
    controller.do("leave")
    controller.open_thing(("case", row["id"]))
    assert controller.front.mode == ASKING, "it was cut before: asked at once"
    assert len(room.library.rows("clips")) == 1


def test_a_run_stopped_by_hand_is_kept_and_one_of_nobody_is_told(controller, view, room, tmp_path):
    controller.do("agree")
    controller.open_thing(("cut", str(tmp_path / "elsewhere"), 1.0))
    assert "import it first" in view.told[-1]
    (run,) = room.library.rows("runs")
    controller.open_thing(("cut", run["path"], 1.0))
    assert view.told[-1].startswith("Case 102 was cut: it stops where you were")
    assert controller.front.mode == OVERVIEW
    controller.open_thing("something else")
    assert len(room.library.rows("clips")) == 2


def test_an_answer_is_locked_and_told(controller, view):
    controller.do("agree")
    answered(controller, "1", "7", "D")
    assert controller.front.mode == FEEDBACK
    (row,) = controller.trainer.answers()
    assert (row["answer"], row["sure_percent"], row["direction"], row["took_s"]) == ("stop", 80, "posterior", 1.0)
    feedback = view.feedback
    assert feedback.result.is_right
    assert feedback.you_s > 0
    assert feedback.is_about_stopping
    assert feedback.back.startswith("This case comes back in")
    assert feedback.known == words.SIMULATED
    assert controller.front.heading == "archived case 101 · answer locked"


def test_nothing_of_the_outcome_is_shown_before_the_answer_is_locked(controller, view):
    controller.do("agree")
    case = controller.sitting.case
    assert (case.player.last, case.is_locked) == (case.asked.clip.facts.stop_frame, False)
    pictures = [picture for _ in range(200) if (picture := shown(controller)).frame is not None]
    assert pictures
    assert {picture.moment for picture in pictures} == {None}
    answered(controller, "2")
    picture = shown(controller)
    assert picture.plate.startswith("What came next")
    assert picture.moment is not None
    controller.do("run")
    assert controller.sitting.case.player.frame == case.run_outcome.first_frame


def shown(controller):
    """A picture that has been read."""
    seen = []

    def is_read():
        seen.append(controller.sitting.advance(0.02))
        return seen[-1].frame is not None

    wait_until(is_read, told=lambda: seen[-1].note)
    return seen[-1]


def test_without_an_answer_nothing_is_locked(controller, view):
    controller.do("agree")
    at_question(controller)
    controller.do("lock")
    assert (controller.front.mode, view.notes[-1]) == (ASKING, words.CHOOSE_FIRST)
    controller.do("answer 1")
    assert view.notes[-1] == ""


def test_who_does_not_agree_leaves_no_answer(controller, view):
    controller.do("nothing")
    answered(controller, "1")
    assert view.feedback.back == words.NOT_KEPT
    assert controller.trainer.answers() == []


def test_what_cannot_be_kept_is_told_and_the_question_stays(controller, view, monkeypatch):
    controller.do("agree")

    def fails(*_):
        raise UsageError("the library is read only")

    monkeypatch.setattr(controller.trainer, "lock", fails)
    answered(controller, "1")
    assert (controller.front.mode, view.told[-1]) == (ASKING, "the library is read only")


def test_watching_ends_by_the_key_or_at_the_end(controller):
    controller.do("agree")
    controller.do("leave")
    controller.do("watch")
    assert (controller.part, controller.sitting.task) == ("watching", WATCHING)
    controller.end_watching()
    assert controller.front.mode == ASKING, "it still runs"
    controller.do("stop")
    assert controller.trainer.answers()[-1]["answer"] == "stop"
    controller.do("leave")
    controller.do("watch")
    controller.sitting.case.player.skip()
    controller.end_watching()
    assert (controller.front.mode, controller.trainer.answers()[-1]["answer"]) == (FEEDBACK, "go on")


def test_a_site_is_labelled_and_no_leak_has_no_shape(controller, view):
    controller.do("agree")
    controller.do("leave")
    controller.do("site")
    assert controller.sitting.task == SITE
    controller.do("lock")
    controller.do("answer S")
    controller.do("lock")
    assert view.feedback.result.is_right
    assert not view.feedback.is_about_stopping
    controller.do("leave")
    controller.do("shape")
    assert (controller.front.mode, view.told[-1]) == (OVERVIEW, words.NO_CASE)


def test_a_sitting_ends_after_its_cases(controller, view, monkeypatch):
    monkeypatch.setattr(sitting_module, "CASES", 1)
    controller.do("agree")
    answered(controller, "1")
    controller.do("flag")
    assert view.told[-1] == words.FLAGGED
    controller.do("next")
    assert (controller.front.mode, controller.sitting.case) == (OVERVIEW, None)


def test_no_act_is_done_while_a_case_is_read(controller, readers, view):
    controller.do("agree")
    controller.do("leave")
    readers.case.holds = True
    controller.do("start")
    controller.do("lines")
    assert not controller.sitting.lines_shown
    controller.do("leave")
    assert not readers.case.busy, "who leaves waits for nothing"


def test_while_injecting_is_on_no_case_is_beside_it(controller, refusal, view):
    controller.do("agree")
    controller.make_way("a live picture", is_armed=False)
    assert (controller.front.mode, view.told[-1]) == (ASKING, "a live picture")
    controller.make_way("injecting is on", is_armed=True)
    assert (controller.front.mode, view.told[-1]) == (OVERVIEW, "injecting is on")
    refusal.append("injecting is on: it waits")
    controller.do("start")
    assert (controller.sitting.case, view.told[-1]) == (None, "injecting is on: it waits")


def test_with_the_assistant_its_lines_are_shown_and_a_wrong_one_is_told_after(controller, view):
    controller.do("agree")
    controller.do("leave")
    controller.do("lines")
    assert view.told[-1] == words.LINES_SHOWN
    controller.trainer._rng.random = lambda: 0.0  # whatever may carry a wrong line does
    controller.trainer.withdraw(controller.sitting.person)
    controller.do("start")
    case = controller.sitting.case
    assert shown(controller).plan is case.aid.plan
    controller.do("lock")
    controller.do("answer 2")
    controller.do("lock")
    (row,) = controller.trainer.answers()
    assert row["lines_shown"] == 1
    assert row["planted_mm"] == case.aid.moved_mm
    assert (view.feedback.back == words.PLANTED_APART) == (case.aid.moved_mm is not None)
    controller.do("lines")
    assert view.told[-1] == words.LINES_HIDDEN


def test_a_consent_is_taken_back_when_asked_twice(controller, view):
    controller.do("agree")
    answered(controller, "1")
    controller.do("leave")
    controller.do("withdraw")
    controller.do("lines")
    controller.do("withdraw")
    assert (view.told[-1], len(controller.trainer.answers())) == (words.WITHDRAW_ASKED, 1)
    controller.do("withdraw")
    assert (view.told[-1], controller.trainer.answers()) == (words.WITHDRAWN, [])


def test_people_sets_and_the_instructors_view(controller, view):
    controller.do("agree")
    controller.do("leave")
    controller.do("instructor")
    assert "a trainee does not see others' answers" in view.told[-1]
    controller.do("set")
    assert "there is no set yet" in view.told[-1]
    controller.do("who")
    values = {name: value for name, _, value, _ in view.sheet.fields}
    new = {"who": "new person", "role": Role.INSTRUCTOR.value, "keeps": "yes"}
    view.closed(view.sheet.keep(values | new))
    assert controller.sitting.person.role is Role.INSTRUCTOR
    controller.do("instructor")
    assert controller.front.mode == INSTRUCTOR
    controller.do("new set")
    values = {name: value for name, _, value, _ in view.sheet.fields}
    view.closed(view.sheet.keep(values | {"name": "all of them"}))
    assert (controller.front.mode, view.told[-1]) == (INSTRUCTOR, "The set “all of them” was made.")
    controller.do("set")
    assert view.told[-1] == "Cases of the set “all of them” from now on."
    controller.do("set")
    assert view.told[-1] == "All cases from now on."


def test_the_table_of_answers_is_written_behind_the_window_and_noted(controller, view, readers, tmp_path):
    controller.do("agree")
    answered(controller, "1")
    controller.do("leave")
    controller.do("export")
    assert not readers.table.busy, "the question for the file was left"
    view.file, readers.table.holds = str(tmp_path / "a.csv"), True
    controller.do("export")
    controller.do("export")
    readers.table.let_go()
    assert view.told[-1] == words.EXPORTED.format(1, view.file)
    assert len((tmp_path / "a.csv").read_text(encoding="utf-8-sig").splitlines()) == 2
    assert [change.kind for change in controller.trainer.library.changes()].count("export") == 1


def test_a_rehearsal_is_named_so(controller, room):
    (run,) = room.library.rows("runs")
    room.library.change([("runs", run["id"], {"rehearsal": 1})], Permission.EDIT, "change run", about=run["id"])
    controller.do("agree")
    assert controller.front.heading.startswith(words.REHEARSAL)


def test_how_far_the_starter_course_is(made, monkeypatch):
    assert made.prepared == words.PREPARING.format(0, made.starter.total)
    monkeypatch.setattr(Starter, "go_on", lambda _: True)
    assert made.go_on_preparing()
    monkeypatch.setattr(Starter, "made", property(lambda starter: starter.total))
    assert made.prepared == ""
