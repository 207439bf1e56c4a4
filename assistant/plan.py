"""The plan (``plan.json``): views, level, scale and landmarks, and the lines of the vertebra they make.

The contract's schema is ``fluoro-assistant/plan/1``. A plan is checked as a whole before anything uses it: what passes
`read_plan` has finite numbers, lines that neither cross nor vanish, and a known scale.
"""

from __future__ import annotations

import json
import math
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import cv2
import msgspec
import numpy as np

from assistant import geometry
from assistant.console_display import MOST_DISPLAYS, ConsoleDisplay, ConsoleDisplayFile, display_of
from assistant.errors import UsageError
from assistant.geometry import PointsPx
from assistant.settings.tree import WarningLines, is_level, lines_at
from assistant.system.plain import read_json
from assistant.vocabulary import ShownPolarity

SCHEMA = "fluoro-assistant/plan/1"
_MIN_SIDE_PX = 8.0
"""A vertebral body smaller than this on any side cannot be measured."""
_MOST_BYTES = 4_000_000
"""A plan of six points has 1 kB; a larger file than this is something else (a video given as the plan)."""
_MOST_POINTS = 200
_MOST_VIEWS = 16
_MOST_SCALE_WORDS = 200
LAST_FRAME = 10**8
"""More than a month at 30 frames/s."""

Point = tuple[float, float]


class RulerFile(msgspec.Struct, kw_only=True, rename={"from_": "from"}):
    """A known length in the picture."""

    from_: Point
    to: Point
    mm: float
    what: str = ""


class LandmarksFile(msgspec.Struct, kw_only=True, omit_defaults=True):
    """Polylines as the file holds them, in px of the reference frame."""

    superior: list[Point]
    inferior: list[Point]
    posterior: list[Point] | None = None
    anterior: list[Point] | None = None


class ViewFile(msgspec.Struct, kw_only=True, omit_defaults=True):
    """One entry of ``views``."""

    view: str
    reference_frame: int
    landmarks: LandmarksFile
    level: str | None = None
    mm_per_px: float | None = None
    calibrated: bool = True
    scale_by: str = ""
    polarity: str | None = None
    cement_before: bool | None = None
    ruler: RulerFile | None = None
    warning_line_fraction: float | None = None


class PlanFile(msgspec.Struct, kw_only=True, omit_defaults=True):
    """The file. Unknown keys are allowed (a later version of the program may add some)."""

    schema: str
    views: list[ViewFile]
    displays: list[ConsoleDisplayFile] = []


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class PlannedView:
    """One view of the plan with its lines, all in px of the reference frame.

    Attributes
    ----------
    view : str
        "lateral" or "ap".
    level : str or None
        Such as "L1".
    reference_frame : int
    mm_per_px : float
        Assumed where the view is not calibrated: then no length in mm may leave the program (`assistant.lengths`).
    calibrated : bool
    scale_by : str
        Where the scale comes from, in a few words; empty where the plan does not say.
    shown : ShownPolarity
        Native or inverted, where a person said so (key ``polarity``); else the pictures are asked.
    cement_before : bool or None
        Whether cement stood in the body before the start, where a person said so.
    warning_line_fraction : float
    posterior_band_mm, endplate_band_mm : float
        Cement this near to the warning line, or this near inside an endplate, is near (of the settings).
    superior, inferior : array (n, 2)
        Endplates: lateral from anterior to posterior, AP from the picture's left to its right.
    first_wall, last_wall : array (n, 2)
        The walls from superior to inferior that join the first and the last points: anterior and posterior wall in a
        lateral view, left and right side wall in an AP view.
    warning_line : array (n, 2) or None
        None in AP views.
    centre_px : tuple of float
        Mean of all landmarks: the contract's c.
    body_px : array (n, 2)
        The outline of the body, closed by its first point.
    """

    view: str
    level: str | None
    reference_frame: int
    mm_per_px: float
    calibrated: bool
    scale_by: str
    shown: ShownPolarity
    cement_before: bool | None = None
    warning_line_fraction: float
    posterior_band_mm: float
    endplate_band_mm: float
    superior: PointsPx = field(repr=False)
    inferior: PointsPx = field(repr=False)
    first_wall: PointsPx = field(repr=False)
    last_wall: PointsPx = field(repr=False)
    warning_line: PointsPx | None = field(repr=False)
    centre_px: Point
    body_px: PointsPx = field(repr=False)

    @property
    def is_lateral(self) -> bool:
        """True in the lateral view, False in AP."""
        return self.view == "lateral"


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Plan:
    """A checked plan. ``document`` is the file as it was read, for the result.

    ``displays``: other ways in which the console showed the pictures, and which a person has taken over.
    """

    views: tuple[PlannedView, ...]
    displays: tuple[ConsoleDisplay, ...] = ()
    document: dict[str, Any] = field(repr=False)


