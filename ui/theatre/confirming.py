"""Lines that must be looked at before they count: one press shows them, dotted; the second confirms what was shown.

Both pictures of a session with two inputs are asked for together; nothing is confirmed unseen. No Qt.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Final

from assistant.language import sentence
from assistant.live.messages import Lines
from assistant.live.procedure import Procedure
from assistant.live.status import LiveStatus
from assistant.plan import PlannedView
from ui.theatre.host import Offer, Pictures, TheatreView

_SHOWN_S: Final = 15.0
_FIT: Final = sentence("Do these lines fit? [[theatre:lines]]: confirm")


class Confirming:
    """The question whether lines fit.

    Parameters
    ----------
    procedure : Procedure
    view : TheatreView
    pictures : Pictures
    clock_s : callable
    """

    def __init__(
        self,
        procedure: Procedure,
        view: TheatreView,
        pictures: Pictures,
        clock_s: Callable[[], float] = time.monotonic,
    ) -> None:
        self._procedure, self._view, self._pictures, self._clock_s = procedure, view, pictures, clock_s
        self._asked_s = 0.0

    @property
    def asks(self) -> bool:
        """Whether lines are shown to be confirmed."""
        return any(self._pictures.offered(number) is not None for number in (1, 2))

    @property
    def waits(self) -> bool:
        """Whether lines of either picture wait for a person."""
        session = self._procedure.session
        if session is None:
            return False
        return session.status.lines is Lines.UNCONFIRMED or self._second_waits()

    def propose(self) -> None:
        """Show the lines that wait."""
        procedure, session = self._procedure, self._procedure.session
        if session is None:
            return
        otherwise = next((words for status in self._statuses() if (words := _otherwise(status))), "")
        if otherwise:
            self._view.show_message(sentence(f"The picture is {otherwise}: first [[theatre:take display]]."))
            return
        if session.status.lines is Lines.UNCONFIRMED and procedure.plan is not None:
            self._pictures.offer(1, _offer(session.status, procedure.views))
        second = session.second
        if second is not None and second.status is not None and self._second_waits():
            self._pictures.show_second_input(is_open=True)
            self._pictures.offer(2, _offer(second.status, procedure.second_views))
        if self.asks:
            self._asked_s = self._clock_s()
            self._view.ask(_FIT)

    def confirm(self) -> None:
        """The lines that are shown are right."""
        session = self._procedure.session
        if session is None:
            return
        if self._pictures.offered(2) is not None:
            session.confirm_second_lines()
        if self._pictures.offered(1) is not None:
            session.confirm_lines()
        self._tell_confirmed()

    def placed(self) -> None:
        """Every point of all lines was confirmed in the set-up."""
        session = self._procedure.session
        if session is None:
            self.forget()
            return
        session.confirm_lines()
        if self._procedure.second_views:
            session.confirm_second_lines()
        self._tell_confirmed()

    def _tell_confirmed(self) -> None:
        self.forget()
        self._view.show_message(sentence("Lines confirmed."))
        self._view.refresh()

    def forget(self) -> None:
        """Ask no more; another question stays."""
        for number in (1, 2):
            self._pictures.offer(number, None)
        if self._view.asked == _FIT:
            self._view.ask("")

    def look(self) -> None:
        """A question that nobody answers goes away; so does one that has answered itself, or whose lines are gone."""
        changed = any(_otherwise(status) for status in self._statuses())  # nothing shown before fits this picture
        is_over = self._clock_s() - self._asked_s > _SHOWN_S or changed or not self.waits
        if is_over if self.asks else self._view.asked == _FIT:
            self.forget()

    def _statuses(self) -> list[LiveStatus]:
        session = self._procedure.session
        if session is None:
            return []
        second = session.second.status if session.second is not None else None
        return [session.status] if second is None else [session.status, second]

    def _second_waits(self) -> bool:
        session = self._procedure.session
        second = session.second if session is not None else None
        if second is None or not self._procedure.second_views:
            return False
        return second.input.session_state.lines is Lines.UNCONFIRMED


def _otherwise(status: LiveStatus) -> str:
    """How the console shows a picture, where nobody has taken that over; empty else."""
    moment = status.moment
    return moment.offered.words if moment is not None and moment.offered is not None else ""


def _offer(status: LiveStatus, views: tuple[PlannedView, ...]) -> Offer:
    moment = status.moment
    index = getattr(moment.motion, "view_index", 0) if moment is not None else 0
    return moment, views[min(index, len(views) - 1)]
