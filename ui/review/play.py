"""How a run plays: speed, direction, every frame, range; and the acts of the fields over the time line."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from ui.review.transport import SPEEDS
from ui.system.live_watch import Live

if TYPE_CHECKING:
    from ui.review.page import ReviewPage

_LONGEST_STEP_S = 0.25
"""A window that was held up does not jump ahead."""


class Player:
    """Moves the playhead of the page's session."""

    def __init__(self, page: ReviewPage) -> None:
        self._page = page
        self.playing = False
        self.speed = 1.0
        self.every = False

    def acts(self) -> dict[str, Callable[[], object]]:
        """What the fields over the time line do."""
        page = self._page
        return {
            "play": self.toggle,
            "loop": self.toggle_loop,
            "every": self.toggle_every,
            "beside": lambda: page.shown.toggle_beside(),
            "difference": lambda: page.shown.toggle_difference(),
            "event_before": lambda: self.go_to_event(-1),
            "event_next": lambda: self.go_to_event(1),
            "back": lambda: self.step(-1),
            "on": lambda: self.step(1),
            "slower": lambda: self.change_speed(-1),
            "faster": lambda: self.change_speed(1),
        }

    def toggle(self) -> None:
        """Play or pause; at the end, play from the start."""
        session = self._page.session
        if session is None or self._page.editing:
            return
        if not self.playing and self._page.live.refusal:
            self._page.tell(self._page.live.refusal)
            return
        if not self.playing and session.at_end() and self.speed > 0:
            session.go(0)
        self.playing = not self.playing
        self._page.refresh()

    def make_way(self, state: Live) -> None:
        """A live picture is offered; while injecting is on nothing plays beside it."""
        page = self._page
        page.header.set_live_picture(state is not Live.NOTHING)
        if state is Live.ARMED:
            self.playing = False
            page.tell(page.live.refusal)
            page.refresh()

    def advance(self, elapsed_s: float) -> None:
        """Some time has passed while it plays."""
        session = self._page.session
        if session is None:
            return
        if self.every:
            session.step(1 if self.speed > 0 else -1)
        else:
            session.advance(min(elapsed_s, _LONGEST_STEP_S) * self.speed)
        at_limit = session.at_end() if self.speed > 0 else session.playhead == session.first_frame
        if at_limit and not session.is_looping:
            self.playing = False

    def step(self, frames: int) -> None:
        """Some frames on or back."""
        if self._page.session is not None:
            self._page.jump(self._page.session.playhead + frames)

    def change_speed(self, step: int) -> None:
        """Slower (-1) or faster (1); slower than the slowest is backwards."""
        at = SPEEDS.index(self.speed) + step
        self.speed = SPEEDS[min(max(at, 0), len(SPEEDS) - 1)]
        self._page.refresh()

    def toggle_every(self) -> None:
        """Every frame, or real time."""
        self.every = not self.every
        self.tell()

    def set_end(self, which: str) -> None:
        """Put A or B at the playhead; the same place again takes it away."""
        session = self._page.session
        if session is None:
            return
        first, last = session.range
        here = session.playhead
        if which == "A":
            first = None if first == here else here
            last = None if first is not None and last is not None and last <= first else last
        else:
            last = None if last == here else here
            first = None if last is not None and first is not None and first >= last else first
        session.range = (first, last)
        session.loops = session.loops and None not in session.range
        self._page.refresh()

    def toggle_loop(self) -> None:
        """Loop from A to B; without them there is nothing to loop."""
        session = self._page.session
        if session is not None:
            session.loops = not session.loops and None not in session.range
        self.tell()

    def go_to_event(self, step: int) -> None:
        """The next event (1) or the one before (-1)."""
        session = self._page.session
        if session is None:
            return
        here = session.playhead
        frames = sorted(set(self._page.events.frames()))
        later = [f for f in frames if f > here] if step > 0 else [f for f in frames if f < here][::-1]
        if later:
            self._page.jump(later[0])

    def tell(self) -> None:
        """Show how it plays."""
        session = self._page.session
        range_s = None
        if session is not None:
            first, last = session.range
            if first is not None and last is not None:
                range_s = session.time_of(last) - session.time_of(first)
        self._page.transport.tell(
            self.speed,
            playing=self.playing,
            every=self.every,
            range_s=range_s,
            loops=session is not None and session.loops,
        )