def read_plan(path: Path, lines: WarningLines | float) -> Plan:
    """Read and check a plan file; ``lines`` as in `plan_from_document`.

    Raises
    ------
    UsageError
        Naming the file, what is wrong with it and what to do.
    """
    try:
        with path.open("rb") as file:
            text = file.read(_MOST_BYTES + 1)
    except OSError as error:
        raise UsageError(f"{path}: the plan cannot be read ({error.strerror}); give the path of a plan.json") from error
    if len(text) > _MOST_BYTES:
        raise UsageError(f"{path}: not a plan: larger than {_MOST_BYTES // 1_000_000} MB; give the path of a plan.json")
    try:
        document = read_json(text)
    except (ValueError, RecursionError) as error:
        raise UsageError(f"{path}: not a plan: {error}; save it again from the program or correct it") from error
    try:
        return plan_from_document(document, lines)
    except UsageError as error:
        raise UsageError(f"{path}: {error}") from error


def _plain(error: BaseException) -> str:
    """The error's words, fit for any terminal."""
    return str(error).encode("utf-8", "backslashreplace").decode()


def plan_from_document(document: Any, lines: WarningLines | float) -> Plan:
    """Check a decoded plan and work out its lines.

    Parameters
    ----------
    document : dict
    lines : WarningLines or float
        Of the settings; or, for what needs no settings, one share for every level.

    Raises
    ------
    UsageError
    """
    if not isinstance(document, dict) or document.get("schema") != SCHEMA:
        found = document.get("schema") if isinstance(document, dict) else type(document).__name__
        raise UsageError(f'not a plan of this version: "schema" must be "{SCHEMA}", found {found!r}')
    try:
        file = msgspec.convert(document, PlanFile)
    except (msgspec.ValidationError, ValueError, OverflowError, RecursionError) as error:
        raise UsageError(f"not a usable plan: {_plain(error)}") from error
    if not file.views:
        raise UsageError('the plan has no view: "views" needs at least one entry')
    if len(file.views) > _MOST_VIEWS:
        raise UsageError(f"the plan has {len(file.views)} views and may have at most {_MOST_VIEWS}")
    known = lines if isinstance(lines, WarningLines) else lines_at(lines)
    views = tuple(_planned(view, f"views[{k}]", known) for k, view in enumerate(file.views))
    try:
        # What the result cannot repeat (lone surrogates, infinity, bottomless nesting) is no plan either.
        json.dumps(document, ensure_ascii=False, allow_nan=False).encode()
    except (ValueError, TypeError, RecursionError) as error:
        raise UsageError(f"not a usable plan: {_plain(error)}") from error
    return Plan(views=views, displays=_displays(file.displays), document=document)


def _displays(files: list[ConsoleDisplayFile]) -> tuple[ConsoleDisplay, ...]:
    if len(files) > MOST_DISPLAYS:
        raise UsageError(f"a plan may hold {MOST_DISPLAYS} displays at most, this one has {len(files)}")
    try:
        return tuple(display_of(file) for file in files)
    except ValueError as error:
        raise UsageError(f"displays: {error}; zoom lies between 0.25 and 4, turn_deg between -360 and 360") from error


def check_against_run(plan: Plan, width_px: int, height_px: int, end_frame: int | None) -> None:
    """Refuse a plan whose landmarks or reference frames lie outside the run.

    Raises
    ------
    UsageError
    """
    for k, view in enumerate(plan.views):
        points = np.vstack([view.superior, view.inferior, view.first_wall, view.last_wall])
        low, high = points.min(axis=0), points.max(axis=0)
        if low.min() < 0 or high[0] > width_px - 1 or high[1] > height_px - 1:
            raise UsageError(
                f"views[{k}]: landmarks off the picture: they span x {low[0]:.0f} to {high[0]:.0f}, y {low[1]:.0f} to "
                f"{high[1]:.0f} and the picture is {width_px} x {height_px}; place them again on this run"
            )
        if end_frame is not None and view.reference_frame >= end_frame:
            raise UsageError(
                f"views[{k}]: reference_frame {view.reference_frame} is past the run's end ({end_frame} frames, "
                f"numbered from 0); choose a frame of this run"
            )


