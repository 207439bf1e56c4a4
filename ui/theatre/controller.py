"""Rules and acts of the theatre, without a window: what each key does, what each message of the session means.

Every act is logged by the session; none needs a dialog. No single key disarms, deletes, or changes the line while
armed.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from typing import Final

from assistant.language import sentence
from assistant.live.input import Kept
from assistant.live.messages import (
    ArmedByGrowth,
    FaultNotice,
    Lines,
    LinesVoid,
    Message,
    Moved,
    PlanRefused,
    PlanTaken,
    SourceEnded,
    SourceLost,
    SourceOpened,
)
from assistant.live.procedure import Procedure
from assistant.live.status import LiveStatus
from ui.keys.table import ACKNOWLEDGE
from ui.theatre.entries import Entries
from ui.theatre.holding import Holding
from ui.theatre.host import Pictures, SetUpHearer, TheatreView
from ui.theatre.setup_host import TheatreHost

_CLOSE: Final = sentence("Close while injecting? [[theatre:close]]: close. Any other key: stay.")
_GROWS: Final = sentence("Cement grows: injecting is on. Hold [[theatre:inject]] for one second to end.")
_STAY: Final = sentence("Injecting is on. Hold [[theatre:inject]] for one second first.")
_BEFORE: Final = sentence("Cement before the start? [[theatre:cement before]]: yes. [[theatre:none before]]: no.")
_UNWRITTEN: Final = sentence("Not on the disk: plan.json cannot be written. Free some space.")
_BEFORE_ALONE: Final = sentence("Cement before the start?")
_ANSWERS: Final = {"cement before": True, "none before": False}
_FIRST: Final = sentence("{}: end injecting first (hold [[theatre:inject]]).")


class TheatreController:
    """The theatre as a person works with it.

    Parameters
    ----------
    procedure : Procedure
    host : TheatreHost
        Begins and ends sessions, and arms.
    view : TheatreView
    pictures : Pictures
    set_up : SetUpHearer
    show_hold : callable
        Is given an act whose key is held, and how much of the second has passed.
    clock_ns : callable
        The clock that the session uses.
    """

    def __init__(
        self,
        procedure: Procedure,
        host: TheatreHost,
        view: TheatreView,
        pictures: Pictures,
        set_up: SetUpHearer,
        show_hold: Callable[[str, float], None],
        clock_ns: Callable[[], int] = time.monotonic_ns,
    ) -> None:
        self._procedure, self._host, self._view, self._pictures = procedure, host, view, pictures
        self._set_up = set_up
        self.holding = Holding(show_hold, lambda: clock_ns() / 1e9)
        self._down: set[str] = set()
        self._may_close = False
        self.acts: Mapping[str, Callable[[], None]] = {
            ACKNOWLEDGE: self._acknowledge,
            "inject": self._inject,
            **Entries(procedure, view, self.holding, clock_ns).acts,
            "lines": self._look_at_lines,
            "raw": lambda: pictures.show_raw(raw=True),
            "level view": lambda: pictures.show_level(wanted=None),
            "bare": pictures.toggle_bare,
            "take display": self._take_display,
            "cement before": lambda: self._answer_before(is_there=True),
            "none before": lambda: self._answer_before(is_there=False),
            "next level": self._next_level,
            "second picture": pictures.next_second,
            "set up": self._begin_anew,
        }
        """Each act of the page in `ui.keys.table`, and what it does; that of ``close`` is `answer`."""

    # Keys -------------------------------------------------------------------------------------------------------

    def press(self, act: str) -> None:
        """A key, a pedal or a cap goes down."""
        if act in self.acts and act not in self._down and not self.holding.is_spent(act):
            self._down.add(act)
            self.acts[act]()

    def release(self, act: str) -> None:
        """It goes up."""
        self._down.discard(act)
        self.holding.end(act)
        if act == "raw":
            self._pictures.show_raw(raw=False)

    def let_go(self) -> None:
        """The window lost the keyboard: nothing is held any more."""
        for act in tuple(self._down):
            self.release(act)

    # The window -------------------------------------------------------------------------------------------------

    def begin_set_up(self, at: str = "source") -> None:
        """Open the set-up beside the picture; never while armed."""
        if not self._procedure.armed:
            self.let_go()
            self._view.open_set_up(at)

    def stay(self) -> str:
        """Why the page is not left now: while armed."""
        return _STAY if self._procedure.armed else ""

    @property
    def asks_to_close(self) -> bool:
        """Whether the bar asks if the window may go."""
        return self._view.asked == _CLOSE

    def may_close(self) -> bool:
        """Whether the window may go; while armed the bar asks once, and the recording runs until it is answered."""
        if not self._procedure.armed or self._may_close:
            return True
        self._view.ask(_CLOSE)
        return False

    def answer(self, *, closes: bool) -> None:
        """The question is answered by a key."""
        self._view.ask("")
        self._may_close = closes

    def look(self, status: LiveStatus, *, in_set_up: bool) -> None:
        """The session goes on."""
        if in_set_up and status.armed:
            # Cement that grows arms by itself: the screen to inject by has to be there.
            self._host.end_set_up()
            self._view.show_message(_GROWS)
        elif in_set_up:
            self._set_up.tick(status)
        else:
            self._ask()

    def _ask(self) -> None:
        """What the analysis wants to know, with the keys that answer it."""
        session = self._procedure.session
        words = session.offered_display if session is not None else ""
        if words:
            question = sentence(f"The picture is {words}: [[theatre:take display]] takes it over.")
            self._view.offer(question, ("take display",), sentence(f"The picture is {words}."))
        elif session is not None and session.asks_before:
            self._view.offer(_BEFORE, tuple(_ANSWERS), _BEFORE_ALONE)
        elif self._host.lines.asks:
            self._view.offer("", ("lines",), sentence("Do these lines fit?"))
        elif session is not None and session.said_before:
            said = tuple(act for act, answer in _ANSWERS.items() if answer in session.said_before)
            self._view.offer("", tuple(_ANSWERS), _BEFORE_ALONE, said)
        elif self._host.lines.waits:
            self._view.offer("", ("lines",), sentence("The lines are not confirmed."))
        elif session is None or session.status.lines is Lines.NONE:
            self._view.offer(
                "", ("set up",), sentence("No lines yet.") if session is not None else sentence("No source.")
            )
        else:
            self._view.offer("")

    def handle(self, message: Message) -> None:
        """Take one message of the session over."""
        if isinstance(message, Moved):
            self._procedure.trace.add(message.moment)
        elif isinstance(message, FaultNotice):
            self._view.show_message(f"{message.happened} {message.do}")
        elif isinstance(message, LinesVoid):
            self._view.show_message(sentence(f"Lines must be confirmed again: {message.reason}."))
        elif isinstance(message, ArmedByGrowth):
            self._view.show_message(_GROWS)
        elif isinstance(message, PlanTaken):
            self._set_up.taken()
        elif isinstance(message, PlanRefused):
            self._view.show_message(sentence(f"The lines cannot be used: {message.reason}"))
            self._set_up.refused(message.reason)
        elif isinstance(message, SourceLost):
            self._view.show_message(sentence(f"No source: {message.reason}"))
        elif isinstance(message, SourceEnded):
            self._view.show_message(sentence("The played recording is at its end."))
        elif isinstance(message, SourceOpened):
            self._set_up.opened(message.facts)

    # Each act ---------------------------------------------------------------------------------------------------

    def _acknowledge(self) -> None:
        session = self._procedure.session
        if session is not None:
            session.acknowledge()
            self._view.refresh()

    def _inject(self) -> None:
        if self._procedure.session is None:
            self.begin_set_up()
        elif self._procedure.armed:
            self.holding.begin("inject", self._disarm)
        else:
            self._host.begin_injecting()

    def _disarm(self) -> None:
        session = self._procedure.session
        if session is not None:
            session.disarm()
            self._view.show_message(sentence("Not injecting any more."))
            self._view.refresh()

    def _look_at_lines(self) -> None:
        session, lines = self._procedure.session, self._host.lines
        if session is None or session.status.lines is Lines.NONE:
            self.begin_set_up()
        elif lines.asks:
            lines.confirm()
        elif lines.waits:
            lines.propose()
        elif session.status.armed:
            self._view.show_message(sentence("The lines are confirmed. They change only while not armed."))
        else:
            self.begin_set_up(at="points")

    def _take_display(self) -> None:
        session = self._procedure.session
        kept = session.take_display() if session is not None else None
        if kept is None:
            self._view.show_message(sentence("The picture is shown as planned: there is nothing to take over."))
        else:
            self._show_kept(sentence(f"Taken over: the picture is {kept.words}. The lines go on in it."), kept)
        self._view.refresh()

    def _answer_before(self, *, is_there: bool) -> None:
        session = self._procedure.session
        kept = session.answer_before(is_there=is_there) if session is not None else None
        if kept is None:
            self._view.show_message(sentence("Nobody asked whether there was cement before the start."))
        elif is_there and session is not None and session.counts_before:
            self._show_kept(
                sentence("Cement before the start is counted, against pictures from before the lines."), kept
            )
        elif is_there:
            self._show_kept(
                sentence("Cement before the start is in no figure: place the lines anew, or judge by eye."), kept
            )
        else:
            self._show_kept(sentence("Noted: no cement before the start."), kept)
        self._ask()
        self._view.refresh()

    def _show_kept(self, text: str, kept: Kept) -> None:
        """What an act means for the patient; behind it that the disk does not hold it."""
        self._view.show_message(f"{text}\n{_UNWRITTEN}" if kept.unwritten else text)

    def _next_level(self) -> None:
        """End work at the present level; the set-up goes on with the next."""
        if self._procedure.armed:
            self._view.show_message(_FIRST.format(sentence("Next level")))
        elif self._procedure.session is not None:
            self._procedure.next_level()
            self.begin_set_up(at="level")

    def _begin_anew(self) -> None:
        if self._procedure.armed:
            self._view.show_message(_FIRST.format(sentence("Set-up")))
        else:
            self.begin_set_up()
