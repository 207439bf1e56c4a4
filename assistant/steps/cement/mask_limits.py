"""The numbers by which what stands out is taken for cement; gathered in `CementLimits`.

[P]: plausible, chosen by us on simulated runs, no published source. Lengths are mm in the plane of the vertebra; "log"
are hundredths of a natural logarithm of grey; "sigma" counts standard deviations of the noise.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class EdgeLimits:
    """The threshold, the outline that it draws, and smoothing in time."""

    share: float = 0.20
    """The outline lies where the contrast is this share of the highest within `reach_mm` [P]. For a path that rises as
    the square root of the depth, blurred by b, theory gives 0.29 of the contrast 2 b further in; 0.20 at 0.8 mm
    measured best on five simulated runs, where the thickness grows more slowly than that. Since `halo_share` looks
    farther it seldom decides: from 0.14 to 0.25 no figure moved by more than 0.003 mm on 91 runs."""
    reach_mm: float = 0.8
    """Where that highest is looked for [P]."""
    held_share: float = 0.9
    """Where cement stood in the picture before, the edge is lower by this: hysteresis [P]."""
    low_sigma: float = 3.0
    """Nothing fainter is an edge [P]."""
    moved_steel_share: float = 0.5
    """So much of what steel that moves makes of the picture may be left after it is taken out [P]."""
    hair_mm: float = 1.1
    """What is thinner and faint is the edge of a rib that breathes [P]."""
    refused_share: float = 0.5
    """What stands out and is no cement weighs at least this share of the cement's evidence against it [P]."""
    halo_share: float = 0.12
    """What `assistant.steps.cement.veiling_glare` leaves of glare, scatter and local contrast round a thick mass: what
    is fainter than this share of the highest within reach is not told from that [P]."""
    halo_reach_mm: float = 4.0
    """The reach [P]."""
    halo_smooth_mm: float = 0.3
    """Gaussian before that is compared [P]."""
    gain_least: float = 0.30
    """A new picture's weight against the smoothed one where it says the same [P]."""
    gain_most: float = 0.90
    """... where it says something new [P]."""
    gain_from_sigma: float = 1.2
    """From here on it is new [P]."""
    gain_rise: float = 0.28
    """The weight's rise a sigma [P]."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LowContrastLimits:
    """Cement so faint that grain takes it apart: as for the outline, over a larger surrounding and for longer."""

    halvings: int = 2
    """Its lattice has the resolution halved so many times [P]."""
    smooth_mm: float = 1.2
    """Gaussian on it [P]."""
    edge_share: float = 0.55
    """As `EdgeLimits.share` [P]."""
    reach_mm: float = 1.6
    """As `EdgeLimits.reach_mm` [P]."""
    sigma: float = 4.0
    """As `EdgeLimits.low_sigma` [P]."""
    average_s: float = 1.2
    """Pictures are averaged for so long: where few quanta come, a blob of some mm reaches four sigmas in single
    pictures by chance only [P]."""
    gain_least: float = 0.05
    """A new picture's weight in that average at least [P]."""
    gain_most: float = 0.6
    """... and at most [P]."""
    amplitude_reach_mm: float = 10.0
    """What brightens speaks for its surroundings, at this scale as in `GasLimits.reach_mm` [P]."""
    amplitude_keep: float = 0.98
    """... of which this share is left a picture later [P]."""
    amplitude_share: float = 0.5
    """... and so much of it counts as noise [P]."""
    halo_mm: float = 3.0
    """So near to known cement nothing that brightens counts [P]."""


