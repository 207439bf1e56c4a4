"""What the window keeps of each analysed frame: small, so that an hour fits into memory. No Qt here."""

from __future__ import annotations

import threading
from bisect import bisect_right
from dataclasses import dataclass, field

import cv2
import numpy as np
from numpy.typing import NDArray

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


def cement_outline(cement: CementMask) -> Outline:
    """The zero line of the evidence as polygons, in px of the reference frame."""
    if not cement.mask.any():
        return ()
    contours, _ = cv2.findContours(cement.mask.astype(np.uint8), cv2.RETR_CCOMP, cv2.CHAIN_APPROX_SIMPLE)
    offset = np.array([cement.crop.x0_px, cement.crop.y0_px], np.float32)
    return tuple(contour.reshape(-1, 2).astype(np.float32) + offset for contour in contours if len(contour) > 2)


class MomentStore:
    """All moments so far, in order. Written by the analysis, read by the window."""

    def __init__(self) -> None:
        self._moments: list[Moment] = []
        self._times: list[float] = []
        self._lock = threading.Lock()
        self._last_cement: CementMask | Unknown | None = None
        self._last_outline: Outline = ()

    def add(self, reading: Reading) -> Moment:
        """Keep a reading; repeated frames share one outline."""
        if reading.cement is not self._last_cement:
            self._last_cement = reading.cement
            self._last_outline = cement_outline(reading.cement) if isinstance(reading.cement, CementMask) else ()
        moment = Moment(
            frame_index=reading.frame_index,
            t_s=reading.t_s,
            liveness=reading.liveness,
            motion=reading.motion,
            distances=reading.distances,
            approach=reading.approach,
            standing=reading.standing,
            leaks=reading.leaks,
            outline=self._last_outline,
            processing_ms=reading.processing_ms,
        )
        with self._lock:
            self._moments.append(moment)
            self._times.append(moment.t_s)
        return moment

    def __len__(self) -> int:
        return len(self._moments)

    def at(self, index: int) -> Moment | None:
        """The moment of a frame, or None where it is not analysed yet."""
        with self._lock:
            return self._moments[index] if 0 <= index < len(self._moments) else None

    def index_at(self, t_s: float) -> int:
        """The last analysed frame at or before a time; -1 before the first."""
        with self._lock:
            return bisect_right(self._times, t_s + 1e-9) - 1

    def between(self, first: int, last: int) -> list[Moment]:
        """Moments of a range of frames."""
        with self._lock:
            return self._moments[max(0, first) : max(0, last + 1)]
