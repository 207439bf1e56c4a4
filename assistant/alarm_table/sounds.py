"""Alarm sounds made by figures: pulses, pitch, harmonics and spacing after IEC 60601-1-8 as the project reads it.

HIGH: 10 pulses in groups of 3 and 2, twice. MEDIUM: 3 pulses. LOW: 1. Each pulse has its fundamental between 150 and
1000 Hz and at least four harmonics between 300 and 4000 Hz, so that it can be located and is heard in noise; none of
them is 15 dB weaker than the strongest. Between bursts: `GAP_S`, from the end of one to the beginning of the next.
No speech, no music, and no pitch that rises with the danger.
"""

from __future__ import annotations

import io
import wave
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from assistant.vocabulary import Priority

RATE_HZ: Final = 44_100
_LEVEL: Final = 0.8
_RAMP_SHARE: Final = 0.15
_HARMONICS: Final = (1.0, 0.8, 0.7, 0.6, 0.5, 0.4)


@dataclass(frozen=True, slots=True, kw_only=True)
class Burst:
    """One burst of an alarm sound.

    Attributes
    ----------
    pitch_hz : float
        Fundamental.
    pulse_s : float
    starts_s : tuple of float
        Of each pulse.
    """

    pitch_hz: float
    pulse_s: float
    starts_s: tuple[float, ...]

    @property
    def length_s(self) -> float:
        """From the first pulse's beginning to the last one's end."""
        return self.starts_s[-1] + self.pulse_s


def _high() -> tuple[float, ...]:
    """Ten pulses: three, a short gap, two, a longer gap, and the same again."""
    pulse, space = 0.10, 0.06
    five = (0.0, 1.0, 2.0, 3.0, 4.0)
    group = tuple(k * (pulse + space) + (space + pulse if k >= 3 else 0.0) for k in five)
    again = group[-1] + pulse + 0.40
    return (*group, *(again + at for at in group))


BURSTS: Final = {
    Priority.HIGH: Burst(pitch_hz=620.0, pulse_s=0.10, starts_s=_high()),
    Priority.MEDIUM: Burst(pitch_hz=440.0, pulse_s=0.20, starts_s=(0.0, 0.40, 0.80)),
    Priority.LOW: Burst(pitch_hz=330.0, pulse_s=0.20, starts_s=(0.0,)),
}
GAP_S: Final = {Priority.HIGH: 5.0, Priority.MEDIUM: 10.0, Priority.LOW: None, Priority.NONE: None}
CANAL_GAP_S: Final = 2.5
BATTERY_GAP_S: Final = 30.0
LEAST_GAP_S: Final = 2.5


def length_s(priority: Priority) -> float:
    """How long a burst lasts; 0 for no priority."""
    burst = BURSTS.get(priority)
    return 0.0 if burst is None else burst.length_s


def burst_wave(priority: Priority) -> bytes:
    """A burst as a WAV file (mono, 16 bit, 44.1 kHz).

    Raises
    ------
    KeyError
        For `Priority.NONE`, which has no sound.
    """
    burst = BURSTS[priority]
    samples = np.zeros(round((burst.length_s + 0.05) * RATE_HZ))
    pulse = _tone(burst.pitch_hz, burst.pulse_s)
    for start_s in burst.starts_s:
        at = round(start_s * RATE_HZ)
        samples[at : at + len(pulse)] += pulse
    return _wave(samples)


def watchdog_wave() -> bytes:
    """The tone of a program that has stopped: steady, unlike any alarm; two seconds that can be looped."""
    seconds, pitch_hz = 2.0, 350.0
    t = np.arange(round(seconds * RATE_HZ)) / RATE_HZ
    return _wave(_harmonics(t, pitch_hz))


def audible_test_wave() -> bytes:
    """The sound of the self-test: a burst of MEDIUM and one of LOW."""
    medium, low = _samples(burst_wave(Priority.MEDIUM)), _samples(burst_wave(Priority.LOW))
    return _wave(np.concatenate([medium, np.zeros(RATE_HZ // 2), low]))


def tick_wave() -> bytes:
    """The tick of replay and training at a marker: short, dry, no pulse of an alarm."""
    t = np.arange(round(0.06 * RATE_HZ)) / RATE_HZ
    return _wave(np.sin(2 * np.pi * 1400.0 * t) * np.exp(-t / 0.008))


SOUNDS: Final = {
    "high": lambda: burst_wave(Priority.HIGH),
    "medium": lambda: burst_wave(Priority.MEDIUM),
    "low": lambda: burst_wave(Priority.LOW),
    "watchdog": watchdog_wave,
    "test": audible_test_wave,
    "tick": tick_wave,
}
"""Every sound of the program by name, made when it is asked for."""


def _harmonics(t: NDArray[np.float64], pitch_hz: float) -> NDArray[np.float64]:
    total = np.zeros(len(t))
    for k, strength in enumerate(_HARMONICS, 1):
        if k * pitch_hz <= 4000.0:
            total += strength * np.sin(2 * np.pi * k * pitch_hz * t)
    return total


def _tone(pitch_hz: float, seconds: float) -> NDArray[np.float64]:
    """A pulse with soft edges, which have no click and startle nobody."""
    t = np.arange(round(seconds * RATE_HZ)) / RATE_HZ
    ramp = np.clip(np.minimum(t, t[::-1]) / (_RAMP_SHARE * seconds), 0.0, 1.0)
    shaped: NDArray[np.float64] = _harmonics(t, pitch_hz) * np.sin(0.5 * np.pi * ramp) ** 2
    return shaped


def _wave(samples: NDArray[np.float64]) -> bytes:
    scaled = np.round(samples / np.abs(samples).max() * _LEVEL * 32767).astype("<i2")
    memory = io.BytesIO()
    with wave.open(memory, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(RATE_HZ)
        file.writeframes(scaled.tobytes())
    return memory.getvalue()


def _samples(content: bytes) -> NDArray[np.float64]:
    with wave.open(io.BytesIO(content), "rb") as file:
        return np.frombuffer(file.readframes(file.getnframes()), "<i2").astype(np.float64) / 32767
