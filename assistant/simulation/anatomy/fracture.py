"""The form of a vertebral body: unbroken, or broken as a wedge, biconcave or crush fracture of Genant grade 1 to 3.

Heights lost follow Genant (1: 20-25 %, 2: 25-40 %, 3: over 40 %). The ratio of anterior to posterior height of wedges
follows the measured table of fractured T11, T12 and L1 (n 4 to 96 by grade); other levels use the same ratios
(*plausible interpolation*). Where the table gives a wedge angle, the ratios land within one SD of it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

import numpy as np

from assistant.errors import UsageError
from assistant.simulation.anatomy.anatomy_sizes import VertebraSize

KINDS = ("wedge", "biconcave", "crush")
PointMm = tuple[float, float, float]

# Anterior / posterior height of wedge fractures by grade: mean, SD, and the limits that the draw is clipped to.
_WEDGE_RATIO = {1: (0.771, 0.017, 0.75, 0.80), 2: (0.656, 0.040, 0.60, 0.745), 3: (0.472, 0.090, 0.34, 0.58)}
_LOSS = {1: (0.20, 0.25), 2: (0.25, 0.40), 3: (0.40, 0.55)}


@dataclass(frozen=True, slots=True, kw_only=True)
class Hole:
    """A place where the cortex is missing.

    Attributes
    ----------
    centre_mm : tuple of float
        In the body's frame (origin at the middle of its unbroken form).
    radius_mm : float
    """

    centre_mm: PointMm
    radius_mm: float


@dataclass(frozen=True, slots=True, kw_only=True)
class BodyForm:
    """Endplates and walls of one body in its own frame (x anterior, z cranial, origin mid-body when unbroken).

    Attributes
    ----------
    superior_front_mm, superior_back_mm, inferior_front_mm, inferior_back_mm : float
        z of the rims.
    superior_dish_mm, inferior_dish_mm : float
        Depth of the endplates' hollow below the rim.
    superior_bend, inferior_bend : float
        1 = straight rim line from back to front; above 1 the drop gathers in front.
    bulge_mm : float
        Step of the anterior cortex below the broken rim.
    retropulsion_mm : float
        The upper posterior corner, pushed back.
    impaction : float
        Extra density of the crushed layer below a broken endplate (0 = none).
    cleft_mm : tuple or None
        ((centre), (radii)) of an intravertebral cleft.
    spurs_mm : tuple of float
        How far osteophytes lengthen the upper and lower front rim.
    holes : tuple of Hole
        Cortex defects: the basivertebral foramen, and breaks.
    """

    superior_front_mm: float
    superior_back_mm: float
    inferior_front_mm: float
    inferior_back_mm: float
    superior_dish_mm: float
    inferior_dish_mm: float
    superior_bend: float = 1.0
    inferior_bend: float = 1.0
    bulge_mm: float = 0.0
    retropulsion_mm: float = 0.0
    impaction: float = 0.0
    cleft_mm: tuple[PointMm, PointMm] | None = None
    spurs_mm: tuple[float, float] = (0.0, 0.0)
    holes: tuple[Hole, ...] = ()

    def centre_mm(self, depth_mm: float) -> PointMm:
        """Mean of the four corners on the mid-plane: where the treated body's origin lies."""
        del depth_mm  # the corners lie symmetrically before and behind the origin
        heights = (self.superior_front_mm, self.superior_back_mm, self.inferior_front_mm, self.inferior_back_mm)
        return (0.0, 0.0, float(np.mean(heights)))

    def wedge_angle_deg(self, depth_mm: float) -> float:
        """Angle between the body's own endplate lines, positive when the front is lower."""
        superior = np.arctan2(self.superior_back_mm - self.superior_front_mm, depth_mm)
        inferior = np.arctan2(self.inferior_front_mm - self.inferior_back_mm, depth_mm)
        return float(np.rad2deg(superior + inferior))


def parse(name: str) -> tuple[str, int]:
    """Kind and grade of a fracture's name such as "wedge2".

    Raises
    ------
    UsageError
        When the name is not one of wedge, biconcave, crush followed by 1, 2 or 3.
    """
    match = re.fullmatch(r"(wedge|biconcave|crush)([123])", name)
    if match is None:
        raise UsageError(f"Fracture {name!r} is not known: use wedge, biconcave or crush followed by 1, 2 or 3.")
    return match[1], int(match[2])


