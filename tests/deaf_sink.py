"""A sink that hears nothing, for tests of runs in which nobody looks."""

from __future__ import annotations


class Sink:
    """Takes everything and says nothing."""

    def alarm_changed(self, _alarm: object) -> None: ...

    def look_now(self) -> None: ...

    def ended(self, _summary: object, _failure: str) -> None: ...
