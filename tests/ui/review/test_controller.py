"""The rules of the review, without a window: a view that only remembers stands for the page."""

from __future__ import annotations

from pathlib import Path

import pytest

from assistant.errors import UsageError
from assistant.pipeline import Summary
from assistant.plan import read_plan
from assistant.readings.moments import MomentStore
from assistant.review.annotations import About
from assistant.review.event_list import EventRow
from assistant.settings.tree import Settings
from assistant.vocabulary import Alarm, EventKind, Priority
from tests.deaf_sink import Sink
from tests.one_library import OneLibrary
from tests.small_run import SmallRun, write_small_run
from ui.keys.table import actions_of
from ui.review import review_words as words
from ui.review.controller import ReviewController
from ui.review.keys import ACTS, LOOKS
from ui.review.state import ReviewState
from ui.review.view import Behind

COUNT = 20


class View:
    """Remembers what it was told to show."""

    def __init__(self) -> None:
        self.told: list[str] = []
        self.went: list[tuple[str, object]] = []
        self.asked: list[tuple[str, bool]] = []
        self.looks: list[str] = []
        self.refreshed = self.runs = self.reviews = self.points = 0
        self.answer = ""

    def show_message(self, text: str) -> None:
        self.told.append(text)

    def refresh(self) -> None:
        self.refreshed += 1

    def show_run(self) -> None:
        self.runs += 1

    def show_review(self) -> None:
        self.reviews += 1

    def show_points(self) -> None:
        self.points += 1

    def look(self, act: str) -> None:
        self.looks.append(act)

    def ask_for(self, title: str, *, plan: bool = False) -> str:
        self.asked.append((title, plan))
        return self.answer

    def go_to(self, page: str, thing: object) -> None:
        self.went.append((page, thing))


class Exports:
    """Remembers what it was asked for."""

    def __init__(self) -> None:
        self.busy = False
        self.heard: list[object] = []

    def export(self, *kinds: str) -> None:
        self.heard.append(kinds)

    def stop(self) -> None:
        self.heard.append("stop")

    def close(self) -> None:
        self.heard.append("close")

    def forget(self) -> None:
        self.heard.append("forget")


class Listener(Sink):
    """Hears nothing, and counts when it was asked to settle."""

    settled = 0

    def settle(self) -> None:
        self.settled += 1


class GuardStandIn:
    """Says whether injecting is on."""

    refusal = ""


class Around:
    """A controller and all that stands around it."""

    def __init__(self) -> None:
        self.view, self.exports, self.listener, self.theatre = View(), Exports(), Listener(), GuardStandIn()
        self.soon = 0
        self.library = OneLibrary()
        behind = Behind(
            library=self.library,
            exports=self.exports,
            theatre=self.theatre,
            listener=self.listener,
            second_listener=Sink,
            soon=self._later,
        )
        self.controller = ReviewController(Settings(), ReviewState(), self.view, behind)
        self.state, self.player = self.controller.state, self.controller.player

    def _later(self) -> None:
        self.soon += 1

    def do(self, *acts: str) -> None:
        for act in acts:
            ACTS[act](self.controller)

    @property
    def run(self):
        assert self.state.run is not None
        return self.state.run


def an_alarm(frame: int) -> Alarm:
    return Alarm(
        kind=EventKind.POSTERIOR_WALL,
        priority=Priority.HIGH,
        site=None,
        first_frame=frame,
        last_frame=None,
        headline="POSTERIOR WALL REACHED",
        action="Stop.",
    )


@pytest.fixture
def around():
    made = Around()
    yield made
    made.controller.close_session()
    made.library.close()


@pytest.fixture
def small(tmp_path: Path) -> SmallRun:
    made = write_small_run(tmp_path, COUNT)
    made.plan.rename(tmp_path / "kept.json")
    return made


@pytest.fixture
def kept_plan(tmp_path: Path, small: SmallRun) -> Path:
    return tmp_path / "kept.json"


