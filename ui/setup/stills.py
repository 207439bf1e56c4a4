"""The still picture of a view, and what is proposed on it. No Qt."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import replace

from assistant.console_display import ConsoleDisplay
from assistant.language import sentence, tr, translate
from assistant.setup.carried_scale import StillDisplay, still_display
from assistant.setup.model import PointStatus, SetView
from assistant.vocabulary import Unknown
from ui.setup import proposals
from ui.setup.host import SetupHost, SetupView
from ui.setup.screen_fields import ScreenFields
from ui.setup.state import SetupState
from ui.setup.turning import Turning


class Stills:
    """Takes stills for the set-up's views."""

    def __init__(
        self, state: SetupState, host: SetupHost, view: SetupView, fields: ScreenFields, turning: Turning
    ) -> None:
        self._state, self._host, self._view = state, host, view
        self._fields, self._turning = fields, turning
        self._asked = 0
        self._right: list[ConsoleDisplay] = []
        """A person has seen that pictures that are shown like this are the right way round."""

    def take(self) -> None:
        """Freeze the present picture for this view, and propose points on it."""
        view = self._state.setup.view
        still = self._host.frame_of(view.input)
        if still is None:
            return
        self._state.take_still(still, self._display(view.input))
        if not any(point.at is not None for point in view.points):
            self.propose(None)

    def turned_since(self) -> str:
        """That the picture is mirrored or turned since the lines were placed; empty: it is not, or it was answered."""
        for display in self._displays():
            way = _way(display)
            if not way.is_planned and not any(way.is_like(each) for each in self._right):
                return tr("The picture is {how} since: is it the right way round?", how=translate(display.words))
        return ""

    def is_right(self) -> None:
        """A person has looked at which way round the pictures are: as they are shown now they are not asked about."""
        self._right = [_way(display) for display in self._displays()]

    def _displays(self) -> Iterator[ConsoleDisplay]:
        """How the console shows the picture of each input against the lines of before, where there are any."""
        session = self._host.session
        if session is None:
            return
        seen = [session.status] if session.second is None else [session.status, session.second.status]
        for moment in (status.moment for status in seen if status is not None):
            if moment is not None and (display := moment.offered or moment.shown) is not None:
                yield display

    def _display(self, number: int) -> StillDisplay:
        """How the console shows the picture of an input now."""
        session = self._host.session
        if session is None:
            return still_display(None)
        if number == 1:
            return still_display(session.status.moment)
        status = session.second.status if session.second is not None else None
        return still_display(status.moment if status is not None else None)

    def propose(self, click_px: tuple[float, float] | None) -> None:
        """Ask for a proposal; until it comes (and without one) the points start in the middle.

        The program looks for the points behind the window, which must not stand still meanwhile.
        """
        setup = self._state.setup
        view = setup.view
        if view.still is None:
            return
        second = self._host.session.second if self._host.session is not None else None
        source = setup.source if view.input == 1 or second is None else second.source
        beside = proposals.from_plan_of_run(source, view.view, setup.lines) if click_px is None else None
        if beside is not None:
            self._take_over(view, beside)
            return
        still = self._fields.alone(view.still, view.input)
        if not view.placed:
            turn = self._turning.now
            start = proposals.in_the_middle(still, posterior_right=turn is None or not turn.mirrored)
            for point, at in zip(view.points, start, strict=True):
                point.at = at
        view.proposal_note = tr("The program looks for the points …")
        self._asked += 1
        number, kind = self._asked, view.view

        def look() -> None:
            answer = proposals.from_picture(still, kind, click_px)
            self._view.later(lambda: self._answered(number, answer))

        threading.Thread(target=look, name="proposal", daemon=True).start()

    def propose_here(self) -> None:
        """Look again, for the body in which the active point lies; what was placed gives way to the proposal."""
        view = self._state.setup.view
        at = view.points[view.active].at
        for point in view.points:
            point.status = PointStatus.PROPOSED if point.at is not None else PointStatus.MISSING
        self.propose(at)

    def _answered(self, number: int, found: proposals.Proposed | Unknown) -> None:
        """A proposal has come: taken unless the person has placed a point meanwhile, or asked again."""
        view = self._state.setup.view
        if number != self._asked:
            return
        if isinstance(found, Unknown):
            view.proposal_note = found.reason
        elif any(point.status in (PointStatus.CONFIRMED, PointStatus.CHECK) for point in view.points):
            view.proposal_note = tr("A proposal came after you had begun. [[setup:propose]]: look again")
        else:
            self._take_over(view, found)
            if self._state.owns_picture and view.still is not None:
                self._view.show_still(view.still)
        self._view.refresh()

    def _take_over(self, view: SetView, found: proposals.Proposed) -> None:
        view.propose(found.places, found.note)
        if found.mm_per_px is not None and view.mm_per_px is None and view.scale_before is None:
            self._state.scale.propose(found.mm_per_px, found.note)

    def fresh(self) -> None:
        """The present live picture becomes the still one; points that stand are proposals again."""
        view = self._state.setup.view
        view.still = None
        placed = [point.at for point in view.points]
        self.take()
        if all(at is not None for at in placed):
            view.propose([at for at in placed if at is not None], sentence("from the picture before"))
        if view.still is not None:
            self._view.show_still(view.still)
        self._view.refresh()


def _way(display: ConsoleDisplay) -> ConsoleDisplay:
    """Which way round a picture is shown, whatever its size and polarity."""
    return replace(display, zoom=1.0, inverted=False)
