"""What is being set up: view, level, points with their confirmation, scale, line. No Qt; ends in a plan document."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from enum import IntEnum, StrEnum
from typing import Any, Final

from assistant.live.messages import StampedFrame
from assistant.plan import SCHEMA
from assistant.settings.tree import WarningLines
from assistant.setup.usual_depth import usual_depth
from assistant.vocabulary import Shown

LEVELS: Final = (*(f"T{k}" for k in range(1, 13)), *(f"L{k}" for k in range(1, 6)))
GAUGES_MM: Final = {"8G": 4.19, "10G": 3.40, "11G": 3.05, "13G": 2.41, "14G": 2.11}
"""Nominal outer diameters of cannulas (needle-gauge chart; brands differ)."""
LEAST_LINE, MOST_LINE = 0.05, 0.60
Point = tuple[float, float]


class Step(IntEnum):
    """The six steps; the seventh is armed."""

    SOURCE = 1
    ORIENTATION = 2
    LEVEL = 3
    POINTS = 4
    SCALE = 5
    LINE = 6


STEP_WORDS: Final = {
    Step.SOURCE: "Source",
    Step.ORIENTATION: "Orientation, field",
    Step.LEVEL: "Level",
    Step.POINTS: "Six points",
    Step.SCALE: "Scale",
    Step.LINE: "Line",
}


class Told(StrEnum):
    """What a point is worth. Only a confirmed one is used."""

    MISSING = "place it"
    PROPOSED = "proposed"
    CHECK = "check now"
    CONFIRMED = "confirmed"


@dataclass(slots=True)
class SetPoint:
    """One of the six points, in px of the stored picture."""

    at: Point | None = None
    told: Told = Told.MISSING


@dataclass(slots=True)
class SetView:
    """One view of the set-up: its still picture, points and scale.

    Attributes
    ----------
    view : str
        "lateral" or "ap".
    input : int
        2: of the second grabber, which has a scale and lines of its own.
    still : StampedFrame or None
        The picture on which the points stand.
    mm_per_px : float or None
        None: not set.
    scale_by : str
        Where the scale comes from, for the screen and the log.
    shown : Shown
        Native or inverted, if the person says it; else the pictures are asked.
    """

    view: str = "lateral"
    input: int = 1
    still: StampedFrame | None = None
    points: list[SetPoint] = field(default_factory=lambda: [SetPoint() for _ in range(6)])
    active: int = 0
    mm_per_px: float | None = None
    scale_by: str = ""
    shown: Shown = Shown.NOT_KNOWN
    proposal_note: str = ""

    @property
    def whole(self) -> bool:
        """All six points are confirmed."""
        return all(point.told is Told.CONFIRMED for point in self.points)

    @property
    def placed(self) -> bool:
        """All six points have a place."""
        return all(point.at is not None for point in self.points)

    def propose(self, places: list[Point], note: str) -> None:
        """Take a proposal: it counts only point by point, once confirmed."""
        for point, at in zip(self.points, places, strict=True):
            point.at, point.told = at, Told.PROPOSED
        self.active, self.proposal_note = 0, note

    def put(self, at: Point) -> None:
        """Place the active point; one that was confirmed has to be looked at again."""
        point = self.points[self.active]
        point.at, point.told = at, Told.CHECK

    def confirm(self) -> bool:
        """The active point is right; the next open one becomes the active one. False without a place."""
        point = self.points[self.active]
        if point.at is None:
            return False
        point.told = Told.CONFIRMED
        still_open = [k for k in range(6) if self.points[k].told is not Told.CONFIRMED]
        if still_open:
            later = [k for k in still_open if k > self.active]
            self.active = (later or still_open)[0]
        return True

    def depth_px(self) -> float | None:
        """Depth of the body (AP: width) between its corners, the mean of the two endplates; None without its points."""
        return self._mean_px((0, 2), (3, 5))

    def height_px(self) -> float | None:
        """Height of the body at its last corners; None without its points."""
        return self._mean_px((2, 5))

    def _mean_px(self, *pairs: tuple[int, int]) -> float | None:
        lengths = []
        for first, last in pairs:
            one, other = self.points[first].at, self.points[last].at
            if one is None or other is None:
                return None
            lengths.append(math.dist(one, other))
        return sum(lengths) / len(lengths)

    def scale(self, level: str, height_mm: float | None) -> tuple[float | None, str]:
        """A scale and where it comes from; without one: as deep as usual, or as high as in another view."""
        if self.mm_per_px is not None:
            return self.mm_per_px, self.scale_by
        if height_mm is not None:
            height_px = self.height_px()
            return (height_mm / height_px if height_px else None), "assumed height, as in the other view"
        usual, depth_px = usual_depth(level), self.depth_px()
        return (usual.mm / depth_px if depth_px else None), f"assumed depth, {usual.source}"

    def document(self, level: str, fraction: float, scale: float | None, by: str) -> dict[str, Any]:
        """The view as a plan holds it; ``scale``, ``by``: as `scale` says."""
        places = [[round(point.at[0], 2), round(point.at[1], 2)] for point in self.points if point.at is not None]
        made: dict[str, Any] = {
            "view": self.view,
            "level": level,
            "reference_frame": self.still.index if self.still is not None else 0,
            "mm_per_px": round(scale or 0.0, 6),
            "calibrated": self.mm_per_px is not None,
            "scale_by": by,
            "landmarks": {"superior": places[:3], "inferior": places[3:]},
        }
        if self.shown is not Shown.NOT_KNOWN:
            made["polarity"] = self.shown.value
        if self.input != 1:
            made["input"] = self.input
        if self.view == "lateral":
            made["warning_line_fraction"] = round(fraction, 4)
        return made


@dataclass(slots=True)
class SetUp:
    """The whole of it.

    Attributes
    ----------
    lines : WarningLines
        Where line b stands at each level unless it was moved.
    moved : float or None
        Line b as it was moved by hand: share of the depth from the posterior wall.
    views : list of SetView
        The lateral one first; an AP view may follow.
    at : int
        Which view is being worked on.
    """

    lines: WarningLines
    moved: float | None = None
    level: str = "L1"
    source: str = ""
    views: list[SetView] = field(default_factory=lambda: [SetView()])
    at: int = 0
    _undo: list[tuple[int, int, list[SetPoint]]] = field(default_factory=list)
    _redo: list[tuple[int, int, list[SetPoint]]] = field(default_factory=list)

    @property
    def fraction(self) -> float:
        """Line b: share of the depth from the posterior wall."""
        return self.lines.at(self.level) if self.moved is None else self.moved

    @property
    def view(self) -> SetView:
        """The view that is being worked on."""
        return self.views[self.at]

    def add_ap(self, *, of_second: bool = False) -> None:
        """Work on the AP view from now on; made if it is not there (of the second input, where one is open)."""
        for k, view in enumerate(self.views):
            if view.view == "ap":
                self.at = k
                return
        self.views.append(SetView(view="ap", input=2 if of_second else 1))
        self.at = len(self.views) - 1

    def go_lateral(self) -> None:
        """Back to the lateral view; an AP view without a confirmed point is dropped."""
        self.views = [view for view in self.views if view.view == "lateral" or view.whole]
        self.at = 0

    def other_level(self, step: int) -> None:
        """The next level up or down. The program does not count them."""
        self.level = LEVELS[min(max(LEVELS.index(self.level) + step, 0), len(LEVELS) - 1)]

    def move_line(self, percent: int) -> None:
        """Line b by whole percent of the depth."""
        self.moved = min(max(round(self.fraction * 100 + percent) / 100, LEAST_LINE), MOST_LINE)

    def remember(self) -> None:
        """Before a change of the points."""
        self._undo.append(self._now())
        del self._undo[:-100]
        self._redo.clear()

    def undo(self) -> None:
        """Take the last change of the points back."""
        self._swap(self._undo, self._redo)

    def redo(self) -> None:
        """Do it again."""
        self._swap(self._redo, self._undo)

    def _now(self) -> tuple[int, int, list[SetPoint]]:
        return self.at, self.view.active, [SetPoint(at=p.at, told=p.told) for p in self.view.points]

    def _swap(self, back: list[tuple[int, int, list[SetPoint]]], forth: list[tuple[int, int, list[SetPoint]]]) -> None:
        if not back:
            return
        at, active, points = back.pop()
        if at < len(self.views):
            forth.append(self._now())
            self.at = at
            self.view.active, self.view.points = active, points

    def scales(self) -> list[tuple[float | None, str]]:
        """Of each view: mm per px (None without points) and where it comes from."""
        made: list[tuple[float | None, str]] = []
        height_mm: float | None = None
        for view in self.views:
            made.append(view.scale(self.level, height_mm))
            if view.whole:
                # The same body is as high in the next view: what is assumed of one then holds for both.
                height_mm = (made[-1][0] or 0.0) * (view.height_px() or 0.0) or None
        return made

    def document(self) -> dict[str, Any]:
        """The plan. Views that are not whole are left out."""
        scaled = zip(self.views, self.scales(), strict=True)
        made = [view.document(self.level, self.fraction, *scale) for view, scale in scaled if view.whole]
        return {"schema": SCHEMA, "views": made}

    def stills(self) -> list[StampedFrame]:
        """The reference pictures of the views in `document`."""
        return [view.still for view in self.views if view.whole and view.still is not None]