@pytest.fixture
def opened(around: Around, small: SmallRun) -> Around:
    """A run without lines is open and stands still."""
    assert around.controller.open(str(small.folder), None)
    around.player.playing = False
    return around


def test_each_act_of_the_table_does_something_and_nothing_else_does() -> None:
    assert set(ACTS) == {act.name for act in actions_of("review")}


def test_without_a_run_no_act_does_harm(around: Around) -> None:
    for act in ACTS:
        around.do(act)
    assert around.state.run is None
    assert around.view.told[1:] == [""], "who reviews was told, and nothing else"
    assert around.view.went == [("theatre", None), ("cases", None)]
    assert around.view.asked == [("Open a recording", False)]
    assert not around.player.playing


def test_what_changes_only_looks_is_left_to_the_view(around: Around) -> None:
    around.do(*LOOKS)
    assert around.view.looks == list(LOOKS)


def test_a_run_is_opened_plays_and_is_closed_to_the_cases(around: Around, small: SmallRun) -> None:
    around.view.answer = str(small.folder)
    around.do("open")
    assert around.player.playing
    assert around.run.run == str(small.folder)
    assert (around.state.views, around.state.moment, around.state.editing) == ((), None, False)
    around.exports.heard.clear()
    around.do("leave")
    assert around.state.run is None
    assert around.view.went == [("cases", None)]
    assert (around.exports.heard, around.listener.settled) == (["close"], 2)
    assert not around.player.playing


def test_what_cannot_be_opened_is_told_and_the_run_before_is_closed(opened: Around, tmp_path: Path) -> None:
    assert not opened.controller.open(str(tmp_path / "none.mkv"), None)
    assert "none.mkv" in opened.view.told[-1]
    assert opened.state.run is None


def test_while_injecting_is_on_nothing_is_opened_or_played(opened: Around, small: SmallRun) -> None:
    opened.do("play")
    assert opened.player.playing
    opened.theatre.refusal = "Injecting is on."
    opened.player.make_way()
    opened.do("play")
    assert not opened.player.playing
    assert not opened.controller.open(str(small.folder), None)
    assert opened.view.told[-3:] == ["Injecting is on."] * 3
    assert opened.run.run == str(small.folder), "the run that is open stays"


