"""Short runs with and without a vein that takes cement, for the figures of "possible venous leak" (`vein_command`).

Each patient is injected twice, once into a vein and once not (cement that stays in the body, or another way out), and
both injections are looked at from the side and from the front. What no column names is drawn as in any random case:
breathing, gas, ribs, steel, noise, both polarities, every way up. Points are marked with a reader's error.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal

import msgspec
import numpy as np

from assistant.errors import UsageError
from assistant.simulation.building import build_anatomy, build_flow
from assistant.simulation.dataset import patient_seed
from assistant.simulation.fluoroscope import Fluoroscope
from assistant.simulation.random_case import random_case
from assistant.simulation.scenario import Case, Shot
from assistant.simulation.scene import Anatomy, CementFlow
from assistant.simulation.writing import write_run
from assistant.system.files import whole_folder

PARTS: Final = {"tuning": "train", "measured": "validation"}
"""The simulator's part that each part of the bench draws its patients from: no patient is in both."""
FIRST_PATIENT: Final = 60_000
"""In the simulator's part; no other set reaches so far."""
VIEWS: Final[tuple[Literal["lateral", "ap"], ...]] = ("lateral", "ap")
VEINS: Final = ("vein_left", "vein_anterior", "vein_right")
VOLUMES_ML: Final = (0.05, 0.1, 0.2, 0.3)
OTHERS: Final = (
    *("none", "anterior", "none", "lateral_left", "superior_disc_spike", "none"),
    *("lateral_right", "inferior_disc_round", "none", "posterior_cortical", "anterior", "cannula_track"),
)
"""What happens in the runs without a vein, patient by patient."""
_ATTEMPTS = 8
_START_S, _INJECTING_S, _RUN_S = 2.0, 5.0, 8.0
_PULSES_PER_S = 7.5
_SIDE_PX, _FIELD_MM = 320, 125.0
"""A small magnified picture: about 0.27 mm a px in the vertebra, with its neighbours half in sight."""
_MARKED_MM = 0.5


@dataclass(frozen=True, slots=True, kw_only=True)
class VeinRun:
    """One run of the bench before it is made; ``leak_ml`` None: drawn, or nothing leaks."""

    patient: int
    seed: int
    leak: str
    leak_ml: float | None
    view: Literal["lateral", "ap"]

    @property
    def name(self) -> str:
        """Of its folder."""
        volume = "" if self.leak_ml is None else f"-{self.leak_ml:.2f}ml"
        return f"{self.patient:03d}-{self.leak}{volume}-{self.view}"


def planned_runs(part: str, patients: int) -> list[VeinRun]:
    """Four runs of each patient.

    Parameters
    ----------
    part : str
        A key of `PARTS`.
    patients : int
    """
    runs = []
    for k in range(patients):
        seed = patient_seed(PARTS[part], FIRST_PATIENT + k)
        vein, volume_ml = VEINS[k % len(VEINS)], VOLUMES_ML[k // len(VEINS) % len(VOLUMES_ML)]
        for leak, leak_ml in ((vein, volume_ml), (OTHERS[k % len(OTHERS)], None)):
            runs += [VeinRun(patient=k, seed=seed, leak=leak, leak_ml=leak_ml, view=view) for view in VIEWS]
    return runs


def simulate(folder: Path, runs: list[VeinRun]) -> Iterator[tuple[VeinRun, Path]]:
    """Give each run's folder; what is not there yet is simulated first, the patients one after another.

    Raises
    ------
    AssistantError
        If the simulator fails.
    """
    anatomies: dict[int, Anatomy] = {}
    flows: dict[tuple[int, str], tuple[Case, CementFlow]] = {}
    for run in runs:
        path = folder / run.name
        if not (path / "truth" / "truth.json").is_file():
            if run.seed not in anatomies:  # the last patient's voxels are not needed any more
                anatomies, flows = {run.seed: build_anatomy(_case(run, 0), run.seed)}, {}
            if (run.seed, run.leak) not in flows:
                flows[run.seed, run.leak] = _injected(run, anatomies[run.seed])
            case, flow = flows[run.seed, run.leak]
            made = Fluoroscope(_seen(case, run), run.seed, anatomies[run.seed], flow)
            with whole_folder(path) as part:
                write_run(made, part)
        yield run, path


def _injected(run: VeinRun, anatomy: Anatomy) -> tuple[Case, CementFlow]:
    """The first injection drawn that this body allows."""
    last: UsageError | None = None
    for attempt in range(_ATTEMPTS):
        case = _case(run, attempt)
        try:
            return case, build_flow(case, run.seed + attempt, anatomy)
        except UsageError as error:
            last = error
    assert last is not None
    raise last


def _case(run: VeinRun, attempt: int) -> Case:
    change = msgspec.structs.replace
    case = random_case(np.random.default_rng([run.seed, attempt]), f"vein bench {run.patient}")
    return change(
        case,
        cement=change(
            case.cement, leak=run.leak, leak_ml=run.leak_ml, start_s=_START_S, duration_s=_INJECTING_S, pull_back_mm=0.0
        ),
        run=change(
            case.run,
            duration_s=_RUN_S,
            fps=_PULSES_PER_S,
            pulses_per_s=_PULSES_PER_S,
            width_px=_SIDE_PX,
            height_px=_SIDE_PX,
            output="ffv1",
        ),
        screen=change(case.screen, layout="plain", blades=(0.0, 0.0, 0.0, 0.0), blades_move_at_s=-1.0, zoom=1.0),
        theatre=change(case.theatre, jumps=(), crossings=()),
        faults=(),
        plan=change(case.plan, error_mm=_MARKED_MM),
    )


def _seen(case: Case, run: VeinRun) -> Case:
    change = msgspec.structs.replace
    shots = (Shot(view=run.view, from_s=0.0),)
    return change(case, geometry=change(case.geometry, shots=shots, field_mm=_FIELD_MM, offset_mm=(0.0, 0.0)))
