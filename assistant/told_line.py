"""What a live session keeps of a reading beside its columns: leaks, outlines, thirds; written live, read in review."""

from __future__ import annotations

from typing import Any, Final

import numpy as np

from assistant.moments import Outline
from assistant.vocabulary import Distances, Leak, LeakSite, Measure, Reading, Shape, Unknown, value_or_none

KEEPS: Final = "keeps"
"""In the first line of a file: that its lines hold what is described here."""
_PLACES: Final = 1
"""Tenths of a px, and of a mm: finer than either is known."""


def told(reading: Reading, outline: Outline | None) -> dict[str, Any]:
    """The keys for a line.

    Parameters
    ----------
    reading : Reading
    outline : tuple of arrays (n, 2), or None
        In px of the reference frame; None where it is that of the line before.
    """
    line: dict[str, Any] = {}
    if outline is not None:
        line["outline"] = [_points(polygon) for polygon in outline]
    if reading.leaks and outline is not None:
        line["leaks"] = [_leak(leak) for leak in reading.leaks]
    if isinstance(reading.distances, Distances):
        d = reading.distances
        thirds = [value_or_none(each) for each in (d.warning_upper_mm, d.warning_middle_mm, d.warning_lower_mm)]
        line["thirds"] = [None if each is None or not np.isfinite(each) else round(each, 3) for each in thirds]
    return line


def _points(polygon: Any) -> list[list[float]]:
    rounded: list[list[float]] = np.round(np.asarray(polygon, dtype=np.float64), _PLACES).tolist()
    return rounded


def _leak(leak: Leak) -> dict[str, Any]:
    made: dict[str, Any] = {
        "site": leak.site.value,
        "first": leak.first_frame,
        "area": round(leak.area_mm2, 2),
        "length": round(leak.length_mm, 2),
        "width": round(leak.width_mm, 2),
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


def read_outline(line: dict[str, Any]) -> Outline:
    """The outline of a line that holds one.

    Raises
    ------
    KeyError, ValueError, TypeError
        If it is not as `told` writes it.
    """
    return tuple(np.array(polygon, np.float32).reshape(-1, 2) for polygon in line["outline"])


def read_leaks(line: dict[str, Any]) -> tuple[Leak, ...]:
    """The leaks of a line with an outline; errors as `read_outline`."""
    return tuple(_read_leak(made) for made in line.get("leaks", ()))


def _read_leak(made: dict[str, Any]) -> Leak:
    shape = None
    if "shape" in made:
        label, p_spike, model, reason, frames = made["shape"]
        measure: Measure = Unknown(str(reason) or "not determined") if p_spike is None else float(p_spike)
        shape = Shape(label=label, p_spike=measure, model=model, reason=reason, frames=tuple(map(int, frames)))
    return Leak(
        site=LeakSite(made["site"]),
        first_frame=int(made["first"]),
        area_mm2=float(made["area"]),
        length_mm=float(made["length"]),
        width_mm=float(made["width"]),
        yeom=made["yeom"],
        magnitude=made["magnitude"],
        shape=shape,
        outline_px=np.array(made["outline"], np.float64).reshape(-1, 2),
    )


def read_thirds(line: dict[str, Any]) -> tuple[Measure, Measure, Measure]:
    """The distances of the three thirds to the warning line, in mm; errors as `read_outline`."""
    upper, middle, lower = (
        Unknown("no cement in this third") if each is None else float(each) for each in line["thirds"]
    )
    return upper, middle, lower
