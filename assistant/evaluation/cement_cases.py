"""What makes cement hard to see, and what is taken for it: cases of groups of `acquisition_set`.

Small pictures, each of them new, so that many runs are analysed in an hour. Time runs faster than in a theatre, but in
the two slow groups. Ten runs are a group: four leak to the back, four into a disc, one does not leak and one fills the
body to its walls.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import msgspec
import numpy as np

from assistant.simulation.scenario import (
    CannulaMove,
    Case,
    Cement,
    Crossing,
    Instrument,
    Passing,
    Pedal,
    Run,
    Shot,
    Tool,
)
from assistant.system.plain import json_line

_SIDE_PX, _PICTURES = 320, 160
_PULSES = (4.0, 7.5, 3.0, 2.0)
_START, _LASTS = 0.22, 0.7
"""Shares of a run: when the cement begins, and for how long it flows."""
_FILLS = "fills"
_LEAKS = (
    *("posterior_cortical", "superior_disc_spike", "posterior_basivertebral", "inferior_disc_round", "none"),
    *("posterior_cortical", "inferior_disc_spike", "posterior_cortical", "superior_disc_round", _FILLS),
)
"""Most leaks through the basivertebral foramen stay hidden behind the concave wall: one of four is enough."""
_LEVELS = ("L1", "T12", "L2", "T11", "L3", "T10", "L4", "T9", "L5", "T8")
_G_PER_CM3 = 0.83
"""Of opacifier in the cement, for a powder that is all opacifier: 30 % come to 0.25 g/cm³."""
_FAINT_BARIUM_G_PER_CM3 = 0.1085
"""2,800 HU over marrow at 60 keV; today's cements: 4,500 to 6,500 (0.18 to 0.26 g/cm³)."""
_POWDERS: Final = (
    *((0.08, 0.0), (0.0, 0.12), (0.20, 0.0), (0.0, 0.30), (0.45, 0.0)),
    *((0.0, 0.08), (0.12, 0.0), (0.0, 0.20), (0.30, 0.0), (0.0, 0.45)),
)
"""Shares of barium sulphate and of zirconium dioxide in the powder."""
change = msgspec.structs.replace
Made = Callable[[Case, int], Case]


def _drawn(case: Case, what: str) -> np.random.Generator:
    """What is drawn beyond the case: the same for the same case."""
    return np.random.default_rng([*what.encode(), *json_line(case)[:-1]])


def usual_cement(case: Case, number: int) -> Case:
    """Cement of today's opacity in a quiet theatre, X-ray on, each frame a new picture."""
    rng = _drawn(case, "usual_cement")
    pulses = _PULSES[number % len(_PULSES)]
    length_s = round(_PICTURES / pulses, 2)
    leak = _LEAKS[number % len(_LEAKS)]
    cement: Cement = change(
        case.cement,
        leak="none" if leak == _FILLS else leak,
        start_s=round(_START * length_s, 2),
        duration_s=round(_LASTS * length_s, 2),
        fill=0.62 if leak == _FILLS else max(case.cement.fill, 0.4),
        margin_mm=0.4 if leak == _FILLS else 1.5,
        reach=None if leak in ("none", _FILLS) else case.cement.reach,
        barium_g_per_cm3=round(float(rng.uniform(0.18, 0.26)), 3),
    )
    return change(
        case,
        patient=change(case.patient, level=_LEVELS[number % len(_LEVELS)]),
        cement=cement,
        geometry=change(
            case.geometry,
            shots=(Shot(view="lateral", from_s=0.0),),
            field_mm=round(float(rng.uniform(120.0, 160.0)), 1),
            offset_mm=(0.0, 0.0),
        ),
        exposure=change(case.exposure, dose_ngy=max(case.exposure.dose_ngy, 30.0)),
        screen=change(
            case.screen, zoom=1.0, blades_move_at_s=-1.0, interlaced=False, analogue_noise=0.0, distortion=0.0
        ),
        run=Run(
            duration_s=length_s,
            fps=pulses,
            pulses_per_s=pulses,
            width_px=_SIDE_PX,
            height_px=_SIDE_PX,
            output="ffv1",
        ),
        theatre=change(case.theatre, jumps=(), crossings=()),
        faults=(),
    )


def _at(case: Case, share: float) -> float:
    """Seconds into the injection, as a share of it."""
    return round(case.cement.start_s + share * (case.cement.duration_s or 0.0), 2)


