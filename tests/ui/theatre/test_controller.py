"""The theatre's rules and acts without a window: a page, its pictures and a sound that only remember."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import pytest

from assistant.errors import UsageError
from assistant.live.messages import (
    ArmedByGrowth,
    FaultNotice,
    Lines,
    LinesVoid,
    LiveState,
    Moved,
    PlanRefused,
    PlanTaken,
    SourceEnded,
    SourceLost,
    SourceOpened,
)
from assistant.live.procedure import Procedure
from assistant.live.processes.running_session import Running
from assistant.plan import plan_from_document
from assistant.run_facts import RunFacts
from assistant.settings.tree import Settings
from assistant.vocabulary import Frame
from tests.ui.theatre.fake_session import DOCUMENT, PLAN, FakeSession, moment, picture, status
from ui.keys.table import actions_of
from ui.theatre import setup_host
from ui.theatre.controller import TheatreController
from ui.theatre.host import Offer
from ui.theatre.setup_host import LEAST_HEIGHT_PX, LEAST_WIDTH_PX, TheatreHost

AP = plan_from_document({**DOCUMENT, "views": [{**DOCUMENT["views"][0], "view": "ap"}]}, 0.25)


class View:
    """The page."""

    def __init__(self) -> None:
        self.told: list[str] = []
        self.asked = ""
        self.shown = 0
        self.set_up: list[str] = []
        self.window = (1920, 1080)

    def show_message(self, text: str) -> None:
        self.told.append(text)

    def ask(self, text: str) -> None:
        self.asked = text

    def offer(self, question: str, acts: tuple[str, ...] = (), heading: str = "", chosen: tuple[str, ...] = ()) -> None:
        self.question, self.answers, self.chosen = question, acts, chosen

    def refresh(self) -> None:
        self.shown += 1

    def window_px(self) -> tuple[int, int]:
        return self.window

    def open_set_up(self, at: str) -> None:
        self.set_up.append(at)

    def close_set_up(self) -> None:
        self.set_up.append("closed")

    def keep_image(self, number: int) -> str:
        return f"key_{number}"


class Screen:
    """The pictures, and which lines stand on them."""

    def __init__(self) -> None:
        self.asked: list[Any] = []
        self.lines: dict[int, Offer | None] = {}

    def forget(self, number: int, *, kept: bool = False) -> None:
        self.asked.append(("forget", number, kept))
        self.lines[number] = None

    def show_raw(self, *, raw: bool) -> None:
        self.asked.append(("raw", raw))

    def show_level(self, *, wanted: bool | None) -> None:
        self.asked.append(("level", wanted))

    def toggle_bare(self) -> None:
        self.asked.append("bare")

    def next_second(self) -> None:
        self.asked.append("next second")

    def show_second_input(self, *, is_open: bool) -> None:
        self.asked.append(("second input", is_open))

    def offered(self, number: int) -> Offer | None:
        return self.lines.get(number)

    def offer(self, number: int, lines: Offer | None) -> None:
        self.lines[number] = lines


class SetUp:
    """The set-up, as it hears the session."""

    def __init__(self) -> None:
        self.heard: list[Any] = []

    def taken(self) -> None:
        self.heard.append("taken")

    def refused(self, reason: str) -> None:
        self.heard.append(("refused", reason))

    def opened(self, facts: RunFacts) -> None:
        self.heard.append(facts.source)

    def tick(self, status: Any) -> None:
        self.heard.append(status)


class Sound:
    def __init__(self) -> None:
        self.sessions: list[Any] = []

    def tell_session(self, session: Any) -> None:
        self.sessions.append(session)


class Made:
    """A controller with what it asks, and a clock that is turned by hand."""

    def __init__(self) -> None:
        self.now_s = 1000.0
        self.view, self.screen, self.set_up, self.sound = View(), Screen(), SetUp(), Sound()
        self.imports = 0
        self.holds: list[tuple[str, float]] = []
        self.procedure = Procedure(Settings(), FakeSession)
        self.host = TheatreHost(
            self.procedure, self.view, self.screen, self.sound, SimpleNamespace(begin=self._begin_import)
        )
        self.host.lines._clock_s = lambda: self.now_s
        self.controller = TheatreController(
            self.procedure,
            self.host,
            self.view,
            self.screen,
            self.set_up,
            lambda act, share: self.holds.append((act, share)),
            lambda: round(self.now_s * 1e9),
        )

    def _begin_import(self) -> None:
        self.imports += 1

    @property
    def session(self) -> Any:
        return self.procedure.session

    @property
    def told(self) -> str:
        return self.view.told[-1] if self.view.told else ""

    def click(self, *acts: str) -> None:
        for act in acts:
            self.controller.press(act)
            self.controller.release(act)

    def hold(self, act: str, seconds: float) -> None:
        self.controller.press(act)
        for _ in range(round(seconds / 0.02)):
            self.now_s += 0.02
            self.controller.holding.look()
        self.controller.release(act)


@pytest.fixture
def made() -> Made:
    return Made()


@pytest.fixture
def armed(made: Made) -> Made:
    """A session with confirmed lines, injecting."""
    assert made.host.start_session("play:x")
    assert made.host.take_plan(PLAN, (Frame(index=0, t_s=0.0, grey=picture().grey),))
    made.procedure.look(status())
    session = made.session
    session.lines, session.state, session.armed = Lines.CONFIRMED, LiveState.LIVE, True
    return made


def test_every_act_of_the_table_is_there(made: Made) -> None:
    assert set(made.controller.acts) == {act.name for act in actions_of("theatre") if not act.parts}


def test_before_a_session_no_act_fails_and_injecting_opens_the_set_up(made: Made) -> None:
    made.click(*made.controller.acts)
    assert made.view.set_up == ["source", "source", "source"], "inject, lines, set up"
    assert "No picture to keep." in made.view.told
    made.controller._disarm()
    made.host.begin_injecting()
    made.host.end_session()
    made.host.open_second("camera:1")
    made.host.lines.propose()
    made.host.lines.confirm()
    made.host.lines.placed()
    assert not made.host.lines.waits
    assert not made.host.take_plan(PLAN, ())


# Injecting ------------------------------------------------------------------------------------------------------


def test_injecting_ends_by_a_hold_of_one_second_and_by_nothing_less(armed: Made) -> None:
    armed.click(*["inject"] * 5)
    armed.hold("inject", 0.9)
    assert armed.session.armed
    armed.hold("inject", 1.1)
    assert not armed.session.armed
    assert armed.told == "Not injecting any more."
    shares = [share for act, share in armed.holds if act == "inject"]
    assert shares[-1] == 0.0
    assert max(shares) < 1.0


def test_after_a_hold_the_key_asks_for_a_new_press(armed: Made) -> None:
    armed.controller.press("inject")
    armed.now_s += 1.1
    armed.controller.holding.look()
    assert not armed.session.armed
    armed.controller.press("inject")
    assert not armed.session.armed, "its key is not up yet"
    armed.controller.release("inject")
    armed.now_s += 0.1
    armed.click("inject")
    assert not armed.session.armed, "a pedal that bounces"
    armed.now_s += 0.5
    armed.click("inject")
    assert armed.session.armed


def test_a_hold_ends_when_the_window_loses_the_keyboard(armed: Made) -> None:
    armed.controller.press("inject")
    armed.controller.let_go()
    armed.now_s += 5
    armed.controller.holding.look()
    assert armed.session.armed
    assert armed.controller.holding.act == ""


def test_arming_needs_a_large_window_and_confirmed_lines(armed: Made) -> None:
    armed.session.armed = False
    for window in ((LEAST_WIDTH_PX - 1, 2000), (4000, LEAST_HEIGHT_PX - 1)):
        armed.view.window = window
        armed.click("inject")
        assert not armed.session.armed
        assert "smaller" in armed.told
    armed.view.window = LEAST_WIDTH_PX, LEAST_HEIGHT_PX
    armed.session.lines = Lines.UNCONFIRMED
    armed.click("inject")
    assert "not confirmed" in armed.told
    armed.session.lines = Lines.CONFIRMED
    armed.click("inject")
    assert armed.session.armed
    assert "Hold [[theatre:inject]] for one second" in armed.told


def test_acknowledging_is_handed_to_the_session(armed: Made) -> None:
    armed.click("acknowledge")
    assert armed.session.acts[-1] == "acknowledge"


def test_while_armed_neither_lines_nor_level_nor_set_up_are_touched(armed: Made) -> None:
    armed.click("lines", "set up", "next level")
    assert armed.view.set_up == []
    assert [text.partition(":")[0] for text in armed.view.told[-2:]] == ["Set-up", "Next level"]
    armed.controller.begin_set_up()
    assert armed.view.set_up == []
    assert armed.procedure.log.levels_done == []


def test_the_page_stays_and_the_window_asks_once_while_armed(armed: Made) -> None:
    controller = armed.controller
    assert "Injecting is on" in controller.stay()
    assert not controller.may_close()
    assert controller.asks_to_close
    controller.answer(closes=False)
    assert (armed.view.asked, controller.asks_to_close) == ("", False)
    assert not controller.may_close()
    armed.view.ask("Another question")
    assert not controller.asks_to_close, "Enter closes only while the question stands in the bar"
    controller.answer(closes=True)
    assert controller.may_close()
    armed.session.armed = False
    assert controller.stay() == ""


# What the team does ---------------------------------------------------------------------------------------------


def test_what_the_team_does_is_told_and_logged_with_its_level(armed: Made) -> None:
    armed.session.note = lambda kind, text="", **data: notes.append((kind, data))
    notes: list[Any] = []
    armed.click("ml in", "ml in", "ml back", "mark", "cement clock", "stage", "ap look", "bookmark", "key image")
    assert [kind for kind, _ in notes] == [
        *("ml", "ml", "ml_back", "pause", "cement_clock", "cement_stage", "ap_look", "bookmark", "key_image"),
    ]
    assert {data["level"] for _, data in notes} == {"L1"}
    assert notes[2][1]["total_ml"] == pytest.approx(0.2)
    assert notes[-1][1]["frame"] == armed.procedure.frame.index
    assert armed.told == "Key image 1 kept."


def test_nothing_is_logged_where_nothing_can_be_done(armed: Made) -> None:
    armed.click("ml back", "stage")
    for _ in range(200):
        armed.procedure.log.put_in()
    armed.click("ml in")
    assert armed.session.notes == []


def test_the_cement_clock_starts_at_once_and_anew_by_a_hold(armed: Made) -> None:
    armed.click("cement clock")
    started = armed.procedure.log.mixed_ns
    armed.click("cement clock")
    assert armed.procedure.log.mixed_ns == started
    armed.hold("cement clock", 1.1)
    assert armed.procedure.log.mixed_ns != started
    assert armed.told == "Cement clock started anew."


def test_a_clip_says_which_frames(armed: Made) -> None:
    armed.click("clip")
    assert armed.told == "Last 20 s kept: frames 0 to 10."
    armed.session.clip = lambda _seconds: None
    armed.click("clip")
    assert armed.told == "No picture yet."


def test_what_is_only_shown_is_asked_of_the_pictures(armed: Made) -> None:
    armed.screen.asked.clear()
    armed.click("raw", "level view", "bare", "second picture")
    assert armed.screen.asked == [("raw", True), ("raw", False), ("level", None), "bare", "next second"]


def test_a_held_key_never_repeats_its_act(armed: Made) -> None:
    for _ in range(5):
        armed.controller.press("ml in")
    assert armed.procedure.log.total_ml == pytest.approx(0.2)
    armed.controller.press("no such act")


# Lines ----------------------------------------------------------------------------------------------------------


def test_lines_are_shown_before_they_are_confirmed(armed: Made) -> None:
    armed.session.lines = Lines.UNCONFIRMED
    armed.click("lines")
    assert armed.screen.lines[1][1] is armed.procedure.views[0]
    assert "confirm_lines" not in armed.session.acts
    assert armed.view.asked == "Do these lines fit? [[theatre:lines]]: confirm"
    armed.click("lines")
    assert armed.session.acts[-1] == "confirm_lines"
    assert (armed.screen.lines[1], armed.view.asked, armed.told) == (None, "", "Lines confirmed.")


def test_a_question_that_nobody_answers_goes_away(armed: Made) -> None:
    armed.session.lines = Lines.UNCONFIRMED
    armed.click("lines")
    armed.host.lines.look()
    assert armed.host.lines.asks
    armed.now_s += 16
    armed.host.lines.look()
    assert not armed.host.lines.asks
    armed.click("lines")
    armed.session.lines = Lines.CONFIRMED  # answered elsewhere
    armed.host.lines.look()
    assert (armed.host.lines.asks, armed.view.asked) == (False, "")


def test_the_question_goes_with_the_lines_that_it_asks_for(armed: Made) -> None:
    armed.session.lines = Lines.UNCONFIRMED
    armed.click("lines")
    armed.screen.forget(1)  # a fault of the screen takes everything old away
    armed.host.lines.look()
    assert armed.view.asked == ""
    armed.click("lines")
    armed.host.end_session()
    assert armed.view.asked == "", "there is no session that it could be of"


def test_a_question_that_goes_takes_no_other_one_along(armed: Made) -> None:
    armed.session.lines = Lines.UNCONFIRMED
    armed.click("lines")
    assert not armed.controller.may_close()
    armed.now_s += 16
    armed.host.lines.look()
    assert armed.controller.asks_to_close


def test_the_second_input_s_lines_are_confirmed_with_those_that_are_shown(armed: Made) -> None:
    session_state = SimpleNamespace(lines=Lines.UNCONFIRMED)
    armed.session.second = SimpleNamespace(
        input=SimpleNamespace(session_state=session_state), status=status(moment=None)
    )
    armed.click("lines")
    assert not armed.host.lines.asks, "without lines of its own there is nothing to confirm"
    armed.procedure.second_plan = AP
    armed.click("lines")
    assert armed.screen.lines[2] == (None, AP.views[0])
    assert ("second input", True) in armed.screen.asked
    armed.click("lines")
    assert armed.session.acts[-1] == "confirm_second_lines"
    assert "confirm_lines" not in armed.session.acts, "those of the first were not shown"


def test_without_lines_or_with_confirmed_ones_the_set_up_opens_where_it_is_needed(armed: Made) -> None:
    armed.session.armed = False
    armed.click("lines", "set up")
    armed.session.lines = Lines.NONE
    armed.click("lines")
    assert armed.view.set_up == ["points", "source", "source"]


# Sessions and the set-up ----------------------------------------------------------------------------------------


def test_a_session_begins_with_nothing_of_the_one_before(armed: Made) -> None:
    before = armed.session
    armed.screen.asked.clear()
    assert armed.host.start_session("play:y")
    assert before.stopped
    assert armed.imports == 2
    assert armed.sound.sessions == [before, None, armed.session]
    assert armed.screen.asked[-2:] == [("forget", 1, True), ("forget", 2, False)]
    assert (armed.host.has_plan, armed.host.frame_of(1), armed.host.frame_of(2)) == (False, None, None)
    assert list(armed.host.levels_done) == []
    armed.session.stop = lambda: False
    armed.host.end_session()
    assert "did not end by itself" in armed.told
    assert armed.host.session is None


def test_why_a_session_does_not_begin_is_told(made: Made, monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(_session: FakeSession) -> None:
        raise UsageError("camera:9 is in use")

    monkeypatch.setattr(FakeSession, "start", fails)
    assert not made.host.start_session("camera:9")
    assert made.told == "camera:9 is in use"
    monkeypatch.setattr(setup_host, "left_session", lambda: None)
    assert not made.host.start_session("resume:")
    assert made.told == "There is no session to go on with."


def test_a_session_that_was_left_goes_on_and_its_lines_have_to_be_confirmed(
    made: Made, tmp_path: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    left = Running(session_memory=None, folder=tmp_path, source="camera:0", window_pid=1)
    monkeypatch.setattr(setup_host, "left_session", lambda: left)
    monkeypatch.setattr(FakeSession, "events", (), raising=False)
    assert made.host.start_session("resume:")
    assert made.told == "The session goes on."
    monkeypatch.setattr("assistant.live.procedure.left_plan", lambda *_args: (PLAN, ()))
    assert made.host.start_session("resume:")
    assert made.told == "The session goes on. Confirm the lines again: [[theatre:lines]]"


def test_lines_that_cannot_be_used_are_told(armed: Made) -> None:
    def refuses(*_args: object) -> int:
        raise UsageError("the plan has no view")

    armed.session.set_plan = refuses
    assert not armed.host.take_plan(PLAN, ())
    assert armed.told == "the plan has no view"


def test_placed_lines_arm_in_level_view_and_the_set_up_ends(armed: Made) -> None:
    armed.session.armed, armed.procedure.second_plan = False, AP
    armed.host.arm()
    assert armed.session.acts[-3:] == ["confirm_lines", "confirm_second_lines", "arm"]
    assert armed.view.set_up == ["closed"]
    assert armed.screen.asked[-1] == ("level", True)


def test_a_second_input_is_opened_and_closed(armed: Made) -> None:
    fault = FaultNotice(happened="No second input.", do="The first goes on.")
    armed.session.open_second = lambda _source: [fault]
    armed.host.open_second("camera:1")
    assert armed.told == "No second input. The first goes on."
    assert armed.screen.asked[-2:] == [("forget", 2, False), ("second input", False)]


def test_the_next_level_is_logged_and_the_set_up_opens_for_it(armed: Made) -> None:
    armed.click("ml in")
    armed.session.armed = False
    armed.controller.press("mark")
    armed.click("next level")
    assert armed.view.set_up == ["level"]
    assert armed.procedure.log.levels_done == ["L1 · 0.2 ml"]
    assert armed.session.notes[-1] == ("next_level", "Next level")
    armed.click("mark")
    assert armed.procedure.log.pauses == 2, "the set-up lets go of what was held"


def test_cement_that_grows_in_the_set_up_brings_the_theatre_back(armed: Made) -> None:
    armed.controller.look(armed.session.status, in_set_up=True)
    assert armed.view.set_up == ["closed"]
    assert "Cement grows" in armed.told
    armed.session.armed = False
    now = armed.session.status
    armed.controller.look(now, in_set_up=False)
    assert armed.set_up.heard == []
    armed.controller.look(now, in_set_up=True)
    assert armed.set_up.heard == [now]


# Messages -------------------------------------------------------------------------------------------------------


def test_each_message_of_the_session_is_heard(armed: Made) -> None:
    facts = RunFacts(source="camera:0", width_px=8, height_px=8, fps=15.0, frame_count=None)
    messages = [
        FaultNotice(happened="The capture stopped.", do="Use the C-arm screen."),
        LinesVoid(reason="the C-arm moved"),
        ArmedByGrowth(by="growing cement"),
        SourceLost(reason="the cable"),
        SourceEnded(),
        PlanTaken(plan_number=1),
        PlanRefused(plan_number=2, reason="too small"),
        SourceOpened(facts=facts, rehearsal=False),
        Moved(moment=moment(3)),
        Moved(moment=replace(moment(3), frame_index=2)),
    ]
    for message in messages:
        armed.controller.handle(message)
    assert armed.view.told[-6:] == [
        "The capture stopped. Use the C-arm screen.",
        "Lines must be confirmed again: the C-arm moved.",
        "Cement grows: injecting is on. Hold [[theatre:inject]] for one second to end.",
        "No source: the cable",
        "The played recording is at its end.",
        "The lines cannot be used: too small",
    ]
    assert armed.set_up.heard == ["taken", ("refused", "too small"), "camera:0"]
    assert len(armed.procedure.trace) == 1
