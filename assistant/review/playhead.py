"""Where a run is looked at: the frame, the time, a stretch from A to B that is played over and over."""

from __future__ import annotations

from typing import Protocol

from assistant.readings.moments import MomentStore


class RunTimeline(Protocol):
    """Frames and times of a run as far as they are known; more is known while it is analysed."""

    @property
    def first_frame(self) -> int:
        """The run's first frame."""

    @property
    def begins_s(self) -> float:
        """Its time in s."""

    @property
    def last_frame(self) -> int | None:
        """The run's last frame where it is known."""

    @property
    def moments(self) -> MomentStore | None:
        """What is shown; None without an analysis."""

    @property
    def ended(self) -> bool:
        """Whether no more moments come."""

    def time_of(self, index: int) -> float:
        """Time of a frame in s."""

    def index_at(self, t_s: float) -> int:
        """The frame at a time."""


class Playhead:
    """Stands on the first frame.

    Parameters
    ----------
    timeline : RunTimeline

    Attributes
    ----------
    frame : int
    time_s : float
        Between two frames while it plays.
    waiting : bool
        The picture waits for the analysis.
    range : tuple of int or None
        A and B.
    loops : bool
        From A to B over and over, once both are there.
    """

    def __init__(self, timeline: RunTimeline) -> None:
        self._timeline = timeline
        self.frame = timeline.first_frame
        self.time_s = timeline.begins_s
        self.waiting = False
        self.range: tuple[int | None, int | None] = (None, None)
        self.loops = False

    @property
    def is_looping(self) -> bool:
        """Whether A to B is played over and over."""
        return self.loops and None not in self.range

    def advance(self, seconds: float) -> None:
        """Play: move the time on (or back), never past what is analysed."""
        timeline = self._timeline
        target_s = self.time_s + seconds
        moments = timeline.moments
        if moments is not None and seconds > 0:
            newest = moments.at(moments.end - 1)
            reached_s = newest.t_s if newest is not None else -1.0
            # Where the analysis is behind, the picture waits for it instead of running away without its lines.
            self.waiting = target_s > reached_s and not timeline.ended
            if self.waiting:
                target_s = max(self.time_s, reached_s) if self.frame < moments.end else self.time_s
        else:
            self.waiting = False
        first, last = self.range
        if self.loops and first is not None and last is not None and last > first:
            first_s, last_s = timeline.time_of(first), timeline.time_of(last)
            target_s = first_s if target_s > last_s else last_s if target_s < first_s else target_s
        self.time_s = max(timeline.begins_s, target_s)
        self.frame = self._within(timeline.index_at(self.time_s))

    def go(self, index: int) -> None:
        """Jump to a frame; a frame not analysed yet is shown without figures until it is."""
        self.frame = self._within(index)
        self.time_s = self._timeline.time_of(self.frame)

    def _within(self, index: int) -> int:
        last = self._timeline.last_frame
        return max(self._timeline.first_frame, index if last is None else min(index, last))
