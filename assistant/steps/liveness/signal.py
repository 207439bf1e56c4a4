"""Whether a frame shows an X-ray picture at all, and one to be used: judged on its field, not on the frame.

A blank, a card, a menu or a burnt-out picture is none. Blades that have closed leave most of the frame black: what
counts is what they leave.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from assistant.language import sentence
from assistant.steps.liveness.grain import grain_of

F32 = NDArray[np.float32]
Bool = NDArray[np.bool_]

_UNIFORM_SHARE = 0.93
_UNIFORM_GREY = 2.5
_FLAT_GREY = 0.2
_FLAT_SHARE = 0.93
"""A card or a menu is flat nearly everywhere; an X-ray field has grain, and fills more than this leaves [P]."""
_CARD_SHARE = 0.65
"""A card is mostly of one colour, a desktop or a menu is not [P]."""
_CABLE_SHARE = 0.8
_SATURATED_SHARE = 0.6
DARK, BURNT = 6, 250
"""Grey (of 255) below and above which nothing is told apart."""
_ROUNDED_GREY = 0.05
"""Less grain than rounding to whole greys alone leaves in the means of blocks (0.29 / 4): drawn by a computer, whatever
is usual, or where that is not known (a picture of another size) [P]."""
_GRAIN_RANGE = (0.30, 3.0)
"""A picture whose grain leaves this range of what was usual is blurred, or no fluoroscopy at all: quantum noise
cannot vanish [P]."""


def without_signal(blocks: F32, usual_grain: float | None, inside: Bool | None) -> str:
    """Why it is none: a blank, a uniform colour, or a card that is one colour but for some words; empty: it may be.

    Parameters
    ----------
    blocks : array (rows, cols) of float32
        Means of a frame's blocks, of 255.
    usual_grain : float or None
        Of this source's X-ray pictures.
    inside : array (rows, cols) of bool or None
        The field of the picture before.
    """
    # Share of the px within a window of greys, for all windows at once: the histogram, summed over the window.
    histogram = np.bincount(np.clip(blocks, 0, 255).astype(np.intp).ravel(), minlength=256).astype(np.float64)
    window = np.convolve(histogram, np.ones(round(2 * _UNIFORM_GREY)), mode="same")
    if window.max() / blocks.size > _UNIFORM_SHARE:
        return sentence("the picture is one uniform colour")
    if window.max() / blocks.size > _CARD_SHARE:
        # Cable noise lies on a card too, and is far less than the X-ray's grain.
        usual = usual_grain or 0.0
        bare = (
            inside is not None and inside.shape == blocks.shape and grain_of(blocks, inside) < _GRAIN_RANGE[0] * usual
        )
        if (bare and DARK < int(window.argmax()) < BURNT) or _is_flat(blocks, _CABLE_SHARE * usual):
            return sentence("the picture has no X-ray grain: a card")
    return ""


def _is_flat(blocks: F32, noise_grey: float = 0.0) -> bool:
    # Second differences: 0 on a surface and on an even slope, the grain's own size in a picture.
    flat = np.abs(blocks[:, :-2] - 2 * blocks[:, 1:-1] + blocks[:, 2:]) < max(_FLAT_GREY, noise_grey)
    return bool(flat.size) and float(flat.mean()) > _FLAT_SHARE


def without_fluoroscopy(blocks: F32) -> str:
    """Why it is none: another input; empty: it may be."""
    if _is_flat(blocks):
        return sentence("no fluoroscopy picture: a screen or a menu")
    return ""


def unusable(values: F32, grain: float, usual_grain: float | None) -> str:
    """Why an X-ray picture cannot be used, by the block means of its field and their grain; empty: it can."""
    if float((values > BURNT).mean()) > _SATURATED_SHARE:
        return "over-exposed"
    if float((values < DARK).mean()) > _SATURATED_SHARE:
        return "under-exposed"
    if grain < _ROUNDED_GREY:
        return sentence("no fluoroscopy picture: it has no grain")
    if usual_grain is not None:
        share = grain / max(usual_grain, 0.1)
        if share < _GRAIN_RANGE[0]:
            return sentence("blurred, or no fluoroscopy picture: its grain is missing")
        if share > _GRAIN_RANGE[1]:
            return sentence("too noisy, or no fluoroscopy picture: its grain is unlike the pictures before")
    return ""


def seen_in(blocks: F32, other: F32) -> Bool:
    """Where both frames show something: neither black nor burnt out, as behind a blade; it may be nowhere."""
    lowest, highest = np.minimum(blocks, other), np.maximum(blocks, other)
    return np.asarray((lowest >= DARK) & (highest <= BURNT), dtype=np.bool_)
