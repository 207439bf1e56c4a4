"""What one run adds to the table: samples (one number a frame or event), counts (so many of so many), and notes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import ArrayLike, NDArray

Samples = NDArray[np.float64]


@dataclass(slots=True, eq=False)
class Tally:
    """Grows while a run is scored.

    Attributes
    ----------
    samples : dict of str to array
    counts : dict of str to (float, float)
        Numerator and denominator; a denominator of 0 means that the run says nothing about it.
    notes : list of str
        What a person wants to look at, such as the frame of a missed crossing.
    """

    samples: dict[str, Samples] = field(default_factory=dict)
    counts: dict[str, tuple[float, float]] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)

    def add(self, key: str, values: ArrayLike) -> None:
        """Append samples (scalar or array)."""
        new = np.atleast_1d(np.asarray(values, dtype=np.float64))
        self.samples[key] = np.concatenate([self.samples.get(key, np.zeros(0)), new])

    def count(self, key: str, part: float, whole: float) -> None:
        """Add to a count."""
        old = self.counts.get(key, (0.0, 0.0))
        self.counts[key] = (old[0] + float(part), old[1] + float(whole))


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class RunScore:
    """The finished score of one method on one run.

    Attributes
    ----------
    run, method : str
    tags : dict of str to str
        What the run is counted under: level, view, noise, motion ...
    samples, counts, notes : see `Tally`
    """

    run: str
    method: str
    tags: Mapping[str, str]
    samples: Mapping[str, Samples] = field(repr=False)
    counts: Mapping[str, tuple[float, float]] = field(repr=False)
    notes: tuple[str, ...] = ()
