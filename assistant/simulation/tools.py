"""Steel that comes and goes beside the injecting cannulas: second cannula, guide pin, drill, bone tamp."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from assistant.geometry import Crop
from assistant.simulation.imaging_chain import xray
from assistant.simulation.imaging_chain.xray import Map, View
from assistant.simulation.scenario import Instrument, Tool
from assistant.simulation.scene import Anatomy, SimulatedCannula

_ROD_MM: dict[Instrument, float] = {"guide_pin": 1.6, "drill": 1.7, "bone_tamp": 2.2}
"""Diameter of what is no tube; of a drill that of its core."""
_FLUTE_MM, _FLUTES_MM, _PITCH_MM, _FLUTED_MM = 2.6, 1.6, 4.5, 36.0
"""A drill's flutes: diameter, length of each along the drill, from one to the next, and how far up they go."""
_DRILL_MM_PER_S = 9.0
"""So fast the flutes run along a drill that turns."""
_SWINGS_PER_PUSH = 2.5


@dataclass(frozen=True, slots=True, kw_only=True)
class Placed:
    """A tool at a moment.

    Attributes
    ----------
    what : str
    axis : SimulatedCannula
        Where its tip would stand at the end, and its way.
    back_mm : float
        How far it is still (or again) from there.
    turn_deg : float
        About the pedicle.
    flute_mm : float
        How far a drill's flutes stand along it.
    """

    what: Instrument
    axis: SimulatedCannula
    back_mm: float
    turn_deg: float
    flute_mm: float


def standing(tools: tuple[Tool, ...], cannulas: tuple[SimulatedCannula, ...]) -> tuple[SimulatedCannula, ...]:
    """The cannulas that stand from the start: not the second one where a tool says when it comes."""
    later = any(tool.what == "cannula" and tool.pedicle == "other" for tool in tools)
    return cannulas[:1] if later else cannulas


def other_side(cannula: SimulatedCannula, anatomy: Anatomy, above_mm: float = 0.0) -> SimulatedCannula:
    """The cannula as it would stand through the other pedicle, its tip so much nearer to the head."""
    marks, (x, y, z) = anatomy.landmarks_mm, cannula.tip_mm
    left, right = marks["pedicle_left"][0], marks["pedicle_right"][0]
    towards_left = np.dot(np.asarray(cannula.towards_handle), left - right) > 0
    middle = 0.5 * (left[1] + right[1])
    tip = np.array([x, 2.0 * middle - y, z + above_mm])
    towards = (right if towards_left else left) - tip
    towards = towards / np.linalg.norm(towards)
    return replace(cannula, tip_mm=tuple(tip.tolist()), towards_handle=tuple(towards.tolist()))


def placed(
    tools: tuple[Tool, ...], cannulas: tuple[SimulatedCannula, ...], anatomy: Anatomy, t_s: float
) -> tuple[Placed, ...]:
    """Where the tools stand at a moment; what is not in the patient is left out.

    Parameters
    ----------
    tools : tuple of Tool
    cannulas : tuple of SimulatedCannula
        The injecting ones; the first is a tool's ``own``.
    anatomy : Anatomy
    t_s : float
    """
    found = []
    for tool in tools:
        share = np.clip((t_s - tool.at_s) / max(tool.takes_s, 1e-3), 0.0, 1.0)
        moving = 0.0 < share < 1.0
        if tool.out_at_s >= 0 and t_s > tool.out_at_s:
            share = 1.0 - np.clip((t_s - tool.out_at_s) / max(tool.takes_s, 1e-3), 0.0, 1.0)
            moving = share > 0
        if share <= 0:
            continue
        second = cannulas[1] if len(cannulas) > 1 else other_side(cannulas[0], anatomy, tool.above_mm)
        swing = np.sin(2.0 * np.pi * _SWINGS_PER_PUSH * share) if moving else 0.0
        found.append(
            Placed(
                what=tool.what,
                axis=cannulas[0] if tool.pedicle == "own" else second,
                back_mm=round(float(tool.from_mm * (1.0 - share) - tool.beyond_mm), 2),
                turn_deg=round(float(tool.turned_deg * swing), 2),
                flute_mm=round(_DRILL_MM_PER_S * t_s % _PITCH_MM, 2) if tool.what == "drill" else 0.0,
            )
        )
    return tuple(found)


def tool_map(view: View, lattice: Crop, tool: Placed, lever_axis: NDArray[np.float64]) -> Map:
    """Path in mm through a tool.

    Parameters
    ----------
    view, lattice
        As in `xray.path_map`.
    tool : Placed
    lever_axis : array (3,)
        Next to which it turns about the pedicle.
    """
    axis = tool.axis.levered(tool.turn_deg, lever_axis)
    if tool.what == "cannula":
        return xray.cannula_map(view, lattice, (axis,), tool.back_mm)
    back = np.asarray(axis.towards_handle, dtype=np.float64)
    tip = np.asarray(axis.tip_mm) + tool.back_mm * back
    pieces = [(0.0, xray.CANNULA_LENGTH_MM + 30.0, _ROD_MM[tool.what], 0.0)]
    if tool.what == "drill":
        first = np.arange(tool.flute_mm, _FLUTED_MM, _PITCH_MM)
        pieces += [(float(at), _FLUTES_MM, _FLUTE_MM, _ROD_MM["drill"]) for at in first]
    total = np.zeros((lattice.height_px, lattice.width_px), dtype=np.float32)
    for from_mm, length_mm, outer_mm, inner_mm in pieces:
        total += xray.tube_map(
            view,
            lattice,
            start_mm=tip + from_mm * back,
            direction=back,
            length_mm=length_mm,
            outer_mm=outer_mm,
            inner_mm=inner_mm,
        )
    return total
