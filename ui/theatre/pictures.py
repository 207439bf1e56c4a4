"""The pictures of the theatre: the live one, the one beside it, and what is drawn on them at once."""

from __future__ import annotations

from collections.abc import Callable

from PyQt6.QtWidgets import QWidget

from assistant.capture.play import is_played
from assistant.live.messages import LiveState
from assistant.live.procedure import Procedure
from assistant.live.status import LiveStatus
from assistant.readings.moments import Moment
from ui.theatre.host import Offer
from ui.theatre.picture import LivePicture
from ui.theatre.second import Second, SecondPicture
from ui.theatre.second_view import SecondView


class TheatrePictures:
    """What the controller asks of the pictures (`ui.theatre.host.Pictures`).

    Parameters
    ----------
    parent : QWidget
        The page.
    procedure : Procedure
        What is shown.
    changed : callable
        Is called where the pictures want other places.

    Attributes
    ----------
    picture : LivePicture
    second : SecondPicture
        Shows what was kept; it also says what stands beside the live picture.
    beside : SecondView
        The second input.
    bare : bool
        Strip, bar and picture only.
    """

    def __init__(self, parent: QWidget, procedure: Procedure, changed: Callable[[], None]) -> None:
        self._procedure, self._changed = procedure, changed
        self.picture, self.second, self.beside = LivePicture(parent), SecondPicture(parent), SecondView(parent)
        self.bare = False
        self._shown_state: LiveState | None = None

    def tick(self, status: LiveStatus, *, fresh: bool, due: bool, is_still: bool) -> None:
        """Show new pictures at once, their treatment and figures when they are due; a still one of the set-up stays."""
        frame = self._procedure.frame
        if fresh and frame is not None:
            self.second.keep(frame)
        if not is_still and (fresh or due or status.state is not self._shown_state):
            self._shown_state = status.state
            self.picture.show_live(frame if fresh else None, status, self._procedure.views)
        self._show_beside(due=due)

    def _show_beside(self, *, due: bool) -> None:
        """The second input: its picture at once, its figures four times a second."""
        procedure, beside = self._procedure, self.beside
        second = procedure.session.second if procedure.session is not None else None
        if second is None:
            return
        frame, views = procedure.second_frame, procedure.second_views
        fresh = frame is not None and frame is not beside.frame
        beside.frame = frame
        if not beside.isVisible():
            return
        if fresh or due:
            beside.picture.show_live(frame if fresh else None, second.status, views)
        if due:
            case = second.source if is_played(second.source) else ""
            beside.figures.show_status(second.status, views, procedure.log, case=case)

    def show_kept(self, moment: Moment | None) -> None:
        """The second picture, where it shows what was kept."""
        if self.second.shows not in (Second.NONE, Second.INPUT):
            self.second.set_references(self._procedure.references)
            self.second.show_now(self._procedure.frame, moment, self.picture.transform())

    def forget(self, number: int, *, kept: bool = False) -> None:
        """Nothing of the source before stands on an input's picture."""
        if number == 1:
            self.picture.forget()
        else:
            self.beside.forget()
        if kept:
            self.second.forget()

    def show_raw(self, *, raw: bool) -> None:
        """Lift everything that is drawn on the pictures, or put it back."""
        for picture in (self.picture, self.beside.picture):
            picture.raw = raw
            picture.update()

    def show_level(self, *, wanted: bool | None) -> None:
        """Both pictures in the same view."""
        if wanted is None:
            self.picture.toggle_level_view()
            wanted = self.picture.is_level
        else:
            self.picture.show_level(wanted=wanted)
        self.beside.picture.show_level(wanted=wanted)

    def toggle_bare(self) -> None:
        """Strip, bar and picture only, or everything."""
        self.bare = not self.bare
        self._changed()

    def next_second(self) -> None:
        """Another picture beside the live one, or none."""
        session = self._procedure.session
        self.second.next(with_input=session is not None and session.second is not None)
        self._changed()

    def show_second_input(self, *, is_open: bool) -> None:
        """Its picture beside the first; where it is closed, another one or none."""
        if is_open:
            self.second.shows = Second.INPUT
            self._changed()
        elif self.second.shows is Second.INPUT:
            self.next_second()

    def offered(self, number: int) -> Offer | None:
        """The lines that stand on a picture to be confirmed."""
        return self._picture_of(number).proposal

    def offer(self, number: int, lines: Offer | None) -> None:
        """Show lines to be confirmed; None takes them away."""
        self._picture_of(number).proposal = lines

    def _picture_of(self, number: int) -> LivePicture:
        return self.picture if number == 1 else self.beside.picture
