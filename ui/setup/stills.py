"""The still picture of a view, and what is proposed on it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from assistant.vocabulary import Unknown
from ui.setup import proposals

if TYPE_CHECKING:
    from ui.setup.panel import SetupPanel


class Stills:
    """Takes stills for the set-up's views."""

    def __init__(self, panel: SetupPanel) -> None:
        self._panel = panel

    def take(self) -> None:
        """Freeze the present picture for this view, and propose points on it."""
        panel = self._panel
        still = panel.page.frame
        if still is None:
            return
        view = panel.setup.view
        view.still = still
        panel.points.shaft, panel.points.widths = [], []
        if not any(point.at is not None for point in view.points):
            self.propose(None)

    def propose(self, click_px: tuple[float, float] | None) -> None:
        """Ask for a proposal; without one the points start in the middle."""
        panel = self._panel
        view = panel.setup.view
        if view.still is None:
            return
        found: proposals.Proposed | Unknown | None = None
        if click_px is None:
            found = proposals.from_plan_beside(panel.setup.source, view.view)
        if found is None:
            found = proposals.from_picture(view.still, view.view, click_px)
        if isinstance(found, Unknown):
            view.proposal_note = found.reason
            if not view.placed:
                for point, at in zip(view.points, proposals.in_the_middle(view.still, self._right()), strict=True):
                    point.at = at
            return
        view.propose(found.places, found.note)
        if found.mm_per_px is not None and view.mm_per_px is None:
            panel.scale.propose(found.mm_per_px, found.note)

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
