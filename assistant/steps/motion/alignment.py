"""Laying a picture onto the template: Gauss-Newton whose sub-regions vote, bound by what was known before.

Inverse compositional alignment (Baker & Matthews 2004, doi 10.1023/B:VISI.0000011205.11775.fd) for translation,
rotation, scale, gain and offset on a few thousand points, with Tukey weights. Each cell of points says where it would
go; cells that want elsewhere (a rib, gas, new cement, steel) are outvoted, and how far the others disagree is the
measure of how much the picture says at all, against what was known of the pose before.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from assistant.imaging.lattice import lattice_from_source, source_from_lattice
from assistant.imaging.robust_statistics import middle, power
from assistant.imaging.robust_statistics import spread as spread_of
from assistant.steps.motion.belief import Belief
from assistant.steps.motion.limits import LIMITS
from assistant.steps.motion.pyramid import F32, F64, Lattice, Outline, Pyramid, inside, sample
from assistant.steps.motion.template import UPPER, Template
from assistant.vocabulary import CementMask

_ROW_X, _ROW_Y = [0, 1, 2, 3, 4, 5], [1, 6, 7, 8, 9, 10]
"""Where the first two rows of a cell's 6 x 6 matrix stand in its upper triangle."""
_SOME = 3
"""Every third point says where the middle lies."""
_STILL_PX = 0.01
"""A step smaller than this (0.004 mm) ends the search."""
_TUKEY = 4.7
"""Tukey's biweight (Beaton & Tukey 1974, doi 10.1080/00401706.1974.10489171): as good as least squares by 95 %."""


@dataclass(frozen=True, slots=True, eq=False)
class Fit:
    """A pose and how well the picture matches there.

    Attributes
    ----------
    pose : array (2, 3)
        current_from_reference in source px.
    correlation : float
        Weighted, -1..1, of picture and template; 0 when too little of the template can be seen in the picture.
    clean : float
        What the correlation would be of the same anatomy at this picture's own noise.
    covariance : array (4, 4)
        Of dx, dy (source px), rotation (rad) and the logarithm of the scale.
    """

    pose: F64
    correlation: float
    clean: float
    covariance: F64
    noise: tuple[float, float] = (0.0, 0.0)
    """Of what it differs by from the reference frame: variance of the band and of the second differences."""
    planned: float = 0.0
    """How well the body and what is near it match, over what their noise lets them: less where the view has turned."""
    walls: float = 0.0
    """How well the walls alone match, over what their noise lets them: what stands upright in the picture."""
    most_ratio: float = np.inf
    """Of these two, for noise alone: the template explains a part of this picture's variance, the rest may be noise."""
    above: float = 0.0
    """Of all shifts about it, it stands by so many standard deviations above the others; 0: not looked at."""


