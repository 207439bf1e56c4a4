"""What a method says of a run: the program's result folder, or a peer's answers in memory."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import msgspec
import numpy as np
from numpy.typing import NDArray

from assistant.errors import InputError
from assistant.evaluation.truth import LINES, MOTION, mirrored_in, motion_of, read_mask
from assistant.readings.table_file import Column, read_table
from assistant.system.plain import read_json

MaskOf = Callable[[int], NDArray[np.bool_] | None]


class MethodEvent(msgspec.Struct, frozen=True, kw_only=True):
    """An event of ``result.json``; a method without an alarm table gives it no priority."""

    kind: str
    first_frame: int
    last_frame: int | None
    site: str | None = None
    priority: str = ""


class MethodShape(msgspec.Struct, frozen=True, kw_only=True):
    """Shape of an intradiscal leak."""

    label: str
    p_spike: float | None


class MethodLeak(msgspec.Struct, frozen=True, kw_only=True):
    """A leak of ``result.json``."""

    site: str
    first_frame: int
    area_mm2: float
    shape: MethodShape | None = None


class _RunFile(msgspec.Struct, frozen=True, kw_only=True):
    exposures: int | None = None
    xray_s: float | None = None
    notes: list[str] = []


class _ResultFile(msgspec.Struct, frozen=True, kw_only=True):
    complete: bool
    run: _RunFile = _RunFile()
    events: list[MethodEvent]
    leaks: list[MethodLeak]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class MethodAnswers:
    """A method's answers, by frame of the run.

    Attributes
    ----------
    complete : bool
    doubt : array (n,) of bool or None
        Frames of which the method says that it cannot tell whether they are new; None for one that always tells.
    state, view : list of str
        Empty words past the last frame that was analysed, as NaN in the columns.
    registered : array (n,) of bool
    motion, distance_mm : dict of str to array (n,)
        As in `Truth`; NaN where the method does not know.
    mirrored : array (n,) of bool
        The vertebra was found in a picture that the console shows mirrored.
    area_mm2, processing_ms : array (n,)
    alarm, reason : list of str
        The priority that stands, and why a frame has no figures; empty for a method without an alarm table.
    outline_sigma_mm : array (n,) or None
        Standard deviation that the method gives its outline; None for one that gives none.
    events, leaks : tuples
    exposures : int or None
        How often X-ray was on; None for a method that does not say.
    xray_s : float or None
        How long.
    notes : tuple of str
        What the run's figures carry with them.
    mask : callable
        Cement found in a frame, source size; None where it was not measured.
    """

    complete: bool
    state: list[str] = field(repr=False)
    view: list[str] = field(repr=False)
    registered: NDArray[np.bool_] = field(repr=False)
    motion: Mapping[str, Column] = field(repr=False)
    mirrored: NDArray[np.bool_] = field(repr=False)
    area_mm2: Column = field(repr=False)
    distance_mm: Mapping[str, Column] = field(repr=False)
    processing_ms: Column = field(repr=False)
    alarm: list[str] = field(default_factory=list, repr=False)
    reason: list[str] = field(default_factory=list, repr=False)
    doubt: NDArray[np.bool_] | None = field(default=None, repr=False)
    outline_sigma_mm: Column | None = field(default=None, repr=False)
    events: tuple[MethodEvent, ...]
    leaks: tuple[MethodLeak, ...]
    exposures: int | None = None
    xray_s: float | None = None
    notes: tuple[str, ...] = ()
    mask: MaskOf = field(repr=False)


def _result_in(path: Path) -> _ResultFile:
    try:
        return read_json(path.read_bytes(), _ResultFile)
    except (OSError, msgspec.DecodeError) as error:
        raise InputError(f"{path}: not a result ({error})") from error


def read_outcome(folder: Path, frames: int) -> MethodAnswers:
    """Read the program's result folder.

    Parameters
    ----------
    folder : Path
        With ``measurements.csv``, ``result.json`` and ``masks/``.
    frames : int
        How many frames the run has: rows that are missing count as not known, rows past it as an error.

    Raises
    ------
    InputError
    """
    table = read_table(folder / "measurements.csv", ("state", "view", "registration_ok", *MOTION, "cement_area_mm2"))
    if table.rows > frames:
        raise InputError(f"{table.path}: has {table.rows} rows, the run has {frames} frames: results of another run")
    result = _result_in(folder / "result.json")
    short = frames - table.rows

    def numbers(name: str) -> Column:
        return np.concatenate([table.numbers(name), np.full(short, np.nan)])

    def flags(name: str) -> NDArray[np.bool_]:
        return np.array([cell.lower() in ("1", "true") for cell in table.words(name)] + [False] * short, dtype=bool)

    told = table.cells.get("new_picture", [])
    mirrored = mirrored_in(table)
    motion = motion_of(table, mirrored)
    unknown = np.full(short, np.nan)
    masks = folder / "masks"

    def mask(frame: int) -> NDArray[np.bool_] | None:
        file = masks / f"{frame:06d}.png"
        return read_mask(file) if file.is_file() else None

    return MethodAnswers(
        complete=result.complete,
        state=table.words("state") + [""] * short,
        view=table.words("view") + [""] * short,
        registered=flags("registration_ok"),
        motion={name: np.concatenate([motion[name], unknown]) for name in MOTION},
        mirrored=np.concatenate([mirrored, np.zeros(short, dtype=bool)]),
        area_mm2=numbers("cement_area_mm2"),
        distance_mm={line: numbers(f"{line}_mm") for line in LINES},
        processing_ms=numbers("processing_ms"),
        alarm=table.words("alarm") + [""] * short,
        reason=table.words("reason") + [""] * short,
        doubt=np.array([cell == "" for cell in told] + [False] * short, dtype=bool) if told else None,
        outline_sigma_mm=numbers("front_mm"),
        events=tuple(result.events),
        leaks=tuple(result.leaks),
        exposures=result.run.exposures,
        xray_s=result.run.xray_s,
        notes=tuple(result.run.notes),
        mask=mask,
    )


def no_outcome(frames: int) -> MethodAnswers:
    """A method that gave nothing: everything counts against it, nothing is left out."""
    nothing = np.full(frames, np.nan)
    return MethodAnswers(
        complete=False,
        state=[""] * frames,
        view=[""] * frames,
        registered=np.zeros(frames, dtype=bool),
        motion=dict.fromkeys(MOTION, nothing),
        mirrored=np.zeros(frames, dtype=bool),
        area_mm2=nothing,
        distance_mm=dict.fromkeys(LINES, nothing),
        processing_ms=nothing,
        events=(),
        leaks=(),
        mask=lambda _frame: None,
    )
