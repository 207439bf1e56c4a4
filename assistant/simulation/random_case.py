"""A case with every knob drawn: the imaging chain, the theatre and the leak vary far more than one hospital's would."""

from __future__ import annotations

import numpy as np

from assistant.simulation.cement import leak_paths
from assistant.simulation.scenario import (
    Case,
    Cement,
    Crossing,
    Curve,
    Exposure,
    FaultKind,
    FieldShape,
    Geometry,
    Jump,
    Layout,
    Passing,
    Patient,
    PlanKnobs,
    Run,
    Screen,
    Shot,
    SourceFault,
    Theatre,
)

_CURVES: tuple[Curve, ...] = ("log", "gamma", "s")
_FIELDS: tuple[FieldShape, ...] = ("circle", "square", "octagon", "full")
_LAYOUTS: tuple[Layout, ...] = ("plain", "text", "panel")
_FAULTS: tuple[FaultKind, ...] = (
    "freeze",
    "xray_off",
    "no_signal",
    "blank",
    "wrong_input",
    "drops",
    "half_frame",
    "overexposed",
)
# Reyhani Yassavoly 2025: T12, L1 and L2 were 62 % of the treated levels.
_LEVELS = {
    "T6": 1,
    "T7": 2,
    "T8": 3,
    "T9": 2,
    "T10": 3,
    "T11": 6,
    "T12": 19,
    "L1": 24,
    "L2": 19,
    "L3": 11,
    "L4": 7,
    "L5": 3,
}
_SIZES = ((512, 512), (640, 512), (720, 576), (1024, 1024), (1280, 1024))


def random_case(rng: np.random.Generator, title: str) -> Case:
    """Draw a case.

    Parameters
    ----------
    rng : Generator
    title : str
        Kept in the case.
    """
    quality = float(rng.uniform())  # 0 = poor, 1 = good: dose, scatter and blur go together in one theatre
    duration_s = float(np.round(rng.uniform(20.0, 32.0), 1))
    levels = list(_LEVELS)
    level = str(rng.choice(levels, p=np.array([_LEVELS[k] for k in levels]) / sum(_LEVELS.values())))
    swings = rng.random() < 0.15
    start_s = 9.0 if swings else float(np.round(rng.uniform(2.5, 5.0), 2))
    width, height = _SIZES[rng.integers(len(_SIZES))]
    technical = rng.random() < 0.15
    # What came later has a stream of its own: the rest of a seed's case stays as it was.
    later = rng.spawn(1)[0]
    return Case(
        title=title,
        patient=Patient(level=level, fracture=_fracture(rng)),
        cement=_cement(rng, start_s),
        geometry=_geometry(rng, duration_s, swings=swings),
        exposure=_exposure(rng, quality),
        screen=_screen(rng, later),
        run=Run(
            duration_s=duration_s,
            fps=float(rng.choice([25.0, 30.0])),
            pulses_per_s=float(rng.choice([3.0, 4.0, 7.5, 8.0, 12.5, 15.0])),
            width_px=width,
            height_px=height,
            output="h264" if rng.random() < 0.25 else "ffv1",
            crf=int(rng.integers(14, 22)),
        ),
        theatre=_theatre(rng, later, duration_s),
        faults=_faults(rng, duration_s, start_s) if technical else (),
        plan=PlanKnobs(points=3 if rng.random() < 0.7 else 5),
    )


def _fracture(rng: np.random.Generator) -> str:
    kind = str(rng.choice(["", "wedge", "biconcave", "crush"], p=[0.3, 0.4, 0.2, 0.1]))
    return kind + str(rng.integers(1, 3)) if kind else ""


def _cement(rng: np.random.Generator, start_s: float) -> Cement:
    if rng.random() < 0.35:
        leak = "none"
    else:
        sites = [name for name in leak_paths.NAMES if name != "cannula_track"]
        weights = np.array([2.0 if "disc" in name or "posterior" in name else 1.0 for name in sites])
        leak = str(rng.choice(sites, p=weights / weights.sum()))
    near = rng.random() < 0.5
    return Cement(
        leak=leak,
        start_s=start_s,
        fill=float(np.round(rng.uniform(0.3, 0.62), 3)),
        reach=float(np.round(rng.uniform(0.1, 0.24), 3)) if near else None,
        gauge=str(rng.choice(["8G", "10G", "11G", "13G"])),
        pull_back_mm=float(rng.choice([0.0, 0.0, 3.0, 8.0])),
    )


def _geometry(rng: np.random.Generator, duration_s: float, *, swings: bool) -> Geometry:
    shots: tuple[Shot, ...] = (Shot(view="lateral", from_s=0.0),)
    if swings:
        shots += (
            Shot(view="ap", from_s=2.5),
            Shot(view="lateral", from_s=5.8),
            Shot(view="ap", from_s=round(0.6 * duration_s, 2)),
            Shot(view="lateral", from_s=round(0.75 * duration_s, 2)),
        )
    elif rng.random() < 0.12:
        shots = (Shot(view="ap", from_s=0.0),)
    return Geometry(
        shots=shots,
        swing_s=1.5,
        xray_while_swinging=bool(rng.random() < 0.5),
        lateral_error_deg=float(np.round(np.clip(rng.normal(0.0, 1.8), -6, 6), 2)),
        tilt_error_deg=float(np.round(np.clip(rng.normal(0.0, 1.5), -6, 6), 2)),
        source_body_mm=float(np.round(rng.uniform(640.0, 730.0), 1)),
        source_detector_mm=float(np.round(rng.uniform(960.0, 1080.0), 1)),
        field_mm=float(np.round(rng.uniform(140.0, 240.0), 1)),
        rotation_deg=float(rng.choice([0.0, 0.0, 90.0, 180.0, 270.0, np.round(rng.uniform(-25, 25), 1)])),
        mirrored=bool(rng.random() < 0.5),
        offset_mm=(float(np.round(rng.normal(0, 9), 1)), float(np.round(rng.normal(0, 9), 1))),
    )


