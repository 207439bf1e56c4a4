"""What is being set up: view, level, points with their confirmation, scale, line. No Qt; ends in a plan document."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from enum import IntEnum, StrEnum
from typing import Any, Final, Generic, TypeVar

from assistant.language import sentence
from assistant.live.messages import StampedFrame
from assistant.plan import SCHEMA
from assistant.settings.tree import WarningLines
from assistant.setup.carried_scale import KnownScale, StillDisplay
from assistant.setup.usual_depth import usual_across
from assistant.vocabulary import ShownPolarity

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
    Step.SOURCE: "Source",  # sentences
    Step.ORIENTATION: sentence("Orientation, field"),
    Step.LEVEL: "Level",  # sentences
    Step.POINTS: sentence("Six points"),
    Step.SCALE: "Scale",  # sentences
    Step.LINE: "Line",  # sentences
}


class PointStatus(StrEnum):
    """What a point is worth. Only a confirmed one is used."""

    MISSING = "place it"  # sentences
    PROPOSED = "proposed"  # sentences
    CHECK = "check now"  # sentences
    CONFIRMED = "confirmed"  # sentences


@dataclass(slots=True)
class SetPoint:
    """One of the six points, in px of the stored picture."""

    at: Point | None = None
    status: PointStatus = PointStatus.MISSING


@dataclass(slots=True)
class SixPoints:
    """The six points while they are placed, in set-up and in review: the one place that knows how.

    Attributes
    ----------
    points : list of SetPoint
        Three along the superior endplate, three along the inferior one.
    active : int
        The point that arrows move, and that the next press places.
    held : int or None
        The one under the pointer while it is pressed.
    """

    points: list[SetPoint] = field(default_factory=lambda: [SetPoint() for _ in range(6)])
    active: int = 0
    held: int | None = None

    @property
    def whole(self) -> bool:
        """All six points are confirmed."""
        return all(point.status is PointStatus.CONFIRMED for point in self.points)

    @property
    def placed(self) -> bool:
        """All six points have a place."""
        return all(point.at is not None for point in self.points)

    @property
    def places(self) -> list[Point | None]:
        """Where they are."""
        return [point.at for point in self.points]

    def put(self, at: Point) -> None:
        """Place the active point; one that was confirmed has to be looked at again."""
        point = self.points[self.active]
        point.at, point.status = at, PointStatus.CHECK

    def take(self, at: Point, reach_px: float) -> bool:
        """Take the point in reach of the pointer, else place the active one there; True if one was placed."""
        self.held = nearest_in_reach(self.places, at, reach_px)
        if self.held is not None:
            self.active = self.held
            return False
        self.put(at)
        self.held = self.active
        return True

    def take_or_next(self, at: Point, reach_px: float) -> None:
        """As `take`, where points are placed one after the other: the one that is missing comes next."""
        missing = self._missing()
        if missing and self.points[self.active].at is not None and nearest_in_reach(self.places, at, reach_px) is None:
            self.active = missing[0]
        if self.take(at, reach_px) and (left := self._missing()):
            self.active = left[0]

    def _missing(self) -> list[int]:
        return [k for k, point in enumerate(self.points) if point.at is None]

    def move_held(self, at: Point) -> None:
        """The held point goes with the pointer."""
        if self.held is not None:
            point = self.points[self.held]
            point.at, point.status = at, PointStatus.CHECK

    def let_go(self) -> None:
        """The pointer is released."""
        self.held = None

    def moved(self, dx_px: float, dy_px: float) -> Point | None:
        """Where the active point would be after a step of the arrows; None while it has no place."""
        at = self.points[self.active].at
        return None if at is None else (at[0] + dx_px, at[1] + dy_px)

    def next_point(self, step: int = 1) -> None:
        """The next point is the active one."""
        self.active = (self.active + step) % len(self.points)

    def confirm(self) -> bool:
        """The active point is right; the next open one becomes the active one. False without a place."""
        point = self.points[self.active]
        if point.at is None:
            return False
        point.status = PointStatus.CONFIRMED
        still_open = [k for k in range(6) if self.points[k].status is not PointStatus.CONFIRMED]
        if still_open:
            later = [k for k in still_open if k > self.active]
            self.active = (later or still_open)[0]
        return True

    def kept(self) -> tuple[int, list[SetPoint]]:
        """As they stand, to come back to with `restore`."""
        return self.active, [replace(point) for point in self.points]

    def restore(self, kept: tuple[int, list[SetPoint]]) -> None:
        """As they stood."""
        self.active, self.points = kept

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


def nearest_in_reach(places: Sequence[Point | None], at: Point, reach_px: float) -> int | None:
    """Which place lies nearest to the pointer, if any lies within its reach."""
    near = [(math.dist(place, at), k) for k, place in enumerate(places) if place is not None]
    return min(near)[1] if near and min(near)[0] <= reach_px else None


S = TypeVar("S")


class History(Generic[S]):
    """What can be taken back, and done again: states as they were before each change."""

    def __init__(self) -> None:
        self._back: list[S] = []
        self._forth: list[S] = []

    def remember(self, now: S) -> None:
        """Before a change."""
        self._back.append(now)
        self._forth.clear()

    def undo(self, now: S) -> S | None:
        """The state before the last change; None where nothing is left."""
        return self._swap(self._back, self._forth, now)

    def redo(self, now: S) -> S | None:
        """The state that was taken back last."""
        return self._swap(self._forth, self._back, now)

    @staticmethod
    def _swap(back: list[S], forth: list[S], now: S) -> S | None:
        if not back:
            return None
        forth.append(now)
        return back.pop()


@dataclass(slots=True)
class SetView(SixPoints):
    """One view of the set-up: its still picture, points and scale.

    Attributes
    ----------
    view : str
        "lateral" or "ap".
    input : int
        2: of the second grabber, which has a scale and lines of its own.
    still : StampedFrame or None
        The picture on which the points stand.
    display : StillDisplay
        How the console shows that picture, against the lines that the session works with.
    scale_before : KnownScale or None
        What is known of the scale from another picture; to be proposed, never used by itself.
    mm_per_px : float or None
        None: not set.
    scale_by : str
        Where the scale comes from, for the screen and the log.
    shown : ShownPolarity
        Native or inverted, if the person says it; else the pictures are asked.
    """

    view: str = "lateral"
    input: int = 1
    still: StampedFrame | None = None
    display: StillDisplay = field(default_factory=StillDisplay)
    scale_before: KnownScale | None = None
    mm_per_px: float | None = None
    scale_by: str = ""
    shown: ShownPolarity = ShownPolarity.NOT_KNOWN
    proposal_note: str = ""

    @property
    def known_scale(self) -> KnownScale | None:
        """The scale of its still picture, for another picture; None without one."""
        if self.mm_per_px is None:
            return None
        return KnownScale(mm_per_px=self.mm_per_px, by=self.scale_by, display=self.display)

    def propose(self, places: list[Point], note: str) -> None:
        """Take a proposal: it counts only point by point, once confirmed."""
        for point, at in zip(self.points, places, strict=True):
            point.at, point.status = at, PointStatus.PROPOSED
        self.active, self.proposal_note = 0, note

    def scale(self, level: str, height_mm: float | None) -> tuple[float | None, str]:
        """A scale and where it comes from; without one: as deep (AP: wide) as usual, or as high as in another view."""
        if self.mm_per_px is not None:
            return self.mm_per_px, self.scale_by
        if height_mm is not None:
            height_px = self.height_px()
            return (height_mm / height_px if height_px else None), sentence("assumed height, as in the other view")
        (across_mm, by), across_px = usual_across(level, self.view), self.depth_px()
        return (across_mm / across_px if across_px else None), by

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
        if self.shown is not ShownPolarity.NOT_KNOWN:
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
    _history: History[tuple[int, tuple[int, list[SetPoint]]]] = field(default_factory=History)

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
        self._history.remember(self._now())

    def press(self, at: Point, reach_px: float) -> None:
        """Take the point under the pointer, or place the active one there."""
        self.remember()
        self.view.take(at, reach_px)

    def nudge(self, dx_px: float, dy_px: float) -> None:
        """Move the active point, if it has a place."""
        moved = self.view.moved(dx_px, dy_px)
        if moved is not None:
            self.remember()
            self.view.put(moved)

    def undo(self) -> None:
        """Take the last change of the points back."""
        self._restore(self._history.undo(self._now()))

    def redo(self) -> None:
        """Do it again."""
        self._restore(self._history.redo(self._now()))

    def _now(self) -> tuple[int, tuple[int, list[SetPoint]]]:
        return self.at, self.view.kept()

    def _restore(self, kept: tuple[int, tuple[int, list[SetPoint]]] | None) -> None:
        if kept is not None and kept[0] < len(self.views):  # else of a view that is gone
            self.at = kept[0]
            self.view.restore(kept[1])

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
