import io
import wave

import numpy as np
import pytest

from assistant.alarm_table.sounds import (
    BURSTS,
    CANAL_GAP_S,
    GAP_S,
    RATE_HZ,
    SOUNDS,
    burst_wave,
    length_s,
    watchdog_wave,
)
from assistant.vocabulary import Priority

PULSES = {Priority.HIGH: 10, Priority.MEDIUM: 3, Priority.LOW: 1}


def samples(content: bytes) -> np.ndarray:
    with wave.open(io.BytesIO(content)) as file:
        assert (file.getnchannels(), file.getsampwidth(), file.getframerate()) == (1, 2, RATE_HZ)
        return np.frombuffer(file.readframes(file.getnframes()), "<i2") / 32767


def envelope(sound: np.ndarray) -> np.ndarray:
    window = RATE_HZ // 100
    return np.sqrt(np.convolve(sound**2, np.ones(window) / window, mode="same"))


def pulses(sound: np.ndarray) -> list[tuple[float, float]]:
    """Beginning and end of each pulse in seconds, from the envelope."""
    loud = envelope(sound) > 0.15 * envelope(sound).max()
    edges = np.flatnonzero(np.diff(np.concatenate([[0], loud.astype(int), [0]])))
    return [(a / RATE_HZ, b / RATE_HZ) for a, b in edges.reshape(-1, 2)]


def peaks(sound: np.ndarray) -> list[tuple[float, float]]:
    """Frequencies in Hz and strengths in dB below the strongest, of the spectral lines."""
    spectrum = np.abs(np.fft.rfft(sound * np.hanning(len(sound)), 1 << 17))
    hz = np.fft.rfftfreq(1 << 17, 1 / RATE_HZ)
    tops = [
        k
        for k in range(50, len(spectrum) - 50)
        if spectrum[k] == spectrum[k - 50 : k + 51].max() and spectrum[k] > 0.03 * spectrum.max()
    ]
    return [(float(hz[k]), float(20 * np.log10(spectrum[k] / spectrum.max()))) for k in tops]


@pytest.mark.parametrize("priority", PULSES, ids=lambda priority: priority.word)
def test_the_pulses_of_a_burst(priority: Priority) -> None:
    sound = samples(burst_wave(priority))
    found = pulses(sound)
    assert len(found) == PULSES[priority]
    loudest = [20 * np.log10(np.abs(sound[round(a * RATE_HZ) : round(b * RATE_HZ)]).max()) for a, b in found]
    assert max(loudest) - min(loudest) < 10
    assert found[-1][1] == pytest.approx(length_s(priority), abs=0.02)


@pytest.mark.parametrize("priority", PULSES, ids=lambda priority: priority.word)
def test_pitch_and_harmonics_of_a_pulse(priority: Priority) -> None:
    sound = samples(burst_wave(priority))
    a, b = pulses(sound)[0]
    lines = peaks(sound[round(a * RATE_HZ) : round(b * RATE_HZ)])
    pitch = lines[0][0]
    assert 150 <= pitch <= 1000
    harmonics = [hz for hz, db in lines if 300 <= hz <= 4000 and db > -15 and hz > 1.5 * pitch]
    assert len(harmonics) >= 4
    assert all(abs(hz / pitch - round(hz / pitch)) < 0.03 for hz in harmonics)


def test_a_high_burst_is_three_and_two_twice() -> None:
    starts = [a for a, _ in pulses(samples(burst_wave(Priority.HIGH)))]
    steps = np.round(np.diff(starts), 2)
    assert steps.tolist() == pytest.approx([0.16, 0.16, 0.32, 0.16, 0.50, 0.16, 0.16, 0.32, 0.16], abs=0.015)


def test_gaps_between_bursts_lie_within_the_standard() -> None:
    assert all(2.5 <= gap <= 15 for gap in (GAP_S[Priority.HIGH], CANAL_GAP_S))
    assert 2.5 <= GAP_S[Priority.MEDIUM] <= 30
    assert GAP_S[Priority.LOW] is None
    assert length_s(Priority.NONE) == 0.0


def test_the_watchdogs_tone_is_steady_and_loops_without_a_click() -> None:
    sound = samples(watchdog_wave())
    loud = envelope(sound)[500:-500]
    assert loud.min() > 0.8 * loud.max()
    twice = np.concatenate([sound, sound])
    assert np.abs(np.diff(twice)).max() == pytest.approx(np.abs(np.diff(sound)).max(), rel=0.01)


@pytest.mark.parametrize("name", SOUNDS)
def test_every_sound_can_be_played_and_is_not_clipped(name: str) -> None:
    sound = samples(SOUNDS[name]())
    assert 0.7 < np.abs(sound).max() < 0.95
    assert len(BURSTS) == 3
