"""Figures that a reviewer takes from points on a lateral picture. Pure functions of points in px and a scale.

Every length is one in the plane of the vertebra: the scale of the plan holds there and nowhere else. All formulas are
those of the cited methods; a figure that a method does not define is `Unknown` with the reason.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from assistant.geometry import PointsPx
from assistant.language import sentence
from assistant.lengths import UNCAL
from assistant.plan import PlannedView
from assistant.readings.moments import Moment
from assistant.vocabulary import Measure, Motion, Unknown

GENANT_GRADES = ((0.20, 1), (0.25, 2), (0.40, 3))
"""Loss of height from which a fracture has grade 1 (mild), 2 (moderate), 3 (severe): Genant HK et al., *J Bone Miner
Res* 1993;8:1137."""


def shown_size(frame: int, views: Sequence[PlannedView], moment: Moment | None) -> Measure:
    """How large a picture is shown against the reference frame of its view: 1.35 where a console has zoomed by that.

    Parameters
    ----------
    frame : int
    views : sequence of PlannedView
        The plan's.
    moment : Moment or None
        What is known of the frame; None: it was not analysed.

    Returns
    -------
    float or Unknown
        Unknown where the vertebra was not found: a console may show that picture in another size.
    """
    if any(view.reference_frame == frame for view in views):
        return 1.0
    if moment is None:
        return Unknown(sentence("this picture was not analysed"))
    return moment.motion if isinstance(moment.motion, Unknown) else moment.motion.similarity.scale


def mm_per_px_of(frame: int, views: Sequence[PlannedView], moment: Moment | None) -> Measure:
    """The scale of one picture in the plane of the vertebra, as `shown_size` has it; the parameters are the same."""
    motion = moment.motion if moment is not None else None
    marked = next((view for view in views if view.reference_frame == frame), views[0] if len(views) == 1 else None)
    view = views[motion.view_index] if isinstance(motion, Motion) else marked
    if view is None:
        return Unknown(sentence("there is no plan") if not views else sentence("it is not known which view it shows"))
    if not view.calibrated:
        return Unknown(UNCAL)
    size = shown_size(frame, views, moment)
    return size if isinstance(size, Unknown) else view.mm_per_px / size


def distance_mm(a_px: PointsPx, b_px: PointsPx, mm_per_px: float) -> float:
    """Distance of two points.

    Parameters
    ----------
    a_px, b_px : array (2,)
    mm_per_px : float
    """
    return float(np.linalg.norm(np.asarray(b_px) - np.asarray(a_px))) * mm_per_px


def angle_deg(a_px: PointsPx, corner_px: PointsPx, b_px: PointsPx) -> Measure:
    """Angle at a corner between two arms, 0 to 180 degrees; unknown where an arm has no length."""
    one, other = np.asarray(a_px) - np.asarray(corner_px), np.asarray(b_px) - np.asarray(corner_px)
    if min(np.linalg.norm(one), np.linalg.norm(other)) < 1e-9:
        return Unknown("an arm of the angle has no length")
    cross, dot = one[0] * other[1] - one[1] * other[0], one @ other
    return float(np.degrees(np.abs(np.arctan2(cross, dot))))


def line_angle_deg(first_px: PointsPx, second_px: PointsPx) -> Measure:
    """Angle between two straight lines, each given by two points in the same direction (anterior to posterior).

    Parameters
    ----------
    first_px, second_px : array (2, 2)

    Returns
    -------
    float or Unknown
        -180 to 180 degrees: positive when a turn from the first to the second turns +x towards +y.
    """
    one, other = first_px[1] - first_px[0], second_px[1] - second_px[0]
    if min(np.linalg.norm(one), np.linalg.norm(other)) < 1e-9:
        return Unknown("a line has no length")
    return float(np.degrees(np.arctan2(one[0] * other[1] - one[1] * other[0], one @ other)))


@dataclass(frozen=True, slots=True, kw_only=True)
class SixPointMorphometry:
    """Six-point morphometry of one vertebra (Genant's method).

    Attributes
    ----------
    anterior_mm, middle_mm, posterior_mm : float
        Ha, Hm, Hp: distances between the superior and the inferior point of each pair.
    wedge_deg : float or Unknown
        Angle between the body's own endplates, positive when the anterior side is the lower one (Huang).
    beck_index : float or Unknown
        Ha / Hp (Beck 1971; the wedge ratio of other papers).
    biconcavity : float or Unknown
        Hm / Hp.
    """

    anterior_mm: float
    middle_mm: float
    posterior_mm: float
    wedge_deg: Measure
    beck_index: Measure
    biconcavity: Measure


def six_points(superior_px: PointsPx, inferior_px: PointsPx, mm_per_px: float) -> SixPointMorphometry:
    """Work out heights and what follows from them.

    Parameters
    ----------
    superior_px, inferior_px : array (3, 2)
        Anterior, middle and posterior point of each endplate.
    mm_per_px : float
    """
    heights = np.linalg.norm(np.asarray(inferior_px) - np.asarray(superior_px), axis=1) * mm_per_px
    anterior, middle, posterior = (float(height) for height in heights)
    none = Unknown("the posterior height is zero")
    return SixPointMorphometry(
        anterior_mm=anterior,
        middle_mm=middle,
        posterior_mm=posterior,
        wedge_deg=wedge_deg(superior_px, inferior_px),
        beck_index=anterior / posterior if posterior > 0 else none,
        biconcavity=middle / posterior if posterior > 0 else none,
    )


def wedge_deg(superior_px: PointsPx, inferior_px: PointsPx) -> Measure:
    """Angle between the endplates' chords, positive where they open towards the posterior side.

    Parameters
    ----------
    superior_px, inferior_px : array (n, 2)
        From anterior to posterior. Only their ends count.
    """
    return _opening_deg(superior_px, inferior_px)


def cobb_deg(superior_above_px: PointsPx, inferior_below_px: PointsPx) -> Measure:
    """Regional kyphosis (Cobb): upper endplate of the vertebra above to lower endplate of the one below.

    Parameters
    ----------
    superior_above_px, inferior_below_px : array (n, 2)
        From anterior to posterior. Only their ends count.

    Returns
    -------
    float or Unknown
        Positive for kyphosis (the lines meet in front), negative for lordosis.
    """
    return _opening_deg(superior_above_px, inferior_below_px)


def _opening_deg(upper_px: PointsPx, lower_px: PointsPx) -> Measure:
    """Angle by which two lines from anterior to posterior open towards the posterior side."""
    upper, lower = np.asarray(upper_px, dtype=np.float64), np.asarray(lower_px, dtype=np.float64)
    angle = line_angle_deg(upper[[0, -1]], lower[[0, -1]])
    if isinstance(angle, Unknown):
        return angle
    chord, between = upper[-1] - upper[0], lower.mean(axis=0) - upper.mean(axis=0)
    # Seen from a flipped picture the same spine turns the other way: what counts is towards the lower line.
    return angle if chord[0] * between[1] - chord[1] * between[0] >= 0 else -angle


@dataclass(frozen=True, slots=True, kw_only=True)
class HeightRatios:
    """Heights of a fractured vertebra against the mean of its neighbours (Huang), and the grade that follows.

    Attributes
    ----------
    anterior, middle, posterior : float or Unknown
        1 = as high as the neighbours.
    loss : float or Unknown
        The largest loss among the three, 0..1.
    genant_grade : int or Unknown
        0 (none) to 3 by the largest loss (Genant). Grading by eye may differ.
    """

    anterior: Measure
    middle: Measure
    posterior: Measure
    loss: Measure
    genant_grade: int | Unknown


def height_ratios(
    injured: SixPointMorphometry, above: SixPointMorphometry | None, below: SixPointMorphometry | None
) -> HeightRatios:
    """Compare with the neighbours; one neighbour alone will do where the other is not seen."""
    neighbours = [each for each in (above, below) if each is not None]
    if not neighbours:
        none = Unknown("mark a neighbour: the ratio needs one")
        return HeightRatios(anterior=none, middle=none, posterior=none, loss=none, genant_grade=none)
    ratios = [
        _ratio(getattr(injured, name), [getattr(each, name) for each in neighbours])
        for name in ("anterior_mm", "middle_mm", "posterior_mm")
    ]
    known = [ratio for ratio in ratios if not isinstance(ratio, Unknown)]
    loss: Measure = max(0.0, 1.0 - min(known)) if known else Unknown("no height of a neighbour is known")
    grade: int | Unknown = loss if isinstance(loss, Unknown) else genant_grade(loss)
    return HeightRatios(anterior=ratios[0], middle=ratios[1], posterior=ratios[2], loss=loss, genant_grade=grade)


def _ratio(height_mm: float, neighbours_mm: list[float]) -> Measure:
    mean = float(np.mean(neighbours_mm))
    return height_mm / mean if mean > 0 else Unknown("the neighbours have no height")


def genant_grade(loss: float) -> int:
    """Grade of a loss of height (share, 0..1): 0 below 20 %, 1 to 25 %, 2 to 40 %, 3 above."""
    return max((grade for least, grade in GENANT_GRADES if loss >= least - 1e-9), default=0)
