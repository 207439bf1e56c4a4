"""What is known to be true of a simulated run (``RUN/truth``), and the plan that stands beside it."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
from numpy.typing import NDArray

from assistant.errors import InputError
from assistant.lines import WHOLE_LINES
from assistant.plan import Plan, read_plan
from assistant.readings.table_file import Column, TableFile, read_table
from assistant.settings.file import default_settings
from assistant.simulation.truth_masks import mask_at
from assistant.system.plain import read_json

LINES = tuple(line.value for line in WHOLE_LINES)
MOTION = ("dx_px", "dy_px", "rotation_deg", "scale")

LINE_OF_EVENT = {
    ("warning_line", "posterior"): "warning_line",
    ("posterior_wall", "posterior"): "posterior_wall",
    ("endplate", "superior_endplate"): "superior_endplate",
    ("endplate", "inferior_endplate"): "inferior_endplate",
}
"""Kind and site of the alarms that say that a line was crossed."""

LINE_OF_LEAK = {
    "posterior": "posterior_wall",
    "superior_disc": "superior_endplate",
    "inferior_disc": "inferior_endplate",
    "anterior": "anterior_wall",
    "lateral": "side_wall",
}


class TrueShape(msgspec.Struct, frozen=True, kw_only=True):
    """Working label of an intradiscal leak's shape, and how far it reaches beyond the endplate."""

    label: str
    height_mm: float | None = None


class TrueLeak(msgspec.Struct, frozen=True, kw_only=True):
    """A leak as the simulator knows it; ``onset_2d_frame`` is null where no picture shows it."""

    site: str
    onset_3d_frame: int | None
    volume_mm3: float
    onset_2d_frame: int | None = None
    area_mm2: float | None = None
    shape: TrueShape | None = None


class TrueCrossing(msgspec.Struct, frozen=True, kw_only=True):
    """A line crossed for at least 0.2 s, by the whole mask and by its visible part (null: never seen)."""

    kind: str
    site: str
    first_frame: int
    visible_first_frame: int | None = None


class _TruthFile(msgspec.Struct, frozen=True, kw_only=True):
    leaks: list[TrueLeak]
    crossings: list[TrueCrossing]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Truth:
    """Truth of a run, by frame.

    Attributes
    ----------
    folder : Path
        The run's ``truth`` folder.
    plan : Plan
    t_s : array (n,)
    state, view : list of str
        The contract's words; ``view`` is empty where none of the plan's views is shown.
    new_picture : array (n,) of bool
    motion : dict of str to array (n,)
        `MOTION`: of the vertebra since the plan's reference frame; NaN where undefined.
    mirrored : array (n,) of bool
        The console shows the vertebra mirrored, as the plan knows, and so goes its motion.
    volume_ml, area_mm2, visible_area_mm2, free_area_mm2 : array (n,)
        ``area_mm2`` is that of the mask of 0.5 mm projected path; ``free_area_mm2`` what is visible beside the shafts
        of cannulas and tools, NaN where the run does not tell.
    distance_mm, visible_mm : dict of str to array (n,)
        By line (`LINES`), of the whole and of the visible mask; NaN where there is none.
    leaks, crossings : tuples
    facts : dict
        All else that ``truth.json`` says.
    case : dict
        How the simulator made the run (``scenario.toml``); empty for a run of somebody else's.
    """

    folder: Path
    plan: Plan
    t_s: Column = field(repr=False)
    state: list[str] = field(repr=False)
    view: list[str] = field(repr=False)
    new_picture: NDArray[np.bool_] = field(repr=False)
    motion: Mapping[str, Column] = field(repr=False)
    mirrored: NDArray[np.bool_] = field(repr=False)
    volume_ml: Column = field(repr=False)
    area_mm2: Column = field(repr=False)
    visible_area_mm2: Column = field(repr=False)
    free_area_mm2: Column = field(repr=False)
    distance_mm: Mapping[str, Column] = field(repr=False)
    visible_mm: Mapping[str, Column] = field(repr=False)
    leaks: tuple[TrueLeak, ...]
    crossings: tuple[TrueCrossing, ...]
    facts: Mapping[str, Any] = field(repr=False)
    case: Mapping[str, Any] = field(default_factory=dict, repr=False)

    @property
    def frames(self) -> int:
        """How many frames the run has."""
        return len(self.t_s)

    @property
    def live(self) -> NDArray[np.bool_]:
        """Frames that carry a new X-ray picture that can be measured."""
        is_live: NDArray[np.bool_] = np.array([word == "live" for word in self.state], dtype=bool)
        return self.new_picture & is_live

    def mask(self, frame: int, *, visible: bool) -> NDArray[np.bool_]:
        """Cement of a new picture, source size.

        Raises
        ------
        InputError
            If the file is missing or no picture.
        """
        return read_mask(self.folder / ("visible" if visible else "cement") / f"{frame:06d}.png")


