"""Short simulated injections into a disc, seen through the program's own cement step: what the model learns from.

Six pictures before the cement, then the leak grows over a dozen. Times are stretched for the cement step, so that its
baseline and its confirmation work as in a run of half a minute.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import cv2
import msgspec
import numpy as np
from numpy.typing import NDArray

from assistant import geometry
from assistant.errors import UsageError
from assistant.imaging.xray_field import field_at, find_field
from assistant.leak_shape.patch import Ground
from assistant.line_maps import OUTSIDE, make_line_maps
from assistant.plan import PlannedView
from assistant.simulation.building import build_anatomy, build_flow
from assistant.simulation.fluoroscope import Fluoroscope, SimulatedFrame
from assistant.simulation.leak_truth import disc_shapes
from assistant.simulation.random_case import random_case
from assistant.simulation.scenario import Case, Shot
from assistant.simulation.scene import Anatomy
from assistant.simulation.truth import LEAK_MM2
from assistant.steps.cement import MaskMemory, cement_crop, find_cement, ground_of, start_masking
from assistant.vocabulary import LeakSite, Unknown
from models.training.short_runs import SEEN_STEP_S, write_short_run

KINDS = ("spike", "round", "between")
_BEFORE, _GROWING, _STILL = 6, 11, 12
_STEP_S = 0.1
_SIZES = ((400, 400), (512, 512), (640, 512), (720, 576))
_WINDOW_MM = 17.0


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class LeakSample:
    """One picture of a leak into a disc, on the cement step's lattice, with truth.

    Attributes
    ----------
    ground : Ground
        As the program saw it.
    true_mask : array of bool
        On the same lattice.
    line_px, inside_px : arrays
        The true endplate and a point in the body, px of the window.
    allowed : array of bool
        Where cement beyond this endplate would count as a leak into this disc.
    label : str
        Working label of the true mask.
    facts : dict
        Figures of the true shape, level, view geometry and imaging chain, for the table of subgroups; ``picture``
        counts from the first in which the leak is large enough.
    """

    ground: Ground
    true_mask: NDArray[np.bool_] = field(repr=False)
    line_px: geometry.PointsPx
    inside_px: NDArray[np.float64]
    allowed: NDArray[np.bool_] = field(repr=False)
    label: str
    facts: dict[str, Any]


def draw_anatomy(seed: int) -> Anatomy:
    """The patient of a seed.

    Parameters
    ----------
    seed : int
    """
    return build_anatomy(random_case(np.random.default_rng([seed, 0]), f"patient {seed}"), seed)


def samples_of(anatomy: Anatomy, seed: int, number: int, most: int, run: Path | None = None) -> Iterator[LeakSample]:
    """Samples of one injection.

    Parameters
    ----------
    anatomy : Anatomy
    seed : int
        The patient's.
    number : int
        Of the injection; it also says which kind of leak is opened, in which disc.
    most : int
        So many pictures at most, the first and the last among them: a leak is small before it is large.
    run : Path or None
        Where the injection is written as a whole run too.
    """
    rng = np.random.default_rng([seed, 1, number])
    kind, site = KINDS[number % 3], (LeakSite.SUPERIOR_DISC, LeakSite.INFERIOR_DISC)[number // 3 % 2]
    fluoroscope = _injection(anatomy, rng, f"{site.value}_{kind}")
    if fluoroscope is None:
        return
    case = fluoroscope.case
    frames = list(fluoroscope.frames())
    if run is not None:
        write_short_run(run, fluoroscope, frames, site)
    seen = list(_watched(fluoroscope, frames, rng, site))
    if not seen:
        return
    chosen = sorted({0, len(seen) - 1, *rng.integers(0, len(seen), max(most - 2, 0)).tolist()})
    quality = {
        "opened": kind,
        "site": str(site.value),
        "level": anatomy.level,
        "dose_ngy": case.exposure.dose_ngy,
        "inverted": case.screen.bright_cement,
        "lateral_error_deg": case.geometry.lateral_error_deg,
        "seed": seed,
        "number": number,
    }
    for k in chosen:
        yield replace(seen[k], facts=seen[k].facts | quality | {"picture": k})


def _injection(anatomy: Anatomy, rng: np.random.Generator, leak: str) -> Fluoroscope | None:
    """One injection before its first picture; None where such a leak cannot be opened in this body."""
    case = _case(rng, leak)
    try:
        flow = build_flow(case, int(rng.integers(1 << 30)), anatomy)
        quick = replace(
            flow,
            schedule_s=np.array([0.0, _GROWING * _STEP_S]),
            schedule_ml=np.array([0.12, 1.0]) * float(flow.schedule_ml[-1]),
        )
        return Fluoroscope(case, int(rng.integers(1 << 30)), anatomy, quick)
    except UsageError:
        return None


def _case(rng: np.random.Generator, leak: str) -> Case:
    drawn = random_case(rng, leak)
    change = msgspec.structs.replace
    size = _SIZES[int(rng.integers(len(_SIZES)))]
    start_s = _BEFORE * _STEP_S - 0.05
    return change(
        drawn,
        cement=change(
            drawn.cement, leak=leak, start_s=start_s, reach=None, pull_back_mm=0.0, duration_s=None, pauses=()
        ),
        geometry=change(drawn.geometry, shots=(Shot(view="lateral", from_s=0.0),)),
        run=change(
            drawn.run,
            width_px=size[0],
            height_px=size[1],
            fps=1 / _STEP_S,
            pulses_per_s=1 / _STEP_S,
            duration_s=(_BEFORE + _GROWING + _STILL) * _STEP_S,
        ),
        theatre=change(drawn.theatre, jumps=(), crossings=(), balloon_from_s=-1.0, balloon_to_s=-1.0),
        screen=change(drawn.screen, blades_move_at_s=-1.0, interlaced=False),
        faults=(),
    )


def _watched(
    fluoroscope: Fluoroscope, frames: list[SimulatedFrame], rng: np.random.Generator, site: LeakSite
) -> Iterator[LeakSample]:
    """Every picture in which a large enough leak stands, in order."""
    planned = fluoroscope.planned(0)
    memory: MaskMemory | None = None
    reference = frames[planned.reference_frame].grey
    rows, cols = reference.shape
    usable = field_at(find_field(reference, 255), rows, cols, inset=0.01)
    crop = cement_crop(planned.body_px, planned.mm_per_px, cols, rows)
    memory = start_masking(reference, 255, usable, crop, planned.body_px, planned.mm_per_px)
    outside = make_line_maps(planned, crop).outside
    shake = rng.normal(0.0, [0.06 / planned.mm_per_px] * 2 + [0.05], (len(frames), 3))
    for k, frame in enumerate(frames):
        light = frame.truth
        if light is None or light.similarity is None:
            continue
        motion = replace(
            light.similarity,
            dx_px=light.similarity.dx_px + float(shake[k, 0]),
            dy_px=light.similarity.dy_px + float(shake[k, 1]),
            rotation_deg=light.similarity.rotation_deg + float(shake[k, 2]),
        )
        before = k < planned.reference_frame
        find_cement(memory, frame.grey, motion, k * SEEN_STEP_S, before_injection=before)
        figures = disc_shapes(fluoroscope, light).get(site)
        visible_mm2 = light.beyond_mm2.get(site, 0.0)
        if figures is None or not figures["large_enough"] or visible_mm2 < LEAK_MM2:
            continue
        true = np.zeros((rows, cols), np.uint8)
        part = light.part
        y0, x0 = max(part.y0_px, 0), max(part.x0_px, 0)
        y1, x1 = min(part.y0_px + part.height_px, rows), min(part.x0_px + part.width_px, cols)
        true[y0:y1, x0:x1] = 255 * light.cement[y0 - part.y0_px : y1 - part.y0_px, x0 - part.x0_px : x1 - part.x0_px]
        known = figures | {"visible_mm2": visible_mm2}
        sample = _sample(memory, planned, outside, site, _held_still(true, light.similarity, memory), known)
        if sample is not None:
            yield sample


def _held_still(true: NDArray[np.uint8], similarity: geometry.Similarity, memory: MaskMemory) -> NDArray[np.bool_]:
    """The true mask of the current picture on the lattice of the reference frame."""
    crop, step = memory.crop, memory.baseline.step
    shift = np.array([[1.0, 0.0, crop.x0_px], [0.0, 1.0, crop.y0_px], [0.0, 0.0, 1.0]])
    matrix = np.vstack([similarity.current_from_reference(), [0, 0, 1]]) @ shift
    whole = cv2.warpAffine(
        true, matrix[:2], (crop.width_px, crop.height_px), flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    )
    if step > 1:
        whole = cv2.resize(whole, (crop.width_px // step, crop.height_px // step), interpolation=cv2.INTER_AREA)
    return np.asarray(whole > 127, dtype=bool)


def _sample(
    memory: MaskMemory,
    planned: PlannedView,
    outside: NDArray[np.uint8],
    site: LeakSite,
    true: NDArray[np.bool_],
    figures: dict[str, Any],
) -> LeakSample | None:
    baseline = memory.baseline
    crop, step = baseline.crop, baseline.step
    line = planned.superior if site is LeakSite.SUPERIOR_DISC else planned.inferior
    low_px = np.array([crop.x0_px, crop.y0_px])
    on_lattice = (line + 0.5) / step - 0.5 - low_px
    inside = (planned.body_px[:-1].mean(axis=0) + 0.5) / step - 0.5 - low_px
    small = outside[step // 2 :: step, step // 2 :: step][: crop.height_px, : crop.width_px]
    own = small == OUTSIDE.index(site)
    leak = true & own
    ground = ground_of(baseline, memory.mask, memory.smoothed, planned.mm_per_px)
    if not leak.any() or isinstance(ground, Unknown):
        return None
    ys, xs = np.nonzero(leak)
    reach = round(_WINDOW_MM / baseline.mm_per_px)
    y0, x0 = max(0, int(ys.mean()) - reach), max(0, int(xs.mean()) - reach)
    box = (slice(y0, int(ys.mean()) + reach + 1), slice(x0, int(xs.mean()) + reach + 1))
    # What lies beyond another line does not belong to this disc wherever the endplate is marked.
    allowed = own | (small == 0)
    return LeakSample(
        ground=replace(
            ground,
            mask=ground.mask[box].copy(),
            before=ground.before[box].copy(),
            difference=ground.difference[box].copy(),
            usable=ground.usable[box].copy(),
        ),
        true_mask=true[box].copy(),
        line_px=on_lattice - [x0, y0],
        inside_px=inside - [x0, y0],
        allowed=allowed[box].copy(),
        label=str(figures["label"]),
        facts={k: v for k, v in figures.items() if k != "label"},
    )