def _planned(view: ViewFile, where: str, lines: WarningLines) -> PlannedView:
    if view.view not in ("lateral", "ap"):
        raise UsageError(f'{where}.view must be "lateral" or "ap", found {view.view!r}')
    if view.level is not None and not is_level(view.level):
        raise UsageError(f"{where}.level must be one of T1 to T12, L1 to L6, S1, found {view.level!r}")
    if not 0 <= view.reference_frame <= LAST_FRAME:
        raise UsageError(
            f"{where}.reference_frame must be 0 or more and a frame of the run, not {view.reference_frame}"
        )
    fraction = lines.at(view.level) if view.warning_line_fraction is None else view.warning_line_fraction
    if not (math.isfinite(fraction) and 0.0 <= fraction <= 1.0):
        raise UsageError(f"{where}.warning_line_fraction must lie between 0 and 1, found {fraction}")
    marks = view.landmarks
    superior = _polyline(marks.superior, f"{where}.landmarks.superior")
    inferior = _polyline(marks.inferior, f"{where}.landmarks.inferior")
    last_wall = (
        _polyline(marks.posterior, f"{where}.landmarks.posterior")
        if marks.posterior is not None
        else np.array([superior[-1], inferior[-1]])
    )
    first_wall = (
        _polyline(marks.anterior, f"{where}.landmarks.anterior")
        if marks.anterior is not None
        else np.array([superior[0], inferior[0]])
    )
    body = _body(superior, inferior, first_wall, last_wall)
    _check_body(superior, inferior, first_wall, last_wall, body, where)
    warning = None
    if view.view == "lateral":
        lengths = np.linalg.norm(np.diff(last_wall, axis=0), axis=1)
        at = np.concatenate([[0.0], np.cumsum(lengths)]) / lengths.sum()
        warning = last_wall + fraction * (geometry.along(first_wall, at) - last_wall)
    every = [superior, inferior]
    every += [last_wall] if marks.posterior is not None else []
    every += [first_wall] if marks.anterior is not None else []
    centre = np.vstack(every).mean(axis=0)
    return PlannedView(
        view=view.view,
        level=view.level,
        reference_frame=view.reference_frame,
        mm_per_px=_scale(view, where),
        calibrated=view.calibrated,
        scale_by=view.scale_by,
        shown=_shown(view, where),
        cement_before=view.cement_before,
        warning_line_fraction=fraction,
        posterior_band_mm=lines.posterior_band_mm,
        endplate_band_mm=lines.endplate_band_mm,
        superior=superior,
        inferior=inferior,
        first_wall=first_wall,
        last_wall=last_wall,
        warning_line=warning,
        centre_px=(float(centre[0]), float(centre[1])),
        body_px=body,
    )


def _shown(view: ViewFile, where: str) -> ShownPolarity:
    if view.polarity is None:
        return ShownPolarity.NOT_KNOWN
    if view.polarity not in (ShownPolarity.NATIVE, ShownPolarity.INVERTED):
        raise UsageError(
            f'{where}.polarity must be "native" (bone and steel dark) or "inverted" (bright), or be left out'
        )
    return ShownPolarity(view.polarity)


def _scale(view: ViewFile, where: str) -> float:
    if (view.mm_per_px is None) == (view.ruler is None):
        raise UsageError(f'{where} needs exactly one of "mm_per_px" and "ruler"')
    if len(view.scale_by) > _MOST_SCALE_WORDS:
        raise UsageError(f"{where}.scale_by may have {_MOST_SCALE_WORDS} characters at most: a few words will do")
    if view.ruler is not None and not view.calibrated:
        raise UsageError(
            f'{where} has a "ruler", which is a known length, and says that it is not calibrated: take "calibrated" '
            f'out, or give "mm_per_px" as it is assumed'
        )
    if view.mm_per_px is not None:
        scale = view.mm_per_px
    else:
        assert view.ruler is not None
        length = math.dist(view.ruler.from_, view.ruler.to)
        if not length > 0:
            raise UsageError(f"{where}.ruler has no length: move one of its ends")
        scale = view.ruler.mm / length
    if not (math.isfinite(scale) and 0.01 <= scale <= 10):
        raise UsageError(f"{where}: the scale must lie between 0.01 and 10 mm per px, found {scale}")
    return scale


