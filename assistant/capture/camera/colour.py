"""How much of a picture is in colour: fluoroscopy is grey, an endoscope, a camera of the room or a desktop is not.

The console may draw in colour round its X-ray field; so only the part that is let through counts.
"""

from __future__ import annotations

from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

STEP_PX: Final = 8
"""One pixel in eight each way is looked at: a picture in colour is so in large parts."""
_COLOURED_GREY: Final = 40
"""Difference of the channels, of 255; a grey picture over a cheap grabber stays below 15 [P]."""
NO_FLUOROSCOPY_SHARE: Final = 0.2
"""From so much of the field in colour on it is no fluoroscopy: a coloured word or mark in the field is far less [P]."""


def coloured(picture: NDArray[Any]) -> NDArray[np.bool_] | None:
    """Where a picture is in colour, on every eighth pixel each way; None for a picture without colour channels.

    Parameters
    ----------
    picture : array (rows, cols, 3 or 4), uint8 or uint16
    """
    if picture.ndim != 3 or picture.shape[2] < 3:
        return None
    few = picture[::STEP_PX, ::STEP_PX, :3]
    limit = _COLOURED_GREY if picture.dtype == np.uint8 else _COLOURED_GREY * 257
    return np.asarray(few.max(axis=2) - few.min(axis=2) > limit)
