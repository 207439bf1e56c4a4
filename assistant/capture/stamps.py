"""A source's own time stamps, made fit for use: seconds from frame 0, never falling."""

from __future__ import annotations

from fractions import Fraction

from assistant.language import sentence
from assistant.run_facts import RunClock

MAX_FPS = 1000.0
"""A rate above this is a broken header."""
DEFAULT_FPS = 15.0
"""Where nothing says a rate (contract: a folder of pictures has no clock)."""


def clock_of(*, stated: bool, fps: float | None) -> RunClock:
    """Where the times of a run come from: its file states them, else the person's ``fps``, else they are assumed."""
    if stated:
        return RunClock.FILE
    return RunClock.ASSUMED if fps is None else RunClock.OPTION


def clock_notes(clock: RunClock, rate: float, *, given: float | None = None) -> list[str]:
    """What is said of a clock that is not the file's own, in sentences; of one that is, that ``given`` was not used."""
    if clock is RunClock.FILE:
        return (
            [] if given is None else [sentence(f"The file states its times: the rate given ({given:g}) was not used.")]
        )
    if clock is RunClock.OPTION:
        return [sentence(f"The file states no time: {rate:g} pictures a second, as given.")]
    return [
        sentence(
            f"The file states no time: {rate:g} pictures a second are assumed. Waits count pictures, and no speed and "
            f"no time to the line are given; state the rate with --fps."
        )
    ]


class StampClock:
    """Turns presentation stamps, in the order of the pictures, into seconds.

    A missing stamp, or one that falls, is replaced by the last one plus one nominal period, and the stamps that follow
    are counted on from there: a clock that was set back must not stop the time of the run.
    """

    def __init__(self, unit_s: Fraction, fps: float) -> None:
        self._unit_s = unit_s
        self._period_s = 1.0 / fps
        self._origin: int | None = None
        self._offset_s = 0.0
        self._last_s: float | None = None

    def stamp(self, pts: int | None) -> float:
        """Seconds from frame 0 of the next picture, ``pts`` being its stamp in the file's unit."""
        if self._last_s is None:
            self._origin, self._last_s = pts, 0.0
            return 0.0
        expected_s = self._last_s + self._period_s
        if pts is None:
            self._last_s = expected_s
            return expected_s
        if self._origin is None:
            self._origin, self._offset_s = pts, expected_s
        t_s = float((pts - self._origin) * self._unit_s) + self._offset_s
        if t_s < self._last_s:
            self._origin, self._offset_s, t_s = pts, expected_s, expected_s
        self._last_s = t_s
        return t_s
