"""What a model's answer hangs on: the leak hidden piece by piece, and how far that moves the answer."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from assistant.leak_shape.patch import CHANNELS, PATCH_PX
from assistant.model_packs.model_process import ModelProcess
from assistant.vocabulary import Unknown

F32 = NDArray[np.float32]

STEP_PX = 4
_HIDDEN_PX = 8
_HIDDEN = tuple(CHANNELS.index(name) for name in ("leak", "cement", "difference"))
"""What is hidden: the cement itself; the endplate and the picture behind it stay."""


def saliency(process: ModelProcess, values: F32, limit_s: float) -> F32 | Unknown:
    """How much each place of a patch speaks for spike (positive) or for round (negative).

    Parameters
    ----------
    process : ModelProcess
    values : array (channels, PATCH_PX, PATCH_PX)
        As the model was given them.
    limit_s : float

    Returns
    -------
    array (PATCH_PX, PATCH_PX) of float32, or Unknown
        Fall of ``p_spike`` when the 3 mm round the place are hidden; 0 where nothing was hidden.
    """
    corners = [(y, x) for y in _starts() for x in _starts()]
    hidden = [values]
    places = []
    for y, x in corners:
        box = (slice(y, y + _HIDDEN_PX), slice(x, x + _HIDDEN_PX))
        if not values[_HIDDEN[0]][box].any():
            continue  # no cement of the leak here: hiding it changes nothing that is asked
        patch = values.copy()
        for channel in _HIDDEN:
            patch[channel][box] = 0.0
        hidden.append(patch)
        places.append(box)
    output = process.ask(np.stack(hidden), limit_s)
    if isinstance(output, Unknown):
        return output
    p_spike = output.p[:, 0] / np.maximum(output.p[:, 0] + output.p[:, 1], 1e-6)
    total, count = np.zeros((PATCH_PX, PATCH_PX), np.float32), np.zeros((PATCH_PX, PATCH_PX), np.float32)
    for box, p in zip(places, p_spike[1:], strict=True):
        total[box] += p_spike[0] - p
        count[box] += 1.0
    return np.asarray(total / np.maximum(count, 1.0), dtype=np.float32)


def _starts() -> range:
    return range(0, PATCH_PX - _HIDDEN_PX + 1, STEP_PX)
