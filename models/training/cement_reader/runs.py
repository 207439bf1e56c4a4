"""Samples as sequences: what the readers are given picture by picture, beside what is true."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from assistant.steps.cement.reader_inputs import SeenChange, maps_of, start_seeing
from models.training.cement_reader.layout import PATH_STEPS

F32 = NDArray[np.float32]
F16 = NDArray[np.float16]
Bool = NDArray[np.bool_]
LEAST_PX = 64
_CEMENT_SHARE = 60
"""Of 255: a px with more of its area in cement is cement."""
_FEW = (1, 1, 2, 3, 5, 8)
_LEAST_DRY = 4
_FIRST_WITH = 12


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Picture:
    """One picture of a sample, all of it on the readers' lattice.

    Attributes
    ----------
    change, half_s, long_s, bright, mean : array (rows, cols)
        Log units; see `assistant.steps.cement.reader_inputs`. ``mean`` is the baseline less its middle.
    grain : float
    steel, ignored : array of bool
        ``ignored``: a balloon, of which nothing is taught.
    visible : array of float32
        Share of the px that is cement in sight.
    cement : array of bool
        In sight or not.
    path_mm : array of float32
        0 where it is not known.
    """

    change: F16 = field(repr=False)
    half_s: F16 = field(repr=False)
    long_s: F16 = field(repr=False)
    bright: F16 = field(repr=False)
    mean: F16 = field(repr=False)
    grain: float
    steel: Bool = field(repr=False)
    visible: F32 = field(repr=False)
    cement: Bool = field(repr=False)
    path_mm: F32 = field(repr=False)
    ignored: Bool = field(repr=False)
    visible_mm2: float
    cement_mm2: float
    before: bool


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class SampledRun:
    """One run of one patient.

    Attributes
    ----------
    name, group : str
    mm_per_px : float
    usable, body : array (rows, cols) of bool
    depth_mm : array of float32
    pictures : list of Picture
    """

    name: str
    group: str
    mm_per_px: float
    usable: Bool = field(repr=False)
    body: Bool = field(repr=False)
    depth_mm: F32 = field(repr=False)
    pictures: list[Picture] = field(repr=False)

    def maps(self, k: int) -> F32:
        """What the network is given of a picture, (8, rows, cols)."""
        seen = self.pictures[k]
        change, half_s, long_s, bright = (
            np.asarray(each, np.float32) for each in (seen.change, seen.half_s, seen.long_s, seen.bright)
        )
        return maps_of(
            (change, half_s, long_s),
            bright,
            seen.grain,
            np.asarray(seen.mean, np.float32),
            self.depth_mm,
            seen.steel,
            self.usable,
        )


def read_run(path: Path) -> SampledRun | None:
    """Read a sample; None where its crop is smaller than a training crop may be."""
    stored = _stored(path)
    if min(stored["body"].shape) < LEAST_PX:
        return None
    return _run(stored, path.stem, str(stored["group"]), list(range(len(stored["t_s"]))), None)


def read_on_few_pictures(path: Path, rng: np.random.Generator) -> SampledRun | None:
    """A sample as it would be on a baseline of one to eight pictures, from which whatever breathes stands out.

    Pictures without cement, and the first with it. None where too few are without.

    Parameters
    ----------
    path : Path
    rng : Generator
        Draws how many pictures, and which is the first.
    """
    stored = _stored(path)
    wet = [k for k, cement in enumerate(stored["cement"]) if cement.max() > _CEMENT_SHARE or stored["ignored"][k].any()]
    dry = [k for k in range(len(stored["t_s"])) if k not in set(wet)]
    if len(dry) < _LEAST_DRY or min(stored["body"].shape) < LEAST_PX:
        return None
    count, first = int(rng.choice(_FEW)), dry[int(rng.integers(0, len(dry) // 2))]
    base = [k for k in dry if k >= first][:count]
    kept = [k for k in range(base[-1] + 1, len(stored["t_s"])) if k <= dry[-1] + _FIRST_WITH]
    if not kept:
        return None
    mean = stored["still"][base].astype(np.float32).mean(axis=0)
    return _run(stored, f"{path.stem}-few", "few pictures", kept, mean)


def _stored(path: Path) -> dict[str, NDArray[Any]]:
    with np.load(path) as file:
        return dict(file)


def _run(stored: dict[str, NDArray[Any]], name: str, group: str, kept: list[int], mean: F32 | None) -> SampledRun:
    usable, body, mm_per_px = stored["usable"], stored["body"], float(stored["mm_per_px"])
    seen = start_seeing(usable, body, mm_per_px)
    return SampledRun(
        name=name,
        group=group,
        mm_per_px=mm_per_px,
        usable=usable,
        body=body,
        depth_mm=seen.depth_mm,
        pictures=[_picture(seen, stored, k, mean) for k in kept],
    )


def _picture(seen: SeenChange, stored: dict[str, NDArray[Any]], k: int, baseline: F32 | None) -> Picture:
    mean = np.asarray(stored["mean"][k], np.float32) if baseline is None else baseline
    seen.take(mean, np.asarray(stored["still"][k], np.float32), float(stored["t_s"][k]))
    parts = seen.change, seen.half_s, seen.long_s, seen.bright
    change, half_s, long_s, bright = (np.asarray(each, np.float16) for each in parts)
    return Picture(
        change=change,
        half_s=half_s,
        long_s=long_s,
        bright=bright,
        mean=(mean - np.float32(np.median(mean[seen.usable][::3]))).astype(np.float16),
        grain=seen.grain,
        steel=np.asarray(stored["steel"][k], bool),
        visible=np.asarray(stored["visible"][k] / np.float32(255), np.float32),
        cement=np.asarray(stored["cement"][k]) > _CEMENT_SHARE,
        path_mm=np.asarray(stored["path"][k] / np.float32(PATH_STEPS), np.float32),
        ignored=np.asarray(stored["ignored"][k], bool),
        visible_mm2=float(stored["visible_mm2"][k]),
        cement_mm2=float(stored["cement_mm2"][k]),
        before=bool(stored["before"][k]),
    )