def _polyline(points: list[Point], where: str) -> PointsPx:
    if len(points) < 3:
        raise UsageError(f"{where} needs 3 or more points, found {len(points)}")
    if len(points) > _MOST_POINTS:
        raise UsageError(f"{where} has {len(points)} points and may have at most {_MOST_POINTS}")
    line = np.array(points, dtype=np.float64)
    if not np.isfinite(line).all() or np.abs(line).max() > 1e6:
        raise UsageError(f"{where} holds a coordinate that is not a usable number")
    if np.linalg.norm(np.diff(line, axis=0), axis=1).min() < 1e-6:
        raise UsageError(f"{where} has two points in the same place: move one of them")
    return line


def _body(superior: PointsPx, inferior: PointsPx, first_wall: PointsPx, last_wall: PointsPx) -> PointsPx:
    """The closed outline: superior, down the last wall, inferior backwards, up the first wall."""
    ring = np.vstack([superior, last_wall[1:-1], inferior[::-1], first_wall[1:-1][::-1]])
    return np.vstack([ring, ring[:1]])


def _check_body(
    superior: PointsPx, inferior: PointsPx, first_wall: PointsPx, last_wall: PointsPx, body: PointsPx, where: str
) -> None:
    for name, line in (("superior", superior), ("inferior", inferior), ("first", first_wall), ("last", last_wall)):
        if np.linalg.norm(line[-1] - line[0]) < _MIN_SIDE_PX:
            raise UsageError(
                f"{where}: the {name} line's ends lie less than {_MIN_SIDE_PX:.0f} px apart: the body is too small or "
                f"its points are in the wrong place"
            )
    _check_walls(superior, inferior, first_wall, last_wall, where)
    if _crosses_itself(body):
        raise UsageError(
            f"{where}: the lines cross each other: superior, posterior wall, inferior, anterior wall must make a "
            f"simple loop; check the order of the points (anterior to posterior, AP left to right)"
        )
    if (superior[-1] - superior[0]) @ (inferior[-1] - inferior[0]) <= 0:
        raise UsageError(
            f"{where}: superior and inferior run in opposite directions: both go from anterior to posterior"
        )
    if abs(cv2.contourArea(body.astype(np.float32))) < _MIN_SIDE_PX**2:
        raise UsageError(f"{where}: the body has almost no area: its points lie on one line")


def _check_walls(superior: PointsPx, inferior: PointsPx, first_wall: PointsPx, last_wall: PointsPx, where: str) -> None:
    """A wall that was marked has to run from superior to inferior on its own side of the body."""
    for name, wall, end in (("anterior", first_wall, 0), ("posterior", last_wall, -1)):
        for word, at, endplate in (("first", 0, superior), ("last", -1, inferior)):
            own, other = (float(np.linalg.norm(wall[at] - endplate[k])) for k in (end, -1 - end))
            opposite = float(np.linalg.norm(wall[at] - (inferior if at == 0 else superior)[end]))
            if own >= min(other, opposite):
                raise UsageError(
                    f"{where}.landmarks.{name}: its {word} point lies nearer to another corner than to its own: it "
                    f"runs from the end of superior to the end of inferior on the {name} side"
                )


def _crosses_itself(ring: PointsPx) -> bool:
    """Whether two sides of a closed ring meet anywhere but in the corner that they share."""
    starts, ends = ring[:-1], ring[1:]
    count = len(starts)
    i, j = np.triu_indices(count, 2)
    apart = ~((i == 0) & (j == count - 1))
    i, j = i[apart], j[apart]
    a, b, c, d = starts[i], ends[i], starts[j], ends[j]
    meet = (_turn(a, b, c) * _turn(a, b, d) <= 0) & (_turn(c, d, a) * _turn(c, d, b) <= 0)
    # On one straight line all turns are 0: then they meet only where their extents do.
    meet &= np.all(np.minimum(a, b) <= np.maximum(c, d), axis=1) & np.all(np.minimum(c, d) <= np.maximum(a, b), axis=1)
    before = np.roll(starts, 1, axis=0)
    folds = (_turn(before, starts, ends) == 0) & (np.sum((starts - before) * (ends - starts), axis=1) < 0)
    return bool(meet.any() or folds.any())


def _turn(p: PointsPx, q: PointsPx, r: PointsPx) -> PointsPx:
    turn: PointsPx = np.sign((q[:, 0] - p[:, 0]) * (r[:, 1] - p[:, 1]) - (q[:, 1] - p[:, 1]) * (r[:, 0] - p[:, 0]))
    return turn
