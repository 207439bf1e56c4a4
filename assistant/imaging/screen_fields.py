"""The pictures that one screen shows: a console may set the live one beside a held reference, or lay one into another.

What parts two pictures is drawn by a computer: a gap of the console's own grey, or a seam, exactly along a row or a
column, across which nothing goes on. Edges of anatomy, blades and instruments are soft, or slant, or what lies behind
them goes on beyond. A screen with one picture has one field, and nothing here changes anything for it.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, auto
from itertools import pairwise
from typing import Final, cast

import cv2
import numpy as np
from numpy.typing import NDArray

from assistant.geometry import Crop
from assistant.imaging.seams import Seams, overlap
from assistant.vocabulary import Grey

F32 = NDArray[np.float32]
Mask = NDArray[np.bool_]

_CELLS: Final = 320
"""Pictures are told from the console's ground on a lattice of about so many cells."""
_LEAST_GROUND, _RIM_LEVEL = 0.002, 0.03
"""A ground has so much of the screen, and one of its greys so much of the screen's edge [P]."""
_GROUND_GREY, _GROUND_SPREAD_GREY = 3.0, 1.5
_BLACK_GREY, _BURNT_GREY = 8, 250
_OCTAGON: Final = 1.4142
_LONG: Final = 1.3
"""A part that is longer than this may be two pictures; one that is not has to show a very clear seam [P]."""
_ALIKE: Final = 0.92
_LEAST_SIDE, _LEAST_AREA = 0.2, 0.02
"""Of the screen: smaller is a thumbnail, a logo, a word; such a one changes little for the rest [P]."""
_MOST_ASPECT: Final = 1.9
"""Longer side over shorter: no C-arm's picture is longer, and halves of one that is black in the middle are [P]."""
_GRAIN_GREY: Final = 0.35
"""Median second difference along rows, of 255: console graphics have 0, the quietest X-ray picture about 1 [P]."""
_SPREAD_GREY, _MOST_OF_ONE_GREY = 12.0, 0.4
"""From the 10th to the 90th percentile, and within 2 of one grey that is neither black nor burnt out: surfaces with
words on a noisy cable spread less, or are mostly of one grey [P]."""
_DEPTH: Final = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class ScreenField:
    """One picture on the screen.

    Attributes
    ----------
    box : Crop
        Where it stands, px of the frame.
    holes : tuple of Crop
        Smaller pictures that are laid over it.
    """

    box: Crop
    holes: tuple[Crop, ...] = ()

    @property
    def area_px(self) -> int:
        """Of its box."""
        return self.box.width_px * self.box.height_px

    def holds(self, x_px: float, y_px: float) -> bool:
        """Whether a place lies in it, and in no picture that is laid over it."""
        return _holds(self.box, x_px, y_px) and not any(_holds(hole, x_px, y_px) for hole in self.holes)

    def near(self, shape: tuple[int, ...], margin_px: int) -> Mask:
        """Its box and a margin round it, as array of this shape."""
        box, made = self.box, np.zeros(shape, bool)
        rows = slice(max(0, box.y0_px - margin_px), box.y0_px + box.height_px + margin_px)
        made[rows, max(0, box.x0_px - margin_px) : box.x0_px + box.width_px + margin_px] = True
        return made

    def alone(self, grey: Grey) -> Grey:
        """A picture of the same size that shows this field, black elsewhere."""
        made = np.zeros(grey.shape, grey.dtype)
        made[self.box.rows, self.box.cols] = grey[self.box.rows, self.box.cols]
        for hole in self.holes:
            made[hole.rows, hole.cols] = 0
        return cast("Grey", made)

    def cut_out(self, grey: Grey) -> Grey:
        """The field alone, of its own size; a part of the same memory where nothing is laid over it."""
        made = grey[self.box.rows, self.box.cols]
        if self.holes:
            made = made.copy()
            for hole in self.holes:
                x0, y0 = hole.x0_px - self.box.x0_px, hole.y0_px - self.box.y0_px
                made[max(0, y0) : y0 + hole.height_px, max(0, x0) : x0 + hole.width_px] = 0
        return made


def _holds(box: Crop, x_px: float, y_px: float) -> bool:
    return bool(
        box.x0_px - 0.5 <= x_px < box.x0_px + box.width_px - 0.5
        and box.y0_px - 0.5 <= y_px < box.y0_px + box.height_px - 0.5
    )


