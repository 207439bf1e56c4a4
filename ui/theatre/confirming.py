"""Lines that must be looked at before they count: one press shows them, dotted; the second confirms what was shown.

Both pictures of a session with two inputs are asked for together; nothing is confirmed unseen.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PyQt6.QtCore import QElapsedTimer

from assistant.live.messages import Lines
from assistant.live.status import LiveStatus
from assistant.plan import PlannedView
from ui.keys.key_map import word
from ui.theatre.picture import LivePicture

if TYPE_CHECKING:
    from ui.theatre.page import TheatrePage

_SHOWN_MS: Final = 15000


class Confirming:
    """The question whether lines fit, on a theatre page."""

    def __init__(self, page: TheatrePage) -> None:
        self._page = page
        self._age = QElapsedTimer()

    @property
    def asks(self) -> bool:
        """Whether lines are shown to be confirmed."""
        return any(picture.proposal is not None for picture in self._pictures())

    @property
    def waits(self) -> bool:
        """Whether lines of either picture wait for a person."""
        session = self._page.session
        if session is None:
            return False
        return session.status.lines is Lines.UNCONFIRMED or _second_waits(self._page)

    def propose(self) -> None:
        """Show the lines that wait."""
        page = self._page
        session = page.session
        if session is None:
            return
        if session.status.lines is Lines.UNCONFIRMED and page.plan is not None:
            _show(page.picture, session.status, page.views)
        second = session.second
        if second is not None and second.status is not None and _second_waits(page):
            page.show_second_input()
            _show(page.board.beside.picture, second.status, page.second_views)
        if self.asks:
            self._age.start()
            page.ask(f"Do these lines fit? {word('theatre', 'lines')}: confirm")

    def confirm(self) -> None:
        """The lines that are shown are right."""
        page = self._page
        session = page.session
        if session is None:
            return
        if page.board.beside.picture.proposal is not None:
            session.confirm_second_lines()
        if page.picture.proposal is not None:
            session.confirm_lines()
        self.forget()
        page.tell("Lines confirmed.")
        page.refresh()

    def placed(self) -> None:
        """Every point of all lines was confirmed in the set-up."""
        session = self._page.session
        self.forget()
        if session is not None:
            session.confirm_lines()
            if self._page.second_views:
                session.confirm_second_lines()
            self._page.tell("Lines confirmed.")
            self._page.refresh()

    def forget(self) -> None:
        """Ask no more."""
        for picture in self._pictures():
            picture.proposal = None
        self._page.ask("")

    def look(self) -> None:
        """A question that nobody answers goes away; so does one that has answered itself."""
        if self.asks and (self._age.elapsed() > _SHOWN_MS or not self.waits):
            self.forget()

    def _pictures(self) -> tuple[LivePicture, LivePicture]:
        return self._page.picture, self._page.board.beside.picture


def _second_waits(page: TheatrePage) -> bool:
    second = page.session.second if page.session is not None else None
    return second is not None and second.input.outlook.lines is Lines.UNCONFIRMED and bool(page.second_views)


def _show(picture: LivePicture, status: LiveStatus, views: tuple[PlannedView, ...]) -> None:
    moment = status.moment
    index = getattr(moment.motion, "view_index", 0) if moment is not None else 0
    picture.proposal = (moment, views[min(index, len(views) - 1)])
