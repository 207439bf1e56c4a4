"""What became of a run, frame by frame: from the simulator's truth where there is one, else from the analysis.

Over the analysis stand the words of reviewers: a leak that they deny is none, one that they add is one, and site and
shape are as they say.

Everything that a clip hides and its feedback shows comes from here.
"""

from __future__ import annotations

import math
from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, Generic, TypeVar

from assistant import lengths
from assistant.errors import InputError
from assistant.geometry import Similarity
from assistant.identity import is_id
from assistant.library.labels import review_of
from assistant.lines import Line, Of
from assistant.part import MOST_FRAMES
from assistant.plan import Plan, PlannedView, read_plan
from assistant.readings.csv_row import MIRRORED_COLUMNS, MOTION_COLUMNS, read_motion
from assistant.readings.table_file import open_table
from assistant.results.writer import FIRST_FRAME
from assistant.review.annotations import OF_A_LEAK, About, LeakKey, Review, keys_of
from assistant.settings.file import default_settings, handed_settings
from assistant.settings.tree import Settings
from assistant.system.places import plan_path_of
from assistant.system.plain import read_json
from assistant.vocabulary import value_or_none

POSTERIOR: Final = "posterior"
DISCS: Final = ("superior disc", "inferior disc")  # sentences
LINES: Final = {
    POSTERIOR: Line.WARNING_LINE,
    DISCS[0]: Line.SUPERIOR_ENDPLATE,
    DISCS[1]: Line.INFERIOR_ENDPLATE,
    "anterior": Line.ANTERIOR_WALL,
    "lateral": Line.SIDE_WALL,
}
STAYS: Final = "stays in"  # sentences
DIRECTIONS: Final = (*LINES, STAYS)
_SITE_OF: Final = {
    "posterior": "posterior",
    "superior_endplate": "superior disc",
    "superior_disc": "superior disc",
    "inferior_endplate": "inferior disc",
    "inferior_disc": "inferior disc",
    "anterior": "anterior",
    "lateral": "lateral",
}
_MOVED: Final = (*MOTION_COLUMNS, "mirrored", *MIRRORED_COLUMNS)
_CROSSINGS: Final = frozenset({"warning_line", "posterior_wall", "endplate"})
_DAMAGED: Final = (
    OSError,
    ValueError,
    KeyError,
    IndexError,
    TypeError,
    AttributeError,
    OverflowError,
    RecursionError,
)
T = TypeVar("T")


@dataclass(frozen=True, slots=True, eq=False)
class ByFrame(Generic[T]):
    """A value for each frame of a run, by the frame's number; nothing is held of what lies before the run.

    Attributes
    ----------
    first_frame : int
        Where the run begins in its recording.
    values : list
        From there on.
    """

    first_frame: int
    values: list[T] = field(repr=False)

    def __getitem__(self, frame: int) -> T:
        """Of a frame that is none of the run: IndexError."""
        if frame < self.first_frame:
            raise IndexError(f"frame {frame} lies before the run")
        return self.values[frame - self.first_frame]

    def __iter__(self) -> Iterator[T]:
        """From the first frame of the run to its last."""
        return iter(self.values)

    @property
    def end_frame(self) -> int:
        """One past the number of the last frame."""
        return self.first_frame + len(self.values)

    def at(self, frame: int) -> T | None:
        """None for a frame that is none of the run."""
        return self[frame] if self.first_frame <= frame < self.end_frame else None

    def items(self) -> Iterator[tuple[int, T]]:
        """Numbers and values."""
        return enumerate(self.values, start=self.first_frame)

    def between(self, first: int, end: int) -> list[T]:
        """From a frame to before another one, as far as they are of the run."""
        return self.values[max(0, first - self.first_frame) : max(0, end - self.first_frame)]