def find_fields(grey: Grey, white: int) -> tuple[ScreenField, ...]:
    """The pictures on a screen, the largest first; empty where there is one, or none that can be told.

    Parameters
    ----------
    grey : array (rows, cols), uint8 or uint16
    white : int
        Grey of full white.
    """
    rows, cols = grey.shape
    step = max(1, round(max(rows, cols) / _CELLS))
    small = cv2.resize(grey, (cols // step, rows // step), interpolation=cv2.INTER_AREA)
    cells = small.astype(np.float32) * np.float32(255.0 / white)
    # First along the console's own ground, then along the seams where pictures touch, at last what is laid over one:
    # each is only looked for inside what the one before has found.
    seams = Seams(grey, white)
    solid = _solid(cells)
    least_px = round(_LEAST_SIDE * min(rows, cols))
    whole = Crop(x0_px=0, y0_px=0, width_px=cols, height_px=rows)
    boxes = _taken_apart(whole, solid, step, seams, least_px, _DEPTH)
    boxes += [each for box in boxes for each in seams.laid_in(box, least_px)]
    if len(boxes) < 2:
        return ()
    pictures = [box for box in boxes if _is_picture(grey, white, cells, step, box)]
    # One picture is the usual screen, whatever its border: then nothing is taken apart.
    if len(pictures) < 2:
        return ()
    pictures.sort(key=lambda box: -box.width_px * box.height_px)
    return tuple(
        ScreenField(box=box, holes=tuple(other for other in pictures[k + 1 :] if overlap(box, other)))
        for k, box in enumerate(pictures)
    )


def _ground(cells: F32) -> Mask:
    """The console's own: of one grey, and going to the screen's edge, or to ground that does."""
    ground = np.zeros(cells.shape, bool)
    rim = np.concatenate([cells[0], cells[-1], cells[:, 0], cells[:, -1]])
    counts = np.bincount(np.clip(np.rint(rim), 0, 255).astype(np.intp), minlength=256)
    inner: list[Mask] = []
    # Greys of the rim, the most frequent first: each may be the console's, if what has it is flat, large and at the
    # edge.
    while counts.max() > _RIM_LEVEL * len(rim):
        level = int(counts.argmax())
        counts[max(0, level - 2) : level + 3] = 0
        if level >= _BURNT_GREY:
            continue  # what the beam has burnt out is of one grey too
        flat = (np.abs(cells - np.float32(level)) < _GROUND_GREY).astype(np.uint8)
        count, labels, stats, _ = cv2.connectedComponentsWithStats(flat, connectivity=4)
        at_edge = set(np.unique(np.concatenate([labels[0], labels[-1], labels[:, 0], labels[:, -1]])).tolist())
        large = [k for k in range(1, count) if stats[k, cv2.CC_STAT_AREA] > _LEAST_GROUND * cells.size]
        parts = [(k in at_edge, labels == k) for k in large]
        outer = [part for edge, part in parts if edge and cells[part].std() < _GROUND_SPREAD_GREY]
        if outer:
            ground |= np.logical_or.reduce(outer)
            inner += [part for edge, part in parts if not edge]
    inner += _black_parts(cells)
    for part in inner:
        near = cv2.dilate(part.astype(np.uint8), np.ones((5, 5), np.uint8)).astype(bool)
        if (near & ground).any():
            ground |= part
    return ground


def _black_parts(cells: F32) -> list[Mask]:
    """Black places: the corners round a collimated picture, where the ground beside it is grey."""
    count, labels, stats, _ = cv2.connectedComponentsWithStats((cells < _GROUND_GREY).astype(np.uint8), connectivity=4)
    large = [k for k in range(1, count) if stats[k, cv2.CC_STAT_AREA] > _LEAST_GROUND * cells.size]
    return [labels == k for k in large]


def _solid(cells: F32) -> NDArray[np.uint8]:
    """What is no ground, without words and other thin things."""
    made = cv2.morphologyEx((~_ground(cells)).astype(np.uint8), cv2.MORPH_OPEN, np.ones((5, 5), np.uint8))
    return np.asarray(made, dtype=np.uint8)


def _taken_apart(box: Crop, solid: NDArray[np.uint8], step: int, seams: Seams, least_px: int, depth: int) -> list[Crop]:
    """What the console's ground parts in a box, each taken apart along its seams."""
    found: list[Crop] = []
    for part, shape in _parts(box, solid, step, least_px):
        found += (
            [part]
            if shape is PartShape.ROUND or depth == 0
            else _along_seams(part, solid, step, seams, least_px, depth)
        )
    return found


def _along_seams(
    part: Crop, solid: NDArray[np.uint8], step: int, seams: Seams, least_px: int, depth: int
) -> list[Crop]:
    # A long part is likely two pictures and a seam is believed easily; a square one has to show it clearly.
    strict = max(part.width_px, part.height_px) < _LONG * min(part.width_px, part.height_px)
    upright = seams.upright(part, strict=strict)
    lying = [] if upright else seams.lying(part, strict=strict)
    if not upright and not lying:
        return [part]
    found: list[Crop] = []
    for a, b in pairwise([part.x0_px, *upright, part.x0_px + part.width_px]):
        for c, d in pairwise([part.y0_px, *lying, part.y0_px + part.height_px]):
            piece = Crop(x0_px=a, y0_px=c, width_px=b - a, height_px=d - c)
            if min(b - a, d - c) >= least_px:
                found += _taken_apart(piece, solid, step, seams, least_px, depth - 1)
    return found


def _parts(box: Crop, solid: NDArray[np.uint8], step: int, least_px: int) -> list[tuple[Crop, PartShape]]:
    """Boxes of what stands apart on the ground; the box itself where nothing of that has a field's shape."""
    # Cells that lie in it whole: half of another picture in a cell would join what it touches.
    first_row, first_col = -(-box.y0_px // step), -(-box.x0_px // step)
    rows = slice(first_row, (box.y0_px + box.height_px) // step)
    cols = slice(first_col, (box.x0_px + box.width_px) // step)
    count, labels, stats, _ = cv2.connectedComponentsWithStats(np.ascontiguousarray(solid[rows, cols]), connectivity=4)
    found: list[tuple[Crop, PartShape]] = []
    for k in range(1, count):
        x, y, width, height = (int(stats[k, name]) * step for name in (0, 1, 2, 3))
        if min(width, height) >= least_px:
            part = Crop(x0_px=first_col * step + x, y0_px=first_row * step + y, width_px=width, height_px=height)
            found.append((part, _shape(labels == k)))
    if len(found) > 1 and all(shape is PartShape.OTHER for _, shape in found):
        return [(box, PartShape.OTHER)]
    return found


class PartShape(Enum):
    """How a part fills its box."""

    BOX = auto()
    ROUND = auto()
    """A circle or an octagon."""
    OTHER = auto()


def _shape(part: Mask) -> PartShape:
    contours, _ = cv2.findContours(part.astype(np.uint8), cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_SIMPLE)
    points = max(contours, key=cv2.contourArea)
    x, y, width, height = cv2.boundingRect(points)
    hull = np.zeros((height, width), np.uint8)
    cv2.fillConvexPoly(hull, cv2.convexHull(points) - np.array([x, y]), 1)
    filled = hull > 0
    if filled.mean() >= _ALIKE:
        return PartShape.BOX
    rows, cols = np.mgrid[0:height, 0:width]
    u, v = np.abs((cols + 0.5) / width * 2 - 1), np.abs((rows + 0.5) / height * 2 - 1)
    # Intersection over union with a circle and with an octagon on the box, both axes scaled to -1 .. 1.
    alike = [
        (each & filled).sum() >= _ALIKE * (each | filled).sum() for each in (u * u + v * v <= 1, u + v <= _OCTAGON)
    ]
    long = max(width, height) > _LONG * min(width, height)
    return PartShape.ROUND if any(alike) and not long else PartShape.OTHER


def _is_picture(grey: Grey, white: int, cells: F32, step: int, box: Crop) -> bool:
    """Whether a part of the screen has the grain and the greys of X-ray, and a picture's size and shape."""
    width, height = box.width_px, box.height_px
    if width * height < _LEAST_AREA * grey.size or max(width, height) > _MOST_ASPECT * min(width, height):
        return False
    # The middle half, every fifth row: grain is everywhere in an X-ray picture, words and curves are not.
    inner = slice(box.y0_px + height // 4, box.y0_px + height - height // 4, 5)
    part = grey[inner, box.x0_px + width // 4 : box.x0_px + width - width // 4].astype(np.float32)
    second = np.abs(part[:, :-2] - 2 * part[:, 1:-1] + part[:, 2:]) * np.float32(255.0 / white)
    if part.size == 0 or float((second < _GRAIN_GREY).mean()) > 0.5:  # the median, without sorting
        return False
    rows = slice((box.y0_px + height // 6) // step, (box.y0_px + height - height // 6) // step)
    cols = slice((box.x0_px + width // 6) // step, (box.x0_px + width - width // 6) // step)
    seen = cells[rows, cols]
    low, high = np.percentile(seen, [10, 90])
    counts = np.bincount(np.clip(np.rint(seen), 0, 255).astype(np.intp).ravel(), minlength=256)
    one_grey = np.convolve(counts, np.ones(5), mode="same")[_BLACK_GREY:_BURNT_GREY].max() / seen.size
    return bool(high - low >= _SPREAD_GREY and one_grey < _MOST_OF_ONE_GREY)
