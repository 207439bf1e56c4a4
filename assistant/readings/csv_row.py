"""A reading as a row of ``measurements.csv`` (contract)."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Final

from assistant import lengths
from assistant.geometry import Similarity
from assistant.lines import GRAVEST, TABLED_LINES
from assistant.plan import PlannedView
from assistant.vocabulary import (
    NOT_PROVED,
    NOT_SURE,
    CementMask,
    Distances,
    Measure,
    Motion,
    Reading,
    Unknown,
    value_or_none,
)

_FIRST_LINES = 5
"""Their columns are among the 19 that the contract began with; lines that came later stand behind those."""
MOTION_COLUMNS: Final = ("dx_px", "dy_px", "rotation_deg", "scale")
MIRRORED_COLUMNS: Final = ("mirrored_dx_px", "mirrored_dy_px", "mirrored_rotation_deg", "mirrored_scale")
"""The contract's formula turns no picture round: where the console shows it mirrored the motion stands in these."""
NEW_PICTURE: Final = "new_picture"
"""Whether the frame carries a new X-ray picture: 1 or 0; empty where that cannot be told (it is live then)."""
COLUMNS = (
    *("frame", "t_s", "state", "view", "registration_ok", *MOTION_COLUMNS),
    "cement_area_mm2",
    *(line.column_mm for line in TABLED_LINES[:_FIRST_LINES]),
    *("approach_mm_per_s", "time_to_line_s", "alarm", "processing_ms"),
    *(line.column_mm for line in TABLED_LINES[_FIRST_LINES:]),
    *("xray_age_ms", "registration_confidence", "front_mm", "reason"),
    *lengths.SHARE_COLUMNS,
    "mirrored",
    *MIRRORED_COLUMNS,
    NEW_PICTURE,
)
_SHARE_PLACES = 5
"""As fine as 0.001 mm of a body."""


def csv_row(reading: Reading, views: Sequence[PlannedView]) -> list[str]:
    """One line of ``measurements.csv``. An unknown figure is an empty cell; in an uncalibrated view each one in mm is.

    Parameters
    ----------
    reading : Reading
    views : sequence of PlannedView
        The plan's, in its order.
    """
    motion, age = reading.motion, reading.liveness.xray_age_s
    view = views[motion.view_index] if isinstance(motion, Motion) else None
    found = lengths.columns(reading.distances, reading.approach, view)
    front = (
        reading.cement.outline_sigma_mm
        if isinstance(reading.cement, CementMask)
        else Unknown("no cement was looked for")
    )
    cells = {name: _cell(value) for name, value in found.items()} | {
        "frame": str(reading.frame_index),
        "t_s": f"{reading.t_s:.6f}",
        "state": reading.liveness.state.value,
        "view": "" if view is None else view.view,
        "registration_ok": "1" if isinstance(motion, Motion) else "0",
        **_moved(motion),
        "time_to_line_s": _cell(reading.approach.time_to_line_s),
        "alarm": reading.alarm.word,
        "processing_ms": f"{reading.processing_ms:.3f}",
        "xray_age_ms": "" if isinstance(age, Unknown) else f"{age * 1000:.1f}",
        "registration_confidence": f"{motion.confidence:.3f}" if isinstance(motion, Motion) else "",
        "front_mm": _cell(lengths.in_mm(front, view)),
        "reason": why_unmeasured(reading) or why_unproved(reading.distances),
        NEW_PICTURE: "" if reading.liveness.doubt else ("1" if age == 0.0 else "0"),
    }
    for name in lengths.SHARE_COLUMNS:
        cells[name] = _cell(found[name], places=_SHARE_PLACES)
    return [cells[name] for name in COLUMNS]


def _moved(motion: Motion | Unknown) -> dict[str, str]:
    """The cells that say where the vertebra went."""
    cells = dict.fromkeys((*MOTION_COLUMNS, "mirrored", *MIRRORED_COLUMNS), "")
    if isinstance(motion, Motion):
        at = motion.similarity
        values = (f"{at.dx_px:.3f}", f"{at.dy_px:.3f}", f"{at.rotation_deg:.4f}", f"{at.scale:.5f}")
        cells.update(zip(MIRRORED_COLUMNS if at.mirrored else MOTION_COLUMNS, values, strict=True))
        cells["mirrored"] = "1" if at.mirrored else "0"
    return cells


def read_motion(cell: Callable[[str], str], centre_px: tuple[float, float]) -> Similarity | None:
    """Where a row says that the vertebra went; None where it does not.

    Parameters
    ----------
    cell : callable
        Gives the text of a column, "" for one that the table does not have.
    centre_px : (float, float)
        Of the view's landmarks.
    """
    mirrored = cell("mirrored") == "1"
    moved = [cell(name) for name in MIRRORED_COLUMNS] if mirrored else []
    if not all(moved) or not moved:
        moved = [cell(name) for name in MOTION_COLUMNS]  # also of a table that had them here in mirrored pictures too
    if not all(moved):
        return None
    dx_px, dy_px, rotation_deg, scale = (float(value) for value in moved)
    return Similarity(
        dx_px=dx_px, dy_px=dy_px, rotation_deg=rotation_deg, scale=scale, centre_px=centre_px, mirrored=mirrored
    )


def _cell(measure: Measure, places: int = 3) -> str:
    value = value_or_none(measure)
    # "z": a distance that rounds to nothing has not crossed the line, so it carries no minus.
    return "" if value is None or not math.isfinite(value) else f"{value:z.{places}f}"


def why_unmeasured(reading: Reading) -> str:
    """Why a reading has no figures; empty where it has, and where nothing stands out that could be cement."""
    if reading.liveness.reason:
        return reading.liveness.reason
    for found in (reading.motion, reading.cement, reading.distances):
        if isinstance(found, Unknown):
            return found.reason
    if isinstance(reading.distances, Distances) and NOT_SURE in reading.distances.mm.values():
        return NOT_SURE.reason
    return ""


def why_unproved(found: Distances | Unknown) -> str:
    """What is to be said of figures past one of the gravest lines that one picture alone does not prove; else empty."""
    is_past = isinstance(found, Distances) and found.unproved(*GRAVEST)
    return NOT_PROVED if is_past else ""