@dataclass(frozen=True, slots=True, kw_only=True)
class Reached:
    """Cement that reached the warning line or left the body.

    Attributes
    ----------
    direction : str
        One of `DIRECTIONS`.
    frame : int
        The first in which it could be seen.
    t_s : float
    what : str
        "crossing" or "leak".
    shape : str
        Of a leak into a disc: spike, round, undetermined; else empty.
    """

    direction: str
    frame: int
    t_s: float
    what: str
    shape: str = ""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class RunOutcome:
    """A run as it is known afterwards.

    Attributes
    ----------
    is_truth : bool
        Known from the simulator; else what the program measured.
    t_s, state, view, area_mm2 : ByFrame
    distances_mm : dict of str to ByFrame
        By direction; NaN where there is none. Of a view that is not calibrated they rest on its assumed depth.
    motion : ByFrame of Similarity or None
    reached : tuple of Reached
        By time.
    plan : Plan or None
    masks : Path or None
        Folder of the outlines' masks, where they are kept (`truth_masks.mask_at` reads them).
    labelled_by : tuple of str
        People whose words about leaks stand in ``reached``.
    """

    is_truth: bool
    t_s: ByFrame[float] = field(repr=False)
    state: ByFrame[str] = field(repr=False)
    view: ByFrame[str] = field(repr=False)
    distances_mm: dict[str, ByFrame[float]] = field(repr=False)
    area_mm2: ByFrame[float] = field(repr=False)
    motion: ByFrame[Similarity | None] = field(repr=False)
    reached: tuple[Reached, ...]
    plan: Plan | None = field(repr=False, default=None)
    masks: Path | None = None
    labelled_by: tuple[str, ...] = ()

    @property
    def first_frame(self) -> int:
        """Where the run begins in its recording: 0, but for one level of a session."""
        return self.t_s.first_frame

    @property
    def frames(self) -> int:
        """One past the number of the run's last frame."""
        return self.t_s.end_frame

    @property
    def begins_s(self) -> float:
        """The time of the run's first frame."""
        return self.t_s[self.first_frame] if self.first_frame else 0.0

    @property
    def ends_s(self) -> float:
        """The time of the run's last frame."""
        return self.t_s.values[-1]

    def time_at(self, share: float) -> float:
        """The time after a share of the run."""
        return self.begins_s + share * (self.ends_s - self.begins_s)

    @property
    def first(self) -> Reached | None:
        """What was reached first; None where nothing was."""
        return self.reached[0] if self.reached else None

    def frame_at(self, t_s: float) -> int:
        """The last frame at or before a time."""
        return max(self.first_frame, self.first_frame + bisect_right(self.t_s.values, t_s + 1e-9) - 1)

    def frame_from(self, t_s: float) -> int:
        """The first frame at or after a time."""
        return min(self.frames - 1, self.first_frame + bisect_left(self.t_s.values, t_s - 1e-9))

    def distance_mm(self, direction: str, frame: int) -> float | None:
        """How far cement stood from a line; None where that is not known."""
        values = self.distances_mm.get(direction)
        found = None if values is None else values.at(frame)
        return None if found is None or math.isnan(found) else found

    def view_at(self, frame: int) -> PlannedView | None:
        """The planned view that a frame shows; the plan's first where that is not known."""
        views = self.plan.views if self.plan is not None else ()
        shown = self.view.at(frame)
        return next((view for view in views if view.view == shown), views[0] if views else None)

    def in_words(self, direction: str, length_mm: float, frame: int) -> str:
        """A length towards a line in words, as the view of a frame allows."""
        return lengths.about(length_mm, self.view_at(frame), of_direction(direction))

    def outward(self, direction: str, length_mm: float | None, frame: int) -> tuple[float | None, float | None]:
        """A length as it is kept: in mm (None where the view is not calibrated), and as a share of the body."""
        if length_mm is None:
            return None, None
        view = self.view_at(frame)
        share = lengths.share(length_mm, view, of_direction(direction))
        return value_or_none(lengths.in_mm(length_mm, view)), value_or_none(share)


def of_direction(direction: str) -> Of:
    """What a distance in a direction is a share of."""
    return LINES[direction].of if direction in LINES else Of.DEPTH