def test_a_plan_that_is_dropped_goes_to_the_run_and_any_other_file_is_a_run(
    opened: Around, kept_plan: Path, small: SmallRun, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[tuple[str, str | None]] = []
    monkeypatch.setattr(opened.controller, "open", lambda run, plan: asked.append((run, plan)))
    opened.controller.open_dropped(str(kept_plan))
    opened.controller.open_dropped(str(small.video))
    opened.view.answer = str(kept_plan)
    opened.do("open plan")
    assert opened.view.asked == [("Open a plan", True)]
    run = str(small.folder)
    assert asked == [(run, str(kept_plan)), (str(small.video), None), (run, str(kept_plan))]


def test_with_a_plan_it_is_analysed_and_its_events_are_listed(
    around: Around, small: SmallRun, kept_plan: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert around.controller.open(str(small.folder), str(kept_plan))
    shown = around.view.reviews
    around.player.playing = False
    around.controller.alarm_changed(an_alarm(4))
    assert [row.frame for row in around.state.events.rows] == [4]
    assert around.view.reviews == shown + 1
    refreshed = around.view.refreshed
    around.controller.look()
    assert around.view.refreshed == refreshed + 1
    around.player.playing = True
    around.controller.look()
    assert around.view.refreshed == refreshed + 1, "what plays is shown anew by the clock"
    around.controller.ended(Summary(events=(), leaks=(), measures=None, models=()), "the file ends early")
    assert around.view.told[-1] == around.run.failure == "the file ends early"
    assert around.run.ended


def test_as_seen_or_recomputed(opened: Around) -> None:
    opened.do("figures")
    assert opened.view.told[-1] == words.NO_RECORD
    opened.run.as_seen = MomentStore()
    runs = opened.view.runs
    opened.do("figures")
    assert opened.run.shows_as_seen
    assert opened.view.runs == runs + 1
    rows = opened.state.events.rows
    opened.controller.alarm_changed(an_alarm(4))
    assert opened.state.events.rows == rows, "an alarm of today is none of that day"
    opened.do("figures")
    assert not opened.run.shows_as_seen


def test_analysed_anew_where_there_is_a_plan(opened: Around, monkeypatch: pytest.MonkeyPatch) -> None:
    opened.do("anew")
    assert opened.view.told[-1] == words.NO_PLAN_YET
    settled = opened.listener.settled
    monkeypatch.setattr(opened.run, "analyse_anew", lambda: True)
    opened.do("anew")
    assert opened.view.told[-1] == words.ANEW
    assert opened.listener.settled == settled + 1

    def fails() -> bool:
        raise UsageError("the plan is of another run")

    monkeypatch.setattr(opened.run, "analyse_anew", fails)
    opened.do("anew")
    assert opened.view.told[-1] == "the plan is of another run"


def test_points_are_placed_on_the_frame_of_the_picture_and_left_again(opened: Around) -> None:
    opened.player.jump(7)
    opened.state.board.choose("distance")
    opened.do("edit plan")
    assert opened.state.points is not None
    assert (opened.state.points.plan, opened.run.playhead.frame, opened.state.board.tool) == (None, 7, "")
    opened.do("play")
    assert not opened.player.playing
    opened.do("undo", "redo", "leave")
    assert opened.view.looks[-2:] == ["point undo", "point redo"]
    assert not opened.state.editing
    assert opened.state.run is not None


def test_a_plan_of_its_own_begins_on_its_reference_frame(
    opened: Around, kept_plan: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    plan = read_plan(kept_plan, 0.25)
    opened.player.jump(9)
    monkeypatch.setattr(opened.run, "plan", plan)
    opened.do("edit plan")
    assert opened.state.points is not None
    assert opened.state.points.plan is plan
    assert opened.run.playhead.frame == plan.views[0].reference_frame


def test_points_that_are_placed_are_kept_and_analysed_with(
    opened: Around, kept_plan: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    plan, analysed = read_plan(kept_plan, 0.25), []
    monkeypatch.setattr(opened.run, "analyse", analysed.append)
    opened.do("edit plan")
    opened.controller.take_plan(plan, "Plan kept.")
    assert analysed == [plan]
    assert opened.state.review is not None
    assert opened.state.review.standing[-1].about is About.LANDMARKS
    assert "Plan kept." in opened.view.told
    assert opened.player.playing
    assert not opened.state.editing

    def fails(_plan: object) -> None:
        raise UsageError("a point lies outside the picture")

    monkeypatch.setattr(opened.run, "analyse", fails)
    opened.player.playing = False
    opened.controller.take_plan(plan, "Plan kept.")
    assert opened.view.told[-1] == "a point lies outside the picture"
    assert not opened.player.playing


def test_escape_goes_out_of_one_thing_after_the_other(opened: Around) -> None:
    opened.do("edit plan", "leave")
    opened.state.board.choose("distance")
    opened.do("leave")
    assert (opened.state.board.tool, opened.view.looks[-1]) == ("", "measured")
    opened.exports.busy = True
    opened.do("leave")
    assert opened.exports.heard[-1] == "stop"
    assert opened.state.run is not None
    opened.exports.busy = False
    opened.do("leave")
    assert opened.state.run is None


def test_undo_takes_the_last_measuring_point_before_a_word(opened: Around) -> None:
    board = opened.state.board
    board.choose("distance")
    for at in (1.0, 20.0):
        board.press(at, at, 1.0)
    opened.do("keep")
    opened.do("undo")
    assert board.points["distance"] == [(1.0, 1.0)]
    board.clear()
    opened.do("undo")
    assert opened.state.review is not None
    assert not opened.state.review.standing
    opened.do("redo")
    assert [entry.about for entry in opened.state.review.standing] == [About.MEASURE]
    opened.do("undo", "undo")
    assert opened.view.told[-1] == words.NONE_OF_YOURS


def test_a_moment_is_held_beside_and_another_run_goes_along(opened: Around, small: SmallRun, tmp_path: Path) -> None:
    opened.player.jump(5)
    opened.do("beside")
    opened.player.jump(12)
    beside = opened.state.second.beside(opened.run)
    assert beside is not None
    assert (beside.index, beside.run) == (5, opened.run)
    opened.do("beside")
    assert not opened.state.second.is_held
    opened.view.answer = str(small.folder)
    opened.do("other run")
    opened.player.jump(15)
    beside = opened.state.second.beside(opened.run)
    assert beside is not None
    assert beside.run is not opened.run
    assert beside.index == 3, "it goes along from its own start"
    opened.view.answer = str(tmp_path / "none.mkv")
    opened.do("other run")
    assert "none.mkv" in opened.view.told[-1]
    opened.do("difference")
    assert opened.state.difference
    opened.controller.close_session()
    assert not opened.state.second.is_held
    assert not opened.state.difference, "nothing of a run stays for the next one"


def test_a_note_an_export_and_a_clip_are_of_the_picture_on_the_screen(opened: Around, small: SmallRun) -> None:
    opened.do("play", "note")
    assert not opened.player.playing
    opened.do("export", "report")
    assert opened.view.looks[-2:] == ["note", "export"]
    assert opened.exports.heard[-2:] == [("png", "csv"), ("pdf",)]
    opened.player.jump(6)
    opened.do("clip")
    assert opened.view.went == [("training", ("cut", str(small.folder), opened.run.time_of(6)))]


def test_a_key_image_is_the_reviewers_and_the_search_hears_of_it_once(opened: Around) -> None:
    opened.player.jump(8)
    opened.do("key image")
    assert opened.state.key_frames() == [8]
    assert [row.title for row in opened.state.events.rows] == [words.KEY_IMAGE_MARK]
    assert opened.soon == 1
    before = opened.controller.reviewing.who
    opened.do("reviewer")
    assert opened.view.told[-1] == words.REVIEWS_NOW.format(opened.controller.reviewing.who)
    opened.library.why_not = "the library is open elsewhere"
    opened.controller.reviewing.choose_person("")
    assert opened.view.told[-1] == "the library is open elsewhere"
    assert before


def test_events_are_gone_to_by_what_is_listed(opened: Around) -> None:
    events = opened.state.events
    events.set_rows(
        [
            EventRow(frame=4, t_s=0.4, title="Note"),
            EventRow(frame=9, t_s=0.9, title="Warning line reached", priority=Priority.HIGH),
        ]
    )
    opened.do("first", "event next")
    assert opened.run.playhead.frame == 4
    events.next_filter()
    opened.do("first", "event next")
    assert opened.run.playhead.frame == 9
    opened.do("event next")
    assert opened.run.playhead.frame == 9
    opened.do("event before")
    assert opened.run.playhead.frame == 9, "nothing listed lies before"


def test_speed_steps_range_and_loop(opened: Around) -> None:
    opened.do("step on 10", "step back", "range from", "step on", "step on", "range to", "loop")
    assert (opened.run.playhead.range, opened.run.playhead.is_looping) == ((9, 11), True)
    assert opened.player.range_s == pytest.approx(opened.run.time_of(11) - opened.run.time_of(9))
    opened.player.advance(0.3)
    assert 9 <= opened.run.playhead.frame <= 11
    opened.do("loop", "slower", "slower", "faster", "every")
    assert (opened.player.speed, opened.player.every, opened.run.playhead.loops) == (0.5, True, False)
    assert opened.view.looks[-1] == "how it plays"
    opened.do("last")
    assert opened.run.playhead.frame == COUNT - 1
    opened.player.playing = True
    opened.player.advance(0.1)
    assert not opened.player.playing, "at the end it stops"
