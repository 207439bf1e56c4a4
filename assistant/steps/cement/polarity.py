"""Whether a picture is native (bone, steel and cement dark) or inverted (bright), or that this is not known.

No single sign of it is sure: endplates can be faint, a lung lies beside the body, a cannula may not be there yet. So
each thing that X-rays always do in the same way gives a figure between about -1 (inverted) and 1 (native), and a
logistic model adds them up. Turned grey for grey, a picture gives the same figures with the other sign: there is no
constant.

- steel: a straight bar that runs out of the body (`steel_bar.py`) absorbs more than what lies beside it;
- cortex: thin lines along the body's outline, and over the column, are dark;
- bone beside soft tissue: the body and its rims are darker than discs and what lies round them;
- thickness: behind the spine the back grows thinner, towards the skin it brightens; before it lies less bone;
- quanta: where fewer arrive the grain is coarser.

The nine weights were fitted on reference frames of simulated patients and on projections of real CTs, points moved by
a millimetre; how it does on patients that were not used for that stands in `assistant/evaluation/README.md`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from assistant.geometry import PointsPx
from assistant.imaging.xray_field import field_at, find_field
from assistant.steps.cement.limits import USUAL_LIMITS, CementLimits
from assistant.steps.cement.sign_limits import PolarityLimits
from assistant.steps.cement.steel_bar import bar_contrast
from assistant.vocabulary import Grey, ShownPolarity

F32 = NDArray[np.float32]
Bool = NDArray[np.bool_]


@dataclass(frozen=True, slots=True, kw_only=True)
class Polarity:
    """What is known of the sign of a picture.

    Attributes
    ----------
    shown : ShownPolarity
    sign : float
        +1 where cement is looked for as dark, -1 as bright; where it is not known, the likelier of the two.
    log_odds : float
        For native against inverted; infinite where a person said it.
    """

    shown: ShownPolarity
    sign: float
    log_odds: float

    @property
    def is_known(self) -> bool:
        """Whether it was told by the picture or by a person."""
        return self.shown is not ShownPolarity.NOT_KNOWN


def stated_polarity(shown: ShownPolarity) -> Polarity:
    """What a person has said."""
    sign = -1.0 if shown is ShownPolarity.INVERTED else 1.0
    return Polarity(shown=shown, sign=sign, log_odds=sign * float("inf"))


def judged(log_odds: Sequence[float], limits: CementLimits = USUAL_LIMITS) -> Polarity:
    """Of several pictures the one that says it most clearly counts: a cannula is not in all of them."""
    clearest = max(log_odds, key=abs, default=0.0)
    shown = ShownPolarity.NOT_KNOWN
    if abs(clearest) >= limits.polarity.least_log_odds:
        shown = ShownPolarity.NATIVE if clearest > 0 else ShownPolarity.INVERTED
    return Polarity(shown=shown, sign=1.0 if clearest >= 0 else -1.0, log_odds=clearest)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Body:
    """Where the vertebral body stands in a picture.

    Attributes
    ----------
    superior_px, inferior_px : array (n, 2)
        The endplates, as a plan orders them: lateral from anterior to posterior.
    is_lateral : bool
    mm_per_px : float
    """

    superior_px: PointsPx
    inferior_px: PointsPx
    is_lateral: bool
    mm_per_px: float

    @property
    def outline_px(self) -> PointsPx:
        """Closed by its first point."""
        return np.vstack([self.superior_px, self.inferior_px[::-1]])


def log_odds_of(grey: Grey, white: int, body: Body, limits: CementLimits = USUAL_LIMITS) -> float:
    """Logarithm of the odds that a picture is native, from everything that it shows.

    Parameters
    ----------
    grey : array (rows, cols)
    white : int
        Grey of full white.
    body : Body
    limits : CementLimits
        Those of the polarity and of the steel bar.
    """
    weights = limits.polarity.weights
    return float(sum(getattr(weights, name) * value for name, value in evidence_of(grey, white, body, limits).items()))


def evidence_of(grey: Grey, white: int, body: Body, limits: CementLimits = USUAL_LIMITS) -> dict[str, float]:
    """The figures by name, each positive in a native picture; 0 where there is nothing to look at."""
    level = grey.astype(np.float32) * np.float32(255.0 / white)
    field = field_at(find_field(grey, white), grey.shape[0], grey.shape[1], limits.polarity.field_inset)
    own = limits.polarity
    place = _place(level, field, body, own)
    return _steel(level, field, body, place, limits) | _lines(place, own) | _tissue(place, own) | _grain(place)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Place:
    """The surroundings of the body on a lattice of `PolarityLimits.px_mm`."""

    smooth: F32
    grain: F32
    """What is finer than `PolarityLimits.fine_mm` in the picture."""
    field: Bool
    off_mm: F32
    """From the body's outline, negative inside."""
    behind_mm: F32
    """From the last wall (lateral: the posterior one) away from the body."""
    beside_mm: F32
    """From the middle of the body's height, along its walls."""
    depth_mm: float
    height_mm: float
    is_lateral: bool
    range: float
    """Between the 10th and the 90th percentile of the field's greys."""


