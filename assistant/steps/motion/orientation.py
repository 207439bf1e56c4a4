"""Whether a picture is shown as the plan's reference was: mirrored, turned or zoomed at the console, from one picture.

The step that follows the vertebra finds it only nearly as it was planned. When it does not, this tells why: the same
anatomy, but flipped, turned or enlarged (the lines would come back after the console is set back), or other anatomy.

Method: magnitude spectra do not know where things lie; on a log-polar lattice a turn and a zoom are shifts (Reddy &
Chatterji 1996, doi 10.1109/83.506761). Each of the candidate poses (mirrored or not, the turn known but for half a
revolution) is then laid over the reference and judged by the correlation of the two pictures.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import cv2
import numpy as np
from numpy.typing import NDArray

from assistant.imaging.xray_field import field_at, find_field
from assistant.language import sentence
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
_SAME_TURN_DEG = 8.0
_SAME_ZOOM = 1.10


@dataclass(frozen=True, slots=True, kw_only=True)
class Orientation:
    """How the picture is shown, against the reference.

    Attributes
    ----------
    mirrored : bool
    rotation_deg : float
        Clockwise on the screen, -180..180, after the mirror about the vertical.
    zoom : float
        Above 1: larger than in the reference.
    score : float
        Correlation with the reference laid so, -1..1.
    score_as_planned : float
        The same for the best pose that is neither mirrored nor turned nor zoomed.
    """

    mirrored: bool
    rotation_deg: float
    zoom: float
    score: float
    score_as_planned: float

    @property
    def as_planned(self) -> bool:
        """Whether it is shown as in the reference."""
        turned = abs(self.rotation_deg) > _SAME_TURN_DEG
        zoomed = max(self.zoom, 1.0 / self.zoom) > _SAME_ZOOM
        return not (self.mirrored or turned or zoomed)

    @property
    def words(self) -> str:
        """For the message: empty when it is shown as planned."""
        found = ["mirrored"] if self.mirrored else []
        if abs(self.rotation_deg) > _SAME_TURN_DEG:
            found.append(sentence(f"turned by {self.rotation_deg:.0f}°"))
        if max(self.zoom, 1.0 / self.zoom) > _SAME_ZOOM:
            found.append(sentence(f"zoomed to {100 * self.zoom:.0f} %"))
        return sentence("picture is " + " and ".join(found)) if found else ""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class ReferenceLook:
    """What is kept of the reference frame."""

    small: F32 = field(repr=False)
    inside: F32 = field(repr=False)
    polar: F32 = field(repr=False)
    spectrum: F32 = field(repr=False)
    px_per_small_px: float


def learn_reference(grey: Grey, white: int) -> ReferenceLook:
    """Prepare the reference frame once.

    Parameters
    ----------
    grey : array (rows, cols), uint8 or uint16
    white : int
        Grey of full white.
    """
    zoom = _SIDE_PX / max(grey.shape)
    small, inside = _small(grey, white, zoom)
    return ReferenceLook(
        small=small,
        inside=inside,
        polar=_polar(small),
        spectrum=np.asarray(cv2.dft(small), np.float32),
        px_per_small_px=1.0 / zoom,
    )


def compare(reference: ReferenceLook, grey: Grey, white: int) -> Orientation | Unknown:
    """How a picture is shown, against the reference. Costs about 10 ms: for pictures whose vertebra is not found.

    Parameters
    ----------
    reference : ReferenceLook
    grey : array (rows, cols), uint8 or uint16
        Of the same size as the reference frame (another size is a change of the source, not of the view).
    white : int

    Returns
    -------
    Orientation or Unknown
        Unknown where the picture shows other anatomy than the reference (another view, another level).
    """
    small, inside = _small(grey, white, 1.0 / reference.px_per_small_px)
    if small.shape != reference.small.shape:
        return Unknown("the picture has another size than the reference")
    # The planned pose is asked directly as well: the spectrum's best peaks need not hold it, and a change must beat
    # it.
    planned = _score(reference, small, inside, np.eye(2))
    found = [(planned, False, 0.0, 1.0)]
    # A magnitude spectrum is point symmetric, |F(-k)| = |F(k)|: it leaves half a revolution open, and both are tried.
    for mirrored in (False, True):
        shown = np.ascontiguousarray(small[:, ::-1]) if mirrored else small
        shown_inside = np.ascontiguousarray(inside[:, ::-1]) if mirrored else inside
        for turn_deg, zoom in _turns(reference.polar, _polar(shown)):
            for half in (0.0, 180.0):
                angle = np.deg2rad(turn_deg + half)
                linear = zoom * np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
                score = _score(reference, shown, shown_inside, linear)
                found.append((score, mirrored, (turn_deg + half + 180.0) % 360.0 - 180.0, zoom))
    score, mirrored, turn_deg, zoom = max(found)
    # What differs from the plan by less than is told counts as the plan: the finest step of the lattice is no change.
    same = [f[0] for f in found if not f[1] and abs(f[2]) <= _SAME_TURN_DEG and max(f[3], 1 / f[3]) <= _SAME_ZOOM]
    as_planned = max(same)
    if score < LEAST_SCORE:
        return Unknown("the picture shows other anatomy than the reference")
    if score < CLEARLY * as_planned:
        score, mirrored, turn_deg, zoom = as_planned, False, 0.0, 1.0
    # The pose brings the shown picture back to the reference; told is what the console did: mirror, turn, zoom.
    return Orientation(
        mirrored=mirrored,
        rotation_deg=turn_deg if mirrored else -turn_deg,
        zoom=1.0 / zoom,
        score=score,
        score_as_planned=as_planned,
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


def _cross(reference: ReferenceLook, moved: F32) -> F32:
    spectrum = cv2.dft(moved)
    product = cv2.mulSpectrums(reference.spectrum, spectrum, 0, conjB=True)
    return np.asarray(cv2.idft(product), dtype=np.float32)


def _score(reference: ReferenceLook, small: F32, inside: F32, linear: NDArray[np.float64]) -> float:
    """Best correlation over all shifts of the shown picture, turned and zoomed onto the reference."""
    rows, cols = small.shape
    centre = np.array([(cols - 1) / 2.0, (rows - 1) / 2.0])
    matrix = np.column_stack([linear, centre - linear @ centre])
    size = (cols, rows)
    moved = np.asarray(cv2.warpAffine(small, matrix, size, flags=cv2.INTER_LINEAR), dtype=np.float32)
    where = cv2.warpAffine(inside, matrix, size, flags=cv2.INTER_LINEAR)
    cross = _cross(reference, moved)
    dy, dx = np.unravel_index(int(np.argmax(cross)), cross.shape)
    # The correlation is round: a shift beyond the half is one the other way.
    dy, dx = (dy + rows // 2) % rows - rows // 2, (dx + cols // 2) % cols - cols // 2
    shift = np.array([[1.0, 0.0, float(dx)], [0.0, 1.0, float(dy)]])
    moved = np.asarray(cv2.warpAffine(moved, shift, size), dtype=np.float32)
    both = (cv2.warpAffine(where, shift, size) > 0.9) & (reference.inside > 0.9)
    # Too little of both to judge by: no score, which loses to any other.
    if both.mean() < 0.15 * reference.inside.mean():
        return 0.0
    a, b = reference.small[both], moved[both]
    a, b = a - a.mean(), b - b.mean()
    return float((a * b).sum() / np.sqrt((a * a).sum() * (b * b).sum() + 1e-9))
