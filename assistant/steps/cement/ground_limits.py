"""The numbers by which a picture is held against those before the cement; gathered in `CementLimits`.

[P]: plausible, chosen by us on simulated runs, no published source. Lengths are mm in the plane of the vertebra; "log"
are hundredths of a natural logarithm of grey.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class BaselineLimits:
    """The lattice, and what is taken out of the change as slow brightness."""

    smooth_mm: float = 0.40
    """Gaussian before the noise is measured and the threshold applied [P]."""
    log_offset_grey: float = 24.0
    """Grey (of 255) added before the logarithm: the display's black is not zero exposure [P]."""
    lattice_mm: float = 0.22
    """Aim for the pixel of the lattice: with 0.4 mm smoothing a finer one tells nothing more [P]."""
    reach_x_mm: float = 20.0
    """So far beside the body cement is looked for: canal and foramen behind, veins in front [P]."""
    reach_y_mm: float = 15.0
    """So far above and below it: the discs and the next rims [P]."""
    rim_mm: float = 2.0
    """The body without so much along its outline is taken for even bone [P]."""
    haze_mm: float = 4.0
    """What varies more slowly than this without cement is exposure, scatter or gas [P]; what breathing and glare make
    is looked for in what varies faster."""
    haze_grid_mm: float = 0.8
    """Lattice on which that is read [P]."""
    breath_margin_mm: float = 1.0
    """So near to known cement nothing is read of the breath [P]."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LearningLimits:
    """What is learned from the pictures before the cement."""

    most_pictures: int = 48
    """The mean follows as if of so many pictures at most [P]."""
    hold_back_s: float = 1.0
    """A picture joins the baseline only this much later, and only if no cement was seen in between [P]."""
    suspect_from_pictures: int = 12
    """Until so many have been learned the baseline's own noise would be suspected [P]."""
    suspect_sigma: float = 2.0
    """Darker by so many times the spread may be cement that comes slowly [P]."""
    suspect_share: float = 0.1
    """How far such a place is believed to hold none, 0..1 [P]."""
    suspect_mm: float = 3.0
    """So near to where the cannula lets cement out, if one is seen; else anywhere in the body [P]."""
    slow_gain: float = 0.3
    """Of the deviation that is smoothed in time, a picture: about what `EdgeLimits.gain_least` does to cement [P]."""
    least_relative_noise: float = 0.7
    """A place is taken to be at least so restless, in shares of the whole picture's spread [P]."""
    most_relative_noise: float = 4.0
    """... and at most [P]."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ToneLimits:
    """How a change of the display's tone is read."""

    steps: int = 12
    """Steps of equal share into which the greys are sorted [P]."""
    apart_log: float = 4.0
    """Steps that differ by less (log) are one: grain alone does as much [P]."""
    half_px: int = 60
    """With so many free pixels (every second of each second row) a grey's own middle counts half [P]."""
    smooth_mm: float = 0.6
    """The grey is read from a smooth baseline: its own grain must not be taken for a grey of its own [P]."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BreathingLimits:
    """The components of what breathing does, and how their amounts are read."""

    grid_mm: float = 0.45
    """Their lattice [P]."""
    smooth_mm: float = 0.4
    """Gaussian on it [P]."""
    most_pictures: int = 48
    """As many are kept; then every second is let go and the spacing doubled [P]."""
    first_pictures: int = 6
    """From so many on components are read [P]."""
    every_pictures: int = 6
    """... anew with so many more [P]."""
    spacing_s: float = 0.1
    """Between two that are kept, at first [P]."""
    parts: int = 10
    """Components at most [P]."""
    noise_times: float = 1.5
    """One counts if it holds so many times what the median one holds: grain spreads over all of them alike [P]."""
    robust_sigma: float = 2.5
    """What deviates by more than so many times the spread says nothing of the amounts [P]."""
    wider: float = 2.0
    """Breaths may become so many times as strong as they were [P]."""
    alike_px: float = 2.0
    """Neighbouring pixels are smoothed alike: so many of the thinned ones count for one [P]."""
    least_px: int = 30
    """Fewer thinned pixels than this tell nothing [P]."""


@dataclass(frozen=True, slots=True, kw_only=True)
class GlareLimits:
    """What thick cement does to the picture round it, and how its amounts are read."""

    grid_mm: float = 0.9
    """Lattice on which it is read [P]."""
    widths_mm: tuple[float, ...] = (1.5, 4.0)
    """Gaussians in which the cement's contrast is spread [P]."""
    from_mm: float = 1.2
    """Nearer to the cement its own edge is seen [P]."""
    to_mm: float = 9.0
    """Farther off nothing of it is [P]."""
    share: float = 0.3
    """Usual size of the amounts, in shares of the cement's contrast: weighs against the noise [P]."""
    robust_sigma: float = 2.0
    """What deviates by more than so many times the spread says nothing of the amounts [P]."""
    alike_px: float = 2.0
    """Neighbouring pixels are smoothed alike: so many count for one [P]."""
    least_px: int = 50
    """Fewer pixels than this tell nothing [P]."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NoiseLimits:
    """The noise of the change."""

    registration_mm: float = 0.05
    """Standard deviation of the registration, for the noise at edges [P]."""
    relief_mm: float = 3.0
    """A bone's rim stands out against so wide a surrounding [P]."""
    relief_share: float = 0.045
    """Edge enhancement and local contrast change it by about this share when cement comes near [P]."""
    grain_blur_px: float = 0.8
    """Blur (standard deviation, px of the lattice) of the grain that a detector gives [P]."""
    coarse_share: float = 0.85
    """So much of the whole spread is noise even where the fine grain is less: gas and haze are coarse [P]."""
    least_log: float = 0.15
    """No picture is less noisy (log): half a grey level of 255 in mid-grey [P]."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BladeLimits:
    """What a collimator's blade covers."""

    black_grey: int = 6
    """Grey (of 255) that is black [P]."""
    wide_mm: float = 5.0
    """Wider than any cannula, and than black cement is where it reaches the edge of what is looked at [P]."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CannulaLimits:
    """What a steel cannula looks like, and where cement can come out of it."""

    widest_mm: float = 6.0
    """With its blur [P]."""
    thinnest_mm: float = 1.8
    """The walls that it crosses are thinner [P]."""
    darker_log: float = 12.0
    """How much darker (log) it is than what lies round it [P]."""
    darker_share: float = 0.35
    """... or so much of the darkest 0.5 % of the picture, if that is more [P]."""
    length_mm: float = 10.0
    """At least so long [P]."""
    faint_share: float = 0.6
    """Where nothing stands out by so much (behind the shoulder, at the lung's border) this share will do ... [P]"""
    faint_length_mm: float = 20.0
    """... if it is so long [P]."""
    darker_still: tuple[float, ...] = (1.0, 1.5, 2.0)
    """A part that is joined to what it crosses is looked at above so many times the least darkness ... [P]"""
    blur_mm: float = 0.5
    """... and is so much wider than it shows there [P]."""
    bar_length_mm: float = 10.0
    """What is taken for a bar is longer than this [P],"""
    bar_width_mm: float = 5.5
    """narrower than this [P],"""
    bar_times_longer: float = 3.0
    """so many times as long as wide [P],"""
    bar_filled: float = 0.6
    """and fills this share of the rectangle round it: of even width [P]."""
    margin_mm: float = 0.3
    """Its mask is so much wider [P]."""
    behind_tip_mm: float = 1.0
    """Cement is expected from so far behind the tip on [P],"""
    ahead_of_tip_mm: float = 22.0
    """as far ahead of it as a bone filler may be pushed out of a working cannula [P],"""
    beside_tip_mm: float = 2.2
    """so far beside that line [P],"""
    round_tip_mm: float = 4.0
    """and round the tip itself: cement that comes out runs to any side at first [P]."""
    shaft_from_tip_mm: float = 8.0
    """The shaft begins so far from all that [P]."""
    rim_mm: float = 1.8
    """What lies so near to the body's outline [P]"""
    along_rim: float = 0.7
    """with this share of it is an endplate or a wall [P]."""
    in_body: float = 0.1
    """A cannula lies in the body with at least this share [P]."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SteelLimits:
    """What is believed of the picture behind steel."""

    shaft_px: int = 60
    """So much of the shaft (px of the lattice) must be seen to know what it does [P]."""
    shaft_away_mm: float = 3.0
    """... away from known cement [P]."""
    smooth_mm: float = 0.5
    """Gaussian along the steel: its grain is coarse [P]."""
    least_log: float = 0.5
    """Its noise (log) is no less [P]."""
    noise_times: float = 1.2
    """... and so many times the shaft's spread [P]."""
    believed_mm: float = 1.5
    """So near to cement beside the steel what shows behind it is believed [P]."""
    behind_reach_mm: float = 5.0
    """Cement passes so far behind it between two pictures [P]"""
    beside_mm: float = 0.8
    """and comes out so near to its sides [P]."""
    beside_px: int = 20
    """Fewer px of cement beside it say nothing of what should show through [P]."""
    through_share: float = 0.15
    """Behind steel the picture holds at least this share of the contrast beside it ... [P]"""
    through_mm: float = 1.1
    """... on average over so much, or the display is black there [P]."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CannulaMotionLimits:
    """How far steel may have gone, and what a picture must say before it is believed."""

    beside_mm: float = 3.5
    """So far beside the steel is looked for it [P]."""
    from_tip_mm: float = 5.0
    """Cement comes out at the tip: what shows nearer says little of the steel [P]."""
    step_mm: float = 0.1
    """Of the profile across it [P]."""
    samples: int = 1000
    """Pixels that are looked at, at most [P]."""
    least_samples: int = 150
    """... and at least [P]."""
    rounds: int = 6
    """Steps of the search at most [P]."""
    step_at_most_mm: float = 1.0
    """Length of one of them [P]."""
    still_mm: float = 0.01
    """A smaller one ends the search [P]."""
    usual_mm: float = 3.0
    """How far it may have gone before the picture has to say so the more clearly (a standard deviation) [P]."""
    usual_turn_rad: float = 0.06
    """... and turned [P]."""
    least_mm: float = 0.15
    """A smaller move is within the blur of the steel's edge [P],"""
    least_sigmas: float = 5.0
    """or within so many times its own uncertainty [P]."""
    both_sides: float = 0.7
    """Cement that runs back beside the shaft darkens one side; steel that moves brightens the other by as much. Each
    side must show this share of what the move makes of it [P]."""
    clip_sigma: float = 4.0
    """... where a single pixel counts up to so many times the spread [P]."""
    tip_blur_mm: float = 1.0
    """Over so much the steel fades out at its tip [P]."""
    least_log: float = 0.5
    """The noise (log) is no less [P]."""
    correlated_px: float = 4.0
    """Neighbouring pixels share their noise: so many of those that are looked at count as one [P]."""
