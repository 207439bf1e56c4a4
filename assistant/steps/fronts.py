"""Whether one picture's front may be believed as it stands: is it the edge of the cement that was there before.

Cement does not go away, and what flows on hangs together with what was there. A front that stands apart (a speck after
a cough) or comes in a picture in which the cement is not where it was (a slip of the registration) needs another
picture to be believed; nothing is left out because of it.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from assistant.acquisition import Acquisition
from assistant.line_maps import LineMaps
from assistant.lines import Line
from assistant.vocabulary import CementMask

_KEPT = 0.95
"""Share of the cement of the picture before that a picture shows again, to a pixel of the grid. Of
continuous film of train patients 99 of 100 pictures show 0.99 of it and more; slipped by 2 mm it is 0.9 or less [P]."""
_OF_ITSELF_MM2 = 20.0
"""Cement that is as large as this when it is first seen is no speck [P]."""
_TOUCH = np.ones((3, 3), np.uint8)


@dataclass(slots=True, eq=False)
class FrontMemory:
    """The cement of the last picture of a view, as far as it was believed, and where that is not all, all of it."""

    mask: NDArray[np.uint8] | None = None
    unproved: NDArray[np.uint8] | None = None
    """Believed when the next picture shows it again; one with the cement where it was before is no doubtful one."""


def doubtful_fronts(
    memory: FrontMemory, cement: CementMask, maps: LineMaps, acquisition: Acquisition
) -> tuple[Line, ...]:
    """The lines whose nearest cement one picture alone does not prove.

    Parameters
    ----------
    memory : FrontMemory
        Changed by the call.
    cement : CementMask
    maps : LineMaps
        Of the same crop.
    acquisition : Acquisition
        The beam at this picture. After a pause, and where no times are known, cement that is drawn otherwise than in
        the picture before is no sign of a slip: another breath, grain and much new cement are what a pause brings.
    """
    mask = cement.mask.astype(np.uint8)
    seen = [each for each in (memory.unproved, memory.mask) if each is not None and each.any()]
    if not mask.any():
        memory.mask, memory.unproved = mask, None
        return ()
    near = np.asarray(cv2.dilate(mask, _TOUCH), dtype=np.uint8)
    before = next((each for each in seen if int((each & near).sum()) >= _KEPT * int(each.sum())), None)
    if seen and before is None and acquisition.timed and acquisition.picture > 0:
        memory.unproved = mask
        return tuple(maps.mm)
    count, labels, stats, _ = cv2.connectedComponentsWithStats(mask, connectivity=8)
    believed = stats[:, cv2.CC_STAT_AREA] * maps.mm_per_px**2 >= _OF_ITSELF_MM2
    for earlier in seen:  # piece by piece: what is laid a little otherwise is not met again as a whole
        believed |= np.bincount(labels[cv2.dilate(earlier, _TOUCH) > 0], minlength=count) > 0
    sure = np.where(believed[labels], mask, 0).astype(np.uint8)
    memory.mask, memory.unproved = sure, None if (sure == mask).all() else mask
    rows, cols = np.nonzero(mask)
    of_pixel = labels[rows, cols]
    return tuple(line for line, mm in maps.mm.items() if not believed[of_pixel[int(np.argmin(mm[rows, cols]))]])
