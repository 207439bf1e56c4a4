"""The validation set: which runs, of whose spine, seen how. Drawn once; nothing of it was used to tune a step.

Every column is spread evenly over the runs and shuffled by itself, so that no two of them go together; what no column
names is drawn as in any random case. Patients have seeds of their own (`FIRST_SEED`): no other set uses them. Real
anatomy is that of the few public scans and meshes there are, in another size and with another inside; without their
folder a procedural spine of the same level stands in, and the coverage says so.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, TypeVar

import msgspec
import numpy as np

from assistant.errors import UsageError
from assistant.simulation.building import build_run
from assistant.simulation.fluoroscope import Fluoroscope
from assistant.simulation.random_case import random_case
from assistant.simulation.scenario import Case, Crossing, FaultKind, Jump, Shot, SourceFault

T = TypeVar("T")

RUNS = 64
FIRST_SEED = 501_000
"""In the simulator's validation part; the first 200 of it (500000 to 500199) have been looked at while tuning."""
_ATTEMPTS = 8
_DURATION_S, _START_S = 15.0, 3.0
_FAST_DURATION_S = 12.0
"""Of runs with 30 pulses a second, whose pictures are many."""
_SWING_DURATION_S, _SWING_START_S = 24.0, 9.0
_JUMP_S = 0.7
"""A jump comes at this share of the run, well into the injection."""

_LEVELS = ("T6", "T7", "T8", "T9", "T10", "T11", "T12", "L1", "L2", "L3", "L4", "L5")
_REAL = (
    *(f"mesh-vhp/{level}" for level in ("L1", "L2", "L3", "L4", "L5")),
    *(f"mesh-ssm/{level}" for level in ("L2", "L3", "L4", "L5")),
    *(f"ct-lumbar/{level}" for level in ("T12", "L1", "L2", "L3", "L4", "L5")),
    *("ct-thoracic/T12",) * 3,
)
_LEAKS = (
    *(f"{plate}_disc_{shape}" for plate in ("superior", "inferior") for shape in ("spike", "round", "between")),
    *("posterior_basivertebral", "posterior_cortical", "anterior", "vein_anterior"),
    *("lateral_left", "lateral_right", "vein_left", "vein_right", "foramen"),
)
_SIDEWAYS = ("lateral_left", "lateral_right", "vein_left", "vein_right", "foramen")
_FAULTS: tuple[FaultKind, ...] = (
    *("freeze", "no_signal", "blank", "wrong_input", "drops"),
    *("half_frame", "xray_off", "rescaled", "flipped", "overexposed"),
)
Distractor = Literal["", "balloon", "old cement", "screws", "hand", "instrument"]


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedRun:
    """One run of the set before it is made.

    Attributes
    ----------
    number : int
    identity : str
        Of real anatomy, such as "ct-lumbar/L2@501007"; empty: a procedural spine of ``level``.
    level : str
    leak : str
        A way out (`leak_paths.NAMES`), "none", or "reach" for cement that comes near the posterior wall.
    view : str
        "lateral", "ap", or "both" for a run that swings there and back.
    size_px : (int, int)
    output : str
    pulses_per_s : float
    quality : float
        0 (15 nGy, much scatter) to 1 (110 nGy).
    bright_cement, mirrored, jump : bool
    rotation_deg : float
    faults : tuple of FaultKind
    distractor : str
        What is not cement and stands or moves in the picture.
    """

    number: int
    identity: str
    level: str
    leak: str
    view: str
    size_px: tuple[int, int]
    output: Literal["ffv1", "h264", "mjpeg", "huffyuv"]
    pulses_per_s: float
    quality: float
    bright_cement: bool
    mirrored: bool
    jump: bool
    rotation_deg: float
    faults: tuple[FaultKind, ...]
    distractor: Distractor

    @property
    def seed(self) -> int:
        """Of the patient and of everything else that is drawn."""
        return FIRST_SEED + self.number


