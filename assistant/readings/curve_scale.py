"""The axis of a distance curve: line b at 0, the posterior wall at its own distance, room behind it.

In mm where every view of the plan is calibrated, else in percent of the body (of the depth for line b, of the height
for the endplates). What lies below the axis is told by an arrow with its figure, never by a flat line at its edge.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from assistant import lengths
from assistant.language import tr
from assistant.lines import Line, Of
from assistant.plan import PlannedView
from assistant.readings.moments import Moment, view_of
from assistant.vocabulary import Distances, Measure, Unknown

_ROOM_MM: Final = 5.0
"""Behind the posterior wall: cement there is told by its place up to so far, farther by an arrow."""
_NO_WALL_MM: Final = -8.0
_BEFORE_WALL_MM: Final = 0.3
"""A front that has not reached the wall is drawn at least so far in front of it."""
_TICK_MM, _TICK_PERCENT = 5, 20
_FIGURE_PX = 18.0
"""A figure of the axis is so high."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CurveScale:
    """How values stand on the axis.

    Attributes
    ----------
    in_mm : bool
        Else percent of the body.
    low, high : float
        Ends of the axis.
    wall : float or None
        Where the posterior wall stands; None without a lateral view.
    per_mm : float
        Of the axis, for lengths towards line b.
    """

    in_mm: bool
    low: float
    high: float
    wall: float | None
    per_mm: float

    @property
    def ticks(self) -> tuple[int, ...]:
        """Where the axis is labelled: at line b and before it."""
        step = _TICK_MM if self.in_mm else _TICK_PERCENT
        return tuple(range(0, math.floor(self.high) + 1, step))

    def ticks_with_room(self, height_px: float) -> tuple[int, ...]:
        """The ticks whose figures have room on an axis of this height: line b and the highest before the others."""
        kept: list[int] = []
        for tick in (0, self.ticks[-1], *self.ticks[-2:0:-1]):
            y = self.y(0.0, height_px, tick)
            if all(abs(y - self.y(0.0, height_px, other)) >= _FIGURE_PX for other in kept):
                kept.append(tick)
        return tuple(sorted(kept))

    @property
    def unit(self) -> str:
        """What the figures of the axis are, in words."""
        return "mm" if self.in_mm else f"% {lengths.UNCAL}"

    def y(self, top: float, bottom: float, value: float) -> float:
        """Where a value is drawn: below ``bottom`` where it lies below the axis; far ones stand at the top."""
        return bottom - (min(value, self.high) - self.low) / (self.high - self.low) * (bottom - top)

    def figure(self, value: float) -> str:
        """A value of the axis in words."""
        length = f"{abs(value):.0f} {'mm' if self.in_mm else '%'}"
        return tr("{length} past", length=length) if value < 0 else length

    def is_behind_wall(self, value: float) -> bool:
        """At the posterior wall or behind it."""
        return self.wall is not None and value <= self.wall


def curve_scale(views: Sequence[PlannedView], high_mm: float) -> CurveScale:
    """The axis for a plan.

    Parameters
    ----------
    views : sequence of PlannedView
    high_mm : float
        How far before line b the axis reaches.
    """
    in_mm = lengths.is_in_mm(views)
    lateral = next((view for view in views if view.is_lateral), None)
    view = lateral or (views[0] if views else None)
    per_mm = 1.0 if in_mm or view is None else 100.0 / lengths.depth_mm(view)
    wall = None if lateral is None else -lateral.warning_line_fraction * lengths.depth_mm(lateral) * per_mm
    low = (_NO_WALL_MM * per_mm) if wall is None else wall - _ROOM_MM * per_mm
    return CurveScale(in_mm=in_mm, low=low, high=high_mm * per_mm, wall=wall, per_mm=per_mm)


def line_value(moment: Moment, scale: CurveScale, views: Sequence[PlannedView]) -> float:
    """Where a moment stands on the axis of line b; NaN where that is not known.

    Past the line the wall itself decides: cement that has reached it is never drawn in front of it, nor the reverse.
    """
    if not isinstance(moment.distances, Distances):
        return math.nan
    line = _on_axis(moment.distances.mm[Line.WARNING_LINE], scale, view_of(moment, views), Of.DEPTH)
    to_wall = _on_axis(moment.distances.mm[Line.POSTERIOR_WALL], scale, view_of(moment, views), Of.DEPTH)
    if scale.wall is None or math.isnan(to_wall) or math.isnan(line):
        return line
    if to_wall <= 0:
        return min(line, scale.wall + to_wall)
    return max(line, scale.wall + min(to_wall, _BEFORE_WALL_MM * scale.per_mm))


def endplate_values(moment: Moment, scale: CurveScale, views: Sequence[PlannedView]) -> tuple[float, float]:
    """Superior and inferior endplate on the axis; NaN where that is not known."""
    if not isinstance(moment.distances, Distances):
        return math.nan, math.nan
    view, found = view_of(moment, views), moment.distances
    return (
        _on_axis(found.mm[Line.SUPERIOR_ENDPLATE], scale, view, Of.HEIGHT),
        _on_axis(found.mm[Line.INFERIOR_ENDPLATE], scale, view, Of.HEIGHT),
    )


def _on_axis(measure: Measure, scale: CurveScale, view: PlannedView | None, of: Of) -> float:
    if isinstance(measure, Unknown) or not math.isfinite(measure):
        return math.nan
    if scale.in_mm or view is None:
        return float(measure)
    return 100.0 * measure / lengths.whole_mm(view, of)


def stretches(good: NDArray[np.bool_]) -> list[tuple[int, int]]:
    """First and one past the last place of each run of true values."""
    edges = np.flatnonzero(np.diff(np.concatenate([[0], good.astype(np.int8), [0]])))
    return [(int(first), int(last)) for first, last in edges.reshape(-1, 2)]


@dataclass(frozen=True, slots=True)
class Below:
    """A stretch that lies below the axis: from, to (px or columns), where it is deepest, and how deep."""

    first: float
    last: float
    deepest: float
    value: float


def stretches_below(xs: NDArray[np.float64], values: NDArray[np.float32], scale: CurveScale) -> list[Below]:
    """Each stretch of a curve below the axis, by its places along the time."""
    with np.errstate(invalid="ignore"):
        below = values < scale.low
    found = []
    for first, last in stretches(below):
        at = first + int(np.argmin(values[first:last]))
        found.append(Below(float(xs[first]), float(xs[last - 1]), float(xs[at]), float(values[at])))
    return found
