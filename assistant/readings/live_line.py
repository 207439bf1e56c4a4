"""What a live session keeps of a reading beside its columns: leaks, outlines, thirds; written live, read in review."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, Final

import numpy as np

from assistant import lengths
from assistant.lines import WARNING_THIRDS
from assistant.plan import PlannedView
from assistant.readings.moments import Outline
from assistant.system.plain import read_json
from assistant.vocabulary import (
    Distances,
    Leak,
    LeakSite,
    Measure,
    Motion,
    Reading,
    Shape,
    Unknown,
    value_or_none,
)

FILES: Final = "readings_*.jsonl"
"""The lines of a session, in its folder."""
KEEPS: Final = "keeps"
"""In the first line of a file: that its lines hold what is described here."""
NO_PLAN: Final = Unknown("a share of the body: the plan of the day is not here")
_PLACES: Final = 1
"""Tenths of a px, and of a mm: finer than either is known."""


def serialise_reading(reading: Reading, outline: Outline | None, views: Sequence[PlannedView]) -> dict[str, Any]:
    """The keys for a line. In a view that is not calibrated shares of the body stand where mm stand in others.

    Parameters
    ----------
    reading : Reading
    outline : tuple of arrays (n, 2), or None
        In px of the reference frame; None where it is that of the line before.
    views : sequence of PlannedView
        The plan's, in its order.
    """
    line: dict[str, Any] = {}
    if outline is not None:
        line["outline"] = [_points(polygon) for polygon in outline]
    if reading.leaks and outline is not None:
        line["leaks"] = [_leak(leak, views[leak.view_index]) for leak in reading.leaks]
    if isinstance(reading.distances, Distances):
        d, view = reading.distances, views[reading.motion.view_index] if isinstance(reading.motion, Motion) else None
        thirds = [d.mm[line] for line in WARNING_THIRDS]
        if view is None or view.calibrated:
            line["thirds"] = [_rounded(each, 3) for each in thirds]
        else:
            line["thirds_share"] = [_rounded(lengths.share(each, view), 5) for each in thirds]
    return line


def _rounded(measure: Measure, places: int) -> float | None:
    value = value_or_none(measure)
    return None if value is None or not np.isfinite(value) else round(value, places)


def _points(polygon: Any) -> list[list[float]]:
    rounded: list[list[float]] = np.round(np.asarray(polygon, dtype=np.float64), _PLACES).tolist()
    return rounded


def _leak(leak: Leak, view: PlannedView) -> dict[str, Any]:
    size: dict[str, Any] = {
        "area": round(leak.area_mm2, 2),
        "length": round(leak.length_mm, 2),
        "width": round(leak.width_mm, 2),
    }
    if not view.calibrated:
        size = {
            "area_share": _rounded(lengths.area_share(leak.area_mm2, view), 5),
            "length_share": _rounded(lengths.share(leak.length_mm, view), 5),
            "width_share": _rounded(lengths.share(leak.width_mm, view), 5),
        }
    made: dict[str, Any] = {
        "site": leak.site.value,
        "first": leak.first_frame,
        "view": leak.view_index,
        **size,
        "yeom": leak.yeom,
        "magnitude": leak.magnitude,
        "outline": _points(leak.outline_px),
    }
    if leak.shape is not None:
        p_spike = value_or_none(leak.shape.p_spike)
        made["shape"] = [
            leak.shape.label,
            None if p_spike is None else round(p_spike, 4),
            leak.shape.model,
            leak.shape.reason,
            list(leak.shape.frames),
        ]
    return made


def lines_of(path: Path) -> Iterator[dict[str, Any]]:
    """The whole lines of a file; one that was cut off by the end of the process is passed over."""
    with path.open("rb") as file:
        for content in file:
            try:
                line = read_json(content)
            except ValueError:
                continue  # half a line: the process died while it wrote
            if isinstance(line, dict):
                yield line


def read_outline(line: dict[str, Any]) -> Outline:
    """The outline of a line that holds one.

    Raises
    ------
    KeyError, ValueError, TypeError
        If it is not as `serialise_reading` writes it.
    """
    return tuple(np.array(polygon, np.float32).reshape(-1, 2) for polygon in line["outline"])


def read_leaks(line: dict[str, Any], views: Sequence[PlannedView]) -> tuple[Leak, ...]:
    """The leaks of a line with an outline; a share cannot be read without the plan. Errors as `read_outline`."""
    found = (_read_leak(made, views) for made in line.get("leaks", ()))
    return tuple(leak for leak in found if leak is not None)


def _read_leak(made: dict[str, Any], views: Sequence[PlannedView]) -> Leak | None:
    at = int(made.get("view", 0))
    if "area" in made:
        area_mm2, length_mm, width_mm = float(made["area"]), float(made["length"]), float(made["width"])
    elif at < len(views):
        depth_mm = lengths.depth_mm(views[at])
        area_mm2 = float(made["area_share"]) * lengths.body_mm2(views[at])
        length_mm, width_mm = float(made["length_share"]) * depth_mm, float(made["width_share"]) * depth_mm
    else:
        return None
    shape = None
    if "shape" in made:
        label, p_spike, model, reason, frames = made["shape"]
        measure: Measure = Unknown(str(reason) or "not determined") if p_spike is None else float(p_spike)
        shape = Shape(label=label, p_spike=measure, model=model, reason=reason, frames=tuple(map(int, frames)))
    return Leak(
        site=LeakSite(made["site"]),
        first_frame=int(made["first"]),
        area_mm2=area_mm2,
        length_mm=length_mm,
        width_mm=width_mm,
        yeom=made["yeom"],
        magnitude=made["magnitude"],
        shape=shape,
        outline_px=np.array(made["outline"], np.float64).reshape(-1, 2),
        view_index=at,
    )


def read_thirds(line: dict[str, Any], view: PlannedView | None) -> tuple[Measure, Measure, Measure] | None:
    """The distances of the three thirds to the warning line in mm; None where none are kept. Errors as `read_outline`.

    Parameters
    ----------
    line : dict
    view : PlannedView or None
        The one that the frame shows; without it shares cannot be read.
    """
    key = "thirds" if "thirds" in line else "thirds_share"
    if key not in line:
        return None
    if key == "thirds_share" and view is None:
        return NO_PLAN, NO_PLAN, NO_PLAN
    factor = lengths.depth_mm(view) if key == "thirds_share" and view is not None else 1.0
    upper, middle, lower = (
        Unknown("no cement in this third") if each is None else factor * float(each) for each in line[key]
    )
    return upper, middle, lower
