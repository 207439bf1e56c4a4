"""A case of the synthetic fluoroscope as a small readable file (TOML): each knob has a default and a unit."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Literal

import msgspec

from assistant.errors import UsageError
from assistant.system.plain import json_text, plain

CASES = Path(__file__).with_name("cases")


View = Literal["lateral", "ap", "oblique"]
Curve = Literal["log", "gamma", "s"]
FieldShape = Literal["circle", "square", "octagon", "full"]
Layout = Literal["plain", "text", "panel"]
Passing = Literal["hand", "instrument", "hammer"]
Instrument = Literal["cannula", "guide_pin", "drill", "bone_tamp"]
Pedicle = Literal["own", "other"]
FaultKind = Literal[
    "freeze",
    "no_signal",
    "blank",
    "wrong_input",
    "drops",
    "half_frame",
    "xray_off",
    "rescaled",
    "enlarged",
    "flipped",
    "inverted",
    "turned",
    "roadmap",
    "overexposed",
    "replay",
    "flicker",
    "pointer",
]


class _Part(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One table of the file."""


class Patient(_Part, frozen=True):
    """Whose spine."""

    identity: str = ""
    """What `anatomy.build` knows the patient by; empty: procedural, from ``level``, ``fracture`` and the seed."""
    folder: str = ""
    """Folder with real anatomy (CT, meshes), for identities that need one."""
    level: str = "L1"
    fracture: str = ""
    """"" (unbroken), or wedge, biconcave, crush with Genant grade 1 to 3, such as "wedge2"."""
    spongy: float = 1.0
    """Of a procedural patient: share of the drawn density of spongy bone."""
    cortex: float = 1.0
    """Share of the drawn thickness of walls, pedicles and processes."""
    endplate: float = 1.0
    """Share of the drawn thickness of the endplates ..."""
    endplate_soft_mm: float = 0.0
    """... whose edges are spread over so much."""
    disc_height: float = 1.0
    """Share of the drawn height of the discs."""


class Cement(_Part, frozen=True):
    """The injection; what is left out is drawn by `cement_flow.inject`, whose words these are."""

    leak: str = "none"
    start_s: float = 4.0
    """Frame time at which the plunger starts."""
    duration_s: float | None = None
    """Injecting time without pauses; left out: to 2 s before the end of the run (faster than in a theatre)."""
    total_ml: float | None = None
    """Left out: the share ``fill`` of what the body holds inside its margins."""
    fill: float = 0.5
    leak_ml: float | None = None
    onset_ml: float | None = None
    """The leak does not start before this volume."""
    style: str | None = None
    access: str | None = None
    gauge: str = "11G"
    reach: float | None = None
    """How near the posterior wall cement comes, share of the depth that stays free (0.15: past the warning line)."""
    margin_mm: float = 1.5
    """What stays free inside the other walls."""
    pauses: tuple[tuple[float, float], ...] = ()
    """(at millilitres, seconds) each."""
    barium_g_per_cm3: float | None = None
    """Barium sulphate; left out: drawn, or none where there is zirconium dioxide."""
    zirconia_g_per_cm3: float = 0.0
    """Zirconium dioxide, as some cements have it in place of barium sulphate."""
    thickens: float = 0.0
    """Setting: share of the bone's unevenness that no longer matters to the front at the end (1: an even front)."""
    slows: float = 0.0
    """Share of its first rate by which the injection has slowed at the end."""
    pull_back_mm: float = 0.0
    """Cannula pulled back by so much during the last third of the injection."""


class Shot(_Part, frozen=True):
    """What the C-arm looks at from a time on."""

    view: View
    from_s: float
    """The swing towards this view starts here (the first entry starts at 0 and needs none)."""


class Geometry(_Part, frozen=True):
    """Where the C-arm stands."""

    shots: tuple[Shot, ...] = (Shot(view="lateral", from_s=0.0),)
    swing_s: float = 2.5
    xray_while_swinging: bool = True
    lateral_error_deg: float = 0.0
    """Orbit error against the true lateral (and AP)."""
    tilt_error_deg: float = 0.0
    oblique_deg: float = 30.0
    source_detector_mm: float = 1000.0
    source_body_mm: float = 690.0
    field_mm: float = 200.0
    """Width of the shown picture on the detector."""
    rotation_deg: float = 0.0
    mirrored: bool = False
    offset_mm: tuple[float, float] = (0.0, 0.0)
    """Where the body's centre stands from the picture's, mm on the detector, (right, down)."""


