"""How cement spreads from a cannula through a body, and out of it where a leak was opened on purpose.

Inside the body the front follows the quickest way through the bone's resistance (fast marching on the voxel grid);
voxels fill in the order in which the front reaches them, one voxel's volume after the other. A leak is a second,
shaped front (`leak_paths`) that starts when the first one has reached its breach and takes a share of the flow.
The same arguments give the same bits; about 1 s each.
"""

from __future__ import annotations

import zlib
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage
from skimage.graph import MCP_Geometric

from assistant.errors import UsageError
from assistant.simulation.anatomy.anatomy_shapes import F32
from assistant.simulation.cement import leak_paths, leak_site
from assistant.simulation.cement.cement_schedule import injected_ml
from assistant.simulation.cement.fillable_volume import (
    FillableVolume,
    fillable_volume,
    in_crop,
    near_axis,
    nearest,
    ragged,
)
from assistant.simulation.scene import Anatomy, CementFlow, SimulatedCannula, Volume

# Nominal outer and usual inner diameters, mm (Wikipedia needle-gauge chart for the outer ones).
GAUGES = {"8G": (4.19, 3.3), "10G": (3.40, 2.69), "11G": (3.05, 2.39), "13G": (2.41, 1.80), "14G": (2.11, 1.60)}
# Spread of the resistance's logarithm, its grain in mm, share of voxels that stay empty inside.
STYLES = {"compact": (0.25, 1.5, 0.0), "lobulated": (0.95, 2.6, 0.0), "spongy": (0.8, 1.1, 0.10)}
SAFE_MARGIN_MM = 1.5
DEFAULT_REACH = 0.30
# Behind the line already when it finds a way out of the posterior wall.
POSTERIOR_LEAK_REACH = 0.12
_THICK_STAGES = 4
ACCESSES = ("left", "right", "bilateral")


@dataclass(frozen=True, slots=True, kw_only=True)
class Injection:
    """How cement is injected.

    Attributes
    ----------
    leak : str
        "none" or a name of `leak_paths.NAMES`.
    total_ml : float or None
        Injected volume, leak included. None: drawn, 35 to 60 % of what fits inside the margins, 6 ml at most.
    leak_ml : float or None
        Volume that leaves the body; None: drawn, 0.03 to 0.7 ml by kind, a fifth of all at most.
    onset_ml : float or None
        The leak does not start before this volume; None: as soon as the front reaches the breach.
    style : str or None
        "compact", "lobulated", "spongy"; None: drawn.
    access : str or None
        "left", "right" (one pedicle) or "bilateral" (the second cannula follows after half the volume); None: drawn.
    gauge : str
        Of the cannulas, a key of `GAUGES`.
    reach : float or None
        How near the posterior wall the cement comes: fraction of the sagittal diameter that stays free in front of the
        wall (0.25 = up to the usual warning line, 0.15 = past it). None: stays clear of the posterior third.
    margin_mm : float
        What stays free inside the other walls and endplates, as projected from the side and from the front.
        Below 1.5: the cement comes near.
    rate_ml_per_min : float or None
        None: from ``duration_s``, or 0.3 to 2 ml/min drawn.
    duration_s : float or None
        Injecting time without the pauses.
    start_s : float
        When the injection starts.
    pauses : tuple of (at_ml, seconds)
    schedule : tuple of arrays or None
        (seconds, millilitres), replaces the four above.
    barium_g_per_cm3 : float or None
        None: drawn, 0.15 to 0.30 (30 % barium sulphate in the powder gives about 0.25); 0 beside zirconium dioxide.
    zirconia_g_per_cm3 : float
    thickens : float
        0 to 1: how much less the resistance's unevenness counts for the front at the end than at the beginning.
    slows : float
        0 to 0.9: share of the first rate by which the injection has slowed at the end (not with ``schedule``).
    """

    leak: str = "none"
    total_ml: float | None = 4.0
    leak_ml: float | None = None
    onset_ml: float | None = None
    style: str | None = None
    access: str | None = None
    gauge: str = "11G"
    reach: float | None = None
    margin_mm: float = SAFE_MARGIN_MM
    rate_ml_per_min: float | None = None
    duration_s: float | None = None
    start_s: float = 0.0
    pauses: tuple[tuple[float, float], ...] = ()
    schedule: tuple[NDArray[np.float64], NDArray[np.float64]] | None = None
    barium_g_per_cm3: float | None = None
    zirconia_g_per_cm3: float = 0.0
    thickens: float = 0.0
    slows: float = 0.0