def planned_runs() -> list[PlannedRun]:
    """All runs of the set, in an order in which the first few are as mixed as all."""
    anatomy = _spread((*_REAL, *_cycled(_LEVELS, RUNS - len(_REAL))), "anatomy")
    leaks = _spread((*_LEAKS * 2, *("reach",) * 6, *("none",) * (RUNS - 2 * len(_LEAKS) - 6)), "leaks")
    sizes = _spread(_cycled(((512, 512), (640, 512), (720, 576), (640, 512), (512, 512), (1024, 1024)), RUNS), "sizes")
    outputs = _spread(_cycled(("ffv1", "h264", "ffv1", "mjpeg", "h264", "huffyuv"), RUNS), "outputs")
    pulses = _spread(_cycled((3.0, 4.0, 7.5, 8.0, 12.5, 15.0, 7.5, 30.0), RUNS), "pulses")
    quality = _spread(tuple(float(q) for q in np.linspace(0.0, 1.0, RUNS)), "quality")
    turns = _spread(_cycled([(turn, flip) for turn in range(4) for flip in (False, True)], RUNS), "turns")
    bright = _spread(_cycled((True, False, False), RUNS), "polarity")
    jumps = _spread(_cycled((True, False, False, False, False, False), RUNS), "jumps")
    technical = _spread([(k % 10, (k + 3) % 10) for k in range(12)] + [()] * (RUNS - 12), "faults")
    distractors = _spread(
        ("balloon",) * 4 + ("old cement",) * 5 + ("screws",) * 4 + ("hand",) * 4 + ("instrument",) * 3
        + ("",) * (RUNS - 20), "distractors",
    )  # fmt: skip
    views = _views(leaks)
    runs = []
    for n in range(RUNS):
        real = "/" in anatomy[n]
        turn, mirrored = turns[n]
        free_deg = float(np.round(_rng("free turn", n).uniform(-20.0, 20.0), 1)) if n % 3 == 0 else 0.0
        runs.append(
            PlannedRun(
                number=n,
                identity=f"{anatomy[n]}@{FIRST_SEED + n}" if real else "",
                level=anatomy[n].split("/")[-1],
                leak=leaks[n],
                view=views[n],
                size_px=sizes[n],
                output=outputs[n],
                pulses_per_s=pulses[n],
                quality=quality[n],
                bright_cement=bright[n],
                mirrored=mirrored,
                jump=jumps[n],
                rotation_deg=90.0 * turn + free_deg,
                faults=tuple(_FAULTS[k] for k in technical[n]),
                distractor=distractors[n],
            )
        )
    return runs


def _rng(stream: str, number: int = 0) -> np.random.Generator:
    return np.random.default_rng([FIRST_SEED, number, *stream.encode()])


def _cycled(values: Sequence[T], count: int) -> tuple[T, ...]:
    return tuple(values[k % len(values)] for k in range(count))


def _spread(values: Sequence[Any], stream: str) -> list[Any]:
    return [values[k] for k in _rng(stream).permutation(len(values))]


def _views(leaks: list[str]) -> list[str]:
    """Leaks to the side are looked at from the front every second time; some of the others are too."""
    views, sideways, others = [], 0, 0
    for leak in leaks:
        if leak in _SIDEWAYS:
            views.append(("ap", "lateral", "both", "lateral")[sideways % 4])
            sideways += 1
        else:
            views.append("both" if others % 9 == 4 else "ap" if others % 14 == 6 else "lateral")
            others += 1
    return views


def _shots(view: str) -> tuple[Shot, ...]:
    """What the C-arm looks at: one view, or two swings to AP and back (one before the cement)."""
    if view != "both":
        return (Shot(view="ap" if view == "ap" else "lateral", from_s=0.0),)
    return (
        Shot(view="lateral", from_s=0.0),
        *(Shot(view="ap", from_s=2.5), Shot(view="lateral", from_s=5.8)),
        *(Shot(view="ap", from_s=15.0), Shot(view="lateral", from_s=19.0)),
    )


