"""Looking for the vertebra anywhere in a picture: after a loss, a table move, a pause, when another view comes up."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from assistant.geometry import Crop
from assistant.imaging.lattice import source_from_lattice
from assistant.steps.motion.limits import LIMITS
from assistant.steps.motion.pyramid import F32, F64


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Piece:
    """A piece of the reference on the coarse lattice, and where it was cut out."""

    patch: F32
    x0: int
    y0: int


def pieces(lattice: F32, decimation: int, window: Crop, body: tuple[F64, F64], shape: tuple[int, ...]) -> list[Piece]:
    """What is looked for: the window, and close round the body.

    Close round the body little stands still with the screen when the table moves: no collimator, no shading.

    Parameters
    ----------
    lattice : array (rows, cols)
    decimation : int
    window : Crop
    body : (low, high), arrays (2,)
        The body's corners in source px.
    shape : tuple of int
        Of the picture.
    """
    low, high = body
    reach = LIMITS.close_share * (high - low)
    x0, y0 = np.maximum(low - reach, 0).astype(int)
    x1, y1 = np.minimum(high + reach, [shape[1] - 1, shape[0] - 1]).astype(int)
    close = Crop(x0_px=int(x0), y0_px=int(y0), width_px=int(x1 - x0), height_px=int(y1 - y0))
    return [_piece(lattice, decimation, each) for each in (window, close)]


def _piece(lattice: F32, decimation: int, window: Crop) -> Piece:
    y0, x0 = window.y0_px // decimation, window.x0_px // decimation
    patch = lattice[y0 : y0 + window.height_px // decimation, x0 : x0 + window.width_px // decimation]
    return Piece(patch=np.ascontiguousarray(patch), x0=x0, y0=y0)


def likely_places(looked_for: Sequence[Piece], lattice: F32, decimation: int) -> list[F64]:
    """Poses (2, 3) in source px at which the pieces fit best by normalised correlation, best first.

    The best start at each of the best places: turned copies of one wrong place must not crowd out the right one.
    """
    starts = [start for piece in looked_for for start in _starts(piece, lattice, decimation)]
    chosen: list[tuple[float, tuple[int, int], F64]] = []
    for start in sorted(starts, key=lambda each: -each[0]):
        if all(max(abs(start[1][0] - other[1][0]), abs(start[1][1] - other[1][1])) > 3 for other in chosen):
            chosen.append(start)
        if len(chosen) == LIMITS.places:
            break
    return [start for _, _, start in chosen]


def _starts(piece: Piece, lattice: F32, decimation: int) -> list[tuple[float, tuple[int, int], F64]]:
    """Where a piece fits best: correlation, shift in px of the lattice, pose."""
    rows, cols = piece.patch.shape
    # The vertebra may stand partly out of the picture.
    margin_y, margin_x = rows // 3, cols // 3
    padded = cv2.copyMakeBorder(lattice, margin_y, margin_y, margin_x, margin_x, cv2.BORDER_CONSTANT, value=0)
    starts: list[tuple[float, tuple[int, int], F64]] = []
    for turn_deg in LIMITS.turns_deg:
        middle = ((cols - 1) / 2, (rows - 1) / 2)
        turn: NDArray[np.float64] = np.asarray(cv2.getRotationMatrix2D(middle, -turn_deg, 1.0), dtype=np.float64)
        turned = piece.patch
        if turn_deg:
            turned = np.asarray(cv2.warpAffine(turned, turn, (cols, rows), borderMode=cv2.BORDER_REPLICATE), np.float32)
        # Zero-mean normalised cross-correlation (Lewis 1995): exposure and contrast of the picture do not matter.
        score = cv2.matchTemplate(padded, turned, cv2.TM_CCOEFF_NORMED)
        for _ in range(LIMITS.peaks):
            _, best, _, where = cv2.minMaxLoc(score)
            # A pose: to the piece's own px, turned about its middle, put down where it was found, then told in source
            # px.
            found = np.array([where[0] - margin_x, where[1] - margin_y], np.float64)
            to_window = np.column_stack([np.eye(2), -np.array([piece.x0, piece.y0], np.float64)])
            linear = turn[:, :2]
            shift = linear @ to_window[:, 2] + turn[:, 2] + found
            place = (where[0] - margin_x - piece.x0, where[1] - margin_y - piece.y0)
            starts.append((float(best), place, source_from_lattice(np.column_stack([linear, shift]), decimation)))
            # Non-maximum suppression; ``score`` is changed in place.
            cv2.rectangle(score, (where[0] - 3, where[1] - 3), (where[0] + 3, where[1] + 3), -1.0, -1)
    return starts
