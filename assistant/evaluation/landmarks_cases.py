"""Stills with known landmarks for scoring the proposal: the simulator's whole imaging chain, anatomy by anatomy."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import msgspec
import numpy as np

from assistant.errors import AssistantError
from assistant.geometry import PointsPx
from assistant.simulation.building import build_anatomy, build_flow
from assistant.simulation.fluoroscope import Fluoroscope
from assistant.simulation.random_case import random_case
from assistant.simulation.scenario import Shot
from assistant.simulation.scene import Anatomy
from assistant.vocabulary import Grey

_GOOD_NGY, _POOR_NGY = 60.0, 25.0


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class LandmarkCase:
    """A still before the cement with its truth.

    Attributes
    ----------
    name, identity, level, view : str
    noise : str
        "good", "usual" or "poor", by dose.
    turned : str
        "upright" (within 30 degrees of head up), else "turned".
    inverted : bool
        Bone and cement are bright.
    grey : array (rows, cols) of uint8
    points_px : array (6, 2)
        True points in the plan's order.
    mm_per_px : float
    """

    name: str
    identity: str
    level: str
    view: str
    noise: str
    turned: str
    inverted: bool
    grey: Grey = field(repr=False)
    points_px: PointsPx = field(repr=False)
    mm_per_px: float


def cases(identities: list[str], *, stills: int, seed: int, folder: Path | None = None) -> Iterator[LandmarkCase]:
    """Make stills.

    Parameters
    ----------
    identities : list of str
        As for `assistant.simulation.anatomy.anatomy.build`; anatomy that nothing was tuned on.
    stills : int
        For each anatomy; every third one is AP.
    seed : int
    folder : Path or None
        Real data, where an identity needs it.
    """
    for number, identity in enumerate(identities):
        rng = np.random.default_rng([seed, number])
        base = random_case(rng, identity)
        anatomy = build_anatomy(base, seed, identity=identity, folder=folder)
        yield from stills_of(anatomy, stills, rng)


def stills_of(anatomy: Anatomy, stills: int, rng: np.random.Generator) -> Iterator[LandmarkCase]:
    """Stills of one anatomy, every knob of the chain drawn anew."""
    change = msgspec.structs.replace
    for k in range(stills):
        case = random_case(rng, anatomy.identity)
        view = "ap" if k % 3 == 2 else "lateral"
        case = change(
            case,
            run=change(case.run, duration_s=1.2, fps=10.0, pulses_per_s=10.0),
            cement=change(case.cement, start_s=0.6, leak="none", duration_s=0.2),
            geometry=change(case.geometry, shots=(Shot(view="ap" if view == "ap" else "lateral", from_s=0.0),)),
            theatre=change(case.theatre, jumps=(), crossings=(), balloon_from_s=-1.0, balloon_to_s=-1.0),
            faults=(),
        )
        seed = int(rng.integers(1 << 31))
        try:
            scope = Fluoroscope(case, seed, anatomy, build_flow(case, seed, anatomy))
        except AssistantError:
            # A drawn injection that finds no way in: another draw serves as well.
            continue
        planned = scope.planned(0)
        grey = next(f.grey for f in scope.frames() if f.stored.index == planned.reference_frame)
        ends = [line[[0, len(line) // 2, len(line) - 1]] for line in (planned.superior, planned.inferior)]
        points = np.vstack(ends)
        if not _in_picture(points, grey):
            continue
        dose, turn = case.exposure.dose_ngy, abs((case.geometry.rotation_deg + 180.0) % 360.0 - 180.0)
        yield LandmarkCase(
            name=f"{anatomy.identity} {k}",
            identity=anatomy.identity,
            level=anatomy.level,
            view=view,
            noise="good" if dose >= _GOOD_NGY else "poor" if dose < _POOR_NGY else "usual",
            turned="upright" if turn <= 30.0 else "turned",
            inverted=case.screen.bright_cement,
            grey=grey,
            points_px=points,
            mm_per_px=planned.mm_per_px,
        )


def _in_picture(points_px: PointsPx, grey: Grey) -> bool:
    """Whether the whole body is to be seen: nobody could mark one that is cut off."""
    rows, cols = grey.shape
    x, y = points_px.T
    inside = (x > 2).all() and (y > 2).all() and (x < cols - 3).all() and (y < rows - 3).all()
    if not inside:
        return False
    seen = grey[np.rint(y).astype(int), np.rint(x).astype(int)]
    return bool((seen > 2).all())