def read_run_outcome(run: Path, result: Path | None = None) -> RunOutcome:
    """Read what is known of a run.

    Parameters
    ----------
    run : Path
        A run folder; its ``truth`` is taken where there is one.
    result : Path, optional
        ``result.json`` of the analysis, with ``measurements.csv`` beside it.

    Raises
    ------
    InputError
        If neither is there, or what is there cannot be read.
    """
    truth = run / "truth"
    try:
        if (truth / "truth.json").is_file() and (truth / "truth.csv").is_file():
            return _from_truth(run, truth)
        if result is not None and result.is_file():
            return _from_result(run, result)
    except _DAMAGED as error:
        raise InputError(f"{run}: what became of it cannot be read ({error}); analyse it again") from error
    raise InputError(f"{run}: was not analysed yet, so nobody knows how it ended; analyse it first")


def _plan(run: Path, settings: Settings) -> Plan | None:
    path = plan_path_of(run)
    return read_plan(path, settings.alarms.warning_lines) if path.is_file() else None


def _number(row: list[str], place: int | None) -> float:
    return float(row[place]) if place is not None and row[place] else math.nan


def _length(row: list[str], place: int | None, share: int | None, whole: float | None, scale: float) -> float:
    """A figure in mm, else from its share of the whole; NaN where neither is given."""
    found = _number(row, place)
    if not math.isnan(found) or whole is None:
        return scale * found
    return whole * _number(row, share)


def _similarity(key: tuple[str, ...], centres: dict[str, tuple[float, float]]) -> Similarity | None:
    centre = centres.get(key[0])
    return None if centre is None else read_motion(dict(zip(_MOVED, key[1:], strict=True)).__getitem__, centre)


def _table(path: Path, plan: Plan | None, prefix: str, scales: dict[str, float], first: int) -> dict[str, Any]:
    """Columns by frame; ``prefix`` picks the truth's visible columns, ``scales`` takes its mm to the plan's, by view.

    Where a result holds shares alone (a view that is not calibrated), they become lengths on the plan's assumed depth.
    A table is taken that holds each frame from ``first`` on, and no more than a recording can have.
    """
    made: dict[str, list[Any]] = {"t_s": [], "state": [], "view": [], "area_mm2": [], "motion": []}
    distances: dict[str, list[float]] = {direction: [] for direction in LINES}
    centres = {view.view: view.centre_px for view in plan.views} if plan is not None else {}
    area = f"{prefix}area_mm2" if prefix else "cement_area_mm2"
    with open_table(path) as file:
        at = {name: place for place, name in enumerate(file.columns)}
        t_s, state, view = at["t_s"], at["state"], at["view"]
        lines = [
            (line.of, distances[direction], at.get(prefix + line.column_mm), at.get(line.column_share))
            for direction, line in LINES.items()
        ]
        views = {view.view: view for view in plan.views} if plan is not None else {}
        wholes = {(name, of): lengths.whole_mm(each, of) for name, each in views.items() for of in Of}
        bodies = {name: lengths.body_mm2(each) for name, each in views.items()}
        moved = [at.get(name) for name in _MOVED]
        seen: dict[tuple[str, ...], Similarity | None] = {}
        for number, row in enumerate(file.rows, start=first):
            if int(row[at["frame"]]) != number or not 0 <= number < MOST_FRAMES:
                raise ValueError(f"{path.name} has {row[at['frame']][:24]} where frame {number} must stand")
            made["t_s"].append(float(row[t_s]))
            made["state"].append(row[state])
            made["view"].append(row[view])
            scale = scales.get(row[view], 1.0)
            made["area_mm2"].append(
                _length(row, at.get(area), at.get("cement_area_share"), bodies.get(row[view]), scale**2)
            )
            for of, values, place, share in lines:
                whole = wholes.get((row[view], of))
                values.append(_length(row, place, share, whole, scale))
            # A repeated picture stands where the one before stood: most rows share their place.
            key = (row[view], *("" if place is None else row[place] for place in moved))
            if key not in seen:
                seen[key] = _similarity(key, centres)
            made["motion"].append(seen[key])
    if not made["t_s"]:
        raise InputError(f"{path}: holds no frame")
    columns_mm = {direction: ByFrame(first, values) for direction, values in distances.items()}
    return {**{name: ByFrame(first, values) for name, values in made.items()}, "distances_mm": columns_mm}