def _exposure(rng: np.random.Generator, quality: float) -> Exposure:
    intensifier = rng.random() < 0.25
    return Exposure(
        tube_kv=float(np.round(rng.uniform(68.0, 96.0), 1)),
        dose_ngy=float(np.round(np.exp(np.log(15.0) + quality * np.log(110.0 / 15.0)), 1)),
        control_s=float(np.round(rng.uniform(0.4, 1.8), 2)),
        scatter_to_primary=float(np.round(2.2 - 1.6 * quality + rng.uniform(-0.2, 0.2), 2)),
        glare=float(np.round(rng.uniform(0.09, 0.16) if intensifier else rng.uniform(0.02, 0.06), 3)),
        focal_mm=float(np.round(rng.uniform(0.3, 0.9), 2)),
        detector_blur_mm=float(np.round(rng.uniform(0.24, 0.34) if intensifier else rng.uniform(0.13, 0.24), 3)),
        scaler_px=float(np.round(rng.uniform(0.3, 0.9), 2)),
        electronic_quanta=float(np.round(rng.uniform(1.0, 6.0), 1)),
        efficiency=float(np.round(rng.uniform(0.5, 0.72), 2)),
        lag=float(np.round(rng.uniform(0.01, 0.1), 3)),
        recursion=float(np.round(rng.uniform(0.25, 1.0), 2)),
    )


def _blade(rng: np.random.Generator) -> float:
    return float(np.round(rng.uniform(0, 0.16), 3))


def _screen(rng: np.random.Generator, later: np.random.Generator) -> Screen:
    blades = rng.random() < 0.25
    return Screen(
        curve=_CURVES[int(rng.choice(len(_CURVES)))],
        contrast=float(np.round(rng.uniform(0.75, 1.25), 2)),
        edge=float(np.round(rng.uniform(0.0, 1.2), 2)),
        local_contrast=float(np.round(rng.uniform(0.0, 0.55), 2)),
        bright_cement=bool(rng.random() < 0.2),
        field=_FIELDS[int(rng.choice(len(_FIELDS), p=[0.45, 0.25, 0.2, 0.1]))],
        blades=(_blade(rng), _blade(rng), _blade(rng), _blade(rng)) if blades else (0.0, 0.0, 0.0, 0.0),
        blades_move_at_s=float(np.round(rng.uniform(5, 15), 1)) if blades and rng.random() < 0.5 else -1.0,
        layout=_LAYOUTS[int(rng.choice(len(_LAYOUTS), p=[0.3, 0.5, 0.2]))],
        distortion=float(np.round(rng.uniform(0.0, 0.03), 3)) if rng.random() < 0.15 else 0.0,
        analogue_noise=float(np.round(rng.uniform(0.5, 2.0), 2)) if rng.random() < 0.25 else 0.0,
        interlaced=bool(rng.random() < 0.08),
        zoom=float(np.round(later.uniform(1.1, 1.4), 2)) if later.random() < 0.15 else 1.0,
    )


def _theatre(rng: np.random.Generator, later: np.random.Generator, duration_s: float) -> Theatre:
    jumps: tuple[Jump, ...] = ()
    if rng.random() < 0.2:
        shift = rng.normal(0.0, 1.0, 3) * [8.0, 0.0, 14.0]
        jumps = (
            Jump(
                at_s=float(np.round(rng.uniform(6.0, duration_s - 5.0), 2)),
                shift_mm=(float(np.round(shift[0], 2)), 0.0, float(np.round(shift[2], 2))),
                takes_s=float(np.round(rng.uniform(0.25, 0.8), 2)),
            ),
        )
    crossings: tuple[Crossing, ...] = ()
    if rng.random() < 0.12:
        what: Passing = "hand" if rng.random() < 0.5 else "instrument"
        crossings = (Crossing(what=what, at_s=float(np.round(rng.uniform(5, duration_s - 4), 1))),)
    return Theatre(
        breathing_spine_mm=float(np.round(rng.uniform(0.0, 2.5), 2)),
        breathing_ribs_mm=float(np.round(rng.uniform(2.0, 9.0), 1)),
        breaths_per_min=float(np.round(rng.uniform(9.0, 22.0), 1)),
        drift_mm_per_min=float(np.round(rng.uniform(0.0, 3.0), 2)),
        rotation_deg=float(np.round(rng.uniform(0.0, 0.8), 2)),
        jumps=jumps,
        crossings=crossings,
        beats_per_min=float(np.round(later.uniform(52.0, 105.0), 1)),
        old_cement=bool(rng.random() < 0.12),
        screws=bool(rng.random() < 0.08),
    )


def _faults(rng: np.random.Generator, duration_s: float, start_s: float) -> tuple[SourceFault, ...]:
    begin = start_s + 2.0
    found = []
    for drawn in rng.choice(len(_FAULTS), size=2, replace=False):
        at = float(np.round(rng.uniform(begin, begin + 0.3 * duration_s), 2))
        length = float(np.round(rng.uniform(1.5, 4.0), 2))
        if at + length > duration_s - 1.5:
            break
        found.append(SourceFault(kind=_FAULTS[int(drawn)], from_s=at, to_s=round(at + length, 2)))
        begin = at + length + 1.0
    return tuple(found)
