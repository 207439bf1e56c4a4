"""Where a cannula's steel stands now: it is levered, pushed and turned while cement comes, and bone stays where it is.

A cannula that has moved by a tenth of its width leaves a dark stripe on one side and a bright one on the other, along
its whole length and through the posterior wall: the dark one hangs together with the cement and looks like a track of
it. So each picture says how far the shaft has gone across itself and how far it has turned, and what that makes of the
picture is taken out.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from assistant.imaging.robust_statistics import middle as middle_of
from assistant.imaging.robust_statistics import spread
from assistant.steps.cement.ground_limits import CannulaMotionLimits

F32 = NDArray[np.float32]
F64 = NDArray[np.float64]
Bool = NDArray[np.bool_]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Bar:
    """One straight piece of steel on the lattice.

    Attributes
    ----------
    rows, cols : slice
        The box of the lattice that holds it and `CannulaMotionLimits.beside_mm` round it.
    along_mm, across_mm : array (box)
        Of each pixel: from the tip backwards, and from the axis.
    half_mm : float
        Half its width.
    darker : array (n,)
        How much darker (log units) it makes the picture, by the distance from the axis in steps of
        `CannulaMotionLimits.step_mm` from ``-reach`` on.
    slope : array (n,)
        Its derivative by mm.
    sampled : array (m,)
        Flat indices in the box of the pixels that are looked at.
    """

    rows: slice
    cols: slice
    along_mm: F32
    across_mm: F32
    half_mm: float
    darker: F32
    slope: F32
    sampled: NDArray[np.int64]


def ends_of(part: Bool, middle: tuple[float, float]) -> tuple[F64, F64]:
    """The two ends of a straight part's axis, (x, y) in px; first the one nearer to the middle of the body."""
    ys, xs = np.nonzero(part)
    at = np.stack([xs, ys], axis=1).astype(np.float64)
    centre = at.mean(axis=0)
    # First principal axis of the px: the direction in which they spread most. A thinned set says it as well.
    _, _, axes = np.linalg.svd(at[:: max(1, len(at) // 2000)] - centre, full_matrices=False)
    along = (at - centre) @ axes[0]
    ends = centre + np.outer([along.min(), along.max()], axes[0])
    tip, back = sorted(ends, key=lambda end: float(np.linalg.norm(end - middle)))
    return tip, back


def learn_bar(
    darker: F32, part: Bool, middle: tuple[float, float], mm_per_px: float, limits: CannulaMotionLimits
) -> Bar:
    """Learn a cannula from the pictures before the cement.

    Parameters
    ----------
    darker : array (rows, cols)
        How much darker (log units) than what lies round it.
    part : array (rows, cols) of bool
        The cannula.
    middle : tuple of float
        Of the vertebral body, (x, y) in px: the tip is the end nearest to it.
    mm_per_px : float
    limits : CannulaMotionLimits
    """
    tip, back = ends_of(part, middle)
    way = (back - tip) / max(float(np.linalg.norm(back - tip)), 1e-6)
    ys, xs = np.nonzero(part)
    beside = round(limits.beside_mm / mm_per_px)
    rows = slice(max(0, int(ys.min()) - beside), min(part.shape[0], int(ys.max()) + beside + 1))
    cols = slice(max(0, int(xs.min()) - beside), min(part.shape[1], int(xs.max()) + beside + 1))
    # Coordinates along and across the axis, from the tip: u = (x - tip) . way, v = (x - tip) x way, in mm.
    grid_y, grid_x = np.mgrid[rows, cols].astype(np.float64)
    along_mm = ((grid_x - tip[0]) * way[0] + (grid_y - tip[1]) * way[1]) * mm_per_px
    across_mm = (-(grid_x - tip[0]) * way[1] + (grid_y - tip[1]) * way[0]) * mm_per_px
    inside = part[rows, cols]
    # Area over length: the mean width, whatever its ends look like.
    half_mm = 0.5 * float(inside.sum()) * mm_per_px**2 / max(float(along_mm[inside].max()), 1.0)
    reach = 2 * limits.beside_mm + half_mm
    shaft = along_mm > limits.from_tip_mm
    near = shaft & (np.abs(across_mm) < half_mm + limits.beside_mm)
    profile = _profile(across_mm[near], darker[rows, cols][near], half_mm, reach, limits)
    near_px = np.flatnonzero(near & (along_mm < along_mm[inside].max()))
    sampled = near_px[:: max(1, -(-len(near_px) // limits.samples))]
    return Bar(
        rows=rows,
        cols=cols,
        along_mm=along_mm.astype(np.float32),
        across_mm=across_mm.astype(np.float32),
        half_mm=half_mm,
        darker=profile,
        slope=np.asarray(np.gradient(profile) / limits.step_mm, dtype=np.float32),
        sampled=sampled,
    )


def _profile(across_mm: F64, darker: F32, half_mm: float, reach_mm: float, limits: CannulaMotionLimits) -> F32:
    """Means of the darkness by distance from the axis; none far from the steel (that is bone)."""
    bins = np.round((across_mm + reach_mm) / limits.step_mm).astype(np.int64)
    count = round(2 * reach_mm / limits.step_mm) + 1
    number = np.bincount(bins, minlength=count)[:count]
    total = np.bincount(bins, weights=darker, minlength=count)[:count]
    # Empty bins take what lies beside them; the bone's own darkness is taken off, and the profile fades to 0 outside.
    mean = np.interp(np.arange(count), np.flatnonzero(number), (total / np.maximum(number, 1))[number > 0])
    off_mm = np.abs(np.arange(count) * limits.step_mm - reach_mm)
    floor = float(np.median(mean[(off_mm > half_mm + 1.2) & (off_mm < half_mm + limits.beside_mm)]))
    fades = np.clip((half_mm + 1.5 - off_mm) / 0.5, 0.0, 1.0)
    return np.asarray(np.maximum(mean - floor, 0.0) * fades, dtype=np.float32)


def moved_steel(bars: tuple[Bar, ...], darker: F32, silent: Bool, limits: CannulaMotionLimits) -> F32 | None:
    """How much darker (log units) steel that has moved makes the picture, and how much brighter where it was.

    Parameters
    ----------
    bars : tuple of Bar
    darker : array (rows, cols)
        How much darker (log units) the picture is than the baseline.
    silent : array (rows, cols) of bool
        What says nothing of the steel: known cement, blades, what lies outside the X-ray field.
    limits : CannulaMotionLimits

    Returns
    -------
    array (rows, cols) or None
        None where all of it stands still.
    """
    makes: F32 | None = None
    # Steel that has gone by (shift, turn) makes D(v - shift - turn u) - D(v) of the picture, with D its profile: dark
    # where it is, bright where it was.
    for bar in bars:
        went = _went(bar, darker[bar.rows, bar.cols], silent[bar.rows, bar.cols], limits)
        if went is None:
            continue
        makes = np.zeros(darker.shape, np.float32) if makes is None else makes
        now_mm = bar.across_mm - (np.float32(went[0]) + np.float32(went[1]) * bar.along_mm)
        step_mm = limits.step_mm
        here = _read(bar.darker, now_mm, step_mm) - _read(bar.darker, bar.across_mm, step_mm)
        makes[bar.rows, bar.cols] += here * np.clip(bar.along_mm / np.float32(limits.tip_blur_mm) + 0.5, 0.0, 1.0)
    return makes


def _went(bar: Bar, darker: F32, silent: Bool, limits: CannulaMotionLimits) -> tuple[float, float] | None:
    """Shift (mm) at the tip and turn (rad); None when it stands still or nothing can be said.

    Gauss-Newton for shift, turn and an offset, with Tukey weights.
    """
    # Looked for from few pixels away from the tip; what is silent (known cement) says nothing of the steel.
    at = bar.sampled[~silent.ravel()[bar.sampled]]
    if len(at) < limits.least_samples:
        return None
    across, seen = bar.across_mm.ravel()[at], darker.ravel()[at]
    seen = seen - np.float32(middle_of(seen))
    middle_mm = np.float32(bar.along_mm.ravel()[at].mean())
    # Turned about the middle of what is seen: shift and turn are then nearly independent, and the search is well
    # posed.
    arm = bar.along_mm.ravel()[at] - middle_mm
    there = _read(bar.darker, across, limits.step_mm)
    # Gaussian prior of the usual size of both, none on the offset. Model: seen = D(v - p0 - p1 arm) - D(v) + p2.
    prior = np.diag([1.0 / limits.usual_mm**2, 1.0 / limits.usual_turn_rad**2, 0.0])
    ends = np.array([[1.0, -middle_mm, 0.0], [1.0, float(arm.max()), 0.0]])
    p, covariance = np.zeros(3), np.eye(3)
    for _ in range(limits.rounds):
        now = across - np.float32(p[0]) - np.float32(p[1]) * arm
        # One round of Gauss-Newton: r the rest, J its derivative (-D', -D' arm, 1), w Tukey's weights, s the spread.
        # (J' w J / (c s^2) + H) d = J' w r / (c s^2) - H p; the inverse of the bracket is the covariance of p.
        left = seen - (_read(bar.darker, now, limits.step_mm) - there) - np.float32(p[2])
        varies = max(spread(left), limits.least_log)
        weight = np.clip(1.0 - (left / np.float32(4.7 * varies)) ** 2, 0.0, None) ** 2
        falls = -_read(bar.slope, now, limits.step_mm)
        jacobian = np.stack([falls, falls * arm, np.ones_like(falls)], axis=1)
        weighted = jacobian * weight[:, None]
        information = (weighted.T @ jacobian).astype(np.float64) / (limits.correlated_px * varies**2)
        gradient = (weighted.T @ left).astype(np.float64) / (limits.correlated_px * varies**2)
        covariance = np.linalg.inv(information + prior + 1e-9 * np.eye(3))
        step = covariance @ (gradient - prior @ p)
        step[0] = np.clip(step[0], -limits.step_at_most_mm, limits.step_at_most_mm)
        p += step
        # Far below what would be believed: nothing has moved, and most pictures end here.
        if np.abs(ends @ p).max() < 0.25 * limits.least_mm:
            return None
        if abs(step[0]) < limits.still_mm and abs(step[1]) * float(arm.max()) < limits.still_mm:
            break
    # What counts is how far the steel has gone at its two ends, and how sure that is: var = e C e'.
    far_mm = np.abs(ends @ p)
    sigma_mm = np.sqrt(np.diag(ends @ covariance @ ends.T))
    if (
        not (far_mm > np.maximum(limits.least_mm, limits.least_sigmas * sigma_mm)).any()
        or far_mm.max() > limits.beside_mm
    ):
        return None
    now = across - np.float32(p[0]) - np.float32(p[1]) * arm
    would = _read(bar.darker, now, limits.step_mm) - there
    limit = np.float32(limits.clip_sigma * max(spread(seen), limits.least_log))
    does = np.clip(seen - np.float32(p[2]), -limit, limit)
    # A dark side alone is cement that runs back along the shaft, and must not be taken out: both must be there. The
    # correlation of what is seen with what is expected, over the latter with itself, clipped alike.
    for side in (np.maximum(would, 0), np.minimum(would, 0)):
        expected = float((np.minimum(np.abs(side), limit) * np.abs(side)).sum())
        if float((does * side).sum()) < limits.both_sides * expected:
            return None
    return float(p[0] - p[1] * middle_mm), float(p[1])


def _read(values: F32, across_mm: F32, step_mm: float) -> F32:
    """A profile at distances from the axis, to the nearest step."""
    at = (across_mm * np.float32(1.0 / step_mm) + np.float32(len(values) // 2 + 0.5)).astype(np.intp)
    return values[np.clip(at, 0, len(values) - 1)]
