"""What is kept of each analysed frame: a reading without its pixels, small enough that an hour fits into memory."""

from __future__ import annotations

import threading
from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, fields
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from assistant.plan import PlannedView
from assistant.vocabulary import (
    Alarm,
    Approach,
    CementMask,
    Distances,
    Leak,
    Liveness,
    Motion,
    Reading,
    Unknown,
)

Outline = tuple[NDArray[np.float32], ...]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Moment:
    """A reading without its arrays of pixels; outlines in px of the reference frame."""

    frame_index: int
    t_s: float
    liveness: Liveness
    motion: Motion | Unknown
    distances: Distances | Unknown
    approach: Approach
    standing: tuple[Alarm, ...]
    leaks: tuple[Leak, ...]
    outline: Outline = field(repr=False)
    processing_ms: float


def moment_fields(reading: Reading) -> dict[str, Any]:
    """What a moment takes of a reading as it is, by field: all but the outline, which is made once a cement mask."""
    return {each.name: getattr(reading, each.name) for each in fields(Moment) if each.name != "outline"}


def view_of(moment: Moment | None, views: Sequence[PlannedView]) -> PlannedView | None:
    """The planned view that a moment shows: its figures hold there; the plan's first where that is not known."""
    if moment is not None and isinstance(moment.motion, Motion) and moment.motion.view_index < len(views):
        return views[moment.motion.view_index]
    return views[0] if views else None


def cement_outline(cement: CementMask | Unknown) -> Outline:
    """The mask's outline as polygons (n, 2), float32, in px of the reference frame; none where nothing is known."""
    if isinstance(cement, Unknown) or not cement.mask.any():
        return ()
    contours, _ = cv2.findContours(cement.mask.astype(np.uint8), cv2.RETR_CCOMP, cv2.CHAIN_APPROX_SIMPLE)
    offset = np.array([cement.crop.x0_px, cement.crop.y0_px], np.float32)
    return tuple(contour.reshape(-1, 2).astype(np.float32) + offset for contour in contours if len(contour) > 2)


class MomentMaker:
    """Makes moments of readings that come in order; repeated frames share one outline."""

    def __init__(self) -> None:
        self._last_cement: CementMask | Unknown | None = None
        self._last_outline: Outline = ()

    def make(self, reading: Reading) -> Moment:
        """The moment of the next reading."""
        if reading.cement is not self._last_cement:
            self._last_cement = reading.cement
            self._last_outline = cement_outline(reading.cement)
        return Moment(**moment_fields(reading), outline=self._last_outline)


class MomentStore:
    """All moments so far, in order. Written by one thread, read by another.

    Attributes
    ----------
    first : int
        The frame of the first moment: 0, but for a part of a recording.
    """

    def __init__(self) -> None:
        self.first = 0
        self._moments: list[Moment] = []
        self._times: list[float] = []
        self._lock = threading.Lock()
        self._maker = MomentMaker()

    def add(self, reading: Reading) -> Moment:
        """Keep a reading; gives its moment."""
        moment = self._maker.make(reading)
        self.extend([moment])
        return moment

    def extend(self, moments: Iterable[Moment]) -> None:
        """Keep moments that follow on those that are kept."""
        new = list(moments)
        with self._lock:
            if new and not self._moments:
                self.first = new[0].frame_index
            self._moments.extend(new)
            self._times.extend(moment.t_s for moment in new)

    def __len__(self) -> int:
        return len(self._moments)

    @property
    def end(self) -> int:
        """One past the frame of the newest moment."""
        return self.first + len(self._moments)

    def at(self, index: int) -> Moment | None:
        """The moment of a frame, or None where it is not analysed yet."""
        with self._lock:
            at = index - self.first
            return self._moments[at] if 0 <= at < len(self._moments) else None

    def index_at(self, t_s: float) -> int:
        """The last analysed frame at or before a time; the one before the first where there is none."""
        with self._lock:
            return self.first + bisect_right(self._times, t_s + 1e-9) - 1

    def between(self, first: int, last: int) -> list[Moment]:
        """Moments of a range of frames."""
        with self._lock:
            return self._moments[max(0, first - self.first) : max(0, last + 1 - self.first)]
