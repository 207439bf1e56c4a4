"""The foot on the pedal: when X-ray is on, and what has changed about the patient and the beam when it is on again."""

from __future__ import annotations

import itertools
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from assistant.simulation.scenario import Case, Jump

_PUSH_TAKES_S = 0.5
_LEAST_PAUSE_S = 1.5
_FORGOTTEN_S = 1.0
"""After so long without X-ray detector and filter hold nothing of the last picture."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Exposure:
    """The pedal is down.

    Attributes
    ----------
    from_s, to_s : float
        It gives a picture at ``from_s`` and, pulse by pulse, up to ``to_s``.
    table_mm : tuple of 3 floats
        Where the table stands, patient mm from its place at the first exposure.
    start_off : float
        Logarithm of the generator's first output over what it was at the end of the last exposure.
    """

    from_s: float
    to_s: float
    table_mm: tuple[float, float, float]
    start_off: float


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Pulses:
    """When the beam pulses.

    Attributes
    ----------
    times_s : array (n,)
    pulses_per_s : float
    start_off : dict
        Time of the first pulse of an exposure to its `Exposure.start_off`; empty where X-ray is left on.
    """

    times_s: NDArray[np.float64]
    pulses_per_s: float
    start_off: dict[float, float]

    def starts_anew(self, t_s: float, last_s: float) -> bool:
        """Whether lag and filter begin anew with this picture: the pedal was up, or X-ray was off for long."""
        return t_s - last_s > _FORGOTTEN_S or t_s in self.start_off

    @property
    def exposures(self) -> int:
        """How often X-ray was switched on: a pulse that comes later than the next one would have begins an exposure."""
        return int((np.diff(self.times_s) > 1.5 / self.pulses_per_s).sum()) + min(len(self.times_s), 1)

    @property
    def xray_s(self) -> float:
        """How long X-ray was on: each pulse stands for the time to the next."""
        return round(len(self.times_s) / self.pulses_per_s, 3)


def exposures(case: Case, rng: np.random.Generator) -> tuple[Exposure, ...]:
    """All exposures of a run in order; none where the case leaves X-ray on (``Pedal.off_s`` is 0)."""
    pedal = case.pedal
    if pedal.off_s[1] <= 0:
        return ()
    found: list[Exposure] = []
    home, t_s = np.zeros(3), 0.0
    stays_on_s = pedal.stays_on_from_s if pedal.stays_on_from_s >= 0 else np.inf
    while t_s < min(case.run.duration_s, stays_on_s):
        length_s = float(rng.uniform(*pedal.on_s))
        pushed, away = rng.random() < pedal.push_share, rng.normal(size=(2, 3)) * [1.0, 0.0, 1.0]
        off = float(np.clip(rng.normal(), -2.0, 2.0)) * pedal.start_off
        if not found:
            table, off, length_s = np.zeros(3), 0.0, max(length_s, pedal.first_s)
        else:
            if pushed:
                home = rng.uniform(0.5, 1.0) * pedal.push_mm * away[0] / max(float(np.linalg.norm(away[0])), 1e-6)
            table = home + pedal.rest_mm * np.clip(away[1], -2.0, 2.0)
        x, y, z = np.round(table, 3).tolist()
        found.append(Exposure(from_s=round(t_s, 3), to_s=round(t_s + length_s, 3), table_mm=(x, y, z), start_off=off))
        t_s += length_s + float(rng.uniform(*pedal.off_s))
    if stays_on_s < case.run.duration_s:
        from_s = round(max(found[-1].to_s + _LEAST_PAUSE_S, stays_on_s), 3)
        found.append(replace(found[-1], from_s=from_s, to_s=case.run.duration_s))
    return tuple(found)


def pushes(down: tuple[Exposure, ...]) -> tuple[Jump, ...]:
    """What moves the table in the pauses: in the middle of each, from where it stood to where it will stand."""
    found = []
    for before, after in itertools.pairwise(down):
        x, y, z = (b - a for a, b in zip(before.table_mm, after.table_mm, strict=True))
        middle_s = 0.5 * (before.to_s + after.from_s)
        takes_s = min(_PUSH_TAKES_S, 0.5 * (after.from_s - before.to_s))
        found.append(Jump(at_s=middle_s - 0.5 * takes_s, shift_mm=(x, y, z), takes_s=takes_s))
    return tuple(found)


def pulse_times_s(down: tuple[Exposure, ...], pulses_per_s: float, duration_s: float) -> NDArray[np.float64]:
    """Moments of all pulses: the first of an exposure as soon as the pedal is down."""
    times = [
        one.from_s + np.arange(int(np.floor((one.to_s - one.from_s) * pulses_per_s + 1e-9)) + 1) / pulses_per_s
        for one in down
    ]
    together = np.concatenate(times) if times else np.zeros(0)
    return np.asarray(together[together <= duration_s], dtype=np.float64)
