"""What the alarms are told of a frame and what they remember of a run, for rows of cement and technical ones alike."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field

from assistant.acquisition import Acquisition
from assistant.alarm_table.row import PipelineRow
from assistant.alarm_table.table import FROM_PICTURES
from assistant.vocabulary import Alarm, Approach, Distances, FrameState, Leak, Priority, Unknown

SLOW_MS = 220.0
"""Pictures that come more slowly than this are waited for by nobody: 5 a second, and a capture frame's jitter."""
SECOND_PULSE = 1.2
"""When so many intervals are over, the next picture has not come [P]."""
CLOCK_MS = 0.01
"""Stamps are sums of fractions: the last digit of a difference decides nothing."""
_SLOW_WINDOW = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class AlarmInput:
    """What one frame tells the alarms.

    Attributes
    ----------
    frame_index, t_s : the frame
    state : FrameState
    in_doubt : bool
        It cannot be told whether the frame carries a new X-ray picture or the last one again.
    acquisition : Acquisition or None
        The beam at the newest X-ray picture, of this frame or before it; None before the first.
    new_picture : bool
        True when this very frame carries a new X-ray picture that was looked at.
    view_index : int or None
        The planned view that it shows; None when the vertebra is not found.
    distances : Distances or Unknown
    approach : Approach
    outline_sigma_mm : float
        Standard deviation of the outline.
    processing_ms : float
        Time taken until the alarms.
    leaks : tuple of Leak
        Leaks that stand in this picture, confirmed by the step that finds them; their shapes are not known yet.
    grows_opposite : bool
        Something grows where cement would, with the other sign.
    sign_turned : bool
        Cement is looked for with the other sign from this picture on.
    """

    frame_index: int
    t_s: float
    acquisition: Acquisition | None
    state: FrameState
    new_picture: bool
    view_index: int | None
    distances: Distances | Unknown
    approach: Approach
    outline_sigma_mm: float
    processing_ms: float
    leaks: tuple[Leak, ...] = ()
    grows_opposite: bool = False
    sign_turned: bool = False
    in_doubt: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class AlarmOutcome:
    """Alarms that stand, highest first, and those raised or ended by this frame."""

    standing: tuple[Alarm, ...]
    changes: tuple[Alarm, ...]

    @property
    def heard(self) -> tuple[Alarm, ...]:
        """Those of the changes that a room is told at once: not what is raised behind a graver alarm of its line."""
        return tuple(alarm for alarm in self.changes if alarm.last_frame is not None or alarm in self.standing)


@dataclass(slots=True)
class Watch:
    """What is remembered of one row."""

    row: PipelineRow
    evidence: dict[int, float] = field(default_factory=dict)
    """That a line is crossed, by view, as a share of what is asked for: at 1 it counts."""
    view_index: int | None = None
    raised: tuple[float, Acquisition | None] = (0.0, None)
    """Frame time, and the beam at the picture that showed it."""
    alone: bool = False
    """No other picture has shown it yet."""
    good_since: Acquisition | None = None
    first_wanted_s: float | None = None
    last_wanted_s: float | None = None
    acknowledged: bool = False
    alarm: Alarm | None = None


@dataclass(slots=True)
class AlarmMemory:
    """All that the step remembers. ``cement_seen`` turns true with the first cement and stays so."""

    watches: list[Watch] = field(default_factory=lambda: [Watch(row) for row in FROM_PICTURES])
    ended: list[Alarm] = field(default_factory=list)
    cement_seen: bool = False
    newest: Acquisition | None = None
    """The beam at the newest picture that was looked at."""
    shown: dict[int, AlarmInput] = field(default_factory=dict)
    """The newest picture of each view that was measured."""
    lost_since: Acquisition | None = None
    elsewhere_since: Acquisition | None = None
    settling: int | None = None
    """The exposure whose pictures do not vote before ``settled_from_s``."""
    settled_from_s: float = -1.0
    view_index: int | None = None
    view_changed: bool = False
    times_ms: deque[float] = field(default_factory=lambda: deque(maxlen=_SLOW_WINDOW))


def interval_ms(memory: AlarmMemory) -> float:
    """Between two pulses; 0 while that is not known."""
    rate = memory.newest.pulses_per_s if memory.newest is not None else 0.0
    return 0.0 if isinstance(rate, Unknown) or rate <= 0 else 1000.0 / rate


def is_beam_off(memory: AlarmMemory, t_s: float) -> bool:
    """Whether the next pulse has not come, or none is known to be due."""
    passed_ms = 0.0 if memory.newest is None else (t_s - memory.newest.t_s) * 1000
    return passed_ms > SECOND_PULSE * interval_ms(memory) + CLOCK_MS


def slow_ms(memory: AlarmMemory) -> float:
    """95 of 100 pictures took at most so long; 0 while too few have been timed."""
    times = sorted(memory.times_ms)
    return times[int(0.95 * len(times))] if len(times) == _SLOW_WINDOW else 0.0


def raise_alarm(memory: AlarmMemory, watch: Watch, now: AlarmInput) -> None:
    """From this frame on the row's alarm stands."""
    row = watch.row
    priority: Priority = row.priority_injecting if memory.cement_seen else row.priority_before
    watch.good_since, watch.raised = None, (now.t_s, memory.newest)
    watch.acknowledged, watch.view_index = False, memory.view_index
    watch.alarm = Alarm(
        kind=row.kind,
        site=row.site,
        priority=priority,
        first_frame=now.frame_index,
        last_frame=None,
        headline=row.headline.format(ms=slow_ms(memory)),
        action=row.action,
    )
