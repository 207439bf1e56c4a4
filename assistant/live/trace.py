"""The last minute of moments, for the curve: the interface of the review's store, with a bounded memory."""

from __future__ import annotations

from collections import deque
from typing import Final

from assistant.live.messages import LiveMoment

_MOST: Final = 60 * 60
"""A minute at 60 frames/s."""


class Trace:
    """Moments by frame number."""

    def __init__(self) -> None:
        self._moments: deque[LiveMoment] = deque(maxlen=_MOST)

    def add(self, moment: LiveMoment) -> None:
        """Keep one; time never runs back."""
        if not self._moments or moment.frame_index > self._moments[-1].frame_index:
            self._moments.append(moment)

    def __len__(self) -> int:
        return len(self._moments)

    def clear(self) -> None:
        """Another plan: what was measured with the old lines is not comparable."""
        self._moments.clear()

    def index_at(self, t_s: float) -> int:
        """Frame number of the last moment at or before a time; -1 before the first."""
        found = -1
        for moment in reversed(self._moments):
            if moment.t_s <= t_s + 1e-9:
                found = moment.frame_index
                break
        return found

    def between(self, first: int, last: int) -> list[LiveMoment]:
        """Moments of a range of frame numbers."""
        return [moment for moment in self._moments if first <= moment.frame_index <= last]