@dataclass(frozen=True, slots=True, kw_only=True)
class GasLimits:
    """Things that move and are bright."""

    grid_mm: float = 1.0
    """Cells in which brightening is looked for [P]."""
    reach_mm: float = 10.0
    """A brightening place speaks for this surrounding: about the size of a bubble of bowel gas [P]."""
    share: float = 0.5
    """So much of the brightening counts as noise [P]."""
    keep: float = 0.98
    """... and this share of it is left a picture later [P]."""
    amplitude_keep: float = 0.99
    """The same for the strongest anywhere [P]."""
    amplitude_mm2: float = 12.0
    """Something that moves brightens at least so much area [P]."""
    amplitude_times: float = 5.0
    """Where something moves, it darkens by no more than so many times what it brightens elsewhere [P]."""
    halo_mm: float = 2.0
    """Edge enhancement draws a bright rim so wide round known cement [P]."""
    edge_sigma: float = 2.5
    """A rim that brightens by more goes to and fro [P]"""
    edge_reach_mm: float = 1.2
    """and speaks for so much round it [P]."""
    edge_keep: float = 0.99
    """This share of it is left a picture later [P]."""
    bone_mm: float = 4.0
    """Gaussian over which the bone round a place is averaged [P]."""
    bone_known: float = 0.1
    """... of which this share must be free [P]."""
    bone_share: float = 0.35
    """Cement is darker than that bone by this share of its change [P]."""
    lobe_mm2: float = 1.0
    """Smaller lobes are not judged [P]."""
    ring_mm: float = 2.5
    """The ring round a lobe [P]."""
    ring_px: int = 20
    """... of which so many px must be free [P]."""
    darker_share: float = 0.4
    """A lobe is darker than the ring round it by at least this share of its change [P]."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BandLimits:
    """What goes on to the edge of what is looked at."""

    halvings: int = 2
    """Its lattice has the resolution halved so many times [P]."""
    smooth_mm: float = 0.8
    """Gaussian on it [P]."""
    sigma: float = 1.5
    """A band is darker than this [P]."""
    halo_mm: float = 1.0
    """So near to known cement its own halo would join anything to anything [P]."""
    least_mm2: float = 30.0
    """A band is larger than this, beyond the part that is judged [P]."""
    covers: float = 0.6
    """This share of the part lies in the band [P],"""
    share: float = 0.4
    """and the rest of the band has at least this share of the part's contrast [P]."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ComponentLimits:
    """Which of the connected parts are cement."""

    high_sigma: float = 5.2
    """A part holds at least one pixel as clear as this: the upper threshold of the hysteresis [P]."""
    first_sigma: float = 7.0
    """A part that hangs together with no earlier cement needs a core that stands out by far [P],"""
    first_core_mm2: float = 1.0
    """so large [P]."""
    first_area_mm2: float = 3.0
    """... and is itself at least so large [P]."""
    speck_mm2: float = 0.5
    """Nothing smaller is cement [P]."""
    alone_mm2: float = 2.0
    """What stands alone beside the cement and is smaller has to stay ... [P]"""
    alone_stay_s: float = 1.0
    """... for so long: cement hangs together, grain does not [P]."""
    amplitude_share: float = 1.5
    """First cement away from a tip stands out by so many times what moves [P]."""
    touch_mm: float = 1.2
    """Cement this near to earlier cement hangs together with it [P]."""
    beside_mm: float = 0.7
    """... and what shows up farther off than this has to stay for a moment [P]."""
    front_mm_per_s: float = 6.0
    """Both grow by the way of a fast front since the last picture [P],"""
    gap_s: float = 0.3
    """of at most so long ago [P],"""
    pause_gap_s: float = 1.5
    """or, in the first picture after a pause, so long: it went on then. On six simulated runs in single shots and short
    exposures the front of such pictures was drawn up to 4.2 mm late (95 %), now 3.0, of the second ones 5.2, now 0.7;
    no cement where there was none [P]."""
    stay_s: float = 0.3
    """That moment [P]."""
    at_once_share: float = 0.4
    """What has this share of the known cement's contrast need not stay [P],"""
    at_once_mm2: float = 3.0
    """nor, at a tip, first cement with so large a core [P]."""
    confirm_s: float = 0.25
    """First cement where it is expected has to stay for so long [P]."""
    elsewhere_s: float = 2.0
    """... and away from every cannula's tip for so long [P]."""
    tip_sigma: float = 4.0
    """At a cannula's tip less is enough [P]"""
    tip_stay_s: float = 1.5
    """if it stays for so long: where the lung's border breathes, nothing reaches more [P]."""
    along_mm2: float = 30.0
    """Away from the tip it is expected where it is so large and lies along the cannula: it runs back beside it [P]."""
    fresh_share: float = 0.2
    """New cement at a tip has this share of the known cement's contrast [P],"""
    elsewhere_share: float = 0.5
    """elsewhere this [P]."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SoftEdgeLimits:
    """What fades out round its edge.

    Of 262 false parts outside the body (64 simulated runs used for tuning) 0.69 are refused by the two limits, of 757
    real ones 0.007; inside, where thick cement rises slowly, more is asked: 0.40 and 0.009.
    """

    new_s: float = 1.0
    """What has been cement for so long is not judged again [P]."""
    least_mm2: float = 1.0
    """Smaller parts are not judged [P]."""
    least_ring_px: int = 6
    """... nor those with less of an edge of their own [P]."""
    width_mm: float = 1.6
    """A part is refused if its edge is wider than this (its contrast over the slope at its edge) [P]"""
    around: float = 0.15
    """and if what lies 0.5 to 1 mm outside has this share of its contrast [P]."""
    width_in_body_mm: float = 2.0
    """The first inside the body [P],"""
    around_in_body: float = 0.2
    """and the second [P]."""
    strong: float = 0.5
    """What has this share of the known cement's contrast is thick, and rises slowly [P]."""
    inner_px: int = 5
    """What lies outside it begins here (side of the box that it is grown by) [P]"""
    outer_px: int = 9
    """and ends here [P]."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OutlineLimits:
    """How far the drawn outline can be off.

    Of 32,000 errors of walls and endplates (80 simulated runs used for tuning) 68 % lay within the floor plus so many
    times what noise makes, at any noise.
    """

    floor_mm: float = 0.15
    """What else moves the outline: blur, the filter's lag, bone that shines through, the pose [P]."""
    times: float = 2.3
    """What noise makes of it, so many times [P]."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EarlierLimits:
    """What looks like cement in the reference frame already.

    Before the cement of 36 runs both of `darker_log` and `of_steel` held in one; before that of 16 others in none, and
    with cement of 0.5 to 5 cm2 in 57 of 82 pictures.
    """

    smooth_mm: float = 0.6
    """Gaussian before anything is compared [P]."""
    largest_mm: float = 9.0
    """Half width: what is wider is shading and soft tissue [P]."""
    wide_mm: float = 2.6
    """Half width that no cannula has (8G is 4.2 mm wide) [P]."""
    thin_mm: float = 1.2
    """Half width that every cannula has [P]."""
    dark_percent: float = 98.0
    """Percentile of the bone's pixels that is looked at [P]."""
    darker_log: float = 34.0
    """What is wider than a cannula is darker than bone by more than this, log [P],"""
    of_steel: float = 0.64
    """and than this share of how much darker the darkest narrow thing is, a cannula mostly [P]."""
    pictures: int = 2
    """So many earlier pictures in a row must show less cement than the reference frame [P]."""
    most_pictures: int = 4
    """While a person says that none stood there, the mean of so many of them waits for another answer [P]."""
    in_body: float = 0.85
    """What came since then and lies in the body with less than this share is steel [P]."""
