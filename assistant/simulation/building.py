"""From a case and a seed to a run that is ready to be simulated: whose spine, how the cement flows."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from assistant.settings.tree import WarningLines
from assistant.simulation.anatomy import anatomy as anatomy_module
from assistant.simulation.anatomy.vertebra import SpineCondition
from assistant.simulation.cement import cement_flow
from assistant.simulation.fluoroscope import Fluoroscope
from assistant.simulation.scenario import Case
from assistant.simulation.scene import Anatomy, CementFlow


def build_anatomy(case: Case, seed: int, *, identity: str | None = None, folder: Path | None = None) -> Anatomy:
    """The patient of a case.

    Raises
    ------
    UsageError
        An identity that nobody knows, or a folder without it.
    """
    wanted = identity or case.patient.identity
    if wanted:
        return anatomy_module.build(wanted, folder or (Path(case.patient.folder) if case.patient.folder else None))
    knobs = case.patient
    condition = SpineCondition(
        spongy=knobs.spongy,
        cortex=knobs.cortex,
        endplate=knobs.endplate,
        endplate_soft_mm=knobs.endplate_soft_mm,
        disc_height=knobs.disc_height,
    )
    return anatomy_module.procedural(knobs.level, seed, fracture=knobs.fracture or None, condition=condition)


def build_flow(case: Case, seed: int, anatomy: Anatomy) -> CementFlow:
    """The injection of a case."""
    knobs = case.cement
    pauses_s = sum(seconds for _, seconds in knobs.pauses)
    left_s = case.run.duration_s - knobs.start_s - pauses_s - 2.0
    total_ml = knobs.total_ml
    if total_ml is None:
        room_ml = cement_flow.capacity_ml(anatomy, reach=knobs.reach, margin_mm=knobs.margin_mm)
        total_ml = round(float(np.clip(knobs.fill * room_ml, 0.8, 7.0)), 3)
    wanted = cement_flow.Injection(
        leak=knobs.leak,
        total_ml=total_ml,
        leak_ml=knobs.leak_ml,
        onset_ml=knobs.onset_ml,
        style=knobs.style,
        access=knobs.access,
        gauge=knobs.gauge,
        reach=knobs.reach,
        margin_mm=knobs.margin_mm,
        duration_s=max(left_s, 1.0) if knobs.duration_s is None else knobs.duration_s,
        pauses=knobs.pauses,
        barium_g_per_cm3=knobs.barium_g_per_cm3,
        zirconia_g_per_cm3=knobs.zirconia_g_per_cm3,
        thickens=knobs.thickens,
        slows=knobs.slows,
    )
    return cement_flow.inject(anatomy, seed, wanted)


def build_run(
    case: Case, seed: int, *, identity: str | None = None, folder: Path | None = None, lines: WarningLines | None = None
) -> Fluoroscope:
    """All of it; ``lines`` as in `Fluoroscope`."""
    anatomy = build_anatomy(case, seed, identity=identity, folder=folder)
    return Fluoroscope(case, seed, anatomy, build_flow(case, seed, anatomy), lines)