def refine(
    template: Template,
    outline: Outline,
    pyramid: Pyramid,
    start: F64,
    cement: CementMask | None,
    belief: Belief | None,
    rounds: int,
) -> Fit:
    """Weighted Gauss-Newton from a pose.

    Parameters
    ----------
    template : Template
    outline : Outline
    pyramid : Pyramid
        The new picture.
    start : array (2, 3)
        current_from_reference in source px.
    cement : CementMask or None
        What it covers in the reference frame tells nothing about the bone.
    belief : Belief or None
        What is known of the pose before this picture.
    rounds : int
        At most so many steps.
    """
    pose = lattice_from_source(start, template.decimation)
    # Only round where the points may come to lie; ``corner`` is that part's in the lattice, taken off each pose.
    lattice = template.part_of(pyramid, outline, pose)
    corner = np.array([lattice.left, lattice.top], dtype=np.float64)
    at = template.points_px @ pose[:, :2].T + (pose[:, 2] - corner)
    # What is not bone (cement, steel, a blade) gets no weight before anything is estimated: robust weights alone
    # would be pulled by a whole dark corner.
    weight = _without_cement(template, cement)
    weight = np.where(_covered(template, pyramid, lattice, start, at), np.float32(0), weight)
    reach_px = float(np.abs(template.points_px - template.centre_px).max())
    covariance = np.zeros((4, 4))
    for _ in range(rounds):
        at = template.points_px @ pose[:, :2].T + (pose[:, 2] - corner)
        sampled = sample(lattice.band, at)
        step, covariance = _step(template, weight * inside(at, lattice.band.shape), sampled, pose, belief)
        pose = _composed(pose, step, template.centre_px)
        # Rotation and scale are measured by what they do to the point farthest out.
        if abs(step[0]) + abs(step[1]) < _STILL_PX and (abs(step[2]) + abs(step[3])) * reach_px < _STILL_PX:
            break
    at = template.points_px @ pose[:, :2].T + (pose[:, 2] - corner)
    weight = weight * inside(at, lattice.band.shape)
    found = source_from_lattice(pose, template.decimation)
    # With most of the template out of the picture or covered, a correlation of the rest says nothing: 0, not a guess.
    if float(weight.sum()) < LIMITS.least_points * float(template.weight.sum()):
        return Fit(found, 0.0, 1.0, covariance)
    correlation, clean, planned, walls, most_ratio = _match(template, lattice, at, weight)
    difference = _difference(template, lattice, at, weight)
    return Fit(found, correlation, clean, covariance, difference, planned, walls, most_ratio)


def _step(
    template: Template, weight: NDArray[np.generic], sampled: F32, pose: F64, belief: Belief | None
) -> tuple[F64, F64]:
    """The six numbers (dx, dy, rotation, log scale, gain, offset) that bring picture and template together.

    With the residual ``r = sampled - reference``, J its derivative and w the weights, each cell c has the normal
    equations ``N_c d = b_c``. The step solves ``(sum v_c N_c + f B) d = sum v_c b_c + f B (p - m)`` with v_c the cells'
    votes, m and B^-1 the mean and covariance of the belief, and f the disagreement of the cells, which turns N into an
    inverse covariance. Where picture and template are the same f is 0, and the belief has no say.
    """
    residual = sampled / _contrast(template, weight, sampled) - template.reference
    residual = residual - np.float32(middle(residual[::_SOME]))
    spread = spread_of(residual[::_SOME]) + 1e-3
    w = (weight * np.clip(1.0 - (residual / (_TUKEY * spread)) ** 2, 0.0, None) ** 2).astype(np.float32)
    # A row for each number: what lies together in memory is multiplied and summed together.
    normal_terms = np.empty((27, len(w)), np.float32)
    np.multiply(template.products, w, out=normal_terms[:21])
    np.multiply(template.jacobian, w * residual, out=normal_terms[21:])
    cells = np.add.reduceat(normal_terms, template.cells, axis=1).T.astype(np.float64)
    normal, right = _summed(cells.sum(axis=0))
    votes, disagreement = _votes(cells, np.asarray(np.linalg.solve(normal, right), dtype=np.float64))
    normal, right = _summed(votes @ cells)
    # From the lattice's px to the source's, so that covariances of both lattices mean the same.
    unit = np.array([template.decimation, template.decimation, 1.0, 1.0])
    if belief is not None:
        hold = disagreement * belief.information() * np.outer(unit, unit)
        away = (belief.numbers_of(source_from_lattice(pose, template.decimation)) - belief.mean) / unit
        normal[:4, :4] += hold
        right[:4] += hold @ away
    inverse: F64 = np.asarray(np.linalg.inv(normal), dtype=np.float64)
    return inverse @ right, disagreement * inverse[:4, :4] * np.outer(unit, unit)


