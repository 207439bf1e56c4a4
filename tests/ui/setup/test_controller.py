"""The set-up's rules and acts without a window: a page, a screen and a sound that only note what they are asked."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from queue import Queue
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from assistant.capture.masking.burned_in import WordPx
from assistant.console_display import AS_PLANNED
from assistant.geometry import Crop
from assistant.imaging.turn import Turn
from assistant.live.messages import StampedFrame
from assistant.plan import Plan
from assistant.run_facts import RunFacts
from assistant.settings.tree import Settings
from assistant.setup import sources
from assistant.setup.field_found import FieldFound
from assistant.setup.model import PointStatus, Step
from assistant.setup.sources import SourceChoice
from assistant.steps.liveness import SeenField
from assistant.vocabulary import Frame, ShownPolarity, Unknown
from tests.ui.theatre.fake_session import DOCUMENT, FakeSession, moment, picture
from tests.waiting import HUNG_S
from ui.keys.table import actions_of
from ui.setup import proposals
from ui.setup.controller import SetupController
from ui.setup.keys import ACTIONS, PICKED
from ui.setup.polarity import ASK

PLACES = [(float(x), float(y)) for line in DOCUMENT["views"][0]["landmarks"].values() for x, y in line]
CAMERA = SourceChoice(address="/dev/video2", name="Grabber", detail="")
RUN = SourceChoice(address="", name="Recorded run…", detail="", rehearsal=True)


class Page:
    """Who has the session."""

    def __init__(self) -> None:
        self.session: Any = None
        self.has_plan = False
        self.levels_done: list[str] = []
        self.frames: dict[int, StampedFrame] = {}
        self.asked: list[Any] = []
        self.opens = self.takes = True

    def frame_of(self, number: int) -> StampedFrame | None:
        return self.frames.get(number)

    def start_session(self, source: str) -> bool:
        self.asked.append(f"start {source}")
        if self.opens:
            self.session, self.frames = FakeSession(source, Path(), None), {1: picture(3)}
        return self.opens

    def open_second(self, source: str) -> None:
        self.asked.append(f"second {source}")
        self.session.second = SimpleNamespace(source=source, status=None) if source else None

    def take_plan(self, plan: Plan, references: tuple[Frame, ...]) -> bool:
        self.asked.append((plan, references))
        return self.takes

    def end_set_up(self) -> None:
        self.asked.append("end")

    def arm(self) -> None:
        self.asked.append("arm")


class Screen:
    """What a person sees."""

    def __init__(self) -> None:
        self.shown: list[Any] = []
        self.turned: list[tuple[int, Turn]] = []
        self.marks: FieldFound | None = None
        self.run = ""
        self.acts: Queue[Callable[[], None]] = Queue()

    def refresh(self) -> None:
        self.shown.append("state")

    def show_still(self, still: StampedFrame) -> None:
        self.shown.append(still)

    def show_live(self, *, whole: bool) -> None:
        self.shown.append("whole" if whole else "live")

    def mark_field(self, found: FieldFound) -> None:
        self.marks = found

    def show_turned(self, number: int, turn: Turn, frame: StampedFrame) -> None:
        self.turned.append((number, turn))

    def toggle_level_view(self) -> None:
        self.shown.append("other view")

    def ask_for_run(self) -> str:
        return self.run

    def later(self, act: Callable[[], None]) -> None:
        self.acts.put(act)


class Sound:
    fault, heard = "", None

    def test(self) -> str:
        return self.fault

    def was_heard(self, *, heard: bool) -> None:
        self.heard = heard


class Made:
    """A controller with what it asks."""

    def __init__(self) -> None:
        self.page, self.screen, self.sound = Page(), Screen(), Sound()
        self.controller = SetupController(self.page, self.screen, self.sound, Settings())
        self.state = self.controller.state

    def do(self, *names: str) -> None:
        for name in names:
            ACTIONS[name](self.controller)

    def tick(self) -> None:
        self.controller.tick(self.page.session.status)

    def to_points(self) -> None:
        """Six points proposed on the still picture."""
        self.controller.choose_source("play:nothing")
        self.tick()
        self.do("yes", "enter")
        assert self.state.step is Step.POINTS
        self.state.setup.view.propose(PLACES, "by the test")

    def to_line(self) -> None:
        self.to_points()
        self.do(*["enter"] * 6)
        self.do("uncalibrated")
        assert self.state.step is Step.LINE


@pytest.fixture
def made(monkeypatch: pytest.MonkeyPatch) -> Made:
    monkeypatch.setattr(proposals, "ask", lambda *_args: Unknown("Nothing is proposed in this test."))
    monkeypatch.setattr(sources, "choices", lambda in_use=(): [CAMERA, RUN])
    return Made()


def test_every_act_of_the_table_is_done_here_and_nothing_else() -> None:
    in_table = {act.name for act in actions_of("setup")}
    assert set(ACTIONS) == in_table | {"arm"}
    assert set(PICKED) == {"source", "field", "point"}


def test_no_step_is_entered_before_a_source_has_a_picture(made: Made) -> None:
    made.controller.begin("points")
    made.do("step 3", "leave")
    assert made.state.step is Step.SOURCE
    assert made.state.message == "Choose a source first; its picture has to come."
    assert made.page.asked == []
    made.page.opens = False
    made.do("enter")
    assert made.page.asked == ["start /dev/video2"]
    assert made.state.step is Step.SOURCE


def test_the_step_goes_on_when_the_first_picture_has_come(made: Made) -> None:
    made.controller.begin()
    made.do("enter")
    assert made.state.message == "Waiting for the first picture …"
    frames, made.page.frames = made.page.frames, {}
    made.tick()
    assert made.state.step is Step.SOURCE
    made.page.frames = frames
    made.tick()
    assert made.state.step is Step.ORIENTATION
    assert made.screen.marks is not None
    made.do("back", "enter")
    assert made.page.asked == ["start /dev/video2"], "the source in use is kept"
    assert made.state.step is Step.ORIENTATION
    made.do("leave")
    assert made.page.asked[-1] == "end"


def test_a_session_gone_on_with_keeps_its_lines_to_be_confirmed(made: Made) -> None:
    made.page.has_plan = True
    made.controller.choose_source("resume:")
    assert made.page.asked == ["start resume:", "end"]
    assert made.state.done == {Step.SOURCE, Step.ORIENTATION, Step.LEVEL}


def test_sources_are_chosen_by_number_arrow_and_row(made: Made, monkeypatch: pytest.MonkeyPatch) -> None:
    made.controller.begin()
    made.do("down", "down")
    assert made.state.chosen == 1
    made.do("enter")
    assert made.page.asked == [], "no run was chosen in the dialog"
    made.screen.run = "/runs/a"
    made.do("enter")
    assert made.page.asked == ["start play:/runs/a"]
    made.do("source 1", "source 9", "mode")
    assert made.state.chosen == 0
    PICKED["source"](made.controller, 1)
    assert made.state.chosen == 1
    monkeypatch.setattr(sources, "choices", lambda in_use=(): [RUN] if in_use == ("play:/runs/a",) else [])
    made.do("look again")
    assert (made.state.choices, made.state.chosen) == ([RUN], 0)


def test_without_anything_to_choose_nothing_begins(made: Made, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sources, "choices", lambda in_use=(): [])
    made.controller.begin()
    made.do("enter", "mode", "down")
    assert made.page.asked == []


def test_a_second_input_is_opened_beside_the_first_and_closed_again(made: Made) -> None:
    made.controller.begin()
    made.do("second")
    assert made.state.message.startswith("Choose the first source, then")
    made.do("enter", "second")
    assert made.state.message == "This is the first input."
    made.do("source 2")
    made.screen.run = "/runs/b"
    made.do("second")
    assert made.page.asked[-1] == "second play:/runs/b"
    assert "[[setup:ap]]" in made.state.message
    made.controller.choosing.look_again()
    made.do("second")
    assert made.page.asked[-1] == "second "
    assert made.state.message == "The second input is closed."


def test_words_that_are_let_stand_are_logged_as_a_number(made: Made) -> None:
    made.controller.choose_source("play:nothing")
    made.tick()
    marks = made.controller.fields.marks
    assert marks is not None
    words = (WordPx(x0_px=4, y0_px=4, x1_px=30, y1_px=12), WordPx(x0_px=4, y0_px=20, x1_px=30, y1_px=28))
    made.controller.fields.marks = FieldFound(outline=marks.outline, shape=marks.shape, words=words)
    made.do("yes")
    assert made.page.session.notes == [("words_in_field", "Let stand")]
    assert made.state.step is Step.LEVEL
    assert made.controller.fields.marks is None


def test_of_two_pictures_a_person_chooses_the_one_that_is_looked_at(made: Made) -> None:
    made.controller.choose_source("play:nothing")
    made.tick()
    looked: list[tuple[float, float]] = []
    made.page.session.look_at = looked.append
    boxes = {where: Crop(x0_px=x, y0_px=0, width_px=256, height_px=512) for where, x in (("left", 0), ("right", 256))}
    held, live = (
        SeenField(box=box, where=where, looked_at=where == "left", live=where == "right")
        for where, box in boxes.items()
    )
    made.page.session.more = {"moment": moment(10, fields=(held, live))}
    made.tick()
    fields = made.controller.fields
    assert fields.asked().startswith("Two pictures: the one looked at is held, another is live. [[setup:next field]]")
    assert [(row.text, row.value) for row in fields.rows()] == [
        ("Left picture", "held · looked at"),
        ("Right picture", "live"),
    ]
    made.do("next field")
    assert looked == [(384.0, 256.0)]
    assert fields.asked().startswith("Two pictures: which is live?")
    PICKED["field"](made.controller, 0)
    PICKED["field"](made.controller, 7)
    fields.choose((900.0, 900.0))
    assert looked == [(384.0, 256.0), (128.0, 256.0)], "where there is no picture nothing is chosen"
    assert made.screen.marks is fields.marks is not None


def test_arrows_choose_a_level_move_a_point_and_move_the_line(made: Made) -> None:
    made.controller.choose_source("play:nothing")
    made.tick()
    made.do("right", "yes", "down")
    assert made.state.setup.level == "L2"
    made.do("enter")
    made.state.setup.view.propose(PLACES, "by the test")
    made.do("right", "far down")
    assert made.state.setup.view.points[0].at == (PLACES[0][0] + 1, PLACES[0][1] + 10)
    assert made.state.setup.view.points[0].status is PointStatus.CHECK
    made.do("undo", "undo", "redo")
    assert made.state.setup.view.points[0].at == (PLACES[0][0] + 1, PLACES[0][1])
    made.do(*["enter"] * 6, "uncalibrated")
    before = made.state.setup.fraction
    made.do("up", "right", "line +", "line -", "left")
    assert made.state.setup.fraction == pytest.approx(before + 0.01)


def test_a_point_moves_as_it_looks_when_the_picture_is_turned(made: Made) -> None:
    made.controller.choose_source("play:nothing")
    made.do("turn")
    assert made.screen.turned == [(1, Turn(width_px=512, height_px=512, quarters=1))]
    made.do("flip", "flip", "turn over", "turn over")
    assert made.controller.turning.now == made.screen.turned[0][1]
    made.tick()
    made.do("yes", "enter")
    view = made.state.setup.view
    view.propose(PLACES, "by the test")
    made.do("right")
    turn = made.controller.turning.now
    moved = turn.forward(np.array([view.points[0].at])) - turn.forward(np.array([PLACES[0]]))
    assert moved[0] == pytest.approx([1.0, 0.0])
    made.page.frames = {}
    made.do("turn")
    assert made.controller.turning.now == turn, "no picture, nothing to turn"


def test_points_count_one_by_one_and_a_place_is_asked_for_first(made: Made) -> None:
    made.to_points()
    view = made.state.setup.view
    made.do("next point")
    PICKED["point"](made.controller, 0)
    at, view.points[0].at = view.points[0].at, None
    made.do("enter", "right")
    assert made.state.message == "Place the point first: click, or arrows."
    view.points[0].at = at
    made.do("step 5")
    assert made.state.message == "Confirm all six points first."
    made.do(*["enter"] * 5)
    assert made.state.step is Step.POINTS
    made.do("enter")
    assert made.state.step is Step.SCALE
    made.do("step 4", "enter")
    assert made.state.step is Step.SCALE, "all of them are confirmed already"


def test_lines_that_cannot_be_used_keep_the_step_and_say_why(made: Made) -> None:
    made.to_points()
    made.state.setup.view.propose([(10.0, 10.0)] * 6, "by the test")
    made.do(*["enter"] * 6)
    assert made.state.step is Step.POINTS
    assert made.state.message


def test_a_proposal_is_asked_for_behind_the_window_and_taken_while_nothing_was_placed(made: Made, monkeypatch) -> None:
    asked: list[object] = []
    monkeypatch.setattr(proposals, "ask", lambda _grey, _white, view, at: asked.append((view, at)) or list(PLACES))
    made.controller.choose_source("play:nothing")
    made.tick()
    made.do("yes", "enter")
    view = made.state.setup.view
    assert view.placed, "the points start in the middle"
    made.screen.acts.get(timeout=HUNG_S)()
    assert [point.at for point in view.points] == PLACES
    assert view.points[0].status is PointStatus.PROPOSED
    made.do("right")
    moved = view.points[0].at
    made.do("propose")
    made.do("right")
    made.screen.acts.get(timeout=HUNG_S)()
    assert "[[setup:propose]]" in view.proposal_note
    assert view.points[0].at == (moved[0] + 1, moved[1])
    assert asked == [("lateral", None), ("lateral", moved)]
    made.do("propose", "propose")
    first, second = made.screen.acts.get(timeout=HUNG_S), made.screen.acts.get(timeout=HUNG_S)
    note = view.proposal_note
    first()
    second()
    assert view.proposal_note != note, "only the answer to the last question counts"


def test_without_a_proposal_the_reason_is_told(made: Made) -> None:
    made.to_points()
    made.screen.acts.get(timeout=HUNG_S)()
    assert made.state.setup.view.proposal_note == "Nothing is proposed in this test."


def test_a_plan_beside_a_played_run_is_proposed_with_its_scale(made: Made, monkeypatch: pytest.MonkeyPatch) -> None:
    beside = proposals.Proposed(places=list(PLACES), note="from the plan beside this recording", mm_per_px=0.31)
    monkeypatch.setattr(proposals, "from_plan_of_run", lambda *_args: beside)
    made.controller.choose_source("play:nothing")
    made.tick()
    made.do("yes", "enter")
    assert made.state.setup.view.points[5].at == PLACES[5]
    assert made.state.scale.typed == "0.3100"


def test_a_fresh_picture_keeps_the_points_as_proposals(made: Made) -> None:
    made.to_points()
    made.do("enter", "whole")
    made.page.frames = {1: picture(9)}
    made.do("fresh")
    view = made.state.setup.view
    assert view.still.index == 9
    assert {point.status for point in view.points} == {PointStatus.PROPOSED}
    assert "other view" in made.screen.shown
    made.page.frames = {}
    made.do("fresh")
    assert view.still is None


def test_the_scale_is_typed_measured_or_left_out(made: Made) -> None:
    made.to_points()
    made.do(*["enter"] * 6, "enter")
    assert made.state.step is Step.SCALE
    assert "[[setup:gauge]]" in made.state.message
    made.do("type 0", "type .", "type 3", "type 4", "back")
    assert made.state.scale.typed == "0.3"
    made.do("gauge", "next end", "right")
    assert made.state.scale.shaft[1][0] == pytest.approx(0.72 * 512 + 1)
    made.controller.placing.clicked()
    assert made.state.message
    made.do("enter")
    assert made.state.setup.view.mm_per_px == 0.3
    made.do("back")
    made.state.scale.typed = ""
    made.controller.opened(
        RunFacts(source="x", width_px=512, height_px=512, fps=None, frame_count=None, mm_per_px_hint=0.25)
    )
    made.do("enter")
    assert made.state.setup.view.scale_by == "from the file"
    made.state.scale.typed = ""
    made.do("back", "back", "step 5", "uncalibrated")
    assert made.state.setup.view.mm_per_px is None


def test_the_other_view_has_its_own_picture_and_the_scale_of_the_first(made: Made) -> None:
    made.to_points()
    made.do("ap")
    assert made.state.message == "Confirm the lateral points first."
    made.do(*["enter"] * 6, "type 0", "type .", "type 3", "enter", "ap")
    view = made.state.setup.view
    assert (view.view, view.mm_per_px) == ("ap", None), "proposed, never used by itself"
    assert (made.state.scale.typed, made.state.scale.by) == ("0.3000", "as lateral (typed)")
    assert made.state.step is Step.POINTS
    made.do("back")
    assert made.state.setup.view.view == "lateral"


def test_the_points_of_a_second_input_stand_on_its_own_picture(made: Made) -> None:
    made.to_points()
    made.do(*["enter"] * 6)
    made.page.open_second("play:beside")
    made.page.frames[2] = picture(21)
    made.do("ap", "turn")
    assert made.state.setup.view.still.index == 21
    assert made.screen.turned[-1][0] == 2
    made.controller.leave_picture()
    assert made.controller.turning.now is None


def test_lines_are_handed_over_once_and_arm_when_they_are_taken(made: Made) -> None:
    made.to_line()
    made.state.setup.views[0].shown = ShownPolarity.NATIVE
    made.controller.taken()
    made.page.takes = False
    made.do("arm")
    made.page.takes = True
    made.do("arm")
    plan, references = made.page.asked[-1]
    assert plan.views[0].level == "L1"
    assert [frame.index for frame in references] == [3]
    asked = len(made.page.asked)
    made.do("enter")
    assert len(made.page.asked) == asked, "the analysis has not answered yet"
    made.controller.taken()
    assert made.page.asked[-1] == "arm"


def test_lines_that_the_analysis_refuses_can_be_handed_over_again(made: Made) -> None:
    made.to_line()
    made.state.setup.views[0].shown = ShownPolarity.NATIVE
    made.do("enter")
    made.controller.refused("they lie outside")
    assert made.state.message == "These lines cannot be used: they lie outside"
    asked = len(made.page.asked)
    made.do("enter")
    assert len(made.page.asked) == asked + 1


def test_where_nothing_tells_native_from_inverted_it_is_asked_once(made: Made, monkeypatch) -> None:
    made.to_line()
    monkeypatch.setattr(type(made.state.polarity), "must_ask", lambda *_args: True)
    made.do("enter")
    assert made.state.message == ASK
    made.do("polarity")
    assert made.state.message == ""
    assert made.state.setup.views[0].shown is not ShownPolarity.NOT_KNOWN


def test_the_sound_is_tried_and_the_answer_kept(made: Made) -> None:
    made.do("test sound")
    assert made.state.message.startswith("Heard the test sound?")
    made.do("heard")
    assert made.sound.heard is True
    made.do("not heard")
    assert made.sound.heard is False
    made.sound.fault = "no sound device"
    made.do("test sound")
    assert made.state.message == "No test sound: no sound device."


def test_the_next_level_asks_again_where_the_second_input_s_picture_is_mirrored_since(made: Made) -> None:
    made.to_points()
    made.do(*["enter"] * 6, "uncalibrated")
    made.page.open_second("play:beside")
    mirrored = replace(moment(1), shown=replace(AS_PLANNED, mirrored=True))
    made.page.session.second.status = SimpleNamespace(moment=mirrored)
    made.controller.begin("level")
    assert made.state.step is Step.ORIENTATION
    assert made.state.message == "The picture is mirrored since: is it the right way round?"


def test_a_fresh_picture_asks_once_which_way_round_it_is_where_the_console_has_mirrored_it(made: Made) -> None:
    made.to_points()
    made.do("fresh")
    assert made.state.step is Step.POINTS
    mirrored = replace(moment(1), shown=replace(AS_PLANNED, mirrored=True))
    made.page.open_second("play:beside")
    made.page.session.second.status = SimpleNamespace(moment=mirrored)
    made.page.frames = {1: picture(9)}
    made.do("fresh")
    assert made.state.step is Step.ORIENTATION
    assert Step.ORIENTATION not in made.state.done
    assert made.state.message == "The picture is mirrored since: is it the right way round?"
    made.do("yes", "enter")
    assert made.state.step is Step.POINTS
    assert made.state.setup.view.still.index == 9
    made.do("fresh")
    assert made.state.step is Step.POINTS, "it was answered"


def test_the_next_level_begins_with_its_name_and_proposes_the_scale(made: Made) -> None:
    made.to_points()
    made.do(*["enter"] * 6, "type 0", "type .", "type 3", "enter")
    made.controller.begin("level")
    assert made.state.step is Step.LEVEL
    assert made.state.message == "Scale of the last level: 0.3000 mm/px (typed)"
    assert made.state.done == {Step.SOURCE, Step.ORIENTATION}
    made.do("enter")
    assert (made.state.scale.typed, made.state.scale.by) == ("0.3000", "as before: typed")
    made.controller.begin("points")
    assert made.state.step is Step.POINTS
    made.controller.begin()
    assert made.state.step is Step.SOURCE


def test_figures_of_a_step_are_shown_anew_now_and_then(made: Made) -> None:
    made.controller.begin()
    made.page.start_session("play:x")
    made.tick()
    before = len(made.screen.shown)
    for _ in range(64):
        made.tick()
    assert len(made.screen.shown) == before + 2
