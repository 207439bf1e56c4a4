"""The acquisition model: from the times of new X-ray pictures to exposures, pauses and film time.

An exposure is a stretch of pictures without a pause: the pedal is down. A pause is a step between two pictures that is
longer than pulses explain. Nothing here reads a clock, and nothing looks at a picture: whether one is new is liveness.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from statistics import median, median_low
from typing import Final

import numpy as np

from assistant.language import sentence
from assistant.vocabulary import Measure, Unknown

_LONGEST_PULSE_S: Final = 1.5
"""A step longer than this is never one between pulses: no C-arm pulses more slowly than once a second [P]."""
_LEAST_PAUSE_S: Final = 0.6
"""A pedal is not let go and pressed again in less; a codec or a grabber that loses some frames makes no pause [P]."""
_PAUSE_PULSES: Final = 2.5
_PAUSE_UNKNOWN_S: Final = 1.2
"""A pause is longer than so many pulses, and than this while the pulse rate is not known [P]."""
_BETWEEN_FRAMES_S: Final = 0.12
_ONE_LOST: Final = 1.6
"""Pulses as quick as this come in steps of one frame or two, both of the same rate; of slower ones a step of two is a
picture that was not seen [P]."""
_RATE_STEPS: Final = 24
_LEAST_RATE_STEPS: Final = 2
_SINGLE_S: Final = 0.1
"""What one picture alone counts for while the rate is not known: between 15 and 7.5 pulses a second, as usual [P]."""
_UNTIMED_S: Final = 1.0
"""Between two pictures whose times nobody knows: they may be single shots as well as film [P]."""
_CLOCK_S: Final = 1e-5
"""Stamps are sums of fractions: the last digit of a difference decides nothing."""
_NEXT_TO_NOTHING: Final = 0.05
"""Of X-ray time: what it is known to [P]."""
_MOST_NAMED, _NAMED_S = 5, 1.0
"""So many stretches in doubt are named, the longest ones; of what is next to nothing those from so long on [P]."""
_SAME_FRAME_S: Final = 0.005
_MOST_OPEN: Final = 512
"""So many pictures are kept since the first one in doubt: what is older is never told."""
_RECENT_EXPOSURES: Final = 5
_FEW_PICTURES: Final = 2
_SHORT_S: Final = 3.0
"""Exposures of at most so many pictures are single shots, of at most so many seconds short; over the last few [P]."""


class AcquisitionMode(StrEnum):
    """How a team takes pictures, over the last few exposures."""

    UNKNOWN = "unknown"
    """Too few pictures have come."""
    CONTINUOUS = "continuous"
    SHORT_EXPOSURES = "short_exposures"
    SINGLE_SHOTS = "single_shots"


@dataclass(frozen=True, slots=True, kw_only=True)
class Acquisition:
    """What is known of the beam at one new X-ray picture.

    Attributes
    ----------
    t_s : float
        Of its frame.
    mode : AcquisitionMode
    exposure : int
        Exposures before this one.
    picture : int
        Pictures of this exposure before this one: 0 is the first after a pause.
    since_beam_on_s : float
        Since the first picture of this exposure.
    pause_s : float
        Without X-ray before the first picture of an exposure; 0 within one, and in the first of all.
    film_s : float
        The beam was on so long before this picture, pauses left out: the clock for what has to last.
    pulses_per_s : float or Unknown
        As the source shows them: never more than it has frames.
    of_source : int
        X-ray pictures of the source before this one.
    timed : bool
        The source's times are measured. If not, pictures are counted, whatever is held between them: no pause is ever
        seen, and all are of one exposure.
    """

    t_s: float
    mode: AcquisitionMode
    exposure: int
    picture: int
    since_beam_on_s: float
    pause_s: float
    film_s: float
    pulses_per_s: Measure
    of_source: int
    timed: bool = True

    @property
    def passed_s(self) -> float:
        """The clock of what goes on in a pause too, cement that flows: the source's; where it has none, a picture's."""
        return self.t_s if self.timed else self.of_source * _UNTIMED_S

    @property
    def began_s(self) -> float:
        """When this exposure began, by the clock of `passed_s`; untimed, each picture is one of its own."""
        return self.t_s - self.since_beam_on_s if self.timed else self.passed_s

    @property
    def stretch(self) -> int:
        """Number of the stretch of film it is of, its exposure; untimed, each picture may come after a pause."""
        return self.exposure if self.timed else self.of_source

    def has_lasted(self, since: Acquisition, seconds: float) -> bool:
        """Whether what an earlier picture showed, and this one shows, has lasted so long.

        In film time; or over a pause, for another exposure shows it with other grain, another breath and brightness.
        Where no times are known pictures are counted: the next one is enough.

        Parameters
        ----------
        since : Acquisition
            The picture that showed it first.
        seconds : float
        """
        if self.exposure > since.exposure or not self.timed:
            return self.t_s > since.t_s
        return self.film_s - since.film_s >= seconds - _CLOCK_S


@dataclass(slots=True)
class _Exposure:
    began_s: float
    last_s: float
    pulse_s: float
    """What its last picture stands for: usual time between pulses when it came."""
    pictures: int = 1

    @property
    def length_s(self) -> float:
        """From its first picture to its last."""
        return self.last_s - self.began_s


@dataclass(slots=True)
class AcquisitionMemory:
    """All exposures of a source so far."""

    exposures: list[_Exposure] = field(default_factory=list)
    counted: list[_Exposure] = field(default_factory=list)
    """The same of what is told to be new pictures alone: what X-ray time is counted from."""
    never_told_s: list[tuple[float, float]] = field(default_factory=list)
    """Stretches that are over in which it was never told: the first frame's time and the last one's."""
    undecided: list[tuple[float, bool | None]] = field(default_factory=list)
    """Times of the pictures since the first one that may still be decided, and what each is: new, held, not told."""
    counted_before: tuple[int, _Exposure | None] = (0, None)
    """How many exposures were counted before those, and the last one as it was then."""
    steps_s: deque[float] = field(default_factory=lambda: deque(maxlen=_RATE_STEPS))
    """Between pictures lately, where a pulse rate explains them."""
    film_before_s: float = 0.0
    """Beam-on time of the exposures before the present one."""
    pause_s: float = 0.0
    """Before the present one."""
    pictures: int = 0
    """X-ray pictures of all of them."""

    @property
    def xray_s(self) -> tuple[float, ...]:
        """X-ray time of each exposure that was told, in order: each picture stands for one pulse interval."""
        return tuple(each.length_s + each.pulse_s for each in self.counted)

    @property
    def doubts_s(self) -> list[tuple[float, float]]:
        """Stretches in which there may have been X-ray: new pictures cannot be told from held ones, and none was told.

        Within an exposure, between two pictures that were told, the beam is on whatever the frame shows.
        """
        stretches = list(self.never_told_s)
        _go_on_outside(self, stretches, self.undecided)
        return stretches

    @property
    def doubt(self) -> Unknown | None:
        """Why X-ray time and exposures are not known; None where what could not be told is next to nothing.

        In that time there may have been X-ray all along, or none: the true time lies between what was counted and that
        with it.
        """
        doubtful_s = sum(last_s - first_s + _pulse_s(self) for first_s, last_s in self.doubts_s)
        if doubtful_s <= max(_NAMED_S, _NEXT_TO_NOTHING * (sum(self.xray_s) + doubtful_s)):
            return None
        return Unknown(sentence(f"for {doubtful_s:.1f} s new pictures could not be told from held ones"))

    @property
    def notes(self) -> tuple[str, ...]:
        """Where it could not be told, and what that comes to, in sentences."""
        doubt = self.doubt
        named = [each for each in self.doubts_s if doubt is not None or each[1] - each[0] >= _NAMED_S]
        longest = sorted(named, key=lambda each: each[0] - each[1])[:_MOST_NAMED]
        stretches = [
            sentence(
                f"From {first_s:.1f} s to {last_s:.1f} s new pictures could not be told from held ones (noisy video "
                "line): they were measured, and no X-ray time was counted in them."
            )
            for first_s, last_s in sorted(longest)
        ]
        if doubt is None:
            return tuple(stretches)
        known_s = sum(self.xray_s)
        total = sentence(f"X-ray time and exposures are not known ({doubt.reason}); {known_s:.1f} s were counted.")
        return (*stretches, total)

    @property
    def pulses_per_s(self) -> Measure:
        """The rate lately: a mean, for pulses that fall between frames come in steps of one frame or two."""
        if len(self.steps_s) < _LEAST_RATE_STEPS:
            return Unknown(sentence("too few X-ray pictures have come"))
        usual_s = median_low(self.steps_s)
        longest_s = usual_s * (_PAUSE_PULSES if usual_s < _BETWEEN_FRAMES_S else _ONE_LOST)
        steps = [each for each in self.steps_s if each <= longest_s]
        return len(steps) / sum(steps)


def take_picture(memory: AcquisitionMemory, t_s: float, *, timed: bool = True, in_doubt: bool = False) -> Acquisition:
    """Take the time of one new X-ray picture in.

    Parameters
    ----------
    memory : AcquisitionMemory
        Changed by the call.
    t_s : float
        Of its frame; times that go back begin a new exposure.
    timed : bool
        The source's times are measured (`assistant.run_facts.RunClock`).
    in_doubt : bool
        It may be the last picture again: film goes on with it, X-ray time is not counted.
    """
    before = memory.exposures[-1] if memory.exposures else None
    step_s = t_s - before.last_s if before is not None else 0.0
    now = _take(memory, memory.exposures, t_s, timed=timed)
    if before is not None and now is not before:
        memory.film_before_s += before.length_s + before.pulse_s
        memory.pause_s = max(step_s, 0.0)
    memory.pictures += 1
    if not in_doubt:
        counted = _take(memory, memory.counted, t_s, timed=timed)
        if 0 < step_s <= _LONGEST_PULSE_S and not _was_in_doubt(memory, t_s - step_s):
            memory.steps_s.append(step_s)
        counted.pulse_s = _pulse_s(memory)
    if in_doubt or memory.undecided:
        _keep_open(memory, t_s, is_new=None if in_doubt else True, timed=timed)
    rate = memory.pulses_per_s
    now.pulse_s = _pulse_s(memory)
    return Acquisition(
        t_s=t_s,
        mode=_mode(memory),
        exposure=len(memory.exposures) - 1,
        picture=now.pictures - 1,
        since_beam_on_s=now.length_s,
        pause_s=memory.pause_s if now.pictures == 1 else 0.0,
        film_s=memory.film_before_s + now.length_s,
        pulses_per_s=rate,
        timed=timed,
        of_source=memory.pictures - 1,
    )


def _take(memory: AcquisitionMemory, exposures: list[_Exposure], t_s: float, *, timed: bool) -> _Exposure:
    """The exposure that a picture belongs to: the last one, or one that begins with it."""
    now = exposures[-1] if exposures else None
    step_s = t_s - now.last_s if now is not None else 0.0
    if now is None or step_s < 0 or (timed and _is_pause(memory, step_s)):
        now = _Exposure(began_s=t_s, last_s=t_s, pulse_s=_SINGLE_S)
        exposures.append(now)
    else:
        now.last_s, now.pictures = t_s, now.pictures + 1
    return now


def _pulse_s(memory: AcquisitionMemory) -> float:
    rate = memory.pulses_per_s
    return _SINGLE_S if isinstance(rate, Unknown) else 1.0 / rate


def decide(memory: AcquisitionMemory, t_s: float, decided: Sequence[tuple[float, bool]], *, timed: bool = True) -> None:
    """Count what could not be told when it came, and can be now.

    Parameters
    ----------
    memory : AcquisitionMemory
        Changed by the call.
    t_s : float
        Of the frame by which it can be told.
    decided : sequence of (float, bool)
        How many seconds before it a picture came that was in doubt, and whether it was new.
    timed : bool
        As in `take_picture`.
    """
    if not decided or not memory.undecided:
        return
    times = np.array([each for each, _ in memory.undecided])
    for age_s, is_new in decided:
        at = int(np.argmin(np.abs(times - (t_s - age_s))))
        if abs(times[at] - (t_s - age_s)) < _SAME_FRAME_S and memory.undecided[at][1] is None:
            memory.undecided[at] = (memory.undecided[at][0], is_new)
    _count_anew(memory, timed=timed)


def _keep_open(memory: AcquisitionMemory, t_s: float, *, is_new: bool | None, timed: bool) -> None:
    """Keep a picture that comes after one in doubt, or is: what is counted from there on may change."""
    if not memory.undecided:
        last = replace(memory.counted[-1]) if memory.counted else None
        memory.counted_before = (len(memory.counted), last)
    memory.undecided.append((t_s, is_new))
    if len(memory.undecided) > _MOST_OPEN:
        gone, memory.undecided = memory.undecided[: _MOST_OPEN // 2], memory.undecided[_MOST_OPEN // 2 :]
        _go_on_outside(memory, memory.never_told_s, gone)
        memory.undecided = [(at_s, told) for at_s, told in gone if told] + memory.undecided
        _count_anew(memory, timed=timed)


def _count_anew(memory: AcquisitionMemory, *, timed: bool) -> None:
    count, last = memory.counted_before
    memory.counted[max(count - 1, 0) :] = [] if last is None else [replace(last)]
    is_open, still_open = False, memory.undecided
    for at, (t_s, is_new) in enumerate(memory.undecided):
        if is_new is None and not is_open:
            is_open, now = True, replace(memory.counted[-1]) if memory.counted else None
            memory.counted_before, still_open = (len(memory.counted), now), memory.undecided[at:]
        if is_new:
            _take(memory, memory.counted, t_s, timed=timed).pulse_s = _pulse_s(memory)
    memory.undecided = still_open if is_open else []


def _go_on_outside(
    memory: AcquisitionMemory, stretches: list[tuple[float, float]], pictures: Sequence[tuple[float, bool | None]]
) -> None:
    """Go on with those of the pictures that are not told and lie in no exposure."""
    since = memory.counted[max(memory.counted_before[0] - 1, 0) :]
    for t_s, is_new in pictures:
        if is_new is None and not any(each.began_s <= t_s <= each.last_s for each in since):
            _go_on(stretches, t_s)


def _go_on(stretches: list[tuple[float, float]], t_s: float) -> None:
    """Go on with the last stretch in doubt, or begin one."""
    if stretches and 0 <= t_s - stretches[-1][1] <= _LONGEST_PULSE_S:
        stretches[-1] = (stretches[-1][0], t_s)
    else:
        stretches.append((t_s, t_s))


def _was_in_doubt(memory: AcquisitionMemory, t_s: float) -> bool:
    """Whether the picture that came then, the last one or the one before, could not be told."""
    return any(is_new is None and abs(at_s - t_s) < _CLOCK_S for at_s, is_new in memory.undecided[-2:])


def _is_pause(memory: AcquisitionMemory, step_s: float) -> bool:
    if len(memory.steps_s) < _LEAST_RATE_STEPS:
        return step_s > _PAUSE_UNKNOWN_S
    return step_s > max(_LEAST_PAUSE_S, min(_PAUSE_PULSES * median(memory.steps_s), _LONGEST_PULSE_S))


def _mode(memory: AcquisitionMemory) -> AcquisitionMode:
    now = memory.exposures[-1]
    if now.length_s > _SHORT_S:
        return AcquisitionMode.CONTINUOUS
    recent = memory.exposures[-_RECENT_EXPOSURES:]
    if len(recent) < 2:
        return AcquisitionMode.UNKNOWN
    if median(each.pictures for each in recent) <= _FEW_PICTURES:
        return AcquisitionMode.SINGLE_SHOTS
    if median(each.length_s for each in recent) <= _SHORT_S:
        return AcquisitionMode.SHORT_EXPOSURES
    return AcquisitionMode.CONTINUOUS
