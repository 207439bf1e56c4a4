"""What the live processes say: small frozen values, fit to be handed from process to process."""
# sentences: all

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

from assistant.console_display import ConsoleDisplay
from assistant.readings.moments import Moment, Outline, moment_fields
from assistant.recording.recording_state import RecordingState
from assistant.run_facts import RunFacts
from assistant.steps.liveness import ScreenWatch, SeenField
from assistant.vocabulary import Alarm, CementMask, Grey, Reading


class LiveState(StrEnum):
    """What the picture on the screen is; exactly one at a time. The value is the word of the status strip."""

    LIVE = "LIVE"
    HELD = "HELD"
    FROZEN = "FROZEN"
    STALE = "STALE"
    NO_SIGNAL = "NO SIGNAL"
    NOT_FLUOROSCOPY = "NOT FLUOROSCOPY"
    UNKNOWN_VIEW = "UNKNOWN VIEW"
    ANALYSIS_LATE = "ANALYSIS LATE"


class Lines(StrEnum):
    """What the lines of the vertebra are worth. After any restart they come back unconfirmed."""

    NONE = "none"
    UNCONFIRMED = "unconfirmed"
    CONFIRMED = "confirmed"


class Child(StrEnum):
    """The processes of a session beside the window."""

    CAPTURE = "capture"
    ANALYSIS = "analysis"
    WATCHDOG = "watchdog"


class Condition(StrEnum):
    """How a child is."""

    STARTING = "starting"
    RUNNING = "running"
    HANGING = "hanging"
    DIED = "died"
    ENDED = "ended"
    GIVEN_UP = "given up"


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class StampedFrame:
    """One frame as captured, after masking.

    Attributes
    ----------
    index : int
        From 0 in the session, over all restarts of the capture.
    t_s : float
        Seconds from the session's first frame.
    captured_ns : int
        Monotonic clock at the grab.
    picture : int
        Number of the distinct picture it carries: equal numbers are bit-identical pictures.
    grey : array (rows, cols), uint8 or uint16
        A copy of its own.
    white : int
        Grey of full white.
    """

    index: int
    t_s: float
    captured_ns: int
    picture: int
    grey: Grey = field(repr=False)
    white: int


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class LiveMoment(Moment):
    """A moment as a session tells it: with its times, its picture and what the screen shows.

    ``captured_ns`` and ``finished_ns`` are the monotonic times of the grab and of the end of the analysis.
    """

    captured_ns: int
    finished_ns: int
    picture: int
    """Number of the distinct picture: equal numbers are bit-identical pictures."""
    cement_known: bool
    plan_number: int
    skipped: int
    """Frames passed over in the whole session because the analysis came too late."""
    same_field: bool = False
    """Of more than one picture on the screen the one looked at is bit-identical to the frame before."""
    fields: tuple[SeenField, ...] = ()
    """The pictures on the screen, where it shows more than one."""
    screen_changed: str = ""
    """How they changed last since the plan was made; empty while they have not."""
    offered: ConsoleDisplay | None = None
    """How the console shows the picture, where that is not as planned and a person may take it over."""
    asks_before: tuple[int, ...] = ()
    """Views in which cement may have stood there before the start: a person is asked."""
    counts_before: tuple[int, ...] = ()
    """Views in which such cement is counted, against pictures from before the reference frame."""
    shown: ConsoleDisplay | None = None
    """How the console shows the picture, as far as it is planned or taken over; None: it was not compared."""


def live_moment(
    reading: Reading,
    outline: Outline,
    stamped: StampedFrame,
    screen: ScreenWatch,
    *,
    finished_ns: int,
    plan_number: int,
    skipped: int,
) -> LiveMoment:
    """Make the moment of a reading."""
    return LiveMoment(
        **moment_fields(reading),
        outline=outline,
        captured_ns=stamped.captured_ns,
        finished_ns=finished_ns,
        picture=stamped.picture,
        cement_known=isinstance(reading.cement, CementMask),
        plan_number=plan_number,
        skipped=skipped,
        same_field=screen.is_same,
        fields=screen.fields,
        screen_changed=screen.changed,
        offered=reading.offered,
        asks_before=reading.asks_before,
        counts_before=reading.counts_before,
        shown=reading.shown,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceOpened:
    """The capture has a source (again).

    Attributes
    ----------
    facts : RunFacts
        Size and what was measured at the start, in ``notes``.
    rehearsal : bool
        A file or a simulated run played as if it were a camera: never a patient.
    """

    facts: RunFacts
    rehearsal: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceLost:
    """The capture has no source now and goes on trying; ``reason`` in one sentence."""

    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceEnded:
    """A played file is through (a camera has no end)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Moved:
    """A new moment of the analysis."""

    moment: LiveMoment


@dataclass(frozen=True, slots=True, kw_only=True)
class AlarmNotice:
    """An alarm of the pipeline was raised (``last_frame`` is None) or has ended, told before anything slower ran.

    It counts from then on, without waiting for the moment of its frame. ``captured_ns`` is the grab of the picture.
    """

    alarm: Alarm
    plan_number: int
    captured_ns: int
    finished_ns: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanTaken:
    """The analysis works with this plan from now on."""

    plan_number: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanRefused:
    """The analysis cannot work with this plan; ``reason`` in one sentence."""

    plan_number: int
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordingStatus:
    """A new state of the recording, from the process that writes it."""

    state: RecordingState


@dataclass(frozen=True, slots=True, kw_only=True)
class ChildChanged:
    """A process of the session changed its condition."""

    child: Child
    condition: Condition
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class StateChanged:
    """The picture on the screen became something else."""

    before: LiveState
    after: LiveState


@dataclass(frozen=True, slots=True, kw_only=True)
class LinesVoid:
    """The lines are not confirmed any more; ``reason`` in one sentence."""

    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ArmedByGrowth:
    """The session counts as injecting, though nobody said so; ``by``: what the log names (growing cement)."""

    by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FaultNotice:
    """For the person, in two short lines: what happened; what still works and what to do."""

    happened: str
    do: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ShapeModelStatus:
    """Whether the model that types leaks into a disc works; ``reason`` says why not."""

    available: bool
    reason: str = ""


RESTARTED: Final = {
    Child.ANALYSIS: FaultNotice(happened="The analysis stopped and starts again.", do="Picture goes on. Judge by eye."),
    Child.CAPTURE: FaultNotice(happened="The capture stopped and starts again.", do="Use the C-arm screen."),
    Child.WATCHDOG: FaultNotice(happened="The watchdog stopped and starts again.", do="Monitoring continues."),
}
"""What is told when a child died or hung."""

Message = (
    SourceOpened
    | SourceLost
    | SourceEnded
    | Moved
    | AlarmNotice
    | PlanTaken
    | PlanRefused
    | RecordingStatus
    | ShapeModelStatus
    | ChildChanged
    | StateChanged
    | LinesVoid
    | ArmedByGrowth
    | FaultNotice
)
