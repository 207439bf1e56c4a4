"""What the session tells the screen: all that is to be shown at one instant."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from assistant.language import sentence
from assistant.live.messages import Child, Condition, Lines, LiveMoment, LiveState
from assistant.recording.recording_state import RecordingState
from assistant.run_facts import RunFacts
from assistant.settings.tree import AlarmSettings
from assistant.vocabulary import AlarmSite, EventKind, Measure, Priority, Unknown

UNTIMED: Final = Unknown(sentence("the source has no clock"))
"""Of X-ray time."""
_NOTHING_YET: Final = Unknown("no frame has come yet")


@dataclass(frozen=True, slots=True, kw_only=True)
class LiveAlarm:
    """An alarm of the live screen.

    Attributes
    ----------
    code : str
        Row of the alarm table, "A1" to "A18".
    kind : EventKind or None
        The pipeline's kind; None for a technical alarm of the session.
    site : AlarmSite or None
    priority : Priority
    headline, action : str
    raised_ns : int
        Monotonic.
    holds : bool
        The condition is true now; False: it has gone and the alarm stands because it latches or plays out its burst.
    latched : bool
    paused_until_ns : int or None
        Acknowledged: sound off until then (at most 60 s).
    silent : bool
        A row without sound.
    burst_s : float or None
        Seconds from the end of a burst to the beginning of the next; None: one burst only.
    before_held : bool
        Stood when X-ray went off; shown as "Before X-ray off" until the next new picture.
    view : str
        Empty for the first picture; the name of the second one's view where that tells it.
    seen_ns : int or None
        Grab of the picture that raised it, monotonic; None for a technical alarm of the session.
    """

    code: str
    kind: EventKind | None
    site: AlarmSite | None
    priority: Priority
    headline: str
    action: str
    raised_ns: int
    holds: bool = True
    latched: bool = False
    paused_until_ns: int | None = None
    silent: bool = False
    burst_s: float | None = None
    before_held: bool = False
    view: str = ""
    seen_ns: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Quiet:
    """What the message bar says while no alarm stands.

    ``seen_none`` is True for exactly one combination of what is known: NO CROSSING SEEN.
    """

    seen_none: bool
    headline: str
    action: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SoundOrder:
    """Which sound has to play now: the highest priority that is not paused.

    ``bursts`` counts bursts that were due since the session began: play one whenever it grows.
    """

    priority: Priority
    bursts: int
    paused_until_ns: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ChildState:
    """How a child of the session is."""

    condition: Condition = Condition.STARTING
    reason: str = ""
    restarts: int = 0
    pid: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class LiveStatus:
    """All that the theatre screen shows, at one instant.

    Attributes
    ----------
    now_ns : int
        Monotonic time of this status.
    state : LiveState
    since_ns : int
        When the state began.
    armed : bool
    lines : Lines
    source : RunFacts or None
    rehearsal : bool
    reason : str
        Why the state is what it is, for the plate on the picture; may be empty.
    frame_index : int or None
        Newest captured frame.
    frame_age_ms : float or Unknown
        Since that frame was grabbed.
    xray_age_s : float or Unknown
        Since the last new X-ray picture.
    frames_per_s, pictures_per_s : float or Unknown
        Rate of the video, and of new X-ray pictures.
    lag_ms, lag_p95_ms : float or Unknown
        From grab to the end of the analysis, median and 95 of 100, over the last 10 s.
    limits : AlarmSettings
        Of this session.
    moment : LiveMoment or None
        The newest reading of the present plan.
    drawable : bool
        Lines, outline and figures of ``moment`` may be drawn (its validity has not run out, the state is LIVE).
    alarms : tuple of LiveAlarm
        Highest first.
    quiet : Quiet
    sound : SoundOrder
    recording : RecordingState
    children : mapping of Child to ChildState
    push_s : float or Unknown
        X-ray time of the exposure that goes on.
    xray_s : tuple of float or Unknown
        X-ray time of each exposure that was seen, in order (`assistant.acquisition`); unknown where the source has no
        times of its own, or new pictures could not be told from held ones.
    let_through : float or Unknown
        Share of the picture that is not masked; 1 where nothing is, and names may stand in it.
    """

    now_ns: int
    state: LiveState
    since_ns: int
    armed: bool
    lines: Lines
    source: RunFacts | None
    rehearsal: bool
    reason: str
    frame_index: int | None
    frame_age_ms: Measure
    xray_age_s: Measure
    frames_per_s: Measure
    pictures_per_s: Measure
    lag_ms: Measure
    lag_p95_ms: Measure
    limits: AlarmSettings
    moment: LiveMoment | None
    drawable: bool
    alarms: tuple[LiveAlarm, ...]
    quiet: Quiet
    sound: SoundOrder
    recording: RecordingState
    children: Mapping[Child, ChildState]
    push_s: Measure
    xray_s: tuple[float, ...] | Unknown = ()
    let_through: Measure = _NOTHING_YET
