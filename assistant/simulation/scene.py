"""What the synthetic fluoroscope looks at: the words shared by anatomy, cement flow and imaging chain.

Patient coordinates in mm, right-handed: x to anterior (+), y to the patient's left (+), z to cranial (+). The origin is
the centre of the treated vertebral body. Volumes are ``[z, y, x]`` arrays with isotropic voxels.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from enum import IntEnum

import numpy as np
from numpy.typing import NDArray

PointMm = tuple[float, float, float]

_PEDICLE_MM = 25.0
"""From a cannula's tip in the body back to where the pedicle holds it."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Volume:
    """A block of voxels.

    Attributes
    ----------
    values : array (nz, ny, nx)
    spacing_mm : float
        Edge of a voxel.
    origin_mm : tuple of float
        (x, y, z) of the centre of voxel [0, 0, 0].
    """

    values: NDArray[np.generic] = field(repr=False)
    spacing_mm: float
    origin_mm: PointMm


class Region(IntEnum):
    """Where a voxel near the treated vertebra lies; the site of a leak follows from it."""

    FAR = 0
    BODY = 1
    SUPERIOR_DISC = 2
    INFERIOR_DISC = 3
    CANAL = 4
    FORAMEN = 5
    PEDICLE = 6
    POSTERIOR_ELEMENTS = 7
    ANTERIOR = 8
    LEFT = 9
    RIGHT = 10


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Anatomy:
    """A patient's spine around the treated level.

    Attributes
    ----------
    identity : str
        Same identity = same patient: splits of a data set never share one.
    level : str
        Treated level, such as "L1".
    bone : Volume
        Bone mineral density, g/cm³ of hydroxyapatite equivalent, over soft tissue (float32): treated vertebra and its
        neighbours, about 0.5 to 0.7 mm voxels.
    ribs : Volume
        The same for bone that moves with breathing and not with the spine; may be empty (all zero, coarse).
    soft : Volume
        Mass density of soft tissue, fat, lung and gas, g/cm³ (float32), coarse (2 to 4 mm), the whole trunk.
    region : Volume
        `Region` of each voxel (uint8) on the grid of ``resistance``.
    resistance : Volume
        Resistance of the voxel to cement (float32, 1 = trabecular bone, large = cortex, inf = never), about 0.5 mm,
        the treated body with at least 15 mm round it.
    landmarks_mm : dict
        "superior", "inferior": each (5, 3) from anterior to posterior in the mid-sagittal silhouette (the contour a
        reader of the lateral view would mark); "left", "right": (3, 3) side walls from superior to inferior;
        "pedicle_left", "pedicle_right": (1, 3) centres.
    """

    identity: str
    level: str
    bone: Volume
    ribs: Volume
    soft: Volume
    region: Volume
    resistance: Volume
    landmarks_mm: dict[str, NDArray[np.float64]] = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class SimulatedCannula:
    """A straight steel cannula: its tip, the direction from the tip back to the handle (unit vector), its size."""

    tip_mm: PointMm
    towards_handle: PointMm
    outer_diameter_mm: float
    inner_diameter_mm: float

    def levered(self, turn_deg: float, about: NDArray[np.float64]) -> SimulatedCannula:
        """Turned about the pedicle, `_PEDICLE_MM` behind the tip, round an axis across itself next to ``about``."""
        if turn_deg == 0.0:
            return self
        back = np.asarray(self.towards_handle, dtype=np.float64)
        side = np.cross(about, back)
        side /= np.linalg.norm(side)
        turn = np.deg2rad(turn_deg)
        turned = np.cos(turn) * back + np.sin(turn) * side
        tip = np.asarray(self.tip_mm) + _PEDICLE_MM * (back - turned)
        return replace(self, tip_mm=tuple(tip.tolist()), towards_handle=tuple(turned.tolist()))


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class CementFlow:
    """How the cement of one injection spreads.

    Attributes
    ----------
    arrival_ml : Volume
        Millilitres injected when the voxel fills (float32; inf = never), on the grid of `Anatomy.resistance`.
    schedule_s, schedule_ml : array (n,)
        Injected millilitres over time, both rising (pauses are flat pieces).
    barium_g_per_cm3 : float
        Mass density of BaSO4 in the cement.
    cannulas : tuple of SimulatedCannula
    leak : str
        The leak that was opened on purpose, such as "superior_disc_spike"; "none" for a safe run.
    zirconia_g_per_cm3 : float
        Mass density of ZrO2 in the cement.
    """

    arrival_ml: Volume
    schedule_s: NDArray[np.float64] = field(repr=False)
    schedule_ml: NDArray[np.float64] = field(repr=False)
    barium_g_per_cm3: float
    cannulas: tuple[SimulatedCannula, ...]
    leak: str
    zirconia_g_per_cm3: float = 0.0