def _slow(case: Case, number: int) -> Case:
    """The theatre's tempo: 4 to 5 minutes of injecting, slower towards its end, one or two pulses a second."""
    usual, rng = usual_cement(case, number), _drawn(case, "slow")
    injecting_s = round(float(rng.uniform(240.0, 300.0)))
    pulses = 1.0 if number % 2 else 2.0
    run = change(usual.run, duration_s=injecting_s + 25.0, fps=pulses, pulses_per_s=pulses)
    cement = change(usual.cement, start_s=15.0, duration_s=float(injecting_s), slows=0.3, thickens=0.4)
    theatre = change(usual.theatre, drift_mm_per_min=min(usual.theatre.drift_mm_per_min, 0.5))
    return change(usual, run=run, cement=cement, theatre=theatre)


def _slow_shots(case: Case, number: int) -> Case:
    """The same in single shots, one every 4 to 9 s; a third begins with a look of 2 s."""
    usual, rng = _slow(case, number), _drawn(case, "slow_shots")
    pedal = Pedal(
        off_s=(4.0, 9.0),
        first_s=2.0 if number % 3 == 0 else 0.0,
        rest_mm=round(float(rng.uniform(0.2, 1.0)), 2),
        push_share=0.1,
        push_mm=8.0,
        start_off=round(float(rng.uniform(0.03, 0.15)), 3),
    )
    run = change(usual.run, fps=2.0, pulses_per_s=2.0, duration_s=usual.run.duration_s + 15.0)
    return change(usual, run=run, pedal=pedal, cement=change(usual.cement, start_s=30.0))