class Exposure(_Part, frozen=True):
    """Beam and detector."""

    tube_kv: float = 78.0
    dose_ngy: float = 45.0
    """Detector dose a pulse that the brightness control aims for."""
    dose_limit: float = 2.2
    """The control can raise the first picture's output at most by this factor."""
    control_s: float = 0.8
    """Time constant of the brightness control; 0 switches it off."""
    scatter_to_primary: float = 1.0
    """Behind the grid, in the picture's middle."""
    glare: float = 0.04
    """Share of the light that veils the picture (0.1 and more: image intensifier)."""
    focal_mm: float = 0.5
    detector_blur_mm: float = 0.19
    """Standard deviation of the detector's spread."""
    scaler_px: float = 0.5
    """Standard deviation, in source pixels, of the smoothing by the console's and the grabber's scaling."""
    electronic_quanta: float = 3.0
    """Electronic noise of a source pixel in quanta, standard deviation."""
    efficiency: float = 0.65
    lag: float = 0.03
    """Share of the last picture that stays in the detector."""
    recursion: float = 0.45
    """Weight of the new picture in the console's recursive filter (1: none)."""


class Screen(_Part, frozen=True):
    """What the console makes of it."""

    curve: Curve = "s"
    contrast: float = 1.0
    edge: float = 0.5
    """Edge enhancement: gain of the fine detail."""
    edge_mm: float = 0.5
    local_contrast: float = 0.35
    """Share of the coarse brightness that is taken out."""
    bright_cement: bool = False
    """Inverted polarity."""
    field: FieldShape = "circle"
    field_share: float = 0.96
    blades: tuple[float, float, float, float] = (0.0, 0.0, 0.0, 0.0)
    """Collimator blades in from left, right, top, bottom, shares of the picture."""
    blades_move_at_s: float = -1.0
    """From here the blades close in over 2 s; negative: they stand from the start."""
    blades_round_body_mm: float = 0.0
    """The blades stand so far round the treated body, mm in its plane, in place of ``blades``; 0: they do not."""
    layout: Layout = "text"
    distortion: float = 0.0
    """Image intensifier: pincushion at the picture's edge, share of the radius."""
    zoom: float = 1.0
    """Digital zoom: the console enlarges the picture's middle by this, grain and all."""
    analogue_noise: float = 0.0
    """Noise of the video line, grey values; also on repeated pictures."""
    interlaced: bool = False


class Run(_Part, frozen=True):
    """The stored run."""

    duration_s: float = 20.0
    fps: float = 25.0
    pulses_per_s: float = 7.5
    width_px: int = 640
    height_px: int = 512
    output: Literal["ffv1", "h264", "mjpeg", "huffyuv", "png", "tiff", "dicom"] = "ffv1"
    crf: int = 17
    kbit_per_s: float = 0.0
    """Of h264: a stream of this rate, in place of the quality ``crf``; 0: no such."""


class Jump(_Part, frozen=True):
    """A push of the table."""

    at_s: float
    shift_mm: tuple[float, float, float]
    takes_s: float = 0.4


class Turn(_Part, frozen=True):
    """The patient turns on the table: out of the picture's plane, about the treated body's middle."""

    at_s: float
    takes_s: float = 2.0
    roll_deg: float = 0.0
    """About the patient's long axis: the walls move against the pedicles."""
    tilt_deg: float = 0.0
    """About the picture's horizontal: the endplates open or close."""


class Tool(_Part, frozen=True):
    """Steel that is pushed in along a pedicle and, if asked, drawn out again."""

    what: Instrument
    at_s: float
    """It begins to be pushed in."""
    takes_s: float = 2.0
    """In, and out again, each."""
    out_at_s: float = -1.0
    """It begins to be drawn out; negative: it stays."""
    pedicle: Pedicle = "other"
    """Through the (first) injecting cannula, or through the other pedicle. A ``cannula`` through the other pedicle is
    the second one of an injection through both: it is not there from the start then."""
    beyond_mm: float = 0.0
    """How far its tip comes past the injecting cannula's tip (or past where the other's would stand)."""
    above_mm: float = 0.0
    """How much nearer to the head than the injecting cannula's tip that place is, through the other pedicle."""
    from_mm: float = 45.0
    """How far behind that it begins."""
    turned_deg: float = 0.0
    """How far it swings to and fro about the pedicle while it is moved, at most."""


class CannulaMove(_Part, frozen=True):
    """The injecting cannula is moved along itself and turned about the pedicle, and stays so."""

    at_s: float
    takes_s: float = 1.0
    back_mm: float = 0.0
    """Negative: forward."""
    turn_deg: float = 0.0


class Crossing(_Part, frozen=True):
    """Something passes through the beam."""

    what: Passing
    at_s: float
    takes_s: float = 3.0


class Theatre(_Part, frozen=True):
    """What moves and what stands about."""

    breathing_spine_mm: float = 0.8
    breathing_ribs_mm: float = 5.0
    breaths_per_min: float = 14.0
    beats_per_min: float = 72.0
    """The heart moves the lung's border beside it; seen at thoracic levels alone."""
    drift_mm_per_min: float = 0.5
    rotation_deg: float = 0.3
    """Amplitude of the slow small rotation in the picture."""
    jumps: tuple[Jump, ...] = ()
    crossings: tuple[Crossing, ...] = ()
    turns: tuple[Turn, ...] = ()
    """Each turns on from where the one before left off."""
    balloon_from_s: float = -1.0
    balloon_to_s: float = -1.0
    """A contrast-filled balloon swells, stands and is emptied between these; negative: none."""
    balloon_size: float = 1.0
    """Share of its usual radii (17 by 14 mm, 0.72 of the body's height)."""
    balloon_iodine_g_per_cm3: float = 0.15
    """Contrast medium of 300 mg/ml, one to one with saline."""
    old_cement: bool = False
    screws: bool = False
    levered_deg: float = 0.0
    """The cannula is levered about the pedicle from a second before the cement: standard deviation of its turn."""
    cannula_moves: tuple[CannulaMove, ...] = ()
    """Each goes on from where the one before left off."""
    tools: tuple[Tool, ...] = ()
    """Steel that comes and goes; where it meets cement both are in the beam."""


