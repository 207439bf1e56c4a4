"""How deep (AP: how wide) a vertebral body usually is, by level: what is assumed of a view whose scale is not known.

The figures differ between people by several mm, so they calibrate nobody: in such a view only shares of the body are
told (`assistant.lengths`), and a limit in mm is a share of this depth.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from assistant.language import sentence

_BY_LEVEL_MM: Final = {"L1": 30.2, "L2": 32.0, "L3": 32.9, "L4": 33.1, "L5": 35.5}
"""L1 to L4: mean length of the disc below from front to back, MRI, n 14 (anatomyjournal.ir). L5: the mean of the two
endplates, 35.7 and 35.3 mm, CT, n 196 (Cook and Baker 2021, Int J Spine Surg 15:1072, table 6)."""
_THORACIC_MM: Final = 20.8
"""Of all thoracic levels in one: dry bone, n 200 (IJAPB 1(1)); no level has a figure of its own."""
_LOWER_THORACIC: Final = ("T7", "T8", "T9", "T10", "T11", "T12")
_MEAN_LIES_AT: Final = 6.5
"""The mean of T1 to T12 lies between T6 and T7; below it bodies grow towards L1. An assumption that is too small asks
for more cement before something is told, so the lower levels, the usual ones, are not left at the mean [P]."""


_WIDTH_MM: Final = {
    **{"T1": 27.0, "T2": 26.5, "T3": 26.0, "T4": 26.0, "T5": 26.8, "T6": 27.8, "T7": 29.0, "T8": 30.3, "T9": 31.8},
    **{"T10": 33.8, "T11": 36.2, "T12": 39.0, "L1": 41.5, "L2": 43.2, "L3": 45.0, "L4": 47.2, "L5": 49.8},
}
"""Transverse diameter at the endplates [P]: a body is wider than it is deep, by a quarter and more. Those of the
simulator's mean person; no published table of all levels could be read."""
_NO_LEVEL_MM: Final = _WIDTH_MM["T8"]


@dataclass(frozen=True, slots=True, kw_only=True)
class UsualDepth:
    """The depth that is assumed at a level.

    Attributes
    ----------
    mm : float
        Sagittal (AP: transverse) diameter, the mean of both endplates.
    source : str
        Where it comes from, in a few words.
    """

    mm: float
    source: str


def usual_depth(level: str) -> UsualDepth:
    """What is assumed at a level, such as "L1".

    T7 to T12 have no figure of their own: on the line from the thoracic mean, between T6 and T7, to L1. Any other level
    without one has the mean.
    """
    if level in _LOWER_THORACIC:
        along = (int(level[1:]) - _MEAN_LIES_AT) / (13.0 - _MEAN_LIES_AT)  # L1 is the 13th
        mm = round(_THORACIC_MM + along * (_BY_LEVEL_MM["L1"] - _THORACIC_MM), 1)
        return UsualDepth(mm=mm, source=sentence(f"between thoracic mean and L1, no figure for {level}"))
    own = _BY_LEVEL_MM.get(level)
    if own is None:
        return UsualDepth(mm=_THORACIC_MM, source=sentence(f"thoracic mean, no figure for {level}"))
    return UsualDepth(mm=own, source=sentence(f"usual at {level}"))


def usual_across(level: str, view: str) -> tuple[float, str]:
    """What is assumed of a body from wall to wall in a view, in mm, and where that comes from.

    In a lateral view that is its depth (`usual_depth`), in an AP view its width.
    """
    if view == "lateral":
        depth = usual_depth(level)
        return depth.mm, sentence(f"assumed depth, {depth.source}")
    if level in _WIDTH_MM:
        return _WIDTH_MM[level], sentence(f"assumed width, a proposal for {level}")
    return _NO_LEVEL_MM, sentence(f"assumed width, that of T8, no figure for {level}")
