"""The curves of a whole run, ready to be drawn at any width: growing arrays."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from assistant.plan import PlannedView
from assistant.readings.curve_scale import CurveScale, curve_scale, endplate_values, line_value
from assistant.readings.moments import Moment
from assistant.vocabulary import Distances, FrameState

CURVES = 3
"""Line b, superior and inferior endplate."""
HIGH_MM = 18.0
"""How far before line b the axis reaches."""
SEEN = (FrameState.LIVE, FrameState.REPEAT)
_CODES = {state: code for code, state in enumerate(FrameState)}


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class CurveColumns:
    """What is drawn in each column of pixels.

    Attributes
    ----------
    curves : array (3, width) of float32
        The smallest distance to each line in that stretch of time, as it stands on the axis; NaN where none was
        measured.
    scale : CurveScale
        The axis.
    off : array (width,) of bool
        No new picture was measured there.
    known : int
        CurveColumns from the left that are analysed.
    """

    curves: NDArray[np.float32]
    scale: CurveScale
    off: NDArray[np.bool_]
    known: int


class Curves:
    """Distances and states of all moments so far."""

    def __init__(self) -> None:
        self.forget()

    def forget(self, views: tuple[PlannedView, ...] = ()) -> None:
        """Another run, or other lines: the plan's views say how distances stand on the axis."""
        self._views = views
        self.scale = curve_scale(views, HIGH_MM)
        self._count = 0
        self._values: NDArray[np.float32] = np.full((256, CURVES), np.nan, np.float32)
        self._states: NDArray[np.uint8] = np.zeros(256, np.uint8)

    def __len__(self) -> int:
        return self._count

    def take(self, moments: Iterable[Moment]) -> None:
        """Take moments that follow on those that are known."""
        for moment in moments:
            if self._count == len(self._states):
                self._values = np.vstack([self._values, np.full_like(self._values, np.nan)])
                self._states = np.concatenate([self._states, np.zeros_like(self._states)])
            state = moment.liveness.state
            self._states[self._count] = _CODES[state]
            if isinstance(moment.distances, Distances) and state in SEEN:
                line = line_value(moment, self.scale, self._views)
                self._values[self._count] = (line, *endplate_values(moment, self.scale, self._views))
            self._count += 1

    def columns(self, width: int, frames: int) -> CurveColumns:
        """Gather into columns.

        Parameters
        ----------
        width : int
            CurveColumns of pixels for the whole run.
        frames : int
            Frames of the whole run.
        """
        curves = np.full((CURVES, width), np.nan, np.float32)
        off = np.zeros(width, np.bool_)
        if self._count == 0 or width < 1:
            return CurveColumns(curves=curves, scale=self.scale, off=off, known=0)
        at = np.minimum(np.arange(self._count) * width // max(frames, 1), width - 1)
        unseen = ~np.isin(self._states[: self._count], [_CODES[state] for state in SEEN])
        total = np.bincount(at, minlength=width)
        off = np.bincount(at, weights=unseen, minlength=width) > 0.5 * np.maximum(total, 1)
        for k in range(CURVES):
            values = self._values[: self._count, k]
            good = np.isfinite(values)
            least = np.full(width, np.inf, np.float32)
            np.minimum.at(least, at[good], values[good])
            curves[k] = np.where(np.isfinite(least), least, np.nan)
        if frames < width:
            # Fewer frames than pixels: a frame fills the columns up to the next one.
            _fill(curves, off, at, width, self._count, frames)
        return CurveColumns(curves=curves, scale=self.scale, off=off, known=int(at[-1]) + 1)


def _fill(
    curves: NDArray[np.float32], off: NDArray[np.bool_], at: NDArray[np.int64], width: int, count: int, frames: int
) -> None:
    last = min(width, count * width // max(frames, 1))
    source = np.minimum(np.searchsorted(at, np.arange(last), side="right") - 1, count - 1)
    curves[:, :last] = curves[:, at[source]]
    off[:last] = off[at[source]]
