"""What the samples show: cases drawn by group, with everything that a reader must not take for cement.

Patients come from the simulator's train part, from numbers that no set of the evaluation reaches.
"""

from __future__ import annotations

from typing import Final, Literal

import msgspec
import numpy as np

from assistant.simulation.dataset import patient_seed
from assistant.simulation.random_case import random_case
from assistant.simulation.scenario import (
    CannulaMove,
    Case,
    Cement,
    Crossing,
    Instrument,
    Patient,
    Pedal,
    Shot,
    Theatre,
    Tool,
)

GROUPS: Final = (
    "second cannula", "single shots", "guide pin", "slow", "cannula moves", "faint", "tool in cement", "usual",
    "hammer, hand", "low dose", "second cannula", "balloon", "guide pin", "thin bone", "cannula moves", "old cement",
)  # fmt: skip
"""In turn, patient by patient; what is hard comes more than once."""
FIRST_PATIENT: Final = 76_000
LEAKS: Final = (
    "none", "none", "superior_disc_spike", "inferior_disc_round", "posterior_basivertebral", "posterior_cortical",
    "anterior", "lateral_left", "vein_anterior", "cannula_track", "superior_disc_round", "inferior_disc_spike",
    "foramen",
)  # fmt: skip
_PICTURES = 48
_change = msgspec.structs.replace


def seed_of(number: int) -> int:
    """The seed of a sample's patient."""
    return patient_seed("train", FIRST_PATIENT + number)


def group_of(number: int) -> str:
    """What a sample shows."""
    return GROUPS[number % len(GROUPS)]


def held_out(number: int) -> bool:
    """Every seventh sample is for choosing and calibrating; nothing is learned from it."""
    return number % 7 == 6


def draw_case(number: int, attempt: int, real: Patient | None = None) -> Case:
    """The case of a sample.

    Parameters
    ----------
    number : int
    attempt : int
        A body does not allow every injection: the next drawing.
    real : Patient or None
        A real spine in place of a drawn one (`Patient.identity` and where its data lie).
    """
    seed, group = seed_of(number), group_of(number)
    rng = np.random.default_rng([seed, attempt, 178])
    patient = random_case(np.random.default_rng([seed, attempt]), f"cement reader {number}")
    other = random_case(np.random.default_rng([seed, attempt, 5]), "")
    pulses_per_s, duration_s, pedal = _exposures(group, rng)
    cement = _cement(group, patient.cement, rng, duration_s)
    side = int(rng.choice([320, 352, 384]))
    bone = 0.6 if group == "thin bone" else 1.0
    level = str(rng.choice(["T12", "L3"])) if group == "thin bone" else patient.patient.level
    return _change(
        patient,
        patient=real or _change(patient.patient, level=level, spongy=bone, cortex=bone),
        cement=cement,
        exposure=_change(other.exposure, dose_ngy=_dose_ngy(group, rng)),
        geometry=_change(
            patient.geometry,
            shots=(Shot(view="ap" if rng.random() < 0.2 else "lateral", from_s=0.0),),
            field_mm=float(rng.uniform(115.0, 150.0)),
            offset_mm=(0.0, 0.0),
        ),
        screen=_change(other.screen, layout="plain", blades_move_at_s=-1.0, interlaced=False, distortion=0.0),
        run=_change(
            patient.run,
            duration_s=duration_s,
            fps=pulses_per_s,
            pulses_per_s=pulses_per_s,
            width_px=side,
            height_px=side,
            output="ffv1",
        ),
        theatre=_theatre(group, other.theatre, cement, rng, duration_s),
        pedal=pedal,
        faults=(),
        plan=_change(patient.plan, error_mm=0.7),
    )


def _exposures(group: str, rng: np.random.Generator) -> tuple[float, float, Pedal]:
    """Pulses a second, length of the run in s, how X-ray is asked for."""
    if group == "single shots" or (group in ("faint", "guide pin", "second cannula") and rng.random() < 0.2):
        shot = (0.0, 0.0) if rng.random() < 0.7 else (0.3, 1.0)
        off = float(np.round(rng.uniform(0.03, 0.2), 3))
        pedal = Pedal(
            on_s=shot,
            off_s=(2.0, 5.0),
            first_s=2.0,
            rest_mm=float(rng.uniform(0.2, 1.2)),
            push_share=0.1,
            push_mm=8.0,
            start_off=off,
        )
        return 4.0, 110.0, pedal
    if group == "slow":
        pulses_per_s = float(rng.choice([0.5, 1.0, 1.0]))
        return pulses_per_s, 72 / pulses_per_s, Pedal()
    pulses_per_s = float(rng.choice([3.0, 4.0, 7.5, 7.5, 12.5]))
    return pulses_per_s, _PICTURES / pulses_per_s, Pedal()


