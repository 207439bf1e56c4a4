"""A plan as it is drawn in review: six points on a frame, view, level, scale, line b, and what still is missing. No Qt.

The points are those of the set-up (`assistant.setup.model.SixPoints`); here they are placed one after the other and
count at once, there each is confirmed.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np

from assistant import lengths
from assistant.errors import UsageError
from assistant.geometry import along
from assistant.language import sentence
from assistant.lines import Of
from assistant.plan import SCHEMA, Plan, PlannedView, plan_from_document
from assistant.settings.tree import WarningLines
from assistant.setup.model import GAUGES_MM, LEVELS, History, Point, SetPoint, SixPoints, nearest_in_reach
from assistant.setup.usual_depth import usual_across
from assistant.system.files import whole_file
from assistant.system.plain import json_text

SCALE_PLACES: Final = 4
"""Decimals of a scale in mm/px; line b is set in whole percent of the depth."""
MOST_MM_PER_PX: Final = 10.0
_OF_THE_SCALE: Final = ("ruler", "scale_by")
"""Keys of a view that give way to the scale as it is set here; what else a plan says of a view is kept."""
_ASSUMED: Final = {True: "assumed depth", False: "assumed width"}
"""By whether the view is a lateral one."""
_SAME_PERCENT: Final = 0.5
Ends = list[Point | None]


class PointDraft(SixPoints):
    """The six points and the two ends of the ruler, with what can be taken back.

    Attributes
    ----------
    ruler : list of tuple or None
        Ends across the cannula, in px of the frame.
    ruler_mode : bool
        The pointer places the ruler, not the points.
    """

    def __init__(self) -> None:
        super().__init__()
        self.ruler: Ends = [None, None]
        self.ruler_mode = False
        self._held_end: int | None = None
        self._history: History[tuple[tuple[int, list[SetPoint]], Ends]] = History()

    def begin(self, places: list[Point]) -> None:
        """Start from points that are known (or from none); nothing before that can be taken back."""
        self.points = [SetPoint(at) for at in places] or SixPoints().points
        self.ruler = [None, None]
        self.active, self.held, self._held_end = 0, None, None
        self._history = History()

    def press(self, x_px: float, y_px: float, reach_px: float) -> None:
        """Take the point (or end of the ruler) under the pointer, or place the next one there."""
        self._remember()
        if not self.ruler_mode:
            self.take_or_next((x_px, y_px), reach_px)
            return
        end = nearest_in_reach(self.ruler, (x_px, y_px), reach_px)
        if end is None:
            end = self.ruler.index(None) if None in self.ruler else 1
            self.ruler[end] = (x_px, y_px)
        self._held_end = end

    def drag(self, x_px: float, y_px: float) -> None:
        """Move what is held."""
        if self._held_end is not None:
            self.ruler[self._held_end] = (x_px, y_px)
        else:
            self.move_held((x_px, y_px))

    def release(self) -> None:
        """Let go."""
        self._held_end = None
        self.let_go()

    def nudge(self, dx_px: float, dy_px: float) -> None:
        """Move the active point by arrow keys."""
        moved = self.moved(dx_px, dy_px)
        if moved is not None:
            self._remember()
            self.put(moved)

    def measure(self, on: bool) -> None:
        """Begin with the ruler, or leave it."""
        self.ruler_mode = on
        if on:
            self.ruler = [None, None]

    def ruler_px(self) -> float | None:
        """Its length; None while an end is missing."""
        first, second = self.ruler
        return None if first is None or second is None else math.dist(first, second)

    def undo(self) -> None:
        """Take the last change back."""
        self._come_back(self._history.undo(self._now()))

    def redo(self) -> None:
        """Do it again."""
        self._come_back(self._history.redo(self._now()))

    def _now(self) -> tuple[tuple[int, list[SetPoint]], Ends]:
        return self.kept(), list(self.ruler)

    def _remember(self) -> None:
        self._history.remember(self._now())

    def _come_back(self, kept: tuple[tuple[int, list[SetPoint]], Ends] | None) -> None:
        if kept is not None:
            self.restore(kept[0])
            self.ruler = kept[1]


@dataclass(frozen=True, slots=True)
class Assumed:
    """What is assumed of a view without a scale: how deep, or how high, the body is."""

    of: Of
    whole_mm: float
    by: str
    """Where that comes from, in a few words."""

    def mm_per_px(self, placed: list[list[float]]) -> float:
        """The scale that this makes for six points."""
        points = SixPoints([SetPoint((x, y)) for x, y in placed])
        length_px = points.depth_px() if self.of is Of.DEPTH else points.height_px()
        return self.whole_mm / max(length_px or 0.0, 1e-6)


@dataclass(frozen=True, slots=True)
class Saved:
    """What came of writing a plan: why it was not, or under which name an earlier one was kept."""

    path: Path
    fault: str = ""
    earlier: str = ""


class PlanDraft:
    """The plan while it is drawn.

    Attributes
    ----------
    lines : WarningLines
        Where line b stands at each level unless a person moves it.
    points : PointDraft
        On the frame ``reference_frame``.
    view, level : str
    mm_per_px : float
        0: not set.
    scale_by : str
        Where the scale comes from.
    line_percent : int
        Line b: share of the depth from the posterior wall.
    gauge : str
        The cannula that is measured.
    assumed : Assumed or None
        What is taken of this view as long as no scale is set.
    """

    def __init__(self, lines: WarningLines, points: PointDraft) -> None:
        self.lines, self.points = lines, points
        self.reference_frame = 0
        self.path = Path("plan.json")
        self.view, self.level = "lateral", "L1"
        self.mm_per_px, self.scale_by = 0.0, ""
        self.line_percent = round(100 * lines.at(self.level))
        self.gauge = "11G"
        self.assumed: Assumed | None = None
        self._others: dict[str, PlannedView] = {}
        self._documents: dict[str, dict[str, Any]] = {}

    def start(self, reference_frame: int, hint_mm_per_px: float | None, path: Path) -> None:
        """Begin with a frame; a scale that the file states is proposed, never used unasked."""
        self.reference_frame, self.path = reference_frame, path
        if hint_mm_per_px is not None and self.mm_per_px == 0.0 and self.assumed is None:
            self._put_scale(hint_mm_per_px, sentence("from the file"))

    def begin_with(self, plan: Plan | None, view_index: int) -> None:
        """Start from a plan's own points; its other views stay as they are until they are chosen here."""
        self._others = {} if plan is None else {each.view: each for each in plan.views}
        self._documents = {} if plan is None else {each["view"]: each for each in plan.document["views"]}
        if plan is not None:
            self.choose_view(plan.views[view_index].view)

    def choose_view(self, view: str) -> None:
        """Another view: its points as the plan has them; none where it has no such view."""
        self.view = view
        if not self._others:
            return
        planned = self._others.get(view)
        if planned is None:
            self.points.begin([])
            # The same body is as high in this view: what is assumed of the other one goes on.
            other = next((each for each in self._others.values() if not each.calibrated), None)
            self.assumed = None if other is None else _as_high(other)
            return
        rows = [
            line if len(line) == 3 else along(line, np.array([0.0, 0.5, 1.0]))
            for line in (planned.superior, planned.inferior)
        ]
        self.points.begin([(float(x), float(y)) for x, y in np.vstack(rows)])
        if planned.level in LEVELS:
            self.level = str(planned.level)
        self.assumed = None if planned.calibrated else _as_before(planned)
        ruler = self._documents[view].get("ruler") or {}
        self._put_scale(planned.mm_per_px if planned.calibrated else 0.0, planned.scale_by or ruler.get("what", ""))
        self.line_percent = round(100 * planned.warning_line_fraction)
        self.reference_frame = planned.reference_frame

    def choose_level(self, level: str) -> None:
        """Line b goes to where it stands at this level, unless it was moved by hand; so does what is assumed."""
        if abs(self.line_percent - 100 * self.lines.at(self.level)) < _SAME_PERCENT:
            self.line_percent = round(100 * self.lines.at(level))
        # An AP view beside another is as high as that one.
        if self.assumed is not None and (self.view == "lateral" or not set(self._others) - {self.view}):
            self.assumed = _as_usual(level, self.view)
        self.level = level

    def type_scale(self, mm_per_px: float) -> None:
        """The scale as a person types it; 0: not set."""
        self._put_scale(mm_per_px, "typed" if mm_per_px > 0 else "")

    def measured(self) -> None:
        """A point was placed or moved; a whole ruler makes the scale."""
        length_px = self.points.ruler_px() if self.points.ruler_mode else None
        if length_px is not None and length_px > 1:
            self._put_scale(GAUGES_MM[self.gauge] / length_px, sentence(f"cannula {self.gauge}"))

    def _put_scale(self, mm_per_px: float, by: str) -> None:
        self.mm_per_px = round(min(max(mm_per_px, 0.0), MOST_MM_PER_PX), SCALE_PLACES)
        self.scale_by = by

    def missing(self) -> str:
        """What keeps the plan from being used; empty when nothing does."""
        if not self.points.placed:
            return sentence(f"Place point {self.points.active + 1}.")
        if self.mm_per_px <= 0 and self.assumed is None:
            return sentence("Set the scale: type it, or measure the cannula.")
        try:
            self.plan()
        except UsageError as error:
            return str(error)
        return ""

    def plan(self) -> Plan:
        """The plan.

        Raises
        ------
        UsageError
            If it cannot be used.
        """
        return plan_from_document(self.document(), self.lines)

    def document(self) -> dict[str, Any]:
        """The plan as the file holds it."""
        placed = [[round(at[0], 2), round(at[1], 2)] for at in self.points.places if at is not None]
        scale, by = self.mm_per_px, self.scale_by
        calibrated = scale > 0 or self.assumed is None
        if not calibrated and self.assumed is not None:
            scale, by = self.assumed.mm_per_px(placed), self.assumed.by
        own = {
            "view": self.view,
            "level": self.level,
            "reference_frame": self.reference_frame,
            "mm_per_px": round(scale, 6),
            "calibrated": calibrated,
            **({"scale_by": by} if by else {}),
            "warning_line_fraction": round(self.line_percent / 100, 4),
            "landmarks": {"superior": placed[:3], "inferior": placed[3:]},
        }
        before = self._documents.get(self.view, {})
        kept = {key: value for key, value in before.items() if key not in own and key not in _OF_THE_SCALE}
        others = [each for name, each in self._documents.items() if name != self.view]
        return {"schema": SCHEMA, "views": [own | kept, *others]}

    def save(self) -> Saved:
        """Write the plan whole or not at all, and keep an earlier one beside it."""
        path = self.path
        try:
            with whole_file(path, durable=True) as part:
                part.write_text(json_text(self.document()), encoding="utf-8")
                kept = _keep_earlier(path)
        except OSError as error:
            return Saved(path, fault=error.strerror or str(error))
        return Saved(path, earlier="" if kept is None else kept.name)


def _as_before(planned: PlannedView) -> Assumed:
    """What a plan assumes stays as it is, also where it is not what is usual."""
    return Assumed(Of.DEPTH, lengths.depth_mm(planned), planned.scale_by or _ASSUMED[planned.is_lateral])


def _as_high(other: PlannedView) -> Assumed:
    return Assumed(Of.HEIGHT, lengths.height_mm(other), sentence("assumed height, as in the other view"))


def _as_usual(level: str, view: str) -> Assumed:
    return Assumed(Of.DEPTH, *usual_across(level, view))


def _keep_earlier(path: Path) -> Path | None:
    """Move a plan that stands there already out of the way; a plan of the team is never overwritten."""
    if not path.exists():
        return None
    number = 1
    while (kept := path.with_name(f"{path.stem}.before-{number}{path.suffix}")).exists():
        number += 1
    kept.write_bytes(path.read_bytes())
    return kept
