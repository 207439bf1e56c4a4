"""Measuring on the picture: which tool, which points, what comes of them. No widgets here."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from assistant.geometry import along
from assistant.language import sentence
from assistant.lengths import UNCAL
from assistant.plan import PlannedView
from assistant.readings.moments import Moment
from assistant.review import measurements
from assistant.review.measurements import SixPointMorphometry
from assistant.vocabulary import Measure, Motion, Unknown
from ui.review import review_words

Point = tuple[float, float]
_UNIT = {True: "mm", False: f"px {UNCAL}"}
_SAME_SIZE: Final = 0.03
"""Share by which the sizes of two pictures may differ that are measured across: that of a found vertebra scatters."""
_MIXED: Final = Unknown(sentence("the points lie on pictures that may differ in size"))


@dataclass(frozen=True, slots=True, kw_only=True)
class MeasuredPicture:
    """The picture on which a point was set.

    Attributes
    ----------
    frame : int or None
    mm_per_px : float or None
        Its scale; None: not known.
    size : float or Unknown
        How large it is shown against the plan's reference frame.
    is_mirrored : bool
        Against that.
    """

    frame: int | None
    mm_per_px: float | None
    size: Measure
    is_mirrored: bool = False

    def fits(self, other: MeasuredPicture) -> bool:
        """Whether points on both belong into one figure."""
        if self.frame == other.frame:
            return True
        if isinstance(self.size, Unknown) or isinstance(other.size, Unknown):
            return False
        return self.is_mirrored == other.is_mirrored and abs(self.size / other.size - 1) < _SAME_SIZE


@dataclass(slots=True, eq=False)
class MeasureBoard:
    """Points in px of the frame that each was set on; without a scale lengths are told in px.

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
    _frame: int | None = None
    _is_mirrored: bool = False
    _grounds: dict[str, list[MeasuredPicture]] = field(default_factory=dict)
    """Of each tool's points."""

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
        self._size, self._frame = measurements.shown_size(frame, views, moment), frame
        motion = moment.motion if moment is not None else None
        self._is_mirrored = isinstance(motion, Motion) and motion.similarity.mirrored
        if isinstance(scale, Unknown):
            self.mm_per_px, self.why = None, "" if self._of_plan is None else scale.reason
        else:
            self.mm_per_px, self.why = scale, ""
        return before != (self.mm_per_px, self.why, self._size)

    def press(self, x_px: float, y_px: float, reach_px: float) -> None:
        """Move the point under the pointer, or set the next one; a whole set begins anew."""
        if not self.tool:
            return
        placed, grounds = self.points.setdefault(self.tool, []), self._grounds.setdefault(self.tool, [])
        here = self._here
        near = [k for k, (x, y) in enumerate(placed) if np.hypot(x - x_px, y - y_px) <= reach_px]
        if near:
            placed[near[0]], grounds[near[0]] = (x_px, y_px), here
        elif len(placed) < review_words.TOOLS[self.tool][1]:
            placed.append((x_px, y_px))
            grounds.append(here)
        else:
            self.points[self.tool], self._grounds[self.tool] = [(x_px, y_px)], [here]

    def undo(self) -> None:
        """Take the last point of the tool back."""
        if self.points.get(self.tool):
            self.points[self.tool].pop()
            self._grounds[self.tool].pop()

    def clear(self) -> None:
        """Another run."""
        self.points.clear()
        self._grounds.clear()
        self.tool = ""

    @property
    def _here(self) -> MeasuredPicture:
        return MeasuredPicture(
            frame=self._frame, mm_per_px=self.mm_per_px, size=self._size, is_mirrored=self._is_mirrored
        )

    def lies_elsewhere(self, tool: str) -> bool:
        """Whether points of a tool were set on a picture to which those of the one on the screen do not fit."""
        return not all(each.fits(self._here) for each in self._grounds.get(tool, ()))

    def _ground(self, *tools: str) -> MeasuredPicture | None:
        """The picture that the points of these tools lie on; None where they lie on several that do not fit."""
        grounds = [each for tool in tools for each in self._grounds.get(tool, ())] or [self._here]
        return grounds[0] if all(each.fits(grounds[0]) for each in grounds) else None

    def _whole(self, tool: str) -> NDArray[np.float64] | None:
        placed = self.points.get(tool, [])
        return np.array(placed) if len(placed) == review_words.TOOLS[tool][1] else None

    def _six(self, tool: str) -> SixPointMorphometry | None:
        points = self._whole(tool)
        ground = self._ground(tool)
        if points is not None and ground is not None:
            size = 1.0 if isinstance(ground.size, Unknown) else ground.size
            return measurements.six_points(points[:3], points[3:], ground.mm_per_px or 1.0 / size)
        if points is not None:
            return None
        if tool == "six" and self.plan_view is not None:
            thirds = np.array([0.0, 0.5, 1.0])
            view = self.plan_view
            lines = [line if len(line) == 3 else along(line, thirds) for line in (view.superior, view.inferior)]
            return measurements.six_points(lines[0], lines[1], self._of_plan or 1.0)
        return None

    def figures(self) -> list[tuple[str, str]]:
        """All that can be told now: name and value."""
        rows: list[tuple[str, str]] = []
        pair, ground = self._whole("distance"), self._ground("distance")
        if pair is not None and ground is not None:
            length = measurements.distance_mm(pair[0], pair[1], ground.mm_per_px or 1.0)
            rows.append((sentence("Distance"), f"≈ {length:.1f} {_unit_of(ground)}"))
        elif pair is not None:
            rows.append((sentence("Distance"), _degrees(_MIXED)))
        corner = self._whole("angle")
        if corner is not None:
            is_one = self._ground("angle") is not None
            angle = measurements.angle_deg(corner[0], corner[1], corner[2]) if is_one else _MIXED
            rows.append((sentence("Angle"), _degrees(angle)))
        six, own = self._six("six"), self._whole("six") is not None
        ground = self._ground("six")
        if six is not None:
            unit = _unit_of(ground) if own and ground is not None else _UNIT[self._of_plan is not None]
            rows += self._six_rows(six, unit, own=own)
        elif own:
            rows.append((sentence("Heights Ha · Hm · Hp"), _degrees(_MIXED)))
        ends = self._whole("cobb")
        above, below = self._whole("above"), self._whole("below")
        if ends is None and above is not None and below is not None:
            ends = np.vstack([above[[0, 2]], below[[3, 5]]])
        if ends is not None:
            is_one = self._ground(*(("cobb",) if self._whole("cobb") is not None else ("above", "below"))) is not None
            cobb = measurements.cobb_deg(ends[:2], ends[2:]) if is_one else _MIXED
            rows.append((sentence("Cobb (kyphosis +)"), _degrees(cobb)))
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
        beside = self._ground("above", "below")
        if beside is None or (own and self._ground("six", "above", "below") is None):
            return [*rows, (sentence("Against neighbours Ha · Hm · Hp"), _degrees(_MIXED))]
        if not own and isinstance(beside.size, Unknown):
            return [*rows, (sentence("Against neighbours Ha · Hm · Hp"), f"— ({beside.size.reason})")]
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
        frames = {tool: [each.frame for each in grounds] for tool, grounds in self._grounds.items() if grounds}
        ground = self._ground(*frames)
        scale = ground.mm_per_px if ground is not None else None
        return {"points_px": points, "frames": frames, "mm_per_px": scale, "figures": dict(self.figures())}


def _unit_of(ground: MeasuredPicture) -> str:
    """The unit of a length, and on which picture it was measured."""
    unit = _UNIT[ground.mm_per_px is not None]
    return unit if ground.frame is None else f"{unit} · {sentence(f'frame {ground.frame}')}"


def _degrees(measure: Measure) -> str:
    return f"— ({measure.reason})" if isinstance(measure, Unknown) else f"≈ {measure:.1f}°"


def _number(measure: Measure) -> str:
    return f"— ({measure.reason})" if isinstance(measure, Unknown) else f"≈ {measure:.2f}"


def _percent(measure: Measure) -> str:
    return "—" if isinstance(measure, Unknown) else f"{100 * measure:.0f} %"