def _contrast(template: Template, weight: NDArray[np.generic], sampled: F32) -> np.float32:
    """How many times as much contrast the picture has as the template: 1 where the gain explains it.

    A picture that is far darker or brighter lies elsewhere on the console's curve: its edges would be outliers.
    """
    w, values = weight.astype(np.float32), template.values
    both, own, other = (float((w * a) @ b) for a, b in ((sampled, values), (values, values), (sampled, sampled)))
    slope = float(both / (own + 1e-9))
    clear = both > LIMITS.contrast_told * np.sqrt(own * other) and abs(np.log(max(slope, 1e-3))) > LIMITS.contrast_log
    return np.float32(slope if clear else 1.0)


def _summed(total: F64) -> tuple[F64, F64]:
    """Matrix and right side of the normal equations from the 27 sums."""
    normal = np.zeros((6, 6))
    normal[UPPER] = normal[UPPER[::-1]] = total[:21]
    # Levenberg's damping, small: with all points along one edge the normal matrix would have no inverse.
    normal[np.diag_indices(6)] = normal[np.diag_indices(6)] * (1.0 + 1e-4) + 1e-6
    return normal, total[21:]


def _votes(cells: F64, common: F64) -> tuple[F64, float]:
    """How much each cell's equations count, and how far the cells disagree with their common step (`_step`'s f)."""
    xx, xy, yy = cells[:, 0], cells[:, 1], cells[:, 6]
    # What each still wants after the common step, b - N d.
    bx, by = cells[:, 21] - cells[:, _ROW_X] @ common, cells[:, 22] - cells[:, _ROW_Y] @ common
    # Damped: along an edge a cell says nothing.
    damp = 0.02 * (xx + yy) + 1e-9
    xx, yy = xx + damp, yy + damp
    # b' N^-1 b / 2 for two numbers: 1 where a cell wants to go as far as its own noise explains.
    wishes = (yy * bx * bx - 2.0 * xy * bx * by + xx * by * by) / (xx * yy - xy * xy + 1e-12) / 2.0
    # The middle of the cells by what they tell; 0.69 is the median of what should have the mean 1 (an exponential).
    order = np.argsort(wishes)
    summed = np.cumsum((xx + yy)[order])
    usual = float(wishes[order][np.searchsorted(summed, 0.5 * summed[-1])]) / 0.69
    return 1.0 / (1.0 + wishes / (LIMITS.outvoted * usual + 1e-9)), usual


def _composed(pose: F64, step: F64, centre: F64) -> F64:
    """Inverse compositional: the step moves the template, so the pose takes its inverse, W(p) <- W(p) o W(d)^-1.

    W(d) turns and scales about the vertebra's centre c: ``x -> A (x - c) + c + (dx, dy)``.
    """
    a, b = np.exp(step[3]) * np.cos(step[2]), np.exp(step[3]) * np.sin(step[2])
    turn = np.array([[a, -b], [b, a]])
    inverse = np.linalg.inv(turn)
    shift = -inverse @ (step[:2] + centre - turn @ centre)
    return np.column_stack([pose[:, :2] @ inverse, pose[:, :2] @ shift + pose[:, 2]])


def _without_cement(template: Template, cement: CementMask | None) -> F32:
    if cement is None or not cement.mask.any():
        return template.weight
    crop = cement.crop
    grown = cv2.dilate(cement.mask.astype(np.uint8), np.ones((3, 3), np.uint8), iterations=3)
    xs, ys = template.source_px[:, 0] - crop.x0_px, template.source_px[:, 1] - crop.y0_px
    covered = (xs >= 0) & (ys >= 0) & (xs < crop.width_px) & (ys < crop.height_px)
    hidden = np.zeros(len(xs), bool)
    hidden[covered] = grown[ys[covered], xs[covered]] > 0
    return np.where(hidden, np.float32(0), template.weight)


