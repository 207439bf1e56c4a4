"""What a validation set covers: how many runs of each kind, and which kinds are missing."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from assistant.errors import InputError, UsageError
from assistant.evaluation.score import tags_of
from assistant.evaluation.truth import Truth, read_truth
from assistant.simulation.scenario import Case, load

_LEVELS = ("T6", "T7", "T8", "T9", "T10", "T11", "T12", "L1", "L2", "L3", "L4", "L5")
_SITES = ("posterior", "superior_disc", "inferior_disc", "anterior", "lateral")
_FAULTS = (
    *("freeze", "no_signal", "blank", "wrong_input", "drops"),
    *("half_frame", "xray_off", "rescaled", "flipped", "overexposed"),
)
_OTHER_THINGS: dict[str, Callable[[Case], bool]] = {
    "balloon": lambda case: case.theatre.balloon_from_s >= 0,
    "old cement": lambda case: case.theatre.old_cement,
    "screws": lambda case: case.theatre.screws,
    "hand": lambda case: any(crossing.what == "hand" for crossing in case.theatre.crossings),
    "instrument": lambda case: any(crossing.what == "instrument" for crossing in case.theatre.crossings),
}


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class CoveredRun:
    """One run: how it was made, what is true of it, what it is counted under."""

    case: Case
    truth: Truth
    tags: dict[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """A kind of run that a set needs, and how many of them at least."""

    group: str
    name: str
    least: int
    holds: Callable[[CoveredRun], bool]


def read_facts(run: Path) -> CoveredRun:
    """Facts of a run folder of the simulator.

    Raises
    ------
    InputError
        If it does not tell how it was made.
    """
    truth = read_truth(run / "truth")
    try:
        case = load(str(run / "scenario.toml"))
    except UsageError as error:
        raise InputError(f"{run}: does not tell how it was made ({error})") from error
    return CoveredRun(case=case, truth=truth, tags=tags_of(truth))


def kinds() -> list[Kind]:
    """All kinds, by group: the words of the table and what the set is checked for."""
    found = [
        Kind(group="runs", name="all", least=60, holds=lambda run: True),
        Kind(
            group="runs", name="safe: no line crossed, no leak", least=20, holds=lambda run: run.tags["kind"] == "safe"
        ),
        Kind(group="runs", name="technical: something fails", least=10, holds=lambda run: bool(run.case.faults)),
    ]

    def more(group: str, least: int, named: dict[str, Callable[[CoveredRun], bool]]) -> None:
        found.extend(Kind(group=group, name=name, least=least, holds=holds) for name, holds in named.items())

    more("anatomy", 4, {name: _anatomy(name) for name in ("procedural", "mesh", "ct")})
    more("level", 2, {level: _tag("level", level) for level in _LEVELS})
    more("view", 4, {view: _tag("view", view) for view in ("lateral", "ap", "ap+lateral")})
    more(
        "orientation", 3, {_turned_name(turn, flip): _turned(turn, flip) for turn in range(4) for flip in (False, True)}
    )
    more("polarity", 15, {"dark cement": _bright(False), "bright cement": _bright(True)})
    more("frame", 8, {f"{w} x {h}": _size(w, h) for w, h in ((512, 512), (640, 512), (720, 576), (1024, 1024))})
    more("codec", 8, {codec: _codec(codec) for codec in ("ffv1", "h264", "mjpeg", "huffyuv")})
    paces = {"3-4 a second": (3.0, 4.0), "7.5-8": (7.5, 8.0), "12.5-15": (12.5, 15.0), "30": (30.0, 30.0)}
    more("pulses", 6, {name: _pulses(*bounds) for name, bounds in paces.items()})
    more("noise", 10, {n: _tag("noise", n) for n in ("poor (< 25 nGy)", "fair (25-60 nGy)", "good (60 nGy up)")})
    more("motion", 5, {m: _tag("motion", m) for m in ("still (< 1 mm)", "breathing (1-5 mm)", "jump (5 mm up)")})
    more("leak in 3-D", 3, {site: _leak(site, seen=False) for site in _SITES})
    more("leak seen in 2-D", 2, {site: _leak(site, seen=True) for site in _SITES})
    more("disc leak", 2, {shape: _shape(shape) for shape in ("spike", "round")})
    more("fault", 2, {kind: _fault(kind) for kind in _FAULTS})
    more("not cement", 3, {name: _thing(name) for name in _OTHER_THINGS})
    return found


def _anatomy(kind: str) -> Callable[[CoveredRun], bool]:
    return lambda run: str(run.truth.facts.get("identity", "")).startswith(kind)


def _tag(tag: str, value: str) -> Callable[[CoveredRun], bool]:
    return lambda run: run.tags[tag] == value


def _turned_name(turn: int, flip: bool) -> str:
    return f"{90 * turn} deg{', mirrored' if flip else ''}"


def _turned(turn: int, flip: bool) -> Callable[[CoveredRun], bool]:
    return lambda run: round(run.case.geometry.rotation_deg / 90.0) % 4 == turn and run.case.geometry.mirrored == flip


def _bright(bright: bool) -> Callable[[CoveredRun], bool]:
    return lambda run: run.case.screen.bright_cement == bright


def _size(width_px: int, height_px: int) -> Callable[[CoveredRun], bool]:
    return lambda run: (run.case.run.width_px, run.case.run.height_px) == (width_px, height_px)


def _codec(codec: str) -> Callable[[CoveredRun], bool]:
    return lambda run: run.case.run.output == codec


def _pulses(low: float, high: float) -> Callable[[CoveredRun], bool]:
    return lambda run: low <= run.case.run.pulses_per_s <= high


def _leak(site: str, *, seen: bool) -> Callable[[CoveredRun], bool]:
    return lambda run: any(
        leak.site == site and (leak.onset_2d_frame is not None or not seen) for leak in run.truth.leaks
    )


def _shape(shape: str) -> Callable[[CoveredRun], bool]:
    return lambda run: any(leak.shape is not None and leak.shape.label == shape for leak in run.truth.leaks)


def _fault(kind: str) -> Callable[[CoveredRun], bool]:
    return lambda run: any(fault.kind == kind for fault in run.case.faults)


def _thing(name: str) -> Callable[[CoveredRun], bool]:
    return lambda run: _OTHER_THINGS[name](run.case)


def coverage(runs: Sequence[CoveredRun]) -> list[tuple[Kind, int]]:
    """How many runs there are of each kind."""
    return [(kind, sum(kind.holds(run) for run in runs)) for kind in kinds()]


def missing(counted: Sequence[tuple[Kind, int]]) -> list[str]:
    """One sentence for each kind of which there are too few."""
    return [
        f"{kind.group}: {kind.name}: {count} runs, at least {kind.least} are needed"
        for kind, count in counted
        if count < kind.least
    ]


def coverage_table(counted: Sequence[tuple[Kind, int]]) -> str:
    """One line a group: each kind with its number of runs."""
    lines = ["RUNS OF EACH KIND (at least)"]
    for group in dict.fromkeys(kind.group for kind, _ in counted):
        mine = [(kind, count) for kind, count in counted if kind.group == group]
        cells = [f"{kind.name} {count}" + (" TOO FEW" if count < kind.least else "") for kind, count in mine]
        least = "" if group == "runs" else f" ({mine[0][0].least})"
        lines.append(f"  {group}{least}: " + ", ".join(cells))
    return "\n".join(lines) + "\n"
