"""The steel cannula in the pictures before the cement: where it stands, where cement can come out of it first.

Steel stands at the display's end, where a step of exposure changes its logarithm far more than the picture's, and where
cement behind it cannot darken the picture any further.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import cv2
import numpy as np
from cv2.typing import MatLike
from numpy.typing import NDArray

from assistant.imaging.resampling import coarser, disc
from assistant.imaging.robust_statistics import middle as middle_of
from assistant.imaging.robust_statistics import spread
from assistant.steps.cement.cannula_motion import Bar, ends_of, learn_bar
from assistant.steps.cement.ground_limits import CannulaLimits, SteelLimits
from assistant.steps.cement.limits import CementLimits

F32 = NDArray[np.float32]
Bool = NDArray[np.bool_]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Cannula:
    """One or more cannulas on the lattice.

    Attributes
    ----------
    mask : array (rows, cols) of bool
        Where they stand, with a margin.
    half_px : float
        Half the width of the widest.
    corridor : array (rows, cols) of bool
        Where cement can come out first: round each tip and ahead of it.
    shaft : array (rows, cols) of bool
        The steel away from the tips.
    rows, cols : slice
        The part of the lattice that holds them, with a margin of their width.
    bars : tuple of Bar
        Each of them, to be followed when it is moved.
    """

    mask: Bool
    half_px: float
    corridor: Bool
    shaft: Bool
    rows: slice
    cols: slice
    bars: tuple[Bar, ...]


def find_cannula(
    smooth: F32, body: Bool, middle: tuple[float, float], mm_per_px: float, all_limits: CementLimits
) -> Cannula | None:
    """Look for something dark, straight, long and of even width.

    Parameters
    ----------
    smooth : array (rows, cols)
        Mean of the pictures before the cement, log units.
    body : array (rows, cols) of bool
        A cannula ends in it (ribs and neighbours' walls do not); what runs along its outline is an endplate or a wall.
    middle : tuple of float
        The vertebral body's, (x, y) in px of the lattice: a cannula's tip is its end nearest to it.
    mm_per_px : float
        Of the lattice.
    all_limits : CementLimits
        Those of the cannula and of its motion.
    """
    limits = all_limits.cannula
    wide = round(limits.widest_mm / mm_per_px) | 1
    kernel = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (wide, wide))
    # Black top-hat: closing fills whatever is dark and narrower than the widest cannula, and the difference is that.
    darker = cv2.morphologyEx(smooth, cv2.MORPH_CLOSE, kernel) - smooth
    least = max(limits.darker_log, limits.darker_share * float(np.percentile(darker, 99.5)))
    # The walls that it crosses are thinner than any cannula.
    thin = max(3, round(limits.thinnest_mm / mm_per_px) | 1)
    kernel = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (thin, thin))
    rim = _rim_of(body, limits.rim_mm, mm_per_px)
    found = np.zeros(smooth.shape, np.uint8)
    corridor = np.zeros(smooth.shape, np.uint8)
    bars = []
    # A clear bar first; only if there is none a fainter and longer one, which bone could make as well.
    for share in (1.0, limits.faint_share):
        long_mm = limits.length_mm if share == 1.0 else limits.faint_length_mm
        for part in _straight_parts(darker, share * least, kernel, long_mm, mm_per_px, limits):
            if body[part].mean() >= limits.in_body and rim[part].mean() < limits.along_rim:
                found[part] = 1
                _draw_corridor(corridor, part, middle, mm_per_px, limits)
                bars.append(learn_bar(darker, part, middle, mm_per_px, all_limits.cannula_motion))
        if found.any():
            break
    else:
        return None
    # Its half width is the largest distance from inside the mask to its edge.
    margin = max(1, round(limits.margin_mm / mm_per_px))
    found = np.asarray(cv2.dilate(found, np.ones((2 * margin + 1, 2 * margin + 1), np.uint8)), dtype=np.uint8)
    half_px = float(cv2.distanceTransform(np.pad(found, 1), cv2.DIST_L2, 3).max())
    away = 2 * round(limits.shaft_from_tip_mm / mm_per_px) + 1
    ys, xs = np.flatnonzero(found.any(axis=1)), np.flatnonzero(found.any(axis=0))
    room = round(2 * half_px) + 2
    return Cannula(
        mask=found > 0,
        half_px=half_px,
        corridor=corridor > 0,
        shaft=(found > 0) & (cv2.dilate(corridor, np.ones((away, away), np.uint8)) == 0),
        rows=slice(max(0, int(ys[0]) - room), int(ys[-1]) + room),
        cols=slice(max(0, int(xs[0]) - room), int(xs[-1]) + room),
        bars=tuple(bars),
    )


def _straight_parts(
    darker: F32, least: float, kernel: MatLike, long_mm: float, mm_per_px: float, limits: CannulaLimits
) -> Iterator[Bool]:
    """Long straight parts of even width; where a facet or a rib that it crosses joins it, what is darker still."""
    inside = np.ones(darker.shape, bool)
    # Above a higher level a rib that joins the steel falls away; what was found is taken out of the search
    # (``inside`` is changed in place), so that no bar is found twice.
    for times in limits.darker_still:
        strong = np.asarray(
            cv2.morphologyEx((inside & (darker > times * least)).astype(np.uint8), cv2.MORPH_OPEN, kernel)
        )
        count, labels, stats, _ = cv2.connectedComponentsWithStats(strong)
        for label in range(1, count):
            if max(stats[label, 2], stats[label, 3]) * mm_per_px < long_mm:
                continue
            part = labels == label
            if not is_bar(part, mm_per_px, limits):
                continue
            grown = cv2.dilate(part.astype(np.uint8), disc(limits.blur_mm, mm_per_px)) > 0
            inside &= ~grown
            yield part if times == 1.0 else grown & (darker > least)


def _rim_of(body: Bool, rim_mm: float, mm_per_px: float) -> Bool:
    wide = 2 * round(rim_mm / mm_per_px) + 1
    kernel = np.ones((wide, wide), np.uint8)
    whole = body.astype(np.uint8)
    return np.asarray(cv2.dilate(whole, kernel) > cv2.erode(whole, kernel), dtype=bool)


def _draw_corridor(
    corridor: NDArray[np.uint8], bar: Bool, middle: tuple[float, float], mm_per_px: float, limits: CannulaLimits
) -> None:
    """From a cannula's tip on, along its axis: a filler may be pushed out of it."""
    tip, back = ends_of(bar, middle)
    cv2.circle(corridor, (round(tip[0]), round(tip[1])), round(limits.round_tip_mm / mm_per_px), 1, -1)
    ahead = (tip - back) / max(float(np.linalg.norm(tip - back)), 1e-6) / mm_per_px
    a, b = tip - limits.behind_tip_mm * ahead, tip + limits.ahead_of_tip_mm * ahead
    cv2.line(
        corridor,
        (round(a[0]), round(a[1])),
        (round(b[0]), round(b[1])),
        1,
        max(1, round(2 * limits.beside_tip_mm / mm_per_px)),
    )


def is_bar(part: Bool, mm_per_px: float, limits: CannulaLimits) -> bool:
    """A cannula that was pushed in: long, straight and of even width."""
    contours, _ = cv2.findContours(part.astype(np.uint8), cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
    outline = max(contours, key=cv2.contourArea)
    (_, _), (width, height), _ = cv2.minAreaRect(outline)
    long_mm, short_mm = max(width, height) * mm_per_px, min(width, height) * mm_per_px
    filled = cv2.contourArea(outline) / max(width * height, 1.0)
    even = long_mm > limits.bar_times_longer * short_mm and filled > limits.bar_filled
    return bool(long_mm > limits.bar_length_mm and short_mm < limits.bar_width_mm and even)


def see_through(
    cannula: Cannula,
    contrast: F32,
    noise: F32,
    known: Bool | None,
    usable: Bool,
    mm_per_px: float,
    limits: SteelLimits,
) -> None:
    """Read behind the steel what little shows there: its grain is coarse, so it is averaged along the steel.

    What the shaft does away from the cement (exposure, its own grain) is taken out and measured there.

    Parameters
    ----------
    cannula : Cannula
    contrast, noise : array (rows, cols)
        Changed on the cannula. The noise is infinite where too little of the shaft is seen.
    known : array (rows, cols) of bool or None
        Cement of the picture before.
    usable : array (rows, cols) of bool
        The X-ray field.
    mm_per_px : float
    limits : SteelLimits
    """
    box = (cannula.rows, cannula.cols)
    steel = cannula.mask[box] & usable[box]
    weight = steel.astype(np.float32)
    sigma = limits.smooth_mm / mm_per_px
    # Averaged over steel alone: beside it the picture is of another kind altogether.
    mean = cv2.GaussianBlur(contrast[box] * weight, (0, 0), sigma) / (cv2.GaussianBlur(weight, (0, 0), sigma) + 1e-3)
    shaft = cannula.shaft[box] & steel
    if known is not None:
        away = max(1, round(limits.shaft_away_mm / mm_per_px))
        kernel = np.ones((2 * away + 1, 2 * away + 1), np.uint8)
        shaft &= np.asarray(cv2.dilate(known[box].astype(np.uint8), kernel)) == 0
    if int(shaft.sum()) < limits.shaft_px:
        noise[cannula.mask] = np.inf
        return
    does = np.asarray(mean[shaft])
    # What the shaft does away from cement is exposure and its own grain: the level and the noise of all the steel.
    usual = middle_of(does)
    contrast[box][steel] = mean[steel] - np.float32(usual)
    noise[box][steel] = np.float32(limits.noise_times * max(spread(does, usual), limits.least_log))
    # Far from cement that is seen beside the steel nothing is believed of what lies behind it.
    near = np.zeros(steel.shape, np.uint8) if known is None else (known[box] & ~cannula.mask[box]).astype(np.uint8)
    reach = 2 * round(limits.believed_mm / mm_per_px) + 1
    noise[box][steel & (cv2.dilate(near, np.ones((reach, reach), np.uint8)) == 0)] = np.inf


def through_cannula(cannula: Cannula, known: Bool, mm_per_px: float, limits: SteelLimits) -> Bool:
    """The steel next to known cement and its two sides: cement that passes behind it comes out there."""
    reach, touch = (2 * round(r / mm_per_px) + 1 for r in (limits.behind_reach_mm, limits.beside_mm))
    box = (cannula.rows, cannula.cols)
    near = cv2.dilate(known[box].astype(np.uint8), np.ones((reach, reach), np.uint8)) * cannula.mask[box]
    passage = np.zeros(known.shape, bool)
    passage[box] = cv2.dilate(near, np.ones((touch, touch), np.uint8)) > 0
    return passage


def bridge_cannula(
    cannula: Cannula,
    mask: Bool,
    evidence: F32,
    contrast: F32,
    usable: Bool,
    mm_per_px: float,
    limits: SteelLimits,
) -> None:
    """Fill in behind the cannula what lies between cement, where a little of it shows through.

    Parameters
    ----------
    cannula : Cannula
    mask, evidence : array (rows, cols)
        Changed by the call.
    contrast : array (rows, cols)
        Log units, as read through the steel. Where the display holds nothing behind the steel nothing is seen there,
        and nothing is said of it.
    usable : array (rows, cols) of bool
    mm_per_px : float
    limits : SteelLimits
    """
    box = (cannula.rows, cannula.cols)
    inside, steel = mask[box], cannula.mask[box]
    beside = contrast[box][inside & ~steel]
    if beside.size < limits.beside_px:
        return
    # At half the resolution: what is filled in is a band of several px.
    # Closing joins two pieces of cement that are no farther apart than the steel is wide; of that counts what lies on
    # the steel, and where at least a share of the contrast shows through.
    small = (coarser(inside, 1) >= 0.5).astype(np.uint8)
    across = round(cannula.half_px + 0.5 / mm_per_px) | 1
    kernel = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (across, across))
    closed = cv2.resize(
        cv2.morphologyEx(small, cv2.MORPH_CLOSE, kernel),
        (inside.shape[1], inside.shape[0]),
        interpolation=cv2.INTER_NEAREST,
    )
    rank = (3 * beside.size) // 4
    least = np.float32(limits.through_share) * np.partition(beside, rank)[rank]
    wide = 2 * round(0.5 * limits.through_mm / mm_per_px) + 1
    shows = cv2.blur(contrast[box], (wide, wide)) > least
    bridged = (closed > 0) & ~inside & steel & usable[box] & shows
    if not bridged.any():
        return
    # As strong as cement is: the outline, which lies where the evidence crosses zero, must not lean in.
    usual = np.float32(middle_of(evidence[box][inside]))
    inside[bridged] = True
    evidence[box][bridged] = np.maximum(evidence[box][bridged], max(usual, np.float32(1e-3)))
