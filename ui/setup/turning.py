"""How the picture is turned on the screen: each input by itself. What is measured does not change. No Qt."""

from __future__ import annotations

from dataclasses import replace

from assistant.imaging.turn import Turn
from ui.setup.host import SetupHost, SetupView
from ui.setup.state import SetupState


class Turning:
    """The turns of the inputs' pictures.

    Attributes
    ----------
    shown : int
        The input whose picture is in front.
    """

    def __init__(self, state: SetupState, host: SetupHost, view: SetupView) -> None:
        self._state, self._host, self._view = state, host, view
        self._turns: dict[int, Turn] = {}
        self.shown = 1

    @property
    def now(self) -> Turn | None:
        """The turn of the picture that is in front; None: as stored."""
        return self._turns.get(self.shown)

    def forget(self) -> None:
        """Another source: as stored."""
        self._turns.clear()

    def turn(self, *, mirrored: bool = False, quarters: int = 0) -> None:
        """Turn the picture that is shown."""
        view, still_shown = self._state.setup.view, self._state.owns_picture
        number = view.input if still_shown else 1
        frame = self._host.frame_of(number)
        if frame is None:
            return
        rows, cols = frame.grey.shape
        before = self._turns.get(number) or Turn(width_px=cols, height_px=rows)
        now = replace(before, width_px=cols, height_px=rows)
        now = now.flipped() if mirrored else now.turned(quarters)
        self._turns[number] = now
        self._view.show_turned(number, now, view.still if still_shown and view.still is not None else frame)

    def turn_over(self) -> None:
        """Upside down on the screen; left stays left."""
        self.turn(quarters=2)
        self.turn(mirrored=True)

    def as_stored(self, dx_px: float, dy_px: float) -> tuple[float, float]:
        """A step on the screen, in px of the stored picture."""
        if self.now is None:
            return dx_px, dy_px
        zero, there = self.now.back(0.0, 0.0), self.now.back(dx_px, dy_px)
        return there[0] - zero[0], there[1] - zero[1]
