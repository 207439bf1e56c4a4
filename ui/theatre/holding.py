"""Acts that need their key held: one second without a break, from a press that began as such. One act at a time."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Final

HOLD_S: Final = 1.0
REST_S: Final = 0.4
"""A key that was held out and let go is not at once pressed on purpose: a pedal that bounces, a hand that trembles."""
_SHOWN_EVERY_S: Final = 0.04


class Holding:
    """Counts how long an act's key is held.

    Parameters
    ----------
    show : callable
        Is given the act and how much of the second has passed; 0 when it ends.
    clock_s : callable

    Attributes
    ----------
    act : str
        Whose key is held; empty: none.
    """

    def __init__(self, show: Callable[[str, float], None], clock_s: Callable[[], float] = time.monotonic) -> None:
        self._show, self._clock_s = show, clock_s
        self.act = ""
        self._done: Callable[[], None] | None = None
        self._since_s = self._shown_s = 0.0
        self._spent = ""
        self._up_s: float | None = None
        """When the key of the act that was done by a hold went up; None: it is down."""

    def is_spent(self, act: str) -> bool:
        """Whether the act was done by a hold whose key is not up yet, or only just: it asks for a new press."""
        if act != self._spent:
            return False
        return self._up_s is None or self._clock_s() - self._up_s < REST_S

    def begin(self, act: str, done: Callable[[], None]) -> None:
        """The key went down."""
        self.end(self.act)
        self.act, self._done = act, done
        self._since_s = self._shown_s = self._clock_s()
        self._show(act, 0.01)

    def end(self, act: str) -> None:
        """A key went up (or the window lost it): an act that was not held for its time is not done."""
        if act == self._spent and self._up_s is None:
            self._up_s = self._clock_s()
        if act and act == self.act:
            self.act, self._done = "", None
            self._show(act, 0.0)

    def look(self) -> None:
        """Time goes by: do the act whose key was held for a second."""
        if not self.act:
            return
        now_s = self._clock_s()
        passed_s, done, spent = now_s - self._since_s, self._done, self.act
        if passed_s >= HOLD_S and done is not None:
            self.end(spent)
            self._spent, self._up_s = spent, None
            done()
        elif now_s - self._shown_s >= _SHOWN_EVERY_S:
            self._shown_s = now_s
            self._show(spent, min(passed_s / HOLD_S, 1.0))
