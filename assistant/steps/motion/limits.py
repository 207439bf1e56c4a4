"""All numbers of the motion step; pure mathematics (Tukey's 4.7, 0.69 = median of an exponential) is none of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True, kw_only=True)
class MotionLimits:
    """Lengths in mm are in the plane of the vertebra, angles in degrees, times in seconds; [P]: our proposal."""

    # The lattices and the band in which pictures are compared.
    fine_mm: float = 0.40
    """Pixel of the fine lattice, about: finer costs time and adds noise, coarser loses sub-pixel accuracy [P]."""
    coarser: int = 4
    """Pixels of the coarse lattice are so many times as wide."""
    band_low_mm: float = 0.45
    band_high_mm: float = 1.2
    """Half the side of the box that is taken off: wider, and cement's dark reaches the bone edges beside it."""
    softer: float = 1.5
    """The band is so many times as wide where the reference frame is mostly grain [P]."""
    soft_below: float = 0.50
    """Below this correlation of two pictures of the reference frame's own grain it is [P]."""
    points: int = 4000
    least_grain: float = 0.2
    """A picture whose grain differs from the reference frame's by less of its power is that frame again [P]."""
    grain_falls: float = 0.5
    grain_rises: float = 0.05
    """How coarse the grain is follows a picture by so much of its logarithm, downwards and upwards [P]."""
    reach_wide: float = 0.75
    reach_high: float = 0.95
    """The window round the body, in sizes of the body on each side: its neighbours are in it."""

    # What a point may tell.
    outline_mm: float = 5.0
    elsewhere: float = 0.12
    """How much a pixel far from the outline tells, against one on it [P]."""
    even_mm: float = 6.0
    template_pictures: int = 64
    """So many pictures are averaged, until cement is seen."""
    scatter_mm: float = 0.8
    """How wide the scatter of those pictures is smoothed: a Gaussian's standard deviation [P]."""
    scatter_prior: float = 0.3
    """The local contrast is believed to be the scatter like so many pictures [P]."""
    contrast_log: float = 0.4
    contrast_told: float = 0.3
    """A contrast that is so far from the template's, in logarithms, is taken off, from such a correlation on [P]."""
    cell_mm: float = 8.0
    """Sub-regions that vote: the side of one. A pedicle, a corner of the body or a rib's crossing fits [P]."""
    outvoted: float = 2.0
    """A cell whose wish for another place is so many times the usual one has half a vote [P]."""
    black_share: float = 0.1
    most_dark: float = 0.6
    """What is blacker than this share of white has no grain to see bone in; where nearly all is, it is merely dark."""
    covered_log: float = 8.0
    covered_sigmas: float = 4.0
    """Grown darker or brighter than the rest by both (100 x the logarithm): cement, steel or a blade covers it [P]."""
    near_mm: float = 10.0
    """So far round the body no blade closes, and a match is held against those of other pictures [P]."""
    least_points: float = 0.3
    """With less than this share of the points left, a correlation says nothing."""
    clip: float = 3.0
    """Picture values are cut at so many times the template's spread: a blade is many times as strong as bone."""

    # Physics: how a vertebra that is breathed with can move.
    speed_mm_per_s: float = 8.0
    """Breathing moves a vertebra by less than 10 mm/s; a pushed table is looked for elsewhere."""
    turn_deg: float = 0.25
    scale_share: float = 0.0012
    """Standard deviations about the reference frame. At 650 mm from the tube a breath of 2 mm scales by 0.3 % [P]."""
    turn_deg_per_mm: float = 0.1
    """A patient who is pushed by so much may have turned as well [P]."""
    tube_mm: float = 650.0
    returns_s: float = 5.0
    """Within about a breath turn and scale are anywhere in that spread [P]."""
    opens: float = 0.10
    """By how much more of the expected match a free turn and scale must reach before they are believed [P]."""
    max_turn_deg: float = 25.0
    scale_range: tuple[float, float] = (0.8, 1.25)

    # Believing: shares of the correlation that is expected at this picture's own noise.
    good: float = 0.80
    accept: float = 0.50
    """From the first on a pose is taken at once; below the second it is not believed; between, it is searched for."""
    teaches: float = 0.55
    """From here on a picture that matches as usual is averaged into the template [P]."""
    least_signal: float = 0.05
    """A picture in which less than this share of the variance is anatomy is not told from one of noise alone [P]."""
    structure: float = 0.90
    """What is expected of the correlation without noise, at first: tissue that moves otherwise takes the rest [P]."""
    structure_pictures: int = 5
    """That first guess counts like so many pictures [P]."""
    structure_range: tuple[float, float] = (0.50, 1.25)
    least_correlation: float = 0.22
    here_mm: float = 2.0
    here_correlation: float = 0.15
    far_mm: float = 12.0
    far: float = 0.70
    """By chance a template of some hundred independent pixels correlates by 0.06, and by 0.22 at the best of many
    places. Where the vertebra was seen well, less is enough; far from it, where a neighbour stands, more [P]."""
    elsewhere_mm: float = 3.0
    chance: float = 0.12
    less_chance: float = 0.06
    """A place elsewhere must match better by so much than one that is followed; less where it matches as ever [P]."""

    # Pictures that turn away.
    usual_pictures: int = 24
    usual_s: float = 3.0
    """How well a picture matches is held against as many before it as lie in a breath [P]."""
    fell: float = 0.08
    fell_spreads: float = 5.0
    fell_early: float = 0.25
    """A match that falls by the first two, of its usual value and of how much that varies, may be another view's;
    before a breath has been seen it may fall by the third, as the breath itself may be why [P]."""
    fell_pictures: int = 2
    """So many running turn away."""
    usual_after_s: float = 0.8
    """What stays low for so long, and falls no further, is the new usual where the walls say it is the planned view."""
    upright: float = 1.7
    """An edge is a wall's where it changes so many times as much along the rows as along the columns [P]."""
    stands: float = 0.75
    """The walls of the planned view match by this share of the usual: turned by 3 degrees by 0.63 to 1.0 (18 of 20
    above 0.79), by 10 degrees by 0.52 to 0.82, by 30 degrees by 0.65 to 0.81 [P]."""
    settles_s: float = 0.5
    """So long after a loss a recursive filter may still show another place or view [P]."""

    # Looked for nearby, and everywhere.
    nearby_mm: float = 14.0
    """A table is pushed by about so much between two exposures [P]."""
    nearby_places: int = 3
    clear: float = 6.0
    """A place that stands by so many standard deviations above all others is not looked for further [P]."""
    clear_here: float = 5.0
    accept_here: float = 0.30
    """Where the vertebra stood before a pause less clearness and less of the expected match will do: the best of 300
    independent places stands 2.9 above the others in the mean, and falls within 2 mm by chance once in 50 [P]."""
    peaks: int = 3
    places: int = 6
    tried_fine: int = 3
    close_share: float = 0.35
    turns_deg: tuple[float, ...] = (0.0, -6.0, 6.0, -12.0, 12.0)


LIMITS: Final = MotionLimits()
