"""The great vessels before the spine: aorta and vena cava in their fat, and the aorta's plaques.

Blood against fat is a few per cent of contrast over two centimetres: soft bands before the bodies. Sizes are
*plausible*: an aorta of 18 to 26 mm, a vena cava a little flatter, at the right of it.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from assistant.simulation.anatomy.anatomy_pose import VoxelGrid
from assistant.simulation.anatomy.anatomy_shapes import F32, Grid, coverage

FAT_G_PER_CM3, BLOOD_G_PER_CM3, PLAQUE_G_PER_CM3 = 0.93, 1.06, 0.55


@dataclass(frozen=True, slots=True, kw_only=True)
class Aorta:
    """The aorta in front of the spine, left of the mid-line, with its own bends.

    Attributes
    ----------
    middle_x_mm : float
        Height of its axis over the patient's origin, towards the front.
    radius_mm : float
    phase : float
        Where its bends lie, radians.
    calcified : float
        Share of its wall that is calcified.
    """

    middle_x_mm: float
    radius_mm: float
    phase: float
    calcified: float

    def middle_y_mm(self, z_mm: NDArray[np.float32]) -> NDArray[np.float32]:
        """How far left of the mid-line its axis lies at heights z."""
        return np.asarray(12.0 + 3.0 * np.sin(z_mm / 45.0 + self.phase), dtype=np.float32)


def draw_aorta(rng: np.random.Generator, *, front_x_mm: float) -> Aorta:
    """An aorta in front of bodies whose front lies at ``front_x_mm``; of six in ten patients some wall is calcified."""
    calcified = float(rng.uniform(0.0, 0.2)) if rng.random() < 0.6 else 0.0
    return Aorta(
        middle_x_mm=front_x_mm + 13.0,
        radius_mm=float(rng.uniform(9.0, 13.0)),
        phase=float(rng.uniform(0, 6)),
        calcified=calcified,
    )


def with_vessels(value: F32, grid: Grid, aorta: Aorta, diaphragm_mm: float, spacing_mm: float) -> F32:
    """Aorta and vena cava as columns of blood in a sleeve of fat.

    Parameters
    ----------
    value : array (nz, ny, nx)
        Mass density of the trunk, g/cm³; what is hollow stays so.
    grid : Grid
    aorta : Aorta
    diaphragm_mm : float
        Height below which the vena cava is met.
    spacing_mm : float

    Returns
    -------
    array (nz, ny, nx)
    """
    x, y, z = grid.x_mm, grid.y_mm, grid.z_mm
    left = aorta.middle_y_mm(z)
    column = np.hypot(x - np.float32(aorta.middle_x_mm), y - left) - np.float32(aorta.radius_mm)
    # The vena cava is flatter, lies on the right and is met below the diaphragm alone.
    cava = np.hypot((x - np.float32(aorta.middle_x_mm + 1.0)) * np.float32(1.3), y + np.float32(26.0) - left)
    cava = np.maximum(cava - np.float32(11.0), z - np.float32(diaphragm_mm))
    blood = np.minimum(column, cava).astype(np.float32)
    for density, grown_mm in ((FAT_G_PER_CM3, 6.0), (BLOOD_G_PER_CM3, 0.0)):
        share = coverage(blood - np.float32(grown_mm), spacing_mm) * (value > 0.8)
        value = value * (1 - share) + np.float32(density) * share
    return value.astype(np.float32)


def aorta_calcium(bone: F32, block: VoxelGrid, rng: np.random.Generator, aorta: Aorta) -> None:
    """Add calcified plaques of the aorta's wall to ``bone`` (they move with the bodies, nearly)."""
    if aorta.calcified <= 0:
        return
    x, y, z = block.axes_mm()
    wall_x, wall_y, radius = aorta.middle_x_mm, 12.0, aorta.radius_mm
    cols = np.flatnonzero(np.abs(x - wall_x) < radius + 2.0)
    rows = np.flatnonzero(np.abs(y - wall_y) < radius + 6.0)
    if len(cols) < 2 or len(rows) < 2:
        return
    part = np.s_[:, rows[0] : rows[-1] + 1, cols[0] : cols[-1] + 1]
    x, y = x[cols], y[rows]
    middle_y = aorta.middle_y_mm(z.astype(np.float32))
    sheet = np.hypot(x[None, None, :] - wall_x, y[None, :, None] - middle_y[:, None, None]) - radius
    shape = bone[part].shape
    small = rng.standard_normal(tuple(max(2, n // 6) for n in shape), dtype=np.float32)
    smooth = ndimage.gaussian_filter(small, 1.0)
    smooth = ndimage.zoom(smooth / smooth.std(), [n / m for n, m in zip(shape, small.shape, strict=True)], order=1)
    wall = (np.abs(sheet) < 0.5) & (bone[part] == 0)
    if not wall.any():
        return
    plaque = wall & (smooth > np.quantile(smooth[wall], 1.0 - aorta.calcified))
    bone[part][plaque] = PLAQUE_G_PER_CM3
