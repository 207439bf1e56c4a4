"""Blackens everything outside the X-ray field, before anything is shown or written: names stand there.

By layout, not by reading text: what is not field is black. With a site's layout profile the field can never be larger
than the profile says. Without one it is found in the picture (`assistant.imaging.xray_field`), ends at the circle or
the rectangle that fits its edge (a word that touches the field stays out) and grows only where the new part has the
grain of X-ray, which menus and patient banners do not have. A screen may show two pictures: both are let through. Words
inside the field no mask can take away: set-up shows them.
"""

from __future__ import annotations

from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from assistant.capture.masking.field_shape import fit_shape
from assistant.capture.masking.layout import ConsoleLayout
from assistant.imaging.screen_fields import ScreenField, find_fields
from assistant.imaging.xray_field import field_at, find_field
from assistant.vocabulary import Grey

_LOOK_EVERY_S: Final = 0.5
_SCREEN_EVERY: Final = 4
_MARGINS_IN_SIDE: Final = 128
_SAME_SHARE: Final = 0.01
_GRAIN_GREY: Final = 0.35
"""Median second difference along rows, of 255: console graphics have 0, the quietest X-ray picture about 1 [P]."""
_GRAIN_SHARE: Final = 0.3
_GRAIN_LOOKS: Final = 2
_CHECK_STEP_PX: Final = 4
_CHECK_TOLERANCE: Final = 0.01
"""Of the picture: the edge of the field on every fourth pixel, and the mask's growth since it said its share."""

Mask = NDArray[np.bool_]


def is_masked(grey: Grey, let_through: float) -> bool:
    """Whether a picture that was written is black where the mask says so: asked of the picture, not of a setting.

    Parameters
    ----------
    grey : array (rows, cols), uint8 or uint16
        As it stands in the shared memory or on the disk.
    let_through : float
        Share of the picture that the mask lets through, 0 to 1.
    """
    black = float((grey[::_CHECK_STEP_PX, ::_CHECK_STEP_PX] == 0).mean())
    return black >= 1.0 - let_through - _CHECK_TOLERANCE


class Masker:
    """Masks the pictures of one source.

    Parameters
    ----------
    layout : ConsoleLayout or None
        The console's layout; None: the field is found in the picture.
    whole : bool
        Leave pictures as they are (a source that has no console text, chosen by a person).
    """

    def __init__(self, layout: ConsoleLayout | None = None, *, whole: bool = False) -> None:
        self._layout, self._whole = layout, whole
        self._shape: tuple[int, int] | None = None
        self._mask: Mask | None = None
        self._bits: Grey | None = None
        self._limit: Mask | None = None
        self._looked_s = -1e9
        self._waiting: Mask | None = None
        self._looks = 0
        self._fields: tuple[ScreenField, ...] = ()
        self._looks_at_screen = 0

    @property
    def share(self) -> float:
        """How much of the picture is let through, 0 to 1."""
        if self._whole:
            return 1.0
        return 0.0 if self._mask is None else float(self._mask.mean())

    def share_of(self, marked: Mask, step_px: int) -> float:
        """How much of the part that is let through is marked on every ``step_px``-th pixel each way, 0 to 1."""
        mask = None if self._mask is None or self._whole else self._mask[::step_px, ::step_px]
        if mask is None or mask.shape != marked.shape:
            return float(marked.mean())
        return float(marked[mask].mean()) if mask.any() else 0.0

    def apply(self, grey: Grey, t_s: float) -> Grey:
        """A new picture with everything outside the field black; the same picture where nothing is masked."""
        if self._whole:
            return grey
        if self._shape != grey.shape:
            self._begin(grey)
        if t_s - self._looked_s >= _LOOK_EVERY_S:
            self._looked_s = t_s
            self._look(grey)
        assert self._bits is not None
        masked: Grey = np.bitwise_and(grey, self._bits)
        return masked

    def _begin(self, grey: Grey) -> None:
        rows, cols = grey.shape
        self._shape = (rows, cols)
        self._limit = None if self._layout is None else self._layout.field_mask(cols, rows)
        self._waiting, self._looks, self._looks_at_screen = None, 0, 0
        if self._limit is not None:
            self._set(self._limit, grey)
            return
        self._set(_found(grey, self._fields_in(grey)), grey)

    def _set(self, mask: Mask, grey: Grey) -> None:
        self._mask = mask
        bits: Grey = np.zeros_like(grey)
        bits[mask] = np.iinfo(grey.dtype).max
        self._bits = bits

    def _fields_in(self, grey: Grey) -> tuple[ScreenField, ...]:
        """The screen's pictures, looked for anew once in some looks: it costs as much as all else here."""
        if self._looks_at_screen % _SCREEN_EVERY == 0:
            self._fields = find_fields(grey, _white(grey))
        self._looks_at_screen += 1
        return self._fields

    def _look(self, grey: Grey) -> None:
        """Let the field grow where X-ray appears; a site's layout is never left."""
        assert self._mask is not None
        if self._limit is not None or self._mask.all():
            return
        new = _found(grey, self._fields_in(grey)) & ~self._mask
        if new.mean() < _SAME_SHARE or not _has_grain(grey, new, self._mask):
            self._waiting, self._looks = None, 0
            return
        self._waiting = new if self._waiting is None else self._waiting & new
        self._looks += 1
        if self._looks >= _GRAIN_LOOKS and self._waiting.mean() >= _SAME_SHARE:
            self._set(self._mask | self._waiting, grey)
            self._waiting, self._looks = None, 0


def _found(grey: Grey, fields: tuple[ScreenField, ...]) -> Mask:
    """Where X-ray stands: in each picture of the screen, where it shows more than one."""
    white = _white(grey)
    if not fields:
        return _one(grey, white)
    margin_px = max(grey.shape) // _MARGINS_IN_SIDE
    found = [_one(each.alone(grey), white) & each.near(grey.shape, margin_px) for each in fields]
    return np.asarray(np.logical_or.reduce(found), dtype=bool)


def _white(grey: Grey) -> int:
    return 255 if grey.dtype == np.uint8 else 65535


def _one(grey: Grey, white: int) -> Mask:
    rows, cols = grey.shape
    lattice = find_field(grey, white)
    inside = fit_shape(lattice).inside
    # One cell more on each side: the lattice is coarse and no part of the field may be cut off.
    wider = cv2.dilate(lattice.astype(np.uint8), np.ones((3, 3), np.uint8)).astype(bool)
    return field_at(wider & inside, rows, cols)


def _has_grain(grey: Grey, part: Mask, field: Mask) -> bool:
    """Whether a part of the picture has the noise of X-ray."""
    scale = 1.0 if grey.dtype == np.uint8 else 255.0 / 65535.0
    every = grey[::3].astype(np.float32)
    second = np.abs(every[:, :-2] - 2 * every[:, 1:-1] + every[:, 2:]) * scale
    inside, usual = part[::3, 1:-1], field[::3, 1:-1]
    if not inside.any() or not usual.any():
        return False
    grain = float(np.median(second[inside]))
    return grain > _GRAIN_GREY and grain > _GRAIN_SHARE * float(np.median(second[usual]))
