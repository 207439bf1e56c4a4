"""The theatre page (F1): arranges the parts, polls the session, gives each part what it shows."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from PyQt6.QtCore import QElapsedTimer, QEvent, Qt, QTimer
from PyQt6.QtGui import QKeyEvent, QResizeEvent
from PyQt6.QtWidgets import QWidget

from assistant.errors import AssistantError
from assistant.live.messages import (
    Fault,
    Lines,
    LinesVoid,
    LiveState,
    Message,
    Moved,
    PlanRefused,
    PlanTaken,
    SourceEnded,
    SourceLost,
    SourceOpened,
    StampedFrame,
)
from assistant.live.session import LiveSession
from assistant.live.status import LiveStatus
from assistant.places import data_home
from assistant.plan import Plan
from assistant.settings import Settings
from assistant.vocabulary import Frame
from ui import key_map
from ui.alarm_sound import AlarmSound
from ui.curve import CurveView
from ui.distance_card import DistanceCard, NotMeasured
from ui.page import Page
from ui.setup.panel import SetupPanel
from ui.theatre.acts import Acts
from ui.theatre.advice import advice_for
from ui.theatre.bar import LiveBar, message_of
from ui.theatre.cards import AlarmList, Clocks, LeakLine, Legend, WorksCard, fill_words
from ui.theatre.desk import Desk
from ui.theatre.key_images import KeyImages
from ui.theatre.keys_card import KeysCard
from ui.theatre.layout import Layout, lay_out
from ui.theatre.looks import LOOKS, age_words
from ui.theatre.picture import LivePicture
from ui.theatre.second import Second, SecondPicture
from ui.theatre.strip import LiveStrip
from ui.theatre.trace import Trace

_TICK_MS: Final = 8
_AWAY_MS: Final = 100
_FIGURES_MS: Final = 250
_NOTE_MS: Final = 8000
_PROPOSAL_MS: Final = 15000
SessionMaker = Callable[[str, Path, Settings], LiveSession]


class TheatrePage(Page):
    """Live, beside the patient.

    Parameters
    ----------
    settings : Settings
    make_session : callable
        Source, folder, settings → session; handed in by tests.
    """

    def __init__(
        self, settings: Settings, make_session: SessionMaker = LiveSession, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.settings = settings
        self._make_session = make_session
        self.session: LiveSession | None = None
        self.plan: Plan | None = None
        self.desk = Desk()
        self.trace = Trace()
        self.frame: StampedFrame | None = None
        self.bare = False
        self.case = ""
        self._note, self._asked = "", ""
        self._close_granted = False
        self._keys_down: dict[int, str] = {}
        self.keys, why = key_map.read()
        self._build()
        self.acts = Acts(self)
        self.acts.holding.share.connect(self._show_hold)
        self.sound = AlarmSound(self)
        self._figures, self._note_age, self._proposal_age = QElapsedTimer(), QElapsedTimer(), QElapsedTimer()
        self._figures.start()
        self._timer = QTimer(self)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self._tick)
        self._timer.start(_AWAY_MS)
        self.tell(why)
        self.refresh(at_once=True)

    def _build(self) -> None:
        self.setAutoFillBackground(True)
        self.strip, self.bar = LiveStrip(self), LiveBar(self)
        self.picture, self.second = LivePicture(self), SecondPicture(self)
        self.distances, self.curve, self.works = DistanceCard(self), CurveView(self), WorksCard(self)
        self.clocks, self.legend = Clocks(self), Legend(self)
        self.alarms, self.leak = AlarmList(self), LeakLine(self)
        self.keys_card = KeysCard(self.keys, self)
        self.key_images = KeyImages(self)
        self.key_images.told.connect(self.tell)
        self.setup = SetupPanel(self)
        self.setup.hide()
        self.bar.touched.connect(lambda: (self.acts.press(key_map.ACKNOWLEDGE), self.acts.release("acknowledge")))
        self.keys_card.pressed.connect(lambda act: self.acts.press(act))
        self.keys_card.released.connect(lambda act: self.acts.release(act))

    @staticmethod
    def now_ns() -> int:
        """The clock that the session uses."""
        return time.monotonic_ns()

    # The session -----------------------------------------------------------------------------------------------

    def start_session(self, source: str) -> bool:
        """Begin with a source; False, with the reason told, where it cannot be."""
        self.end_session()
        folder = data_home() / "live" / datetime.now().strftime("%Y-%m-%d_%H-%M-%S_%f")[:-3]
        session = self._make_session(source, folder, self.settings)
        try:
            session.start()
        except AssistantError as error:
            self.tell(str(error))
            return False
        self.session = session
        self.picture.forget()
        self.second.forget()
        self.trace.clear()
        self.plan, self.frame, self.desk = None, None, Desk(stages=self.desk.stages)
        self.sound.tell_session(session)
        self.refresh(at_once=True)
        return True

    def end_session(self) -> None:
        """End the session that runs, its recording closed in order."""
        session, self.session = self.session, None
        if session is not None and not session.stop():
            self.tell("The session did not end by itself; what was recorded until then is whole.")
        self.picture.forget()
        self.refresh(at_once=True)

    def take_plan(self, plan: Plan, references: tuple[Frame, ...]) -> bool:
        """Work with these lines; they count once they are confirmed."""
        if self.session is None:
            return False
        try:
            self.session.set_plan(plan.document, [frame.grey for frame in references])
        except AssistantError as error:
            self.tell(str(error))
            return False
        self.plan = plan
        self.trace.clear()
        self.second.set_references(references)
        level = plan.views[0].level or ""
        self.case = " · ".join(part for part in (level, plan.views[0].view) if part)
        return True

    def confirm_lines(self) -> None:
        """The lines that were shown are right."""
        self.picture.proposal = None
        if self.session is not None:
            self.session.confirm_lines()
            self.tell("Lines confirmed.")
            self.refresh(at_once=True)

    def propose_lines(self) -> None:
        """Show the lines, dotted: a second press confirms them. Nothing is confirmed unseen."""
        if self.session is None or self.plan is None:
            return
        moment = self.session.status.moment
        index = getattr(moment.motion, "view_index", 0) if moment is not None else 0
        self.picture.proposal = (moment, self.plan.views[index])
        self._proposal_age.start()
        word = self.keys.word("lines")
        self.ask(f"Do these lines fit? {word}: confirm")

    def next_level(self) -> None:
        """End work at the present level; set-up goes on with the next."""
        if self.plan is not None:
            self.desk.next_level(self.plan.views[0].level or "level")
        if self.session is not None:
            self.session.note("next_level", "Next level", done=list(self.desk.levels_done))
        self.begin_set_up(at="level")

    # Set-up ----------------------------------------------------------------------------------------------------

    def begin_set_up(self, at: str = "source") -> None:
        """Open the set-up beside the picture; never while armed."""
        if self.session is not None and self.session.status.armed:
            return
        self.setup.begin(at)
        self._arrange()

    def end_set_up(self) -> None:
        """Back to the figures."""
        self.setup.hide()
        self.picture.points, self.picture.banner = None, ""
        self._arrange()
        self.setFocus()

    @property
    def in_set_up(self) -> bool:
        """Whether the set-up is open."""
        return not self.setup.isHidden()

    # Telling ---------------------------------------------------------------------------------------------------

    def tell(self, text: str) -> None:
        """A line for some seconds, at the foot of the picture."""
        self._note = text
        if text:
            self._note_age.start()
        if self.in_set_up:
            self.setup.tell(text)

    def ask(self, text: str) -> None:
        """A question in the message bar, answered by its key."""
        self._asked = text
        self.refresh(at_once=True)

    # Acts that touch several parts -----------------------------------------------------------------------------

    def show_raw(self, *, raw: bool) -> None:
        """Lift everything that is drawn on the picture while the key is held."""
        self.picture.raw = raw
        self.picture.update()

    def toggle_bare(self) -> None:
        """Strip, bar and picture only."""
        self.bare = not self.bare
        self._arrange()

    def next_second(self) -> None:
        """Another picture beside the live one, or none."""
        self.second.next()
        self._arrange()
        self.refresh(at_once=True)

    def keep_key_image(self) -> None:
        """Keep the present picture, bare and as shown."""
        if self.session is None or self.frame is None:
            self.tell("No picture to keep.")
            return
        self.desk.key_images += 1
        shown = self.picture.grab()
        name = self.key_images.keep(self.session.folder, self.desk.key_images, self.frame, shown)
        self.session.note("key_image", name, frame=self.frame.index)
        self.tell(f"Key image {self.desk.key_images} kept.")

    def _show_hold(self, act: str, share: float) -> None:
        cap = self.keys_card.caps.get(act)
        if cap is not None:
            cap.set_held(share)

    # Time ------------------------------------------------------------------------------------------------------

    def _tick(self) -> None:
        session = self.session
        if session is None:
            if self._figures.elapsed() >= _FIGURES_MS:
                self.refresh(at_once=True)
            return
        for message in session.poll():
            self._hear(message)
        status = session.status
        self.sound.play(status.sound, status.now_ns)
        index = session.newest_index
        fresh = index >= 0 and (self.frame is None or index != self.frame.index)
        if fresh:
            frame = session.newest_frame()
            if frame is not None:
                self.frame = frame
                self.second.keep(frame)
        self.desk.see_push(status.push_s)
        if self.picture.proposal is not None and self._proposal_age.elapsed() > _PROPOSAL_MS:
            self.picture.proposal, self._asked = None, ""
        figures = self._figures.elapsed() >= _FIGURES_MS
        still = self.in_set_up and self.setup.owns_picture
        if not still and (fresh or figures or status.state is not self._shown_state):
            self._shown_state = status.state
            self.picture.show_live(self.frame, status, self._views())
        self._say(status)
        if figures:
            self._figures.restart()
            self._show_figures(status)
        if self.in_set_up:
            self.setup.tick(status, self.frame)

    _shown_state: LiveState | None = None

    def _views(self) -> tuple[Any, ...]:
        return self.plan.views if self.plan is not None else ()

    def _hear(self, message: Message) -> None:
        if isinstance(message, Moved):
            self.trace.add(message.moment)
        elif isinstance(message, Fault):
            self.tell(f"{message.happened} {message.do}")
        elif isinstance(message, LinesVoid):
            self.tell(f"Lines must be confirmed again: {message.reason}.")
        elif isinstance(message, PlanRefused):
            self.tell(f"The lines cannot be used: {message.reason}")
            if self.in_set_up:
                self.setup.refused(message.reason)
        elif isinstance(message, PlanTaken):
            self.setup.taken()
        elif isinstance(message, SourceLost):
            self.tell(f"No source: {message.reason}")
        elif isinstance(message, SourceEnded):
            self.tell("The played recording is at its end.")
        elif isinstance(message, SourceOpened) and self.in_set_up:
            self.setup.opened(message.facts)

    def _say(self, status: LiveStatus | None) -> None:
        if self._asked and (status is None or (status.lines is not Lines.UNCONFIRMED and "lines" in self._asked)):
            self._asked = ""
        aside = (self.desk.ap_words(self.now_ns()), "") if status is not None else ("", "")
        if status is not None and status.quiet.seen_none:
            aside = (aside[0], "picture, view, lines, tracking, sound: all known")
        self.bar.say(message_of(status, quiet_aside=aside, asked=self._asked))

    def refresh(self, *, at_once: bool = False) -> None:
        """Show all that is known, now."""
        status = self.session.status if self.session is not None else None
        self._say(status)
        if at_once:
            self._show_figures(status)
            if not (self.in_set_up and self.setup.owns_picture):
                self.picture.show_live(None, status, self._views())

    def _show_figures(self, status: LiveStatus | None) -> None:
        now_ns = self.now_ns()
        self.strip.show_status(status, self.case, self.sound.fault)
        moment = status.moment if status is not None else None
        measured = status is not None and status.drawable
        why = None
        if status is None:
            why = NotMeasured(headline="No source", explanation="Set-up: P")
        elif LOOKS[status.state].figure:
            why = NotMeasured(headline=LOOKS[status.state].figure, explanation=LOOKS[status.state].explanation)
        elif not measured:
            why = NotMeasured(headline="Too old to show", explanation="Comes with the next measurement.")
        age = "not measured" if why is not None or status is None else f"age {age_words(status)}"
        calibrated = self.plan is None or self.setup.is_calibrated(self.plan)
        views = self._views()
        self.distances.show_moment(moment, views, age=age, why=why, calibrated=calibrated)
        self.curve.show_moment(moment, self.trace)  # type: ignore[arg-type]
        self.works.show_status(status)
        self.clocks.show_desk(self.desk, status, now_ns, fill_words(moment, views, measured=measured))
        self.alarms.show_status(status)
        self.leak.show_moment(moment, measured=measured)
        note = self._note if self._note and self._note_age.elapsed() < _NOTE_MS else ""
        advice = advice_for(status.alarms) if status is not None else ""
        self.legend.show_status(status, advice, note)
        if self.second.shows is not Second.NONE:
            self.second.show_now(self.frame, moment)
        self._place_cards(status)

    # Places ----------------------------------------------------------------------------------------------------

    def _arrange(self) -> None:
        second = self.second.shows is not Second.NONE and not self.in_set_up
        places = lay_out(self.width(), self.height(), bare=self.bare and not self.in_set_up, second=second)
        self._places = places
        parts = (
            (self.strip, places.strip),
            (self.bar, places.bar),
            (self.picture, places.picture),
            (self.second, places.second),
            (self.legend, places.legend),
            (self.distances, places.distances),
            (self.curve, places.curve),
            (self.works, places.curve),
            (self.clocks, places.clocks),
            (self.keys_card, places.keys),
            (self.alarms, places.alarms),
            (self.leak, places.leak),
        )
        for part, place in parts:
            if hasattr(part, "factor"):
                part.factor = places.factor
            if hasattr(part, "small"):
                part.small = places.small
            part.setGeometry(place)
            part.setVisible(not place.isEmpty())
        self.keys_card.arrange()
        if self.in_set_up:
            self.setup.arrange(places)
        self._place_cards(self.session.status if self.session is not None else None)

    _places: Layout | None = None

    def _place_cards(self, status: LiveStatus | None) -> None:
        """The curve's place is taken by what still works, or (small) by the alarms and the leak."""
        if self._places is None or self._places.curve.isEmpty() or self.in_set_up:
            return
        black = status is not None and LOOKS[status.state].black
        busy = False
        if self._places.small and status is not None:
            has_leak = status.moment is not None and bool(status.moment.leaks)
            busy = (bool(status.alarms) or has_leak) and not black
        self.works.setVisible(black)
        self.curve.setVisible(not black and not busy)
        self.alarms.setVisible(busy)
        self.leak.setVisible(busy)

    def resizeEvent(self, a0: QResizeEvent | None) -> None:
        """Everything finds its place."""
        self._arrange()

    # The page --------------------------------------------------------------------------------------------------

    def enter(self) -> None:
        """The page comes to the front."""
        self._timer.start(_TICK_MS)
        if self.session is None and not self.in_set_up:
            self.begin_set_up()

    def stay(self) -> str:
        """The page is not left while armed."""
        armed = self.session is not None and self.session.status.armed
        return "Injecting is on. Hold I for one second first." if armed else ""

    def leave(self) -> None:
        """The session goes on behind another page."""
        self.acts.let_go()
        self._timer.start(_AWAY_MS)

    def open_thing(self, thing: object) -> None:
        """Open a source: its address."""
        if not isinstance(thing, str):
            raise TypeError(f"the theatre opens the address of a source, not {type(thing).__name__}")
        if not self.stay():
            self.begin_set_up()
            self.setup.choose_source(thing)

    def press(self, event: QKeyEvent) -> bool:
        """Act on a key, whatever has the focus."""
        if event.isAutoRepeat() and not self.in_set_up:
            return True
        if self._asked.startswith("Close") and event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._close_granted = True
            window = self.window()
            if window is not None:
                window.close()
            return True
        if self._asked.startswith("Close"):
            self.ask("")
        if self.in_set_up and self.setup.press(event):
            return True
        act = self.keys.act(event.key())
        if act is None or event.isAutoRepeat():
            return False
        self._keys_down[event.key()] = act
        self.acts.press(act)
        return True

    def release(self, event: QKeyEvent) -> bool:
        """A key is let go."""
        if event.isAutoRepeat():
            return True
        act = self._keys_down.pop(event.key(), None)
        if act is None:
            return False
        self.acts.release(act)
        return True

    def changeEvent(self, a0: QEvent | None) -> None:
        """A window that loses the keyboard lets go of everything held."""
        if a0 is not None and a0.type() == QEvent.Type.ActivationChange and not self.isActiveWindow():
            self._keys_down.clear()
            if hasattr(self, "acts"):
                self.acts.let_go()
        super().changeEvent(a0)

    def may_close(self) -> bool:
        """While armed the bar asks once; the recording runs until it is answered."""
        if not self.stay() or self._close_granted:
            return True
        self.ask("Close while injecting? Enter: close. Any other key: stay.")
        return False

    def shut(self) -> None:
        """End what runs."""
        self._timer.stop()
        self.bar.stop()
        self.sound.stop()
        self.end_session()


def make_page(settings: Settings) -> TheatrePage:
    """The page, for the shell."""
    return TheatrePage(settings)