def _second_cannula(case: Case, number: int) -> Case:
    """The second cannula comes when half of the cement is in (or before it), in three of ten runs it goes again."""
    usual, rng = usual_cement(case, number), _drawn(case, "second_cannula")
    later = number % 5 < 4
    at_s = _at(usual, float(rng.uniform(0.3, 0.5))) if later else round(0.5 * usual.cement.start_s, 2)
    tool = Tool(
        what="cannula",
        at_s=at_s,
        takes_s=round(float(rng.uniform(0.05, 0.15)) * usual.run.duration_s, 2),
        out_at_s=_at(usual, 0.8) if number % 10 in (1, 4, 8) else -1.0,
        above_mm=round(float(rng.uniform(-3.0, 4.0)), 1),
        turned_deg=round(float(rng.uniform(0.5, 2.5)), 2),
    )
    both = "bilateral" if number % 2 and tool.out_at_s < 0 else ("left", "right")[number // 2 % 2]
    return change(
        usual, cement=change(usual.cement, access=both), theatre=change(usual.theatre, tools=(tool,), levered_deg=0.3)
    )


def _through_cannula(case: Case, number: int) -> Case:
    """Guide pin, drill or bone tamp past the cannula's tip before the cement, and a rod that follows it into it."""
    usual = usual_cement(case, number)
    whats: tuple[Instrument, ...] = ("guide_pin", "drill", "bone_tamp")
    start_s, length_s = usual.cement.start_s, usual.run.duration_s
    before = Tool(
        what=whats[number % 3],
        pedicle="own",
        at_s=round(0.45 * start_s, 2),
        takes_s=round(0.12 * start_s, 2),
        out_at_s=round(0.8 * start_s, 2),
        beyond_mm=6.0 + 2.0 * (number % 4),
    )
    after = Tool(
        what="bone_tamp" if number % 2 else "guide_pin",
        pedicle="own",
        at_s=_at(usual, 0.4),
        takes_s=round(0.04 * length_s, 2),
        out_at_s=_at(usual, 0.6),
        beyond_mm=2.0 + 3.0 * (number % 3),
    )
    return change(usual, theatre=change(usual.theatre, tools=(before, after)))


def _moved_cannula(case: Case, number: int) -> Case:
    """The cannula is levered, drawn back, turned and pushed on while cement flows; one run leaks along its track."""
    usual, rng = usual_cement(case, number), _drawn(case, "moved_cannula")
    takes_s = round(0.04 * usual.run.duration_s, 2)
    moves = (
        CannulaMove(at_s=_at(usual, 0.25), takes_s=takes_s, back_mm=round(float(rng.uniform(3.0, 8.0)), 1)),
        CannulaMove(at_s=_at(usual, 0.5), takes_s=takes_s, turn_deg=round(float(rng.uniform(-4.0, 4.0)), 1)),
        CannulaMove(at_s=_at(usual, 0.7), takes_s=takes_s, back_mm=-round(float(rng.uniform(2.0, 6.0)), 1)),
    )
    levered_deg = round(float(rng.uniform(0.5, 1.5)), 2) if number % 2 else 0.0
    leak = "cannula_track" if usual.cement.leak == "none" and number % 10 == 4 else usual.cement.leak
    return change(
        usual,
        cement=change(usual.cement, leak=leak, pull_back_mm=0.0),
        theatre=change(usual.theatre, cannula_moves=moves, levered_deg=levered_deg),
    )


def _hands(case: Case, number: int) -> Case:
    """A hand, a clamp or a hammer in the beam, once before the cement and twice while it flows."""
    usual = usual_cement(case, number)
    takes_s = round(0.14 * usual.run.duration_s, 2)
    whats: tuple[Passing, ...] = ("hand", "instrument", "hammer")
    times_s = (round(0.3 * usual.cement.start_s, 2), _at(usual, 0.15), _at(usual, 0.55))
    crossings = tuple(
        Crossing(what=whats[(number + k) % 3], at_s=at_s, takes_s=takes_s) for k, at_s in enumerate(times_s)
    )
    return change(usual, theatre=change(usual.theatre, crossings=crossings))


def _balloon(case: Case, number: int) -> Case:
    """A balloon with contrast swells and is emptied before the cement comes into its place."""
    usual, rng = usual_cement(case, number), _drawn(case, "balloon")
    length_s = usual.run.duration_s
    start_s = round(0.42 * length_s, 2)
    cement = change(usual.cement, start_s=start_s, duration_s=round(0.52 * length_s, 2))
    theatre = change(
        usual.theatre,
        balloon_from_s=round(0.1 * length_s, 2),
        balloon_to_s=round(0.36 * length_s, 2),
        balloon_size=round(float(rng.uniform(0.7, 1.1)), 2),
        balloon_iodine_g_per_cm3=round(float(rng.uniform(0.1, 0.3)), 2),
    )
    return change(usual, cement=cement, theatre=theatre)


def _both_plans(case: Case, number: int) -> Case:
    """Lateral and AP, both with lines, seen before the cement and in turn while it flows; X-ray on in half of them."""
    usual = usual_cement(case, number)
    length_s = 1.5 * usual.run.duration_s
    start_s = round(0.28 * length_s, 2)
    shots = (
        Shot(view="lateral", from_s=0.0),
        Shot(view="ap", from_s=round(0.09 * length_s, 2)),
        Shot(view="lateral", from_s=round(0.18 * length_s, 2)),
        Shot(view="ap", from_s=round(0.48 * length_s, 2)),
        Shot(view="lateral", from_s=round(0.62 * length_s, 2)),
    )
    geometry = change(usual.geometry, shots=shots, swing_s=1.5, xray_while_swinging=bool(number % 2))
    cement = change(usual.cement, start_s=start_s, duration_s=round(0.68 * length_s, 2))
    return change(usual, geometry=geometry, cement=cement, run=change(usual.run, duration_s=round(length_s, 2)))


def _faint(case: Case, number: int) -> Case:
    """Cement of 2,800 HU."""
    usual = usual_cement(case, number)
    return change(usual, cement=change(usual.cement, barium_g_per_cm3=_FAINT_BARIUM_G_PER_CM3))


def _thin_and_faint(case: Case, number: int) -> Case:
    """The same in thin bone of T12 and L3."""
    faint = _faint(case, number)
    level = ("T12", "L3")[number % 2]
    return change(faint, patient=change(faint.patient, level=level, spongy=0.5, cortex=0.6, endplate=0.6))


def _low_dose(case: Case, number: int) -> Case:
    """6 to 14 nGy a pulse, much scatter."""
    usual, rng = usual_cement(case, number), _drawn(case, "low_dose")
    dose_ngy = round(float(np.exp(rng.uniform(np.log(6.0), np.log(14.0)))), 1)
    return change(usual, exposure=change(usual.exposure, dose_ngy=dose_ngy, scatter_to_primary=1.8))


def _opacity(case: Case, number: int) -> Case:
    """8 to 45 % of the powder barium sulphate or zirconium dioxide."""
    usual = usual_cement(case, number)
    barium, zirconia = _POWDERS[number % len(_POWDERS)]
    return change(
        usual,
        cement=change(
            usual.cement,
            barium_g_per_cm3=round(_G_PER_CM3 * barium, 4),
            zirconia_g_per_cm3=round(_G_PER_CM3 * zirconia, 4),
        ),
    )


CEMENT: Final[dict[str, Made]] = {
    "usual cement": usual_cement,
    "slow film": _slow,
    "slow single shots": _slow_shots,
    "second cannula": _second_cannula,
    "through the cannula": _through_cannula,
    "cannula moved": _moved_cannula,
    "hand and hammer": _hands,
    "balloon": _balloon,
    "both plans": _both_plans,
    "faint cement": _faint,
    "thin bone and faint": _thin_and_faint,
    "low dose cement": _low_dose,
    "opacity": _opacity,
}
"""What is asked of the cement step alone."""
