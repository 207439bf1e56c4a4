"""The beating heart, as far as a spine's picture shows it: the border between heart and lung swells and shrinks."""

from __future__ import annotations

import numpy as np
from scipy import ndimage

from assistant.simulation.anatomy.anatomy_sizes import LEVELS
from assistant.simulation.scene import Volume

LEVEL = "T8"
"""The heart's middle lies in front of this body (T7 to T9)."""
AHEAD_MM, LEFT_MM = 68.0, 18.0
SWELLING_MM = 5.0
"""How far the border moves between systole and diastole (plausible, not measured)."""
_REACH_MM = 75.0
_SPAN_MM = 26.0
"""Height of a thoracic body with its disc."""


def beat(gas: Volume, level: str) -> Volume | None:
    """What the lungs gain or lose when the heart goes from its smallest to its largest.

    Every place shows what lay nearer to the heart's middle before, so that the border moves outwards.

    Parameters
    ----------
    gas : Volume
        What lung and gas lack of soft tissue's density, g/cm³ (positive).
    level : str
        The level at the origin.

    Returns
    -------
    Volume or None
        Change of ``gas``, g/cm³; None where the heart lies outside the modelled piece or beside no lung.
    """
    spacing = gas.spacing_mm
    middle = np.array([AHEAD_MM, LEFT_MM, _SPAN_MM * (LEVELS.index(level) - LEVELS.index(LEVEL))])
    at = (middle - np.asarray(gas.origin_mm))[::-1] / spacing
    reach = _REACH_MM / spacing
    counts = np.asarray(gas.values.shape)
    low = np.clip(np.floor(at - reach), 0, counts).astype(int)
    high = np.clip(np.ceil(at + reach) + 1, 0, counts).astype(int)
    if ((high - low) < 3).any():
        return None
    part = np.asarray(gas.values[low[0] : high[0], low[1] : high[1], low[2] : high[2]], dtype=np.float32)
    if not part.any():
        return None
    z, y, x = np.meshgrid(
        *((np.arange(a, b, dtype=np.float32) - c) * spacing for a, b, c in zip(low, high, at, strict=True)),
        indexing="ij",
    )
    # Backward warp: each voxel takes the value of the place nearer to the middle by 5 mm, less towards the rim of the
    # reach, so that the border moves outwards and nothing tears. Coordinates round the heart's middle, mm.
    away = np.maximum(np.sqrt(x * x + y * y + z * z), 1.0)
    push = SWELLING_MM * np.clip((_REACH_MM - away) / 15.0, 0.0, 1.0) / away
    where = np.stack([k * (1.0 - push) + c - a for k, c, a in zip((z, y, x), at * spacing, low * spacing, strict=True)])
    swollen = ndimage.map_coordinates(part, where / np.float32(spacing), order=1, mode="nearest")
    change = swollen - part
    origin = np.asarray(gas.origin_mm) + low[::-1] * spacing
    return Volume(
        values=change.astype(np.float32),
        spacing_mm=spacing,
        origin_mm=(float(origin[0]), float(origin[1]), float(origin[2])),
    )