def unbroken(size: VertebraSize, rng: np.random.Generator) -> BodyForm:
    """An osteoporotic but unbroken body: hollow endplates, a basivertebral foramen in its posterior wall."""
    front, back = size.anterior_height_mm / 2, size.posterior_height_mm / 2
    scale = size.middle_height_mm / 27.0
    z = float(rng.uniform(0.0, 2.0)) * scale
    radius = float(rng.uniform(1.8, 3.2)) * scale
    foramen = Hole(centre_mm=(-size.depth_mm / 2 + size.wall_concavity_mm * 0.8, 0.0, z), radius_mm=radius)
    spurs = [float(rng.uniform(0.5, 3.5)) * scale if rng.random() < 0.35 else 0.0 for _ in range(2)]
    return BodyForm(
        spurs_mm=(spurs[0], spurs[1]),
        superior_front_mm=front,
        superior_back_mm=back,
        inferior_front_mm=-front,
        inferior_back_mm=-back,
        superior_dish_mm=float(rng.uniform(1.2, 2.6)) * scale,
        inferior_dish_mm=float(rng.uniform(1.6, 3.2)) * scale,
        holes=(foramen,),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Collapse:
    """What is left: heights of the walls, depths of the hollows (mm), the superior endplate's share and bend."""

    front: float
    back: float
    superior_dish: float
    inferior_dish: float
    superior_share: float
    bend: float


def _collapsed(kind: str, grade: int, size: VertebraSize, whole: BodyForm, rng: np.random.Generator) -> _Collapse:
    """Heights by the kind of fracture; `_LOSS` and `_WEDGE_RATIO` say by how much at which grade."""
    height = size.middle_height_mm
    front, back = size.anterior_height_mm, size.posterior_height_mm
    loss = float(rng.uniform(*_LOSS[grade]))
    superior_dish, inferior_dish = whole.superior_dish_mm, whole.inferior_dish_mm
    superior_share = float(rng.uniform(0.8, 1.0))
    bend = float(rng.uniform(1.0, 1.4))
    if kind == "wedge":
        mean, sd, low, high = _WEDGE_RATIO[grade]
        back *= 1.0 - 0.02 * grade * float(rng.uniform(0.0, 1.0))
        front = back * float(np.clip(rng.normal(mean, sd), low, high))
        superior_dish += float(rng.uniform(0.2, 0.8)) * grade * 0.5
    elif kind == "biconcave":
        superior_share, bend = 0.6, 1.0
        wanted = loss * height
        superior_dish += 0.55 * wanted
        inferior_dish += 0.45 * wanted
        front *= float(rng.uniform(0.93, 0.99))
    else:
        back *= 1.0 - loss * float(rng.uniform(0.85, 1.0))
        front *= 1.0 - loss
        superior_share = float(rng.uniform(0.6, 0.9))
    return _Collapse(
        front=front,
        back=back,
        superior_dish=superior_dish,
        inferior_dish=inferior_dish,
        superior_share=superior_share,
        bend=bend,
    )


def broken(name: str, size: VertebraSize, rng: np.random.Generator) -> BodyForm:
    """A fractured body.

    Parameters
    ----------
    name : str
        Such as "wedge2".
    size : VertebraSize
        Of the unbroken body.
    rng : Generator

    Raises
    ------
    UsageError
        For an unknown name.
    """
    kind, grade = parse(name)
    whole = unbroken(size, rng)
    a, b = size.depth_mm / 2, size.width_mm / 2
    # One stream of random numbers: what is drawn, and in which order, is the patient, down to the last bit.
    shape = _collapsed(kind, grade, size, whole, rng)
    front, back, superior_dish, inferior_dish = shape.front, shape.back, shape.superior_dish, shape.inferior_dish
    lost_front, lost_back = size.anterior_height_mm - front, size.posterior_height_mm - back
    top_front = size.anterior_height_mm / 2 - shape.superior_share * lost_front
    top_back = size.posterior_height_mm / 2 - shape.superior_share * lost_back
    middle_left = 0.5 * (front + back) * 0.30
    dishes = superior_dish + inferior_dish
    room = 0.5 * (front + back) - middle_left
    if dishes > room:  # the two hollows of a crushed body must not meet
        superior_dish, inferior_dish = superior_dish * room / dishes, inferior_dish * room / dishes
    hollow_mm = 0.5 * (top_front + top_back) - superior_dish
    breaks = _breaks(grade, (a, b), hollow_mm, top_back, rng)
    cleft = _cleft((a, b), hollow_mm, rng) if grade >= 2 and rng.random() < 0.4 else None
    return BodyForm(
        spurs_mm=whole.spurs_mm,
        superior_front_mm=top_front,
        superior_back_mm=top_back,
        inferior_front_mm=top_front - front,
        inferior_back_mm=top_back - back,
        superior_dish_mm=superior_dish,
        inferior_dish_mm=inferior_dish,
        superior_bend=shape.bend,
        bulge_mm=float(rng.uniform(0.3, 1.0)) * grade * (0.4 if kind == "biconcave" else 0.8),
        retropulsion_mm=float(rng.uniform(0.0, 0.6)) * (grade - 1) * (1.5 if kind == "crush" else 1.0),
        impaction=float(rng.uniform(0.4, 1.2)) * grade / 2,
        cleft_mm=cleft,
        holes=(*whole.holes, *breaks),
    )


def _breaks(
    grade: int, half_mm: tuple[float, float], hollow_mm: float, top_back_mm: float, rng: np.random.Generator
) -> list[Hole]:
    """Breaks of the cortex: of the superior endplate's hollow, and of the posterior wall below its upper rim."""
    (a, b), breaks = half_mm, []
    if rng.random() < 0.35 + 0.2 * grade:
        x, y = float(rng.uniform(-0.3, 0.5)) * a, float(rng.uniform(-0.4, 0.4)) * b
        breaks.append(Hole(centre_mm=(x, y, hollow_mm), radius_mm=float(rng.uniform(1.5, 3.5))))
    if rng.random() < 0.15 * grade:
        centre_mm = (-a, float(rng.uniform(-0.3, 0.3)) * b, top_back_mm - float(rng.uniform(3.0, 8.0)))
        breaks.append(Hole(centre_mm=centre_mm, radius_mm=float(rng.uniform(1.2, 2.5))))
    return breaks


def _cleft(half_mm: tuple[float, float], hollow_mm: float, rng: np.random.Generator) -> tuple[PointMm, PointMm]:
    """A flat hollow below the superior endplate: centre and radii."""
    a, b = half_mm
    middle = hollow_mm - float(rng.uniform(2.5, 4.0))
    radii = (a * float(rng.uniform(0.3, 0.5)), b * float(rng.uniform(0.3, 0.55)), float(rng.uniform(0.9, 1.8)))
    return (a * float(rng.uniform(0.1, 0.3)), 0.0, middle), radii
