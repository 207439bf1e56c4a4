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
        return maps_of(
            np.asarray(seen.change, np.float32),
            np.asarray(seen.half_s, np.float32),
            np.asarray(seen.long_s, np.float32),
            np.asarray(seen.bright, np.float32),
            seen.grain,
            np.asarray(seen.mean, np.float32),
            self.depth_mm,
            seen.steel,
            self.usable,
        )


def read_run(path: Path) -> SampledRun | None:
    """Read a sample; None where its crop is smaller than a training crop may be."""
    with np.load(path) as file:
        stored = dict(file)
    usable, body, mm_per_px = stored["usable"], stored["body"], float(stored["mm_per_px"])
    if min(body.shape) < LEAST_PX:
        return None
    seen = start_seeing(usable, body, mm_per_px)
    pictures = [_picture(seen, stored, k) for k in range(len(stored["t_s"]))]
    return SampledRun(
        name=path.stem,
        group=str(stored["group"]),
        mm_per_px=mm_per_px,
        usable=usable,
        body=body,
        depth_mm=seen.depth_mm,
        pictures=pictures,
    )


def _picture(seen: SeenChange, stored: dict[str, NDArray[Any]], k: int) -> Picture:
    mean = np.asarray(stored["mean"][k], np.float32)
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
        cement=np.asarray(stored["cement"][k]) > 60,
        path_mm=np.asarray(stored["path"][k] / np.float32(PATH_STEPS), np.float32),
        ignored=np.asarray(stored["ignored"][k], bool),
        visible_mm2=float(stored["visible_mm2"][k]),
        cement_mm2=float(stored["cement_mm2"][k]),
        before=bool(stored["before"][k]),
    )
