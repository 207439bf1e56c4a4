"""The runs of how X-ray is asked for (single shots, short exposures, stills), how it is shown, and of the cement step.

Two parts that share no patient: ``tuning`` (the simulator's train part) for whoever changes a step, ``measured`` (its
validation part) for the figures that are quoted. What no column names is drawn as in any random case.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, Final, Literal

import cv2
import msgspec
import numpy as np

from assistant.errors import UsageError
from assistant.evaluation.assumption_cases import CONDITIONS
from assistant.evaluation.cement_cases import CEMENT
from assistant.evaluation.display_cases import ACTS, CHAINS
from assistant.evaluation.peers.ideal_observer import IdealObserver
from assistant.simulation.building import build_anatomy, build_flow
from assistant.simulation.dataset import patient_seed
from assistant.simulation.fluoroscope import Fluoroscope
from assistant.simulation.random_case import random_case
from assistant.simulation.scenario import Case, Patient, Pedal, Run, Shot
from assistant.simulation.scene import Anatomy
from assistant.simulation.writing import write_run
from assistant.system.files import whole_folder

Part = Literal["tuning", "measured"]
SPLIT: Final[dict[Part, Literal["train", "validation"]]] = {"tuning": "train", "measured": "validation"}
FIRST_PATIENT: Final = 70_000
"""In the simulator's part; no other set reaches so far."""
_ATTEMPTS = 8
_LEVELS = ("L1", "T12", "L2", "T11", "L3", "T10", "L4", "T8", "T9", "L5", "T7", "T6")
_LEAKS = (
    *("none", "superior_disc_spike", "posterior_cortical", "none", "inferior_disc_round", "posterior_basivertebral"),
    *("none", "superior_disc_round", "vein_anterior", "inferior_disc_spike", "none", "anterior"),
)
_STILL_LEAKS = (
    *("superior_disc_spike", "posterior_cortical", "inferior_disc_round", "anterior", "superior_disc_round"),
    *("posterior_basivertebral", "inferior_disc_spike", "none"),
)
_PULSES = (7.5, 4.0, 12.5, 8.0)
_FPS = {7.5: 7.5, 4.0: 8.0, 12.5: 12.5, 8.0: 8.0}
"""Frames a second of the stored video by pulse rate: every pulse has its frame."""
_SIZES = ((512, 512), (480, 400), (400, 400), (512, 400))
_OUTPUTS = ("ffv1", "h264", "ffv1", "mjpeg")
_STILLS, _STILLS_BEFORE = 8, 4


@dataclass(frozen=True, slots=True, kw_only=True)
class AcquiredRun:
    """One run of the set before it is made.

    Attributes
    ----------
    group : str
        One of `GROUPS`: what the run is counted under.
    number : int
        Within its group.
    seed : int
        Of the patient and of everything else that is drawn.
    part : str
        "tuning" or "measured".
    """

    group: str
    number: int
    seed: int
    part: Part

    @property
    def name(self) -> str:
        """Of its folder."""
        return f"{self.group.replace(' ', '_')}-{self.number:02d}"

    def case(self, attempt: int = 0) -> Case:
        """How it is made; another attempt draws what no column names anew."""
        case = random_case(np.random.default_rng([self.seed, attempt]), self.group)
        return GROUPS[self.group](case, self)


def planned_runs(part: Part, counts: dict[str, int] | None = None) -> list[AcquiredRun]:
    """The runs of a part, the groups in turn, so that the first few are as mixed as all.

    Parameters
    ----------
    part : str
    counts : dict of str to int or None
        Runs of each group; None: as the part has them (`COUNTS`).
    """
    counts = COUNTS[part] if counts is None else counts
    found = [
        AcquiredRun(
            group=group,
            number=number,
            seed=patient_seed(SPLIT[part], FIRST_PATIENT + _first_of(group) + number),
            part=part,
        )
        for group, count in counts.items()
        for number in range(count)
    ]
    return sorted(found, key=lambda run: (run.number / counts[run.group], list(counts).index(run.group)))


