"""The starter course: 28 simulated cases, easy first, made on this computer when training is first opened.

A case is a line of knobs and a seed, not a recording: the same line gives the same pictures everywhere. Every leak
site, runs in which nothing is reached, and technical traps are among them; the tests check that.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

import msgspec

from assistant.simulation.scenario import Case

NAME: Final = "starter"
_DURATION_S: Final = 12.0


@dataclass(frozen=True, slots=True, kw_only=True)
class CourseCase:
    """One line of the course.

    Attributes
    ----------
    place : int
        From 1; place 0 is the demonstration run that comes with the program.
    difficulty : int
        1 to 3.
    seed : int
    leak : str
        As `assistant.simulation.cement.leak_paths` names it.
    about : str
        For the instructor; a trainee never reads it.
    knobs : dict
        Tables of the case that differ from the course's own.
    """

    place: int
    difficulty: int
    seed: int
    leak: str
    about: str
    knobs: dict[str, dict[str, Any]]


def _line(place: int, difficulty: int, seed: int, leak: str, about: str, **knobs: dict[str, Any]) -> CourseCase:
    return CourseCase(place=place, difficulty=difficulty, seed=seed, leak=leak, about=about, knobs=knobs)


_NEAR: Final = {"reach": 0.12}
_NOISY: Final = {"dose_ngy": 16.0, "scatter_to_primary": 1.9}
_AP: Final = {"shots": [{"view": "ap", "from_s": 0.0}]}
_MOVING: Final = {"breathing_spine_mm": 2.2, "drift_mm_per_min": 2.5, "rotation_deg": 0.7}


def _to_oblique(from_s: float) -> dict[str, Any]:
    return {
        "shots": [{"view": "lateral", "from_s": 0.0}, {"view": "oblique", "from_s": from_s}],
        "swing_s": 1.0,
        "oblique_deg": 35.0,
    }


def _to_ap(from_s: float) -> dict[str, Any]:
    return {"shots": [{"view": "lateral", "from_s": 0.0}, {"view": "ap", "from_s": from_s}], "swing_s": 1.0}


CASES: Final[tuple[CourseCase, ...]] = (
    _line(1, 1, 11, "none", "quiet filling, nothing reached", cement={"fill": 0.3}),
    _line(2, 1, 12, "none", "towards the posterior wall", cement=_NEAR),
    _line(3, 1, 13, "superior_disc_spike", "spike into the upper disc"),
    _line(4, 1, 14, "anterior", "out at the front", patient={"level": "L2"}),
    _line(5, 1, 15, "none", "quiet filling of a wedge", cement={"fill": 0.32}, patient={"fracture": "wedge1"}),
    _line(6, 1, 16, "inferior_disc_round", "round leak into the lower disc", patient={"level": "L3"}),
    _line(7, 1, 17, "none", "the picture hangs", faults={"kind": "freeze", "from_s": 4.5, "to_s": 9.0}),
    _line(8, 1, 18, "posterior_cortical", "into the canal through a gap", patient={"level": "T12"}),
    _line(9, 2, 19, "lateral_left", "out at the side, AP", geometry=_AP),
    _line(10, 2, 20, "none", "full, and still inside", cement={"fill": 0.36}, patient={"level": "L4"}),
    _line(11, 2, 21, "superior_disc_round", "round leak into the upper disc", patient={"fracture": "wedge2"}),
    _line(12, 2, 22, "none", "towards the wall while breathing", cement=_NEAR, theatre=_MOVING),
    _line(13, 2, 23, "posterior_basivertebral", "through the basivertebral vein", patient={"level": "L2"}),
    _line(14, 2, 24, "none", "the C-arm stands oblique", geometry=_to_oblique(5.0), cement={"fill": 0.34}),
    _line(15, 2, 25, "inferior_disc_spike", "spike into the lower disc", patient={"fracture": "biconcave1"}),
    _line(16, 2, 26, "vein_anterior", "through a vein at the front"),
    _line(17, 2, 27, "none", "thoracic, nothing reached", patient={"level": "T11"}, cement={"fill": 0.3}),
    _line(18, 2, 28, "none", "X-ray off while cement runs", faults={"kind": "xray_off", "from_s": 4.5, "to_s": 9.0}),
    _line(19, 2, 29, "lateral_right", "out at the other side, AP", geometry=_AP, patient={"level": "L3"}),
    _line(20, 3, 30, "none", "towards the wall in noise", cement=_NEAR, exposure=_NOISY),
    _line(21, 3, 31, "superior_disc_between", "neither spike nor round", patient={"level": "L2"}),
    _line(22, 3, 32, "none", "nothing reached, in noise and motion", exposure=_NOISY, theatre=_MOVING),
    _line(23, 3, 33, "inferior_disc_between", "neither spike nor round, below", exposure=_NOISY),
    _line(24, 3, 34, "none", "swung to AP without a word", geometry=_to_ap(5.5), cement={"fill": 0.34}),
    _line(25, 3, 35, "anterior", "out at the front, in noise", exposure=_NOISY, patient={"level": "T10"}),
    _line(26, 3, 36, "none", "no signal", faults={"kind": "no_signal", "from_s": 5.0, "to_s": 8.5}),
    _line(27, 3, 37, "posterior_basivertebral", "vein into the canal, in noise", exposure=_NOISY),
    _line(28, 3, 38, "none", "old cement beside the new", theatre={"old_cement": True}, cement={"fill": 0.3}),
)


def case_of(line: CourseCase) -> Case:
    """The simulator's case of a line of the course."""
    faults = [line.knobs["faults"]] if "faults" in line.knobs else []
    base: dict[str, dict[str, Any]] = {
        "patient": {"level": "L1"},
        "cement": {"leak": line.leak, "start_s": 1.5, "duration_s": 10.0},
        "run": {
            "duration_s": _DURATION_S,
            "fps": 15.0,
            "pulses_per_s": 5.0,
            "width_px": 512,
            "height_px": 512,
            "output": "h264",
            "crf": 14,
        },
        "screen": {"layout": "plain"},
        "geometry": {"field_mm": 170.0},
    }
    document: dict[str, Any] = {"title": f"Training case {line.place}", "faults": faults}
    for table in {*base, *line.knobs} - {"faults"}:
        document[table] = {**base.get(table, {}), **line.knobs.get(table, {})}
    return msgspec.convert(document, Case)