class Pedal(_Part, frozen=True):
    """How X-ray is asked for: all the time, or in exposures with pauses in which the last picture is held.

    Breathing, heart, drift and cement go on in a pause; lag and recursive filter begin anew after it.
    """

    on_s: tuple[float, float] = (0.0, 0.0)
    """Length of an exposure, drawn between these; 0: a single shot, one picture."""
    off_s: tuple[float, float] = (0.0, 0.0)
    """Length of a pause, drawn between these; 0: X-ray stays on."""
    first_s: float = 0.0
    """The first exposure is at least so long: the look in which the team places the C-arm and its lines."""
    stays_on_from_s: float = -1.0
    """From here on X-ray stays on; negative: it never does."""
    rest_mm: float = 0.0
    """How far from its place the table stands in an exposure, standard deviation, along and across."""
    push_share: float = 0.0
    """Share of the pauses in which the table is pushed to another place ..."""
    push_mm: float = 0.0
    """... this far, at most, from where it stood at first."""
    start_off: float = 0.0
    """Standard deviation of the logarithm of the output's error at the start of an exposure; it settles as
    ``Exposure.control_s`` says."""


class SourceFault(_Part, frozen=True):
    """Something goes wrong between the detector and the file."""

    kind: FaultKind
    from_s: float
    to_s: float
    loop_s: float = 4.0
    """Of ``replay``: the console plays its last so many seconds again and again, X-ray off."""


class PlanKnobs(_Part, frozen=True):
    """How the plan beside the run is marked."""

    points: Literal[3, 5] = 3
    error_mm: float = 0.0
    """Standard deviation of each mark."""
    late_s: float = 0.0
    """The lines are marked in the last picture before the cement has flowed for so long."""
    says_cement_before: bool = False
    """The plan says that cement stands in the reference frame."""
    takes_displays_over: bool = False
    """The plan names the way in which a console that mirrors or zooms shows its pictures: they are measured, and have a
    truth."""


class Case(_Part, frozen=True):
    """The whole file."""

    title: str = ""
    patient: Patient = Patient()
    cement: Cement = Cement()
    geometry: Geometry = Geometry()
    exposure: Exposure = Exposure()
    screen: Screen = Screen()
    run: Run = Run()
    theatre: Theatre = Theatre()
    pedal: Pedal = Pedal()
    faults: tuple[SourceFault, ...] = ()
    plan: PlanKnobs = PlanKnobs()


def names() -> list[str]:
    """Names of the cases that come with the program."""
    return sorted(path.stem for path in CASES.glob("*.toml"))


def load(name: str) -> Case:
    """A case by name, or by the path of its file.

    Raises
    ------
    UsageError
        No such case, or a file that is not one.
    """
    path = CASES / f"{name}.toml"
    if not path.is_file():
        path = Path(name)
    if not path.is_file():
        raise UsageError(f"no case {name!r}: choose one of {', '.join(names())}, or give the path of a case file")
    try:
        return msgspec.convert(tomllib.loads(path.read_text("utf-8")), Case)
    except (tomllib.TOMLDecodeError, msgspec.ValidationError, UnicodeDecodeError) as error:
        raise UsageError(f"{path}: not a usable case: {error}; see the cases that come with the program") from error


def as_toml(case: Case) -> str:
    """The case as TOML with every knob written out, so that a run tells how it was made."""
    lines: list[str] = []
    document = plain(case)
    lines += [f"{key} = {_word(value)}" for key, value in document.items() if not _is_table(value)]
    for key, value in document.items():
        if isinstance(value, dict):
            lines += ["", f"[{key}]", *_kept(value)]
        elif _is_table(value):
            for entry in value:
                lines += ["", f"[[{key}]]", *_kept(entry)]
    return "\n".join(lines) + "\n"


def _kept(table: dict[str, object]) -> list[str]:
    """The lines of a table; what is left to chance (None) is left out, as it was in the case."""
    return [f"{key} = {_word(value)}" for key, value in table.items() if value is not None]


def _is_table(value: object) -> bool:
    return isinstance(value, dict) or (isinstance(value, list | tuple) and bool(value) and isinstance(value[0], dict))


def _word(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return json_text(value, indent=None)
    if isinstance(value, dict):
        return "{ " + ", ".join(f"{k} = {_word(v)}" for k, v in value.items()) + " }"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(_word(entry) for entry in value) + "]"
    return repr(value)