def inject(anatomy: Anatomy, seed: int, wanted: Injection) -> CementFlow:
    """Inject cement.

    Parameters
    ----------
    anatomy : Anatomy
    seed : int
        Of the cement; the same patient can be injected in many ways.
    wanted : Injection

    Raises
    ------
    UsageError
        For names, volumes or fractions that are not possible in this body.
    """
    _check(wanted)
    leak = wanted.leak
    # One stream of random numbers, named by patient, seed and leak: the order of the draws below is part of the result.
    rng = np.random.default_rng([zlib.crc32(anatomy.identity.encode()), seed, zlib.crc32(leak.encode())])
    style = str(rng.choice(list(STYLES))) if wanted.style is None else wanted.style
    access = str(rng.choice(ACCESSES, p=[0.4, 0.4, 0.2])) if wanted.access is None else wanted.access
    cannulas = tuple(_cannula(anatomy, side, wanted.gauge, rng) for side in _sides(access))
    usual = POSTERIOR_LEAK_REACH if leak.startswith("posterior") or leak == "foramen" else DEFAULT_REACH
    room = fillable_volume(anatomy, wanted.margin_mm, usual if wanted.reach is None else wanted.reach)
    voxel_ml = room.spacing_mm**3 / 1000.0
    total_ml = wanted.total_ml
    if total_ml is None:
        total_ml = min(6.0, float(rng.uniform(0.35, 0.6)) * float(room.allowed.sum()) * voxel_ml)
    cost = _cost(anatomy, room, style, rng)
    # The leak's way is opened before the cannulas close theirs: steel in its corridor stays steel.
    path = _opened_path(anatomy, room, cost, wanted, total_ml, cannulas[0], rng)
    for cannula in cannulas:
        cost[near_axis(room, cannula, cannula.outer_diameter_mm / 2, from_mm=0.0)] = np.inf
    leaked_ml = 0.0 if path is None else len(path.order) * voxel_ml
    if leaked_ml >= 0.8 * total_ml:
        raise UsageError(f"A leak of {leaked_ml:.2f} ml does not fit into an injection of {total_ml:.2f} ml.")
    # Rough only now, with the way known: the unevenness spares the voxels that the front has to reach.
    goal = _goal(room, path, wanted.reach, anatomy)
    cost = ragged(room, cost, goal, rng)
    inside_ml, thickens = total_ml - leaked_ml, wanted.thickens
    # Order of filling first, in voxels; volume follows from it, and time from the volume by the schedule of the hand.
    ranks, reached_ml = _fill_to_goal(room, cost, cannulas, inside_ml, voxel_ml, goal, rng, thickens)
    onset_ml = max(reached_ml, wanted.onset_ml or 0.0)
    arrival = _arrival(anatomy, room, ranks, path, voxel_ml, onset_ml, total_ml, rng)
    timing = wanted.rate_ml_per_min, wanted.duration_s, wanted.start_s, wanted.pauses
    seconds, millilitres = injected_ml(wanted.schedule, total_ml, *timing, rng, wanted.slows)
    drawn = float(rng.uniform(0.15, 0.30)) if wanted.zirconia_g_per_cm3 <= 0 else 0.0
    return CementFlow(
        arrival_ml=Volume(values=arrival, spacing_mm=anatomy.region.spacing_mm, origin_mm=anatomy.region.origin_mm),
        schedule_s=seconds,
        schedule_ml=millilitres,
        barium_g_per_cm3=drawn if wanted.barium_g_per_cm3 is None else wanted.barium_g_per_cm3,
        zirconia_g_per_cm3=wanted.zirconia_g_per_cm3,
        cannulas=cannulas,
        leak=leak,
    )


