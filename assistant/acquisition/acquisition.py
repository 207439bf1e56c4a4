"""The acquisition model: from the times of new X-ray pictures to exposures, pauses and film time.

An exposure is a stretch of pictures without a pause: the pedal is down. A pause is a step between two pictures that is
longer than pulses explain. Nothing here reads a clock, and nothing looks at a picture: whether one is new is liveness.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field
from enum import StrEnum
from statistics import median, median_low
from typing import Final

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
        """X-ray time of each exposure so far, in order: each picture stands for one pulse interval."""
        return tuple(each.length_s + each.pulse_s for each in self.exposures)

    @property
    def pulses_per_s(self) -> Measure:
        """The rate lately: a mean, for pulses that fall between frames come in steps of one frame or two."""
        if len(self.steps_s) < _LEAST_RATE_STEPS:
            return Unknown(sentence("too few X-ray pictures have come"))
        usual_s = median_low(self.steps_s)
        longest_s = usual_s * (_PAUSE_PULSES if usual_s < _BETWEEN_FRAMES_S else _ONE_LOST)
        steps = [each for each in self.steps_s if each <= longest_s]
        return len(steps) / sum(steps)


def take_picture(memory: AcquisitionMemory, t_s: float, *, timed: bool = True) -> Acquisition:
    """Take the time of one new X-ray picture in.

    Parameters
    ----------
    memory : AcquisitionMemory
        Changed by the call.
    t_s : float
        Of its frame; times that go back begin a new exposure.
    timed : bool
        The source's times are measured (`assistant.run_facts.RunClock`).
    """
    now = memory.exposures[-1] if memory.exposures else None
    step_s = t_s - now.last_s if now is not None else 0.0
    if now is None or step_s < 0 or (timed and _is_pause(memory, step_s)):
        if now is not None:
            memory.film_before_s += now.length_s + now.pulse_s
            memory.pause_s = max(step_s, 0.0)
        now = _Exposure(began_s=t_s, last_s=t_s, pulse_s=_SINGLE_S)
        memory.exposures.append(now)
    else:
        now.last_s, now.pictures = t_s, now.pictures + 1
    memory.pictures += 1
    if 0 < step_s <= _LONGEST_PULSE_S:
        memory.steps_s.append(step_s)
    rate = memory.pulses_per_s
    now.pulse_s = _SINGLE_S if isinstance(rate, Unknown) else 1.0 / rate
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
