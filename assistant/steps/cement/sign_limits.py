"""The numbers by which a picture is taken for native or inverted; gathered in `CementLimits`.

[P]: plausible, chosen by us on simulated runs, no published source. Lengths are mm in the plane of the vertebra; "log"
are hundredths of a natural logarithm of grey.
"""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True, kw_only=True)
class SteelBarLimits:
    """A straight bar that runs out of the body."""

    px_mm: float = 0.35
    """Lattice on which it is looked for [P]."""
    blur_mm: float = 0.35
    """Gaussian on it [P]."""
    start_mm: float = 2.0
    """Lines are laid through the outline at every so many mm [P],"""
    turn_deg: float = 5.0
    """at every so many degrees [P],"""
    inside_mm: float = 12.0
    """from so far inside [P]"""
    outside_mm: float = 24.0
    """to so far outside [P]."""
    piece_mm: int = 4
    """In pieces of so many whole mm [P]."""
    pieces_inside: int = 3
    """A bar begins in one of so many [P]."""
    lengths_pieces: tuple[int, ...] = (4, 6)
    """It has to stand out in each piece of so many in a row [P]."""
    across_mm: float = 4.0
    """So far to both sides is looked [P],"""
    across_step_mm: float = 0.4
    """in steps of this [P]."""
    widths_mm: tuple[float, ...] = (1.4, 2.4, 3.6)
    """Bars of these widths: cannulas of 15 to 8 gauge with their blur [P]."""
    gap_mm: float = 0.5
    """Between the bar and its sides [P]."""
    side_mm: float = 1.4
    """Width of the sides with which it is compared [P]."""
    begins_mm: float = 5.0
    """So far before the outline [P]"""
    within_mm: float = 2.0
    """the line is at least so far inside: what runs along the outline is an endplate or a wall [P]."""
    ends_mm: float = 12.0
    """So far after it [P]"""
    beyond_mm: float = 4.0
    """at least so far outside [P]."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PolarityWeights:
    """What each figure between -1 and 1 adds to the logarithm of the odds for a native picture.

    Fitted on reference frames of simulated patients and on projections of real CTs, points moved by a millimetre
    (`assistant/evaluation/README.md`); [P] for real fluoroscopy.
    """

    steel: float = 12.0
    """A straight bar [P]."""
    cortex: float = 2.7
    """Thin lines along the outline [P]."""
    column: float = 0.55
    """Thin lines over the column [P]."""
    rim: float = 0.65
    """The body's rim against what lies outside [P]."""
    disc: float = 0.3
    """Endplates against discs [P]."""
    bone: float = 3.3
    """The body against soft tissue [P]."""
    back: float = 1.7
    """The back that grows thinner to the skin [P]."""
    front: float = 2.2
    """Less bone in front of the spine [P]."""
    quanta: float = 0.5
    """Coarser grain where fewer arrive [P]."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PolarityLimits:
    """The figures that say which way round a picture is shown."""

    px_mm: float = 0.4
    """Lattice on which they are read [P]."""
    reach_mm: float = 60.0
    """So far round the body [P]."""
    field_inset: float = 0.01
    """Of the X-ray field's edge so much of the picture's side is left out [P]."""
    line_mm: float = 2.0
    """Thinner is a line [P]."""
    line_smooth_mm: float = 0.7
    """Gaussian before [P]."""
    near_mm: float = 1.2
    """So near to the placed outline lies the cortex: wider, a narrow disc between endplates speaks as loudly [P]."""
    column_mm: float = 25.0
    """So near lies the column [P]."""
    fine_mm: float = 1.2
    """What is finer is grain [P]."""
    least_px: int = 20
    """Parts with fewer px are not compared [P]."""
    least_range_grey: float = 4.0
    """The range of greys (of 255) is no less [P]."""
    full_gap: float = 0.5
    """A gap of this share of the range says nearly all (tanh 1) [P]."""
    steel_floor_grey: float = 1.0
    """A bar that stands out by less (grey, of 255) is none [P],"""
    steel_grain: float = 0.25
    """and so much of the grain's spread is added [P]."""
    not_steel: float = 0.25
    """In 32 pictures without a cannula and in all with one no bar of the wrong sign came above 0.23 [P]."""
    least_log_odds: float = 1.5
    """A natural logarithm of odds: less is not known [P]."""
    weights: PolarityWeights = field(default_factory=PolarityWeights)


@dataclass(frozen=True, slots=True, kw_only=True)
class PolarityWatchLimits:
    """When a run's sign is asked again, and when it turns."""

    clear_log_odds: float = 6.0
    """Steel in the picture says as much. Who is told so clearly is not asked again [P]."""
    growth_log_odds: float = 5.0
    """What something that grows with the other sign, and nothing with this one, says for the other [P]."""
    look_again_at: tuple[int, ...] = (2, 5, 10, 20, 40, 80, 160, 320, 640)
    """Which of a view's measured pictures are judged as well: a cannula may come after the plan [P]."""
    outweighs: float = 2.0
    """What grows with the other sign is the cement where it weighs so many times what was taken for it [P]."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OppositeGrowthLimits:
    """What grows with the sign that cement should not have."""

    sigma: float = 5.0
    """It stands out by so many standard deviations of the noise [P],"""
    least_log: float = 4.0
    """and by so much (log): fainter is exposure and gas [P]."""
    was_sigma: float = 3.0
    """What was dark before stood out by this [P]."""
    first_mm2: float = 6.0
    """A piece as large as this counts [P],"""
    grown_mm2: float = 20.0
    """and is told when it has become so large [P]"""
    times_larger: float = 1.5
    """and so many times as large as at first [P]."""
    lasts_s: float = 0.6
    """It is seen in every picture for so long, of film, or in two exposures [P]."""
    let_go_s: float = 1.0
    """What is told is let go when it has not been seen for so long [P]."""
    stood_s: float = 0.2
    """What was dark before stood for so long [P]."""
    steel_mm: float = 1.5
    """Nothing so near to steel counts [P]."""
    round_cement_mm: float = 3.0
    """Nothing so near to known cement does [P],"""
    like_cement: float = 0.4
    """and nothing with less than this share of its contrast [P]."""
    every_px: int = 4
    """Each fourth pixel each way is enough for a median [P]."""