def _opened_path(
    anatomy: Anatomy,
    room: FillableVolume,
    cost: F32,
    wanted: Injection,
    total_ml: float,
    cannula: SimulatedCannula,
    rng: np.random.Generator,
) -> leak_paths.LeakPath | None:
    """The leak's way out of the body, if there is one; ``room.allowed`` and ``cost`` are changed in place along it."""
    if wanted.leak == "none":
        return None
    usual_ml = wanted.leak_ml
    wanted_ml = min(leak_paths.draw_volume_ml(wanted.leak, rng), 0.2 * total_ml) if usual_ml is None else usual_ml
    path = leak_paths.open_path(wanted.leak, anatomy, rng, leak_ml=wanted_ml, cannula=cannula)
    corridor = in_crop(path.corridor, room, anatomy)
    room.allowed[:] |= corridor
    cost[corridor & np.isinf(cost)] = 1.0
    return path


def capacity_ml(anatomy: Anatomy, *, reach: float | None = None, margin_mm: float = SAFE_MARGIN_MM) -> float:
    """Volume that fits into the body inside its margins (an injection should stay below about two thirds of it)."""
    room = fillable_volume(anatomy, margin_mm, DEFAULT_REACH if reach is None else reach)
    return float(room.allowed.sum()) * room.spacing_mm**3 / 1000.0


def _check(wanted: Injection) -> None:
    leak, total_ml, style, access = wanted.leak, wanted.total_ml, wanted.style, wanted.access
    gauge, reach = wanted.gauge, wanted.reach
    if leak != "none" and leak not in leak_paths.NAMES:
        raise UsageError(f"Leak {leak!r} is not known: use none or one of {', '.join(leak_paths.NAMES)}.")
    if style is not None and style not in STYLES:
        raise UsageError(f"Cement style {style!r} is not known: use one of {', '.join(STYLES)}.")
    if access is not None and access not in ACCESSES:
        raise UsageError(f"Access {access!r} is not known: use one of {', '.join(ACCESSES)}.")
    if gauge not in GAUGES:
        raise UsageError(f"Gauge {gauge!r} is not known: use one of {', '.join(GAUGES)}.")
    if total_ml is not None and not 0.1 <= total_ml <= 12.0:
        raise UsageError(f"Injected volume must lie between 0.1 and 12 ml, not {total_ml}.")
    if reach is not None and not 0.0 <= reach <= 0.8:
        raise UsageError(f"Reach is a fraction of the sagittal diameter between 0 and 0.8, not {reach}.")
    if not (0.0 <= wanted.thickens <= 1.0 and 0.0 <= wanted.slows <= 0.9):
        raise UsageError(f"Cement thickens by 0 to 1 and slows by 0 to 0.9, not {wanted.thickens} and {wanted.slows}.")


def _sides(access: str) -> tuple[str, ...]:
    return ("left", "right") if access == "bilateral" else (access,)


def _cannula(anatomy: Anatomy, side: str, gauge: str, rng: np.random.Generator) -> SimulatedCannula:
    """A cannula through a pedicle's middle, its tip in the front third, near the mid-line."""
    marks = anatomy.landmarks_mm
    corners = np.concatenate([marks["superior"][[0, -1]], marks["inferior"][[0, -1]]])
    front, back = float(corners[[0, 2], 0].mean()), float(corners[[1, 3], 0].mean())
    middle = corners.mean(axis=0)
    pedicle = marks[f"pedicle_{side}"][0]
    sign = 1.0 if side == "left" else -1.0
    tip = np.array(
        [
            front - float(rng.uniform(0.22, 0.34)) * (front - back),
            middle[1] + sign * float(rng.uniform(0.12, 0.34)) * abs(pedicle[1] - middle[1]),
            middle[2] + float(rng.uniform(-0.12, 0.08)) * abs(corners[0, 2] - corners[2, 2]),
        ]
    )
    towards = pedicle - tip
    towards = towards / np.linalg.norm(towards)
    outer, inner = GAUGES[gauge]
    return SimulatedCannula(
        tip_mm=(float(tip[0]), float(tip[1]), float(tip[2])),
        towards_handle=(float(towards[0]), float(towards[1]), float(towards[2])),
        outer_diameter_mm=outer,
        inner_diameter_mm=inner,
    )


