"""How a run plays, without a window: where the playhead goes, speed, direction, every frame, range."""

from __future__ import annotations

from typing import Final

from ui.review.state import ReviewState
from ui.review.view import ProcedureGuard, ReviewView

SPEEDS: Final = (-4.0, -2.0, -1.0, -0.5, 0.125, 0.25, 0.5, 1.0, 2.0, 4.0, 8.0)
"""The shuttle: negative plays backwards."""
_LONGEST_STEP_S: Final = 0.25
"""A window that was held up does not jump ahead."""


class Player:
    """Moves the playhead of the run that is open.

    Attributes
    ----------
    playing, every : bool
        Every frame is shown, however long it takes; else the time of the run goes on.
    speed : float
        One of `SPEEDS`.
    """

    def __init__(self, state: ReviewState, view: ReviewView, theatre: ProcedureGuard) -> None:
        self._state, self._view, self._theatre = state, view, theatre
        self.playing = False
        self.speed = 1.0
        self.every = False

    def go(self, index: int) -> None:
        """Go to a frame."""
        if self._state.run is not None:
            self._state.run.playhead.go(index)
            self._view.look("points here")
            self._view.refresh()

    def jump(self, index: int) -> None:
        """Go to a frame and stay there."""
        self.playing = False
        self.go(index)

    def go_to_end(self) -> None:
        """The last frame, where it is known."""
        run = self._state.run
        if run is not None and run.last_frame is not None:
            self.jump(run.last_frame)

    def toggle(self) -> None:
        """Play or pause; at the end, play from the start."""
        run = self._state.run
        if run is None or self._state.editing:
            return
        if not self.playing and self._theatre.refusal:
            self._view.show_message(self._theatre.refusal)
            return
        if not self.playing and run.at_end() and self.speed > 0:
            run.playhead.go(0)
        self.playing = not self.playing
        self._view.refresh()

    def make_way(self) -> None:
        """Injecting is on in the theatre: nothing plays beside it."""
        self.playing = False
        self._view.show_message(self._theatre.refusal)
        self._view.refresh()

    def advance(self, elapsed_s: float) -> None:
        """Some time has passed while it plays."""
        run = self._state.run
        if run is None:
            return
        if self.every:
            run.step(1 if self.speed > 0 else -1)
        else:
            run.playhead.advance(min(elapsed_s, _LONGEST_STEP_S) * self.speed)
        at_limit = run.at_end() if self.speed > 0 else run.playhead.frame == run.first_frame
        if at_limit and not run.playhead.is_looping:
            self.playing = False

    def step(self, frames: int) -> None:
        """Some frames on or back."""
        if self._state.run is not None:
            self.jump(self._state.run.playhead.frame + frames)

    def change_speed(self, step: int) -> None:
        """Slower (-1) or faster (1); slower than the slowest is backwards."""
        at = SPEEDS.index(self.speed) + step
        self.speed = SPEEDS[min(max(at, 0), len(SPEEDS) - 1)]
        self._view.refresh()

    def toggle_every(self) -> None:
        """Every frame, or real time."""
        self.every = not self.every
        self._view.look("how it plays")

    def set_end(self, which: str) -> None:
        """Put A or B at the playhead; the same place again takes it away."""
        run = self._state.run
        if run is None:
            return
        playhead = run.playhead
        first, last = playhead.range
        here = playhead.frame
        if which == "A":
            first = None if first == here else here
            last = None if first is not None and last is not None and last <= first else last
        else:
            last = None if last == here else here
            first = None if last is not None and first is not None and first >= last else first
        playhead.range = (first, last)
        playhead.loops = playhead.loops and None not in playhead.range
        self._view.refresh()

    def toggle_loop(self) -> None:
        """Loop from A to B; without them there is nothing to loop."""
        if self._state.run is not None:
            playhead = self._state.run.playhead
            playhead.loops = not playhead.loops and None not in playhead.range
        self._view.look("how it plays")

    def go_to_event(self, step: int) -> None:
        """The next listed event (1) or the one before (-1)."""
        run = self._state.run
        if run is None:
            return
        frames, here = self._state.events.frames, run.playhead.frame
        later = [f for f in frames if f > here] if step > 0 else [f for f in frames if f < here][::-1]
        if later:
            self.jump(later[0])

    @property
    def range_s(self) -> float | None:
        """How long it is from A to B, s; None where one of them is not set."""
        run = self._state.run
        if run is None:
            return None
        first, last = run.playhead.range
        return None if first is None or last is None else run.time_of(last) - run.time_of(first)
