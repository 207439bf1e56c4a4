"""The theatre page (F1): polls the session, hears it, hands keys on. What is shown where is the board's business."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from typing import Final

from PyQt6.QtCore import Qt, QTimer
from PyQt6.QtGui import QKeyEvent, QResizeEvent
from PyQt6.QtWidgets import QWidget

from assistant.errors import AssistantError
from assistant.live.messages import StampedFrame
from assistant.live.plan_store import split_plan
from assistant.live.second_input import FOLDER as SECOND_FOLDER
from assistant.live.session import LiveSession
from assistant.live.status import LiveStatus
from assistant.plan import Plan, PlannedView, plan_from_document
from assistant.settings.tree import Settings
from assistant.vocabulary import Frame, Unknown
from ui.keys.key_map import load, with_keys, word
from ui.keys.table import ACKNOWLEDGE, KeyAction
from ui.page import Page
from ui.setup.panel import SetupPanel
from ui.system.alarm_sound import AlarmSound
from ui.theatre import sessions
from ui.theatre.acts import Acts
from ui.theatre.board import Board
from ui.theatre.closing import Closing
from ui.theatre.confirming import Confirming
from ui.theatre.desk import Desk
from ui.theatre.guarded import guarded
from ui.theatre.hearing import hear
from ui.theatre.intake import Intake
from ui.theatre.key_images import KeyImages
from ui.theatre.second import Second
from ui.theatre.trace import Trace

_TICK_MS: Final = 8
_AWAY_MS: Final = 100
SessionMaker = Callable[[str, Path, Settings], LiveSession]


class TheatrePage(Page):
    """Live, beside the patient.

    Parameters
    ----------
    settings : Settings
    make_session : callable, optional
        Source, folder, settings → session; handed in by tests.
    """

    def __init__(
        self, settings: Settings, make_session: SessionMaker | None = None, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setAutoFillBackground(True)
        self.settings = settings
        self._make_session = make_session or sessions.make_session
        self.session: LiveSession | None = None
        self.plan: Plan | None = None
        self.second_plan: Plan | None = None
        self.desk = Desk.by(settings.theatre)
        self.trace = Trace()
        self.frame: StampedFrame | None = None
        self.case = ""
        why = load()
        self.sound = AlarmSound(self)
        self.board = Board(self)
        self.picture, self.second = self.board.picture, self.board.second
        self.lines, self.closing = Confirming(self), Closing(self)
        self.acts = Acts(self)
        beside = {1: self.second, 2: self.board.beside.picture}
        self.setup = SetupPanel(self, self.picture, beside, self.sound, settings, self)
        self.setup.hide()
        self.key_images, self.intake = KeyImages(self), Intake(self.tell, settings, self)
        self._connect()
        self._timer = QTimer(self)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self._tick)
        self._timer.start(_AWAY_MS)
        self.tell(why)
        self.refresh()

    def _connect(self) -> None:
        self.key_images.told.connect(self.tell)
        self.acts.holding.share.connect(self._show_hold)
        self.board.bar.touched.connect(self._touch_bar)
        self.board.keys_card.pressed.connect(self.acts.press)
        self.board.keys_card.released.connect(self.acts.release)

    def _touch_bar(self) -> None:
        self.acts.press(ACKNOWLEDGE)
        self.acts.release(ACKNOWLEDGE)

    @staticmethod
    def now_ns() -> int:
        """The clock that the session uses."""
        return time.monotonic_ns()

    @property
    def views(self) -> tuple[PlannedView, ...]:
        """Views of the present plan, those of the first input."""
        return self.plan.views if self.plan is not None else ()

    @property
    def second_views(self) -> tuple[PlannedView, ...]:
        """Views of the second input."""
        return self.second_plan.views if self.second_plan is not None else ()

    @property
    def has_plan(self) -> bool:
        """Whether the session has lines."""
        return self.plan is not None

    @property
    def levels_done(self) -> list[str]:
        """Levels treated before in this session, with their words."""
        return self.desk.levels_done

    @property
    def in_set_up(self) -> bool:
        """Whether the set-up is open."""
        return not self.setup.isHidden()

    @property
    def shows_still(self) -> bool:
        """Whether the picture is the still one of the set-up."""
        return self.in_set_up and self.setup.owns_picture

    def start_session(self, source: str) -> bool:
        """Begin with a source (or go on with the one left); False, with the reason told, where it cannot be."""
        left = sessions.left_session() if source == sessions.RESUME else None
        if source == sessions.RESUME and left is None:
            self.tell("There is no session to go on with.")
            return False
        self.end_session()
        self.intake.begin()
        source, folder = (source, sessions.new_folder()) if left is None else (left.source, left.folder)
        session = self._make_session(source, folder, self.settings)
        try:
            session.start()
        except AssistantError as error:
            self.tell(str(error))
            return False
        self.session = session
        self.picture.forget()
        self.second.forget()
        self.board.beside.forget()
        self.trace.clear()
        self.plan, self.second_plan, self.frame, self.desk = None, None, None, Desk.by(self.settings.theatre)
        self._name_case()
        self.sound.tell_session(session)
        if left is not None:
            self.plan, references = sessions.left_plan(folder, self.settings)
            self.second_plan, _ = sessions.left_plan(folder / SECOND_FOLDER, self.settings)
            self.second.set_references(references)
            self.desk.recall(session.events, time.monotonic_ns(), time.time_ns())
            self._name_case()
            again = f" Confirm the lines again: {word('theatre', 'lines')}" if self.plan else ""
            self.tell(f"The session goes on.{again}")
        self.refresh()
        return True

    def end_session(self) -> None:
        """End the session that runs, its recording closed in order."""
        session, self.session = self.session, None
        if session is None:
            return
        self.desk.log_xray(session.note, is_over=True)
        self.sound.tell_session(None)
        if not session.stop():
            self.tell("The session did not end by itself; what was recorded until then is whole.")
        self.plan, self.second_plan, self.frame, self.case = None, None, None, ""
        self.picture.forget()
        self.board.beside.forget()
        self.refresh()

    def open_second(self, source: str) -> None:
        """Open a second grabber beside the first; empty closes it."""
        if self.session is None:
            return
        for fault in self.session.open_second(source):
            self.tell(f"{fault.happened} {fault.do}")
        self.second_plan = None
        self.board.beside.forget()
        if self.session.second is not None:
            self.show_second_input()
        elif self.second.shows is Second.INPUT:
            self.next_second()

    def show_second_input(self) -> None:
        """Its picture beside the first."""
        self.second.shows = Second.INPUT
        self.board.arrange()

    def frame_of(self, number: int) -> StampedFrame | None:
        """The newest frame of the first or the second input."""
        return self.frame if number == 1 else self.board.beside.frame

    def take_plan(self, plan: Plan, references: tuple[Frame, ...]) -> bool:
        """Work with these lines; they count once they are confirmed."""
        if self.session is None:
            return False
        try:
            self.session.set_plan(plan.document, [frame.grey for frame in references])
        except AssistantError as error:
            self.tell(str(error))
            return False
        first, second = split_plan(plan.document, [frame.grey for frame in references])
        lines = self.settings.alarms.warning_lines
        self.plan = plan_from_document(first[0], lines)
        self.second_plan = None if second is None else plan_from_document(second[0], lines)
        references = references[: len(self.plan.views)]
        self.trace.clear()
        self.second.set_references(references)
        self.desk.at_level(self.plan.views[0].level or "")
        self._name_case()
        return True

    def _name_case(self) -> None:
        self.case = sessions.case_words(self.session, (*self.views, *self.second_views))

    def next_level(self) -> None:
        """End work at the present level; set-up goes on with the next."""
        self.desk.next_level()
        if self.session is not None:
            self.session.note("next_level", "Next level", done=list(self.desk.levels_done), level=self.desk.level)
        self.begin_set_up(at="level")

    def begin_set_up(self, at: str = "source") -> None:
        """Open the set-up beside the picture; never while armed."""
        if self.session is None or not self.session.status.armed:
            self.acts.let_go()
            self.setup.begin(at)
            self.board.arrange()

    def end_set_up(self) -> None:
        """Back to the figures."""
        self.setup.end()
        self.board.arrange()
        self.refresh()

    def arm(self) -> None:
        """Arm with lines of which each point was confirmed in the set-up, which ends."""
        self.lines.placed()
        self.end_set_up()
        for picture in (self.picture, self.board.beside.picture):
            picture.show_level(wanted=True)
        self.acts.arm()

    def tell(self, text: str) -> None:
        """A line for some seconds, at the foot of the picture."""
        text = with_keys(text)
        self.board.tell(text)
        if self.in_set_up:
            self.setup.controller.tell(text)

    def ask(self, text: str) -> None:
        """A question in the message bar, answered by its key; empty takes it away."""
        self.board.asked = with_keys(text)
        self.board.say(self.session.status if self.session is not None else None)

    def refresh(self) -> None:
        """Show all that is known, now."""
        status = self.session.status if self.session is not None else None
        self.board.say(status)
        self.board.show_figures(status)
        if not self.shows_still:
            self.picture.show_live(None, status, self.views)

    def show_raw(self, *, raw: bool) -> None:
        """Lift everything that is drawn on the pictures while the key is held."""
        for picture in (self.picture, self.board.beside.picture):
            picture.raw = raw
            picture.update()

    def toggle_bare(self) -> None:
        """Strip, bar and picture only."""
        self.board.bare = not self.board.bare
        self.board.arrange()

    def next_second(self) -> None:
        """Another picture beside the live one, or none."""
        self.second.next(with_input=self.session is not None and self.session.second is not None)
        self.board.arrange()
        self.refresh()

    def _show_hold(self, act: str, share: float) -> None:
        cap = self.board.keys_card.caps.get(act)
        if cap is not None:
            cap.set_held(share)

    def _tick(self) -> None:
        session = self.session
        if session is None:
            if self.board.due():
                self.refresh()
            return
        # Sound and bar first, and each part by itself: a fault in one must not take the alarms away.
        messages = session.poll()
        status = session.status
        for part in (lambda: self.sound.play(status.sound), lambda: self.board.say(status)):
            guarded(part)
        for message in messages:
            guarded(lambda message=message: hear(self, message))
        if self.session is session and not guarded(lambda: self._show(session, status)):
            guarded(self.board.fail)

    def _show(self, session: LiveSession, status: LiveStatus) -> None:
        """The newest picture and all figures."""
        index = session.newest_index
        fresh = False
        if index >= 0 and (self.frame is None or index != self.frame.index):
            frame = session.newest_frame()
            if frame is not None:
                self.frame, fresh = frame, True
                self.second.keep(frame)
        self.desk.see_push(status.push_s)
        self.desk.log_xray(session.note, is_over=isinstance(status.push_s, Unknown))
        self.lines.look()
        self.board.tick(status, fresh=fresh)
        if self.in_set_up and status.armed:
            # Cement that grows arms by itself: the screen to inject by has to be there.
            self.end_set_up()
            self.tell(f"Cement grows: injecting is on. Hold {word('theatre', 'inject')} for one second to end.")
        elif self.in_set_up:
            self.setup.controller.tick(status)

    def resizeEvent(self, a0: QResizeEvent | None) -> None:
        """Everything finds its place."""
        self.board.arrange()

    def enter(self) -> None:
        """The page comes to the front."""
        self._timer.start(_TICK_MS)
        if self.session is None:
            self.intake.begin_soon()
            if not self.in_set_up:
                self.begin_set_up()

    def stay(self) -> str:
        """The page is not left while armed."""
        armed = self.session is not None and self.session.status.armed
        return f"Injecting is on. Hold {word('theatre', 'inject')} for one second first." if armed else ""

    def leave(self) -> None:
        """The session goes on behind another page."""
        self.let_go()
        self._timer.start(_AWAY_MS)

    def open_thing(self, thing: object) -> None:
        """Open a source: its address.

        Raises
        ------
        TypeError
            If another page asks for something else.
        """
        if not isinstance(thing, str):
            raise TypeError(f"the theatre opens the address of a source, not {type(thing).__name__}")
        if not self.stay():
            self.begin_set_up()
            self.setup.controller.choose_source(thing)

    def places(self) -> tuple[str, ...]:
        """The theatre's keys; those of the set-up's step before them while it is open."""
        return (*(self.setup.places() if self.in_set_up else ()), "theatre")

    def begin_act(self, act: KeyAction) -> None:
        """A key of the set-up or of the theatre goes down."""
        if act.page == "setup":
            self.setup.act(act.name)
        else:
            self.acts.press(act.name)

    def end_act(self, act: KeyAction) -> None:
        """It goes up."""
        if act.page == "theatre":
            self.acts.release(act.name)

    def press(self, event: QKeyEvent) -> bool:
        """Act on a key, whatever has the focus."""
        return self.closing.answer(event) if self.closing.asks else super().press(event)

    def let_go(self) -> None:
        """A window that loses the keyboard lets go of everything held."""
        super().let_go()
        self.acts.let_go()

    def may_close(self) -> bool:
        """While armed the bar asks once; the recording runs until it is answered."""
        return self.closing.may_close()

    def shut(self) -> None:
        """End what runs."""
        self._timer.stop()
        self.board.bar.stop()
        self.sound.stop()
        self.intake.stop()
        self.end_session()


def make_page(settings: Settings) -> TheatrePage:
    """The page, for the shell."""
    return TheatrePage(settings)
