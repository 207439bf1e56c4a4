"""The curves of a whole run, ready to be drawn at any width: growing arrays, no Qt."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from assistant.moments import Moment
from assistant.vocabulary import Distances, FrameState, Measure, Unknown

CURVES = ("warning_line_mm", "superior_endplate_mm", "inferior_endplate_mm")
SEEN = (FrameState.LIVE, FrameState.REPEAT)
_CODES = {state: code for code, state in enumerate(FrameState)}


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Columns:
    """What is drawn in each column of pixels.

    Attributes
    ----------
    curves_mm : array (3, width) of float32
        The smallest distance to each line in that stretch of time; NaN where none was measured.
    off : array (width,) of bool
        No new picture was measured there.
    known : int
        Columns from the left that are analysed.
    """

    curves_mm: NDArray[np.float32]
    off: NDArray[np.bool_]
    known: int


class Series:
    """Distances and states of all moments so far."""

    def __init__(self) -> None:
        self.forget()

    def forget(self) -> None:
        """Another run."""
        self._count = 0
        self._values: NDArray[np.float32] = np.full((256, len(CURVES)), np.nan, np.float32)
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
                self._values[self._count] = [_number(getattr(moment.distances, name)) for name in CURVES]
            self._count += 1

    def columns(self, width: int, frames: int) -> Columns:
        """Gather into columns.

        Parameters
        ----------
        width : int
            Columns of pixels for the whole run.
        frames : int
            Frames of the whole run.
        """
        curves = np.full((len(CURVES), width), np.nan, np.float32)
        off = np.zeros(width, np.bool_)
        if self._count == 0 or width < 1:
            return Columns(curves_mm=curves, off=off, known=0)
        at = np.minimum(np.arange(self._count) * width // max(frames, 1), width - 1)
        unseen = ~np.isin(self._states[: self._count], [_CODES[state] for state in SEEN])
        total = np.bincount(at, minlength=width)
        off = np.bincount(at, weights=unseen, minlength=width) > 0.5 * np.maximum(total, 1)
        for k in range(len(CURVES)):
            values = self._values[: self._count, k]
            good = np.isfinite(values)
            least = np.full(width, np.inf, np.float32)
            np.minimum.at(least, at[good], values[good])
            curves[k] = np.where(np.isfinite(least), least, np.nan)
        if frames < width:
            # Fewer frames than pixels: a frame fills the columns up to the next one.
            _fill(curves, off, at, width, self._count, frames)
        return Columns(curves_mm=curves, off=off, known=int(at[-1]) + 1)


def _fill(
    curves: NDArray[np.float32], off: NDArray[np.bool_], at: NDArray[np.int64], width: int, count: int, frames: int
) -> None:
    last = min(width, count * width // max(frames, 1))
    source = np.minimum(np.searchsorted(at, np.arange(last), side="right") - 1, count - 1)
    curves[:, :last] = curves[:, at[source]]
    off[:last] = off[at[source]]


def _number(measure: Measure) -> float:
    return np.nan if isinstance(measure, Unknown) or not np.isfinite(measure) else float(measure)
