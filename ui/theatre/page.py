"""The theatre page (F1): owns the widgets and the timer, polls the session, hands keys on."""

from __future__ import annotations

import time
from functools import partial
from typing import Final

from PyQt6.QtCore import Qt, QTimer
from PyQt6.QtGui import QKeyEvent, QResizeEvent
from PyQt6.QtWidgets import QWidget

from assistant.language import translate
from assistant.live.procedure import Procedure, SessionMaker
from assistant.live.session import LiveSession
from assistant.live.status import LiveStatus
from assistant.settings.tree import Settings
from ui.keys.key_map import current, load, with_keys
from ui.keys.keyboard import chords
from ui.keys.table import ACKNOWLEDGE, KeyAction
from ui.page import Page
from ui.setup.panel import SetupPanel, TurnedSecondView
from ui.system.alarm_sound import AlarmSound
from ui.theatre import sessions
from ui.theatre.controller import TheatreController
from ui.theatre.display import TheatreDisplay
from ui.theatre.guarded import guarded
from ui.theatre.key_images import KeyImageWriter
from ui.theatre.session_import import SessionImporter
from ui.theatre.setup_host import TheatreHost

_TICK_MS: Final = 8
_AWAY_MS: Final = 100


class TheatrePage(Page):
    """Live, beside the patient: the widgets, and what `TheatreController` has them show.

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
        why = load()
        self.procedure = Procedure(settings, make_session or sessions.make_session)
        self.sound = AlarmSound(self)
        self.display = TheatreDisplay(self, self.procedure, self.sound)
        self.pictures = pictures = self.display.pictures
        self.picture, self.second = pictures.picture, pictures.second
        self.key_images, self.session_import = KeyImageWriter(self), SessionImporter(self.show_message, settings, self)
        self.host = TheatreHost(self.procedure, self, pictures, self.sound, self.session_import)
        beside: dict[int, TurnedSecondView] = {1: self.second, 2: pictures.beside.picture}
        self.setup = SetupPanel(self.host, self.picture, beside, self.sound, settings, self)
        self.setup.hide()
        self.display.set_up = self.setup
        self.controller = TheatreController(
            self.procedure, self.host, self, pictures, self.setup.controller, self.display.show_hold
        )
        self._connect()
        self._timer = QTimer(self)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self._tick)
        self._timer.start(_AWAY_MS)
        self.show_message(why)
        self.refresh()

    def _connect(self) -> None:
        """What a person touches."""
        self.key_images.message.connect(self.show_message)
        self.display.bar.touched.connect(self._touch_bar)
        for caps in (self.display.keys_card, self.display.answers):
            caps.pressed.connect(self.controller.press)
            caps.released.connect(self.controller.release)

    def _touch_bar(self) -> None:
        self.controller.press(ACKNOWLEDGE)
        self.controller.release(ACKNOWLEDGE)

    @staticmethod
    def now_ns() -> int:
        """The clock that the session uses."""
        return time.monotonic_ns()

    @property
    def session(self) -> LiveSession | None:
        """The session that runs."""
        return self.procedure.session

    @property
    def in_set_up(self) -> bool:
        """Whether the set-up is open."""
        return self.setup.is_open

    @property
    def shows_still(self) -> bool:
        """Whether the picture is the still one of the set-up."""
        return self.display.shows_still

    # What the controller needs of its page (`ui.theatre.host.TheatreView`) ------------------------------------------

    @property
    def asked(self) -> str:
        """The question that stands in the bar."""
        return self.display.asked

    def show_message(self, text: str) -> None:
        """A line for some seconds, at the foot of the picture; in the set-up at its foot too."""
        message = with_keys(translate(text))
        self.display.show_message(message)
        if self.in_set_up:
            self.setup.controller.show_message(message)

    def ask(self, text: str) -> None:
        """A question in the message bar, answered by its key; empty takes it away."""
        self.display.ask(text)

    def offer(self, question: str, acts: tuple[str, ...] = (), heading: str = "", chosen: tuple[str, ...] = ()) -> None:
        """What the analysis asks: in the bar, and with touch fields at the foot of the picture."""
        self.display.offer(question, acts, heading, chosen)

    def refresh(self) -> None:
        """Show all that is known, now."""
        self.display.refresh()

    def window_px(self) -> tuple[int, int]:
        """Width and height of the window."""
        window = self.window() or self
        return window.width(), window.height()

    def open_set_up(self, at: str) -> None:
        """The set-up beside the picture."""
        self.setup.begin(at)
        self.display.arrange()

    def close_set_up(self) -> None:
        """Back to the figures."""
        self.setup.end()
        self.display.arrange()
        self.refresh()

    def keep_image(self, number: int) -> str:
        """Begin to keep the present picture as a key image, bare and as shown."""
        session, frame = self.procedure.session, self.procedure.frame
        assert session is not None
        assert frame is not None
        return self.key_images.keep(session.folder, number, frame, self.picture.grab())

    # What the timer does ----------------------------------------------------------------------------------------

    def _tick(self) -> None:
        session = self.session
        try:
            if session is not None:
                self._poll(session)
            elif self.display.due():
                self.refresh()
        finally:
            # A key that is held for its second does its act, whatever the session or the screen cannot do.
            self.controller.holding.look()

    def _poll(self, session: LiveSession) -> None:
        # Sound and bar first, and each part by itself: a fault in one must not take the alarms away.
        messages = session.poll()
        status = session.status
        for part in (lambda: self.sound.play(status.sound), lambda: self.display.say(status)):
            guarded(part)
        for message in messages:
            guarded(partial(self.controller.handle, message))
        if self.session is session and not guarded(lambda: self._show(status)):
            guarded(self.display.fail)

    def _show(self, status: LiveStatus) -> None:
        """The newest picture and all figures."""
        fresh = self.procedure.look(status)
        self.host.lines.look()
        self.display.tick(status, fresh=fresh)
        self.controller.look(status, in_set_up=self.in_set_up)

    # What the shell and Qt call ---------------------------------------------------------------------------------

    def resizeEvent(self, a0: QResizeEvent | None) -> None:
        """Everything finds its place."""
        self.display.arrange()

    def enter(self) -> None:
        """The page comes to the front."""
        self._timer.start(_TICK_MS)
        if self.session is None:
            self.session_import.begin_soon()
            if not self.in_set_up:
                self.controller.begin_set_up()

    def stay(self) -> str:
        """The page is not left while armed."""
        return with_keys(self.controller.stay())

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
            self.controller.begin_set_up()
            self.setup.controller.choose_source(thing)

    def places(self) -> tuple[str, ...]:
        """The theatre's keys; those of the set-up's step before them while it is open."""
        return (*(self.setup.places() if self.in_set_up else ()), "theatre")

    def begin_act(self, act: KeyAction) -> None:
        """A key of the set-up or of the theatre goes down."""
        if act.page == "setup":
            self.setup.act(act.name)
        else:
            self.controller.press(act.name)

    def end_act(self, act: KeyAction) -> None:
        """It goes up."""
        if act.page == "theatre":
            self.controller.release(act.name)

    def press(self, event: QKeyEvent) -> bool:
        """Act on a key, whatever has the focus; where the bar asks, Enter closes, and any other key stays and acts."""
        if not self.controller.asks_to_close:
            return super().press(event)
        closes = current().find(("theatre.closing",), chords(event)) is not None
        self.controller.answer(closes=closes)
        if not closes:
            return super().press(event)
        window = self.window()
        if window is not None:
            window.close()
        return True

    def let_go(self) -> None:
        """A window that loses the keyboard lets go of everything held."""
        super().let_go()
        self.controller.let_go()

    def may_close(self) -> bool:
        """While armed the bar asks once; the recording runs until it is answered."""
        return self.controller.may_close()

    def shut(self) -> None:
        """End what runs."""
        self._timer.stop()
        self.display.bar.stop()
        self.sound.stop()
        self.session_import.stop()
        self.host.end_session()


def make_page(settings: Settings) -> TheatrePage:
    """The page, for the shell."""
    return TheatrePage(settings)