def _faults(kinds: tuple[FaultKind, ...], start_s: float) -> tuple[SourceFault, ...]:
    """One after the other, from two seconds after the cement begins."""
    return tuple(
        SourceFault(kind=kind, from_s=start_s + 2.0 + 4.0 * k, to_s=start_s + 4.3 + 4.0 * k)
        for k, kind in enumerate(kinds)
    )


def case_of(run: PlannedRun, attempt: int = 0) -> Case:
    """The case of a run; another attempt draws what no column names anew."""
    case = random_case(np.random.default_rng([run.seed, attempt]), f"validation {run.number}")
    swings = run.view == "both"
    usual_s = _FAST_DURATION_S if run.pulses_per_s == 30.0 else _DURATION_S
    duration_s = _SWING_DURATION_S if swings else usual_s
    start_s = _SWING_START_S if swings else _START_S
    balloon = run.distractor == "balloon"
    if balloon and not swings:  # the balloon comes before the cement, and after the reference picture
        start_s += 3.0
    change = msgspec.structs.replace
    push_mm = tuple(np.round(_rng("push", run.number).normal(0.0, 1.0, 2) * [8.0, 14.0], 2).tolist())
    return change(
        case,
        patient=change(case.patient, level=run.level),
        cement=change(
            case.cement,
            leak="none" if run.leak == "reach" else run.leak,
            start_s=start_s,
            reach=0.12 if run.leak == "reach" else None,
        ),
        geometry=change(
            case.geometry,
            shots=_shots(run.view),
            swing_s=1.5,
            rotation_deg=run.rotation_deg,
            mirrored=run.mirrored,
        ),
        exposure=change(
            case.exposure,
            dose_ngy=round(float(15.0 * (110.0 / 15.0) ** run.quality), 1),
            scatter_to_primary=round(2.2 - 1.6 * run.quality, 2),
        ),
        screen=change(case.screen, bright_cement=run.bright_cement, blades_move_at_s=-1.0),
        run=change(
            case.run,
            duration_s=duration_s,
            fps=30.0 if run.pulses_per_s == 30.0 else case.run.fps,
            pulses_per_s=run.pulses_per_s,
            width_px=run.size_px[0],
            height_px=run.size_px[1],
            output=run.output,
        ),
        theatre=change(
            case.theatre,
            jumps=(Jump(at_s=round(_JUMP_S * duration_s, 2), shift_mm=(push_mm[0], 0.0, push_mm[1])),)
            if run.jump
            else (),
            crossings=(Crossing(what=run.distractor, at_s=start_s + 2.5),)
            if run.distractor in ("hand", "instrument")
            else (),
            balloon_from_s=start_s - 3.4 if balloon else -1.0,
            balloon_to_s=start_s - 0.4 if balloon else -1.0,
            old_cement=run.distractor == "old cement",
            screws=run.distractor == "screws",
        ),
        faults=_faults(run.faults, start_s),
    )


def fluoroscope_of(run: PlannedRun, data: Path | None) -> Fluoroscope:
    """The run, ready to be simulated.

    Parameters
    ----------
    run : PlannedRun
    data : Path or None
        Folder of the real anatomy; None: a procedural spine of the same level stands in.

    Raises
    ------
    UsageError
        If no attempt gives a possible run: not every leak can be opened in every body.
    InputError
        If the real anatomy cannot be read.
    """
    last: UsageError | None = None
    for attempt in range(_ATTEMPTS):
        seed = run.seed + attempt * 1000
        identity = run.identity and f"{run.identity.split('@')[0]}@{seed}"
        try:
            case = case_of(run, attempt)
            return build_run(case, seed, identity=identity if data is not None else None, folder=data)
        except UsageError as error:
            last = error
    assert last is not None
    raise last
