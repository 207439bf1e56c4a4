"""One picture before and one after the cement, with truth: cheap cases for training and for the gallery."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import msgspec
import numpy as np

from assistant.errors import UsageError
from assistant.plan import PlannedView
from assistant.simulation.fluoroscope import Fluoroscope
from assistant.simulation.imaging_chain.display import Grey8
from assistant.simulation.leak_truth import disc_shapes
from assistant.simulation.scenario import Case
from assistant.simulation.scene import Anatomy, CementFlow
from assistant.simulation.truth import PictureTruth
from assistant.vocabulary import LeakSite

_PULSES_PER_S = 10.0
_BEFORE_S, _AFTER_S = 0.55, 0.5


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class StillCase:
    """A still case.

    Attributes
    ----------
    before, after : array (rows, cols) of uint8
        Whole frames; ``before`` is the plan's reference frame.
    truth : PictureTruth
        Of ``after``.
    planned : PlannedView
        True lines in px of ``before``.
    shapes : dict of LeakSite to dict
        Figures and working label of each leak into a disc.
    """

    before: Grey8 = field(repr=False)
    after: Grey8 = field(repr=False)
    truth: PictureTruth
    planned: PlannedView
    shapes: dict[LeakSite, dict[str, float | str]]


def still(case: Case, seed: int, anatomy: Anatomy, flow: CementFlow, volume_ml: float | None = None) -> StillCase:
    """Make a still case.

    Parameters
    ----------
    case : Case
        Its geometry (first shot), exposure, screen, theatre and picture size are used, its times are not.
    seed : int
    anatomy : Anatomy
    flow : CementFlow
    volume_ml : float or None
        Injected so far; None: all of it.

    Raises
    ------
    UsageError
        For a case whose first shot is neither lateral nor AP.
    """
    first = case.geometry.shots[0]
    if first.view == "oblique":
        raise UsageError("a still case needs a lateral or AP first shot")
    final_ml = float(flow.schedule_ml[-1]) if volume_ml is None else volume_ml
    quick = replace(flow, schedule_s=np.array([0.0, 1e-3]), schedule_ml=np.array([0.0, final_ml]))
    change = msgspec.structs.replace
    short = change(
        case,
        run=change(case.run, duration_s=_BEFORE_S + _AFTER_S, fps=_PULSES_PER_S, pulses_per_s=_PULSES_PER_S),
        cement=change(case.cement, start_s=_BEFORE_S),
        geometry=change(case.geometry, shots=(change(first, from_s=0.0),)),
        theatre=change(case.theatre, jumps=(), crossings=(), balloon_from_s=-1.0, balloon_to_s=-1.0),
        faults=(),
    )
    fluoroscope = Fluoroscope(short, seed, anatomy, quick)
    planned = fluoroscope.planned(0)
    frames = list(fluoroscope.frames())
    last = frames[-1]
    assert last.truth is not None
    return StillCase(
        before=frames[planned.reference_frame].grey,
        after=last.grey,
        truth=last.truth,
        planned=planned,
        shapes=disc_shapes(fluoroscope, last.truth),
    )