def _first_of(group: str) -> int:
    """Where its patients begin: the groups of how pictures are shown share theirs, each beside the one as it is."""
    if group in CEMENT:
        return 4000 + 100 * list(CEMENT).index(group)
    return 3000 if group in _SHOWN else 1000 * list(GROUPS).index(group)


def _one_of(values: Sequence[Any], number: int, stride: int = 1) -> Any:
    """Column by column another stride, so that no two of them go together."""
    return values[(number * stride + number // len(values)) % len(values)]


def _in_exposures(case: Case, run: AcquiredRun, on_s: tuple[float, float]) -> Case:
    """X-ray in exposures, 3 to 5 minutes of the theatre's clock (a tuning run: 100 s and 384 px).

    By turns the lines are marked in an exposure like any, after a short and after a longer look, both filtered; after
    these two the cement comes faster, within a minute or two.
    """
    change = msgspec.structs.replace
    rng = np.random.default_rng([run.seed, *b"pedal"])
    n, tuning = run.number, run.part == "tuning"
    length_s = 100.0 if tuning else float(np.round(rng.uniform(180.0, 300.0)))
    start_s = float(np.round(rng.uniform(30.0, 40.0), 1))
    pedal = Pedal(
        on_s=on_s,
        off_s=(5.0, 15.0),
        rest_mm=float(np.round(rng.uniform(0.2, 1.2), 2)),
        push_share=0.1,
        push_mm=10.0,
        start_off=float(np.round(rng.uniform(0.03, 0.2), 3)),
    )
    injecting_s, exposure = length_s - start_s - 15.0, case.exposure
    if n % 3:
        pedal = change(pedal, first_s=4.0 if n % 3 == 2 else float(np.round(rng.uniform(0.4, 0.9), 2)))
        exposure = change(exposure, recursion=float(np.round(rng.uniform(0.25, 0.5), 2)))
        injecting_s = min(injecting_s, float(np.round(rng.uniform(45.0, 90.0))))
    return change(
        case,
        patient=change(case.patient, level=_one_of(_LEVELS, n)),
        cement=change(case.cement, leak=_one_of(_LEAKS, n, 5), start_s=start_s, duration_s=injecting_s),
        exposure=exposure,
        geometry=change(case.geometry, shots=(Shot(view="ap" if n % 6 == 4 else "lateral", from_s=0.0),)),
        screen=change(case.screen, blades_move_at_s=-1.0, interlaced=False),
        run=_stored(case.run, run, length_s),
        theatre=change(
            case.theatre,
            jumps=(),
            crossings=(),
            drift_mm_per_min=min(case.theatre.drift_mm_per_min, 0.5),
            rotation_deg=0.0 if n % 3 == 0 else case.theatre.rotation_deg,
        ),
        pedal=pedal,
        faults=(),
    )


def _stored(usual: Run, run: AcquiredRun, length_s: float) -> Run:
    tuning, pulses = run.part == "tuning", _one_of(_PULSES, run.number)
    width, height = (384, 384) if tuning else _one_of(_SIZES, run.number, 3)
    return msgspec.structs.replace(
        usual,
        duration_s=length_s,
        fps=_FPS[pulses],
        pulses_per_s=pulses,
        width_px=width,
        height_px=height,
        output="ffv1" if tuning else _one_of(_OUTPUTS, run.number),
    )


def _single_shots(case: Case, run: AcquiredRun) -> Case:
    return _in_exposures(case, run, (0.0, 0.0))


def _short_exposures(case: Case, run: AcquiredRun) -> Case:
    return _in_exposures(case, run, (0.2, 2.0))


def _stills(case: Case, run: AcquiredRun) -> Case:
    """Eight pictures in a folder, four before and four after all of the cement, a recursive filter over them."""
    rng = np.random.default_rng([run.seed, *b"stills"])
    n = run.number
    pulses = float(_one_of((2.0, 4.0, 7.5), n))
    change = msgspec.structs.replace
    return change(
        case,
        patient=change(case.patient, level=_one_of(_LEVELS, n)),
        cement=change(
            case.cement,
            leak=_one_of(_STILL_LEAKS, n, 3),
            start_s=(_STILLS_BEFORE - 0.5) / pulses,
            duration_s=1e-3,
            pull_back_mm=0.0,
        ),
        geometry=change(case.geometry, shots=(Shot(view="ap" if n % 8 == 5 else "lateral", from_s=0.0),)),
        exposure=change(case.exposure, recursion=float(np.round(rng.uniform(0.25, 0.5), 2))),
        screen=change(case.screen, blades_move_at_s=-1.0, interlaced=False),
        run=Run(
            duration_s=_STILLS / pulses,
            fps=pulses,
            pulses_per_s=pulses,
            width_px=512,
            height_px=512,
            output="png",
        ),
        theatre=change(case.theatre, jumps=(), crossings=()),
        faults=(),
    )


def _shown(by: Callable[[Case, int], Case]) -> Callable[[Case, AcquiredRun], Case]:
    return lambda case, run: by(case, run.number)


_SHOWN = {**ACTS, **CHAINS, **CONDITIONS}
_OTHERS = {**_SHOWN, **CEMENT}
GROUPS: Final[dict[str, Callable[[Case, AcquiredRun], Case]]] = {
    "single shots": _single_shots,
    "short exposures": _short_exposures,
    "stills": _stills,
    **{name: _shown(by) for name, by in _OTHERS.items()},
}
COUNTS: Final[dict[Part, dict[str, int]]] = {
    "measured": {"single shots": 12, "short exposures": 12, "stills": 24},
    "tuning": {"single shots": 5, "short exposures": 5, "stills": 6},
}
DISPLAY_COUNTS: Final[dict[Part, dict[str, int]]] = {
    "measured": dict.fromkeys([*ACTS, *CHAINS], 8),
    "tuning": dict.fromkeys([*ACTS, *CHAINS], 2),
}
ASSUMPTION_COUNTS: Final[dict[Part, dict[str, int]]] = {
    "measured": dict.fromkeys(["as it is", *CONDITIONS], 8),
    "tuning": dict.fromkeys(["as it is", *CONDITIONS], 4),
}
CEMENT_COUNTS: Final[dict[Part, dict[str, int]]] = {
    "measured": dict.fromkeys(CEMENT, 10),
    "tuning": dict.fromkeys(CEMENT, 4),
}


@lru_cache(maxsize=1)
def _anatomy(patient: Patient, seed: int) -> Anatomy:
    """The patient, who is made once for the groups that show him one after the other."""
    return build_anatomy(Case(patient=patient), seed)


def fluoroscope_of(run: AcquiredRun) -> Fluoroscope:
    """The run, ready to be simulated.

    Raises
    ------
    UsageError
        If no attempt gives a possible run: not every leak can be opened in every body.
    """
    last: UsageError | None = None
    anatomy: Anatomy | None = None
    for attempt in range(_ATTEMPTS):
        case = run.case(attempt)
        # The body of the first attempt stays: making it is what takes long.
        anatomy = anatomy or _anatomy(case.patient, run.seed)
        try:
            return Fluoroscope(case, run.seed, anatomy, build_flow(case, run.seed + 1000 * attempt, anatomy))
        except UsageError as error:
            last = error
    assert last is not None
    raise last


def make_run(run: AcquiredRun, folder: Path) -> None:
    """Simulate one run into a new folder, whole or not at all, on one core; with the ideal observer for cement."""
    cv2.setNumThreads(1)
    fluoroscope = fluoroscope_of(run)
    with whole_folder(folder) as part:
        observer = IdealObserver(part, run.seed, fluoroscope.plan.views[0].mm_per_px)
        write_run(fluoroscope, part, also=observer.see if run.group in CEMENT else None)