def read_mask(path: Path) -> NDArray[np.bool_]:
    """Read an 8-bit mask, wherever it lies (`truth_masks.mask_at`).

    Raises
    ------
    InputError
    """
    picture = mask_at(path)
    if picture is None:
        raise InputError(f"{path}: the mask is missing")
    mask: NDArray[np.bool_] = picture >= 128
    return mask


def read_truth(folder: Path) -> Truth:
    """Read a run's truth folder and the plan beside it.

    Raises
    ------
    InputError
        If a file is missing or not of its kind.
    UsageError
        If the plan cannot be used.
    """
    table = read_table(folder / "truth.csv", ("t_s", "state", "view", "new_picture", *MOTION, "cement_area_mm2"))
    path = folder / "truth.json"
    try:
        content = path.read_bytes()
        document = read_json(content)
        file = read_json(content, _TruthFile)
    except (OSError, ValueError, msgspec.ValidationError) as error:
        raise InputError(f"{path}: not the truth of a run ({error})") from error
    return Truth(
        folder=folder,
        plan=read_plan(folder.parent / "plan.json", default_settings().alarms.warning_lines),
        t_s=table.numbers("t_s"),
        state=table.words("state"),
        view=table.words("view"),
        new_picture=np.array([cell.lower() in ("1", "true", "yes") for cell in table.words("new_picture")], dtype=bool),
        motion=motion_of(table, mirrored := mirrored_in(table)),
        mirrored=mirrored,
        volume_ml=np.nan_to_num(table.numbers("volume_ml")),
        area_mm2=np.nan_to_num(table.numbers("cement_area_mm2")),
        visible_area_mm2=np.nan_to_num(table.numbers("visible_area_mm2")),
        free_area_mm2=table.numbers("visible_beside_shafts_mm2"),
        distance_mm={line: table.numbers(f"{line}_mm") for line in LINES},
        visible_mm={line: table.numbers(f"visible_{line}_mm") for line in LINES},
        leaks=tuple(file.leaks),
        crossings=tuple(file.crossings),
        facts={name: value for name, value in document.items() if name not in ("leaks", "crossings")},
        case=_case_of(folder.parent / "scenario.toml"),
    )


def mirrored_in(table: TableFile) -> NDArray[np.bool_]:
    """Rows of a table in which the console shows the vertebra mirrored; none in a table without the column."""
    return np.array([cell == "1" for cell in table.words("mirrored")], dtype=bool)


def motion_of(table: TableFile, mirrored: NDArray[np.bool_]) -> dict[str, Column]:
    """`MOTION` of a table, of mirrored rows from the columns that such have of their own."""
    return {name: np.where(mirrored, table.numbers(f"mirrored_{name}"), table.numbers(name)) for name in MOTION}


def _case_of(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
    except (OSError, ValueError) as error:
        raise InputError(f"{path}: not a case file ({error})") from error