def _cost(anatomy: Anatomy, room: FillableVolume, style: str, rng: np.random.Generator) -> F32:
    """Time to cross a voxel: the bone's resistance times the cement's own way of spreading."""
    spread, grain_mm, empty = STYLES[style]
    # Log-normal unevenness: exp(s n), n smooth noise of unit variance; the resistance itself comes with the patient.
    noise = ndimage.gaussian_filter(
        rng.standard_normal(room.body.shape, dtype=np.float32), grain_mm / room.spacing_mm / 1.6
    )
    noise /= noise.std()
    cost = anatomy.resistance.values[room.crop].astype(np.float32) * np.exp(spread * noise)
    if empty:
        grains = ndimage.gaussian_filter(rng.standard_normal(room.body.shape, dtype=np.float32), 0.8 / room.spacing_mm)
        cost[grains > np.quantile(grains, 1.0 - empty)] = np.inf
    result: F32 = cost.astype(np.float32)
    return result


def _goal(
    room: FillableVolume, path: leak_paths.LeakPath | None, reach: float | None, anatomy: Anatomy
) -> NDArray[np.bool_] | None:
    """Voxels that the front has to reach: the breach, or the line that the cement should come up to."""
    if path is not None:
        return in_crop(path.breach, room, anatomy)
    if reach is None:
        return None
    # The first allowed voxel from behind in each column, near the mid-line: the line that the cement should come up
    # to.
    hindmost = np.argmax(room.allowed, axis=2)
    seen = room.allowed.any(axis=2)
    marks = anatomy.landmarks_mm
    _, y, z = room.points_mm()
    middle = 0.5 * (marks["superior"][-1] + marks["inferior"][-1])
    central = seen & (np.abs(z[:, :, 0] - middle[2]) < 1.5) & (np.abs(y[:, :, 0] - middle[1]) < 2.5)
    goal = np.zeros_like(room.body)
    rows, cols = np.nonzero(central if central.any() else seen)
    goal[rows, cols, hindmost[rows, cols]] = True
    return goal


def _fill_to_goal(
    room: FillableVolume,
    cost: F32,
    cannulas: tuple[SimulatedCannula, ...],
    inside_ml: float,
    voxel_ml: float,
    goal: NDArray[np.bool_] | None,
    rng: np.random.Generator,
    thickens: float,
) -> tuple[NDArray[np.intp], float]:
    """Order of filling inside, and the volume at which the goal is reached.

    Where the front would come too late, the way to the goal is made easier (a crack, a vein), step by step.
    """
    # The goal is reached when about half to four fifths of the cement is in: late enough to be approached.
    late = 0.45 + 0.35 * float(rng.random())
    eased = cost.copy()
    for _ in range(12):
        order = _fill(room, eased, cannulas, inside_ml, voxel_ml, thickens)
        if goal is None:
            return order, 0.0
        where = np.flatnonzero(goal.ravel()[order])
        if len(where) and where[0] * voxel_ml <= late * inside_ml:
            return order, float(where[0] + 1) * voxel_ml
        eased = _ease(room, eased, cannulas[0], goal, 0.35)
    if not len(where):
        raise UsageError(f"Cement of {inside_ml:.2f} ml does not reach the place it should go to: inject more.")
    return order, float(where[0] + 1) * voxel_ml


def _ease(room: FillableVolume, cost: F32, cannula: SimulatedCannula, goal: NDArray[np.bool_], factor: float) -> F32:
    """Lower the cost along the straight way from a tip to the goal."""
    x, y, z = room.points_mm()
    iz, iy, ix = (float(np.mean(v)) for v in np.nonzero(goal))
    end = np.array(
        [x[0, 0, 0] + ix * room.spacing_mm, y[0, 0, 0] + iy * room.spacing_mm, z[0, 0, 0] + iz * room.spacing_mm]
    )
    near = leak_site.distance_to_segment_mm(x, y, z, np.array(cannula.tip_mm), end) < 2.6
    return np.where(near, cost * np.float32(factor), cost).astype(np.float32)


