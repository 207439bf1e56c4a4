"""How the picture is turned on the screen: each input by itself. What is measured does not change."""

from __future__ import annotations

from typing import TYPE_CHECKING

from assistant.setup.model import Step
from ui.widgets.view_transform import Turn

if TYPE_CHECKING:
    from ui.setup.panel import SetupPanel


class Turning:
    """Turns of a theatre page's pictures, changed in its set-up."""

    def __init__(self, panel: SetupPanel) -> None:
        self._panel = panel
        self._turns: dict[int, Turn | None] = {}

    def forget(self) -> None:
        """Another source: as stored."""
        self._turns.clear()

    def turn(self, *, mirrored: bool = False, quarters: int = 0) -> None:
        """Turn the picture that is shown."""
        panel, page = self._panel, self._panel.page
        view = panel.setup.view
        number = view.input if panel.owns_picture else 1
        frame = page.frame_of(number)
        if frame is None:
            return
        rows, cols = frame.grey.shape
        now = page.picture.turn or Turn(width_px=cols, height_px=rows)
        now = now.flipped() if mirrored else now.turned(quarters)
        page.picture.set_turn(now)
        self._turns[number] = now
        if number == 1:
            page.second.turn = now
        else:
            page.board.beside.picture.set_turn(now)
        page.picture.take(view.still if panel.owns_picture and view.still is not None else frame)
        panel.refresh()

    def take(self, number: int) -> None:
        """The picture of an input comes to the front, turned as that one is."""
        picture = self._panel.page.picture
        if picture.turn != self._turns.get(number):
            picture.set_turn(self._turns.get(number))

    def give_back(self) -> None:
        """The live picture of the first input again, without anything of the set-up on it."""
        picture = self._panel.page.picture
        picture.points, picture.banner = None, ""
        self.take(1)

    def nudge(self, dx: int, dy: int, *, far: bool) -> None:
        """Move the active point as it looks on the screen."""
        panel = self._panel
        turn = panel.page.picture.turn
        step = 10.0 if far else 1.0
        dx_px, dy_px = dx * step, dy * step
        if turn is not None:
            zero, there = turn.back(0.0, 0.0), turn.back(dx_px, dy_px)
            dx_px, dy_px = there[0] - zero[0], there[1] - zero[1]
        if panel.step is Step.POINTS:
            at = panel.setup.view.points[panel.setup.view.active].at
            if at is not None:
                panel.setup.remember()
                panel.setup.view.put((at[0] + dx_px, at[1] + dy_px))
        elif panel.step is Step.SCALE and panel.points.shaft:
            end = min(panel.points.active_end, len(panel.points.shaft) - 1)
            x, y = panel.points.shaft[end]
            panel.points.shaft[end] = (x + dx_px, y + dy_px)
        panel.refresh()
