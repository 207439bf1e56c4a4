"""How a length is told: in mm where the view is calibrated, else as a share of the body, marked "uncal.".

Inside the program every length is mm in the plane of the vertebra. In a view that is not calibrated they rest on an
assumed depth of the body: there no mm leaves the program, neither on the screen nor in a file, and shares stand in
their place. This is the only place that turns a length into words, and the only one that knows which share is of what.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Final

import cv2
import numpy as np

from assistant import geometry
from assistant.language import sentence
from assistant.lines import TABLED_LINES, Line, Of
from assistant.plan import PlannedView
from assistant.vocabulary import Approach, Distances, Measure, Unknown

UNCAL: Final = "uncal."
_SHARE_OF: Final = {
    "depth": sentence("{0} of depth uncal."),
    "height": sentence("{0} of height uncal."),
    "width": sentence("{0} of width uncal."),
}
_VIEWS_KEPT: Final = 64
"""Every figure of every frame asks how large its view's body is: worked out once a view."""
DEPTH_FOR_WIDTH: Final = sentence(
    "That is how deep a body is, and it is wider: inside, all its lengths come out too small. Set its lines anew."
)
NOT_CALIBRATED: Final = Unknown("not calibrated: told as a share of the body")


SHARE_COLUMNS: Final = (*(line.column_share for line in TABLED_LINES), "cement_area_share", "approach_share_per_s")


@lru_cache(maxsize=_VIEWS_KEPT)
def depth_mm(view: PlannedView) -> float:
    """Sagittal diameter (AP: width) between the walls, the mean of both endplates; assumed where not calibrated."""
    upper, lower = (float(np.linalg.norm(view.last_wall[end] - view.first_wall[end])) for end in (0, -1))
    return 0.5 * (upper + lower) * view.mm_per_px


@lru_cache(maxsize=_VIEWS_KEPT)
def height_mm(view: PlannedView) -> float:
    """Height of the body along its posterior wall (AP: the side wall at the picture's right)."""
    return geometry.length_px(view.last_wall) * view.mm_per_px


@lru_cache(maxsize=_VIEWS_KEPT)
def body_mm2(view: PlannedView) -> float:
    """Area of the body's outline."""
    return abs(float(cv2.contourArea(view.body_px.astype(np.float32)))) * view.mm_per_px**2


def whole_mm(view: PlannedView, of: Of) -> float:
    """What a share is taken of."""
    return depth_mm(view) if of is Of.DEPTH else height_mm(view)


def word(view: PlannedView, of: Of) -> str:
    """The name of what a share is taken of, in this view."""
    return of.value if of is Of.HEIGHT or view.is_lateral else "width"


def is_in_mm(views: Sequence[PlannedView]) -> bool:
    """Whether everything of a plan can be told in mm: an axis or a column that several views share."""
    return all(view.calibrated for view in views)


def figure(length_mm: float, view: PlannedView | None, of: Of = Of.DEPTH, digits: int = 0) -> str:
    """The bare figure, without sign: "≈ 3 mm", or "≈ 9 %" where the mark stands beside it.

    Parameters
    ----------
    length_mm : float
    view : PlannedView or None
        None: the plan is not known, and figures stand in mm.
    of : Of
    digits : int
        Of the mm; shares are told in whole percent.
    """
    if view is None or view.calibrated:
        return f"≈ {abs(length_mm):.{digits}f} mm"
    return f"≈ {abs(100 * length_mm / whole_mm(view, of)):.0f} %"


def mark(view: PlannedView | None) -> str:
    """The word that goes with every share; empty in a calibrated view."""
    return "" if view is None or view.calibrated else UNCAL


def about(length_mm: float, view: PlannedView | None, of: Of = Of.DEPTH, digits: int = 0) -> str:
    """A length in words that stand alone: "≈ 3 mm", or "≈ 9 % of depth uncal."; parameters as `figure`."""
    text = figure(length_mm, view, of, digits)
    return text if view is None or view.calibrated else _SHARE_OF[word(view, of)].format(text)


def about_area(area_mm2: float, view: PlannedView | None) -> str:
    """An area in words that stand alone."""
    if view is None or view.calibrated:
        return f"≈ {area_mm2:.0f} mm²"
    return sentence(f"≈ {100 * area_mm2 / body_mm2(view):.0f} % of the body {UNCAL}")


def about_speed(mm_per_s: float, view: PlannedView | None) -> str:
    """A speed towards a line in words that stand alone."""
    if view is None or view.calibrated:
        return f"≈ {mm_per_s:z.1f} mm/s"
    return sentence(f"≈ {100 * mm_per_s / depth_mm(view):z.1f} %/s {UNCAL}")


def about_size(length_mm: float, width_mm: float, view: PlannedView | None) -> str:
    """Length and width in words that stand alone."""
    if view is None or view.calibrated:
        return f"≈ {length_mm:.0f} × {width_mm:.0f} mm"
    one, other = (100 * each / depth_mm(view) for each in (length_mm, width_mm))
    return _SHARE_OF[word(view, Of.DEPTH)].format(f"≈ {one:.0f} × {other:.0f} %")


def in_mm(measure: Measure, view: PlannedView | None) -> Measure:
    """A figure that leaves the program in mm, mm² or mm/s: unknown in a view that is not calibrated."""
    return measure if view is None or view.calibrated else NOT_CALIBRATED


def share(length_mm: Measure, view: PlannedView | None, of: Of = Of.DEPTH) -> Measure:
    """A length as a share of the body; unknown without a plan."""
    if isinstance(length_mm, Unknown):
        return length_mm
    return Unknown("the plan is not known") if view is None else length_mm / whole_mm(view, of)


def area_share(area_mm2: Measure, view: PlannedView | None) -> Measure:
    """An area as a share of the body's outline; unknown without a plan."""
    if isinstance(area_mm2, Unknown):
        return area_mm2
    return Unknown("the plan is not known") if view is None else area_mm2 / body_mm2(view)


def columns(distances: Distances | Unknown, approach: Approach, view: PlannedView | None) -> dict[str, Measure]:
    """The figures of a frame as tables hold them, by column: mm (unknown where not calibrated), and shares."""
    mm: Mapping[Line, Measure]
    area: Measure
    if isinstance(distances, Unknown):
        mm, area = dict.fromkeys(TABLED_LINES, distances), distances
    else:
        mm, area = distances.mm, distances.cement_area_mm2
    speed = approach.approach_mm_per_s
    return {
        **{line.column_mm: in_mm(mm[line], view) for line in TABLED_LINES},
        "cement_area_mm2": in_mm(area, view),
        "approach_mm_per_s": in_mm(speed, view),
        **{line.column_share: share(mm[line], view, line.of) for line in TABLED_LINES},
        "cement_area_share": area_share(area, view),
        "approach_share_per_s": share(speed, view),
    }


def assumption(view: PlannedView) -> str:
    """What is assumed of a view that is not calibrated, in one sentence; empty where nothing is."""
    if view.calibrated:
        return ""
    source = view.scale_by.removeprefix("assumed depth").removeprefix("assumed width").lstrip(", ")
    source = f" ({source})" if source else ""
    text = sentence(
        f"The {view.view} view is not calibrated ({UNCAL}): inside, {depth_mm(view):.0f} mm of "
        f"{word(view, Of.DEPTH)} are assumed{source}, and every figure is a share of the body."
    )
    # Plans of before: an AP view that stood alone was taken for as wide as a body is deep.
    is_taken_for_deep = not view.is_lateral and view.scale_by.startswith("assumed depth")
    return f"{text} {DEPTH_FOR_WIDTH}" if is_taken_for_deep else text