def _covered(template: Template, pyramid: Pyramid, lattice: Lattice, start: F64, at: F64) -> NDArray[np.bool_]:
    """Points on which a blade has closed, or over which steel or cement lies that no mask holds yet.

    What covers differs from what disagrees: it makes a whole place darker (brighter, where that is how it is shown).
    """
    here = (template.source_px @ start[:, :2].T + start[:, 2]).round().astype(np.int64)
    rows, cols = pyramid.grey.shape[:2]
    now = pyramid.grey[np.clip(here[:, 1], 0, rows - 1), np.clip(here[:, 0], 0, cols - 1)]
    dark: NDArray[np.bool_] = np.asarray(now < LIMITS.black_share * pyramid.white, dtype=bool)
    if dark.mean() > LIMITS.most_dark:
        dark = np.zeros(len(dark), bool)
    grown = sample(lattice.slow, at) - template.slow
    grown = np.abs(grown - np.float32(middle(grown[::_SOME])))
    changed = grown > max(LIMITS.covered_log, LIMITS.covered_sigmas * spread_of(grown[::_SOME]))
    return np.asarray(dark | changed, dtype=bool)


def _match(
    template: Template, lattice: Lattice, at: F64, weight: NDArray[np.generic]
) -> tuple[float, float, float, float, float]:
    """``correlation``, ``clean``, ``planned``, ``walls`` and ``most_ratio`` of a fit."""
    w = (weight / weight.sum()).astype(np.float32)
    a, b = sample(lattice.band, at), template.values
    # The edge of a blade or of an instrument is many times as strong as bone, and would be all that counts.
    # Both are cut: a grainy reference frame cut against itself uncut would not be known as itself.
    limit = np.float32(LIMITS.clip) * np.sqrt((w * b * b).sum())
    a, b = np.clip(a, -limit, limit), np.clip(b, -limit, limit)
    # The noise of the picture by its own grain at the points; what is left of the variance is anatomy. The correlation
    # of two pictures of one anatomy is the root of the product of their shares of signal.
    # At whole pixels: between them grain is averaged.
    grain = power(sample(lattice.grain, at.round())[::_SOME])
    noise = template.ratio.value * grain
    correlation, total = _correlation(w, a, b)
    most = total * (1.0 - correlation**2) / (grain + 1e-9)
    # Whether the view turns is held against pictures before it: where a blade may have closed since does not count.
    near = w * template.near
    near = near if float(near.sum()) > LIMITS.least_points else w
    own, total_own = _correlation(near, a, b)
    planned = min(own / _clean(template, total_own, noise), 1.0)
    own, total_own = _correlation(near * template.upright, a, b)
    walls = own / np.sqrt(max(1.0 - noise / total_own, own * own, LIMITS.least_signal))
    return correlation, _clean(template, total, noise), planned, float(walls), most


def _clean(template: Template, total: float, noise: float) -> float:
    """The correlation to expect of the same anatomy, of which so much of the variance is noise."""
    return float(np.sqrt(max(1.0 - noise / total, LIMITS.least_signal) * template.signal_share))


def _correlation(w: F32, a: F32, b: F32) -> tuple[float, float]:
    """Weighted, and the variance of the first."""
    whole = float(w.sum()) + 1e-9
    a, b = a - np.float32((w * a).sum() / whole), b - np.float32((w * b).sum() / whole)
    total = float((w * a * a).sum()) + 1e-9
    return float((w * a * b).sum() / np.sqrt(total * (w * b * b).sum() + 1e-9)), total / whole


def _difference(template: Template, lattice: Lattice, at: F64, weight: NDArray[np.generic]) -> tuple[float, float]:
    """Variance of the band and of the second differences in what a picture differs by from the reference frame."""
    some = np.flatnonzero(weight)[::_SOME]
    whole = at[some].round()
    band, grain = sample(lattice.band, whole), sample(lattice.grain, whole)
    then = template.reference[some]
    contrast = float(band @ then) / (float(then @ then) + 1e-9)
    return power(band - np.float32(contrast) * then), power(grain - np.float32(contrast) * template.grain[some])
