"""How a picture is shown against the plan's reference: mirrored, turned, zoomed, inverted; from that one picture.

The step that follows the vertebra finds it only nearly as it was planned. When it does not, this tells why: the same
anatomy, but flipped, turned or enlarged (the lines would come back after the console is set back), or other anatomy.

Method: magnitude spectra do not know where things lie; on a log-polar lattice a turn and a zoom are shifts (Reddy &
Chatterji 1996, doi 10.1109/83.506761). Each of the candidate poses (mirrored or not, the turn known but for half a
revolution) is then laid over the reference and judged by the correlation of the two pictures; where that is negative,
dark and bright are exchanged as well.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import cv2
import numpy as np
from numpy.typing import NDArray

from assistant.console_display import AS_PLANNED, ConsoleDisplay
from assistant.geometry import PointsPx, after, turned
from assistant.imaging.xray_field import field_at, find_field
from assistant.vocabulary import Grey, Unknown

F32 = NDArray[np.float32]

_SIDE_PX = 192
_ANGLES, _RADII = 180, 96
_LEAST_RADIUS, _MOST_RADIUS = 4.0, 72.0
_ZOOMS = (0.5, 2.0)
_BAND_PX = (1.2, 7.0)
LEAST_SCORE = 0.48
"""A correlation below this is other anatomy, or nothing that can be told."""
CLEARLY = 1.25
"""By how many times a changed pose must beat the unchanged one before it is called a change."""
CLEARLY_BY = 0.15
"""And by how much more it must correlate [P]."""
_LEAST_BOTH, _ENOUGH = 0.15, 0.5
"""Share of the reference's field that both must show; between the two a correlation is the more of chance the fewer px
there are, and counts less by the root of their number: blades may leave a fifth of the field [P]."""
_FINE_SIDE_PX = 384
_BONE_REACH = 0.75
"""What is measured by: the body and so much of its size all round it."""
_ECC_ROUNDS, _ECC_STILL = 60, 1e-6


@dataclass(frozen=True, slots=True, kw_only=True)
class Orientation:
    """How the picture is shown, against the reference.

    Attributes
    ----------
    display : ConsoleDisplay
    score : float
        Correlation with the reference laid so, -1..1.
    score_expected : float
        The same for the best pose like the one that was expected.
    """

    display: ConsoleDisplay
    score: float
    score_expected: float


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class ReferenceLook:
    """What is kept of the reference frame."""

    small: F32 = field(repr=False)
    inside: F32 = field(repr=False)
    polar: F32 = field(repr=False)
    spectrum: F32 = field(repr=False)
    px_per_small_px: float
    bone: F32 = field(repr=False)
    """The vertebra and what is round it, on a finer lattice."""
    bone_at: tuple[int, int]
    """Its first column and row there."""


def learn_reference(grey: Grey, white: int, body_px: PointsPx) -> ReferenceLook:
    """Prepare the reference frame once.

    Parameters
    ----------
    grey : array (rows, cols), uint8 or uint16
    white : int
        Grey of full white.
    body_px : array (n, 2)
        Outline of the vertebral body.
    """
    zoom = _SIDE_PX / max(grey.shape)
    small, inside = _small(grey, white, zoom)
    fine, _ = _small(grey, white, _FINE_SIDE_PX / max(grey.shape))
    low, high = body_px.min(axis=0), body_px.max(axis=0)
    reach = _BONE_REACH * (high - low)
    x0, y0 = np.maximum((low - reach) * _FINE_SIDE_PX / max(grey.shape), 0).astype(int)
    x1, y1 = ((high + reach) * _FINE_SIDE_PX / max(grey.shape)).astype(int)
    return ReferenceLook(
        small=small,
        inside=inside,
        polar=_polar(small),
        spectrum=np.asarray(cv2.dft(small), np.float32),
        px_per_small_px=1.0 / zoom,
        bone=np.ascontiguousarray(fine[y0:y1, x0:x1]),
        bone_at=(int(x0), int(y0)),
    )


def compare(
    reference: ReferenceLook,
    grey: Grey,
    white: int,
    expected: ConsoleDisplay = AS_PLANNED,
    known: Sequence[ConsoleDisplay] = (AS_PLANNED,),
) -> Orientation | Unknown:
    """How a picture is shown, against the reference. Costs about 10 ms: for pictures whose vertebra is not found.

    Parameters
    ----------
    reference : ReferenceLook
    grey : array (rows, cols), uint8 or uint16
        Of the same size as the reference frame (another size is a change of the source, not of the view).
    white : int
    expected : ConsoleDisplay
        How pictures were shown until now: another one has to be clearly better.
    known : sequence of ConsoleDisplay
        Others to try besides what the spectra say.

    Returns
    -------
    Orientation or Unknown
        Unknown where the picture shows other anatomy than the reference (another view, another level).
    """
    picture = _Picture(reference, grey, white)
    if picture.small.shape != reference.small.shape:
        return Unknown("the picture has another size than the reference")
    # What is known is asked directly as well: the spectrum's best peaks need not hold it.
    found = [picture.shown_as(display) for display in {expected, *known}]
    # A magnitude spectrum is point symmetric, |F(-k)| = |F(k)|: it leaves half a revolution open, and both are tried.
    for mirrored in (False, True):
        for turn_deg, zoom in _turns(reference.polar, picture.polar(mirrored=mirrored)):
            for half in (0.0, 180.0):
                # The pose brings the shown picture back to the reference; told is what the console did.
                back = turned(turn_deg + half, zoom) @ turned(0.0, mirrored=mirrored)
                found.append(picture.laid_back(back))
    best = max(found, key=lambda each: each[0])
    # What differs by less than is told counts as expected: the finest step of the lattice is no change.
    usual = max((each for each in found if each[1].is_like(expected)), key=lambda each: each[0])
    if best[0] < LEAST_SCORE:
        return Unknown("the picture shows other anatomy than the reference")
    score, display = usual if best[0] < max(CLEARLY * usual[0], usual[0] + CLEARLY_BY) else best
    return Orientation(display=display, score=score, score_expected=usual[0])


def scores(
    reference: ReferenceLook, grey: Grey, white: int, displays: Sequence[ConsoleDisplay]
) -> tuple[float, ...] | Unknown:
    """How well a picture fits the reference, shown in each of some ways; a millisecond each."""
    picture = _Picture(reference, grey, white)
    if picture.small.shape != reference.small.shape:
        return Unknown("the picture has another size than the reference")
    return tuple(picture.shown_as(display)[0] for display in displays)


def measured(reference: ReferenceLook, grey: Grey, white: int, about: ConsoleDisplay) -> ConsoleDisplay | Unknown:
    """What the console did, to half a percent; ``about``: as `compare` found it. Costs about 10 ms.

    Enhanced correlation coefficient of the bone (Evangelidis & Psarakis 2008, doi 10.1109/TPAMI.2008.113): ribs, gut
    and skin breathe their own ways.
    """
    fine_per_px = _FINE_SIDE_PX / max(grey.shape)
    fine, inside = _small(grey, white, fine_per_px)
    if about.inverted:
        fine = -fine
    rows, cols = fine.shape
    size = (cols, rows)
    begin = replace(about, shift_px=_times(about.shift_px, fine_per_px)).current_from_planned(cols, rows)
    corner = np.array([[1.0, 0.0, reference.bone_at[0]], [0.0, 1.0, reference.bone_at[1]]])
    until = (cv2.TERM_CRITERIA_EPS | cv2.TERM_CRITERIA_COUNT, _ECC_ROUNDS, _ECC_STILL)
    seen = (inside > 0.9).astype(np.uint8)
    try:
        _, found = cv2.findTransformECC(
            reference.bone, fine, after(begin, corner).astype(np.float32), cv2.MOTION_AFFINE, until, seen, 1
        )
    except cv2.error:
        return Unknown("what the console did to the picture could not be measured")
    corner[:, 2] *= -1.0
    moved = after(np.asarray(found, np.float64), corner)
    return _display(moved, size, 1.0 / fine_per_px, inverted=about.inverted)


def _times(shift_px: tuple[float, float], times: float) -> tuple[float, float]:
    return shift_px[0] * times, shift_px[1] * times


def _display(
    current_from_planned: NDArray[np.float64], size: tuple[int, int], px_per_small_px: float, *, inverted: bool
) -> ConsoleDisplay:
    """The similarity nearest to an affine matrix in px of the small picture."""
    middle = (np.array(size) - 1.0) / 2.0
    linear = current_from_planned[:, :2]
    mirrored = bool(np.linalg.det(linear) < 0)
    # Without the mirror: A = [[a, -b], [b, a]] fits best in the least squares' sense with the means of both.
    plain = linear @ turned(0.0, mirrored=mirrored)
    a, b = (plain[0, 0] + plain[1, 1]) / 2.0, (plain[1, 0] - plain[0, 1]) / 2.0
    shift = (linear @ middle + current_from_planned[:, 2] - middle) * px_per_small_px
    return ConsoleDisplay(
        inverted=inverted,
        mirrored=mirrored,
        turn_deg=float(np.rad2deg(np.arctan2(b, a))),
        zoom=float(np.clip(np.hypot(a, b), 0.26, 3.9)),
        shift_px=(float(shift[0]), float(shift[1])),
    )


def _small(grey: Grey, white: int, zoom: float) -> tuple[F32, F32]:
    """Reduced, band-passed, evened out and cut to the field."""
    size = (round(grey.shape[1] * zoom), round(grey.shape[0] * zoom))
    small = cv2.resize(grey, size, interpolation=cv2.INTER_AREA).astype(np.float32) * np.float32(255.0 / white)
    inside = field_at(find_field(grey, white), size[1], size[0], inset=0.03).astype(np.float32)
    # The field's edge is faded out, or it would be the strongest line in both spectra and say that nothing has
    # turned.
    soft = cv2.GaussianBlur(inside, (0, 0), 4.0)
    # Normalised convolution: the mean close by of what lies inside the field alone.
    wide = cv2.GaussianBlur(small * inside, (0, 0), _BAND_PX[1]) / (
        cv2.GaussianBlur(inside, (0, 0), _BAND_PX[1]) + 0.01
    )
    band = (cv2.GaussianBlur(small, (0, 0), _BAND_PX[0]) - wide) * inside
    # Locally even contrast, cut at 2.5: steel and wires must not outweigh the bones.
    local = np.sqrt(cv2.GaussianBlur(band * band, (0, 0), 2 * _BAND_PX[1])) + np.float32(1.5)
    even = np.clip(band / local, -2.5, 2.5) * soft * soft * inside
    return np.asarray(even, dtype=np.float32), inside


def _polar(small: F32) -> F32:
    """Magnitude spectrum on a log-polar lattice, its mean fall with frequency taken off."""
    side = max(small.shape)
    square = np.zeros((side, side), np.float32)
    top, left = (side - small.shape[0]) // 2, (side - small.shape[1]) // 2
    square[top : top + small.shape[0], left : left + small.shape[1]] = small
    # Hann window against the cross that the picture's own edges make in its spectrum.
    window = np.hanning(side).astype(np.float32)
    spectrum = np.fft.fftshift(np.abs(np.fft.fft2(square * window[:, None] * window[None, :])))
    spectrum = np.log1p(spectrum).astype(np.float32)
    angles = np.arange(_ANGLES) * np.pi / _ANGLES
    # log r = log r0 + n step: a zoom by z is a shift along the radii, by log z / step; a turn is one along the angles.
    radii = _LEAST_RADIUS * (_MOST_RADIUS / _LEAST_RADIUS) ** (np.arange(_RADII) / (_RADII - 1))
    x = side // 2 + radii[None, :] * np.cos(angles)[:, None]
    y = side // 2 + radii[None, :] * np.sin(angles)[:, None]
    polar = cv2.remap(spectrum, x.astype(np.float32), y.astype(np.float32), cv2.INTER_LINEAR)
    # All pictures fall off with the frequency alike: that fall alone would match at any turn.
    even = polar - polar.mean(axis=0, keepdims=True)
    return np.asarray(even / (even.std() + 1e-6), dtype=np.float32)


def _turns(reference: F32, shown: F32) -> list[tuple[float, float]]:
    """The likeliest turns (degrees, the shown picture's to come back) and zooms of a spectrum."""
    # Cross-correlation by its spectrum, F^-1(A conj(B)): round in the angle, as it is; padded in the radius, which is
    # not.
    padded = np.zeros((_ANGLES, 2 * _RADII), np.float32)
    padded[:, :_RADII] = reference
    other = np.zeros_like(padded)
    other[:, :_RADII] = shown
    product = np.fft.rfft2(padded) * np.conj(np.fft.rfft2(other))
    cross = np.fft.irfft2(product, s=padded.shape)
    step = np.log(_MOST_RADIUS / _LEAST_RADIUS) / (_RADII - 1)
    reach = int(np.log(_ZOOMS[1]) / step)
    columns = np.concatenate([np.arange(0, reach + 1), np.arange(-reach, 0)])
    # Fewer rows overlap the farther the shift: divided by their number, or no zoom would ever win.
    part = cross[:, columns] / (_RADII - np.abs(columns))[None, :]
    found = []
    for _ in range(4):
        row, col = np.unravel_index(int(np.argmax(part)), part.shape)
        # Frequencies rise when things shrink: a reference farther out is a smaller one.
        found.append((float(row) * 180.0 / _ANGLES, float(np.exp(-columns[col] * step))))
        rows = (np.arange(row - 5, row + 6)) % _ANGLES
        near = np.abs(columns - columns[col]) <= 3
        part[np.ix_(rows, np.flatnonzero(near))] = -np.inf
    return found


class _Picture:
    """A picture as it is held against the reference."""

    def __init__(self, reference: ReferenceLook, grey: Grey, white: int) -> None:
        self._reference = reference
        self.small, self._inside = _small(grey, white, 1.0 / reference.px_per_small_px)

    def polar(self, *, mirrored: bool) -> F32:
        """Its spectrum on the lattice."""
        return _polar(np.ascontiguousarray(self.small[:, ::-1]) if mirrored else self.small)

    def shown_as(self, display: ConsoleDisplay) -> tuple[float, ConsoleDisplay]:
        """The score of one way of showing it, and that way with the shift that fits best."""
        shown = turned(display.turn_deg, display.zoom, mirrored=display.mirrored)
        back = np.asarray(np.linalg.inv(shown), dtype=np.float64)
        return self.laid_back(back, inverted=display.inverted)

    def laid_back(self, linear: NDArray[np.float64], *, inverted: bool | None = None) -> tuple[float, ConsoleDisplay]:
        """Best correlation over all shifts of the shown picture, laid onto the reference by a 2 x 2 matrix.

        ``inverted``: whether dark and bright are exchanged; None: whichever fits better.
        """
        reference = self._reference
        rows, cols = self.small.shape
        centre = np.array([(cols - 1) / 2.0, (rows - 1) / 2.0])
        matrix = np.column_stack([linear, centre - linear @ centre])
        size = (cols, rows)
        moved = np.asarray(cv2.warpAffine(self.small, matrix, size, flags=cv2.INTER_LINEAR), dtype=np.float32)
        where = cv2.warpAffine(self._inside, matrix, size, flags=cv2.INTER_LINEAR)
        product = cv2.mulSpectrums(reference.spectrum, cv2.dft(moved), 0, conjB=True)
        cross = np.asarray(cv2.idft(product), dtype=np.float32)
        lowest, highest, at_lowest, at_highest = cv2.minMaxLoc(cross)
        inverted = -lowest > highest if inverted is None else inverted
        dx, dy = at_lowest if inverted else at_highest
        # The correlation is round: a shift beyond the half is one the other way.
        dx, dy = (dx + cols // 2) % cols - cols // 2, (dy + rows // 2) % rows - rows // 2
        shift = np.array([[1.0, 0.0, float(dx)], [0.0, 1.0, float(dy)]])
        back = after(shift, matrix)
        display = _display(_inverse(back), size, reference.px_per_small_px, inverted=inverted)
        moved = np.asarray(cv2.warpAffine(moved, shift, size), dtype=np.float32)
        both = (cv2.warpAffine(where, shift, size) > 0.9) & (reference.inside > 0.9)
        # Too little of both to judge by: no score, which loses to any other.
        if both.mean() < _LEAST_BOTH * reference.inside.mean():
            return 0.0, display
        # So much of the reference, or of the picture where that is shown smaller: what has fewer px told apart.
        told = both.mean() / reference.inside.mean() / max(1.0, abs(float(np.linalg.det(linear))))
        sure = min(1.0, float(np.sqrt(told / _ENOUGH)))
        a, b = reference.small[both], moved[both]
        a, b = a - a.mean(), b - b.mean()
        score = sure * float((a * b).sum() / np.sqrt((a * a).sum() * (b * b).sum() + 1e-9))
        return (-score if inverted else score), display


def _inverse(matrix: NDArray[np.float64]) -> NDArray[np.float64]:
    linear = np.linalg.inv(matrix[:, :2])
    return np.column_stack([linear, -linear @ matrix[:, 2]])
