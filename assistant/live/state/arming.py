"""When the session counts as injecting: the person says so, or the cement grows."""

from __future__ import annotations

from collections import deque
from typing import Final

from assistant.errors import UsageError
from assistant.language import sentence
from assistant.live.messages import Lines
from assistant.settings.tree import Settings, check

_WITHIN_S: Final = 3.0
_GROWN_MM2: Final = 3.0
_GROWN_SHARE: Final = 0.1
"""Over a pause the same cement is seen with another breath and brightness: there it has grown by this share too [P]."""
_PICTURES: Final = 3
_MOST: Final = 256


def why_not(lines: Lines, settings: Settings) -> str:
    """Why the session cannot be armed, in one sentence; empty when it can."""
    if lines is Lines.NONE:
        return sentence("There are no lines yet. Place and confirm them: [[theatre:lines]]")
    if lines is Lines.UNCONFIRMED:
        return sentence("The lines are not confirmed. Look at them and confirm: [[theatre:lines]]")
    try:
        check(settings)
    except UsageError as error:
        return sentence(f"An alarm limit is out of its range: {error}")
    return ""


class CementGrowth:
    """Notices that cement is being injected: its area grows by a clear step within a few seconds [P]."""

    def __init__(self) -> None:
        self._areas: deque[tuple[float, float]] = deque(maxlen=_MOST)

    def grows(self, t_s: float, area_mm2: float) -> bool:
        """Take an area in; True where it grew by more than noise in several pictures.

        Over the last three seconds; or, where they come more slowly (single shots), in the last few.
        """
        if self._areas and self._areas[-1][1] == area_mm2:
            return False  # a repeated picture
        self._areas.append((t_s, area_mm2))
        while len(self._areas) > _PICTURES and t_s - self._areas[0][0] > _WITHIN_S:
            self._areas.popleft()
        areas = [area for _, area in self._areas]
        if len(areas) < _PICTURES:
            return False
        before = min(areas[: -_PICTURES + 1])
        over_pause = t_s - self._areas[0][0] > _WITHIN_S
        return min(areas[-2:]) - before > max(_GROWN_MM2, _GROWN_SHARE * before if over_pause else 0.0)

    def rest(self) -> None:
        """Disarmed by hand: only what grows from now on counts."""
        self._areas.clear()