def _place(level: F32, field: Bool, body: Body, limits: PolarityLimits) -> _Place:
    # One lattice in mm for any picture: smoothed before it is thinned, or grain would fold into lines (aliasing).
    times = limits.px_mm / body.mm_per_px
    outline = body.outline_px
    size = 2 * round(limits.reach_mm / limits.px_mm) + 1
    start = outline.mean(axis=0) - times * (size - 1) / 2
    matrix = np.array([[times, 0.0, start[0]], [0.0, times, start[1]]])
    flags = cv2.WARP_INVERSE_MAP
    fine = cv2.GaussianBlur(level, (0, 0), 0.35 * times) if times > 1 else level
    there = cv2.warpAffine(fine, matrix, (size, size), flags=flags | cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    seen = cv2.warpAffine(field.astype(np.uint8), matrix, (size, size), flags=flags | cv2.INTER_NEAREST) > 0

    def lattice(points: NDArray[np.float64]) -> NDArray[np.float64]:
        return np.asarray((points - start) / times)

    mask = np.zeros((size, size), np.uint8)
    cv2.fillPoly(mask, [lattice(outline).round().astype(np.int32)], 1)
    off = cv2.distanceTransform(1 - mask, cv2.DIST_L2, 5) - cv2.distanceTransform(mask, cv2.DIST_L2, 5)
    first = lattice((body.superior_px[0] + body.inferior_px[0]) / 2)
    last = lattice((body.superior_px[-1] + body.inferior_px[-1]) / 2)
    upper, lower = lattice(body.superior_px.mean(axis=0)), lattice(body.inferior_px.mean(axis=0))
    depth, height = float(np.linalg.norm(last - first)), float(np.linalg.norm(upper - lower))
    # Along the body from front to back, and across: lateral or AP, what is measured lies in the patient's directions.
    way = (last - first) / max(depth, 1e-6)
    ys, xs = np.mgrid[0:size, 0:size].astype(np.float32)
    middle = (upper + lower) / 2
    smooth = cv2.GaussianBlur(there, (0, 0), limits.line_smooth_mm / limits.px_mm)
    low, high = np.percentile(smooth[seen], [10, 90]) if seen.any() else (0.0, 0.0)
    return _Place(
        grain=np.asarray(there - cv2.GaussianBlur(there, (0, 0), limits.fine_mm / limits.px_mm), dtype=np.float32),
        smooth=np.asarray(smooth, dtype=np.float32),
        field=seen,
        off_mm=np.asarray(off * limits.px_mm, dtype=np.float32),
        behind_mm=((xs - last[0]) * way[0] + (ys - last[1]) * way[1]).astype(np.float32) * np.float32(limits.px_mm),
        beside_mm=(-(xs - middle[0]) * way[1] + (ys - middle[1]) * way[0]).astype(np.float32)
        * np.float32(limits.px_mm),
        depth_mm=depth * limits.px_mm,
        height_mm=height * limits.px_mm,
        is_lateral=body.is_lateral,
        range=max(float(high - low), limits.least_range_grey),
    )


def _steel(level: F32, field: Bool, body: Body, place: _Place, all_limits: CementLimits) -> dict[str, float]:
    """What of the bars' contrast lies beyond anything that bone and soft tissue were seen to make."""
    limits = all_limits.polarity
    bars = bar_contrast(level, field, body.outline_px, body.mm_per_px, all_limits.steel_bar)
    grain = 1.4826 * float(np.median(np.abs(place.grain[place.field]))) if place.field.any() else 0.0
    floor = limits.steel_floor_grey + limits.steel_grain * grain
    shares = [(d - b) / (d + b + floor) for d, b in zip(bars.dark, bars.bright, strict=True)]
    # (dark - bright) / (dark + bright + floor), -1 to 1; below what bone makes it says nothing.
    share = float(np.mean(shares))
    return {"steel": float(np.sign(share)) * max(abs(share) - limits.not_steel, 0.0) / (1.0 - limits.not_steel)}


def _lines(place: _Place, limits: PolarityLimits) -> dict[str, float]:
    """From -1 (thin structures are bright) to 1 (dark); the strongest tell most."""
    wide = round(limits.line_mm / limits.px_mm) | 1
    kernel = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (wide, wide))
    # Black and white top-hats see thin dark and thin bright structures alike: turned grey for grey they change
    # places, so that the figure changes its sign and nothing else.
    dark = np.square(cv2.morphologyEx(place.smooth, cv2.MORPH_BLACKHAT, kernel))
    bright = np.square(cv2.morphologyEx(place.smooth, cv2.MORPH_TOPHAT, kernel))
    where = {"cortex": np.abs(place.off_mm) < limits.near_mm, "column": place.off_mm < limits.column_mm}
    darkness = {}
    for name, near in where.items():
        some = near & place.field
        d, b = float(dark[some].sum()), float(bright[some].sum())
        darkness[name] = (d - b) / max(d + b, 1e-6)
    return darkness


