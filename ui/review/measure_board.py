"""Measuring on the picture: which tool, which points, what comes of them. No widgets here."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from assistant.geometry import along
from assistant.language import sentence
from assistant.lengths import UNCAL
from assistant.plan import PlannedView
from assistant.readings.moments import Moment
from assistant.review import measurements
from assistant.review.measurements import SixPointMorphometry
from assistant.vocabulary import Measure, Unknown
from ui.review import review_words

Point = tuple[float, float]
_UNIT = {True: "mm", False: f"px {UNCAL}"}


@dataclass(slots=True, eq=False)
class MeasureBoard:
    """Points in px of the frame that is on the screen; without a scale lengths are told in px.

    Attributes
    ----------
    tool : str
        One of `review_words.TOOLS`; empty: nothing is measured.
    mm_per_px : float or None
        Of the picture on the screen: a console may show it in another size than the plan's.
    why : str
        Why it is not known, where the plan has one; empty else.
    points : dict
        Tool to its points so far.
    """

    tool: str = ""
    mm_per_px: float | None = None
    why: str = ""
    points: dict[str, list[Point]] = field(default_factory=dict)
    plan_view: PlannedView | None = None
    _of_plan: float | None = None
    """Scale of the plan's reference frame: its own points lie there, whatever picture is on the screen."""
    _size: Measure = 1.0
    """How large the picture on the screen is shown against that."""

    def choose(self, tool: str) -> None:
        """Take a tool up; the one in use is put down."""
        self.tool = "" if tool == self.tool else tool

    def set_view(self, view: PlannedView | None) -> None:
        """The plan's view: its scale, and its points for the treated vertebra."""
        self.plan_view = view if view is not None and view.is_lateral else None
        self._of_plan = view.mm_per_px if view is not None and view.calibrated else None
        self.mm_per_px, self.why, self._size = self._of_plan, "", 1.0

    def see(self, frame: int, views: Sequence[PlannedView], moment: Moment | None) -> bool:
        """Another picture is on the screen; whether lengths on it are told otherwise now."""
        scale, before = measurements.mm_per_px_of(frame, views, moment), (self.mm_per_px, self.why, self._size)
        self._size = measurements.shown_size(frame, views, moment)
        if isinstance(scale, Unknown):
            self.mm_per_px, self.why = None, "" if self._of_plan is None else scale.reason
        else:
            self.mm_per_px, self.why = scale, ""
        return before != (self.mm_per_px, self.why, self._size)

    def press(self, x_px: float, y_px: float, reach_px: float) -> None:
        """Move the point under the pointer, or set the next one; a whole set begins anew."""
        if not self.tool:
            return
        placed = self.points.setdefault(self.tool, [])
        near = [k for k, (x, y) in enumerate(placed) if np.hypot(x - x_px, y - y_px) <= reach_px]
        if near:
            placed[near[0]] = (x_px, y_px)
        elif len(placed) < review_words.TOOLS[self.tool][1]:
            placed.append((x_px, y_px))
        else:
            self.points[self.tool] = [(x_px, y_px)]

    def undo(self) -> None:
        """Take the last point of the tool back."""
        if self.points.get(self.tool):
            self.points[self.tool].pop()

    def clear(self) -> None:
        """Another run."""
        self.points.clear()
        self.tool = ""

    def _whole(self, tool: str) -> NDArray[np.float64] | None:
        placed = self.points.get(tool, [])
        return np.array(placed) if len(placed) == review_words.TOOLS[tool][1] else None

    def _six(self, tool: str) -> SixPointMorphometry | None:
        points = self._whole(tool)
        if points is not None:
            size = 1.0 if isinstance(self._size, Unknown) else self._size
            return measurements.six_points(points[:3], points[3:], self.mm_per_px or 1.0 / size)
        if tool == "six" and self.plan_view is not None:
            thirds = np.array([0.0, 0.5, 1.0])
            view = self.plan_view
            lines = [line if len(line) == 3 else along(line, thirds) for line in (view.superior, view.inferior)]
            return measurements.six_points(lines[0], lines[1], self._of_plan or 1.0)
        return None

    def figures(self) -> list[tuple[str, str]]:
        """All that can be told now: name and value."""
        rows: list[tuple[str, str]] = []
        unit = _UNIT[self.mm_per_px is not None]
        scale = self.mm_per_px or 1.0
        pair = self._whole("distance")
        if pair is not None:
            rows.append((sentence("Distance"), f"≈ {measurements.distance_mm(pair[0], pair[1], scale):.1f} {unit}"))
        corner = self._whole("angle")
        if corner is not None:
            rows.append((sentence("Angle"), _degrees(measurements.angle_deg(corner[0], corner[1], corner[2]))))
        six = self._six("six")
        if six is not None:
            own = self._whole("six") is not None
            rows += self._six_rows(six, unit if own else _UNIT[self._of_plan is not None], own=own)
        ends = self._whole("cobb")
        above, below = self._whole("above"), self._whole("below")
        if ends is None and above is not None and below is not None:
            ends = np.vstack([above[[0, 2]], below[[3, 5]]])
        if ends is not None:
            rows.append((sentence("Cobb (kyphosis +)"), _degrees(measurements.cobb_deg(ends[:2], ends[2:]))))
        return rows

    def _six_rows(self, six: SixPointMorphometry, unit: str, *, own: bool) -> list[tuple[str, str]]:
        heights = " · ".join(f"{mm:.1f}" for mm in (six.anterior_mm, six.middle_mm, six.posterior_mm))
        heights_of = (
            sentence("Heights Ha · Hm · Hp") if own else sentence(f"Heights Ha · Hm · Hp ({review_words.FROM_PLAN})")
        )
        rows = [
            (heights_of, f"≈ {heights} {unit}"),
            (sentence("Wedge angle"), _degrees(six.wedge_deg)),
            (sentence("Beck index Ha/Hp"), _number(six.beck_index)),
            (sentence("Hm/Hp"), _number(six.biconcavity)),
        ]
        above, below = self._six("above"), self._six("below")
        if above is None and below is None:
            return rows
        if not own and isinstance(self._size, Unknown):
            return [*rows, (sentence("Against neighbours Ha · Hm · Hp"), f"— ({self._size.reason})")]
        ratios = measurements.height_ratios(six, above, below)
        shares = " · ".join(_percent(r) for r in (ratios.anterior, ratios.middle, ratios.posterior))
        grade = ratios.genant_grade
        return [
            *rows,
            (sentence("Against neighbours Ha · Hm · Hp"), shares),
            (sentence("Genant grade"), f"— ({grade.reason})" if isinstance(grade, Unknown) else f"{grade}"),
        ]

    def kept(self) -> dict[str, Any]:
        """Points and figures, fit to be kept in a review."""
        points = {tool: [list(point) for point in placed] for tool, placed in self.points.items() if placed}
        return {"points_px": points, "mm_per_px": self.mm_per_px, "figures": dict(self.figures())}


def _degrees(measure: Measure) -> str:
    return f"— ({measure.reason})" if isinstance(measure, Unknown) else f"≈ {measure:.1f}°"


def _number(measure: Measure) -> str:
    return f"— ({measure.reason})" if isinstance(measure, Unknown) else f"≈ {measure:.2f}"


def _percent(measure: Measure) -> str:
    return "—" if isinstance(measure, Unknown) else f"{100 * measure:.0f} %"
