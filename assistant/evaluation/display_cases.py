"""What consoles and lines make of a run: the cases of the groups of `acquisition_set` that film without a pause.

The runs of one number show one patient: "as it is" beside each act of the console and each display chain.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import msgspec
import numpy as np

from assistant.simulation.scenario import Case, FaultKind, Run, Screen, Shot, SourceFault

START_S, DURATION_S = 3.0, 14.0
_ACT_FROM_S, _ACT_TO_S = 7.0, 11.0
_FPS, _PULSES_PER_S = 15.0, 7.5
_SIDE_PX = 384
_TORN_EVERY_S = 1.2
BODY_MM = 14.0
"""Blades that close stand so far round the body."""
_LEVELS = ("L1", "T12", "L3", "T10", "L2", "T8", "L4", "T11")
_LEAKS = (
    *("superior_disc_spike", "none", "posterior_cortical", "inferior_disc_round", "none", "anterior"),
    *("superior_disc_round", "posterior_basivertebral"),
)
change = msgspec.structs.replace


def as_it_is(case: Case, number: int) -> Case:
    """A film of 14 s of a digital C-arm, lossless; table, hands and faults left out."""
    return change(
        case,
        patient=change(case.patient, level=_LEVELS[number % len(_LEVELS)]),
        cement=change(
            case.cement, leak=_LEAKS[number % len(_LEAKS)], start_s=START_S, duration_s=None, pull_back_mm=0.0
        ),
        geometry=change(case.geometry, shots=(Shot(view="lateral", from_s=0.0),)),
        exposure=change(case.exposure, glare=0.04, detector_blur_mm=0.19, dose_ngy=max(case.exposure.dose_ngy, 30.0)),
        screen=change(
            case.screen,
            blades=(0.0, 0.0, 0.0, 0.0),
            blades_move_at_s=-1.0,
            layout="text",
            distortion=0.0,
            analogue_noise=0.0,
            interlaced=False,
            zoom=1.0,
        ),
        run=Run(duration_s=DURATION_S, fps=_FPS, pulses_per_s=_PULSES_PER_S, width_px=_SIDE_PX, height_px=_SIDE_PX),
        theatre=change(
            case.theatre,
            jumps=(),
            crossings=(),
            drift_mm_per_min=min(case.theatre.drift_mm_per_min, 1.0),
            rotation_deg=0.0 if number % 2 else case.theatre.rotation_deg,
        ),
        faults=(),
    )


def _act(kind: FaultKind, from_s: float = _ACT_FROM_S, to_s: float = _ACT_TO_S) -> Callable[[Case, int], Case]:
    def made(case: Case, number: int) -> Case:
        return change(as_it_is(case, number), faults=(SourceFault(kind=kind, from_s=from_s, to_s=to_s),))

    return made


def _torn(case: Case, number: int) -> Case:
    times_s = np.arange(START_S, DURATION_S - 0.5, _TORN_EVERY_S).tolist()
    torn = tuple(SourceFault(kind="half_frame", from_s=t, to_s=t + 1.0 / _FPS) for t in times_s)
    return change(as_it_is(case, number), faults=torn)


def _blades(case: Case, number: int) -> Case:
    usual = as_it_is(case, number)
    screen = change(usual.screen, blades_round_body_mm=BODY_MM, blades_move_at_s=START_S + 2.0)
    return change(usual, screen=screen)


def _marked(case: Case, number: int) -> Case:
    usual = as_it_is(case, number)
    return change(usual, plan=change(usual.plan, error_mm=1.0))


def _intensifier(case: Case, number: int) -> Case:
    usual = as_it_is(case, number)
    exposure = change(usual.exposure, glare=0.14, detector_blur_mm=0.3, lag=0.08, recursion=0.3)
    return change(usual, exposure=exposure, screen=change(usual.screen, distortion=0.02, field="circle"))


def _analogue(case: Case, number: int) -> Case:
    usual = as_it_is(case, number)
    run = change(usual.run, output="mjpeg")
    return change(usual, screen=change(usual.screen, analogue_noise=2.0, interlaced=True), run=run)


def _poor_stream(case: Case, number: int) -> Case:
    usual = as_it_is(case, number)
    return change(usual, run=change(usual.run, output="h264", crf=34))


def _sharpened(case: Case, number: int) -> Case:
    usual = as_it_is(case, number)
    return change(usual, screen=change(usual.screen, edge=1.2, local_contrast=0.55, curve="gamma", contrast=1.25))


def _low_dose(case: Case, number: int) -> Case:
    usual = as_it_is(case, number)
    return change(usual, exposure=change(usual.exposure, dose_ngy=15.0, scatter_to_primary=2.2, recursion=0.3))


def _panel(case: Case, number: int) -> Case:
    usual = as_it_is(case, number)
    screen: Screen = change(usual.screen, layout="panel", bright_cement=True, curve="log")
    return change(usual, screen=screen, run=change(usual.run, width_px=512))


ACTS: Final[dict[str, Callable[[Case, int], Case]]] = {
    "as it is": as_it_is,
    "mirrored": _act("flipped"),
    "zoomed": _act("enlarged"),
    "zoomed out": _act("rescaled"),
    "replay": _act("replay"),
    "blades": _blades,
    "flicker": _act("flicker", 0.0, DURATION_S),
    "pointer": _act("pointer", 0.0, DURATION_S),
    "torn": _torn,
    "marked with 1 mm": _marked,
}
"""What the console does, or the reader's hand, in the middle of a run or all along."""
CHAINS: Final[dict[str, Callable[[Case, int], Case]]] = {
    "intensifier": _intensifier,
    "analogue line": _analogue,
    "poor stream": _poor_stream,
    "sharpened": _sharpened,
    "low dose": _low_dose,
    "inverted panel": _panel,
}
"""Six display chains."""
