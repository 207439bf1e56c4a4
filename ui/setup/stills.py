"""The still picture of a view, and what is proposed on it."""

from __future__ import annotations

import logging
import threading
from typing import TYPE_CHECKING

from PyQt6.QtCore import QObject, pyqtSignal

from assistant.setup.model import SetView, Told
from assistant.vocabulary import Unknown
from ui.keys.key_map import word
from ui.setup import proposals

if TYPE_CHECKING:
    from ui.setup.panel import SetupPanel

log = logging.getLogger(__name__)


class Stills(QObject):
    """Takes stills for the set-up's views.

    Attributes
    ----------
    found : signal (int, object)
        Number of the question, and its answer: `Proposed` or `Unknown`.
    """

    found = pyqtSignal(int, object)

    def __init__(self, panel: SetupPanel) -> None:
        super().__init__(panel)
        self._panel = panel
        self._asked = 0
        self.found.connect(self._answered)

    def take(self) -> None:
        """Freeze the present picture for this view, and propose points on it."""
        panel = self._panel
        view = panel.setup.view
        still = panel.page.frame_of(view.input)
        if still is None:
            return
        view.still = still
        panel.points.shaft, panel.points.widths = [], []
        if not any(point.at is not None for point in view.points):
            self.propose(None)

    def propose(self, click_px: tuple[float, float] | None) -> None:
        """Ask for a proposal; until it comes (and without one) the points start in the middle.

        The program looks for the points behind the window, which must not stand still meanwhile.
        """
        panel = self._panel
        view = panel.setup.view
        if view.still is None:
            return
        second = panel.page.session.second if panel.page.session is not None else None
        source = panel.setup.source if view.input == 1 or second is None else second.source
        beside = proposals.from_plan_beside(source, view.view, panel.setup.lines) if click_px is None else None
        if beside is not None:
            self._take_over(view, beside)
            return
        if not view.placed:
            for point, at in zip(
                view.points,
                proposals.in_the_middle(panel.fields.alone(view.still, view.input), self._right()),
                strict=True,
            ):
                point.at = at
        view.proposal_note = "The program looks for the points …"
        self._asked += 1
        still = panel.fields.alone(view.still, view.input)
        number, told, kind = self._asked, self.found, view.view

        def look() -> None:
            answer = proposals.from_picture(still, kind, click_px)
            try:
                told.emit(number, answer)
            except RuntimeError:
                log.info("the window has gone before the points were found")

        threading.Thread(target=look, name="proposal", daemon=True).start()

    def propose_here(self) -> None:
        """Look again, for the body in which the active point lies; what was placed gives way to the proposal."""
        view = self._panel.setup.view
        at = view.points[view.active].at
        for point in view.points:
            point.told = Told.PROPOSED if point.at is not None else Told.MISSING
        self.propose(at)

    def _answered(self, number: int, found: object) -> None:
        """A proposal has come: taken unless the person has placed a point meanwhile, or asked again."""
        panel = self._panel
        view = panel.setup.view
        if number != self._asked or not isinstance(found, proposals.Proposed | Unknown):
            return
        if isinstance(found, Unknown):
            view.proposal_note = found.reason
        elif any(point.told in (Told.CONFIRMED, Told.CHECK) for point in view.points):
            view.proposal_note = f"A proposal came after you had begun. {word('setup', 'propose')}: look again"
        else:
            self._take_over(view, found)
            if panel.owns_picture:
                panel.show_still()
        panel.refresh()

    def _take_over(self, view: SetView, found: proposals.Proposed) -> None:
        view.propose(found.places, found.note)
        if found.mm_per_px is not None and view.mm_per_px is None:
            self._panel.scale.propose(found.mm_per_px, found.note)

    def _right(self) -> bool:
        """Whether posterior is at the right in the stored picture."""
        panel = self._panel
        turn = panel.page.picture.turn
        return turn is None or not turn.mirrored

    def fresh(self) -> None:
        """The present live picture becomes the still one; points that stand are proposals again."""
        panel = self._panel
        view = panel.setup.view
        view.still = None
        placed = [point.at for point in view.points]
        self.take()
        if all(at is not None for at in placed):
            view.propose([at for at in placed if at is not None], "from the picture before")
        panel.show_still()
        panel.refresh()
