"""The nouns of the program: small frozen values that travel from step to step.

Arrays inside a value are never written to after it was made. "Not measured, because ..." is a value (`Unknown`),
never 0, NaN, None or the last good number. "Contract" means the text that other programs rely on: commands, files,
columns, and what a figure in them means (`assistant/schemas/`, README "Commands").
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import IntEnum, StrEnum
from typing import Final

import numpy as np
from numpy.typing import NDArray

from assistant.console_display import ConsoleDisplay
from assistant.geometry import Crop, PointsPx, Similarity
from assistant.language import sentence
from assistant.lines import Line

Grey = NDArray[np.uint8] | NDArray[np.uint16]


@dataclass(frozen=True, slots=True)
class Unknown:
    """A figure that could not be determined, with the reason in plain words for the screen and the log."""

    reason: str


Measure = float | Unknown
_LINES: Final = frozenset(Line)
NO_DATE: Final = Unknown("date not known")
NOT_SURE: Final = Unknown("something new stands out: not sure yet whether it is cement")
NOT_PROVED: Final = sentence("past the line in this picture, which alone does not prove it: take another")
REPLAYED: Final = sentence("replay on the console: not live")
"""Why a frame that shows a picture seen before in this session has no figures."""
CANNOT_TELL: Final = sentence("new pictures cannot be told from held ones: noisy video line")
"""Of a frame that may carry a new X-ray picture or the last one again."""


def value_or_none(measure: Measure) -> float | None:
    """The number, or None where it is unknown (the contract's ``null`` and empty cell)."""
    return None if isinstance(measure, Unknown) else measure


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Frame:
    """One picture of a source.

    Attributes
    ----------
    index : int
        From 0 in source order.
    t_s : float
        The source's own time stamp, seconds from frame 0, never falling; in whole microseconds, so that what is
        computed in another order (0.1 s more each time, or tenths) decides nothing.
    grey : array (rows, cols), uint8 or uint16, C-contiguous
        As stored by the source (before any crop, flip or rotation), larger = brighter on the screen.
    white : int
        The grey value of full white: 255 or 65535.
    lost : str
        Why it has no picture: it could not be decoded. Empty where it has one; else ``grey`` is black.
    """

    index: int
    t_s: float
    grey: Grey = field(repr=False)
    white: int = 255
    lost: str = ""

    def __post_init__(self) -> None:
        object.__setattr__(self, "t_s", round(self.t_s, 6))


class FrameState(StrEnum):
    """What a frame is (contract, column ``state``)."""

    LIVE = "live"
    REPEAT = "repeat"
    FROZEN = "frozen"
    NO_SIGNAL = "no_signal"
    UNUSABLE = "unusable"
    MOVING = "moving"


class ShownPolarity(StrEnum):
    """Which way round a picture is shown: native (bone, steel and cement dark) or inverted (bright)."""

    NATIVE = "native"
    INVERTED = "inverted"
    NOT_KNOWN = "not known"


class Priority(IntEnum):
    """Alarm priority after IEC 60601-1-8. Compare with < and >."""

    NONE = 0
    LOW = 1
    MEDIUM = 2
    HIGH = 3

    @property
    def word(self) -> str:
        """The contract's word."""
        return self.name.lower()


class AlarmSite(StrEnum):
    """Where an alarm applies."""

    POSTERIOR = "posterior"
    SUPERIOR_ENDPLATE = "superior_endplate"
    INFERIOR_ENDPLATE = "inferior_endplate"
    ANTERIOR = "anterior"
    LATERAL = "lateral"


class LeakSite(StrEnum):
    """Where cement left the body."""

    POSTERIOR = "posterior"  # sentences
    SUPERIOR_DISC = "superior_disc"  # sentences
    INFERIOR_DISC = "inferior_disc"  # sentences
    ANTERIOR = "anterior"  # sentences
    LATERAL = "lateral"  # sentences


class EventKind(StrEnum):
    """Kinds of ``result.json`` events."""

    APPROACHING_POSTERIOR = "approaching_posterior"
    WARNING_LINE = "warning_line"
    POSTERIOR_WALL = "posterior_wall"
    APPROACHING_ENDPLATE = "approaching_endplate"
    ENDPLATE = "endplate"
    LEAK = "leak"
    NO_SIGNAL = "no_signal"
    FROZEN = "frozen"
    VIEW_CHANGED = "view_changed"
    REGISTRATION_LOST = "registration_lost"
    UNUSABLE_IMAGE = "unusable_image"
    SLOW_PROCESSING = "slow_processing"


@dataclass(frozen=True, slots=True, kw_only=True)
class Liveness:
    """What the liveness step says of a frame.

    Attributes
    ----------
    state : FrameState
    xray_age_s : float or Unknown
        Time since the last frame that carried a new X-ray picture (0 for a new one).
    noise_grey : float or Unknown
        Standard deviation of the picture's noise, in grey values of 0..255.
    reason : str
        Why the frame is not usable; empty for live, and for a repeat unless the console plays it again (`REPLAYED`).
    elsewhere : str
        Of a frozen frame: where on the screen stands another picture that is live (left, right, top, bottom); the
        wrong one may be looked at. Empty where there is none.
    doubt : str
        Why it cannot be told whether a live frame carries a new X-ray picture or the last one again; its age is not
        known then. Empty where it is told.
    decided : tuple of (float, bool)
        Frames of that kind that can be told now: how many seconds ago they were, and whether they carried a new one.
    """

    state: FrameState
    xray_age_s: Measure
    noise_grey: Measure
    reason: str = ""
    elsewhere: str = ""
    doubt: str = ""
    decided: tuple[tuple[float, bool], ...] = ()

    @property
    def may_be_new(self) -> bool:
        """Whether the frame carries a new X-ray picture, or may carry one."""
        return bool(self.doubt) or self.xray_age_s == 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Motion:
    """Where the vertebra went since the reference frame, and how sure that is.

    Attributes
    ----------
    view_index : int
        Which entry of the plan's ``views`` the picture shows.
    similarity : Similarity
        Shift, turn and scale from the reference frame to this picture.
    confidence : float
        0..1: the correlation found, over what is expected at this picture's noise; the step withholds a motion (gives
        `Unknown`) below its own limit.
    """

    view_index: int
    similarity: Similarity
    confidence: float


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class CementMask:
    """Where cement stands, on the pixel grid of the reference frame (the vertebra held still).

    Attributes
    ----------
    crop : Crop
        Rectangle of the reference frame that the mask covers.
    mask : array (height, width) of bool
    evidence : array (height, width) of float32
        Smooth signed evidence, > 0 where cement stands: its zero line is the sub-pixel outline.
    outline_sigma_mm : float
        One standard deviation of the outline's position.
    uncertain_mm2 : float
        So much new stands out clearly in the body and was not taken for cement, for it is small or has not stayed yet.
    """

    crop: Crop
    mask: NDArray[np.bool_] = field(repr=False)
    evidence: NDArray[np.float32] = field(repr=False)
    outline_sigma_mm: float
    uncertain_mm2: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Distances:
    """Signed distances of the cement in mm (contract: positive = not reached). `Unknown` where there is no cement.

    Attributes
    ----------
    cement_area_mm2 : float
        0.0 without cement.
    mm : mapping from Line to float or Unknown
        Every line has its entry: where one cannot be measured (in AP views the posterior wall, in lateral ones the
        sides) it says why.
    doubtful : tuple of Line
        Lines whose nearest cement this picture alone does not prove (`assistant.steps.fronts`).
    """

    cement_area_mm2: float
    mm: Mapping[Line, Measure]
    doubtful: tuple[Line, ...] = ()
    nearest_warning_px: tuple[float, float] | None = None
    """Reference point of the cement nearest to (or farthest past) the warning line, for the call-out."""

    def __post_init__(self) -> None:
        """A line that was left out would be taken for one that nobody asked about."""
        if self.mm.keys() != _LINES:
            raise ValueError(f"distances to {sorted(self.mm)} instead of {sorted(_LINES)}")

    def unproved(self, *lines: Line) -> bool:
        """Whether the cement is past one of these lines, and this picture alone does not prove it."""
        past = (self.mm[line] for line in lines if line in self.doubtful)
        return any(not isinstance(mm, Unknown) and mm <= 0 for mm in past)


@dataclass(frozen=True, slots=True, kw_only=True)
class Approach:
    """How fast the cement comes towards the warning line.

    ``approach_mm_per_s`` is positive when it comes nearer. ``time_to_line_s`` is `Unknown` when it does not, or when
    the line is reached.
    """

    approach_mm_per_s: Measure
    time_to_line_s: Measure


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Saliency:
    """What the shape model's answer hangs on in one picture; ``p_spike`` is that of `Shape`, below.

    Attributes
    ----------
    frame_index : int
    values : array (rows, cols) of float32
        How much each place speaks for spike (positive) or for round (negative): the fall of ``p_spike`` without it.
    reference_from_patch : array (2, 3)
        Takes (col, row) of ``values`` to reference px.
    """

    frame_index: int
    values: NDArray[np.float32] = field(repr=False)
    reference_from_patch: NDArray[np.float64] = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Shape:
    """Shape of an intradiscal leak.

    Attributes
    ----------
    label : str
        "spike", "round" or "undetermined".
    p_spike : float or Unknown
        How much rather spike than round.
    model : str
        "name@sha256-prefix", or the geometric rule.
    reason : str
        Why undetermined, or why no model was asked.
    frames : tuple of int
        The frames that the answer rests on; empty for the geometric rule, which looks at one picture.
    saliency : Saliency or None
        For the newest of these frames; worked out at the end of a recorded run only.
    """

    label: str
    p_spike: Measure
    model: str
    reason: str = ""
    frames: tuple[int, ...] = ()
    saliency: Saliency | None = field(default=None, repr=False, compare=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Leak:
    """Cement seen outside the body at one site, as it stands in one picture of the plan's view ``view_index``.

    Attributes
    ----------
    first_frame : int
        In which it began to stand.
    area_mm2, length_mm, width_mm : float
        Of the part beyond the line.
    yeom : str or None
        Its route after Yeom 2003: B, by the basivertebral vein; S, by a segmental vein; C, through a hole in the bone.
    magnitude : str or None
        "minor", "moderate" or "major", by its length.
    shape : Shape or None
        Of leaks into a disc.
    outline_px : array (n, 2)
        The outer outline of the part beyond the line, in reference px.
    """

    site: LeakSite
    first_frame: int
    area_mm2: float
    length_mm: float
    width_mm: float
    yeom: str | None
    magnitude: str | None
    shape: Shape | None
    outline_px: PointsPx = field(repr=False, compare=False)
    view_index: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Alarm:
    """One condition of the alarm table, standing or ended.

    Attributes
    ----------
    kind, site : what and where
    priority : Priority
    first_frame : int
        The frame that raised it.
    last_frame : int or None
        The last frame in which it stood; None while it stands.
    headline, action : str
        The words of the message bar.
    """

    kind: EventKind
    site: AlarmSite | None
    priority: Priority
    first_frame: int
    last_frame: int | None
    headline: str
    action: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ScreenChange:
    """From a frame on the screen is seen to show other pictures (mostly within 2.5 s); ``text``: which."""

    frame_index: int
    t_s: float
    text: str


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Reading:
    """All that the program knows after one frame. A later frame never changes it.

    Attributes
    ----------
    frame_index, t_s : the frame it belongs to
    liveness : Liveness
    motion : Motion or Unknown
    cement : CementMask or Unknown
    distances : Distances or Unknown
    approach : Approach
    standing : tuple of Alarm
        All alarms that stand now, highest first.
    changes : tuple of Alarm
        Alarms raised or ended by this very frame.
    leaks : tuple of Leak
        Standing in this picture.
    processing_ms : float
        Time the pipeline took for this frame. Filled by the pipeline's caller-given clock.
    offered : ConsoleDisplay or None
        How the console shows this picture, where that is not as planned and nobody has taken it over.
    asks_before : tuple of int
        Views in which cement may have stood there before the start, and nobody has said so yet.
    counts_before : tuple of int
        Views in which such cement is counted, against pictures from before the reference frame.
    shown : ConsoleDisplay or None
        How the console shows this picture, as far as it is planned or taken over; None: it was not compared.
    """

    frame_index: int
    t_s: float
    liveness: Liveness
    motion: Motion | Unknown
    cement: CementMask | Unknown
    distances: Distances | Unknown
    approach: Approach
    standing: tuple[Alarm, ...]
    changes: tuple[Alarm, ...]
    leaks: tuple[Leak, ...]
    processing_ms: float
    offered: ConsoleDisplay | None = None
    asks_before: tuple[int, ...] = ()
    counts_before: tuple[int, ...] = ()
    shown: ConsoleDisplay | None = None

    @property
    def alarm(self) -> Priority:
        """The highest priority that stands."""
        return max((alarm.priority for alarm in self.standing), default=Priority.NONE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Measures:
    """Figures of the vertebra and its filling at the end of a run, taken in the plan's view ``view_index``.

    Heights are Genant's, between the six points; the wedge angle lies between the endplates, positive when the anterior
    side is the lower one. ``fill_area_ratio`` is the body's share that cement covers, ``distribution_grade`` Huang's.
    """

    cement_area_mm2: Measure
    fill_area_ratio: Measure
    distribution_grade: str | None
    anterior_height_mm: Measure
    middle_height_mm: Measure
    posterior_height_mm: Measure
    wedge_angle_deg: Measure
    view_index: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelIdentity:
    """Name and checksum of a model that took part."""

    name: str
    sha256: str