def _fill(
    room: FillableVolume,
    cost: F32,
    cannulas: tuple[SimulatedCannula, ...],
    inside_ml: float,
    voxel_ml: float,
    thickens: float,
) -> NDArray[np.intp]:
    """Flat indices (of the crop) in the order of filling; one stage for each cannula, some where cement thickens."""
    wanted = round(inside_ml / voxel_ml)
    passable = room.allowed & np.isfinite(cost)
    filled = np.zeros(room.body.shape, dtype=bool)
    orders: list[NDArray[np.intp]] = []
    done = 0
    stages = [cannula for cannula in cannulas for _ in range(_THICK_STAGES if thickens > 0 else 1)]
    for stage, cannula in enumerate(stages):
        share = round(wanted * (stage + 1) / len(stages)) - done
        power = 1.0 - thickens * stage / max(len(stages) - 1, 1)
        # Fast marching: the front's time of arrival T solves |grad T| = cost (Sethian 1996, doi
        # 10.1073/pnas.93.4.1591), here by shortest paths on the grid with diagonals. Where cement thickens the cost's
        # unevenness is raised to a falling power: a front that is stiffer than the bone takes no side ways.
        field_cost = np.where(passable, cost if power == 1.0 else cost**power, -1.0).astype(np.float64)
        start = nearest(room, passable, np.array(cannula.tip_mm))
        # Old cement lets the new one through; it is not filled twice.
        times = MCP_Geometric(np.where(filled, 0.02, field_cost)).find_costs([start])[0]
        times[filled] = np.inf
        reachable = np.flatnonzero(np.isfinite(times))
        if len(reachable) < share:
            held = (len(reachable) + done) * voxel_ml
            raise UsageError(f"The body holds {held:.1f} ml inside its margins, {inside_ml:.1f} ml were asked for.")
        # As many voxels as the stage has volume, in the order of their times; ``filled`` is changed in place.
        ordered = reachable[np.argsort(times.ravel()[reachable], kind="stable")][:share]
        filled.ravel()[ordered] = True
        orders.append(ordered)
        done += share
    return np.concatenate(orders)


def _arrival(
    anatomy: Anatomy,
    room: FillableVolume,
    order: NDArray[np.intp],
    path: leak_paths.LeakPath | None,
    voxel_ml: float,
    onset_ml: float,
    total_ml: float,
    rng: np.random.Generator,
) -> F32:
    """Millilitres at which each voxel fills; once the leak is open, it takes its share of the flow."""
    arrival = np.full(anatomy.region.values.shape, np.inf, dtype=np.float32)
    inside_ml = (np.arange(len(order)) + 1) * voxel_ml
    if path is not None:
        leaked_ml = (np.arange(len(path.order)) + 1) * voxel_ml
        onset_ml = min(onset_ml, total_ml - 1.15 * float(leaked_ml[-1]))
        # Two fronts share the flow: from its onset on the leak takes the share q of each millilitre until it is full.
        # Outside, v = onset + leaked / q; inside, meanwhile, v = onset + (inside - onset) / (1 - q), then all of it
        # again.
        share = min(0.85, float(leaked_ml[-1]) / ((total_ml - onset_ml) * float(rng.uniform(0.45, 0.95))))
        arrival.flat[path.order] = onset_ml + leaked_ml / share
        flowing = onset_ml + leaked_ml[-1] * (1.0 - share) / share
        inside_ml = np.where(
            inside_ml <= onset_ml,
            inside_ml,
            np.where(
                inside_ml <= flowing, onset_ml + (inside_ml - onset_ml) / (1.0 - share), inside_ml + leaked_ml[-1]
            ),
        )
    crop = np.full(room.body.shape, np.inf, dtype=np.float32)
    crop.ravel()[order] = inside_ml
    arrival[room.crop] = np.minimum(arrival[room.crop], crop)
    arrival.setflags(write=False)
    return arrival