def _tissue(place: _Place, limits: PolarityLimits) -> dict[str, float]:
    """Middle greys of parts of the picture against each other, over its range of greys."""
    off, behind, beside = place.off_mm, place.behind_mm, place.beside_mm
    # Pairs of places, the first the brighter one in a native picture; mm from the outline, from the last wall, from
    # the middle.
    core = off < -3.0
    within = (behind < -0.15 * place.depth_mm) & (behind > -0.85 * place.depth_mm)
    level_with = np.abs(beside) < place.height_mm
    pairs = {
        "rim": ((off > 1.2) & (off < 4.0), np.abs(off) < 1.2),
        "disc": (within & (off > 1.5) & (off < 5.0), within & (np.abs(off) < 1.5)),
        "bone": ((off > 8.0) & (off < 25.0), core),
    }
    if place.is_lateral:
        pairs["back"] = (
            level_with & (behind > 35.0) & (behind < 58.0),
            level_with & (behind > 4.0) & (behind < 18.0),
        )
        front = -place.depth_mm - behind
        pairs["front"] = (level_with & (front > 4.0) & (front < 22.0), core)
    contrast = dict.fromkeys(("rim", "disc", "bone", "back", "front"), 0.0)
    for name, (brighter, darker) in pairs.items():
        one, other = brighter & place.field, darker & place.field
        if min(one.sum(), other.sum()) >= limits.least_px:
            gap = float(np.median(place.smooth[one]) - np.median(place.smooth[other])) / place.range
            contrast[name] = float(np.tanh(gap / limits.full_gap))
    return contrast


def _grain(place: _Place) -> dict[str, float]:
    """How the fine grain's variance falls with the grey: its correlation with the sign changed."""
    variance, grey = cv2.blur(np.square(place.grain), (9, 9)), cv2.blur(place.smooth, (9, 9))
    free = cv2.erode(place.field.astype(np.uint8), np.ones((9, 9), np.uint8)) > 0
    free &= (grey > 15.0) & (grey < 240.0)
    some = np.flatnonzero(free)[::7]
    if some.size < 200:
        return {"quanta": 0.0}
    # Quanta: variance ~ mean before the display's logarithm; after it, darker means noisier in a native picture.
    x, y = grey.ravel()[some], np.log(variance.ravel()[some] + 0.05)
    if x.std() < 1e-3 or y.std() < 1e-3:
        return {"quanta": 0.0}
    return {"quanta": float(-np.corrcoef(x, y)[0, 1])}