def _dose_ngy(group: str, rng: np.random.Generator) -> float:
    low, high = (6.0, 14.0) if group == "low dose" else (15.0, 110.0)
    return float(np.round(np.exp(rng.uniform(np.log(low), np.log(high))), 1))


def _cement(group: str, drawn: Cement, rng: np.random.Generator, duration_s: float) -> Cement:
    start_s, grow_s = duration_s * float(rng.uniform(0.15, 0.35)), duration_s * float(rng.uniform(0.5, 0.9))
    if group == "balloon":
        start_s = duration_s * float(rng.uniform(0.35, 0.5))
    if group == "slow":
        start_s = duration_s * float(rng.uniform(0.1, 0.2))
    if group in ("balloon", "slow"):
        grow_s = duration_s - start_s
    # 0.04 to 0.17 per mm over marrow, as cements of 8 to 45 % barium sulphate or zirconium dioxide have.
    low, high = (0.08, 0.12) if group in ("faint", "thin bone") else (0.08, 0.5)
    barium: float | None = float(np.round(np.exp(rng.uniform(np.log(low), np.log(high))), 3))
    zirconia = 0.0
    if group not in ("faint", "thin bone") and rng.random() < 0.3:
        barium, zirconia = None, float(np.round(np.exp(rng.uniform(np.log(0.2), np.log(1.2))), 3))
    little = rng.random() < 0.5 or group == "slow"
    leak = str(rng.choice(LEAKS)) if group == "slow" or not little else "none"
    return _change(
        drawn,
        leak=leak,
        start_s=start_s,
        duration_s=grow_s,
        total_ml=float(np.round(rng.uniform(0.3, 0.8), 2)) if little else drawn.total_ml,
        pull_back_mm=float(rng.choice([0.0, 0.0, 4.0])),
        access="bilateral" if group == "second cannula" else None,
        barium_g_per_cm3=barium,
        zirconia_g_per_cm3=zirconia,
    )


def _theatre(group: str, drawn: Theatre, cement: Cement, rng: np.random.Generator, duration_s: float) -> Theatre:
    theatre = _change(
        drawn,
        jumps=(),
        crossings=(),
        old_cement=group == "old cement" or bool(rng.random() < 0.1),
        screws=bool(rng.random() < (0.5 if group == "old cement" else 0.08)),
        balloon_from_s=0.12 * duration_s if group == "balloon" else -1.0,
        balloon_to_s=cement.start_s + 0.02 * duration_s if group == "balloon" else -1.0,
        balloon_size=float(rng.uniform(0.6, 1.1)),
    )
    at_s, takes_s = duration_s * float(rng.uniform(0.2, 0.65)), duration_s * float(rng.uniform(0.04, 0.2))
    out_at_s = at_s + 0.3 * duration_s if rng.random() < 0.45 else -1.0
    if group == "cannula moves":
        back_mm = float(rng.choice([-1.0, 1.0]) * rng.uniform(3.0, 12.0))
        move = CannulaMove(at_s=at_s, takes_s=takes_s, back_mm=back_mm, turn_deg=float(rng.normal(0.0, 3.0)))
        return _change(theatre, cannula_moves=(move,))
    if group == "hammer, hand":
        what: tuple[Literal["hammer", "hand", "instrument"], ...] = ("hammer", "hand", "instrument")
        passing = [what[int(rng.integers(3))] for _ in range(2)]
        crossings = tuple(
            Crossing(what=each, at_s=share * duration_s, takes_s=0.3 * duration_s)
            for each, share in zip(passing, (0.2, 0.6), strict=True)
        )
        return _change(theatre, crossings=crossings)
    of_group: dict[str, Instrument] = {
        "second cannula": "cannula",
        "guide pin": "guide_pin",
        "tool in cement": "drill",
    }
    instrument = of_group.get(group)
    if instrument == "drill" and rng.random() < 0.5:
        instrument = "bone_tamp"
    if instrument is None:
        return theatre
    tool = Tool(
        what=instrument,
        at_s=at_s,
        takes_s=takes_s,
        out_at_s=out_at_s,
        pedicle="other" if instrument == "cannula" or rng.random() < 0.3 else "own",
        beyond_mm=0.0 if instrument == "cannula" else float(rng.uniform(2.0, 20.0)),
        turned_deg=float(rng.uniform(0.0, 2.5)),
    )
    return _change(theatre, tools=(tool,))
