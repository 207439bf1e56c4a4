"""What is placed on the still picture: six points, and two ends of the cannula's shaft. No Qt."""

from __future__ import annotations

from assistant.language import tr
from assistant.setup.model import Step
from ui.setup.host import SetupHost
from ui.setup.scale import Scale
from ui.setup.state import SetupState
from ui.setup.stills import Stills
from ui.setup.turning import Turning

_FAR_PX = 10.0


class Placing:
    """Acts on points and scale. Where an act ends its step it says so: True."""

    def __init__(self, state: SetupState, host: SetupHost, stills: Stills, turning: Turning) -> None:
        self._state, self._host, self._stills, self._turning = state, host, stills, turning

    def choose_point(self, number: int) -> None:
        """Make a point the active one."""
        self._state.setup.view.active = number

    def next_point(self) -> None:
        """Make the next point the active one."""
        view = self._state.setup.view
        view.next_point()

    def confirm_point(self) -> bool:
        """The active point is right; True after the last one, if lines can be made of them."""
        setup = self._state.setup
        view = setup.view
        if view.whole:
            return self._state.plan() is not None
        setup.remember()
        if not view.confirm():
            self._state.message = tr("Place the point first: click, or arrows.")
        elif view.whole:
            return self._state.plan() is not None
        else:
            self._state.message = ""
        return False

    def nudge(self, dx: int, dy: int, *, far: bool) -> None:
        """Move the active point or end as it looks on the screen, by 1 px or by 10."""
        setup, step_px = self._state.setup, _FAR_PX if far else 1.0
        dx_px, dy_px = self._turning.as_stored(dx * step_px, dy * step_px)
        if self._state.step is Step.SCALE:
            self._state.scale.nudge(dx_px, dy_px)
            return
        setup.nudge(dx_px, dy_px)

    def propose_here(self) -> None:
        """Look again for the points, around the active one."""
        self._state.setup.remember()
        self._stills.propose_here()

    def begin_ap(self) -> bool:
        """Work on the other view, with a still picture of its own; False before the lateral points are confirmed."""
        setup = self._state.setup
        first = setup.views[0]
        if not first.whole:
            self._state.message = tr("Confirm the lateral points first.")
            return False
        second = self._host.session.second if self._host.session is not None else None
        setup.add_ap(of_second=second is not None)
        view = setup.view
        if view.mm_per_px is None:
            # What was typed is of the lateral picture; with its own one the AP view gets a proposal.
            self._state.scale = Scale()
        view.shown = first.shown
        return True

    def measure(self) -> None:
        """The scale from the shaft's width between the two places."""
        self._state.message = self._state.scale.measure(self._state.setup.view)

    def next_gauge(self) -> None:
        """Another cannula."""
        self._state.message = self._state.scale.next_gauge(self._state.setup.view)

    def next_end(self) -> None:
        """The arrows move the other end of the shaft."""
        self._state.scale.active_end = 1 - self._state.scale.active_end
        self.measure()

    def clicked(self) -> None:
        """A place on the still picture was touched."""
        if self._state.step is Step.SCALE and len(self._state.scale.shaft) == 2:
            self.measure()

    def use_scale(self) -> bool:
        """Take the scale over; False, with the reason told, where it cannot be one."""
        facts = self._state.facts
        hint = facts.mm_per_px_hint if facts is not None else None
        self._state.message = self._state.scale.use(self._state.setup.view, hint)
        return not self._state.message

    def stay_uncalibrated(self) -> None:
        """Shares of the depth only."""
        view = self._state.setup.view
        view.mm_per_px, view.scale_by = None, ""