def _from_truth(run: Path, truth: Path) -> RunOutcome:
    document = read_json((truth / "truth.json").read_bytes())
    # The simulator's truth is of the plan's own line, else of the default one, whatever this site has set.
    plan = _plan(run, default_settings())
    table = _table(truth / "truth.csv", plan, "visible_", _scales(document, plan), 0)
    found: list[Reached] = []
    for crossing in document["crossings"]:
        frame = crossing["visible_first_frame"]
        direction = _SITE_OF.get(crossing["site"])
        if frame is not None and direction is not None and crossing["kind"] in _CROSSINGS:
            found.append(_reached(table, direction, frame, "crossing", ""))
    for leak in document["leaks"]:
        frame, direction = leak["onset_2d_frame"], _SITE_OF.get(leak["site"])
        shape = (leak.get("shape") or {}).get("label", "")
        if frame is not None and direction is not None:
            found.append(_reached(table, direction, frame, "leak", shape))
    return RunOutcome(is_truth=True, **table, reached=_in_order(found), plan=plan, masks=truth / "visible")


def _scales(truth: dict[str, Any], plan: Plan | None) -> dict[str, float]:
    """What takes the truth's mm to those on the assumed depth, for each view that is not calibrated."""
    assumed = {view.view: view.mm_per_px for view in plan.views if not view.calibrated} if plan is not None else {}
    known = {view["view"]: view["mm_per_px"] for view in truth.get("views", ())}
    return {name: mm_per_px / known[name] for name, mm_per_px in assumed.items() if name in known}


def _from_result(run: Path, result: Path) -> RunOutcome:
    document = read_json(result.read_bytes())
    if not document["complete"]:
        raise InputError(f"{result}: the run was not looked at to its end; analyse it again, then its ending is known")
    # The lines that the figures were measured to: those of the analysis.
    plan = _plan(run, handed_settings(document.get("program", {}).get("settings")))
    first = int(document.get("run", {}).get(FIRST_FRAME, 0))
    table = _table(result.with_name("measurements.csv"), plan, "", {}, first)
    found: list[Reached] = []
    for event in document["events"]:
        direction = _SITE_OF.get(event.get("site") or "")
        if event["kind"] in _CROSSINGS and direction is not None:
            found.append(_reached(table, direction, event["first_frame"], "crossing", ""))
    review = review_of(run, result, _run_id(result))
    keys = keys_of(document)
    shapes = dict.fromkeys(keys, "")
    for leak in document["leaks"]:
        key = LeakKey(leak["site"], leak["first_frame"])
        shapes[key] = (leak.get("shape") or {}).get("label", "")
    for key in (*keys, *review.added(keys)):
        if not review.denies(key, keys):
            found.append(_labelled_leak(table, review, key, keys, shapes.get(key, "")))
    labels = [entry.author for entry in review.standing if entry.about in OF_A_LEAK and entry.key is not None]
    masks = result.with_name("masks")
    return RunOutcome(
        is_truth=False,
        **table,
        reached=_in_order(found),
        plan=plan,
        masks=masks if masks.is_dir() else None,
        labelled_by=tuple(dict.fromkeys(labels)),
    )


def _run_id(result: Path) -> str:
    """The run of the library that a result lies with; empty for a result elsewhere."""
    owner = result.parent.parent.name
    return owner if is_id("runs", owner) else ""


def _labelled_leak(
    table: dict[str, Any], review: Review, key: LeakKey, keys: tuple[LeakKey, ...], shape: str
) -> Reached:
    """A leak with the site and the shape that a reviewer gave it, else the program's."""
    among = (*keys, *review.added(keys))
    site = review.newest_entry(About.LEAK_SITE, key, among)
    entry = review.newest_entry(About.SHAPE, key, among)
    direction = _SITE_OF[key.site if site is None else site.text]
    return _reached(table, direction, key.first_frame or 0, "leak", shape if entry is None else entry.text)


def _reached(table: dict[str, Any], direction: str, frame: int, what: str, shape: str) -> Reached:
    times: ByFrame[float] = table["t_s"]
    frame = max(times.first_frame, frame)
    t_s = times[min(frame, times.end_frame - 1)]
    return Reached(direction=direction, frame=frame, t_s=t_s, what=what, shape=shape)


def _in_order(found: list[Reached]) -> tuple[Reached, ...]:
    return tuple(sorted(found, key=lambda one: (one.frame, one.what)))
